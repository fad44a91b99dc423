#!/usr/bin/env bash
# Give the Door our own address, with a certificate that Azure renews.
# For: a Contributor of the resource group, after whoever looks after DNS has made the two records that this tells.
# Tools: az, signed in. Afterwards: azd env set PUBLIC_URL https://HOST, azd provision, sign-in.sh and hands-app.sh --apply, and the Teams package anew.
# domain.sh HOST [--apply]

source "$(dirname "$0")/common.sh" "$@"
need AZURE_RESOURCE_GROUP DOOR_NAME
host=${arguments[0]-}
if [ -z "$host" ]; then
    echo 'domain.sh HOST [--apply]' >&2
    exit 2
fi

proof=$(az resource show --resource-group "$AZURE_RESOURCE_GROUP" --name "$DOOR_NAME" --resource-type Microsoft.Web/sites \
    --query properties.customDomainVerificationId --output tsv)
if [ -z "$proof" ]; then
    echo "Azure told no proof of ownership for $DOOR_NAME: expected its customDomainVerificationId" >&2
    exit 1
fi
echo 'DNS records that have to be there first:'
echo "  $host  CNAME  $DOOR_NAME.azurewebsites.net"
echo "  asuid.$host  TXT  $proof"

known=$(az functionapp config hostname list --resource-group "$AZURE_RESOURCE_GROUP" --webapp-name "$DOOR_NAME" \
    --query "[?ends_with(name, '$host')].name | [0]" --output tsv)
if [ -z "$known" ]; then
    change "adds $host to $DOOR_NAME" az functionapp config hostname add --resource-group "$AZURE_RESOURCE_GROUP" \
        --name "$DOOR_NAME" --hostname "$host"
fi
change "orders a certificate for $host and binds it" az deployment group create --resource-group "$AZURE_RESOURCE_GROUP" \
    --template-file "$root/infra/domain.bicep" --parameters "doorName=$DOOR_NAME" "host=$host"
finish
