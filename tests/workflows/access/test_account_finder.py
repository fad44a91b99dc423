"""An account that signs in before any rollout has met it is looked up, and belongs to nobody else's address."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from config.programme import Programme
from tests.clocks import NOON
from tests.workflows.programme import programme
from tests.workflows.status.rounds import FakeHistory
from workflows.access.account_finder import AccountFinder
from workflows.access.identities import KnownAccount
from workflows.access.sign_in import owner_of
from workflows.errors import IdentityClosed
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.units import Done, DueUnit

LEAD = "lead@county.example"


def account(id_: str, email: str = LEAD, *, enabled: bool = True) -> Account:
    return Account(id=id_, email=email, kind=AccountKind.MEMBER, enabled=enabled)


@dataclass
class Directory:
    """The directory, and our notes of it."""

    there: dict[str, Account]
    by_address: dict[str, Account] = field(default_factory=dict)
    known: dict[str, Account] = field(default_factory=dict)
    """By person."""
    is_closed: bool = False

    async def find_accounts(self, emails: Sequence[str]) -> Mapping[str, Account]:
        return {email: self.by_address[email] for email in emails if email in self.by_address}

    async def find_by_ids(self, ids: Sequence[str]) -> Mapping[str, Account]:
        if self.is_closed:
            raise IdentityClosed("look up", "switched off")
        return {key: self.there[key] for key in ids if key in self.there}

    async def find_owned(self, object_id: str) -> KnownAccount | None:
        raise AssertionError(object_id)

    async def of_people(self, people: Sequence[str]) -> Mapping[str, Account]:
        return {person: self.known[person] for person in people if person in self.known}

    async def remember(self, accounts: Iterable[Account], *, people: Mapping[str, str] | None = None) -> None:
        for item in accounts:
            self.known[(people or {})[item.email]] = item


async def look_up(directory: Directory, object_id: str = "new") -> Done:
    async def read() -> Programme:
        return programme()

    finder = AccountFinder(programme=read, directory=directory, accounts=directory)
    done = await finder.look_up(DueUnit(key=f"access.account:{object_id}", due_at=NOON), FakeHistory())
    assert isinstance(done, Done)
    return done


async def test_the_account_is_noted_for_the_person_with_its_address() -> None:
    directory = Directory({"new": account("new")}, {LEAD: account("new")})

    await look_up(directory)
    await look_up(directory)

    assert directory.known == {"lead": account("new")}


@pytest.mark.parametrize(
    "directory",
    [
        pytest.param(Directory({}), id="no such account"),
        pytest.param(Directory({"new": account("new", "other@county.example")}), id="nobody's address"),
        pytest.param(Directory({"new": account("new")}, {LEAD: account("another")}), id="the address means another"),
        pytest.param(Directory({"new": account("new")}), id="the address means none"),
    ],
)
async def test_else_it_is_nobody_s(directory: Directory) -> None:
    await look_up(directory)

    assert directory.known == {}


async def test_an_address_that_changed_hands_makes_the_newcomer_nobody() -> None:
    old, new = account("old", "lead.old@county.example"), account("new")
    directory = Directory({"old": old, "new": new}, {LEAD: new}, {"lead": old})

    await look_up(directory)

    assert directory.known == {"lead": old}


async def test_a_person_whose_old_account_is_gone_gets_the_new_one() -> None:
    directory = Directory({"new": account("new")}, {LEAD: account("new")}, {"lead": account("old")})

    await look_up(directory)

    assert directory.known == {"lead": account("new")}


async def test_while_the_builder_is_closed_nobody_is_found_and_nothing_waits() -> None:
    assert (await look_up(Directory({}, is_closed=True))).note == "closed"


@pytest.mark.parametrize(
    ("known", "owner"),
    [
        (KnownAccount(account=account("x"), person="lead"), "lead"),
        (KnownAccount(account=account("x", "changed@county.example"), person="lead"), "lead"),
        (KnownAccount(account=account("x", "chair@county.example"), person="lead"), "lead"),
        (KnownAccount(account=account("x", "Chair@County.example"), person=None), "chair"),
        (KnownAccount(account=account("x", "nobody@county.example"), person=None), None),
        (KnownAccount(account=account("x"), person="left-the-register"), None),
        (KnownAccount(account=account("x", enabled=False), person="lead"), None),
    ],
    ids=["noted", "renamed", "renamed to another's", "by address", "nobody's", "left", "switched off"],
)
def test_an_account_is_the_person_s_it_was_noted_for(known: KnownAccount, owner: str | None) -> None:
    assert owner_of(programme(), known) == owner


def test_two_people_with_one_address_have_no_account_by_it() -> None:
    people = tuple(person.model_copy(update={"email": LEAD}) for person in programme().people)

    assert owner_of(programme(people=people), KnownAccount(account=account("x"), person=None)) is None
