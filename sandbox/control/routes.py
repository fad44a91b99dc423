"""The control calls below /_sandbox/ and the managed identity endpoint."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from sandbox.control.environment import service_environment
from sandbox.platform.canonical import canonical
from sandbox.platform.clock import Backwards, Clock, Unknown, parse_moment, stamp
from sandbox.platform.identity import managed_identity_token
from sandbox.protocol.faults import HoldAt, Rule
from sandbox.protocol.wire import Endpoint, first_of, gone
from sandbox.tenant.access import readers
from sandbox.tenant.cloud import Cloud
from sandbox.tenant.transfer import exported, imported

RULES = TypeAdapter(list[Rule])


def routes(cloud: Cloud, kinds: Collection[str]) -> list[BaseRoute]:
    """Everything that is for whoever runs the sandbox, not for the service."""
    calls = _Control(cloud, kinds)
    return [
        Route("/msi/token", calls.token, methods=["GET"]),
        Route("/_sandbox/state", calls.state, methods=["GET"]),
        Route("/_sandbox/state", _checked(calls.put_state), methods=["PUT"]),
        Route("/_sandbox/access", calls.access, methods=["GET"]),
        Route("/_sandbox/snapshots", calls.snapshots, methods=["GET"]),
        Route("/_sandbox/snapshots/{name}", calls.put_aside, methods=["POST"]),
        Route("/_sandbox/snapshots/{name}/restore", calls.put_back, methods=["POST"]),
        Route("/_sandbox/environment", calls.environment, methods=["GET"]),
        Route("/_sandbox/calls", calls.calls, methods=["GET"]),
        Route("/_sandbox/har", calls.har, methods=["GET"]),
        Route("/_sandbox/har", _checked(calls.set_har), methods=["POST"]),
        Route("/_sandbox/har", calls.clear_har, methods=["DELETE"]),
        Route("/_sandbox/reset", calls.reset, methods=["POST"]),
        Route("/_sandbox/apps/{client_id}", _checked(calls.app), methods=["POST"]),
        Route("/_sandbox/bot", _checked(calls.bot), methods=["PUT"]),
        Route("/_sandbox/mishaps", _checked(calls.mishaps), methods=["GET", "POST"]),
        Route("/_sandbox/faults", calls.faults, methods=["GET"]),
        Route("/_sandbox/faults", _checked(calls.set_faults), methods=["POST"]),
        Route("/_sandbox/faults", calls.clear_faults, methods=["DELETE"]),
        *clock_routes(cloud.clock),
    ]


def not_played() -> list[BaseRoute]:
    """The last route: whatever nothing else answers, sign-in of people and /beta among it."""

    async def refuse(request: Request) -> Response:
        message = f"The sandbox does not play {request.method} {request.url.path}"
        return JSONResponse({"error": {"code": "notImplemented", "message": message}}, 501)

    return [Route("/{path:path}", refuse, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])]


def _checked(endpoint: Endpoint) -> Endpoint:
    """Turn a body that is not what the call wants into 400."""

    async def call(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (ValueError, ValidationError, KeyError, TypeError, Backwards, Unknown) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    return call


class _Control:
    def __init__(self, cloud: Cloud, kinds: Collection[str]) -> None:
        self.cloud = cloud
        self.kinds = kinds

    async def token(self, request: Request) -> Response:
        answer = managed_identity_token(
            self.cloud.issuer,
            self.cloud.tenant.identities,
            dict(request.query_params),
            header=request.headers.get("x-identity-header"),
            secret=self.cloud.secret,
        )
        return JSONResponse(answer.body, answer.status)

    async def state(self, request: Request) -> Response:
        tenant = self.cloud.tenant
        areas = canonical(tenant.canonical(), tenant.ids.names)
        if request.query_params.get("canonical"):
            return JSONResponse(areas)
        identities = {
            found.name: {"client_id": found.client_id, "enabled": found.enabled, "granted": sorted(found.granted)}
            for found in tenant.identities.values()
        }
        return JSONResponse(
            {
                "tenant": {"id": tenant.id, "domains": tenant.seed.domains, "organizers": sorted(tenant.organizers)},
                "bot": {"endpoint": tenant.addresses.bot},
                "identities": identities,
                "clock": self.cloud.clock.status(),
                "ids": {name: made for made, name in tenant.ids.names.items()},
                "recorded": len(self.cloud.traffic),
                **areas,
                "moment": _stamped(self.cloud.clock.simulated),
                "whole": exported(tenant),
            }
        )

    async def access(self, request: Request) -> Response:
        """Who can read what, over all grants."""
        return JSONResponse(readers(self.cloud.tenant))

    async def put_state(self, request: Request) -> Response:
        """Take what `GET` gave: of it only `moment` and `whole` count, the rest is for reading."""
        body = await request.json()
        moment = parse_moment(body["moment"]) if body["moment"] else None
        self.cloud.take_over(imported(body["whole"], self.cloud.tenant))
        self.cloud.clock.put_back(moment)
        return JSONResponse({"moment": _stamped(moment)})

    async def snapshots(self, request: Request) -> Response:
        return JSONResponse(
            {
                name: {"moment": _stamped(found.moment), "bytes": len(found.tenant)}
                for name, found in self.cloud.snapshots.items()
            }
        )

    async def put_aside(self, request: Request) -> Response:
        name = request.path_params["name"]
        self.cloud.put_aside(name)
        return JSONResponse({"snapshot": name, "moment": _stamped(self.cloud.snapshots[name].moment)}, 201)

    async def put_back(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self.cloud.snapshots:
            return JSONResponse({"error": "No such snapshot"}, 404)
        self.cloud.put_back(name)
        return JSONResponse({"snapshot": name, "moment": _stamped(self.cloud.clock.simulated)})

    async def environment(self, request: Request) -> Response:
        return JSONResponse(service_environment(self.cloud, str(request.base_url).rstrip("/")))

    async def calls(self, request: Request) -> Response:
        """How many calls each identity made since the last reset, recorded or not, and how many a limit refused."""
        traffic, throttle = self.cloud.traffic, self.cloud.tenant.throttle
        return JSONResponse({"calls": traffic.counts(), "throttled": throttle.refused})

    async def har(self, request: Request) -> Response:
        return StreamingResponse(self.cloud.traffic.stream(), media_type="application/json")

    async def set_har(self, request: Request) -> Response:
        """Switch the record on and off, or say how many exchanges it keeps at most."""
        body, traffic = await request.json(), self.cloud.traffic
        record, most = body.get("record", traffic.is_on), body.get("most", traffic.most)
        if set(body) - {"record", "most"} or not isinstance(record, bool) or not (most is None or type(most) is int):
            raise TypeError('expected {"record": true or false, "most": a number or null}')
        traffic.is_on, traffic.most = record, most
        return self._recording()

    async def clear_har(self, request: Request) -> Response:
        self.cloud.traffic.clear()
        return self._recording()

    def _recording(self) -> Response:
        traffic = self.cloud.traffic
        return JSONResponse({"record": traffic.is_on, "most": traffic.most, "recorded": len(traffic)})

    async def reset(self, request: Request) -> Response:
        self.cloud.reset()
        return JSONResponse({"reset": True})

    async def app(self, request: Request) -> Response:
        identity = self.cloud.tenant.identities.get(request.path_params["client_id"])
        if identity is None:
            return JSONResponse({"error": "No such identity"}, 404)
        enabled = (await request.json())["enabled"]
        if not isinstance(enabled, bool):
            raise TypeError("enabled must be true or false")
        identity.enabled = enabled
        return JSONResponse({"name": identity.name, "client_id": identity.client_id, "enabled": enabled})

    async def bot(self, request: Request) -> Response:
        self.cloud.tenant.addresses.bot = str((await request.json())["endpoint"])
        return JSONResponse({"endpoint": self.cloud.tenant.addresses.bot})

    async def mishaps(self, request: Request) -> Response:
        mishaps = self.cloud.tenant.mishaps
        if request.method == "POST":
            mishaps.order(await request.json())
        return JSONResponse(mishaps.ordered)

    async def faults(self, request: Request) -> Response:
        return JSONResponse(self.cloud.faults.status())

    async def set_faults(self, request: Request) -> Response:
        body: Any = await request.json()
        faults = self.cloud.faults
        if isinstance(body, list):
            rules = RULES.validate_python(body)
            self._know(*(rule.match.template for rule in rules))
            faults.set_rules(rules)
        elif isinstance(body, dict) and "hold_at" in body:
            hold = HoldAt.model_validate(body)
            self._know(hold.template)
            faults.set_hold(hold)
        elif body == {"release": True}:
            faults.release()
        else:
            raise ValueError('expected a list of rules, {"hold_at": N, "phase": …} or {"release": true}')
        return JSONResponse(faults.status())

    async def clear_faults(self, request: Request) -> Response:
        """No rules any more, and the kinds that were seen are counted anew."""
        self.cloud.faults.clear()
        return JSONResponse(self.cloud.faults.status())

    def _know(self, *templates: str | None) -> None:
        unknown = {template for template in templates if template is not None} - set(self.kinds)
        if unknown:
            raise ValueError(f"'{min(unknown)}' is no template: docs/sandbox-coverage.md lists them")


def _stamped(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None


def clock_routes(clock: Clock) -> list[BaseRoute]:
    """The calls of the shared clock; they never count as requests in flight."""

    async def show(request: Request) -> Response:
        return JSONResponse(clock.status())

    async def set_to(request: Request) -> Response:
        clock.set(parse_moment((await request.json())["now"]))
        return JSONResponse(clock.status())

    async def join(request: Request) -> Response:
        clock.join(str((await request.json())["name"]))
        return now()

    async def leave(request: Request) -> Response:
        clock.leave(str((await request.json())["name"]))
        return now()

    async def resume(request: Request) -> Response:
        body = await request.json()
        clock.resume(str(body["name"]), body.get("turn"))
        return now()

    async def wait(request: Request) -> Response:
        body = await request.json()
        name = str(body["name"])
        until = body.get("until")
        waiting = clock.wait(name, parse_moment(until) if until else None, body.get("turn"))
        if await first_of(waiting.done, gone(request.receive)) == 1:
            clock.lost(name, waiting)
            return Response(status_code=499)
        return JSONResponse({"now": stamp(clock.now()), "came": waiting.done.result()})

    def now() -> Response:
        return JSONResponse({"now": stamp(clock.now())})

    return [
        Route("/_sandbox/clock", show, methods=["GET"]),
        Route("/_sandbox/clock", _checked(set_to), methods=["POST"]),
        *(
            Route(f"/_sandbox/clock/{call.__name__}", _checked(call), methods=["POST"])
            for call in (join, leave, resume, wait)
        ),
    ]
