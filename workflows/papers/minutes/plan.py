"""Minutes decided from plain data: what they start with, and what becomes of what somebody recorded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from config.programme import Programme
from config.values import Body, Person, Role
from workflows.free_text import Written
from workflows.meetings.model import Meeting
from workflows.papers.agendas.model import Agenda, AgendaItem
from workflows.papers.minutes.model import (
    ActionItem,
    ActionLine,
    Decision,
    M,
    Matters,
    MatterState,
    Minutes,
    MinutesItem,
    Outcome,
    Presence,
    Recorded,
)
from workflows.papers.reports.plan import meeting_facts
from workflows.ports.calendar import InvitationResponse
from workflows.words import Words

BLANK_LINES = 3
"""Empty lines for action items at the end of a form."""
MOST_LINES = 60
LONGEST_LINE = 300
LONGEST_TEXT = 5000
"""Characters of what was said on one item."""


def prepared_minutes(programme: Programme, meeting: Meeting, agenda: Agenda) -> Minutes:
    """
    The minutes before anybody recorded anything.

    Those who accepted the invitation are taken to come. What somebody asked for is followed up unless the recorder says
    otherwise.
    """
    body = programme.body(meeting.body)
    coming = {email for email, answer in meeting.answers.items() if answer == InvitationResponse.ACCEPTED}
    people = programme.board_people(body, meeting.day)
    chair = _first(programme, body, body.chair, meeting.day)
    secretary = _first(programme, body, Role.LOCAL_LEAD if body.municipality else Role.COUNTY_LEAD, meeting.day)
    return Minutes(
        meeting=meeting_facts(meeting),
        name=agenda.name,
        year=agenda.year,
        attendance=tuple(
            Presence(person=person.key, name=person.name, present=person.email.lower() in coming)
            for person, _ in people
        ),
        chair=chair.key if chair else "",
        secretary=secretary.key if secretary else "",
        names={person.key: person.name for person in (chair, secretary) if person},
        items=tuple(_prepared_item(programme, item, meeting.day) for item in agenda.items),
    )


def _prepared_item(programme: Programme, item: AgendaItem, on: date) -> MinutesItem:
    """Return an item as minutes start with it: the lead of a package that asks carries out what it is answered."""
    leads = (
        programme.holders(Role.WORK_PACKAGE_LEAD, on=on, work_package=item.work_package) if item.work_package else ()
    )
    lead = leads[0] if leads else None
    return MinutesItem(
        number=item.number,
        title=item.title,
        follow_up=item.asks,
        person=lead.key if lead else "",
        who=lead.name if lead else "",
    )


def _first(programme: Programme, body: Body, role: Role | None, on: date) -> Person | None:
    found = programme.holders(role, on=on, municipality=body.municipality) if role else ()
    return found[0] if found else None


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A recorder's material: the agenda, the minutes so far, the body's matters, and the people who can be named."""

    agenda: Agenda
    minutes: Minutes
    matters: Matters
    people: tuple[Person, ...]
    may_pass_on: bool = False
    """True for a local board, which may ask the owner board."""

    @property
    def names(self) -> Mapping[str, str]:
        """The people who can be named, by key; one named before who has left since keeps the name."""
        minutes = self.minutes
        before = {line.person: line.who for line in minutes.actions if line.person}
        before |= {item.person: item.who for item in minutes.items if item.person}
        there = {line.person: line.name for line in minutes.attendance}
        return before | dict(minutes.names) | there | {person.key: person.name for person in self.people}

    @property
    def open_before(self) -> Matters:
        """List the open matters of earlier meetings."""
        return self.matters.open_before(self.minutes.meeting.key)


def people_to_name(programme: Programme, meeting: Meeting) -> tuple[Person, ...]:
    """List the people who may get an action item: the body's, and all who lead or work in what reports to it."""
    body = programme.body(meeting.body)
    members = [person for person, _ in programme.board_people(body, meeting.day)]
    packages = {item.key for item in programme.work_packages if body.municipality in (item.municipality, *item.boards)}
    workers = [
        programme.person(item.person)
        for item in programme.assignments
        if item.work_package in packages and item.holds(meeting.day)
    ]
    return tuple({person.key: person for person in [*members, *workers]}.values())


