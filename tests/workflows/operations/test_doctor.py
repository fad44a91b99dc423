"""The doctor's findings about a tenant, in plain data and with a tenant that is played by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from config.loading import load_programme
from config.programme import Programme
from config.settings import Part, Settings
from tests.web.meeting_store import meeting
from tests.workflows.programme import programme as sample
from workflows.errors import IdentityClosed, NotFound, OutsideError, Refused, Transient
from workflows.operations.doctor import (
    PRIVATE_CHANNELS,
    Doctor,
    DoctorPorts,
    TenantClients,
    compare_roles,
    permissions_of,
    roles_script,
    wanted_roles,
)
from workflows.operations.findings import Finding, Verdict, describe
from workflows.operations.own_checks import check_meetings, check_record, check_settings
from workflows.operations.rehearsal import check_rehearsal
from workflows.ports.place import CatalogApp, TeamBuilder
from workflows.rollout.ports import Resources, TeamsApp

IDS: dict[str, Any] = {
    "tenant_id": "t",
    "app_id": "a",
    "bot_id": "b",
    "hands_id": "h",
    "builder_id": "u",
    "door_id": "d",
}
VESTFOLD = Path(__file__).parents[3] / "config" / "vestfold"
NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
LIST = permissions_of("# remark\nUser.Invite.All  # why\nexchange:Mail.Send\nTeamsTab.Read.Group\n")

LACKS_A = "Hands lacks the tenant-wide permission A"
HAS_B = "Hands has the tenant-wide permission B, which is not on its list"
WITHOUT_LINK = "Meetings in the mailbox moter@home.example without a link into Teams: 1"


def verdicts(findings: list[Finding]) -> list[tuple[str, str]]:
    """Return how things stand that are not in order, in the words of the terminal's programs."""
    return [(item.verdict.value, describe(item, "en").what) for item in findings if item.verdict is not Verdict.OK]


def test_a_list_is_read_by_how_each_permission_is_given() -> None:
    assert [set(LIST.roles), set(LIST.exchange), set(LIST.consent)] == [
        {"User.Invite.All"},
        {"Mail.Send"},
        {"TeamsTab.Read.Group"},
    ]


@pytest.mark.parametrize(
    ("held", "found"),
    [
        pytest.param({"A"}, [], id="exactly the list"),
        pytest.param(set(), [("missing", LACKS_A)], id="less"),
        pytest.param({"A", "B"}, [("too much", HAS_B)], id="more"),
        pytest.param({"B"}, [("missing", LACKS_A), ("too much", HAS_B)], id="another"),
    ],
)
def test_the_roles_must_be_the_list_no_more_and_no_less(held: set[str], found: list[tuple[str, str]]) -> None:
    findings = compare_roles("hands", "the-script", wanted=frozenset({"A"}), held=frozenset(held))

    assert verdicts(findings) == found
    assert all(item.command == "the-script --apply" for item in findings if item.fails)


def test_what_the_settings_lack_is_named_by_its_variable() -> None:
    settings = Settings(**{**IDS, "bot_id": "", "organizer": ("m@home.example",), "public_url": "https://x.example"})

    assert verdicts(check_settings(settings, open_bot=False)) == [("missing", "The setting VAREUNGE_BOT_ID is missing")]


def test_teams_wants_https_and_the_bot_checks_everybody() -> None:
    settings = Settings(**IDS, organizer=("m@home.example",), public_url="http://127.0.0.1:8080")

    assert [verdict for verdict, _ in verdicts(check_settings(settings, open_bot=True))] == ["too much", "missing"]


@pytest.mark.parametrize(
    ("hours", "join_url", "found"),
    [
        pytest.param(2, "", [("missing", WITHOUT_LINK)], id="in vain"),
        pytest.param(0, "", [], id="still coming"),
        pytest.param(2, "https://teams.example/join", [], id="there"),
    ],
)
def test_a_link_into_teams_that_does_not_come_is_a_fault_of_the_mailbox(
    hours: int, join_url: str, found: list[tuple[str, str]]
) -> None:
    since = {"no_link_since": (NOW - timedelta(hours=hours)).isoformat()}
    waits = replace(meeting(), booked=since, join_url=join_url, event_id="event", organizer="moter@home.example")

    findings = check_meetings([waits], now=NOW)

    assert verdicts(findings) == found
    assert all("Get-CsOnlineUser -Identity moter@home.example" in item.command for item in findings if item.fails)


