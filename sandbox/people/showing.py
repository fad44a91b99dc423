"""The people of the tenant, and chats, mails and events as they see them."""

from typing import Any

from sandbox.connector.model import Chat, Post
from sandbox.directory.model import User
from sandbox.exchange.events import Event
from sandbox.exchange.mail import Mail
from sandbox.platform.clock import stamp
from sandbox.tenant.state import Tenant


def everybody(tenant: Tenant) -> list[dict[str, Any]]:
    """Return all accounts, and the addresses outside that are known or have had mail."""
    accounts = {user.mail.lower(): user for user in tenant.directory.users.values()}
    found = [
        {"email": user.mail, "name": user.name, "kind": "guest" if user.guest else "member", "redeemed": user.redeemed}
        for user in accounts.values()
    ]
    names = {person.email.lower(): person.name for person in tenant.seed.people}
    outside = sorted({*names, *tenant.exchange.addresses()} - set(accounts))
    return found + [{"email": each, "name": names.get(each, each), "kind": "outside"} for each in outside]


def chat_json(tenant: Tenant, chat: Chat, user: User) -> dict[str, Any]:
    """Return a chat or channel as *user* sees it."""
    team = tenant.teams.teams.get(chat.team_id)
    return {
        "conversation": chat.id,
        "kind": "channel" if team else "personal",
        "team": tenant.teams.group(team).name if team else None,
        "channel": team.channels[chat.id].name if team else None,
        "messages": [message_json(tenant, message, user) for message in chat.messages],
    }


def message_json(tenant: Tenant, message: Post, user: User | None = None) -> dict[str, Any]:
    """Return a message, with the card that *user* alone sees."""
    sender = tenant.directory.mail_of(message.sender) if message.sender else "bot"
    return {
        "activity": message.id,
        "thread": message.conversation,
        "from": sender,
        "sent_at": stamp(message.sent_at),
        "summary": message.summary,
        "text": message.text,
        "card": message.card,
        "edited": message.edited,
        "private_card": message.private.get(user.id) if user else None,
    }


def mail_json(mail: Mail) -> dict[str, Any]:
    """Return a mail as its reader sees it."""
    return {
        "id": mail.id(immutable=True),
        "from": mail.sender.email,
        "subject": mail.subject,
        "html": mail.body.content,
        "kind": mail.kind,
        "sent_at": stamp(mail.sent_at) if mail.sent_at else None,
    }


def event_json(tenant: Tenant, event: Event) -> dict[str, Any]:
    """Return an event as the owner of the calendar sees it."""
    now = tenant.clock.now()
    return {
        "id": event.id(immutable=True),
        "subject": event.subject,
        "start": stamp(event.start),
        "end": stamp(event.end),
        "organizer": event.organizer.email,
        "is_organizer": event.is_organizer,
        "location": str(event.location.get("displayName") or ""),
        "join_url": event.join_url if event.join_ready_at and event.join_ready_at <= now else None,
        "html": event.shown_body(now).content,
        "response": event.response,
        "cancelled": event.cancelled,
        "attendees": [{"email": each.address.email, "response": each.response} for each in event.attendees],
    }
