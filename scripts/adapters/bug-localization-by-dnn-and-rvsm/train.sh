#!/usr/bin/env bash
# Cross-validates the network of bug-localization-by-dnn-and-rvsm. For the arguments, see launch.py.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/adapters/shared/adapter.sh
source "$here/../shared/adapter.sh"
run_adapter bug-localization-by-dnn-and-rvsm numpy sklearn joblib nltk -- "$@"