def test_a_rehearsal_without_a_team_owner_says_which_places_stay_unmade() -> None:
    programme = load_programme(VESTFOLD)
    owner = programme.owners(programme.places[0], NOW.date())[0]

    without = check_rehearsal(programme, ["a@home.example"], now=NOW)

    assert [item.verdict for item in without] == ["missing"]
    assert "Våre unge Horten" in describe(without[0], "nb").what
    assert check_rehearsal(programme, [owner.email.upper()], now=NOW) == []
    assert check_rehearsal(programme, None, now=NOW) == check_rehearsal(None, [], now=NOW) == []


def test_a_pause_and_a_rehearsal_are_told_and_are_no_faults() -> None:
    settings = Settings(
        **IDS, organizer=("m@home.example",), allowed_recipients=("a@home.example",), public_url="https://x.example"
    )
    told = [describe(item, "nb").what for item in check_settings(settings, open_bot=False)]

    assert "Generalprøve: bare adressene på listen mottar noe (antall: 1)" in told
    assert not any(item.fails for item in check_settings(settings, open_bot=False))


@pytest.mark.parametrize(
    ("current", "found"),
    [
        pytest.param(False, [("missing", "The database does not have this version's schema")], id="old schema"),
        pytest.param(True, [("missing", "No programme was imported")], id="nothing imported"),
    ],
)
def test_the_record_must_be_there(current: bool, found: list[tuple[str, str]]) -> None:
    assert verdicts(check_record(Settings(), current=current, programme=None, paused=[])) == found


def test_a_pause_names_the_municipality_and_how_it_ends() -> None:
    paused = check_record(Settings(), current=True, programme=sample(), paused=["", "a-dal"])[1:]

    assert [(describe(item, "nb").what, item.command) for item in paused] == [
        ("Utsendingen er stoppet for alle", "vareunge resume"),
        ("Utsendingen er stoppet for a-dal", "vareunge resume a-dal"),
    ]


def test_another_time_zone_than_the_programme_s_is_missing() -> None:
    found = check_record(Settings(timezone="UTC"), current=True, programme=sample(), paused=[])

    assert [describe(item, "nn").todo for item in found if item.fails] == ["Set VAREUNGE_TIMEZONE til Europe/Oslo."]


class Roles:
    def __init__(self, held: Mapping[str, frozenset[str] | OutsideError]) -> None:
        self._held = held

    async def roles(self, client_id: str) -> frozenset[str]:
        held = self._held[client_id]
        if isinstance(held, OutsideError):
            raise held
        return held


class Boxes:
    """Mailboxes that open, and what the others answer."""

    def __init__(self, opens: set[str], others: OutsideError, providers: set[str] | OutsideError) -> None:
        self._opens = opens
        self._others = others
        self._providers = providers

    async def read_calendar(self, address: str) -> None:
        if address not in self._opens:
            raise self._others

    read_mail = read_calendar

    async def meeting_providers(self, address: str) -> frozenset[str]:
        if isinstance(self._providers, OutsideError):
            raise self._providers
        return frozenset(self._providers)


def closed() -> IdentityClosed:
    return IdentityClosed("get a token", "switched off")


class Catalogue:
    def __init__(self, app: CatalogApp | OutsideError | None) -> None:
        self._app = app

    async def find_catalog_app(self, external_id: str) -> CatalogApp | None:
        if isinstance(self._app, OutsideError):
            raise self._app
        return self._app


class Nowhere:
    """A tenant in which no place is made."""

    async def of(self, place: str) -> Mapping[str, Any]:
        del place
        return {}


OURS = "m@county.example"
OUR_VERSION = "1.10.0"
OUR_APP = CatalogApp(id="c", external_id="x", version=OUR_VERSION)
IN_TEAMS: set[str] | OutsideError = {"teamsForBusiness"}
REFUSED = Refused("read", "403 ErrorAccessDenied")


async def examined(
    *,
    roles: Mapping[str, frozenset[str] | OutsideError] | None = None,
    opens: set[str] | None = None,
    others: OutsideError = REFUSED,
    app: CatalogApp | OutsideError | None = OUR_APP,
    providers: set[str] | OutsideError = IN_TEAMS,
    part: Part = Part.ALL,
    hands_identity_id: str = "",
    programme: Programme | None = None,
) -> list[Finding]:
    """A tenant in order but for what is said; the lists allow each identity one role, named as itself."""
    names = {"hands": "h", "builder": "u", "door": "d", "bot": "b"}
    held = {client_id: frozenset({name}) for name, client_id in names.items()}
    unused: Any = None
    tenant = TenantClients(
        mailboxes=Boxes({OURS} if opens is None else opens, others, providers),
        teams=cast("TeamBuilder", Catalogue(app)),
        channels=unused,
        content=unused,
        sites=unused,
    )
    ports = DoctorPorts(
        settings=Settings(**IDS, organizer=(OURS,), part=part, hands_identity_id=hands_identity_id),
        lists={name: permissions_of(name) for name in names},
        roles=Roles({**held, **(roles or {})}),
        tenant=tenant,
        resources=cast("Resources", Nowhere()),
        app=TeamsApp(external_id="x", permissions=()),
        app_version=OUR_VERSION,
    )
    return await Doctor(ports).examine(programme or sample())