def record(desk: Desk, raw: Mapping[str, str]) -> Recorded:
    """
    Read minutes from *raw*, the fields of the form. Raises InvalidText with every problem at once.

    Fields: `present:<person>`, `others`, `chair`, `secretary`; for each item `decision:<number>`, `follow:<number>`,
    `outcome:<number>`, `carrier:<number>`, `until:<number>` and `left:<number>:<person>`; for who does what
    `what|who|due|about:<line>`; and `state:<key>` of what earlier meetings left open. What the form did not have stays
    as it was; what was emptied is taken out. A decision needs attendance, a chair and a secretary.
    """
    old = desk.minutes
    written = Written(raw, known=_stored_texts(old))
    kept = [line for line in old.actions if f"what:{line.line}" not in raw]
    chair, secretary = (_named(desk, raw, name, getattr(old, name), written) for name in ("chair", "secretary"))
    minutes = replace(
        old,
        attendance=tuple(replace(line, present=f"present:{line.person}" in raw) for line in old.attendance),
        others=written.text("others", most=LONGEST_LINE),
        remarks=written.text("remarks", most=LONGEST_TEXT) if "remarks" in raw else old.remarks,
        chair=chair,
        secretary=secretary,
        names={key: desk.names[key] for key in (chair, secretary) if key},
        items=tuple(_item(desk, item, raw, written) for item in old.items),
        actions=tuple(sorted((*_lines(desk, raw, written), *kept), key=lambda line: line.line)),
    )
    _require_a_meeting(minutes, written)
    written.check()
    return Recorded(
        minutes=minutes,
        decisions=(*_decisions(desk, minutes), *_restated(desk.open_before.decisions, raw)),
        actions=(*_actions(desk, minutes), *_restated(desk.open_before.actions, raw)),
    )


def _item(desk: Desk, item: MinutesItem, raw: Mapping[str, str], written: Written) -> MinutesItem:
    number = item.number
    if f"decision:{number}" not in raw:
        return item
    person = _named(desk, raw, f"carrier:{number}", item.person, written)
    until = f"until:{number}"
    return replace(
        item,
        text=written.text(f"text:{number}", most=LONGEST_TEXT) if f"text:{number}" in raw else item.text,
        decision=_decided(number, raw, written),
        follow_up=f"follow:{number}" in raw,
        outcome=_outcome(desk, item, raw.get(f"outcome:{number}", item.outcome)),
        person=person,
        who=desk.names[person] if person else "",
        due_on=_day(until, raw[until].strip(), written) if until in raw else item.due_on,
        left=tuple(line.person for line in desk.minutes.attendance if f"left:{number}:{line.person}" in raw),
    )


def _decided(number: int, raw: Mapping[str, str], written: Written) -> str:
    """Return the decision on an item. One that was read out of notes (`proposed:`) is none before a person says so."""
    name = f"decision:{number}"
    decision = written.text(name)
    if decision and f"proposed:{number}" in raw and f"decided:{number}" not in raw:
        written.problems.setdefault(name, Words(key="minutes.error_unconfirmed"))
    return decision


def _outcome(desk: Desk, item: MinutesItem, given: str) -> Outcome:
    """Return the outcome for the item's question; what is no question is decided."""
    about = desk.agenda.item(item.number)
    outcome = Outcome(given) if given in set(Outcome) else Outcome.DECIDED
    if about is None or not about.question or (outcome is Outcome.PASSED_ON and not desk.may_pass_on):
        return Outcome.DECIDED
    return outcome


def _named(desk: Desk, raw: Mapping[str, str], name: str, before: str, written: Written) -> str:
    """Return the key of the person that a field names; *before* where the form did not have it."""
    person = raw.get(name, before)
    if person and person not in desk.names:
        written.problems[name] = Words(key="agenda.error_who")
        return ""
    return person


def _require_a_meeting(minutes: Minutes, written: Written) -> None:
    """Refuse decisions of a meeting that nobody attended, chaired or kept the minutes of."""
    if not any(item.decision for item in minutes.items):
        return
    there = {line.person for line in minutes.present}
    if not there:
        written.problems.setdefault("present", Words(key="minutes.error_present"))
    if not minutes.chair:
        written.problems.setdefault("chair", Words(key="minutes.error_chair"))
    elif minutes.chair not in there:
        written.problems.setdefault("chair", Words(key="minutes.error_chair_absent"))
    if not minutes.secretary:
        written.problems.setdefault("secretary", Words(key="minutes.error_secretary"))


