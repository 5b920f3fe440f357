"""The dropout modules of a network."""

from torch import nn

KINDS = (nn.Dropout, nn.Dropout2d, nn.Dropout3d)


def probabilities(network):
    """The p of each dropout module, in the network's order."""
    return [module.p for module in network.modules() if isinstance(module, KINDS)]


def set_probability(network, probability):
    """Sets p of every dropout module; returns their number."""
    modules = [module for module in network.modules() if isinstance(module, KINDS)]
    for module in modules:
        module.p = probability
    return len(modules)
