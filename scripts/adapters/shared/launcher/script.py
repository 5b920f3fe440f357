"""Runs a repository's own script, unchanged, inside the launcher's process."""

import contextlib
import multiprocessing
import os
import runpy
import sys
from pathlib import Path


class _Tee:
    """A stdout that passes on everything and also gives each complete line to `reader`."""

    def __init__(self, stream, reader):
        self._stream = stream
        self._reader = reader
        self._rest = ""

    def write(self, text):
        written = self._stream.write(text)
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._reader(line)
        return written

    def finish(self):
        rest, self._rest = self._rest, ""
        if rest:
            self._reader(rest)

    def __getattr__(self, name):
        return getattr(self._stream, name)


@contextlib.contextmanager
def capture(*readers):
    """Within this context, every line of stdout is passed on, and each reader gets it without its line end."""

    def read(line):
        for reader in readers:
            reader(line)

    before = sys.stdout
    sys.stdout = _Tee(before, read)
    try:
        yield
        sys.stdout.finish()
    finally:
        sys.stdout = before


@contextlib.contextmanager
def _as_program(path, argv, cwd):
    before = sys.argv, list(sys.path), os.getcwd()
    sys.argv = [str(path), *map(str, argv)]
    sys.path.insert(0, str(path.parent))
    os.chdir(cwd)
    try:
        yield
    finally:
        sys.argv, sys.path[:] = before[0], before[1]
        os.chdir(before[2])


def run_script(path, argv, cwd, readers=()):
    """Runs the script as if it were called in `cwd` with the arguments `argv`; returns its exit status.

    Each reader gets every line that the script prints. Exceptions are not caught.
    """
    path = Path(path).resolve()
    # The workers of a data loader see the launcher's changes in this process only if they are forked from it.
    multiprocessing.set_start_method("fork", force=True)
    with _as_program(path, argv, cwd), capture(*readers):
        try:
            runpy.run_path(str(path), run_name="__main__")
        except SystemExit as end:
            return _status_of(end)
    return 0


def _status_of(end):
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)
    return 1
