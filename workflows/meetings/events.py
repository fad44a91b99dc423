"""A meeting as an event in people's calendars: what is written there, and what of it has to be written anew.

Three states are held against each other: what we want, what we wrote last, and what stands there now. We write what we
want otherwise than we wrote it, unless it stands there already because the answer to our write was lost. What others
changed since is theirs: an attendee they added stays, one they took out is not asked again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import texts
from config.programme import Programme
from config.values import Body, BodyKind, Role, RoundTimes
from workflows.meetings.date_search import Moved
from workflows.meetings.model import Meeting, MeetingState
from workflows.meetings.moves import cancelled
from workflows.ports.accounts import Account, Recipients
from workflows.ports.calendar import Attendee, BookedEvent, EventSpec
from workflows.working_days import WorkCalendar, round_moments

TIMES = ("starts_local", "ends_local")
COMPARED = ("subject", "location", *TIMES)
"""Changes worth a mail to everybody. The body is none: its words are the product's, and the way into the Teams meeting
stands there too. Attendees are compared one by one."""
WITHDRAWN = "withdrawn"
"""Noted in what was last written: the event is gone, and its people were told."""
THEIR_PLACE = "their_place"
"""Noted there too: somebody else chose the place for this meeting, so the register's is not written over it."""
KNOWN_AS = "known_as"
"""And this: the addresses under which the directory gives attendees back, with those that we invited them by."""
NO_LINK_SINCE = "no_link_since"
"""And this: since when the event stands without a link into Teams."""
ONLINE = "microsoft teams"
NO_ALIASES: Mapping[str, str] = MappingProxyType({})
LINK_WITHIN = timedelta(hours=1)
"""The time after which a missing link is a fault that somebody has to mend."""


def event_of(programme: Programme, body: Body, meeting: Meeting, recipients: Recipients) -> EventSpec:
    """The event of a meeting, still without its body: that is written only together with something else."""
    return EventSpec(
        key=meeting.key,
        subject=event_subject(programme, body),
        body_html="",
        starts_local=meeting.starts_local,
        ends_local=meeting.ends_local,
        timezone=meeting.timezone,
        location=meeting.location if meeting.booked.get(THEIR_PLACE) else body.location,
        attendees=tuple(
            Attendee(email=person.email, name=person.name, required=required)
            for person, required in programme.board_people(body, meeting.day)
            if recipients.permits(person.email)
        ),
    )


def event_subject(programme: Programme, body: Body) -> str:
    """
    Return the event's subject: «Board meeting, Program Å-dal» of a board, else the body's name.

    Without the day: where somebody moves the event in Outlook, a new subject would be a second mail to everybody.
    """
    language = texts.choose(programme.language)
    if body.kind not in (BodyKind.LOCAL_BOARD, BodyKind.OWNER_BOARD):
        return texts.say("meetings.subject", language, body=body.name)
    place = body.name
    if body.municipality is not None:
        municipality = programme.municipality(body.municipality).name
        place = programme.local_name.replace("{municipality}", municipality)
    return texts.say("meetings.subject_board", language, place=place)


def other_addresses(accounts: Mapping[str, Account]) -> dict[str, str]:
    """
    Return the addresses of accounts besides the one of the register, and that one for each; *accounts* are by it.

    An address that two accounts have, or by which another one was asked for, is left out: nobody can tell whose it is.
    """
    claims = [(address, ours) for ours, account in accounts.items() for address in account.addresses]
    counted = Counter(address for address, _ in claims)
    return {address: ours for address, ours in claims if counted[address] == 1 and address not in accounts}


