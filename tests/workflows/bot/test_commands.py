"""Commands to the bot, and its replies: in people's own chat, once, and only to those we know."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cards
import texts
from config.place_template import ChannelSpec, PlaceSpec
from config.values import Assignment, BodyKind, Place, Role
from integration.database.connection import Database
from tests.workflows.status.rounds import GUEST, HOME, MEETING, ORPHAN, PUBLIC, World, package
from workflows.bot.command import Command
from workflows.bot.desk import BotDesk
from workflows.bot.ports import BotPorts
from workflows.bot.registry import COMMANDS, understand, words_of
from workflows.bot.replies import BotReplies
from workflows.errors import NotFound, Refused
from workflows.messages.model import Message, MessageState
from workflows.ports.bot import Conversation
from workflows.ports.units import DueUnit
from workflows.status.plan import request_id

CHAT = Conversation(id="a:home", service_url="https://teams.example")


class Talk:
    """One person's chat with the bot, and what came back."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.languages: list[tuple[str, str]] = []
        self.desk = BotDesk(
            BotPorts(
                programme=world.read_programme,
                rounds=world.store,
                accounts=world.accounts,
                messages=world.messages,
                chats=world.chats,
                places=world.places,
                languages=self,
                clock=world.clock,
                own_address=world.own_address,
            )
        )
        self.replies = BotReplies(messages=world.messages, outbox=world.outbox, clock=world.clock)

    async def set_language(self, person: str, language: str) -> bool:
        self.languages.append((person, language))
        return True

    async def write(self, text: str, *, who: str = "home-id", activity: str = "m1", personal: bool = True) -> None:
        await self.desk.heard(text, activity=activity, object_id=who, chat=CHAT, personal=personal)

    async def ask(self, text: str, *, who: str = "home-id") -> str:
        await self.write(text, who=who)
        [message] = await self.answers()
        return message.content.text

    def make_county_lead(self, **changes: Any) -> None:
        """Let the person with the chat lead the county's part; *changes*: to the programme besides."""
        leads = (*self.world.programme.assignments, Assignment(person="home-lead", role=Role.COUNTY_LEAD))
        self.world.programme = self.world.programme.model_copy(update={"assignments": leads, **changes})

    async def answers(self) -> list[Message]:
        return list(await self.world.messages.list_messages(kind="bot_reply"))

    async def send(self) -> None:
        for key in await self.world.due():
            if key.startswith("bot.reply:"):
                await self.replies.reply(DueUnit(key=key, due_at=self.world.clock.now()), self.world.history)


@pytest.fixture
async def talk(database: Database) -> Talk:
    world = World(database)
    await world.open()
    return Talk(world)


# ------------------------------------------------------------------------------------------------------ understanding


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("hjelp", "help"),
        ("Hei!", "help"),
        ("  STATUS ", "status"),
        ("<at>Våre unge 365</at>&nbsp;status", "status"),
        ("mine pakker", "packages"),
        ("mine  pakkar", "packages"),
        ("møter", "meetings"),
        ("språk nn", "language"),
        ("rull ut Å-dal", "rollout"),
        ("status?", "status"),
        ("/status", "status"),
        ("«Mine pakker».", "packages"),
        ("hjelp!", "help"),
        ("?", "help"),
        ("??", "help"),
        ("språk: nn", "language"),
        ("Språk:nn", "language"),
        ("/rull ut: Å-dal.", "rollout"),
        ("/", None),
        (":", None),
        ("slett alt", None),
        ("statusen er fin", None),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_commands_come_from_a_closed_list(text: str, command: str | None) -> None:
    understood = understand(text).command

    assert (understood and understood.key) == command


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.key)
def test_no_two_commands_are_written_alike_in_any_language(command: Command) -> None:
    for language in texts.languages():
        for word in words_of(command, language):
            assert understand(word).command is command


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.key)
def test_the_help_says_of_each_command_how_it_is_written(command: Command) -> None:
    for language in texts.languages():
        shown = re.escape(words_of(command, language)[0])
        assert re.search(f"[«“]{shown}\\b", texts.say(f"bot.{command.key}_help", language))


