"""The people of the demo: they read what reaches them in the sandbox and answer as the story says."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import yaml
from pydantic import BaseModel, ConfigDict, Field

from config.programme import Programme
from config.values import Person, Role, WorkPackage
from demo.stage import Stage, StageError

TRIES = 3
"""Number of times that somebody tries before they give up."""
WRITTEN = ("light", "done", "next", "hinders", "question", "proposal", "lesson", "lesson_for")
SOLVED_FIELD = re.compile(r'<select[^>]* name="(solved:[^"]+)"')
FORM_LINK = re.compile(r'href="([^"]*/svar/[^"]+)"')


class AnswerHabit(BaseModel):
    """Way in which one lead answers."""

    model_config = ConfigDict(extra="forbid")

    how: Literal["prompt", "late", "never"] = "prompt"
    light: str = "green"
    done: str = ""
    next: str = ""
    hinders: str = ""
    question: str = ""
    proposal: str = ""
    lesson: str = ""
    lesson_for: str = ""
    decision: str = ""
    """What the board decides on the question; empty: the proposal as it stands."""
    passed_on: bool = False
    """The local board asks the owner board."""
    until: str = ""
    """The day by which the decision is to be carried out."""
    until_days: int = 0
    """Days after the minutes were recorded, instead of `until`."""
    progress: float = 0.0
    carried_by: str = ""
    """Key of the person whom the local board makes responsible; empty: the lead who asked."""
    carried_above: str = ""
    """The same for the owner board."""
    view: str = ""
    """The local lead's view of the question."""
    county_view: str = ""
    solved: bool = True
    """Their answer when they are asked whether the answer to their question has solved it."""
    then: Mapping[str, str | float] = Field(default_factory=dict)
    """What is otherwise from the second round on."""

    def later(self) -> "AnswerHabit":
        """Return the way of answering from the second round on."""
        return self.model_copy(update=dict(self.then))

    @property
    def end(self) -> str:
        """State of their question once they were asked whether the answer has solved it."""
        return "closed" if self.solved else "unsolved"


class Correction(BaseModel):
    """A mistake in a report that is out: a package's sentence, and the words that the corrected version has instead."""

    model_config = ConfigDict(extra="forbid")

    package: str
    sentence: str
    text: str
    reason: str


class Story(BaseModel):
    """The demo as data. *starts*: local time of the programme; *longest_days*: simulated days until it must be over."""

    model_config = ConfigDict(extra="forbid")

    programme: Path
    starts: datetime
    longest_days: int
    packages: Mapping[str, AnswerHabit]
    otherwise: AnswerHabit
    assessments: Mapping[str, str] = Field(default_factory=dict)
    """The local leads' assessments of their first drafts, by municipality."""
    summing_up: str = ""
    """The county lead's of the owner board's summary; empty for none."""
    correction: Correction | None = None
    """None when no report of the story has a mistake."""

    def part(self, package: str) -> AnswerHabit:
        return self.packages.get(package, self.otherwise)


def load_story(path: Path) -> Story:
    """Return the story in *path*, with `otherwise` for everything that a package leaves out."""
    read = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    usual = read["otherwise"]
    read["packages"] = {key: {**usual, **(part or {})} for key, part in read.get("packages", {}).items()}
    read["programme"] = path.parent.parent / read["programme"]
    return Story.model_validate(read)


def answer_to(part: AnswerHabit, package: WorkPackage, *, first: bool, solved: Iterable[str] = ()) -> dict[str, str]:
    """
    Return the form's fields as the lead fills them in.

    *first*: it is their first answer, and the one that asks. *solved*: inputs that ask whether earlier answers help.
    """
    part = part if first else part.later()
    texts = {name: getattr(part, name) for name in WRITTEN}
    numbers = {
        f"indicator:{indicator.key}": f"{start + (end - start) * part.progress:.0f}"
        for indicator in package.indicators
        if (start := indicator.baseline) is not None and (end := indicator.target) is not None
    }
    if not first:
        texts |= {"question": "", "proposal": "", "lesson": ""}
    return texts | numbers | dict.fromkeys(solved, "yes" if part.solved else "no")


