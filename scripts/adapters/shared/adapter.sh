# shellcheck shell=bash
# Starts the launcher of an adapter. Source this file.

SHARED=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/lib/python.sh
source "$SHARED/../../lib/python.sh"

# run_adapter NAME MODULE... -- ARGUMENT...: execs scripts/adapters/NAME/launch.py in a Python that has every MODULE: only
# $MUTATION_PYTHON if it is set, else the environment of repos/NAME, else `python3` of PATH. If none has all modules, it
# ends with status 3 and the remedy. With --print-python as the only argument, it prints the Python that it would use.
run_adapter() {
    local name=$1 root environment python
    local -a modules=()
    shift
    while (($# > 0)) && [[ $1 != -- ]]; do
        modules+=("$1")
        shift
    done
    shift
    root=$(cd "$SHARED/../../.." && pwd)
    environment=$root/repos/$name/.venv
    # The clone may be in another folder: the program starts the training in the clone.
    [[ ! -x $PWD/.venv/bin/python3 ]] || environment=$PWD/.venv
    if [[ -z ${MUTATION_PYTHON:-} && -x $environment/bin/python3 ]]; then
        export MUTATION_PYTHON=$environment
    fi
    if ! python=$(find_python "$environment" "${modules[@]}"); then
        # The record of the run keeps the last line, so it has the reason and the remedy.
        cat >&2 <<END
To use another interpreter or environment, set MUTATION_PYTHON=PATH. To install the modules in an environment:
  PATH/bin/pip install -r $root/scripts/adapters/$name/requirements.txt
Refused: no Python with the modules ${modules[*]}. Remedy: scripts/setup-repository.sh $name
END
        exit 3
    fi
    if [[ $* == --print-python ]]; then
        printf '%s\n' "$python"
        return
    fi
    export PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MPLBACKEND=Agg HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
    exec "$python" "$root/scripts/adapters/$name/launch.py" "$@"
}
