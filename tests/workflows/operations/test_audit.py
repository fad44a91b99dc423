"""The audit's chain in plain data: what breaks it is found, and where."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import texts
from tests.clocks import NOON
from tests.workflows.status.rounds import programme
from workflows.operations.audit import (
    AuditAct,
    AuditEntry,
    Break,
    BrokenAt,
    ChainHead,
    chained,
    verify,
)
from workflows.operations.audit_rendering import COLUMNS, AuditWords, audit_row, questions_in
from workflows.origin import ActOrigin, ActSurface, coming_from, note_origin, origin
from workflows.papers.minutes.model import MatterState
from workflows.status.model import EscalationState

ACT = AuditAct(
    at=NOON,
    actor="lead",
    action="status.answered",
    subject="a-board/2026-09-08/a-broen",
    surface="page",
    sign_in="https://login.example/tenant",
    on_behalf="other",
    details={"version": 1},
)


def chain_of(*acts: AuditAct) -> list[AuditEntry]:
    """Return the acts as they would be stored, one after another."""
    entries: list[AuditEntry] = []
    for act in acts:
        last = entries[-1] if entries else None
        entries.append(chained(act, ChainHead(number=last.number, hash=last.hash) if last else ChainHead()))
    return entries


FOUR = chain_of(*(replace(ACT, at=NOON + timedelta(minutes=number)) for number in range(4)))


def head_of(entries: Sequence[AuditEntry]) -> ChainHead:
    return ChainHead(number=entries[-1].number, hash=entries[-1].hash)


class Kept:
    """A chain as a store has it."""

    def __init__(self, entries: Sequence[AuditEntry], noted: ChainHead) -> None:
        self._entries = entries
        self._noted = noted

    async def entries(self) -> AsyncIterator[AuditEntry]:
        for entry in self._entries:
            yield entry

    async def head(self) -> ChainHead:
        return self._noted


async def broken(entries: Sequence[AuditEntry], *, noted: ChainHead, kept: ChainHead | None = None) -> BrokenAt | None:
    return (await verify(Kept(entries, noted), kept=kept)).broken


async def test_a_chain_that_nobody_touched_holds_and_tells_its_head() -> None:
    verified = await verify(Kept(FOUR, head_of(FOUR)))

    assert verified.broken is None
    assert verified.head == head_of(FOUR)


async def test_the_chain_of_nothing_holds() -> None:
    assert await broken([], noted=ChainHead()) is None


def changed(number: int, change: Callable[[AuditEntry], AuditEntry]) -> list[AuditEntry]:
    return [change(entry) if entry.number == number else entry for entry in FOUR]


@pytest.mark.parametrize(
    "field",
    ["at", "actor", "action", "subject", "surface", "sign_in", "on_behalf", "details"],
)
async def test_each_part_of_an_act_is_covered(field: str) -> None:
    other: Any = {"at": NOON, "details": {"version": 2}}.get(field, "another")

    def change(entry: AuditEntry) -> AuditEntry:
        return replace(entry, act=replace(entry.act, **{field: other}))

    assert await broken(changed(3, change), noted=head_of(FOUR)) == BrokenAt(number=3, why=Break.CHANGED)


async def test_an_entry_that_was_hashed_anew_breaks_the_chain_at_the_next() -> None:
    first = head_of(FOUR[:1])
    forged = chained(replace(FOUR[1].act, actor="another"), first)

    found = await broken([FOUR[0], forged, *FOUR[2:]], noted=head_of(FOUR))

    assert found == BrokenAt(number=3, why=Break.MISSING)


@pytest.mark.parametrize("gone", [1, 2, 3])
async def test_an_entry_that_was_taken_out_is_named(gone: int) -> None:
    left = [entry for entry in FOUR if entry.number != gone]

    assert await broken(left, noted=head_of(FOUR)) == BrokenAt(number=gone, why=Break.MISSING)


async def test_an_end_that_was_cut_off_is_seen_by_the_note_of_the_end() -> None:
    assert await broken(FOUR[:2], noted=head_of(FOUR)) == BrokenAt(number=3, why=Break.CUT_OFF)


async def test_after_a_restore_a_head_that_was_kept_elsewhere_shows_what_is_gone() -> None:
    restored = FOUR[:2]

    assert await broken(restored, noted=head_of(restored)) is None
    assert await broken(restored, noted=head_of(restored), kept=head_of(FOUR[:2])) is None
    found = await broken(restored, noted=head_of(restored), kept=head_of(FOUR))
    assert found == BrokenAt(number=3, why=Break.CUT_OFF)


async def test_a_chain_that_was_written_anew_from_the_beginning_is_seen_by_a_head_kept_elsewhere() -> None:
    forged = chain_of(*(replace(entry.act, actor="another") for entry in FOUR))

    assert await broken(forged, noted=head_of(forged)) is None
    found = await broken(forged, noted=head_of(forged), kept=head_of(FOUR[:2]))
    assert found == BrokenAt(number=2, why=Break.REWRITTEN)


async def test_a_note_of_the_end_that_was_moved_back_is_seen() -> None:
    assert await broken(FOUR, noted=head_of(FOUR[:2])) == BrokenAt(number=3, why=Break.NOTE_BEHIND)


def test_the_hash_of_an_entry_never_changes() -> None:
    """Entries that were written down under it must be verified in ten years."""
    assert FOUR[0].hash == "7369ad87114d8e57ac31d9094fbf3aef78994c5390790fe6a6954d5c97b8bcc1"


@pytest.mark.parametrize("text", ["", "3", "3:", "x:" + "0" * 64, "3:" + "0" * 62, "3:" + "g" * 64, "²:" + "0" * 64])
def test_only_a_head_is_read_as_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"hexadecimal|NUMBER:HASH"):
        ChainHead.from_text(text)


def test_a_head_is_read_as_it_was_printed() -> None:
    assert ChainHead.from_text(str(head_of(FOUR))) == head_of(FOUR)


def test_an_act_comes_from_where_its_request_came_from() -> None:
    page = ActOrigin(surface=ActSurface.PAGE, sign_in="link")
    with coming_from(page):
        assert origin() == page
        note_origin(replace(page, sign_in="https://login.example"))
        assert origin().sign_in == "https://login.example"
    assert origin() == ActOrigin()


# ------------------------------------------------------------------------------------------------------------- words


def test_an_entry_is_told_with_names() -> None:
    known = programme()
    package = known.work_packages[0]
    act = replace(ACT, actor=known.people[0].key, on_behalf="a-dal", subject=f"a-dal/2026-09-08/{package.key}")

    line = AuditWords(known, "nb").line(chain_of(act)[0])

    assert (line.actor, line.action) == (known.people[0].name, "Sendte status")
    assert line.on_behalf == known.municipality("a-dal").name
    assert line.subject == f"{package.name}, {known.body('a-dal').name}, 8. september 2026"
    assert (line.surface, line.sign_in) == ("Side", "login.example")


def test_a_question_is_told_by_who_asked_it_and_a_matter_by_its_number() -> None:
    known = programme()
    package = known.work_packages[0]
    asked, followed = (
        replace(ACT, action="question.answered", subject="9761dd56638e2729d79e"),
        replace(ACT, action="decision.done", subject="a-dal/2026/3"),
    )
    entries = chain_of(asked, followed)

    words = AuditWords(known, "nb", asked_by=dict.fromkeys(questions_in(entries), package.key))

    assert [words.line(entry).subject for entry in entries] == [
        f"Spørsmål fra {package.name}",
        f"{known.body('a-dal').name}, sak 3/26",
    ]


def test_what_nobody_knows_any_more_stands_for_itself() -> None:
    act = replace(ACT, actor="", subject="unknown-thing", on_behalf="", action="some.later_act", surface="")

    line = AuditWords(None, "nb").line(chain_of(replace(act, sign_in="link"))[0])

    assert (line.actor, line.action, line.subject) == ("Ingen pålogget", "some.later_act", "unknown-thing")
    assert (line.surface, line.sign_in, line.on_behalf) == ("Ikke notert", "Lenke på e-post", "")


def test_an_act_on_the_register_has_the_words_of_the_register_s_log() -> None:
    line = AuditWords(programme(), "nb").line(chain_of(replace(ACT, action="register.person_added"))[0])

    assert line.action == texts.say("register.act_person_added")


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_state_that_people_bring_a_matter_into_has_words(language: str) -> None:
    words = AuditWords(None, language)
    codes = [f"question.{state}" for state in EscalationState] + [f"decision.{state}" for state in MatterState]

    assert [code for code in codes if words.action(replace(ACT, action=code)) == code] == []


@pytest.mark.parametrize("why", list(Break))
def test_each_break_is_told_with_its_place(why: Break) -> None:
    assert "nr. 7" in AuditWords(None, "nb").broken(BrokenAt(number=7, why=why))


def test_a_row_of_the_file_has_all_that_a_hash_covers() -> None:
    row = dict(zip(COLUMNS, audit_row(FOUR[1]), strict=True))

    assert (row["number"], row["at"], row["details"]) == (2, "2026-09-08T12:01:00.000000+00:00", '{"version":1}')
    assert (row["previous_hash"], row["hash"]) == (FOUR[0].hash, FOUR[1].hash)
