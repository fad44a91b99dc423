"""Permission checks: tenant-wide permissions, resource-specific consent, site grants and Exchange's scoped roles."""

from typing import Any

from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import EVERYBODY, Operation
from sandbox.protocol.request import Call
from sandbox.sharepoint.state import SharePoint
from sandbox.teams.state import Teams
from sandbox.tenant.state import Tenant

SITE_ROLES = ("read", "write", "manage", "fullcontrol")


def allow(operation: Operation, call: Call[Any], tenant: Tenant) -> frozenset[str]:
    """Return the caller's permissions that allow the call, none when a grant or a scoped role does; or raise 403."""
    held = call.app.roles & operation.permissions
    if held or operation.anonymous or EVERYBODY in operation.permissions:
        return held
    consented = _consented(operation, call, tenant.teams)
    if consented:
        return consented
    if operation.sites and _granted(operation.sites, call, tenant.sharepoint):
        return frozenset()
    if operation.exchange and _scoped(operation, call, tenant):
        return frozenset()
    closed = tenant.teams.find_closed(call.args.get("team", ""), call.args.get("channel", ""))
    raise denied(operation, call, closed.kind if closed else "")


def _consented(operation: Operation, call: Call[Any], teams: Teams) -> frozenset[str]:
    team = call.args.get("team") or call.args.get("group")
    if not operation.rsc or not team:
        return frozenset()
    return operation.rsc & teams.consented_to(team, call.app.client_id, call.args.get("channel", ""))


def _granted(least: str, call: Call[Any], sharepoint: SharePoint) -> bool:
    if "Sites.Selected" not in call.app.roles or not {"site", "drive", "host", "group"} & set(call.args):
        return False
    try:
        role = sharepoint.site_in_question(call.args).role_of(call.app.client_id)
    except GraphError:
        return False
    return role in SITE_ROLES[SITE_ROLES.index(least) :]


def _scoped(operation: Operation, call: Call[Any], tenant: Tenant) -> bool:
    user = tenant.directory.find_user(call.args.get("user", ""))
    if user is None or user.mail.lower() not in tenant.organizers:
        return False
    return bool(call.app.exchange_roles & operation.exchange)


def denied(operation: Operation, call: Call[Any], closed: str = "") -> GraphError:
    """Return the 403 of the service behind the operation; *closed* is the kind of a channel that is not standard."""
    area = operation.template.strip("/").split("/")[0].split("(")[0].lower()
    wanted = ", ".join(sorted(operation.permissions | operation.rsc)) or "none (not callable app-only)"
    if operation.exchange:
        return GraphError(403, "ErrorAccessDenied", "Access to OData is disabled.")
    if area in ("teams", "appcatalogs", "chats") or "/teamwork/" in operation.template:
        roles = ", ".join(sorted(call.app.roles))
        problem = "Missing role permissions on the request."
        if closed:
            problem = f"Caller does not have the required roles for accessing '{closed.capitalize()}' channel data."
        message = f"{problem} API requires one of '{wanted}'. Roles on the request '{roles}'."
        return GraphError(403, "Forbidden", message)
    if operation.area is SharePoint:
        return GraphError(403, "accessDenied", "Access denied")
    return GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
