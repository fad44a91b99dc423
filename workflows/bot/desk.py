"""The bot's desk: a closed list of commands, answered in people's own chat.

The Door understands, looks up and stores the reply; it may not speak with Teams. The unit `bot.reply` sends it, from
Hands. A reply's key is made of the activity's id, so that an activity told twice is answered once. Nothing of what
somebody wrote is stored.
"""

from collections.abc import Mapping
from typing import Any

import texts
from config.programme import Programme
from config.values import Person
from workflows.bot.command import Asker, BotReply
from workflows.bot.ports import BotPorts
from workflows.bot.registry import understand
from workflows.bot.replies import reply_card, reply_key, reply_text, waiting_reply
from workflows.ports.bot import Conversation


class BotDesk:
    """Answers what is written to the bot, and remembers where it may write. Nothing here waits for Microsoft 365."""

    def __init__(self, ports: BotPorts) -> None:
        self._ports = ports

    async def chat_changed(self, object_id: str, chat: Conversation, *, open_: bool) -> None:
        """Remember the chat of a person for whom the app was added, or forget it. Only people we know are kept."""
        if not open_:
            await self._ports.chats.forget(object_id)
        elif await self._person(await self._ports.programme(), object_id) is not None:
            await self._ports.chats.remember(object_id, chat)

    async def heard(self, text: str, *, activity: str, object_id: str, chat: Conversation, personal: bool) -> None:
        """
        Store the reply to *text* and make its sending due. A repeat of the same activity changes nothing.

        *personal*: *chat* is the sender's own; from elsewhere too they are answered in their own.
        """
        programme = await self._ports.programme()
        person = await self._person(programme, object_id)
        if person is None:
            # One polite word, however often they write.
            reply = BotReply(lines=[texts.say("bot.stranger", programme.language)])
            await self._store(reply, programme.language, key=reply_key("stranger", object_id), object_id=object_id)
            return
        if personal:
            await self._ports.chats.remember(object_id, chat)
        asker = Asker(
            ports=self._ports,
            programme=programme,
            person=person,
            language=texts.choose(person.language, programme.language),
            now=self._ports.clock.now(),
        )
        reply = await _reply(asker, text)
        key = reply_key(chat.id, activity)
        await self._store(reply, reply.language or asker.language, key=key, object_id=object_id, person=person)

    async def show(self, card: Mapping[str, Any], *, press: str, object_id: str, chat: Conversation) -> None:
        """Post *card* in the person's own chat: their client shows no reply to a press. A repeat changes nothing."""
        programme = await self._ports.programme()
        person = await self._person(programme, object_id)
        if person is not None:
            language = texts.choose(person.language, programme.language)
            key = reply_key(chat.id, press)
            await self._plan(card, language, text="", key=key, object_id=object_id, person=person)

    async def tell(
        self, words: str, *, press: str, object_id: str, chat: Conversation, request: str | None = None
    ) -> None:
        """Say what came of a press in the person's own chat; *request*: what they may try again. Like `show`."""
        programme = await self._ports.programme()
        person = await self._person(programme, object_id)
        if person is None:
            return
        language = texts.choose(person.language, programme.language)
        reply = BotReply(lines=words.splitlines())
        if request is not None:
            reply.requests.append((texts.say("bot.try_again", language), request))
        await self._store(reply, language, key=reply_key(chat.id, press), object_id=object_id, person=person)

    async def _store(
        self, reply: BotReply, language: str, *, key: str, object_id: str, person: Person | None = None
    ) -> None:
        card, text = reply_card(reply, language), reply_text(reply)
        await self._plan(card, language, text=text, key=key, object_id=object_id, person=person)

    async def _plan(
        self, card: Mapping[str, Any], language: str, *, text: str, key: str, object_id: str, person: Person | None
    ) -> None:
        message, unit = waiting_reply(
            card, language, text=text, key=key, object_id=object_id, person=person, now=self._ports.clock.now()
        )
        await self._ports.messages.plan([message], then=[unit])

    async def _person(self, programme: Programme, object_id: str) -> Person | None:
        account = await self._ports.accounts.find_by_object_id(object_id)
        if account is None or not account.enabled:
            return None
        return programme.find_person_by_email(account.email)


async def _reply(asker: Asker, text: str) -> BotReply:
    understood = understand(text)
    if understood.command is None:
        return BotReply(lines=[asker.say("bot.unknown")])
    return await understood.command.answer(asker, understood.rest)
