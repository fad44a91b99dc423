"""The programme's end as the county lead sees it: how far it is, and which command comes next."""

from dataclasses import replace
from datetime import date

import pytest

from config.settings import Settings
from integration.database.connection import Database
from tests.clocks import StillClock
from tests.support.signed_in import create_gate, signed_in
from tests.web.municipality.lead_site import words
from tests.workflows.governance.installations import PROGRAMME
from web.operations.closing import PATH, closing_steps, router
from workflows.operations.closing_outlook import ClosingOutlook, ClosingTally

LEAD = "leder-vestfold"
HERE = Settings()
IN_AZURE = Settings(part="door")
NOTHING = ClosingTally(rounds=0, links=0, papers=12, papers_missing=0)
ENDED = ClosingOutlook(last_day=date(2027, 12, 31), is_over=True, tally=NOTHING, meetings=0, places=(), is_paused=True)
GOES_ON = replace(
    ENDED,
    is_over=False,
    tally=ClosingTally(rounds=2, links=30, papers=12, papers_missing=3),
    meetings=4,
    places=("Larvik", "Horten"),
    is_paused=False,
)


def tones(outlook: ClosingOutlook) -> list[str]:
    return [step.tone for step in closing_steps(outlook, HERE, "nb")]


@pytest.mark.parametrize(
    ("outlook", "expected"),
    [
        pytest.param(GOES_ON, ["wait", "wait", "none", "none", "none"], id="the programme goes on"),
        pytest.param(replace(GOES_ON, is_over=True), ["ok", "wait", "none", "none", "none"], id="papers are missing"),
        pytest.param(replace(ENDED, meetings=1), ["ok", "ok", "wait", "none", "none"], id="to be closed"),
        pytest.param(replace(ENDED, is_paused=False), ["ok", "ok", "wait", "none", "none"], id="sending goes on"),
        pytest.param(ENDED, ["ok", "ok", "ok", "wait", "none"], id="closed"),
    ],
)
def test_the_first_step_that_is_not_done_waits_and_the_others_come_later(
    outlook: ClosingOutlook, expected: list[str]
) -> None:
    assert tones(outlook) == expected


def test_all_is_told_that_the_end_would_close() -> None:
    step = closing_steps(GOES_ON, HERE, "nb")[2]

    assert step.open == [
        "Møter som avlyses, med beskjed til alle som er innkalt: 4",
        "Statusrunder som slutter å ta imot svar: 2",
        "Lenker og kalendere som slutter å virke: 30",
        "Team som arkiveres: Larvik og Horten",
        "All utsending stanses",
    ]
    assert closing_steps(ENDED, HERE, "nb")[2].open == ["Ingenting står åpent."]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_in_azure_commands_go_by_the_database_s_script_and_order_the_end(language: str) -> None:
    """No identity that Microsoft 365 asks for is where commands are typed."""
    _, archive, end, proof, _ = closing_steps(GOES_ON, IN_AZURE, language)
    script = "infra/scripts/database.sh --apply --"

    assert archive.commands == [f"{script} papers archive ut", f"{script} papers receipts inn"]
    assert end.commands == [f"{script} close --no-wait", f"{script} close --apply --no-wait"]
    assert proof.commands == ["vareunge close --proof bevis"]
    here = closing_steps(GOES_ON, HERE, language)
    assert [end.text, proof.text] != [here[2].text, here[3].text]
    assert "Builder" in proof.text


async def test_the_page_leads_from_the_last_day_to_the_proof(database: Database) -> None:
    outlooks = iter([GOES_ON, ENDED])

    class Desk:
        async def outlook(self, programme: object) -> ClosingOutlook:
            del programme
            return next(outlooks)

    gate = create_gate(database, PROGRAMME, StillClock())
    browser = await signed_in(gate, [router(Desk(), HERE)], LEAD)

    goes_on, ended = [words((await browser.get(PATH)).text) for _ in range(2)]

    assert "Arkivet har kvittert for 9 av 12 dokumenter" in goes_on
    assert "vareunge close --apply" in goes_on
    assert "Alt er avsluttet" not in goes_on
    assert "Alt er avsluttet" in ended
