"""A stand-in for the Functions host: loads `function_app.py` with the real Python worker library and calls it.

It reaches into that library's internals (azure-functions-runtime, pinned in pyproject.toml) where the host would send
protobuf messages. The library keeps what it indexed in module variables: one load a process. Run as a program, it plays
one scene in a process of its own and prints what came of it as JSON.
"""

import asyncio
import json
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import azure_functions_runtime as worker
from azure_functions_runtime.bindings.datumdef import Datum
from azure_functions_runtime.native_invocation import invocation_request_native

ROOT = Path(__file__).resolve().parents[2]


class _Message:
    """Stands for every protobuf message of the worker's protocol."""

    Success: ClassVar[int] = 1
    Failure: ClassVar[int] = 0
    out: ClassVar[int] = 1
    inout: ClassVar[int] = 2
    undefined: ClassVar[int] = 0

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


class _Protos:
    def __getattr__(self, name: str) -> type[_Message]:
        return type(name, (_Message,), {})


@dataclass(frozen=True)
class Function:
    """One function as the worker indexed it."""

    id: str
    bindings: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str


class FunctionsHost:
    """The functions of one folder."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.functions = functions

    async def http(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Send a request to the function that has the HTTP trigger."""
        request = {
            "method": _text(method),
            "url": _text(f"http://localhost{path}"),
            "headers": {name: _text(value) for name, value in (headers or {}).items()},
            "body": Datum(body, "bytes"),
            "params": {},
            "query": {},
        }
        answer = await self._call("httpTrigger", Datum(request, "http"))
        headers_out = {name: value.value for name, value in answer.value["headers"].items()}
        return Answer(int(answer.value["status_code"].value), headers_out, answer.value["body"].value.decode())

    async def queue(self, body: str, *, name: str = "units") -> None:
        """Send a message of the queue *name*."""
        await self._call("queueTrigger", _text(body), {"Id": "1", "DequeueCount": "1", "PopReceipt": "r"}, queue=name)

    async def timer(self) -> None:
        """Let the timer's moment come."""
        await self._call("timerTrigger", Datum(json.dumps({"IsPastDue": False}), "json"))

    async def _call(
        self, trigger: str, given: Datum, meta: Mapping[str, str] | None = None, *, queue: str | None = None
    ) -> Any:
        function, argument = next(
            (found, binding["name"])
            for found in self.functions.values()
            for binding in found.bindings
            if binding["type"] == trigger and binding.get("queueName") == queue
        )
        about = {name: _text(value) for name, value in (meta or {}).items()}
        done, value, _, error, _ = await invocation_request_native(
            str(uuid.uuid4()), function.id, [(argument, given)], about, ""
        )
        if not done:
            raise RuntimeError(error)
        return value


async def load(folder: Path = ROOT) -> FunctionsHost:
    """Load and index *folder*'s `function_app.py`. Raises RuntimeError with what the worker says about it."""
    sys.path.insert(0, str(folder))
    worker.start_threadpool_executor()
    init = SimpleNamespace(capabilities={}, function_app_directory=str(folder))
    reply = await worker.worker_init_request(
        SimpleNamespace(
            request=SimpleNamespace(worker_init_request=init), properties={"host": "127.0.0.1", "protos": _Protos()}
        )
    )
    if reply.result.status != _Message.Success:
        raise RuntimeError(reply.result.exception.message)
    found = (await worker.functions_metadata_request(None)).function_metadata_results
    return FunctionsHost(
        {item.name: Function(item.function_id, [json.loads(text) for text in item.raw_bindings]) for item in found}
    )


def _text(value: str) -> Datum:
    return Datum(value, "string")


async def _play(requests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Load, then make all the *requests* at once, as the first calls of a worker come."""
    host = await load()

    async def answer(request: Mapping[str, Any]) -> object:
        match request["trigger"]:
            case "http":
                return asdict(await host.http(request["method"], request["path"], body=request["body"].encode()))
            case "queue":
                await host.queue(request["body"], name=request.get("name", "units"))
            case "timer":
                await host.timer()
        return None

    try:
        answers = await asyncio.gather(*(answer(request) for request in requests))
    finally:
        await _close()
    functions = {name: found.bindings for name, found in host.functions.items()}
    return {"functions": functions, "answers": answers}


async def _close() -> None:
    """Close what the calls opened, so that what is on its way to Application Insights gets there."""
    app = sys.modules.get("function_app")
    if app is not None and app.services_of.cache_info().currsize:
        await app.services_of(asyncio.get_running_loop()).close()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_play(json.loads(sys.argv[1])))) + "\n")
