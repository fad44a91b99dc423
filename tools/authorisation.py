"""The authorisation matrix, from the route table: `uv run python -m tools.authorisation` writes docs/authorisation.md.

Each route behind sign-in carries its rule as data. The matrix tries every rule for one specimen of each role, at places
of the specimen's own and elsewhere. A test asks the same of the running application, over HTTP.
"""

import copy
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Route

from config.checks import ONE_AT_A_TIME
from config.loading import load_documents, programme_from
from config.programme import Programme
from config.settings import Settings
from config.values import PACKAGE_ROLES, PROGRAMME_ROLES, Role
from web.access.gate import rule_of
from web.access.open_routes import BY_LINK, PUBLIC, reason_open
from wiring.process import create_services
from workflows.access.model import Reader, Right
from workflows.access.rules import find_where, may, reader_of

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "config" / "vestfold"
MATRIX = ROOT / "docs" / "authorisation.md"
ON = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
"""A day on which the shipped programme runs: rules look at the day's roles."""
OWN, OTHER = "tonsberg", "horten"
"""The municipality of the specimens' roles, and one in which they have none."""
PLACES = (OWN, OTHER)
OWN_PACKAGE = "tonsberg-overgangsteamet"
SHARED_PACKAGE = "horten-laereplasser"
"""A package of the other municipality that is made to report to the board of the specimens' as well."""
SAMPLES = {"day": "2026-11-17"}
"""Values of path parameters that name no place; any other is a word that names nothing."""


class Place(StrEnum):
    """A place that a route is tried at."""

    PROGRAMME = "programme"
    """The programme as a whole: the address names no place."""
    OWN = "own"
    """The specimen's municipality; for a package's route the package of its role, for a body's the local board."""
    BESIDE = "beside"
    """Another package of the specimen's municipality."""
    OTHER = "other"
    """Another municipality."""
    SHARED = "shared"
    """A package of another municipality that reports to the specimen's board too."""
    COMMON = "common"
    """The owner board, which is no municipality's."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A route with its rule, and the places at which each role passes it."""

    method: str
    path: str
    right: Right
    places: Mapping[Place, str]
    """The address at each place where the route is tried."""
    passes: Mapping[Role, frozenset[Place]]


# ----------------------------------------------------------------------------------------------------------- specimens


def specimen(role: Role) -> str:
    """Return the key of the person who holds that role, and no other."""
    return f"prove-{role.replace('_', '-')}"


def specimen_documents() -> dict[str, Any]:
    """Return the documents of the shipped programme with a specimen of each role."""
    documents: dict[str, Any] = copy.deepcopy(load_documents(SHIPPED))
    people, municipality = documents["people.yaml"], documents[f"municipalities/{OWN}.yaml"]
    for document in (people, municipality):
        document["assignments"] = [item for item in document["assignments"] if item["role"] not in ONE_AT_A_TIME]
    for package in documents[f"municipalities/{OTHER}.yaml"]["work_packages"]:
        if package["key"] == SHARED_PACKAGE:
            package["boards"] = [OWN]
    organisation = people["people"][0]["organisation"]
    for role in Role:
        key = specimen(role)
        person = {"key": key, "name": f"Prøve {key}", "email": f"{key}@vestfoldfylke.example"}
        people["people"].append({**person, "organisation": organisation})
        people["assignments"].append({"person": key, "role": role.value, **_place_of(role)})
    return documents


def _place_of(role: Role) -> Mapping[str, str]:
    if role in PROGRAMME_ROLES:
        return {}
    return {"work_package": OWN_PACKAGE} if role in PACKAGE_ROLES else {"municipality": OWN}


def specimen_readers(programme: Programme) -> Mapping[Role, Reader]:
    """Return the reader that each role's specimen is."""
    today = programme.today(ON)
    readers = {role: reader_of(programme, specimen(role), today) for role in Role}
    return {role: reader for role, reader in readers.items() if reader is not None}


# ---------------------------------------------------------------------------------------------------------- the matrix


def routes_of(app: FastAPI) -> Iterator[Route]:
    """Give the application's routes, in the order of their paths."""
    found = [context.original_route for context in iter_route_contexts(app.routes)]
    kept = [route for route in found if isinstance(route, Route)]
    yield from sorted(kept, key=lambda route: (route.path, _methods(route)))


def _methods(route: Route) -> list[str]:
    return sorted((route.methods or set()) - {"HEAD"})


def _rule(route: Route) -> Right | None:
    return rule_of(route) if isinstance(route, APIRoute) else None


def routes_without_reason(app: FastAPI) -> list[str]:
    """Return the paths of routes that have neither a rule nor a reason to be open."""
    return [route.path for route in routes_of(app) if _rule(route) is None and reason_open(route.path) is None]


def matrix_of(app: FastAPI, programme: Programme) -> list[Row]:
    """Return a row for each route with a rule and each of its methods."""
    rows: list[Row] = []
    for route in routes_of(app):
        right = _rule(route)
        if right is None:
            continue
        names = set(route.param_convertors)
        places = {place: _address(route, named) for place, named in places_of(programme, names)}
        passes = passing(programme, right, names)
        rows += [
            Row(method=method, path=route.path, right=right, places=places, passes=passes) for method in _methods(route)
        ]
    return rows


