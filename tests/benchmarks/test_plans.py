"""No statement reads all of a table that grows with every round."""

import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.pages import MUNICIPALITIES, ROUNDS
from benchmarks.plans import GROWING, STANDING, measure, read_on_postgres, report, scanned_on_sqlite
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
    ("node", "shares"),
    [
        pytest.param({"Node Type": "Seq Scan"}, {"unit": 1.0}, id="a table"),
        pytest.param(
            {"Node Type": "Seq Scan", "Actual Rows": 1, "Actual Loops": 1}, {"unit": 1.0}, id="its first rows"
        ),
        pytest.param({"Node Type": "Index Scan"}, {"unit": 1.0}, id="all of an index"),
        pytest.param({"Node Type": "Index Scan", "Index Cond": "(state = 'due')"}, {}, id="a part of an index"),
        pytest.param({"Node Type": "Bitmap Heap Scan"}, {}, id="rows that an index found"),
        pytest.param({"Node Type": "Index Scan", "Actual Rows": 7, "Actual Loops": 1}, {}, id="the newest of an index"),
        pytest.param(
            {"Node Type": "Bitmap Heap Scan", "Actual Rows": 10, "Rows Removed by Filter": 80, "Actual Loops": 1},
            {"unit": 0.9},
            id="an index that leads to nearly all",
        ),
        pytest.param(
            {"Node Type": "Index Scan", "Index Cond": "(key = x)", "Actual Rows": 2, "Actual Loops": 50},
            {"unit": 1.0},
            id="each row by itself",
        ),
    ],
)
def test_reading_too_much_is_known_in_postgresql_s_plan(node: dict[str, Any], shares: dict[str, float]) -> None:
    plan = [{"Plan": {"Node Type": "Limit", "Plans": [{**node, "Relation Name": "unit"}]}}]

    assert read_on_postgres(plan, {"unit": 100}) == shares
    assert read_on_postgres(plan, {"event": 100}) == {}


async def test_no_statement_reads_all_of_a_growing_table_in_sqlite(tmp_path: Path) -> None:
    noted = await measure(2, 2, tmp_path)

    assert not noted.scans, report(noted)
    read = re.findall(r'\b(?:FROM|JOIN|UPDATE) "?(\w+)', " ".join(" ".join(noted.statements).split()))
    assert GROWING - set(read) == set()


def test_a_table_grows_until_it_is_named_as_standing() -> None:
    assert {table.name for table in walked_tables()} == GROWING | STANDING.keys()


async def test_no_statement_reads_all_of_a_growing_table_in_postgresql(postgres_server: str, tmp_path: Path) -> None:
    """At the size of the country: PostgreSQL plans by how many rows there are."""
    with new_database(postgres_server) as url:
        noted = await measure(MUNICIPALITIES, ROUNDS, tmp_path, url)

    assert not noted.scans, report(noted)
    assert len(noted.statements) > 100
    assert noted.sizes.keys() == GROWING
    assert min(noted.sizes.values()) >= MUNICIPALITIES * (ROUNDS - 1)
