"""Control calls about the record of traffic."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from sandbox.tenant.cloud import Cloud


class RecordCalls:
    """The record: shown, switched, emptied, and the counts of calls."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def calls(self, request: Request) -> Response:
        """Count the calls of each identity since the last reset, recorded or not, and those that a limit refused."""
        traffic, throttle = self._cloud.traffic, self._cloud.tenant.throttle
        return JSONResponse({"calls": traffic.counts(), "throttled": throttle.refused})

    async def har(self, request: Request) -> Response:
        return StreamingResponse(self._cloud.traffic.stream(), media_type="application/json")

    async def set_har(self, request: Request) -> Response:
        """Switch the record on and off, or say how many exchanges it keeps at most."""
        body, traffic = await request.json(), self._cloud.traffic
        record, most = body.get("record", traffic.is_on), body.get("most", traffic.most)
        if set(body) - {"record", "most"} or not isinstance(record, bool) or not (most is None or type(most) is int):
            raise TypeError('expected {"record": true or false, "most": a number or null}')
        traffic.is_on, traffic.most = record, most
        return self._recording()

    async def clear_har(self, request: Request) -> Response:
        self._cloud.traffic.clear()
        return self._recording()

    def _recording(self) -> Response:
        traffic = self._cloud.traffic
        return JSONResponse({"record": traffic.is_on, "most": traffic.most, "recorded": len(traffic)})
