"""Make a mail: one layout, one plain text of it, one row to send it by."""

from collections.abc import Sequence
from datetime import datetime

from config.values import Person
from documents.mail import MailItem, MailLink, mail
from workflows.messages.model import Content, Message, Surface


def mail_content(
    to: Person,
    *,
    subject: str,
    paragraphs: Sequence[str],
    items: Sequence[MailItem] = (),
    heading: str = "",
    language: str | None = None,
    button: MailLink | None = None,
    also: Sequence[MailLink] = (),
    note: str = "",
) -> Content:
    """
    Return a finished mail. *button* and *also*: links, each its words and its address. *items*: matters, each with
    its own.

    *heading* is the subject and *language* the reader's unless given. The plain text, which previews show, leaves out
    the addresses: many of them let their holder act as the reader.
    """
    links = [f"[{words}]" for words, _ in filter(None, (button, *also))]
    buttons = [link for link in (button, *also, *(link for _, link in items)) if link is not None]
    matters = [f"{text}\n[{link[0]}]" if link else text for text, link in items]
    return Content(
        email=to.email,
        name=to.name,
        address=to.email,
        subject=subject,
        text="\n\n".join([*paragraphs, *matters, *links, *([note] if note else [])]),
        links=tuple(buttons),
        html=mail(
            language=to.language if language is None else language,
            heading=heading or subject,
            paragraphs=paragraphs,
            items=items,
            button=button,
            also=also,
            note=note,
        ),
    )


def mail_message(
    to: Person, content: Content, *, key: str, kind: str, due_at: datetime, municipality: str | None = None
) -> Message:
    """Return the row that sends *content* to *to* once. *key* identifies it for ever."""
    return Message(
        key=key,
        kind=kind,
        surface=Surface.EMAIL,
        due_at=due_at,
        content=content,
        municipality=municipality,
        person=to.key,
    )
