"""Sees what reaches the optimizer, and gives it what a script does not pass on."""

import functools
import inspect
import zlib

import torch

from .refusal import Failed


class Watch:
    """What the optimizers of this process did.

    `steps` counts their steps; `groups` are the parameter groups (`lr`, `weight_decay`) of each optimizer as they were
    at its first step; `highest_lr` is the highest learning rate that any step was made with (a warm-up begins lower).
    """

    def __init__(self):
        self.steps = 0
        self.groups = []
        self.highest_lr = None
        self._optimizers = []

    @property
    def optimizers(self):
        """How many optimizers made a step."""
        return len(self._optimizers)

    def values(self, name):
        """The distinct values of a setting at the first steps, in the order of the groups."""
        return list(dict.fromkeys(group[name] for group in self.groups if group.get(name) is not None))

    def require_steps(self):
        """Fails where the script trained nothing."""
        if self.steps == 0:
            raise Failed("no optimizer made a step: nothing was trained")

    def checksum(self):
        """A checksum of all trained weights as they are now: two runs that computed the same have the same."""
        code = 0
        for optimizer in self._optimizers:
            for group in optimizer.param_groups:
                for weights in group["params"]:
                    code = zlib.crc32(weights.detach().to("cpu", torch.float32).contiguous().numpy(), code)
        return f"{code:08x}"

    def _note(self, optimizer):
        self.steps += 1
        rates = [float(group["lr"]) for group in optimizer.param_groups if "lr" in group]
        self.highest_lr = max(rates + ([] if self.highest_lr is None else [self.highest_lr]), default=None)
        if not any(optimizer is known for known in self._optimizers):
            self._optimizers.append(optimizer)
            self.groups += [_settings(group) for group in optimizer.param_groups]


def _settings(group):
    return {name: float(group[name]) for name in ("lr", "weight_decay") if group.get(name) is not None}


def watch():
    """Watches every optimizer that is made from now on. Returns the Watch."""
    seen = Watch()
    make = torch.optim.Optimizer.__init__

    @functools.wraps(make)
    def make_watched(self, *arguments, **options):
        kind = type(self)
        # On the class: schedulers and gradient scalers wrap the method of the instance themselves. It may have come
        # from a class above that is watched already.
        if getattr(kind.step, "noted_by", None) is not seen:
            kind.step = _noting(kind.step, seen)
        make(self, *arguments, **options)

    torch.optim.Optimizer.__init__ = make_watched
    return seen


def _noting(step, seen):
    @functools.wraps(step)
    def noted(self, *arguments, **options):
        seen._note(self)
        return step(self, *arguments, **options)

    noted.noted_by = seen
    return noted


def override(name, **options):
    """Every `torch.optim.<name>` that is made from now on gets `options`, whatever its caller passes for them.

    It has to come before a script imports the class by name.
    """
    original = getattr(torch.optim, name)
    signature = inspect.signature(original.__init__)

    def __init__(self, *arguments, **given):
        bound = signature.bind(self, *arguments, **given)
        bound.arguments.update(options)
        original.__init__(*bound.args, **bound.kwargs)

    kind = type(name, (original,), {"__init__": __init__, "__doc__": original.__doc__})
    setattr(torch.optim, name, kind)
    return kind
