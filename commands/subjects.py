"""Find the subjects of what was typed. Raises Usage, naming the known ones, when there is none."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from commands.session import Usage
from commands.words import TerminalWords

if TYPE_CHECKING:
    from config.programme import Programme
    from config.values import Body
    from wiring.process import Services


async def imported_programme(services: "Services") -> "Programme":
    """Return the programme that everything is about."""
    programme = await services.record.register.find_programme()
    if programme is None:
        raise Usage(TerminalWords().say("no_programme"))
    return programme


def owner_board_of(programme: "Programme") -> "Body":
    """Return the owner board. Raises Usage for a programme that has none."""
    body = programme.find_owner_board()
    if body is None:
        raise Usage(TerminalWords(programme).say("no_owner_board"))
    return body


def check_municipality(programme: "Programme", slug: str) -> None:
    """See that the programme has the municipality."""
    if programme.find_municipality(slug) is None:
        words = TerminalWords(programme)
        known = words.choices([item.slug for item in programme.municipalities])
        raise Usage(words.say("unknown_municipality", given=slug, known=known))


async def check_scope(services: "Services", municipality: str | None) -> TerminalWords:
    """
    Return the words for a municipality after making sure that it is one of the programme's.

    None means everybody and needs no programme.
    """
    if municipality is None:
        return TerminalWords(await services.record.register.find_programme())
    programme = await imported_programme(services)
    check_municipality(programme, municipality)
    return TerminalWords(programme)


def named_places(programme: "Programme", slugs: Sequence[str]) -> list[str]:
    """Return the places of municipalities, and common ones by their own keys; each once."""
    common = {place.key for place in programme.places if place.municipality is None}
    for slug in slugs:
        if slug not in common:
            check_municipality(programme, slug)
        if programme.find_place(slug) is None:
            words = TerminalWords(programme)
            raise Usage(words.say("no_place_of_ours", municipality=words.name(slug)))
    return list(dict.fromkeys(slugs))


async def meeting_of_round(services: "Services", municipality: str, *, upcoming: bool) -> str:
    """Return the meeting whose round is meant: the next one to open, or the one that is open."""
    from workflows.status.model import RoundState

    programme = await imported_programme(services)
    check_municipality(programme, municipality)
    words = TerminalWords(programme)
    if not upcoming:
        rounds = await services.record.rounds.list_rounds(state=RoundState.OPEN)
        open_rounds = [item.meeting for item in rounds if item.municipality == municipality]
        if not open_rounds:
            raise Usage(words.say("no_open_round", municipality=words.name(municipality)))
        return open_rounds[0]
    local = programme.local_time(services.clock.now()).replace(tzinfo=None)
    board = programme.local_board(municipality).key
    ahead = await services.record.rounds.list_meetings(bodies=[board], after_local=local)
    if not ahead:
        raise Usage(words.say("no_meeting", body=words.name(board)))
    return ahead[0].key


async def reported_meeting(services: "Services", municipality: str) -> str:
    """Return the meeting whose report is in work: that of the open round, else of the one that closed last."""
    from workflows.status.model import RoundState

    programme = await imported_programme(services)
    check_municipality(programme, municipality)
    for state in (RoundState.OPEN, RoundState.CLOSED):
        rounds = await services.record.rounds.list_rounds(state=state)
        mine = [item.meeting for item in rounds if item.municipality == municipality]
        if mine:
            return mine[-1]
    words = TerminalWords(programme)
    raise Usage(words.say("no_round_yet", municipality=words.name(municipality)))


async def next_meeting(services: "Services", body: str) -> str:
    """Return the meeting that the body holds next."""
    now = services.clock.now()
    ahead = [
        item for item in await services.record.meetings.list_meetings(body) if item.stands and item.starts_at > now
    ]
    if not ahead:
        words = TerminalWords(await imported_programme(services))
        raise Usage(words.say("no_meeting", body=words.name(body)))
    return ahead[0].key