@pytest.mark.parametrize(("kind", "wanted"), [("standard", {"A"}), ("private", {"A", "B"})])
def test_the_builder_has_more_only_where_a_place_has_a_private_channel(kind: str, wanted: set[str]) -> None:
    lists = {"builder": permissions_of("A"), PRIVATE_CHANNELS: permissions_of("B")}
    programme = load_programme(VESTFOLD)
    place = programme.places[0]
    channels = (place.channels[0].model_copy(update={"kind": kind}),)
    programme = programme.model_copy(update={"places": (place.model_copy(update={"channels": channels}),)})

    roles = wanted_roles(lists, programme)
    assert roles == {"builder": wanted}
    # Without the option the script would take away what the channel needs.
    assert ("--private-channels" in roles_script(roles, lists)) is (kind == "private")
    assert wanted_roles(lists, None) == {"builder": {"A"}}


async def test_a_tenant_in_order_has_nothing_that_fails() -> None:
    findings = await examined()

    assert not any(item.fails for item in findings)
    assert verdicts(findings) == [
        ("unknown", f"Sending from the organizer mailbox {OURS}"),
        ("unknown", f"Whether invited guests get past the lobby in meetings of {OURS}"),
    ]


async def test_a_closed_builder_is_said_with_the_command_that_opens_it_and_is_no_fault() -> None:
    findings = await examined(roles={"u": closed()}, app=closed())

    told = [item for item in findings if "az ad sp update --id u --set accountEnabled=true" in item.command]
    assert [item.verdict for item in told] == [Verdict.UNKNOWN] * 2
    assert not any(item.fails for item in findings)


async def test_closed_hands_are_a_fault() -> None:
    assert any(item.fails for item in await examined(roles={"h": closed()}))


async def test_a_foreign_mailbox_that_opens_means_that_the_roles_are_not_scoped() -> None:
    findings = await examined(opens={OURS, "chair@county.example"})

    assert [verdict for verdict, what in verdicts(findings) if "covers more than our mailboxes" in what] == [
        "too much"
    ] * 2


async def test_mailboxes_that_are_not_there_say_nothing_about_the_scope() -> None:
    findings = await examined(others=NotFound("read", "404 ErrorInvalidUser"))

    assert [verdict for verdict, what in verdicts(findings) if "could not be tried" in what] == ["unknown"] * 2


async def test_an_organizer_mailbox_that_does_not_open_is_missing() -> None:
    findings = await examined(opens=set(), providers=REFUSED)

    assert [item.verdict for item in findings if item.rule.startswith("mailbox_")] == [
        Verdict.MISSING,
        Verdict.UNKNOWN,
        Verdict.MISSING,
        Verdict.UNKNOWN,
        Verdict.UNKNOWN,
    ]


async def test_our_app_must_be_in_the_catalogue() -> None:
    assert ("missing", "Our app in the organisation's catalogue") in verdicts(await examined(app=None))


@pytest.mark.parametrize(
    ("version", "told"),
    [
        pytest.param(OUR_VERSION, ("ok", "Our app is in the organisation's catalogue, version 1.10.0"), id="ours"),
        pytest.param("2.0.0", ("ok", "Our app is in the organisation's catalogue, version 2.0.0"), id="a later one"),
        pytest.param(
            "1.9.0",
            (
                "missing",
                "Our app in the organisation's catalogue has version 1.9.0, but the service is made for 1.10.0",
            ),
            id="an older one",
        ),
        pytest.param(
            "",
            ("missing", "Our app is in the organisation's catalogue, but no version of it is approved"),
            id="none approved",
        ),
    ],
)
async def test_the_catalogue_must_have_the_version_that_the_service_is_made_for(
    version: str, told: tuple[str, str]
) -> None:
    findings = await examined(app=replace(OUR_APP, version=version))

    (found,) = [item for item in findings if item.rule.startswith("catalogue_")]
    assert (found.verdict.value, describe(found, "en").what) == told
    assert bool(found.todo) is found.fails


