"""Entra: users, guests and groups."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.directory.model import Group, User, missing
from sandbox.platform.clock import Clock
from sandbox.platform.ids import CountedIds, Ids
from sandbox.platform.latency import Latency
from sandbox.platform.seed import Seed

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Directory:
    """The users and groups of the tenant, by object id."""

    def __init__(self, seed: Seed, clock: Clock, ids: Ids, latency: Latency) -> None:
        self.seed = seed
        self.clock = clock
        self.ids = ids
        self.latency = latency
        self.new_id = CountedIds(ids)
        """Of groups: one that is made again under an old name is another one."""
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.blocked_words: frozenset[str] = frozenset()
        """The naming policy's: no group is called so."""
        self._users_by_name: dict[str, User] = {}
        """By mail address, alias and principal name, in lower case."""
        self._groups_by_name: dict[tuple[str, str], Group] = {}
        """By ("unique" or "nickname", the name in lower case)."""
        self.deleted: list[str] = []
        """Natural keys of directory objects that were deleted (`user:…`, `group:…`)."""
        self.on_group_removed: list[Callable[[str], None]] = []
        """Called with the id of a group after it was deleted: its team and sites go with it."""

    def add_member_user(
        self,
        *,
        name: str,
        email: str,
        mail: str | None = None,
        has_mailbox: bool = True,
        aliases: tuple[str, ...] = (),
    ) -> User:
        """
        Add an employee, who has been there since long before anything is played.

        *email*: the name to sign in with, and the primary address unless *mail* is given.
        """
        user = User(
            id=self.ids.new("user", email.lower()),
            name=name,
            mail=mail or email,
            upn=email,
            created_at=LONG_AGO,
            found_at=LONG_AGO,
            has_mailbox=has_mailbox,
            aliases=aliases,
        )
        self.add_user(user)
        return user

    def add_user(self, user: User) -> None:
        self.users[user.id] = user
        self._users_by_name |= dict.fromkeys(user.names, user)

    def remove_user(self, user: User) -> None:
        del self.users[user.id]
        for name in user.names:
            del self._users_by_name[name]

    def add_group(self, group: Group) -> None:
        self.groups[group.id] = group
        self._groups_by_name["nickname", group.mail_nickname.lower()] = group
        if group.unique_name:
            self._groups_by_name["unique", group.unique_name.lower()] = group

    def remove_group(self, group: Group) -> None:
        """Delete a group as an owner does, with its team and its sites."""
        del self.groups[group.id]
        self._groups_by_name = {name: each for name, each in self._groups_by_name.items() if each is not group}
        self.deleted.append(f"group:{group.key}")
        for hook in self.on_group_removed:
            hook(group.id)

    def rename(self, group: Group, nickname: str) -> None:
        """Give it another nickname, which nobody else has."""
        del self._groups_by_name["nickname", group.mail_nickname.lower()]
        group.mail_nickname = nickname
        self._groups_by_name["nickname", nickname.lower()] = group

    def find_user(self, key: str) -> User | None:
        """Find a user by object id or user principal name, known to references or not."""
        found = self.users.get(key) or self.users.get(key.lower()) or self._users_by_name.get(key.lower())
        return found if found and key.lower() in (found.id, found.upn.lower()) else None

    def user_by_mail(self, email: str) -> User | None:
        """Find the user whose mailbox takes in what is sent to an address: the primary one, or an alias."""
        found = self._users_by_name.get(email.lower())
        return found if found and email.lower() in {name.lower() for name in (found.mail, *found.aliases)} else None

    def get_user(self, key: str) -> User:
        """Return a user as Graph finds one: a guest who was just invited is not there yet."""
        user = self.find_user(key)
        if user is None or user.found_at > self.clock.now():
            raise missing(key)
        return user

    def get_group(self, key: str) -> Group:
        group = self.groups.get(key) or self.groups.get(key.lower())
        if group is None:
            raise missing(key)
        return group

    def group_by_unique_name(self, name: str) -> Group | None:
        return self._groups_by_name.get(("unique", name.lower()))

    def group_by_nickname(self, nickname: str) -> Group | None:
        return self._groups_by_name.get(("nickname", nickname.lower()))

    def canonical(self) -> Any:
        return {
            "users": {
                user.mail.lower(): {
                    "name": user.name,
                    "type": "Guest" if user.guest else "Member",
                    "enabled": user.enabled,
                    "redeemed": user.redeemed,
                }
                for user in self.users.values()
            },
            "groups": {group.key: group.canonical(self.mail_of) for group in self.groups.values()},
            "deleted": sorted(self.deleted),
        }

    def mail_of(self, user_id: str) -> str:
        user = self.users.get(user_id)
        return user.mail.lower() if user else f"(deleted {user_id})"
