"""The last lines of a launcher, and the check that stops a run if its loss is nan."""

import math
import re

from .refusal import Failed

LOSS_IS_NAN = re.compile(r"\bloss\b\W{0,12}nan\b", re.IGNORECASE)


def result(name, value):
    """Prints `RESULT name=value`. Fails if the value is not a finite number."""
    print(f"RESULT {name}={_finite(name, value)}", flush=True)


def arrived(name, value):
    """Prints `ARRIVED name=value`: the value that the training really used. A list is joined by commas, None is `none`."""
    print(f"ARRIVED {name}={_plain(value)}", flush=True)


def _finite(name, value):
    number = value if isinstance(value, int) else float(value)
    if not math.isfinite(number):
        raise Failed(f"the {name.replace('_', ' ')} is {number}")
    return _plain(number)


def _plain(value):
    """A number as its shortest exact decimal."""
    if value is None:
        return "none"
    if isinstance(value, (list, tuple)):
        return ",".join(_plain(item) for item in value)
    if isinstance(value, (int, str)):
        return str(value)
    return repr(float(value))


def refuse_nan_loss(line):
    """A reader of the training's lines: ends the run at the first loss that is nan."""
    if LOSS_IS_NAN.search(line):
        raise Failed("the loss is nan; a lower learning rate may help")
