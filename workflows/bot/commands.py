"""What people write to the bot: a closed list of commands, answered in their own chat.

The Door understands, looks up and stores the answer; it may not speak with Teams. The unit `bot.reply` sends it, from
Hands. An answer's key is made of the activity's id, so that an activity told twice is answered once. Nothing of what
somebody wrote is stored.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import cards
import texts
from config.programme import Programme
from config.values import Municipality, Person, Place, Role
from workflows.messages.outbox import WAITING, Chats, Content, Message, Messages, MessageState, Outbox, Surface
from workflows.ports.accounts import KnownAccounts
from workflows.ports.bot import Conversation
from workflows.ports.place import Places
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome
from workflows.rollout.plan import wanted_place
from workflows.status import plan
from workflows.status.model import RequestState, RoundState, StatusAnswer, StatusRequest, StatusRound
from workflows.status.ports import Rounds

REPLY = "bot_reply"
LONGEST = 200
"""Characters that are looked at. A command is much shorter."""
MOST_MEETINGS = 6
MOST_LINES, MOST_REQUESTS, LONGEST_LINE = 12, 10, 400
"""What one answer has room for; what is left out is counted."""
STALE = timedelta(hours=1)
"""After that, an answer that has not left comes as a surprise, and is dropped."""


class Command(StrEnum):
    HELP = "help"
    STATUS = "status"
    PACKAGES = "packages"
    MEETINGS = "meetings"
    LANGUAGE = "language"
    ROLLOUT = "rollout"
    UNKNOWN = "unknown"


_WORDS: Mapping[str, Command] = {
    **dict.fromkeys(("hjelp", "help", "hei", "hallo", "hello", "hi", "?"), Command.HELP),
    "status": Command.STATUS,
    **dict.fromkeys(("mine pakker", "mine pakkar", "my packages", "pakker", "pakkar", "packages"), Command.PACKAGES),
    **dict.fromkeys(("møter", "møte", "mine møter", "mine møte", "meetings", "my meetings"), Command.MEETINGS),
}
_WITH_MORE: Mapping[str, Command] = {
    "språk": Command.LANGUAGE,
    "language": Command.LANGUAGE,
    "rull ut": Command.ROLLOUT,
    "roll out": Command.ROLLOUT,
}
_LANGUAGES: Mapping[str, str] = {
    **dict.fromkeys(("nb", "bokmål"), "nb"),
    **dict.fromkeys(("nn", "nynorsk"), "nn"),
    **dict.fromkeys(("en", "engelsk", "english"), "en"),
}


@dataclass(frozen=True)
class Heard:
    """A command and what followed it."""

    command: Command
    rest: str = ""


def understand(text: str) -> Heard:
    """The command in *text*, untrusted input; a mention of the bot before it is left out."""
    words = re.sub(r"<at>[^<]{0,100}</at>|&nbsp;|<[^>]{0,100}>", " ", text[: LONGEST * 2])
    bare = " ".join(words[:LONGEST].casefold().replace(":", " ").split())
    # Question marks alone ask for help.
    spoken = bare.strip(" /.,;!?«»\"'") or bare[:1]
    if (command := _WORDS.get(spoken)) is not None:
        return Heard(command)
    for beginning, command in _WITH_MORE.items():
        if spoken == beginning or spoken.startswith(f"{beginning} "):
            return Heard(command, spoken.removeprefix(beginning).strip())
    return Heard(Command.UNKNOWN)


@dataclass
class Answer:
    """What the bot says: lines, requests that can be opened, an address."""

    lines: list[str] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    """A line and the id of the request that its button opens."""
    url: str | None = None


class Languages(Protocol):
    async def set_language(self, person: str, language: str) -> bool:
        """Write to *person* in *language* from now on; False when nobody has that key."""
        ...


@dataclass(frozen=True, kw_only=True)
class BotPorts:
    """What the bot's desk reaches."""

    programme: Callable[[], Awaitable[Programme]]
    rounds: Rounds
    accounts: KnownAccounts
    messages: Messages
    chats: Chats
    places: Places
    languages: Languages
    clock: Clock
    own_address: Callable[[str], Awaitable[str]]
    """The address of a person's page with their own meetings."""
    public_url: str


