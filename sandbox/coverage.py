"""The page of operations and known differences: `python -m sandbox.coverage` writes it anew."""

from pathlib import Path

from sandbox.graph.operations import ROUTER
from sandbox.protocol.operations import Operation

PAGE = Path(__file__).parent.parent / "docs" / "sandbox-coverage.md"
DIFFERENCES = Path(__file__).parent / "differences.md"
INTRODUCTION = """\
# What the sandbox plays

Made by `python -m sandbox.coverage` from the registered operations; a test fails while it is out of date. How to
run and control the sandbox: [sandbox.md](sandbox.md).

## {count} operations of Graph

*Permissions*: any one is enough. `….Group` ones count in teams that have the app, `Sites.Selected: role` on sites where
that role was granted, `exchange:` ones in the organizers' mailboxes. *Limits*: what a call draws from the token buckets
in `sandbox/platform/throttling.py`, with its cost.

| Method | Path | Permissions | Limits | |
|---|---|---|---|---|
"""
REST = """
Besides: the managed identity at `/msi/token`, the Bot connector below `/connector` and the control calls below
`/_sandbox/`.

## Known differences

"""


def page() -> str:
    """Return the page as it should be."""
    registered = sorted(ROUTER, key=_order)
    rows = [
        f"| {found.method} | `{found.template}` | {_permissions(found)} | {_limits(found)} | {_about(found)} |\n"
        for found in registered
    ]
    differences = DIFFERENCES.read_text(encoding="utf-8")
    return "".join((INTRODUCTION.format(count=len(rows)), *rows, REST, differences))


def _order(found: Operation) -> tuple[str, str]:
    return found.template, found.method


def _permissions(found: Operation) -> str:
    if found.anonymous:
        return "none: the address is the key"
    if "*" in found.permissions:
        return "any token"
    names = [*sorted(found.permissions), *sorted(found.rsc)]
    names += [f"Sites.Selected: {found.sites}"] if found.sites else []
    names += [f"exchange:{name}" for name in sorted(found.exchange)]
    return ", ".join(f"`{name}`" for name in names)


def _limits(found: Operation) -> str:
    return ", ".join(f"{draw.bucket.name} {draw.cost:g}" for draw in found.limits) or "–"


def _about(found: Operation) -> str:
    return " ".join((found.handler.__doc__ or "").split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
