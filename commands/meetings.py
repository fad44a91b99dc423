"""Meetings: listed, booked, moved, cancelled, and the addresses of their calendar feeds."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from commands.confirm import is_confirmed
from commands.session import DID_NOT_HOLD, DONE, Usage, complain, show, tell
from commands.subjects import check_municipality, imported_programme, owner_board_of
from commands.words import TerminalWords

if TYPE_CHECKING:
    from config.programme import Programme
    from wiring.process import Services
    from workflows.meetings.external_feeds import Unread


def changes(arguments: argparse.Namespace) -> bool:
    """Return True when the command changes something."""
    return bool(arguments.book or arguments.move or arguments.cancel or arguments.renew)


async def meetings(services: "Services", arguments: argparse.Namespace) -> int:
    """List the meetings, each date with its reason, and what could not be planned or read; nothing is sent.

    With --book plan what is missing and bring it into people's calendars, after showing the mails that go out.
    """
    programme = await imported_programme(services)
    if arguments.municipality is not None:
        check_municipality(programme, arguments.municipality)
    if arguments.feed:
        return await _feed(services, arguments)
    if arguments.agenda:
        return await _agenda(services, arguments)
    if arguments.move or arguments.cancel:
        await _change(services, TerminalWords(programme), arguments)
    elif arguments.book and not await _book(services, programme, arguments):
        return DID_NOT_HOLD
    return await _list(services, programme, arguments)


async def _list(services: "Services", programme: "Programme", arguments: argparse.Namespace) -> int:
    """Show the meetings as the record has them, and those that the plan would add."""
    from workflows.meetings.events import explain_no_link, link_failed
    from workflows.meetings.external_feeds import explain_unread, reading_units, unread_as_data
    from workflows.meetings.plan import as_planned, plan_meetings
    from workflows.meetings.rendering import as_data, describe, explain_missing, missing_as_data

    now, bodies, language = services.clock.now(), _bodies(programme, arguments.municipality), programme.language
    known = await services.record.meetings.list_meetings()
    plan = plan_meetings(programme, known, now=now)
    listed = [meeting for meeting in as_planned(known, plan) if meeting.body in bodies]
    problems = [problem for problem in plan.problems if problem.body in bodies]
    calendars = [unit.key for unit in reading_units(programme, now) if arguments.municipality in (None, unit.subject)]
    unread = await _unread(services, calendars)
    failed = [meeting for meeting in listed if link_failed(meeting, now)]
    if arguments.json:
        without_link = [meeting.key for meeting in failed]
        told = [*missing_as_data(problems), *unread_as_data(programme, unread)]
        show(arguments, {"meetings": as_data(listed), "problems": told, "without_link": without_link}, [])
    else:
        show(arguments, [], describe(programme, listed, language=language))
        complain(*(explain_missing(programme, problem, language=language) for problem in problems))
        complain(*(explain_unread(programme, calendar, language=language) for calendar in unread))
        complain(*(explain_no_link(programme, meeting, language=language) for meeting in failed))
    return DID_NOT_HOLD if problems or unread or failed else DONE


async def _book(services: "Services", programme: "Programme", arguments: argparse.Namespace) -> bool:
    """Plan and book when a person agrees to the mails that go out; False when nobody did."""
    from workflows.meetings.announcements import announcements, describe_announcements, people_of
    from workflows.meetings.external_feeds import reading_units
    from workflows.meetings.plan import as_planned, plan_meetings

    now, bodies, words = services.clock.now(), _bodies(programme, arguments.municipality), TerminalWords(programme)
    known = await services.record.meetings.list_meetings()
    planned = as_planned(known, plan_meetings(programme, known, now=now))
    ours = [meeting for meeting in planned if meeting.body in bodies]
    found = announcements(programme, ours, recipients=services.outside.recipients, now=now)
    lines = describe_announcements(programme, found, language=words.language)
    counts = words.say("book_counts", mails=len(found), people=len(people_of(found)))
    if found and not is_confirmed(arguments, words, [*lines, counts], question=words.say("book_question")):
        return False
    await services.jobs.meetings.booking.plan()
    reading = [unit.key for unit in reading_units(programme, now)]
    await services.engine.run_due([*reading, *(f"meetings.book:{body}" for body in sorted(bodies))])
    return True


async def _change(services: "Services", words: TerminalWords, arguments: argparse.Namespace) -> None:
    """Move or cancel a meeting, and tell its people."""
    moves = services.jobs.meetings.moves
    if arguments.move:
        meeting = await moves.move(arguments.move[0], _local_time(words, arguments.move[1]), arguments.reason)
    else:
        meeting = await moves.cancel(arguments.cancel, arguments.reason)
    await services.engine.run_due([f"meetings.book:{meeting.body}"])


def _bodies(programme: "Programme", municipality: str | None) -> set[str]:
    """Return the bodies of a municipality, or all there are."""
    return {body.key for body in programme.bodies if municipality in (None, body.municipality)}


async def _unread(services: "Services", units: Sequence[str]) -> list["Unread"]:
    """List the unread parts of municipalities' own calendars, by the units that read them."""
    from integration.database.history import list_events
    from workflows.meetings.external_feeds import latest_unread

    found = []
    for unit in units:
        events = await list_events(services.record.database, unit=unit)
        found += latest_unread(unit.partition(":")[2], ((event.what, event.values) for event in events))
    return found


async def _agenda(services: "Services", arguments: argparse.Namespace) -> int:
    """The agenda of the next meeting of a municipality's board, or of the owner board: as sent, else as it stands."""
    from workflows.papers.agendas.rendering import agenda_title, item_heading

    programme = await imported_programme(services)
    if arguments.municipality is not None:
        check_municipality(programme, arguments.municipality)
        body = programme.local_board(arguments.municipality)
    else:
        body = owner_board_of(programme)
    now = services.clock.now()
    found = [
        item for item in await services.record.meetings.list_meetings(body.key) if item.stands and item.ends_at > now
    ]
    if not found:
        words = TerminalWords(programme)
        raise Usage(words.say("no_meeting", body=words.name(body.key)))
    agenda = await services.jobs.papers.agenda_editing.current(min(found, key=lambda item: item.starts_local))
    lines = [agenda_title(agenda, programme.language)]
    lines += [item_heading(agenda, item, programme.language) for item in agenda.items]
    show(arguments, agenda.to_data(), lines)
    return DONE


async def _feed(services: "Services", arguments: argparse.Namespace) -> int:
    """The secret address of a body's or a person's calendar feed; a new one when the old one leaked."""
    from workflows.meetings.personal import PERSON, own_page_of

    programme = await imported_programme(services)
    people = {person.key: f"{PERSON}{person.key}" for person in programme.people}
    subjects = people | {body.key: body.key for body in programme.bodies}
    if arguments.feed not in subjects:
        raise Usage(TerminalWords(programme).say("feed_of_whom", given=arguments.feed))
    subject = subjects[arguments.feed]
    if arguments.renew:
        # Of a body, this ends the links for its feed and nothing else: only feeds have a body's key as subject.
        await services.record.links.revoke(subject)
        if arguments.feed in people:
            # Whoever got hold of the one may have found it on the other.
            await services.record.links.revoke(own_page_of(arguments.feed))
    token = await services.record.links.issue("feed", subject)
    tell(f"{services.settings.public_url.rstrip('/')}/kalender/{token}.ics")
    return DONE


def _local_time(words: TerminalWords, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Usage(words.say("move_to_when", given=text)) from None
