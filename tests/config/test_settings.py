"""Settings are refused by name, in the reader's words, and a refused value is never shown: it may hold a password."""

from collections.abc import Sequence

import pytest
from pydantic import SecretStr, ValidationError

from config.refused import explain_refused
from config.settings import Settings

DATABASE = "VAREUNGE_DATABASE_URL: ventet sqlite+aiosqlite:///FIL eller postgresql+psycopg://VERT/NAVN"
CLOCK = "VAREUNGE_CLOCK_URL: ventet en adresse på denne maskinen, som http://127.0.0.1:8365"
ZONE = "VAREUNGE_TIMEZONE: ventet en tidssone som Europe/Oslo"
PUBLIC = "VAREUNGE_PUBLIC_URL: ventet en adresse som begynner med https:// (http:// bare på denne maskinen)"
QUEUE = PUBLIC.replace("PUBLIC", "QUEUE")
BESIDE = "ventet en adresse på denne maskinen, siden en annen av Microsofts adresser er det"
STATEMENT = "VAREUNGE_ACCESSIBILITY_STATEMENT: ventet en adresse som begynner med https://"
COLOUR = "VAREUNGE_PAPER_COLOUR: ventet en farge som hvit skrift kan leses på, som #7a1f5c"
AGENT = "VAREUNGE_FEED_USER_AGENT: ventet høyst 200 tegn, bare bokstaver a–z, sifre, mellomrom og vanlige skilletegn"
CONNECTION = (
    "VAREUNGE_INSIGHTS_CONNECTION: ventet tilkoblingsstrengen fra Application Insights, "
    "med nøkkel (InstrumentationKey) og adresse (IngestionEndpoint)"
)
KEY = "00000000-0000-0000-0000-000000000001"
INSIGHTS = "https://norwayeast-0.in.applicationinsights.example/"
PAPERS = "VAREUNGE_ARCHIVE_RESTRICTIONS: ventet papirene, koden og hjemmelen, som `minutes=UO: Offl. § 14`"