def passing(programme: Programme, right: Right, names: Collection[str]) -> Mapping[Role, frozenset[Place]]:
    """Return the places at which each role passes a route that asks for *right*. *names*: its path's parameters."""
    return {
        role: frozenset(
            place for place, named in places_of(programme, names) if _passes(programme, reader, right, named)
        )
        for role, reader in specimen_readers(programme).items()
    }


def places_of(programme: Programme, names: Collection[str]) -> Iterator[tuple[Place, Mapping[str, str]]]:
    """Give the places at which a route is tried, with the values of the path's parameters there."""
    if not {"slug", "package", "body"}.intersection(names):
        yield Place.PROGRAMME, {}
        return
    packages = {slug: [item.key for item in programme.work_packages if item.municipality == slug] for slug in PLACES}
    beside = next(key for key in packages[OWN] if key != OWN_PACKAGE)
    yield Place.OWN, _named(programme, names, OWN, OWN_PACKAGE)
    if "package" in names:
        yield Place.BESIDE, _named(programme, names, OWN, beside)
    yield Place.OTHER, _named(programme, names, OTHER, packages[OTHER][0])
    if "package" in names:
        yield Place.SHARED, _named(programme, names, OTHER, SHARED_PACKAGE)
    owner_board = programme.find_owner_board()
    if "body" in names and "slug" not in names and owner_board is not None:
        yield Place.COMMON, {"body": owner_board.key}


def _named(programme: Programme, names: Collection[str], slug: str, package: str) -> Mapping[str, str]:
    values = {"slug": slug, "package": package, "body": programme.local_board(slug).key}
    return {name: value for name, value in values.items() if name in names}


def _passes(programme: Programme, reader: Reader, right: Right, named: Mapping[str, str]) -> bool:
    where = find_where(
        programme, municipality=named.get("slug"), work_package=named.get("package"), body=named.get("body")
    )
    return where is not None and may(reader, right, where)


def _address(route: Route, named: Mapping[str, str]) -> str:
    values = {name: named.get(name, SAMPLES.get(name, "finnes-ikke")) for name in route.param_convertors}
    return str(route.url_path_for(route.name, **values))


# --------------------------------------------------------------------------------------------------------- the document

HEAD = """# Who may open which page

Written by `python -m tools.authorisation` from the application's routes; a test sees that it is current, and another
asks every line of it over HTTP, with a session of each role. Do not edit it by hand.

A role passes a route **all**: everywhere; **own**: in the municipality of the role, for a package's pages in the
package of the role, for a body's at its own local board; **municipality**: in every package of its municipality;
**shared**: in another municipality's package that reports to its board too, and there that board's part alone;
**common**: at the owner board. A dash: nowhere; the answer is then 404, the same as for a page that does not exist.
"yes": the route names no place. Signed out, a page leads to sign-in and anything else answers 401. A write is moreover
refused (403) unless it comes from one of our own pages, in the same session.

Roles are looked up in the register at each request (`workflows/access/rules.py`); no claim of a sign-in gives one.
"""


def render(app: FastAPI, programme: Programme) -> str:
    """Return the document."""
    rows = matrix_of(app, programme)
    roles = list(Role)
    head = ["Route", "Rule", *(role.value.replace("_", " ") for role in roles)]
    lines = [HEAD, "## Behind sign-in", "", _line(head), _line(["---"] * len(head))]
    for row in rows:
        cells = [_cell(row.passes.get(role, frozenset()), row.places) for role in roles]
        lines.append(_line([f"`{row.method} {row.path}`", row.right.value.replace("_", " "), *cells]))
    lines += ["", "## Opened by a link of its own", "", *_open(app, BY_LINK)]
    lines += ["", "## Open to everybody", "", *_open(app, PUBLIC)]
    return "\n".join(lines) + "\n"


def _open(app: FastAPI, reasons: Mapping[str, str]) -> Iterator[str]:
    yield _line(["Route", "Why"])
    yield _line(["---", "---"])
    for route in routes_of(app):
        if _rule(route) is None and route.path in reasons:
            for method in _methods(route):
                yield _line([f"`{method} {route.path}`", reasons[route.path]])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(passes: frozenset[Place], places: Mapping[Place, str]) -> str:
    """Return the word for the places at which a role passes."""
    if not passes:
        return "–"
    if passes == {Place.PROGRAMME}:
        return "yes"
    if passes == frozenset(places):
        return "all"
    words = {
        Place.OWN: "own",
        Place.BESIDE: "municipality",
        Place.OTHER: "elsewhere",
        Place.SHARED: "shared",
        Place.COMMON: "common",
    }
    if {Place.OWN, Place.BESIDE} <= passes:
        passes -= {Place.OWN}
    return ", ".join(words[place] for place in Place if place in passes)


def create_app() -> FastAPI:
    """Return the application as it is wired, with every route there may be. Nothing is opened."""
    settings = Settings(
        database_url="sqlite+aiosqlite:///unused.db", bot_id="bot", tenant_id="tenant", app_id="app", door_id="door"
    )
    return create_services(settings).web


def main() -> int:
    """Write the document."""
    MATRIX.write_text(render(create_app(), programme_from(specimen_documents())), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
