"""One whole loop of one board on a bench, with the name of a pupil in everything that people may write."""

from datetime import timedelta

from tests.support.rollout import PLACE, Bench, Documents, small, vestfold
from workflows.ports.units import DueUnit
from workflows.status.answering import ByLink
from workflows.status.model import AnswerSurface
from workflows.status.plan import request_id

PUPIL = "Ola Elevsén"
"""The name that slipped in: with a letter that can be written in several ways."""
AT_HOME = "sandefjord-tilstede"
"""A package whose lead has an account with us, and gets a card."""
ELSEWHERE = "sandefjord-trygg-overgang"
"""One whose lead is a guest, and gets a mail."""
LEADS = {AT_HOME: "avdelingsleder-sandefjord", ELSEWHERE: "pakkeleder-sandefjord"}
MAILS = ("status.lifted", "leads.mail")
"""Units of mails that follow from what people did."""
LEAD, CHAIR = "leder-sandefjord", "kommunalsjef-sandefjord"


def loop_documents() -> Documents:
    """Return the small programme with two packages, and the name in the summary of one."""
    documents = small()
    path = f"municipalities/{PLACE}.yaml"
    municipality = documents[path]
    whole = vestfold()[path]
    municipality["assignments"] += [item for item in whole["assignments"] if item.get("work_package") == AT_HOME]
    municipality["work_packages"] = [item for item in whole["work_packages"] if item["key"] in LEADS]
    municipality["work_packages"][0]["summary"] = f"Begynte med {PUPIL}."
    return documents


class Loop:
    """A board's loop, from the booking to the approved minutes, with copies in Teams, Outlook and SharePoint."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.meeting = ""

    async def run(self, *keys: str) -> None:
        """Run units now, and those among what they make due that are due as well."""
        services = self.bench.services
        now = services.clock.now()
        await services.record.units.make_due([DueUnit(key=key, due_at=now) for key in keys])
        await services.engine.run_due(keys)
        due = [unit.key for unit in await services.record.units.list_units()]
        await services.engine.run_due([key for key in due if key.startswith(MAILS)])

    async def play(self) -> None:
        """Play it all."""
        services = self.bench.services
        async with services.clock.busy():
            await services.jobs.meetings.booking.plan()
            [first, second, *_] = [
                item for item in await services.record.meetings.list_meetings(PLACE) if item.body == PLACE
            ]
            self.meeting = first.key
            await self.run(f"meetings.book:{PLACE}")
            await self._put_place(first.key)
            await self._put_place(second.key)
            await self._round(first.key)
            await self._board(first.key)

    async def _put_place(self, meeting: str) -> None:
        """Have the organizer write the name into the meeting's place in Outlook, which the service takes over."""
        services = self.bench.services
        known = await services.record.meetings.find_meeting(meeting)
        assert known is not None
        assert known.event_id
        there = await services.outside.calendar.find_events(known.organizer, [meeting])
        await services.outside.calendar.update(known.organizer, there[meeting].id, {"location": f"Hos {PUPIL}"})
        await self.run(f"meetings.book:{PLACE}")

    async def _round(self, meeting: str) -> None:
        services = self.bench.services
        opening = f"status.open:{meeting}"
        await self.run(opening)
        [opens_at] = [unit.due_at for unit in await services.record.units.list_units() if unit.key == opening]
        await services.clock.sleep_until(opens_at)
        await self.run(opening, f"status.send:{meeting}")
        status_round = await services.record.rounds.find_round(meeting)
        assert status_round is not None
        for package, lead in LEADS.items():
            await services.jobs.status.answering.answer(
                request_id(meeting, package),
                sender=ByLink(lead),
                content={
                    "light": "red",
                    "done": f"Vi har snakket med {PUPIL}.",
                    "question": f"Kan {PUPIL} få plass?",
                    "proposal": f"{PUPIL} får plass.",
                    "proposal_asked": "1",
                },
                surface=AnswerSurface.FORM,
            )
            await self.run(f"status.refresh:{request_id(meeting, package)}")
        await services.jobs.papers.agenda_editing.put_in(
            meeting, LEAD, {"title": f"Skyss for {PUPIL}", "text": f"{PUPIL} trenger skyss.", "confirmed": "1"}
        )
        await services.clock.sleep_until(status_round.deadline_at)
        await self.run(f"status.close:{meeting}", f"report.compile:{meeting}")
        await services.clock.sleep_until(status_round.release_at)
        await self.run(f"report.release:{meeting}", f"report.publish:{meeting}", f"agenda.publish:{meeting}")

    async def _board(self, meeting: str) -> None:
        services = self.bench.services
        known = await services.record.meetings.find_meeting(meeting)
        assert known is not None
        await services.clock.sleep_until(known.ends_at + timedelta(hours=1))
        agenda = await services.record.agendas.find_agenda(meeting)
        assert agenda is not None
        decisions = {f"decision:{item.number}": f"{PUPIL} får plass." for item in agenda.content.items}
        fields = {"version": "0", "present:" + CHAIR: "1", "others": f"Mor til {PUPIL}", **decisions}
        desk = services.jobs.papers.agenda_editing
        await desk.record(meeting, LEAD, fields)
        await desk.approve(meeting, CHAIR, "1")
        await self.run(f"minutes.publish:{meeting}", f"rollout.lists:{PLACE}")
