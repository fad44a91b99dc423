"""The statements that databases of this process carry out, by whatever way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from integration.database.compiled_once import Watcher, watchers


@contextmanager
def watched_statements(watcher: Watcher) -> Iterator[None]:
    """Tell *watcher* of each statement before it is carried out, with its values; of many, the first ones."""

    def told(connection: Connection, _: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        watcher(connection, statement, values[0] if many else values)

    event.listen(Engine, "before_cursor_execute", told)
    watchers.append(watcher)
    try:
        yield
    finally:
        watchers.remove(watcher)
        event.remove(Engine, "before_cursor_execute", told)
