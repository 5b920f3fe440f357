#!/usr/bin/env python3
"""Shows that every hyperparameter of the registry reaches its training, and writes docs/PROOFS.md.

Trains each model on the made-up data of `setup-repository.sh --smoke` with the fixed values of settings/smoke.json: twice
with equal values, once with another seed, and once per further hyperparameter with a changed value. The ARRIVED lines of
the adapter say which values it saw in the optimizer, the network and the data loader.

Usage: prove_hyperparameters.py [--only REPOSITORY[/MODEL]]... [--fresh] [--document FILE]

Finished runs are kept in build/proofs.json and are not repeated, except with --fresh. The exit status is 1 if a value is
not proved.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))

import proofs  # noqa: E402 (found through the line above)
import registry  # noqa: E402

STATE = ROOT / "build" / "proofs.json"
SEED = 11
#: Ends a training that hangs: on made-up data, a training takes only minutes.
PATIENCE_SECONDS = 3600


def read_runs(path):
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_runs(path, runs):
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(runs, indent=1), encoding="utf-8")
    fresh.replace(path)


def run_training(name, entry, words):
    """Runs the adapter as the program does. Returns the values from its log, its status and its duration."""
    with tempfile.TemporaryDirectory(prefix="proof-") as experiment:
        environment = {**os.environ, **entry.get("environment", {}), "MUTATION_EXPERIMENT_DIR": experiment}
        start = time.monotonic()
        done = subprocess.run([str(ROOT / entry["train_script"]), *words], cwd=ROOT / entry["path"], env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
                              timeout=PATIENCE_SECONDS)
        seconds = time.monotonic() - start
    return {**proofs.read_log(done.stdout), "status": done.returncode, "seconds": round(seconds, 1),
            "complaint": "" if done.returncode == 0 else "\n".join(done.stderr.splitlines()[-5:])}


class Prover:
    """Makes the runs for a model's proof, except those that are finished already."""

    def __init__(self, runs, path):
        self._runs = runs
        self._path = path

    def run(self, name, entry, model, values, repetition=0):
        words = registry.training_words(entry, model, values)
        key = " ".join([name, *words, f"#{repetition}"])
        if self._runs.get(key, {}).get("status") != 0:
            print(f"{key} ...", flush=True)
            self._runs[key] = run_training(name, entry, words)
            write_runs(self._path, self._runs)
            print(f"  status {self._runs[key]['status']} after {self._runs[key]['seconds']} s", flush=True)
        return self._runs[key]

    def prove(self, name, entry, model, fixed):
        """The proof of one model."""
        base = proofs.base_values(model, fixed, SEED)
        first = self.run(name, entry, model, base)
        proof = proofs.Proof(name, model, base, first)
        if "seed" in model["hyperparameters"]:
            proof.again = self.run(name, entry, model, base, repetition=1)
        for changed in model["hyperparameters"]:
            values = {**base, changed: proofs.changed_value(model, changed, base[changed], changed in fixed)}
            proof.changes[changed] = values[changed], self.run(name, entry, model, values)
        return proof


def smoke_values():
    """(repository, model) -> the fixed values of the smoke config."""
    experiments = registry.read(registry.SETTINGS / "smoke.json")["experiments"]
    return {(entry["repo"], entry["model"]): entry.get("hyperparameters", {}) for entry in experiments}


def chosen(only, name, model):
    return not only or name in only or f"{name}/{model}" in only


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[], metavar="REPOSITORY[/MODEL]")
    parser.add_argument("--fresh", action="store_true", help="repeat every run")
    parser.add_argument("--document", type=Path, default=ROOT / "docs" / "PROOFS.md")
    return parser.parse_args()


def main():
    options = parse_arguments()
    prover = Prover({} if options.fresh else read_runs(STATE), STATE)
    shown = []
    for name, entry in registry.repositories().items():
        for model in registry.models_of(entry):
            fixed = smoke_values().get((name, model["name"]))
            if fixed is not None and chosen(options.only, name, model["name"]):
                shown.append(prover.prove(name, entry, model, fixed))
    if not shown:
        print("settings/smoke.json has no such repository or model", file=sys.stderr)
        return 2
    options.document.write_text(proofs.make_document(shown), encoding="utf-8")
    failures = [line for proof in shown for line in proof.failures()]
    print("\n".join([*failures, f"{len(shown)} models, {len(failures)} values not proved; see {options.document}"]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
