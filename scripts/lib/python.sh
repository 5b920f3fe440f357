# shellcheck shell=bash
# Finds a Python that has the modules that a training needs. To be sourced; prints nothing on stdout but the result.

# python_lacks PYTHON MODULE...: prints the modules that PYTHON cannot import, one a line. The modules are looked up, not
# imported: importing PyTorch takes seconds. Fails when PYTHON does not run.
python_lacks() {
    "$1" -c '
import importlib.util
import sys
for name in sys.argv[1:]:
    if importlib.util.find_spec(name) is None:
        print(name)
' "${@:2}" 2>/dev/null
}

# python_of NAME: the interpreter that NAME stands for; NAME may be the folder of an environment.
python_of() {
    if [[ -d $1 ]]; then
        printf '%s\n' "$1/bin/python3"
    else
        printf '%s\n' "$1"
    fi
}

# find_python ENVIRONMENT MODULE...: prints a Python that has every MODULE. Looked at, in this order: $MUTATION_PYTHON
# and nothing else where it is set, `python3` of PATH, /usr/bin/python3, the environment in the folder ENVIRONMENT.
# Where none serves, fails and says on stderr what each of them lacks.
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
            report+="  $candidate: not there"$'\n'
        elif ! missing=$(python_lacks "$python" "$@"); then
            report+="  $candidate: does not run"$'\n'
        elif [[ -n $missing ]]; then
            report+="  $candidate ($python): lacks ${missing//$'\n'/, }"$'\n'
        else
            printf '%s\n' "$python"
            return 0
        fi
    done
    printf '%s' "$report" >&2
    return 1
}
