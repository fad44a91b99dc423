"""URI templates as the SDK's builders have them: filled in for a call, and without its values for traces."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

QUERY = re.compile(r"\{\?[^}]*\}")
EXPRESSION = re.compile(r"\{([+?]?)([^}]*)\}")


def expanded(template: str, parameters: Mapping[str, Any], query: Mapping[str, Any]) -> str:
    """A URI template as the SDK's builders have it, filled in: `{+baseurl}/users/{user%2Did}{?%24filter,%24select}`."""

    def value(found: re.Match[str]) -> str:
        kind, names = found.groups()
        if kind == "?":
            given = [f"{name}={quote(str(query[name]), safe='')}" for name in names.split(",") if name in query]
            return "?" + "&".join(given) if given else ""
        # What is reserved stays as it is in an address of its own, and what is encoded already stays so.
        return quote(str(parameters[names]), safe="%:/?#[]@!$&'()*+,;=" if kind else "")

    return EXPRESSION.sub(value, template)


def path_template(template: str) -> str:
    """Return the path of a template with its variables' names: `/users/{user-id}`, without address and query."""
    return unquote(QUERY.sub("", template).removeprefix("{+baseurl}"))
