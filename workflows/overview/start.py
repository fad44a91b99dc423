"""The start page: what needs its reader now, by role, and where they belong."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import texts
from config.programme import Programme
from config.values import BodyKind, Role
from workflows.access.model import Reader, Right
from workflows.access.rules import may
from workflows.meetings.body_names import tell_apart
from workflows.operations.stopped import municipality_of
from workflows.overview.model import Belonging, Fine, StartPage, Task, TaskKind
from workflows.overview.plan import rollout_key
from workflows.overview.rows import AnsweredRequest, StartRows
from workflows.papers.questions.life import level_of
from workflows.papers.reports.model import ReportState
from workflows.rollout.orders import BUILDER_CLOSED
from workflows.status.model import Level, RequestState

MOST_TASKS = 7
CHAIRS = (Role.BOARD_CHAIR, Role.OWNER_BOARD_CHAIR)


@dataclass(frozen=True)
class StartPlanner:
    """Decides a reader's start page from what the record knows."""

    programme: Programme
    reader: Reader
    rows: StartRows
    now: datetime

    def page(self) -> StartPage:
        """Return the start page: at most seven tasks, the urgent ones and those due first on top."""
        tasks = [*self._answers(), *self._rounds(), *self._reports(), *self._questions(), *self._operations()]
        tasks.sort(key=lambda task: (not task.urgent, task.at is None, task.at.isoformat() if task.at else ""))
        names = _body_names(self.programme, self.reader)
        own = [meeting for meeting in self.rows.meetings if meeting.body in names]
        return StartPage(
            tasks=tuple(tasks[:MOST_TASKS]),
            well=tuple(self._well()),
            meetings=tuple((meeting, names[meeting.body]) for meeting in own[:4]),
            belongings=tuple(belongings(self.programme, self.reader, self.rows)),
        )

    def _answers(self) -> Iterator[Task]:
        """Give the reader's own packages that owe an answer."""
        for item in self._owing():
            if item.request.work_package in self.reader.led_packages:
                package = self.programme.work_package(item.request.work_package)
                yield Task(
                    kind=TaskKind.ANSWER,
                    values={"package": package.name},
                    address=f"/pakke/{package.key}/svar" + (f"?mote={item.request.meeting}" if package.boards else ""),
                    at=self._local(item.round.deadline_at),
                    urgent=True,
                )

    def _rounds(self) -> Iterator[Task]:
        """Give the rounds in which others owe the reader's municipalities an answer; one line for a county lead."""
        if self.reader.runs_programme:
            found = self.rows.open_rounds
            if found is not None and found.owing:
                deadline = self._local(found.first_deadline)
                values = {"answers": found.owing}
                yield Task(kind=TaskKind.CHASE_ALL, values=values, address="/fylket?vis=svar", at=deadline)
            return
        owing: dict[str, list[AnsweredRequest]] = {}
        for item in self._owing():
            if self._looks_after(item.round.municipality):
                owing.setdefault(item.round.municipality, []).append(item)
        for slug, items in owing.items():
            yield Task(
                kind=TaskKind.CHASE,
                values={"name": self.programme.municipality(slug).name, "answers": len(items)},
                address=f"/kommune/{slug}#runde",
                at=self._local(items[0].round.deadline_at),
            )

    def _reports(self) -> Iterator[Task]:
        """Give the drafts of reports that the reader may still assess."""
        for meeting in self.rows.meetings:
            report = self.rows.reports.get(meeting.key)
            body = self.programme.find_body(meeting.body)
            slug = body.municipality if body else None
            if report is None or report.state is not ReportState.DRAFT or slug not in self.reader.looks_after:
                continue
            values = {"name": self.programme.municipality(slug).name}
            yield Task(
                kind=TaskKind.REVIEW_REPORT, values=values, address=f"/kommune/{slug}/rapport", at=meeting.starts_local
            )

    def _questions(self) -> Iterator[Task]:
        """Give the questions that a body which the reader leads is asked to decide at its next meeting."""
        leads = {held.municipality for held in self.reader.roles if held.role in CHAIRS}
        for meeting in self.rows.meetings:
            body = self.programme.find_body(meeting.body)
            level = level_of(self.programme, meeting.body)
            if body is None or level is None or body.municipality not in leads or body.key not in self.reader.bodies:
                continue
            if asked := self._asked(level, body.municipality):
                values = {"questions": asked, "body": body.name}
                yield Task(kind=TaskKind.DECIDE, values=values, address=f"/styret/{body.key}", at=meeting.starts_local)

    def _asked(self, level: Level, municipality: str | None) -> int:
        """Count the questions that wait at *level*, of one municipality or (None) of all."""
        return sum(
            counted.number
            for counted in self.rows.questions
            if counted.level == level and municipality in (None, self._municipality_of(counted.body))
        )

    def _municipality_of(self, key: str) -> str | None:
        body = self.programme.find_body(key)
        return body.municipality if body else None

    def _operations(self) -> Iterator[Task]:
        """Give what does not go by itself: closed doors, failures, guests, and pauses."""
        if self.reader.runs_programme:
            yield from self._rollouts()
        looked_after = [item for item in self.rows.undelivered if self._looks_after(item.municipality)]
        if looked_after:
            address = self._page_of({item.municipality for item in looked_after}, "/fylket?vis=levering", "#leveringer")
            yield Task(kind=TaskKind.UNDELIVERED, values={"messages": len(looked_after)}, address=address, urgent=True)
        for scope, number in self.rows.guests_asked.items():
            own = scope == self.programme.key
            address = "/fylket/gjester" if own else f"/kommune/{scope}/gjester"
            name = self.programme.name if own else self.programme.municipality(scope).name
            values = {"guests": number, "name": name}
            yield Task(kind=TaskKind.CONFIRM_GUESTS, values=values, address=address)
        stopped = [slug for slug in self.rows.paused if not slug or self._looks_after(slug)]
        if stopped and (self.reader.runs_programme or self.reader.looks_after):
            address = self._page_of(set(stopped), "/fylket?vis=pause", "")
            yield Task(kind=TaskKind.PAUSED, values={}, address=address, urgent=True)
        yield from self._stopped()

    def _stopped(self) -> Iterator[Task]:
        """Give the work that has stopped: all of it to who may order it again, else that of the reader's places."""
        if may(self.reader, Right.SEE_IT):
            # A county lead has a task of its own for rollouts.
            told = self.rows.rollouts if self.reader.runs_programme else ()
            if number := sum(key not in told for key in self.rows.stopped):
                yield Task(kind=TaskKind.STOPPED, values={"units": number}, address="/it", urgent=True)
            return
        there = Counter(municipality_of(key, self.programme) for key in self.rows.stopped)
        for slug in sorted(self.reader.looks_after & there.keys()):
            values = {"name": self.programme.municipality(slug).name, "units": there[slug]}
            yield Task(kind=TaskKind.STOPPED_THERE, values=values, address=f"/kommune/{slug}", urgent=True)

    def _rollouts(self) -> Iterator[Task]:
        waits, failed = [], []
        for municipality in self.programme.municipalities:
            unit = self.rows.rollouts.get(rollout_key(municipality.slug))
            if unit is not None and unit.state == "waiting" and unit.note == BUILDER_CLOSED:
                waits.append(municipality.name)
            elif unit is not None and unit.state == "failed":
                failed.append(municipality.name)
        for kind, names in ((TaskKind.OPEN_BUILDER, waits), (TaskKind.ROLLOUT_FAILED, failed)):
            if names:
                yield Task(kind=kind, values={"places": len(names)}, address="/fylket?vis=utrulling", urgent=True)

    def _well(self) -> Iterator[Fine]:
        """Give what goes by itself: rounds with their answers, and messages that have all arrived."""
        known = [item for item in self.rows.answered if item.round.takes_answers(self.now)]
        asked = [item for item in known if item.request.state is not RequestState.WAIVED]
        for item in asked:
            package = self.programme.find_work_package(item.request.work_package)
            if item.answer is not None and package is not None and package.key in self.reader.led_packages:
                values = {"package": package.name, "day": self._local(item.round.deadline_at).date()}
                yield Fine(kind="answered", values=values, address=f"/pakke/{package.key}")
        if self.reader.runs_programme and (found := self.rows.open_rounds) is not None:
            values = {"answered": found.answered, "asked": found.asked}
            yield Fine(kind="rounds", values=values, address="/fylket?sort=svar", tone="wait" if found.owing else "ok")
        for slug in sorted(self.reader.looks_after):
            own = [item for item in asked if item.round.municipality == slug]
            if own and not self.reader.runs_programme:
                day = self._local(own[0].round.deadline_at).date()
                values = {**_counts(own), "name": self.programme.municipality(slug).name, "day": day}
                yield Fine(kind="round", values=values, address=f"/kommune/{slug}", tone=_tone(own))
        if (self.reader.runs_programme or self.reader.looks_after) and not self.rows.undelivered:
            yield Fine(kind="delivered", values={})

    def _owing(self) -> Iterator[AnsweredRequest]:
        return (
            item
            for item in self.rows.answered
            if item.request.state is RequestState.OPEN
            and item.round.takes_answers(self.now)
            and self.programme.find_work_package(item.request.work_package) is not None
        )

    def _looks_after(self, municipality: str | None) -> bool:
        return self.reader.runs_programme or municipality in self.reader.looks_after

    def _page_of(self, municipalities: Iterable[str | None], county: str, end: str) -> str:
        if self.reader.runs_programme:
            return county
        own = sorted(slug for slug in municipalities if slug) or sorted(self.reader.looks_after)
        return f"/kommune/{own[0]}{end}"

    def _local(self, moment: datetime) -> datetime:
        return self.programme.local_time(moment).replace(tzinfo=None)


