"""Queries of mails and events: $filter and $top, with what Exchange asks of each."""

from collections.abc import Collection

from sandbox.exchange.items import TAGS
from sandbox.exchange.state import Exchange
from sandbox.protocol.errors import GraphError
from sandbox.protocol.filters import Filter, filter_of
from sandbox.protocol.request import Call

MAX_PAGE = 1000


def item_filter(call: Call[Exchange], known: Collection[str]) -> Filter | None:
    """Return the filter of a request, None without one; 400 for one that is too complex, and for too large a page."""
    top = call.query.get("top", "")
    if top.isdigit() and int(top) > MAX_PAGE:
        message = f"The limit of '{MAX_PAGE}' for Top query has been exceeded. The value from the request is '{top}'."
        raise GraphError(400, "ErrorInvalidUrlQuery", message)
    wanted, most = filter_of(call, known), call.area.variants.property_filters
    if wanted is not None and most is not None and TAGS in wanted.paths and wanted.widest > most:
        raise GraphError(400, "ErrorRestrictionTooComplex", "The restriction is too complex.")
    return wanted
