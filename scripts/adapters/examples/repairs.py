"""Lets the examples run offline and with all versions of PyTorch and numpy that the adapter allows."""

import numpy
import torch
from launcher import refusal
from torchvision import datasets


def keep_data_offline():
    """The scripts download missing files; here this is refused."""

    def refuse(self):
        if not self._check_exists():
            raise refusal.Refused(f"files of MNIST are missing in {self.raw_folder}",
                                  "launch.py --check-data shows which")

    datasets.MNIST.download = refuse


def accept_flat_dropout2d():
    """mnist_rnn passes a matrix to Dropout2d. Newer PyTorch warns of this and will refuse it. With a matrix, Dropout2d does
    the same as Dropout."""
    torch.nn.Dropout2d = torch.nn.Dropout


def accept_copy_none():
    """siamese calls `numpy.array(..., copy=None)`, which numpy before 2 refuses. It means: copy only if needed."""
    if int(numpy.__version__.split(".")[0]) >= 2:
        return
    array = numpy.array

    def array_of(content, *arguments, **options):
        if options.get("copy", True) is None:
            options["copy"] = False
        return array(content, *arguments, **options)

    numpy.array = array_of


def repair(model):
    keep_data_offline()
    if model == "mnist_rnn":
        accept_flat_dropout2d()
    if model == "siamese":
        accept_copy_none()