@dataclass
class Lead:
    """One lead of one package, and which requests they have dealt with."""

    person: Person
    package: WorkPackage
    part: AnswerHabit
    dealt_with: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Step that a lead just took."""

    package: str
    surface: Literal["card", "form"]


class Cast:
    """Everybody who answers in the demo."""

    def __init__(self, stage: Stage, programme: Programme, story: Story, *, on: datetime) -> None:
        self._stage = stage
        self._seen: Counter[str] = Counter()
        self._leads = [
            Lead(person, package, story.part(package.key))
            for municipality in programme.municipalities
            for package in programme.running_packages(municipality.slug, on=programme.today(on))
            for person in programme.holders(Role.WORK_PACKAGE_LEAD, on=programme.today(on), work_package=package.key)
        ]

    async def read_and_answer(self, told: Counter[str]) -> list[Answered]:
        """
        Let everybody look at what they got, and answer as the story has it.

        *told*: how many messages have left for whom so far, by address: what makes a telephone buzz.
        """
        buzzing = told - self._seen
        self._seen = told
        leads = [lead for lead in self._leads if buzzing[lead.person.email.lower()] and lead.part.how != "never"]
        return [answered for lead in leads for answered in await self._turn(lead)]

    async def _turn(self, lead: Lead) -> list[Answered]:
        """Answer all boards that ask: in which order their requests came is chance when several workers send them."""
        answered: list[Answered] = []
        while await self._answer_card(lead):
            answered.append(Answered(package=lead.package.key, surface="card"))
        if answered:
            return answered
        while await self._answer_form(lead):
            answered.append(Answered(package=lead.package.key, surface="form"))
        return answered

    async def _answer_card(self, lead: Lead) -> bool:
        chats = await self._stage.control("GET", f"people/{lead.person.email}/chats")
        seen: dict[str, list[tuple[str, str]]] = {}
        shown: list[tuple[str, Any]] = []
        for chat in chats:
            for message in chat["messages"]:
                request = _request_of(message["card"])
                if request and lead.package.name in str(message["card"]):
                    seen.setdefault(request, []).append((chat["conversation"], message["activity"]))
                    shown.append((request, message["card"]))
        for request, messages in sorted(seen.items()):
            if request in lead.dealt_with or not _has_come(lead.part, len(messages)):
                continue
            conversation, activity = messages[-1]
            asked = _solved_in(next(card for key, card in shown if key == request))
            data = answer_to(lead.part, lead.package, first=not lead.dealt_with, solved=asked)
            press = {"conversation": conversation, "activity": activity, "verb": "answer_status", "data": data}
            await self._press(lead, press)
            lead.dealt_with.add(request)
            return True
        return False

    async def _press(self, lead: Lead, press: Mapping[str, Any]) -> None:
        """Press a card's button; when Teams says that something went wrong, do as it says and try again."""
        reply: Mapping[str, Any] = {}
        for _ in range(TRIES):
            reply = await self._stage.control("POST", f"people/{lead.person.email}/act", json=press)
            if reply["status"] == HTTPStatus.OK:
                return
            await self._stage.service_answers()
        raise StageError(f"the card of {lead.package.key} was answered with {reply}")

    async def _answer_form(self, lead: Lead) -> bool:
        mails = await self._stage.control("GET", f"people/{lead.person.email}/mail")
        seen: dict[str, int] = {}
        for mail in mails:
            if lead.package.name in mail["subject"] + mail["html"]:
                for link in set(FORM_LINK.findall(mail["html"])):
                    seen[unescape(link)] = seen.get(unescape(link), 0) + 1
        for link, times in seen.items():
            if link in lead.dealt_with or not _has_come(lead.part, times):
                continue
            page = await self.ask("GET", link)
            if page.status_code != HTTPStatus.OK:
                lead.dealt_with.add(link)  # Its round is closed.
                continue
            origin = "{0.scheme}://{0.netloc}".format(urlsplit(link))
            asked = {unescape(name) for name in SOLVED_FIELD.findall(page.text)}
            data = answer_to(lead.part, lead.package, first=not lead.dealt_with, solved=asked)
            sent = await self.ask("POST", link, data=data, headers={"Origin": origin})
            if sent.status_code != HTTPStatus.OK:
                raise StageError(f"the form of {lead.package.key} was answered with {sent.status_code}: {sent.text}")
            lead.dealt_with.add(link)
            return True
        return False

    async def ask(self, method: str, url: str, *, by: httpx.AsyncClient | None = None, **more: Any) -> httpx.Response:
        """
        Ask the service as a browser does; without an answer, once more when the page is there again.

        What is asked for again is the page that did not come, not the one that led to it. *by*: the browser of somebody
        who is signed in.
        """
        browser = by or self._stage.http
        request: httpx.Request | None = browser.build_request(method, url, **more)
        while request is not None:
            response = await self._answer(browser, request)
            request = response.next_request
        return response

    async def _answer(self, browser: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
        for _ in range(TRIES):
            try:
                return await browser.send(request)
            except httpx.TransportError:
                await self._stage.service_answers()
        raise StageError(f"{request.method} {request.url} got no answer")


def _has_come(part: AnswerHabit, messages: int) -> bool:
    return messages >= (2 if part.how == "late" else 1)


def _solved_in(card: Any) -> list[str]:
    """Return the inputs of a card that ask whether an earlier question is solved."""
    if isinstance(card, list):
        return [name for part in card for name in _solved_in(part)]
    if not isinstance(card, dict):
        return []
    own = [name] if str(name := card.get("id", "")).startswith("solved:") else []
    return [*own, *(name for part in card.values() for name in _solved_in(part))]


def _request_of(card: Any) -> str | None:
    """Return the request that a card's «send» button answers, if it has one."""
    if isinstance(card, list):
        return next(filter(None, map(_request_of, card)), None)
    if not isinstance(card, dict):
        return None
    if card.get("verb") == "answer_status":
        return str(card["data"]["request_id"])
    return next(filter(None, map(_request_of, card.values())), None)
