#!/usr/bin/env python3
"""Creates small made-up tables for tests: invented bug reports and features."""

import csv
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import smoke  # noqa: E402 (found through the line above)
from dataset_files import FEATURES, REPORTS, folder_of, needs_of  # noqa: E402

REPORT_COUNT = 30
#: As in the real table, 50 wrong files per right one (the accuracy of rank 20 needs at least 20).
WRONG_FILES = 50
FEATURE_NAMES = ("rVSM_similarity", "collab_filter", "classname_similarity", "bug_recency", "bug_frequency")


def right_file(report):
    return f"org.example/Right{report}.java"


def make_features(draw, is_right):
    """Right files usually score higher, but not always, so that no training gets all of them right."""
    height = 0.7 if is_right else 0.3
    return [round(min(max(draw.gauss(height, 0.2), 0.0), 1.0), 6) for _ in FEATURE_NAMES]


def feature_rows(draw):
    for report in range(REPORT_COUNT):
        yield [report, right_file(report), *make_features(draw, True), 1]
        for number in range(WRONG_FILES):
            yield [report, f"org.example/Wrong{report}x{number}.java", *make_features(draw, False), 0]


def report_rows():
    for report in range(REPORT_COUNT):
        # The paths in a report have a folder that the features leave out.
        yield [report, f"Bug {report}", f"Window {report} does not open.", f"2012-01-{report % 28 + 1:02d} 12:00:00",
               f"bundles/{right_file(report)}"]


def write_table(path, delimiter, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows([header, *rows])


def write_data(folder):
    write_table(folder / FEATURES, ",", ("report_id", "file", *FEATURE_NAMES, "match"), feature_rows(random.Random(1)))
    write_table(folder / REPORTS, "\t", ("id", "summary", "description", "report_time", "files"), report_rows())


def make_data(clone):
    smoke.fill(folder_of(clone), needs_of(clone), write_data)


if __name__ == "__main__":
    smoke.main(__doc__, make_data)
