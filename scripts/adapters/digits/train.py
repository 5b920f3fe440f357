"""Trains a small network on the handwritten digits of scikit-learn.

A real PyTorch training that needs no download, no data folder and no GPU (it uses one if there is one). It writes no
file. Equal arguments give equal results on the same machine. The RESULT lines come last, only after a successful
training.
"""

import argparse
import math
import os
import sys
import time
from pathlib import Path

# PyTorch's libraries read both variables when they are loaded. cuBLAS is deterministic only with a fixed workspace;
# OpenBLAS would start one thread per core for these small matrices.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import torch
from sklearn.datasets import load_digits
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import arguments as kinds  # noqa: E402 (found through the line above)

PIXELS = 64
CLASSES = 10
HIDDEN = 512
BRIGHTEST_PIXEL = 16.0
# More threads would not be faster here, and one thread always adds in the same order.
THREADS = 1


def parse_arguments(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", "--model", choices=["mlp"], default="mlp", help="network to train")
    parser.add_argument("--epochs", type=kinds.whole_number(1), default=30, help="passes over the training data")
    parser.add_argument("--learning-rate", type=kinds.positive(), default=0.001)
    parser.add_argument("--seed", type=kinds.whole_number(0), default=42, help="weights, dropout and order of the data")
    parser.add_argument("--dropout", type=kinds.probability(), default=0.2)
    parser.add_argument("--weight-decay", type=kinds.not_negative(), default=0.0001)
    parser.add_argument("--batch-size", type=kinds.whole_number(1), default=32)
    return parser.parse_args(argv)


def load_data(device):
    """Every fifth image is a test image: the split is the same for every seed and on every machine."""
    digits = load_digits()
    images = torch.tensor(digits.data, dtype=torch.float32) / BRIGHTEST_PIXEL
    labels = torch.tensor(digits.target, dtype=torch.long)
    is_test = torch.arange(len(labels)) % 5 == 0
    training = images[~is_test].to(device), labels[~is_test].to(device)
    test = images[is_test].to(device), labels[is_test].to(device)
    return training, test


def build_model(dropout):
    return nn.Sequential(
        nn.Linear(PIXELS, HIDDEN), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(HIDDEN, CLASSES),
    )


def build_optimizer(model, learning_rate, weight_decay):
    return torch.optim.Adam(model.parameters(), lr=learning_rate, weight_decay=weight_decay)


def train_epoch(model, optimizer, data, batch_size, generator):
    """Returns the mean loss over the epoch."""
    images, labels = data
    model.train()
    total = 0.0
    order = torch.randperm(len(labels), generator=generator).to(labels.device)
    for batch in order.split(batch_size):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(labels)


@torch.no_grad()
def evaluate(model, data):
    """Returns (accuracy in [0, 1], mean loss)."""
    images, labels = data
    model.eval()
    scores = model(images)
    accuracy = (scores.argmax(dim=1) == labels).float().mean().item()
    return accuracy, nn.functional.cross_entropy(scores, labels).item()


def train(arguments, report):
    """Runs the whole training; `report` gets each line. Returns (accuracy, loss) on the test images.

    Raises ArithmeticError if the loss becomes nan or inf.
    """
    torch.manual_seed(arguments.seed)
    torch.use_deterministic_algorithms(True)
    # Adam's averages become denormal numbers, which are many times slower on a CPU and have no effect.
    torch.set_flush_denormal(True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    training, test = load_data(device)
    report(f"digits: {len(training[1])} images to train, {len(test[1])} to test, on {device_name(device)}")

    model = build_model(arguments.dropout).to(device)
    optimizer = build_optimizer(model, arguments.learning_rate, arguments.weight_decay)
    generator = torch.Generator().manual_seed(arguments.seed)
    for epoch in range(1, arguments.epochs + 1):
        start = time.monotonic()
        loss = train_epoch(model, optimizer, training, arguments.batch_size, generator)
        if not math.isfinite(loss):
            raise ArithmeticError(f"the loss is {loss} after epoch {epoch}")
        accuracy, test_loss = evaluate(model, test)
        report(f"epoch {epoch}/{arguments.epochs}: train loss {loss:.4f}, test loss {test_loss:.4f}, "
               f"test accuracy {accuracy:.4f}, {time.monotonic() - start:.2f} s")
    return accuracy, test_loss


def device_name(device):
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "the CPU"


def main(argv=None):
    arguments = parse_arguments(argv)
    torch.set_num_threads(min(THREADS, torch.get_num_threads()))
    values = ", ".join(f"{name}={value}" for name, value in vars(arguments).items())
    print(f"digits: {values}; torch {torch.__version__}", flush=True)
    try:
        accuracy, loss = train(arguments, lambda line: print(line, flush=True))
    except ArithmeticError as error:
        print(f"digits: the training diverged: {error}; a lower --learning-rate helps", file=sys.stderr)
        return 1
    if not math.isfinite(loss):
        print(f"digits: the training diverged: the test loss is {loss}", file=sys.stderr)
        return 1
    print(f"RESULT test_accuracy={accuracy:.6f}")
    print(f"RESULT test_loss={loss:.6f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