def known_as(
    programme: Programme,
    spec: EventSpec,
    written: Mapping[str, Any],
    event: BookedEvent,
    others: Mapping[str, str] = NO_ALIASES,
) -> dict[str, str]:
    """
    Return, of each attendee who stands in *event* under another address than ours, that address and ours.

    Exchange gives a person who was invited by an alias back under the primary address. *others*: those that the
    directory has, see `other_addresses`; of an account nobody looked up since, the name there tells whose it is.
    """
    invited = invited_in(written) | {item["email"] for item in plain(spec)["attendees"]}
    there = {item.email.lower(): item.name.casefold() for item in event.attendees}
    found = {
        theirs: ours for theirs, ours in written.get(KNOWN_AS, {}).items() if theirs in there and ours not in there
    }
    names = {person.email.lower(): person.name.casefold() for person in programme.people}
    for theirs in sorted(there.keys() - invited - found.keys() - names.keys()):
        if others.get(theirs) in invited - there.keys() - set(found.values()):
            found[theirs] = others[theirs]
    missing = sorted(invited - there.keys() - set(found.values()))
    for theirs in sorted(there.keys() - invited - found.keys()):
        same = [ours for ours in missing if names.get(ours) == there[theirs]]
        # Two of one name: nobody can tell which of them it is.
        if len(same) == 1 and list(there.values()).count(there[theirs]) == 1:
            found[theirs] = same[0]
    return found


def invited_in(written: Mapping[str, Any]) -> set[str]:
    """Return the lower-case addresses by which people were invited when the event was last written."""
    return {item["email"] for item in written.get("attendees", ())}


def changes(
    spec: EventSpec, written: Mapping[str, Any], event: BookedEvent, aliases: Mapping[str, str] = NO_ALIASES
) -> dict[str, Any]:
    """The fields to write so that *event* becomes *spec*, in the calendar's own words. *aliases*: see `known_as`."""
    wanted, now = plain(spec), plain(event)
    written = written or now
    changed = {
        name: getattr(spec, name)
        for name in COMPARED
        if wanted[name] != written.get(name) and wanted[name] != now[name]
    }
    if changed.keys() & set(TIMES):
        # A start alone could pass its end.
        changed |= {name: getattr(spec, name) for name in TIMES}
    attendees = _attendees(spec, written, event, aliases)
    if attendees is not None:
        changed["attendees"] = attendees
    return changed


def _attendees(
    spec: EventSpec, written: Mapping[str, Any], event: BookedEvent, aliases: Mapping[str, str]
) -> tuple[Attendee, ...] | None:
    """All attendees as they should be, when ours came, left or became another kind; None when nothing is to do."""
    before = {item["email"]: item["required"] for item in written.get("attendees", ())}
    wanted = {item.email.lower(): item for item in spec.attendees}
    # Under our address for them; written back under the one they have there.
    there = {_ours(item.email, aliases): item for item in event.attendees}
    left = before.keys() - wanted.keys()
    new = {
        email: replace(item, email=there[email].email) if email in there else item
        for email, item in wanted.items()
        if before.get(email) != item.required
    }
    result = {email: item for email, item in there.items() if email not in left} | new
    if {email: item.required for email, item in result.items()} == {e: item.required for e, item in there.items()}:
        return None
    return tuple(result.values())


def answers_in(event: BookedEvent, aliases: Mapping[str, str]) -> dict[str, str]:
    """Return the answers to an invitation, by our lower-case addresses."""
    return {_ours(email, aliases): str(answer) for email, answer in sorted(event.answers.items())}


def _ours(email: str, aliases: Mapping[str, str]) -> str:
    return aliases.get(email.lower(), email.lower())


def followed(body: Body, meeting: Meeting, event: BookedEvent, now: datetime) -> Meeting:
    """*meeting* with what somebody else did to its event in their calendar program; the same when nobody did."""
    if event.cancelled:
        return cancelled_there(meeting, now)
    changed: dict[str, Any] = {}
    noted: dict[str, Any] = {}
    if _moved_by_others(meeting, event):
        changed = {name: getattr(event, name) for name in TIMES}
        noted = {name: _minute(moment) for name, moment in changed.items()}
        changed |= {"moved": Moved(wanted=meeting.day, reason="meetings.in_outlook"), "words": ""}
    place = _place_of(event)
    if _is_place_of_others(body, meeting, place):
        changed["location"] = place
        noted |= {"location": place, THEIR_PLACE: place != body.location}
    if not changed:
        return meeting
    return replace(
        meeting, sequence=meeting.sequence + 1, changed_at=now, booked={**meeting.booked, **noted}, **changed
    )


def cancelled_there(meeting: Meeting, now: datetime) -> Meeting:
    """A meeting that somebody took out of the calendars themselves."""
    return withdrawn(cancelled(meeting, now))


