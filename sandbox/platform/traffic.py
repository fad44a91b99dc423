"""All traffic as HAR 1.2: kept compactly, the older part on disk, and written out entry by entry."""

import base64
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox.platform.spool import Spool

SECRET_HEADERS = frozenset({"authorization", "x-identity-header", "cookie", "set-cookie"})
PACK_FROM_BYTES = 1024
HeaderPairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Entry:
    started_at: datetime
    milliseconds: float
    app: str
    method: str
    url: str
    request_headers: HeaderPairs
    request_body: bytes
    status: int
    """0: the connection was closed without an answer."""
    response_headers: HeaderPairs
    response_body: bytes
    note: str


class Traffic:
    """Every exchange since the start or the last reset, in the order in which they ended."""

    def __init__(self) -> None:
        self._entries = Spool()
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.is_on = True
        """True while exchanges are kept; they are counted in any case."""
        self.most: int | None = None
        """Number of exchanges that are kept at most; None for all."""

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        self._entries.clear()
        self._counts.clear()

    def record(
        self,
        *,
        started_at: datetime,
        milliseconds: float = 0.0,
        app: str,
        method: str,
        url: str,
        request_headers: HeaderPairs,
        request_body: bytes,
        status: int,
        response_headers: HeaderPairs,
        response_body: bytes,
        note: str = "",
    ) -> None:
        """Keep one exchange; headers that carry secrets are left out."""
        self._counts[app].update(("all", _outcome(status)))
        if not self.is_on or (self.most is not None and len(self) >= self.most):
            return
        self._entries.append(
            Entry(
                started_at=started_at,
                milliseconds=milliseconds,
                app=app,
                method=method,
                url=url,
                request_headers=_harmless(request_headers),
                request_body=_pack(request_body),
                status=status,
                response_headers=_harmless(response_headers),
                response_body=_pack(response_body),
                note=note,
            )
        )

    def counts(self) -> dict[str, Counter[str]]:
        """Count by caller: all requests, and those that were throttled, else refused, or failed."""
        return dict(sorted(self._counts.items()))

    def stream(self) -> Iterator[str]:
        """Yield the HAR file in pieces."""
        yield '{"log": {"version": "1.2", "creator": {"name": "vareunge sandbox", "version": "1"}, "entries": ['
        for number, entry in enumerate(self._entries):
            yield ("," if number else "") + "\n" + json.dumps(to_har(entry), ensure_ascii=False)
        yield "\n]}}\n"


def _outcome(status: int) -> str:
    if status == 429:
        return "throttled"
    if 400 <= status < 500:
        return "refused"
    return "failed" if status >= 500 or status == 0 else "answered"


def to_har(entry: Entry) -> dict[str, Any]:
    """Return one exchange as a HAR entry. `_app` names the identity that called."""
    request_body, response_body = _unpack(entry.request_body), _unpack(entry.response_body)
    request: dict[str, Any] = {
        "method": entry.method,
        "url": entry.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _named(entry.request_headers),
        "queryString": _named(parse_qsl(urlsplit(entry.url).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": len(request_body),
    }
    if request_body:
        request["postData"] = {"mimeType": _header(entry.request_headers, "content-type"), **_text(request_body)}
    har: dict[str, Any] = {
        "startedDateTime": entry.started_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "time": entry.milliseconds,
        "request": request,
        "response": {
            "status": entry.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _named(entry.response_headers),
            "content": {
                "size": len(response_body),
                "mimeType": _header(entry.response_headers, "content-type"),
                **(_text(response_body) if response_body else {}),
            },
            "redirectURL": _header(entry.response_headers, "location"),
            "headersSize": -1,
            "bodySize": len(response_body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": entry.milliseconds, "receive": 0},
        "_app": entry.app,
    }
    if entry.note:
        har["_fault"] = entry.note
    return har


def _harmless(headers: HeaderPairs) -> HeaderPairs:
    return tuple((name, value) for name, value in headers if name.lower() not in SECRET_HEADERS)


def _named(pairs: HeaderPairs) -> list[Mapping[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _header(headers: HeaderPairs, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _text(content: bytes) -> dict[str, str]:
    try:
        return {"text": content.decode("utf-8")}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(content).decode("ascii"), "encoding": "base64"}


def _pack(content: bytes) -> bytes:
    return b"z" + zlib.compress(content, 1) if len(content) > PACK_FROM_BYTES else b"-" + content


def _unpack(packed: bytes) -> bytes:
    return zlib.decompress(packed[1:]) if packed[:1] == b"z" else packed[1:]
