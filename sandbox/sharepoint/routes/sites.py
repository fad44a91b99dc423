"""Sites and which apps were let into them."""

from sandbox.platform.throttling import SHAREPOINT
from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call
from sandbox.sharepoint.sites import Grant, Site
from sandbox.sharepoint.state import SharePoint

routes = Routes(SharePoint)

_READ = ("Sites.Read.All", "Sites.ReadWrite.All")
_FULL = ("Sites.FullControl.All",)


@routes.operation("GET", "/groups/{group}/sites/root", permissions=_READ, limits=(SHAREPOINT(1),))
def group_site(call: Call[SharePoint]) -> Reply:
    """Get the site of a group; 404 until SharePoint has made it. A grant on it is not enough: ask by its id."""
    return Reply(200, _site(call).to_json())


@routes.operation("GET", "/sites/{site}", permissions=_READ, sites="read", limits=(SHAREPOINT(1),))
def get_site(call: Call[SharePoint]) -> Reply:
    """Get a site by id."""
    return Reply(200, _site(call).to_json())


@routes.operation("GET", "/sites/{host}:/{path}", permissions=_READ, sites="read", limits=(SHAREPOINT(1),))
def site_by_address(call: Call[SharePoint]) -> Reply:
    """Get a site by host and path."""
    return Reply(200, _site(call).to_json())


@routes.operation("GET", "/sites/{site}/permissions", permissions=_FULL, sites="fullcontrol", limits=(SHAREPOINT(5),))
def list_permissions(call: Call[SharePoint]) -> Reply:
    """List permissions without their roles: only a permission read by its id tells them."""
    return collection(call, [grant.to_json(with_roles=False) for grant in _site(call).grants.values()])


@routes.operation("POST", "/sites/{site}/permissions", permissions=_FULL, sites="fullcontrol", limits=(SHAREPOINT(5),))
def add_permission(call: Call[SharePoint]) -> Reply:
    """Let an app into the site. A repeat grants again."""
    body = call.json()
    given = body.get("grantedToIdentitiesV2") or body.get("grantedToIdentities")
    apps = [entry.get("application") for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []
    if len(apps) != 1 or not isinstance(apps[0], dict) or not apps[0].get("id"):
        raise GraphError(400, "invalidRequest", "A site permission is granted to one application.")
    roles = _roles(body.get("roles"))
    if "manage" in roles and not call.area.variants.manage_grants:
        raise GraphError(400, "invalidRequest", "The role 'manage' cannot be granted, only set afterwards.")
    grant = _site(call).grant(app_id=str(apps[0]["id"]), app_name=str(apps[0].get("displayName", "")), roles=roles)
    return Reply(201, grant.to_json())


@routes.operation(
    "GET", "/sites/{site}/permissions/{permission}", permissions=_FULL, sites="fullcontrol", limits=(SHAREPOINT(5),)
)
def get_permission(call: Call[SharePoint]) -> Reply:
    """Get a permission with its roles."""
    return Reply(200, _grant(call).to_json())


@routes.operation(
    "PATCH", "/sites/{site}/permissions/{permission}", permissions=_FULL, sites="fullcontrol", limits=(SHAREPOINT(5),)
)
def change_permission(call: Call[SharePoint]) -> Reply:
    """Give the app other roles."""
    grant = _grant(call)
    grant.set_roles(_roles(call.json().get("roles")))
    return Reply(200, grant.to_json())


@routes.operation(
    "DELETE", "/sites/{site}/permissions/{permission}", permissions=_FULL, sites="fullcontrol", limits=(SHAREPOINT(5),)
)
def delete_permission(call: Call[SharePoint]) -> Reply:
    """Take the app's permission away again."""
    del _site(call).grants[_grant(call).id]
    return Reply(204)


def _site(call: Call[SharePoint]) -> Site:
    return call.area.site_in_question(call.args)


def _grant(call: Call[SharePoint]) -> Grant:
    grant = _site(call).grants.get(call.args["permission"])
    if grant is None:
        raise GraphError(404, "itemNotFound", "The permission was not found.")
    return grant


def _roles(value: object) -> list[str]:
    return [str(role) for role in value] if isinstance(value, list) else []