class BotDesk:
    """Answers what is written to the bot, and remembers where it may write. Nothing here waits for Microsoft 365."""

    def __init__(self, ports: BotPorts) -> None:
        self._ports = ports

    async def chat_changed(self, object_id: str, chat: Conversation, *, open_: bool) -> None:
        """The app was added for a person, or removed. Only people we know are remembered."""
        if not open_:
            await self._ports.chats.forget(object_id)
        elif await self._person(await self._ports.programme(), object_id) is not None:
            await self._ports.chats.remember(object_id, chat)

    async def heard(self, text: str, *, activity: str, object_id: str, chat: Conversation, personal: bool) -> None:
        """
        Store the answer to *text* and make its sending due. A repeat of the same activity changes nothing.

        *personal*: whether *chat* is the sender's own; from elsewhere too they are answered in their own.
        """
        programme = await self._ports.programme()
        person = await self._person(programme, object_id)
        if person is None:
            # One polite word, however often they write.
            answer = Answer(lines=[texts.say("bot.stranger", programme.language)])
            await self._store(answer, programme.language, key=_digest("stranger", object_id), object_id=object_id)
            return
        if personal:
            await self._ports.chats.remember(object_id, chat)
        heard = understand(text)
        language = texts.choose(person.language, programme.language)
        if heard.command is Command.LANGUAGE and (chosen := _LANGUAGES.get(heard.rest)) is not None:
            await self._ports.languages.set_language(person.key, chosen)
            language, answer = chosen, Answer(lines=[texts.say("bot.language_set", chosen)])
        else:
            answer = await _Speaker(self._ports, programme, person, language).answer(heard)
        key = _digest(chat.id, activity)
        await self._store(answer, language, key=key, object_id=object_id, person=person)

    async def show(self, card: Mapping[str, Any], *, press: str, object_id: str, chat: Conversation) -> None:
        """Post *card* in the person's own chat: their client shows no reply to a press. A repeat changes nothing."""
        programme = await self._ports.programme()
        person = await self._person(programme, object_id)
        if person is not None:
            language = texts.choose(person.language, programme.language)
            await self._plan(card, language, text="", key=_digest(chat.id, press), object_id=object_id, person=person)

    async def tell(
        self, words: str, *, press: str, object_id: str, chat: Conversation, request: str | None = None
    ) -> None:
        """Say what came of a press in the person's own chat; *request*: what they may try again. Like `show`."""
        programme = await self._ports.programme()
        person = await self._person(programme, object_id)
        if person is None:
            return
        language = texts.choose(person.language, programme.language)
        answer = Answer(lines=words.splitlines())
        if request is not None:
            answer.requests.append((texts.say("bot.try_again", language), request))
        await self._store(answer, language, key=_digest(chat.id, press), object_id=object_id, person=person)

    async def _store(
        self, answer: Answer, language: str, *, key: str, object_id: str, person: Person | None = None
    ) -> None:
        lines, requests = answer.lines[:MOST_LINES], answer.requests[:MOST_REQUESTS]
        if left_out := len(answer.lines) - len(lines) + len(answer.requests) - len(requests):
            lines = [*lines, texts.say("bot.more", language, count=left_out)]
        values = {
            "lines": [{"line": cards.short(line, LONGEST_LINE)} for line in lines],
            "requests": [
                {"line": cards.short(line, LONGEST_LINE), "request_id": request} for line, request in requests
            ],
            "url": answer.url,
        }
        card = cards.render(REPLY, language=language, values=values)
        text = "\n".join([*answer.lines, *(line for line, _ in answer.requests)])
        await self._plan(card, language, text=text, key=key, object_id=object_id, person=person)

    async def _plan(
        self, card: Mapping[str, Any], language: str, *, text: str, key: str, object_id: str, person: Person | None
    ) -> None:
        content = Content(
            email=person.email if person else "",
            name=person.name if person else "",
            address=object_id,
            subject=texts.say("bot.summary", language),
            text=text,
            card=card,
        )
        now = self._ports.clock.now()
        message = Message(
            key=f"{REPLY}/{key}",
            kind=REPLY,
            surface=Surface.PERSONAL,
            due_at=now,
            content=content,
            person=person.key if person else None,
        )
        await self._ports.messages.plan([message], then=[DueUnit(key=f"bot.reply:{key}", due_at=now)])

    async def _person(self, programme: Programme, object_id: str) -> Person | None:
        account = await self._ports.accounts.find_by_object_id(object_id)
        if account is None or not account.enabled:
            return None
        email = account.email.lower()
        return programme.find_person_by_email(email)


