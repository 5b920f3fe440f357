"""Runs a launcher on a stand-in of its repository, in its own process."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ADAPTERS = Path(__file__).resolve().parents[2] / "scripts" / "adapters"
#: A training of the stand-ins takes seconds; this ends one that hangs.
PATIENCE = 300

#: More threads would be slower for these small networks, and tests may run in parallel.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def is_missing(*modules):
    """The `modules` that are missing in this Python: a reason to skip, or empty."""
    return ", ".join(module for module in modules if importlib.util.find_spec(module) is None)


class Ended:
    """The result of a launcher: `status`, `out`, `err`, and the values of its RESULT and ARRIVED lines as text."""

    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.results = self._values("RESULT ")
        self.arrived = self._values("ARRIVED ")

    def _values(self, kind):
        lines = [line[len(kind):] for line in self.out.splitlines() if line.startswith(kind)]
        return dict(line.split("=", 1) for line in lines)


class CloneCase(unittest.TestCase):
    """Tests that share one stand-in clone, `self.clone` in `self.folder`; `make_clone` fills it."""

    @staticmethod
    def make_clone(folder):
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.clone = Path(cls.folder.name).resolve() / "clone"
        cls.make_clone(cls.clone)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()


class Trial:
    """A folder with a stand-in clone, stand-in packages, an experiment's directory and empty caches."""

    def __init__(self, adapter, clone, packages):
        """`clone` and `packages` map paths to texts."""
        self.adapter = ADAPTERS / adapter
        self.folder = Path(tempfile.mkdtemp()).resolve()
        self.clone, self.packages = self.folder / "repos" / adapter, self.folder / "packages"
        self.experiment, self.cache = self.folder / "experiment", self.folder / "cache"
        for place, texts in ((self.clone, clone), (self.packages, packages)):
            for name, text in texts.items():
                self.write(place / name, text)
        self.experiment.mkdir()

    @staticmethod
    def write(path, text=""):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def remove(self):
        shutil.rmtree(self.folder)

    def run(self, *words, **variables):
        return self.run_other("launch.py", *words, **variables)

    def run_other(self, script, *words, **variables):
        environment = {**os.environ, "MUTATION_EXPERIMENT_DIR": str(self.experiment), "PYTHONPATH": str(self.packages),
                       "PYTHONDONTWRITEBYTECODE": "1", "CUDA_VISIBLE_DEVICES": "", "XDG_CACHE_HOME": str(self.cache),
                       "HF_HUB_OFFLINE": "1", **ONE_THREAD, **variables}
        for name in ("TORCH_HOME", "HF_HOME", "HF_HUB_CACHE"):
            environment.pop(name, None)
        command = [sys.executable, "-W", "ignore", str(self.adapter / script), *words]
        return Ended(subprocess.run(command, cwd=self.clone, env=environment, capture_output=True, text=True, check=False,
                                    timeout=PATIENCE))
