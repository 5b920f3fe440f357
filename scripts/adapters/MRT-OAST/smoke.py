#!/usr/bin/env python3
"""Creates a small made-up data set in the format of OJClone, for tests: invented trees of four kinds."""

import csv
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import smoke  # noqa: E402 (found through the line above)
from dataset_files import CODE, DICTIONARY, PAIRS, folder_of, needs_of  # noqa: E402

KINDS = 4
#: Not a multiple of the batch size: the script's last batch of programs would be empty.
PROGRAMS_OF_A_KIND = 20
PAIRS_OF_A_USE = {"train": 128, "valid": 64, "test": 96}
COMMON_TOKENS = [f"Common{i}" for i in range(8)]
OWN_TOKENS = [[f"Kind{kind}Token{i}" for i in range(4)] for kind in range(KINDS)]
#: Share of pairs with a wrong label, so that no training gets all of them right (the script's report would fail).
WRONG_LABELS = 0.1


def make_tree(draw, kind, depth):
    """A tree as text: `A [ B C ]` is a node A with the children B and C."""
    tokens = OWN_TOKENS[kind] if draw.random() < 0.5 else COMMON_TOKENS
    token = draw.choice(tokens)
    if depth == 0:
        return token
    children = [make_tree(draw, kind, depth - 1) for _ in range(draw.randint(1, 3))]
    return f"{token} [ {' '.join(children)} ]"


def make_programs(draw):
    """Rows of (kind, file, code, tree, optimized tree)."""
    return [(str(kind + 1), f"{number}.c", f"int kind_{kind + 1}_{number};", tree, tree)
            for kind in range(KINDS) for number in range(PROGRAMS_OF_A_KIND)
            for tree in [make_tree(draw, kind, 3)]]


def make_pairs(draw, programs, count):
    """Rows of (kind, file, kind, file, label), half of them of one kind: label 1, else -1."""
    rows = []
    for number in range(count):
        first = draw.choice(programs)
        same = number % 2 == 0
        second = draw.choice([other for other in programs if (other[0] == first[0]) == same])
        label = same != (draw.random() < WRONG_LABELS)
        rows.append((first[0], first[1], second[0], second[1], 1 if label else -1))
    return rows


def write_table(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def write_data(folder):
    draw = random.Random(1)
    programs = make_programs(draw)
    write_table(folder / CODE, ("index", "file", "code", "AST", "OAST"), programs)
    for use, count in PAIRS_OF_A_USE.items():
        write_table(folder / PAIRS[use], ("index1", "file1", "index2", "file2", "label"),
                    make_pairs(draw, programs, count))
    tokens = COMMON_TOKENS + [token for own in OWN_TOKENS for token in own]
    (folder / DICTIONARY).write_text("\n".join(tokens) + "\n", encoding="utf-8")


def make_data(clone):
    smoke.fill(folder_of(clone), needs_of(clone), write_data)


if __name__ == "__main__":
    smoke.main(__doc__, make_data)