def _stored_texts(minutes: Minutes) -> frozenset[str]:
    texts = (text for item in minutes.items for text in (item.text, item.decision))
    return frozenset((minutes.others, minutes.remarks, *texts, *(line.what for line in minutes.actions)))


def _lines(desk: Desk, raw: Mapping[str, str], written: Written) -> Iterable[ActionLine]:
    names = desk.names
    numbers = {str(item.number): item.number for item in desk.minutes.items}
    for line in line_numbers(raw):
        what = written.text(f"what:{line}", most=LONGEST_LINE)
        if not what:
            continue
        person, about = raw.get(f"who:{line}", ""), raw.get(f"about:{line}", "")
        due = raw.get(f"due:{line}", "").strip()
        if person not in names:
            if person:
                written.problems[f"who:{line}"] = Words(key="agenda.error_who")
            person = ""
        yield ActionLine(
            line=line,
            what=what,
            person=person,
            who=names.get(person, ""),
            number=numbers.get(about, 0),
            due_on=_day(f"due:{line}", due, written),
        )


def line_numbers(raw: Mapping[str, str]) -> Sequence[int]:
    """The lines for who does what that the form had."""
    found = (name.partition(":")[2] for name in raw if name.startswith("what:"))
    return sorted(
        {int(line) for line in found if line.isascii() and line.isdigit() and 0 < int(line[:4]) <= MOST_LINES}
    )


def _day(name: str, due: str, written: Written) -> date | None:
    if not due:
        return None
    try:
        return date.fromisoformat(due)
    except ValueError:
        written.problems[name] = Words(key="agenda.error_due")
        return None


def _decisions(desk: Desk, minutes: Minutes) -> Iterable[Decision]:
    """The decisions that are new or changed, those taken out again included."""
    before = {item.key: item for item in desk.matters.decisions}
    followed = {item.number for item in desk.minutes.items if item.follow_up}
    for item in minutes.items:
        key = f"{minutes.meeting.body}/{minutes.year}/{item.number}"
        old, about = before.get(key), desk.agenda.item(item.number)
        if not item.decision and (old is None or not old.text):
            continue
        new = Decision(
            key=key,
            meeting=minutes.meeting.key,
            body=minutes.meeting.body,
            year=minutes.year,
            number=item.number,
            title=item.title,
            text=item.decision,
            work_package=about.work_package if about else "",
            person=item.person,
            due_on=item.due_on,
            question=about.question if about else "",
            state=_decision_state(item, old, was_followed=item.number in followed),
        )
        if new != old:
            yield new


def _decision_state(item: MinutesItem, old: Decision | None, *, was_followed: bool) -> MatterState:
    """Return a decision's state. One that a later meeting found done is not opened again by a correction of the
    words."""
    if not item.decision:
        return MatterState.DROPPED
    if not item.follow_up:
        return MatterState.DONE
    return old.state if old is not None and old.text and was_followed else MatterState.OPEN


def _actions(desk: Desk, minutes: Minutes) -> Iterable[ActionItem]:
    before = {item.key: item for item in desk.matters.actions}
    there: set[str] = set()
    for line in minutes.actions:
        key = f"{minutes.meeting.key}/{line.line}"
        there.add(key)
        old = before.get(key)
        new = ActionItem(
            key=key,
            meeting=minutes.meeting.key,
            body=minutes.meeting.body,
            year=minutes.year,
            number=line.number,
            person=line.person,
            what=line.what,
            due_on=line.due_on,
            state=old.state if old is not None and old.what else MatterState.OPEN,
        )
        if new != old:
            yield new
    for item in desk.matters.actions:
        if item.meeting == minutes.meeting.key and item.key not in there and item.what:
            yield replace(item, what="", state=MatterState.DROPPED)


def _restated(matters: Iterable[M], raw: Mapping[str, str]) -> Iterable[M]:
    """Return earlier matters that this meeting says are done, or are not to be done."""
    for item in matters:
        state = raw.get(f"state:{item.key}", "")
        if state in (MatterState.DONE, MatterState.DROPPED):
            yield replace(item, state=MatterState(state))