@given(st.text())
def test_anything_may_be_written(text: str) -> None:
    assert understand(text).command in (*COMMANDS, None)


# -------------------------------------------------------------------------------------------------------- the answers


async def test_help_lists_the_commands_but_rolling_out_only_for_who_may(talk: Talk) -> None:
    await talk.write("hjelp", activity="1")
    talk.make_county_lead()
    await talk.write("hjelp", activity="2")

    lead_of_a_package, lead_of_the_county = sorted((message.content.text for message in await talk.answers()), key=len)
    assert "«status» viser hva du skal svare på" in lead_of_a_package
    assert "rull ut" not in lead_of_a_package
    assert "«rull ut» og navnet på en kommune" in lead_of_the_county


async def test_status_shows_what_to_answer_with_a_button_each(talk: Talk) -> None:
    words = await talk.ask("status")

    assert words == "Pakken arena: Vi mangler status. Svar innen fredag 6. november 2026 kl. 15.00."
    [message] = await talk.answers()
    assert request_id(MEETING, HOME) in str(message.content.card)


@pytest.mark.parametrize("letter", ['"', "{", "\N{SMILING FACE WITH OPEN MOUTH}"])
async def test_an_answer_fits_into_a_message_however_much_there_is_to_say(talk: Talk, letter: str) -> None:
    many = [package(f"p{n}", name=letter * 1000) for n in range(40)]
    leads = [Assignment(person="home-lead", role=Role.WORK_PACKAGE_LEAD, work_package=item.key) for item in many]
    small = talk.world.programme
    talk.world.programme = small.model_copy(
        update={
            "work_packages": (*small.work_packages, *many),
            "assignments": (*small.assignments, *leads),
        }
    )

    await talk.ask("mine pakker")

    [message] = await talk.answers()
    assert cards.utf16_size(message.content.card) <= cards.MAX_BYTES
    assert "Det er 29 til som ikke får plass her." in str(message.content.card)


async def test_status_shows_the_local_lead_who_owes_what(talk: Talk) -> None:
    await talk.world.answer(HOME, "home-lead")

    words = await talk.ask("status", who="lead-id")

    assert "1 av 3 arbeidspakker har gitt status." in words
    assert "Vi mangler status for Pakken bro og Pakken laft." in words


async def test_a_lead_whose_role_has_ended_is_asked_for_nothing(talk: Talk) -> None:
    """Roles are looked up at each message; the round knows who was asked when it opened."""
    talk.world.programme = talk.world.programme.model_copy(update={"assignments": ()})

    assert await talk.ask("status") == "Du har ingen status å gi nå."


async def test_what_need_not_be_answered_is_neither_asked_for_nor_counted(talk: Talk) -> None:
    await talk.world.rounds.closing.waive(HOME, talk.world.history)
    await talk.world.answer(GUEST, "guest-lead")
    await talk.write("status", activity="1")
    await talk.write("status", activity="2", who="lead-id")

    own, the_lead_s = [message.content.text for message in await talk.answers()]
    if "1 av" in own:
        own, the_lead_s = the_lead_s, own
    assert own == "Du har ingen status å gi nå."
    assert "1 av 2 arbeidspakker har gitt status." in the_lead_s
    assert "Vi mangler status for Pakken laft." in the_lead_s
    assert "Pakken arena" not in the_lead_s


async def test_a_round_that_asks_nobody_any_more_is_no_round(talk: Talk) -> None:
    for key in (HOME, GUEST, ORPHAN):
        await talk.world.rounds.closing.waive(key, talk.world.history)

    assert await talk.ask("status", who="lead-id") == "Du har ingen status å gi nå."


@pytest.mark.parametrize("said", ["språk: nn", "Språk:nn", "/språk nn!"])
async def test_a_language_is_chosen_however_it_is_punctuated(talk: Talk, said: str) -> None:
    await talk.ask(said)

    assert talk.languages == [("home-lead", "nn")]


