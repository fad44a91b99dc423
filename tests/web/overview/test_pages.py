"""Pages of the programme as it stands: each person sees what concerns them, and nothing that does not."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from config.values import BodyKind
from integration.database.connection import Database
from integration.database.findings import SQLFindings
from integration.database.units import SQLUnits
from tests.web.overview.stage import CHAIR, COUNTY, EARLIER, IT, LEAD, LOCAL, MEMBER, Counter, Stage
from tests.workflows.programme import body, municipality
from tests.workflows.status.rounds import GUEST, HOME, MEETING, STARTS
from tests.workflows.status.test_rounds import DAY, DEADLINE
from web.shell.paging import pages_of
from workflows.operations.examination import KeptFindings
from workflows.operations.findings import Finding, Verdict
from workflows.ports.units import DueUnit
from workflows.status.model import RequestState

MOST_STATEMENTS = 12
MeetingMaker = Callable[[Stage], Awaitable[None]]


@pytest.fixture
async def stage(database: Database) -> Stage:
    return await Stage(database).begin()


def words(page: str) -> str:
    """Return a page's words, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_signed_out_the_start_page_leads_to_sign_in(stage: Stage) -> None:
    answer = await (await stage.browser(None)).get("/")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/logg-inn?til=/"


async def test_a_programme_without_an_owner_board_has_no_page_and_no_menu_entry_for_one(stage: Stage) -> None:
    programme = stage.world.programme
    below = tuple(item for item in programme.bodies if item.kind is not BodyKind.OWNER_BOARD)
    stage.world.programme = programme.model_copy(update={"bodies": below})

    page = await stage.page(COUNTY, "/fylket")
    answer = await (await stage.browser(COUNTY)).get("/eierstyret")

    assert "/eierstyret" not in page
    assert answer.status_code == 404


async def test_a_package_lead_is_asked_for_the_status_that_is_owed(stage: Stage) -> None:
    page = await stage.page(LEAD, "/")

    assert "Gi status for Pakken bro" in page
    assert f'href="/pakke/{GUEST}/svar"' in page
    assert "Pakken arena" not in page


async def test_the_way_from_the_start_page_ends_at_the_form_that_was_mailed(stage: Stage) -> None:
    browser = await stage.browser(LEAD)

    answer = await browser.get(f"/pakke/{GUEST}/svar")

    mailed = re.search(r"/svar/[\w.\-]+", stage.world.mailer.to("guest.lead@nav.example")[-1].html)
    assert mailed is not None
    assert (answer.status_code, answer.headers["location"]) == (303, mailed.group())


async def test_without_an_open_round_the_way_to_the_form_leads_back_to_the_package(stage: Stage) -> None:
    stage.world.clock.time = DEADLINE
    browser = await stage.browser(LEAD)

    assert (await browser.get(f"/pakke/{GUEST}/svar")).headers["location"] == f"/pakke/{GUEST}"


async def test_a_county_lead_sees_answers_and_writes_none(stage: Stage) -> None:
    browser = await stage.browser(COUNTY)

    assert (await browser.get(f"/pakke/{GUEST}/svar")).headers["location"] == f"/pakke/{GUEST}"
    assert "Venter på svar fra lederen" in (await browser.get(f"/pakke/{GUEST}")).text


async def test_a_local_lead_sees_how_many_answers_are_missing_and_that_all_else_goes_well(stage: Stage) -> None:
    page = words(await stage.page(LOCAL, "/"))

    assert "a-dal: 2 svar mangler" in page
    assert "a-dal: 1 av 3 har svart" in page
    assert "Alle meldinger har kommet fram." in page


async def test_a_chair_sees_what_the_board_is_asked_to_decide(stage: Stage) -> None:
    page = words(await stage.page(CHAIR, "/"))

    assert "Styret i a-dal skal svare på 1 spørsmål" in page
    assert "svar mangler" not in page


async def test_a_member_for_whom_nothing_waits_is_told_so(stage: Stage) -> None:
    assert "Ingenting venter på deg" in await stage.page(MEMBER, "/")


async def test_the_county_lead_sees_every_municipality_and_who_owes_an_answer(stage: Stage) -> None:
    page = words(await stage.page(COUNTY, "/fylket"))

    assert "Viser 2 av 2 kommuner" in page
    assert "1 av 3 har svart" in page
    assert "Pakken bro – Leder bro" in page
    assert "1 til styret" in page
    assert "Ingen runde nå" in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        pytest.param("?q=B-VIK", ["b-vik"], id="by its name"),
        pytest.param("?q=leder+bro", ["a-dal"], id="by the name of somebody who owes an answer"),
        pytest.param("?vis=svar", ["a-dal"], id="those with missing answers"),
        pytest.param("?vis=sporsmal", ["a-dal"], id="those with questions"),
        pytest.param("?vis=levering", [], id="those with trouble: none"),
        pytest.param("?vis=ukjent", ["a-dal", "b-vik"], id="a choice that we do not have"),
        pytest.param("?sort=-navn", ["b-vik", "a-dal"], id="the other way round"),
        pytest.param("?sort=svar", ["a-dal", "b-vik"], id="most missing first"),
    ],
)
async def test_municipalities_are_found_by_the_address(stage: Stage, query: str, shown: list[str]) -> None:
    page = await stage.page(COUNTY, f"/fylket{query}")

    assert re.findall(r'<th scope="row"><a class="ds-link" href="/kommune/([\w-]+)"', page) == shown
    assert ("Ingen kommuner passer" in page) is not bool(shown)


