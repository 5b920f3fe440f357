"""The adapter of PyTorch's examples: its values reach the optimizers of scripts with the same interfaces."""

import importlib.util
import sys
import tempfile
import unittest
from pathlib import Path

from adapter_trial import ADAPTERS, Lab

sys.path[:0] = [str(ADAPTERS / "shared"), str(ADAPTERS / "examples")]

import models  # noqa: E402 (found through the line above)

sys.path.remove(str(ADAPTERS / "examples"))
HAS_TORCH = importlib.util.find_spec("torch") is not None

#: A small version of the code that three of the four scripts share. @DEVICE@ is the option for the device, @SEED@ the
#: code that seeds; siamese draws with `random`, which its --seed does not seed.
MAIN = """
import argparse
import os
import random

import numpy
import torch
from torchvision import datasets

parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=64)
parser.add_argument("--epochs", type=int, default=14)
parser.add_argument("--lr", type=float, default=1.0)
parser.add_argument("@DEVICE@", action="store_true")
parser.add_argument("--seed", type=int, default=1)
args = parser.parse_args()
torch.manual_seed(args.seed)

numpy.array([1], dtype=None, copy=None)
train = datasets.MNIST("../data", train=True, download=True)
test = datasets.MNIST("../data", train=False)
loader = torch.utils.data.DataLoader(train, batch_size=args.batch_size)
model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Dropout2d(0.25), torch.nn.Linear(784, 10))
optimizer = torch.optim.Adadelta(model.parameters(), lr=args.lr)
fault = os.environ.get("FAULT")
for epoch in range(1, args.epochs + 1):
    if fault == "nothing":
        break
    model.train()
    for images, labels in loader:
        loss = random.uniform(0.9, 1) * torch.nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    right = model(test.data).argmax(1).eq(test.targets).sum().item()
    print("\\nTest set: Average loss: {:.4f}, Accuracy: {}/{} ({:.0f}%)\\n".format(
        float("nan") if fault == "nan" else loss.item(), right, len(test), 100. * right / len(test)))
"""

#: The fourth: all images at once, one optimizer per layer, an unused seed, errors instead of an accuracy.
FULL_BATCH = """
import argparse

import torch
from torchvision.datasets import MNIST

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=1000)
parser.add_argument("--lr", type=float, default=0.03)
parser.add_argument("--no_accel", action="store_true")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--train_size", type=int, default=50000)
args = parser.parse_args()
loader = torch.utils.data.DataLoader(MNIST("./data/", train=True, download=True), batch_size=args.train_size)
images, _ = next(iter(loader))
inputs = images.flatten(1)
for width in (784, 50):
    layer = torch.nn.Linear(width, 50)
    optimizer = torch.optim.Adam(layer.parameters(), lr=args.lr)
    for epoch in range(args.epochs):
        loss = layer(inputs).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("Loss: ", loss.item())
    inputs = layer(inputs).detach()
print("train error:", 0.857142841)
print("test error:", 0.904400006)
"""

FILES = {
    "mnist/main.py": MAIN.replace("@DEVICE@", "--no-accel"),
    "mnist_rnn/main.py": MAIN.replace("@DEVICE@", "--accel"),
    "mnist_forward_forward/main.py": FULL_BATCH,
    "siamese_network/main.py": MAIN.replace("@DEVICE@", "--no-accel"),
}


class Lines(unittest.TestCase):
    def read(self, model, *lines):
        reader = models.reader_of(models.EXAMPLES[model])
        for line in lines:
            reader(line)
        return reader

    def test_the_accuracy_comes_from_the_counts_because_the_printed_one_is_rounded(self):
        reader = self.read("mnist_cnn", "Test set: Average loss: 0.5, Accuracy: 1/10000 (0%)",
                           "Train Epoch: 2 [0/240 (0%)]\tLoss: 2.3",
                           "Test set: Average loss: 0.1585, Accuracy: 9545/10000 (95%)")
        self.assertEqual((reader.epochs, reader.metrics()), (2, {"test_accuracy": 95.45, "test_loss": 0.1585}))

    def test_errors_count_only_if_both_are_printed(self):
        self.assertEqual(self.read("mnist_forward_forward", "train error: 0.5").metrics(), {})

    def test_a_script_that_prints_no_result_has_none(self):
        with self.assertRaises(models.refusal.Failed):
            models.require_metrics(self.read("siamese", "Accuracy: 5/10 (50%)"))


