"""A small torchvision for the adapters' scripts, so that the tests do not need it. The data sets read the files that
the adapters create; the adapters must prevent a download."""

PARTS = {
    "__init__.py": """
from . import datasets, models, transforms

__version__ = "0.0"
""",
    "transforms.py": """
class Compose:
    def __init__(self, steps):
        self.steps = steps
""",
    "models.py": "",
    "datasets.py": """
import hashlib
import os
import pickle

import numpy
import torch


class _Images(torch.utils.data.Dataset):
    def __len__(self):
        return len(self.targets)

    def __getitem__(self, index):
        return self.data[index], int(self.targets[index])


class CIFAR10(_Images):
    base_folder = "cifar-10-batches-py"
    train_list = [[f"data_batch_{number}", "0" * 32] for number in range(1, 6)]
    test_list = [["test_batch", "0" * 32]]
    meta = {"filename": "batches.meta", "key": "label_names", "md5": "0" * 32}

    def __init__(self, root, train=True, transform=None, download=False):
        self.root = root
        if download:
            self.download()
        batches = [self._read(name) for name, _ in (self.train_list if train else self.test_list)]
        images = numpy.vstack([batch["data"] for batch in batches])
        self.data = torch.tensor(images.reshape(-1, 3, 32, 32) / 255, dtype=torch.float32)
        self.targets = [label for batch in batches for label in batch["labels"]]

    def _path(self, name):
        return os.path.join(self.root, self.base_folder, name)

    def _read(self, name):
        with open(self._path(name), "rb") as file:
            return pickle.load(file, encoding="latin1")

    def _check_integrity(self):
        return all(self._is_intact(name, code) for name, code in self.train_list + self.test_list)

    def _is_intact(self, name, code):
        with open(self._path(name), "rb") as file:
            return code is None or hashlib.md5(file.read()).hexdigest() == code

    def download(self):
        raise AssertionError("a download was tried")


class MNIST(_Images):
    def __init__(self, root, train=True, transform=None, download=False):
        self.root = root
        if download:
            self.download()
        part = "train" if train else "t10k"
        images = numpy.fromfile(os.path.join(self.raw_folder, part + "-images-idx3-ubyte"), numpy.uint8)
        labels = numpy.fromfile(os.path.join(self.raw_folder, part + "-labels-idx1-ubyte"), numpy.uint8)
        self.data = torch.tensor(images[16:].reshape(-1, 1, 28, 28) / 255, dtype=torch.float32)
        self.targets = torch.tensor(labels[8:].astype(numpy.int64))

    @property
    def raw_folder(self):
        return os.path.join(self.root, "MNIST", "raw")

    def _check_exists(self):
        return os.path.isdir(self.raw_folder)

    def download(self):
        raise AssertionError("a download was tried")
""",
}


def install(folder):
    """Writes the package into `folder`, which belongs on PYTHONPATH."""
    package = folder / "torchvision"
    package.mkdir(parents=True)
    for name, text in PARTS.items():
        (package / name).write_text(text)
    return folder
