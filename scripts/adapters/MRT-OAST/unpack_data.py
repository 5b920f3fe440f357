#!/usr/bin/env python3
"""Joins and unpacks the clone's split archive into the training's data folder, without other tools."""

import argparse
import shutil
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import data, refusal  # noqa: E402 (found through the line above)
from dataset_files import ARCHIVE, CODE, absent_parts, fetch_command, folder_of, needs_of  # noqa: E402
from split_archive import open_split  # noqa: E402


def unpack(clone):
    """Fills origindata/ completely or not at all. Keeps existing complete data."""
    folder = folder_of(clone)
    if data.is_smoke(folder):
        raise refusal.Refused(f"{folder} has made-up data", f"rm -r {folder}")
    if not data.missing(needs_of(clone)):
        print(f"{folder} is complete")
        return
    if absent_parts(clone):
        raise refusal.Refused(f"{', '.join(absent_parts(clone))} missing in {clone}", fetch_command(clone))
    with tempfile.TemporaryDirectory(dir=clone, prefix=".unpack-") as place:
        count = extract(clone, Path(place))
        folder.mkdir(exist_ok=True)
        for path in Path(place).iterdir():
            shutil.move(path, folder / path.name)
    print(f"{count} files unpacked to {folder}")


def extract(clone, place):
    """Extracts all files from the folder of the program file, wherever it is in the archive; returns their number."""
    try:
        with open_split([clone / part for part in ARCHIVE]) as archive:
            inside = beside_programs(archive.namelist())
            for name in inside:
                (place / PurePosixPath(name).name).write_bytes(archive.read(name))
            return len(inside)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise refusal.Refused(f"the archive in {clone} cannot be read: {error}",
                              f"remove {', '.join(ARCHIVE)} there and download them again") from error


def beside_programs(names):
    found = [PurePosixPath(name).parent for name in names if PurePosixPath(name).name == CODE]
    if not found:
        raise zipfile.BadZipFile(f"it does not contain {CODE}")
    return [name for name in names if PurePosixPath(name).parent == found[0] and not name.endswith("/")]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clone", type=Path)
    unpack(parser.parse_args().clone)


if __name__ == "__main__":
    refusal.main(main)
