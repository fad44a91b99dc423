"""The part of OData's $filter language that Graph's own services understand, as predicates over JSON objects."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.protocol.errors import GraphError
from sandbox.protocol.request import Call

Predicate = Callable[[Mapping[str, Any]], bool]

_TOKENS = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*')
        |(?P<moment>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?)
        |(?P<number>-?\d+(?:\.\d+)?)
        |(?P<word>[^\s(),:'=]+)
        |(?P<mark>[(),:]))""",
    re.VERBOSE,
)
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "ne": lambda left, right: bool(left != right),
    "gt": lambda left, right: left is not None and bool(left > right),
    "ge": lambda left, right: left is not None and bool(left >= right),
    "lt": lambda left, right: left is not None and bool(left < right),
    "le": lambda left, right: left is not None and bool(left <= right),
}
_FUNCTIONS: Mapping[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}


class InvalidFilter(Exception):
    """The text is no filter that these services understand."""


@dataclass(frozen=True)
class Filter:
    """A predicate, and the features of its text for which a service may refuse it."""

    matches: Predicate
    paths: frozenset[str]
    """The properties it looks at."""
    operators: frozenset[str]
    """The comparisons and functions in it, in lower case."""
    widest: int
    """Number of clauses in its longest chain of `or`; the values of an `in` are clauses too."""


def parse_filter(text: str, names: Collection[str] = ()) -> Filter:
    """
    Read *text*; raises InvalidFilter. Text is compared without regard to case, as the services do.

    Properties among *names* are found whatever their case.
    """
    parser = _Parser(list(_tokens(text)), {name.casefold(): name for name in names})
    matches = parser.alternatives("")
    parser.end()
    return Filter(matches, frozenset(parser.paths), frozenset(parser.operators), parser.widest)


def value_at(thing: Mapping[str, Any], path: str) -> Any:
    """Return the value at `a/b/c` in *thing*, None where there is nothing."""
    return _at(thing, path.split("/"))


def _at(thing: Any, names: Sequence[str]) -> Any:
    for name in names:
        if not isinstance(thing, (dict, Mapping)):  # A plain dict is told at once; the general question is slow.
            return None
        thing = thing.get(name)
    return thing


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKENS.match(text, position)
        if match is None:
            raise InvalidFilter(f"Syntax error at position {position} in '{text}'.")
        kind = str(match.lastgroup)
        yield kind, match.group(kind)
        position = match.end()


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _comparable(value: Any, against: Any) -> Any:
    if isinstance(against, datetime) and isinstance(value, str):
        return _moment(value)
    return value.casefold() if isinstance(value, str) else value


