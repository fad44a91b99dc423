"""A document as the sections of a SharePoint page: only elements that survive its rewriting."""

from collections.abc import Sequence

from jinja2 import Environment, StrictUndefined

from config.plain_text import clean
from documents.document import Document, kind_of

# No class, style or attribute but `scope`: SharePoint drops them and adds its own, and it keeps no drawing in the text:
# a picture's words stand in its place. What is bold here names a row or
# a light; a sign stands before the light's word.
_TEMPLATE = """\
{%- macro lines(text) %}{% for line in text.splitlines() %}{{ line }}{% if not loop.last %}<br>{% endif %}{% endfor %}\
{% endmacro %}
{%- macro cell(item) %}{% if item.light %}{{ signs[item.light] }} {% endif %}{{ lines(item.words) }}{% endmacro %}
{%- macro table(block) -%}
<table><thead><tr>{% for header in block.headers %}<th scope="col">{{ header }}</th>{% endfor %}</tr></thead><tbody>\
{% for row in block.rows %}<tr>{% for item in row %}{% if loop.first %}<th scope="row">{{ cell(item) }}</th>\
{% else %}<td>{{ cell(item) }}</td>{% endif %}{% endfor %}</tr>{% endfor %}</tbody></table>
{%- endmacro %}
{%- if heading %}<h{{ level }}>{{ heading }}</h{{ level }}>{% endif -%}
{% for block in blocks -%}
{% set kind = kind_of(block) -%}
{% if kind == "paragraph" -%}
<p>{% if block.strong %}<strong>{{ lines(block.text) }}</strong>{% else %}{{ lines(block.text) }}{% endif %}</p>
{%- elif kind == "light" -%}
<p><strong>{{ block.sign }} {{ block.word }}</strong></p>
{%- elif kind == "facts" -%}
{% for name, words in block.rows %}<p><strong>{{ name }}</strong><br>{{ lines(words) }}</p>{% endfor %}
{%- elif kind == "picture" -%}
<p>{{ lines(block.words) }}</p>
{%- elif kind == "bullets" -%}
<ul>{% for item in block["items"] %}<li>{{ lines(item) }}</li>{% endfor %}</ul>
{%- else -%}
{{ table(block) }}
{%- endif %}
{%- endfor %}"""


def _clean(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


_SECTION = Environment(autoescape=True, undefined=StrictUndefined, finalize=_clean).from_string(_TEMPLATE)


def report_page(document: Document) -> Sequence[str]:
    """One piece of HTML for each part below the title, which the page has of its own. Everything is escaped."""

    def render(heading: str, level: int, blocks: Sequence[object]) -> str:
        # A heading or cell of spaces only would vanish; finished words never are.
        return _SECTION.render(heading=heading, level=level, blocks=blocks, signs=document.signs, kind_of=kind_of)

    lead = [render("", 2, document.lead)] if document.lead else []
    return [*lead, *(render(item.heading, item.level, item.blocks) for item in document.sections)]
