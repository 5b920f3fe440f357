"""Trains a residual network on CIFAR-10 with trainer.py of pytorch_resnet_cifar10, with a seed.

It only reads the clone and works in the run's own folder. The RESULT lines come last, only after a training.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import arguments, data, refusal, results, work  # noqa: E402 (found through the line above)

NAME = "pytorch_resnet_cifar10"
MODELS = ["resnet20", "resnet32", "resnet44", "resnet56", "resnet110", "resnet1202"]
#: Networks whose first epoch is a warm-up with a tenth of the learning rate.
WARMED_UP = ("resnet110", "resnet1202")
#: With the usual 128 images, the largest network needs about 16 GB.
BATCH_SIZES = {"resnet1202": 16}
USUAL_BATCH_SIZE = 128
#: One line per epoch: the accuracy on the whole test set in percent.
TESTED = re.compile(r"^ \* Prec@1 ([0-9.]+)$")


def parse_arguments(argv=None):
    parser = arguments.make_parser(NAME, MODELS)
    parser.add_argument("-e", "--epochs", type=arguments.whole_number(1), default=200)
    parser.add_argument("--lr", type=arguments.positive(), default=0.1, help="learning rate of SGD")
    parser.add_argument("--wd", type=arguments.not_negative(), default=1e-4, help="weight decay of SGD")
    parser.add_argument("-b", "--batch-size", type=arguments.whole_number(1))
    parser.add_argument("--seed", type=arguments.whole_number(0), help="without a seed every run is different, as upstream")
    options = parser.parse_args(argv)
    if options.batch_size is None:
        options.batch_size = BATCH_SIZES.get(options.model, USUAL_BATCH_SIZE)
    return options


def images_folder(clone):
    return clone / "data" / "cifar-10-batches-py"


def needs(clone):
    source = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz (170 MB), unpacked in data/ of the clone"
    folder = images_folder(clone)
    files = ["batches.meta", "test_batch", *(f"data_batch_{number}" for number in range(1, 6))]
    return [data.Need(folder / name, "CIFAR-10, the version for Python", source) for name in files]


def trainer_words(options, is_smoke):
    words = ["--arch", options.model, "--epochs", options.epochs, "--lr", options.lr, "--weight-decay", options.wd,
             "--batch-size", options.batch_size]
    # For a few images, worker processes are slower.
    return words + (["--workers", 0] if is_smoke else [])


def keep_data_offline(is_smoke):
    """The script downloads missing or damaged files; here this is refused."""
    from torchvision import datasets

    if is_smoke:
        # Made-up images have other checksums than the real ones.
        for name in ("train_list", "test_list"):
            setattr(datasets.CIFAR10, name, [[file, None] for file, _ in getattr(datasets.CIFAR10, name)])
        datasets.CIFAR10.meta = {**datasets.CIFAR10.meta, "md5": None}

    def refuse(self):
        if not self._check_integrity():
            raise refusal.Refused(f"the files in {Path(self.root).resolve() / self.base_folder} are damaged",
                                  "remove that folder; launch.py --check-data then shows what is missing")

    datasets.CIFAR10.download = refuse


def end_warm_up():
    """Restores the base learning rate after the warm-up epoch. The script relies on its scheduler for this, but since
    PyTorch 1.4 schedulers multiply the current rate, so it would stay at a tenth."""
    from torch.optim.lr_scheduler import MultiStepLR

    step = MultiStepLR.step

    def step_and_restore(self, *arguments, **options):
        step(self, *arguments, **options)
        if self.last_epoch == 1:
            for group in self.optimizer.param_groups:
                group["lr"] = group["initial_lr"]

    MultiStepLR.step = step_and_restore


class Accuracies:
    """Reads the test accuracy of each epoch."""

    def __init__(self):
        self.values = []

    def __call__(self, line):
        found = TESTED.match(line)
        if found:
            self.values.append(float(found.group(1)))


def report(options, seen, batch_sizes, accuracies):
    seen.require_steps()
    if len(accuracies.values) != options.epochs:
        raise refusal.Failed(f"{len(accuracies.values)} of {options.epochs} epochs were run")
    results.arrived("epochs", len(accuracies.values))
    results.arrived("learning_rate", seen.highest_lr)
    results.arrived("learning_rate_of_first_step", seen.values("lr"))
    results.arrived("weight_decay", seen.values("weight_decay"))
    results.arrived("batch_size", batch_sizes[0])
    results.arrived("seed", options.seed)
    results.arrived("steps", seen.steps)
    results.arrived("weights_checksum", seen.checksum())
    results.result("test_accuracy", accuracies.values[-1])
    results.result("best_val_accuracy", max(accuracies.values))


def train(options, clone):
    from launcher import devices, loaders, optimizers, script, seeding

    is_smoke = data.announce_smoke(NAME, images_folder(clone))
    keep_data_offline(is_smoke)
    devices.allow_cpu()
    if is_smoke:
        devices.use_one_thread()
    if options.model in WARMED_UP:
        end_warm_up()
    folder = work.work_folder(clone)
    work.link(clone / "data", folder)
    seen, batch_sizes, accuracies = optimizers.watch(), loaders.watch(), Accuracies()
    seeding.seed_everything(options.seed)
    status = script.run_script(clone / "trainer.py", trainer_words(options, is_smoke), folder,
                               [accuracies, results.refuse_nan_loss])
    if status == 0:
        report(options, seen, batch_sizes, accuracies)
    return status


def main():
    options = parse_arguments()
    clone = work.clone_folder(NAME, "trainer.py", "resnet.py")
    if options.check_data:
        return data.check_data(NAME, needs(clone))
    data.require_data(NAME, needs(clone))
    work.require_pinned_commit(NAME, clone)
    return train(options, clone)


if __name__ == "__main__":
    refusal.main(main)
