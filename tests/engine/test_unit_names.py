"""Keys of units as logs and traces show them."""

import pytest

from config.settings import Settings
from engine.unit_names import NAMED_KINDS, loggable, pseudonym
from wiring.process import Services


@pytest.mark.parametrize(
    "key",
    ["sweep.all:vestfold", "status.send:larvik/2026-09-08", "status.nudge:larvik/2026-09-08:skole/20260910"],
)
def test_places_meetings_and_rounds_are_shown_as_they_are(key: str) -> None:
    assert loggable(key) == key


@pytest.mark.parametrize(
    "key",
    [
        "links.mail:kari.nordmann",
        "meetings.own_link:kari.nordmann",
        "access.account:0f8fad5b-d9cb-469f-a165-70867728950e",
        "rollout.place:kari@larvik.example",
        "kari@larvik.example",
        "never.heard_of:kari.nordmann",
    ],
)
def test_people_are_shown_by_a_pseudonym_that_stays_the_same(key: str) -> None:
    shown = loggable(key)

    assert "kari" not in shown
    assert "0f8fad5b" not in shown
    assert shown == loggable(key)
    assert shown.endswith(pseudonym(key.partition(":")[2] or key))


def test_the_kind_stays_so_that_alerts_find_it() -> None:
    assert loggable("links.mail:kari.nordmann").startswith("links.mail:~")


async def test_only_kinds_that_there_are_show_their_subject_and_none_of_a_person() -> None:
    services = Services(Settings(hands_id="hands", builder_id="builder", bot_id="bot"), name="test")
    try:
        kinds = set(services.handlers)
    finally:
        await services.close()

    assert kinds >= NAMED_KINDS
    assert not NAMED_KINDS & {"access.account", "bot.reply", "links.mail", "meetings.own_link", "people.look_up"}
