"""Sending that starts again: one mail for each person instead of all that piled up."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.programme import Programme
from integration.database.audit import SQLAudit
from integration.database.connection import create_database
from tests.clocks import NOON
from tests.workflows.programme import programme
from tests.workflows.status.rounds import PUBLIC, World
from workflows.messages.model import PAUSED, Content, Message, MessageState, Surface
from workflows.messages.resumption import KIND, Resuming, Resumption, ResumptionPorts, plan_resumption
from workflows.ports.units import Done, DueUnit, Parked

LATER = NOON + timedelta(days=3)


def message(key: str, **changes: Any) -> Message:
    """Return a mail that a pause keeps; *changes* of the message, and of its content."""
    given: dict[str, Any] = {
        "email": "lead@county.example",
        "name": "Leder",
        "address": "lead@county.example",
        "subject": f"Emne {key}",
        "text": "Tekst",
        "html": "<p>Tekst</p>",
        "links": (("Se saken", f"{PUBLIC}/sak/{key}"),),
    }
    content = Content(**{name: changes.pop(name, value) for name, value in {**given, "deadline": ""}.items()})
    values: dict[str, Any] = {
        "kind": "leads.mail",
        "surface": Surface.EMAIL,
        "due_at": NOON,
        "person": "lead",
        "municipality": "a-dal",
        "state": MessageState.HELD,
        "failure": PAUSED,
    }
    return Message(key=key, content=content, **{**values, **changes})


def planned(*waiting: Message, open_requests: tuple[str, ...] = ("r",), now: Any = NOON) -> Resumption:
    return plan_resumption(programme(), waiting, open_requests=open_requests, now=now, public_url=f"{PUBLIC}/")


def test_several_matters_of_one_person_become_one_mail_with_a_button_for_each() -> None:
    found = planned(message("a"), message("b"), message("c", links=()))

    [summary] = found.summaries
    assert (summary.person, summary.kind, summary.surface) == ("lead", KIND, Surface.EMAIL)
    assert summary.content.subject == "Det som ventet mens utsendingen var stoppet"
    assert "I stedet for 3 meldinger" in summary.content.text
    for words in ("Emne a", "Emne b", "Emne c"):
        assert words in summary.content.text
    assert [address for _, address in summary.content.links] == [f"{PUBLIC}/", f"{PUBLIC}/sak/a", f"{PUBLIC}/sak/b"]
    assert sorted(found.summed) == ["a", "b", "c"]
    assert [unit.key for unit in found.then] == [f"{KIND}:{programme().key}"]


def test_a_single_matter_goes_out_as_it_is() -> None:
    assert planned(message("a")) == Resumption(summaries=[], summed=[], dropped=[], then=[])


def test_people_are_summed_up_each_for_themselves() -> None:
    found = planned(message("a"), message("b"), message("c", person="home-lead"))

    assert [item.person for item in found.summaries] == ["lead"]
    assert sorted(found.summed) == ["a", "b"]


def test_a_request_and_its_reminders_are_one_matter_and_the_request_itself_goes() -> None:
    asks = {"request": "r", "deadline": LATER.isoformat()}
    request = message("a", **asks)
    reminders = [message(key, due_at=NOON + timedelta(days=day), **asks) for key, day in (("b", 1), ("c", 2))]

    found = planned(*reversed(reminders), request)

    assert (found.summaries, found.summed, found.dropped) == ([], ["b", "c"], [])


def test_a_card_beside_a_mail_is_the_same_matter_and_the_mail_goes() -> None:
    beside = message("a/card", surface=Surface.PERSONAL, links=())

    found = planned(beside, message("a"))

    assert (found.summaries, found.summed, found.dropped) == ([], ["a/card"], [])


def test_in_a_summary_a_matter_has_its_newest_words() -> None:
    asks = {"request": "r", "deadline": LATER.isoformat()}
    moved = message("b", due_at=NOON + timedelta(hours=1), **asks)

    [summary] = planned(message("a", **asks), moved, message("other")).summaries

    assert "Emne b" in summary.content.text
    assert "Emne a" not in summary.content.text
    assert f"{PUBLIC}/sak/b" in [address for _, address in summary.content.links]
    assert f"{PUBLIC}/sak/a" not in [address for _, address in summary.content.links]


@pytest.mark.parametrize(
    ("changes", "open_requests"),
    [
        pytest.param({"deadline": NOON.isoformat()}, ("r",), id="the deadline has passed"),
        pytest.param({"deadline": LATER.isoformat()}, (), id="it was answered meanwhile"),
    ],
)
def test_what_has_lost_its_sense_is_dropped(changes: dict[str, Any], open_requests: tuple[str, ...]) -> None:
    found = planned(message("a", request="r", **changes), message("b"), open_requests=open_requests)

    assert (found.dropped, found.summaries, found.summed) == (["a"], [], [])


def test_a_notice_about_a_request_that_asks_nobody_to_answer_is_kept() -> None:
    found = planned(message("a", request="gone"), message("b", request="gone"), open_requests=())

    assert found.dropped == []
    assert len(found.summaries) == 1


def test_a_moved_deadline_keeps_a_request_whose_first_deadline_has_passed() -> None:
    request = message("a", request="r", deadline=NOON.isoformat())
    moved = message("b", request="r", deadline=LATER.isoformat(), due_at=NOON + timedelta(minutes=1))

    assert planned(request, moved).dropped == []


def test_a_channel_s_card_and_a_stranger_s_mail_stay_as_they_are() -> None:
    found = planned(
        message("a", surface=Surface.CHANNEL), message("b"), message("c", person="gone"), message("d", person="gone")
    )

    assert (found.summaries, found.summed, found.dropped) == ([], [], [])


def test_a_summary_of_one_municipality_belongs_to_it_and_another_to_nobody() -> None:
    [of_one] = planned(message("a"), message("b")).summaries
    [of_two] = planned(message("a"), message("b", municipality="b-vik")).summaries

    assert (of_one.municipality, of_two.municipality) == ("a-dal", None)


# ------------------------------------------------------------------------------------------------------ in the record


class Office:
    """The desk that starts sending again, over a record."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known: Programme | None = world.programme
        self.desk = Resuming(
            ResumptionPorts(
                programme=self.read,
                messages=world.messages,
                pauses=world.switches,
                open_requests=world.messages.still_asked,
                outbox=lambda: world.outbox,
                replies=frozenset({"links.mail"}),
                clock=world.clock,
                public_url=PUBLIC,
            )
        )

    async def read(self) -> Programme | None:
        return self.known

    async def pile_up(self, *messages: Message) -> None:
        """Have messages planned, and tried while sending is paused."""
        now = self.world.clock.now()
        await self.world.outbox.plan([replace(item, due_at=now, state=MessageState.PLANNED) for item in messages])
        for item in await self.world.messages.list_messages():
            await self.world.outbox.deliver(item)

    async def states(self) -> dict[str, MessageState]:
        found = await self.world.messages.list_messages()
        return {"summary" if item.kind == KIND else item.key: item.state for item in found}

    async def send(self) -> Any:
        unit = DueUnit(key=f"{KIND}:{self.world.programme.key}", due_at=self.world.clock.now())
        return await self.desk.send(unit, self.world.history)


