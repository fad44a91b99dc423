"""Groups, teams and sites: calls that are refused before they leave, and answers that leave something open."""

import httpx
import pytest

from integration.graph.groups import GraphGroups
from integration.graph.sites import GraphSiteAccess
from integration.graph.teams import GraphChannels, GraphTeamBuilder
from tests.integration.graph.doubles import Double, answer, error
from tests.integration.graph.test_shapes import SPEC
from workflows.errors import OutcomeUnknown
from workflows.ports.place import ChannelKind


async def test_a_group_without_an_owner_is_not_made(double: Double) -> None:
    """SharePoint may never make its site."""
    with pytest.raises(ValueError, match="a group needs an owner"):
        await GraphGroups(double.graph).ensure_group(SPEC, owner_ids=[])

    assert double.requests == []


async def test_a_private_channel_without_an_owner_is_not_made(double: Double) -> None:
    with pytest.raises(ValueError, match="a private channel needs an owner"):
        await GraphChannels(double.graph).create_channel("t", name="Lukket", description="", kind=ChannelKind.PRIVATE)

    assert double.requests == []


@pytest.mark.parametrize(
    ("given", "expected"), [(answer(200, {"id": "g"}), True), (error(404, "NotFound"), False)], ids=["a team", "none"]
)
async def test_a_group_has_a_team_or_none(double: Double, given: httpx.Response, expected: bool) -> None:
    double.on("GET", "/teams/g", given)

    assert await GraphTeamBuilder(double.graph).has_team("g") is expected


async def test_a_team_begun_without_an_operation_to_follow_is_looked_for_later(double: Double) -> None:
    double.on("POST", "/teams", answer(202))

    with pytest.raises(OutcomeUnknown, match="names no operation"):
        await GraphTeamBuilder(double.graph).start_team("g")


@pytest.mark.parametrize("path", ["", "/teams('g')", "https://elsewhere.test/"])
async def test_only_an_operation_of_a_team_is_followed(double: Double, path: str) -> None:
    with pytest.raises(ValueError, match="expected the path of a team's operation"):
        await GraphTeamBuilder(double.graph).operation(path)

    assert double.requests == []


async def test_an_app_that_is_not_in_the_catalogue_is_none(double: Double) -> None:
    double.on("GET", "/appCatalogs/teamsApps", answer(200, {"value": []}))

    assert await GraphTeamBuilder(double.graph).find_catalog_app("our-app") is None


@pytest.mark.parametrize(
    ("definitions", "version"),
    [
        pytest.param([("1.9.0", "published"), ("1.10.0", "published"), ("1.2.0", "published")], "1.10.0", id="highest"),
        pytest.param([("1.0.0", "published"), ("1.1.0", "submitted")], "1.0.0", id="one waits for approval"),
        pytest.param([("1.0.0", "rejected")], "", id="none approved"),
        pytest.param([("1.0.0", None)], "1.0.0", id="a state that is not told"),
        pytest.param([], "", id="none told"),
    ],
)
async def test_the_version_in_the_catalogue_is_the_highest_that_is_published(
    double: Double, definitions: list[tuple[str, str | None]], version: str
) -> None:
    """Graph promises no order of them."""
    told = [{"version": number, "publishingState": state} for number, state in definitions]
    double.on("GET", "/appCatalogs/teamsApps", answer(200, {"value": [{"id": "c", "appDefinitions": told}]}))

    found = await GraphTeamBuilder(double.graph).find_catalog_app("our-app")

    assert found is not None
    assert found.version == version


async def test_roles_that_stand_in_the_list_are_not_asked_for_again(double: Double) -> None:
    ours = {"id": "p", "roles": ["write"], "grantedToIdentitiesV2": [{"application": {"id": "hands"}}]}
    double.on("GET", "/sites/s/permissions", answer(200, {"value": [ours]}))

    assert await GraphSiteAccess(double.graph).granted_roles("s", "hands") == ["write"]
    assert len(double.requests) == 1
