"""The options and the output of the four examples."""

import re
from dataclasses import dataclass

from launcher import refusal

#: After every epoch. The printed accuracy is rounded, so it is computed again from the counts.
TESTED = re.compile(r"^Test set: Average loss: ([0-9.eE+-]+|nan), Accuracy: (\d+)/(\d+) \(")
#: After all epochs; fractions.
ERROR = re.compile(r"^(train|test) error: ([0-9.eE+-]+)$")


@dataclass(frozen=True)
class Example:
    """One example: its folder, its defaults, and its options for the device.

    `gpu_words` are passed with a GPU, `cpu_words` without one.
    """

    folder: str
    epochs: int
    learning_rate: float
    gpu_words: tuple
    cpu_words: tuple
    is_full_batch: bool = False


EXAMPLES = {
    "mnist_cnn": Example("mnist", 14, 1.0, (), ("--no-accel",)),
    "mnist_rnn": Example("mnist_rnn", 14, 0.1, ("--accel",), ()),
    "mnist_forward_forward": Example("mnist_forward_forward", 1000, 0.03, (), ("--no_accel",), is_full_batch=True),
    "siamese": Example("siamese_network", 14, 1.0, (), ("--no-accel",)),
}
ALIASES = {"mnist": "mnist_cnn", "mnist_ff": "mnist_forward_forward"}


class EpochReader:
    """Reads the lines of the examples that test after every epoch."""

    def __init__(self):
        self.epochs = 0
        self._metrics = {}

    def __call__(self, line):
        found = TESTED.match(line)
        if found:
            loss, correct, count = found.groups()
            self.epochs += 1
            self._metrics = {"test_accuracy": 100 * int(correct) / int(count), "test_loss": float(loss)}

    def metrics(self):
        return self._metrics


class ErrorReader:
    """Reads the lines of the example that tests once, at the end."""

    def __init__(self):
        self._errors = {}

    def __call__(self, line):
        found = ERROR.match(line)
        if found:
            self._errors[found.group(1)] = float(found.group(2))

    def metrics(self):
        if set(self._errors) != {"train", "test"}:
            return {}
        # The script computes in single precision: more digits would mean nothing.
        errors = {f"{part}_error": round(value, 6) for part, value in self._errors.items()}
        return {"test_accuracy": round(100 * (1 - errors["test_error"]), 4), **errors}


def reader_of(example):
    return ErrorReader() if example.is_full_batch else EpochReader()


def require_metrics(reader):
    if not reader.metrics():
        raise refusal.Failed("the script ended with status 0 but printed no test result")
    return reader.metrics()
