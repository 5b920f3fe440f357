#!/usr/bin/env bash
# Makes training repositories ready: code at its pinned commit in repos/NAME, Python environment, weights, a look at the
# data. Can be run again at any time; what is there already stays.
#   setup-repository.sh NAME...|all [options]
#   --from DIR      takes the code from a clone or mirror on this machine instead of the network
#   --python PATH   uses this interpreter or environment instead of making one
#   --smoke         makes a small data set where there is none, and trains one short run with mutation
#   --check-only    changes nothing, only says what is missing
# Of an installed program whose folder you cannot write, the code goes to repos/ in the current folder.
# Ends with 0 when everything is ready, 3 when something is missing.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/lib/common.sh
source "$here/lib/common.sh"
# shellcheck source=scripts/lib/python.sh
source "$here/lib/python.sh"
# shellcheck source=scripts/lib/clone.sh
source "$here/lib/clone.sh"

readonly OLDEST_PYTHON=11 # of Python 3: what PyTorch's pinned version wants

usage() {
    sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

# What root makes for a user would be in the user's way: everything is made as the one who called sudo.
become_caller() {
    if ((EUID != 0)) || [[ -z ${SUDO_UID:-} || $SUDO_UID == 0 ]]; then
        return
    fi
    local user=$SUDO_UID group=${SUDO_GID:-$SUDO_UID} name home
    IFS=: read -r name _ _ _ _ home _ < <(getent passwd "$user") || die 3 "no user has the number $user"
    exec setpriv --reuid "$user" --regid "$group" --init-groups env -u SUDO_UID -u SUDO_GID -u SUDO_USER \
        HOME="$home" USER="$name" LOGNAME="$name" bash "${BASH_SOURCE[0]}" "$@"
}

ask_registry() {
    python3 "$here/lib/registry.py" --settings "$work/settings" "$@"
}

# choose_work_folder: sets `work`, the folder of the settings that the program uses and of the clones in repos/: the
# project's or, if that is installed and cannot be written, the current folder. There `settings` and `scripts` become
# links to the installed ones: the program looks for ./settings first.
choose_work_folder() {
    local folder part
    # Not resolved: `scripts` may be such a link.
    for folder in "$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)" "$ROOT" "$PWD"; do
        if [[ -w $folder && -d $folder/settings/repos && -d $folder/scripts/adapters ]]; then
            work=$folder
            return
        fi
    done
    work=$ROOT
    if ! is_installed || [[ $check_only == yes ]]; then
        return
    fi
    work=$PWD
    [[ -w $work ]] || die 3 "Neither $ROOT nor the current folder can be written by $(id -un)." \
        "Go to a folder of your own and call this again."
    for part in settings scripts; do
        [[ ! -e $work/$part ]] || die 3 "$ROOT cannot be written by $(id -un), and $work/$part is something else." \
            "Go to another folder of your own and call this again."
    done
    ln -sn "$ROOT/settings" "$ROOT/scripts" "$work/"
    say "$ROOT cannot be written by $(id -un): the code goes to $work/repos." \
        "Run mutation in $work: settings and scripts there are links to the installed ones."
}

# note KIND TEXT...: one aligned line about a repository.
note() {
    printf '  %-12s %s\n' "$1" "${*:2}"
}

lack() {
    note "$@"
    is_ready=no
}

# Code -----------------------------------------------------------------------------------------------------------------

get_code() {
    local source=$url
    if [[ -d $clone/.git ]]; then
        judge_commit
        return
    fi
    if [[ -e $clone ]]; then
        lack code "$clone is there and is no clone; move it away"
        return 1
    fi
    if [[ $check_only == yes ]]; then
        lack code "missing: $clone"
        return 1
    fi
    if [[ -n $from ]] && ! source=$(find_copy "$from" "$name" "$url" "$commit" 2>&1); then
        lack code "$source"
        return 1
    fi
    if clone_at "$source" "$commit" "$clone"; then
        note code "$clone at $commit, from $source"
    else
        lack code "$source could not be cloned"
        note "" "without a network: clone $url on another machine, bring the folder here, add --from FOLDER"
        return 1
    fi
}

judge_commit() {
    local found
    found=$(any_git -C "$clone" rev-parse HEAD 2>/dev/null) || found=unknown
    if [[ $found == "$commit" ]]; then
        note code "$clone at $commit"
    else
        # It may be on purpose, and it may hold work.
        lack code "$clone is at commit $found; the adapter was written for $commit:"
        note "" "git -C $clone fetch origin && git -C $clone checkout $commit"
    fi
}

# Environment ----------------------------------------------------------------------------------------------------------

chosen_python() {
    (cd "$clone" && "$adapter/train.sh" --print-python)
}

get_environment() {
    if [[ -n $python ]]; then
        [[ $check_only == yes ]] || adopt_python
    elif [[ -z ${MUTATION_PYTHON:-} && $check_only == no ]]; then
        make_environment || return
    fi
    if ! chosen=$(chosen_python 2>"$LOGS/python-$name.log"); then
        chosen=""
        lack environment "no Python has the modules:"
        sed 's/^/      /' "$LOGS/python-$name.log"
        return 1
    fi
    note environment "$chosen"
}

# The adapter looks for .venv in the clone: it becomes the environment that was named, or one on top of the interpreter.
adopt_python() {
    local interpreter home
    interpreter=$(command -v "$(python_of "$python")") || die 3 "--python $python: no such interpreter or environment"
    home=$(dirname "$(dirname "$interpreter")")
    if [[ -L $clone/.venv ]]; then
        rm "$clone/.venv"
    elif [[ -e $clone/.venv ]]; then
        die 3 "$clone/.venv is there already; remove it to use $python"
    fi
    if [[ -f $home/pyvenv.cfg ]]; then
        ln -s "$(cd "$home" && pwd)" "$clone/.venv"
    else
        "$interpreter" -m venv --without-pip --system-site-packages "$clone/.venv"
    fi
}

newest_python() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c "import sys; sys.exit(sys.version_info < (3, $OLDEST_PYTHON))" 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

make_environment() {
    local interpreter requirements=$adapter/requirements.txt mark=$clone/.venv/installed-requirements.txt
    if [[ -L $clone/.venv ]] || cmp -s "$requirements" "$mark"; then
        return
    fi
    if ! interpreter=$(newest_python); then
        lack environment "Python 3.$OLDEST_PYTHON or newer is needed; name one: --python PATH"
        return 1
    fi
    if step "environment-$name" "$interpreter" -m venv "$clone/.venv" &&
        step "packages-$name" "$clone/.venv/bin/python3" -m pip install -r "$requirements"; then
        cp "$requirements" "$mark"
        return
    fi
    lack environment "the packages of $requirements could not be installed"
    note "" "without a network: bring an environment here and name it, --python PATH;"
    note "" "or bring the packages' files, and set PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER"
    return 1
}

# Weights and data -----------------------------------------------------------------------------------------------------

get_weights() {
    if ! grep -q -e '--fetch-weights' "$adapter/launch.py"; then
        return
    fi
    if [[ $check_only == yes || $smoke == yes ]]; then
        return
    fi
    if (cd "$clone" && step "weights-$name" env HF_HUB_OFFLINE=0 "$chosen" "$adapter/launch.py" --fetch-weights); then
        note weights "fetched"
    else
        lack weights "could not be fetched"
    fi
}

# Data that come with the code, in an archive.
unpack_data() {
    if [[ ! -x $adapter/unpack_data.py || $check_only == yes || $smoke == yes ]]; then
        return
    fi
    if "${chosen:-python3}" -B "$adapter/unpack_data.py" "$clone" >"$LOGS/unpack-$name.log" 2>&1; then
        note unpacked "$(tail -n 1 "$LOGS/unpack-$name.log")"
    fi
}

make_smoke_data() {
    local status=0
    "$chosen" -B "$adapter/smoke.py" --into "$clone" >"$LOGS/smoke-data-$name.log" 2>&1 || status=$?
    case $status in
        0) note "smoke data" "$(tail -n 1 "$LOGS/smoke-data-$name.log")" ;;
        3) note "smoke data" "none made: $(head -n 1 "$LOGS/smoke-data-$name.log")" ;;
        *)
            lack "smoke data" "could not be made; the log is $LOGS/smoke-data-$name.log"
            return 1
            ;;
    esac
}

