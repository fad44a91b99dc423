#!/usr/bin/env bash
# Build the package and deploy it to Hands and Door; then look whether the Door can work. Run database.sh before it.
# For: a Contributor of the resource group. Tools: azd, signed in, in the folder of its environment; curl; this repository with ./run
# and Python 3.13.
# deploy.sh [--apply]

source "$(dirname "$0")/common.sh" "$@"
need DOOR_NAME HANDS_NAME VAREUNGE_PUBLIC_URL

package=$root/dist/vareunge.zip
build() { (cd "$root" && ./run uv run python -m tools.package "$package"); }
aloud "builds $package" build
# The Hands first: what a newer Door makes due, an older one of theirs might not know.
# By azd, which honours `remoteBuild: false`: az has Azure build Python's packages anew, and the compiled modules are gone then.
deploy() { (cd "$root" && azd deploy "$1" --from-package "$package"); }
aloud "deploys to $HANDS_NAME" deploy hands
aloud "deploys to $DOOR_NAME" deploy door
aloud 'asks the Door whether it can work' curl --silent --show-error --fail --retry 10 --retry-all-errors "$VAREUNGE_PUBLIC_URL/readyz"
finish
