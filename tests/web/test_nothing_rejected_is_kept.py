"""Words that the privacy guard stops are neither in the database nor in any log, whatever door they came through."""

import logging
from pathlib import Path
from urllib.parse import urlencode

import pytest

from integration.database.connection import Database
from tests.integration.test_bot_endpoint import activity, metadata_url, token
from tests.web.test_hostile import REQUEST, open_doors, pressed
from tests.workflows.status.rounds import HOME
from tests.workflows.status.test_rounds import DAY, DEADLINE
from tests.workflows.test_privacy_guard import NUMBER
from workflows.status.model import OpenDecision

__all__ = ["metadata_url"]

SECRET = "Kvitveisen"
"""A word beside each number, by which the text is found again."""
REJECTED = {
    "a national id": f"{SECRET} {NUMBER}",
    "a national id in digits of another kind": f"{SECRET} {''.join(chr(ord(digit) + 0xFEE0) for digit in NUMBER)}",
    "a phone number nobody confirmed": f"{SECRET} 41234567",
    "an e-mail address nobody confirmed": f"{SECRET} noen@hjemme.example",
    "too long": f"{SECRET} " * 200,
}


def files(folder: Path) -> list[bytes]:
    """The database, with what it writes beside itself."""
    return [path.read_bytes() for path in folder.glob("vareunge.db*")]


@pytest.mark.parametrize("field", ["done", "proposal", "decision:a-dal/2026/1"])
@pytest.mark.parametrize("text", REJECTED.values(), ids=REJECTED)
async def test_what_is_rejected_is_kept_nowhere(
    database: Database,
    metadata_url: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    text: str,
    field: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    doors = await open_doors(database, metadata_url)
    doors.world.decisions.open[HOME] = [OpenDecision(key="a-dal/2026/1", text="Skolene får en kontakt.")]
    link = await doors.world.links.issue("answer", REQUEST, "home-lead", DEADLINE + DAY)
    written = {"light": "green", "question": "Kan vi?", field: text}
    value = {"verb": "answer_status", "request_id": REQUEST, **written}
    by_submit = activity(text=None, value=value, **{"from": {"id": "29:x", "aadObjectId": "home-id"}})

    on_card = await doors.teams(pressed("home-id", {"request_id": REQUEST, **written}), token())
    await doors.teams(by_submit, token())
    await doors.teams(activity(text=text, **{"from": {"id": "29:x", "aadObjectId": "home-id"}}), token())
    on_form = await doors.form(f"/svar/{link}", urlencode(written).encode())

    draft = await doors.form(f"/svar/{link}", urlencode({**written, "draft": "1"}).encode())
    doors.world.clock.time = DEADLINE
    late = await doors.form(f"/svar/{link}", urlencode(written).encode())
    late_on_card = await doors.teams(pressed("home-id", {"request_id": REQUEST, **written}), token())
    await doors.teams({**by_submit, "id": "late"}, token())

    # It stays with who wrote it.
    assert (on_form.status_code, draft.status_code, late.status_code) == (422, 422, 410)
    assert SECRET in late.text
    assert SECRET in late_on_card.text
    assert SECRET in draft.text
    assert SECRET in on_card.text
    assert SECRET in on_form.text
    for content in files(tmp_path):
        assert SECRET.encode() not in content
        assert NUMBER.encode() not in content
    printed = capfd.readouterr()
    assert SECRET not in caplog.text + printed.out + printed.err
    assert NUMBER not in caplog.text + printed.out + printed.err
