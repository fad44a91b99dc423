"""The layout of every e-mail: one column, large text, one button; readable without images and by screen readers."""

import re
from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, StrictUndefined, Template

# Exchange and many mail programs drop what stands on <html> and <body>: look and language are the div's.
_LAYOUT = """\
<!DOCTYPE html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ heading }}</title>
</head>
<body style="margin:0;padding:24px 16px;background:#ffffff">
<div role="article" lang="{{ language }}" aria-label="{{ heading }}" style="max-width:36em;margin:0 auto;color:#1e2b3c;\
font-family:Inter,'Segoe UI',Arial,sans-serif;font-size:18px;line-height:1.5">
<h1 style="font-size:24px;line-height:1.3;margin:0 0 16px">{{ heading }}</h1>
{% macro button_of(link) %}
<p style="margin:24px 0"><a href="{{ link[1] }}" style="display:inline-block;padding:12px 24px;\
background:#0062ba;color:#ffffff;border-radius:4px;text-decoration:none;font-weight:600">{{ link[0] }}</a></p>
<p style="margin:0 0 16px;font-size:16px;overflow-wrap:anywhere"><a href="{{ link[1] }}" \
style="color:#0062ba">{{ link[1] }}</a></p>
{% endmacro %}
{% for paragraph in paragraphs %}
<p style="margin:0 0 16px;white-space:pre-line">{{ paragraph }}</p>
{% endfor %}
{% for item in items %}
<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #b3bcc7">{{ item[0] }}</p>
{% if item[1] %}
{{ button_of(item[1]) -}}
{% endif %}
{% endfor %}
{% if button %}
{{ button_of(button) -}}
{% endif %}
{% for words, url in also %}
<p style="margin:24px 0 16px">{{ words }}<br>
<a href="{{ url }}" style="color:#0062ba;font-size:16px;overflow-wrap:anywhere">{{ url }}</a></p>
{% endfor %}
{% if note %}
<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #b3bcc7;font-size:16px;color:#4a5768">{{ note }}</p>
{% endif %}
</div>
</body>
</html>
"""

_LINK = re.compile(r' href="[^"]*"')
_ADDRESS = re.compile(r"https?://[^\s<\"]+")
HIDDEN_ADDRESS = "https://…"

MailLink = tuple[str, str]
"""The words and the address of a button."""
MailItem = tuple[str, MailLink | None]
"""One of several matters in a mail: its text, and the words and the address of its own button."""


@cache
def _layout() -> Template:
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined).from_string(
        _LAYOUT
    )


def mail(
    *,
    language: str,
    heading: str,
    paragraphs: Sequence[str],
    items: Sequence[MailItem] = (),
    button: MailLink | None = None,
    also: Sequence[MailLink] = (),
    note: str = "",
) -> str:
    """
    Return an e-mail's HTML; everything is escaped.

    *button*: its text and an http(s) address. *also*: more links. *items*: after the paragraphs, each with its own.

    The addresses also stand as text, for readers whose mail program draws no links.
    """
    for link in (button, *also, *(link for _, link in items)):
        if link is not None and not link[1].startswith(("https://", "http://")):
            raise ValueError("a mail's button leads to an http(s) address")
    return _layout().render(
        language=language,
        heading=heading,
        paragraphs=list(paragraphs),
        items=list(items),
        button=button,
        also=list(also),
        note=note,
    )


def without_addresses(html: str) -> str:
    """
    Return a mail's HTML as it looks, its links leading nowhere and their addresses hidden.

    Many of them let their holder act as the reader of the mail: nobody else is shown them.
    """
    return _ADDRESS.sub(HIDDEN_ADDRESS, _LINK.sub("", html))
