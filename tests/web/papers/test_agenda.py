"""A member's agenda and the recorder's minutes, used as a browser without script would."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

import texts
from integration.database.connection import Database
from integration.database.meetings import SQLMeetings
from tests.web.test_snapshots import HOSTILE, assert_reviewed
from tests.workflows.papers.agendas.agenda_world import BEFORE_DEADLINE, THERE, AgendaWorld
from tests.workflows.status.rounds import MEETING, PUBLIC, STARTS
from tests.workflows.test_privacy_guard import NUMBER
from web.app import create_app
from web.papers import agenda, minutes
from workflows.meetings.date_search import Moved
from workflows.messages.short_links import KIND, LINK_LIFE, ShortLinks
from workflows.papers.agendas.editing import MOST_PROPOSALS
from workflows.papers.agendas.model import Proposal
from workflows.papers.links import personal_address
from workflows.ports.links import LinkPurpose


class Site:
    """Both pages over one world."""

    def __init__(self, world: AgendaWorld) -> None:
        doors = {"desk": world.agenda_desk, "links": world.links, "public_url": PUBLIC}
        short = ShortLinks(links=world.links, messages=world.messages, clock=world.clock, public_url=PUBLIC)
        self.app = create_app([agenda.router(**doors), minutes.router(**doors, short=short)])  # type: ignore[arg-type]
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=PUBLIC)
        self.world = world

    async def address(self, purpose: LinkPurpose, person: str, meeting: str = MEETING) -> str:
        return (await personal_address(self.world.links, PUBLIC, purpose, meeting, person)).removeprefix(PUBLIC)

    async def form(self, person: str) -> str:
        """The address of the form for minutes: the short-lived link that the person gets by mail."""
        token = await self.world.links.issue("record_minutes", MEETING, person, self.world.clock.now() + LINK_LIFE)
        return f"/referat/{token}"

    async def get(self, path: str) -> httpx.Response:
        return await self._client.get(path)

    async def ask(self, method: str, url: str, **more: Any) -> httpx.Response:
        return await self._client.request(method, url, **more)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        headers = {"content-type": "application/x-www-form-urlencoded", **headers}
        return await self._client.post(path, content=urlencode(fields).encode(), headers=headers)


@pytest.fixture
async def early(database: Database) -> Site:
    world = AgendaWorld(database)
    await world.open()
    world.clock.time = BEFORE_DEADLINE
    return Site(world)


@pytest.fixture
async def late(database: Database) -> Site:
    world = AgendaWorld(database)
    await world.at_the_meeting()
    return Site(world)


def words(response: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.text)).split())


# --------------------------------------------------------------------------------------------------------- the agenda


async def test_the_page_says_what_is_known_and_until_when_items_are_taken(early: Site) -> None:
    response = await early.get(await early.address("agenda", "member"))

    assert response.status_code == 200
    assert "Saksliste: Styret i a-dal, tirsdag 17. november 2026" in words(response)
    assert "Dette er en foreløpig saksliste." in words(response)
    assert "Saker meldes inn innen fredag 6. november 2026 kl. 15.00." in words(response)
    assert response.headers["cache-control"] == "no-store"


async def test_opening_the_pages_changes_nothing(early: Site) -> None:
    address = await early.address("agenda", "member")
    due = await early.world.due()
    for _ in range(3):
        await early.get(address)

    assert await early.world.due() == due
    assert await early.world.agendas.proposals(MEETING) == []


async def test_what_is_put_in_is_stored_shown_changed_and_withdrawn(early: Site) -> None:
    address = await early.address("agenda", "member")

    stored = await early.post(address, {"title": "Skyss & <buss>", "text": "Den mangler."})
    assert "Takk! Saken er lagret" in words(stored)
    assert "Skyss &amp; &lt;buss&gt;" in stored.text
    form = await early.get(f"{address}?endre=1")
    assert 'value="Skyss &amp; &lt;buss&gt;"' in form.text
    changed = await early.post(address, {"number": "1", "title": "Skyss", "proposal": "Vi ber fylket."})
    assert "Skyss &amp; &lt;buss&gt;" not in changed.text
    gone = await early.post(address, {"number": "1", "withdraw": "1"})
    assert "Saken er trukket." in words(gone)
    assert [item.version for item in await early.world.agendas.proposals(MEETING)] == [3]


async def test_what_must_be_changed_is_said_at_its_field_and_nothing_is_lost(early: Site) -> None:
    address = await early.address("agenda", "member")

    response = await early.post(address, {"title": "", "text": f"Gjelder {NUMBER}", "proposal": "Vi ber fylket."})

    assert response.status_code == 422
    assert 'href="#title"' in response.text
    assert 'id="text-error"' in response.text
    assert "Vi ber fylket." in response.text


async def test_others_are_turned_away(early: Site) -> None:
    stranger = await early.get(await early.address("agenda", "home-lead"))
    foreign = await early.post(
        await early.address("agenda", "member"), {"title": "Skyss"}, **{"sec-fetch-site": "cross-site"}
    )
    other_purpose = (await early.address("minutes", "chair")).replace("/referat/", "/saksliste/")

    assert stranger.status_code == 403
    assert "Skyss" not in stranger.text
    assert foreign.status_code == 403
    assert (await early.get(other_purpose)).status_code == 404
    assert (await early.get("/saksliste/forged")).status_code == 404
    assert await early.world.agendas.proposals(MEETING) == []


async def test_once_sent_the_agenda_says_everything_and_takes_nothing(late: Site) -> None:
    address = await late.address("agenda", "member")

    response = await late.get(address)
    refused = await late.post(address, {"title": "For sent"})

    assert "Dette spør arbeidspakken om" in words(response)
    assert "Får vi lokaler?" in words(response)
    assert "<form" not in response.text
    assert refused.status_code == 403
    assert "Ta den opp under eventuelt." in words(refused)


async def test_a_moved_meeting_is_shown_when_it_is_now_with_from_when_and_why(late: Site) -> None:
    meetings = SQLMeetings(late.world.database)
    meeting = await meetings.find_meeting(MEETING)
    assert meeting is not None
    later: dict[str, Any] = {
        "starts_local": STARTS + timedelta(days=9),
        "ends_local": STARTS + timedelta(days=9, hours=2),
    }
    why = Moved(wanted=meeting.day, reason="meetings.asked_for")
    await meetings.save(replace(meeting, moved=why, words="Rådhuset er stengt", **later))

    page = words(await late.get(await late.address("agenda", "member")))

    assert "Saksliste: Styret i a-dal, torsdag 26. november 2026" in page
    assert "Møtet er flyttet fra tirsdag 17. november 2026. Grunn: Rådhuset er stengt" in page
    assert page.count("17. november") == 1


# --------------------------------------------------------------------------------------------------------- the minutes


async def test_only_recorders_are_led_to_the_form_for_minutes(late: Site) -> None:
    assert "/referat/" in (await late.get(await late.address("agenda", "lead"))).text
    assert "/referat/" not in (await late.get(await late.address("agenda", "member"))).text
    assert (await late.get(await late.form("member"))).status_code == 403
    assert (await late.post(await late.form("member"), {"version": "0"})).status_code == 403


async def test_recording_gives_the_minutes_and_the_form_starts_from_them_next_time(late: Site) -> None:
    address = await late.form("lead")
    assert "Ingenting er lagret ennå." in words(await late.get(address))

    saved = await late.post(
        address,
        {
            "version": "0",
            "present:chair": "1",
            "decision:2": "Dere får <lokalene>.",
            "follow:2": "1",
            "what:1": "Ringe",
        },
    )
    again = await late.get(address)

    assert "Referatet er lagret som versjon 1." in words(saved)
    assert "Dere får &lt;lokalene&gt;." in saved.text
    assert 'name="version" value="1"' in again.text
    assert re.search(r'name="present:chair"[^>]* checked', again.text)
    assert 'id="what:4"' in again.text
    assert "Dere får &lt;lokalene&gt;." in (await late.get(await late.address("agenda", "member"))).text


async def test_wrong_minutes_are_shown_again_with_what_is_wrong(late: Site) -> None:
    address = await late.form("lead")

    response = await late.post(
        address, {**THERE, "version": "0", "decision:1": "Ring 41 23 45 67", "what:1": "Ringe", "due:1": "snart"}
    )

    assert response.status_code == 422
    assert 'href="#decision:1"' in response.text
    assert 'href="#due:1"' in response.text
    assert 'name="confirmed"' in response.text
    assert "Ring 41 23 45 67" in response.text


async def test_who_was_overtaken_sees_both(late: Site) -> None:
    await late.post(await late.form("chair"), {**THERE, "version": "0", "decision:1": "Godkjent."})

    overtaken = await late.post(await late.form("lead"), {**THERE, "version": "0", "decision:1": "Utsatt."})

    assert overtaken.status_code == 422
    assert "Noen andre har lagret referatet" in words(overtaken)
    assert "Utsatt." in overtaken.text
    assert 'name="version" value="1"' in overtaken.text


async def test_an_agenda_that_was_passed_on_records_nothing_and_has_a_link_mailed_to_its_own_reader(late: Site) -> None:
    page = (await late.get(await late.address("agenda", "chair"))).text
    way_in = re.search(r'href="[^"]*(/referat/[^"]+)"', page)
    assert way_in is not None

    offered = await late.get(way_in[1])
    sent = await late.post(way_in[1], {**THERE, "version": "0", "decision:1": "Alt er vedtatt."})

    assert "Send meg lenken" in offered.text
    assert "Lenken er på vei" in words(sent)
    assert "chair@county.example" not in offered.text + sent.text
    assert await late.world.agendas.newest_minutes(MEETING) is None
    (mail,) = await late.world.messages.list_messages(kind=KIND)
    assert mail.content.email == "chair@county.example"
    link = re.search(r'href="[^"]*(/referat/[^"]+)"', mail.content.html)
    assert link is not None
    assert "Ingenting er lagret ennå." in words(await late.get(link[1]))
    assert f"links.mail:{mail.person}" in await late.world.due()


async def test_minutes_from_a_link_that_has_ended_are_given_back_with_the_way_to_another(late: Site) -> None:
    form = await late.form("chair")
    late.world.clock.time += LINK_LIFE

    answer = await late.post(form, {**THERE, "version": "0", "decision:1": "Styret går <videre>."})

    assert answer.status_code == 403
    assert "Styret går &lt;videre&gt;." in answer.text
    assert await late.address("minutes", "chair") in answer.text
    assert await late.world.agendas.newest_minutes(MEETING) is None


async def test_every_label_has_its_field_and_no_id_comes_twice(late: Site) -> None:
    for page in (
        await late.get(await late.form("lead")),
        await late.get(await late.address("agenda", "lead")),
    ):
        ids = re.findall(r'\bid="([^"]+)"', page.text)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'<label[^>]* for="([^"]+)"', page.text)) <= set(ids)
        for named in re.findall(r'aria-describedby="([^"]+)"', page.text):
            assert set(named.split()) <= set(ids)


@pytest.mark.parametrize("language", texts.languages())
async def test_the_pages_look_as_they_were_reviewed(late: Site, language: str) -> None:
    people = (person.model_copy(update={"language": language}) for person in late.world.programme.people)
    late.world.programme = late.world.programme.model_copy(update={"people": tuple(people)})
    address = await late.form("lead")
    said = {**THERE, "version": "0", "present:chair": "1", "decision:2": HOSTILE, "follow:2": "1", "what:1": "Ringe"}
    said |= {"who:1": "member", "due:1": "2026-12-01", "about:1": "2"}

    pages = {
        "minutes": await late.get(address),
        "minutes_wrong": await late.post(address, said | {"due:1": "snart"}),
        "minutes_saved": await late.post(address, said),
        "minutes_correcting": await late.get(address),
        "agenda": await late.get(await late.address("agenda", "lead")),
        "minutes_way_in": await late.get(await late.address("minutes", "lead")),
        "minutes_link_sent": await late.post(await late.address("minutes", "lead"), {}),
    }

    for name, response in pages.items():
        text = re.sub(r"/(saksliste|referat)/[\w.\-]+", r"/\1/LINK", response.text)
        assert_reviewed(name, language, "full", text.replace(PUBLIC, ""))


async def test_minutes_are_taken_from_our_own_page_alone_and_by_a_link_that_is_one(late: Site) -> None:
    form = await late.form("chair")

    foreign = await late.post(form, {**THERE, "version": "0", "decision:1": "Alt"}, **{"sec-fetch-site": "cross-site"})
    forged = await late.post("/referat/forged", {**THERE, "version": "0", "decision:1": "Alt"})

    assert (foreign.status_code, forged.status_code) == (403, 404)
    assert await late.world.agendas.newest_minutes(MEETING) is None


async def test_decisions_and_tasks_of_the_meeting_before_stand_on_the_next_form(late: Site) -> None:
    tasks = {"what:1": "Ringe NAV", "who:1": "member", "due:1": "2026-12-01", "what:2": "Rydde"}
    await late.post(
        await late.form("lead"), {**THERE, "version": "0", "decision:2": "Dere får lokalene.", "follow:2": "1", **tasks}
    )
    later = await late.world.next_meeting()
    late.world.clock.time = datetime(2027, 2, 2, 12, tzinfo=UTC)
    await late.world.run("status.close", later)
    await late.world.paper("agenda.publish", later)
    token = await late.world.links.issue("record_minutes", later, "lead", late.world.clock.now() + LINK_LIFE)

    form = words(await late.get(f"/referat/{token}"))

    assert "Dere får lokalene." in form
    assert "Ringe NAV (Rolle member, 1. desember 2026)" in form
    assert "Rydde" in form


async def test_no_more_than_ten_items_are_put_in_by_one_person(early: Site) -> None:
    address = await early.address("agenda", "member")
    for number in range(MOST_PROPOSALS):
        assert (await early.post(address, {"title": f"Sak {number}"})).status_code == 200

    refused = await early.post(address, {"title": "En til"})

    assert refused.status_code == 422
    assert "En til" in refused.text
    assert len(await early.world.agendas.proposals(MEETING)) == MOST_PROPOSALS


async def test_an_item_that_comes_while_the_agenda_is_sent_is_told_to_be_too_late(early: Site) -> None:
    address, store = await early.address("agenda", "member"), early.world.agendas

    async def sent_meanwhile(proposal: Proposal) -> None:
        return None

    store.put_in = sent_meanwhile  # type: ignore[method-assign]
    late = await early.post(address, {"title": "Skyss"})

    assert late.status_code == 403
    assert await store.proposals(MEETING) == []
