"""The board's decision on the form that adopts or ends a package: chosen of those recorded, or typed."""

from datetime import date

import pytest

from integration.database.tables import decision
from tests.support.signed_in import Browser
from tests.web.register.desk import HERE, PACKAGE, Pages
from workflows.papers.minutes.model import Decision, MatterState

END = f"{HERE}/rediger/pakke-slutt?av={PACKAGE}"


async def record(pages: Pages, number: int, title: str, *, package: str = "", state: MatterState) -> None:
    board = (await pages.register.programme()).local_board("horten").key
    item = Decision(
        key=f"{board}/2026/{number}",
        meeting=f"{board}/2026-09-08",
        body=board,
        year=2026,
        number=number,
        title=title,
        text="Vedtatt.",
        work_package=package,
        state=state,
    )
    row = {"key": item.key, "body": board, "version": 1, "at": pages.clock.now(), "by": "chair"}
    async with pages.database.begin() as connection:
        await connection.execute(decision.insert().values(**row, content=item.to_data()))


async def recorded(pages: Pages) -> None:
    await record(pages, 3, "Om arbeidspakken", package=PACKAGE, state=MatterState.DONE)
    await record(pages, 4, "Om budsjettet", state=MatterState.OPEN)
    await record(pages, 5, "Tatt ut av referatet", state=MatterState.DROPPED)


async def ended_by(pages: Pages) -> str | None:
    return (await pages.register.programme()).work_package(PACKAGE).ended_by


async def test_recorded_decisions_are_offered_the_package_s_own_first(pages: Pages, lead: Browser) -> None:
    await recorded(pages)

    form = (await lead.get(END)).text

    assert '<option value="3/26">3/26 Om arbeidspakken</option>' in form
    assert form.index("3/26 Om arbeidspakken") < form.index("4/26 Om budsjettet")
    assert "Tatt ut av referatet" not in form
    assert "Velg vedtaket her, eller skriv nummeret på saken under." in form
    assert "Vedtak som ikke står i lista" in form


async def test_without_a_recorded_decision_its_number_is_typed(lead: Browser) -> None:
    form = (await lead.get(END)).text

    assert '<input class="ds-input " type="text" id="decision"' in form
    assert "Vedtak som ikke står i lista" not in form


@pytest.mark.parametrize(
    ("answers", "stored"),
    [
        pytest.param({"decision": "3/26", "other_decision": ""}, "3/26", id="chosen"),
        pytest.param({"decision": "", "other_decision": "9/25"}, "9/25", id="typed"),
        pytest.param({"decision": "3/26", "other_decision": "9/25"}, "3/26", id="both"),
    ],
)
async def test_the_decision_is_kept_with_the_package(
    pages: Pages, lead: Browser, answers: dict[str, str], stored: str
) -> None:
    await recorded(pages)

    response = await lead.send_form(END, {**answers, "last_day": date(2026, 12, 31).isoformat()})

    assert response.status_code == 303
    assert await ended_by(pages) == stored


@pytest.mark.parametrize("answers", [{}, {"decision": "77/26"}], ids=["none", "one that nobody recorded"])
async def test_a_package_ends_by_a_decision_alone(pages: Pages, lead: Browser, answers: dict[str, str]) -> None:
    await recorded(pages)

    response = await lead.send_form(END, {**answers, "last_day": "2026-12-31"})

    assert response.status_code == 400
    assert 'id="decision-problem"' in response.text
    assert not await ended_by(pages)
