"""Creates a small data set in MNIST's format: `smoke.py --into CLONE`. Each class has a bright square at its own place."""

import struct
import sys
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import data, smoke  # noqa: E402 (found through the line above)

CLASSES = 10
SIDE = 28
# 239 is a prime: no batch size leaves a last batch of one image, which batch normalisation cannot process.
TRAINING_IMAGES = 240
TEST_IMAGES = 80
IMAGES_MAGIC = 2051
LABELS_MAGIC = 2049


def make_images(generator, count):
    """Noise with a square of 5 x 5 pixels; two rows of five places for the classes."""
    labels = (numpy.arange(count) % CLASSES).astype(numpy.uint8)
    images = generator.integers(0, 90, size=(count, SIDE, SIDE))
    for image, label in zip(images, labels):
        row, column = 6 + 11 * (label // 5), 1 + 5 * (label % 5)
        image[row:row + 5, column:column + 5] += 120
    return images.astype(numpy.uint8), labels


def write_part(folder, part, images, labels):
    header = struct.pack(">4I", IMAGES_MAGIC, len(images), SIDE, SIDE)
    (folder / f"{part}-images-idx3-ubyte").write_bytes(header + images.tobytes())
    header = struct.pack(">2I", LABELS_MAGIC, len(labels))
    (folder / f"{part}-labels-idx1-ubyte").write_bytes(header + labels.tobytes())


def make_data(clone):
    folder = data.smoke_folder(clone / "data" / "MNIST" / "raw")
    generator = numpy.random.default_rng(1)
    write_part(folder, "train", *make_images(generator, TRAINING_IMAGES))
    write_part(folder, "t10k", *make_images(generator, TEST_IMAGES))
    print(f"{folder}: {TRAINING_IMAGES} images to train, {TEST_IMAGES} to test")


if __name__ == "__main__":
    smoke.main(__doc__, make_data)
