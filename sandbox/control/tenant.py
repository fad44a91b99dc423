"""Control calls that show the tenant, put it aside and put it back."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.platform.canonical import canonical
from sandbox.platform.clock import parse_moment, stamp
from sandbox.tenant.access import readers
from sandbox.tenant.cloud import Cloud
from sandbox.tenant.transfer import exported, imported


class TenantCalls:
    """State, access, snapshots and reset."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def state(self, request: Request) -> Response:
        tenant = self._cloud.tenant
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
                "clock": self._cloud.clock.status(),
                "ids": {name: made for made, name in tenant.ids.names.items()},
                "recorded": len(self._cloud.traffic),
                **areas,
                "moment": _stamped(self._cloud.clock.simulated),
                "whole": exported(tenant),
            }
        )

    async def access(self, request: Request) -> Response:
        """Show the readers of everything, over all grants."""
        return JSONResponse(readers(self._cloud.tenant))

    async def put_state(self, request: Request) -> Response:
        """Take what `GET` gave: of it only `moment` and `whole` count, the rest is for reading."""
        body = await request.json()
        moment = parse_moment(body["moment"]) if body["moment"] else None
        self._cloud.take_over(imported(body["whole"], self._cloud.tenant))
        self._cloud.clock.put_back(moment)
        return JSONResponse({"moment": _stamped(moment)})

    async def snapshots(self, request: Request) -> Response:
        return JSONResponse(
            {
                name: {"moment": _stamped(found.moment), "bytes": len(found.tenant)}
                for name, found in self._cloud.snapshots.items()
            }
        )

    async def put_aside(self, request: Request) -> Response:
        name = request.path_params["name"]
        self._cloud.put_aside(name)
        return JSONResponse({"snapshot": name, "moment": _stamped(self._cloud.snapshots[name].moment)}, 201)

    async def put_back(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._cloud.snapshots:
            return JSONResponse({"error": "No such snapshot"}, 404)
        self._cloud.put_back(name)
        return JSONResponse({"snapshot": name, "moment": _stamped(self._cloud.clock.simulated)})

    async def reset(self, request: Request) -> Response:
        self._cloud.reset()
        return JSONResponse({"reset": True})


def _stamped(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None
