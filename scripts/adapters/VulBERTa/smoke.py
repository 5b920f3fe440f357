"""Creates a small data set in the format of D2A's functions: `smoke.py --into CLONE`. Small C functions; half of them copy
without checking the length."""

import csv
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import data, smoke  # noqa: E402 (found through the line above)

FUNCTIONS = {"train": 48, "dev": 24, "test": 24}
NAMES = ("name", "path", "line", "field", "token", "value", "label", "text")
CALLS = ("log_entry", "mark_used", "count_one", "check_state")
#: Share of functions with the copy of the other class, so that not everything can be learned.
EXCEPTIONS = 0.2

VULNERABLE = "    strcpy(buffer, {name});\n"
HARMLESS = "    strncpy(buffer, {name}, sizeof(buffer) - 1);\n    buffer[sizeof(buffer) - 1] = 0;\n"


def write_function(generator, number, label):
    name, call = generator.choice(NAMES), generator.choice(CALLS)
    is_exception = generator.random() < EXCEPTIONS
    copy = (VULNERABLE if label != is_exception else HARMLESS).format(name=name)
    return (f"/* number {number} */\nstatic int take_{name}_{number}(const char *{name})\n{{\n"
            f"    char buffer[{generator.choice((16, 32, 64))}];\n{copy}    {call}(buffer);\n    return {number % 7};\n}}\n")


def write_file(generator, path, count):
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "label", "code"])
        for number in range(count):
            label = number % 2
            rows.writerow([f"smoke_{number}", label, write_function(generator, number, bool(label))])


def make_data(clone):
    folder = data.smoke_folder(clone / "data" / "finetune" / "d2a" / "function")
    generator = random.Random(1)
    for part, count in FUNCTIONS.items():
        write_file(generator, folder / f"d2a_lbv1_function_{part}.csv", count)
    print(f"{folder}: {FUNCTIONS['train']} functions to train, {FUNCTIONS['dev']} to evaluate")


if __name__ == "__main__":
    smoke.main(__doc__, make_data)
