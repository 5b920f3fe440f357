"""The adapter of pytorch_resnet_cifar10: its values reach the optimizer of a script with the same interface."""

import importlib.util
import tempfile
import unittest
from pathlib import Path

from adapter_trial import Lab

HAS_TORCH = importlib.util.find_spec("torch") is not None

#: A small version of the repository's trainer: its options, optimizer, scheduler, warm-up and output.
TRAINER = """
import argparse
import os

import torch
import torch.backends.cudnn as cudnn
import torchvision.datasets as datasets

parser = argparse.ArgumentParser()
parser.add_argument("--arch", required=True)
parser.add_argument("--workers", type=int, default=4)
parser.add_argument("--epochs", type=int, default=200)
parser.add_argument("--batch-size", type=int, default=128)
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--weight-decay", type=float, default=1e-4)
args = parser.parse_args()

os.makedirs("save_temp", exist_ok=False)
model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3072, 10))
model.cuda()
cudnn.benchmark = True
loader = torch.utils.data.DataLoader(datasets.CIFAR10(root="./data", train=True, download=True),
                                     batch_size=args.batch_size, shuffle=True, num_workers=args.workers)
test = datasets.CIFAR10(root="./data", train=False)
optimizer = torch.optim.SGD(model.parameters(), args.lr, momentum=0.9, weight_decay=args.weight_decay)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[100, 150], last_epoch=-1)
if args.arch in ["resnet1202", "resnet110"]:
    for group in optimizer.param_groups:
        group["lr"] = args.lr * 0.1
fault = os.environ.get("FAULT")
for epoch in range(args.epochs if fault != "nothing" else 0):
    print("current lr {:.5e}".format(optimizer.param_groups[0]["lr"]))
    for images, labels in loader:
        loss = torch.nn.functional.cross_entropy(model(images.cuda()), labels.cuda())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("Loss {:.4f} ({:.4f})".format(float("nan") if fault == "nan" else loss.item(), loss.item()))
    scheduler.step()
    right = (model(test.data).argmax(1) == torch.tensor(test.targets)).float().mean().item()
    print(" * Prec@1 {:.3f}".format(100 * right))
    if fault == "memory":
        raise RuntimeError("CUDA out of memory")
    torch.save(model.state_dict(), "save_temp/model.th")
"""


@unittest.skipUnless(HAS_TORCH, "no PyTorch here")
class Resnet(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        files = {"trainer.py": TRAINER, "resnet.py": ""}
        self.lab = Lab("pytorch_resnet_cifar10", Path(place.name).resolve(), files)
        self.lab.make_data()

    def test_every_value_arrives_and_the_results_come_last(self):
        trial = self.lab.train("-n", "resnet20", "-e", "3", "--lr", "0.02", "--wd", "0.005", "-b", "50", "--seed", "9")
        self.assertEqual(trial.status, 0, trial.err)
        expected = {"epochs": "3", "learning_rate": "0.02", "weight_decay": "0.005", "batch_size": "50", "seed": "9"}
        self.assertEqual({name: trial.arrived[name] for name in expected}, expected)
        self.assertEqual(list(trial.results), ["test_accuracy", "best_val_accuracy"])
        self.assertTrue(all(line.startswith("RESULT ") for line in trial.out.splitlines()[-2:]))

    def test_the_last_and_the_best_accuracy_are_separate_results(self):
        trial = self.lab.train("-n", "resnet20", "-e", "6", "--lr", "0.3", "--seed", "1")
        printed = [float(line.split()[-1]) for line in trial.out.splitlines() if line.startswith(" * Prec@1")]
        self.assertEqual(float(trial.results["test_accuracy"]), printed[-1])
        self.assertEqual(float(trial.results["best_val_accuracy"]), max(printed))

    def test_equal_seeds_train_equally_and_different_ones_differently(self):
        def checksum(*words):
            return self.lab.train("-n", "resnet20", "-e", "1", *words).arrived["weights_checksum"]

        self.assertEqual(checksum("--seed", "3"), checksum("--seed", "3"))
        self.assertNotEqual(checksum("--seed", "3"), checksum("--seed", "4"))
        self.assertNotEqual(checksum(), checksum())

    def test_the_learning_rate_of_large_networks_is_restored_after_the_warm_up(self):
        trial = self.lab.train("-n", "resnet110", "-e", "3", "--lr", "0.05", "--seed", "1")
        rates = [float(line.split()[-1]) for line in trial.out.splitlines() if line.startswith("current lr")]
        self.assertEqual(rates, [0.005, 0.05, 0.05])
        self.assertEqual(trial.arrived["learning_rate"], "0.05")

    def test_a_run_writes_nothing_into_the_clone(self):
        before = self.lab.files_of_clone()
        self.assertEqual(self.lab.train("-n", "resnet20", "-e", "1").status, 0)
        self.assertEqual(self.lab.files_of_clone(), before)
        self.assertTrue((self.lab.experiment / "work" / "save_temp" / "model.th").exists())

    def test_a_second_attempt_starts_in_a_fresh_folder(self):
        for _ in range(2):
            self.assertEqual(self.lab.train("-n", "resnet20", "-e", "1").status, 0)

    def test_made_up_data_are_reported(self):
        trial = self.lab.train("-n", "resnet20", "-e", "1")
        self.assertEqual(trial.out.splitlines()[0], "SMOKE data: this is not a result of pytorch_resnet_cifar10")

    def test_a_run_without_a_result_is_not_a_success(self):
        for fault, words in (("nothing", "nothing was trained"), ("nan", "the loss is nan"),
                             ("memory", "CUDA out of memory")):
            with self.subTest(fault):
                trial = self.lab.train("-n", "resnet20", "-e", "1", FAULT=fault)
                self.assertEqual((trial.status, trial.results), (1, {}))
                self.assertIn(words, trial.err)

    def test_damaged_data_are_refused_and_not_downloaded(self):
        (self.lab.clone / "data" / "cifar-10-batches-py" / "SMOKE_DATA").unlink()
        trial = self.lab.train("-n", "resnet20", "-e", "1")
        self.assertEqual(trial.status, 3, trial.err)
        self.assertIn("damaged", trial.err)

    def test_without_data_the_run_is_refused_with_the_remedy(self):
        (self.lab.clone / "data" / "cifar-10-batches-py" / "data_batch_4").unlink()
        for words in (["-n", "resnet20"], ["--check-data"]):
            trial = self.lab.train(*words)
            self.assertEqual(trial.status, 3)
            self.assertIn("data_batch_4", trial.out + trial.err)
            self.assertIn("https://", trial.out + trial.err)

    def test_the_largest_network_has_a_batch_size_of_its_own(self):
        self.assertEqual(self.lab.train("-n", "resnet1202", "-e", "1").arrived["batch_size"], "16")
        self.assertEqual(self.lab.train("-n", "resnet32", "-e", "1").arrived["batch_size"], "128")


if __name__ == "__main__":
    unittest.main()