async def test_packages_and_meetings_are_the_person_s_own(talk: Talk) -> None:
    await talk.write("mine pakker", activity="1")
    await talk.write("møter", activity="2", who="lead-id")
    await talk.write("møter", activity="3", who="stranger-id")

    answers = await talk.answers()
    texts = {message.content.text for message in answers}
    assert any(f"{PUBLIC}/mine-moter/lead" in str(message.content.card) for message in answers)
    assert any("Du leder arbeidspakken." in text for text in texts)
    assert any("tirsdag 17. november 2026 kl. 09.00" in text for text in texts)
    assert "Vi har ingen møter framover der du er med." in texts


async def test_of_the_weekly_contact_only_the_next_is_told_and_its_name_apart(talk: Talk) -> None:
    world, board = talk.world, talk.world.programme.local_board("a-dal")
    team = board.model_copy(update={"key": "a-dal-lead-team", "kind": BodyKind.LEAD_TEAM})
    world.programme = world.programme.model_copy(update={"bodies": (*world.programme.bodies, team)})
    weeks = [datetime.fromisoformat(f"2026-11-{day}T08:15") for day in ("02", "09", "16")]
    for starts in weeks:
        await world.plan_meeting(starts, key=f"{team.key}/{starts.date()}", body=team.key)

    await talk.write("møter", who="lead-id")

    [answer] = await talk.answers()
    assert f"{board.name} (styremøte)" in answer.content.text
    assert answer.content.text.count(f"{board.name} (ukentlig kontakt)") == 1


async def test_a_package_of_two_boards_is_told_to_both_local_leads_and_once_to_its_own(talk: Talk) -> None:
    world, other = talk.world, "b-vik"
    shared = tuple(
        item.model_copy(update={"boards": (other,)}) if item.key == HOME else item
        for item in world.programme.work_packages
    )
    lead = Assignment(person="stranger", role=Role.LOCAL_LEAD, municipality=other)
    assignments = (*world.programme.assignments, lead)
    world.programme = world.programme.model_copy(update={"work_packages": shared, "assignments": assignments})

    for who in ("home-id", "lead-id", "stranger-id"):
        await talk.write("mine pakker", activity=who, who=who)

    told = {message.person: message.content.text for message in await talk.answers()}
    assert told["home-lead"].count("Pakken arena") == 1
    assert "Pakken arena i a-dal. Du er lokal leder." in told["lead"]
    assert "Pakken arena rapporterer til styret i b-vik, der du er lokal leder." in told["stranger"]


@pytest.mark.parametrize(
    ("word", "language", "answer"),
    [
        ("nn", "nn", "Frå no av skriv eg til deg på nynorsk."),
        ("English", "en", "From now on I write to you in English."),
        ("bokmål", "nb", "Fra nå av skriver jeg til deg på bokmål."),
    ],
)
async def test_the_language_is_chosen_and_answered_in(talk: Talk, word: str, language: str, answer: str) -> None:
    assert await talk.ask(f"språk {word}") == answer
    assert talk.languages == [("home-lead", language)]


async def test_an_unknown_language_changes_nothing(talk: Talk) -> None:
    assert "«språk nn» for nynorsk" in await talk.ask("språk klingon")
    assert talk.languages == []


async def test_only_the_county_s_lead_is_shown_what_would_be_made(talk: Talk) -> None:
    assert await talk.ask("rull ut Å-dal") == "Det er bare lederen i fylket som kan rulle ut."


async def test_the_plan_of_a_place_says_what_it_makes_and_how_it_is_started(talk: Talk) -> None:
    place = PlaceSpec(
        key="a-dal",
        municipality="a-dal",
        unique_name="a-dal",
        name="Samarbeidet i Å-dal",
        mail_nickname="a-dal",
        members=(Role.LOCAL_LEAD,),
        channels=(ChannelSpec(key="board", name="Styret"), ChannelSpec(key="common", name="Felles")),
        landing_title="Å-dal",
        landing_intro="Å-dal",
    )
    talk.make_county_lead(places=(place,))
    await talk.write("rull ut A-dal", activity="1")

    [shown] = await talk.answers()
    assert "Et team som heter Samarbeidet i Å-dal. Antall personer: 1." in shown.content.text
    assert "Kanaler: Styret og Felles." in shown.content.text
    assert "Ingenting er satt i gang." in shown.content.text
    assert "«vareunge rollout a-dal»" in shown.content.text
    assert "OpenUrl" not in str(shown.content.card)


