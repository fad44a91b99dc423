"""People reached, read from the recorded traffic alone and not from the service's own record."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

ADDRESS = re.compile(r"[^@\s<>'\"/]+@[^@\s<>'\"/]+\.[A-Za-z]{2,}")
WRITTEN_ADDRESS = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)*\.[A-Za-z]{2,}(?!\w)")
"""An address anywhere in a text. Ids of conversations (`…@thread.tacv2`) end in a digit, as no domain does."""
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
USER = re.compile(r"/users/([^/]+@[^/]+)", re.IGNORECASE)
SEND = re.compile(r"/messages/([^/]+)/send$", re.IGNORECASE)
CONVERSATIONS = "/connector/v3/conversations"
CONVERSATION = re.compile(r"^/connector/v3/conversations/([^/]+)")
READING_COPY = re.compile(r"^/v1\.0/(?:sites|drives)/|^/_storage")
"""Writes to a site reach nobody by themselves."""

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Reached:
    """Somebody, as an e-mail address or as what could not be told, and the request that reached them."""

    who: str
    by: str


@dataclass
class _Known:
    """Ids that the traffic tells about."""

    people: dict[str, str] = field(default_factory=dict)
    """Object id, or the id of a member of a chat, in lower case → e-mail address."""
    chats: dict[str, frozenset[str]] = field(default_factory=dict)
    """Personal conversation → the ids of those in it."""
    drafts: set[str] = field(default_factory=set)


def who_was_reached(traffic: Sequence[Entry]) -> list[Reached]:
    """
    Return everybody named by a write to Graph or the connector, by address or id, and every post to a channel.

    Attendees, invitations, members and owners, installations, conversations, posts and mails are all such writes. What
    cannot be resolved counts as somebody: nothing is reached unseen.
    """
    known = _read(traffic)
    found: dict[Reached, None] = {}
    for entry in traffic:
        for method, path, body in writes_in(entry):
            line = f"{method} {path}"
            for who in _reached_by(known, path, body):
                found.setdefault(Reached(who, line))
    return list(found)


def addresses_written(traffic: Sequence[Entry]) -> list[Reached]:
    """
    Return every mail address that stands anywhere in a write of ours: in its own address, in any field, within a text.

    Wider than `who_was_reached`: it knows no field and no operation, so that no way of naming somebody is overlooked.
    """
    found: dict[Reached, None] = {}
    for entry in traffic:
        for method, path, body in writes_in(entry):
            texts = (path, *_leaves(body), "" if body else _text(entry))
            for address in {found.lower() for text in texts for found in WRITTEN_ADDRESS.findall(text)}:
                found.setdefault(Reached(address, f"{method} {path}"))
    return list(found)


def _reached_by(known: _Known, path: str, body: Any) -> Iterator[str]:
    if READING_COPY.search(path):
        return
    if (sent := SEND.search(path)) and sent[1] not in known.drafts:
        yield f"the unknown mail {sent[1]}"
    if conversation := CONVERSATION.match(path):
        if conversation[1] not in known.chats:
            yield f"the conversation {conversation[1]}"
        yield from (known.people.get(who, who) for who in known.chats.get(conversation[1], ()))
    else:
        yield from _named(known, path, body)
        yield from _spoken_to(known, body) if path == CONVERSATIONS else ()


def _named(known: _Known, path: str, body: Any) -> Iterator[str]:
    """Yield the people that an address or a body names, by object id or by a value that is an address."""
    if user := USER.search(path):
        yield user[1].lower()
    for text in (path, *_leaves(body)):
        yield from (known.people[id_.lower()] for id_ in ID.findall(text) if id_.lower() in known.people)
        if ADDRESS.fullmatch(text):
            yield text.lower()


def _spoken_to(known: _Known, body: Any) -> Iterator[str]:
    """Yield the people of a new conversation, where `_named` does not know them."""
    members = [str(member.get("id", "")).lower() for member in body.get("members") or ()]
    yield from (who for who in members if who not in known.people)
    if "channel" in (body.get("channelData") or {}):
        yield f"the channel {body['channelData']['channel'].get('id')}"


def _read(traffic: Sequence[Entry]) -> _Known:
    known = _Known()
    for entry in traffic:
        answer = _json(entry["response"].get("content", {}).get("text"))
        for thing in _objects(answer):
            _learn_person(known, thing)
        asked = _json((entry["request"].get("postData") or {}).get("text"))
        path = unquote(urlsplit(entry["request"]["url"]).path)
        if entry["_app"] == "teams":
            # What Teams tells the bot names people by both of their ids.
            sender, chat = asked.get("from", {}), asked.get("conversation", {})
            if address := known.people.get(str(sender.get("aadObjectId")).lower()):
                known.people[str(sender["id"]).lower()] = address
            if chat.get("conversationType") == "personal" and "aadObjectId" in sender:
                known.chats.setdefault(str(chat["id"]), frozenset({str(sender["aadObjectId"]).lower()}))
        elif path.endswith("/messages") and "id" in answer:
            known.drafts.add(str(answer["id"]))
        elif path == CONVERSATIONS and "id" in answer:
            members = frozenset(str(member["id"]).lower() for member in asked.get("members") or ())
            if members and not asked.get("isGroup"):
                known.chats[str(answer["id"])] = members
    return known


def _learn_person(known: _Known, thing: Mapping[str, Any]) -> None:
    invited = thing.get("invitedUser")
    if isinstance(invited, Mapping) and "invitedUserEmailAddress" in thing:
        known.people[str(invited["id"]).lower()] = str(thing["invitedUserEmailAddress"]).lower()
    address = thing.get("mail") or thing.get("userPrincipalName")
    if isinstance(address, str) and "mailNickname" not in thing and ID.fullmatch(str(thing.get("id"))):
        known.people.setdefault(str(thing["id"]).lower(), address.lower())


def writes_in(entry: Entry) -> Iterator[tuple[str, str, Any]]:
    """Yield the writes of ours in an exchange, itself or the parts of a batch: method, decoded path and body."""
    method, path = entry["request"]["method"], unquote(urlsplit(entry["request"]["url"]).path)
    if entry["_app"] == "teams" or method == "GET":
        return
    body = _json((entry["request"].get("postData") or {}).get("text"))
    if path.endswith("/$batch"):
        for part in body.get("requests") or ():
            if part["method"] != "GET":
                yield part["method"], "/v1.0" + unquote(urlsplit(part["url"]).path), part.get("body") or {}
    else:
        yield method, path, body


def statuses_in(entry: Entry) -> Iterator[int]:
    """Yield the status of an answer, and those of a batch's parts."""
    yield entry["response"]["status"]
    if entry["request"]["url"].endswith("/$batch"):
        answer = _json(entry["response"].get("content", {}).get("text"))
        yield from (int(part["status"]) for part in answer.get("responses") or ())


def _text(entry: Entry) -> str:
    """Return a body as it was sent, for what is no JSON."""
    return str((entry["request"].get("postData") or {}).get("text") or "")


def _json(text: object) -> Any:
    """Return a body's JSON; an empty object when it is none."""
    try:
        read = json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
