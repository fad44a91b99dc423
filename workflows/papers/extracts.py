"""Extracts of the record for readers outside the boards: the data set for research, and the yearly evaluation."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import texts
from config.programme import Programme
from documents.document import Table
from workflows.papers.evaluation import evaluation_document, evaluation_tables, municipality_year
from workflows.papers.handover import MakeFile, PutFile
from workflows.papers.record import BodyRecord, PaperRecord
from workflows.papers.research.model import DataTable, Value
from workflows.papers.research.plan import Pseudonyms, dictionary, research_tables

MakeCSV = Callable[[Sequence[str], Iterable[Sequence[Value]]], bytes]
"""Returns a table as CSV."""
EVALUATION_FILES = ("runder", "status", "maltall")
"""The words for the evaluation's tables in the names of files."""


@dataclass(frozen=True, kw_only=True)
class PaperExtracts:
    """Writes extracts of what boards were given."""

    programme: Callable[[], Awaitable[Programme]]
    record: PaperRecord
    make_pdf: MakeFile
    make_word: MakeFile
    make_csv: MakeCSV

    async def put_research(self, put: PutFile, secret: str) -> int:
        """Put the data set for research with its dictionary and a text about it; return its rows."""
        programme = await self.programme()
        language = texts.choose(programme.language)
        tables = research_tables(await self._boards(programme), Pseudonyms(secret))
        described = dictionary(tables, language)
        for table in (*tables, described):
            put(f"{table.name}.csv", self._csv(table))
        put("README.txt", f"{texts.say('research.read_me', language, name=programme.name)}\n".encode())
        return sum(len(table.rows) for table in tables)

    async def put_evaluation(self, put: PutFile, year: int) -> int:
        """Put a year's extract as Word, PDF and CSV; return the number of municipalities in it."""
        programme = await self.programme()
        language = texts.choose(programme.language)
        found = (municipality_year(record, year) for record in await self._boards(programme))
        years = sorted((item for item in found if item), key=lambda item: texts.sort_key(item.name))
        document = evaluation_document(years, year, programme.name, language)
        # The year's end is the only day that the extract is about: the same record makes the same file.
        at = datetime.combine(date(year, 12, 31), time(12), UTC)
        put(f"evaluering-{year}.docx", self.make_word(document, at))
        put(f"evaluering-{year}.pdf", self.make_pdf(document, at))
        if years:
            for word, table in zip(EVALUATION_FILES, evaluation_tables(years, language), strict=True):
                put(f"evaluering-{year}-{word}.csv", self.make_csv(table.headers, _texts(table)))
        return len(years)

    async def _boards(self, programme: Programme) -> list[BodyRecord]:
        return [await self.record.of_body(programme.local_board(item.slug).key) for item in programme.municipalities]

    def _csv(self, table: DataTable) -> bytes:
        return self.make_csv([column.name for column in table.columns], table.rows)


def _texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]
