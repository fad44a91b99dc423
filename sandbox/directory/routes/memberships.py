"""Groups that a user is a member of."""

from sandbox.directory.queries import queried
from sandbox.directory.showing import group_json
from sandbox.directory.state import Directory
from sandbox.platform.throttling import DIRECTORY
from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call

routes = Routes(Directory)

READ = ("GroupMember.ReadBasic.All", "Group.ReadBasic.All", "Directory.Read.All", "Directory.ReadWrite.All")
READ_TRANSITIVE = (*READ, "GroupMember.Read.All", "Group.Read.All", "User.Read.All")
GROUP_CAST = "/microsoft.graph.group"


@routes.operation("GET", "/users/{user}/memberOf", permissions=READ, limits=(DIRECTORY(2),))
@routes.operation("GET", f"/users/{{user}}/memberOf{GROUP_CAST}", permissions=READ, limits=(DIRECTORY(2),))
@routes.operation("GET", "/users/{user}/transitiveMemberOf", permissions=READ_TRANSITIVE, limits=(DIRECTORY(2),))
@routes.operation(
    "GET", f"/users/{{user}}/transitiveMemberOf{GROUP_CAST}", permissions=READ_TRANSITIVE, limits=(DIRECTORY(2),)
)
def list_memberships(call: Call[Directory]) -> Reply:
    """List the groups of a user; roles and administrative units are not played."""
    user = call.area.get_user(call.args["user"])
    mine = [each for each in call.area.groups.values() if user.id in each.members]
    groups = queried(call, mine, lambda group: group_json(call, group))
    return collection(call, [{"@odata.type": "#microsoft.graph.group", **group_json(call, group)} for group in groups])


@routes.operation(
    "POST", "/users/{user}/getMemberGroups", permissions=("User.Read.All", *READ_TRANSITIVE), limits=(DIRECTORY(2),)
)
def get_member_groups(call: Call[Directory]) -> Reply:
    """Return the ids of a user's groups; none of them is a security group here."""
    user, only_security = call.area.get_user(call.args["user"]), call.json().get("securityEnabledOnly", False)
    if not isinstance(only_security, bool):
        raise GraphError(400, "Request_BadRequest", "securityEnabledOnly must be true or false.")
    mine = [each.id for each in call.area.groups.values() if user.id in each.members and not only_security]
    return Reply(200, {"@odata.context": call.url("$metadata#Collection(Edm.String)"), "value": mine})
