<#
.SYNOPSIS
Lets the Hands work in the organizer mailboxes, and in no other: RBAC for Applications in Exchange Online.

.DESCRIPTION
For an Exchange Administrator (Organization Management). Module: ExchangeOnlineManagement.
Without -Apply nothing is changed and what would be is told. -Undo takes everything away again.
The roles are those of infra/permissions/hands.txt. It can take two hours until Exchange follows a change.

.EXAMPLE
./exchange.ps1 -HandsId <client id> -HandsObjectId <object id of the enterprise application> -Organizer moter@fylke.example
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [guid] $HandsId,
    [Parameter(Mandatory)] [guid] $HandsObjectId,
    [Parameter(Mandatory)] [string[]] $Organizer,
    [switch] $Apply,
    [switch] $Undo
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$scope = 'Vare unge 365: organizers'
$list = Join-Path (Split-Path $PSScriptRoot) 'permissions/hands.txt'
$roles = Get-Content $list | ForEach-Object { ($_ -split '#')[0].Trim() } |
    Where-Object { $_ -like 'exchange:*' } | ForEach-Object { $_.Substring('exchange:'.Length) }
$filter = ($Organizer | ForEach-Object { "PrimarySmtpAddress -eq '$_'" }) -join ' -or '

function Invoke-Change([string] $Words, [scriptblock] $Change) {
    if ($Apply) {
        Write-Output $Words
        & $Change | Out-Null
    }
    else {
        Write-Output "would: $Words"
    }
}

if (-not (Get-ConnectionInformation)) { Connect-ExchangeOnline -ShowBanner:$false }

# Sources differ on where an assignment names its application, and how: any of these counts, and one that is not there is none.
function Read-Property($Thing, [string[]] $Names) {
    foreach ($name in $Names) {
        if ($Thing.PSObject.Properties[$name]) { "$($Thing.PSObject.Properties[$name].Value)" }
    }
}

$principal = Get-ServicePrincipal | Where-Object AppId -EQ "$HandsId"
$ours = @("$HandsId", "$HandsObjectId")
# Not by the name that is displayed: another installation's Hands may have the same.
if ($principal) { $ours += Read-Property $principal 'Identity', 'Name', 'ObjectId' | Where-Object { $_ } }
$assigned = @(Get-ManagementRoleAssignment -GetEffectiveUsers:$false | Where-Object {
        Read-Property $_ 'App', 'RoleAssignee', 'RoleAssigneeName' | Where-Object { $_ -in $ours }
    })
if ($Undo) {
    foreach ($assignment in $assigned) {
        Invoke-Change "takes away $($assignment.Role)" { Remove-ManagementRoleAssignment -Identity $assignment.Name -Confirm:$false }
    }
    if (Get-ManagementScope | Where-Object Name -EQ $scope) {
        Invoke-Change "removes the scope «$scope»" { Remove-ManagementScope -Identity $scope -Confirm:$false }
    }
    if ($principal) {
        Invoke-Change 'forgets the Hands' { Remove-ServicePrincipal -Identity "$HandsObjectId" -Confirm:$false }
    }
    return
}

if (-not $principal) {
    Invoke-Change 'makes the Hands known to Exchange' {
        New-ServicePrincipal -AppId "$HandsId" -ObjectId "$HandsObjectId" -DisplayName 'Vare unge 365: Hands'
    }
}
$known = Get-ManagementScope | Where-Object Name -EQ $scope
if (-not $known) {
    Invoke-Change "makes the scope «$scope»: $filter" { New-ManagementScope -Name $scope -RecipientRestrictionFilter $filter }
}
elseif ($known.RecipientFilter -ne $filter) {
    Invoke-Change "changes the scope «$scope»: $filter" { Set-ManagementScope -Identity $scope -RecipientRestrictionFilter $filter }
}
foreach ($role in $roles) {
    if (-not ($assigned | Where-Object { $_.Role -eq "Application $role" -and $_.CustomResourceScope -eq $scope })) {
        Invoke-Change "gives the Hands $role in that scope" {
            New-ManagementRoleAssignment -App "$HandsObjectId" -Role "Application $role" -CustomResourceScope $scope
        }
    }
}
# Whatever else the Hands have, and the same roles without that scope, opens mailboxes that are not ours.
foreach ($assignment in $assigned) {
    if ($assignment.Role -notin ($roles | ForEach-Object { "Application $_" }) -or $assignment.CustomResourceScope -ne $scope) {
        Invoke-Change "takes away $($assignment.Role) in $($assignment.CustomResourceScope)" {
            Remove-ManagementRoleAssignment -Identity $assignment.Name -Confirm:$false
        }
    }
}
if ($Apply) {
    foreach ($address in $Organizer) {
        Test-ServicePrincipalAuthorization -Identity "$HandsObjectId" -Resource $address | Format-Table
    }
}
