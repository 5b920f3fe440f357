"""The quick start's table shows the content of summary.csv and nothing else."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "lib"))

import show_summary  # noqa: E402 (found through the line above)

ROW = {"experiment_id": "digits_mlp_001", "duration_seconds": "4.26", "hyperparam_epochs": "12",
       "hyperparam_dropout": "", "perf_test_accuracy": "0.972222", "energy_cpu_total_joules": "",
       "energy_gpu_total_joules": ""}


class Table(unittest.TestCase):
    def row(self, **changes):
        _, line = show_summary.table_of([{**ROW, **changes}])
        return " ".join(line.split())

    def test_a_missing_energy_is_shown_as_not_measured(self):
        self.assertEqual(self.row(), "digits_mlp_001 epochs 12 0.9722 4.3 s not measured")

    def test_a_missing_sensor_is_not_shown_as_zero(self):
        self.assertTrue(self.row(energy_gpu_total_joules="812.07").endswith("4.3 s GPU 812.1 J"))

    def test_a_failed_training_has_no_accuracy(self):
        self.assertIn("epochs 12 - 4.3 s", self.row(perf_test_accuracy=""))

    def test_columns_are_aligned(self):
        lines = show_summary.table_of([ROW, {**ROW, "experiment_id": "digits_mlp_002_parallel"}])
        self.assertEqual(len({line.index("epochs 12") for line in lines[1:]} | {lines[0].index("values")}), 1)


if __name__ == "__main__":
    unittest.main()
