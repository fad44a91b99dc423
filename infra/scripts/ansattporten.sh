#!/usr/bin/env bash
# Make the key of the integration at Ansattporten. The private half goes into the key vault and is never shown; the public half
# is printed, for whoever registers the integration in Digdir's self-service (Samarbeidsportalen).
# For: a Key Vault Secrets Officer of the vault. Tools: az, signed in; this repository with ./run.
# ansattporten.sh [--apply]   A second run makes a new key: register it before the Door is restarted.

source "$(dirname "$0")/common.sh" "$@"
need ANSATTPORTEN_VAULT VAREUNGE_PUBLIC_URL

echo 'In the integration: integration type Ansattporten, grant authorization_code, client authentication private_key_jwt, PKCE S256,'
echo "scopes openid profile, redirect address $VAREUNGE_PUBLIC_URL/logg-inn/ansattporten/retur, address after logout $VAREUNGE_PUBLIC_URL/logg-ut"
if $apply; then
    private=$(mktemp)
    trap 'rm -f "$private"' EXIT
    chmod 600 "$private"
    (cd "$root" && ./run uv run python -m tools.ansattporten_key "$private")
    change 'puts the private key into the vault' az keyvault secret set --vault-name "$ANSATTPORTEN_VAULT" \
        --name ansattporten-key --file "$private"
else
    change 'makes a key, puts its private half into the vault and prints its public half' true
fi
finish
