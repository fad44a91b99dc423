"""The doctor's findings about what is around the service, with surroundings played by hand."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.settings import Part, Settings
from workflows.errors import OutsideError, Transient
from workflows.operations.findings import Finding, Verdict, describe
from workflows.operations.surroundings import (
    TENANT_SETTINGS,
    AddressSeen,
    IssuerSeen,
    QueueSeen,
    ReadySeen,
    check_certificate,
    check_clock,
    look_around,
)

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
URL = "https://vareunge.fylke.example"
ENTRA = "https://login.microsoftonline.com/t/v2.0"
SILENT = Transient("look", "ConnectTimeout")
WORKS = ReadySeen(status=200)
IN_ORDER = AddressSeen(ready=WORKS, bot=401, certificate_ends=NOW + timedelta(days=60))
KEY = "00000000-0000-0000-0000-000000000001"
INSIGHTS = "https://norwayeast-0.in.applicationinsights.example/"
CONNECTION = f"InstrumentationKey={KEY};IngestionEndpoint={INSIGHTS};ApplicationId={KEY}"
SIGN_IN = {"tenant_id": "t", "app_id": "a", "door_id": "d"}


@dataclass
class Played:
    """Surroundings in order but for what is said."""

    seen: AddressSeen | OutsideError = IN_ORDER
    issuers: dict[str, IssuerSeen] = field(default_factory=lambda: {ENTRA: IssuerSeen(issuer=ENTRA, clock=NOW)})
    version: tuple[str, tuple[int, ...]] | OutsideError = ("postgresql", (17, 2))
    depths: QueueSeen | OutsideError | None = None
    takes_telemetry: bool = True

    async def address(self, url: str) -> AddressSeen:
        assert url == URL
        if isinstance(self.seen, OutsideError):
            raise self.seen
        return self.seen

    async def issuer(self, url: str) -> IssuerSeen:
        if url not in self.issuers:
            raise SILENT
        return self.issuers[url]

    async def database(self) -> tuple[str, tuple[int, ...]]:
        if isinstance(self.version, OutsideError):
            raise self.version
        return self.version

    async def queue(self) -> QueueSeen | None:
        if isinstance(self.depths, OutsideError):
            raise self.depths
        return self.depths

    async def telemetry(self, url: str) -> None:
        assert url == INSIGHTS
        if not self.takes_telemetry:
            raise SILENT


def settings(**changes: Any) -> Settings:
    return Settings(**{"public_url": URL, **SIGN_IN, **changes})


async def found(around: Played, **changes: Any) -> list[tuple[str, str]]:
    """Return how things stand that are not in order, without what only an administrator can see."""
    findings = await look_around(around, settings(**changes), now=NOW)
    return [
        (item.verdict.value, item.rule)
        for item in findings
        if item.verdict is not Verdict.OK and item.rule not in (*TENANT_SETTINGS, "sign_in_app")
    ]


async def test_everything_in_order_is_told_and_nothing_fails() -> None:
    findings = await look_around(Played(), settings(), now=NOW)

    assert [describe(item, "nb").what for item in findings if item.verdict is Verdict.OK] == [
        "Database: PostgreSQL 17.2",
        "Spor og målinger sendes ikke til Application Insights (VAREUNGE_INSIGHTS_CONNECTION er ikke satt)",
        f"Tjenesten svarer på {URL}, og den kan arbeide",
        f"Boten svarer på {URL}/api/messages og avviser den som ikke er Teams",
        f"Sertifikatet for {URL} gjelder (dager igjen: 60)",
        f"Pålogging: Entra ID finnes på {ENTRA} og svarer",
        "Klokken stemmer med Microsofts (sekunder forskjell: 0)",
    ]
    assert not any(item.fails for item in findings)


async def test_settings_of_the_tenant_are_unknown_with_the_administrators_command() -> None:
    findings = await look_around(Played(), settings(), now=NOW)
    unseen = {item.rule: item for item in findings if item.rule in TENANT_SETTINGS}

    assert unseen.keys() == TENANT_SETTINGS.keys()
    assert {item.verdict for item in unseen.values()} == {Verdict.UNKNOWN}
    assert all(item.command.startswith("(Get-") for item in unseen.values())


@pytest.mark.parametrize(
    ("around", "wrong"),
    [
        pytest.param(Played(seen=SILENT), ("missing", "address_silent"), id="nobody answers"),
        pytest.param(Played(depths=SILENT), ("missing", "queue_silent"), id="no queue answers"),
        pytest.param(
            Played(depths=QueueSeen(waiting=0, given_up=2)), ("missing", "queue_poison"), id="messages given up"
        ),
        pytest.param(
            Played(seen=AddressSeen(ready=ReadySeen(status=404), bot=401, certificate_ends=None)),
            ("missing", "address_wrong"),
            id="something else answers",
        ),
        pytest.param(
            Played(seen=AddressSeen(ready=WORKS, bot=404, certificate_ends=None)), ("missing", "bot_other"), id="no bot"
        ),
        pytest.param(
            Played(seen=AddressSeen(ready=WORKS, bot=200, certificate_ends=None)),
            ("too much", "bot_other"),
            id="a bot that takes what anybody says",
        ),
        pytest.param(
            Played(seen=AddressSeen(ready=WORKS, bot=401, certificate_ends=NOW + timedelta(days=20))),
            ("missing", "certificate_ends"),
            id="a certificate near its end",
        ),
        pytest.param(Played(issuers={}), ("unknown", "issuer_silent"), id="Entra does not answer"),
        pytest.param(
            Played(issuers={ENTRA: IssuerSeen(issuer="https://other.example", clock=None)}),
            ("missing", "issuer_other"),
            id="another issuer",
        ),
        pytest.param(
            Played(issuers={ENTRA: IssuerSeen(issuer=ENTRA, clock=NOW + timedelta(minutes=3))}),
            ("missing", "clock_wrong"),
            id="a wrong clock",
        ),
        pytest.param(Played(version=("sqlite", (3, 34, 1))), ("missing", "database_old"), id="an old database"),
    ],
)
async def test_one_thing_out_of_order_is_found_and_no_other(around: Played, wrong: tuple[str, str]) -> None:
    assert await found(around) == [wrong]


@pytest.mark.parametrize(
    ("part", "told"),
    [
        pytest.param("database", f"Tjenesten på {URL} når ikke databasen", id="its role in the database is missing"),
        pytest.param(
            "schema",
            f"Databasen til tjenesten på {URL} har ikke oppsettet til versjonen som kjører",
            id="deployed before the schema",
        ),
        pytest.param("register", f"Tjenesten på {URL} kan ikke lese programdataene i databasen", id="no programme"),
        pytest.param("unknown", f"Tjenesten på {URL} kan ikke arbeide (status 503)", id="something else"),
    ],
)
async def test_a_door_that_lives_and_cannot_work_is_told_with_what_it_lacks(part: str, told: str) -> None:
    seen = replace(IN_ORDER, ready=ReadySeen(status=503, missing=part))

    findings = await look_around(Played(seen=seen), settings(), now=NOW)

    (wrong,) = [item for item in findings if item.fails]
    assert wrong.verdict is Verdict.MISSING
    assert describe(wrong, "nb").what == told
    assert "«not-ready» i docs/runbook.md" in describe(wrong, "nb").todo


async def test_a_database_that_does_not_answer_is_told_elsewhere() -> None:
    assert await found(Played(version=SILENT)) == []


async def test_sign_in_that_is_switched_off_is_missing() -> None:
    assert await found(Played(), door_id="") == [("missing", "sign_in_off")]


async def test_whether_people_can_sign_in_is_not_said_of_a_provider_that_answers() -> None:
    """A wrong way back or a missing credential is seen by an administrator's command, or by signing in."""
    findings = await look_around(Played(), settings(), now=NOW)

    (unseen,) = [item for item in findings if item.rule == "sign_in_app"]
    assert (unseen.verdict, unseen.fails) == (Verdict.UNKNOWN, False)
    assert "Logg inn én gang" in describe(unseen, "nb").todo
    assert "az ad app show --id a --query web.redirectUris" in unseen.command
    assert "az ad app federated-credential list --id a " in unseen.command


