"""Creates a small data set in the format of Market-1501 after prepare.py: `smoke.py --into CLONE`. Each person has two own
colours."""

import sys
from pathlib import Path

import numpy
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import data, smoke  # noqa: E402 (found through the line above)

#: Enough for the largest batch of the settings: incomplete batches are left out.
PEOPLE, IMAGES_A_PERSON = 8, 4
#: People only for the test. The evaluation ranks ten images, so there must be more than ten.
TESTED_PEOPLE = 8
CAMERAS = 3
WIDTH, HEIGHT = 64, 128
NOISE = 40
#: Similar colours and a random brightness per image: even an untrained network is neither always right nor always wrong.
DARKEST, BRIGHTEST = 100, 156
BRIGHTNESS_NOISE = 30


def picture(generator, person):
    colours = numpy.random.default_rng(person).integers(DARKEST, BRIGHTEST, size=(2, 3))
    pixels = numpy.empty((HEIGHT, WIDTH, 3))
    pixels[: HEIGHT // 2], pixels[HEIGHT // 2:] = colours
    noisy = pixels + generator.normal(0, BRIGHTNESS_NOISE) + generator.normal(0, NOISE, size=pixels.shape)
    return Image.fromarray(numpy.clip(noisy, 0, 255).astype(numpy.uint8))


def write(generator, folder, person, camera, frame):
    """One image, with a name as in Market-1501: person, camera and sequence, frame, number of the box."""
    place = folder / f"{person:04d}"
    place.mkdir(parents=True, exist_ok=True)
    picture(generator, person).save(place / f"{person:04d}_c{camera}s1_{frame:06d}_01.jpg")


def make_data(clone):
    folder = data.smoke_folder(clone / "Market" / "pytorch")
    generator = numpy.random.default_rng(1)
    for person in range(2, 2 + PEOPLE):
        for frame in range(IMAGES_A_PERSON):
            write(generator, folder / "train_all", person, 1 + frame % CAMERAS, frame)
        write(generator, folder / "val", person, 1, 0)
    for person in range(1001, 1001 + TESTED_PEOPLE):
        write(generator, folder / "query", person, 1, 0)
        for camera in range(1, 1 + CAMERAS):
            write(generator, folder / "gallery", person, camera, camera)
    print(f"{folder}: {PEOPLE * IMAGES_A_PERSON} images to train, {TESTED_PEOPLE * (CAMERAS + 1)} to test")


if __name__ == "__main__":
    smoke.main(__doc__, make_data)
