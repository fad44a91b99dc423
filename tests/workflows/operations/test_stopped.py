"""Words for work that has stopped: every kind of unit has its own, in every language, and names what it is for."""

from pathlib import Path

import pytest

import texts
from config.loading import load_programme
from config.settings import Part, Settings
from tests.clocks import NOON
from wiring.process import create_services
from workflows.operations.findings import Verdict, describe
from workflows.operations.own_checks import MOST_NAMED, check_stopped
from workflows.operations.stopped import StoppedWork, municipality_of, reason_of, unit_in_words
from workflows.ports.units import SET_ASIDE, StoppedUnit

PROGRAMME = load_programme(Path(__file__).parents[3] / "config" / "vestfold")


def stopped(*keys: str) -> StoppedWork:
    return StoppedWork(units=[StoppedUnit(key=key, log_key=key, due_at=NOON, note=SET_ASIDE) for key in keys])


async def test_every_kind_of_unit_is_told_in_words(database_url: str) -> None:
    ids = dict.fromkeys(("tenant_id", "app_id", "bot_id", "hands_id", "builder_id"), "id")
    services = create_services(Settings(database_url=database_url, organizer=("moter@fylke.example",), **ids))
    try:
        kinds = set(services.handlers)
    finally:
        await services.close()

    assert len(kinds) > 40
    for language in texts.languages():
        assert [kind for kind in kinds if not unit_in_words(f"{kind}:", PROGRAMME, language)] == []


@pytest.mark.parametrize(
    ("key", "told"),
    [
        pytest.param("rollout.place:horten", "Rulle ut: Horten", id="a place"),
        pytest.param(
            "status.send:horten/2026-09-08",
            "Sende statusforespørsler: Styret i Våre unge Horten, 8. september 2026",
            id="a board's meeting",
        ),
        pytest.param(
            "status.refresh:horten/2026-09-08/horten-laereplasser",
            "Oppdatere kortene til en forespørsel: "
            "Styret i Våre unge Horten, 8. september 2026, Partnerskap for læreplasser",
            id="a work package's request",
        ),
        pytest.param("guests.end:unheard-of", "Avslutte gjester", id="nothing that is known"),
        pytest.param("unheard.of:horten", "", id="a kind of another version"),
    ],
)
def test_a_unit_is_told_by_names(key: str, told: str) -> None:
    assert unit_in_words(key, PROGRAMME, "nb") == told


@pytest.mark.parametrize("person", [person.key for person in PROGRAMME.people[:3]])
def test_a_person_is_not_named(person: str) -> None:
    assert unit_in_words(f"links.mail:{person}", PROGRAMME, "nb") == "Sende en person lenken sin"


@pytest.mark.parametrize(
    ("key", "municipality"),
    [
        ("rollout.place:horten", "horten"),
        ("status.send:horten/2026-09-08", "horten"),
        ("wind_down.package:horten-laereplasser", "horten"),
        (f"doctor.look:{PROGRAMME.key}", None),
        ("access.account:somebody", None),
    ],
)
def test_work_belongs_to_a_municipality_or_to_all(key: str, municipality: str | None) -> None:
    assert municipality_of(key, PROGRAMME) == municipality


BEFORE = "its worker was stopped again and again while it ran; look for the unit's key in the log, then order it again"


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize(
    "note",
    [
        pytest.param(BEFORE, id="an earlier version's"),
        pytest.param("could not run a: its worker was stopped again and again while it ran", id="the engine's"),
    ],
)
def test_a_unit_that_stopped_its_workers_is_told_the_same_whoever_noted_it(note: str, language: str) -> None:
    reason = reason_of(SET_ASIDE, language)

    assert reason == reason_of(note, language)
    assert "poison" in reason.todo
    assert not reason.answer


def test_the_engine_s_notes_are_told_in_words() -> None:
    fault, answer = reason_of("unexpected KeyError", "nb"), reason_of("could not find the site: 404", "nb")

    assert fault.why == "En feil i tjenesten, fem ganger på rad: KeyError."
    assert (answer.answer, fault.answer) == ("could not find the site: 404", "")


@pytest.mark.parametrize(
    ("part", "command"),
    [
        pytest.param(Part.HANDS, "infra/scripts/database.sh --apply -- stopped", id="in Azure"),
        pytest.param(Part.ALL, "vareunge stopped", id="on a machine of one's own"),
    ],
)
def test_the_doctor_finds_what_stands_still_and_where(part: Part, command: str) -> None:
    work = stopped("rollout.place:horten", "status.send:horten/2026-09-08", "access.account:somebody")

    [finding] = check_stopped(Settings(part=part), work, PROGRAMME)

    told = describe(finding, "nb")
    assert finding.verdict is Verdict.MISSING
    assert told.what == ("Arbeid som har stoppet og ikke går av seg selv (3): Horten, " + PROGRAMME.name)
    assert told.todo.startswith("Siden /it sier hva det er")
    assert told.command == command


def test_the_doctor_names_few_of_many_places() -> None:
    work = stopped(*(f"rollout.place:{place.key}" for place in PROGRAMME.places))

    [finding] = check_stopped(Settings(), work, PROGRAMME)

    assert str(finding.values["places"]).count(", ") == MOST_NAMED
    assert str(finding.values["places"]).endswith(", …")


def test_the_doctor_says_that_nothing_stands_still() -> None:
    [finding] = check_stopped(Settings(), StoppedWork(), PROGRAMME)

    assert (finding.verdict, describe(finding, "en").what) == (Verdict.OK, "No work has stopped")
