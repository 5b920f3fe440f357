# shellcheck shell=bash
# Installs missing packages of Debian or Ubuntu. Source this file after common.sh and python.sh.

# shellcheck disable=SC2034  # used by the scripts that source this file
BUILD_PACKAGES=(g++ cmake ninja-build pkg-config nlohmann-json3-dev libcli11-dev libspdlog-dev libfmt-dev libpcre2-dev
    zlib1g-dev libeigen3-dev libboost-dev)
TRAINING_PACKAGES=(python3-torch python3-sklearn)

# missing_packages NAME...: prints the names that are not installed.
missing_packages() {
    local name
    for name in "$@"; do
        if [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) != installed ]]; then
            printf '%s\n' "$name"
        fi
    done
}

# as_root COMMAND...: runs it as root, with sudo if needed.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die 3 "This step needs root, and there is no sudo. Run as root: $*"
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a \
        apt-get -y -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"
}

# Whether packages can be installed: there is apt and a way to become root.
can_install() {
    command -v apt-get >/dev/null && { ((EUID == 0)) || command -v sudo >/dev/null; }
}

update_package_lists() {
    [[ -n ${PACKAGE_LISTS_ARE_FRESH:-} ]] && return
    # If this fails, an old list may still be good enough for the installation.
    step apt-update apt update || true
    PACKAGE_LISTS_ARE_FRESH=yes
}

# has_candidate NAME...: whether apt can install all of them.
has_candidate() {
    local name policy
    for name in "$@"; do
        # Not a pipe: under pipefail it would fail if grep ends early.
        policy=$(apt-cache policy "$name" 2>/dev/null)
        [[ $policy == *"Candidate: "[0-9]* ]] || return 1
    done
}

# install_packages NAME...: installs the missing ones. Does not call apt if nothing is missing. Fails if apt fails.
install_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]} == 0)) && return
    # sudo asks for the password here: the output of the steps goes to a log, where nobody would see the question.
    ((EUID == 0)) || as_root true || return
    update_package_lists
    say "  installing ${missing[*]}"
    step apt-install apt install --no-install-recommends "${missing[@]}"
}

# require_packages NAME...: the same, but ends the script if apt fails. Without apt it prints the names and continues; the
# next steps show if the machine has them.
require_packages() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        say "  this system has no apt; install these Debian packages, or their equivalents:" "  $*"
        return
    fi
    install_packages "$@" || die 3 "The packages could not be installed; the log is $LOGS/apt-install.log"
}

# install_perf: tries to install perf. It is optional: without it CPU energy is null, with a reason.
install_perf() {
    command -v perf >/dev/null && return
    can_install || return 0
    local name=linux-perf
    if grep -qiE '^ID(_LIKE)?=.*ubuntu' /etc/os-release 2>/dev/null; then
        name=linux-tools-generic
    fi
    install_packages "$name" || say "  perf could not be installed: CPU energy will not be measured"
}

# require_training_python ENVIRONMENT: provides a Python for the training `digits`: with the system's packages or, if there
# are none, with an environment in the folder ENVIRONMENT.
require_training_python() {
    local environment=$1
    find_python "$environment" torch sklearn >/dev/null 2>&1 && return
    if [[ -n ${MUTATION_PYTHON:-} ]]; then
        die 3 "MUTATION_PYTHON=$MUTATION_PYTHON does not have torch and sklearn; install them there, or unset the variable."
    fi
    if can_install; then
        ((EUID == 0)) || as_root true || die 3 "PyTorch is missing. Run as root: apt-get install ${TRAINING_PACKAGES[*]}"
        update_package_lists
        if has_candidate "${TRAINING_PACKAGES[@]}"; then
            install_packages "${TRAINING_PACKAGES[@]}" || true
        else
            install_packages python3-venv || true
        fi
        find_python "$environment" torch sklearn >/dev/null 2>&1 && return
    fi
    say "  this system has no PyTorch package: installing it in $environment"
    if ! step python-environment python3 -m venv "$environment" ||
        ! step pip-install "$environment/bin/python3" -m pip install torch scikit-learn; then
        die 3 "PyTorch and scikit-learn could not be installed." \
            "Install both and say which Python has them: MUTATION_PYTHON=/path/to/python3 $0"
    fi
}
