"""The files of OJClone as MRT-OAST reads them: where they lie, where they come from."""

import csv

from launcher.data import Need
from launcher.refusal import Refused

UPSTREAM = "https://github.com/UnbSky/MRT-OAST"
CODE = "OJClone_with_AST+OAST.csv"
DICTIONARY = "OJClone_OAST_dictionary.txt"
PAIRS = {"train": "OJClone_train.csv", "valid": "OJClone_valid.csv", "test": "OJClone_test.csv"}
ARCHIVE = ("origindata.z01", "origindata.z02", "origindata.zip")


def folder_of(clone):
    return clone / "origindata"


def needs_of(clone):
    source = _source(clone)
    what = {CODE: "OJClone's 7,500 programs with their trees", DICTIONARY: "the trees' tokens, one a line",
            **{name: f"pairs of programs for {use}" for use, name in PAIRS.items()}}
    return [Need(folder_of(clone) / name, words, source) for name, words in what.items()]


def _source(clone):
    absent = [part for part in ARCHIVE if not (clone / part).exists()]
    unpack = f"scripts/adapters/MRT-OAST/unpack-data.sh {clone}"
    if not absent:
        return f"the clone's {', '.join(ARCHIVE)}: {unpack}"
    return (f"{UPSTREAM}, whose files {', '.join(absent)} this clone lacks: copy them to {clone} "
            f"(or: git -C {clone} checkout -- {' '.join(absent)}), then {unpack}")


def require_whole_batches(clone, batch_size):
    """The script divides by the count of whole batches: with none it dies far from the reason."""
    for use in ("train", "test"):
        path = folder_of(clone) / PAIRS[use]
        with open(path, newline="", encoding="utf-8") as file:
            pairs = sum(1 for _ in csv.reader(file)) - 1
        if pairs < batch_size:
            raise Refused(f"{path} has {max(pairs, 0)} pairs, a batch has {batch_size}", "unpack the data again")
