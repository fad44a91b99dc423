"""The leads' acts over HTTP: reminders, minutes, the outbox, and links that people hold."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

import texts
from integration.database.connection import Database
from tests.web.municipality.lead_site import Site, shown
from tests.web.overview.stage import Counter
from tests.workflows.papers.agendas.agenda_world import MEETING_DAY, AgendaWorld
from tests.workflows.status.rounds import GUEST, HOME, MEETING, OPENS, STARTS, World
from web.municipality.outbox import MOST_SHOWN
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import REHEARSAL
from workflows.ports.accounts import Recipients
from workflows.status.plan import request_id

DAY = timedelta(days=1)
MOST_STATEMENTS = 12
PAGES = ("/kommune/a-dal/purring", "/kommune/a-dal/lenker", "/kommune/a-dal/gjester", "/kommune/a-dal/rapport")


@pytest.fixture
async def site(database: Database) -> Site:
    world = AgendaWorld(database)
    await world.open()
    await world.run("status.send")
    world.clock.time = OPENS + DAY
    return Site(world)


# ---------------------------------------------------------------------------------------------------- who may do what


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("person", ["stranger", "home-lead", "member"])
async def test_those_who_do_not_look_after_a_municipality_find_nothing(site: Site, path: str, person: str) -> None:
    browser = await site.of(person)

    assert (await browser.get(path)).status_code == 404
    assert (await browser.send_form(path, {"link": "x", "request": "x"})).status_code in (404, 405)


@pytest.mark.parametrize("path", ["/fylket/utboks"])
async def test_the_outbox_is_the_county_lead_s(site: Site, path: str) -> None:
    browser = await site.of("lead")

    assert (await browser.get(path)).status_code == 404
    assert (await browser.send_form(path, {"do": "pause"})).status_code == 404
    assert await site.world.switches.list_paused() == []


# ----------------------------------------------------------------------------------------------------------- reminders


async def test_the_page_says_who_gets_a_reminder_and_the_press_sends_it(site: Site) -> None:
    await site.world.answer(GUEST, "guest-lead")
    browser = await site.of("lead")

    before = await shown(browser, "/kommune/a-dal/purring")
    response = await browser.send_form("/kommune/a-dal/purring", {"request": request_id(MEETING, HOME)})
    ordered = await shown(browser, "/kommune/a-dal/purring")
    await site.run_due("status.nudge")
    sent = await shown(browser, "/kommune/a-dal/purring")

    assert "Leder arena" in before
    assert "Leder bro" not in before
    assert response.headers["location"] == "/kommune/a-dal/purring"
    assert "Antall påminnelser som er på vei: 1." in ordered
    assert "Påminnelsen er på vei." in ordered
    assert "Send påminnelse til Leder arena" not in ordered
    assert "på vei" not in sent
    assert await site.reminded() == ["home-lead"]
    assert await site.written_down() == [("guest-lead", "status.answered"), ("lead", "unit.ordered")]
    assert "mindre enn ett døgn siden" in sent


async def test_a_press_for_somebody_who_answered_meanwhile_sends_nothing(site: Site) -> None:
    await site.world.answer(HOME, "home-lead")
    browser = await site.of("lead")

    response = await browser.send_form("/kommune/a-dal/purring", {"request": request_id(MEETING, HOME)})

    assert "på vei" not in await shown(browser, response.headers["location"])
    assert not [key for key in await site.world.due() if key.startswith("status.nudge")]


async def test_a_page_of_another_site_sends_no_reminder(site: Site) -> None:
    browser = await site.of("lead")
    fields = {"request": request_id(MEETING, HOME)}

    response = await browser.post("/kommune/a-dal/purring", data=fields, headers={"sec-fetch-site": "cross-site"})

    assert response.status_code == 403
    assert not [key for key in await site.world.due() if key.startswith("status.nudge")]


async def test_without_an_open_round_the_page_says_when_there_is_one(site: Site) -> None:
    site.world.clock.time = OPENS + 60 * DAY

    assert "Ingen runde er åpen" in await shown(await site.of("lead"), "/kommune/a-dal/purring")


async def test_when_all_have_answered_there_is_nothing_to_send(site: Site) -> None:
    for request in await site.world.store.list_requests(MEETING):
        await site.world.answer(request.work_package, request.person)

    page = await shown(await site.of("lead"), "/kommune/a-dal/purring")

    assert "Alle har svart" in page
    assert "Send påminnelse til" not in page


async def test_outside_sending_hours_the_page_says_when_reminders_leave(site: Site) -> None:
    site.world.clock.time = OPENS + DAY + timedelta(hours=12)

    assert "utenfor sendetiden" in await shown(await site.of("lead"), "/kommune/a-dal/purring")


# ------------------------------------------------------------------------------------------------- guests and minutes


async def test_a_recorder_is_shown_the_meetings_whose_minutes_can_be_recorded(database: Database) -> None:
    world = AgendaWorld(database)
    await world.at_the_meeting()
    site, day = Site(world), MEETING.partition("/")[2]
    browser = await site.of("chair")

    listed = await browser.get("/styret/a-dal/referat")

    assert f"/styret/a-dal/moter/{day}/referat" in listed.text


async def test_who_may_not_record_is_offered_nothing_and_finds_nothing(database: Database) -> None:
    world = AgendaWorld(database)
    await world.at_the_meeting()
    browser = await Site(world).of("member")

    assert "Ingen møter å føre nå" in await shown(browser, "/styret/a-dal/referat")


# -------------------------------------------------------------------------------------------------------------- outbox


async def plan_mails(world: World, subjects: Sequence[str], municipality: str | None = None) -> None:
    reader = world.programme.person("lead")
    mails = [
        mail_message(
            reader,
            mail_content(reader, subject=subject, paragraphs=[f"Teksten i {subject}"]),
            key=f"test:{subject}",
            kind="test",
            due_at=world.clock.now(),
            municipality=municipality,
        )
        for subject in subjects
    ]
    await world.messages.plan(mails)


async def test_the_outbox_shows_what_leaves_to_whom_with_its_text(site: Site) -> None:
    await plan_mails(site.world, ["Rapporten"], "a-dal")
    await plan_mails(site.world, ["Felles"])

    browser = await site.of("guest-lead")
    everything = await shown(browser, "/fylket/utboks")
    of_one = await shown(browser, "/fylket/utboks?kommune=a-dal")

    assert "Venter på å gå (2)" in everything
    assert "lead@county.example" in everything
    assert "Teksten i Rapporten" in of_one
    assert "Teksten i Felles" not in of_one


@pytest.mark.parametrize(
    ("allowed", "told"),
    [
        pytest.param({"lead@county.example"}, "Bare disse adressene får noe: lead@county.example.", id="a list"),
        pytest.param(set(), "Ingen får noe.", id="an empty list"),
    ],
)
async def test_in_a_rehearsal_the_outbox_tells_who_gets_something_and_what_was_stopped(
    site: Site, allowed: set[str], told: str
) -> None:
    site.doors = replace(site.doors, recipients=Recipients(frozenset(allowed)))
    now = site.world.clock.now()
    await site.world.units.note(REHEARSAL, "rehearsal.withheld", at=now, values={"call": "invite", "people": 1})

    page = await shown(await site.of("guest-lead"), "/fylket/utboks")

    assert told in page
    assert "Stoppet på vei ut fordi de ville nådd andre: 1" in page
    assert "Leder arena" in page


async def test_without_a_rehearsal_nothing_is_said_of_one(site: Site) -> None:
    assert "Generalprøve" not in await shown(await site.of("guest-lead"), "/fylket/utboks")


async def test_a_mail_that_waits_is_shown_as_it_will_look_without_the_addresses_in_it(site: Site) -> None:
    await plan_mails(site.world, ["Rapporten"], "a-dal")
    waiting = await site.world.messages.list_messages(kind="test")
    html = '<p>Hei</p><a href="https://vareunge.example/svar/hemmelig">Svar</a> https://vareunge.example/svar/hemmelig'
    await site.world.messages.plan([replace(waiting[0], content=replace(waiting[0].content, html=html))])
    browser = await site.of("guest-lead")

    page = (await browser.get("/fylket/utboks?kommune=a-dal")).text
    message = (await browser.get("/fylket/utboks/melding?nokkel=test:Rapporten")).text
    content = await browser.get("/fylket/utboks/melding/innhold?nokkel=test:Rapporten")

    assert 'href="/fylket/utboks/melding?nokkel=test%3ARapporten"' in page
    assert 'sandbox src="/fylket/utboks/melding/innhold?nokkel=test:Rapporten"' in message
    assert content.text == "<p>Hei</p><a>Svar</a> https://…"
    assert "sandbox" in content.headers["content-security-policy"]
    assert "script-src" not in content.headers["content-security-policy"]


async def test_a_round_to_come_is_listed_with_the_people_who_will_be_asked(site: Site) -> None:
    site.world.clock.time = OPENS - 3 * DAY
    await site.world.plan_meeting(STARTS + timedelta(days=42), key="a-dal/2026-12-29")
    browser = await site.of("guest-lead")

    page = await shown(browser, "/fylket/utboks")

    assert "a-dal: runden åpner" in page
    assert "antall som får melding: 3" in page
    assert "Pakken bro : Leder bro" in page
    assert "a-dal: runden åpner" not in await shown(browser, "/fylket/utboks?kommune=b-vik")


async def test_the_card_of_somebody_in_the_house_is_drawn_and_a_guest_s_mail_is_framed(site: Site) -> None:
    await site.world.plan_meeting(STARTS + timedelta(days=42), key="a-dal/2026-12-29")
    browser = await site.of("guest-lead")
    address = "/fylket/utboks/melding?mote=a-dal/2026-12-29&pakke="

    card = (await browser.get(f"{address}{HOME}")).text
    mail = (await browser.get(f"{address}{GUEST}")).text

    assert "drawn-card" in card
    assert texts.say("card.light") in card
    assert (await browser.get(f"{address.replace('melding?', 'melding/innhold?')}{HOME}")).status_code == 404
    assert "<iframe" in mail
    assert "Pakken bro" in (await browser.get(f"{address.replace('melding?', 'melding/innhold?')}{GUEST}")).text


@pytest.mark.parametrize(
    "path", ["", f"/melding?mote=a-dal/2026-12-29&pakke={HOME}", f"/melding?mote={MEETING}&pakke={GUEST}"]
)
async def test_the_outbox_asks_few_questions(site: Site, path: str) -> None:
    await site.world.plan_meeting(STARTS + timedelta(days=42), key="a-dal/2026-12-29")
    browser, counter = await site.of("guest-lead"), Counter(site.world.database)

    assert (await browser.get(f"/fylket/utboks{path}")).status_code == 200

    assert 0 < counter.number <= MOST_STATEMENTS


@pytest.mark.parametrize("query", ["", "nokkel=nothing", "mote=nowhere/2026-01-01&pakke=x", "pakke=a-dal-bro"])
async def test_a_message_that_is_not_there_is_not_shown(site: Site, query: str) -> None:
    browser = await site.of("guest-lead")

    assert (await browser.get(f"/fylket/utboks/melding?{query}")).status_code == 404
    assert (await browser.get(f"/fylket/utboks/melding/innhold?{query}")).status_code == 404


async def test_a_full_outbox_says_how_much_more_there_is(site: Site) -> None:
    await plan_mails(site.world, [f"Brev {number}" for number in range(MOST_SHOWN + 1)])

    page = await shown(await site.of("guest-lead"), "/fylket/utboks")

    assert f"Viser de første {MOST_SHOWN} av {MOST_SHOWN + 1}" in page


async def test_an_empty_outbox_says_what_will_stand_there(site: Site) -> None:
    assert texts.say("terminal.outbox_empty") in await shown(await site.of("guest-lead"), "/fylket/utboks")


@pytest.mark.parametrize("municipality", ["", "a-dal"])
async def test_sending_is_stopped_and_started_again(site: Site, municipality: str) -> None:
    browser = await site.of("guest-lead")

    await browser.send_form("/fylket/utboks", {"do": "pause", "municipality": municipality})
    paused, page = await site.world.switches.list_paused(), await shown(browser, "/fylket/utboks")
    await browser.send_form("/fylket/utboks", {"do": "resume", "municipality": municipality})

    assert paused == [municipality]
    assert await site.written_down() == [("guest-lead", "sending.paused"), ("guest-lead", "sending.resumed")]
    assert f"Utsendingen er stoppet for {municipality or 'alle'}" in page
    assert await site.world.switches.list_paused() == []


@pytest.mark.parametrize("fields", [{"do": "pause", "municipality": "nowhere"}, {"do": "explode"}, {}])
async def test_a_form_that_we_did_not_make_stops_nothing(site: Site, fields: dict[str, str]) -> None:
    assert (await (await site.of("guest-lead")).send_form("/fylket/utboks", fields)).status_code == 422
    assert await site.world.switches.list_paused() == []


# --------------------------------------------------------------------------------------------------------------- links


def link_id(token: str) -> str:
    return token.rpartition(".")[0]


async def test_links_are_listed_with_their_holder_and_their_use(site: Site) -> None:
    answer = await site.issue("answer", request_id(MEETING, HOME), "home-lead")
    await site.issue("papers", MEETING)
    await site.issue("feed", "person:chair")
    await site.world.links.resolve(answer, "answer")

    page = await shown(await site.of("lead"), "/kommune/a-dal/lenker")

    assert f"Leder arena Statusskjema: Pakken {HOME}, {texts.written(MEETING_DAY.date())}" in page
    assert "Rolle chair Kalender" in page
    assert "Møtepapirer" in page
    assert texts.written(site.world.clock.now().date()) in page
    assert "Ikke brukt" in page


async def test_one_press_ends_a_link_and_says_so(site: Site) -> None:
    token = await site.issue("papers", MEETING)
    browser = await site.of("lead")

    response = await browser.send_form("/kommune/a-dal/lenker", {"link": link_id(token)})

    assert response.headers["location"].endswith("?avsluttet=1")
    assert "Lenken er avsluttet" in await shown(browser, response.headers["location"])
    assert await site.world.links.resolve(token, "papers") is None
    assert await site.issue("papers", MEETING) != token


async def test_a_link_of_another_municipality_is_neither_shown_nor_ended(site: Site) -> None:
    token = await site.issue("papers", "b-vik/2026-09-08")
    browser = await site.of("lead")

    response = await browser.send_form("/kommune/a-dal/lenker", {"link": link_id(token)})

    assert response.status_code == 404
    assert link_id(token) not in (await browser.get("/kommune/a-dal/lenker")).text
    assert await site.world.links.resolve(token, "papers") is not None


async def test_the_county_lead_ends_a_link_of_the_programme_and_no_local_lead_sees_it(site: Site) -> None:
    token, local = await site.issue("papers", "owner-board/2026-12-01"), await site.issue("papers", MEETING)
    county = await site.of("guest-lead")

    assert "Møtepapirer" in await shown(county, "/fylket/lenker")
    assert link_id(token) not in (await (await site.of("lead")).get("/kommune/a-dal/lenker")).text
    assert (await county.send_form("/fylket/lenker", {"link": link_id(local)})).status_code == 404

    response = await county.send_form("/fylket/lenker", {"link": link_id(token)})

    assert response.headers["location"] == "/fylket/lenker?avsluttet=1"
    assert await site.world.links.resolve(token, "papers") is None
    assert await site.world.links.resolve(local, "papers") is not None


@pytest.mark.parametrize("link", ["", "no-such-link"])
async def test_ending_what_has_ended_is_harmless(site: Site, link: str) -> None:
    response = await (await site.of("lead")).send_form("/kommune/a-dal/lenker", {"link": link})

    assert response.status_code == 303


async def test_without_links_the_page_says_where_they_come_from(site: Site) -> None:
    browser = await site.of("stranger")

    assert "Ingen lenker" in await shown(browser, "/kommune/b-vik/lenker")


@pytest.mark.parametrize("language", texts.languages())
async def test_every_page_speaks_its_reader_s_language(site: Site, language: str) -> None:
    people = tuple(
        person.model_copy(update={"language": language}) if person.key in ("lead", "guest-lead") else person
        for person in site.world.programme.people
    )
    site.world.programme = site.world.programme.model_copy(update={"people": people})

    for person, path, key in (
        ("lead", PAGES[0], "lead.reminders"),
        ("lead", PAGES[1], "lead.links"),
        ("guest-lead", "/fylket/utboks", "lead.outbox"),
    ):
        response = await (await site.of(person)).get(path)
        assert f'<html lang="{language}"' in response.text
        assert f'<h1 class="ds-heading">{texts.say(key, language)}</h1>' in response.text
