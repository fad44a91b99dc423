"""The context of a page of the register: what it shows, and the version of the register that its reader sees."""

from dataclasses import dataclass

import texts
from web.access.gate import Visit
from web.register.forms.form import FormContext
from workflows.ports.units import Clock
from workflows.register.editing import RegisterDesk


@dataclass(frozen=True, kw_only=True)
class RegisterDoors:
    """Ports of the register's pages."""

    desk: RegisterDesk
    clock: Clock

    async def open(self, visit: Visit, about: str = "") -> tuple[FormContext, int]:
        """Return the context of a visit's page, and the version of the register that it shows."""
        scope = visit.where.municipality
        state, programme = await self.desk.page(scope)
        context = FormContext(
            programme=programme,
            documents=state.documents,
            scope=scope,
            about=about,
            today=programme.today(self.clock.now()),
            language=texts.choose(visit.reader.language, programme.language),
        )
        return context, state.version
