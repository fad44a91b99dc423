"""Users and groups as Graph shows them."""

from typing import Any

from sandbox.directory.model import Group, User
from sandbox.directory.state import Directory
from sandbox.protocol.errors import GraphError
from sandbox.protocol.request import Call

USUAL_PROPERTIES = (
    "id",
    "displayName",
    "givenName",
    "surname",
    "mail",
    "userPrincipalName",
    "preferredLanguage",
    "jobTitle",
)
BASIC_PROPERTIES = frozenset({"id", "displayName", "givenName", "surname", "mail", "userPrincipalName"})
"""All that User.ReadBasic.All shows."""


def user_json(user: User) -> dict[str, Any]:
    """Return a user with every property the sandbox knows."""
    return {
        "id": user.id,
        "displayName": user.name,
        "givenName": None,
        "surname": None,
        "mail": user.mail if user.has_mailbox else None,
        "userPrincipalName": user.upn,
        "preferredLanguage": None,
        "jobTitle": None,
        "userType": "Guest" if user.guest else "Member",
        "accountEnabled": user.enabled,
        "externalUserState": _external_state(user),
        "otherMails": [user.mail] if user.guest else [],
        "proxyAddresses": _proxy_addresses(user),
        "createdDateTime": user.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _proxy_addresses(user: User) -> list[str]:
    """Return the addresses of a mailbox as Exchange spells them: the primary one with its kind in capitals."""
    if user.guest or not user.has_mailbox:
        return []
    return [f"SMTP:{user.mail}", *(f"smtp:{alias}" for alias in user.aliases)]


def _external_state(user: User) -> str | None:
    if not user.guest:
        return None
    return "Accepted" if user.redeemed else "PendingAcceptance"


def shown(call: Call[Directory], user: User) -> dict[str, Any]:
    """Return a user as this call gets it: the usual properties unless $select names others."""
    known = user_json(user)
    if call.allowed_by and call.allowed_by <= {"User.ReadBasic.All"}:
        known = {name: value if name in BASIC_PROPERTIES else None for name, value in known.items()}
    return known if "select" in call.query else {name: known[name] for name in USUAL_PROPERTIES}


def group_json(call: Call[Directory], group: Group) -> dict[str, Any]:
    """Return a group with every property the sandbox knows; the usual ones unless $select names others."""
    has_team = group.team_ready_at is not None and group.team_ready_at <= call.now
    known = {
        "id": group.id,
        "displayName": group.name,
        "description": group.description,
        "mail": group.mail,
        "mailNickname": group.mail_nickname,
        "mailEnabled": group.unified,
        "securityEnabled": False,
        "groupTypes": ["Unified"] if group.unified else [],
        "visibility": group.visibility,
        "uniqueName": group.unique_name,
        "classification": group.classification,
        "expirationDateTime": group.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ") if group.expires_at else None,
        "assignedLabels": [group.label] if group.label else [],
        "createdDateTime": group.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "resourceBehaviorOptions": list(group.behaviors),
        "resourceProvisioningOptions": ["Team"] if has_team else [],
    }
    if call.query.names("expand"):
        raise GraphError(501, "notImplemented", f"The sandbox does not play $expand on {call.path}")
    return known
