"""Scripts that demand a GPU run on a CPU too."""

import torch


def has_gpu():
    return torch.cuda.is_available()


def allow_cpu():
    """Where no GPU can be used, `.cuda()` of modules and tensors leaves them where they are. Nothing else changes."""
    if has_gpu():
        return
    torch.nn.Module.cuda = _stay
    torch.Tensor.cuda = _stay


def _stay(self, *arguments, **options):
    return self


def use_one_thread():
    """For made-up data: what they compute is too little to share, and threads that wait for each other on a busy
    machine make it many times slower. Numbers that fade to almost nothing, slow on a CPU, count as 0."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
