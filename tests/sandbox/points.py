"""The points a faithful stand-in must reproduce, and the mark that names those of a test."""

from collections.abc import Callable
from typing import Any, TypeVar

POINTS: dict[str, str] = {
    "1.1": "POST /teams answers 202 with a relative Location",
    "1.2": "the operation goes from notStarted over inProgress to succeeded",
    "1.3": "an operation can fail, and says why",
    "2.1": "no team can be made of a fresh group",
    "2.2": "later 201 for PUT, 202 for POST",
    "2.3": "a team has the id of its group",
    "3.1": "an upsert of a group answers 201, 204 or 404",
    "3.2": "a taken mailNickname is 400",
    "3.3": "who is a member already is 400",
    "3.4": "a request binds at most 20 relations",
    "3.5": "members/add takes at most 200",
    "3.6": "members/add tells of each failure, with 207",
    "4.1": "an app cannot add a guest to a team",
    "4.2": "a guest of the group is seen in the team only after a sync",
    "5.1": "site, drive and files folder are 404 until they are made",
    "5.2": "private and shared channels have a site of their own, which comes later",
    "5.3": "a site can be stuck until somebody asks for the files folder",
    "6.1": "a channel's name is taken only once",
    "6.2": "a tab can be made twice",
    "6.3": "an app is installed once, 409 after that",
    "6.4": "a used transactionId is refused with the event it made",
    "6.5": "sendMail answers 202, and what was sent can be seen",
    "6.6": "cancel answers 202, and again 404",
    "7.1": "Planner wants If-Match",
    "7.2": "a file that has changed meanwhile is 412",
    "7.3": "a name that is taken is 409",
    "7.4": "upload sessions answer 202, 201 and 416",
    "7.5": "conflictBehavior is fail, replace or rename",
    "7.6": "format=pdf answers 302",
    "8.1": "the published limits are token buckets on the sandbox's clock",
    "8.2": "429 tells when to come again",
    "8.3": "a part of a batch can be 429 by itself",
    "8.4": "a part whose dependency failed is 424",
    "8.5": "a batch takes at most 20 parts",
    "8.6": "answers carry what traces them and what tells of limits",
    "9.1": "any kind of request can be made to answer 429 or 5xx",
    "9.2": "a write can take effect and its answer be lost",
    "10.1": "every operation asks for its permission",
    "10.2": "apps cannot post in channels",
    "11.1": "a bind with a wrong key is 400",
    "11.2": "a page without its type is 400",
    "11.3": "a team of a group takes no displayName",
    "11.4": "encoded segments of a path are decoded",
    "11.5": "the next link leads to this host",
}

Test = TypeVar("Test", bound=Callable[..., Any])


def plays(*points: str) -> Callable[[Test], Test]:
    """Mark a test as the proof of some *points*."""

    def mark(test: Test) -> Test:
        test.__dict__["points"] = points
        return test

    return mark
