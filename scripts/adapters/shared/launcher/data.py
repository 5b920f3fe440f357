"""Data sets: what is missing, from whom it comes, and the mark that tells made-up data from real ones."""

from dataclasses import dataclass
from pathlib import Path

from .refusal import REFUSED, Refused

#: A file of this name lies beside made-up data.
SMOKE_MARK = "SMOKE_DATA"


@dataclass(frozen=True)
class Need:
    """A file or folder that a training reads: where it goes, what it is, how it is had."""

    path: Path
    what: str
    source: str


def missing(needs):
    return [need for need in needs if not Path(need.path).exists()]


def _describe(needs):
    """One text for each kind of data, with every path that lacks it."""
    paths = {}
    for need in needs:
        paths.setdefault((need.what, need.source), []).append(str(need.path))
    return [f"{what}\n    from: {source}\n    at:   " + "\n          ".join(places)
            for (what, source), places in paths.items()]


def check_data(name, needs):
    """For --check-data: says on stdout what is missing. Returns the exit status: 0, or 3."""
    absent = missing(needs)
    for text in _describe(absent):
        print(f"missing: {text}")
    if not absent:
        print(f"{name}: all data are there")
    return REFUSED if absent else 0


def require_data(name, needs):
    """Refuses the run where something is missing."""
    absent = missing(needs)
    if absent:
        kinds = ", ".join(dict.fromkeys(need.what for need in absent))
        details = "Missing:\n  " + "\n  ".join(_describe(absent))
        raise Refused(f"{name} lacks data ({kinds})", "what goes where is said above; for a trial without real data "
                      f"scripts/setup-repository.sh {name} --smoke", details)


def is_smoke(folder):
    return (Path(folder) / SMOKE_MARK).exists()


def announce_smoke(name, folder):
    """Says it in the log where `folder` holds made-up data; returns whether it does."""
    if not is_smoke(folder):
        return False
    print(f"SMOKE data: this is no result of {name}", flush=True)
    return True


def smoke_folder(folder):
    """The folder for made-up data, marked as such. Real data that lie there are never touched: refused."""
    folder = Path(folder)
    if folder.is_dir() and any(folder.iterdir()) and not is_smoke(folder):
        raise Refused(f"{folder} holds data that are not made up", "train on them; or move them away for a trial")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SMOKE_MARK).write_text("Made-up data for trials. Remove this folder before the real ones come.\n")
    return folder
