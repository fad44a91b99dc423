"""Pages from templates, with what every page has."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from html import escape
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


_WIDE = '<div class="tableCenterAlign tableWrapper">'
_SCROLLED = f'{_WIDE[:-1]} role="group" aria-label="Tabell" tabindex="0">'
_SITE_PAGE = """<!doctype html><html lang="nb"><head><meta charset="utf-8"><base target="_blank"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body {{ margin: 0; font: 16px/1.5 "Segoe UI", "Liberation Sans", Arial, sans-serif; color: #323130; background: #fff; }}
main {{ max-width: 62rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.75rem; line-height: 1.2; }} h2 {{ font-size: 1.35rem; }} h3 {{ font-size: 1.1rem; }}
.tableWrapper {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border: 1px solid #c8c6c4; padding: 0.4rem 0.6rem; text-align: left; vertical-align: top;
  min-width: 7rem; overflow-wrap: break-word; font-weight: normal; }}
thead th, th[scope=row] {{ font-weight: 600; }} thead th {{ background: #f3f2f1; }}
</style></head><body><main><h1>{title}</h1>{content}</main></body></html>"""


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


def site_page(content: str, title: str) -> str:
    """Wrap what is written on a site's page as readers get it: below the page's title, wide tables to be scrolled."""
    return _SITE_PAGE.format(title=escape(title), content=content.replace(_WIDE, _SCROLLED))


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
        "site_page": site_page,
        "embedded": embedded,
        "segment": lambda value: quote(str(value), safe=""),
    }
    return environment
