"""The moments of kills: writes of a story, every kind of them chosen as often as the others."""

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

Phase = Literal["before", "after"]
Kind = tuple[str, str]
"""A method, and the template that its operation is registered under."""
NO_WRITES = ("/$batch", "/getMemberGroups", "/microsoft.graph.getMemberGroups")
"""The ends of what is posted and changes nothing by itself."""


@dataclass(frozen=True, order=True, kw_only=True)
class Moment:
    """
    The moment of a kill: at the *nth* write of its kind, *before* it takes effect or *after*.

    *position*: the place of that write among all requests of the undisturbed story, by which moments have an order.
    """

    position: int
    method: str
    template: str
    nth: int
    phase: Phase

    @property
    def kind(self) -> Kind:
        return self.method, self.template


def is_write(kind: Kind) -> bool:
    method, template = kind
    return method not in ("GET", "HEAD") and not template.endswith(NO_WRITES)


def writes_in(traffic: Sequence[Mapping[str, Any]], kinds: Sequence[Kind]) -> list[Moment]:
    """Return every write of a recorded story as the moment before it; *kinds*: those that came by."""
    patterns = [(kind, _pattern(kind[1])) for kind in kinds if is_write(kind)]
    found, seen = list[Moment](), Counter[Kind]()
    for position, (method, path) in enumerate(_requests(traffic)):
        kind = next((kind for kind, pattern in patterns if kind[0] == method and pattern.fullmatch(path)), None)
        if kind is not None:
            seen[kind] += 1
            found.append(
                Moment(position=position, method=method, template=kind[1], nth=seen[kind], phase="before"),
            )
    return found


def choose(writes: Sequence[Moment], count: int, seed: int) -> list[Moment]:
    """Return *count* moments, the same for the same seed, in their order: one of each kind, then a second of each …"""
    dice = random.Random(seed)
    by_kind = defaultdict[Kind, list[Moment]](list)
    for write in writes:
        by_kind[write.kind].append(write)
    kinds = list(by_kind.values())
    dice.shuffle(kinds)
    for each in kinds:
        dice.shuffle(each)
    in_turn = [write for write in chain.from_iterable(zip_longest(*kinds)) if write is not None]
    phases: tuple[Phase, Phase] = ("before", "after")
    chosen = (_at(write, dice.choice(phases)) for write in in_turn[:count])
    return sorted(chosen)


def _at(write: Moment, phase: Phase) -> Moment:
    return Moment(position=write.position, method=write.method, template=write.template, nth=write.nth, phase=phase)


def deal(moments: Sequence[Moment], per_run: int) -> list[list[Moment]]:
    """Share moments out to runs, so that those of one run lie far apart."""
    runs = -(-len(moments) // per_run)
    return [list(moments[start::runs]) for start in range(runs)]


def _pattern(template: str) -> re.Pattern[str]:
    """Return the paths of a template. What is named *path* in it may have slashes."""
    parts = re.split(r"(\{[^}]*\})", template)
    return re.compile("".join(_part(part) for part in parts), re.IGNORECASE)


def _part(part: str) -> str:
    return {"{": "[^/]+"}.get(part[:1], re.escape(part)) if part != "{path}" else ".+"


def _requests(traffic: Sequence[Mapping[str, Any]]) -> Iterator[Kind]:
    """Yield method and path of each request; of a batch, those of its parts."""
    for entry in traffic:
        request = entry["request"]
        path = unquote(urlsplit(request["url"]).path).removeprefix("/v1.0")
        yield request["method"], path
        if path == "/$batch":
            for part in json.loads(request["postData"]["text"])["requests"]:
                yield part["method"], unquote(urlsplit(part["url"]).path)
