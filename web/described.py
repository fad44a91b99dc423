"""The description of the application's addresses (`GET /openapi.json`), true to the answers that it gives.

FastAPI describes a 422 with its own body for each route that has a parameter. We answer what cannot be read with 400
(`web/app.py`), in JSON below /api and as a page elsewhere; and a parameter that takes any text cannot be wrong.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI

UNREADABLE = "422"
"""The status that FastAPI describes for input that it cannot read."""
ITS_SCHEMAS = ("HTTPValidationError", "ValidationError")
"""The schemas of FastAPI's own body for it, which nobody gets from us."""
ANY_TEXT = {"title", "type", "default", "description"}
"""Keywords of a parameter's schema that refuse no text."""
WRONG_INPUT: Mapping[str, Any] = {
    "description": "A value that cannot be read.",
    "content": {"text/html": {"schema": {"type": "string"}}},
}


class Application(FastAPI):
    """FastAPI's application, described by the answers that it gives."""

    def openapi(self) -> dict[str, Any]:
        """Return the description."""
        if self.openapi_schema is None:
            corrected(super().openapi())
        return super().openapi()


def corrected(document: dict[str, Any]) -> None:
    """Describe, in place, what a wrong value is answered with: 400 where a parameter can be wrong, and nothing else."""
    for operation in _operations(document):
        answers: dict[str, Any] = operation["responses"]
        if answers.pop(UNREADABLE, None) is not None and can_be_wrong(operation):
            answers.setdefault("400", dict(WRONG_INPUT))
    for name in ITS_SCHEMAS:
        document.get("components", {}).get("schemas", {}).pop(name, None)


def can_be_wrong(operation: Mapping[str, Any]) -> bool:
    """Return True when an operation has a parameter that does not take every text, or a body that is described."""
    schemas = [parameter["schema"] for parameter in operation.get("parameters", ())]
    return "requestBody" in operation or any(
        schema.get("type") != "string" or not ANY_TEXT.issuperset(schema) for schema in schemas
    )


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()
