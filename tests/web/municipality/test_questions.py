"""Questions on the leads' pages: a view, sending back, an answer of their own, and closing."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from integration.database.connection import Database
from tests.support.signed_in import Browser
from tests.web.municipality.lead_site import Site, shown, words
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from tests.workflows.papers.questions.question_samples import question, step
from tests.workflows.status.rounds import HOME
from tests.workflows.test_privacy_guard import NUMBER
from workflows.papers.questions.desk import TELLING, QuestionDesk
from workflows.papers.questions.model import BoardQuestion
from workflows.ports.units import DueUnit
from workflows.status.model import EscalationState, Level

PAGE, COUNTY = "/kommune/a-dal/sporsmal", "/fylket/sporsmal"
HOSTILE = "<script>alert(1)</script> & {{ say }}"


@pytest.fixture
async def site(database: Database) -> Site:
    world = AgendaWorld(database)
    await world.open()
    await world.answer(HOME, "home-lead", light="red", question=HOSTILE)
    return Site(world)


async def asked(site: Site) -> BoardQuestion:
    [found] = await site.world.questions.list_of("a-dal", most=5)
    return found


async def act(site: Site, browser: Browser, path: str = PAGE, **fields: str) -> int:
    """Press a button of the question's, as its page draws it; the status of the answer."""
    found = await asked(site)
    form = {"version": str(found.version), **fields}
    return (await browser.send_form(f"{path}/{found.id}", form)).status_code


async def pass_on(site: Site) -> None:
    """The local board has decided to ask the owner board."""
    found = await asked(site)
    on_agenda = step(EscalationState.ON_AGENDA, meeting="a-dal/2026-11-17")
    passed = step(EscalationState.PASSED_ON, level=Level.OWNER, meeting="a-dal/2026-11-17", words="Opp.")
    assert await site.world.questions.take({found.id: on_agenda}, after={found.id: found.version})
    assert await site.world.questions.take({found.id: passed}, after={found.id: found.version + 1})


@pytest.mark.parametrize(
    ("path", "person", "status"),
    [
        (PAGE, "lead", 200),
        (PAGE, "guest-lead", 200),
        (PAGE, "stranger", 404),
        (PAGE, "home-lead", 404),
        (PAGE, "member", 404),
        (COUNTY, "guest-lead", 200),
        (COUNTY, "lead", 404),
    ],
)
async def test_questions_are_for_those_who_look_after_them(site: Site, path: str, person: str, status: int) -> None:
    browser = await site.of(person)
    assert (await browser.get(path)).status_code == status
    if status == 404:
        assert await act(site, browser, path, act="view", words="Nei.") == 404
        assert (await asked(site)).steps == ()


async def test_a_lead_reads_the_question_as_it_was_written_and_that_it_lacks_a_proposal(site: Site) -> None:
    browser = await site.of("lead")
    response = await browser.get(PAGE)
    assert "<script>alert" not in response.text
    assert HOSTILE in words(response.text)
    assert "Uten forslag til vedtak" in words(response.text)
    assert "Svar selv" in words(response.text)


async def test_before_an_answer_the_page_says_how_many_get_it_by_mail(site: Site) -> None:
    page = await shown(await site.of("lead"), PAGE)

    assert page.count("Antall som får e-post: 1.") == len(TELLING)


async def test_a_view_is_stored_and_shown_and_asks_nobody_to_wait(site: Site) -> None:
    browser = await site.of("lead")
    assert await act(site, browser, act="view", words="Jeg anbefaler det.") == 303
    found = await asked(site)
    assert (found.state, found.view, found.steps[-1].by) == (EscalationState.VIEWED, "Jeg anbefaler det.", "lead")
    assert "Lagret." in await shown(browser, f"{PAGE}?lagret=1")
    assert f"questions.tell:{found.id}" not in await site.world.due()


@pytest.mark.parametrize(
    ("act_name", "state", "subject"),
    [
        ("answer", EscalationState.ANSWERED, "Svar på det Pakken arena spurte om"),
        ("send_back", EscalationState.SENT_BACK, "Pakken arena: spørsmålet er sendt tilbake"),
    ],
)
async def test_the_package_is_told_what_its_lead_answers_once(
    site: Site, act_name: str, state: EscalationState, subject: str
) -> None:
    browser = await site.of("lead")
    assert await act(site, browser, act=act_name, words="Bruk rom 3.") == 303
    found = await asked(site)
    assert found.state is state
    unit = DueUnit(key=f"questions.tell:{found.id}", due_at=site.world.clock.now())
    assert unit.key in await site.world.due()
    for _ in range(2):
        await site.world.question_notices.tell(unit, site.world.history)
    sent = await site.world.messages.list_messages(kind="leads.mail")
    mail, card = [item for item in sent if "questions/" in item.key]
    assert card.key == f"{mail.key}/card"
    assert {(item.person, item.content.subject) for item in (mail, card)} == {("home-lead", subject)}
    assert "Bruk rom 3." in mail.content.text
    assert await act(site, browser, act="close") == 303
    assert (await asked(site)).state is EscalationState.CLOSED
    assert "Avslutt spørsmålet" not in await shown(browser, PAGE)


