"""Runs an adapter on a small clone, as the program does, and reads its output."""

import os
import subprocess
import sys

import miniature_torchvision
from launcher_trial import ADAPTERS, Ended


class Lab:
    """A folder with a miniature clone, its made-up data, a miniature torchvision and an experiment's folder."""

    def __init__(self, adapter, folder, files):
        self.adapter = ADAPTERS / adapter
        self.clone = folder / "clone"
        self.experiment = folder / "experiment"
        self.modules = miniature_torchvision.install(folder / "modules")
        for name, text in files.items():
            path = self.clone / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def make_data(self):
        command = [sys.executable, "-B", self.adapter / "smoke.py", "--into", self.clone]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    def train(self, *words, **environment):
        environment = {**os.environ, "MUTATION_PYTHON": sys.executable, "PYTHONPATH": str(self.modules),
                       "MUTATION_EXPERIMENT_DIR": str(self.experiment), **environment}
        done = subprocess.run([self.adapter / "train.sh", *words], cwd=self.clone, env=environment, text=True,
                              capture_output=True, check=False, timeout=120)
        return Ended(done)

    def files_of_clone(self):
        return sorted(path for path in self.clone.rglob("*") if path.is_file())
