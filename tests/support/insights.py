"""A stand-in for Application Insights on this machine, to which Azure's own exporter sends."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

QUIET = (
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "APPLICATIONINSIGHTS_SDKSTATS_DISABLED",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED",
)  # fmt: skip
"""Variables that keep the exporter from telling Microsoft about itself."""


@dataclass
class Insights:
    """A stand-in for Application Insights: keeps what it is sent."""

    connection: str
    envelopes: list[dict[str, Any]] = field(default_factory=list)

    def data(self, kind: str) -> list[dict[str, Any]]:
        """List the data of the envelopes of a kind, such as `RequestData`."""
        return [item["data"]["baseData"] for item in self.envelopes if item["data"]["baseType"] == kind]

    def events(self) -> list[dict[str, Any]]:
        """List the events of the log, as `parse_json(Message)` reads them; steps of units come as mere names."""
        return [json.loads(item["message"]) for item in self.data("MessageData") if item["message"].startswith("{")]


@contextmanager
def running_insights() -> Iterator[Insights]:
    """Give a stand-in that takes whatever is sent."""
    found = Insights("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            sent = json.loads(body)
            found.envelopes.extend(sent)
            answer = json.dumps({"itemsReceived": len(sent), "itemsAccepted": len(sent), "errors": []}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object, **named: object) -> None:
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.connection = (
            "InstrumentationKey=00000000-0000-0000-0000-000000000001;"
            f"IngestionEndpoint=http://127.0.0.1:{server.server_port}/"
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found
        server.shutdown()
