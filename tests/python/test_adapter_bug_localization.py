"""The bug-localization adapter: its values reach the networks in worker processes of modules with the same interface."""

import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from launcher_trial import CloneCase, Ended

ROOT = Path(__file__).resolve().parents[2]
ADAPTER = ROOT / "scripts" / "adapters" / "bug-localization-by-dnn-and-rvsm"
HAS_MODULES = all(importlib.util.find_spec(name) for name in ("numpy", "sklearn", "joblib"))

#: A small version of the repository's functions: fixed values, folds in two worker processes, a shuffle without a seed.
MODEL = """
import csv
import os

import numpy as np
from joblib import Parallel, delayed
from sklearn.neural_network import MLPRegressor


def train_dnn(i, num_folds, samples, start, finish):
    print("Fold: {} / {}".format(i + 1, num_folds), end="\\r")
    train = samples[:start] + samples[finish:]
    np.random.shuffle(train)
    inputs = np.array([[float(value) for value in row[2:7]] for row in train])
    labels = np.array([float(row[7]) for row in train])
    clf = MLPRegressor(solver="sgd", alpha=1e-5, hidden_layer_sizes=(4,), random_state=1, max_iter=10000,
                       n_iter_no_change=3)
    if os.environ.get("FAULT") != "no fit":
        clf.fit(inputs, labels)
    return {rank: rank / 20 for rank in range(1, 21)}


def dnn_model_kfold(k=10):
    with open("../data/features.csv") as features, open("../data/Eclipse_Platform_UI.txt"):
        samples = list(csv.reader(features))[1:]
    np.random.shuffle(samples)
    step = -(-len(samples) // k)
    parts = Parallel(n_jobs=2)(
        delayed(train_dnn)(i, k, samples, start, start + step)
        for i, start in enumerate(range(0, len(samples), step)))
    return {rank: round(sum(part[rank] for part in parts) / len(parts), 3) for rank in parts[0]}
"""


def make_clone(folder):
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "dnn_model.py").write_text(MODEL)
    (folder / "src" / "util.py").touch()
    subprocess.run([sys.executable, "-B", ADAPTER / "smoke.py", "--into", folder], check=True, capture_output=True)
    return folder


def launch(clone, *words, fault=""):
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1",
                   "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "FAULT": fault}
    environment.pop("MUTATION_EXPERIMENT_DIR", None)
    done = subprocess.run([sys.executable, "-W", "ignore", ADAPTER / "launch.py", *map(str, words)], cwd=clone,
                          env=environment, capture_output=True, text=True, check=False)
    return Ended(done)


@unittest.skipUnless(HAS_MODULES, "needs numpy, scikit-learn and joblib")
class Training(CloneCase):
    make_clone = staticmethod(make_clone)

    def test_every_value_reaches_the_network_of_each_fold_in_the_workers(self):
        before = sorted(self.clone.rglob("*"))
        words = ("--max_iter", 2, "--learning_rate", "0.004", "--kfold", 3, "--alpha", "3e-06", "--seed", 9)
        done = launch(self.clone, *words)
        self.assertEqual(done.status, 0, done.err)
        arrived = done.arrived
        checksums = arrived.pop("weights_checksum")
        self.assertEqual(arrived, {"epochs": "2", "learning_rate": "0.004", "alpha": "3e-06", "seed": "9",
                                   "kfold": "3", "epochs_run": "2,2,2"})
        self.assertEqual(done.results, {"top1_accuracy": "0.05", "top5_accuracy": "0.25", "top10_accuracy": "0.5",
                                        "top20_accuracy": "1.0"})
        self.assertTrue(done.out.startswith("SMOKE data: this is not a result of bug-localization"), done.out)
        self.assertEqual(sorted(self.clone.rglob("*")), before, "the clone was written to")

        self.assertEqual(launch(self.clone, *words).arrived["weights_checksum"], checksums)
        for name, value in (("--seed", 10), ("--alpha", "0.5")):
            with self.subTest(name):
                other = launch(self.clone, *words, name, value).arrived["weights_checksum"]
                for one, same in zip(other.split(","), checksums.split(","), strict=True):
                    self.assertNotEqual(one, same)

    def test_without_a_seed_the_built_in_one_is_used(self):
        arrived = launch(self.clone, "--epochs", 2, "--kfold", 2).arrived
        self.assertEqual((arrived["seed"], arrived["kfold"]), ("1", "2"))

    def test_folds_that_fitted_nothing_give_no_result(self):
        done = launch(self.clone, "--kfold", 2, fault="no fit")
        self.assertEqual((done.status, done.results), (1, {}))
        self.assertIn("nothing was trained", done.err)

    def test_a_learning_rate_that_diverges_gives_no_result(self):
        done = launch(self.clone, "--kfold", 2, "--max_iter", 50, "--learning_rate", "1e30")
        self.assertEqual((done.status, done.results), (1, {}))
        self.assertIn("Failed: the loss is nan", done.err)

    def test_invalid_values_end_with_status_2(self):
        for words in (("--kfold", 1), ("--learning_rate", 0)):
            with self.subTest(words):
                self.assertEqual(launch(self.clone, *words).status, 2)


@unittest.skipUnless(HAS_MODULES, "needs numpy, scikit-learn and joblib")
class Data(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.clone = make_clone(Path(self.folder.name).resolve() / "clone")

    def test_missing_data_are_refused_and_their_source_is_named(self):
        (self.clone / "data" / "features.csv").unlink()
        done = launch(self.clone)
        self.assertEqual(done.status, 3)
        self.assertIn(f"git -C {self.clone} checkout -- data/features.csv", done.err)
        check = launch(self.clone, "--check-data")
        self.assertEqual(check.status, 3)
        self.assertIn("features.csv", check.out)
        self.assertNotIn("Eclipse_Platform_UI.txt", check.out)

    def test_made_up_data_never_replace_real_ones(self):
        (self.clone / "data" / "SMOKE_DATA").unlink()
        (self.clone / "data" / "features.csv").write_text("real")
        smoke = [sys.executable, "-B", ADAPTER / "smoke.py", "--into", self.clone]
        self.assertIn("left as they are", subprocess.run(smoke, check=True, capture_output=True, text=True).stdout)
        (self.clone / "data" / "Eclipse_Platform_UI.txt").unlink()
        self.assertEqual(subprocess.run(smoke, check=False, capture_output=True).returncode, 3)
        self.assertEqual((self.clone / "data" / "features.csv").read_text(), "real")


if __name__ == "__main__":
    unittest.main()
