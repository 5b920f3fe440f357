"""The shared PyTorch code of the adapters' launchers."""

import importlib.util
import random
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

SHARED = Path(__file__).resolve().parents[2] / "scripts" / "adapters" / "shared"
sys.path.insert(0, str(SHARED))

from launcher import refusal  # noqa: E402 (found through the line above)

HAS_TORCH = importlib.util.find_spec("torch") is not None
if HAS_TORCH:
    import numpy
    import torch
    from launcher import devices, dropout, loaders, optimizers, seeding


@unittest.skipUnless(HAS_TORCH, "no PyTorch here")
class Torch(unittest.TestCase):
    def setUp(self):
        kept = torch.optim.Optimizer.__init__, torch.optim.SGD
        self.addCleanup(self.restore, *kept)

    @staticmethod
    def restore(make, kind):
        torch.optim.Optimizer.__init__, torch.optim.SGD = make, kind

    def train(self, steps=2, make=None):
        layer = torch.nn.Linear(3, 1)
        optimizer = make(layer) if make else torch.optim.SGD(layer.parameters(), 0.1, weight_decay=0.25)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
        for _ in range(steps):
            optimizer.zero_grad()
            layer(torch.ones(2, 3)).sum().backward()
            optimizer.step()
            scheduler.step()

    def test_the_watch_sees_the_first_values_and_counts_the_steps(self):
        seen = optimizers.watch()
        self.train(steps=3)
        self.assertEqual(seen.steps, 3)
        self.assertEqual((seen.values("lr"), seen.values("weight_decay")), ([0.1], [0.25]))
        seen.require_steps()

    def test_the_watch_sees_every_group_and_a_rate_that_rises(self):
        def make(layer):
            optimizer = torch.optim.Adam([{"params": [layer.weight], "lr": 0.01}, {"params": [layer.bias], "lr": 0.1}])
            optimizer.param_groups[0]["lr"] = 0.2
            return optimizer

        seen = optimizers.watch()
        self.train(make=make)
        self.assertEqual((seen.values("lr"), seen.highest_lr, seen.steps), ([0.2, 0.1], 0.2, 2))

    def test_a_step_of_a_derived_optimizer_counts_once(self):
        class Derived(torch.optim.SGD):
            pass

        seen = optimizers.watch()
        self.train(steps=1)
        self.train(steps=1, make=lambda layer: Derived(layer.parameters(), 0.3))
        self.assertEqual((seen.steps, seen.values("lr")), (2, [0.1, 0.3]))

    def test_a_training_without_a_step_is_a_failure(self):
        seen = optimizers.watch()
        self.train(steps=0)
        with self.assertRaisesRegex(refusal.Failed, "nothing was trained"):
            seen.require_steps()

    def test_an_override_wins_over_what_the_script_passes(self):
        optimizers.override("SGD", weight_decay=0.5, lr=0.7)
        seen = optimizers.watch()
        self.train()
        self.assertEqual((seen.values("lr"), seen.values("weight_decay")), ([0.7], [0.5]))

    def test_an_overridden_optimizer_is_still_of_its_class(self):
        original = torch.optim.SGD
        optimizers.override("SGD", weight_decay=0.5)
        self.assertIsInstance(torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1), original)

    def test_the_checksum_shows_whether_two_trainings_are_equal(self):
        def checksum(seed):
            torch.manual_seed(seed)
            seen = optimizers.watch()
            self.train()
            return seen.checksum()

        self.assertEqual(checksum(1), checksum(1))
        self.assertNotEqual(checksum(1), checksum(2))

    def test_the_batch_sizes_of_the_loaders_are_seen_in_their_order(self):
        with mock.patch.object(torch.utils.data.DataLoader, "__init__", torch.utils.data.DataLoader.__init__):
            sizes = loaders.watch()
            for size in (7, 3):
                torch.utils.data.DataLoader([1, 2, 3], batch_size=size)
        self.assertEqual(sizes, [7, 3])

    def test_one_seed_seeds_all_three_generators(self):
        def draw(seed):
            seeding.seed_everything(seed)
            return random.random(), numpy.random.rand(), torch.rand(1).item()

        self.assertEqual(draw(3), draw(3))
        self.assertTrue(all(a != b for a, b in zip(draw(3), draw(4))))

    def test_with_a_seed_a_script_cannot_turn_on_the_benchmark(self):
        program = ("from launcher import seeding; import torch.backends.cudnn as cudnn\n"
                   "seeding.seed_everything({})\ncudnn.benchmark = True\nprint(cudnn.benchmark, cudnn.deterministic)")
        for seed, expected in ((1, "False True"), (None, "True False")):
            done = subprocess.run([sys.executable, "-B", "-c", program.format(seed)], cwd=SHARED, capture_output=True,
                                  text=True, check=True)
            self.assertEqual(done.stdout.strip(), expected)

    @unittest.skipIf(HAS_TORCH and torch.cuda.is_available(), "there is a GPU")
    def test_without_a_gpu_cuda_does_nothing(self):
        with mock.patch.object(torch.nn.Module, "cuda"), mock.patch.object(torch.Tensor, "cuda"):
            devices.allow_cpu()
            layer = torch.nn.Linear(1, 1)
            self.assertIs(layer.cuda(), layer)
            self.assertEqual(torch.zeros(1).cuda(0, non_blocking=True).device.type, "cpu")

    def test_a_dropout_probability_reaches_every_module(self):
        network = torch.nn.Sequential(torch.nn.Dropout(0.1), torch.nn.Sequential(torch.nn.Dropout2d(0.5)))
        self.assertEqual(dropout.set_probability(network, 0.3), 2)
        self.assertEqual(dropout.probabilities(network), [0.3, 0.3])


if __name__ == "__main__":
    unittest.main()
