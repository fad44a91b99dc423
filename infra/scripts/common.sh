# Shared by the scripts beside it. Without --apply a script changes nothing and tells what it would do.
# Names of what was made come from azd's environment (`azd env get-values`), or from variables that are set already.
set -euo pipefail

apply=false
arguments=()
while [ $# -gt 0 ]; do
    case $1 in
    --apply) apply=true ;;
    --help | -h)
        sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    --)
        # What stands behind it is another program's.
        arguments+=("$@")
        break
        ;;
    *) arguments+=("$1") ;;
    esac
    shift
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

if [ -z "${AZURE_RESOURCE_GROUP-}" ] && command -v azd >/dev/null; then
    while IFS='=' read -r name value; do
        value=${value#\"}
        export "$name=${value%\"}"
    done < <(cd "$root" && azd env get-values)
fi

# need NAME…: ends with 2 when a variable is not set.
need() {
    local name
    for name in "$@"; do
        if [ -z "${!name-}" ]; then
            echo "$name is not set: run this where azd's environment is, or set it" >&2
            exit 2
        fi
    done
}

# aloud WORDS COMMAND…: tells what is changed, and does it with --apply.
aloud() {
    local words=$1
    shift
    if $apply; then
        echo "$words"
        "$@"
    else
        echo "would: $words"
    fi
}

# change WORDS COMMAND…: the same, without what the command prints, which may be a key.
change() {
    local words=$1
    shift
    if $apply; then
        echo "$words"
        "$@" >/dev/null
    else
        echo "would: $words"
    fi
}

# registration NAME: sets object and app, the ids of the app registration of that name. Where there is none it is made, or
# told, and both stay empty.
registration() {
    read -r object app < <(az ad app list --filter "displayName eq '$1'" --query '[].[id, appId]' --output tsv) || true
    [ -z "${app-}" ] || return 0
    if ! $apply; then
        echo "would: makes the app registration «$1»"
        return 0
    fi
    echo "makes the app registration «$1»"
    # By its own answer: the directory may take a while to list it.
    read -r object app < <(az ad app create --display-name "$1" --sign-in-audience AzureADMyOrg --query '[[id, appId]]' --output tsv)
    change 'makes its enterprise application' az ad sp create --id "$app"
}

# settings BODY WORDS: changes the app registration $object.
settings() {
    change "$2" az rest --method patch --url "https://graph.microsoft.com/v1.0/applications/$object" --body "$1"
}

# vouching NAME CLIENT_ID: lets a managed identity vouch for the app registration $object, which has no secret.
vouching() {
    local principal known credential address=https://graph.microsoft.com/v1.0/applications/$object/federatedIdentityCredentials
    principal=$(az ad sp show --id "$2" --query id --output tsv)
    known=$(az rest --method get --url "$address" --query "value[?subject=='$principal'].name | [0]" --output tsv)
    [ -z "$known" ] || return 0
    credential='{"name": "'$1'", "issuer": "https://login.microsoftonline.com/'$AZURE_TENANT_ID'/v2.0", "subject": "'$principal'", "audiences": ["api://AzureADTokenExchange"]}'
    change "lets the $1's identity vouch for the app" az rest --method post --url "$address" --body "$credential"
}

# finish: the last line of each script.
finish() {
    $apply || echo "Nothing was changed. With --apply it is done."
}
