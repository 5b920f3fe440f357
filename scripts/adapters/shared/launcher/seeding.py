"""Seeds what a training draws from."""

import random

import numpy
import torch


class _Fixed:
    """A setting that keeps its value: later assignments are accepted and do nothing."""

    def __init__(self, value):
        self._value = value

    def __get__(self, owner, kind=None):
        return self._value

    def __set__(self, owner, value):
        pass


def seed_everything(seed):
    """Seeds `random`, numpy and torch, and makes cuDNN deterministic for the rest of the process.

    Several scripts switch cuDNN's benchmark on after that, which picks another algorithm in every run: with a seed they
    no longer can. With None nothing is touched: the run is what its repository makes of it.
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
    # These modules keep their settings as descriptors of their class.
    setattr(type(module), name, _Fixed(value))
