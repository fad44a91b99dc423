"""The changelog tells an administrator what to give and set before an upgrade: the runbook begins with it."""

import re
from pathlib import Path

import pytest

from config.settings import MICROSOFT, Settings, variable
from wiring.shipped import permission_lists

CHANGELOG = (Path(__file__).parent.parent / "CHANGELOG.md").read_text("utf-8")
RELEASES = re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", CHANGELOG, re.MULTILINE)
HEADINGS = ("New consents", "New settings")
OF_THE_SANDBOX = {*MICROSOFT, "clock_url"}
"""Settings that no deployment has."""


def told(release: str, heading: str) -> str:
    """Return what a release says under one of its headings; empty where it has none."""
    _, _, rest = release.partition(f"**{heading}**\n")
    return rest.partition("\n**")[0]


@pytest.mark.parametrize("heading", HEADINGS)
@pytest.mark.parametrize(("name", "release"), RELEASES, ids=[name for name, _ in RELEASES])
def test_each_release_says_what_has_to_be_given_and_set(name: str, release: str, heading: str) -> None:
    """With `- None.` where that is so: silence would mean that nobody looked."""
    assert re.search(r"^- \w|^- `", told(release, heading), re.MULTILINE), name


def test_every_permission_was_new_once() -> None:
    consents = "".join(told(release, "New consents") for _, release in RELEASES)
    lists = permission_lists().values()
    permissions = {name for item in lists for name in item.roles | item.consent | item.exchange}

    assert sorted(name for name in permissions if f"`{name}`" not in consents) == []


def test_every_setting_was_new_once() -> None:
    settings = "".join(told(release, "New settings") for _, release in RELEASES)
    names = [variable(name) for name in Settings.model_fields if name not in OF_THE_SANDBOX]

    assert [name for name in names if f"`{name}`" not in settings] == []
