#!/usr/bin/env bash
# Trains VulBERTa's classifiers with the code of its notebooks. For the arguments, see launch.py.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/adapters/shared/adapter.sh
source "$here/../shared/adapter.sh"

run_adapter VulBERTa torch numpy sklearn transformers accelerate tokenizers clang -- "$@"
