"""The folders of a run: it reads the clone and writes only to its own folder."""

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
    """The clone of the repository `name`: the current folder if it has every landmark, else repos/`name`.

    `landmarks` are files that every clone has; without landmarks, the name of the folder decides. In an experiment, only
    the current folder is allowed: the program starts a training in the clone that it records. Refuses if there is none.
    """
    places = [Path.cwd()] + ([] if os.environ.get("MUTATION_EXPERIMENT_DIR") else [ROOT / "repos" / name])
    for folder in places:
        is_whole = all((folder / landmark).exists() for landmark in landmarks)
        if folder.is_dir() and is_whole and (landmarks or folder.name == name):
            return folder
    having = f" with {', '.join(landmarks)}" if landmarks else ""
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
    """The commit that is checked out in `clone`, or None if unknown."""
    # The clone may belong to another user; it is safe to read its commit.
    command = ["git", "-c", "safe.directory=*", "-C", str(clone), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Without .git, git would answer for a repository above the folder.
    return done.stdout.strip() if done.returncode == 0 and (Path(clone) / ".git").exists() else None


def require_pinned_commit(name, clone):
    """Refuses a `clone` at another commit than the registry's: the adapter's changes may have no effect on other code.

    Only warns on stderr if the commit is unknown or if `$MUTATION_ANY_COMMIT` is 1.
    """
    wanted, found = pinned_commit(name), commit_of(clone)
    if not wanted or found == wanted:
        return
    message = f"{clone} is at commit {found or 'unknown'}, this adapter needs {wanted}"
    if found and os.environ.get("MUTATION_ANY_COMMIT") != "1":
        raise Refused(message, f"git -C {clone} checkout {wanted}",
                      "To train another commit anyway, set MUTATION_ANY_COMMIT=1.")
    print(f"Warning: {message}", file=sys.stderr)


def work_folder(clone):
    """A new, empty folder for the files of this run: `$MUTATION_EXPERIMENT_DIR/work`, which is kept; without that variable
    a temporary folder, which is removed at the end. Files of an earlier attempt are removed: no run may read the
    checkpoint of another."""
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
    # A forked worker runs the same exit functions, but it must not remove the folder.
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def link(source, folder, name=None):
    """Creates the link `folder`/`name` (default: the name of the source) to `source`; returns the link."""
    source = Path(source).resolve()
    if not source.exists():
        raise Refused(f"{source} does not exist", "set up the repository again: scripts/setup-repository.sh")
    target = Path(folder) / (name or source.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(source)
    return target
