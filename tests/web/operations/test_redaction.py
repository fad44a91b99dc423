"""Redaction as the county lead does it: found, shown before anything is changed, taken out, and a marker that stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

import pytest

from integration.database.connection import Database
from integration.database.record_rows import SQLRecordRows
from integration.database.redactions import SQLRedactions
from integration.database.register import SQLRegister
from tests.clocks import StillClock
from tests.support.everywhere import found_in_record
from tests.support.signed_in import Browser, create_gate, signed_in
from tests.support.whole_record import PUPIL, write_whole_record
from tests.web.municipality.lead_site import words
from tests.workflows.governance.installations import PROGRAMME
from web.operations.redaction import LONGEST_BASIS, PATH, RedactionDoors, router
from workflows.privacy.redaction.model import LeftKind, Redaction, RedactionPlan, RedactionStep, StepKind
from workflows.privacy.redaction.redacting import Redacting, ReservedText
from workflows.privacy.redaction.slipped import SlippedText

LEAD = "leder-vestfold"
BASIS = "Personvernforordningen artikkel 17"
BACKUP_DAYS = 30
NOWHERE = "Nusse Nøff"
RESERVED = "Oppvekstsjef Larvik"
MARKER = Redaction(number=7, at=datetime(2026, 9, 1, 12, tzinfo=UTC), by="", basis=BASIS, found={"report": 2})
STEP = RedactionStep(kind=StepKind.EVENT, key="sandefjord/2026-09-08")


async def test_a_text_is_found_and_taken_out_of_the_whole_record_and_a_marker_stays(database: Database) -> None:
    await write_whole_record(database)
    clock, kept = StillClock(), SQLRedactions(database)
    register = SQLRegister(database, clock)
    redacting = Redacting(
        programme=register.programme,
        register=register,
        rows=SQLRecordRows(database),
        redactions=kept,
        set_report=lambda content, language, at: b"%PDF",
        clock=clock,
    )
    doors = RedactionDoors(redacting=redacting, kept=kept, clock=clock, backup_days=BACKUP_DAYS)
    browser = await signed_in(create_gate(database, PROGRAMME, clock), [router(doors)], LEAD)
    before = await found_in_record(database, PUPIL)

    shown = await browser.send_form(f"{PATH}/se", {"text": PUPIL.upper()})
    unchanged = await found_in_record(database, PUPIL)
    taken = await browser.send_form(PATH, {"text": PUPIL, "basis": f"{BASIS}: {PUPIL}", "parts": "1"})

    assert "Ingenting er endret ennå" in words(shown.text)
    assert unchanged == before != []
    # The record was written with a marker in it.
    assert (taken.status_code, taken.headers["location"]) == (303, f"{PATH}/2")
    told = words((await browser.get(f"{PATH}/2")).text)
    assert "Sladding 2: teksten er tatt ut" in told
    assert f"{BASIS}: [sladdet 2]" in told
    assert PUPIL not in told
    assert await found_in_record(database, PUPIL) == []


# ----------------------------------------------------------------------------------------------------------- with fakes


@dataclass
class FakeRedacting:
    """Finds every text three times, but for one that stands nowhere and one that the register has."""

    written_anew: bool = False
    """True when somebody writes the text once more in the moment it is taken out."""
    taken: list[tuple[str, str, str, bool]] = field(default_factory=list)

    async def preview(self, text: str, *, parts: bool = False) -> RedactionPlan:
        SlippedText(text=text, parts=parts)
        if text == RESERVED:
            raise ReservedText(RESERVED)
        is_there = text != NOWHERE and (self.written_anew or not self.taken)
        steps = (STEP,) if is_there else ()
        left = {LeftKind.BACKUPS: 1} if is_there else {}
        return RedactionPlan(
            found={"status_answer": 3} if is_there else {}, changes=(), papers=(), steps=steps, left=left
        )

    async def redact(self, text: str, *, basis: str, by: str = "", parts: bool = False) -> Redaction | None:
        if not (await self.preview(text, parts=parts)).total:
            return None
        self.taken.append((text, basis, by, parts))
        return MARKER


@dataclass
class FakeRedactions:
    """Markers that are kept."""

    redactions: Sequence[Redaction] = ()

    async def find(self, number: int) -> Redaction | None:
        return next((item for item in self.redactions if item.number == number), None)

    async def list_all(self) -> Sequence[Redaction]:
        return self.redactions


async def opened(database: Database, redacting: FakeRedacting, *kept: Redaction) -> Browser:
    clock = StillClock()
    doors = RedactionDoors(
        redacting=cast("Redacting", redacting), kept=FakeRedactions(kept), clock=clock, backup_days=BACKUP_DAYS
    )
    return await signed_in(create_gate(database, PROGRAMME, clock), [router(doors)], LEAD)


async def test_before_anything_is_changed_all_is_told_that_would_happen_and_what_is_not_reached(
    database: Database,
) -> None:
    browser = await opened(database, FakeRedacting())

    told = words((await browser.send_form(f"{PATH}/se", {"text": PUPIL})).text)

    assert "Teksten står 3 steder" in told
    assert "deltakerne får en oppdatering" in told
    assert "Sikkerhetskopier av databasen har teksten til" in told
    assert "Det kan ikke angres" in told


@pytest.mark.parametrize(
    ("basis", "problem"),
    [
        pytest.param(" ", "Skriv hjemmelen", id="none"),
        pytest.param("x" * (LONGEST_BASIS + 1), "høyst 500 tegn", id="too long"),
    ],
)
async def test_without_a_legal_basis_nothing_is_taken_out(database: Database, basis: str, problem: str) -> None:
    redacting = FakeRedacting()
    browser = await opened(database, redacting)

    answer = await browser.send_form(PATH, {"text": PUPIL, "basis": basis, "parts": "1"})

    assert answer.status_code == 422
    assert problem in words(answer.text)
    assert f'name="text" value="{PUPIL}"' in answer.text
    assert 'name="parts" value="1"' in answer.text
    assert redacting.taken == []


@pytest.mark.parametrize("address", [f"{PATH}/se", PATH])
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("Å.", "minst tre bokstaver eller tall", id="too short"),
        pytest.param(RESERVED, "Registeret har teksten som nøkkel eller navn", id="a person of the register"),
    ],
)
async def test_a_text_that_cannot_go_is_given_back_with_the_reason(
    database: Database, address: str, text: str, problem: str
) -> None:
    browser = await opened(database, FakeRedacting())

    answer = await browser.send_form(address, {"text": text, "basis": BASIS, "parts": "1"})

    assert answer.status_code == 422
    assert problem in words(answer.text)
    assert f'value="{text}"' in answer.text
    assert 'value="1" checked' in answer.text


async def test_a_text_that_stands_nowhere_is_told_with_what_to_try(database: Database) -> None:
    browser = await opened(database, FakeRedacting())

    looked = await browser.send_form(f"{PATH}/se", {"text": NOWHERE})
    taken = await browser.send_form(PATH, {"text": NOWHERE, "basis": BASIS})

    for answer in (looked, taken):
        assert answer.status_code == 200
        assert "Teksten finnes ikke i det tjenesten har" in words(answer.text)
        assert "Ta ut teksten" not in answer.text


async def test_it_is_noted_who_took_a_text_out_and_why(database: Database) -> None:
    redacting = FakeRedacting()
    browser = await opened(database, redacting)

    answer = await browser.send_form(PATH, {"text": f" {PUPIL} ", "basis": BASIS})

    assert answer.headers["location"] == f"{PATH}/7"
    assert redacting.taken == [(PUPIL, BASIS, LEAD, False)]


async def test_a_text_that_somebody_wrote_anew_meanwhile_is_shown_again(database: Database) -> None:
    browser = await opened(database, FakeRedacting(written_anew=True))

    answer = await browser.send_form(PATH, {"text": PUPIL, "basis": BASIS})

    assert answer.status_code == 200
    assert "Teksten står fortsatt 3 steder" in words(answer.text)
    assert "Ta ut teksten" in answer.text


async def test_a_marker_is_looked_at_again_until_its_copies_are_in_order(database: Database) -> None:
    waiting = replace(MARKER, steps=(STEP,))
    finished = replace(waiting, number=8, by="somebody who left", finished_at=MARKER.at)
    without_copies = replace(MARKER, number=9)
    browser = await opened(database, FakeRedacting(), waiting, finished, without_copies)

    going_on, done, none = [(await browser.get(f"{PATH}/{number}")).text for number in (7, 8, 9)]
    listed = words((await browser.get(PATH)).text)

    assert f'data-live="{PATH}/7"' in going_on
    assert "IT, fra kommandolinjen" in going_on
    assert "data-live" not in done
    assert "0 av 1 er i orden" in words(going_on)
    assert "alle er i orden" in words(done)
    assert "ingen å lage på nytt" in words(none)
    assert "data-live" not in none
    assert "Sladding 7" in listed
    assert "Sladding 8" in listed


async def test_before_the_first_redaction_the_page_says_what_will_stand_there(database: Database) -> None:
    browser = await opened(database, FakeRedacting())

    assert "Ingenting er sladdet" in words((await browser.get(PATH)).text)


@pytest.mark.parametrize("number", ["x", "²", "9", "1" * 7])
async def test_an_address_without_a_redaction_is_not_found(database: Database, number: str) -> None:
    browser = await opened(database, FakeRedacting())

    assert (await browser.get(f"{PATH}/{number}")).status_code == 404
