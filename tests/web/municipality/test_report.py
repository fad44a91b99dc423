"""The local lead's report over HTTP: assessed, edited, held, sent early, corrected."""

from datetime import timedelta

import pytest

from integration.database.connection import Database
from tests.support.signed_in import Browser
from tests.web.municipality.lead_site import Site, shown, words
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from tests.workflows.status.rounds import HOME, MEETING, OPENS

DAY = timedelta(days=1)


@pytest.fixture
async def site(database: Database) -> Site:
    world = AgendaWorld(database)
    await world.open()
    await world.run("status.send")
    world.clock.time = OPENS + DAY
    return Site(world)


# -------------------------------------------------------------------------------------------------------------- report


async def test_before_the_first_draft_the_page_says_when_it_comes_and_makes_it_on_request(site: Site) -> None:
    browser = await site.of("lead")

    page = await shown(browser, "/kommune/a-dal/rapport")
    response = await browser.send_form("/kommune/a-dal/rapport", {"do": "compile"})

    assert "Det er ikke noe utkast ennå" in page
    assert response.headers["location"] == "/kommune/a-dal/rapport?gjort=compile"
    assert f"report.compile:{MEETING}" in await site.world.due()
    assert "Utkastet lages nå" in await shown(browser, response.headers["location"])


async def test_the_draft_is_shown_with_the_moment_of_its_release(site: Site) -> None:
    await site.world.answer(HOME, "home-lead", light="red", question="Får vi lokaler?")
    await site.world.report("compile")

    page = await shown(await site.of("lead"), "/kommune/a-dal/rapport")

    assert "Får vi lokaler?" in page
    assert "Dette er utkastet" in page
    assert "Lag utkastet på nytt" in page


async def test_a_released_report_is_not_made_anew(database: Database) -> None:
    world = AgendaWorld(database)
    await world.open()
    await world.answer(HOME, "home-lead")
    await world.close()
    status_round = await world.store.find_round(MEETING)
    assert status_round is not None
    world.clock.time = status_round.release_at
    await world.report("release")
    site = Site(world)
    browser = await site.of("lead")

    page, due = await shown(browser, "/kommune/a-dal/rapport"), await world.due()
    await browser.send_form("/kommune/a-dal/rapport", {"do": "compile"})

    assert "er ferdig og sendt til styret" in page
    assert "Lag utkastet på nytt" not in page
    assert await world.due() == due


async def test_without_a_meeting_ahead_there_is_no_draft_to_make(site: Site) -> None:
    site.world.clock.time = OPENS + 60 * DAY
    browser = await site.of("lead")

    page = await shown(browser, "/kommune/a-dal/rapport")

    assert "Det er ikke noe utkast ennå" in page
    assert "Lag utkastet" not in page
    assert (await browser.send_form("/kommune/a-dal/rapport", {"do": "compile"})).status_code == 303
    assert not [key for key in await site.world.due() if key.startswith("report.compile")]


REPORT = "/kommune/a-dal/rapport"
TEXT = f"{REPORT}/tekst?pakke={HOME}"


@pytest.fixture
async def drafted(database: Database) -> Site:
    """A closed round with its draft, some hours before the release."""
    world = AgendaWorld(database)
    await world.reach_release()
    world.clock.time -= timedelta(hours=5)
    return Site(world)


async def send(site: Site, browser: Browser, path: str = REPORT, **fields: str) -> str:
    """Send a form of the page; return its answer's words, or the address that it leads to."""
    seen = str((await site.world.record.review(MEETING)).version)
    response = await browser.send_form(path, {"seen": seen, **fields})
    return response.headers.get("location") or words(response.text)


async def sentence(site: Site, original: str) -> str:
    """Return the id of a sentence of the draft."""
    work = await site.doors.report_desk.find(site.world.programme, "a-dal")
    assert work is not None
    return next(item.id for item in work.sentences(HOME) if item.original == original)


