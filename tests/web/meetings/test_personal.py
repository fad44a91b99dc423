"""A person's own meetings: seen, blocked and moved by the holder of the person's own address, and by nobody else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import texts
from config.programme import Programme
from config.values import Assignment, BodyKind, Person, Role
from integration.database.connection import Database
from integration.database.history import list_events
from integration.database.links import SQLLinks
from integration.database.meeting_spans import SQLMeetingSpans
from integration.database.meetings import SQLMeetings
from integration.database.messages import SQLMessages
from integration.database.tables import audit
from tests.clocks import StillClock
from tests.web.meeting_store import meeting
from tests.workflows.programme import body, owner_board, programme
from web.app import create_app
from web.meetings import move as own_move
from web.meetings import personal as own_meetings
from workflows.meetings.model import Meeting
from workflows.meetings.moves import MayNotMove, MeetingMoves
from workflows.meetings.personal import InvalidDays, OwnMeetings, OwnPorts
from workflows.meetings.plan import plan_meetings
from workflows.messages.short_links import KIND, LINK_LIFE, ShortLinks
from workflows.ports.calendar import InvitationResponse
from workflows.ports.units import DueUnit

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
PUBLIC = "https://service.example"
OTHER_PAGE = {"sec-fetch-site": "cross-site"}


@dataclass
class Register:
    """The programme, and what people change in it."""

    value: Programme = field(default_factory=programme)
    due: list[str] = field(default_factory=list)

    async def programme(self) -> Programme:
        return self.value

    async def set_blocked_dates(self, person: str, days: Sequence[date], *, then: Sequence[DueUnit] = ()) -> bool:
        people = tuple(
            item.model_copy(update={"blocked_dates": tuple(days)}) if item.key == person else item
            for item in self.value.people
        )
        self.value = self.value.model_copy(update={"people": people})
        self.due += [unit.key for unit in then]
        return True


@dataclass
class Site:
    register: Register
    meetings: SQLMeetings
    links: SQLLinks
    messages: SQLMessages
    own: OwnMeetings
    clock: StillClock
    client: httpx.AsyncClient
    database: Database
    app: FastAPI

    async def address(self, person: str) -> str:
        return (await self.own.address(person)).removeprefix(PUBLIC)

    async def address_for(self, person: str, path: str) -> str:
        """The address of a page of theirs; moving KEY is reached from the short-lived link alone."""
        if path != MOVE:
            return await self.address(person) + path
        token = await self.links.issue("move_meeting", KEY, person, self.clock.now() + LINK_LIFE)
        return f"/mine-moter/{token}{path}"

    async def get(self, person: str, path: str = "") -> httpx.Response:
        return await self.client.get(await self.address_for(person, path))

    async def post(self, person: str, path: str, form: dict[str, object], **headers: str) -> httpx.Response:
        return await self.client.post(await self.address_for(person, path), data=form, headers=headers)


@pytest.fixture
async def site(database: Database) -> Site:
    clock, register = StillClock(NOW), Register()
    meetings, links, messages = SQLMeetings(database), SQLLinks(database, clock), SQLMessages(database)
    answers = {
        "member@county.example": str(InvitationResponse.DECLINED),
        "chair@county.example": str(InvitationResponse.ACCEPTED),
    }
    first = meeting()
    await meetings.add([first, meeting("2026-11-24"), meeting("2026-10-15", "b-vik", booked_by_us=False)])
    await meetings.save(replace(first, answers=answers))
    own = OwnMeetings(
        OwnPorts(
            programme=register.programme,
            meetings=meetings,
            ahead=SQLMeetingSpans(database),
            people=register,
            messages=messages,
            links=links,
            clock=clock,
            public_url=PUBLIC,
        )
    )
    moves = MeetingMoves(store=meetings, clock=clock, programme=register.programme)
    short = ShortLinks(links=links, messages=messages, clock=clock, public_url=PUBLIC)
    doors = own_meetings.Doors(
        own=own,
        moves=moves,
        links=links,
        short=short,
        programme=register.programme,
        clock=clock,
        public_url=PUBLIC,
        to_record=to_record,
    )
    app = create_app([own_meetings.router(doors), own_move.router(doors)])
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC)
    return Site(register, meetings, links, messages, own, clock, client, database, app)


async def to_record(person: str) -> list[tuple[date, str]]:
    """The chair has minutes to record."""
    return [(date(2026, 9, 1), "a-dal/2026-09-01")] if person == "chair" else []


KEY = "a-dal/2026-10-13"
MOVE = f"/flytt?mote={quote(KEY, safe='')}"


async def test_a_member_sees_own_meetings_and_feed_but_neither_answers_nor_a_way_to_move(site: Site) -> None:
    page = await site.get("member")

    assert page.status_code == 200
    assert "tirsdag 13. oktober 2026 kl. 09.00–11.00" in page.text
    assert "b-vik" not in page.text
    assert f"{PUBLIC}/kalender/" in page.text
    assert "Flytt møtet" not in page.text
    assert "har ikke svart" not in page.text


async def test_the_weekly_contact_stands_apart_and_a_name_that_two_bodies_bear_is_told_apart(site: Site) -> None:
    known, name = site.register.value, "Lederteamet i a-dal"
    members = (Role.BOARD_MEMBER, Role.LOCAL_LEAD)
    team = body("a-dal-lead-team", kind=BodyKind.LEAD_TEAM, municipality="a-dal", name=name, members=members)
    site.register.value = known.model_copy(update={"bodies": (owner_board(), body("a-dal", name=name), team)})
    weeks = [date(2026, 8, 24) + timedelta(weeks=number) for number in range(20)]
    await site.meetings.add([meeting(day.isoformat(), team.key) for day in weeks])

    page = unescape((await site.get("member")).text)
    everything = unescape((await site.client.get(f"{await site.address('member')}?alle=1")).text)

    board, weekly = f"{name} (styremøte)", f"{name} (ukentlig kontakt)"
    assert (page.count(board), page.count(weekly)) == (2, 3)
    assert page.index("24. november 2026 kl.") < page.index("Ukentlig kontakt</h2>") < page.index(weekly)
    assert "De neste møtene (3)" in page
    assert "Vis 17 møter til" in page
    assert (everything.count(board), everything.count(weekly)) == (2, 20)


@pytest.mark.parametrize("person", ["chair", "lead"])
async def test_who_leads_the_board_sees_the_answers_and_can_move(site: Site, person: str) -> None:
    page = unescape((await site.get(person)).text)

    assert "Svar på innkallingen: 1 kommer, 1 kommer ikke og 1 har ikke svart" in page
    assert "Rolle member: kommer ikke" in page
    assert "Flytt møtet tirsdag 13. oktober 2026" in page


async def test_the_county_lead_can_move_every_board_s_meetings_but_not_those_the_municipality_calls(site: Site) -> None:
    lead = Person(key="county", name="Fylkets leder", email="county@county.example", organisation="county")
    seat = Assignment(person="county", role=Role.COUNTY_LEAD)
    known = site.register.value
    site.register.value = known.model_copy(
        update={"people": (*known.people, lead), "assignments": (*known.assignments, seat)}
    )

    page = (await site.get("county")).text

    assert page.count("Flytt møtet") == 2
    assert "Styret i b-vik" in page


@pytest.mark.parametrize("change", ["forged", "other purpose", "revoked", "expired", "left"])
async def test_an_address_that_is_not_good_finds_nothing(site: Site, change: str) -> None:
    path = await site.address("member")
    match change:
        case "forged":
            path += "x"
        case "other purpose":
            path = f"/mine-moter/{await site.links.issue('feed', 'person:member')}"
        case "revoked":
            await site.links.revoke("own_meetings:member")
        case "expired":
            site.clock.advance(timedelta(days=91))
        case _:
            known = site.register.value
            people = tuple(item for item in known.people if item.key != "member")
            site.register.value = known.model_copy(update={"people": people})

    assert (await site.client.get(path)).status_code == 404


async def test_blocked_days_are_kept_planned_around_and_taken_back(site: Site) -> None:
    added = await site.post("member", "/dager", {"first": "2026-10-12", "last": "2026-10-14"})
    assert "Dagene dine er lagret." in added.text
    assert "Du har sagt at du ikke kan denne dagen." in added.text
    assert "Kan ikke denne dagen: Rolle member." in (await site.get("chair")).text
    assert site.register.due == ["sweep.all:test"]

    plan = plan_meetings(site.register.value, await site.meetings.list_meetings(), now=NOW)
    announced = await site.meetings.find_meeting(KEY)
    assert announced is not None
    assert (announced.day, KEY in {item.key for item in plan.changed}) == (date(2026, 10, 13), False)
    assert any(item.problem.announced and item.problem.first == announced.day for item in plan.problems)

    await site.post("member", "/dager", {"do": "remove", "day": ["2026-10-12", "2026-10-14"]})
    assert site.register.value.person("member").blocked_dates == (date(2026, 10, 13),)


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        pytest.param("", "", "Velg hvilken dag du ikke kan.", id="nothing"),
        pytest.param("<script>", "", "Velg hvilken dag du ikke kan.", id="no date"),
        pytest.param("2026-08-01", "", "Velg en dag fra torsdag 20. august 2026", id="past"),
        pytest.param("2028-01-03", "", "Velg en dag fra torsdag 20. august 2026", id="after the programme"),
        pytest.param("2026-10-14", "2026-10-12", "Siste dag kan ikke være før første dag.", id="the wrong way round"),
        pytest.param("2026-10-14", "2027-10-12", "Legg til høyst 62 dager om gangen.", id="too many"),
    ],
)
async def test_days_that_cannot_be_are_explained_and_not_kept(site: Site, first: str, last: str, problem: str) -> None:
    page = await site.post("member", "/dager", {"first": first, "last": last})

    assert page.status_code == 422
    assert problem in unescape(page.text)
    assert site.register.value == programme()


async def test_the_chair_moves_a_meeting_after_seeing_what_happens(site: Site) -> None:
    choices = re.findall(r'name="choice" id="[^"]*" value="([^"]*)"', (await site.get("chair", MOVE)).text)
    assert "2026-10-27T09:00" in choices
    assert "2026-10-13T09:00" not in choices
    chosen = {"choice": "2026-10-27T09:00", "day": "", "time": "", "reason": "Rådhuset er <stengt>"}

    preview = (await site.post("chair", MOVE, {**chosen, "step": "preview"})).text
    assert "3 personer får én melding" in preview
    assert "Rådhuset er &lt;stengt&gt;" in preview
    assert "Fristen for å gi status blir fredag 16. oktober 2026 kl. 15.00." in preview
    unmoved = await site.meetings.find_meeting(KEY)
    assert unmoved is not None
    assert unmoved.day == date(2026, 10, 13)

    for _ in range(2):
        done = await site.post("chair", MOVE, {**chosen, "step": "move"})
    moved = await site.meetings.find_meeting(KEY)
    assert moved is not None
    assert (moved.starts_local, moved.words, moved.sequence) == (
        datetime.fromisoformat("2026-10-27T09:00"),
        "Rådhuset er <stengt>",
        1,
    )
    assert done.status_code == 422  # The second time the meeting is there already.
    assert "Møtet er flyttet fra tirsdag 13. oktober 2026." in (await site.get("member")).text
    async with site.database.read() as connection:
        rows = (await connection.execute(audit.select())).all()
    assert [(row.actor, row.action, row.subject) for row in rows] == [("chair", "meetings.moved", KEY)]
    assert await list_events(site.database) == []


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        pytest.param({"reason": "Syk"}, "Velg et av tidspunktene.", id="no choice"),
        pytest.param({"choice": "other", "day": "2026-10-27", "reason": "Syk"}, "både dag og klokkeslett", id="half"),
        pytest.param({"choice": "other", "day": "2026-08-20", "time": "09:00", "reason": "x"}, "som kommer", id="past"),
        pytest.param({"choice": "0001-01-01T00:00", "reason": "x"}, "Velg en dag fra", id="long ago"),
        pytest.param({"choice": "9999-12-31T23:59", "reason": "x"}, "Velg en dag fra", id="never"),
        pytest.param({"choice": "2026-10-13T09:00", "reason": "x"}, "allerede", id="the same"),
        pytest.param({"choice": "2026-10-27T23:30", "reason": "x"}, "slutte samme dag", id="past midnight"),
        pytest.param({"choice": "2026-10-27T09:00", "reason": " "}, "Skriv en kort grunn.", id="no reason"),
        pytest.param({"choice": "2026-10-27T09:00", "reason": "x" * 301}, "høyst 300 tegn", id="long reason"),
        pytest.param({"choice": "2026-10-27T09:00", "reason": "Ring 95 12 34 56"}, "telefonnummer", id="private"),
        pytest.param({"choice": "2026-10-27T09:00+02:00", "reason": "x"}, "Velg et av", id="an offset"),
    ],
)
async def test_what_cannot_be_moved_like_that_is_explained_and_kept(
    site: Site, form: dict[str, object], problem: str
) -> None:
    page = await site.post("chair", MOVE, {**form, "step": "move"})

    assert page.status_code == 422
    assert problem in unescape(page.text)
    kept = await site.meetings.find_meeting(KEY)
    assert kept is not None
    assert kept.sequence == 0


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    form=st.dictionaries(
        st.sampled_from(["first", "last", "day", "do", "choice", "time", "reason", "step", "email"]),
        st.text() | st.sampled_from(["other", "remove", "move", "2026-10-27T09:00", "2026-W41", "24:00", "\u0000"]),
    ),
    path=st.sampled_from(["/dager", MOVE, "/flytt?mote=%00", "/flytt"]),
)
async def test_whatever_is_sent_is_answered(site: Site, form: dict[str, object], path: str) -> None:
    page = await site.post("chair", path, {key: str(value).encode("utf-8", "ignore") for key, value in form.items()})

    assert page.status_code in (200, 400, 403, 404, 422)


async def test_a_day_against_the_rules_is_taken_after_a_word_of_warning(site: Site) -> None:
    form: dict[str, object] = {"choice": "other", "day": "2026-10-07", "time": "10:00", "reason": "Besøk"}

    assert "Dette taler mot dagen: høstferie." in (await site.post("chair", MOVE, {**form, "step": "preview"})).text
    await site.post("chair", MOVE, {**form, "step": "move"})

    moved = await site.meetings.find_meeting(KEY)
    assert moved is not None
    assert moved.starts_local == datetime.fromisoformat("2026-10-07T10:00")


@pytest.mark.parametrize(
    ("person", "key"),
    [("member", KEY), ("chair", "b-vik/2026-10-15"), ("chair", "a-dal/2020-01-01"), ("chair", "")],
    ids=["a member", "theirs", "none", "nothing"],
)
async def test_nobody_moves_what_is_not_theirs_to_move(site: Site, person: str, key: str) -> None:
    path = f"/flytt?mote={quote(key, safe='')}"
    form: dict[str, object] = {"choice": "2026-10-27T09:00", "reason": "Fordi", "step": "move"}

    assert (await site.get(person, path)).status_code == 403
    assert (await site.post(person, path, form)).status_code == 403
    assert all(item.sequence == 0 for item in await site.meetings.list_meetings())


def ended(register: Programme, *people: str) -> Programme:
    """End all roles of *people* on the day before."""
    yesterday = NOW.date() - timedelta(days=1)
    roles = tuple(
        item.model_copy(update={"until": yesterday}) if item.person in people else item for item in register.assignments
    )
    return register.model_copy(update={"assignments": roles})


@pytest.mark.parametrize("person", ["chair", "lead", "member"])
@pytest.mark.parametrize(
    ("path", "form"),
    [
        pytest.param("", None, id="the page"),
        pytest.param(MOVE, None, id="the choice of a date"),
        pytest.param("/dager", {"first": "2026-10-12"}, id="days"),
        pytest.param("/ny-adresse", {}, id="the feed's address"),
        pytest.param(MOVE, {"choice": "2026-10-27T09:00", "reason": "Fordi", "step": "move"}, id="moving"),
    ],
)
async def test_an_address_leads_nowhere_once_the_roles_have_ended(
    site: Site, person: str, path: str, form: dict[str, object] | None
) -> None:
    address = await site.address_for(person, path)
    before = site.register.value = ended(site.register.value, person)
    feed = await site.links.issue("feed", f"person:{person}")

    page = await (site.client.get(address) if form is None else site.client.post(address, data=form))

    assert page.status_code == 404
    assert site.register.value == before
    assert await site.links.resolve(feed, "feed") is not None
    assert all(item.sequence == 0 for item in await site.meetings.list_meetings())


async def test_a_role_that_ends_today_or_begins_later_still_leads_there(site: Site) -> None:
    known, today = site.register.value, NOW.date()
    roles = tuple(
        item.model_copy(update={"until": today} if item.person == "member" else {"since": today + timedelta(days=9)})
        for item in known.assignments
    )
    site.register.value = known.model_copy(update={"assignments": roles})

    assert [(await site.get(person)).status_code for person in ("member", "chair")] == [200, 200]


async def test_whose_role_ends_while_a_date_is_chosen_moves_nothing(site: Site) -> None:
    """The chair of the board is a member of it from today on."""
    form: dict[str, object] = {"choice": "2026-10-27T09:00", "reason": "Fordi", "step": "move"}
    known = ended(site.register.value, "chair")
    member = Assignment(person="chair", role=Role.BOARD_MEMBER, municipality="a-dal")
    site.register.value = known.model_copy(update={"assignments": (*known.assignments, member)})

    assert (await site.post("chair", MOVE, form)).status_code == 403
    moves = MeetingMoves(store=site.meetings, clock=site.clock, programme=site.register.programme)
    with pytest.raises(MayNotMove):
        await moves.move(KEY, datetime.fromisoformat("2026-10-27T09:00"), "Fordi", by="chair")
    assert all(item.sequence == 0 for item in await site.meetings.list_meetings())


async def test_the_second_of_two_who_move_a_meeting_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the first one does it in the same moment."""
    change, other = site.meetings.change, datetime.fromisoformat("2026-10-29T09:00")
    form: dict[str, object] = {"choice": "2026-10-27T09:00", "reason": "Fordi", "step": "move"}
    seen = re.findall(r'name="seen" value="([^"]*)"', (await site.get("chair", MOVE)).text)[0]

    async def overtaken(was: Meeting, now: Meeting, then: Sequence[DueUnit] = (), *, by: str = "") -> bool:
        await change(
            was, replace(was, starts_local=other, ends_local=other + timedelta(hours=2), sequence=was.sequence + 1)
        )
        return await change(was, now, then, by=by)

    monkeypatch.setattr(site.meetings, "change", overtaken)
    meanwhile = await site.post("chair", MOVE, {**form, "seen": seen})
    before = await site.post("chair", MOVE, {**form, "seen": seen})

    for told in (meanwhile, before):
        assert told.status_code == 422
        assert "Noen flyttet møtet mens du holdt på: nå er det torsdag 29. oktober" in told.text
        assert "Fordi" in told.text
    moved = await site.meetings.find_meeting(KEY)
    assert moved is not None
    assert moved.starts_local == other


