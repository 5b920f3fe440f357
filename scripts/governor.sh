#!/usr/bin/env bash
# Sets or shows the frequency governor of every CPU. `mutation -g MODE` does the same during a session and restores the
# old governor; this script sets it until the next boot.
set -uo pipefail

readonly SYSFS=${MUTATION_SYSFS:-/sys}

usage() {
    cat >&2 <<END
Usage: $(basename "$0") MODE
MODE: performance, powersave, ondemand, conservative, schedutil, userspace; two letters are enough.
      ? shows the governor of each CPU.
Setting one needs root: sudo $0 performance
END
    exit 2
}

governor_named() {
    case $1 in
        pe*) echo performance ;;
        po* | pw*) echo powersave ;;
        on* | de*) echo ondemand ;;
        co*) echo conservative ;;
        sc*) echo schedutil ;;
        us*) echo userspace ;;
        *) return 1 ;;
    esac
}

cpu_of() {
    basename "$(dirname "$(dirname "$1")")"
}

show() {
    local file
    for file in "${files[@]}"; do
        printf '%s %s\n' "$(cpu_of "$file")" "$(<"$file")"
    done
}

# Continues after an error, so that it can report every CPU that failed.
set_all() {
    local governor=$1 file why failed=0
    for file in "${files[@]}"; do
        if ! why=$({ printf '%s\n' "$governor" >"$file"; } 2>&1); then
            printf '%s: %s\n' "$(cpu_of "$file")" "could not be set to $governor: ${why##*: }" >&2
            failed=$((failed + 1))
        elif [[ $(<"$file") != "$governor" ]]; then
            printf '%s: %s\n' "$(cpu_of "$file")" "is still $(<"$file") after setting $governor" >&2
            failed=$((failed + 1))
        fi
    done
    if ((failed > 0)); then
        echo "$failed of ${#files[@]} CPUs do not use $governor." >&2
        offer_governors
        return 1
    fi
    echo "${#files[@]} CPUs use $governor."
}

offer_governors() {
    local offered
    offered=$(dirname "${files[0]}")/scaling_available_governors
    if [[ -r $offered ]]; then
        echo "This machine offers: $(<"$offered")" >&2
    fi
    if ((EUID != 0)); then
        echo "Setting a governor needs root: sudo $0 MODE" >&2
    fi
}

(($# == 1)) || usage
mode=$1
if [[ $mode != '?' ]] && ! governor=$(governor_named "$mode"); then
    echo "$mode: unknown governor" >&2
    usage
fi

shopt -s nullglob
files=("$SYSFS"/devices/system/cpu/cpu*/cpufreq/scaling_governor)
if ((${#files[@]} == 0)); then
    echo "$SYSFS/devices/system/cpu: no CPU has a frequency governor (normal in a virtual machine)." >&2
    exit 3
fi

if [[ $mode == '?' ]]; then
    show
else
    set_all "$governor"
fi
