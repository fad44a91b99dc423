"""
Settings from the environment (prefix VAREUNGE_). Nothing else in the project reads the environment.

What is expected of a refused setting is an error named as its text: `problem.<name>` (`config/refused.py` says it).
"""

import os
import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from config.addresses import is_https, is_https_or_loopback, is_loopback
from config.fields import Colour

PREFIX = "VAREUNGE_"
MICROSOFT = {
    "graph_url": "https://graph.microsoft.com/v1.0",
    "bot_service_url": "https://smba.trafficmanager.net/teams",
    "bot_metadata_url": "https://login.botframework.com/v1/.well-known/openidconfiguration",
    "authority_url": "https://login.microsoftonline.com",
}

DATABASE = re.compile(
    r"sqlite\+aiosqlite://(/.*)?"
    r"|postgresql\+psycopg://([^@]*@)?(\[[0-9a-f:]+\]|[^:/?\[\]]*)(:\d+)?(/[^?]*)?(\?.*)?",
    re.IGNORECASE,
)
"""Addresses of the databases that we know, with their drivers."""
LEAST_KEY = 32
"""Characters of a key that pseudonyms are made with."""
LONGEST_USER_AGENT = 200
USER_AGENT = re.compile(rf"[ -~]{{1,{LONGEST_USER_AGENT}}}")
CONNECTION = re.compile(r"[^=;]+=[^=;]+(;[^=;]+=[^=;]+)*")
"""Names and values, as Azure's exporter takes them."""
INSTRUMENTATION_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Part(StrEnum):
    """Deployment that this process is; ALL is the embedded service with everything in one process."""

    ALL = "all"
    DOOR = "door"
    HANDS = "hands"


def _split(value: object) -> object:
    return tuple(item.strip() for item in value.split(",") if item.strip()) if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


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
            raise PydanticCustomError("problem.restrictions", "expected kind, code and legal basis")
        found.append((kind.strip(), code, basis))
    return tuple(found)


def _known_database(url: str) -> str:
    if not DATABASE.fullmatch(url):
        raise PydanticCustomError("problem.database", "expected the address of SQLite or PostgreSQL")
    return url


def _on_this_machine(url: str | None) -> str | None:
    if url and not is_loopback(url):
        raise PydanticCustomError("problem.loopback_address", "expected an address of this machine")
    return url


def _https_or_here(url: str) -> str:
    if not is_https_or_loopback(url):
        raise PydanticCustomError("problem.https_or_here", "expected https, or http on this machine")
    return url


def _https_or_empty(url: str) -> str:
    if url and not is_https(url):
        raise PydanticCustomError("problem.https_address", "expected https")
    return url


def _https_or_here_or_empty(url: str) -> str:
    return _https_or_here(url) if url else url


def _file_or_empty(path: str) -> str:
    if path and not Path(path).is_file():
        raise PydanticCustomError("problem.existing_file", "expected a file that is there")
    return path


def _user_agent(name: str) -> str:
    if not USER_AGENT.fullmatch(name):
        raise PydanticCustomError(
            "problem.user_agent", "expected up to {number} ASCII signs", {"number": LONGEST_USER_AGENT}
        )
    return name


def _ingestion_endpoint(connection: str) -> str:
    """Return the address that a connection string of Application Insights sends to; empty when it is none."""
    if not CONNECTION.fullmatch(connection):
        return ""
    given = {name.lower(): value for name, _, value in (part.partition("=") for part in connection.split(";"))}
    endpoint = given.get("ingestionendpoint", "")
    usable = INSTRUMENTATION_KEY.fullmatch(given.get("instrumentationkey", "")) and is_https_or_loopback(endpoint)
    return endpoint if usable else ""


def _insights_connection(connection: SecretStr) -> SecretStr:
    value = connection.get_secret_value()
    if value and not _ingestion_endpoint(value):
        raise PydanticCustomError("problem.connection_string", "expected a connection string with its endpoint")
    return connection


