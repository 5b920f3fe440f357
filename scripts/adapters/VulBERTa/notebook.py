"""Runs single cells of VulBERTa's notebooks."""

import json

from launcher import refusal


class Notebook:
    """The code cells of one notebook, and the names that they defined.

    `names` contains first what the cells need from cells that do not run here.
    """

    def __init__(self, path, names):
        with open(path, encoding="utf-8") as file:
            cells = json.load(file)["cells"]
        self._path = path
        self._sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        self.names = dict(names)

    def run(self, text):
        """Runs the first cell that contains `text`."""
        source = next((source for source in self._sources if text in source), None)
        if source is None:
            raise refusal.Refused(f"no cell of {self._path} has {text!r}",
                                  "check out the commit that settings/repos/VulBERTa.json names")
        exec(compile(source, f"{self._path.name}, the cell with {text!r}", "exec"), self.names)
        return self

    def __getitem__(self, name):
        return self.names[name]
