"""Reads the C functions of D2A and encodes them with the notebook's tokenizer."""

import csv
import re
import sys
from dataclasses import dataclass

#: The cells that turn code into numbers; both notebooks have them.
CELLS = ("class MyTokenizer", ".enable_truncation(", "def cleaner(", "def process_encodings(")


@dataclass(frozen=True)
class Functions:
    """Encoded functions of equal length: `encodings` has lists of `input_ids` and `attention_mask`."""

    encodings: dict
    labels: list

    def __len__(self):
        return len(self.labels)


def tokenizer_names():
    """What the cells above need: libclang splits code into tokens."""
    from clang import cindex

    return {"cindex": cindex, "re": re}


def read(path):
    """(codes, labels) of a file with the columns `code` and `label`, which is 1 for a vulnerable function."""
    csv.field_size_limit(sys.maxsize)
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row["code"] for row in rows], [int(row["label"]) for row in rows]


def encode(notebook, path):
    codes, labels = read(path)
    encoded = notebook["my_tokenizer"].encode_batch([notebook["cleaner"](code) for code in codes])
    return Functions(notebook["process_encodings"](encoded), labels)


def class_weights(labels):
    """Weights that balance both classes in the loss."""
    import numpy
    import torch
    from sklearn.utils.class_weight import compute_class_weight

    weights = compute_class_weight(class_weight="balanced", classes=numpy.array([0, 1]), y=labels)
    return torch.tensor(weights, dtype=torch.float32)