async def test_a_draft_is_shown_with_when_it_goes_and_what_can_be_done(drafted: Site) -> None:
    page = await shown(await drafted.of("lead"), REPORT)

    assert "Dette er utkastet" in page
    assert "Sendes tirsdag 10. november" in page
    for act in ("Lagre vurderingen", "Send rapporten til styret nå", "Hold rapporten tilbake", "Lag utkastet på nytt"):
        assert act in page
    assert "Antall i styret som får melding: 3." in page


async def test_an_assessment_is_stored_and_stands_in_the_report(drafted: Site) -> None:
    browser = await drafted.of("lead")

    assert (
        await send(drafted, browser, do="assess", assessment="Det går godt. Vi mangler lokaler.")
        == f"{REPORT}?gjort=assess"
    )

    page = await shown(browser, f"{REPORT}?gjort=assess")
    assert "Vurderingen er lagret" in page
    assert page.count("Det går godt. Vi mangler lokaler.") == 2
    assert ("lead", "report.assessed") in await drafted.written_down()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        pytest.param("Én. To. Tre. Fire.", "Skriv høyst 3 setninger", id="too many sentences"),
        pytest.param("x" * 601, "600", id="too long"),
        pytest.param("Ring 33 44 55 66.", "ser ut til å inneholde et telefonnummer", id="a phone number"),
    ],
)
async def test_an_assessment_that_is_not_stored_comes_back_with_why(drafted: Site, written: str, said: str) -> None:
    page = await send(drafted, await drafted.of("lead"), do="assess", assessment=written)

    assert said in page
    assert written in page
    assert (await drafted.world.record.review(MEETING)).version == 0


async def test_what_somebody_else_wrote_meanwhile_is_not_written_over(drafted: Site) -> None:
    browser = await drafted.of("lead")
    await send(drafted, browser, do="assess", assessment="Den første.")

    page = await send(drafted, browser, do="assess", assessment="Den andre.", seen="0")

    assert "Noen andre har endret dette" in page
    assert "Den andre." in page
    assert (await drafted.world.record.review(MEETING)).assessment == "Den første."


async def test_a_sentence_is_changed_and_the_original_stands_beside_it(drafted: Site) -> None:
    browser, name = await drafted.of("lead"), await sentence(drafted, "Alt er klart.")

    answer = await send(drafted, browser, TEXT, **{name: "Det meste er klart."})

    assert answer == f"{REPORT}?gjort=edit"
    assert "Lederen skrev: Alt er klart." in await shown(browser, TEXT)
    page = await shown(browser, REPORT)
    assert "Det meste er klart." in page
    assert "Lokal leder har endret eller kortet ned teksten" in page


async def test_with_a_changed_text_the_page_says_how_many_leads_hear_of_it(drafted: Site) -> None:
    browser = await drafted.of("lead")
    said = "Antall ledere som får vite hva du endret i teksten deres: 1."
    before, text = await shown(browser, REPORT), await shown(browser, TEXT)

    await send(drafted, browser, TEXT, **{await sentence(drafted, "Alt er klart."): "Kortere."})

    assert said not in before
    assert said in text
    assert said in await shown(browser, REPORT)


async def test_a_sentence_set_back_is_no_edit(drafted: Site) -> None:
    browser, name = await drafted.of("lead"), await sentence(drafted, "Alt er klart.")
    await send(drafted, browser, TEXT, **{name: ""})
    await send(drafted, browser, TEXT, **{name: "Alt er klart."})

    assert (await drafted.world.record.review(MEETING)).edits == ()


async def test_a_text_that_its_lead_changed_meanwhile_is_looked_at_anew(drafted: Site) -> None:
    page = await send(drafted, await drafted.of("lead"), TEXT, **{"done-0123456789ab": "Noe annet."})

    assert "Lederen har endret teksten mens du skrev" in page


