"""A rollout and a plan put into words."""

import json

import pytest

import texts
from config.loading import load_programme
from config.programme import Programme
from tests.support.rollout import VESTFOLD
from workflows.rollout.names import PlaceNames
from workflows.rollout.plan import Item, PlacePlan, State
from workflows.rollout.rendering import plan_data, plan_lines, result_text

PLACE = "sandefjord"
ITEMS = (
    Item(key="person:leder-sandefjord", state=State.PENDING, reason="account_missing"),
    Item(key="member:leder-sandefjord", state=State.PENDING, reason="no_usable_account"),
    Item(key="group", state=State.DIFFERS, old="Gammelt", new="Nytt", layer="county"),
    Item(key="channel:board", state=State.LOCAL, old="Lederteamet", new="Styret"),
    Item(key="channel:board.description", state=State.LOCAL, old="Vårt", new="Deres", reason="removed"),
    Item(key="channel:plan", state=State.MISSING, new="Plan", layer="municipality"),
    Item(key="tab:board/report", state=State.SAME),
)


EVERY_KIND = """
    people members owners expiry group group.description group.visibility group.label group.owners
    group.expiry team app site site.access site.language lists channels place page:landing
    address:leder-sandefjord app:leder-sandefjord owner:an-account tab:board tab:board/report
    channel-app:board channel-member:board/leder-sandefjord channel-member:board folder:Rapporter/2026
    list:work_packages column:reports/Title row:reports row:reports/gone
"""


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(VESTFOLD)


def test_the_tree_shows_per_kind_what_stands_otherwise_and_who_wants_it(programme: Programme) -> None:
    name = programme.place(PLACE).name
    missing = texts.say("rollout.reason_account_missing", "nb", things="Leder Våre unge Sandefjord")

    assert plan_lines(PlacePlan(place=PLACE, items=ITEMS), programme, language="nb") == [
        f"{name}: 2 ting skal lages eller endres, 2 venter",
        "  Personer: 0 som de skal, 1 ikke",
        "    venter              Leder Våre unge Sandefjord",
        "  Medlemmer: 0 som de skal, 1 ikke",
        "    venter              Leder Våre unge Sandefjord  har ingen konto som kan brukes",
        "  Gruppe: 0 som de skal, 1 ikke",
        "    endres              gruppen  «Gammelt» → «Nytt»  (fylket)",
        "  Kanaler: 0 som de skal, 3 ikke",
        "    endret lokalt       Styret  «Lederteamet» → «Styret»",
        "    endret lokalt       Styret (beskrivelse)  «Vårt» → «Deres»  tatt bort av noen",
        "    lages               plan  – → «Plan»  (kommunen)",
        "  Faner: 1 som de skal",
        f"  {missing}",
        f"  Slik settes det tilbake til malen: vareunge rollout {PLACE} --restore …",
        "    channel:board  (Styret)",
        "    channel:board.description  (Styret (beskrivelse))",
    ]


def test_guests_who_were_refused_are_invited_again_by_name(programme: Programme) -> None:
    item = Item(key="person:leder-sandefjord", state=State.BLOCKED, reason="invitation_refused", todo="Ring IT.")

    lines = plan_lines(PlacePlan(place=PLACE, items=(item,)), programme, language="en")

    assert lines[-2:] == [
        f"  To invite them again before a week has gone: vareunge rollout {PLACE} --restore …",
        "    person:leder-sandefjord  (Leder Våre unge Sandefjord)",
    ]


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize("key", EVERY_KIND.split())
def test_every_thing_of_a_plan_has_a_name_and_a_heading(programme: Programme, key: str, language: str) -> None:
    names = PlaceNames(programme, programme.place(PLACE), language)

    assert names.name(key).strip(" –")
    assert names.kind(key) if key != "expiry" else names.name(key)
    assert "rollout." not in names.described(key)


def test_names_are_those_of_the_register_and_keys_where_it_knows_none(programme: Programme) -> None:
    names = PlaceNames(programme, programme.place(PLACE), "nb")
    package = next(item for item in programme.work_packages if item.municipality == PLACE)
    spec = programme.place(PLACE).lists[0]
    column = spec.columns[0]

    assert names.name(f"column:{spec.key}/{column.name}") == f"{spec.name} – {column.label}"
    assert names.name(f"row:{spec.key}/{package.key}") == f"{spec.name} – {package.name}"
    assert names.name("channel:package/gone").endswith("gone")
    assert names.name("column:gone/Title") == "gone – Title"
    assert names.described("channel:board") == "Kanaler: Styret"
    assert names.described("group") == "gruppen"


def test_the_result_says_what_was_done_and_what_somebody_must_do() -> None:
    said = result_text(ITEMS, made=2, language="nb")

    assert said.startswith("2 ting er laget eller endret. Mangler konto")
    assert said.count("leder-sandefjord") == 1


def test_who_blocks_is_named_and_it_gets_request_ids_and_commands(programme: Programme) -> None:
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
    tree = plan_lines(PlacePlan(place=PLACE, items=tuple(items)), programme, language="nb")
    assert "could not invite a guest: 400 (request-id 7)" in [line.strip() for line in tree]


def test_programs_get_every_item_with_its_state_and_what_can_be_restored() -> None:
    data = json.loads(json.dumps(plan_data(PlacePlan(place=PLACE, items=ITEMS))))

    assert (data["place"], data["to_do"]) == (PLACE, 2)
    by_key = {item["key"]: item for item in data["items"]}
    assert by_key["channel:board"]["restore"] == "channel:board"
    assert by_key["group"]["restore"] is None
    assert (by_key["person:leder-sandefjord"]["state"], by_key["person:leder-sandefjord"]["reason"]) == (
        "pending",
        "account_missing",
    )


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
