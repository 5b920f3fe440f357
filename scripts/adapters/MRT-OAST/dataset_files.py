"""The files of OJClone that MRT-OAST reads: their places and sources."""

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
    """One need for all files, because they come from one archive."""
    files = [CODE, DICTIONARY, *PAIRS.values()]
    absent = [name for name in files if not (folder_of(clone) / name).exists()]
    return [Need(folder_of(clone) / (absent or files)[0],
                 f"OJClone: programs with their trees, tokens, pairs ({', '.join(absent or files)})", _source(clone))]


def absent_parts(clone):
    return [part for part in ARCHIVE if not (clone / part).exists()]


def fetch_command(clone):
    absent = absent_parts(clone)
    return f"git -C {clone} checkout -- {' '.join(absent)}; or copy them there from another clone of {UPSTREAM}"


def _source(clone):
    unpack = f"scripts/adapters/MRT-OAST/unpack_data.py {clone}"
    if absent_parts(clone):
        return f"the repository's {', '.join(ARCHIVE)}: {fetch_command(clone)}. Then {unpack}"
    return f"the clone's {', '.join(ARCHIVE)}: {unpack}"


def require_whole_batches(clone, batch_size):
    """The script divides by the number of whole batches: without one it fails with a misleading error."""
    for use in ("train", "test"):
        path = folder_of(clone) / PAIRS[use]
        with open(path, newline="", encoding="utf-8") as file:
            pairs = sum(1 for _ in csv.reader(file)) - 1
        if pairs < batch_size:
            raise Refused(f"{path} has {max(pairs, 0)} pairs, a batch has {batch_size}", "unpack the data again")
