"""Groups as requests describe them: checked, made and changed."""

import re
from typing import Any

from sandbox.directory.model import Group, User
from sandbox.directory.state import Directory
from sandbox.protocol.errors import GraphError
from sandbox.protocol.references import bound_id

MAX_RELATIONS = 20
"""Owners and members that one request may bind at most."""
SETTABLE: dict[str, type | tuple[type, ...]] = {
    "displayName": str,
    "description": (str, type(None)),
    "mailNickname": str,
    "mailEnabled": bool,
    "securityEnabled": bool,
    "visibility": str,
    "groupTypes": list,
    "uniqueName": str,
    "resourceBehaviorOptions": list,
    "classification": (str, type(None)),
    "owners@odata.bind": list,
    "members@odata.bind": list,
}
LATER_ONLY = frozenset(
    {"allowExternalSenders", "autoSubscribeNewMembers", "hideFromAddressLists", "hideFromOutlookClients"}
    | {"isSubscribedByMail", "unseenCount"}
)
CREATE_ONLY = frozenset({"resourceBehaviorOptions", "groupTypes", "mailEnabled", "securityEnabled", "uniqueName"})
_NICKNAME = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]{1,64}")


def new_group(directory: Directory, body: dict[str, Any]) -> Group:
    """Make the group that a request describes; 400 when it is not in order."""
    _check(body)
    for needed in ("displayName", "mailEnabled", "mailNickname", "securityEnabled"):
        if needed not in body:
            raise invalid_value(
                needed, f"A value is required for property '{needed}' of resource 'Group'.", "MissingValue"
            )
    if body.get("groupTypes") != ["Unified"] or not body["mailEnabled"] or body["securityEnabled"]:
        raise GraphError(501, "notImplemented", "The sandbox plays only Microsoft 365 groups.")
    if len(body.get("owners@odata.bind", ())) + len(body.get("members@odata.bind", ())) > MAX_RELATIONS:
        raise GraphError(400, "Request_BadRequest", f"A request may bind at most {MAX_RELATIONS} relations.")
    _check_words(directory, body["displayName"])
    name: str | None = body.get("uniqueName")
    if name and directory.group_by_unique_name(name):
        raise _conflict("uniqueName")
    _check_nickname(directory, body["mailNickname"])
    owners = [bound_user(directory, reference, owner=True) for reference in body.get("owners@odata.bind", ())]
    members = [bound_user(directory, reference) for reference in body.get("members@odata.bind", ())]
    group = Group(
        id=directory.new_id("group", name or body["mailNickname"]),
        name=body["displayName"],
        description=body.get("description"),
        mail_nickname=body["mailNickname"],
        mail=f"{body['mailNickname']}@{directory.seed.domains[0]}",
        visibility=body.get("visibility", "Public"),
        unique_name=name,
        classification=body.get("classification"),
        behaviors=list(body.get("resourceBehaviorOptions", ())),
        created_at=directory.clock.now(),
        ready_at=directory.clock.now() + directory.latency.group_ready.of(name or body["mailNickname"]),
        owners={user.id: directory.clock.now() for user in owners},
        members={user.id: directory.clock.now() for user in members},
    )
    directory.add_group(group)
    return group


def change_group(directory: Directory, group: Group, body: dict[str, Any]) -> None:
    """Set what *body* names, whole or not at all; 400 when it is not in order."""
    _check({name: value for name, value in body.items() if name not in LATER_ONLY})
    fixed = sorted(CREATE_ONLY & set(body))
    if fixed:
        raise invalid_value(fixed[0], f"Property '{fixed[0]}' is read-only and cannot be set.")
    _check_words(directory, body.get("displayName", ""))
    nickname = body.get("mailNickname", group.mail_nickname)
    if nickname != group.mail_nickname:
        _check_nickname(directory, nickname)
    added = [bound_user(directory, reference) for reference in body.get("members@odata.bind", ())]
    owners = [bound_user(directory, reference, owner=True) for reference in body.get("owners@odata.bind", ())]
    if len(added) + len(owners) > MAX_RELATIONS:
        raise GraphError(400, "Request_BadRequest", f"A request may bind at most {MAX_RELATIONS} relations.")
    if any(user.id in group.members for user in added):
        raise already_there("members")
    if any(user.id in group.owners for user in owners):
        raise already_there("owners")
    directory.rename(group, nickname)
    group.name = body.get("displayName", group.name)
    group.description = body.get("description", group.description)
    group.visibility = body.get("visibility", group.visibility)
    group.classification = body.get("classification", group.classification)
    group.owners |= {user.id: directory.clock.now() for user in owners}
    group.members |= {user.id: directory.clock.now() for user in added}


def _check(body: dict[str, Any]) -> None:
    for name, value in body.items():
        if name.startswith("@"):
            continue
        if name in LATER_ONLY:
            raise invalid_value(name, f"Property '{name}' cannot be set when a group is made.")
        if name not in SETTABLE:
            raise invalid_value(name, f"The property '{name}' does not exist on type 'microsoft.graph.group'.")
        if not isinstance(value, SETTABLE[name]):
            raise invalid_value(name, f"Invalid value specified for property '{name}' of resource 'Group'.")
    if len(body.get("displayName", "x")) > 256 or not body.get("displayName", "x"):
        raise invalid_value("displayName", "Invalid value specified for property 'displayName' of resource 'Group'.")
    if body.get("visibility", "Private") not in ("Private", "Public", "HiddenMembership"):
        raise invalid_value("visibility", "Invalid value specified for property 'visibility' of resource 'Group'.")


def _check_words(directory: Directory, name: str) -> None:
    """Refuse a name by the tenant's naming policy, which holds for apps too."""
    blocked = sorted(set(name.casefold().split()) & directory.blocked_words)
    if blocked:
        raise GraphError(
            400,
            "Request_BadRequest",
            f"The property displayName has a naming policy violation: the word '{blocked[0]}' is blocked.",
            [{"code": "ContainsBlockedWord", "target": "displayName", "message": "a blocked word"}],
        )


def _check_nickname(directory: Directory, nickname: str) -> None:
    if not _NICKNAME.fullmatch(nickname):
        message = "Invalid value specified for property 'mailNickname' of resource 'Group'."
        raise invalid_value("mailNickname", message)
    if directory.group_by_nickname(nickname):
        raise _conflict("mailNickname")


def bound_user(directory: Directory, reference: object, *, owner: bool = False) -> User:
    """Return the user that a bind leads to; 400 for a guest as *owner*."""
    kind = "users" if "/users" in str(reference) else "directoryObjects"
    user = directory.get_user(bound_id(reference, kind))
    if owner and user.guest:
        raise GraphError(400, "Request_BadRequest", "Guest users cannot be added as owners of the group.")
    return user


def already_there(relation: str) -> GraphError:
    """Return the refusal of a reference that exists already."""
    message = f"One or more added object references already exist for the following modified properties: '{relation}'."
    return GraphError(400, "Request_BadRequest", message)


def _conflict(name: str) -> GraphError:
    message = f"Another object with the same value for property {name} already exists."
    details = [{"code": "ObjectConflict", "target": name, "message": message}]
    return GraphError(400, "Request_BadRequest", message, details)


def invalid_value(target: str, message: str, code: str = "InvalidValue") -> GraphError:
    """Return the refusal of a property's value."""
    return GraphError(400, "Request_BadRequest", message, [{"code": code, "target": target, "message": message}])
