"""The proof of the programme's end: how each place, meeting, link and paper was left, as a document and as data."""

import json
from dataclasses import asdict
from typing import Any

import texts
from config.programme import Programme
from documents.document import Cell, Document, Facts, Paragraph, Section, Table
from workflows.operations.audit import Verified
from workflows.operations.closing import ClosingState


def closing_lines(state: ClosingState, language: str) -> list[str]:
    """Describe what stands open, and what keeps the programme from being closed."""
    say = _words(language)
    lines = [] if state.is_over else [say("not_over")]
    if state.missing:
        lines.append(say("missing", count=sum(map(len, state.missing.values()))))
        lines += [f"  {key}" for keys in state.missing.values() for key in keys]
    open_places = [place.name for place in state.places if place.archived is False]
    counts = {
        "places": len(open_places),
        "meetings": len(state.meetings) + len(state.waiting),
        "rounds": state.rounds,
        "links": state.links,
    }
    lines += [say(f"open_{name}", count=count) for name, count in counts.items() if count]
    if not state.is_paused:
        lines.append(say("open_sending"))
    return lines or [say("all_closed")]


def closing_document(programme: Programme, state: ClosingState, verified: Verified, language: str) -> Document:
    """Return the proof as a paper: the facts, each place, and what is left to people."""
    say = _words(language)
    held = "holds" if verified.broken is None else "broken"
    facts = (
        (say("made"), texts.long_moment(programme.local_time(state.at), language)),
        (say("result"), say("closed" if state.is_closed else "not_closed")),
        (
            say("papers"),
            say("papers_kept", count=state.papers - sum(map(len, state.missing.values())), of=state.papers),
        ),
        (say("meetings"), str(len(state.meetings) + len(state.waiting))),
        (say("rounds"), str(state.rounds)),
        (say("links"), str(state.links)),
        (say("sending"), say("paused" if state.is_paused else "not_paused")),
        (say("audit"), say(f"audit_{held}", count=verified.head.number, head=str(verified.head))),
    )
    rows = tuple((Cell(text=place.name), Cell(text=say(f"place_{_state(place.archived)}"))) for place in state.places)
    table = Table(name=say("places"), headers=(say("place"), say("state")), rows=rows)
    by_hand = tuple(Paragraph(text=place.lock) for place in state.places if place.lock)
    sections = [Section(heading=say("places"), blocks=(table,))]
    sections.append(Section(heading=say("by_hand"), blocks=(Paragraph(text=say("by_hand_what")), *by_hand)))
    if state.missing:
        open_papers = tuple(Paragraph(text=key) for keys in state.missing.values() for key in keys)
        sections.append(Section(heading=say("papers_missing"), blocks=open_papers))
    return Document(
        language=language,
        title=say("title", name=programme.name),
        lead=(Facts(rows=facts),),
        sections=tuple(sections),
        signs={},
    )


def closing_json(state: ClosingState, verified: Verified) -> bytes:
    """Return the proof for programs."""
    data: dict[str, Any] = {
        **asdict(state),
        "is_closed": state.is_closed,
        "audit": {"head": str(verified.head), "holds": verified.broken is None},
    }
    return json.dumps(data, ensure_ascii=False, indent=2, default=str).encode() + b"\n"


def _state(archived: bool | None) -> str:
    return {True: "archived", False: "open", None: "none"}[archived]


def _words(language: str) -> Any:
    def say(key: str, **values: Any) -> str:
        return texts.say(f"closing.{key}", language, **values)

    return say