@pytest.mark.parametrize(
    ("language", "words"), [("nn", "Kvifor blir møtet flytta?"), ("en", "Why is the meeting moved?")]
)
async def test_the_pages_speak_the_person_s_language(site: Site, language: str, words: str) -> None:
    known = site.register.value
    people = tuple(item.model_copy(update={"language": language}) for item in known.people)
    site.register.value = known.model_copy(update={"people": people})
    form: dict[str, object] = {"choice": "2026-10-07T10:00", "reason": "Besøk", "step": "preview"}

    pages = [await site.get("chair"), await site.get("chair", MOVE), await site.post("chair", MOVE, form)]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert all(f'lang="{language}"' in page.text for page in pages)
    assert words in pages[1].text


@pytest.mark.parametrize("path", ["/dager", "/ny-adresse", MOVE])
async def test_a_form_from_another_page_changes_nothing(site: Site, path: str) -> None:
    form: dict[str, object] = {"first": "2026-10-12", "choice": "2026-10-27T09:00", "reason": "x", "step": "move"}

    page = await site.post("chair", path, form, **OTHER_PAGE)

    assert page.status_code == 403
    assert site.register.value == programme()


async def test_a_new_calendar_address_ends_the_old_one_and_leaves_the_page(site: Site) -> None:
    old = await site.own.feed("member")

    page = await site.post("member", "/ny-adresse", {})

    assert old not in page.text
    assert await site.links.resolve(old.rpartition("/")[2].removesuffix(".ics"), "feed") is None
    assert (await site.get("member")).status_code == 200


