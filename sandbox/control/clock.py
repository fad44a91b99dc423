"""Control calls of the shared clock."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.control.checking import checked
from sandbox.platform.clock import Clock, parse_moment, stamp
from sandbox.protocol.wire import first_of, gone


def clock_routes(clock: Clock) -> list[BaseRoute]:
    """Return the calls of the shared clock; they never count as requests in flight."""

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
        Route("/_sandbox/clock", checked(set_to), methods=["POST"]),
        *(
            Route(f"/_sandbox/clock/{call.__name__}", checked(call), methods=["POST"])
            for call in (join, leave, resume, wait)
        ),
    ]
