"""The administrators' PowerShell, held against what Microsoft's reference pages name. None ran against a tenant."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[2] / "infra" / "scripts").glob("*.ps1"))
PLAIN = {
    "Add-Type", "ConvertFrom-Json", "ForEach-Object", "Format-Table", "Get-Content", "Join-Path", "Out-Null",
    "Resolve-Path", "Set-StrictMode", "Split-Path", "Where-Object", "Write-Output", "Write-Warning",
}  # fmt: skip
"""Commands that come with PowerShell."""
REFERENCE = {
    # MicrosoftTeams
    "Connect-MicrosoftTeams": "",
    "Get-CsOnlineUser": "Identity",
    "Get-CsTeamsMeetingPolicy": "",
    "Get-CsTenant": "",
    "Get-M365TeamsApp": "Id",
    "Get-TeamsApp": "DistributionMethod",
    "Grant-CsTeamsMeetingPolicy": "Identity PolicyName",
    "New-CsTeamsMeetingPolicy": "Identity AutoAdmittedUsers",
    "New-TeamsApp": "DistributionMethod Path",
    "Set-CsTeamsMeetingPolicy": "Identity AutoAdmittedUsers",
    "Set-TeamsApp": "Id Path",
    "Update-M365TeamsApp": "Id IsBlocked AppAssignmentType",
    # ExchangeOnlineManagement
    "Connect-ExchangeOnline": "ShowBanner",
    "Get-ConnectionInformation": "",
    "Get-ManagementRoleAssignment": "GetEffectiveUsers",
    "Get-ManagementScope": "",
    "Get-ServicePrincipal": "",
    "New-ManagementRoleAssignment": "App Role CustomResourceScope",
    "New-ManagementScope": "Name RecipientRestrictionFilter",
    "New-ServicePrincipal": "AppId ObjectId DisplayName",
    "Remove-ManagementRoleAssignment": "Identity Confirm",
    "Remove-ManagementScope": "Identity Confirm",
    "Remove-ServicePrincipal": "Identity Confirm",
    "Set-ManagementScope": "Identity RecipientRestrictionFilter",
    "Test-ServicePrincipalAuthorization": "Identity Resource",
}
"""Commands of Microsoft's modules, and the parameters that are used of each, as read on 30 November 2026."""
TOLD_OF_AN_APP = {"Id", "IsBlocked", "AvailableTo", "InstalledFor"}
"""Properties of what `Get-M365TeamsApp` answers: strict mode ends the script at any other."""


def code(path: Path) -> str:
    text = re.sub(r"<#.*?#>", "", path.read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r"(?m)^\s*#.*$", "", text)


def commands(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Give each command with the names of its parameters."""
    for found in re.finditer(r"(?<![\w'/$-])([A-Z][a-z]+-\w+)([^|{})\n]*)", code(path)):
        yield found[1], re.findall(r"\s-([A-Z]\w+)", found[2])


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_command_and_parameter_is_in_the_reference(path: Path) -> None:
    own = set(re.findall(r"(?m)^function ([\w-]+)", code(path)))
    used = [(name, options) for name, options in commands(path) if name not in PLAIN | own]

    assert len(used) > 10
    assert [name for name, _ in used if name not in REFERENCE] == []
    assert [(name, option) for name, options in used for option in options if option not in REFERENCE[name]] == []


def test_of_an_app_in_the_catalogue_only_what_teams_tells_is_read() -> None:
    (teams,) = (path for path in SCRIPTS if path.name == "teams.ps1")

    assert set(re.findall(r"\$state\.(\w+)", code(teams))) <= TOLD_OF_AN_APP
    assert not re.search(r"\(Get-M365TeamsApp[^)]*\)\.", code(teams))