async def test_who_was_invited_gets_the_own_address_by_mail_once_a_day_and_nobody_learns_who_that_is(
    site: Site,
) -> None:
    path = f"/moter/{await site.links.issue('papers', KEY)}/mine-moter"
    emails = ["Member@county.example", "member@county.example", "stranger@county.example", ""]

    pages = [(await site.client.post(path, data={"email": email})).text for email in emails]

    assert len(set(pages)) == 1
    [message] = await site.messages.list_messages()
    assert (message.content.address, message.person) == ("member@county.example", "member")
    assert await site.address("member") in message.content.html


async def test_the_own_page_moves_nothing_and_has_a_link_mailed_that_does(site: Site) -> None:
    """Passed on with its mail, the page's address decides nothing in the chair's name."""
    way_in = await site.address("chair") + MOVE
    before = await site.meetings.find_meeting(KEY)

    offered = await site.client.get(way_in)
    sent = await site.client.post(
        way_in, data={"choice": "2026-10-15T09:00", "reason": "Rådhuset er stengt", "step": "move"}
    )

    assert "Send meg lenken" in offered.text
    assert "Lenken er på vei" in sent.text
    assert "chair@county.example" not in offered.text + sent.text
    assert await site.meetings.find_meeting(KEY) == before
    (mail,) = await site.messages.list_messages(kind=KIND)
    assert (mail.person, mail.content.email) == ("chair", "chair@county.example")
    link = re.search(r'href="([^"]+/flytt[^"]*)"', mail.content.html)
    assert link is not None
    form = await site.client.get(unescape(link[1]).removeprefix(PUBLIC))
    assert "Når skal møtet være?" in form.text


