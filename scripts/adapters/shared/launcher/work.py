"""Where a run reads and where it writes: the clone is read, and everything is written to a folder of the run's own."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .refusal import Refused

#: The project's folder.
ROOT = Path(__file__).resolve().parents[4]


def clone_folder(name, *landmarks):
    """The clone of the repository `name`: the current folder where it has every landmark, else repos/`name`.

    `landmarks` are files that every clone has; without any, the folder's name tells. Within an experiment only the
    current folder counts: the program starts a training in the clone that it records. Refuses where there is no clone.
    """
    places = [Path.cwd()] + ([] if os.environ.get("MUTATION_EXPERIMENT_DIR") else [ROOT / "repos" / name])
    for folder in places:
        is_whole = all((folder / landmark).exists() for landmark in landmarks)
        if folder.is_dir() and is_whole and (landmarks or folder.name == name):
            return folder
    having = f", which has {', '.join(landmarks)}" if landmarks else ""
    raise Refused(f"no clone of {name}{having}, in {' or '.join(map(str, places))}",
                  f"scripts/setup-repository.sh {name}")


def pinned_commit(name):
    """The commit that the registry names for the repository, or None."""
    try:
        with open(ROOT / "settings" / "repos" / f"{name}.json", encoding="utf-8") as file:
            return json.load(file)["upstream"]["commit"]
    except (OSError, ValueError, KeyError):
        return None


def commit_of(clone):
    """The commit that is checked out in `clone`, or None where that cannot be said."""
    # The clone may be another user's; reading its commit is harmless.
    command = ["git", "-c", "safe.directory=*", "-C", str(clone), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    # A folder without a repository of its own, below one that has: the answer would be that one's.
    return done.stdout.strip() if done.returncode == 0 and (Path(clone) / ".git").exists() else None


def require_pinned_commit(name, clone):
    """Refuses a `clone` at another commit than the registry's: what the adapter adds may not reach other code.

    A line on stderr is all where the commit is not known, or where `$MUTATION_ANY_COMMIT` is 1.
    """
    wanted, found = pinned_commit(name), commit_of(clone)
    if not wanted or found == wanted:
        return
    message = f"{clone} is at commit {found or 'unknown'}, this adapter was written for {wanted}"
    if found and os.environ.get("MUTATION_ANY_COMMIT") != "1":
        raise Refused(message, f"git -C {clone} checkout {wanted}",
                      "Other code is trained all the same where MUTATION_ANY_COMMIT=1 is set.")
    print(f"Warning: {message}", file=sys.stderr)


def work_folder(clone):
    """A fresh, empty folder for what this run writes: `$MUTATION_EXPERIMENT_DIR/work`, where it stays, or, without that
    variable, a temporary one that is removed at the end. What an earlier attempt left there is removed: no run may
    read another's checkpoint."""
    experiment = os.environ.get("MUTATION_EXPERIMENT_DIR")
    if not experiment:
        folder = Path(tempfile.mkdtemp(prefix=f"{Path(clone).name}-"))
        atexit.register(_remove_in_process, os.getpid(), folder)
        return folder
    folder = Path(experiment).resolve() / "work"
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def _remove_in_process(process, folder):
    # A forked worker ends with the same exit functions, and the folder is not its to remove.
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def link(source, folder, name=None):
    """Makes `folder`/`name` (the source's own name by default) a link to `source`; returns the link."""
    source = Path(source).resolve()
    if not source.exists():
        raise Refused(f"{source} is not there", "set the repository up again: scripts/setup-repository.sh")
    target = Path(folder) / (name or source.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(source)
    return target
