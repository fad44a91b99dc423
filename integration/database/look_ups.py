"""Questions whether an address has an account, and their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update

from integration.database.connection import Database
from integration.database.register_tables import look_up
from integration.database.units import make_due
from workflows.ports.units import DueUnit
from workflows.register.look_up import LookUp, LookUpState


@dataclass(frozen=True)
class SQLLookUps:
    """The table of questions: the workflows' `LookUps`."""

    database: Database

    async def find(self, look_up_id: str) -> LookUp | None:
        query = select(look_up).where(look_up.c.id == look_up_id)
        row = await self.database.look(lambda connection: connection.execute(query).mappings().first())
        return None if row is None else LookUp(**{**row, "state": LookUpState(row["state"])})

    async def ask(self, question: LookUp, *, forget_before: datetime, then: Sequence[DueUnit]) -> None:
        """Keep a question, in place of an older one about the same address, with the unit that answers it."""
        old = or_(look_up.c.id == question.id, look_up.c.asked_at < forget_before)
        values = {"id": question.id, "email": question.email, "asked_at": question.asked_at}
        more = {"asked_by": question.asked_by, "state": question.state, "answered_at": question.answered_at}
        async with self.database.begin() as connection:
            await connection.execute(delete(look_up).where(old))
            await connection.execute(insert(look_up).values(**values, **more))
            await make_due(connection, then)

    async def answer(self, look_up_id: str, state: LookUpState, at: datetime) -> None:
        statement = update(look_up).where(look_up.c.id == look_up_id).values(state=state, answered_at=at)
        async with self.database.begin() as connection:
            await connection.execute(statement)
