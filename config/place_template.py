"""The template of a place: its channels, tabs, lists and folders."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from config.fields import Line, OptionalLine, OptionalText, Slug, Text, Value
from config.values import Role


class TabSpec(Value):
    key: Slug
    name: Line
    page: Literal["report", "plan", "calendar"]


class ChannelSpec(Value):
    key: Slug
    name: Line
    description: OptionalText = ""
    kind: Literal["standard", "private"] = "standard"
    members: tuple[Role, ...] = ()
    """Roles that may read a private channel; all of the place's people when none is named."""
    per: Literal["work_package"] | None = None
    """Once for each running work package; `{work_package}` in the name is filled in."""
    tabs: tuple[TabSpec, ...] = ()


class ColumnSpec(Value):
    name: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$")]
    label: Line
    kind: Literal["text", "note", "number", "date", "boolean", "choice"] = "text"
    choices: tuple[Line, ...] = ()
    indexed: bool = False
    hidden: bool = False
    """True for what the service knows a row by and people need not see."""


class ListSpec(Value):
    key: Slug
    name: Line
    source: Literal["work_packages", "indicators", "reports", "decisions", "plan_activities"]
    description: OptionalText = ""
    columns: tuple[ColumnSpec, ...]


class PlaceTemplate(Value):
    """Parts of a place. In texts `{municipality}`, `{year}` and `{work_package}` are filled in."""

    name: Line
    description: OptionalText = ""
    mail_nickname: Annotated[str, Field(pattern=r"^[A-Za-z0-9{}._-]+$")]
    members: tuple[Role, ...]
    channels: tuple[ChannelSpec, ...]
    folders: tuple[Line, ...] = ()
    report_folder: OptionalLine = ""
    """The folder for PDFs of released reports; empty is the library's top."""
    meeting_folder: OptionalLine = ""
    """The folder with one for each meeting's agenda and minutes; `{year}` is the meeting's. Empty: nowhere."""
    lists: tuple[ListSpec, ...] = ()
    label: OptionalLine = ""
    """Id of the sensitivity label that the group should have; empty: none is asked for."""
    landing_title: Line
    landing_intro: Text


Layer = Literal["template", "county", "municipality"]


class PlaceSpec(PlaceTemplate):
    """One place with template, county and municipality layers merged. *layers*: value path → the layer it came from."""

    key: Slug
    """The municipality's slug, or the key of a programme-wide place."""
    municipality: Slug | None = None
    unique_name: Line
    layers: Mapping[str, Layer] = Field(default_factory=dict)
