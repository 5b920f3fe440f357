"""governor.sh sets every CPU; a folder replaces the machine's /sys."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "governor.sh"


class Governor(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.sysfs = Path(folder.name)

    def add_cpu(self, number, governor="powersave"):
        folder = self.sysfs / "devices/system/cpu" / f"cpu{number}" / "cpufreq"
        folder.mkdir(parents=True)
        file = folder / "scaling_governor"
        file.write_text(governor + "\n")
        return file

    def run_script(self, *words):
        return subprocess.run([SCRIPT, *words], capture_output=True, text=True, timeout=20, check=False,
                              env={**os.environ, "MUTATION_SYSFS": str(self.sysfs)})

    def test_each_spelling_sets_its_governor_on_every_cpu(self):
        files = [self.add_cpu(number) for number in (0, 1, 10)]
        for word, governor in {"performance": "performance", "pe": "performance", "po": "powersave",
                               "on": "ondemand", "co": "conservative", "sc": "schedutil", "us": "userspace"}.items():
            with self.subTest(word):
                self.assertEqual(self.run_script(word).returncode, 0)
                self.assertEqual({file.read_text() for file in files}, {governor + "\n"})

    def test_a_question_mark_shows_each_cpu_and_changes_nothing(self):
        self.add_cpu(0, "powersave")
        self.add_cpu(1, "performance")
        done = self.run_script("?")
        self.assertEqual((done.returncode, done.stdout), (0, "cpu0 powersave\ncpu1 performance\n"))

    def test_a_cpu_that_cannot_be_set_is_named_and_the_others_are_set(self):
        first, broken, last = self.add_cpu(0), self.add_cpu(1), self.add_cpu(2)
        broken.unlink()
        broken.mkdir()
        done = self.run_script("performance")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cpu1: could not be set to performance", done.stderr)
        self.assertIn("1 of 3 CPUs", done.stderr)
        self.assertEqual((first.read_text(), last.read_text()), ("performance\n", "performance\n"))

    def test_no_mode_or_an_unknown_one_is_a_usage_error_that_changes_nothing(self):
        file = self.add_cpu(0)
        for words in ([], ["fast"], ["performance", "now"]):
            with self.subTest(words):
                done = self.run_script(*words)
                self.assertEqual(done.returncode, 2)
                self.assertIn("Usage:", done.stderr)
        self.assertEqual(file.read_text(), "powersave\n")

    def test_a_machine_without_governors_is_reported(self):
        done = self.run_script("performance")
        self.assertEqual(done.returncode, 3)
        self.assertIn("no CPU has a frequency governor", done.stderr)


if __name__ == "__main__":
    unittest.main()
