"""Case papers (saksframlegg): what a board asks for, as a paper that a political body can take as it is."""

from collections.abc import Iterator
from functools import partial

import texts
from documents.document import Block, Document, Facts, Paragraph, Section
from workflows.papers.agendas.model import Agenda, AgendaItem


def case_papers(agenda: Agenda, language: str) -> Iterator[tuple[AgendaItem, Document]]:
    """Give a case paper for each item that asks for a decision."""
    for item in agenda.items:
        if item.asks:
            yield item, case_paper(agenda, item, language)


def case_paper(agenda: Agenda, item: AgendaItem, language: str) -> Document:
    """Return an item as a case paper: matter, background, assessment and proposed decision, all in people's words."""
    say = partial(texts.say, language=language)
    facts = [
        (say("case_paper.matter"), agenda.label(item.number)),
        (say("case_paper.body"), agenda.name),
        (say("case_paper.meeting"), texts.long_date(agenda.meeting.starts_local.date(), language)),
    ]
    if item.by:
        facts.append((say("agenda.by"), item.by))
    parts = (
        ("case_paper.proposal", item.proposal),
        ("case_paper.background", item.text),
        ("case_paper.decided_below", item.decided_below),
        ("case_paper.assessment", item.view),
    )
    sections = [
        Section(heading=say(key), blocks=(_words(words, say("case_paper.to_write")),))
        for key, words in parts
        if words or key != "case_paper.decided_below"
    ]
    return Document(
        language=language, title=item.title, lead=(Facts(rows=tuple(facts)),), sections=tuple(sections), signs={}
    )


def _words(words: str, otherwise: str) -> Block:
    return Paragraph(text=words or otherwise)
