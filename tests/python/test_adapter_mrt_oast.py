"""The MRT-OAST adapter: its values reach a script with the same interface; a run without a training has no result."""

import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from launcher_trial import CloneCase, Ended

ROOT = Path(__file__).resolve().parents[2]
ADAPTER = ROOT / "scripts" / "adapters" / "MRT-OAST"
HAS_TORCH = all(importlib.util.find_spec(name) for name in ("torch", "numpy"))

#: A network with dropout modules at the same places as the repository's.
NETWORK = """
import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.dropout = nn.Dropout(0.1)


class Net(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.self_attn = Attention()
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(4, 1)

    def forward(self, inputs):
        return torch.sigmoid(self.linear(self.dropout(inputs))).squeeze(1)
"""

#: The options, the output and the files of the repository's script; FAULT is the way it fails.
SCRIPT = """
import argparse
import os
import random

import numpy
import torch
import torch.optim as optim
from torch.optim.lr_scheduler import LambdaLR

from nnet.btransform import Net
from tutils import report

parser = argparse.ArgumentParser()
for name in ("save", "tag", "data", "train_pair", "valid_pair", "test_pair", "dictionary", "ast_type"):
    parser.add_argument("--" + name, required=True)
for name in ("epochs", "seed", "batch_size", "valid_step", "sen_max_len", "transformer_nlayers", "d_model", "d_ff",
             "h"):
    parser.add_argument("--" + name, type=int, default=1)
for name in ("lr", "dropout"):
    parser.add_argument("--" + name, type=float)
parser.add_argument("--cuda", action="store_true")
args = parser.parse_args()
fault = os.environ.get("FAULT")

torch.manual_seed(args.seed)
dictionary = args.dictionary.replace("X" * 3, args.ast_type)
for name in (args.data, args.train_pair, args.valid_pair, args.test_pair, dictionary):
    open(name).close()
net = Net(args.dropout).cuda()
criterion = torch.nn.BCELoss()
optimizer = optim.Adam(net.parameters(), lr=1.0)
steps = 5 * args.epochs
climb = steps / 5
scheduler = LambdaLR(optimizer, lambda step: args.lr * (step / climb if step < climb else 1 - (step - climb) / steps))
inputs = torch.rand(args.batch_size, 4)
for step in range(0 if fault == "no steps" else steps):
    net.train()
    optimizer.zero_grad()
    loss = criterion(net(inputs).cuda(), (inputs[:, 0] > 0.5).float())
    loss.backward()
    optimizer.step()
    scheduler.step()
    if fault == "weights are nan":
        net.linear.weight.data.fill_(float("nan"))
    if (step + 1) % 5 == 0:
        print("One batch using 0.1 seconds")
        print("Accuracy: 40/64 = 0.6250 | Precision:0.6786 | Recall:0.5588 | F1 score:0.6129")
os.makedirs(args.save)
with open(args.save + "/model.pt", "wb") as file:
    torch.save(net, file)
net = torch.load(args.save + "/model.pt")
open("pic/P_R.png", "w").close()
open("model/result.csv", "a").close()
if fault != "no report":
    report(float(net.linear.weight.sum()))
if fault == "exit 5":
    raise SystemExit(5)
"""

REPORT = """
def report(precision):
    print("---------> Defined Threshold:  0.9")
    print("    Accuracy on test is 2/3 = 0.666667")
    print(f"    Precision: {precision}\\n    Recall   : 0\\n    F1 score : 0.25\\n ")
"""


def make_clone(folder):
    (folder / "nnet").mkdir(parents=True)
    (folder / "nnet" / "btransform.py").write_text(NETWORK)
    (folder / "main_batch.py").write_text(SCRIPT)
    (folder / "tutils.py").write_text(REPORT)
    subprocess.run([sys.executable, "-B", ADAPTER / "smoke.py", "--into", folder], check=True, capture_output=True)
    return folder


def launch(clone, *words, fault="", experiment=None):
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "FAULT": fault}
    environment.pop("MUTATION_EXPERIMENT_DIR", None)
    if experiment:
        environment["MUTATION_EXPERIMENT_DIR"] = str(experiment)
    done = subprocess.run([sys.executable, ADAPTER / "launch.py", *map(str, words)], cwd=clone, env=environment,
                          capture_output=True, text=True, check=False)
    return Ended(done)