def _long_key(key: SecretStr) -> SecretStr:
    if 0 < len(key.get_secret_value()) < LEAST_KEY:
        raise PydanticCustomError("problem.longer", "expected at least {number} characters", {"number": LEAST_KEY})
    return key


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise PydanticCustomError("problem.time_zone", "expected a time zone such as Europe/Oslo") from None
    return name


Restrictions = Annotated[tuple[ArchiveRestriction, ...], BeforeValidator(_restrictions)]
Addresses = Annotated[tuple[str, ...], BeforeValidator(_split)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)]
ExistingFile = Annotated[str, AfterValidator(_file_or_empty)]


class Settings(BaseModel):
    """
    Everything that differs between deployments.

    The four Microsoft addresses are Microsoft's unless set; when one is set, all must be loopback addresses, so that a
    service can never speak half to the sandbox and half to a real tenant.

    A refused value is named and never shown: a database's address may hold a password, and errors stand in logs.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, validate_default=True)

    graph_url: str = MICROSOFT["graph_url"]
    bot_service_url: str = MICROSOFT["bot_service_url"]
    bot_metadata_url: str = MICROSOFT["bot_metadata_url"]
    authority_url: str = MICROSOFT["authority_url"]
    ansattporten_url: str = ""
    """Issuer of Ansattporten, where employees of municipalities and of NAV sign in; empty: not switched on."""
    ansattporten_client_id: str = ""
    ansattporten_key: SecretStr = SecretStr("")
    """The integration's private key, a JSON web key with its `kid` in base64, given by a reference to Key Vault."""
    clock_url: Annotated[str | None, AfterValidator(_on_this_machine)] = None
    tenant_id: str = ""
    app_id: str = ""
    bot_id: str = ""
    hands_id: str = ""
    """Hands' own identity: an app registration, or the managed identity itself. What a team consents to falls to this
    one; by Microsoft's pages only to an app registration."""
    hands_identity_id: str = ""
    """The managed identity that vouches for the app registration `hands_id`; empty: `hands_id` is one itself."""
    builder_id: str = ""
    door_id: str = ""
    """The Door's own identity, which may nothing in Graph. It vouches for the app when people sign in."""
    part: Part = Part.ALL
    database_url: Annotated[str, AfterValidator(_known_database)] = "sqlite+aiosqlite:///vareunge.db"
    queue_url: Annotated[str, AfterValidator(_https_or_here_or_empty)] = ""
    """Address of the storage account whose queue names due units to the Functions host; empty: the engine looks itself.
    With a signature in it (a local Azurite), no identity is asked for a token."""
    public_url: Annotated[str, AfterValidator(_https_or_here)] = "http://127.0.0.1:8000"
    teams_app_edition: int = Field(default=0, ge=0)
    """The last number of the Teams app's version. Whoever changes what its package says (our address, the programme's
    words, an identity) raises it by one: a package that says something else needs a higher version."""
    organizer: Addresses = ()
    allowed_recipients: Addresses | None = None
    acceptance_tenant: str = ""
    """The test tenant that `vareunge acceptance` may try itself in: it must be the one that is spoken to."""
    licences: int = Field(default=1_000, ge=1)
    """Number of Microsoft 365 licences in the tenant: SharePoint's limits grow with them."""
    drift_days: int = Field(default=1, ge=1)
    """Days between two looks for something of ours that is gone; 1 is every night before a working
    day."""
    doctor_days: int = Field(default=1, ge=1)
    """Days between two looks at what the service may and has in Microsoft 365; 1 is every night."""
    feed_user_agent: Annotated[str, AfterValidator(_user_agent)] = "vaare-unge-365"
    """The name under which municipalities' own calendars are asked for. Some servers answer browsers only."""
    accessibility_statement: Annotated[str, AfterValidator(_https_or_empty)] = ""
    """The address of the county's own statement at uustatus.no, which `/tilgjengelighet` leads to."""
    backup_days: int = Field(default=35, ge=1)
    """Days for which backups of the database are kept: a redaction says until when they hold what it took out."""
    paper_colour: Colour = "#1E2B3C"
    """The county's colour, of headings and lines in PDF and Word files."""
    paper_owner: str = ""
    """The name above papers; empty: of the organisation that leads the programme."""
    paper_logo: ExistingFile = ""
    """A PNG or SVG file, above papers."""
    word_template: ExistingFile = ""
    """A Word file that papers are made from, as `vareunge papers template FILE` writes it; empty: our own."""
    research_key: Annotated[SecretStr, AfterValidator(_long_key)] = SecretStr("")
    """The key of the pseudonyms in the data set for research, 32 characters or more; without it there is no set."""
    archive_owner: str = ""
    """The body that answers for the archive; empty: the organisation that leads the programme."""
    archive_restrictions: Restrictions = ()
    """Papers that are not open to everybody in the archive: `minutes=UO: Offl. § 14; agenda=…`."""
    timezone: Annotated[str, AfterValidator(_time_zone)] = "Europe/Oslo"
    log_level: LogLevel = "INFO"
    insights_connection: Annotated[SecretStr, AfterValidator(_insights_connection)] = SecretStr("")
    """The connection string of Application Insights, which traces, measurements and events are sent to; empty: nothing
    is sent, and nothing of OpenTelemetry's SDK is imported. It has to name its endpoint: events would otherwise go to
    Microsoft's global address, in no region that was chosen."""

    def __init__(self, **given: Any) -> None:
        """Put what is *given* before the environment."""
        # Of pydantic-settings this is all that is used, and its import takes a quarter of the worker's own.
        super().__init__(**{**_from_environment(), **given})

    @model_validator(mode="after")
    def _sandbox_is_all_or_nothing(self) -> "Settings":
        changed = {name for name, default in MICROSOFT.items() if getattr(self, name) != default}
        outside = sorted(name for name in MICROSOFT if changed and not is_loopback(getattr(self, name)))
        if outside:
            here = PydanticCustomError("problem.loopback_beside", "expected an address of this machine")
            raise _refused(outside, here)
        if self.ansattporten_url and (is_loopback(self.ansattporten_url) != bool(changed) or not self._is_whole):
            whole = PydanticCustomError("problem.ansattporten", "expected https and all that belongs to it")
            raise _refused(["ansattporten_url"], whole)
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
    def insights_endpoint(self) -> str:
        """The address that traces, measurements and events are sent to; empty when nothing is sent."""
        return _ingestion_endpoint(self.insights_connection.get_secret_value())

    @property
    def in_azure(self) -> bool:
        """True when the Functions host runs the units, as the templates in `infra` make it."""
        return self.part is not Part.ALL or bool(self.queue_url)

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
        return self.door_id if self.part is Part.DOOR else self.hands_identity_id or self.hands_id

    @property
    def embedded_database(self) -> bool:
        """True when the database is a file of this process, which then looks after its tables itself."""
        return self.database_url.startswith("sqlite")


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def _from_environment() -> dict[str, str]:
    """Return the settings of the environment; their names may be written small."""
    environment = {name.upper(): value for name, value in os.environ.items()}
    return {name: environment[variable(name)] for name in Settings.model_fields if variable(name) in environment}


def _refused(names: Iterable[str], reason: PydanticCustomError) -> ValidationError:
    """Return the error of settings that are wrong beside others; their values stay out of it."""
    details: list[Any] = [InitErrorDetails(type=reason, loc=(name,), input=None) for name in names]
    return ValidationError.from_exception_data(Settings.__name__, details)


OPEN_BOT = "DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS"
"""Switches the Teams SDK's check of inbound tokens off. Our code never hands it on."""


def bot_is_open() -> bool:
    """Return True when the environment asks for a bot that checks nobody."""
    return bool(os.environ.get(OPEN_BOT))


def refuse_open_bot() -> None:
    """Raise RuntimeError for an open bot: a deployment that asks for one expects something that we will not do."""
    if bot_is_open():
        raise RuntimeError(f"{OPEN_BOT} is set: expected it unset, because the bot checks every request")
