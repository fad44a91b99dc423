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

# finish: the last line of each script.
finish() {
    $apply || echo "Nothing was changed. With --apply it is done."
}
