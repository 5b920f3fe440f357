"""Lets scripts that need a GPU run on a CPU."""

import torch


def has_gpu():
    return torch.cuda.is_available()


def allow_cpu():
    """Without a GPU, `.cuda()` of modules and tensors does nothing. Nothing else changes."""
    if has_gpu():
        return
    torch.nn.Module.cuda = _stay
    torch.Tensor.cuda = _stay


def _stay(self, *arguments, **options):
    return self


def use_one_thread():
    """For made-up data: they are too few for several threads, and on a busy machine threads that wait for each other make
    it many times slower. Denormal numbers, which are slow on a CPU, count as 0."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
