"""Whatever stands in the register and whatever people write: a card fits into a message."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

import cards
import texts
from config.signs import is_blank
from config.values import Indicator
from tests.workflows.status.rounds import HOME, MEETING, programme
from workflows.status.answer_parsing import DECISION, MAX_FOLLOW_UP, most_of
from workflows.status.card_rendering import (
    channel_card,
    ended_card,
    moved_card,
    numbers_card,
    receipt_card,
    reminder_card,
    replaced_card,
    request_card,
)
from workflows.status.model import (
    TEXT_FIELDS,
    AnswerContent,
    AnswerSurface,
    LessonLevel,
    Light,
    OpenDecision,
    RequestState,
    RoundState,
    StatusAnswer,
    StatusRequest,
    StatusRound,
)
from workflows.status.plan import request_id
from workflows.status.ports import MAX_DECISIONS
from workflows.status.request_view import Asked

WIDEST = st.sampled_from(
    ['"', "\\", "\n", "{", "å", "\N{SMILING FACE WITH OPEN MOUTH}", "\N{ZERO WIDTH JOINER}", "<", "*", "{{ x }}"]
)
"""Characters that take the most room, escaped or in UTF-16."""
NOW = datetime(2026, 10, 27, 7, 0, tzinfo=UTC)


def words(most: int) -> st.SearchStrategy[str]:
    """Texts of every length, the longest first of all."""
    lengths = st.sampled_from([most, most, most // 2, 1, 0])
    return st.builds(lambda part, length: (part * most)[:length], WIDEST, lengths)


def names(most: int) -> st.SearchStrategy[str]:
    """Texts as the register takes them: on one line, with something to see."""
    return words(most).map(lambda name: name.replace("\n", "å")).map(lambda name: "x" if is_blank(name) else name)


NAMES = names(1000)


@st.composite
def askings(draw: st.DrawFn) -> Asked:
    """A request with as much to say as the register and people can give it."""
    small = programme()
    indicators = tuple(
        Indicator(key=f"i{n}", name=draw(NAMES), unit=draw(names(200)), target=-123456789.123456, baseline=1e11 + 0.1)
        for n in range(draw(st.integers(0, 12)))
    )
    package = small.work_package(HOME).model_copy(update={"name": draw(NAMES), "indicators": indicators})
    decisions = tuple(
        OpenDecision(key=f"a-dal/2026/{n}", text=draw(words(2000)), question=draw(words(2000)))
        for n in range(MAX_DECISIONS)
    )
    content = AnswerContent(
        light=Light.YELLOW,
        indicators={item.key: -123456789.123456 for item in indicators},
        follow_ups={item.key: draw(words(MAX_FOLLOW_UP)) for item in decisions},
        solved={item.key: True for item in decisions},
        lesson_for=draw(st.sampled_from(LessonLevel)),
        **{name: draw(words(most_of(name))) for name in TEXT_FIELDS},
    )
    request = request_id(MEETING, HOME)
    answer = StatusAnswer(
        request=request,
        version=1,
        at=NOW,
        by="lead",
        surface=AnswerSurface.CARD,
        content=content,
        on_behalf=draw(st.booleans()),
    )
    return Asked(
        request=StatusRequest(
            id=request,
            meeting=MEETING,
            work_package=HOME,
            person="home-lead",
            state=RequestState.ANSWERED,
            opened_at=NOW,
        ),
        round=StatusRound(
            meeting=MEETING,
            municipality="a-dal",
            state=RoundState.OPEN,
            opens_at=NOW,
            reminders_at=(),
            deadline_at=NOW,
            release_at=NOW,
        ),
        meeting_local=datetime(2026, 11, 17, 9, 0),  # noqa: DTZ001 - a local wall time
        package=package,
        municipality=draw(NAMES),
        board=draw(NAMES),
        person=small.person("home-lead").model_copy(update={"name": draw(NAMES), "first_name": draw(NAMES)}),
        language=draw(st.sampled_from(texts.languages())),
        timezone=ZoneInfo("Europe/Oslo"),
        lead=draw(NAMES),
        local_lead=draw(NAMES),
        by=draw(NAMES),
        answer=answer,
        previous=content,
        open_decisions=decisions,
    )


@settings(max_examples=40, deadline=None)
@given(asked=askings(), problem=words(1000))
def test_every_card_of_a_round_fits_into_a_message(asked: Asked, problem: str) -> None:
    content = asked.prefill
    assert content is not None
    typed: dict[str, Any] = {name: getattr(content, name) for name in TEXT_FIELDS} | {"light": "yellow"}
    typed |= {f"{DECISION}{key}": told for key, told in content.follow_ups.items()}
    waived = replace(asked, request=replace(asked.request, state=RequestState.WAIVED))
    too_late = {name: f"Nå: {text}" for name, text in typed.items()} | {f"indicator:i{n}": -1e11 + n for n in range(12)}

    drawn = [
        request_card(asked),
        request_card(asked, typed=typed, problems=[problem] * 2, confirm="f" * 32),
        request_card(asked, typed=dict.fromkeys(typed, problem * 3), problems=[problem] * 2, confirm="f" * 32),
        request_card(asked, typed=typed, problems=[asked.answered_note]),
        request_card(asked, draft=typed),
        numbers_card(asked, problems=[problem]),
        receipt_card(asked, editable=True),
        channel_card(asked, mention="x" * 36),
        reminder_card(asked),
        moved_card(asked),
        replaced_card(asked, lead=asked.lead),
        ended_card(asked),
        ended_card(asked, typed=too_late),
        ended_card(waived, typed=too_late),
    ]

    assert max(map(cards.utf16_size, drawn)) <= cards.MAX_BYTES