@unittest.skipUnless(HAS_TORCH, "no PyTorch here")
class Examples(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        files = dict(FILES)
        # numpy before 2 refuses `copy=None`; only siamese uses it.
        for name in ("mnist/main.py", "mnist_rnn/main.py"):
            files[name] = files[name].replace(", copy=None", "")
        self.lab = Lab("examples", Path(place.name).resolve(), files)
        self.lab.make_data()

    def test_every_value_arrives_in_each_of_the_three(self):
        for model in ("mnist_cnn", "mnist_rnn", "siamese"):
            with self.subTest(model):
                trial = self.lab.train("-n", model, "-e", "2", "-l", "0.25", "-b", "40", "--seed", "7")
                self.assertEqual(trial.status, 0, trial.err)
                expected = {"epochs": "2", "learning_rate": "0.25", "batch_size": "40", "seed": "7"}
                self.assertEqual({name: trial.arrived[name] for name in expected}, expected)
                self.assertEqual(list(trial.results), ["test_accuracy", "test_loss"])

    def test_every_value_arrives_if_all_images_are_one_batch(self):
        trial = self.lab.train("-n", "mnist_forward_forward", "-e", "5", "-l", "0.01", "--train_size", "100")
        self.assertEqual(trial.status, 0, trial.err)
        expected = {"epochs": "5", "learning_rate": "0.01", "train_size": "100", "seed": "1"}
        self.assertEqual({name: trial.arrived[name] for name in expected}, expected)
        self.assertEqual(trial.results, {"test_accuracy": "9.56", "train_error": "0.857143", "test_error": "0.9044"})

    def test_equal_seeds_train_equally_if_the_script_seeds_little(self):
        for model in ("siamese", "mnist_forward_forward"):
            def checksum(seed):
                return self.lab.train("-n", model, "-e", "1", "--seed", seed).arrived["weights_checksum"]

            with self.subTest(model):
                self.assertEqual(checksum("3"), checksum("3"))
                self.assertNotEqual(checksum("3"), checksum("4"))

    def test_the_old_names_of_models_work(self):
        self.assertEqual(self.lab.train("-n", "mnist", "-e", "1").arrived["learning_rate"], "1.0")
        self.assertEqual(self.lab.train("-n", "mnist_ff", "-e", "1").arrived["learning_rate"], "0.03")

    def test_a_value_without_effect_is_refused(self):
        for words in (["-n", "mnist_ff", "-b", "32"], ["-n", "siamese", "--train_size", "100"]):
            trial = self.lab.train(*words)
            self.assertEqual((trial.status, trial.results), (2, {}))

    def test_a_run_without_a_result_is_not_a_success(self):
        for fault, words in (("nothing", "nothing was trained"), ("nan", "the loss is nan")):
            with self.subTest(fault):
                trial = self.lab.train("-n", "mnist_cnn", "-e", "1", FAULT=fault)
                self.assertEqual((trial.status, trial.results), (1, {}))
                self.assertIn(words, trial.err)

    def test_a_run_writes_nothing_into_the_clone(self):
        before = self.lab.files_of_clone()
        self.assertEqual(self.lab.train("-n", "mnist_cnn", "-e", "1").status, 0)
        self.assertEqual(self.lab.files_of_clone(), before)

    def test_without_data_the_run_is_refused_with_the_remedy(self):
        (self.lab.clone / "data" / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").unlink()
        for words in (["-n", "mnist_cnn"], ["--check-data"]):
            trial = self.lab.train(*words)
            self.assertEqual(trial.status, 3)
            self.assertIn("t10k-labels-idx1-ubyte", trial.out + trial.err)

    def test_outside_a_clone_the_run_is_refused(self):
        (self.lab.clone / "mnist" / "main.py").unlink()
        trial = self.lab.train("-n", "siamese", "-e", "1")
        self.assertEqual(trial.status, 3)
        self.assertIn("setup-repository.sh examples", trial.err)

    def test_a_python_without_the_modules_is_refused_with_the_remedy(self):
        trial = self.lab.train("-n", "mnist_cnn", MUTATION_PYTHON="/no/such/python")
        self.assertEqual(trial.status, 3)
        self.assertIn("requirements.txt", trial.err)


if __name__ == "__main__":
    unittest.main()
