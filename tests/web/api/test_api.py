"""The HTTP interface for programs: each reader is given what their pages show, and no more."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI

from config.values import Assignment, Role
from integration.database.connection import Database
from integration.database.overview import SQLOverview
from tests.support.signed_in import Browser, create_gate, signed_in
from tests.workflows.papers.reports.test_handlers import ReportWorld
from tests.workflows.status.rounds import GUEST, HOME, MEETING, ORPHAN
from web.api.routes import router
from web.app import create_app

COUNTY, LOCAL, LEAD, CHAIR = "stranger", "lead", "guest-lead", "chair"
ARENA = {"key": HOME, "name": "Pakken arena", "leads": ["Leder arena"]}
DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"


class Programs:
    """Programs of people of a programme in which `a-dal` holds a round: one package of three has answered."""

    def __init__(self, world: ReportWorld) -> None:
        self.world = world
        self.store = SQLOverview(world.database)

    async def browser(self, person: str | None) -> Browser:
        gate = create_gate(self.world.database, self.world.programme, self.world.clock)
        api = router(store=self.store, clock=self.world.clock)
        return await signed_in(gate, [api], person)

    async def get(self, person: str | None, path: str, *, status: int = 200) -> Any:
        answer = await (await self.browser(person)).get(f"/api/v1{path}")
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/json"
        return answer.json()


@pytest.fixture
async def programs(database: Database) -> Programs:
    world = ReportWorld(database)
    county = Assignment(person=COUNTY, role=Role.COUNTY_LEAD)
    world.programme = world.programme.model_copy(update={"assignments": (*world.programme.assignments, county)})
    await world.open()
    await world.answer(HOME, "home-lead", light="red", question="Får vi lokaler?")
    return Programs(world)


async def test_a_reader_is_told_who_they_are_and_which_roles_they_hold(programs: Programs) -> None:
    assert await programs.get(LEAD, "/me") == {
        "key": LEAD,
        "name": "Leder bro",
        "language": "nb",
        "roles": [{"role": "work_package_lead", "municipality": "a-dal", "work_package": GUEST}],
        "bodies": [],
    }


@pytest.mark.parametrize(
    ("person", "slugs"),
    [(COUNTY, ["a-dal", "b-vik"]), (LOCAL, ["a-dal"]), (LEAD, ["a-dal"])],
    ids=["county lead", "local lead", "package lead"],
)
async def test_the_list_has_the_municipalities_that_the_reader_may_see(
    programs: Programs, person: str, slugs: list[str]
) -> None:
    assert [item["slug"] for item in (await programs.get(person, "/municipalities"))["items"]] == slugs


ROUND = {
    "municipality": "a-dal",
    "meeting": MEETING,
    "state": "open",
    "deadline_at": "2026-11-06T15:00:00+01:00",
    "asked": 3,
    "answered": 1,
}


async def test_a_municipality_in_a_list_has_its_round_and_its_next_meeting(programs: Programs) -> None:
    (found,) = (await programs.get(LOCAL, "/municipalities"))["items"]

    assert found == {
        "slug": "a-dal",
        "name": "a-dal",
        "place": "not_made",
        "paused": False,
        "next_meeting_at": "2026-11-17T09:00:00+01:00",
        "round": ROUND,
        "report": "collecting",
    }


async def test_a_municipality_has_its_packages_and_meetings(programs: Programs) -> None:
    found = await programs.get(LEAD, "/municipalities/a-dal")

    assert found["round"] == ROUND
    assert found["packages"][0] == {**ARENA, "light": "red", "request": "answered"}
    assert [item["request"] for item in found["packages"]] == ["answered", "open", "open"]
    assert [item["key"] for item in found["meetings"]] == [MEETING]
    assert found["next_meeting_at"] == "2026-11-17T09:00:00+01:00"


async def test_who_has_not_answered_is_told_with_the_person_who_owes_it(programs: Programs) -> None:
    found = await programs.get(LOCAL, "/municipalities/a-dal/missing")

    assert found["round"] == ROUND
    assert found["takes_answers"] is True
    assert [(item["work_package"], item["lead"]) for item in found["missing"]] == [
        (GUEST, "Leder bro"),
        (ORPHAN, "Rolle lead"),
    ]


async def test_after_the_deadline_answers_are_missing_and_none_is_taken(programs: Programs) -> None:
    await programs.world.close()

    found = await programs.get(COUNTY, "/municipalities/a-dal/missing")

    assert found["takes_answers"] is False
    assert len(found["missing"]) == 2


async def test_a_municipality_without_a_round_misses_nothing(programs: Programs) -> None:
    assert await programs.get(COUNTY, "/municipalities/b-vik/missing") == {
        "round": None,
        "takes_answers": False,
        "missing": [],
    }
    assert (await programs.get(COUNTY, "/municipalities/b-vik"))["next_meeting_at"] is None


async def test_rounds_are_those_of_the_reader_s_municipalities(programs: Programs) -> None:
    assert (await programs.get(CHAIR, "/rounds"))["items"] == [ROUND]


async def test_meetings_are_those_of_bodies_that_the_reader_may_see(programs: Programs) -> None:
    (found,) = (await programs.get(CHAIR, "/meetings"))["items"]

    assert found == {
        "key": MEETING,
        "body": "a-dal",
        "body_name": "Styret i a-dal",
        "municipality": "a-dal",
        "starts_at": "2026-11-17T09:00:00+01:00",
        "ends_at": "2026-11-17T11:00:00+01:00",
        "location": "",
        "booked": False,
    }
    assert (await programs.get(LEAD, "/meetings"))["items"] == []


async def test_a_draft_is_listed_for_those_who_look_after_the_municipality_alone(programs: Programs) -> None:
    await programs.world.close()
    await programs.world.report("compile")

    (draft,) = (await programs.get(LOCAL, "/reports"))["items"]

    assert (draft["meeting"], draft["state"], draft["address"]) == (MEETING, "draft", None)
    assert (await programs.get(CHAIR, "/reports"))["items"] == []


async def test_a_released_report_is_listed_for_everybody_there_with_its_address(programs: Programs) -> None:
    world = programs.world
    await world.close()
    await world.report("compile")
    status_round = await world.store.find_round(MEETING)
    assert status_round is not None
    world.clock.time = status_round.release_at
    await world.report("release")

    (report,) = (await programs.get(CHAIR, "/reports"))["items"]

    assert report["address"] == "/kommune/a-dal/rapporter/2026-11-17"
    assert datetime.fromisoformat(report["released_at"]) == status_round.release_at


async def test_a_report_of_a_municipality_that_the_register_forgot_is_listed_for_nobody(programs: Programs) -> None:
    world = programs.world
    await world.close()
    await world.report("compile")
    kept = tuple(item for item in world.programme.municipalities if item.slug != "a-dal")
    mine = tuple(item for item in world.programme.assignments if item.person == COUNTY)
    world.programme = world.programme.model_copy(
        update={"municipalities": kept, "assignments": mine, "work_packages": ()}
    )

    assert (await programs.get(COUNTY, "/reports"))["items"] == []


# ---------------------------------------------------------------------------------------------------------------- pages


async def test_a_long_list_comes_in_pages_that_lead_on(programs: Programs) -> None:
    first = await programs.get(COUNTY, "/municipalities?size=1&vis=alle")

    assert (first["total"], first["page"], first["pages"]) == (2, 1, 2)
    assert first["next"] == "/api/v1/municipalities?size=1&vis=alle&page=2"
    last = await programs.get(COUNTY, first["next"].removeprefix("/api/v1"))
    assert ([item["slug"] for item in last["items"]], last["next"]) == (["b-vik"], None)


async def test_behind_the_last_page_there_is_nothing(programs: Programs) -> None:
    found = await programs.get(COUNTY, "/municipalities?page=3")

    assert (found["items"], found["total"], found["next"]) == ([], 2, None)


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "size=0", "size=501", "page=10001", "size=" + "9" * 99]
)
async def test_a_page_that_no_list_has_is_refused(programs: Programs, query: str) -> None:
    refused = await programs.get(COUNTY, f"/municipalities?{query}", status=400)

    assert refused == {"error": {"status": 400, "number": None}}


# --------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("person", "path", "status"),
    [
        (None, "/me", 401),
        (LEAD, "/municipalities/b-vik", 404),
        (LEAD, "/municipalities/a-dal/missing", 404),
        (COUNTY, "/municipalities/c-by", 404),
        (COUNTY, "/c-by", 404),
    ],
    ids=["signed out", "another municipality", "who owes answers", "no such municipality", "no such address"],
)
async def test_an_error_is_told_as_data(programs: Programs, person: str | None, path: str, status: int) -> None:
    assert await programs.get(person, path, status=status) == {"error": {"status": status, "number": None}}


async def test_nothing_is_written_there(programs: Programs) -> None:
    answer = await (await programs.browser(COUNTY)).send_form("/api/v1/municipalities")

    assert answer.status_code == 405


# --------------------------------------------------------------------------------------------------- its documentation


def application(database: Database) -> FastAPI:
    world = ReportWorld(database)
    return create_app([router(store=SQLOverview(database), clock=world.clock)])


async def test_every_address_and_field_is_described(database: Database) -> None:
    described = application(database).openapi()
    paths = [path for path in described["paths"] if path.startswith("/api/")]

    assert len(paths) == 7
    for path in paths:
        assert described["paths"][path]["get"]["summary"]
        assert "401" in described["paths"][path]["get"]["responses"]
        assert f"`{path}`" in DOCUMENT.read_text("utf-8")
    answers = [value for name, value in described["components"]["schemas"].items() if name.endswith("Answer")]
    assert all(value["description"] for value in answers)


async def test_what_cannot_be_read_is_described_as_it_is_answered(database: Database) -> None:
    """The answer is 400, of our own form, and only where a value can be wrong; FastAPI's 422 is nowhere."""
    described = application(database).openapi()
    answers = {
        f"{method} {path}": set(operation["responses"])
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
    }

    assert not [name for name, statuses in answers.items() if "422" in statuses]
    can_be_wrong = {name for name, statuses in answers.items() if "400" in statuses}
    assert can_be_wrong == {
        "get /farger/{colour}.css",
        *(f"get /api/v1/{name}" for name in ("meetings", "municipalities", "reports", "rounds")),
    }
    assert not {"HTTPValidationError", "ValidationError"} & set(described["components"]["schemas"])


