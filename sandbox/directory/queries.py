"""Queries of directory objects: $filter, $search, $orderby and $top, with what Entra asks of each."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from sandbox.directory.state import Directory
from sandbox.protocol.errors import GraphError
from sandbox.protocol.filters import Filter, filter_of
from sandbox.protocol.request import Call

Thing = TypeVar("Thing")
MAX_PAGE = 999
MAX_CLAUSES = 15
"""Clauses of `or` that a $filter may hold, unless the query is an advanced one."""
ADVANCED_OPERATORS = ("ne", "not", "endswith")
_SEARCH_CLAUSE = re.compile(r'"(\w+):([^"]+)"')
_SPLIT_INTO_WORDS = ("displayName", "description")


def queried(call: Call[Directory], things: Iterable[Thing], known: Callable[[Thing], Mapping[str, Any]]) -> list[Thing]:
    """Return the things that $filter and $search leave, in the order of $orderby; *known* gives their properties."""
    _check_page(call)
    found = [(thing, known(thing)) for thing in things]
    wanted = filter_of(call, found[0][1].keys() if found else None, "Request_UnsupportedQuery")
    if wanted is not None:
        _check_filter(call, wanted)
        found = [(thing, shown) for thing, shown in found if wanted.matches(shown)]
    if "search" in call.query:
        matches = _search(call)
        found = [(thing, shown) for thing, shown in found if matches(shown)]
    if "orderby" in call.query:
        return [thing for thing, _ in _sorted(call, found, is_filtered=wanted is not None)]
    return [thing for thing, _ in found]


def check_count(call: Call[Directory]) -> None:
    """Refuse an address that ends with $count unless the query is an advanced one."""
    if not _is_advanced(call):
        raise GraphError(400, "Request_BadRequest", "$count is not currently supported.")


def _is_advanced(call: Call[Directory]) -> bool:
    return call.headers.get("consistencylevel", "").lower() == "eventual"


def _check_page(call: Call[Directory]) -> None:
    top = call.query.get("top", "")
    if top.isdigit() and not 1 <= int(top) <= MAX_PAGE:
        message = f"Invalid page size specified: '{top}'. Must be between 1 and {MAX_PAGE} inclusive."
        raise _unsupported(message)


def _check_filter(call: Call[Directory], wanted: Filter) -> None:
    if _is_advanced(call):
        return
    for operator in ADVANCED_OPERATORS:
        if operator in wanted.operators:
            raise _unsupported(
                f"Operator '{operator}' is not supported because the 'ConsistencyLevel:eventual' header is missing."
            )
    if wanted.widest > MAX_CLAUSES:
        raise _unsupported(
            "Too many child clauses specified in search filter expression containing 'OR' operators: "
            f"{wanted.widest}. Max allowed: {MAX_CLAUSES}."
        )


def _search(call: Call[Directory]) -> Callable[[Mapping[str, Any]], bool]:
    """Return the predicate of `$search="displayName:text"`, such clauses joined by AND and OR."""
    if not _is_advanced(call):
        message = "Request with $search query parameter needs the request header 'ConsistencyLevel: eventual'."
        raise GraphError(400, "Request_UnsupportedQuery", message)
    alternatives = [
        [_clause(each) for each in re.split(r"\s+AND\s+", clauses)]
        for clauses in re.split(r"\s+OR\s+", call.query["search"].strip())
    ]
    return lambda thing: any(all(_meets(thing, *clause) for clause in clauses) for clauses in alternatives)


def _clause(text: str) -> tuple[str, str]:
    match = _SEARCH_CLAUSE.fullmatch(text)
    if match is None:
        raise GraphError(400, "Request_BadRequest", f"Invalid $search clause: {text}")
    return match[1], match[2].casefold()


def _meets(thing: Mapping[str, Any], name: str, text: str) -> bool:
    value = str(thing.get(name) or "").casefold()
    words = re.split(r"\W+", value) if name in _SPLIT_INTO_WORDS else [value]
    return value.startswith(text) or any(word.startswith(text) for word in words)


def _sorted(
    call: Call[Directory], found: list[tuple[Thing, Mapping[str, Any]]], *, is_filtered: bool
) -> list[tuple[Thing, Mapping[str, Any]]]:
    name, _, direction = call.query["orderby"].strip().partition(" ")
    if (is_filtered and not _is_advanced(call)) or (found and name not in found[0][1]):
        raise _unsupported("Sorting not supported for current query.")
    return sorted(found, key=lambda each: str(each[1][name] or "").casefold(), reverse=direction.strip() == "desc")


def _unsupported(message: str) -> GraphError:
    return GraphError(400, "Request_UnsupportedQuery", message)
