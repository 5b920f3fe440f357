#!/usr/bin/env python3
"""Cross-validates the network of bug-localization-by-dnn-and-rvsm with given values; in its own script they are fixed."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import arguments, data, refusal, results, work  # noqa: E402 (found through the lines above)
from dataset_files import folder_of, needs_of  # noqa: E402

NAME = "bug-localization-by-dnn-and-rvsm"
LANDMARKS = ("src/dnn_model.py", "src/util.py")
RANKS = (1, 5, 10, 20)


def parse(argv=None):
    parser = arguments.make_parser(NAME, ["default"])
    parser.add_argument("--max_iter", "--epochs", dest="epochs", type=arguments.whole_number(1), default=10000)
    parser.add_argument("--learning_rate", type=arguments.positive(), default=0.001)
    parser.add_argument("--kfold", type=arguments.whole_number(2), default=10)
    parser.add_argument("--alpha", type=arguments.not_negative(), default=1e-5)
    parser.add_argument("--seed", type=arguments.whole_number(0), default=None)
    return parser.parse_args(argv)


def main():
    given = parse()
    clone = work.clone_folder(NAME, *LANDMARKS)
    if given.check_data:
        return data.check_data(NAME, needs_of(clone))
    data.require_data(NAME, needs_of(clone))
    work.require_pinned_commit(NAME, clone)
    data.announce_smoke(NAME, folder_of(clone))
    train(given, clone)
    return 0


def train(given, clone):
    # Imported here: the check of the data needs no scikit-learn.
    from folds import Settings, cross_validate

    enter_place(clone)
    settings = Settings(epochs=given.epochs, learning_rate=given.learning_rate, alpha=given.alpha, seed=given.seed)
    accuracies, folds = cross_validate(settings, given.kfold)
    print_arrived(folds)
    for rank in RANKS:
        results.result(f"top{rank}_accuracy", accuracies[rank])


def enter_place(clone):
    """The modules read `../data` and are imported by name, also by the workers, which start with this folder and path.

    If a changed module writes a file, it goes to the run's own folder.
    """
    place = work.work_folder(clone)
    work.link(folder_of(clone), place)
    (place / "src").mkdir()
    sys.path.insert(0, str(clone.resolve() / "src"))
    os.chdir(place / "src")


def print_arrived(folds):
    """Prints the values of the folds' fitted networks; a value that differs between folds is printed as a list."""
    for name, field in (("epochs", "epochs"), ("learning_rate", "learning_rate"), ("alpha", "alpha"), ("seed", "seed")):
        results.arrived(name, list(dict.fromkeys(fold[field] for fold in folds)))
    results.arrived("kfold", len(folds))
    # Epochs are an upper limit: most trainings stop much earlier.
    results.arrived("epochs_run", [fold["epochs_run"] for fold in folds])
    results.arrived("weights_checksum", [fold["checksum"] for fold in folds])


if __name__ == "__main__":
    refusal.main(main)
