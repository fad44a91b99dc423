"""Several requests in one: $batch."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import uuid4

from sandbox.platform.variants import Variants
from sandbox.protocol.errors import GraphError
from sandbox.protocol.faults import Cut, Rule, lost, told
from sandbox.protocol.operations import EVERYBODY, Routes
from sandbox.protocol.reply import Reply, error_reply
from sandbox.protocol.request import Call, GraphRequest, Headers

routes = Routes(Variants)

MAX_PARTS = 20


@routes.operation("POST", "/$batch", permissions=(EVERYBODY,))
def batch(call: Call[Variants]) -> Reply:
    """Answer up to 20 parts, each checked, throttled and answered by itself; 200 unless the whole is malformed."""
    parts = _checked(call.json().get("requests"))
    answers: dict[str, dict[str, Any]] = {}
    for part in _in_order(parts, call.area.batch_order, call.raw):
        answers[part["id"].lower()] = _answer(call, part, answers)
    return Reply(200, {"responses": list(answers.values())})


def _in_order(parts: list[dict[str, Any]], seed: int | None, raw: bytes) -> list[dict[str, Any]]:
    """Return parts as they are done: after those they depend on, and else in an order that *seed* and *raw* decide."""
    if seed is None:
        return parts
    chance, done, waiting = Random(f"{seed}/{sha256(raw).hexdigest()}"), set[str](), list(parts)  # noqa: S311
    ordered = []
    while waiting:
        ready = [each for each in waiting if {str(id_).lower() for id_ in each.get("dependsOn") or ()} <= done]
        chosen = chance.choice(ready)
        waiting.remove(chosen)
        done.add(chosen["id"].lower())
        ordered.append(chosen)
    return ordered


def _checked(parts: Any) -> list[dict[str, Any]]:
    if not isinstance(parts, list) or not 1 <= len(parts) <= MAX_PARTS:
        raise _malformed(f"A batch holds 1 to {MAX_PARTS} requests.")
    known: set[str] = set()
    for part in parts:
        if not isinstance(part, dict) or type(part.get("id")) not in (str, int) or part["id"] == "":
            raise _malformed("Every request needs an id.")
        part["id"] = str(part["id"])  # The documents know text only; clients send numbers too, and are answered text.
        if part["id"].lower() in known:
            raise _malformed(f"The id '{part['id']}' is used twice.")
        if "depends_on" in part:
            raise _malformed("Unknown property 'depends_on': it is written dependsOn.")
        url = part.get("url")
        if not isinstance(part.get("method"), str) or not isinstance(url, str) or urlsplit(url).scheme:
            raise _malformed("Every request needs a method and a relative url.")
        if part.get("body") is not None and "content-type" not in Headers(part.get("headers") or {}):
            raise _malformed("A request with a body needs a Content-Type header.")
        missing = [each for each in part.get("dependsOn") or () if str(each).lower() not in known]
        if missing:
            raise _malformed(f"'{part['id']}' depends on '{missing[0]}', which does not come before it.")
        known.add(part["id"].lower())
    return parts


def _answer(call: Call[Variants], part: dict[str, Any], answers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    request_id = str(uuid4())
    client_request_id = call.headers.get("client-request-id", request_id)
    body = part.get("body")
    request = GraphRequest(
        method=part["method"].upper(),
        path=_path(part["url"]),
        query=_split(part["url"]).query,
        headers=Headers(part.get("headers") or {}),
        raw=b"" if body is None else json.dumps(body).encode(),
        base_url=call.base_url,
    )
    try:
        if any(answers[str(each).lower()]["status"] >= 400 for each in part.get("dependsOn") or ()):
            raise GraphError(424, "FailedDependency", "A request that this one depends on has failed.")
        reply = _with_fault(call.faults.get(part["id"].lower()), lambda: call.ask(request))
    except GraphError as error:
        reply = error_reply(error, call.now, request_id, client_request_id)
    headers = dict(reply.headers)
    answered: dict[str, Any] = {"id": part["id"], "status": reply.status, "headers": headers}
    if isinstance(reply.body, bytes):
        headers["Content-Type"] = reply.content_type
        answered["body"] = base64.b64encode(reply.body).decode()
    elif reply.body is not None:
        headers["Content-Type"] = "application/json"
        answered["body"] = reply.body
    return answered


def _with_fault(rule: Rule | None, ask: Callable[[], Reply]) -> Reply:
    """Answer a part under its rule. A connection that is cut leaves undone all that comes after."""
    if rule is None:
        return ask()
    if rule.phase == "before" and rule.do == "status":
        return told(rule)
    if rule.phase == "before" and rule.do == "reset":
        raise Cut
    ask()
    if rule.do == "reset":
        raise Cut
    return lost() if rule.do == "lose_answer" else told(rule)


@dataclass(frozen=True)
class Part:
    """Method and path of a part of a batch, as far as they can be told."""

    id: str
    method: str
    path: str


def parts_of(path: str, body: bytes) -> list[Part]:
    """Return the parts of a request to *path*, none when it is no batch or a malformed one."""
    if path.lower() != "/$batch":
        return []
    try:
        return [
            Part(str(part["id"]).lower(), part["method"].upper(), _path(part["url"]))
            for part in json.loads(body)["requests"]
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def _path(url: str) -> str:
    return unquote(_split(url).path)


def _split(url: str) -> SplitResult:
    return urlsplit("/" + url.removeprefix("/v1.0").lstrip("/"))


def _malformed(message: str) -> GraphError:
    return GraphError(400, "BadRequest", message)
