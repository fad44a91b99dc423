"""No statement reads all of a table that grows with every round."""

import re
from pathlib import Path

import pytest

from benchmarks.plans import GROWING, STANDING, measure, report, scanned_on_postgres, scanned_on_sqlite
from integration.database.record_rows import walked_tables
from tests.support.postgres import new_database


@pytest.mark.parametrize(
    ("step", "tables"),
    [
        pytest.param("SCAN unit", {"unit"}, id="a table"),
        pytest.param("SCAN report_1", {"report"}, id="a table by another name"),
        pytest.param("SCAN unit USING INDEX ix_unit_due", {"unit"}, id="all of an index"),
        pytest.param("SEARCH unit USING INDEX ix_unit_due (state=?)", set(), id="a part of an index"),
        pytest.param("USE TEMP B-TREE FOR ORDER BY", set(), id="a step of another kind"),
    ],
)
def test_a_scan_is_known_in_sqlite_s_plan(step: str, tables: set[str]) -> None:
    assert scanned_on_sqlite([step]) == tables


@pytest.mark.parametrize(
    ("node", "tables"),
    [
        pytest.param({"Node Type": "Seq Scan", "Relation Name": "unit"}, {"unit"}, id="a table"),
        pytest.param({"Node Type": "Index Scan", "Relation Name": "unit"}, {"unit"}, id="all of an index"),
        pytest.param(
            {"Node Type": "Index Scan", "Relation Name": "unit", "Index Cond": "(state = 'due')"},
            set(),
            id="a part of an index",
        ),
        pytest.param({"Node Type": "Bitmap Heap Scan", "Relation Name": "unit"}, set(), id="rows that an index found"),
    ],
)
def test_a_scan_is_known_in_postgresql_s_plan(node: dict[str, str], tables: set[str]) -> None:
    assert scanned_on_postgres([{"Plan": {"Node Type": "Limit", "Plans": [node]}}]) == tables


async def test_no_statement_reads_all_of_a_growing_table_in_sqlite(tmp_path: Path) -> None:
    noted = await measure(2, 2, tmp_path)

    assert not noted.scans, report(noted)
    read = re.findall(r'\b(?:FROM|JOIN|UPDATE) "?(\w+)', " ".join(" ".join(noted.statements).split()))
    assert GROWING - set(read) == set()


def test_a_table_grows_until_it_is_named_as_standing() -> None:
    assert {table.name for table in walked_tables()} == GROWING | STANDING.keys()


async def test_no_statement_reads_all_of_a_growing_table_in_postgresql(postgres_server: str, tmp_path: Path) -> None:
    with new_database(postgres_server) as url:
        noted = await measure(2, 2, tmp_path, url, few_rows=True)

    assert not noted.scans, report(noted)
    assert len(noted.statements) > 50
