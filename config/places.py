"""The places and bodies of a programme: the template's, with the county's and each municipality's layer on it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from config import channel_names
from config.body_dates import date_problems
from config.fields import Language, Value
from config.files import ProgrammeHead
from config.layers import Laid, Origin, Sheet, lay
from config.place_template import PlaceSpec
from config.problems import Phrase, phrase
from config.shapes import Checked, CheckedEntry, findings, one_of
from config.source import ValuePath
from config.values import Body, BodyKind, Municipality, PackageState, Place, RoundTimes, WorkPackage

V = TypeVar("V", bound=Value)
LONGEST_GROUP = 256
LONGEST_NICKNAME = 64
NOT_IN_FOLDERS = re.compile(r"[\"*:<>?\\|\x00-\x1f]|^\s|\s$|^$")
NOT_IN_CHANNELS = "~ # % & * + / : < > ?"
NOT_IN_A_FOLDER = '" * : < > ? \\ |'
STAND_IN = "x" * 12
"""Name of an ordinary length: a template has room for it."""
PLACEHOLDERS = frozenset({"municipality", "year", "work_package"})


def places_of(checked: Checked) -> tuple[PlaceSpec, ...]:
    """Return every place that is ours, in the template's order, and add their problems to *checked*."""
    places = []
    running = _running(checked)
    for key, local, laid in _laid(checked, "places", only_ours=True):
        municipality = local.value if local else None
        head = next(iter(checked.values("programme", ProgrammeHead)), None)
        values = _filled(checked, laid, municipality)
        values |= {"key": key, "unique_name": f"{head.key if head else ''}-{key}", "layers": laid.layers()}
        if municipality:
            values["municipality"] = municipality.slug
        place = _valid(checked, PlaceSpec, values, laid)
        if place is not None:
            language = head.language if head else "nb"
            names = _Names(checked, laid, local, running.get(place.municipality or "", ()), language)
            _check_place(place, names)
            places.append((place, laid))
    _check_nicknames(checked, places)
    return tuple(place for place, _ in places)


def bodies_of(checked: Checked) -> tuple[Body, ...]:
    """Return every body, those of municipalities once for each, and add their problems to *checked*."""
    bodies = []
    for key, local, laid in _laid(checked, "bodies"):
        municipality = local.value if local else None
        values = _filled(checked, laid, municipality)
        if municipality:
            is_board = values.get("kind") == BodyKind.LOCAL_BOARD
            key = municipality.slug if is_board else f"{municipality.slug}-{key}"
            values["municipality"] = municipality.slug
        body = _valid(checked, Body, values | {"key": key}, laid)
        if body is not None:
            _check_rounds(checked, body.rounds, laid)
            for path, value, expected in date_problems(body):
                _report(checked, laid.origin_of(path), value, expected)
            bodies.append(body)
    _check_kinds(checked)
    return tuple(bodies)


def _check_kinds(checked: Checked) -> None:
    """Check that a municipality has exactly one board, and the programme at most one owner board."""
    template = checked.documents.get("template.yaml", {}).get("bodies")
    if "bodies" not in checked.sections or not isinstance(template, Mapping):
        return
    entry = CheckedEntry(None, "template.yaml", ("bodies",))
    boards = [key for key, draft in template.items() if draft["kind"] == BodyKind.LOCAL_BOARD]
    if len(boards) != 1 or template[boards[0]].get("per") != "municipality":
        given = ", ".join(boards) or None
        checked.report(entry, (), given, phrase("one_local_board"))
    owner_boards = [key for key, draft in template.items() if draft["kind"] == BodyKind.OWNER_BOARD]
    for key in owner_boards[1:]:
        checked.report(entry, (key,), key, phrase("one_owner_board", body=owner_boards[0]))


