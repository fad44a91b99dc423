"""How a rollout and a plan are put into words."""

import texts
from workflows.rollout_plan import Item, PlacePlan, State
from workflows.rollout_text import plan_lines, result_text

ITEMS = (
    Item(key="person:leder", state=State.PENDING, reason="account_missing"),
    Item(key="member:leder", state=State.PENDING, reason="no_usable_account"),
    Item(key="group", state=State.DIFFERS, old="Gammelt", new="Nytt", layer="county"),
    Item(key="channel:board", state=State.LOCAL, old="Lederteamet", new="Styret"),
    Item(key="channel:plan", state=State.MISSING, new="Plan", layer="municipality"),
    Item(key="tab:board/report", state=State.SAME),
)


def test_the_tree_shows_per_kind_what_stands_otherwise_and_who_wants_it() -> None:
    assert plan_lines(PlacePlan(place="a-dal", items=ITEMS), language="nb") == [
        "a-dal: 2 to do, 2 waiting",
        "  person: 0 same, 1 not",
        "    pending             leder  account_missing",
        "  member: 0 same, 1 not",
        "    pending             leder  no_usable_account",
        "  group: 0 same, 1 not",
        "    differs             group  «Gammelt» → «Nytt»  (county)",
        "  channel: 0 same, 2 not",
        "    local               board  «Lederteamet» → «Styret»",
        "    missing             plan  – → «Plan»  (municipality)",
        "  tab: 1 same",
        "  Mangler konto hos fylkeskommunen: leder. Be IT opprette kontoene, og kjør utrullingen på nytt.",
    ]


def test_the_result_says_what_was_done_and_what_somebody_must_do() -> None:
    said = result_text(ITEMS, language="nb")

    assert said.startswith("2 ting er laget eller endret. Mangler konto")
    assert said.count("leder") == 1


def test_every_reason_has_its_words() -> None:
    for reason in (
        "account_missing",
        "account_disabled",
        "no_usable_owner",
        "invitation_refused",
        "held_by_allow_list",
        "app_not_in_catalogue",
        "name_taken",
        "refused",
        "not_readable",
    ):
        item = Item(key="person:a", state=State.PENDING, reason=reason)
        assert result_text([item], language="nb") != texts.say("rollout.result", "nb", number=0)
