"""Microsoft 365 groups, their owners and members."""

import re
from datetime import datetime
from typing import Any

from sandbox.directory import Group, User, missing
from sandbox.graph.users import filtered, shown, user_json
from sandbox.routing import Call, GraphError, Reply, bound_id, collection, operation
from sandbox.throttling import DIRECTORY, DIRECTORY_WRITES

WRITE_GROUPS = ("Group.ReadWrite.All", "Directory.ReadWrite.All")
CREATE_GROUPS = ("Group.Create", *WRITE_GROUPS)
READ_GROUPS = (
    "Group.ReadBasic.All",
    "GroupMember.Read.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
)
READ_MEMBERS = (
    "GroupMember.ReadBasic.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.ReadBasic.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
)
READ_OWNERS = (
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
)
WRITE_MEMBERS = ("GroupMember.ReadWrite.All", *WRITE_GROUPS)

RELATIONS = 20
"""How many owners and members one request may bind."""
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


def group_json(call: Call, group: Group) -> dict[str, Any]:
    """A group with every property the sandbox knows; the usual ones unless $select names others."""
    has_team = call.tenant.teams.find_team(group.id) is not None
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


# ------------------------------------------------------------------------------------------------------------- reading


@operation("GET", "/groups", permissions=READ_GROUPS, limits=(DIRECTORY(2),))
def list_groups(call: Call) -> Reply:
    """A group that was just made is missing for a while."""
    lag = call.tenant.latency.found
    groups = [found for found in call.tenant.directory.groups.values() if found.created_at + lag <= call.now]
    return collection(call, filtered(call, (group_json(call, group) for group in groups)))


@operation("GET", "/groups/{group}", permissions=READ_GROUPS, limits=(DIRECTORY(1),))
def get_group(call: Call) -> Reply:
    """By object id."""
    return Reply(200, group_json(call, call.tenant.directory.get_group(call.args["group"])))


@operation("GET", "/groups(uniqueName='{name}')", permissions=READ_GROUPS, limits=(DIRECTORY(1),))
def get_group_by_unique_name(call: Call) -> Reply:
    """By the alternate key."""
    return Reply(200, group_json(call, _by_unique_name(call)))


@operation("GET", "/groups/{group}/members", permissions=READ_MEMBERS, limits=(DIRECTORY(3),))
def list_members(call: Call) -> Reply:
    """Users only: groups within groups are not played."""
    return _people(call, call.tenant.directory.get_group(call.args["group"]).members)


@operation("GET", "/groups/{group}/owners", permissions=READ_OWNERS, limits=(DIRECTORY(2),))
def list_owners(call: Call) -> Reply:
    """In the order in which they were added."""
    return _people(call, call.tenant.directory.get_group(call.args["group"]).owners)


def _people(call: Call, ids: dict[str, datetime]) -> Reply:
    users = [call.tenant.directory.users[key] for key in ids if key in call.tenant.directory.users]
    kept = {thing["id"] for thing in filtered(call, map(user_json, users))}
    found = [{"@odata.type": "#microsoft.graph.user", **shown(call, user)} for user in users if user.id in kept]
    return collection(call, found)


def _by_unique_name(call: Call) -> Group:
    group = call.tenant.directory.group_by_unique_name(call.args["name"])
    if group is None:
        raise missing(call.args["name"])
    return group


# ------------------------------------------------------------------------------------------------------------- writing


@operation("POST", "/groups", permissions=CREATE_GROUPS, limits=(DIRECTORY_WRITES(),))
def create_group(call: Call) -> Reply:
    """Nothing makes a repeat harmless but `uniqueName`."""
    group = new_group(call, call.json())
    return Reply(201, {"@odata.context": call.url("$metadata#groups/$entity"), **group_json(call, group)})


@operation("PATCH", "/groups(uniqueName='{name}')", permissions=WRITE_GROUPS, limits=(DIRECTORY_WRITES(),))
def upsert_group(call: Call) -> Reply:
    """201 when made, 204 when it was there; 404 when it was not and `Prefer: create-if-missing` is not given."""
    body = call.json()
    group = call.tenant.directory.group_by_unique_name(call.args["name"])
    if group:
        binds = {"owners@odata.bind": group.owners, "members@odata.bind": group.members}
        _update(call, group, {name: body[name] for name in body if name not in CREATE_ONLY and name not in binds})
        for name, relation in binds.items():
            for reference in body.get(name, ()):
                user = _bound_user(call, reference, owner=relation is group.owners)
                relation.setdefault(user.id, call.now)
        return Reply(204)
    if not call.headers.prefers("create-if-missing"):
        raise missing(call.args["name"])
    if body.get("uniqueName", call.args["name"]) != call.args["name"]:
        raise _bad("uniqueName", "The uniqueName in the body differs from the one in the address.")
    group = new_group(call, {**body, "uniqueName": call.args["name"]})
    return Reply(201, {"@odata.context": call.url("$metadata#groups/$entity"), **group_json(call, group)})


