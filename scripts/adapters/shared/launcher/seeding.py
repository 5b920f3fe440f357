"""Seeds the random generators of a training."""

import random

import numpy
import torch


class _Fixed:
    """A setting that keeps its value: later assignments do nothing."""

    def __init__(self, value):
        self._value = value

    def __get__(self, owner, kind=None):
        return self._value

    def __set__(self, owner, value):
        pass


def seed_everything(seed):
    """Seeds `random`, numpy and torch, and makes cuDNN deterministic for the rest of the process.

    Some scripts turn on cuDNN's benchmark later, which may choose another algorithm in every run: with a seed this has no
    effect. With None, nothing changes.
    """
    if seed is None:
        return
    random.seed(seed)
    numpy.random.seed(seed)
    torch.manual_seed(seed)
    _fix(torch.backends.cudnn, "deterministic", True)
    _fix(torch.backends.cudnn, "benchmark", False)


def _fix(module, name, value):
    if not isinstance(type(module).__dict__.get(name), _Fixed):
        setattr(module, name, value)
    # The settings of these modules are descriptors of their class.
    setattr(type(module), name, _Fixed(value))
