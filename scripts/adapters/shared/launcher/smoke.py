"""The common part of every smoke.py: a program that creates made-up data in the clone given by --into."""

import argparse
from pathlib import Path

from . import data, refusal


def main(description, make_data):
    """Runs `make_data(clone)` as the program; never returns."""

    def run():
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--into", type=Path, required=True, metavar="CLONE")
        make_data(parser.parse_args().into)

    refusal.main(run)


def fill(folder, needs, write_data):
    """Runs `write_data(folder)`, except if the real data (`needs`) are complete."""
    if not data.is_smoke(folder) and not data.missing(needs):
        print(f"{folder} has the real data: left as they are")
        return
    write_data(data.smoke_folder(folder))
    print(f"made-up data written to {folder}")
