"""Names of a place's things, for the keys that plans and notes know them by. Pure."""

import re
from collections.abc import Callable, Mapping

import texts
from config.channel_names import PACKAGE, channel_name
from config.place_template import PlaceSpec
from config.programme import Programme

PARTS = frozenset({"description", "visibility", "label", "owners", "expiry", "language", "access"})
"""Parts of a thing that a plan has an item of its own for: `group.description`."""
_WORD = re.compile(r"[\w-]+")
_PEOPLE = frozenset({"person", "member", "owner", "address", "app"})


class PlaceNames:
    """The names of one place's things, in *language*. A key that the register no longer knows stands for itself."""

    def __init__(self, programme: Programme, spec: PlaceSpec, language: str) -> None:
        self._programme = programme
        self._spec = spec
        self._language = language
        self._namers: Mapping[str, Callable[[str], str]] = {
            "channel": self.channel,
            "channel-app": self.channel,
            "channel-member": self._channel_member,
            "tab": self.tab,
            "list": self.list,
            "column": self._column,
            "row": self._row,
            "page": lambda _: self._spec.landing_title,
            **dict.fromkeys(_PEOPLE, self.person),
        }

    def kind(self, key: str) -> str:
        """Return the kind of the thing noted under *key*, as a heading: «Kanaler»."""
        return texts.say(f"rollout.kind_{kind_of(key)}", self._language)

    def name(self, key: str) -> str:
        """Return the name of the thing noted under *key*, with the part of it that is meant: «Styret (beskrivelse)»."""
        kind, _, rest = key.partition(":")
        kind, _, part = kind.partition(".")
        if kind in {"channel", "list"} and not part:
            rest, _, part = rest.partition(".")
        namer = self._namers.get(kind)
        name = namer(rest) if namer is not None and rest else rest or self._kind_alone(kind)
        return texts.say(f"rollout.part_{part}", self._language, name=name) if part in PARTS else name

    def described(self, key: str) -> str:
        """Return the name after its kind: «Kanaler: Styret»; the name alone of what is the only one of its kind."""
        return f"{self.kind(key)}: {self.name(key)}" if ":" in key else self.name(key)

    def channel(self, key: str) -> str:
        """Return the name of the channel `KEY` or `KEY/PACKAGE`."""
        own, _, package_key = key.partition("/")
        name = next((item.name for item in self._spec.channels if item.key == own), own)
        package = self._programme.find_work_package(package_key)
        if package is not None:
            return channel_name(name, package, self._programme.language)
        return name.replace(PACKAGE, package_key)

    def tab(self, key: str) -> str:
        """Return the name of the tab `CHANNEL/KEY`, after its channel's; of all tabs of the channel `KEY`."""
        channel, _, own = key.rpartition("/")
        if not channel:
            return self.channel(key)
        tabs = {(item.key, each.key): each.name for item in self._spec.channels for each in item.tabs}
        return f"{self.channel(channel)} – {tabs.get((channel.partition('/')[0], own), own)}"

    def list(self, key: str) -> str:
        """Return the name of a list."""
        return next((item.name for item in self._spec.lists if item.key == key), key)

    def person(self, key: str) -> str:
        """Return a person's name; an account that the register does not know stands for itself."""
        person = self._programme.find_person(key)
        return person.name if person is not None else key

    def told(self, note: str) -> str:
        """Return a note that was kept with people's keys as its readers are told it: with their names."""
        return _WORD.sub(lambda found: self.person(found[0]), note)

    def _channel_member(self, key: str) -> str:
        channel, _, person = key.rpartition("/")
        return f"{self.channel(channel)} – {self.person(person)}" if channel else self.channel(key)

    def _column(self, key: str) -> str:
        list_key, _, column = key.partition("/")
        spec = next((item for item in self._spec.lists if item.key == list_key), None)
        labels = {item.name: item.label for item in spec.columns} if spec is not None else {}
        return f"{self.list(list_key)} – {labels.get(column, column)}"

    def _row(self, key: str) -> str:
        list_key, _, row = key.partition("/")
        if not row:
            return self.list(key)
        package = self._programme.find_work_package(row)
        return f"{self.list(list_key)} – {package.name if package else row}"

    def _kind_alone(self, kind: str) -> str:
        return texts.say(f"rollout.thing_{kind}", self._language)


def kind_of(key: str) -> str:
    """Return the kind of thing that *key* notes, as the end of a text's key."""
    return key.partition(":")[0].partition(".")[0].replace("-", "_")
