#!/usr/bin/env bash
# Sets up training repositories: code at its pinned commit in repos/NAME, Python environment, weights, check of the data.
# You can run it again at any time; it keeps what exists.
#   setup-repository.sh NAME...|all [options]
#   --from DIR      takes the code from a clone or mirror on this machine instead of the network
#   --python PATH   uses this interpreter or environment instead of creating one
#   --smoke         creates a small data set if there is none, and trains one short run with mutation
#   --check-only    changes nothing and reports what is missing
# If the program is installed and you cannot write to its folder, the code goes to repos/ in the current folder.
# Exit status: 0 if everything is ready, 3 if something is missing.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/lib/common.sh
source "$here/lib/common.sh"
# shellcheck source=scripts/lib/python.sh
source "$here/lib/python.sh"
# shellcheck source=scripts/lib/clone.sh
source "$here/lib/clone.sh"

readonly OLDEST_PYTHON=11 # of Python 3: the pinned PyTorch needs it

usage() {
    sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

# Under sudo, runs everything as the user who called sudo, so that the files belong to that user.
become_caller() {
    if ((EUID != 0)) || [[ -z ${SUDO_UID:-} || $SUDO_UID == 0 ]]; then
        return
    fi
    local user=$SUDO_UID group=${SUDO_GID:-$SUDO_UID} name home
    IFS=: read -r name _ _ _ _ home _ < <(getent passwd "$user") || die 3 "SUDO_UID is $user, but there is no such user"
    exec setpriv --reuid "$user" --regid "$group" --init-groups env -u SUDO_UID -u SUDO_GID -u SUDO_USER \
        HOME="$home" USER="$name" LOGNAME="$name" bash "${BASH_SOURCE[0]}" "$@"
}

ask_registry() {
    python3 "$here/lib/registry.py" --settings "$work/settings" "$@"
}

# choose_work_folder: sets `work`, the folder with settings/ and with the clones in repos/. It is the project's folder. If
# that is installed and cannot be written, it is the current folder: `settings` and `scripts` there become links to the
# installed ones, because the program looks for ./settings first.
choose_work_folder() {
    local folder part
    # Links are not resolved: `scripts` may be such a link.
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
    [[ -w $work ]] || die 3 "$(id -un) cannot write to $ROOT or to the current folder." \
        "Go to a folder of your own and run this again."
    for part in settings scripts; do
        [[ ! -e $work/$part ]] || die 3 "$(id -un) cannot write to $ROOT, and $work/$part already exists." \
            "Go to another folder of your own and run this again."
    done
    ln -sn "$ROOT/settings" "$ROOT/scripts" "$work/"
    say "$(id -un) cannot write to $ROOT, so the code goes to $work/repos." \
        "Run mutation in $work: settings and scripts there are links to the installed ones."
}

# note KIND TEXT...: one aligned line about a repository.
note() {
    printf '  %-12s %s\n' "$1" "${*:2}"
}

not_ready() {
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
        not_ready code "$clone exists but is not a git clone; move it away"
        return 1
    fi
    if [[ $check_only == yes ]]; then
        not_ready code "missing: $clone"
        return 1
    fi
    if [[ -n $from ]] && ! source=$(find_copy "$from" "$name" "$url" "$commit" 2>&1); then
        not_ready code "$source"
        return 1
    fi
    if clone_at "$source" "$commit" "$clone"; then
        note code "$clone at $commit, from $source"
    else
        not_ready code "$source could not be cloned"
        note "" "without a network: clone $url on another machine, copy the folder here, add --from FOLDER"
        return 1
    fi
}

judge_commit() {
    local found
    found=$(any_git -C "$clone" rev-parse HEAD 2>/dev/null) || found=unknown
    if [[ $found == "$commit" ]]; then
        note code "$clone at $commit"
    else
        # The user may have chosen this commit, or may have changes there.
        not_ready code "$clone is at commit $found; the adapter needs $commit:"
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
        not_ready environment "no Python has the modules:"
        sed 's/^/      /' "$LOGS/python-$name.log"
        return 1
    fi
    note environment "$chosen"
}

# The adapter looks for .venv in the clone: creates it as a link to the given environment, or from the given interpreter.
adopt_python() {
    local interpreter home
    interpreter=$(command -v "$(python_of "$python")") || die 3 "--python $python: no such interpreter or environment"
    home=$(dirname "$(dirname "$interpreter")")
    if [[ -L $clone/.venv ]]; then
        rm "$clone/.venv"
    elif [[ -e $clone/.venv ]]; then
        die 3 "$clone/.venv already exists; remove it to use $python"
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
        not_ready environment "needs Python 3.$OLDEST_PYTHON or newer; say where it is: --python PATH"
        return 1
    fi
    if step "environment-$name" "$interpreter" -m venv "$clone/.venv" &&
        step "packages-$name" "$clone/.venv/bin/python3" -m pip install -r "$requirements"; then
        cp "$requirements" "$mark"
        return
    fi
    not_ready environment "the packages of $requirements could not be installed"
    note "" "without a network: copy an environment here and use --python PATH;"
    note "" "or copy the package files here and set PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER"
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
        note weights "downloaded"
    else
        not_ready weights "could not be downloaded"
    fi
}

# Unpacks data that are in the clone as an archive.
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
        3) note "smoke data" "not created: $(head -n 1 "$LOGS/smoke-data-$name.log")" ;;
        *)
            not_ready "smoke data" "could not be created; the log is $LOGS/smoke-data-$name.log"
            return 1
            ;;
    esac
}

check_data() {
    local log=$LOGS/data-$name.log
    # This check needs no PyTorch, so it also runs without an environment.
    if (cd "$clone" && "${chosen:-python3}" -B "$adapter/launch.py" --check-data) >"$log" 2>&1; then
        note data "$(tail -n 1 "$log")"
    else
        not_ready data "incomplete:"
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
        not_ready run "the program is not built: scripts/quickstart.sh, or MUTATION_BINARY=PATH"
        return
    fi
    ask_registry smoke "$name" >"$config"
    if step "smoke-$name" "$binary" -ec "$config" --settings "$work/settings" --results-dir "$results"; then
        note run "$(grep -E ': ok' "$LOGS/smoke-$name.log" | tail -n 1)"
    else
        not_ready run "the short training failed"
    fi
}

# prepare_training: all steps after the code. Reports everything that is missing, not only the first thing.
prepare_training() {
    if get_environment; then
        get_weights
        [[ $smoke == no ]] || make_smoke_data || true
    fi
    # If this fails, check_data reports what is missing.
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
            (($# > 1)) || die 2 "$1 needs a value"
            [[ -e $2 ]] || command -v "$2" >/dev/null || die 2 "$1 $2: does not exist"
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