async def test_a_second_press_soon_after_mails_no_second_link(site: Site) -> None:
    for _ in range(3):
        await site.client.post(await site.address("chair") + MOVE)

    assert len(await site.messages.list_messages(kind=KIND)) == 1


async def test_a_link_that_has_ended_moves_nothing_gives_back_the_words_and_offers_another(site: Site) -> None:
    address = await site.address_for("chair", MOVE)
    before = await site.meetings.find_meeting(KEY)
    site.clock.time = NOW + LINK_LIFE

    answer = await site.client.post(
        address, data={"choice": "2026-10-15T09:00", "reason": "Rådhuset er stengt", "step": "move"}
    )

    assert answer.status_code == 403
    assert "Rådhuset er stengt" in answer.text
    assert f'action="{(await site.address("chair"))}{MOVE}"' in unescape(answer.text)
    assert await site.meetings.find_meeting(KEY) == before


async def test_a_short_link_opens_its_own_meeting_alone(site: Site) -> None:
    address = await site.address_for("chair", MOVE)

    assert (await site.client.get(address.replace("10-13", "11-24"))).status_code == 404
    assert (await site.client.get(address.partition("/flytt")[0])).status_code == 404


async def test_nobody_blocks_more_days_than_a_member_could_miss(site: Site) -> None:
    months = [("2026-09-01", "2026-10-30"), ("2026-11-01", "2026-12-30"), ("2027-01-01", "2027-03-01")]
    for first, last in months:
        assert (await site.post("member", "/dager", {"first": first, "last": last})).status_code in (200, 303)
    kept = site.register.value.person("member").blocked_dates

    refused = await site.post("member", "/dager", {"first": "2027-04-01", "last": "2027-05-20"})

    assert refused.status_code == 422
    assert "200" in refused.text
    assert site.register.value.person("member").blocked_dates == kept


