"""Mail in the mailboxes of users: drafts, sending, and what was sent."""

from typing import Any

from sandbox.exchange.items import TAGS, expanded_tags, wants_immutable
from sandbox.exchange.mail import FOLDERS, Mail, Mailbox
from sandbox.exchange.queries import item_filter
from sandbox.exchange.state import Exchange
from sandbox.platform.throttling import MAILBOX
from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call

routes = Routes(Exchange)

_READ = ("Mail.ReadBasic.All", "Mail.ReadWrite", "Mail.Read")
_WRITE = ("Mail.ReadWrite",)
_SEND = ("Mail.Send",)
_SEARCHABLE = (
    *("subject", "isDraft", "createdDateTime", "lastModifiedDateTime", "receivedDateTime", "sentDateTime", "from"),
    TAGS,
)
_MESSAGES = "/users/{user}/messages"


@routes.operation("GET", _MESSAGES, permissions=_READ, exchange=_READ, limits=(MAILBOX(),))
def list_messages(call: Call[Exchange]) -> Reply:
    """List the mails of every folder, newest first."""
    box = _box(call)
    return _mails(call, [mail for folder in FOLDERS for mail in box.folder(folder, call.now)])


@routes.operation(
    "GET", "/users/{user}/mailFolders/{folder}/messages", permissions=_READ, exchange=_READ, limits=(MAILBOX(),)
)
def list_folder(call: Call[Exchange]) -> Reply:
    """List the mails of one folder, newest first."""
    box = _box(call)
    return _mails(call, box.folder(box.folder_named(call.args["folder"]), call.now))


@routes.operation("GET", "/users/{user}/mailFolders", permissions=_READ, exchange=_READ, limits=(MAILBOX(),))
def list_folders(call: Call[Exchange]) -> Reply:
    """List the well-known folders: nobody makes others here."""
    box = _box(call)
    return collection(call, [box.folder_json(name, call.now) for name in FOLDERS], size=10, most=1000)


@routes.operation("GET", "/users/{user}/mailFolders/{folder}", permissions=_READ, exchange=_READ, limits=(MAILBOX(),))
def get_folder(call: Call[Exchange]) -> Reply:
    """Get a folder by id or well-known name."""
    box = _box(call)
    return Reply(200, box.folder_json(box.folder_named(call.args["folder"]), call.now))


@routes.operation("POST", _MESSAGES, permissions=_WRITE, exchange=_WRITE, limits=(MAILBOX(),))
def create_draft(call: Call[Exchange]) -> Reply:
    """Create a mail in Drafts."""
    box = _box(call)
    draft = call.area.mailboxes.new_draft(box, call.json())
    box.mails.append(draft)
    return Reply(201, _shown(call, draft))


@routes.operation("GET", f"{_MESSAGES}/{{message}}", permissions=_READ, exchange=_READ, limits=(MAILBOX(),))
def get_message(call: Call[Exchange]) -> Reply:
    """Get one mail."""
    mail = _mail(call)
    return Reply(200, _shown(call, mail) | expanded_tags(mail.tags, call))


@routes.operation("PATCH", f"{_MESSAGES}/{{message}}", permissions=_WRITE, exchange=_WRITE, limits=(MAILBOX(),))
def change_draft(call: Call[Exchange]) -> Reply:
    """Change a mail that was not sent yet."""
    mail = _mail(call)
    if not mail.is_draft:
        raise GraphError(400, "ErrorInvalidRequest", "Only a draft can be changed.")
    mail.change_draft(call.json(), call.now)
    return Reply(200, _shown(call, mail))


@routes.operation("DELETE", f"{_MESSAGES}/{{message}}", permissions=_WRITE, exchange=_WRITE, limits=(MAILBOX(),))
def delete_message(call: Call[Exchange]) -> Reply:
    """Move a mail into Deleted Items."""
    _mail(call).move("deleteditems", call.now)
    return Reply(204)


@routes.operation("POST", f"{_MESSAGES}/{{message}}/send", permissions=_SEND, exchange=_SEND, limits=(MAILBOX(),))
def send_draft(call: Call[Exchange]) -> Reply:
    """Accept a mail, not yet delivered. It keeps its properties and moves to Sent Items."""
    call.area.mailboxes.send(_box(call), _mail(call))
    return Reply(202)


@routes.operation("POST", "/users/{user}/sendMail", permissions=_SEND, exchange=_SEND, limits=(MAILBOX(),))
def send_mail(call: Call[Exchange]) -> Reply:
    """Send a mail. A repeat sends again: there is no key."""
    given = {name.lower(): value for name, value in call.json().items()}
    if not isinstance(given.get("message"), dict) or set(given) - {"message", "savetosentitems"}:
        raise GraphError(400, "ErrorInvalidRequest", "The parameters are message and saveToSentItems.")
    box, exchange = _box(call), call.area
    exchange.mailboxes.send(
        box, exchange.mailboxes.new_draft(box, given["message"]), keep=given.get("savetosentitems") is not False
    )
    return Reply(202)


def _box(call: Call[Exchange]) -> Mailbox:
    return call.area.mailboxes.of_user(call.args["user"])


def _mail(call: Call[Exchange]) -> Mail:
    return _box(call).get(call.args["message"], call.now)


def _shown(call: Call[Exchange], mail: Mail) -> dict[str, Any]:
    return mail.to_json(immutable=wants_immutable(call))


def _mails(call: Call[Exchange], mails: list[Mail]) -> Reply:
    found = sorted(mails, key=lambda mail: mail.seen_from, reverse=True)
    wanted = item_filter(call, _SEARCHABLE)
    if wanted is not None:
        found = [mail for mail in found if wanted.matches(mail.searchable())]
    reply = collection(call, found, size=10, most=1000)
    reply.body["value"] = [_shown(call, mail) | expanded_tags(mail.tags, call) for mail in reply.body["value"]]
    return reply