@operation("PATCH", "/groups/{group}", permissions=WRITE_GROUPS, limits=(DIRECTORY_WRITES(),))
def update_group(call: Call) -> Reply:
    """Properties, and up to twenty `members@odata.bind`, all or none."""
    _update(call, call.tenant.directory.get_group(call.args["group"]), call.json())
    return Reply(204)


def new_group(call: Call, body: dict[str, Any]) -> Group:
    """A group as a request describes it; 400 when it is not in order."""
    _check(body)
    for needed in ("displayName", "mailEnabled", "mailNickname", "securityEnabled"):
        if needed not in body:
            raise _bad(needed, f"A value is required for property '{needed}' of resource 'Group'.", "MissingValue")
    if body.get("groupTypes") != ["Unified"] or not body["mailEnabled"] or body["securityEnabled"]:
        raise GraphError(501, "notImplemented", "The sandbox plays only Microsoft 365 groups.")
    if len(body.get("owners@odata.bind", ())) + len(body.get("members@odata.bind", ())) > RELATIONS:
        raise GraphError(400, "Request_BadRequest", f"A request may bind at most {RELATIONS} relations.")
    _check_words(call, body["displayName"])
    directory = call.tenant.directory
    name: str | None = body.get("uniqueName")
    if name and directory.group_by_unique_name(name):
        raise _conflict("uniqueName")
    _check_nickname(call, body["mailNickname"])
    owners = [_bound_user(call, reference, owner=True) for reference in body.get("owners@odata.bind", ())]
    members = [_bound_user(call, reference) for reference in body.get("members@odata.bind", ())]
    group = Group(
        id=directory.new_id("group", name or body["mailNickname"]),
        name=body["displayName"],
        description=body.get("description"),
        mail_nickname=body["mailNickname"],
        mail=f"{body['mailNickname']}@{call.tenant.seed.domains[0]}",
        visibility=body.get("visibility", "Public"),
        unique_name=name,
        classification=body.get("classification"),
        behaviors=list(body.get("resourceBehaviorOptions", ())),
        created_at=call.now,
        ready_at=call.now + call.tenant.latency.group_ready.of(name or body["mailNickname"]),
        owners={user.id: call.now for user in owners},
        members={user.id: call.now for user in members},
    )
    directory.add_group(group)
    return group


def _update(call: Call, group: Group, body: dict[str, Any]) -> None:
    _check({name: value for name, value in body.items() if name not in LATER_ONLY})
    fixed = sorted(CREATE_ONLY & set(body))
    if fixed:
        raise _bad(fixed[0], f"Property '{fixed[0]}' is read-only and cannot be set.")
    if "owners@odata.bind" in body:
        raise _bad("owners", "Owners are added one by one with POST /groups/{id}/owners/$ref.")
    _check_words(call, body.get("displayName", ""))
    directory = call.tenant.directory
    nickname = body.get("mailNickname", group.mail_nickname)
    if nickname != group.mail_nickname:
        _check_nickname(call, nickname)
    added = [_bound_user(call, reference) for reference in body.get("members@odata.bind", ())]
    if len(added) > RELATIONS:
        raise GraphError(400, "Request_BadRequest", f"A request may bind at most {RELATIONS} relations.")
    if any(user.id in group.members for user in added):
        raise _already("members")
    directory.rename(group, nickname)
    group.name = body.get("displayName", group.name)
    group.description = body.get("description", group.description)
    group.visibility = body.get("visibility", group.visibility)
    group.classification = body.get("classification", group.classification)
    group.members |= {user.id: call.now for user in added}


def _check(body: dict[str, Any]) -> None:
    for name, value in body.items():
        if name.startswith("@"):
            continue
        if name in LATER_ONLY:
            raise _bad(name, f"Property '{name}' cannot be set when a group is made.")
        if name not in SETTABLE:
            raise _bad(name, f"The property '{name}' does not exist on type 'microsoft.graph.group'.")
        if not isinstance(value, SETTABLE[name]):
            raise _bad(name, f"Invalid value specified for property '{name}' of resource 'Group'.")
    if len(body.get("displayName", "x")) > 256 or not body.get("displayName", "x"):
        raise _bad("displayName", "Invalid value specified for property 'displayName' of resource 'Group'.")
    if body.get("visibility", "Private") not in ("Private", "Public", "HiddenMembership"):
        raise _bad("visibility", "Invalid value specified for property 'visibility' of resource 'Group'.")


def _check_words(call: Call, name: str) -> None:
    """The tenant's naming policy, which holds for apps too."""
    blocked = sorted(set(name.casefold().split()) & call.tenant.directory.blocked_words)
    if blocked:
        raise GraphError(
            400,
            "Request_BadRequest",
            f"The property displayName has a naming policy violation: the word '{blocked[0]}' is blocked.",
            [{"code": "ContainsBlockedWord", "target": "displayName", "message": "a blocked word"}],
        )


