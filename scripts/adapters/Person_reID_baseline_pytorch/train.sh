#!/usr/bin/env bash
# Trains a person re-identification network with the scripts of Person_reID_baseline_pytorch. For the arguments, see
# launch.py.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/adapters/shared/adapter.sh
source "$here/../shared/adapter.sh"

run_adapter Person_reID_baseline_pytorch torch torchvision timm pretrainedmodels pytorch_metric_learning scipy yaml \
    tqdm matplotlib -- "$@"
