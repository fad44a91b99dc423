"""Sites and which apps were let into them."""

from sandbox.permissions import site_resolver
from sandbox.routing import Call, GraphError, Reply, collection, operation
from sandbox.sharepoint.sites import Grant, Site
from sandbox.throttling import SHAREPOINT

_READ = ("Sites.Read.All", "Sites.ReadWrite.All")
_FULL = ("Sites.FullControl.All",)


@site_resolver
def site_in_question(call: Call) -> str | None:
    """The site that an operation is about, for the permission check."""
    if not {"site", "drive", "host", "group"} & set(call.args):
        return None
    try:
        return call.tenant.sharepoint.site_in_question(call.args).id
    except GraphError:
        return None


@operation("GET", "/groups/{group}/sites/root", permissions=_READ, sites="read", limits=(SHAREPOINT(1),))
def group_site(call: Call) -> Reply:
    """404 until SharePoint has made it."""
    return Reply(200, _site(call).to_json())


@operation("GET", "/sites/{site}", permissions=_READ, sites="read", limits=(SHAREPOINT(1),))
def get_site(call: Call) -> Reply:
    """By id."""
    return Reply(200, _site(call).to_json())


@operation("GET", "/sites/{host}:/{path}", permissions=_READ, sites="read", limits=(SHAREPOINT(1),))
def site_by_address(call: Call) -> Reply:
    """By host and path."""
    return Reply(200, _site(call).to_json())


@operation("GET", "/sites/{site}/permissions", permissions=_FULL, sites="fullcontrol", limits=(SHAREPOINT(5),))
def list_permissions(call: Call) -> Reply:
    """Without the roles: those only a permission read by its id tells."""
    return collection(call, [grant.to_json(with_roles=False) for grant in _site(call).grants.values()])


@operation("POST", "/sites/{site}/permissions", permissions=_FULL, sites="fullcontrol", limits=(SHAREPOINT(5),))
def add_permission(call: Call) -> Reply:
    """Let an app into the site. A repeat grants again."""
    body = call.json()
    given = body.get("grantedToIdentitiesV2") or body.get("grantedToIdentities")
    apps = [entry.get("application") for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []
    if len(apps) != 1 or not isinstance(apps[0], dict) or not apps[0].get("id"):
        raise GraphError(400, "invalidRequest", "A site permission is granted to one application.")
    grant = _site(call).grant(
        app_id=str(apps[0]["id"]), app_name=str(apps[0].get("displayName", "")), roles=_roles(body.get("roles"))
    )
    return Reply(201, grant.to_json())


@operation(
    "GET", "/sites/{site}/permissions/{permission}", permissions=_FULL, sites="fullcontrol", limits=(SHAREPOINT(5),)
)
def get_permission(call: Call) -> Reply:
    """With its roles."""
    return Reply(200, _grant(call).to_json())


@operation(
    "PATCH", "/sites/{site}/permissions/{permission}", permissions=_FULL, sites="fullcontrol", limits=(SHAREPOINT(5),)
)
def change_permission(call: Call) -> Reply:
    """Other roles for the app."""
    grant = _grant(call)
    grant.set_roles(_roles(call.json().get("roles")))
    return Reply(200, grant.to_json())


@operation(
    "DELETE", "/sites/{site}/permissions/{permission}", permissions=_FULL, sites="fullcontrol", limits=(SHAREPOINT(5),)
)
def delete_permission(call: Call) -> Reply:
    """Shut the app out again."""
    del _site(call).grants[_grant(call).id]
    return Reply(204)


def _site(call: Call) -> Site:
    return call.tenant.sharepoint.site_in_question(call.args)


def _grant(call: Call) -> Grant:
    grant = _site(call).grants.get(call.args["permission"])
    if grant is None:
        raise GraphError(404, "itemNotFound", "The permission was not found.")
    return grant


def _roles(value: object) -> list[str]:
    return [str(role) for role in value] if isinstance(value, list) else []
