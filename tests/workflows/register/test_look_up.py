"""An address is looked up once, by the unit that may, and forgotten after a day."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.clocks import NOON, StillClock
from workflows.errors import IdentityClosed
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.units import Done, DueUnit
from workflows.register.look_up import AccountLookUps, LookUp, LookUpDesk, LookUpState

EMAIL = "ny@dal.example"


class Shelf:
    def __init__(self) -> None:
        self.rows: dict[str, LookUp] = {}
        self.due: list[DueUnit] = []

    async def find(self, look_up_id: str) -> LookUp | None:
        return self.rows.get(look_up_id)

    async def ask(self, question: LookUp, *, forget_before: datetime, then: Sequence[DueUnit]) -> None:
        self.rows = {key: row for key, row in self.rows.items() if row.asked_at >= forget_before}
        self.rows[question.id] = question
        self.due += then

    async def answer(self, look_up_id: str, state: LookUpState, at: datetime) -> None:
        old = self.rows[look_up_id]
        self.rows[look_up_id] = LookUp(
            id=old.id, email=old.email, asked_at=old.asked_at, asked_by=old.asked_by, state=state, answered_at=at
        )


class People:
    """A directory of one account, or one that is closed."""

    def __init__(self, account: Account | None, *, closed: bool = False) -> None:
        self.account = account
        self.closed = closed

    async def find_accounts(self, emails: Sequence[str]) -> Mapping[str, Account]:
        if self.closed:
            raise IdentityClosed("look up people", "the Builder is switched off")
        return {} if self.account is None else {emails[0]: self.account}

    async def find_by_ids(self, ids: Sequence[str]) -> Mapping[str, Account]:
        raise NotImplementedError


class Notes:
    async def note(self, what: str, **values: str | int) -> None:
        assert EMAIL not in str(values), "history keeps no address"


def account(kind: AccountKind = AccountKind.GUEST, **values: Any) -> Account:
    return Account(id="1", email=EMAIL, kind=kind, **values)


async def asked(people: People) -> LookUp:
    shelf, clock = Shelf(), StillClock()
    question = await LookUpDesk(store=shelf, clock=clock).ask("Ny@Dal.example", by="lokal")
    (unit,) = shelf.due
    assert EMAIL not in unit.key, "nor does a unit's key"
    assert isinstance(await AccountLookUps(store=shelf, directory=people, clock=clock).look_up(unit, Notes()), Done)
    found = await LookUpDesk(store=shelf, clock=clock).find(question.id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("people", "state"),
    [
        pytest.param(People(account(AccountKind.MEMBER)), LookUpState.MEMBER, id="an account of the county's"),
        pytest.param(People(account()), LookUpState.GUEST, id="a guest"),
        pytest.param(People(account(redeemed=False)), LookUpState.GUEST_PENDING, id="a guest who has not accepted"),
        pytest.param(People(account(enabled=False)), LookUpState.DISABLED, id="an account that is switched off"),
        pytest.param(People(None), LookUpState.NONE, id="nobody"),
        pytest.param(People(None, closed=True), LookUpState.CLOSED, id="nobody may look just now"),
    ],
)
async def test_the_answer_says_the_account_there_is(people: People, state: LookUpState) -> None:
    found = await asked(people)

    assert (found.state, found.answered_at, found.email) == (state, NOON, EMAIL)


async def test_a_question_is_asked_once_for_some_minutes_and_forgotten_after_a_day() -> None:
    shelf, clock = Shelf(), StillClock()
    desk = LookUpDesk(store=shelf, clock=clock)

    first = await desk.ask(EMAIL, by="lokal")
    assert await desk.ask(EMAIL, by="sjef") == first
    assert len(shelf.due) == 1

    clock.advance(timedelta(minutes=11))
    assert (await desk.ask(EMAIL, by="sjef")).asked_by == "sjef"
    clock.advance(timedelta(days=2))
    await desk.ask("andre@dal.example", by="sjef")
    assert await desk.find(first.id) is None


async def test_a_forgotten_question_is_answered_no_more() -> None:
    unit = DueUnit(key="people.look_up:gone", due_at=NOON)

    done = await AccountLookUps(store=Shelf(), directory=People(None), clock=StillClock()).look_up(unit, Notes())

    assert done == Done(note="forgotten")
