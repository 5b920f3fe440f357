"""The digits training is real: its arguments reach the network, and equal seeds give equal results."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from launcher_trial import is_missing

ROOT = Path(__file__).resolve().parents[2]
DIGITS = ROOT / "scripts" / "adapters" / "digits"
sys.path.insert(0, str(DIGITS))

if not is_missing("torch", "sklearn"):
    import train

RESULT = re.compile(r"^RESULT (\w+)=(\S+)$", re.MULTILINE)


def arguments(**values):
    words = [word for name, value in values.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    return train.parse_arguments(words)


def result_of(**values):
    return train.train(arguments(epochs=2, **values), lambda line: None)


@unittest.skipIf(is_missing("torch", "sklearn"), "PyTorch or scikit-learn is missing")
class Training(unittest.TestCase):
    def test_equal_seeds_give_equal_results(self):
        self.assertEqual(result_of(seed=7), result_of(seed=7))

    def test_different_seeds_give_different_results(self):
        self.assertNotEqual(result_of(seed=7), result_of(seed=8))

    def test_every_hyperparameter_changes_the_result(self):
        plain = result_of()
        for change in ({"learning_rate": 0.002}, {"dropout": 0.4}, {"weight_decay": 0.01}, {"batch_size": 64}):
            with self.subTest(change):
                self.assertNotEqual(plain, result_of(**change))

    def test_the_dropout_probability_reaches_every_dropout_layer(self):
        layers = [layer.p for layer in train.build_model(0.35) if isinstance(layer, train.nn.Dropout)]
        self.assertEqual(layers, [0.35, 0.35])

    def test_learning_rate_and_weight_decay_reach_the_optimizer(self):
        optimizer = train.build_optimizer(train.build_model(0.0), 0.003, 0.0125)
        group, = optimizer.param_groups
        self.assertEqual((group["lr"], group["weight_decay"]), (0.003, 0.0125))

    def test_no_image_is_both_trained_on_and_tested_with(self):
        (images, labels), (test_images, test_labels) = train.load_data("cpu")
        self.assertEqual((len(labels), len(test_labels)), (1437, 360))
        self.assertEqual(len(images) + len(test_images), len(labels) + len(test_labels))
        seen = {tuple(image) for image in images.tolist()}
        self.assertFalse(any(tuple(image) in seen for image in test_images.tolist()))

    def test_more_epochs_learn_more(self):
        first = train.train(arguments(epochs=1), lambda line: None)
        later = train.train(arguments(epochs=6), lambda line: None)
        self.assertGreater(later[0], first[0])
        self.assertLess(later[1], first[1])


class Script(unittest.TestCase):
    def run_script(self, *words, cwd=None, **environment):
        environment = {"MUTATION_PYTHON": sys.executable, **environment}
        return subprocess.run([DIGITS / "train.sh", *words], cwd=cwd, capture_output=True, text=True, timeout=120,
                              check=False, env={**os.environ, **environment})

    @unittest.skipIf(is_missing("torch", "sklearn"), "PyTorch or scikit-learn is missing")
    def test_results_come_last_and_look_as_the_registry_expects(self):
        done = self.run_script("-n", "mlp", "--epochs", "3")
        self.assertEqual(done.returncode, 0, done.stderr)
        results = dict(RESULT.findall(done.stdout))
        self.assertEqual(set(results), {"test_accuracy", "test_loss"})
        self.assertGreater(float(results["test_accuracy"]), 0.8)
        self.assertTrue(all(line.startswith("RESULT ") for line in done.stdout.splitlines()[-2:]))
        self.assertEqual(done.stdout.count("epoch "), 3)

    @unittest.skipIf(is_missing("torch", "sklearn"), "PyTorch or scikit-learn is missing")
    def test_no_file_is_written(self):
        with tempfile.TemporaryDirectory() as folder:
            before = sorted(DIGITS.rglob("*"))
            self.assertEqual(self.run_script("--epochs", "1", cwd=folder).returncode, 0)
            self.assertEqual(os.listdir(folder), [])
            self.assertEqual(sorted(DIGITS.rglob("*")), before)

    @unittest.skipIf(is_missing("torch", "sklearn"), "PyTorch or scikit-learn is missing")
    def test_a_diverged_training_fails_without_a_result(self):
        done = self.run_script("--epochs", "1", "--learning-rate", "1e30")
        self.assertEqual(done.returncode, 1)
        self.assertIn("diverged", done.stderr)
        self.assertNotIn("RESULT", done.stdout)

    @unittest.skipIf(is_missing("torch", "sklearn"), "PyTorch or scikit-learn is missing")
    def test_invalid_arguments_are_refused(self):
        for words in (["--epochs", "0"], ["--epochs", "2.5"], ["--dropout", "1"], ["--learning-rate", "nan"],
                      ["--weight-decay", "-1"], ["--batch-size", "0"], ["-n", "cnn"], ["--what", "1"]):
            with self.subTest(words):
                self.assertEqual(self.run_script(*words).returncode, 2)

    def test_a_missing_python_is_reported_with_the_remedy(self):
        done = self.run_script(MUTATION_PYTHON="/nowhere/python3")
        self.assertEqual(done.returncode, 3)
        self.assertIn("/nowhere/python3: does not exist", done.stderr)
        self.assertIn("apt-get install python3-torch python3-sklearn", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_the_message_names_the_modules_that_are_missing(self):
        with tempfile.TemporaryDirectory() as folder:
            bare = Path(folder) / "python3"
            # -I -S: no site-packages, as in a Python without installed packages.
            bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
            bare.chmod(0o755)
            done = self.run_script(MUTATION_PYTHON=str(bare))
        self.assertEqual(done.returncode, 3)
        self.assertIn("does not have torch, sklearn", done.stderr)

    @unittest.skipIf(is_missing("torch", "sklearn"), "PyTorch or scikit-learn is missing")
    def test_the_folder_of_an_environment_can_be_given(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "bin").mkdir()
            python = Path(folder) / "bin" / "python3"
            python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
            python.chmod(0o755)
            self.assertEqual(self.run_script("--epochs", "1", MUTATION_PYTHON=folder).returncode, 0)


if __name__ == "__main__":
    unittest.main()
