"""A tenant that answers otherwise than the sandbox: each difference stands in its row, and is cleaned up after."""

from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from tests.clocks import NOON
from workflows.errors import Conflict, NotFound, Permanent, Refused, Transient
from workflows.operations.acceptance.checks import MOST_RUNS, AcceptancePorts
from workflows.operations.acceptance.model import AcceptanceReport, AcceptanceResult, AcceptanceTarget
from workflows.operations.acceptance.suite import CLAIMS, Acceptance
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.calendar import BookedEvent, EventSpec
from workflows.ports.place import CatalogApp, Channel, ChannelKind, Group, InstalledApp, OperationState, Page, Site, Tab
from workflows.rollout.ports import TeamsApp

TARGET = AcceptanceTarget(
    slug="prove", owner="it@test.example", guest="gjest@annen.example", organizer="moter@test.example"
)
APP = TeamsApp(external_id="ours", permissions=("Channel.Create.Group",))


class PassingClock:
    """A clock that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment

    async def sleep_until(self, moment: datetime) -> None:
        self.moment = moment


class Tenant:
    """
    A tenant that answers as the sandbox does, but for one *quirk*. It plays every port of the suite.

    Its many methods are those ports'.
    """

    def __init__(self, quirk: str = "") -> None:
        self.quirk = quirk
        self.asked: list[str] = []
        self.members: list[str] = []
        self.has = False
        self.archived = quirk == "archived before"
        self.channel_names: dict[str, ChannelKind] = {}
        self.tabs: list[str] = []
        self.roles: list[str] = []
        self.is_shut_out = False
        self.pages: list[str] = []
        self.events: dict[str, EventSpec] = {}

    def _has(self, quirk: str) -> bool:
        self.asked.append(quirk)
        return self.quirk == quirk

    async def find_accounts(self, emails: list[str]) -> dict[str, Account]:
        found = emails if self.quirk == "made-up accounts" else [TARGET.owner]
        kind = AccountKind.GUEST if self.quirk == "owner is a guest" else AccountKind.MEMBER
        return {email: Account(id=f"id-{email}", email=email, kind=kind) for email in found}

    async def remember(self, accounts: list[Account]) -> None:
        del accounts

    async def ensure_group(self, spec: Any, *, owner_ids: list[str]) -> Group:
        del owner_ids
        if self.quirk == "no group":
            raise Permanent("make the group", "a naming policy")
        number = self.asked.count("group")
        self.asked.append("group")
        if self.quirk == "slow group" and number == 0:
            raise Transient("make the group", "not yet")
        id_ = f"g{number}" if self.quirk == "two groups" else "g"
        return Group(
            id=id_, unique_name=spec.unique_name, display_name=spec.display_name, description="", has_team=False
        )

    async def invite(self, email: str, *, name: str, redirect_url: str) -> Account:
        del name, redirect_url
        self.asked.append("invite")
        id_ = f"guest{self.asked.count('invite')}" if self.quirk == "two guests" else "guest"
        return Account(id=id_, email=email, kind=AccountKind.GUEST)

    async def add_member(self, group_id: str, account: Account) -> None:
        del group_id
        if account.id not in self.members or self.quirk == "member twice":
            self.members.append(account.id)

    async def remove_member(self, group_id: str, account: Account) -> None:
        del group_id
        if self.quirk == "guest stays":
            raise Permanent("remove", "a policy")
        self.members.remove(account.id)

    async def list_member_ids(self, group_id: str) -> list[str]:
        del group_id
        return [] if self.quirk == "no list of members" else self.members

    async def list_owner_ids(self, group_id: str) -> list[str]:
        del group_id
        return ["guest"] if self.quirk == "guest owns" else ["id-it@test.example"]

    async def has_team(self, group_id: str) -> bool:
        del group_id
        return self.has or self.quirk == "archived before"

    async def start_team(self, group_id: str) -> str:
        del group_id
        return "operation"

    async def operation(self, path: str) -> OperationState:
        del path
        if not self._has("team fails") and self.asked.count("team fails") == 1:
            return OperationState.RUNNING
        self.has = self.quirk != "team fails"
        return OperationState.SUCCEEDED if self.has else OperationState.FAILED

    async def is_team_archived(self, team_id: str) -> bool:
        del team_id
        return self.archived

    async def set_team(self, team_id: str, *, archived: bool) -> None:
        del team_id
        self.archived = archived

    async def find_catalog_app(self, external_id: str) -> CatalogApp | None:
        return None if self.quirk == "no app" else CatalogApp(id="catalogue", external_id=external_id, version="1")

    async def install_in_team(self, team_id: str, app: CatalogApp, *, permissions: list[str]) -> None:
        del team_id, app, permissions

    async def find_team_app(self, team_id: str, external_id: str) -> InstalledApp | None:
        del team_id
        permissions = () if self.quirk == "no consent" else APP.permissions
        return InstalledApp(app_id="catalogue", external_id=external_id, permissions=permissions)

    async def list_channels(self, team_id: str) -> list[Channel]:
        del team_id
        return [Channel(id=name, name=name, kind=kind) for name, kind in self.channel_names.items()]

    async def create_channel(self, team_id: str, *, name: str, kind: ChannelKind, **rest: Any) -> Channel:
        del team_id
        assert (rest["owner_id"] is None) is (kind is ChannelKind.STANDARD)
        self.channel_names[name] = kind
        return Channel(id=name, name=name, kind=kind)

    async def list_tabs(self, team_id: str, channel_id: str) -> list[Tab]:
        del team_id
        if self.channel_names[channel_id] is ChannelKind.PRIVATE and self.quirk != "consent reaches":
            raise Refused("list tabs", "no consent")
        return [Tab(id=name, name=name, entity_id="", content_url="") for name in self.tabs]

    async def create_tab(self, team_id: str, channel_id: str, *, name: str, **rest: Any) -> None:
        del team_id, channel_id
        assert rest["app"] == "catalogue"
        self.tabs.append(name)

    async def find_group_site(self, group_id: str) -> Site | None:
        del group_id
        if self.quirk == "no site":
            raise NotFound("find the site", "still being made")
        return Site(id="site", url="")

    async def granted_roles(self, site_id: str, app_id: str) -> list[str]:
        del site_id, app_id
        return self.roles

    async def grant(self, site_id: str, *, app_id: str, app_name: str, role: str) -> None:
        del site_id, app_id, app_name
        self.roles.append("write" if self.quirk == "write instead" else role)

    async def change_role(self, site_id: str, *, app_id: str, role: str) -> None:
        del site_id, app_id
        if self.quirk != "never changed":
            self.roles[:] = [role]

    async def take_away(self, site_id: str, *, app_id: str) -> None:
        del site_id, app_id
        self.is_shut_out = True
        if self.quirk != "role stays":
            self.roles.clear()

    async def find_page(self, site_id: str, name: str) -> Page | None:
        del site_id
        if self.is_shut_out and self.quirk != "reads on":
            raise Refused("find a page", "no role")
        if self.quirk == "any page" and self.pages:
            name = self.pages[0]
        found = "other.aspx" if self.quirk == "another page" else name
        return Page(id="p", name=found, title="", url="", etag="") if name in self.pages else None

    async def create_page(self, site_id: str, *, name: str, title: str, html: list[str]) -> None:
        del site_id, title, html
        self.pages.append(name)

    async def book(self, organizer: str, spec: EventSpec) -> BookedEvent:
        del organizer
        if self.quirk == "all keys used" or (self.quirk == "key used" and spec.key.endswith("/1")):
            raise Conflict("book", "the key was used")
        number = len([key for key in self.events if key.startswith(spec.key)]) if self.quirk == "two meetings" else ""
        self.events[f"{spec.key}{number}"] = spec
        return self._event(f"{spec.key}{number}", spec)

    def _event(self, key: str, spec: EventSpec) -> BookedEvent:
        shift = timedelta(hours=1) if self.quirk == "an hour late" else timedelta(0)
        starts = spec.starts_local + shift
        return BookedEvent(
            id=key,
            key=key,
            ical_uid="",
            subject="",
            starts_local=starts,
            ends_local=starts,
            timezone=spec.timezone,
            location=spec.location,
            attendees=spec.attendees,
            join_url=None,
        )

    async def find_events(self, organizer: str, keys: list[str]) -> dict[str, BookedEvent]:
        del organizer
        return {key: self._event(key, self.events[key]) for key in keys if key in self.events}

    async def cancel(self, organizer: str, event_id: str, comment: str) -> None:
        del organizer, comment
        del self.events[event_id]


def ports(tenant: Tenant) -> AcceptancePorts:
    played = cast("Any", tenant)
    return AcceptancePorts(
        **dict.fromkeys(
            (
                *("directory", "invitations", "groups", "memberships", "teams", "channels", "closed_channels"),
                *("sites", "content", "calendar", "archive"),
            ),
            played,
        ),
        clock=PassingClock(),
        app=APP,
        remember=played.remember,
        hands_id="hands",
        public_url="https://samarbeid.example",
        timezone="Europe/Oslo",
    )


async def run(quirk: str) -> tuple[Tenant, AcceptanceReport]:
    tenant = Tenant(quirk)
    return tenant, await Acceptance(ports(tenant)).run(TARGET)


@pytest.mark.parametrize("quirk", ["", "slow group", "archived before", "key used"])
async def test_a_tenant_that_is_slow_or_was_tried_before_is_the_same(quirk: str) -> None:
    tenant, report = await run(quirk)

    assert [check.result for check in report.checks] == [AcceptanceResult.SAME] * len(CLAIMS)
    assert report.held
    assert tenant.archived
    assert tenant.events == {}
    assert "guest" not in tenant.members
    assert len(report.left) == 2


@pytest.mark.parametrize(
    ("quirk", "key", "seen"),
    [
        ("made-up accounts", "accounts", "19 accounts were found, those of made-up addresses among them"),
        ("two groups", "group", "the second time another group was made"),
        ("no group", "group", "could not make the group: a naming policy"),
        ("two guests", "guest", "the second invitation gave another account"),
        ("member twice", "members", "the list names a member twice"),
        ("no list of members", "members", "nothing was there after 30 minutes"),
        ("guest owns", "members", "the guest owns the group"),
        ("team fails", "team", "making the team failed"),
        ("no consent", "consent", "consented to nothing"),
        ("consent reaches", "private_channel", "Hands read the tabs of a private channel by the team's consent"),
        ("no site", "manage", "nothing was there after 30 minutes"),
        ("write instead", "manage", "manage was granted, and write stands"),
        ("never changed", "manage", "nothing was there after 30 minutes"),
        ("role stays", "manage_taken_away", "nothing was there after 30 minutes"),
        ("reads on", "manage_taken_away", "nothing was there after 30 minutes"),
        ("another page", "page", "the filter gave the page other.aspx"),
        ("any page", "page", "the filter gave a page for a name that there is not"),
        ("two meetings", "calendar", "the second booking made another meeting"),
        ("an hour late", "calendar", "booked for 09.00 on 20.03, and 10.00 stands"),
    ],
)
async def test_a_difference_stands_in_its_row(quirk: str, key: str, seen: str) -> None:
    tenant, report = await run(quirk)

    (check,) = [check for check in report.checks if check.key == key]
    assert (check.result, check.seen) == (AcceptanceResult.DIFFERENT, seen)
    assert not report.held
    assert tenant.events == {}


@pytest.mark.parametrize(
    ("quirk", "key", "seen"),
    [
        ("owner is a guest", "accounts", "the owner has no account of the home tenant"),
        ("no app", "consent", "our app is not in the organisation's catalogue"),
        ("no app", "channel_and_tab", "our app in the team is missing"),
        ("no group", "members", "the group is missing"),
        ("team fails", "consent", "the team is missing"),
        ("no site", "page", "Hands' access to the site is missing"),
        ("all keys used", "calendar", f"{MOST_RUNS} runs have used every key of a meeting: take another name"),
    ],
)
async def test_a_check_whose_ground_is_missing_is_not_tried(quirk: str, key: str, seen: str) -> None:
    _, report = await run(quirk)

    (check,) = [check for check in report.checks if check.key == key]
    assert check.result is AcceptanceResult.NOT_TRIED
    assert check.seen.startswith(seen)


async def test_a_step_of_cleaning_up_that_fails_is_told_and_the_others_are_done() -> None:
    tenant, report = await run("guest stays")

    assert report.failed == ["take the guest out of the group: could not remove: a policy"]
    assert not report.held
    assert tenant.archived
    assert tenant.events == {}
