"""A small invented programme, for tests."""

from datetime import date, datetime, time
from typing import Any

from config.programme import Programme
from config.values import (
    Assignment,
    Body,
    BodyKind,
    Meetings,
    Municipality,
    Organisation,
    Person,
    Rhythm,
    Role,
    RoundTimes,
    Tenant,
)

THEIR_DATES = (datetime.fromisoformat("2026-10-15T12:00"), datetime.fromisoformat("2026-12-03T12:00"))


def body(key: str = "a-dal", **changes: Any) -> Body:
    values: dict[str, Any] = {
        "key": key,
        "kind": BodyKind.LOCAL_BOARD,
        "name": f"Styret i {key}",
        "municipality": key,
        "chair": Role.BOARD_CHAIR,
        "members": (Role.BOARD_MEMBER,),
        "optional": (Role.LOCAL_LEAD,),
        "rhythm": Rhythm(preferred_weekday=1),
        "rounds": RoundTimes(),
        "location": "Rådhuset",
    }
    return Body(**{**values, **changes})


def owner_board(**changes: Any) -> Body:
    rhythm = Rhythm(
        wanted_gap=91, least_gap=63, most_gap=119, most_gap_over_summer=133, starts=time(12, 30), after_local_round=True
    )
    values: dict[str, Any] = {
        "key": "owner-board",
        "kind": BodyKind.OWNER_BOARD,
        "name": "Eierstyret",
        "municipality": None,
        "chair": Role.OWNER_BOARD_CHAIR,
        "members": (Role.OWNER_BOARD_MEMBER,),
        "optional": (),
        "rhythm": rhythm,
    }
    return body(**{**values, **changes})


def municipality(slug: str, **changes: Any) -> Municipality:
    return Municipality(**{"slug": slug, "number": "9901", "name": slug, "organisation": "county", **changes})


def programme(**changes: Any) -> Programme:
    """Two municipalities: `a-dal`, whose meetings are ours, and `b-vik`, which calls its own."""
    people = {"chair": Role.BOARD_CHAIR, "member": Role.BOARD_MEMBER, "lead": Role.LOCAL_LEAD}
    values: dict[str, Any] = {
        "key": "test",
        "name": "Prøveprogrammet",
        "local_name": "Prøven {municipality}",
        "first_day": date(2025, 1, 1),
        "last_day": date(2027, 12, 31),
        "county": "county",
        "organisations": (
            Organisation(key="county", name="Fylket", kind="county", tenant=Tenant.HOME, domain="county.example"),
        ),
        "partners": (),
        "people": tuple(
            Person(key=key, name=f"Rolle {key}", email=f"{key}@county.example", organisation="county") for key in people
        ),
        "assignments": tuple(Assignment(person=key, role=role, municipality="a-dal") for key, role in people.items()),
        "municipalities": (
            municipality("a-dal"),
            municipality("b-vik", meetings=Meetings.THEIRS, meeting_dates=THEIR_DATES),
        ),
        "bodies": (owner_board(), body("a-dal"), body("b-vik")),
        "places": (),
    }
    return Programme(**{**values, **changes})