check_data() {
    local log=$LOGS/data-$name.log
    # Looking at files takes no PyTorch: it is done where no environment is yet, too.
    if (cd "$clone" && "${chosen:-python3}" -B "$adapter/launch.py" --check-data) >"$log" 2>&1; then
        note data "$(tail -n 1 "$log")"
    else
        lack data "not complete:"
        sed 's/^/      /' "$log"
        return 1
    fi
}

run_smoke() {
    local binary config=$LOGS/smoke-$name.json results=$work/results
    if is_installed; then
        results=$PWD/results
    fi
    if ! binary=$(find_mutation); then
        lack run "the program is not built: scripts/quickstart.sh, or MUTATION_BINARY=PATH"
        return
    fi
    ask_registry smoke "$name" >"$config"
    if step "smoke-$name" "$binary" -ec "$config" --settings "$work/settings" --results-dir "$results"; then
        note run "$(grep -E ': ok' "$LOGS/smoke-$name.log" | tail -n 1)"
    else
        lack run "the short training failed"
    fi
}

# prepare_training: all that comes after the code. What is missing of it is said at once, not one at a time.
prepare_training() {
    if get_environment; then
        get_weights
        [[ $smoke == no ]] || make_smoke_data || true
    fi
    # Where that failed, what is missing is said next.
    unpack_data
    if check_data && [[ $smoke == yes && -n $chosen ]]; then
        run_smoke
    fi
}

set_up() {
    name=$1
    mapfile -t upstream < <(ask_registry upstream "$name")
    ((${#upstream[@]} == 3)) || exit 2
    clone=${upstream[0]} url=${upstream[1]} commit=${upstream[2]}
    adapter=$work/scripts/adapters/$name
    is_ready=yes chosen=""
    say "$name"
    if get_code; then
        prepare_training
    fi
    [[ $is_ready == yes ]] || unready+=("$name")
}

names=() from="" python="" smoke=no check_only=no wants_all=no
become_caller "$@"
while (($# > 0)); do
    case $1 in
        -h | --help) usage && exit 0 ;;
        --smoke) smoke=yes ;;
        --check-only) check_only=yes ;;
        --from | --python)
            (($# > 1)) || die 2 "$1 wants a value"
            [[ -e $2 ]] || command -v "$2" >/dev/null || die 2 "$1 $2: there is no such thing"
            if [[ $1 == --from ]]; then from=$(cd "$2" && pwd); else python=$2; fi
            shift
            ;;
        -*) die 2 "$1: no such option" "$(usage)" ;;
        all) wants_all=yes ;;
        *) names+=("$1") ;;
    esac
    shift
done
((${#names[@]} > 0)) || [[ $wants_all == yes ]] || die 2 "$(usage)"
[[ -z $python ]] || unset MUTATION_PYTHON
prepare_build_folder
choose_work_folder
if [[ $wants_all == yes ]]; then
    mapfile -t names < <(ask_registry names)
fi

unready=()
for each in "${names[@]}"; do
    set_up "$each"
done
if ((${#unready[@]} > 0)); then
    die 3 "Not ready: ${unready[*]}"
fi
