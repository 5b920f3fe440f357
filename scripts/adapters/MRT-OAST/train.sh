#!/usr/bin/env bash
# Trains MRT-OAST on OJClone. For the arguments, see launch.py.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/adapters/shared/adapter.sh
source "$here/../shared/adapter.sh"
run_adapter MRT-OAST torch numpy matplotlib tqdm tensorboard -- "$@"