async def test_the_hands_do_not_ask_for_the_door_s_permissions_and_say_how_an_administrator_sees_them() -> None:
    """On Azure they do not have its identity, and nobody is told to give it to them."""
    findings = await examined(roles={"d": REFUSED}, part=Part.HANDS)

    (door,) = [item for item in findings if item.values.get("identity") == "Door"]
    assert (door.verdict, door.rule, door.detail) == (Verdict.UNKNOWN, "identity_elsewhere", "")
    assert door.command == "infra/scripts/graph-permissions.sh"
    assert "Gi denne maskinen" not in describe(door, "nb").todo
    assert not any(item.fails for item in findings)


async def test_where_the_hands_are_an_app_registration_the_identity_that_vouches_may_nothing() -> None:
    findings = await examined(roles={"v": frozenset({"Sites.Selected"})}, hands_identity_id="v")

    assert [item for item in verdicts(findings) if item[0] != "unknown"] == [
        (
            "too much",
            "Hands (managed identity) has the tenant-wide permission Sites.Selected, which is not on its list",
        )
    ]


async def test_where_nobody_answers_each_line_says_what_to_do() -> None:
    """An administrator's command stands beside what cannot be seen, or when to look again."""
    away = Transient("ask", "ConnectTimeout")
    silent = await examined(
        roles=dict.fromkeys(("h", "u", "d", "b"), away), others=away, opens=set(), app=away, providers=away
    )

    unseen = [item for item in silent if item.verdict is Verdict.UNKNOWN]
    assert len(unseen) == len(silent) > 8
    assert [item.rule for item in unseen if not (item.todo or item.command)] == []


@pytest.mark.parametrize(
    ("part", "migrate", "take_in", "resume", "rollout"),
    [
        pytest.param(
            Part.HANDS,
            "infra/scripts/database.sh --apply",
            "infra/scripts/database.sh --apply -- import DIR",
            "infra/scripts/database.sh --apply -- resume a-dal",
            "infra/scripts/database.sh --apply -- rollout",
            id="in Azure, where the database is behind a script",
        ),
        pytest.param(
            Part.ALL,
            "vareunge migrate",
            "vareunge import DIR",
            "vareunge resume a-dal",
            "vareunge rollout",
            id="on a machine of one's own",
        ),
    ],
)
async def test_commands_are_those_of_where_the_service_runs(
    part: Part, migrate: str, take_in: str, resume: str, rollout: str
) -> None:
    settings = Settings(part=part)
    old = check_record(settings, current=False, programme=None, paused=[])
    empty = check_record(settings, current=True, programme=None, paused=[])
    paused = check_record(settings, current=True, programme=sample(), paused=["a-dal"])
    unmade = [
        item for item in await examined(part=part, programme=load_programme(VESTFOLD)) if "rollout" in item.command
    ]

    assert [item.command for item in old] == [migrate]
    assert [item.command for item in empty if item.fails] == [take_in]
    assert [item.command for item in paused if item.command] == [resume]
    assert unmade
    assert all(item.command.startswith(f"{rollout} ") for item in unmade)
    # What is typed where no identity of ours is waits for nothing.
    assert all(("--no-wait" in item.command) is (part is Part.HANDS) for item in unmade)


async def test_an_organizer_without_teams_is_told_with_the_command_that_shows_its_licence() -> None:
    """Exchange would book its meetings all the same, without a link."""
    (found,) = [item for item in await examined(providers=set()) if item.rule == "mailbox_teams"]

    assert found.fails
    assert f"Get-CsOnlineUser -Identity {OURS}" in found.command


@pytest.mark.parametrize("identity", ["hands", "builder", "door", "bot"])
async def test_a_grant_that_is_taken_away_is_missing_at_that_identity_alone(identity: str) -> None:
    """One by one, and one too many by one."""
    client_id = {"hands": "h", "builder": "u", "door": "d", "bot": "b"}[identity]
    less = verdicts(await examined(roles={client_id: frozenset()}))
    more = verdicts(await examined(roles={client_id: frozenset({identity, "Mail.Send"})}))

    name = identity.capitalize()
    assert [item for item in less if item[0] != "unknown"] == [
        ("missing", f"{name} lacks the tenant-wide permission {identity}")
    ]
    assert [item for item in more if item[0] != "unknown"] == [
        ("too much", f"{name} has the tenant-wide permission Mail.Send, which is not on its list")
    ]
