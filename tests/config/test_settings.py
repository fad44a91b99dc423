"""Settings are refused by name, and a refused value is never shown: it may hold a password."""

import pytest
from pydantic import ValidationError

from config.settings import Settings, explain_refused

CLOCK = "VAREUNGE_CLOCK_URL: expected a loopback address"
ZONE = "VAREUNGE_TIMEZONE: expected a time zone such as Europe/Oslo"
DRIFT = "VAREUNGE_DRIFT_DAYS: input should be greater than or equal to 1"
PUBLIC = "VAREUNGE_PUBLIC_URL: expected an address that starts with https:// (http:// on this machine only)"


def refused(**values: str) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(values)
    shown = str(caught.value) + repr(caught.value)
    assert not [value for value in values.values() if value and value in shown]
    return explain_refused(caught.value)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param(
            {"database_url": "postgresql://user:password@host/name"},
            "VAREUNGE_DATABASE_URL: expected sqlite+aiosqlite:///FILE or postgresql+psycopg://HOST/NAME",
            id="database of another kind",
        ),
        pytest.param(
            {"clock_url": "http://me:password@clock.example"},
            "VAREUNGE_CLOCK_URL: expected a loopback address",
            id="clock elsewhere",
        ),
        pytest.param({"timezone": "Nowhere/Town"}, ZONE, id="zone"),
        pytest.param({"timezone": "../../passwords"}, ZONE, id="path"),
        pytest.param({"drift_days": "0"}, DRIFT, id="number"),
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

    assert told.startswith("VAREUNGE_ANSATTPORTEN_URL: expected an https:// address")


def test_signing_in_with_entra_needs_tenant_app_and_the_door_s_identity() -> None:
    whole = {"tenant_id": "t", "app_id": "a", "door_id": "d"}

    assert Settings.model_validate(whole).signs_in_with_entra
    assert not any(Settings.model_validate({**whole, name: ""}).signs_in_with_entra for name in whole)


@pytest.mark.parametrize("address", ["http://uustatus.no/1", "uustatus.no", "https://uustatus.no/ 1"])
def test_the_statement_about_accessibility_is_an_https_address(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("VAREUNGE_ACCESSIBILITY_STATEMENT", address)

    with pytest.raises(ValidationError, match="accessibility_statement"):
        Settings()


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


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("paper_colour", "blue", "VAREUNGE_PAPER_COLOUR"),
        ("paper_colour", "#ffd400", "expected 4.5:1 against white"),
        ("paper_logo", "no/such/file.png", "VAREUNGE_PAPER_LOGO: expected a file"),
        ("word_template", "no/such/file.docx", "VAREUNGE_WORD_TEMPLATE: expected a file"),
        ("research_key", "short", "VAREUNGE_RESEARCH_KEY: expected 32 characters"),
    ],
)
def test_a_look_that_cannot_be_used_is_refused(name: str, value: str, expected: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({name: value})
    assert expected in "".join(explain_refused(refused.value))
