"""Prints a session's summary.csv as a small table: experiment, values, accuracy, duration, energy."""

import csv
import os
import sys

COLUMNS = ("experiment", "values", "accuracy", "duration", "energy")
ABSENT = "-"


def read_rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def values_of(row):
    prefix = "hyperparam_"
    pairs = [(name[len(prefix):], value) for name, value in row.items() if name.startswith(prefix)]
    return ", ".join(f"{name} {value}" for name, value in pairs if value) or ABSENT


def number(text, form):
    return form.format(float(text)) if text else ABSENT


def energy_of(row):
    """Measured joules. A missing sensor has an empty cell and is left out."""
    parts = [(label, row.get(column)) for label, column in
             (("CPU", "energy_cpu_total_joules"), ("GPU", "energy_gpu_total_joules"))]
    return ", ".join(f"{label} {float(joules):.1f} J" for label, joules in parts if joules) or "not measured"


def table_of(rows):
    cells = [[row["experiment_id"], values_of(row), number(row.get("perf_test_accuracy"), "{:.4f}"),
              number(row.get("duration_seconds"), "{:.1f} s"), energy_of(row)] for row in rows]
    widths = [max(len(line[i]) for line in [COLUMNS, *cells]) for i in range(len(COLUMNS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in [COLUMNS, *cells]]


def main():
    if len(sys.argv) != 2:
        print(f"Usage: {os.path.basename(sys.argv[0])} SUMMARY.CSV", file=sys.stderr)
        return 2
    print("\n".join(table_of(read_rows(sys.argv[1]))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
