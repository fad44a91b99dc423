"""Show messages before they leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workflows.messages.model import WAITING, Message, MessageState, Surface


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A message that has not left, as a person sees it before it does."""

    key: str
    at: datetime
    to: str
    surface: Surface
    kind: str
    state: MessageState
    subject: str
    text: str
    why_held: str = ""


def preview(messages: Sequence[Message]) -> tuple[Preview, ...]:
    """List the messages that go out next, with reader and text, the earliest first."""
    lines = (
        Preview(
            key=message.key,
            at=message.due_at,
            to=message.content.email,
            surface=message.surface,
            kind=message.kind,
            state=message.state,
            subject=message.content.subject,
            text=message.content.text,
            why_held=message.failure if message.state is MessageState.HELD else "",
        )
        for message in messages
        if message.state in WAITING
    )
    return tuple(sorted(lines, key=lambda line: (line.at, line.to, line.kind)))
