"""A proxy between the playground and the bot: it signs activities that the playground sends without a token."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from integration.bot_tokens import ISSUER

METADATA = "/.well-known/openidconfiguration"


class Signer:
    """Keys made here, published as the Bot Framework publishes its own. *endpoint*: where the bot listens."""

    def __init__(self, *, bot_id: str) -> None:
        self._bot_id = bot_id
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.endpoint = ""

    def keys(self) -> dict[str, Any]:
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": "playground", "use": "sig", "alg": "RS256", "endorsements": ["msteams"]}]}

    def token(self, service_url: str) -> str:
        """Return a token as the Bot Framework signs it for an activity from *service_url*."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": self._bot_id, "iat": now, "exp": now + 600, "serviceurl": service_url}
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": "playground"})

    def forward(self, body: bytes) -> httpx.Response:
        """Send an activity on to the bot, signed and otherwise as it came."""
        token = self.token(json.loads(body).get("serviceUrl", ""))
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return httpx.post(self.endpoint, content=body, headers=headers, timeout=30, trust_env=False)


@contextmanager
def signing_proxy(signer: Signer) -> Iterator[str]:
    """The proxy's address, in threads of its own: the bot looks keys up while it answers."""

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, json.dumps(signer.keys()).encode())

        def do_POST(self) -> None:
            answer = signer.forward(self.rfile.read(int(self.headers.get("content-length", 0))))
            self._answer(answer.status_code, answer.content)

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
