#!/usr/bin/env bash
# Trains a residual network of pytorch_resnet_cifar10 with its trainer.py. For the arguments, see launch.py.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/adapters/shared/adapter.sh
source "$here/../shared/adapter.sh"

run_adapter pytorch_resnet_cifar10 torch torchvision numpy -- "$@"
