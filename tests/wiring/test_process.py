"""The parts of the service: pieces that each has, and has not."""

import gc
from collections.abc import AsyncIterator
from operator import attrgetter
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, text

from config.settings import Part, Settings
from integration.database.connection import Database
from integration.database.register_tables import register
from integration.database.schema import SchemaNewer, SchemaOutdated
from tests.support.schema import TAKEN_AWAY
from wiring.answers import ADDRESSES
from wiring.outside import NotInThisPart
from wiring.process import Services, create_services
from wiring.start import start_services


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


@pytest.mark.parametrize("services", [Part.DOOR], indirect=True)
def test_buttons_forms_and_health_are_answered_without_making_all_pages(services: Services) -> None:
    """The small application has the same routes as the large one, and gets only their addresses."""
    answers = [services.web_for(path) for path in ("/api/messages", "/svar/token", "/healthz", "/readyz")]

    assert "web" not in services.__dict__
    assert {id(app) for app in answers} == {id(services.answers)}
    own = {path for path in services.answers.openapi()["paths"] if path.startswith(ADDRESSES)}
    assert own == {"/api/messages", "/svar/{token}", "/healthz", "/readyz"}
    assert own == {path for path in services.web.openapi()["paths"] if path.startswith(ADDRESSES)}
    assert services.web_for("/logg-inn") is services.web


@pytest.mark.parametrize(
    ("part", "made"), [(Part.DOOR, True), (Part.ALL, True), (Part.HANDS, False)], ids=["door", "all", "hands"]
)
async def test_a_worker_starts_with_what_people_wait_for(database_url: str, part: Part, made: bool) -> None:
    """The garbage collector, which rests meanwhile, is as before."""
    services = start_services(Settings(part=part, database_url=database_url))

    assert ("answers" in services.__dict__) is made
    assert gc.isenabled()
    await services.close()


@pytest.mark.parametrize("services", [Part.HANDS], indirect=True)
def test_the_hands_have_no_web(services: Services) -> None:
    with pytest.raises(NotInThisPart):
        _ = services.web
    with pytest.raises(NotInThisPart):
        _ = services.answers


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


@pytest.mark.parametrize("services", [Part.DOOR], indirect=True)
async def test_readiness_names_the_part_that_is_missing(services: Services) -> None:
    record = services.record
    assert await record.not_ready() == ""

    async with record.database.begin() as connection:
        await connection.execute(insert(register).values(kind="document", key="people.yaml", position=0, data={}))
        await connection.execute(insert(register).values(kind="version", key="", position=1, data=None))
    assert await record.not_ready() == "register"


@pytest.mark.parametrize("services", [Part.DOOR], indirect=True)
async def test_an_older_schema_is_named(services: Services) -> None:
    async with services.record.database.begin() as connection:
        await connection.execute(text("update alembic_version set version_num = '0001'"))

    assert await services.record.not_ready() == "schema"


def take_away(file: Path) -> None:
    file.rename(file.with_name("elsewhere.db"))


async def test_a_database_that_vanished_is_named(database_file: Path) -> None:
    address = f"sqlite+aiosqlite:///{database_file}"
    services = Services(Settings(part=Part.DOOR, database_url=address), name="test")
    await services.migrate_embedded_database()
    take_away(database_file)

    assert await services.record.not_ready() == "database"
    await services.close()


@pytest.fixture
async def on_a_server(services: Services, database: Database, monkeypatch: pytest.MonkeyPatch) -> Services:
    """Return services whose settings name a database server; a file stands in for it."""
    url = "postgresql+psycopg://record.example/vareunge"
    monkeypatch.setattr(services, "settings", services.settings.model_copy(update={"database_url": url}))
    services.record.__dict__["database"] = database
    return services


async def set_revision(database: Database, number: str) -> None:
    async with database.begin() as connection:
        await connection.execute(text("update alembic_version set version_num = :number"), {"number": number})
        await connection.execute(text(TAKEN_AWAY), {"revision": number})


@pytest.mark.parametrize("services", [Part.DOOR], indirect=True)
@pytest.mark.parametrize(
    ("revision", "error"), [("0001", SchemaOutdated), ("9999", SchemaNewer)], ids=["older", "newer"]
)
async def test_a_server_s_schema_is_looked_at_and_never_changed_by_who_starts(
    on_a_server: Services, database: Database, revision: str, error: type[Exception]
) -> None:
    await set_revision(database, revision)

    with pytest.raises(error):
        await on_a_server.prepare_database()
    await on_a_server.migrate_embedded_database()

    async with database.read() as connection:
        assert (await connection.execute(text("select version_num from alembic_version"))).scalar_one() == revision


@pytest.mark.parametrize("services", [Part.DOOR], indirect=True)
async def test_a_server_with_this_version_s_schema_is_taken_as_it_is(on_a_server: Services) -> None:
    await on_a_server.prepare_database()


async def test_without_a_bot_there_is_no_address_for_one(database_url: str) -> None:
    services = Services(Settings(part=Part.DOOR, database_url=database_url), name="test")

    assert "/api/messages" not in services.web.openapi()["paths"]
    await services.close()


async def test_who_names_application_insights_is_traced_by_engine_and_web(
    monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    for name in ("STATSBEAT_DISABLED_ALL", "SDKSTATS_DISABLED", "CONTROLPLANE_DISABLED"):
        monkeypatch.setenv(f"APPLICATIONINSIGHTS_{name}", "true")
    connection = "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:9/"
    services = create_services(Settings(insights_connection=SecretStr(connection), database_url=database_url))

    assert services.outside.telemetry.traces is not None
    assert services.outside.telemetry.measurements is not None
    await services.close()


def test_who_names_none_is_not(database_url: str) -> None:
    services = create_services(Settings(database_url=database_url))

    assert services.outside.telemetry.traces is None
