#!/usr/bin/env bash
# Trains VulBERTa's classifiers by the code of its own notebooks; launch.py says with which arguments.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/adapters/shared/adapter.sh
source "$here/../shared/adapter.sh"

run_adapter VulBERTa torch numpy sklearn transformers accelerate tokenizers clang -- "$@"
