#!/usr/bin/env bash
# Give each identity exactly the Graph application permissions of its list in infra/permissions, and take away any other.
# For: an administrator who may grant consent (Privileged Role Administrator). Tools: az, signed in.
# graph-permissions.sh [--apply] [--private-channels] [--none]
#   --private-channels  the Builder gets infra/permissions/builder-private-channels.txt, too
#   --none              takes every permission away: leaving the product

source "$(dirname "$0")/common.sh" "$@"
need VAREUNGE_HANDS_ID VAREUNGE_BUILDER_ID VAREUNGE_DOOR_ID VAREUNGE_BOT_ID

lists=$root/infra/permissions
graph_app=00000003-0000-0000-c000-000000000000
more=
none=false
for argument in ${arguments[@]+"${arguments[@]}"}; do
    case $argument in
    --private-channels) more=$lists/builder-private-channels.txt ;;
    --none) none=true ;;
    *)
        echo "unknown: $argument" >&2
        exit 2
        ;;
    esac
done

parts=(hands builder door bot)
# Where the Hands are an app registration, the identity that vouches for it has no permission of its own.
if [ "${VAREUNGE_HANDS_IDENTITY_ID:-$VAREUNGE_HANDS_ID}" != "$VAREUNGE_HANDS_ID" ]; then parts+=(hands_identity); fi

# wanted PART: the tenant-wide permissions of a list, without remarks, consent of teams, or Exchange's.
wanted() {
    if $none || [ "$1" = hands_identity ]; then return 0; fi
    local files=("$lists/$1.txt")
    if [ "$1" = builder ] && [ -n "$more" ]; then files+=("$more"); fi
    sed 's/#.*//; s/[[:space:]]*$//' "${files[@]}" | grep -vE '^(exchange:.*|.*\.(Group|Chat|User))?$' | sort -u || true
}

graph=$(az ad sp show --id "$graph_app" --query id --output tsv)
roles=$(az rest --method get --url "https://graph.microsoft.com/v1.0/servicePrincipals/$graph?\$select=appRoles" \
    --query 'appRoles[].[id, value]' --output tsv)

for part in "${parts[@]}"; do
    variable=VAREUNGE_${part^^}_ID
    principal=$(az ad sp show --id "${!variable}" --query id --output tsv)
    address=https://graph.microsoft.com/v1.0/servicePrincipals/$principal/appRoleAssignments
    held=$(az rest --method get --url "$address" --query "value[?resourceId=='$graph'].[id, appRoleId]" --output tsv)
    list=$(wanted "$part")
    for name in $list; do
        role=$(awk -v name="$name" '$2 == name { print $1 }' <<<"$roles")
        if [ -z "$role" ]; then
            echo "Graph has no application permission $name" >&2
            exit 1
        fi
        if ! grep -q "[[:space:]]$role\$" <<<"$held"; then
            body="{\"principalId\": \"$principal\", \"resourceId\": \"$graph\", \"appRoleId\": \"$role\"}"
            change "$part gets $name" az rest --method post --url "$address" --body "$body"
        fi
    done
    while read -r assignment role; do
        [ -n "$assignment" ] || continue
        name=$(awk -v role="$role" '$1 == role { print $2 }' <<<"$roles")
        if ! grep -qx -- "$name" <<<"$list"; then
            change "$part loses ${name:-$role}" az rest --method delete --url "$address/$assignment"
        fi
    done <<<"$held"
    echo "$part: its list has $(grep -c . <<<"$list" || true) permissions"
done
finish
