"""The launchers' command lines: one form for all of them."""

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
    """An argparse type: a finite float that `accepts` agrees to; `words` say to which it does ("above 0")."""

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
    """A parser for the adapter `name`, with --check-data, and with -n where there are several `models`.

    `aliases` maps other names of a model to the one in `models`. The hyperparameters are the caller's to add.
    """
    parser = argparse.ArgumentParser(prog=name, allow_abbrev=False)
    parser.add_argument("--check-data", action="store_true", help="say what is missing, and train nothing")
    if models:
        _add_model(parser, list(models), aliases or {})
    return parser


class _Model(argparse.Action):
    """Tells besides whether the model was named: a check is then for that one alone."""

    def __call__(self, parser, namespace, values, option_string=None):
        namespace.model, namespace.is_model_named = values, True


def _add_model(parser, models, aliases):
    def canonical(text):
        return aliases.get(text, text)

    parser.add_argument("-n", "--model", type=canonical, choices=models, default=models[0], action=_Model,
                        help="network to train")
    parser.set_defaults(is_model_named=False)