def _moved_by_others(meeting: Meeting, event: BookedEvent) -> bool:
    """Tell whether somebody moved the event, and we did not move the meeting ourselves."""
    written = tuple(meeting.booked.get(name) for name in TIMES)
    ours = (_minute(meeting.starts_local), _minute(meeting.ends_local))
    theirs = (_minute(event.starts_local), _minute(event.ends_local))
    return (written == ours or _is_news_here(meeting)) and theirs != ours


def _is_news_here(meeting: Meeting) -> bool:
    """
    Tell whether nothing is known of what was written, and nobody has changed the meeting since it was planned.

    So it is when the database was lost: what stands in the calendar then is what people were told last.
    """
    return not meeting.booked and not meeting.sequence


def _is_place_of_others(body: Body, meeting: Meeting, place: str) -> bool:
    """Tell whether a place is neither the one we wrote nor, after a lost answer, the one we meant to."""
    written = "" if _is_news_here(meeting) else meeting.booked.get("location")
    return written is not None and place not in (written.strip(), body.location.strip())


def _place_of(event: BookedEvent) -> str:
    """Return the event's place, without the words that Outlook adds for the meeting in Teams."""
    parts = [part.strip() for part in event.location.split(";")]
    if not any(part.casefold().startswith(ONLINE) for part in parts):
        return event.location.strip()
    return "; ".join(part for part in parts if not part.casefold().startswith(ONLINE))


def plain(spec: EventSpec | BookedEvent) -> dict[str, Any]:
    """Return the event as last written, as plain data to keep."""
    # Without names: Exchange has its own mind about them, and a new spelling is not worth a mail to everybody.
    people = sorted((item.email.lower(), item.required) for item in spec.attendees)
    return {
        "subject": spec.subject,
        "starts_local": _minute(spec.starts_local),
        "ends_local": _minute(spec.ends_local),
        "location": spec.location,
        "attendees": [{"email": email, "required": required} for email, required in people],
    }


def noted(
    meeting: Meeting,
    spec: EventSpec,
    event: BookedEvent,
    now: datetime,
    aliases: Mapping[str, str] = NO_ALIASES,
) -> Meeting:
    """*meeting* with what stands in the calendar: *event*, as *spec* has it. The same when that is known."""
    written = plain(spec)
    if aliases:
        written[KNOWN_AS] = dict(sorted(aliases.items()))
    join_url = event.join_url or meeting.join_url
    seen_by_people = meeting.state is MeetingState.PLANNED or any(
        meeting.booked.get(name) != written[name] for name in ("subject", "location")
    )
    if meeting.booked.get(THEIR_PLACE):
        written[THEIR_PLACE] = True
    if not join_url:
        written[NO_LINK_SINCE] = meeting.booked.get(NO_LINK_SINCE, now.isoformat())
    kept = replace(
        meeting,
        state=MeetingState.BOOKED if meeting.stands else meeting.state,
        event_id=event.id,
        ical_uid=event.ical_uid,
        join_url=join_url,
        location=spec.location,
        sequence=meeting.sequence + seen_by_people,
        booked=written,
    )
    return kept if kept == meeting else replace(kept, changed_at=max(now, meeting.changed_at))


def lacks_link(meeting: Meeting) -> bool:
    """Tell whether a booked meeting has no link into Teams."""
    return meeting.stands and bool(meeting.event_id) and not meeting.join_url


def link_failed(meeting: Meeting, now: datetime) -> bool:
    """Tell whether a meeting ahead has lacked its link for so long that it does not come by itself."""
    since = meeting.booked.get(NO_LINK_SINCE)
    if since is None or not lacks_link(meeting) or meeting.starts_at <= now:
        return False
    return now >= datetime.fromisoformat(since) + LINK_WITHIN


def is_withdrawn(meeting: Meeting) -> bool:
    """Tell whether a cancelled meeting is out of the calendars already."""
    return bool(meeting.booked.get(WITHDRAWN))


def withdrawn(meeting: Meeting) -> Meeting:
    """A meeting that is out of the calendars."""
    return replace(meeting, state=MeetingState.CANCELLED, booked={**meeting.booked, WITHDRAWN: True})


def is_held(event: BookedEvent, recipients: Recipients) -> bool:
    """Tell whether a write would mail somebody outside a rehearsal's allow-list: every write mails all attendees."""
    return any(not recipients.permits(item.email) for item in event.attendees)


# ------------------------------------------------------------------------------------------------------------- words


