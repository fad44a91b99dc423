"""A mailbox's daily limit is kept before Exchange lets mails bounce."""

from datetime import timedelta

import pytest

from integration.database.connection import Database
from integration.database.limits import SQLLimits
from integration.limits.recipients import RECIPIENTS, RecipientLimiter
from tests.clocks import StillClock
from workflows.errors import Throttled


async def test_a_days_recipients_are_kept_by_each_mailbox_for_itself(database: Database) -> None:
    clock = StillClock()
    limits = RecipientLimiter(SQLLimits(database, clock), clock)
    for _ in range(10):
        await limits.take("first@county.example", RECIPIENTS.burst // 10, action="book a-dal/2027-09-07")

    with pytest.raises(Throttled) as refused:
        await limits.take("First@county.example", 100, action="book a-dal/2027-10-19")
    await limits.take("second@county.example", 100, action="book b-dal/2027-10-19")

    assert timedelta() < refused.value.retry_after <= timedelta(minutes=30)


async def test_it_is_remembered_across_a_restart(database: Database) -> None:
    clock = StillClock()
    await RecipientLimiter(SQLLimits(database, clock), clock).take("box@county.example", 5_000, action="book")

    with pytest.raises(Throttled):
        await RecipientLimiter(SQLLimits(database, clock), clock).take("box@county.example", 1, action="book")


async def test_what_mails_nobody_costs_nothing(database: Database) -> None:
    clock = StillClock()
    limits = RecipientLimiter(SQLLimits(database, clock), clock)
    await limits.take("box@county.example", 5_000, action="book")

    await limits.take("box@county.example", 0, action="cancel")
