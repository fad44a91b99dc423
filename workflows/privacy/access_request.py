"""Access requests (innsyn): everything that the record holds about one person or one case, as one readable export."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import texts
from config.programme import Programme
from documents.document import Cell, Document, Facts, Paragraph, Section, Table
from workflows.errors import NotFound
from workflows.papers.handover import MakeFile, PutFile
from workflows.ports.units import Clock
from workflows.privacy.cases import cases_in
from workflows.privacy.model import Holds, PrivacyAct, RecordKind, RecordRow, RecordRows
from workflows.privacy.outside import outside_places
from workflows.privacy.subject import Subject, find_subject, grown, is_about, narrowed

ACTION = "privacy.access_request"
SAID_BESIDE = ("html", "card")
"""Parts of a message that say once more, for programs, what its text says; the JSON has them."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """Everything found about a subject, table by table, in the order in which it is read."""

    subject: Subject
    at: datetime
    rows: Sequence[RecordRow]

    def of(self, kind: RecordKind) -> Mapping[str, Sequence[RecordRow]]:
        """Return the rows of one kind by table."""
        found: dict[str, list[RecordRow]] = {}
        for row in self.rows:
            if row.rule.kind is kind:
                found.setdefault(row.rule.table, []).append(row)
        return found


@dataclass(frozen=True, kw_only=True)
class AccessRequests:
    """
    Answers requests for access. Reading changes nothing but the log, which names the subject and how many rows.

    The log is written first, and the data for programs last: a folder without it was not finished, and a repeat writes
    the same files over again.
    """

    programme: Callable[[], Awaitable[Programme]]
    rows: RecordRows
    make_pdf: MakeFile
    make_word: MakeFile
    clock: Clock

    async def put(self, given: str, put: PutFile, *, by: str = "") -> Held:
        """Put the export about a person (key or address) or a case as PDF, Word and JSON. Raises NotFound."""
        programme = await self.programme()
        held = await self.collect(programme, given)
        count = {"rows": len(held.rows)}
        await self.rows.note(PrivacyAct(by=by, action=ACTION, subject=held.subject.key, at=held.at, values=count))
        language = texts.choose(programme.language)
        document = access_document(held, programme, language)
        name = f"innsyn-{held.subject.key.replace('/', '-')}"
        for file, content in files_of(held):
            put(file, content)
        put(f"{name}.docx", self.make_word(document, held.at))
        put(f"{name}.pdf", self.make_pdf(document, held.at))
        put(f"{name}.json", as_json(held))
        return held

    async def collect(self, programme: Programme, given: str) -> Held:
        """Return every row about the subject, and those that such rows lead on to. Raises NotFound without any."""
        subject = find_subject(programme, given)
        if subject is None:
            raise NotFound("answer a request for access", f"no person and no case {given!r}")
        subject = await self._grown(subject)
        rows = [row async for row in self.rows.read() if is_about(row, subject)]
        if not rows:
            raise NotFound("answer a request for access", f"nothing is held about {given!r}")
        return Held(subject=subject, at=self.clock.now().replace(microsecond=0), rows=rows)

    async def _grown(self, subject: Subject) -> Subject:
        """Return the subject with all that its rows lead on to: what they name is looked for, too."""
        while True:
            before = subject
            async for row in self.rows.read():
                if _leads_on(row) and is_about(row, subject):
                    subject = grown(row, subject)
            if subject == before:
                return subject


def _leads_on(row: RecordRow) -> bool:
    rule = row.rule
    return bool(rule.follows or rule.follows_in_case or rule.holding(Holds.IDENTIFIER) or cases_in(row))


# ----------------------------------------------------------------------------------------------------------- as a paper


def access_document(held: Held, programme: Programme, language: str) -> Document:
    """Return the export as people read it: by kind, every row with the names of its fields."""

    def say(key: str, **values: Any) -> str:
        return texts.say(f"access_request.{key}", language, **values)

    sections = []
    for kind in RecordKind:
        for number, (table, rows) in enumerate(held.of(kind).items()):
            if number == 0:
                why = Paragraph(text=say(f"kind_{kind}_why"))
                sections.append(Section(heading=say(f"kind_{kind}"), blocks=(why,)))
            name = say(f"table_{table}")
            blocks = tuple(_table(name, row, held.subject, programme, language) for row in rows)
            heading = say("table", name=name, count=len(rows))
            sections.append(Section(heading=heading, blocks=blocks, level=3))
    outside = tuple(Paragraph(text=line) for line in outside_places(held.rows, language))
    sections.append(Section(heading=say("outside"), blocks=(Paragraph(text=say("outside_intro")), *outside)))
    intro = say("intro_person" if held.subject.is_person else "intro_case")
    about = (
        (say("about"), f"{held.subject.title} ({held.subject.key})"),
        (say("made"), texts.long_moment(programme.local_time(held.at), language)),
        (say("count"), str(len(held.rows))),
    )
    lead = (Facts(rows=about), Paragraph(text=intro), Paragraph(text=say("before_handing_out")))
    return Document(
        language=language, title=say("title", name=held.subject.title), lead=lead, sections=tuple(sections), signs={}
    )


def _table(name: str, row: RecordRow, subject: Subject, programme: Programme, language: str) -> Table:
    """Return a row as a table of its own, so that it is seen where one ends and the next begins."""
    found = []
    for field, value in narrowed(row, subject).items():
        if words := "\n".join(_lines(value, programme, language)):
            found.append((Cell(text=field_name(field, language)), Cell(text=words)))
    headers = texts.say("access_request.field", language), texts.say("access_request.content", language)
    return Table(name=name, headers=headers, rows=tuple(found))


def _lines(value: Any, programme: Programme, language: str) -> list[str]:
    """Return a value as lines of text; a part of it stands behind its name."""
    match value:
        case None | "":
            return []
        case bool():
            return [texts.say(f"access_request.{'yes' if value else 'no'}", language)]
        case datetime() if value.tzinfo is not None:
            return [texts.long_moment(programme.local_time(value), language)]
        case datetime() | date():
            return [value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()]
        case dict():
            read = {name: part for name, part in value.items() if name not in SAID_BESIDE}
            named = ((field_name(name, language), _lines(part, programme, language)) for name, part in read.items())
            return [f"{name}: {line}" for name, lines in named for line in lines]
        case list() | tuple():
            return [line for part in value for line in _lines(part, programme, language)]
    return [str(value)]


def field_name(name: str, language: str) -> str:
    """Return a field's name as people read it; one that has no text stands as it is kept."""
    key = f"access_request.field_{name}"
    return texts.say(key, language) if key in texts.keys(language) else name.replace("_", " ")


# ---------------------------------------------------------------------------------------------------------- as the data


def as_json(held: Held) -> bytes:
    """Return the export for programs: the same rows, by table."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for row in held.rows:
        tables.setdefault(row.rule.table, []).append(narrowed(row, held.subject))
    data = {"subject": held.subject.key, "made_at": held.at, "tables": tables}
    return json.dumps(data, ensure_ascii=False, indent=2, default=str).encode() + b"\n"


def files_of(held: Held) -> list[tuple[str, bytes]]:
    """Return the finished files among the rows, named by their table and key."""
    found = []
    for row in held.rows:
        for column in row.rule.holding(Holds.FILE):
            if content := row.values[column]:
                key = str(row.values["meeting"]).replace("/", "-")
                found.append((f"{row.rule.table}-{key}-v{row.values['version']}.{column}", bytes(content)))
    return found
