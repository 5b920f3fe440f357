# shellcheck shell=bash
# Finds a Python with the modules that a training needs. Source this file; only results go to stdout.

# missing_modules PYTHON MODULE...: prints the modules that PYTHON does not have, one per line. It does not import them,
# because importing PyTorch takes seconds. Fails if PYTHON does not run.
missing_modules() {
    "$1" -c '
import importlib.util
import sys
for name in sys.argv[1:]:
    if importlib.util.find_spec(name) is None:
        print(name)
' "${@:2}" 2>/dev/null
}

# python_of NAME: prints the interpreter; NAME is an interpreter or the folder of an environment.
python_of() {
    if [[ -d $1 ]]; then
        printf '%s\n' "$1/bin/python3"
    else
        printf '%s\n' "$1"
    fi
}

# find_python ENVIRONMENT MODULE...: prints a Python that has every MODULE. If $MUTATION_PYTHON is set, it tries only that;
# else `python3` of PATH, /usr/bin/python3 and the environment in the folder ENVIRONMENT, in this order. If none has all
# modules, it fails and prints to stderr what is missing in each.
find_python() {
    local environment=$1 candidates candidate python missing report=""
    shift
    if [[ -n ${MUTATION_PYTHON:-} ]]; then
        candidates=("$MUTATION_PYTHON")
    else
        candidates=(python3 /usr/bin/python3 "$environment")
    fi
    for candidate in "${candidates[@]}"; do
        python=$(command -v "$(python_of "$candidate")" 2>/dev/null) || python=""
        if [[ -z $python ]]; then
            report+="  $candidate: does not exist"$'\n'
        elif ! missing=$(missing_modules "$python" "$@"); then
            report+="  $candidate: does not run"$'\n'
        elif [[ -n $missing ]]; then
            report+="  $candidate ($python): does not have ${missing//$'\n'/, }"$'\n'
        else
            printf '%s\n' "$python"
            return 0
        fi
    done
    printf '%s' "$report" >&2
    return 1
}