@pytest.mark.parametrize("column", ["navn", "sted", "mote", "svar", "rapport", "sporsmal", "levering"])
async def test_every_column_sorts(stage: Stage, column: str) -> None:
    page = await stage.page(COUNTY, f"/fylket?sort={column}")

    assert page.count('<th scope="row">') == 2


@pytest.mark.parametrize(
    ("rows", "asked", "number", "addresses"),
    [
        pytest.param(6, "1", 1, 0, id="a county: one page"),
        pytest.param(60, "2", 1, 0, id="just one page"),
        pytest.param(357, "6", 6, 6, id="a country: its last page"),
        pytest.param(357, "7", 1, 6, id="a page that we do not have"),
        pytest.param(357, "-1", 1, 6, id="no page"),
        pytest.param(357, "²", 1, 6, id="no number"),
        pytest.param(0, "1", 1, 0, id="nothing found"),
    ],
)
def test_a_long_table_has_pages(rows: int, asked: str, number: int, addresses: int) -> None:
    pages = pages_of(rows, asked, most=60, path="/fylket", kept={"q": "å", "vis": ""})

    assert (pages.number, len(pages.addresses)) == (number, addresses)
    assert all(f"side={page}" in address for page, address in enumerate(pages.addresses, start=1))
    assert not any("vis=" in address for address in pages.addresses)


async def test_a_country_is_shown_sixty_municipalities_at_a_time(stage: Stage) -> None:
    known = stage.world.programme
    many = [municipality(f"k-{number:03}") for number in range(250)]
    stage.world.programme = known.model_copy(
        update={
            "municipalities": (*known.municipalities, *many),
            "bodies": (*known.bodies, *(body(item.slug) for item in many)),
        }
    )

    page = await stage.page(COUNTY, "/fylket?side=5")

    assert "Viser 252 av 252 kommuner." in page
    assert page.count('<th scope="row">') == 12
    assert re.search(r'side=5" aria-current="page"', page)


