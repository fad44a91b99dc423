"""Settings from the environment (prefix VAREUNGE_). Nothing else in the project reads the environment."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config.addresses import is_https_or_loopback, is_loopback
from config.colours import LEAST_FOR_TEXT, contrast

PREFIX = "VAREUNGE_"
MICROSOFT = {
    "graph_url": "https://graph.microsoft.com/v1.0",
    "bot_service_url": "https://smba.trafficmanager.net/teams",
    "bot_metadata_url": "https://login.botframework.com/v1/.well-known/openidconfiguration",
    "authority_url": "https://login.microsoftonline.com",
}

DATABASES = ("sqlite+aiosqlite:", "postgresql+psycopg:")
"""The drivers we know."""


LEAST_KEY = 32
"""Characters of a key that pseudonyms are made with."""


class Part(StrEnum):
    """Deployment that this process is; ALL is the embedded service with everything in one process."""

    ALL = "all"
    DOOR = "door"
    HANDS = "hands"


def _split(value: object) -> object:
    return tuple(item.strip() for item in value.split(",") if item.strip()) if isinstance(value, str) else value


class ArchiveRestriction(NamedTuple):
    """An access code with its legal basis, for a kind of papers that is not open to everybody."""

    kind: Literal["report", "agenda", "minutes"]
    code: str
    basis: str


def _restrictions(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = []
    for item in filter(None, map(str.strip, value.split(";"))):
        kind, _, rest = item.partition("=")
        code, _, basis = (part.strip() for part in rest.partition(":"))
        if not (code and basis):
            raise ValueError("expected KIND=CODE: LEGAL BASIS; … such as minutes=UO: Offl. § 14")
        found.append((kind.strip(), code, basis))
    return tuple(found)


Restrictions = Annotated[tuple[ArchiveRestriction, ...], NoDecode, BeforeValidator(_restrictions)]
Addresses = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """
    Everything that differs between deployments.

    The four Microsoft addresses are Microsoft's unless set; when one is set, all must be loopback addresses, so that a
    service can never speak half to the sandbox and half to a real tenant.

    A refused value is named and never shown: a database's address may hold a password, and errors stand in logs.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    graph_url: str = MICROSOFT["graph_url"]
    bot_service_url: str = MICROSOFT["bot_service_url"]
    bot_metadata_url: str = MICROSOFT["bot_metadata_url"]
    authority_url: str = MICROSOFT["authority_url"]
    ansattporten_url: str = ""
    """Issuer of Ansattporten, where employees of municipalities and of NAV sign in; empty: not switched on."""
    ansattporten_client_id: str = ""
    ansattporten_key: SecretStr = SecretStr("")
    """The integration's private key, a JSON web key with its `kid` in base64, given by a reference to Key Vault."""
    clock_url: str | None = None
    tenant_id: str = ""
    app_id: str = ""
    bot_id: str = ""
    hands_id: str = ""
    builder_id: str = ""
    door_id: str = ""
    """The Door's own identity, which may nothing in Graph. It vouches for the app when people sign in."""
    part: Part = Part.ALL
    database_url: str = "sqlite+aiosqlite:///vareunge.db"
    queue_url: str = ""
    """Address of the storage account whose queue names due units to the Functions host; empty: the engine looks itself.
    With a signature in it (a local Azurite), no identity is asked for a token."""
    public_url: str = "http://127.0.0.1:8000"
    organizer: Addresses = ()
    allowed_recipients: Addresses | None = None
    licences: int = 1_000
    """Number of Microsoft 365 licences in the tenant: SharePoint's limits grow with them."""
    drift_days: int = Field(default=1, ge=1)
    """Days between two looks for something of ours that is gone; 1 is every night before a working
    day."""
    feed_user_agent: str = Field(default="vaare-unge-365", pattern=r"^[ -~]{1,200}$")
    """The name under which municipalities' own calendars are asked for. Some servers answer browsers only."""
    accessibility_statement: str = Field(default="", pattern=r"^(https://\S+)?$")
    """The address of the county's own statement at uustatus.no, which `/tilgjengelighet` leads to."""
    paper_colour: str = Field(default="#1E2B3C", pattern=r"^#[0-9a-fA-F]{6}$")
    """The county's colour, of headings and lines in PDF and Word files."""
    paper_owner: str = ""
    """The name above papers; empty: none."""
    paper_logo: str = ""
    """A PNG or SVG file, above papers."""
    word_template: str = ""
    """A Word file that papers are made from, as `vareunge papers template FILE` writes it; empty: our own."""
    research_key: SecretStr = SecretStr("")
    """The key of the pseudonyms in the data set for research, 32 characters or more; without it there is no set."""
    archive_owner: str = ""
    """The body that answers for the archive; empty: the organisation that leads the programme."""
    archive_restrictions: Restrictions = ()
    """Papers that are not open to everybody in the archive: `minutes=UO: Offl. § 14; agenda=…`."""
    timezone: str = "Europe/Oslo"
    log_level: str = "INFO"

    @model_validator(mode="after")
    def _sandbox_is_all_or_nothing(self) -> "Settings":
        changed = {name for name, default in MICROSOFT.items() if getattr(self, name) != default}
        if changed:
            outside = sorted(name for name in MICROSOFT if not is_loopback(getattr(self, name)))
            if outside:
                names = ", ".join(f"VAREUNGE_{name.upper()}" for name in outside)
                raise ValueError(f"{names}: expected loopback addresses, because another Microsoft address is one")
        if self.ansattporten_url and (is_loopback(self.ansattporten_url) != bool(changed) or not self._is_whole):
            raise ValueError(
                "VAREUNGE_ANSATTPORTEN_URL: expected an https:// address (a loopback address just when Microsoft's "
                "addresses are), with VAREUNGE_ANSATTPORTEN_CLIENT_ID and VAREUNGE_ANSATTPORTEN_KEY set, too"
            )
        if self.clock_url and not is_loopback(self.clock_url):
            raise ValueError("VAREUNGE_CLOCK_URL: expected a loopback address")
        return self

    @model_validator(mode="after")
    def _values_can_be_used(self) -> "Settings":
        if not self.database_url.startswith(DATABASES):
            expected = "sqlite+aiosqlite:///FILE or postgresql+psycopg://HOST/NAME"
            raise ValueError(f"VAREUNGE_DATABASE_URL: expected {expected}")
        if self.queue_url and not is_https_or_loopback(self.queue_url):
            raise ValueError("VAREUNGE_QUEUE_URL: expected an address that starts with https://")
        if not is_https_or_loopback(self.public_url):
            expected = "an address that starts with https:// (http:// on this machine only)"
            raise ValueError(f"VAREUNGE_PUBLIC_URL: expected {expected}")
        for name in ("paper_logo", "word_template"):
            if (path := getattr(self, name)) and not Path(path).is_file():
                raise ValueError(f"VAREUNGE_{name.upper()}: expected a file that is there")
        if contrast(self.paper_colour, "#ffffff") < LEAST_FOR_TEXT:
            raise ValueError(f"VAREUNGE_PAPER_COLOUR: expected {LEAST_FOR_TEXT}:1 against white, as text needs")
        if self.research_key.get_secret_value() and len(self.research_key.get_secret_value()) < LEAST_KEY:
            raise ValueError(f"VAREUNGE_RESEARCH_KEY: expected {LEAST_KEY} characters or more")
        try:
            ZoneInfo(self.timezone)
        except (LookupError, ValueError, OSError):
            raise ValueError("VAREUNGE_TIMEZONE: expected a time zone such as Europe/Oslo") from None
        return self

    @property
    def signs_in_with_entra(self) -> bool:
        """True when all that sign-in with Entra ID needs is set."""
        return bool(self.tenant_id and self.app_id and self.door_id)

    @property
    def _is_whole(self) -> bool:
        """True when all that Ansattporten needs is set, and its address can be used."""
        usable = is_https_or_loopback(self.ansattporten_url)
        return usable and bool(self.ansattporten_client_id and self.ansattporten_key.get_secret_value())

    @property
    def sandboxed(self) -> bool:
        """True when Microsoft 365 is played by the sandbox."""
        return is_loopback(self.graph_url)

    @property
    def names_no_tenant(self) -> bool:
        """True when nothing says which tenant to speak to, and as whom."""
        return not (self.tenant_id or self.app_id or self.hands_id or self.builder_id)

    @property
    def own_id(self) -> str:
        """Client id of the identity as which this part signs in to the database and the queue."""
        return self.door_id if self.part is Part.DOOR else self.hands_id

    @property
    def embedded_database(self) -> bool:
        """True when the database is a file of this process, which then looks after its tables itself."""
        return self.database_url.startswith("sqlite")


def explain_refused(exc: ValidationError) -> list[str]:
    """Return a line for each setting that was refused: its name and what was expected, without its value."""
    return [_explain(str(error["loc"][0]) if error["loc"] else "", error["msg"]) for error in exc.errors()]


def _explain(name: str, message: str) -> str:
    said = message.removeprefix("Value error, ")
    return f"{PREFIX}{name.upper()}: {said[:1].lower()}{said[1:]}" if name else said


OPEN_BOT = "DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS"
"""Switches the Teams SDK's check of inbound tokens off. Our code never hands it on."""


def bot_is_open() -> bool:
    """Return True when the environment asks for a bot that checks nobody."""
    return bool(os.environ.get(OPEN_BOT))


def refuse_open_bot() -> None:
    """Raise RuntimeError for an open bot: a deployment that asks for one expects something that we will not do."""
    if bot_is_open():
        raise RuntimeError(f"{OPEN_BOT} is set: expected it unset, because the bot checks every request")
