"""Users and invitations."""

import re
from collections.abc import Iterable
from typing import Any

from sandbox.directory import User
from sandbox.filters import filter_of
from sandbox.routing import Call, GraphError, Reply, collection, operation
from sandbox.throttling import DIRECTORY, DIRECTORY_WRITES, INVITATIONS

READ_USERS = (
    "User.ReadBasic.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
)
USUAL = ("id", "displayName", "givenName", "surname", "mail", "userPrincipalName", "preferredLanguage", "jobTitle")
BASIC = frozenset({"id", "displayName", "givenName", "surname", "mail", "userPrincipalName"})
"""All that User.ReadBasic.All shows."""


def user_json(user: User) -> dict[str, Any]:
    """A user with every property the sandbox knows."""
    return {
        "id": user.id,
        "displayName": user.name,
        "givenName": None,
        "surname": None,
        "mail": user.mail,
        "userPrincipalName": user.upn,
        "preferredLanguage": None,
        "jobTitle": None,
        "userType": "Guest" if user.guest else "Member",
        "accountEnabled": user.enabled,
        "externalUserState": _external_state(user),
        "otherMails": [user.mail] if user.guest else [],
        "proxyAddresses": [] if user.guest else [f"SMTP:{user.mail}"],
        "createdDateTime": user.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _external_state(user: User) -> str | None:
    if not user.guest:
        return None
    return "Accepted" if user.redeemed else "PendingAcceptance"


def shown(call: Call, user: User) -> dict[str, Any]:
    """A user as this call gets it: the usual properties unless $select names others."""
    known = user_json(user)
    if call.allowed_by and call.allowed_by <= {"User.ReadBasic.All"}:
        known = {name: value if name in BASIC else None for name, value in known.items()}
    return known if "select" in call.query else {name: known[name] for name in USUAL}


def filtered(call: Call, things: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The directory objects that $filter leaves; 400 for a property that is none."""
    found = list(things)
    wanted = filter_of(call)
    if wanted is None:
        return found
    unknown = sorted(path for path in wanted.paths if found and path.split("/")[0] not in found[0])
    if unknown:
        raise GraphError(400, "Request_UnsupportedQuery", f"Unsupported property filter clause: {', '.join(unknown)}.")
    return [thing for thing in found if wanted.matches(thing)]


_BY_MAIL = re.compile(r"mail eq '((?:[^']|'')*)'(?: or |$)", re.IGNORECASE)


def _candidates(call: Call) -> Iterable[User]:
    """Whom $filter can be about: those it names by address, so that a country's people are not all looked at."""
    directory, text, at = call.tenant.directory, call.query.get("filter", "").strip(), 0
    found: dict[str, User] = {}
    while match := _BY_MAIL.match(text, at):
        user, at = directory.user_by_mail(match[1].replace("''", "'")), match.end()
        if user is not None:
            found[user.id] = user
    return found.values() if text and at == len(text) else directory.users.values()


@operation("GET", "/users", permissions=READ_USERS, limits=(DIRECTORY(2),))
def list_users(call: Call) -> Reply:
    """Guests who were invited a moment ago are not among them yet."""
    users = [user for user in _candidates(call) if user.found_at <= call.now]
    kept = {thing["id"] for thing in filtered(call, map(user_json, users))}
    return collection(call, [shown(call, user) for user in users if user.id in kept])


@operation("GET", "/users/{user}", permissions=READ_USERS, limits=(DIRECTORY(1),))
def get_user(call: Call) -> Reply:
    """By object id or user principal name."""
    return Reply(200, shown(call, call.tenant.directory.get_user(call.args["user"])))


_ADDRESS = re.compile(r"[^@\s<>(),;:\\\"\[\]]+@[^@\s]+\.[^@\s.]+")


@operation(
    "POST",
    "/invitations",
    permissions=("User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"),
    limits=(INVITATIONS(), DIRECTORY_WRITES()),
)
def invite(call: Call) -> Reply:
    """A repeat gives the same user. Lists and references know a new one only after a while."""
    body = call.json()
    email = str(body.get("invitedUserEmailAddress") or "")
    _check_invitation(call, body, email)
    directory = call.tenant.directory
    user = directory.user_by_mail(email)
    if user is None:
        upn = f"{email.replace('@', '_')}#EXT#@{call.tenant.seed.initial_domain}"
        user = User(
            id=call.tenant.new_id("user", email.lower()),
            name=str(body.get("invitedUserDisplayName") or email.partition("@")[0]),
            mail=email,
            upn=upn,
            created_at=call.now,
            found_at=call.now + call.tenant.latency.guest_found.of(email.lower()),
            guest=True,
            redeemed=False,
        )
        directory.add_user(user)
    redirect = body["inviteRedirectUrl"]
    return Reply(
        201,
        {
            "@odata.context": call.url("$metadata#invitations/$entity"),
            "id": call.tenant.new_id("invitation"),
            "inviteRedeemUrl": f"{call.base_url}/redeem?user={user.id}",
            "invitedUserDisplayName": user.name,
            "invitedUserType": "Guest",
            "invitedUserEmailAddress": email,
            "sendInvitationMessage": bool(body.get("sendInvitationMessage", False)),
            "inviteRedirectUrl": redirect,
            "status": "Completed" if user.redeemed else "PendingAcceptance",
            "invitedUser": {"id": user.id},
        },
    )


def _check_invitation(call: Call, body: dict[str, Any], email: str) -> None:
    seed, domain = call.tenant.seed, email.rpartition("@")[2].lower()
    if not _ADDRESS.fullmatch(email):
        raise GraphError(400, "BadRequest", "The invited user's email address is invalid.")
    if not str(body.get("inviteRedirectUrl") or "").startswith(("http://", "https://")):
        raise GraphError(400, "BadRequest", "The inviteRedirectUrl is missing or invalid.")
    if domain in seed.domains or domain == seed.initial_domain:
        raise GraphError(400, "BadRequest", "The invited user belongs to a verified domain of this directory.")
    if domain in seed.blocked_domains:
        message = "Guest invitations not allowed for your company: the domain is not allowed by its policy."
        raise GraphError(400, "BadRequest", message)
    if not seed.b2b_enabled:
        raise GraphError(400, "BadRequest", "Guest invitations not allowed for your company.")
    if body.get("sendInvitationMessage"):
        raise GraphError(501, "notImplemented", "The sandbox does not play Microsoft's own invitation mail.")
