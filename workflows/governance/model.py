"""An installation as governance papers describe it: its settings, its parts, and all that it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from config.programme import Programme
from workflows.privacy.model import TableRule


class ServicePart(StrEnum):
    """Parts of the service and of what it works with. A threat model asks the same six questions of each."""

    PAGES = "pages"
    LINKS = "links"
    SIGN_IN = "sign_in"
    BOT = "bot"
    HANDS = "hands"
    BUILDER = "builder"
    DATABASE = "database"
    QUEUE = "queue"
    WORKSPACE = "workspace"
    MAIL = "mail"
    CALENDARS = "calendars"
    ARCHIVE = "archive"
    PRIVACY = "privacy"
    OPERATIONS = "operations"
    SUPPLY = "supply"


@dataclass(frozen=True, kw_only=True)
class GrantedPermission:
    """A permission of an identity, with the reason that its list gives."""

    name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """The settings of an installation, as far as papers tell them: never a secret, and no address of a database."""

    database: str
    """`sqlite` or `postgresql`."""
    public_url: str
    timezone: str
    mailboxes: Sequence[str]
    has_queue: bool
    is_sandboxed: bool
    names_tenant: bool
    """True when the settings say which tenant it speaks to."""
    signs_in_with_entra: bool
    signs_in_with_ansattporten: bool
    allowed_recipients: int | None
    """Number of addresses that anything may be sent to; None: no rehearsal."""
    archive_owner: str
    archive_restrictions: Sequence[tuple[str, str, str]]
    """Kind of paper, code and legal basis of each paper that is not open to everybody."""
    has_research: bool
    has_insights: bool
    """True when traces and measurements are sent to Application Insights."""
    statement_url: str
    drift_days: int


@dataclass(frozen=True, kw_only=True)
class PackageComponent:
    """A package of others that the service is made of. *ecosystem*: `pypi` or `npm`."""

    ecosystem: str
    name: str
    version: str
    licence: str


@dataclass(frozen=True, kw_only=True)
class CriterionEvidence:
    """A criterion of accessibility with its state and how that was found, as keys of texts."""

    number: str
    level: str
    name_key: str
    state_key: str
    how_key: str


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Everything that papers are made of: the same installation makes the same papers."""

    programme: Programme
    deployment: Deployment
    identities: Mapping[str, Sequence[GrantedPermission]]
    """By the name of its list; `door` has none."""
    tables: Mapping[str, TableRule]
    rooms: Sequence[str]
    """Rooms of the code, such as `integration/graph`."""
    open_routes: Mapping[str, str]
    """Addresses that need no sign-in, with the reason."""
    linked_routes: Mapping[str, str]
    """Addresses that a link of their own opens, with the reason."""
    evidence: Sequence[CriterionEvidence]
    version: str
    components: Sequence[PackageComponent]
