"""The part of a rollout that makes the folders of the site, and finds again those that people moved."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from workflows.errors import Conflict
from workflows.ports.place import TOP, Folder, Site
from workflows.rollout.compare import plan_dropped
from workflows.rollout.plan import OPEN, Item, State
from workflows.rollout.ports import Resource
from workflows.rollout.walk import Walk


class FolderSteps:
    """
    Makes folders, level by level, each below the folder that the one above it has become.

    A folder is known by its id, which stays when people rename or move it: nothing is made a second time.
    """

    def __init__(self, site: Site | None) -> None:
        self._site = site
        self._ids: dict[str, str] = {"": TOP}
        """By path in the template: where it is now. A folder that people removed, or that is not made, is not there."""
        self._unseen: set[str] = set()
        """Paths of those that could not be seen, or that nobody knows to be made."""

    async def take(self, walk: Walk) -> None:
        """Without a site (a plan before anything is made) everything is missing."""
        by_depth: dict[int, list[str]] = {}
        for path in walk.wanted.folders:
            by_depth.setdefault(path.count("/"), []).append(path)
        for _, paths in sorted(by_depth.items()):
            by_name = await self._unknown_siblings(walk, paths)
            await walk.take_side_by_side(*(partial(self._folder, path, by_name) for path in paths))
        await self._dropped(walk)

    async def _unknown_siblings(self, walk: Walk, paths: list[str]) -> Mapping[tuple[str, str], Folder]:
        """List unknown folders that lie where one of ours is to be: by parent's id and name."""
        if self._site is None:
            return {}
        above = {
            _above(path): parent
            for path in paths
            if f"folder:{path}" not in walk.known and (parent := self._parent(path))
        }
        found: dict[tuple[str, str], Folder] = {}
        for path, parent in sorted(above.items()):
            key = _inside(path)
            with walk.log.step(key):
                there = await walk.reads.get(walk.ports.layout.list_folders, self._site.id, parent)
                found |= {(parent, folder.name.casefold()): folder for folder in there}
            if walk.log.is_unknown(key):
                self._unseen.add(key)
        return found

    async def _folder(self, path: str, by_name: Mapping[tuple[str, str], Folder], walk: Walk) -> None:
        key, name, parent = f"folder:{path}", path.rpartition("/")[2], self._parent(path)
        with walk.log.step(key):
            known, folder = walk.known.get(key), None
            if known is not None and self._site is not None:
                folder = await walk.reads.get(walk.ports.layout.find_folder, self._site.id, known.external_id)
                item = _known(key, known, folder, wanted=path)
            else:
                folder = by_name.get((parent or "", name.casefold()))
                item = Item(key=key, state=State.SAME if folder else State.MISSING)
                if parent is None and not self._is_to_come(walk, path):
                    item = Item(key=key, state=State.LOCAL, reason="parent_removed")
            item = walk.as_ordered(replace(item, layer=walk.wanted.layer("folders")))
            if item.to_do and self._unseen & {_above(path), _inside(_above(path))}:
                item = replace(item, state=State.UNKNOWN, reason="above_unknown")
            if walk.note_wanted(item) and self._site is not None and parent is not None:
                folder = await self._put(walk, item, folder, name, parent)
            if folder is not None:
                self._ids[path] = folder.id
                if walk.apply and (known is None or item.to_do):
                    await walk.keep(Resource(key=key, external_id=folder.id, details=_where(folder)))
        if path not in self._ids and any(item.state in OPEN for item in walk.log.items):
            self._unseen.add(path)

    async def _put(self, walk: Walk, item: Item, folder: Folder | None, name: str, parent: str) -> Folder | None:
        assert self._site is not None
        try:
            if folder is not None:
                return await walk.ports.layout.move_folder(self._site.id, folder.id, name, parent)
            return await walk.ports.layout.make_folder(self._site.id, name, parent)
        except Conflict:
            # Made by an earlier try whose answer was lost, most likely.
            there = await walk.ports.layout.list_folders(self._site.id, parent)
            found = next((each for each in there if each.name.casefold() == name.casefold()), None)
            if found is None or folder is not None:
                await walk.creates.note_name_taken(item)
                return folder
            return found

    async def _dropped(self, walk: Walk) -> None:
        """Look at each folder that the template no longer wants and that still is there."""
        if self._site is None:
            return
        keys = {f"folder:{path}" for path in walk.wanted.folders}
        there = {}
        for key in [key for key in walk.known if key.startswith("folder:") and key not in keys]:
            with walk.log.step(key):
                folder = await walk.reads.get(walk.ports.layout.find_folder, self._site.id, walk.known[key].external_id)
                if folder is not None:
                    there[folder.id] = folder.path
        walk.log.note(*plan_dropped("folder:", walk.known, keys, there))

    def _parent(self, path: str) -> str | None:
        return self._ids.get(_above(path))

    def _is_to_come(self, walk: Walk, path: str) -> bool:
        """Tell whether the folder above is only not made yet, as in a plan before anything is."""
        return f"folder:{_above(path)}" not in walk.known


def _above(path: str) -> str:
    return path.rpartition("/")[0]


def _inside(path: str) -> str:
    """Return the plan's key of the look into a folder."""
    return f"folder:{path}/"


def _known(key: str, known: Resource, folder: Folder | None, *, wanted: str) -> Item:
    """Compare a folder that we made or adopted. One whose parent was moved has not moved itself."""
    if folder is None:
        return Item(key=key, state=State.LOCAL, reason="removed")
    if _where(folder) == dict(known.details):
        return Item(key=key, state=State.SAME)
    return Item(key=key, state=State.LOCAL, reason="moved", old=folder.path, new=wanted)


def _where(folder: Folder) -> dict[str, str]:
    return {"name": folder.name, "parent": folder.parent_id}
