"""Mail from the organizer mailboxes."""

from integration.graph.calendar import KEY_PROPERTY, tagged
from integration.graph.client import Graph, Request
from integration.limits.published import MAILS
from integration.limits.recipients import RecipientLimiter
from integration.retry import Call
from workflows.errors import Conflict, NotFound, OutcomeUnknown, RecipientNotAllowed
from workflows.ports.accounts import Recipients
from workflows.ports.mail import Mail

_HEADERS = {"Prefer": 'IdType="ImmutableId"'}


class GraphMailer:
    """Sends mail from an organizer mailbox. Needs Mail.ReadWrite and Mail.Send there, given by an Exchange role.

    Without *limits* nobody counts how many a mailbox mails; with them, Throttled says that the day has no more.
    """

    def __init__(self, graph: Graph, recipients: Recipients, *, limits: RecipientLimiter | None = None) -> None:
        self._graph = graph
        self._recipients = recipients
        self._limits = limits

    async def send(self, sender: str, mail: Mail) -> str:
        """
        Send once and return the message's id.

        A draft tagged with the key is looked for before one is made, and one that already left is not sent again.
        Raises RecipientNotAllowed, and OutcomeUnknown when an answer was lost: come back later and look again.
        """
        action = f"send mail {mail.key}"
        if not self._recipients.permits(mail.to.email):
            raise RecipientNotAllowed(action, "the allow-list does not name the address")
        state = await self._look(sender, mail.key)
        if state is None:
            state = (await self._draft(sender, mail), True)
        message_id, is_draft = state
        if is_draft:
            if self._limits is not None:
                await self._limits.take(sender, 1, action=action)
            await self._send_draft(sender, message_id, action)
        return message_id

    async def _look(self, sender: str, key: str) -> tuple[str, bool] | None:
        """The message with this key and whether it is still a draft. One that left wins over any draft."""
        request = Request(
            action=f"look for mail {key}",
            address=lambda sdk: sdk.users.by_user_id(sender).messages,
            query=tagged([key], ("id", "isDraft")),
            headers=_HEADERS,
            scopes=[f"mailbox:{sender}"],
        )
        messages = [(message["id"], bool(message["isDraft"])) for message in await self._graph.list(request)]
        return min(messages, key=lambda message: message[1], default=None)

    async def _draft(self, sender: str, mail: Mail) -> str:
        request = Request(
            action=f"draft mail {mail.key}",
            address=lambda sdk: sdk.users.by_user_id(sender).messages,
            method="POST",
            call=Call.CREATE,
            body={
                "subject": mail.subject,
                "body": {"contentType": "html", "content": mail.html},
                "toRecipients": [{"emailAddress": {"address": mail.to.email, "name": mail.to.name}}],
                "singleValueExtendedProperties": [{"id": KEY_PROPERTY, "value": mail.key}],
            },
            headers=_HEADERS,
            scopes=[f"mailbox:{sender}"],
        )
        return str((await self._graph.get(request))["id"])

    async def _send_draft(self, sender: str, message_id: str, action: str) -> None:
        request = Request(
            action=action,
            address=lambda sdk: sdk.users.by_user_id(sender).messages.by_message_id(message_id).send,
            method="POST",
            call=Call.CREATE,
            headers=_HEADERS,
            scopes=[f"mailbox:{sender}", f"{MAILS}:{sender}"],
        )
        try:
            await self._graph.send(request)
        except (NotFound, Conflict) as exc:
            # It was a draft a moment ago: another worker, or an earlier try of ours, has just sent it.
            raise OutcomeUnknown(action, exc.reason, request_id=exc.request_id) from exc
