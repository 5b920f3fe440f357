#!/usr/bin/env bash
# A first result: installs missing packages, builds, trains a small network with mutated hyperparameters, shows the
# results. You can run it again at any time, from any directory, as root or with sudo. If the program is installed, it
# builds nothing and stores the results in the current folder.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/lib/common.sh
source "$here/lib/common.sh"
# shellcheck source=scripts/lib/python.sh
source "$here/lib/python.sh"
# shellcheck source=scripts/lib/packages.sh
source "$here/lib/packages.sh"
# shellcheck source=scripts/lib/report_page.sh
source "$here/lib/report_page.sh"

if is_installed; then
    ENVIRONMENT=${XDG_DATA_HOME:-${HOME:-/tmp/mutation-$EUID}/.local/share}/mutation/digits-python
    RESULTS=$PWD/results
else
    ENVIRONMENT=$ROOT/scripts/adapters/digits/.venv
    RESULTS=$ROOT/results
fi
readonly ENVIRONMENT RESULTS

# give_back FOLDER...: under sudo, gives the folders to the user, so that the next run works without sudo.
give_back() {
    local folder
    for folder in "$@"; do
        if ((EUID == 0)) && [[ -n ${SUDO_UID:-} && -d $folder ]]; then
            chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$folder"
        fi
    done
}

build_program() {
    for tool in cmake ninja c++; do
        command -v "$tool" >/dev/null || die 3 "$tool is not installed, but the build needs it."
    done
    step build build "$ROOT/build" -DCMAKE_BUILD_TYPE=Release -DMUTATION_TESTS=OFF -DMUTATION_UNITY=ON || exit 3
    give_back "$ROOT/build"
}

show_result() {
    local session=$1
    if [[ -z $session || ! -f $session/summary.csv ]]; then
        say "No session was created."
        return
    fi
    say "Session: $session" "Table:   $session/summary.csv"
    [[ ! -f $session/report/report.html ]] || say "Open this page in a browser: $session/report/report.html"
}

case ${1:-} in
    "") ;;
    -h | --help)
        say "Usage: $0" "Installs missing packages, builds in build/, runs settings/quickstart.json, shows the result."
        exit 0
        ;;
    *) die 2 "$1: quickstart.sh takes no arguments" ;;
esac

prepare_build_folder
say "[1/4] Packages"
is_installed || require_packages "${BUILD_PACKAGES[@]}"
install_perf
require_training_python "$ENVIRONMENT"
is_installed || fetch_chart_library
if is_installed; then
    binary=$(find_mutation) || die 3 "The program was not found; say where it is: MUTATION_BINARY=PATH $0"
    say "[2/4] Program: $binary (installed, nothing to build)"
    # The training looks for its Python beside its script. An installed script has none there.
    MUTATION_PYTHON=$(find_python "$ENVIRONMENT" torch sklearn)
    export MUTATION_PYTHON
    give_back "${LOGS%/logs}" "${ENVIRONMENT%/digits-python}"
else
    say "[2/4] Build (several minutes the first time; progress: $LOGS/build.log)"
    build_program
    binary=$ROOT/build/mutation
fi

say "[3/4] Training with mutated hyperparameters: $binary -ec $ROOT/settings/quickstart.json"
status=0
"$binary" -ec "$ROOT/settings/quickstart.json" --settings "$ROOT/settings" --results-dir "$RESULTS" |
    tee -i "$LOGS/session.log" || status=$?

say "[4/4] Result"
if ((EUID != 0)) && [[ -d /sys/bus/event_source/devices/power ]]; then
    say "CPU energy needs root on this machine: sudo $binary -ec $ROOT/settings/quickstart.json"
fi
show_result "$(sed -n 's/^session: //p' "$LOGS/session.log" | tail -n 1)"
exit "$status"
