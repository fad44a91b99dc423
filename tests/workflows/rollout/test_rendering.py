"""A rollout and a plan put into words."""

import json

import texts
from workflows.rollout.plan import Item, PlacePlan, State
from workflows.rollout.rendering import plan_data, plan_lines, result_text

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
        "  to bring back to the template: vareunge rollout a-dal --restore KEY",
        "    channel:board",
    ]


def test_the_result_says_what_was_done_and_what_somebody_must_do() -> None:
    said = result_text(ITEMS, made=2, language="nb")

    assert said.startswith("2 ting er laget eller endret. Mangler konto")
    assert said.count("leder") == 1


def test_who_blocks_is_named_and_it_gets_request_ids_and_commands() -> None:
    items = [
        Item(
            key="person:gjest",
            state=State.BLOCKED,
            reason="invitation_refused",
            detail="could not invite a guest: 400 (request-id 7)",
            todo="Ring IT i Å-dal kommune.",
        ),
        Item(key="group.label", state=State.PENDING, reason="label_by_hand", todo="Set-UnifiedGroup -Identity a"),
        Item(key="site", state=State.PENDING, reason="site_overdue"),
    ]

    said = result_text(items, made=0, language="nb")

    assert "avvist: gjest." in said
    assert said.count("Ring IT i Å-dal kommune.") == 1
    assert "request-id 7" in said
    assert "Set-UnifiedGroup -Identity a" in said
    tree = plan_lines(PlacePlan(place="a-dal", items=tuple(items)), language="nb")
    assert "could not invite a guest: 400 (request-id 7)" in [line.strip() for line in tree]


def test_programs_get_every_item_with_its_state_and_what_can_be_restored() -> None:
    data = json.loads(json.dumps(plan_data(PlacePlan(place="a-dal", items=ITEMS))))

    assert (data["place"], data["to_do"]) == ("a-dal", 2)
    by_key = {item["key"]: item for item in data["items"]}
    assert by_key["channel:board"]["restore"] == "channel:board"
    assert by_key["group"]["restore"] is None
    assert (by_key["person:leder"]["state"], by_key["person:leder"]["reason"]) == ("pending", "account_missing")


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
        "team_in_the_making",
        "site_in_the_making",
        "team_overdue",
        "site_overdue",
        "naming_policy",
        "address_taken",
        "label_by_hand",
        "rename_by_hand",
        "ambiguous",
        "guests_kept_out",
        "site_language",
        "language_not_known",
        "looking_after_a_lost_answer",
        "looking_for_what_is_there",
    ):
        item = Item(key="person:a", state=State.PENDING, reason=reason)
        assert result_text([item], made=0, language="nb") != texts.say("rollout.result", "nb", number=0)
