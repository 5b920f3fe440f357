#!/usr/bin/env python3
"""Writes docs/SUPPORT_MATRIX.md from settings/repos: every model with its hyperparameters and its metrics.

Usage: make_support_matrix.py [--check]     --check writes nothing and fails if the document is different
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))

import registry  # noqa: E402 (found through the line above)

DOCUMENT = ROOT / "docs" / "SUPPORT_MATRIX.md"
HEAD = """# Models, hyperparameters, metrics

`scripts/make_support_matrix.py` creates this page from [settings/repos](../settings/repos); do not edit it.
[PROOFS.md](PROOFS.md) shows that each value reaches its training. `scripts/setup-repository.sh` sets up a repository.

A default of `none` means that the flag is left out. `range` limits only drawn values; a fixed value may be outside it.
"or 0 (30 %)" means that 0 is drawn in 30 % of the cases.
"""


def shown(value):
    return "none" if value is None else f"{value}"


def range_of(hyperparameter):
    """The drawn values, as text."""
    if "choices" in hyperparameter:
        return ", ".join(map(str, hyperparameter["choices"]))
    if hyperparameter["type"] == "bool":
        return "on, off"
    low, high = hyperparameter["range"]
    text = f"{low} to {high}"
    if hyperparameter.get("zero_probability"):
        text += f" or 0 ({round(100 * hyperparameter['zero_probability'])} %)"
    return text


def distribution_of(hyperparameter):
    return hyperparameter.get("distribution", "uniform").replace("_", "-")


def table(head, rows):
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in cells)


def group_equal(models, rows_of):
    """Joins models with equal rows."""
    groups = []
    for model in models:
        rows = rows_of(model)
        for names, known in groups:
            if known == rows:
                names.append(model["name"])
                break
        else:
            groups.append(([model["name"]], rows))
    return [[", ".join(names), *row] for names, rows in groups for row in rows]


def hyperparameter_rows(model):
    return [[name, f"`{entry['flag']}`", shown(entry["default"]), range_of(entry), distribution_of(entry)]
            for name, entry in model["hyperparameters"].items()]


def direction_of(metric):
    if isinstance(metric, str) or "higher_is_better" not in metric:
        return "not stated"
    return "higher" if metric["higher_is_better"] else "lower"


def metric_rows(model):
    return [[name, direction_of(metric), "yes" if name in model["required_metrics"] else "no"]
            for name, metric in model["metrics"].items()]


def remarks(models):
    lines = [f"- `{model['name']}` is the new name of `{alias}`; the old name still works."
             for model in models for alias in model["aliases"]]
    lines += [f"- `{model['name']}` has no `{name}`: {reason}."
              for model in models for name, reason in model["without_effect"].items()]
    return "\n".join(lines)


def section(name, entry):
    models = registry.models_of(entry)
    parts = [f"## {name}"]
    if "upstream" in entry:
        parts.append(f"From {entry['upstream']['url']}, commit `{entry['upstream']['commit']}`.")
    parts.append(table(["model", "hyperparameter", "flag", "default", "range", "distribution"],
                       group_equal(models, hyperparameter_rows)))
    parts.append(table(["model", "metric", "better", "required"], group_equal(models, metric_rows)))
    return "\n\n".join([*parts, *filter(None, [remarks(models)])]) + "\n"


def make_document(settings=registry.SETTINGS):
    sections = [section(name, entry) for name, entry in registry.all_repositories(settings).items()]
    return "\n".join([HEAD, *sections])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the document is different")
    document = make_document()
    if not parser.parse_args().check:
        DOCUMENT.write_text(document, encoding="utf-8")
        return 0
    if not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != document:
        print(f"{DOCUMENT} does not match settings/repos; run scripts/make_support_matrix.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
