#!/usr/bin/env bash
# Build the package and deploy it to Hands and Door; then look whether the Door can work. Run database.sh before it.
# For: a Contributor of the resource group. Tools: az, signed in; curl; this repository with ./run and Python 3.13.
# deploy.sh [--apply]

source "$(dirname "$0")/common.sh" "$@"
need AZURE_RESOURCE_GROUP DOOR_NAME HANDS_NAME VAREUNGE_PUBLIC_URL

package=$root/dist/vareunge.zip
build() { (cd "$root" && ./run uv run python -m tools.package "$package"); }
aloud "builds $package" build
# The Hands first: what a newer Door makes due, an older one of theirs might not know.
for app in "$HANDS_NAME" "$DOOR_NAME"; do
    change "deploys to $app" az functionapp deployment source config-zip --resource-group "$AZURE_RESOURCE_GROUP" \
        --name "$app" --src "$package" --build-remote false
done
aloud 'asks the Door whether it can work' curl --silent --show-error --fail --retry 10 --retry-all-errors "$VAREUNGE_PUBLIC_URL/readyz"
finish
