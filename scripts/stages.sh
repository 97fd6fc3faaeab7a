# Runs the stages of a script: functions named stage_NAME, each in a process group of its own.
#
# A stage that leaves a process behind has failed. A stage that returns $SKIPPED was skipped, which is an error when CI
# is set. All stages run whatever the others did; the exit code is 1 when one failed.

SKIPPED=77

# Installs Debian packages if that is allowed here.
install_packages() {
    command -v apt-get >/dev/null || return 1
    local root=()
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || return 1
        root=(sudo -n)
    fi
    echo "installing $*"
    {
        "${root[@]}" apt-get update -qq || true
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    } >/dev/null
}

# Shows the living processes of a group; fails when there are none. A zombie is not living.
living() {
    kill -0 -- "-$1" 2>/dev/null || return 1
    command -v ps >/dev/null || return 0
    ps -A -o pgid= -o stat= -o pid= -o args= | awk -v group="$1" '$1 == group && $2 !~ /^Z/ { print; n++ } END { exit !n }'
}

# run_stages "ALL THE NAMES" [--list | NAME…]
run_stages() {
    local all=$1 name wanted status started group passed=0 failed=0 skipped=0 lines=()
    shift
    if [ "${1:-}" = --list ]; then
        printf '%s\n' $all
        return
    fi
    wanted="${*:-$all}"
    for name in $wanted; do
        declare -F "stage_$name" >/dev/null || { echo "error: there is no stage \`$name\`: use ${all// /, }" >&2; return 2; }
    done
    group=
    trap 'if [ -n "$group" ]; then kill -TERM -- "-$group" 2>/dev/null || true; fi; exit 130' INT TERM HUP
    for name in $wanted; do
        printf '\n=== %s ===\n' "$name"
        started=$SECONDS
        status=0
        set -m
        ( set -euo pipefail; "stage_$name" ) </dev/null &
        group=$!
        set +m
        wait "$group" || status=$?
        if living "$group" >/dev/null && sleep 1 && living "$group" >/dev/null; then
            echo "FAILED: stage $name left processes behind:" >&2
            living "$group" >&2
            kill -KILL -- "-$group" 2>/dev/null || true
            [ "$status" = 0 ] && status=1
        fi
        group=
        case $status in
            0) passed=$((passed + 1)); lines+=("passed   $name  $((SECONDS - started)) s") ;;
            "$SKIPPED")
                if [ -n "${CI:-}" ]; then
                    failed=$((failed + 1)); lines+=("FAILED   $name  skipped, which CI does not permit")
                else
                    skipped=$((skipped + 1)); lines+=("skipped  $name")
                fi ;;
            *) failed=$((failed + 1)); lines+=("FAILED   $name  $((SECONDS - started)) s") ;;
        esac
    done
    trap - INT TERM HUP
    printf '\n=== summary, %s s ===\n' "$SECONDS"
    printf '%s\n' "${lines[@]}"
    printf 'stages: %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" = 0 ]
}
