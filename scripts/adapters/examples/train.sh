#!/usr/bin/env bash
# Trains one of PyTorch's examples on MNIST with its main.py. For the arguments, see launch.py.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/adapters/shared/adapter.sh
source "$here/../shared/adapter.sh"

run_adapter examples torch torchvision numpy -- "$@"
