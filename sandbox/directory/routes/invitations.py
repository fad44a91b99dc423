"""Invitations of guests."""

import re
from typing import Any

from sandbox.directory.model import User
from sandbox.directory.state import Directory
from sandbox.platform.throttling import DIRECTORY_WRITES, INVITATIONS
from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Routes
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call

routes = Routes(Directory)
_ADDRESS = re.compile(r"[^@\s<>(),;:\\\"\[\]]+@[^@\s]+\.[^@\s.]+")


@routes.operation(
    "POST",
    "/invitations",
    permissions=("User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"),
    limits=(INVITATIONS(), DIRECTORY_WRITES()),
)
def invite(call: Call[Directory]) -> Reply:
    """Invite a guest. A repeat gives the same user. Lists and references know a new one only after a while."""
    body = call.json()
    email = str(body.get("invitedUserEmailAddress") or "")
    _check_invitation(call, body, email)
    directory = call.area
    user = directory.user_by_mail(email)
    if user is None:
        upn = f"{email.replace('@', '_')}#EXT#@{call.area.seed.initial_domain}"
        user = User(
            id=call.area.ids.new("user", email.lower()),
            name=str(body.get("invitedUserDisplayName") or email.partition("@")[0]),
            mail=email,
            upn=upn,
            created_at=call.now,
            found_at=call.now + call.area.latency.guest_found.of(email.lower()),
            guest=True,
            redeemed=False,
        )
        directory.add_user(user)
    redirect = body["inviteRedirectUrl"]
    return Reply(
        201,
        {
            "@odata.context": call.url("$metadata#invitations/$entity"),
            "id": call.area.ids.new("invitation"),
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


def _check_invitation(call: Call[Directory], body: dict[str, Any], email: str) -> None:
    seed, domain = call.area.seed, email.rpartition("@")[2].lower()
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
