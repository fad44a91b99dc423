#!/usr/bin/env bash
# Make the app registration that people sign in to, and let the Door vouch for it: it has no secret.
# For: an Application Administrator. Tools: az, signed in. Afterwards: azd env set SIGN_IN_APP_ID …, and azd provision.
# sign-in.sh [--apply]

source "$(dirname "$0")/common.sh" "$@"
need VAREUNGE_DOOR_ID VAREUNGE_PUBLIC_URL AZURE_TENANT_ID

name='Våre unge 365: sign-in'
host=${VAREUNGE_PUBLIC_URL#https://}
graph=https://graph.microsoft.com/v1.0/applications
# Teams in the desktop and on phones, Teams in the browser: they ask for a token for our tab without asking the person.
teams_clients='"1fec8e78-bce4-4aaf-ab1b-5451cc387264", "5e3ce6c0-2b1f-4285-8d4b-75ee78787346"'

read -r object app < <(az ad app list --filter "displayName eq '$name'" --query '[].[id, appId]' --output tsv) || true
if [ -z "${app-}" ]; then
    if ! $apply; then
        echo "would: makes the app registration «$name»"
        finish
        exit 0
    fi
    echo "makes the app registration «$name»"
    # By its own answer: the directory may take a while to list it.
    read -r object app < <(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query '[[id, appId]]' --output tsv)
    change 'makes its enterprise application' az ad sp create --id "$app"
fi

scope=$(az rest --method get --url "$graph/$object" --query "api.oauth2PermissionScopes[?value=='access_as_user'].id | [0]" --output tsv)
[ -n "$scope" ] || scope=$(cat /proc/sys/kernel/random/uuid)
settings='{
  "identifierUris": ["api://'$host'/'$app'"],
  "web": {"redirectUris": ["'$VAREUNGE_PUBLIC_URL'/logg-inn/entra/retur", "'$VAREUNGE_PUBLIC_URL'/logg-ut"]},
  "api": {"requestedAccessTokenVersion": 2, "oauth2PermissionScopes": [{
    "id": "'$scope'", "value": "access_as_user", "type": "User", "isEnabled": true,
    "adminConsentDisplayName": "Sign in", "adminConsentDescription": "Sign in to Våre unge 365 within Teams.",
    "userConsentDisplayName": "Logge inn", "userConsentDescription": "Logge inn i Våre unge 365 i Teams."}]}
}'
change "sets address, way back and scope of $app" az rest --method patch --url "$graph/$object" --body "$settings"
clients='{"api": {"preAuthorizedApplications": ['$(sed -E 's/("[^"]+")/{"appId": \1, "delegatedPermissionIds": ["'"$scope"'"]}/g' <<<"$teams_clients")']}}'
change "lets Teams ask for a token of the tab's" az rest --method patch --url "$graph/$object" --body "$clients"

principal=$(az ad sp show --id "$VAREUNGE_DOOR_ID" --query id --output tsv)
known=$(az rest --method get --url "$graph/$object/federatedIdentityCredentials" --query "value[?subject=='$principal'].name | [0]" --output tsv)
if [ -z "$known" ]; then
    credential='{"name": "door", "issuer": "https://login.microsoftonline.com/'$AZURE_TENANT_ID'/v2.0", "subject": "'$principal'", "audiences": ["api://AzureADTokenExchange"]}'
    change 'lets the Door vouch for the app' az rest --method post --url "$graph/$object/federatedIdentityCredentials" --body "$credential"
fi
echo "SIGN_IN_APP_ID=$app"
finish