async def test_what_a_reader_typed_stays_a_text(stage: Stage) -> None:
    page = await stage.page(COUNTY, "/fylket?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


async def test_what_reached_nobody_is_told_with_what_to_do(stage: Stage) -> None:
    await stage.fail_a_mail()

    county, municipality = await stage.page(COUNTY, "/fylket"), await stage.page(LOCAL, "/kommune/a-dal")
    start = await stage.page(LOCAL, "/")

    for page in (county, municipality):
        assert "E-posten til Leder bro kom ikke fram." in page
        assert "Sjekk e-postadressen" in page
        assert "550 no such mailbox" in page
    assert "/kommune/a-dal#leveringer" in start


async def test_a_local_lead_sees_who_owes_and_when_they_were_last_reached(stage: Stage) -> None:
    page = words(await stage.page(LOCAL, "/kommune/a-dal"))

    assert "Status til styremøtet tirsdag 17. november 2026" in page
    assert "1 av 3 har svart" in page
    assert "Spurt, ikke svart" in page
    assert "27. oktober på e-post" in page
    assert "Kan vi få et rom til?" in page
    assert "Leder bro" in page


async def test_reminders_are_offered_while_somebody_owes_and_not_when_all_have_answered(stage: Stage) -> None:
    way = 'data-variant="secondary" href="/kommune/a-dal/purring"'
    before = await stage.page(LOCAL, "/kommune/a-dal")

    for request in await stage.world.store.list_requests(MEETING):
        if request.state is RequestState.OPEN:
            await stage.world.answer(request.work_package, LOCAL)

    assert way in before
    assert way not in await stage.page(LOCAL, "/kommune/a-dal")


async def test_others_in_a_municipality_see_a_reduced_page(stage: Stage) -> None:
    page = words(await stage.page(LEAD, "/kommune/a-dal"))

    assert "Status til styremøtet" in page
    assert "Sist nådd" not in page
    assert "Kom ikke fram" not in page


async def test_a_board_member_reads_of_packages_and_is_sent_to_no_page_that_is_not_theirs(stage: Stage) -> None:
    page = await stage.page(MEMBER, "/kommune/a-dal")

    assert "/pakke/" not in page
    assert 'href="/styret/a-dal"' in page


async def test_a_package_lead_is_sent_to_their_own_package_and_not_to_the_board(stage: Stage) -> None:
    page = await stage.page(LEAD, "/kommune/a-dal")

    assert set(re.findall(r"/pakke/([a-z-]+)\"", page)) == {GUEST}
    assert 'href="/styret/a-dal"' not in page


async def test_a_package_shows_its_answers_over_the_rounds(stage: Stage) -> None:
    page = words(await stage.page(LOCAL, f"/pakke/{HOME}"))

    assert "Til styremøtet tirsdag 6. oktober 2026" in page
    assert "Mangler status" in page
    assert "Står fast" in page
    assert "Praksisplasser" in page
    assert "Endre svaret" in page


async def test_a_package_between_rounds_says_when_the_next_one_opens(stage: Stage) -> None:
    stage.world.clock.time = DEADLINE + 8 * DAY
    await stage.world.run("status.close")
    await stage.world.plan_meeting(STARTS + 84 * DAY, key="a-dal/2027-02-09")

    page = words(await stage.page(LEAD, f"/pakke/{GUEST}"))

    assert "Neste runde åpner tirsdag 19. januar 2027 kl. 08.00" in page


async def test_a_board_shows_its_meetings_and_an_address_to_subscribe_to(stage: Stage) -> None:
    page = await stage.page(MEMBER, "/styret/a-dal")

    assert "tirsdag 17. november 2026 kl. 09.00" in page
    assert re.search(r"https://vareunge\.example/kalender/[\w.\-]+\.ics", page)
    assert "Sakslisten er ikke sendt ennå" in page
    assert f'href="/styret/a-dal/moter/{EARLIER.rpartition("/")[2]}"' in page


async def test_the_owner_board_has_a_short_address(stage: Stage) -> None:
    browser = await stage.browser(COUNTY)

    answer = await browser.get("/eierstyret")

    assert answer.headers["location"] == "/styret/owner-board"
    assert (await browser.get("/styret/owner-board")).status_code == 200


async def test_a_reader_chooses_their_language(stage: Stage) -> None:
    browser = await stage.browser(LEAD)

    answer = await browser.send_form("/meg/sprak", {"language": "nn"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/meg?lagret=1")
    assert stage.languages.chosen == {LEAD: "nn"}
    assert "Lagret." in (await browser.get("/meg?lagret=1")).text


async def test_a_language_that_we_do_not_have_is_not_stored(stage: Stage) -> None:
    await (await stage.browser(LEAD)).send_form("/meg/sprak", {"language": "xx"})

    assert stage.languages.chosen == {}


async def test_it_orders_an_examination_and_reads_its_findings(stage: Stage) -> None:
    browser = await stage.browser(IT)
    assert "Ingen har undersøkt ennå" in (await browser.get("/it")).text

    assert (await browser.send_form("/it/undersok")).headers["location"] == "/it"
    looking = (await browser.get("/it")).text
    findings = (
        Finding(verdict=Verdict.OK, rule="settings_whole"),
        Finding(verdict=Verdict.MISSING, rule="setting_missing", values={"variable": "BOT_ID"}, todo="set_variable"),
        Finding(verdict=Verdict.TOO_MUCH, rule="place_grant", values={"place": "A-dal"}, command="m365 remove"),
        Finding(verdict=Verdict.UNKNOWN, rule="catalogue_app", detail="429 Too Many Requests"),
    )
    await SQLFindings(stage.database).keep(KeptFindings(at=stage.world.clock.time, findings=findings))
    page = (await browser.get("/it")).text

    assert "doctor.look:test" in await stage.world.due()
    assert 'data-live="/it"' in looking
    told = (
        "<p>Innstillingen BOT_ID er ikke satt</p>",
        "Sett BOT_ID.",
        "<p>A-dal: rollen på området</p>",
        '<code class="address" lang="en">m365 remove</code>',
        "<p>Appen vår i organisasjonens appkatalog</p>",
        '<p class="quiet small" lang="en">429 Too Many Requests</p>',
        "<p>Innstillingene nevner alle identitetene og en møtepostkasse</p>",
    )
    assert [page.index(what) for what in told] == sorted(page.index(what) for what in told)


async def test_a_look_that_waits_for_the_night_is_not_going_on(stage: Stage) -> None:
    """It may be asked for now all the same."""
    later = DueUnit(key="doctor.look:test", due_at=stage.world.clock.time + timedelta(hours=9))
    await SQLUnits(stage.database).make_due([later])

    page = (await (await stage.browser(IT)).get("/it")).text

    assert "Undersøker nå" not in page
    assert "Undersøk nå" in page


async def test_findings_that_there_are_no_words_for_ask_for_a_new_look(stage: Stage) -> None:
    """Another version may have kept a rule that this one does not know."""
    gone = (Finding(verdict=Verdict.OK, rule="of_another_version"),)
    await SQLFindings(stage.database).keep(KeptFindings(at=stage.world.clock.time, findings=gone))

    assert "Ingen har undersøkt ennå" in (await (await stage.browser(IT)).get("/it")).text


@pytest.mark.parametrize(
    ("person", "path"),
    [
        pytest.param(LEAD, "/fylket", id="the county's, for a package lead"),
        pytest.param(LOCAL, "/fylket", id="the county's, for a local lead"),
        pytest.param(LOCAL, "/kommune/b-vik", id="another municipality's"),
        pytest.param(MEMBER, f"/pakke/{GUEST}", id="a package, for a board member"),
        pytest.param(LEAD, f"/pakke/{HOME}", id="another package"),
        pytest.param(LEAD, "/styret/a-dal", id="a board, for one who does not sit there"),
        pytest.param(LOCAL, "/it", id="IT's page"),
        pytest.param(LOCAL, "/styret/owner-board", id="the owner board's"),
    ],
)
async def test_a_page_that_is_not_for_its_reader_is_not_found(stage: Stage, person: str, path: str) -> None:
    assert (await (await stage.browser(person)).get(path)).status_code == 404


async def test_the_menu_offers_what_opens_and_nothing_else(stage: Stage) -> None:
    for person in (COUNTY, LOCAL, LEAD, CHAIR, MEMBER, IT):
        browser = await stage.browser(person)
        addresses = re.findall(r'<li><a href="([^"]+)"', (await browser.get("/")).text)
        assert len(addresses) > 2
        for address in addresses:
            answer = await browser.get(address)
            assert answer.status_code in (200, 303), (person, address)


PAGES = [
    pytest.param(COUNTY, "/", id="start of the county lead"),
    pytest.param(LOCAL, "/", id="start of a local lead"),
    pytest.param(LEAD, "/", id="start of a package lead"),
    pytest.param(COUNTY, "/fylket", id="county"),
    pytest.param(LOCAL, "/kommune/a-dal", id="municipality"),
    pytest.param(LEAD, f"/pakke/{GUEST}", id="package"),
    pytest.param(MEMBER, "/styret/a-dal", id="board"),
    pytest.param(IT, "/it", id="IT"),
    pytest.param(LEAD, "/meg", id="own page"),
]


@pytest.mark.parametrize(("person", "path"), PAGES)
async def test_a_page_asks_the_database_little_however_long_its_history(stage: Stage, person: str, path: str) -> None:
    browser = await stage.browser(person)
    await browser.get(path)  # Links are written at the first look.
    counter = Counter(stage.database)
    await browser.get(path)
    before = counter.number
    for number in range(1, 4):
        later = f"a-dal/2027-0{number}-05"
        stage.world.clock.time += 42 * DAY
        await stage.world.run("status.close")
        await stage.world.plan_meeting(STARTS + 42 * number * DAY, key=later)
        await stage.world.run("status.open", later)
    again = await stage.browser(person)
    await again.get(path)
    counter.number = 0

    assert (await again.get(path)).status_code == 200
    assert counter.number <= before
    assert before <= MOST_STATEMENTS - 1  # The register's own look is not among them here.


@pytest.mark.parametrize(
    ("person", "path", "heading"),
    [
        pytest.param(COUNTY, "/fylket/arshjul", "Årshjul 2026: Prøveprogrammet", id="what is common"),
        pytest.param(LEAD, "/kommune/a-dal/arshjul", "Årshjul 2026: a-dal", id="a municipality"),
        pytest.param(LEAD, "/kommune/a-dal/arshjul?ar=2027", "Årshjul 2027: a-dal", id="another year"),
        pytest.param(LEAD, "/kommune/a-dal/arshjul?ar=1", "Årshjul 2026: a-dal", id="no year"),
        pytest.param(LEAD, "/kommune/a-dal/arshjul?ar=9999", "Årshjul 2026: a-dal", id="a year too far away"),
    ],
)
async def test_a_year_is_drawn_with_the_same_in_words(stage: Stage, person: str, path: str, heading: str) -> None:
    page = await stage.page(person, path)

    assert f'<h1 class="ds-heading">{heading}</h1>' in page
    assert "<svg" in page
    assert "Årshjulet i tekst" in page


@pytest.mark.parametrize(("year", "beside"), [("2025", ["2026"]), ("2026", ["2025", "2027"]), ("2027", ["2026"])])
async def test_a_year_leads_to_the_years_of_the_programme_alone(stage: Stage, year: str, beside: list[str]) -> None:
    page = await stage.page(LOCAL, f"/kommune/a-dal/arshjul?ar={year}")

    assert re.findall(r"arshjul\?ar=(\d+)", page) == beside
