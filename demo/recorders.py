"""The local leads of the demo: when their board has met, they record what it decided, each from their own mail, and
approve it once it is read."""

import re
from collections import Counter
from datetime import datetime, timedelta
from html import unescape
from http import HTTPStatus
from urllib.parse import urlsplit

from config.programme import Programme
from config.values import Person, Role
from demo.people import Cast, Story
from demo.stage import Stage, StageError
from workflows.ports.units import Clock

AGENDA = re.compile(r'href="([^"]*/saksliste/[^"]+)"')
MINUTES = re.compile(r'href="([^"]*/referat/[^"]+)"')
PRESENT = re.compile(r'name="(present:[^"]+)"')
MAIL_TIME = timedelta(minutes=5)
"""Time that a mail which somebody asked for gets to arrive."""
ITEM = re.compile(r'name="(decision:\d+)"')
PROPOSED = re.compile(r"Forslag til vedtak:</strong> (.*?)</p>", re.DOTALL)


class Recorders:
    """Everybody who records minutes in the demo: all have come, and a proposal is adopted as it stands."""

    def __init__(
        self, stage: Stage, cast: Cast, programme: Programme, story: Story, *, on: datetime, clock: Clock
    ) -> None:
        self._clock = clock
        self._asked = [part for part in story.packages.values() if part.question]
        self._stage = stage
        self._cast = cast
        self._seen: Counter[str] = Counter()
        self._leads = [
            person
            for municipality in programme.municipalities
            for person in programme.holders(Role.LOCAL_LEAD, on=programme.today(on), municipality=municipality.slug)
        ]
        self._agendas: dict[str, tuple[Person, str]] = {}
        """Whose an agenda is, and where the way to its minutes is once they can be recorded."""
        self._recorded: set[str] = set()

    async def record(self, told: Counter[str]) -> int:
        """Record the minutes that can be since yesterday and return their number. *told*: as for those who answer."""
        buzzing, self._seen = told - self._seen, told
        for lead in self._leads:
            if buzzing[lead.email.lower()]:
                await self._read_mail(lead)
        done = [await self._visit(agenda) for agenda in self._agendas if agenda not in self._recorded]
        return sum(done)

    async def record_at(self, form: str) -> None:
        """Record and approve the minutes at the address of their form."""
        await self._fill_in(form)

    async def _read_mail(self, lead: Person) -> None:
        for mail in await self._stage.control("GET", f"people/{lead.email}/mail"):
            for link in AGENDA.findall(mail["html"]):
                self._agendas.setdefault(unescape(link), (lead, ""))

    async def _visit(self, agenda: str) -> bool:
        """Return True when minutes were recorded. Their page opens the day before; the meeting is over a day later."""
        lead, way = self._agendas[agenda]
        if way:
            await self._fill_in(await self._mailed_link(lead, way))
            self._recorded.add(agenda)
            return True
        page = await self._cast.ask("GET", agenda)
        if (found := MINUTES.search(page.text)) is not None:
            self._agendas[agenda] = lead, unescape(found[1])
        return False

    async def _mailed_link(self, lead: Person, way: str) -> str:
        """Have the short-lived link to the form mailed, and take it from the mailbox."""
        before = await self._forms_in_mail(lead)
        await self._send(way, {})
        await self._clock.sleep_until(self._clock.now() + MAIL_TIME)
        new = await self._forms_in_mail(lead) - before
        if len(new) != 1:
            raise StageError(f"expected one mailed link to record minutes, found {len(new)}")
        return new.pop()

    async def _forms_in_mail(self, lead: Person) -> set[str]:
        mails = await self._stage.control("GET", f"people/{lead.email}/mail")
        return {unescape(link) for mail in mails for link in MINUTES.findall(mail["html"])}

    async def _fill_in(self, form: str) -> None:
        page = await self._cast.ask("GET", form)
        fields = {"version": "0"} | dict.fromkeys(PRESENT.findall(page.text), "1")
        for part in page.text.split("<fieldset"):
            if (item := ITEM.search(part)) is not None:
                fields |= self._decided(item[1].partition(":")[2], unescape(part))
        await self._send(form, fields)
        await self._send(form, {"approve": "1"})

    def _decided(self, number: str, item: str) -> dict[str, str]:
        """Return the fields of an item, out of what its part of the form says."""
        proposed = PROPOSED.search(item)
        fields = {f"decision:{number}": proposed[1] if proposed else "", f"follow:{number}": "1"}
        asked = next((part for part in self._asked if part.question in item), None)
        if asked is None:
            return fields
        within = self._clock.now() + timedelta(days=asked.until_days)
        fields[f"until:{number}"] = within.date().isoformat() if asked.until_days else asked.until
        # The owner board, which nobody is above, adopts the proposal.
        is_above = asked.passed_on and 'value="passed_on"' not in item
        if is_above:
            fields[f"until:{number}"] = ""
        elif asked.passed_on:
            fields |= {f"outcome:{number}": "passed_on", f"decision:{number}": asked.decision}
        carrier = asked.carried_above if is_above else asked.carried_by
        return fields | ({f"carrier:{number}": carrier} if carrier else {})

    async def _send(self, form: str, fields: dict[str, str]) -> None:
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(form))
        sent = await self._cast.ask("POST", form, data=fields, headers={"Origin": origin})
        if sent.status_code != HTTPStatus.OK:
            raise StageError(f"minutes were answered with {sent.status_code}: {sent.text}")
