"""The part of a rollout that makes the team of the group and puts our app into it."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

from config.values import Person
from workflows.errors import Conflict
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.place import CatalogApp, Group, OperationState
from workflows.rollout.plan import Item, State
from workflows.rollout.polling import note_waiting
from workflows.rollout.ports import Resource
from workflows.rollout.steps.channels import ChannelSteps
from workflows.rollout.walk import Walk


class TeamSteps:
    """
    Makes what people meet in Teams.

    *may_begin*: whether everybody is in the group whom we can put there. Who comes later is shown in Teams a day later.
    """

    def __init__(self, group: Group | None, accounts: Mapping[str, Account], *, may_begin: bool) -> None:
        self._group = group
        self._accounts = accounts
        self._may_begin = may_begin

    async def take(self, walk: Walk) -> None:
        """Team, app, and then the channels, which are made with the consent that comes with the app."""
        team_id, has_app = None, False
        with walk.log.step("team"):
            team_id = await self._team(walk)
        if team_id is None and walk.apply:
            return
        with walk.log.step("app"):
            has_app = await self._app(walk, team_id)
        if has_app:
            with walk.log.step("channels"):
                await ChannelSteps(team_id, self._accounts).take(walk)

    async def _team(self, walk: Walk) -> str | None:
        group = self._group
        if group is not None and (group.has_team or await walk.ports.teams.has_team(group.id)):
            walk.log.note(Item(key="team", state=State.SAME))
            if walk.apply and "team" not in walk.known:
                await walk.keep(Resource(key="team", external_id=group.id))
                await walk.forget("team.operation")
                await walk.forget("team.wait")
            return group.id
        item = Item(key="team", state=State.MISSING)
        if group is None or not self._may_begin:
            walk.log.note(item)
        elif not walk.apply:
            walk.log.note(await note_waiting(walk, "team") or item)
        elif walk.note_wanted(item):
            await self._make(walk, group.id)
            walk.log.replace(await note_waiting(walk, "team") or item)
            # Waited for a day in vain: the next order begins anew.
            await walk.forget("team.operation")
        return None

    @staticmethod
    async def _make(walk: Walk, group_id: str) -> None:
        """Begin, or look how far Teams has come: an operation that failed is begun once more."""
        begun = walk.known.get("team.operation")
        if begun is not None:
            if await walk.ports.teams.operation(begun.external_id) is OperationState.FAILED:
                await walk.forget("team.operation")
            return
        # A second team of the same group cannot be: an earlier try that came through is a conflict.
        with suppress(Conflict):
            path = await walk.ports.teams.start_team(group_id)
            await walk.keep(Resource(key="team.operation", external_id=path))
            await walk.history.note("rollout.team_begun", group=group_id)

    async def _app(self, walk: Walk, team_id: str | None) -> bool:
        """Plan our app in the team."""
        external_id, teams = walk.ports.app.external_id, walk.ports.teams
        if team_id is not None and not walk.unseen:
            await self._look_ahead(walk, team_id)
        unread = CatalogApp(id="", external_id=external_id, version="")
        app = unread if walk.unseen else await walk.reads.get(teams.find_catalog_app, external_id)
        if app is None:
            walk.log.note(Item(key="app", state=State.PENDING, reason="app_not_in_catalogue"))
            return False
        installed = await walk.reads.get(teams.find_team_app, team_id, external_id) if team_id else None
        if walk.note_wanted(Item(key="app", state=State.SAME if installed else State.MISSING)) and team_id:
            await teams.install_in_team(team_id, app, permissions=walk.ports.app.permissions)
            await walk.history.note("rollout.app_installed", team=team_id)
        if walk.apply and "app" not in walk.known:
            await walk.keep(Resource(key="app", external_id=app.id))
        await self._personal_apps(walk, app)
        return True

    async def _look_ahead(self, walk: Walk, team_id: str) -> None:
        """Ask at once where the app is, as far as it was not asked when the walk began: a new team has none of it."""
        external_id, teams, ask = walk.ports.app.external_id, walk.ports.teams, walk.reads.ask_ahead
        await walk.ports.together(
            ask(teams.find_catalog_app, external_id),
            ask(teams.find_team_app, team_id, external_id),
            *(ask(teams.find_user_app, account.id, external_id) for _, account in self._with_app(walk)),
        )

    async def _personal_apps(self, walk: Walk, app: CatalogApp) -> None:
        apps = (
            partial(self._personal_app, app, f"app:{person.key}", account.id)
            for person, account in self._with_app(walk)
        )
        await walk.take_side_by_side(*apps)

    def _with_app(self, walk: Walk) -> Iterator[tuple[Person, Account]]:
        """Yield the people who are to have the app for themselves, with their accounts."""
        for person in walk.wanted.members:
            account = self._accounts.get(person.email.lower())
            if account is None or account.kind is not AccountKind.MEMBER or not account.enabled:
                continue
            if person.key in walk.permitted:
                yield person, account

    @staticmethod
    async def _personal_app(app: CatalogApp, key: str, account_id: str, walk: Walk) -> None:
        known, teams = walk.known.get(key), walk.ports.teams
        with walk.log.step(key):
            looks = not walk.unseen
            has_it = looks and await walk.reads.get(teams.find_user_app, account_id, app.external_id) is not None
            item = Item(key=key, state=State.SAME if has_it else State.MISSING)
            if known is not None and not has_it:
                item = replace(item, state=State.LOCAL, reason="removed")
            item = walk.as_ordered(item)
            if walk.note_wanted(item):
                with walk.log.alone(item):
                    await teams.install_for_user(account_id, app)
                    has_it = True
            if has_it and walk.apply and known is None:
                await walk.keep(Resource(key=key, external_id=app.id))