class BotReplies:
    """The handler of the unit `bot.reply`: sends what the Door stored. A reply leaves at any hour."""

    def __init__(self, *, messages: Messages, outbox: Outbox, clock: Clock) -> None:
        self._messages = messages
        self._outbox = outbox
        self._clock = clock

    async def reply(self, unit: DueUnit, history: History) -> Outcome:
        """Send the answer that waits under the unit's subject."""
        waiting = await self._messages.list_messages(states=WAITING, kind=REPLY)
        message = next((item for item in waiting if item.key == f"{REPLY}/{unit.subject}"), None)
        if message is None:
            return Done(note="nothing to send")
        if self._clock.now() - message.due_at > STALE:
            await self._messages.change(message.key, MessageState.DROPPED)
            return Done(note="too late to answer")
        sent = await self._outbox.deliver(message)
        if sent.state is MessageState.FAILED:
            await history.note("bot.reply_failed")
        return Done()


class _Speaker:
    """One person's answers, in their language."""

    def __init__(self, ports: BotPorts, programme: Programme, person: Person, language: str) -> None:
        self._ports = ports
        self._programme = programme
        self._person = person
        self._language = language
        self._on: date = programme.today(ports.clock.now())

    async def answer(self, heard: Heard) -> Answer:
        match heard.command:
            case Command.HELP:
                return self._help()
            case Command.STATUS:
                return await self._status()
            case Command.PACKAGES:
                return Answer(lines=list(self._packages()) or [self._say("bot.packages_none")])
            case Command.MEETINGS:
                return await self._meetings()
            case Command.LANGUAGE:
                return Answer(lines=[self._say("bot.language_which")])
            case Command.ROLLOUT:
                return await self._rollout(heard.rest)
            case Command.UNKNOWN:
                return Answer(lines=[self._say("bot.unknown")])

    def _help(self) -> Answer:
        keys = ["intro", "status", "packages", "meetings", "language", *(["rollout"] if self._rolls_out else [])]
        return Answer(lines=[self._say(f"bot.help_{key}") for key in keys])

    async def _status(self) -> Answer:
        answer, now = Answer(), self._ports.clock.now()
        for status_round in await self._ports.rounds.list_rounds(state=RoundState.OPEN):
            if status_round.takes_answers(now):
                of_round = await self._ports.rounds.list_requests(status_round.meeting)
                requests = [request for request in of_round if request.state is not RequestState.WAIVED]
                answers = await self._ports.rounds.newest_answers([request.id for request in requests])
                answer.requests += self._mine(status_round, requests, answers)
                if requests and self._leads(status_round.municipality):
                    answer.lines += self._round(status_round, requests)
        if not answer.lines and not answer.requests:
            answer.lines.append(self._say("bot.status_none"))
        return answer

    def _mine(
        self, status_round: StatusRound, requests: Sequence[StatusRequest], answers: Mapping[str, StatusAnswer]
    ) -> Iterator[tuple[str, str]]:
        due = self._moment(status_round.deadline_at)
        for request in requests:
            if plan.asked_now(self._programme, request, self._on) != self._person.key:
                continue
            package, answer = self._programme.work_package(request.work_package).name, answers.get(request.id)
            if answer is None:
                yield self._say("bot.status_missing", package=package, due=due), request.id
            else:
                light = self._say(f"light.{answer.content.light}")
                yield self._say("bot.status_answered", package=package, light=light, due=due), request.id

    def _round(self, status_round: StatusRound, requests: Sequence[StatusRequest]) -> Iterator[str]:
        owing = [request for request in requests if request.state is RequestState.OPEN]
        yield self._say(
            "bot.status_round",
            place=self._programme.municipality(status_round.municipality).name,
            answered=len(requests) - len(owing),
            total=len(requests),
            due=self._moment(status_round.deadline_at),
        )
        if owing:
            names = [self._programme.work_package(request.work_package).name for request in owing]
            yield self._say("bot.status_owing", packages=texts.join(names, self._language))

    def _packages(self) -> Iterator[str]:
        for municipality in self._programme.municipalities:
            for package in self._programme.running_packages(municipality.slug, on=self._on):
                leads = plan.package_leads(self._programme, package.key, self._on)
                if any(lead.key == self._person.key for lead in leads):
                    yield self._say("bot.package_lead", package=package.name, municipality=municipality.name)
                elif self._leads(municipality.slug):
                    yield self._say("bot.package_local_lead", package=package.name, municipality=municipality.name)

    async def _meetings(self) -> Answer:
        boards = [body for body in self._programme.bodies if self._sits_in(body.key)]
        names = {body.key: body.name for body in boards}
        local = self._ports.clock.now().astimezone(self._zone).replace(tzinfo=None)
        meetings = await self._ports.rounds.list_meetings(bodies=list(names), after_local=local)
        lines = [
            self._say("bot.meeting", body=names[item.body], at=texts.long_moment(item.starts_local, self._language))
            for item in meetings[:MOST_MEETINGS]
        ]
        url = await self._ports.own_address(self._person.key)
        return Answer(lines=lines or [self._say("bot.meetings_none")], url=url)

    async def _rollout(self, wanted: str) -> Answer:
        if not self._rolls_out:
            return Answer(lines=[self._say("bot.rollout_not_yours")])
        municipalities = self._programme.municipalities
        found = next((item for item in municipalities if wanted in (item.name.casefold(), item.slug)), None)
        if found is None:
            names = texts.join([item.name for item in municipalities], self._language)
            return Answer(lines=[self._say("bot.rollout_which", municipalities=names)])
        if found.place is not Place.OURS:
            key = "bot.rollout_theirs" if found.place is Place.THEIRS else "bot.rollout_none"
            return Answer(lines=[self._say(key, municipality=found.name)])
        return await self._rollout_plan(found)

    async def _rollout_plan(self, municipality: Municipality) -> Answer:
        """What would be made, from the register alone: how it differs from what is there, only Hands could read."""
        spec = self._programme.place(municipality.slug)
        wanted = wanted_place(self._programme, spec, on=self._on)
        channels = texts.join([channel.name for channel in wanted.channels], self._language)
        lines = [
            self._say("bot.rollout_intro", municipality=municipality.name),
            self._say("bot.rollout_team", name=spec.name, people=len(wanted.members)),
            self._say("bot.rollout_channels", channels=channels),
        ]
        if await self._ports.places.of(spec.key):
            lines.append(self._say("bot.rollout_made"))
        lines.append(self._say("bot.rollout_start"))
        return Answer(lines=lines, url=f"{self._ports.public_url}/fane")

    # ------------------------------------------------------------------------------------------------- who they are

    @property
    def _rolls_out(self) -> bool:
        return any(person.key == self._person.key for person in self._programme.holders(Role.COUNTY_LEAD, on=self._on))

    def _leads(self, municipality: str) -> bool:
        leads = plan.local_leads(self._programme, municipality, self._on)
        return any(lead.key == self._person.key for lead in leads)

    def _sits_in(self, key: str) -> bool:
        body = self._programme.body(key)
        return any(person.key == self._person.key for person, _ in self._programme.board_people(body, self._on))

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._programme.timezone)

    def _moment(self, moment: datetime) -> str:
        return texts.long_moment(moment.astimezone(self._zone), self._language)

    def _say(self, key: str, **values: Any) -> str:
        return texts.say(key, self._language, **values)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
