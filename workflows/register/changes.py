"""Differences between two states of the register, and a state made of another one and its differences."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from config.files import FILES, kind_of
from config.layers import entry_key
from workflows.register.model import Change, Documents, EntryAddress, FieldChange, FieldPath

ENTRY_KEYS: Mapping[str, tuple[str, ...]] = {
    "organisations": ("key",),
    "people": ("key",),
    "schools": ("key",),
    "themes": ("key",),
    "work_packages": ("key",),
    "activities": ("key",),
    "budget": ("key",),
    "stakeholders": ("key",),
    "partners": ("organisation",),
    "progress": ("activity",),
    "spending": ("line", "year"),
    "retention": ("kind",),
    "assignments": ("person", "role", "municipality", "work_package", "since"),
    "school_breaks": ("school_year", "kind", "municipality", "first"),
    "busy_days": ("day", "name", "municipality"),
}
"""Fields that tell the entries of a section apart."""


def in_order(documents: Documents) -> dict[str, Any]:
    """Return the documents in the order in which a folder is read: the programme's, then the municipalities'."""
    return {path: documents[path] for path in sorted(documents, key=lambda path: (path.count("/"), path))}


def keyed(section: str, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a section's entries by key, in their order; the second of two with one key is `…#2`."""
    found: dict[str, Any] = {}
    for entry in entries:
        key = "/".join(str(entry.get(name) or "") for name in ENTRY_KEYS[section])
        number, free = 1, key
        while free in found:
            number += 1
            free = f"{key}#{number}"
        found[free] = entry
    return found


def differences(before: Documents, after: Documents) -> tuple[Change, ...]:
    """Return the changes that make *after* of *before*, in the order in which they are applied."""
    changes: list[Change] = []
    for path in in_order({**before, **after}):
        old, new = before.get(path), after.get(path)
        if old is None or new is None:
            changes.append(Change(address=EntryAddress(path), old=old, new=new))
        elif old != new:
            for section in {**old, **new}:
                changes += _section_changes(EntryAddress(path, section), old.get(section), new.get(section))
    return tuple(changes)


def _section_changes(whole: EntryAddress, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    if whole.section not in ENTRY_KEYS or not (_is_list_of_entries(old) and _is_list_of_entries(new)):
        yield Change(address=whole, old=old, new=new)
        return
    olds, news = keyed(whole.section, old or ()), keyed(whole.section, new or ())
    if not _same_order(olds, news):
        yield Change(address=whole, old=old, new=new)
        return
    yield from _entry_changes(whole, olds, news)
    left = old
    if olds and not news:
        left = [] if _is_required(whole) else None
    elif news:
        left = new
    if left != new:
        yield Change(address=whole, old=left, new=new)


def _entry_changes(whole: EntryAddress, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[Change]:
    """Yield what is taken out (from the end, so that positions hold on the way back), changed, and put in."""

    def address(key: str) -> EntryAddress:
        return EntryAddress(whole.document, whole.section, key)

    for position, (key, entry) in reversed(list(enumerate(olds.items()))):
        if key not in news:
            yield Change(address=address(key), old=entry, new=None, position=position)
    for key, entry in news.items():
        if key in olds and olds[key] != entry:
            yield Change(address=address(key), old=olds[key], new=entry)
    for position, (key, entry) in enumerate(news.items()):
        if key not in olds:
            yield Change(address=address(key), old=None, new=entry, position=position)


def _same_order(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    return [key for key in olds if key in news] == [key for key in news if key in olds]


def _is_list_of_entries(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(item, Mapping) for item in value))


def _is_required(address: EntryAddress) -> bool:
    """Return True for a section that its kind of file must have, even with nothing in it."""
    shape = FILES.get(kind_of(address.document) or "")
    described = shape.model_fields.get(address.section) if shape else None
    return described is not None and described.is_required()


def apply(documents: Documents, changes: Iterable[Change]) -> dict[str, Any]:
    """Return the documents with *changes* made. The documents given stay as they are."""
    made = dict(documents)
    own: set[str] = set()
    for change in changes:
        address = change.address
        if not address.section:
            made.pop(address.document, None)
            if change.new is not None:
                made[address.document] = deepcopy(change.new)
            own.add(address.document)
            continue
        if address.document not in own:
            made[address.document] = deepcopy(made[address.document])
            own.add(address.document)
        _put(made[address.document], change)
    return in_order(made)


def rewind(documents: Documents, changes: Sequence[Change]) -> dict[str, Any]:
    """Return the documents as they were before *changes*, which were made in that order."""
    return apply(documents, [change.inverse for change in reversed(changes)])


def _put(document: dict[str, Any], change: Change) -> None:
    address, new = change.address, deepcopy(change.new)
    if not address.key:
        document.pop(address.section, None) if new is None else document.update({address.section: new})
        return
    entries = document.setdefault(address.section, [])
    known = list(keyed(address.section, entries))
    if address.key in known:
        index = known.index(address.key)
        entries[index : index + 1] = [] if new is None else [new]
    elif new is not None:
        entries.insert(len(entries) if change.position is None else change.position, new)
    if not entries and not _is_required(address):
        del document[address.section]


def value_at(documents: Documents, address: EntryAddress) -> Any:
    """Return the entry, section or document at *address*; None when there is none."""
    found = documents.get(address.document)
    if found is None or not address.section:
        return found
    section = found.get(address.section)
    return keyed(address.section, section or ()).get(address.key) if address.key else section


def field_changes(old: Any, new: Any, path: FieldPath = ()) -> tuple[FieldChange, ...]:
    """Return the values in which two states of an entry differ, each by itself."""
    if old == new:
        return ()
    olds, news = _parts(old), _parts(new)
    alike = isinstance(old, list) == isinstance(new, list)
    if olds is None or news is None or not alike or (isinstance(old, list) and not _adds_at_the_end(olds, news)):
        return (FieldChange(path=path, old=old, new=new),)
    found: list[FieldChange] = []
    for name in {**olds, **news}:
        found += field_changes(olds.get(name), news.get(name), (*path, name))
    return tuple(found)


def _adds_at_the_end(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Return True when entries that stay keep their order and new ones come last, where `with_field` puts them."""
    stay = [name for name in olds if name in news]
    return [*stay, *(name for name in news if name not in olds)] == list(news)


def with_field(value: Any, path: FieldPath, new: Any) -> Any:
    """Return *value* with another one at *path*; None takes out what stands there."""
    if not path:
        return deepcopy(new)
    parts = dict(_parts(value) or {})
    changed = with_field(parts.get(path[0]), path[1:], new)
    if changed is None:
        parts.pop(path[0], None)
    else:
        parts[path[0]] = changed
    return list(parts.values()) if path[0].startswith("[") else parts


def _parts(value: Any) -> dict[str, Any] | None:
    """Return the parts of a mapping by name, of a list of entries by `[key]`; None for a value without such parts."""
    if isinstance(value, Mapping):
        return dict(value)
    if not isinstance(value, list) or not value:
        return None
    keys = [entry_key(item) for item in value]
    if None in keys or len(set(keys)) < len(keys):
        return None
    return {f"[{key}]": item for key, item in zip(keys, value, strict=True)}