@pytest.fixture
async def office(either_url: str) -> AsyncIterator[Office]:
    database = create_database(either_url)
    yield Office(World(database))
    await database.close()


async def test_after_a_pause_of_everything_a_person_gets_one_mail(office: Office) -> None:
    await office.world.switches.pause()
    await office.pile_up(message("a"), message("b"))
    assert not office.world.mailer.sent

    await office.desk.resume(by="chief")
    assert isinstance(await office.send(), Done)
    for item in await office.world.messages.list_messages():
        await office.world.outbox.deliver(item)

    assert [mail.subject for mail in office.world.mailer.sent.values()] == [
        "Det som ventet mens utsendingen var stoppet"
    ]
    assert await office.states() == {
        "a": MessageState.SUMMED,
        "b": MessageState.SUMMED,
        "summary": MessageState.SENT,
    }


async def test_what_is_planned_but_was_not_tried_yet_is_summed_up_too(office: Office) -> None:
    await office.world.switches.pause()
    await office.world.outbox.plan([message("a"), message("b", due_at=office.world.clock.now())])

    found = await office.desk.resume()

    assert sorted(found.summed) == ["a", "b"]


async def test_what_is_due_later_and_replies_are_left_alone(office: Office) -> None:
    later = office.world.clock.now() + timedelta(days=1)
    await office.world.switches.pause()
    await office.world.outbox.plan([message("a", due_at=later), message("b", kind="links.mail"), message("c")])

    found = await office.desk.resume()

    assert (found.summaries, found.summed) == ([], [])


