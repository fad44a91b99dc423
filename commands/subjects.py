"""From what somebody typed to what is meant by it. Raises Usage, saying what was expected, when there is none."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from commands.session import Usage

if TYPE_CHECKING:
    from config.programme import Programme
    from wiring.process import Services


async def imported_programme(services: "Services") -> "Programme":
    """The programme that everything is about."""
    programme = await services.record.register.find_programme()
    if programme is None:
        raise Usage("no programme was imported yet: vareunge import DIR")
    return programme


def check_municipality(programme: "Programme", slug: str) -> None:
    """See that the programme has the municipality."""
    slugs = sorted(item.slug for item in programme.municipalities)
    if slug not in slugs:
        raise Usage(f"{slug}: unknown municipality: expected one of {', '.join(slugs)}")


async def check_scope(services: "Services", municipality: str | None) -> None:
    """See that the municipality is one of the programme's; None means everybody and needs no programme."""
    if municipality is not None:
        check_municipality(await imported_programme(services), municipality)


def named_places(programme: "Programme", slugs: Sequence[str]) -> list[str]:
    """The places of municipalities, and common ones by their own keys; each once."""
    common = {place.key for place in programme.places if place.municipality is None}
    for slug in slugs:
        if slug not in common:
            check_municipality(programme, slug)
        if programme.find_place(slug) is None:
            raise Usage(f"{slug}: has no place of ours, so there is nothing to roll out")
    return list(dict.fromkeys(slugs))


async def meeting_of_round(services: "Services", municipality: str, *, upcoming: bool) -> str:
    """The meeting whose round is meant: the next one to open, or the one that is open."""
    from zoneinfo import ZoneInfo

    from workflows.status.model import RoundState

    programme = await imported_programme(services)
    check_municipality(programme, municipality)
    if not upcoming:
        rounds = await services.record.rounds.list_rounds(state=RoundState.OPEN)
        open_rounds = [item.meeting for item in rounds if item.municipality == municipality]
        if not open_rounds:
            raise Usage(f"{municipality}: no status round is open")
        return open_rounds[0]
    local = services.clock.now().astimezone(ZoneInfo(programme.timezone)).replace(tzinfo=None)
    board = programme.local_board(municipality).key
    ahead = await services.record.rounds.list_meetings(bodies=[board], after_local=local)
    if not ahead:
        raise Usage(f"{municipality}: no board meeting is planned: vareunge meetings {municipality}")
    return ahead[0].key


async def reported_meeting(services: "Services", municipality: str) -> str:
    """The meeting whose report is in work: that of the open round, else of the one that closed last."""
    from workflows.status.model import RoundState

    check_municipality(await imported_programme(services), municipality)
    for state in (RoundState.OPEN, RoundState.CLOSED):
        rounds = await services.record.rounds.list_rounds(state=state)
        mine = [item.meeting for item in rounds if item.municipality == municipality]
        if mine:
            return mine[-1]
    raise Usage(f"{municipality}: no status round was opened yet")


async def next_meeting(services: "Services", body: str) -> str:
    """The meeting that the body holds next."""
    now = services.clock.now()
    ahead = [
        item for item in await services.record.meetings.list_meetings(body) if item.stands and item.starts_at > now
    ]
    if not ahead:
        raise Usage(f"{body}: no meeting is planned: vareunge meetings")
    return ahead[0].key