@pytest.mark.parametrize("path", [f"{REPORT}/tekst?pakke=nowhere", f"{REPORT}?mote=2020-01-01", f"{REPORT}?mote=x"])
async def test_what_is_not_there_is_not_found(drafted: Site, path: str) -> None:
    browser = await drafted.of("lead")

    assert (await browser.get(path)).status_code == 404
    assert (await browser.send_form(path, {"do": "hold"})).status_code == 404


async def test_a_report_is_held_and_let_go(drafted: Site) -> None:
    browser, world = await drafted.of("lead"), drafted.world
    await send(drafted, browser, do="hold")
    page = await shown(browser, REPORT)
    world.clock.time += timedelta(hours=5)
    await world.report("release")
    held = await world.record.report_address(MEETING)
    # Nobody stays signed in for that long without doing anything.
    await send(drafted, await drafted.of("lead"), do="lift")
    await drafted.run_report()

    assert "Holdt tilbake" in page
    assert "Antall i styret som får melding: 3." in page
    assert held is None
    assert await world.record.report_address(MEETING) is not None


async def test_a_report_is_sent_before_its_time(drafted: Site) -> None:
    browser = await drafted.of("lead")
    await send(drafted, browser, do="send")
    sending = (await browser.get(REPORT)).text
    page = await shown(browser, REPORT)
    await drafted.run_report()

    assert "Sendes nå" in page
    assert f'data-live="{REPORT}"' in sending, "the page tells by itself when the report has gone"
    assert "data-live" not in (await browser.get(REPORT)).text
    assert await drafted.world.record.report_address(MEETING) is not None
    assert "er ferdig og sendt til styret" in await shown(browser, REPORT)


async def test_an_open_round_is_not_cut_off(site: Site) -> None:
    await site.world.answer(HOME, "home-lead")
    await site.world.report("compile")
    browser = await site.of("lead")

    assert "Send rapporten til styret nå" not in await shown(browser, REPORT)
    assert await send(site, browser, do="send") == REPORT
    assert not (await site.world.record.review(MEETING)).send_now


async def test_a_released_report_is_corrected_with_a_reason(drafted: Site) -> None:
    browser, world = await drafted.of("lead"), drafted.world
    await send(drafted, browser, do="send")
    await drafted.run_report()
    assert await send(drafted, browser, do="correct", reason="Feil.") == REPORT
    await send(drafted, browser, do="assess", assessment="Det går bedre enn det står.")
    unsent = await shown(browser, REPORT)
    without = await send(drafted, browser, do="correct", reason=" ")
    with_why = await send(drafted, browser, do="correct", reason="Vurderingen manglet.")
    await world.report("correct")

    assert "Styret har det ikke før du sender en rettet utgave" in unsent
    assert "Antall i styret som får melding om den rettede utgaven: 3." in unsent
    assert "Skriv hvorfor rapporten rettes" in without
    assert with_why == f"{REPORT}?gjort=correct"
    page = await shown(browser, f"{REPORT}?mote={MEETING.partition('/')[2]}")
    assert "Rettet utgave 2" in page
    assert "Hvorfor: Vurderingen manglet." in page


@pytest.mark.parametrize("do", ["hold", "lift", "send", "compile"])
async def test_a_released_report_is_past_holding_and_sending(drafted: Site, do: str) -> None:
    browser = await drafted.of("lead")
    await send(drafted, browser, do="send")
    await drafted.run_report()
    due = await drafted.world.due()

    assert await send(drafted, browser, do=do) == REPORT
    assert await drafted.world.due() == due


async def test_before_a_draft_there_is_nothing_to_assess(site: Site) -> None:
    browser = await site.of("lead")

    assert await send(site, browser, do="assess", assessment="Bra.") == REPORT
    assert (await browser.send_form(TEXT, {})).status_code == 404
    assert (await browser.send_form(REPORT, {"do": "explode"})).status_code == 422
