# shellcheck shell=bash
# Shared by the scripts: the project's folder, steps with a log, builds. Source this file.

# A fixed locale gives the same messages, sorting and decimal points everywhere.
export LC_ALL=C.UTF-8

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LOGS=$ROOT/build/logs

# Whether these scripts are installed. Then there are no sources to build, and the folder may be read-only.
is_installed() {
    [[ ! -f $ROOT/CMakeLists.txt ]]
}

if is_installed; then
    LOGS=${XDG_STATE_HOME:-${HOME:-/tmp/mutation-$EUID}/.local/state}/mutation/logs
fi

say() {
    printf '%s\n' "$@"
}

# die STATUS MESSAGE...
die() {
    printf '%s\n' "${@:2}" >&2
    exit "$1"
}

# prepare_build_folder: creates build/ and its logs (installed: only a folder for logs), or ends with the reason.
prepare_build_folder() {
    if mkdir -p "$LOGS" 2>/dev/null && [[ -w $LOGS ]] && { is_installed || [[ -w $ROOT/build ]]; }; then
        return
    fi
    if is_installed; then
        die 3 "$LOGS cannot be written by $(id -un)." "Use another folder for logs: XDG_STATE_HOME=FOLDER $0"
    else
        die 3 "$ROOT/build cannot be written by $(id -un)." \
            "Another user built there; remove it: sudo rm -r $ROOT/build"
    fi
}

# find_mutation: prints the path of the program: $MUTATION_BINARY, the one built here, the one installed with these
# scripts, or the one on PATH. Fails if there is none.
find_mutation() {
    local candidate
    for candidate in "${MUTATION_BINARY:-}" "$ROOT/build/mutation" "$ROOT/../../bin/mutation" mutation; do
        if [[ -n $candidate ]] && command -v "$candidate" >/dev/null; then
            readlink -f "$(command -v "$candidate")"
            return
        fi
    done
    return 1
}

# step NAME COMMAND...: runs the command with its output in build/logs/NAME.log. Prints one line at the end, and the end
# of the log if it failed. Returns the command's status.
step() {
    local name=$1 status=0 start=$SECONDS
    shift
    "$@" >"$LOGS/$name.log" 2>&1 </dev/null || status=$?
    if ((status == 0)); then
        say "  ok      $name ($((SECONDS - start)) s)"
    else
        say "  FAILED  $name ($((SECONDS - start)) s, status $status); the end of $LOGS/$name.log:"
        tail -n 40 "$LOGS/$name.log" | sed 's/^/    | /'
    fi
    return "$status"
}

# configure FOLDER OPTION...: runs CMake for a build in FOLDER. Removes the cache of another generator or of a source tree
# at another place, because CMake refuses both.
configure() {
    local folder=$1 cache=$1/CMakeCache.txt
    shift
    if [[ -f $cache ]] && ! { grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$ROOT" "$cache" &&
        grep -qxF "CMAKE_GENERATOR:INTERNAL=Ninja" "$cache"; }; then
        rm -rf "$cache" "$folder/CMakeFiles"
    fi
    cmake -S "$ROOT" -B "$folder" -G Ninja "$@"
}

# build FOLDER OPTION...: configures and compiles on every core.
build() {
    configure "$@" && cmake --build "$1" -j "$(nproc)"
}
