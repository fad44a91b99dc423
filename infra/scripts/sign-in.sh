#!/usr/bin/env bash
# Make the app registration that people sign in to, and let the Door vouch for it: it has no secret.
# For: an Application Administrator. Tools: az, signed in. Afterwards: azd env set SIGN_IN_APP_ID …, and azd provision.
# sign-in.sh [--apply]

source "$(dirname "$0")/common.sh" "$@"
need VAREUNGE_DOOR_ID VAREUNGE_PUBLIC_URL AZURE_TENANT_ID

graph=00000003-0000-0000-c000-000000000000

registration 'Våre unge 365: sign-in'
if [ -z "${app-}" ]; then
    finish
    exit 0
fi

settings '{
  "web": {"redirectUris": ["'$VAREUNGE_PUBLIC_URL'/logg-inn/entra/retur", "'$VAREUNGE_PUBLIC_URL'/logg-ut"]},
  "api": {"requestedAccessTokenVersion": 2}
}' "sets the ways back of $app"
# Where people may not consent for themselves, the first of them would be sent to an administrator instead of to us.
known=$(az ad app permission list-grants --id "$app" \
    --query "[?consentType=='AllPrincipals' && contains(scope, 'openid') && contains(scope, 'profile')].id | [0]" --output tsv)
if [ -z "$known" ]; then
    change 'consents for everybody that the app learns who signs in' az ad app permission grant --id "$app" --api "$graph" --scope openid profile
fi
vouching door "$VAREUNGE_DOOR_ID"
echo "SIGN_IN_APP_ID=$app"
finish
