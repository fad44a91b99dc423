"""Who may call what: tenant-wide permissions, resource-specific consent, site grants and Exchange's scoped roles."""

from collections.abc import Callable

from sandbox.routing import Call, GraphError, Operation

EVERYBODY = "*"
"""In an operation's permissions: whoever has a token may call it."""
SITE_ROLES = ("read", "write", "manage", "fullcontrol")
SiteResolver = Callable[[Call], str | None]
_site_resolvers: list[SiteResolver] = []


def site_resolver(function: SiteResolver) -> SiteResolver:
    """Register a function that finds the id of the site a call is about, or None."""
    _site_resolvers.append(function)
    return function


def allow(operation: Operation, call: Call) -> frozenset[str]:
    """The caller's permissions that allow the call, none when a grant or a scoped role does; or GraphError 403."""
    held = call.app.roles & operation.permissions
    if held or operation.anonymous or EVERYBODY in operation.permissions:
        return held
    consented = _consented(operation, call)
    if consented:
        return consented
    if operation.sites and _granted(operation.sites, call):
        return frozenset()
    if operation.exchange and _scoped(operation, call):
        return frozenset()
    raise denied(operation, call)


def only_for_own_app(allowed_by: frozenset[str]) -> bool:
    """Whether the caller may act on its own app only."""
    return bool(allowed_by) and all("Self" in name for name in allowed_by)


def _consented(operation: Operation, call: Call) -> frozenset[str]:
    team = call.args.get("team") or call.args.get("group")
    if not operation.rsc or not team:
        return frozenset()
    return operation.rsc & call.tenant.teams.consented_to(team, call.app.client_id)


def _granted(least: str, call: Call) -> bool:
    if "Sites.Selected" not in call.app.roles:
        return False
    enough = SITE_ROLES[SITE_ROLES.index(least) :]
    for resolve in _site_resolvers:
        site = resolve(call)
        if site is not None:
            return call.tenant.sharepoint.granted_role(site, call.app.client_id) in enough
    return False


def _scoped(operation: Operation, call: Call) -> bool:
    user = call.tenant.directory.find_user(call.args.get("user", ""))
    if user is None or user.mail.lower() not in call.tenant.organizers:
        return False
    return bool(call.app.exchange_roles & operation.exchange)


def denied(operation: Operation, call: Call) -> GraphError:
    """The 403 of the service behind the operation."""
    area = operation.template.strip("/").split("/")[0].split("(")[0].lower()
    wanted = ", ".join(sorted(operation.permissions | operation.rsc)) or "none (not callable app-only)"
    if operation.exchange:
        return GraphError(403, "ErrorAccessDenied", "Access to OData is disabled.")
    if operation.sites or area in ("sites", "drives"):
        return GraphError(403, "accessDenied", "Access denied")
    if area in ("teams", "appcatalogs", "chats") or "/teamwork/" in operation.template:
        roles = ", ".join(sorted(call.app.roles))
        message = (
            f"Missing role permissions on the request. API requires one of '{wanted}'. Roles on the request '{roles}'."
        )
        return GraphError(403, "Forbidden", message)
    return GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
