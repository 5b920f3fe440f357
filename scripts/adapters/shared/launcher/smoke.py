"""What every smoke.py is around its own data: a program that makes them in the clone that --into names."""

import argparse
from pathlib import Path

from . import data, refusal


def main(description, make_data):
    """Runs `make_data(clone)` as a whole program: never returns."""

    def run():
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--into", type=Path, required=True, metavar="CLONE")
        make_data(parser.parse_args().into)

    refusal.main(run)


def fill(folder, needs, write_data):
    """Runs `write_data(folder)` where a whole repository's real data, which `needs` list, do not lie already."""
    if not data.is_smoke(folder) and not data.missing(needs):
        print(f"{folder} holds the real data: left as they are")
        return
    write_data(data.smoke_folder(folder))
    print(f"made-up data written to {folder}")