class _Parser:
    """Recursive descent: alternatives of conjunctions of terms. *variable* is the name bound by an enclosing any()."""

    def __init__(self, tokens: Sequence[tuple[str, str]], names: Mapping[str, str]) -> None:
        self._tokens = tokens
        self._names = names
        self._at = 0
        self.paths: set[str] = set()
        self.operators: set[str] = set()
        self.widest = 1
        self._chain = 1

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def _take(self, text: str) -> None:
        if self._next()[1] != text:
            raise InvalidFilter(f"Expected '{text}' before token {self._at}.")

    def end(self) -> None:
        if self._peek()[0] != "end":
            raise InvalidFilter(f"Unexpected '{self._peek()[1]}'.")

    def alternatives(self, variable: str) -> Predicate:
        outer, self._chain = self._chain, 1
        terms = [self._conjunction(variable)]
        while self._peek() == ("word", "or"):
            self._next()
            self._chain += 1
            terms.append(self._conjunction(variable))
        self.widest = max(self.widest, self._chain)
        self._chain = outer
        return terms[0] if len(terms) == 1 else lambda thing: any(term(thing) for term in terms)

    def _conjunction(self, variable: str) -> Predicate:
        terms = [self._term(variable)]
        while self._peek() == ("word", "and"):
            self._next()
            terms.append(self._term(variable))
        return terms[0] if len(terms) == 1 else lambda thing: all(term(thing) for term in terms)

    def _term(self, variable: str) -> Predicate:
        kind, text = self._next()
        if (kind, text) == ("mark", "("):
            inner = self.alternatives(variable)
            self._take(")")
            return inner
        if kind != "word":
            raise InvalidFilter(f"Unexpected '{text}'.")
        if text == "not":
            self.operators.add(text)
            negated = self._term(variable)
            return lambda thing: not negated(thing)
        if text.lower() in _FUNCTIONS and self._peek() == ("mark", "("):
            return self._function(text.lower(), variable)
        if text.lower().endswith("/any") and self._peek() == ("mark", "("):
            return self._any(text[:-4], variable)
        return self._comparison(text, variable)

    def _path(self, text: str, variable: str) -> str:
        if variable:
            return text.removeprefix(f"{variable}/")
        first, slash, rest = text.partition("/")
        path = self._names.get(first.casefold(), first) + slash + rest
        self.paths.add(path)
        return path

    def _comparison(self, text: str, variable: str) -> Predicate:
        path = self._path(text, variable)
        word = self._next()[1]
        if word == "in":
            return self._among(path)
        compare = _COMPARISONS.get(word)
        if compare is None:
            raise InvalidFilter(f"No comparison follows '{text}'.")
        self.operators.add(word)
        names, against = path.split("/"), self._literal()
        return lambda thing: compare(_comparable(_at(thing, names), against), against)

    def _among(self, path: str) -> Predicate:
        self._take("(")
        values = [self._literal()]
        while self._peek() == ("mark", ","):
            self._next()
            values.append(self._literal())
        self._take(")")
        self._chain += len(values) - 1
        return lambda thing: any(_comparable(value_at(thing, path), value) == value for value in values)

    def _function(self, name: str, variable: str) -> Predicate:
        self._take("(")
        path = self._path(self._next()[1], variable)
        self._take(",")
        against = self._literal()
        self._take(")")
        if not isinstance(against, str):
            raise InvalidFilter(f"{name} wants text.")
        function = _FUNCTIONS[name]
        self.operators.add(name)
        return lambda thing: function(str(value_at(thing, path) or "").casefold(), against)

    def _any(self, path: str, variable: str) -> Predicate:
        path = self._path(path, variable)
        self._take("(")
        bound = self._next()[1]
        self._take(":")
        inner = self.alternatives(bound)
        self._take(")")

        names = path.split("/")

        def matches(thing: Any) -> bool:
            for each in _at(thing, names) or ():
                if inner(each if isinstance(each, (dict, Mapping)) else {bound: each}):
                    return True
            return False

        return matches

    def _literal(self) -> Any:
        kind, text = self._next()
        if kind == "text":
            return text[1:-1].replace("''", "'").casefold()
        if kind == "moment":
            return _moment(text)
        if kind == "number":
            return float(text)
        named = {"true": True, "false": False, "null": None}
        if kind == "word" and text in named:
            return named[text]
        raise InvalidFilter(f"'{text}' is no value.")


def filter_of(call: Call[Any], known: Collection[str] | None = None, code: str = "BadRequest") -> Filter | None:
    """
    Return the filter of a request, None without one.

    400 when it is none, or (with *code*) asks for a property that is not *known*: never silently nothing.
    """
    text = call.query.get("filter", "").strip()
    if not text:
        return None
    try:
        wanted = parse_filter(text, known or ())
    except InvalidFilter as error:
        raise GraphError(400, "BadRequest", f"Invalid filter clause: {error}") from None
    foreign = {path for path in wanted.paths if known is not None and path.split("/")[0] not in known}
    if foreign:
        raise GraphError(400, code, f"Invalid filter clause: '{min(foreign)}' cannot be filtered on here.")
    return wanted
