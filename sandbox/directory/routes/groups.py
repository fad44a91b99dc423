"""Microsoft 365 groups."""

from sandbox.directory.making import CREATE_ONLY, bound_user, change_group, invalid_value, new_group
from sandbox.directory.model import Group, missing
from sandbox.directory.queries import check_count, queried
from sandbox.directory.showing import group_json
from sandbox.directory.state import Directory
from sandbox.platform.throttling import DIRECTORY, DIRECTORY_WRITES
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection, count
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call

routes = Routes(Directory)

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
# ------------------------------------------------------------------------------------------------------------- reading


@routes.operation("GET", "/groups", permissions=READ_GROUPS, limits=(DIRECTORY(2),))
def list_groups(call: Call[Directory]) -> Reply:
    """List groups. One that was just made is missing for a while."""
    return collection(call, [group_json(call, group) for group in _queried(call)])


@routes.operation("GET", "/groups/$count", permissions=READ_GROUPS, limits=(DIRECTORY(2),))
def count_groups(call: Call[Directory]) -> Reply:
    """Count groups."""
    check_count(call)
    return count(_queried(call))


def _queried(call: Call[Directory]) -> list[Group]:
    lag = call.area.latency.found
    there = [found for found in call.area.groups.values() if found.created_at + lag <= call.now]
    return queried(call, there, lambda group: group_json(call, group))


@routes.operation("GET", "/groups/{group}", permissions=READ_GROUPS, limits=(DIRECTORY(1),))
def get_group(call: Call[Directory]) -> Reply:
    """Get a group by object id."""
    return Reply(200, group_json(call, call.area.get_group(call.args["group"])))


@routes.operation("GET", "/groups(uniqueName='{name}')", permissions=READ_GROUPS, limits=(DIRECTORY(1),))
def get_group_by_unique_name(call: Call[Directory]) -> Reply:
    """Get a group by the alternate key."""
    return Reply(200, group_json(call, _by_unique_name(call)))


def _by_unique_name(call: Call[Directory]) -> Group:
    group = call.area.group_by_unique_name(call.args["name"])
    if group is None:
        raise missing(call.args["name"])
    return group


# ------------------------------------------------------------------------------------------------------------- writing


@routes.operation("POST", "/groups", permissions=CREATE_GROUPS, limits=(DIRECTORY_WRITES(),))
def create_group(call: Call[Directory]) -> Reply:
    """Create a group. Nothing makes a repeat harmless but `uniqueName`."""
    group = new_group(call.area, call.json())
    return Reply(201, {"@odata.context": call.url("$metadata#groups/$entity"), **group_json(call, group)})


@routes.operation("PATCH", "/groups(uniqueName='{name}')", permissions=WRITE_GROUPS, limits=(DIRECTORY_WRITES(),))
def upsert_group(call: Call[Directory]) -> Reply:
    """Create (201) or change (204); 404 for a missing group without `Prefer: create-if-missing`."""
    body = call.json()
    group = call.area.group_by_unique_name(call.args["name"])
    if group:
        binds = {"owners@odata.bind": group.owners, "members@odata.bind": group.members}
        change_group(
            call.area, group, {name: body[name] for name in body if name not in CREATE_ONLY and name not in binds}
        )
        for name, relation in binds.items():
            for reference in body.get(name, ()):
                user = bound_user(call.area, reference, owner=relation is group.owners)
                relation.setdefault(user.id, call.now)
        return Reply(204)
    if not call.headers.prefers("create-if-missing"):
        raise missing(call.args["name"])
    if body.get("uniqueName", call.args["name"]) != call.args["name"]:
        raise invalid_value("uniqueName", "The uniqueName in the body differs from the one in the address.")
    group = new_group(call.area, {**body, "uniqueName": call.args["name"]})
    return Reply(201, {"@odata.context": call.url("$metadata#groups/$entity"), **group_json(call, group)})


@routes.operation("PATCH", "/groups/{group}", permissions=WRITE_GROUPS, limits=(DIRECTORY_WRITES(),))
def update_group(call: Call[Directory]) -> Reply:
    """Change properties, and add up to twenty `members@odata.bind` and `owners@odata.bind`, all or none."""
    change_group(call.area, call.area.get_group(call.args["group"]), call.json())
    return Reply(204)


@routes.operation("DELETE", "/groups/{group}", permissions=("Group.ReadWrite.All",), limits=(DIRECTORY_WRITES(),))
def delete_group(call: Call[Directory]) -> Reply:
    """Delete a group, and with it its team, sites and plans; there is no recycle bin here."""
    call.area.remove_group(call.area.get_group(call.args["group"]))
    return Reply(204)
