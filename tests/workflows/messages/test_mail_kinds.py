"""Every kind of mail that we write: each asks its reader for something, and has the button that does it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import texts
from workflows.messages.lead_mail import page_button

WORKFLOWS = Path(__file__).parents[3] / "workflows"
WRITERS = ("mail_content", "mail_to")
KINDS = {
    "meetings/clashes.py": "two meetings of one person at the same time",
    "meetings/external_feeds.py": "a calendar of theirs that cannot be read",
    "meetings/personal.py": "the address of one's own meetings",
    "meetings/quorum.py": "a board that could not decide",
    "messages/resumption.py": "all that piled up during a pause",
    "messages/short_links.py": "a link for minutes or for moving a meeting",
    "operations/drift.py": "things of a place that are gone",
    "operations/guest_review.py": "guests to confirm",
    "papers/minutes/notice.py": "minutes that somebody else recorded",
    "papers/questions/answer_notice.py": "a question that is answered, sent back or passed on",
    "papers/reports/notice.py": "a report that is ready",
    "papers/reports/draft_notice.py": "a draft to go through",
    "papers/reports/review_units.py": "texts that were edited",
    "rollout/welcome_mail.py": "a place that is ready",
    "status/lead_notices.py": "missing answers, messages that did not arrive, and questions",
    "status/rendering.py": "requests, reminders and moved deadlines",
}


def mails() -> Iterator[tuple[str, ast.Call]]:
    """Give each call that writes a mail, with its module; the one that hands on what it was given is left out."""
    for path in sorted(WORKFLOWS.rglob("*.py")):
        name = path.relative_to(WORKFLOWS).as_posix()
        if name == "messages/lead_mail.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITERS:
                yield name, node


def test_every_kind_of_mail_is_listed() -> None:
    assert {name for name, _ in mails()} == set(KINDS)


@pytest.mark.parametrize(
    ("name", "call"), [pytest.param(*found, id=f"{found[0]}:{found[1].lineno}") for found in mails()]
)
def test_every_mail_has_a_button_for_what_it_asks(name: str, call: ast.Call) -> None:
    given = {keyword.arg for keyword in call.keywords if not _is_none(keyword.value)}

    assert "button" in given, f"{name} line {call.lineno}: {KINDS[name]}"


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize(
    ("municipality", "address"),
    [
        pytest.param("a-dal", "https://service.example/kommune/a-dal", id="municipality"),
        pytest.param(None, "https://service.example/fylket", id="common to the programme"),
    ],
)
def test_a_lead_is_led_to_the_page_of_what_it_is_about(municipality: str | None, address: str, language: str) -> None:
    words, led_to = page_button("https://service.example/", municipality, language)

    assert led_to == address
    assert words