def _laid(
    checked: Checked, section: str, *, only_ours: bool = False
) -> Iterator[tuple[str, CheckedEntry | None, Laid]]:
    """Yield every item of that section of the template, once or with each municipality's entry, layers laid on it."""
    template = checked.documents.get("template.yaml", {}).get(section)
    if section not in checked.sections or not isinstance(template, Mapping):
        return
    _check_overrides(checked, section, template)
    for key, draft in template.items():
        sheets = [
            Sheet(values=draft, origin=Origin(layer="template", document="template.yaml", path=(section, key))),
            *_sheets(checked, "county.yaml", "county", section, key),
        ]
        # Most municipalities write nothing of their own: they share what the layers below come to.
        shared = _complete(checked, sheets)
        if draft.get("per") is None:
            yield key, None, shared
            continue
        for municipality, entry in checked.entries("municipality", Municipality):
            if not only_ours or municipality.place is Place.OURS:
                local = _sheets(checked, entry.document, "municipality", section, key)
                laid = _complete(checked, local, on=shared) if local else shared
                yield (municipality.slug if only_ours else key), entry, laid


def _sheets(checked: Checked, document: str, layer: Any, section: str, key: str) -> list[Sheet]:
    """Return a document's overrides of that item, unless they are wrong in themselves."""
    for entry in checked.sections.get("overrides", ()):
        if entry.document == document:
            values = checked.documents[document]["overrides"].get(section, {}).get(key)
            path = ("overrides", section, key)
            return [Sheet(values=values, origin=Origin(layer=layer, document=document, path=path))] if values else []
    return []


def _check_overrides(checked: Checked, section: str, template: Mapping[str, Any]) -> None:
    for entry in checked.sections.get("overrides", ()):
        everywhere = entry.document == "county.yaml"
        known = [key for key, draft in template.items() if everywhere or draft.get("per") == "municipality"]
        for key in getattr(entry.value, section):
            if key not in known:
                checked.report(entry, (section, key), key, one_of(key, known))


def _complete(checked: Checked, sheets: list[Sheet], *, on: Laid | None = None) -> Laid:
    """Lay the sheets, on what was laid before, and report what is wrong with them alone."""
    laid = lay(sheets, on=on)
    for origin in laid.not_there:
        _report(checked, origin, "remove", phrase("removable"))
    for origin in laid.twice:
        _report(checked, origin, phrase("second_entry"), phrase("once"))
    return laid


def _report(checked: Checked, origin: Origin, value: object, expected: Phrase) -> None:
    place = CheckedEntry(None, origin.document, origin.path)
    if all(problem.where != checked.where(place.document, place.path) for problem in checked.problems):
        checked.report(place, (), value, expected)


