"""Logs as data, and the sink that events are handed to besides."""

import io
import json

import structlog

from engine.logs import configure_logs


def test_a_line_is_json_without_what_is_not_known() -> None:
    stream = io.StringIO()
    configure_logs("INFO", stream)

    structlog.get_logger().info("unit.done", unit="links.mail:kari.nordmann", request_id=None)

    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert (event["event"], event["level"]) == ("unit.done", "info")
    assert "request_id" not in event
    assert "kari" not in line


def test_the_sink_gets_what_is_written() -> None:
    stream, taken = io.StringIO(), list[tuple[str, str]]()
    configure_logs("INFO", stream, sink=lambda level, line: taken.append((level, line)))

    structlog.get_logger().warning("queue.away", lost=3)

    ((level, line),) = taken
    assert level == "warning"
    assert json.loads(line) == json.loads(stream.getvalue())


def test_below_a_host_the_sink_alone_gets_it() -> None:
    stream, taken = io.StringIO(), list[tuple[str, str]]()
    configure_logs("INFO", stream, sink=lambda level, line: taken.append((level, line)), console=False)

    structlog.get_logger().error("web.failed")
    structlog.get_logger().debug("too.small")

    assert [level for level, _ in taken] == ["error"]
    assert stream.getvalue() == ""
