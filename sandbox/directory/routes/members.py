"""Members and owners of groups."""

from collections.abc import Callable, Iterable, Sequence

from sandbox.directory.making import already_there
from sandbox.directory.model import Group, User, missing
from sandbox.directory.queries import check_count, queried
from sandbox.directory.routes.groups import WRITE_GROUPS
from sandbox.directory.routes.users import READ_USERS
from sandbox.directory.showing import shown, user_json
from sandbox.directory.state import Directory
from sandbox.platform.throttling import DIRECTORY, DIRECTORY_WRITES
from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Handler, Routes
from sandbox.protocol.paging import collection, count
from sandbox.protocol.references import bound_id
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call

routes = Routes(Directory)

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
USER_CAST = "/microsoft.graph.user"
WRITE_MEMBERS = ("GroupMember.ReadWrite.All", *WRITE_GROUPS)


def _on_people(
    relations: Sequence[str], suffixes: Sequence[str], permissions: Sequence[str], cost: float
) -> Callable[[Handler[Directory]], Handler[Directory]]:
    """Register a handler under every address of some *relations* of a group, with each of the *suffixes*."""

    def register(handler: Handler[Directory]) -> Handler[Directory]:
        for relation in relations:
            for suffix in suffixes:
                template = f"/groups/{{group}}/{relation}{suffix}"
                routes.operation("GET", template, permissions=permissions, limits=(DIRECTORY(cost),))(handler)
        return handler

    return register


@_on_people(("members", "transitiveMembers"), ("", USER_CAST), READ_MEMBERS, 3)
def list_members(call: Call[Directory]) -> Reply:
    """List members: users only, groups within groups are not played."""
    return _people(call, _members(call))


@_on_people(("members", "transitiveMembers"), ("/$count", f"{USER_CAST}/$count"), READ_MEMBERS, 3)
def count_members(call: Call[Directory]) -> Reply:
    """Count members."""
    check_count(call)
    return count(queried(call, _members(call), user_json))


@_on_people(("owners",), ("", USER_CAST), READ_OWNERS, 2)
def list_owners(call: Call[Directory]) -> Reply:
    """List owners in the order in which they were added."""
    return _people(call, _owners(call))


@_on_people(("owners",), ("/$count", f"{USER_CAST}/$count"), READ_OWNERS, 2)
def count_owners(call: Call[Directory]) -> Reply:
    """Count owners."""
    check_count(call)
    return count(queried(call, _owners(call), user_json))


def _members(call: Call[Directory]) -> list[User]:
    return _users(call, call.area.get_group(call.args["group"]).members)


def _owners(call: Call[Directory]) -> list[User]:
    return _users(call, call.area.get_group(call.args["group"]).owners)


def _users(call: Call[Directory], ids: Iterable[str]) -> list[User]:
    return [call.area.users[key] for key in ids if key in call.area.users]


def _people(call: Call[Directory], users: list[User]) -> Reply:
    """Answer with people; a caller who may not read users gets ids, and null for all else."""
    found = [shown(call, user) for user in queried(call, users, user_json)]
    if not call.app.roles.intersection(READ_USERS):
        found = [{name: value if name == "id" else None for name, value in user.items()} for user in found]
    return collection(call, [{"@odata.type": "#microsoft.graph.user", **user} for user in found])


# ---------------------------------------------------------------------------------------------------------- references


@routes.operation("POST", "/groups/{group}/members/$ref", permissions=WRITE_MEMBERS, limits=(DIRECTORY_WRITES(),))
def add_member(call: Call[Directory]) -> Reply:
    """Add a member; 400 for a user who is one already, and while group or user are new."""
    group, user = _group_and_user(call)
    if user.id in group.members:
        raise already_there("members")
    if user.guest and not group.lets_guests_in:
        raise GraphError(403, "Authorization_RequestDenied", "Guests are not allowed to be added to this group.")
    group.members[user.id] = call.now
    return Reply(204)


@routes.operation("POST", "/groups/{group}/owners/$ref", permissions=WRITE_GROUPS, limits=(DIRECTORY_WRITES(),))
def add_owner(call: Call[Directory]) -> Reply:
    """Add an owner. Guests cannot own a group that is or may become a team."""
    group, user = _group_and_user(call)
    if user.guest:
        raise GraphError(400, "Request_BadRequest", "Guest users cannot be added as owners of the group.")
    if user.id in group.owners:
        raise already_there("owners")
    group.owners[user.id] = call.now
    return Reply(204)


@routes.operation(
    "DELETE", "/groups/{group}/members/{member}/$ref", permissions=WRITE_MEMBERS, limits=(DIRECTORY_WRITES(),)
)
def remove_member(call: Call[Directory]) -> Reply:
    """Remove the membership only."""
    group = call.area.get_group(call.args["group"])
    if group.members.pop(call.args["member"], None) is None:
        raise missing(call.args["member"])
    return Reply(204)


@routes.operation(
    "DELETE", "/groups/{group}/owners/{owner}/$ref", permissions=WRITE_GROUPS, limits=(DIRECTORY_WRITES(),)
)
def remove_owner(call: Call[Directory]) -> Reply:
    """Remove an owner; the last one stays."""
    group = call.area.get_group(call.args["group"])
    if call.args["owner"] not in group.owners:
        raise missing(call.args["owner"])
    if len(group.owners) == 1:
        message = "The group must have at least one owner, hence this owner cannot be removed."
        raise GraphError(400, "Request_BadRequest", message)
    del group.owners[call.args["owner"]]
    return Reply(204)


@routes.operation("DELETE", "/groups/{group}/members/{member}", permissions=WRITE_MEMBERS, limits=(DIRECTORY_WRITES(),))
def delete_member_object(call: Call[Directory]) -> Reply:
    """Delete the directory object, as the real service does without /$ref, and remember it."""
    directory = call.area
    user = directory.get_user(call.args["member"])
    directory.remove_user(user)
    for group in directory.groups.values():
        group.members.pop(user.id, None)
        group.owners.pop(user.id, None)
    directory.deleted.append(f"user:{user.mail.lower()}")
    return Reply(204)


def _group_and_user(call: Call[Directory]) -> tuple[Group, User]:
    body = call.json()
    if "@odata.id" not in body:
        raise GraphError(400, "Request_BadRequest", "The reference needs '@odata.id'.")
    group = call.area.groups.get(call.args["group"].lower())
    reference = str(body["@odata.id"])
    key = bound_id(reference, "users" if "/users" in reference.lower() else "directoryObjects")
    user = call.area.find_user(key)
    if group is None or user is None:
        raise missing(call.args["group"] if group is None else key)
    if group.ready_at > call.now or user.found_at > call.now:
        message = "The source resource object or one of the objects being referenced don't exist."
        raise GraphError(400, "Request_BadRequest", message)
    return group, user
