#!/usr/bin/env bash
# Bring the database to the package's schema, and give Door and Hands what they need there. After every upgrade, before deploy.sh.
# For: a member of the group of database administrators. Tools: az 2.87 or newer, signed in; psql; this repository with ./run.
# database.sh [--apply] [--dump FILE | -- vareunge's command…]
#   --dump FILE  writes the whole database to a file instead, for pg_restore; pg_dump 17 or newer does it
#   -- import DIR, export DIR, pause, outbox …: runs that command on the database instead. Nothing here has the identities that
#      Microsoft 365 asks for: what changes something there is ordered with --no-wait, and the Hands carry it out
# The server's firewall is opened for this machine's address meanwhile (MY_ADDRESS, or what the internet sees), and closed again.

source "$(dirname "$0")/common.sh" "$@"
need AZURE_RESOURCE_GROUP DATABASE_SERVER DATABASE_HOST DATABASE_NAME DOOR_DATABASE_ROLE HANDS_DATABASE_ROLE DATABASE_ADMINISTRATORS_NAME
case ${arguments[0]-}:${#arguments[@]} in
:0 | --:* | --dump:2) ;;
*)
    echo 'database.sh [--apply] [--dump FILE | -- vareunge command…]' >&2
    exit 2
    ;;
esac

rule=administrator-$$
private=$(az postgres flexible-server show --resource-group "$AZURE_RESOURCE_GROUP" --name "$DATABASE_SERVER" \
    --query network.delegatedSubnetResourceId --output tsv)
close() {
    az postgres flexible-server firewall-rule delete --resource-group "$AZURE_RESOURCE_GROUP" --server-name "$DATABASE_SERVER" \
        --name "$rule" --yes >/dev/null
}
if $apply && [ -z "$private" ]; then
    address=${MY_ADDRESS-$(curl --silent --fail https://api.ipify.org)}
    trap close EXIT
    change "opens the firewall for $address" az postgres flexible-server firewall-rule create --resource-group "$AZURE_RESOURCE_GROUP" \
        --server-name "$DATABASE_SERVER" --name "$rule" --start-ip-address "$address" --end-ip-address "$address"
fi

# As the group, so that tables belong to the group and not to the person who happens to run this.
PGPASSWORD=$(az account get-access-token --resource-type oss-rdbms --query accessToken --output tsv)
export PGPASSWORD PGSSLMODE=require PGHOST=$DATABASE_HOST PGUSER=$DATABASE_ADMINISTRATORS_NAME

roles=''
for role in "$DOOR_DATABASE_ROLE" "$HANDS_DATABASE_ROLE"; do
    roles+="select pgaadauth_create_principal('$role', false, false) where not exists (select from pg_roles where rolname = '$role');"
done
rights=''
for role in "$DOOR_DATABASE_ROLE" "$HANDS_DATABASE_ROLE"; do
    rights+="grant connect on database \"$DATABASE_NAME\" to \"$role\"; grant usage on schema public to \"$role\";
    grant select, insert, update, delete on all tables in schema public to \"$role\";
    grant usage, select on all sequences in schema public to \"$role\";
    alter default privileges in schema public grant select, insert, update, delete on tables to \"$role\";
    alter default privileges in schema public grant usage, select on sequences to \"$role\";"
done
# The service takes a token in the place of a password, as the address of the database holds one. It stands in no argument.
quote() { python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.stdin.read().strip(), safe=""))'; }
user=$(quote <<<"$DATABASE_ADMINISTRATORS_NAME")
# Whom a rehearsal leaves out, a command here leaves out, too.
[ "${ALLOWED_RECIPIENTS-}" = '*' ] || export VAREUNGE_ALLOWED_RECIPIENTS="${ALLOWED_RECIPIENTS:-,}"
# What the apps know of papers and the archive, it knows, too.
for name in TIMEZONE PAPER_COLOUR PAPER_OWNER ARCHIVE_OWNER ARCHIVE_RESTRICTIONS; do
    [ -z "${!name-}" ] || export "VAREUNGE_$name=${!name}"
done
for name in PAPER_LOGO WORD_TEMPLATE; do
    [ -z "${!name-}" ] || export "VAREUNGE_$name=$root/county/${!name}"
done
export VAREUNGE_DATABASE_URL="postgresql+psycopg://$user:$(quote <<<"$PGPASSWORD")@$DATABASE_HOST/$DATABASE_NAME?sslmode=require"

case ${arguments[0]-} in
--)
    aloud "runs vareunge ${arguments[*]:1}" "$root/run" "${arguments[@]:1}"
    finish
    exit 0
    ;;
--dump)
    aloud "writes $DATABASE_NAME to ${arguments[1]}" pg_dump --dbname "$DATABASE_NAME" --format custom --file "${arguments[1]}"
    finish
    exit 0
    ;;
esac
change 'makes the roles of Door and Hands' psql --dbname postgres --set ON_ERROR_STOP=1 --command "$roles"
aloud "brings the schema of $DATABASE_NAME to this version" "$root/run" migrate
change 'lets Door and Hands read and write, and change no table' psql --dbname "$DATABASE_NAME" --set ON_ERROR_STOP=1 --command "$rights"
finish
