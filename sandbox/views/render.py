"""Pages from templates, with what every page has."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parents[1] / "static"
PAGE_ZONE = ZoneInfo("Europe/Oslo")
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Mails and cards bring their own.
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)


def page(template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Fill in a template; everything is escaped."""
    html = _environment().get_template(template).render(context)
    return HTMLResponse(
        html, status, headers={"Content-Security-Policy": CONTENT_POLICY, "Referrer-Policy": "no-referrer"}
    )


def moment(value: datetime | str) -> Markup:
    """Show a moment, also as the control calls write it, as the people in the tenant read it."""
    value = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = value.astimezone(PAGE_ZONE)
    shown = f"{local:%a} {local.day} {local:%b %Y %H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), shown)


def document(content: str) -> str:
    """Wrap HTML of others for a sandboxed frame: its links open beside."""
    return f'<!doctype html><base target="_blank"><meta charset="utf-8">{content}'


def embedded(value: Mapping[str, Any]) -> Markup:
    """Write JSON inside a script element; nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "moment": moment,
        "document": document,
        "embedded": embedded,
        "segment": lambda value: quote(str(value), safe=""),
    }
    return environment
