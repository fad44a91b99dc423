"""A new municipality, from its number to its first meetings, without a terminal."""

import re

import pytest

import texts
from config.klass import KnownMunicipality, shipped
from config.values import Meetings, Role
from tests.web.rollout.conftest import CountyLead
from workflows.meetings.model import MeetingState
from workflows.status.plan import round_before
from workflows.status.ports import BoardMeeting

PATH = "/fylket/ny-kommune"
FORM = {
    "number": "3899",
    "name": "Dal",
    "domain": "@dal.example",
    "place": "ours",
    "place_url": "",
    "meetings": "ours",
    "lead_name": "Lokal leder Dal",
    "lead_email": "leder@dal.example",
    "chair_name": "Kommunalsjef Dal",
    "chair_email": "kommunalsjef@dal.example",
    "member1_name": "",
    "member1_email": "",
}


@pytest.fixture
async def lead(lead: CountyLead) -> CountyLead:
    """The county lead, with one more municipality in the country's register than in the programme."""
    await lead.bench.services.record.klass.replace([*shipped(), KnownMunicipality(number="3899", name="Dal")])
    return lead


async def test_a_municipality_is_found_by_its_number_or_name(lead: CountyLead) -> None:
    assert 'href="/fylket/ny-kommune?nummer=3899"' in await lead.page(f"{PATH}?q=da")
    by_number = await lead.page(f"{PATH}?q=3")
    assert "3899 Dal" in by_number
    assert "er med fra før" in by_number, "the others are"
    there = (await lead.bench.services.record.register.programme()).municipalities[0]
    assert 'role="search"' in await lead.page(f"{PATH}?nummer={there.number}"), "it is not described once more"
    nothing = await lead.page(f"{PATH}?q=zzz")
    assert "Ingen kommune passer" in nothing
    assert re.search(r'<input[^>]*name="navn"[^>]*value="zzz"', nothing), "what was looked for is typed once"
    assert re.search(r'<input[^>]*name="nummer"[^>]*value="9999"', await lead.page(f"{PATH}?q=9999"))
    assert 'value="Dal"' in await lead.page(f"{PATH}?nummer=3899")


async def test_a_municipality_that_the_register_lacks_is_typed(lead: CountyLead) -> None:
    assert 'name="navn"' in await lead.page(f"{PATH}?q=finnes-ikke")

    form = await lead.page(f"{PATH}?nummer=3995&navn=S%C3%B8r-%C3%85")

    assert 'value="Sør-Å"' in form
    assert "3995" in form


@pytest.mark.parametrize("typed", ["nummer=39&navn=Dal", "nummer=abcd&navn=Dal", "nummer=3995", "navn=Dal"])
async def test_a_number_or_name_that_cannot_be_is_said_and_kept(lead: CountyLead, typed: str) -> None:
    page = await lead.page(f"{PATH}?{typed}")

    assert "Skriv fire sifre og et navn." in page
    assert all(f'value="{value.partition("=")[2]}"' in page for value in typed.split("&"))


async def test_nothing_is_mailed_before_the_start_and_after_it_come_the_first_meetings_and_the_first_round(
    lead: CountyLead,
) -> None:
    services = lead.bench.services

    assert await lead.press(PATH, FORM) == "/fylket/utrulling/dal"
    assert "ser etter nå" in await lead.page("/fylket/utrulling/dal")
    await lead.run("rollout.preview", "sweep.all")
    await services.engine.run_due(["meetings.book:dal"])
    planned = await services.record.meetings.list_meetings("dal")
    assert {meeting.state for meeting in planned} == {MeetingState.PLANNED}, "dates are found, and nobody is invited"
    shown = await lead.page("/fylket/utrulling/dal")
    assert "Velkomst til gjester: 2." in shown
    assert re.search(r"Innkallinger fra Outlook til styrets møter: [1-9]\d* personer\.", shown)
    assert "<li>Kommunalsjef Dal</li>" in shown
    assert await lead.bench.mailed() == {}

    await lead.press("/fylket/utrulling/dal/start")
    await services.engine.run_due(["meetings.book:dal"])
    await lead.run("rollout.place")

    assert "Innkallinger fra Outlook" not in await lead.page("/fylket/utrulling/dal")
    programme = await services.record.register.programme()
    assert programme.municipality("dal").meetings is Meetings.OURS
    booked = await services.record.meetings.list_meetings("dal")
    assert {meeting.state for meeting in booked} == {MeetingState.BOOKED}
    assert "Kanalen «Styret» ble laget." in await lead.page("/fylket/utrulling/dal/logg")

    town, made = "/kommune/dal", await lead.page("/fylket/utrulling/dal")
    for way in (town, f"{town}/arbeidspakker", f"{town}/folk"):
        assert f'href="{way}"' in made, "the result leads on"
    before = await lead.page(town)
    first = booked[0]
    assert texts.say("own.when", starts=first.starts_local, ends="11.00") in before
    assert ">Åpne rommet i Teams</a>" in before
    assert "Ingen arbeidspakke er i gang, så runden har ingen å spørre." in before

    await lead.press(f"{town}/rediger/pakke-ny", await package_form(lead, town))
    announced = await lead.page(town)
    programme = await services.record.register.programme()
    facts = BoardMeeting(key=first.key, body="dal", starts_local=first.starts_local, cancelled=False)
    coming = round_before(programme, facts)
    assert coming is not None
    said = texts.say(
        "overview.next_round",
        opens=programme.local_time(coming.opens_at),
        deadline=programme.local_time(coming.deadline_at).date(),
    )
    assert said in announced
    assert "har ingen å spørre" not in announced

    await services.clock.set_to(coming.opens_at)
    await services.engine.run_due(["sweep.all", f"status.open:{first.key}"])
    await lead.sign_in()
    opened = await lead.page(town)
    assert "0 av 1 har svart." in opened
    assert "Tett på" in opened


