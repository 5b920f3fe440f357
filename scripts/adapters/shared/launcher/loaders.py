"""Watches how a script loads its data."""

import functools

import torch


def watch():
    """Returns a list that gets the batch size of every new DataLoader, in order of creation."""
    sizes = []
    make = torch.utils.data.DataLoader.__init__

    @functools.wraps(make)
    def make_watched(self, *arguments, **options):
        make(self, *arguments, **options)
        sizes.append(self.batch_size)

    torch.utils.data.DataLoader.__init__ = make_watched
    return sizes
