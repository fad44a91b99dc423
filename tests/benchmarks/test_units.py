"""No unit and no call of the bot asks the record for more in a country, or after many years."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.pages import MUNICIPALITIES, ROUNDS
from benchmarks.plans import report
from benchmarks.unit_stage import BOT, UNITS
from benchmarks.units import GOES_THROUGH_ALL, MAY_DO_MORE, SLACK, Work, grown, look_at_plans, measure, table
from config.settings import Settings
from tests.support.postgres import new_database
from web.bot.actions import VERBS
from wiring.process import Services
from workflows.bot.registry import COMMANDS

SELECT = "SELECT message.key FROM message"


def test_every_kind_of_unit_and_every_call_of_the_bot_has_its_place() -> None:
    settings = Settings(bot_id="bot", hands_id="hands", builder_id="builder", organizer=("m@fylke.example",))

    assert set(UNITS) == set(Services(settings, name="test").handlers)
    assert {f"message {command.key}" for command in COMMANDS} | {f"press {verb}" for verb in VERBS} <= set(BOT)
    assert {*GOES_THROUGH_ALL, *MAY_DO_MORE} <= set(UNITS)


async def test_nothing_grows_in_a_country_with_three_years_of_rounds_behind_it(tmp_path: Path) -> None:
    few, noted = await measure(3, 12, _folder(tmp_path, "few"), leave_out=())
    many, _ = await measure(357, 27, _folder(tmp_path, "many"))

    assert grown(few, many) == []
    assert set(few) == {*UNITS, *BOT}
    assert set(many) == {*few} - set(GOES_THROUGH_ALL)
    assert not noted.scans, report(noted)
    assert len(noted.statements) > 100


async def test_no_unit_reads_all_of_a_growing_table_in_postgresql(postgres_server: str, tmp_path: Path) -> None:
    with new_database(postgres_server) as url:
        noted = await look_at_plans(MUNICIPALITIES, ROUNDS, tmp_path, url)

    assert not noted.scans, report(noted)
    assert len(noted.statements) > 100


def work(statements: int, steps: int) -> Work:
    return Work(statements=statements, steps=Counter({SELECT: steps}))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param(work(5, 20), work(5, 20 + SLACK), [], id="the same"),
        pytest.param(work(5, 20), work(6, 20), ["status.send: 5 statements, and then 6"], id="one statement more"),
        pytest.param(
            work(5, 20),
            work(5, 21 + SLACK),
            ["status.send: 20 steps, and then 31", f"    11 more: {SELECT}"],
            id="a statement that does more",
        ),
    ],
)
def test_what_grows_is_told_with_its_statement(before: Work, after: Work, told: list[str]) -> None:
    assert grown({"status.send": before}, {"status.send": after}) == told


def test_a_unit_that_must_do_more_may() -> None:
    (kind,) = MAY_DO_MORE

    assert grown({kind: work(5, 20)}, {kind: work(5, 400)}) == []
    assert grown({kind: work(5, 20)}, {kind: work(6, 400)}) == [f"{kind}: 5 statements, and then 6"]


def test_figures_stand_side_by_side() -> None:
    assert table([{"status.send": work(5, 20)}, {"status.send": work(6, 31)}]).splitlines()[1].split() == [
        "status.send",
        *("5", "20"),
        *("6", "31"),
    ]


def _folder(above: Path, name: str) -> Path:
    (above / name).mkdir()
    return above / name
