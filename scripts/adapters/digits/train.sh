#!/usr/bin/env bash
# Runs train.py with the same arguments in a Python that has PyTorch and scikit-learn.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/lib/python.sh
source "$here/../../lib/python.sh"

if ! python=$(find_python "$here/.venv" torch sklearn); then
    cat >&2 <<END
digits: no Python with PyTorch (torch) and scikit-learn (sklearn).
Remedy, one of:
  apt-get install python3-torch python3-sklearn
  python3 -m venv $here/.venv && $here/.venv/bin/pip install torch scikit-learn
  MUTATION_PYTHON=PATH, an interpreter or the folder of an environment that has both
END
    exit 3
fi

export PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
exec "$python" "$here/train.py" "$@"