def invitation(programme: Programme, body: Body, meeting: Meeting, address: str) -> str:
    """The event's body, as HTML. *address*: where the meeting's papers are. A moved meeting says from when and why."""
    language = texts.choose(programme.language)

    def say(key: str, **values: Any) -> str:
        return escape(texts.say(key, language, **values))

    link = f'<a href="{escape(address)}">{say("meetings.papers_link")}</a>'
    paragraphs = [escape(line) for line in notice(meeting, language)]
    paragraphs += [
        say("meetings.invitation", body=body.name),
        f"{say('meetings.invitation_papers')} {link}",
        say("meetings.invitation_own"),
    ]
    contact = contact_of(programme, body, meeting)
    if contact:
        paragraphs.append(say("meetings.invitation_contact", contact=contact))
    written = [f"<p>{paragraph}</p>" for paragraph in paragraphs]
    if body.agenda:
        written[-1:-1] = _agenda_skeleton(programme, body, meeting, language)
    return "".join(written)


def _agenda_skeleton(programme: Programme, body: Body, meeting: Meeting, language: str) -> list[str]:
    """Write the fixed items of the body's meetings, until when others are put in, and whom to ask: it stands in the
    invitation from the first booking on, and papers never change it."""
    moments = round_moments(
        meeting.starts_local, body.rounds or RoundTimes(), WorkCalendar(programme, body.municipality)
    )
    due = texts.long_moment(programme.local_time(moments.deadline_at), language)
    questions = texts.say("meetings.invitation_questions", language)
    entries = sorted(body.agenda, key=lambda entry: entry.order)
    titles = [questions if entry.source == "questions" else entry.title for entry in entries]
    role = Role.LOCAL_LEAD if body.municipality else Role.COUNTY_LEAD
    leads = programme.holders(role, on=meeting.day, municipality=body.municipality)
    lines = [texts.say("meetings.invitation_until", language, due=due)]
    if leads:
        lines.append(texts.say("meetings.invitation_ask", language, name=leads[0].name))
    return [
        f"<p>{escape(texts.say('meetings.invitation_agenda', language))}</p>",
        f"<ul>{''.join(f'<li>{escape(title)}</li>' for title in titles)}</ul>",
        f"<p>{escape(' '.join(lines))}</p>",
    ]


def explain_no_link(programme: Programme, meeting: Meeting, *, language: str = "nb") -> str:
    """Explain that a meeting has no link into Teams, and what IT has to look at."""
    body = programme.find_body(meeting.body)
    name = body.name if body else meeting.body
    values = {"starts": meeting.starts_local, "body": name, "organizer": meeting.organizer}
    return texts.say("meetings.no_link", language, **values)


def contact_of(programme: Programme, body: Body, meeting: Meeting) -> str:
    """Name the person to tell that the time does not fit: the chair, else the first."""
    people = programme.board_people(body, meeting.day)
    return people[0][0].name if people else ""


def notice(meeting: Meeting, language: str) -> Sequence[str]:
    """Write the one notice about a meeting that was moved or cancelled after it stood in calendars."""
    told = meeting.booked.get("starts_local")
    was = datetime.fromisoformat(told) if told else meeting.starts_local
    lines: list[str] = []
    if not meeting.stands:
        lines.append(texts.say("meetings.notice_cancelled", language, was=was))
    elif was != meeting.starts_local:
        # Told as history: somebody may move it in Outlook afterwards, and these words stay where they are.
        on = meeting.changed_at.astimezone(ZoneInfo(meeting.timezone)).date()
        lines.append(texts.say("meetings.notice_moved", language, on=on, was=was, now=meeting.starts_local))
    if lines and meeting.words:
        lines.append(texts.say("meetings.notice_reason", language, reason=meeting.words))
    return lines


def farewell(programme: Programme, meeting: Meeting) -> str:
    """Write the one notice about a withdrawn event: its meeting is cancelled, or called by somebody else."""
    language = texts.choose(programme.language)
    if meeting.stands:
        told = meeting.booked.get("starts_local")
        was = datetime.fromisoformat(told) if told else meeting.starts_local
        body = programme.body(meeting.body).name
        return texts.say("meetings.handed_over", language, body=body, starts=was)
    return " ".join(notice(meeting, language))


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
