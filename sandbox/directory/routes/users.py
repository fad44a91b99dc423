"""Users."""

import re
from collections.abc import Iterable

from sandbox.directory.model import User
from sandbox.directory.queries import check_count, queried
from sandbox.directory.showing import shown, user_json
from sandbox.directory.state import Directory
from sandbox.platform.throttling import DIRECTORY
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection, count
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call

routes = Routes(Directory)

READ_USERS = (
    "User.ReadBasic.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
)

_BY_MAIL = re.compile(r"mail eq '((?:[^']|'')*)'(?: or |$)", re.IGNORECASE)


def _candidates(call: Call[Directory]) -> Iterable[User]:
    """Return the users that $filter names by address, or all, so that a country's people are not all looked at."""
    directory, text, at = call.area, call.query.get("filter", "").strip(), 0
    found: dict[str, User] = {}
    while match := _BY_MAIL.match(text, at):
        user, at = directory.user_by_mail(match[1].replace("''", "'")), match.end()
        if user is not None:
            found[user.id] = user
    return found.values() if text and at == len(text) else directory.users.values()


@routes.operation("GET", "/users", permissions=READ_USERS, limits=(DIRECTORY(2),))
def list_users(call: Call[Directory]) -> Reply:
    """List users. Guests who were invited a moment ago are not among them yet."""
    return collection(call, [shown(call, user) for user in _queried(call)])


@routes.operation("GET", "/users/$count", permissions=READ_USERS, limits=(DIRECTORY(2),))
def count_users(call: Call[Directory]) -> Reply:
    """Count users."""
    check_count(call)
    return count(_queried(call))


def _queried(call: Call[Directory]) -> list[User]:
    return queried(call, (user for user in _candidates(call) if user.found_at <= call.now), user_json)


@routes.operation("GET", "/users/{user}", permissions=READ_USERS, limits=(DIRECTORY(1),))
def get_user(call: Call[Directory]) -> Reply:
    """Get a user by object id or user principal name."""
    return Reply(200, shown(call, call.area.get_user(call.args["user"])))