@unittest.skipUnless(HAS_TORCH, "needs torch and numpy")
class Training(CloneCase):
    make_clone = staticmethod(make_clone)

    def test_every_value_arrives_and_the_results_are_the_last_tests(self):
        experiment = Path(self.folder.name) / "experiment"
        experiment.mkdir()
        before = sorted(self.clone.rglob("*"))
        done = launch(self.clone, "--epochs", 3, "--lr", "0.0005", "--dropout", "0.15", "--weight-decay", "0.002",
                      "--seed", 9, experiment=experiment)
        self.assertEqual(done.status, 0, done.err)
        arrived = done.arrived
        checksum = arrived.pop("weights_checksum")
        self.assertEqual(arrived, {"learning_rate": "0.0005", "weight_decay": "0.002", "dropout": "0.15",
                                   "attention_dropout": "0.1", "epochs": "3", "steps": "15", "seed": "9"})
        results = done.results
        # The quotient, not the six printed digits, and not the validation's 0.6250.
        self.assertEqual(results["accuracy"], repr(2 / 3))
        self.assertEqual((results["recall"], results["f1"]), ("0.0", "0.25"))
        self.assertIn("SMOKE data: this is not a result of MRT-OAST", done.out.splitlines())
        self.assertEqual(sorted(self.clone.rglob("*")), before, "the clone was written to")
        self.assertTrue((experiment / "work" / "model" / "run" / "model.pt").exists())

        again = launch(self.clone, "--epochs", 3, "--lr", "0.0005", "--dropout", "0.15", "--weight-decay", "0.002",
                       "--seed", 9, experiment=experiment)
        self.assertEqual(again.arrived["weights_checksum"], checksum, "equal seeds, other weights")
        other = launch(self.clone, "--epochs", 3, "--lr", "0.0005", "--dropout", "0.15", "--weight-decay", "0.003",
                       "--seed", 9)
        self.assertNotEqual(other.arrived["weights_checksum"], checksum, "the weight decay changes nothing")

    def test_a_nan_network_ends_with_status_1_and_a_message(self):
        done = launch(self.clone, "--epochs", 1, fault="weights are nan")
        self.assertEqual((done.status, done.results), (1, {}))
        self.assertIn("Failed: the loss is nan", done.err)

    def test_a_run_that_trained_nothing_has_no_result(self):
        done = launch(self.clone, "--epochs", 1, fault="no steps")
        self.assertEqual((done.status, done.results), (1, {}))
        self.assertIn("nothing was trained", done.err)

    def test_a_run_without_a_last_test_has_no_result(self):
        done = launch(self.clone, "--epochs", 1, fault="no report")
        self.assertEqual((done.status, done.results), (1, {}))
        self.assertIn("ended without its test's accuracy, f1, precision, recall", done.err)

    def test_a_failed_script_returns_its_status_and_gives_no_result(self):
        done = launch(self.clone, "--epochs", 1, fault="exit 5")
        self.assertEqual((done.status, done.results), (5, {}))


@unittest.skipUnless(HAS_TORCH, "needs torch and numpy")
class Data(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.clone = make_clone(Path(self.folder.name).resolve() / "clone")

    def test_missing_data_are_refused_with_the_remedy(self):
        (self.clone / "origindata" / "OJClone_train.csv").unlink()
        done = launch(self.clone)
        self.assertEqual(done.status, 3)
        self.assertIn(f"{self.clone}/origindata/OJClone_train.csv", done.err)
        self.assertIn("unpack_data.py", done.err)
        self.assertEqual(launch(self.clone, "--check-data").status, 3)

    def test_complete_data_are_reported(self):
        self.assertEqual(launch(self.clone, "--check-data").status, 0)

    def test_fewer_pairs_than_a_batch_are_refused(self):
        pairs = self.clone / "origindata" / "OJClone_test.csv"
        pairs.write_text("\n".join(pairs.read_text().splitlines()[:10]))
        done = launch(self.clone)
        self.assertEqual(done.status, 3)
        self.assertIn("has 9 pairs, a batch has 24", done.err)


if __name__ == "__main__":
    unittest.main()