@pytest.mark.parametrize(
    ("paused", "resumed", "freed"),
    [
        pytest.param(["a-dal"], "a-dal", True, id="the municipality's own"),
        pytest.param([None], None, True, id="everything's"),
        pytest.param([None, "a-dal"], None, False, id="everything's, and its own stays"),
        pytest.param([None, "a-dal"], "a-dal", False, id="its own, and everything's stays"),
        pytest.param(["b-vik"], "b-vik", False, id="another's"),
        pytest.param(["a-dal"], None, False, id="none that there is"),
    ],
)
async def test_only_what_no_pause_keeps_any_more_is_summed_up(
    office: Office, paused: list[str | None], resumed: str | None, freed: bool
) -> None:
    for municipality in paused:
        await office.world.switches.pause(municipality)
    await office.world.outbox.plan([message("a"), message("b")])

    found = await office.desk.resume(resumed)

    assert bool(found.summaries) is freed


@pytest.mark.parametrize(
    ("paused", "told"),
    [
        pytest.param(["a-dal"], {"a-dal": 2}, id="the municipality's own"),
        pytest.param([None, "a-dal"], {"": 0, "a-dal": 0}, id="two that keep the same"),
        pytest.param(["b-vik"], {"b-vik": 0}, id="another's"),
        pytest.param([], {}, id="none"),
    ],
)
async def test_before_a_start_it_is_known_how_many_get_a_message(
    office: Office, paused: list[str | None], told: dict[str, int]
) -> None:
    for municipality in paused:
        await office.world.switches.pause(municipality)
    await office.world.outbox.plan([message("a"), message("b"), message("c", person="home-lead")])

    assert await office.desk.people_told() == told


async def test_a_second_start_sums_up_nothing_more(office: Office) -> None:
    await office.world.switches.pause()
    await office.pile_up(message("a"), message("b"))
    await office.desk.resume()

    again = await office.desk.resume()

    assert again.summaries == ()
    assert len(await office.states()) == 3


async def test_before_the_first_import_a_pause_ends_all_the_same(office: Office) -> None:
    office.known = None
    await office.world.switches.pause()

    await office.desk.resume()

    assert not await office.world.switches.is_paused()
    assert isinstance(await office.send(), Done)


async def test_a_start_that_is_stopped_halfway_leaves_the_pause_and_the_pile(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.world.switches.pause()
    await office.pile_up(message("a"), message("b"))
    stop: Callable[..., Awaitable[None]] = _stop
    monkeypatch.setattr("integration.database.switches.note_action", stop)

    with pytest.raises(KeyboardInterrupt):
        await office.desk.resume()

    assert await office.world.switches.is_paused()
    assert set((await office.states()).values()) == {MessageState.HELD}


async def _stop(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


async def test_a_summary_waits_for_sending_hours(office: Office) -> None:
    await office.world.switches.pause()
    await office.pile_up(message("a"), message("b"))
    office.world.clock.advance(timedelta(hours=12))
    await office.desk.resume()

    assert isinstance(await office.send(), Parked)
    assert not office.world.mailer.sent


async def test_a_round_that_piled_up_for_people_with_one_matter_each_goes_out_as_it_is(office: Office) -> None:
    world = office.world
    await world.switches.pause("a-dal")
    await world.open()
    await world.run("status.send")
    held = [item.key for item in await world.messages.list_messages(states=[MessageState.HELD])]
    assert held

    found = await office.desk.resume("a-dal")
    await world.run("status.send")

    assert list(found.dropped) == []
    sent = await world.messages.list_messages(states=[MessageState.SENT])
    assert sorted(item.key for item in sent) == sorted(held)


async def test_starting_again_is_an_act_of_the_person(office: Office) -> None:
    await office.world.switches.pause("a-dal", by="chief")
    await office.desk.resume("a-dal", by="chief")

    acts = [(entry.act.actor, entry.act.action) async for entry in SQLAudit(office.world.database).entries()]

    assert acts == [("chief", "sending.paused"), ("chief", "sending.resumed")]
