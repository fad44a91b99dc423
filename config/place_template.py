"""The template of a place: its channels, tabs, lists and folders."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from config.fields import Slug, Text, Value
from config.values import Role


class TabSpec(Value):
    key: Slug
    name: Text
    page: Literal["report", "plan", "calendar"]


class ChannelSpec(Value):
    key: Slug
    name: Annotated[str, Field(min_length=1, max_length=50)]
    description: str = ""
    kind: Literal["standard", "private"] = "standard"
    members: tuple[Role, ...] = ()
    """Who of the place's people may read a private channel; all of them when nobody is named."""
    per: Literal["work_package"] | None = None
    """Once for each running work package; `{work_package}` in the name is filled in."""
    tabs: tuple[TabSpec, ...] = ()


class ColumnSpec(Value):
    name: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$")]
    label: Text
    kind: Literal["text", "note", "number", "date", "boolean", "choice"] = "text"
    choices: tuple[str, ...] = ()
    indexed: bool = False


class ListSpec(Value):
    key: Slug
    name: Text
    source: Literal["work_packages", "indicators", "reports", "decisions", "plan_activities"]
    description: str = ""
    columns: tuple[ColumnSpec, ...]


class PlaceTemplate(Value):
    """What a place consists of. In texts `{municipality}`, `{year}` and `{work_package}` are filled in."""

    name: Text
    description: str = ""
    mail_nickname: Annotated[str, Field(pattern=r"^[A-Za-z0-9{}._-]+$")]
    members: tuple[Role, ...]
    channels: tuple[ChannelSpec, ...]
    folders: tuple[str, ...] = ()
    report_folder: str = ""
    """Where the PDFs of released reports lie; empty is the library's top."""
    meeting_folder: str = ""
    """Where meetings have a folder each for agenda and minutes; `{year}` is the meeting's. Empty: nowhere."""
    lists: tuple[ListSpec, ...] = ()
    label: str = ""
    """Id of the sensitivity label that the group should have; empty: none is asked for."""
    landing_title: Text
    landing_intro: Text


Layer = Literal["template", "county", "municipality"]


class PlaceSpec(PlaceTemplate):
    """One place with template, county and municipality layers merged. *layers*: value path → the layer it came from."""

    key: Slug
    """The municipality's slug, or the key of a programme-wide place."""
    municipality: Slug | None = None
    unique_name: Text
    layers: Mapping[str, Layer] = Field(default_factory=dict)
