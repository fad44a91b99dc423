"""Plans, buckets and tasks. A change or deletion must name the version that its caller knows."""

from collections.abc import Callable
from typing import Any

from sandbox.planner.state import Planner, PlannerEntry
from sandbox.protocol.errors import GraphError, check_match
from sandbox.protocol.operations import Handler, Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.references import bound_id
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call

routes = Routes(Planner)

_READ = ("Tasks.Read.All", "Tasks.ReadWrite.All")
_WRITE = ("Tasks.ReadWrite.All",)
_KINDS = {
    "plan": ("/planner/plans", frozenset({"title", "container"})),
    "bucket": ("/planner/buckets", frozenset({"name", "planId", "orderHint"})),
    "task": (
        "/planner/tasks",
        frozenset({"planId", "bucketId", "title", "dueDateTime", "startDateTime", "percentComplete", "priority"})
        | {"assignments", "orderHint", "appliedCategories", "assigneePriority", "conversationThreadId"},
    ),
}


def _on_kinds(method: str, suffix: str, permissions: tuple[str, ...]) -> Callable[[Callable[..., Reply]], None]:
    """Register a function that is told the kind besides the call."""

    def register(function: Callable[..., Reply]) -> None:
        for kind, (path, _) in _KINDS.items():
            routes.operation(method, path + suffix, permissions=permissions)(_bound(function, kind))

    return register


def _bound(function: Callable[..., Reply], kind: str) -> Handler[Planner]:
    def handler(call: Call[Planner]) -> Reply:
        return function(call, kind)

    handler.__doc__ = function.__doc__
    return handler


@routes.operation("GET", "/groups/{group}/planner/plans", permissions=_READ)
def list_plans(call: Call[Planner]) -> Reply:
    """List the plans of a group."""
    group = call.area.directory.get_group(call.args["group"])
    plans = [entry for entry in call.area.entries.values() if entry.kind == "plan"]
    return collection(
        call, [plan.to_json() for plan in plans if plan.shown["container"]["containerId"] == group.id], size=400
    )


@routes.operation("GET", "/planner/plans/{plan}/buckets", permissions=_READ)
def list_buckets(call: Call[Planner]) -> Reply:
    """List the buckets of a plan."""
    return collection(call, [each.to_json() for each in call.area.below("bucket", "planId", call.args["plan"])])


@routes.operation("GET", "/planner/plans/{plan}/tasks", permissions=_READ)
def list_tasks(call: Call[Planner]) -> Reply:
    """List the tasks of a plan."""
    return collection(call, [each.to_json() for each in call.area.below("task", "planId", call.args["plan"])])


@_on_kinds("POST", "", _WRITE)
def create(call: Call[Planner], kind: str) -> Reply:
    """Create one; a repeat makes another."""
    values = _checked(call.json(), kind)
    shown: dict[str, Any] = {"createdDateTime": call.now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    if kind == "plan":
        group = call.area.directory.get_group(bound_id((values.pop("container", None) or {}).get("url"), "groups"))
        if group.ready_at > call.now:
            raise GraphError(403, "", "You do not have the required permissions to access this item.")
        url = f"https://graph.microsoft.com/v1.0/groups/{group.id}"
        shown["container"] = {"containerId": group.id, "type": "group", "url": url}
    else:
        call.area.get("plan", values.get("planId"))
    if not (values.get("title") or values.get("name")):
        raise GraphError(400, "", "The request is invalid: a name is needed.")
    return Reply(201, call.area.add(kind, values, shown).to_json())


@_on_kinds("GET", "/{entry}", _READ)
def get(call: Call[Planner], kind: str) -> Reply:
    """Get one, with its etag."""
    return Reply(200, _entry(call, kind).to_json())


@_on_kinds("PATCH", "/{entry}", _WRITE)
def change(call: Call[Planner], kind: str) -> Reply:
    """Change one: 204, or 200 with its present state for `Prefer: return=representation`."""
    entry = _matched(call, kind)
    entry.values |= _checked(call.json(), kind)
    entry.version += 1
    return Reply(200, entry.to_json()) if call.headers.prefers("return=representation") else Reply(204)


@_on_kinds("DELETE", "/{entry}", _WRITE)
def delete(call: Call[Planner], kind: str) -> Reply:
    """Delete one; all below it stays behind unseen."""
    del call.area.entries[_matched(call, kind).id]
    return Reply(204)


def _entry(call: Call[Planner], kind: str) -> PlannerEntry:
    return call.area.get(kind, call.args["entry"])


def _matched(call: Call[Planner], kind: str) -> PlannerEntry:
    entry = _entry(call, kind)
    if "if-match" not in call.headers:
        raise GraphError(400, "", "The If-Match header is missing.")
    check_match(entry.etag, call.headers["if-match"])
    return entry


def _checked(body: dict[str, Any], kind: str) -> dict[str, Any]:
    given = {name: value for name, value in body.items() if not name.startswith("@")}
    unknown = set(given) - _KINDS[kind][1]
    if unknown:
        raise GraphError(400, "", f"The property '{min(unknown)}' does not exist on a {kind} or cannot be set.")
    return given
