# shellcheck shell=bash
# The one way in which every adapter starts its launcher. To be sourced.

SHARED=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/lib/python.sh
source "$SHARED/../../lib/python.sh"

# run_adapter NAME MODULE... -- ARGUMENT...: execs scripts/adapters/NAME/launch.py in a Python that has every MODULE.
# Taken is $MUTATION_PYTHON alone where it is set, else the environment of repos/NAME, else `python3` of PATH. Ends with
# status 3 and the remedy where none serves. With --print-python as its only argument it says which Python it takes.
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
    # A session's clone may lie elsewhere: the program starts the training in it.
    [[ ! -x $PWD/.venv/bin/python3 ]] || environment=$PWD/.venv
    if [[ -z ${MUTATION_PYTHON:-} && -x $environment/bin/python3 ]]; then
        export MUTATION_PYTHON=$environment
    fi
    if ! python=$(find_python "$environment" "${modules[@]}"); then
        # The last line says the most: it is the one that the record of the run keeps.
        cat >&2 <<END
An interpreter or an environment that has the modules is named by MUTATION_PYTHON=PATH; this makes one:
  PATH/bin/pip install -r $root/scripts/adapters/$name/requirements.txt
Refused: no Python has the modules ${modules[*]}. Remedy: scripts/setup-repository.sh $name
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