def _filled(checked: Checked, laid: Laid, municipality: Municipality | None) -> dict[str, Any]:
    """Return the values with `{municipality}` filled in: the slug in the mail nickname, the name everywhere else."""

    def fill(value: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(value, dict):
            return {name: fill(item, (*path, name)) for name, item in value.items()}
        if isinstance(value, list):
            return [fill(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, str) or "{" not in value:
            return value
        known = PLACEHOLDERS if municipality else PLACEHOLDERS - {"municipality"}
        for name in re.findall(r"\{([^{}]*)\}", value):
            if name not in known:
                _report(checked, laid.origin_of(path), f"{{{name}}}", one_of(name, sorted(known)))
        name = "" if municipality is None else municipality.slug if path == ("mail_nickname",) else municipality.name
        return value.replace("{municipality}", name)

    return {name: fill(value, (name,)) for name, value in laid.values.items() if name != "per"}


def _valid(checked: Checked, model: type[V], values: dict[str, Any], laid: Laid) -> V | None:
    try:
        valid: V = checked.parts.shared(model.model_validate(values))
    except ValidationError as exc:
        for path, given, expected in findings(exc, model):
            _report(checked, laid.origin_of(path), given, expected)
        return None
    return valid


def _check_rounds(checked: Checked, rounds: RoundTimes | None, laid: Laid) -> None:
    if rounds is None:
        return
    if rounds.deadline >= rounds.opens:
        given = phrase("deadline_before", days=rounds.deadline)
        expected = phrase("deadline_after_opening", days=rounds.opens)
        _report(checked, laid.origin_of(("rounds", "deadline")), given, expected)
    if rounds.release > rounds.deadline:
        given = phrase("release_before", days=rounds.release)
        expected = phrase("release_after_deadline", days=rounds.deadline)
        _report(checked, laid.origin_of(("rounds", "release")), given, expected)
    if any(not rounds.deadline < days <= rounds.opens for days in rounds.reminders):
        given = phrase("reminders_before", days=", ".join(map(str, rounds.reminders)))
        _report(checked, laid.origin_of(("rounds", "reminders")), given, phrase("reminders_between"))


def _running(checked: Checked) -> dict[str, list[CheckedEntry]]:
    """Return the running work packages, by municipality."""
    found: dict[str, list[CheckedEntry]] = {}
    for package, entry in checked.entries("work_packages", WorkPackage):
        if package.state is PackageState.RUNNING:
            found.setdefault(package.municipality, []).append(entry)
    return found


@dataclass(frozen=True)
class _Names:
    """The names that stand in for a place's placeholders, and the lines they were written on."""

    checked: Checked
    laid: Laid
    municipality: CheckedEntry | None
    packages: Sequence[CheckedEntry]
    language: Language

    def check(
        self,
        path: ValuePath,
        name: str,
        fits: Callable[[str], bool],
        expected: Phrase,
        package: CheckedEntry | None = None,
    ) -> None:
        """
        Report *name* unless it fits: where a person wrote the name in it, if the template leaves room for a short one.

        *path* leads to the template's text; *package* is the one whose name was filled in.
        """
        if not fits(name):
            _report(self.checked, self._origin(path, fits, package), name, expected)

    def _origin(self, path: ValuePath, fits: Callable[[str], bool], package: CheckedEntry | None) -> Origin:
        written = self._written(path)
        template_fits = fits(re.sub(r"\{\w+\}", STAND_IN, written))
        for placeholder, entry in (("{work_package}", package), ("{municipality}", self.municipality)):
            if entry is not None and placeholder in written and template_fits:
                key = "slug" if path == ("mail_nickname",) else "name"
                if entry is package and entry.value.channel_name:
                    key = "channel_name"
                return Origin(layer="municipality", document=entry.document, path=(*entry.path, key))
        return self.laid.origin_of(path)

    def _written(self, path: ValuePath) -> str:
        value: Any = self.laid.values
        for step in path:
            value = value[step]
        return str(value)


def _check_place(place: PlaceSpec, names: _Names) -> None:
    names.check(("name",), place.name, _fits_group, phrase("group_name", number=LONGEST_GROUP))
    nickname = phrase("nickname", number=LONGEST_NICKNAME)
    names.check(("mail_nickname",), place.mail_nickname, _fits_nickname, nickname)
    for index, folder in enumerate(place.folders):
        names.check(("folders", index), folder, _fits_folder, phrase("folder_name", signs=NOT_IN_A_FOLDER))
    _check_channels(place, names)


def _check_channels(place: PlaceSpec, names: _Names) -> None:
    """Check the name of every channel, and that each is alone with its name once those of packages are made."""
    seen: set[str] = set()
    for index, channel in enumerate(place.channels):
        path = ("channels", index, "name")
        for package in names.packages if channel.per else (None,):
            name, way_out = channel.name, ""
            if package is not None:
                name = channel_names.channel_name(channel.name, package.value, names.language)
                # A name that is good for a package may make none for its channel.
                way_out = "" if package.value.channel_name else "own_"
            taken = phrase(f"{way_out}channel_name", number=channel_names.LONGEST, signs=NOT_IN_CHANNELS)
            names.check(path, name, channel_names.fits_channel, taken, package)
            other = phrase(f"{way_out}other_channel")
            names.check(path, name, lambda written: written.casefold() not in seen, other, package)
            seen.add(name.casefold())


def _fits_group(name: str) -> bool:
    return len(name) <= LONGEST_GROUP


def _fits_nickname(name: str) -> bool:
    return len(name) <= LONGEST_NICKNAME and "{" not in name and "}" not in name


def _fits_folder(path: str) -> bool:
    return not any(NOT_IN_FOLDERS.search(part) for part in path.split("/"))


def _check_nicknames(checked: Checked, places: Sequence[tuple[PlaceSpec, Laid]]) -> None:
    first: dict[str, str] = {}
    for place, laid in places:
        other = first.setdefault(place.mail_nickname.casefold(), place.key)
        if other != place.key:
            _report(
                checked, laid.origin_of(("mail_nickname",)), place.mail_nickname, phrase("another_than", other=other)
            )
