"""The common command line of the launchers."""

import argparse
import math


def whole_number(minimum):
    """An argparse type: an int of at least `minimum`."""

    def parse(text):
        value = int(text)
        if value < minimum:
            raise argparse.ArgumentTypeError(f"{text} is below {minimum}")
        return value

    parse.__name__ = "whole number"
    return parse


def real_number(accepts, words):
    """An argparse type: a finite float for which `accepts` is true; `words` describe the condition ("above 0")."""

    def parse(text):
        value = float(text)
        if not (math.isfinite(value) and accepts(value)):
            raise argparse.ArgumentTypeError(f"{text} is not {words}")
        return value

    parse.__name__ = "number"
    return parse


def positive():
    return real_number(lambda x: x > 0, "above 0")


def not_negative():
    return real_number(lambda x: x >= 0, "0 or above")


def probability():
    return real_number(lambda x: 0 <= x < 1, "in [0, 1)")


def make_parser(name, models=(), aliases=None):
    """A parser for the adapter `name`, with --check-data, and with -n if there are `models`.

    `aliases` maps other names of a model to the name in `models`. The caller adds the hyperparameters.
    """
    parser = argparse.ArgumentParser(prog=name, allow_abbrev=False)
    parser.add_argument("--check-data", action="store_true", help="report missing data, and train nothing")
    if models:
        _add_model(parser, list(models), aliases or {})
    return parser


class _Model(argparse.Action):
    """Also stores whether the model was given: then a check is only for that model."""

    def __call__(self, parser, namespace, values, option_string=None):
        namespace.model, namespace.is_model_named = values, True


def _add_model(parser, models, aliases):
    def canonical(text):
        return aliases.get(text, text)

    parser.add_argument("-n", "--model", type=canonical, choices=models, default=models[0], action=_Model,
                        help="network to train")
    parser.set_defaults(is_model_named=False)
