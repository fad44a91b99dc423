"""One thing three ways: as the template wanted it when we wrote it, as it wants it now, and as it stands. Pure.

What stands as it stood when we had written it was touched by nobody and follows the template. What stands otherwise was
changed by people and stays theirs; so does what stood there before us.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.rollout.plan import Item, State
from workflows.rollout.ports import Resource


@dataclass(frozen=True)
class NotedValue:
    """A value of ours: as it was wanted when it was last written, and as it was read back (the service may rewrite
    it)."""

    wanted: str
    seen: str

    def to_data(self) -> list[str]:
        return [self.wanted, self.seen]


def written(thing: Resource | None, name: str) -> NotedValue | None:
    """Return the note of one value of *thing*; None when we never wrote it."""
    noted: Any = thing.details.get(name) if thing is not None else None
    return NotedValue(*noted) if isinstance(noted, list | tuple) else None


def compare(
    key: str, *, wanted: str, seen: str | None, written: NotedValue | None, layer: str = "template", shown: bool = True
) -> Item:
    """Compare one value. *seen*: None when there is nothing; *shown*: whether people are told old and new."""
    old, new = (seen or "", wanted) if shown else ("", "")
    if seen is None:
        state = State.MISSING
    elif seen == wanted:
        state = State.SAME
    elif written is not None and seen == written.seen:
        state = State.SAME if wanted == written.wanted else State.DIFFERS
    else:
        state = State.LOCAL
    return Item(key=key, state=state, old=old, new=new, layer=layer)


def plan_named(
    key: str, name: str, *, by_id: Mapping[str, str], known: Resource | None, layer: str = "template"
) -> tuple[Item, str | None]:
    """
    A channel, tab or list: found by the id we know, else by its name (adopted), else missing.

    *by_id*: id → name of what is there. Known to us and gone: people removed it, so it stays away. Two of the name:
    people must say which. Returns the item and the id it has, if any.
    """
    if known is not None:
        if known.external_id not in by_id:
            return Item(key=key, state=State.LOCAL, new=name, layer=layer, reason="removed"), None
        seen = by_id[known.external_id]
        if seen.casefold() == name.casefold():
            return Item(key=key, state=State.SAME, old=seen, new=name, layer=layer), known.external_id
        return compare(key, wanted=name, seen=seen, written=written(known, "name"), layer=layer), known.external_id
    found = [id_ for id_, seen in by_id.items() if seen.casefold() == name.casefold()]
    if len(found) > 1:
        return Item(key=key, state=State.PENDING, new=name, layer=layer, reason="ambiguous"), None
    if found:
        return Item(key=key, state=State.SAME, old=by_id[found[0]], new=name, layer=layer), found[0]
    return Item(key=key, state=State.MISSING, new=name, layer=layer), None


def plan_dropped(
    prefix: str, known: Mapping[str, Resource], wanted: Container[str], there: Mapping[str, str]
) -> Iterable[Item]:
    """List things that we made below *prefix* and the template wants no more: nobody deletes them. *there*: id →
    name of those that stand."""
    for key, thing in known.items():
        if key.startswith(prefix) and key not in wanted and thing.external_id in there:
            yield Item(key=key, state=State.LOCAL, old=there[thing.external_id], reason="not_in_template")


def shortened(old: str, new: str) -> tuple[str, str]:
    """Two texts side by side; of long ones the words that are not the same, with a few around them."""
    if old == new:
        return "", ""
    if max(len(old), len(new)) <= _LONGEST:
        return old, new
    left, right = old.split(), new.split()
    first = _alike(left, right)
    last = _alike(left[first:][::-1], right[first:][::-1])
    return _around(left, first, last), _around(right, first, last)


def _alike(left: Sequence[str], right: Sequence[str]) -> int:
    """Count the words that are the same from the beginning on."""
    pairs = zip(left, right, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(left), len(right)))


def _around(words: Sequence[str], first: int, last: int) -> str:
    """*words* from a few before the *first* that differs to a few after, where the *last* ones are the same again."""
    begin, end = max(0, first - _BESIDE), min(len(words), len(words) - last + _BESIDE)
    text = " ".join(words[begin:end])
    cut = len(text) > _LONGEST
    text = text[:_LONGEST].rstrip() if cut else text
    return f"{'… ' if begin else ''}{text}{' …' if cut or end < len(words) else ''}"


_BESIDE = 2
_LONGEST = 100
"""Words and letters of a long text that are shown."""


def noted(before: Mapping[str, Any], values: Mapping[str, tuple[Item, str, str]]) -> dict[str, Any]:
    """
    Return the note to keep of a thing's values after they were brought in order, by name.

    *values*: how each stood, what was wanted and what stands there now. What people changed keeps our note of before.
    """
    settled = {State.SAME, State.DIFFERS, State.MISSING}
    now = {
        name: NotedValue(want, seen).to_data() for name, (item, want, seen) in values.items() if item.state in settled
    }
    return {**before, **now}