def _tone(asked: Sequence[AnsweredRequest]) -> str:
    return "ok" if all(item.answer is not None for item in asked) else "wait"


def _counts(asked: Sequence[AnsweredRequest]) -> dict[str, Any]:
    return {"answered": sum(item.answer is not None for item in asked), "asked": len(asked)}


def belongings(programme: Programme, reader: Reader, rows: StartRows) -> Iterator[Belonging]:
    """Give the places that a reader belongs to: municipalities, then packages, then bodies common to the programme."""
    for slug in sorted(reader.municipalities, key=lambda slug: texts.sort_key(programme.municipality(slug).name)):
        municipality = programme.municipality(slug)
        roles = tuple(sorted({held.role for held in reader.roles if held.municipality == slug}))
        place = rows.places.get(slug)
        outside = municipality.place_url or (place.urls.get("team", "") if place else "")
        yield Belonging(name=municipality.name, address=f"/kommune/{slug}", roles=roles, outside=outside)
    for key in sorted({held.work_package for held in reader.roles if held.work_package is not None}):
        held = tuple(sorted({item.role for item in reader.roles if item.work_package == key}))
        yield Belonging(name=programme.work_package(key).name, address=f"/pakke/{key}", roles=held)
    names = _body_names(programme, reader)
    for body in programme.bodies:
        # A county lead, who belongs to every local board, finds them in the overview.
        in_overview = reader.runs_programme and body.municipality is not None
        if body.key in reader.bodies and body.kind is not BodyKind.GATHERING and not in_overview:
            place = rows.places.get(body.key)
            outside = place.urls.get("team", "") if place else ""
            yield Belonging(name=names[body.key], address=f"/styret/{body.key}", roles=(), outside=outside)


def _body_names(programme: Programme, reader: Reader) -> Mapping[str, str]:
    """Return the names of the reader's bodies, told apart."""
    mine = (body for body in programme.bodies if body.key in reader.bodies)
    return tell_apart(programme, mine, texts.choose(reader.language, programme.language))