async def package_form(lead: CountyLead, town: str) -> dict[str, str]:
    """Fill in the form of a minor measure that the local lead leads."""
    form = await lead.page(f"{town}/rediger/pakke-ny")
    seen = re.search(r'name="sett" value="(\d+)"', form)
    person = re.search(r'<option value="([^"]+)"[^>]*>Lokal leder Dal', form)
    assert seen
    assert person
    since = lead.bench.services.clock.now().date().isoformat()
    return {"sett": seen[1], "name": "Tett på", "lead": person[1], "since": since, "minor": "1"}


async def test_addresses_are_looked_up_while_the_form_is_filled_in(lead: CountyLead) -> None:
    known = lead.bench.services.settings.organizer[0]

    asked = await lead.send(PATH, {**FORM, "chair_email": known, "act": "look_up"})

    assert asked.status_code == 200
    assert asked.text.count("slås opp") >= 2
    assert 'value="Lokal leder Dal"' in asked.text, "nothing typed is lost"
    live = asked.text.partition('data-live="')[2].partition('"')[0].replace("&amp;", "&")
    await lead.run("people.look_up")
    answered = await lead.page(live)
    assert "har ingen konto; inviteres som gjest" in answered
    assert "data-live" not in answered
    assert (await lead.bench.services.record.register.programme()).find_municipality("dal") is None


async def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(lead: CountyLead) -> None:
    answer = await lead.send(PATH, {**FORM, "domain": "", "lead_email": "", "member1_name": "Medlem"})

    assert answer.status_code == 422
    for words in ("Skriv e-postdomenet deres.", "Skriv e-postadressen til den lokale lederen."):
        assert words in answer.text
    assert "Fyll ut både navn og e-postadresse." in answer.text
    assert 'value="Kommunalsjef Dal"' in answer.text


async def test_a_board_has_members_from_nav_and_from_the_county_who_may_be_known_already(lead: CountyLead) -> None:
    register = lead.bench.services.record.register
    known = next(person for person in (await register.programme()).people if person.key == "rektor-thor-heyerdahl")
    members = {
        "member1_name": "NAV-leder Dal",
        "member1_email": "leder.dal@nav.example",
        "member2_name": "Rektor Thor Heyerdahl",
        "member2_email": known.email.upper(),
    }

    await lead.press(PATH, {**FORM, **members})

    programme = await register.programme()
    seated = programme.holders(
        Role.BOARD_MEMBER, on=programme.today(lead.bench.services.clock.now()), municipality="dal"
    )
    assert {(person.key, person.organisation) for person in seated} == {
        ("nav-leder-dal", "nav"),
        (known.key, known.organisation),
    }


async def test_an_address_of_nobody_s_domain_is_said_at_its_field(lead: CountyLead) -> None:
    refused = await lead.send(PATH, {**FORM, "member1_name": "Leder Vik", "member1_email": "leder@vik.example"})

    assert refused.status_code == 422
    assert 'id="member1_email-problem">Adressen hører verken til kommunen eller' in refused.text
    assert 'href="#member1_email">Styremedlem: e-post: Adressen hører verken til' in refused.text


async def test_choices_that_there_are_not_are_refused(lead: CountyLead) -> None:
    answer = await lead.send(PATH, {**FORM, "place": "everywhere", "meetings": "nobody"})

    assert answer.status_code == 422
    assert "Velg hvor de samarbeider." in answer.text
    assert "Velg hvem som kaller inn." in answer.text


async def test_a_municipality_that_is_there_and_an_address_that_is_none_are_refused_in_words(lead: CountyLead) -> None:
    taken = await lead.send(PATH, {**FORM, "name": "Sandefjord"})
    wrong = await lead.send(PATH, {**FORM, "lead_email": "leder"})

    assert taken.status_code == wrong.status_code == 422
    assert "Kommunen er med fra før." in taken.text
    assert "leder" in wrong.text


async def test_a_municipality_without_a_room_of_ours_leads_to_its_own_page(lead: CountyLead) -> None:
    form = {**FORM, "place": "theirs", "place_url": "https://dal.example/sammen", "meetings": "theirs"}

    undated = await lead.send(PATH, form)
    assert "trenger vi møtedatoene deres" in undated.text
    odd = await lead.send(PATH, {**form, "meeting_dates": "8. september"})
    assert "Skriv datoene slik: 8.9.2026 12.30" in odd.text
    assert await lead.press(PATH, {**form, "meeting_dates": "8.10.2026 kl. 12.30\n2026-09-08T09:00"}) == "/kommune/dal"

    municipality = (await lead.bench.services.record.register.programme()).municipality("dal")
    assert str(municipality.place_url) == "https://dal.example/sammen"
    assert municipality.meetings is Meetings.THEIRS
    assert [moment.month for moment in municipality.meeting_dates] == [9, 10]
