"""Watches and changes parts of train.py and test.py."""

import os
import re

from launcher import refusal

#: The class in model.py and the option of train.py for each model.
CLASSES = {"densenet121": "ft_net_dense", "hrnet18": "ft_net_hr", "pcb": "PCB"}
WORDS = {"densenet121": "--use_dense", "hrnet18": "--use_hr", "pcb": "--PCB"}
EPOCH = re.compile(r"^Epoch (\d+)/\d+$")
RANKS = re.compile(r"^Rank@1:(\S+) Rank@5:(\S+) Rank@10:(\S+) mAP:(\S+)$")
METRICS = ("rank1", "rank5", "rank10", "map")


class Log:
    """Reads the number of started epochs, and the metrics that evaluate_gpu.py prints."""

    def __init__(self):
        self.epochs = 0
        self.metrics = {}

    def __call__(self, line):
        if EPOCH.match(line):
            self.epochs += 1
        found = RANKS.match(line)
        if found:
            self.metrics = dict(zip(METRICS, map(float, found.groups())))


def watch_networks(module, model, droprate=None):
    """Returns a list that gets each new network of the model's class.

    With a `droprate`, all dropout modules get this probability: PCB itself ignores it and has 0.5 in all seven.
    """
    from launcher import dropout

    built = []
    kind = getattr(module, CLASSES[model])
    make = kind.__init__

    # Changes the class itself: the classes use their names in super(), so they cannot be replaced.
    def make_watched(self, *arguments, **options):
        make(self, *arguments, **options)
        if droprate is not None:
            dropout.set_probability(self, droprate)
        built.append(self)

    kind.__init__ = make_watched
    return built


def refuse_nan_progress():
    """Ends the run at the first loss that is nan. The loss is only in the progress bar."""
    import tqdm

    show = tqdm.tqdm.set_postfix

    def show_and_check(self, ordered_dict=None, **options):
        if ordered_dict and ordered_dict.get("Loss") == "nan":
            raise refusal.Failed("the loss is nan; a lower learning rate may help")
        show(self, ordered_dict=ordered_dict, **options)

    tqdm.tqdm.set_postfix = show_and_check


def load_in_process():
    """Loads images without worker processes: for a few images, their start takes longer than everything else."""
    from torch.utils.data import DataLoader

    make = DataLoader.__init__

    def make_alone(self, *arguments, num_workers=0, prefetch_factor=None, persistent_workers=False, **options):
        make(self, *arguments, **options)

    DataLoader.__init__ = make_alone


def allow_one_epoch():
    """With one epoch, the scheduler's step size would be 0, and it divides by it."""
    import torch

    scheduler = torch.optim.lr_scheduler.StepLR
    make = scheduler.__init__

    def make_at_least_one(self, optimizer, step_size, *arguments, **options):
        make(self, optimizer, max(1, step_size), *arguments, **options)

    scheduler.__init__ = make_at_least_one


def is_missing_tenth_epoch(error):
    """Whether train.py failed after its last epoch because there was no tenth epoch.

    train.py keeps the weights of every tenth epoch in a variable that is missing then. The variable refers to the
    network itself, so train.py always saves the last epoch's weights.
    """
    return "last_model_wts" in str(error)


def skip_evaluation():
    """test.py starts evaluate_gpu.py with any `python` of PATH and ignores its status; the launcher runs it instead."""
    system = os.system

    def run_others(command):
        return 0 if command.startswith("python evaluate_gpu.py") else system(command)

    os.system = run_others
