"""A look at minutes before they are approved: what to consider, and what has changed since they were approved last."""

from collections.abc import Iterable, Iterator
from datetime import date

from config.programme import Programme
from config.values import Role
from workflows.papers.agendas.model import Agenda, item_label
from workflows.papers.minutes.model import Minutes, MinutesItem, Presence
from workflows.words import Words


def minutes_warnings(programme: Programme, minutes: Minutes, agenda: Agenda) -> tuple[Words, ...]:
    """
    Return what a recorder should consider: a quorum that was not there, people who may be disqualified, and decisions
    that nobody carries out. None of it keeps minutes from being stored or approved.
    """
    body, day = programme.body(minutes.meeting.body), minutes.meeting.starts_local.date()
    required = {person.key for person, is_required in programme.board_people(body, day) if is_required}

    def decides(there: Iterable[Presence]) -> bool:
        return sum(line.person in required for line in there) * 100 >= body.quorum * len(required)

    decided = [item for item in minutes.items if item.decision]
    warnings = []
    if decided and not decides(minutes.present):
        warnings.append(Words(key="minutes.warn_quorum", values={"present": len(minutes.present)}))
    for item in decided:
        label = item_label(minutes.year, item.number)
        if decides(minutes.present) and not decides(minutes.present_at(item)):
            warnings.append(Words(key="minutes.warn_quorum_item", values={"label": label}))
        warnings += [
            Words(key="minutes.warn_disqualified", values={"name": line.name, "label": label})
            for line in _own_matter(programme, minutes, agenda, item, day)
        ]
        if item.follow_up and not (item.person and item.due_on):
            warnings.append(Words(key="minutes.warn_loose", values={"label": label}))
    return tuple(warnings)


def _own_matter(
    programme: Programme, minutes: Minutes, agenda: Agenda, item: MinutesItem, on: date
) -> Iterator[Presence]:
    """Give those who were there while the board decided on a package that they lead."""
    about = agenda.item(item.number)
    if about is None or not about.work_package:
        return
    leads = programme.holders(Role.WORK_PACKAGE_LEAD, on=on, work_package=about.work_package)
    keys = {lead.key for lead in leads}
    yield from (line for line in minutes.present_at(item) if line.person in keys)


def minutes_changes(old: Minutes, new: Minutes) -> tuple[Words, ...]:
    """Return the changes from one version of minutes to another, in the order of the minutes."""
    changes = []
    before = {line.person: line.present for line in old.attendance}
    for line in new.attendance:
        if before.get(line.person) is not line.present:
            key = "minutes.change_present" if line.present else "minutes.change_absent"
            changes.append(Words(key=key, values={"name": line.name}))
    if old.others != new.others:
        changes.append(Words(key="minutes.change_others"))
    if old.remarks != new.remarks:
        changes.append(Words(key="minutes.change_remarks"))
    for role in ("chair", "secretary"):
        person = getattr(new, role)
        if person != getattr(old, role):
            values = {"name": new.names.get(person, "–")}
            changes.append(Words(key=f"minutes.change_{role}", values=values))
    known = {item.number: item for item in old.items}
    for item in new.items:
        changes += _item_changes(item_label(new.year, item.number), known.get(item.number), item)
    if old.actions != new.actions:
        changes.append(Words(key="minutes.change_actions"))
    return tuple(changes)


def _item_changes(label: str, old: MinutesItem | None, new: MinutesItem) -> Iterator[Words]:
    if old is None or old == new:
        return
    if old.text != new.text:
        yield Words(key="minutes.change_text", values={"label": label})
    if old.decision != new.decision:
        values = {"label": label, "before": old.decision or "–", "now": new.decision or "–"}
        yield Words(key="minutes.change_decision", values=values)
    if (old.person, old.due_on, old.follow_up) != (new.person, new.due_on, new.follow_up):
        yield Words(key="minutes.change_follow_up", values={"label": label})
    if old.outcome is not new.outcome:
        yield Words(key="minutes.change_outcome", values={"label": label})
    if old.left != new.left:
        yield Words(key="minutes.change_left", values={"label": label})
