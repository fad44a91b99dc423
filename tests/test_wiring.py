"""What each part of the service has, and has not."""

from collections.abc import AsyncIterator
from operator import attrgetter

import pytest

from config.settings import Part, Settings
from wiring.outside import NotInThisPart
from wiring.process import Services


@pytest.fixture
async def services(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Services]:
    settings = Settings(
        part=request.param,
        database_url=database_url,
        tenant_id="tenant",
        bot_id="bot",
        hands_id="hands",
        builder_id="builder",
        organizer=("moter@fylke.example",),
    )
    services = Services(settings, name="test")
    yield services
    await services.close()


@pytest.mark.parametrize("services", [Part.DOOR], indirect=True)
@pytest.mark.parametrize(
    "piece",
    [
        "outside.identities",
        "outside.hands",
        "outside.builder",
        "outside.bot",
        "outside.calendar",
        "jobs.rollout.handlers",
        "engine",
        "handlers",
    ],
)
def test_the_door_has_nothing_that_speaks_with_microsoft_365(services: Services, piece: str) -> None:
    with pytest.raises(NotInThisPart):
        attrgetter(piece)(services)


@pytest.mark.parametrize("services", [Part.DOOR, Part.ALL], indirect=True)
async def test_who_serves_people_has_the_web_and_is_ready(services: Services) -> None:
    assert {"/healthz", "/svar/{token}", "/kalender/{token}.ics", "/api/messages"} <= set(
        services.web.openapi()["paths"]
    )


@pytest.mark.parametrize("services", [Part.HANDS], indirect=True)
def test_the_hands_have_no_web(services: Services) -> None:
    with pytest.raises(NotInThisPart):
        _ = services.web


@pytest.mark.parametrize("services", [Part.HANDS, Part.ALL], indirect=True)
def test_every_kind_of_unit_of_the_loop_has_a_handler(services: Services) -> None:
    assert services.handlers.keys() >= {
        "sweep.all",
        "rollout.place",
        "meetings.book",
        "status.open",
        "status.send",
        "status.remind",
        "status.moved",
        "status.escalate",
        "status.lifted",
        "status.close",
        "status.refresh",
    }


@pytest.mark.parametrize("services", [Part.ALL], indirect=True)
async def test_without_a_programme_nothing_is_swept(services: Services) -> None:
    await services.make_sweep_due()
    assert await services.record.units.list_units() == []
