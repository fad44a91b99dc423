"""Template then, template now, tenant now: what follows the template and what stays as people have it."""

import pytest

from workflows.rollout.compare import NotedValue, compare, noted, plan_dropped, plan_named, shortened, written
from workflows.rollout.list_rows import WrittenRow, row_changes, same_value
from workflows.rollout.plan import Item, State
from workflows.rollout.ports import Resource


@pytest.mark.parametrize(
    ("seen", "before", "state"),
    [
        pytest.param(None, None, State.MISSING, id="not there"),
        pytest.param("new", NotedValue("old", "old"), State.SAME, id="stands as wanted"),
        pytest.param("old", NotedValue("old", "old"), State.DIFFERS, id="as we wrote it, and the template has changed"),
        pytest.param("theirs", NotedValue("old", "old"), State.LOCAL, id="changed by people"),
        pytest.param("theirs", None, State.LOCAL, id="stood there before us"),
        pytest.param("New ", NotedValue("new", "New "), State.SAME, id="what the service has made of our words"),
        pytest.param("Old ", NotedValue("old", "Old "), State.DIFFERS, id="and the template has changed since"),
    ],
)
def test_what_people_changed_is_told_from_what_the_template_changed(
    seen: str | None, before: NotedValue | None, state: State
) -> None:
    assert compare("group", wanted="new", seen=seen, written=before).state is state


@pytest.mark.parametrize(
    ("there", "known", "state", "found"),
    [
        pytest.param({}, None, State.MISSING, None, id="never made"),
        pytest.param({"1": "styret"}, None, State.SAME, "1", id="made by hand under the name: adopted"),
        pytest.param({"1": "Styret", "2": "styret"}, None, State.PENDING, None, id="made twice by hand: a question"),
        pytest.param({"1": "Styret"}, ("1", "Styret"), State.SAME, "1", id="ours"),
        pytest.param({"1": "Ledelsen"}, ("1", "Styret"), State.LOCAL, "1", id="renamed by people"),
        pytest.param({"1": "Gammelt"}, ("1", "Gammelt"), State.DIFFERS, "1", id="renamed in the template"),
        pytest.param({"2": "Annet"}, ("1", "Styret"), State.LOCAL, None, id="removed by people: stays away"),
    ],
)
def test_a_thing_with_a_name_is_found_by_id_then_by_name(
    there: dict[str, str], known: tuple[str, str] | None, state: State, found: str | None
) -> None:
    thing = Resource(key="channel:board", external_id=known[0], details={"name": [known[1]] * 2}) if known else None

    item, id_ = plan_named("channel:board", "Styret", by_id=there, known=thing)

    assert (item.state, id_) == (state, found)


def test_what_the_template_wants_no_more_is_shown_and_cannot_be_restored() -> None:
    known = {key: Resource(key=key, external_id=key[-1]) for key in ("channel:a", "channel:b", "channel:c", "tab:d")}

    items = list(plan_dropped("channel:", known, {"channel:a"}, {"a": "A", "b": "B", "d": "D"}))

    assert [(item.key, item.state, item.reason, item.old) for item in items] == [
        ("channel:b", State.LOCAL, "not_in_template", "B")
    ]
    assert not items[0].can_be_restored


def test_what_people_changed_keeps_the_note_of_before() -> None:
    before = {"name": ["Styret", "Styret"], "description": ["Gammelt", "Gammelt"]}
    name = Item(key="channel:board", state=State.LOCAL)
    description = Item(key="channel:board.description", state=State.DIFFERS)

    after = noted(before, {"name": (name, "Styret", "Ledelsen"), "description": (description, "Nytt", "Nytt")})

    assert after == {"name": ["Styret", "Styret"], "description": ["Nytt", "Nytt"]}
    assert written(Resource(key="channel:board", external_id="1", details=after), "name") == NotedValue(
        "Styret", "Styret"
    )


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        pytest.param(15, 15.0, True, id="whole numbers come back as decimals"),
        pytest.param("2026-09-01", "2026-09-01T00:00:00Z", True, id="dates come back as moments"),
        pytest.param("2026-09-01", "2026-09-02T00:00:00Z", False, id="another day"),
        pytest.param(None, None, True, id="empty cells are left out"),
        pytest.param(0, None, False, id="nought is no empty cell"),
        pytest.param("", None, True, id="an empty text is"),
        pytest.param("elever", "unge", False, id="other words"),
    ],
)
def test_values_of_cells_are_compared_as_sharepoint_gives_them_back(left: object, right: object, same: bool) -> None:
    assert same_value(left, right) is same


def test_a_row_follows_the_register_cell_by_cell() -> None:
    written_before = {"Key": "a", "Title": "Verksted", "Target": 15, "Unit": "elever", "Lead": "Ine"}
    wanted = {"Key": "a", "Title": "Verksted", "Target": 20, "Unit": "unge", "Lead": None}
    seen = {"Key": "a", "Title": "Verksted", "Target": 15.0, "Unit": "våre unge", "Lead": "Ine", "id": "7"}

    changes, local = row_changes(wanted, seen, WrittenRow(written_before, written_before))

    assert changes == {"Target": 20, "Lead": None}
    assert local == ("Unit",)


def test_what_the_service_made_of_a_cell_is_no_change_of_peoples() -> None:
    before = WrittenRow({"Summary": "En\nTo"}, {"Summary": "En\r\nTo"})

    assert row_changes({"Summary": "En\nTo"}, {"Summary": "En\r\nTo"}, before) == ({}, ())
    assert row_changes({"Summary": "Tre"}, {"Summary": "En\r\nTo"}, before) == ({"Summary": "Tre"}, ())
    assert row_changes({"Summary": "Tre"}, {"Summary": "Fire"}, before) == ({}, ("Summary",))


def test_a_row_whose_note_is_lost_counts_as_the_copy_that_it_is() -> None:
    assert row_changes({"Unit": "elever"}, {"Unit": "unge"}, None) == ({"Unit": "elever"}, ())


LONG = "så langt at ingen leser alt, med ord etter ord etter ord, uten at det noen gang ser ut til å ville ta slutt, og"


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        pytest.param("det samme", "det samme", ("", ""), id="equal"),
        pytest.param("", "nytt", ("", "nytt"), id="nothing before"),
        pytest.param("a b c d e f g", "a b c X e f g", ("a b c d e f g", "a b c X e f g"), id="short"),
        pytest.param(
            f"{LONG} a b c d e {LONG}", f"{LONG} a b X d e {LONG}", ("… a b c d e …", "… a b X d e …"), id="long"
        ),
        pytest.param(f"{LONG} a", f"{LONG} a b", ("… og a", "… og a b"), id="long, and more at its end"),
        pytest.param("x " * 90, "y", (f"{'x ' * 49}x …", "y"), id="all of it"),
    ],
)
def test_of_two_texts_the_words_that_differ_are_shown(old: str, new: str, shown: tuple[str, str]) -> None:
    before, after = shortened(old, new)

    assert (before, after) == shown
