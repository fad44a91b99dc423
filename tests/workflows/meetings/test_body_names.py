"""Two bodies that bear one name are told apart wherever one reader meets both."""

import pytest

from config.values import BodyKind
from tests.workflows.programme import body, owner_board, programme
from workflows.meetings.body_names import tell_apart

ONE_NAME = "Lederteamet"
BOARD = body("a-dal", name=ONE_NAME)
TEAM = body("a-dal-lead-team", kind=BodyKind.LEAD_TEAM, municipality="a-dal", name=ONE_NAME)


def test_names_of_their_own_stay_as_they_are() -> None:
    assert tell_apart(programme(), [body("a-dal"), owner_board()], "nb") == {
        "a-dal": "Styret i a-dal",
        "owner-board": "Eierstyret",
    }


@pytest.mark.parametrize(
    ("language", "board", "team"),
    [
        ("nb", "styremøte", "ukentlig kontakt"),
        ("nn", "styremøte", "vekeleg kontakt"),
        ("en", "board meeting", "weekly contact"),
    ],
)
def test_one_name_for_two_kinds_says_the_kind(language: str, board: str, team: str) -> None:
    names = tell_apart(programme(), [BOARD, TEAM, owner_board()], language)

    assert names == {
        "a-dal": f"Lederteamet ({board})",
        "a-dal-lead-team": f"Lederteamet ({team})",
        "owner-board": "Eierstyret",
    }


def test_one_name_and_kind_in_two_places_says_the_place_too() -> None:
    common = body("common", municipality=None, name=ONE_NAME)

    names = tell_apart(programme(), [BOARD, body("b-vik", name=ONE_NAME), common], "nb")

    assert names == {
        "a-dal": "Lederteamet (styremøte, a-dal)",
        "b-vik": "Lederteamet (styremøte, b-vik)",
        "common": "Lederteamet (styremøte, Prøveprogrammet)",
    }


@pytest.mark.parametrize("kind", BodyKind)
def test_every_kind_has_words(kind: BodyKind) -> None:
    same = [body("a-dal", kind=kind, name=ONE_NAME), body("b-vik", kind=kind, name=ONE_NAME)]

    assert len(set(tell_apart(programme(), same, "en").values())) == 2
