"""Watches the values of the optimizers, and sets values that a script does not pass."""

import functools
import inspect
import zlib

import torch

from .refusal import Failed


class Watch:
    """What the optimizers of this process did.

    `steps` counts their steps; `groups` are the parameter groups (`lr`, `weight_decay`) of each optimizer at its first
    step; `highest_lr` is the highest learning rate of any step (a warm-up begins lower).
    """

    def __init__(self):
        self.steps = 0
        self.groups = []
        self.highest_lr = None
        self._optimizers = []

    @property
    def optimizers(self):
        """Number of optimizers that made a step."""
        return len(self._optimizers)

    def values(self, name):
        """The distinct values of a setting at the first steps, in the order of the groups."""
        return list(dict.fromkeys(group[name] for group in self.groups if group.get(name) is not None))

    def require_steps(self):
        """Fails if the script trained nothing."""
        if self.steps == 0:
            raise Failed("no optimizer made a step: nothing was trained")

    def checksum(self):
        """A checksum of the current values of all trained weights: equal for two runs with equal results."""
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
    """Watches every new optimizer. Returns the Watch."""
    seen = Watch()
    make = torch.optim.Optimizer.__init__

    @functools.wraps(make)
    def make_watched(self, *arguments, **options):
        kind = type(self)
        # Wraps the method of the class, because schedulers and gradient scalers wrap that of the instance. It may be
        # inherited from a class that is already watched.
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
    """Every new `torch.optim.<name>` gets `options`, whatever its caller passes.

    Call this before a script imports the class by name.
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
