"""Checks that a hyperparameter reaches its training: values to try, logs to read, and the document with the results."""

import math
import os
import platform
import re

LINE = re.compile(r"^(ARRIVED|RESULT) (\w+)=(\S*)$", re.MULTILINE)
CHECKSUM = "weights_checksum"
#: A result with this ending is a speed: it differs between equal runs.
SPEED = "_per_second"
HEAD = """# Proof that every hyperparameter reaches its training

`scripts/prove_hyperparameters.py` creates this page; do not edit it. The script trains every model on small made-up data with
its repository's own code. You can run it again at any time. The results say nothing about the quality of the models.

- **arrived**: the value that the adapter saw in the optimizer at the first step (with a warm-up: the highest value), in the
  network's dropout modules, in the data loader, or as the number of epochs that really ran.
- **trains differently**: if only this value changes, the final weights change.
- **equal seeds**: two runs with equal values end with equal weights and results. **other seed**: a run with another seed
  does not.
"""


def read_log(text):
    found = LINE.findall(text)
    return {kind.lower(): {name: value for word, name, value in found if word == kind} for kind in ("ARRIVED", "RESULT")}


def base_values(model, fixed, seed):
    """The first values: those of the smoke config, else the defaults; always a seed."""
    values = {name: entry["default"] for name, entry in model["hyperparameters"].items()}
    values.update(fixed)
    if "seed" in values:
        values["seed"] = seed
    return values


def changed_value(model, name, value, is_small):
    """Another value that the script accepts. A value that was fixed for made-up data (`is_small`) changes only a little,
    so that the training still works."""
    entry = model["hyperparameters"][name]
    if entry["type"] == "bool":
        return not value
    if entry["type"] == "choice":
        return next(choice for choice in entry["choices"] if choice != value)
    if entry["type"] == "int" and (is_small or name == "seed"):
        return value + 1
    if is_small and value:
        return float(f"{0.6 * value:.3g}")
    low, high = entry["range"]
    if entry["type"] == "int":
        return low if low != value else high
    # In the middle of the range, far enough to see the difference.
    middle = math.sqrt(low * high) if low > 0 else (low + high) / 2
    middle = float(f"{middle:.3g}")
    return middle if value is None or abs(middle - value) > 0.2 * abs(value) else float(f"{(middle + low) / 2:.3g}")


def matches(given, arrived):
    """Whether `given` is among the values of an ARRIVED line."""
    for text in (arrived or "").split(","):
        try:
            if math.isclose(float(text), float(given), rel_tol=1e-6, abs_tol=1e-12):
                return True
        except (TypeError, ValueError):
            if text == str(given):
                return True
    return False


class Proof:
    """The runs of one model: `first` has the `base` values, `again` the same, `changes` is name -> (value, run)."""

    def __init__(self, repository, model, base, first):
        self.repository = repository
        self.model = model
        self.base = base
        self.first = first
        self.again = None
        self.changes = {}

    def arrives(self, name):
        """Whether the adapter saw both values of the hyperparameter."""
        value, run = self.changes[name]
        return matches(self.base[name], self.first["arrived"].get(name)) and matches(value, run["arrived"].get(name))

    def differs(self, name):
        """Whether the changed value changed the training; None if the adapter prints no checksum."""
        run = self.changes[name][1]
        before, after = self.first["arrived"].get(CHECKSUM), run["arrived"].get(CHECKSUM)
        return None if before is None or after is None else before != after

    def repeats(self):
        """Whether two runs with equal seeds are equal; None if there is no seed."""
        if self.again is None:
            return None
        same_weights = self.first["arrived"].get(CHECKSUM) == self.again["arrived"].get(CHECKSUM)
        return same_weights and _without_speeds(self.first) == _without_speeds(self.again)

    def failures(self):
        name = f"{self.repository} {self.model['name']}"
        runs = [("base", self.first), *((change, run) for change, (_, run) in self.changes.items())]
        lines = [f"{name}: the run for {what} ended with {run['status']}: {run['complaint']}"
                 for what, run in runs if run["status"] != 0]
        if lines:
            return lines
        lines += [f"{name}: {change} did not arrive" for change in self.changes if not self.arrives(change)]
        lines += [f"{name}: {change} changes nothing" for change in self.changes if self.differs(change) is False]
        return lines + ([f"{name}: equal seeds train differently"] if self.repeats() is False else [])


def _without_speeds(run):
    return {name: value for name, value in run["result"].items() if not name.endswith(SPEED)}


def yes(value):
    return {True: "yes", False: "**no**", None: "not seen"}[value]


def _values(run):
    return ", ".join(f"{name} {value}" for name, value in run["result"].items()) or f"**status {run['status']}**"


def hyperparameter_rows(proof):
    for name, (value, run) in proof.changes.items():
        yield [proof.repository, proof.model["name"], name, f"`{proof.model['hyperparameters'][name]['flag']}`",
               f"{proof.base[name]}, {value}",
               ", ".join(one["arrived"].get(name, "nothing") for one in (proof.first, run)),
               yes(proof.arrives(name)), yes(proof.differs(name))]


def model_row(proof):
    other = proof.differs("seed") if "seed" in proof.changes else None
    return [proof.repository, proof.model["name"], f"{proof.first['seconds']}", yes(proof.repeats()), yes(other),
            _values(proof.first)]


def table(head, rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def machine():
    return f"Made with Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} CPU cores."


def make_document(shown):
    first = table(["repository", "model", "hyperparameter", "flag", "given", "arrived", "both arrived",
                   "trains differently"], [row for proof in shown for row in hyperparameter_rows(proof)])
    second = table(["repository", "model", "seconds", "equal seeds", "other seed", "results"], map(model_row, shown))
    return f"{HEAD}\n{machine()}\n\n## Hyperparameters\n\n{first}\n\n## Seeds and results\n\n{second}\n"
