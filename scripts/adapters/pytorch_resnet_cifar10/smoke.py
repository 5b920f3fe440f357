"""Creates a small data set in CIFAR-10's format: `smoke.py --into CLONE`. Each class has its own colour."""

import pickle
import sys
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import data, smoke  # noqa: E402 (found through the line above)

CLASSES = 10
IMAGES_A_FILE = 20
SIDE = 32


def make_images(generator, count):
    """(images as rows of bytes: red, green, blue planes; labels)"""
    labels = numpy.arange(count) % CLASSES
    colours = numpy.random.default_rng(0).integers(60, 196, size=(CLASSES, 3))
    planes = colours[labels][:, :, None] + generator.normal(0, 30, size=(count, 3, SIDE * SIDE))
    return numpy.clip(planes, 0, 255).astype(numpy.uint8).reshape(count, -1), labels.tolist()


def write(path, content):
    with open(path, "wb") as file:
        pickle.dump(content, file)


def make_data(clone):
    folder = data.smoke_folder(clone / "data" / "cifar-10-batches-py")
    generator = numpy.random.default_rng(1)
    for name in [f"data_batch_{number}" for number in range(1, 6)] + ["test_batch"]:
        images, labels = make_images(generator, IMAGES_A_FILE)
        write(folder / name, {"data": images, "labels": labels})
    write(folder / "batches.meta", {"label_names": [f"colour {number}" for number in range(CLASSES)]})
    print(f"{folder}: {5 * IMAGES_A_FILE} images to train, {IMAGES_A_FILE} to test")


if __name__ == "__main__":
    smoke.main(__doc__, make_data)
