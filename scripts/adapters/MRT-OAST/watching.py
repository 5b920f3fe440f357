"""Watches a run of main_batch.py: the network and the printed lines."""

import re

from launcher.dropout import KINDS
from launcher.refusal import Failed
from torch.nn.modules.module import register_module_forward_pre_hook

EPOCH_END = "One batch using"
DEFINED_THRESHOLD = "---------> Defined Threshold:"
ACCURACY = re.compile(r"^\s+Accuracy on test is (\d+)/(\d+) = ")
OTHERS = {"precision": re.compile(r"^\s+Precision:\s*(\S+)"),
          "recall": re.compile(r"^\s+Recall\s+:\s*(\S+)"),
          "f1": re.compile(r"^\s+F1 score\s*:\s*(\S+)")}


class FirstNetwork:
    """The dropout of the first network that is called. It looks only once, so the training is not slower."""

    def __init__(self):
        self.dropout = []
        self.attention_dropout = []
        self._hook = register_module_forward_pre_hook(self._look)

    def _look(self, network, _inputs):
        self._hook.remove()
        for name, module in network.named_modules():
            if isinstance(module, KINDS):
                into = self.attention_dropout if "attn" in name else self.dropout
                if module.p not in into:
                    into.append(module.p)


class Report:
    """Reads the script's lines: counts the finished epochs and reads the metrics of the last test."""

    def __init__(self):
        self.epochs = 0
        self._in_test = False
        self._values = {}

    def read(self, line):
        if line.startswith(EPOCH_END):
            self.epochs += 1
        elif line.startswith(DEFINED_THRESHOLD):
            self._in_test, self._values = True, {}
        elif self._in_test:
            self._read_metric(line)

    def _read_metric(self, line):
        found = ACCURACY.match(line)
        if found:
            # The quotient of the counts is exact; the printed value has only six digits.
            self._values["accuracy"] = int(found.group(1)) / int(found.group(2))
        for name, pattern in OTHERS.items():
            found = pattern.match(line)
            if found:
                self._values[name] = float(found.group(1))

    def require_values(self, epochs):
        """accuracy, precision, recall, f1 as fractions; fails if epochs or the last test are missing."""
        if self.epochs != epochs:
            raise Failed(f"{self.epochs} of {epochs} epochs were run")
        absent = {"accuracy", *OTHERS} - self._values.keys()
        if absent:
            raise Failed(f"main_batch.py ended without its test's {', '.join(sorted(absent))}")
        return self._values
