"""Control calls that make things go wrong."""

from collections.abc import Collection
from typing import Any

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.protocol.faults import HoldAt, Rule
from sandbox.tenant.cloud import Cloud

RULES = TypeAdapter(list[Rule])


class FaultCalls:
    """
    Rules for requests, mishaps inside Microsoft 365, and its variants.

    *kinds* are the templates that rules may name.
    """

    def __init__(self, cloud: Cloud, kinds: Collection[str]) -> None:
        self._cloud = cloud
        self._kinds = kinds

    async def mishaps(self, request: Request) -> Response:
        mishaps = self._cloud.tenant.mishaps
        if request.method == "POST":
            mishaps.order(await request.json())
        return JSONResponse(mishaps.ordered)

    async def variants(self, request: Request) -> Response:
        variants = self._cloud.tenant.variants
        if request.method == "POST":
            variants.change(await request.json())
        return JSONResponse(vars(variants))

    async def faults(self, request: Request) -> Response:
        return JSONResponse(self._cloud.faults.status())

    async def set_faults(self, request: Request) -> Response:
        body: Any = await request.json()
        faults = self._cloud.faults
        if isinstance(body, list):
            rules = RULES.validate_python(body)
            self._know(*(rule.match.template for rule in rules))
            faults.set_rules(rules)
        elif isinstance(body, dict) and "hold_at" in body:
            hold = HoldAt.model_validate(body)
            self._know(hold.template)
            faults.set_hold(hold)
        elif body == {"release": True}:
            faults.release()
        else:
            raise ValueError('expected a list of rules, {"hold_at": N, "phase": …} or {"release": true}')
        return JSONResponse(faults.status())

    async def clear_faults(self, request: Request) -> Response:
        """Drop all rules, and count the kinds that come by anew."""
        self._cloud.faults.clear()
        return JSONResponse(self._cloud.faults.status())

    def _know(self, *templates: str | None) -> None:
        unknown = {template for template in templates if template is not None} - set(self._kinds)
        if unknown:
            raise ValueError(f"'{min(unknown)}' is no template: docs/sandbox-coverage.md lists them")
