"""Governance papers for people who read them on our pages: made once for each state of the register."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from config.programme import Programme
from workflows.errors import NotFound
from workflows.governance.bill_of_materials import bill_of_materials
from workflows.governance.model import Installation
from workflows.governance.papers import GovernancePaper, MakeWord, governance_papers, stamp_of


@dataclass(frozen=True, kw_only=True)
class _Made:
    """The papers of an installation, and the Word files that were asked for, by the names of their papers."""

    installation: Installation
    papers: Sequence[GovernancePaper]
    word_files: dict[str, bytes] = field(default_factory=dict)


class GovernanceDesk:
    """Hands out the governance papers, as they are of the register that the reader has before them."""

    def __init__(self, installation: Callable[[Programme], Installation], *, make_word: MakeWord) -> None:
        self._installation = installation
        self._make_word = make_word
        self._made: _Made | None = None

    async def papers(self, programme: Programme) -> Sequence[GovernancePaper]:
        """Return every paper, in their order."""
        return (await self._of(programme)).papers

    async def get_paper(self, programme: Programme, name: str) -> GovernancePaper:
        """Return the paper of that name. Raises NotFound."""
        found = next((paper for paper in await self.papers(programme) if paper.name == name), None)
        if found is None:
            raise NotFound("open a governance paper", "there is none of that name")
        return found

    async def word_file(self, programme: Programme, name: str) -> bytes:
        """Return the paper of that name as a Word file, made when it is first asked for. Raises NotFound."""
        paper, made = await self.get_paper(programme, name), await self._of(programme)
        if name not in made.word_files:
            moment, mark = stamp_of(made.installation)
            made.word_files[name] = await asyncio.to_thread(self._make_word, paper.document, moment, mark)
        return made.word_files[name]

    async def bill(self, programme: Programme) -> bytes:
        """Return the bill of materials."""
        return bill_of_materials((await self._of(programme)).installation)

    async def _of(self, programme: Programme) -> _Made:
        # A register that nobody has changed is the same object: reading it again gives what was read.
        if self._made is None or self._made.installation.programme is not programme:
            self._made = await asyncio.to_thread(self._make, programme)
        return self._made

    def _make(self, programme: Programme) -> _Made:
        installation = self._installation(programme)
        return _Made(installation=installation, papers=governance_papers(installation))
