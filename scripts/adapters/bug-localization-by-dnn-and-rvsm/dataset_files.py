"""The files that dnn_model.py reads: their places and sources."""

from launcher.data import Need

UPSTREAM = "https://github.com/emredogan7/bug-localization-by-dnn-and-rvsm"
FEATURES = "features.csv"
REPORTS = "Eclipse_Platform_UI.txt"


def folder_of(clone):
    return clone / "data"


def needs_of(clone):
    return [Need(folder_of(clone) / name, what,
                 f"the repository itself: git -C {clone} checkout -- data/{name}; or copy it from another clone of "
                 + UPSTREAM)
            for name, what in ((FEATURES, "features of pairs of a bug report and a file, 39 MB"),
                               (REPORTS, "the bug reports, 10 MB"))]
