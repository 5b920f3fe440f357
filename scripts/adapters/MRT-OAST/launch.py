#!/usr/bin/env python3
"""Runs MRT-OAST's main_batch.py on OJClone, adds a weight decay, and works in the run's own folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import arguments, data, refusal, work  # noqa: E402 (found through the line above)
from dataset_files import folder_of, needs_of, require_whole_batches  # noqa: E402

NAME = "MRT-OAST"
LANDMARKS = ("main_batch.py", "tutils.py", "nnet/btransform.py")
BATCH_SIZE = 64
#: Small batches for the small made-up data, so that an epoch has five steps.
SMOKE_BATCH_SIZE = 24


def parse(argv=None):
    parser = arguments.make_parser(NAME, ["default"])
    parser.add_argument("--epochs", type=arguments.whole_number(1), default=10)
    parser.add_argument("--lr", type=arguments.positive(), default=1e-4)
    parser.add_argument("--dropout", type=arguments.probability(), default=0.2)
    parser.add_argument("--weight-decay", type=arguments.not_negative(), default=0.0)
    parser.add_argument("--seed", type=arguments.whole_number(0), default=1334)
    return parser.parse_args(argv)


def main():
    given = parse()
    clone = work.clone_folder(NAME, *LANDMARKS)
    needs = needs_of(clone)
    if given.check_data:
        return data.check_data(NAME, needs)
    data.require_data(NAME, needs)
    work.require_pinned_commit(NAME, clone)
    smoke = data.announce_smoke(NAME, folder_of(clone))
    batch_size = SMOKE_BATCH_SIZE if smoke else BATCH_SIZE
    require_whole_batches(clone, batch_size)
    # Imported here: the check of the data needs no PyTorch.
    from training import train

    return train(given, clone, batch_size, smoke)


if __name__ == "__main__":
    refusal.main(main)
