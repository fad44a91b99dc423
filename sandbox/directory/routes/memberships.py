"""Groups that a user is a member of."""

from sandbox.directory.showing import filtered, group_json
from sandbox.directory.state import Directory
from sandbox.platform.throttling import DIRECTORY
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
    groups = filtered(call, (group_json(call, each) for each in call.area.groups.values() if user.id in each.members))
    return collection(call, [{"@odata.type": "#microsoft.graph.group", **group} for group in groups])
