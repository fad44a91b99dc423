"""From a request to Graph to its answer: caller, operation, limits, permission, handler."""

import json
import math
import re
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from sandbox.graph.authentication import caller
from sandbox.graph.operations import ROUTER
from sandbox.graph.permissions import allow
from sandbox.platform.identity import Identity
from sandbox.platform.throttling import Refusal, asked
from sandbox.protocol.errors import GraphError
from sandbox.protocol.reply import Reply, error_reply
from sandbox.protocol.request import STORAGE, Call, GraphRequest, Query
from sandbox.tenant.state import Tenant

DIAGNOSTIC = json.dumps(
    {
        "ServerInfo": {
            "DataCenter": "Sandbox",
            "Slice": "E",
            "Ring": "5",
            "ScaleUnit": "000",
            "RoleInstance": "SANDBOX0",
        }
    }
)
MAILBOX_CALLS = 4
NOBODY = Identity(name="", client_id="", object_id="")
"""The caller of a pre-authenticated address."""
_MAILBOX = re.compile(
    r"/users/([^/]+)/(?:events|calendar|calendars|calendarview|sendmail|messages|mailfolders)\b", re.IGNORECASE
)
_WRONG_BIND = re.compile(r"[_.](?:odata_)?bind$")


def answer(tenant: Tenant, request: GraphRequest) -> Reply:
    """Do what is asked, and put the headers on that every answer of Graph carries."""
    request_id = str(uuid4())
    client_request_id = request.headers.get("client-request-id", request_id)
    try:
        if request.path.startswith(STORAGE):
            app = NOBODY
        else:
            app = caller(tenant.issuer, tenant.identities, request.headers.get("authorization", ""))
        reply = answer_as(tenant, app, request)
    except GraphError as error:
        reply = error_reply(error, tenant.clock.now(), request_id, client_request_id)
    reply.headers.update(
        {
            "request-id": request_id,
            "client-request-id": client_request_id,
            "x-ms-ags-diagnostic": DIAGNOSTIC,
            "Date": format_datetime(tenant.clock.now(), usegmt=True),
        }
    )
    return reply


def answer_as(tenant: Tenant, app: Identity, request: GraphRequest) -> Reply:
    """Do what *app* asks; raises GraphError. Also used for each part of a $batch."""
    found = ROUTER.find(request.method, request.path)
    if found is None or (app is NOBODY and not found[0].anonymous):
        message = f"The sandbox does not play {request.method} {request.path}"
        raise GraphError(501, "notImplemented", message)
    operation, args = found
    call = Call(
        area=tenant.area(operation.area),
        app=app,
        now=tenant.clock.now(),
        ask=lambda part: answer_as(tenant, app, part),
        method=request.method,
        path=request.path,
        args=args,
        query=Query(request.query),
        headers=request.headers,
        raw=request.raw,
        base_url=request.base_url,
        faults=request.faults,
    )
    limits = asked(operation.limits, call.query)
    refusal = tenant.throttle.draw(limits, app=app.client_id, args=args, now=call.now)
    if refusal:
        raise throttled(tenant, app, refusal)
    call.allowed_by = allow(operation, call, tenant)
    call.body = _body(request)
    reply = operation.handler(call)
    reply.headers |= tenant.throttle.headers(limits, app=app.client_id, args=args, now=call.now)
    if request.method == "GET" and "select" in call.query:
        reply.body = _selected(reply.body, call)
    if request.method == "GET" and isinstance(reply.body, dict):
        reply.body = {"@odata.context": call.url("$metadata"), **reply.body}
    return reply


def throttled(tenant: Tenant, app: Identity, refusal: Refusal) -> GraphError:
    """Return a 429 with the headers of the service behind."""
    bucket = refusal.bucket
    # With decimals, as the reference page shows it; SharePoint and Exchange write whole seconds.
    exact = f"{max(0.001, math.ceil(refusal.retry_after * 1000) / 1000):.3f}".rstrip("0").rstrip(".")
    whole = bucket.area in ("sharepoint", "mailbox")
    headers = {"Retry-After": str(max(1, math.ceil(refusal.retry_after))) if whole else exact}
    if bucket.area == "directory":
        headers["x-ms-throttle-scope"] = f"Tenant_Application/ReadWrite/{app.client_id}/{tenant.id}"
        headers["x-ms-throttle-information"] = "CPULimitExceeded"
        headers["x-ms-throttle-limit-percentage"] = "1.0"
    if bucket.area == "sharepoint":
        headers |= {"RateLimit-Limit": str(int(tenant.throttle.amount(bucket))), "RateLimit-Remaining": "0"}
        headers["RateLimit-Reset"] = headers["Retry-After"]
        return GraphError(429, "activityLimitReached", "The app or user has been throttled.", headers=headers)
    if bucket.area == "mailbox":
        message = f"Application is over its {bucket.name} limit."
        return GraphError(429, "ApplicationThrottled", message, headers=headers)
    extra = {"innerError": {"code": "429", "message": "Please retry after"}}
    return GraphError(429, "TooManyRequests", "Too many requests: please retry after.", extra=extra, headers=headers)


def mailbox_of(path: str) -> str | None:
    """Return the mailbox a path below the version is about, as it is written there."""
    match = _MAILBOX.match(path)
    return match[1].lower() if match else None


def _body(request: GraphRequest) -> Any:
    if not request.raw:
        return None
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type and not content_type.endswith("json"):
        return None
    try:
        body = json.loads(request.raw)
    except ValueError:
        if request.method == "PUT":
            return None
        raise GraphError(400, "BadRequest", "Unable to read JSON request payload.") from None
    _refuse_wrong_binds(body)
    return body


def _refuse_wrong_binds(value: Any) -> None:
    """Refuse `user@odata_bind`, as some published snippets write it: it binds nothing."""
    if isinstance(value, list):
        for item in value:
            _refuse_wrong_binds(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if "@" in name and _WRONG_BIND.search(name) and not name.endswith("@odata.bind"):
                message = f"Invalid property '{name}': did you mean '{name.partition('@')[0]}@odata.bind'?"
                raise GraphError(400, "BadRequest", message)
            _refuse_wrong_binds(item)


def _selected(body: Any, call: Call[Any]) -> Any:
    names = {name.split("/")[0].lower() for option in ("select", "expand") for name in call.query.names(option)}
    if "*" in names or not isinstance(body, dict):
        return body
    if mailbox_of(call.path):
        names.add("id")  # Outlook always sends it.

    def chosen(thing: Any) -> Any:
        if not isinstance(thing, dict):
            return thing
        return {name: item for name, item in thing.items() if name.lower() in names or name.startswith("@")}

    if isinstance(body.get("value"), list):
        return {**body, "value": [chosen(item) for item in body["value"]]}
    return chosen(body)


def too_many_at_once(tenant: Tenant) -> Reply:
    """Return the answer to a fifth concurrent call to one mailbox."""
    message = "Application is over its MailboxConcurrency limit."
    error = GraphError(429, "ApplicationThrottled", message, headers={"Retry-After": "1"})
    request_id = str(uuid4())
    reply = error_reply(error, tenant.clock.now(), request_id, request_id)
    reply.headers["request-id"] = request_id
    return reply
