"""Folders of a place that people may have moved."""

from collections.abc import Mapping

from workflows.ports.place import Placed, SiteContent


async def folder_now(content: SiteContent, site_id: str, things: Mapping[str, Placed], path: str) -> str:
    """
    The path at which the template's folder *path* lies now: people may have moved it, or one above it.

    What goes there follows the folder, so that none of the old name is made a second time.
    """
    names = path.split("/")
    for depth in range(len(names), 0, -1):
        folder = things.get(f"folder:{'/'.join(names[:depth])}")
        if folder is not None:
            found = await content.folder_path(site_id, folder.external_id)
            # Removed by people: then it is made again, for what it is to hold.
            return "/".join([found, *names[depth:]]) if found else path
    return path