async def test_days_that_are_blocked_already_plan_nothing_anew(site: Site) -> None:
    for _ in range(2):
        await site.post("member", "/dager", {"first": "2026-10-06"})
        due, site.register.due[:] = list(site.register.due), []

    assert due == []


async def test_whose_roles_have_ended_blocks_nothing(site: Site) -> None:
    site.register.value = ended(site.register.value, "member")

    with pytest.raises(InvalidDays) as refused:
        await site.own.block("member", date(2026, 10, 6), None)

    assert refused.value.problems == {"first": ("own.problem_gone", {})}
    assert site.register.value.person("member").blocked_dates == ()


async def test_a_move_that_leaves_no_time_for_the_round_says_so_before(site: Site) -> None:
    form: dict[str, object] = {"choice": "other", "day": "2026-08-26", "time": "09:00", "reason": "Haster"}

    preview = unescape((await site.post("chair", MOVE, {**form, "step": "preview"})).text)

    assert texts.say("own.confirm_round_over", "nb") in preview


async def test_whose_right_to_move_ends_between_the_look_and_the_write_is_told(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ended_meanwhile(*arguments: object, **more: object) -> None:
        raise MayNotMove("chair may not move")

    monkeypatch.setattr(MeetingMoves, "move", ended_meanwhile)
    form: dict[str, object] = {"choice": "2026-10-27T09:00", "reason": "Fordi", "step": "move"}

    assert (await site.post("chair", MOVE, form)).status_code == 403