def _check_nickname(call: Call, nickname: str) -> None:
    if not _NICKNAME.fullmatch(nickname):
        message = "Invalid value specified for property 'mailNickname' of resource 'Group'."
        raise _bad("mailNickname", message)
    if call.tenant.directory.group_by_nickname(nickname):
        raise _conflict("mailNickname")


def _bound_user(call: Call, reference: object, *, owner: bool = False) -> User:
    kind = "users" if "/users" in str(reference) else "directoryObjects"
    user = call.tenant.directory.get_user(bound_id(reference, kind))
    if owner and user.guest:
        raise GraphError(400, "Request_BadRequest", "Guest users cannot be added as owners of the group.")
    return user


# ---------------------------------------------------------------------------------------------------------- references


@operation("POST", "/groups/{group}/members/$ref", permissions=WRITE_MEMBERS, limits=(DIRECTORY_WRITES(),))
def add_member(call: Call) -> Reply:
    """400 when the user is a member already, or while group or user are new."""
    group, user = _group_and_user(call)
    if user.id in group.members:
        raise _already("members")
    if user.guest and not group.lets_guests_in:
        raise GraphError(403, "Authorization_RequestDenied", "Guests are not allowed to be added to this group.")
    group.members[user.id] = call.now
    return Reply(204)


@operation("POST", "/groups/{group}/owners/$ref", permissions=WRITE_GROUPS, limits=(DIRECTORY_WRITES(),))
def add_owner(call: Call) -> Reply:
    """Guests cannot own a group that is or may become a team."""
    group, user = _group_and_user(call)
    if user.guest:
        raise GraphError(400, "Request_BadRequest", "Guest users cannot be added as owners of the group.")
    if user.id in group.owners:
        raise _already("owners")
    group.owners[user.id] = call.now
    return Reply(204)


@operation("DELETE", "/groups/{group}/members/{member}/$ref", permissions=WRITE_MEMBERS, limits=(DIRECTORY_WRITES(),))
def remove_member(call: Call) -> Reply:
    """The membership only."""
    group = call.tenant.directory.get_group(call.args["group"])
    if group.members.pop(call.args["member"], None) is None:
        raise missing(call.args["member"])
    return Reply(204)


@operation("DELETE", "/groups/{group}/owners/{owner}/$ref", permissions=WRITE_GROUPS, limits=(DIRECTORY_WRITES(),))
def remove_owner(call: Call) -> Reply:
    """The last owner stays."""
    group = call.tenant.directory.get_group(call.args["group"])
    if call.args["owner"] not in group.owners:
        raise missing(call.args["owner"])
    if len(group.owners) == 1:
        message = "The group must have at least one owner, hence this owner cannot be removed."
        raise GraphError(400, "Request_BadRequest", message)
    del group.owners[call.args["owner"]]
    return Reply(204)


@operation("DELETE", "/groups/{group}/members/{member}", permissions=WRITE_MEMBERS, limits=(DIRECTORY_WRITES(),))
def delete_member_object(call: Call) -> Reply:
    """Without /$ref the real service deletes the directory object. So does this one, and it remembers."""
    directory = call.tenant.directory
    user = directory.get_user(call.args["member"])
    directory.remove_user(user)
    for group in directory.groups.values():
        group.members.pop(user.id, None)
        group.owners.pop(user.id, None)
    directory.deleted.append(f"user:{user.mail.lower()}")
    return Reply(204)


def _group_and_user(call: Call) -> tuple[Group, User]:
    body = call.json()
    if "@odata.id" not in body:
        raise GraphError(400, "Request_BadRequest", "The reference needs '@odata.id'.")
    group = call.tenant.directory.groups.get(call.args["group"].lower())
    reference = str(body["@odata.id"])
    key = bound_id(reference, "users" if "/users" in reference.lower() else "directoryObjects")
    user = call.tenant.directory.find_user(key)
    if group is None or user is None:
        raise missing(call.args["group"] if group is None else key)
    if group.ready_at > call.now or user.found_at > call.now:
        message = "The source resource object or one of the objects being referenced don't exist."
        raise GraphError(400, "Request_BadRequest", message)
    return group, user


def _already(relation: str) -> GraphError:
    message = f"One or more added object references already exist for the following modified properties: '{relation}'."
    return GraphError(400, "Request_BadRequest", message)


def _conflict(name: str) -> GraphError:
    message = f"Another object with the same value for property {name} already exists."
    details = [{"code": "ObjectConflict", "target": name, "message": message}]
    return GraphError(400, "Request_BadRequest", message, details)


def _bad(target: str, message: str, code: str = "InvalidValue") -> GraphError:
    return GraphError(400, "Request_BadRequest", message, [{"code": code, "target": target, "message": message}])