def refused(**values: str) -> Sequence[str]:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(values)
    shown = str(caught.value) + repr(caught.value)
    assert not [value for value in values.values() if value and value in shown]
    return explain_refused(caught.value)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param({"database_url": "postgresql://me:password@host/name"}, DATABASE, id="database of another kind"),
        pytest.param({"database_url": "postgresql+psycopg://me:password@host:x/n"}, DATABASE, id="port"),
        pytest.param({"database_url": "postgresql+psycopg://[::1/name"}, DATABASE, id="half an address"),
        pytest.param({"database_url": "sqlite+aiosqlite://host/file"}, DATABASE, id="file elsewhere"),
        pytest.param({"clock_url": "http://me:password@clock.example"}, CLOCK, id="clock elsewhere"),
        pytest.param({"queue_url": "http://me:password@queue.example"}, QUEUE, id="queue over http"),
        pytest.param({"timezone": "Nowhere/Town"}, ZONE, id="zone"),
        pytest.param({"timezone": "../../passwords"}, ZONE, id="path"),
        pytest.param({"doctor_days": "0"}, "VAREUNGE_DOCTOR_DAYS: ventet minst 1", id="never"),
        pytest.param({"drift_days": "0"}, "VAREUNGE_DRIFT_DAYS: ventet minst 1", id="number too small"),
        pytest.param({"licences": "many"}, "VAREUNGE_LICENCES: ventet et helt tall", id="no number"),
        pytest.param({"part": "window"}, "VAREUNGE_PART: ventet en av: all, door, hands", id="part"),
        pytest.param(
            {"log_level": "loud"},
            "VAREUNGE_LOG_LEVEL: ventet en av: DEBUG, INFO, WARNING, ERROR, CRITICAL",
            id="log level",
        ),
        pytest.param({"feed_user_agent": "nettleseren vår"}, AGENT, id="letters a header does not take"),
        pytest.param({"accessibility_statement": "http://uustatus.example/1"}, STATEMENT, id="statement over http"),
        pytest.param({"accessibility_statement": "https://uustatus.example/ 1"}, STATEMENT, id="blank in an address"),
        *(
            pytest.param({"insights_connection": connection}, CONNECTION, id=f"connection string {name}")
            for name, connection in {
                "without a key": f"IngestionEndpoint={INSIGHTS}",
                "with a key that is none": f"InstrumentationKey=secret;IngestionEndpoint={INSIGHTS}",
                "without an address": f"InstrumentationKey={KEY}",
                "over http": f"InstrumentationKey={KEY};IngestionEndpoint=http://insights.example",
                "that the exporter does not take": f"InstrumentationKey={KEY};IngestionEndpoint={INSIGHTS};",
            }.items()
        ),
        pytest.param({"paper_colour": "navy"}, COLOUR, id="no colour"),
        pytest.param({"paper_colour": "#ffd400"}, COLOUR, id="colour that cannot be read"),
        pytest.param({"paper_logo": "no/such.png"}, "VAREUNGE_PAPER_LOGO: ventet en fil som finnes", id="logo"),
        pytest.param({"word_template": "no/such"}, "VAREUNGE_WORD_TEMPLATE: ventet en fil som finnes", id="template"),
        pytest.param({"research_key": "short"}, "VAREUNGE_RESEARCH_KEY: ventet tekst på minst 32 tegn", id="key"),
        pytest.param({"archive_restrictions": "minutes=UO"}, f"{PAPERS}, med semikolon mellom", id="no legal basis"),
        pytest.param({"public_url": "http://vareunge.example"}, PUBLIC, id="http on the internet"),
        pytest.param({"public_url": "javascript:alert(1)"}, PUBLIC, id="no web address"),
        pytest.param({"public_url": ""}, PUBLIC, id="empty"),
        pytest.param({"public_url": "https://x/\r\nX: y"}, PUBLIC, id="line break"),
        pytest.param({"public_url": "http://127.0.0.1@elsewhere.example"}, PUBLIC, id="loopback as a name"),
    ],
)
def test_a_refused_setting_is_named_with_what_was_expected_and_without_its_value(
    values: dict[str, str], told: str
) -> None:
    assert refused(**values) == [told]


def test_telemetry_goes_to_the_address_of_its_connection_string() -> None:
    connection = f"InstrumentationKey={KEY};IngestionEndpoint={INSIGHTS};LiveEndpoint=https://live.example/"

    assert Settings(insights_connection=SecretStr(connection)).insights_endpoint == INSIGHTS
    assert Settings().insights_endpoint == ""


def test_everything_that_is_wrong_is_named_at_once_in_the_language_asked_for() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"clock_url": "https://clock.example", "timezone": "Nowhere/Town"})

    assert [explain_refused(caught.value, language) for language in ("nn", "en")] == [
        [
            "VAREUNGE_CLOCK_URL: venta ei adresse på denne maskina, som http://127.0.0.1:8365",
            "VAREUNGE_TIMEZONE: venta ei tidssone som Europe/Oslo",
        ],
        [
            "VAREUNGE_CLOCK_URL: expected an address of this machine, such as http://127.0.0.1:8365",
            "VAREUNGE_TIMEZONE: expected a time zone such as Europe/Oslo",
        ],
    ]