ASKED = (
    pytest.param(COUNTY, "a-dal", "", id="as it should be"),
    pytest.param(None, "a-dal", "", id="signed out"),
    pytest.param(COUNTY, "c-by", "", id="a municipality that nobody has"),
    pytest.param(COUNTY, "a-dal", "?page=none&size=0", id="a page that no list has"),
)


class BrokenOverview(SQLOverview):
    """A store that fails."""

    async def _fail(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError

    county = municipality = newest_rounds = newest_reports = next_meetings = _fail


@pytest.mark.parametrize(("person", "slug", "query"), ASKED)
async def test_every_answer_is_one_that_the_document_describes(
    programs: Programs, person: str | None, slug: str, query: str
) -> None:
    await assert_described(programs, person, slug, query)


async def test_a_failure_of_ours_is_described_too(programs: Programs) -> None:
    programs.store = BrokenOverview(programs.world.database)

    statuses = await assert_described(programs, COUNTY, "a-dal", "")

    assert statuses == {200, 500}  # Who is signed in is known without the store.


async def assert_described(programs: Programs, person: str | None, slug: str, query: str) -> set[int]:
    """Ask every address, assert that document and answer agree in status and body, and return the statuses."""
    browser, described = await programs.browser(person), application(programs.world.database).openapi()
    statuses = set()
    for path, operation in operations_of(described):
        answer = await browser.get(path.format(slug=slug) + query)
        expected = operation["responses"].get(str(answer.status_code))
        assert expected is not None, f"{path}: {answer.status_code}"
        schema = {**expected["content"]["application/json"]["schema"], "components": described["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer.json())
        statuses.add(answer.status_code)
    return statuses


def operations_of(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in described["paths"].items():
        if path.startswith("/api/"):
            yield path, operations["get"]