async def test_nothing_is_told_of_what_a_board_decides_or_nobody_asked(site: Site) -> None:
    await pass_on(site)
    found = await asked(site)
    for subject in (found.id, "no-such"):
        unit = DueUnit(key=f"questions.tell:{subject}", due_at=site.world.clock.now())
        await site.world.question_notices.tell(unit, site.world.history)
    assert not [item for item in await site.world.messages.list_messages(kind="leads.mail") if "questions/" in item.key]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"act": "view", "words": ""}, "Skriv noe her først.", id="no words"),
        pytest.param({"act": "view", "words": f"Gjelder {NUMBER}"}, "fødselsnummer", id="a national identity number"),
        pytest.param({"act": "close"}, "Noe har skjedd med spørsmålet", id="nothing to close yet"),
        pytest.param({"act": "<b>"}, "Noe har skjedd med spørsmålet", id="no act"),
        pytest.param({"act": "view", "words": "Ja.", "version": "7"}, "Noe har skjedd", id="drawn from something else"),
    ],
)
async def test_what_cannot_be_stored_is_said_and_given_back(site: Site, fields: dict[str, str], said: str) -> None:
    browser, found = await site.of("lead"), await asked(site)
    response = await browser.send_form(f"{PAGE}/{found.id}", {"version": "0", **fields})
    assert response.status_code == 422
    assert said in words(response.text)
    assert (await asked(site)).steps == ()


async def test_doubtful_words_are_stored_once_they_are_confirmed(site: Site) -> None:
    browser, found = await site.of("lead"), await asked(site)
    fields = {"version": "0", "act": "view", "words": "Ring 41 23 45 67"}
    response = await browser.send_form(f"{PAGE}/{found.id}", fields)
    confirm = re.search(r'name="confirmed"[^>]*value="([^"]+)"', response.text)
    assert confirm is not None
    stored = await browser.send_form(f"{PAGE}/{found.id}", {**fields, "confirmed": confirm[1]})
    assert stored.status_code == 303


async def test_a_question_of_another_municipality_is_none_of_the_lead_s(site: Site) -> None:
    found = await asked(site)
    browser = await site.of("stranger")
    response = await browser.send_form(
        f"/kommune/b-vik/sporsmal/{found.id}", {"version": "0", "act": "view", "words": "Nei."}
    )
    assert response.status_code == 422
    assert "Spørsmålet finnes ikke lenger." in words(response.text)


async def test_what_is_passed_on_waits_with_the_county_and_the_local_lead_sees_it(site: Site) -> None:
    county, lead = await site.of("guest-lead"), await site.of("lead")
    assert "Ingen spørsmål nå" in await shown(county, COUNTY)
    await pass_on(site)
    assert "Venter på eierstyret" in await shown(lead, PAGE)
    assert "Svar selv" not in await shown(lead, PAGE)
    assert HOSTILE in await shown(county, COUNTY)
    assert await act(site, county, COUNTY, act="view", words="Fylket mener ja.") == 303
    found = await asked(site)
    assert (found.state, found.level, found.view) == (EscalationState.VIEWED, Level.OWNER, "Fylket mener ja.")
    assert await act(site, county, COUNTY, act="answer", words="Ja.") == 422
    assert "med fylkets vurdering" in await shown(lead, PAGE)


class BusyDesk(QuestionDesk):
    """A desk of a country in which 31 questions wait for the owner board."""

    async def for_owner_board(self) -> Sequence[BoardQuestion]:
        return [question(f"q{number}", level=Level.OWNER, question=f"Sak {number:02}?") for number in range(31)]


async def test_the_county_lead_reads_many_questions_page_by_page(site: Site) -> None:
    desk = BusyDesk(store=site.world.questions, clock=site.world.clock)
    site.doors = replace(site.doors, questions=desk)
    county = await site.of("guest-lead")

    first, second = await shown(county, COUNTY), await shown(county, f"{COUNTY}?side=2")

    assert "Sak 29?" in first
    assert "Sak 30?" not in first
    assert "Side 2" in first
    assert "Sak 30?" in second
    assert "Sak 00?" not in second
