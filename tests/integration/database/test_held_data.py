"""Rules of columns: none is missing, and none names a column that is not there."""

from sqlalchemy import JSON, LargeBinary, String

from integration.database.held_data import HELD_DATA
from integration.database.record_rows import walked_tables
from integration.database.tables import metadata
from workflows.privacy.model import Holds

TEXT = (String, JSON, LargeBinary)


def test_every_column_that_can_hold_text_has_a_rule() -> None:
    columns = {
        table.name: {column.name for column in table.columns if isinstance(column.type, TEXT)}
        for table in walked_tables()
    }

    assert set(columns) == set(metadata.tables)
    assert {table: set(rule.columns) for table, rule in HELD_DATA.items()} == columns


def test_a_key_of_a_row_holds_no_words() -> None:
    """A row could not be found again when its key was rewritten."""
    worded = [
        (table.name, column.name)
        for table in walked_tables()
        for column in table.primary_key.columns
        if HELD_DATA[table.name].columns.get(column.name) in (Holds.WORDS, Holds.ENTRIES, Holds.FILE)
    ]

    assert worded == []
