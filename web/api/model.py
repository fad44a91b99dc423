"""Answers of the HTTP interface. Their fields' descriptions are its documentation (`/openapi.json`)."""

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from config.values import Role
from workflows.overview.model import PlaceState, ReportStage
from workflows.papers.reports.model import ReportState
from workflows.status.model import Light, RequestState, RoundState

T = TypeVar("T")


class APIValue(BaseModel):
    """A value of an answer."""

    model_config = ConfigDict(frozen=True)


class ListPage(APIValue, Generic[T]):
    """One page of a list."""

    items: list[T]
    total: int = Field(description="Number of items on all pages.")
    page: int = Field(description="Number of this page, from 1.")
    pages: int = Field(description="Number of pages; 1 for an empty list.")
    next: str | None = Field(description="Address of the next page; null on the last one.")


class ProblemDetail(APIValue):
    """An error, as told to programs."""

    status: int = Field(description="The HTTP status.")
    number: str | None = Field(description="The failure's name in the service's log, for a failure of its own.")


class ProblemAnswer(APIValue):
    """The body of every answer that is no success."""

    error: ProblemDetail


class HeldRoleAnswer(APIValue):
    """A role that the reader holds today."""

    role: Role
    municipality: str | None = Field(description="Slug of the municipality it is held in; null for the programme.")
    work_package: str | None = Field(description="Key of the work package it is held in.")


class MeAnswer(APIValue):
    """The person who is signed in."""

    key: str = Field(description="The person's key in the register.")
    name: str
    language: str = Field(description="Language that the service speaks to the person: nb, nn or en.")
    roles: list[HeldRoleAnswer]
    bodies: list[str] = Field(description="Keys of the bodies that the person belongs to.")


class RoundAnswer(APIValue):
    """The newest status round of a municipality."""

    municipality: str = Field(description="Slug of the municipality.")
    meeting: str = Field(description="Key of the board meeting that the round is for.")
    state: RoundState
    deadline_at: datetime
    asked: int = Field(description="Number of packages that are asked.")
    answered: int = Field(description="Number of them that have answered.")


class MunicipalityAnswer(APIValue):
    """A municipality as it stands now."""

    slug: str
    name: str
    place: PlaceState = Field(description="State of its place in Microsoft 365.")
    paused: bool = Field(description="True while nothing is sent there.")
    next_meeting_at: datetime | None = Field(description="Start of its board's next meeting.")
    round: RoundAnswer | None
    report: ReportStage = Field(description="Progress of the report of that round.")


class PackageAnswer(APIValue):
    """A work package of a municipality."""

    key: str
    name: str
    leads: list[str] = Field(description="Names of the people who lead it, as its page shows them.")
    light: Light | None = Field(description="Light of its answer in the newest round; null without an answer.")
    request: RequestState | None = Field(description="State of its request in that round; null when it is not asked.")


class MunicipalityDetailAnswer(MunicipalityAnswer):
    """A municipality with its packages and meetings."""

    packages: list[PackageAnswer]
    meetings: list["MeetingAnswer"] = Field(description="The next meetings of its bodies.")


class MissingAnswer(APIValue):
    """A package without an answer."""

    work_package: str
    name: str
    lead: str = Field(description="Name of the person who owes the answer; empty when there is none.")


class MissingAnswers(APIValue):
    """The packages of a municipality that have not answered in its newest round."""

    round: RoundAnswer | None = Field(description="The newest round; null when there was none lately.")
    takes_answers: bool = Field(description="True while the round is open.")
    missing: list[MissingAnswer]


class MeetingAnswer(APIValue):
    """A meeting to come."""

    key: str
    body: str = Field(description="Key of the body that meets.")
    body_name: str
    municipality: str | None = Field(description="Slug of the body's municipality; null for the programme's bodies.")
    starts_at: datetime
    ends_at: datetime
    location: str
    booked: bool = Field(description="True when it stands in people's calendars.")


class ReportAnswer(APIValue):
    """The newest report for a municipality's newest round. Drafts are listed for those who look after it alone."""

    meeting: str = Field(description="Key of the board meeting that the report is for.")
    municipality: str
    state: ReportState
    compiled_at: datetime
    released_at: datetime | None
    address: str | None = Field(description="Path of the released report's page; null for a draft.")
