"""Data sets: what is missing, where to get it, and the mark of made-up data."""

from dataclasses import dataclass
from pathlib import Path

from .refusal import REFUSED, Refused

#: A folder with made-up data has a file of this name.
SMOKE_MARK = "SMOKE_DATA"


@dataclass(frozen=True)
class Need:
    """A file or folder that a training reads: its place, what it is, how to get it."""

    path: Path
    what: str
    source: str


def missing(needs):
    return [need for need in needs if not Path(need.path).exists()]


def _describe(needs):
    """One text per kind of data, with all missing paths."""
    paths = {}
    for need in needs:
        paths.setdefault((need.what, need.source), []).append(str(need.path))
    return [f"{what}\n    from: {source}\n    at:   " + "\n          ".join(places)
            for (what, source), places in paths.items()]


def check_data(name, needs):
    """For --check-data: prints what is missing. Returns the exit status 0 or 3."""
    absent = missing(needs)
    for text in _describe(absent):
        print(f"missing: {text}")
    if not absent:
        print(f"{name}: data complete")
    return REFUSED if absent else 0


def require_data(name, needs):
    """Refuses the run if something is missing."""
    absent = missing(needs)
    if absent:
        kinds = ", ".join(dict.fromkeys(need.what for need in absent))
        details = "Missing:\n  " + "\n  ".join(_describe(absent))
        raise Refused(f"{name}: data are missing ({kinds})", "see above where to put them; to try it without real data: "
                      f"scripts/setup-repository.sh {name} --smoke", details)


def is_smoke(folder):
    return (Path(folder) / SMOKE_MARK).exists()


def announce_smoke(name, folder):
    """Returns whether `folder` has made-up data; if so, prints this to the log."""
    if not is_smoke(folder):
        return False
    print(f"SMOKE data: this is not a result of {name}", flush=True)
    return True


def smoke_folder(folder):
    """Creates the folder for made-up data, with their mark. Refuses a folder with real data and does not touch it."""
    folder = Path(folder)
    if folder.is_dir() and any(folder.iterdir()) and not is_smoke(folder):
        raise Refused(f"{folder} has real data", "train on them, or move them away to use made-up data")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SMOKE_MARK).write_text("Made-up data for tests. Remove this folder before you add real data.\n")
    return folder
