#!/usr/bin/env bash
# Make the app registration that the Hands are towards Microsoft 365, and let their managed identity vouch for it: it has no secret.
# What a team consents to falls to an app registration alone, and a tab's token in Teams is for its API.
# For: an Application Administrator. Tools: az, signed in. Afterwards: azd env set HANDS_APP_ID …, and azd provision.
# hands-app.sh [--apply]

source "$(dirname "$0")/common.sh" "$@"
need VAREUNGE_HANDS_IDENTITY_ID VAREUNGE_PUBLIC_URL AZURE_TENANT_ID

# Teams in the desktop and on phones, Teams in the browser: they ask for a token for our tab without asking the person.
teams_clients='"1fec8e78-bce4-4aaf-ab1b-5451cc387264", "5e3ce6c0-2b1f-4285-8d4b-75ee78787346"'

registration 'Våre unge 365: Hands'
if [ -z "${app-}" ]; then
    finish
    exit 0
fi

scope=$(az rest --method get --url "https://graph.microsoft.com/v1.0/applications/$object" \
    --query "api.oauth2PermissionScopes[?value=='access_as_user'].id | [0]" --output tsv)
[ -n "$scope" ] || scope=$(cat /proc/sys/kernel/random/uuid)
settings '{
  "identifierUris": ["api://'${VAREUNGE_PUBLIC_URL#https://}'/'$app'"],
  "api": {"requestedAccessTokenVersion": 2, "oauth2PermissionScopes": [{
    "id": "'$scope'", "value": "access_as_user", "type": "User", "isEnabled": true,
    "adminConsentDisplayName": "Sign in", "adminConsentDescription": "Sign in to Våre unge 365 within Teams.",
    "userConsentDisplayName": "Logge inn", "userConsentDescription": "Logge inn i Våre unge 365 i Teams."}]}
}' "sets address and scope of $app"
settings '{"api": {"preAuthorizedApplications": ['"$(sed -E 's/("[^"]+")/{"appId": \1, "delegatedPermissionIds": ["'"$scope"'"]}/g' <<<"$teams_clients")"']}}' \
    "lets Teams ask for a token of the tab's"
vouching hands "$VAREUNGE_HANDS_IDENTITY_ID"
echo "HANDS_APP_ID=$app"
finish