async def test_ansattporten_is_looked_at_where_it_is_switched_on() -> None:
    """Its clock is not asked: Microsoft's is the one that tokens are held against."""
    switched_on = {
        "ansattporten_url": "https://ansattporten.example",
        "ansattporten_client_id": "us",
        "ansattporten_key": "key",
    }
    around = Played()
    assert await found(around, **switched_on) == [("unknown", "issuer_silent")]

    late = IssuerSeen(issuer="https://ansattporten.example/", clock=NOW - timedelta(hours=1))
    around.issuers["https://ansattporten.example"] = late
    assert await found(around, **switched_on) == []


@pytest.mark.parametrize("part", [Part.HANDS, Part.DOOR])
async def test_in_azure_telemetry_has_to_be_switched_on(part: Part) -> None:
    """Without it no alert comes. On a machine of one's own it is a choice."""
    assert await found(Played(), part=part) == [("missing", "telemetry_off")]
    assert await found(Played(), part=part, insights_connection=CONNECTION) == []
    assert await found(Played(), part=Part.ALL) == []


async def test_telemetry_is_told_by_its_address_and_never_by_its_key() -> None:
    around = Played()
    answers = await look_around(around, settings(insights_connection=CONNECTION), now=NOW)
    around.takes_telemetry = False
    silent = await look_around(around, settings(insights_connection=CONNECTION), now=NOW)

    told = [describe(item, "nb").what for item in (*answers, *silent) if item.rule.startswith("telemetry")]
    assert told == [
        (
            f"Herfra sendes spor og målinger til {INSIGHTS}, og adressen svarer. "
            "At de blir tatt imot, også fra Door, viser Application Insights"
        ),
        f"Spor og målinger når ikke fram: {INSIGHTS} svarer ikke",
    ]
    assert [item.rule for item in silent if item.fails] == ["telemetry_silent"]
    assert KEY not in repr((answers, silent))


async def test_in_the_sandbox_only_the_database_is_real() -> None:
    sandbox = "http://127.0.0.1:9"
    played = dict.fromkeys(("graph_url", "bot_service_url", "bot_metadata_url", "authority_url"), sandbox)

    findings = await look_around(Played(), settings(**played, public_url=sandbox), now=NOW)

    assert [item.rule for item in findings] == ["database_version"]


def test_plain_http_has_no_certificate() -> None:
    assert check_certificate("http://127.0.0.1", None, NOW) == []


@pytest.mark.parametrize("seconds", [-121, 121])
def test_a_clock_may_be_two_minutes_off_in_either_direction(seconds: int) -> None:
    assert check_clock(NOW + timedelta(seconds=seconds), NOW).fails
    assert check_clock(NOW + timedelta(seconds=seconds - seconds // 121), NOW) == Finding(
        verdict=Verdict.OK, rule="clock_right", values={"seconds": 120}
    )


async def test_the_queue_is_told_with_its_messages_where_there_is_one() -> None:
    findings = await look_around(Played(depths=QueueSeen(waiting=7, given_up=0)), settings(), now=NOW)

    assert "Køen svarer (meldinger som venter: 7)" in [describe(item, "nb").what for item in findings]
