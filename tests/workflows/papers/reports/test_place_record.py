"""The record on a site: only released parts of it."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime

from config.place_template import PlaceSpec
from workflows.papers.reports.model import BoardReport, MeetingFacts, ReportContent, ReportState, StoredReport
from workflows.papers.reports.package_report import IndicatorLine, PackageReport
from workflows.papers.reports.place_record import RolloutRecord
from workflows.rollout.list_rows import DecisionRow

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
PLACE = PlaceSpec(
    key="a-dal",
    municipality="a-dal",
    unique_name="p-a-dal",
    name="Å-dal",
    mail_nickname="a-dal",
    members=(),
    channels=(),
    landing_title="Å-dal",
    landing_intro="Her.",
)


class Reports:
    """The newest released report of each body."""

    def __init__(self, *reports: StoredReport) -> None:
        self._reports = {report.content.meeting.body: report for report in reports}

    async def newest_contents(self, bodies: Collection[str]) -> Mapping[str, ReportContent]:
        return {body: report.content for body, report in self._reports.items() if body in bodies}


def _report() -> StoredReport:
    lines = (
        IndicatorLine(name="Elever", unit="elever", better="higher", previous=4.0, now=7.0),
        IndicatorLine(name="Bedrifter", unit="", better="higher", previous=2.0),
        IndicatorLine(name="Avbrudd", unit="", better="lower"),
    )
    package = PackageReport(key="verksted", name="Verkstedet", lead="Leder", light="yellow", indicators=lines)
    local = datetime(2026, 9, 8, 9)  # noqa: DTZ001 - A local wall time.
    facts = MeetingFacts(key="a-dal/2026-09-08", body="a-dal", starts_local=local, ends_local=local)
    content = BoardReport(
        meeting=facts, municipality="a-dal", municipality_name="Å-dal", name="Våre unge", packages=(package,)
    )
    return StoredReport(
        meeting=facts.key,
        version=1,
        state=ReportState.RELEASED,
        content=content,
        checksum="",
        compiled_at=NOON,
    )


async def test_the_newest_released_report_gives_lights_and_the_newest_measurements() -> None:
    record = (await RolloutRecord(Reports(_report())).of([PLACE]))[PLACE.key]

    assert record.lights == {"verksted": "yellow"}
    assert record.measured == {("verksted", "Elever"): 7.0, ("verksted", "Bedrifter"): 2.0}


async def test_without_a_released_report_there_is_nothing() -> None:
    record = (await RolloutRecord(Reports()).of([PLACE]))[PLACE.key]

    assert (record.lights, record.measured, record.decisions) == ({}, {}, ())


async def test_decisions_come_from_those_who_keep_them() -> None:
    row = DecisionRow(key="a-dal/2026/1", label="1/26", decided_on=date(2026, 9, 8), title="Lokaler", text="Vedtatt.")

    async def decisions(bodies: Collection[str]) -> Mapping[str, list[DecisionRow]]:
        return {body: [row] for body in bodies if body == "a-dal"}

    other = PLACE.model_copy(update={"key": "b-vik", "municipality": "b-vik"})
    records = await RolloutRecord(Reports(), decisions).of([PLACE, other])

    assert {key: record.decisions for key, record in records.items()} == {"a-dal": (row,), "b-vik": ()}
