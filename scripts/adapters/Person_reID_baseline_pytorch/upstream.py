"""What has to be seen, and what has to be changed, inside train.py and test.py."""

import os
import re

from launcher import refusal

#: The class of model.py behind each model, and how train.py is asked for it.
CLASSES = {"densenet121": "ft_net_dense", "hrnet18": "ft_net_hr", "pcb": "PCB"}
WORDS = {"densenet121": "--use_dense", "hrnet18": "--use_hr", "pcb": "--PCB"}
EPOCH = re.compile(r"^Epoch (\d+)/\d+$")
RANKS = re.compile(r"^Rank@1:(\S+) Rank@5:(\S+) Rank@10:(\S+) mAP:(\S+)$")
METRICS = ("rank1", "rank5", "rank10", "map")


class Log:
    """Reads how many epochs began, and the metrics that evaluate_gpu.py prints."""

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
    """Returns a list that gets each network of the model's class that is built from now on.

    With a `droprate` every dropout module of it gets that probability: PCB takes none, and has 0.5 in all seven.
    """
    from launcher import dropout

    built = []
    kind = getattr(module, CLASSES[model])
    make = kind.__init__

    # In place: the classes name themselves in super(), so that none of them can be replaced by another.
    def make_watched(self, *arguments, **options):
        make(self, *arguments, **options)
        if droprate is not None:
            dropout.set_probability(self, droprate)
        built.append(self)

    kind.__init__ = make_watched
    return built


def refuse_nan_progress():
    """Ends the run at the first loss that is no number. The loss stands in the progress bar alone."""
    import tqdm

    show = tqdm.tqdm.set_postfix

    def show_and_check(self, ordered_dict=None, **options):
        if ordered_dict and ordered_dict.get("Loss") == "nan":
            raise refusal.Failed("the loss is nan; a lower learning rate may help")
        show(self, ordered_dict=ordered_dict, **options)

    tqdm.tqdm.set_postfix = show_and_check


def load_in_process():
    """Loads images without worker processes: for a handful of images their start takes longer than all the rest."""
    from torch.utils.data import DataLoader

    make = DataLoader.__init__

    def make_alone(self, *arguments, num_workers=0, prefetch_factor=None, persistent_workers=False, **options):
        make(self, *arguments, **options)

    DataLoader.__init__ = make_alone


def allow_one_epoch():
    """With one epoch the scheduler's step would be 0 epochs long, by which it divides."""
    import torch

    scheduler = torch.optim.lr_scheduler.StepLR
    make = scheduler.__init__

    def make_at_least_one(self, optimizer, step_size, *arguments, **options):
        make(self, optimizer, max(1, step_size), *arguments, **options)

    scheduler.__init__ = make_at_least_one


def is_lack_of_tenth_epoch(error):
    """Whether train.py ended, after its last epoch, because it had no tenth one to take the weights of.

    The variable that it misses then refers to the network itself, so that it would save the last epoch's weights in any
    case.
    """
    return "last_model_wts" in str(error)


def skip_evaluation():
    """test.py starts evaluate_gpu.py by the first `python` of PATH, which may be any, and ignores how it ends."""
    system = os.system

    def run_others(command):
        return 0 if command.startswith("python evaluate_gpu.py") else system(command)

    os.system = run_others
