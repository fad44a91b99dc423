"""The outbox at the terminal: what goes out next, to whom, with its text, and why it is held."""

import argparse
import json
from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from commands.sending import outbox
from commands.session import DONE
from config.programme import Programme
from tests.clocks import NOON
from tests.workflows.programme import programme
from workflows.messages.model import PAUSED, Content, Message, MessageState, Surface


def message(**changes: Any) -> Message:
    content = Content(
        email="leder@a-dal.example",
        name="Leder A-dal",
        address="leder@a-dal.example",
        subject="Hvordan går det?",
        text="Hei!\nFristen er fredag.",
    )
    values: dict[str, Any] = {
        "key": "a",
        "kind": "opening",
        "surface": Surface.EMAIL,
        "due_at": NOON,
        "content": content,
    }
    return Message(**values | changes)


WAITING = (
    message(state=MessageState.HELD, failure=PAUSED),
    message(key="gone", state=MessageState.SENT),
)
HELD = "  holdes tilbake: utsendingen er stoppet"
NEXT = (message(key="b", surface=Surface.PERSONAL, due_at=NOON - timedelta(hours=1)),)


class Services(SimpleNamespace):
    """As much of the services as the command asks for: what waits, and what the next rounds will ask."""

    def __init__(self, known: Programme | None) -> None:
        upcoming = SimpleNamespace(list_sendings=self.list_sendings, messages_of=self.messages_of)
        status = SimpleNamespace(upcoming=upcoming)
        super().__init__(known=known, register=self, jobs=SimpleNamespace(messages=self, status=status), outbox=self)
        self.record = self

    async def find_programme(self) -> Programme | None:
        known: Programme | None = self.known
        return known

    async def waiting(self) -> Sequence[Message]:
        return WAITING

    async def list_sendings(self) -> Sequence[str]:
        return ("the next round",)

    async def messages_of(self, sending: str) -> Sequence[Message]:
        assert sending == "the next round"
        return NEXT


async def told(capsys: pytest.CaptureFixture[str], *, known: Programme | None, as_json: bool = False) -> str:
    services: Any = Services(known)
    assert await outbox(services, argparse.Namespace(json=as_json)) == DONE
    return capsys.readouterr().out


async def test_each_message_is_shown_with_its_surface_its_reader_and_its_text_the_earliest_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (await told(capsys, known=programme())).splitlines() == [
        "tirsdag 8. september 2026 kl. 13.00  chat  leder@a-dal.example  Hvordan går det?",
        "    Hei!",
        "    Fristen er fredag.",
        f"tirsdag 8. september 2026 kl. 14.00  e-post  leder@a-dal.example  Hvordan går det?{HELD}",
        "    Hei!",
        "    Fristen er fredag.",
    ]


async def test_programs_get_every_part_of_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = json.loads(await told(capsys, known=programme(), as_json=True))

    assert (first["at"], first["surface"], first["why_held"]) == ("2026-09-08T11:00+00:00", "personal", "")
    assert (second["state"], second["why_held"], second["text"]) == ("held", PAUSED, "Hei!\nFristen er fredag.")


async def test_without_a_programme_nothing_is_upcoming_and_what_waits_is_still_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = (await told(capsys, known=None)).splitlines()

    assert [line for line in lines if not line.startswith(" ")] == [
        f"2026-09-08T12:00+00:00  e-post  leder@a-dal.example  Hvordan går det?{HELD}"
    ]