def test_the_log_says_in_english_what_was_expected_and_keeps_the_value_to_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The Functions host prints the error of a start as it is."""
    monkeypatch.setenv("VAREUNGE_DATABASE_URL", "postgres://me:password@host/name")

    with pytest.raises(ValidationError, match="database_url\n  expected the address of SQLite or Postgre") as caught:
        Settings()
    assert "password" not in str(caught.value)


def test_one_of_microsoft_s_addresses_on_this_machine_asks_for_the_others_there() -> None:
    assert refused(**LOOPBACK | {"bot_service_url": "https://bot.example", "graph_url": "https://graph.example"}) == [
        f"VAREUNGE_BOT_SERVICE_URL: {BESIDE}",
        f"VAREUNGE_GRAPH_URL: {BESIDE}",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://me:a%2Fb@host:5432/name?sslmode=require",
        "postgresql+psycopg:///name?host=/var/run/postgresql",
        "postgresql+psycopg://[::1]:5432/name",
        "sqlite+aiosqlite:////data/vareunge.db",
        "sqlite+aiosqlite://",
    ],
)
def test_an_address_of_a_database_that_we_know_is_taken(address: str) -> None:
    assert Settings.model_validate({"database_url": address}).database_url == address


def test_a_log_level_may_be_written_small() -> None:
    assert Settings.model_validate({"log_level": "debug"}).log_level == "DEBUG"


@pytest.mark.parametrize("address", ["https://vareunge.example", "http://127.0.0.1:8000", "http://localhost:8000/"])
def test_people_are_sent_to_https_or_to_this_machine(address: str) -> None:
    assert Settings.model_validate({"public_url": address}).public_url == address


ANSATTPORTEN = {
    "ansattporten_url": "https://ansattporten.example",
    "ansattporten_client_id": "client",
    "ansattporten_key": "secret-key",
}
LOOPBACK = dict.fromkeys(("graph_url", "bot_service_url", "bot_metadata_url", "authority_url"), "http://127.0.0.1:8765")


def test_ansattporten_is_switched_on_by_all_of_its_settings() -> None:
    settings = Settings.model_validate(ANSATTPORTEN)

    assert settings.ansattporten_url == "https://ansattporten.example"
    assert "secret-key" not in repr(settings)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({**ANSATTPORTEN, "ansattporten_client_id": ""}, id="without a client id"),
        pytest.param({**ANSATTPORTEN, "ansattporten_key": ""}, id="without a key"),
        pytest.param({**ANSATTPORTEN, "ansattporten_url": "http://ansattporten.example"}, id="http"),
        pytest.param({**ANSATTPORTEN, "ansattporten_url": "http://127.0.0.1:8765/x"}, id="loopback beside Microsoft"),
        pytest.param({**ANSATTPORTEN, **LOOPBACK}, id="the real one beside the sandbox"),
    ],
)
def test_half_an_ansattporten_is_refused(values: dict[str, str]) -> None:
    (told,) = refused(**values)

    assert told.startswith("VAREUNGE_ANSATTPORTEN_URL: ventet en adresse som begynner med https://")


def test_signing_in_with_entra_needs_tenant_app_and_the_door_s_identity() -> None:
    whole = {"tenant_id": "t", "app_id": "a", "door_id": "d"}

    assert Settings.model_validate(whole).signs_in_with_entra
    assert not any(Settings.model_validate({**whole, name: ""}).signs_in_with_entra for name in whole)


@pytest.mark.parametrize(
    ("values", "own"),
    [
        ({}, "hands"),
        ({"hands_identity_id": "machine"}, "machine"),
        ({"hands_identity_id": "machine", "part": "door"}, "door"),
    ],
    ids=["an identity", "an app registration that an identity vouches for", "the Door"],
)
def test_database_and_queue_are_opened_by_the_machine_s_own_identity(values: dict[str, str], own: str) -> None:
    settings = Settings.model_validate({"hands_id": "hands", "door_id": "door", **values})

    assert settings.own_id == own


def test_papers_that_are_not_open_are_named_with_code_and_legal_basis() -> None:
    settings = Settings.model_validate(
        {"archive_restrictions": "minutes=UO: Offl. § 14 første ledd; agenda=UO: Offl. § 13;"}
    )

    assert settings.archive_restrictions == (
        ("minutes", "UO", "Offl. § 14 første ledd"),
        ("agenda", "UO", "Offl. § 13"),
    )
    assert Settings.model_validate({"archive_restrictions": ""}).archive_restrictions == ()


@pytest.mark.parametrize("value", ["minutes", "minutes=UO", "minutes=: Offl. § 14", "letters=UO: Offl. § 14"])
def test_a_restriction_that_says_too_little_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"archive_restrictions": value})