async def test_a_place_that_is_not_ours_is_not_made(talk: Talk) -> None:
    municipalities = tuple(
        item.model_copy(update={"place": Place.THEIRS}) for item in talk.world.programme.municipalities
    )
    talk.make_county_lead(municipalities=municipalities)

    assert "bruker sitt eget sted" in await talk.ask("rull ut a-dal")


async def test_rolling_out_needs_to_know_where(talk: Talk) -> None:
    talk.make_county_lead()

    assert "Hvilken kommune?" in await talk.ask("rull ut noe annet")


async def test_unknown_words_are_answered_politely_and_not_stored(talk: Talk) -> None:
    assert "Det forsto jeg ikke" in await talk.ask("en hemmelighet")
    assert "hemmelighet" not in str(await talk.answers())


# ------------------------------------------------------------------------------------------------------- who and where


@pytest.mark.parametrize("who", ["ukjent-id", "", "x" * 500])
async def test_a_stranger_gets_one_polite_word_and_nothing_else(talk: Talk, who: str) -> None:
    for number, text in enumerate(("status", "språk en", "rull ut Å-dal")):
        await talk.write(text, who=who, activity=str(number))

    [message] = await talk.answers()
    assert "Jeg finner deg ikke der" in message.content.text
    assert talk.languages == []
    assert await talk.world.chats.find(who) is None


async def test_an_activity_told_twice_is_answered_once(talk: Talk) -> None:
    await talk.write("hjelp")
    await talk.send()
    await talk.write("hjelp")
    await talk.send()

    assert len(talk.world.bot.posted) == 1


async def test_the_answer_goes_into_the_chat_it_was_written_in(talk: Talk) -> None:
    await talk.write("hjelp")
    await talk.send()

    assert talk.world.bot.posted[0][0] == CHAT.id
    assert talk.world.bot.chats == []


async def test_what_is_asked_in_a_channel_is_answered_in_the_person_s_own_chat(talk: Talk) -> None:
    await talk.write("status", personal=False)
    await talk.send()

    assert talk.world.bot.posted[0][0] == "chat:home-id"


async def test_an_answer_leaves_at_night_but_not_a_day_late(talk: Talk) -> None:
    talk.world.clock.time += timedelta(hours=14)
    await talk.write("hjelp", activity="1")
    await talk.send()
    assert len(talk.world.bot.posted) == 1

    await talk.write("status", activity="2")
    talk.world.clock.time += timedelta(days=1)
    await talk.send()
    assert len(talk.world.bot.posted) == 1
    assert {message.state for message in await talk.answers()} == {MessageState.SENT, MessageState.DROPPED}


async def test_a_chat_is_remembered_when_the_app_comes_and_forgotten_when_it_goes(talk: Talk) -> None:
    await talk.desk.chat_changed("home-id", CHAT, open_=True)
    await talk.desk.chat_changed("ukjent-id", CHAT, open_=True)
    assert await talk.world.chats.find("home-id") == CHAT
    assert await talk.world.chats.find("ukjent-id") is None

    await talk.desk.chat_changed("home-id", CHAT, open_=False)
    assert await talk.world.chats.find("home-id") is None


async def test_sending_prefers_the_chat_that_is_known(talk: Talk) -> None:
    await talk.desk.chat_changed("home-id", CHAT, open_=True)
    await talk.world.run("status.send")

    assert talk.world.bot.posted[0][0] == CHAT.id
    assert talk.world.bot.chats == ["lead-id"]
    assert await talk.world.chats.find("lead-id") == Conversation(id="chat:lead-id", service_url=CHAT.service_url)


@pytest.mark.parametrize("fault", [NotFound("post", "gone"), Refused("post", "not in the roster")])
async def test_a_chat_that_was_deleted_is_opened_anew(talk: Talk, fault: Exception) -> None:
    await talk.desk.chat_changed("home-id", CHAT, open_=True)
    talk.world.bot.faults["post_card"] = [fault]

    await talk.world.run("status.send")

    assert talk.world.bot.posted[0][0] == "chat:home-id"
