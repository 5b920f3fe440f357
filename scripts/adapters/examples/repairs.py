"""What the examples need to run offline and on every version of PyTorch and numpy that the adapter allows."""

import numpy
import torch
from launcher import refusal
from torchvision import datasets


def keep_data_offline():
    """The scripts ask for a download, which happens only where files are missing: here it never may."""

    def refuse(self):
        if not self._check_exists():
            raise refusal.Refused(f"files of MNIST are missing in {self.raw_folder}",
                                  "see which: launch.py --check-data")

    datasets.MNIST.download = refuse


def accept_flat_dropout2d():
    """mnist_rnn gives Dropout2d a matrix, which newer PyTorch warns of and will refuse. What it does with one today is
    what Dropout does."""
    torch.nn.Dropout2d = torch.nn.Dropout


def accept_copy_none():
    """siamese calls `numpy.array(..., copy=None)`, which numpy before 2 refuses. It means: copy only where needed."""
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
