# shellcheck shell=bash
# Installs packages of Debian or Ubuntu, only those that are missing. To be sourced after common.sh and python.sh.

# shellcheck disable=SC2034  # used by the scripts that source this file
BUILD_PACKAGES=(g++ cmake ninja-build pkg-config nlohmann-json3-dev libcli11-dev libspdlog-dev libfmt-dev libpcre2-dev
    zlib1g-dev)
TRAINING_PACKAGES=(python3-torch python3-sklearn)

# missing_packages NAME...: prints those that are not installed.
missing_packages() {
    local name
    for name in "$@"; do
        if [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) != installed ]]; then
            printf '%s\n' "$name"
        fi
    done
}

# as_root COMMAND...: runs it as root, through sudo where that is needed.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die 3 "Root is needed, and there is no sudo; as root run: $*"
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a \
        apt-get -y -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"
}

# Whether packages can be installed at all: there is apt, and a way to become root.
can_install() {
    command -v apt-get >/dev/null && { ((EUID == 0)) || command -v sudo >/dev/null; }
}

update_package_lists() {
    [[ -n ${PACKAGE_LISTS_ARE_FRESH:-} ]] && return
    # An old list is better than none: only the install decides whether something is wrong.
    step apt-update apt update || true
    PACKAGE_LISTS_ARE_FRESH=yes
}

# has_candidate NAME...: whether apt could install every one.
has_candidate() {
    local name policy
    for name in "$@"; do
        # Into a variable, not a pipe: one that grep leaves early would fail under pipefail.
        policy=$(apt-cache policy "$name" 2>/dev/null)
        [[ $policy == *"Candidate: "[0-9]* ]] || return 1
    done
}

# install_packages NAME...: installs what is missing of them; asks apt for nothing when all is there. Fails when apt
# does.
install_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]} == 0)) && return
    # sudo asks for its password here, where the question can be seen: the steps run with their output in a log.
    ((EUID == 0)) || as_root true || return
    update_package_lists
    say "  installing ${missing[*]}"
    step apt-install apt install --no-install-recommends "${missing[@]}"
}

# require_packages NAME...: as above, but ends the script when they cannot be had. Without apt the names are said, and
# what follows shows whether the machine has them in another way.
require_packages() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        say "  apt is missing here; install these Debian packages, or what your system has instead:" "  $*"
        return
    fi
    install_packages "$@" || die 3 "Packages could not be installed; the log is $LOGS/apt-install.log"
}

# install_perf: perf is worth having but not needed: without it CPU energy is absent, and the record says why.
install_perf() {
    command -v perf >/dev/null && return
    can_install || return 0
    local name=linux-perf
    if grep -qiE '^ID(_LIKE)?=.*ubuntu' /etc/os-release 2>/dev/null; then
        name=linux-tools-generic
    fi
    install_packages "$name" || say "  perf could not be installed: CPU energy will not be measured"
}

# require_training_python ENVIRONMENT: makes sure that some Python has what the digits training needs: the system's
# packages, or, where the system has none, an environment in the folder ENVIRONMENT.
require_training_python() {
    local environment=$1
    find_python "$environment" torch sklearn >/dev/null 2>&1 && return
    if [[ -n ${MUTATION_PYTHON:-} ]]; then
        die 3 "MUTATION_PYTHON=$MUTATION_PYTHON lacks torch or sklearn; install them there, or unset it."
    fi
    if can_install; then
        ((EUID == 0)) || as_root true || die 3 "PyTorch has to be installed; the command: apt-get install ${TRAINING_PACKAGES[*]}"
        update_package_lists
        if has_candidate "${TRAINING_PACKAGES[@]}"; then
            install_packages "${TRAINING_PACKAGES[@]}" || true
        else
            install_packages python3-venv || true
        fi
        find_python "$environment" torch sklearn >/dev/null 2>&1 && return
    fi
    say "  the system has no package of PyTorch: it goes to $environment"
    if ! step python-environment python3 -m venv "$environment" ||
        ! step pip-install "$environment/bin/python3" -m pip install torch scikit-learn; then
        die 3 "No Python with PyTorch and scikit-learn could be had." \
            "Install both and name that Python: MUTATION_PYTHON=/path/to/python3 $0"
    fi
}
