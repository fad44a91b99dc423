<#
.SYNOPSIS
Puts our app into the organisation's catalogue, makes it available, and lets invited guests in past the lobby of our meetings.

.DESCRIPTION
For a Teams Administrator. Module: MicrosoftTeams. Without -Apply nothing is changed and what would be is told.
The package comes from `python -m teams_app.package`. -Undo blocks the app and gives the organizers the ordinary policy back.

.EXAMPLE
./teams.ps1 -Package vaare-unge-365.zip -Organizer moter@fylke.example
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Package,
    [Parameter(Mandatory)] [string[]] $Organizer,
    [switch] $Apply,
    [switch] $Undo
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$policy = 'VareUnge'
Add-Type -AssemblyName System.IO.Compression.FileSystem
$zip = [System.IO.Compression.ZipFile]::OpenRead((Resolve-Path $Package))
try {
    $reader = [System.IO.StreamReader]::new($zip.GetEntry('manifest.json').Open())
    $manifest = $reader.ReadToEnd() | ConvertFrom-Json
}
finally { $zip.Dispose() }

function Invoke-Change([string] $Words, [scriptblock] $Change) {
    if ($Apply) {
        Write-Output $Words
        & $Change | Out-Null
    }
    else {
        Write-Output "would: $Words"
    }
}

try { Get-CsTenant | Out-Null } catch { Connect-MicrosoftTeams | Out-Null }

function Find-App { Get-TeamsApp -DistributionMethod organization | Where-Object ExternalId -EQ $manifest.id }

$app = Find-App
if ($Undo) {
    if ($app) { Invoke-Change 'blocks the app for everybody' { Update-M365TeamsApp -Id $app.Id -IsBlocked $true } }
    foreach ($address in $Organizer) {
        Invoke-Change "gives $address the ordinary meeting policy" { Grant-CsTeamsMeetingPolicy -Identity $address -PolicyName $null }
    }
    return
}

$state = $null
if (-not $app) {
    Invoke-Change "uploads version $($manifest.version)" { New-TeamsApp -DistributionMethod organization -Path (Resolve-Path $Package) }
    $app = Find-App
}
else {
    # No cmdlet tells which version the catalogue has, and Teams may refuse one that it has already: that is told, and the rest goes on.
    try { Invoke-Change "gives the catalogue version $($manifest.version)" { Set-TeamsApp -Id $app.Id -Path (Resolve-Path $Package) } }
    catch {
        Write-Warning "Teams did not take version $($manifest.version): $($_.Exception.Message)"
        Write-Warning 'Nothing is amiss where Manage apps shows that version. A changed package needs a higher one: TEAMS_APP_EDITION.'
    }
}
if ($app) {
    try { $state = Get-M365TeamsApp -Id $app.Id } catch { Write-Warning $_.Exception.Message }
}
if (-not $app -and -not $Apply) {
    Write-Output 'would: makes the app available to everyone, guests of our teams among them'
}
elseif (-not $state) {
    Write-Warning 'Teams does not show the app yet, so it is not made available to everyone. Run this once more in some minutes.'
}
else {
    if ($state.IsBlocked) {
        Invoke-Change 'takes the block off the app' { Update-M365TeamsApp -Id $app.Id -IsBlocked $false }
    }
    if ($state.AvailableTo.AssignmentType -ne 'Everyone') {
        Invoke-Change 'makes the app available to everyone, guests of our teams among them' {
            Update-M365TeamsApp -Id $app.Id -AppAssignmentType Everyone
        }
    }
}

$known = Get-CsTeamsMeetingPolicy | Where-Object Identity -EQ "Tag:$policy"
if (-not $known) {
    Invoke-Change "makes the meeting policy $policy" { New-CsTeamsMeetingPolicy -Identity $policy -AutoAdmittedUsers InvitedUsers }
}
elseif ($known.AutoAdmittedUsers -ne 'InvitedUsers') {
    Invoke-Change "lets invited people in by $policy" { Set-CsTeamsMeetingPolicy -Identity $policy -AutoAdmittedUsers InvitedUsers }
}
foreach ($address in $Organizer) {
    $user = Get-CsOnlineUser -Identity $address
    if ("$($user.TeamsMeetingPolicy)" -ne $policy) {
        Invoke-Change "gives $address the meeting policy $policy" { Grant-CsTeamsMeetingPolicy -Identity $address -PolicyName $policy }
    }
}
