"""setup-repository.sh sets up a repository from any source and reports what is missing."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

TRAIN = """#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../shared/adapter.sh"
run_adapter net json -- "$@"
"""

LAUNCH = """
import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))
from launcher import data, refusal, work
def main():
    clone = work.clone_folder("net", "main.py")
    return data.check_data("net", [data.Need(clone / "data" / "images", "the images", "https://example.org")])
refusal.main(main)
"""

SMOKE = """
import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))
from launcher import data, refusal
refusal.main(lambda: (data.smoke_folder(Path(sys.argv[2]) / "data") / "images").touch())
"""

PROGRAM = """#!/usr/bin/env bash
cat "$2" >"$(dirname "${BASH_SOURCE[0]}")/config.json"
echo "net_default_001: ok after 1 s"
"""


def write(path, text, is_program=False):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if is_program:
        path.chmod(0o755)
    return path


def git(folder, *words):
    identity = ["-c", "user.name=A Tester", "-c", "user.email=tester@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, "-C", folder, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Project(unittest.TestCase):
    """A project with one repository, `net`, and its upstream of two commits."""

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name).resolve()
        self.project = self.folder / "project"
        self.clone = self.project / "repos" / "net"
        self.make_upstream()
        self.make_project()

    def make_upstream(self):
        """Two commits; the first is the pinned one."""
        self.upstream = self.folder / "owner" / "net"
        write(self.upstream / "main.py", "first")
        write(self.upstream / "large.bin", "a large file")
        git(self.upstream, "init", "-q")
        git(self.upstream, "add", ".")
        git(self.upstream, "commit", "-q", "-m", "first")
        self.pinned = git(self.upstream, "rev-parse", "HEAD")
        write(self.upstream / "main.py", "second")
        git(self.upstream, "commit", "-q", "-a", "-m", "second")

    def make_project(self):
        write(self.project / "CMakeLists.txt", "")
        for name in ("setup-repository.sh", "quickstart.sh", "lib"):
            source = ROOT / "scripts" / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            self.project.joinpath("scripts").mkdir(parents=True, exist_ok=True)
            copy(source, self.project / "scripts" / name)
        adapters = self.project / "scripts" / "adapters"
        shutil.copytree(ROOT / "scripts" / "adapters" / "shared", adapters / "shared")
        write(adapters / "net" / "train.sh", TRAIN, is_program=True)
        write(adapters / "net" / "launch.py", LAUNCH)
        write(adapters / "net" / "smoke.py", SMOKE)
        write(adapters / "net" / "requirements.txt", "")
        self.write_registry(f"file://{self.upstream}")
        experiment = {"repo": "net", "model": "default", "mutate": ["lr"]}
        smoke = {"$schema": "x", "experiments": [{"repo": "other"}, experiment, {"repo": "net", "model": "second"}]}
        write(self.project / "settings" / "smoke.json", json.dumps(smoke))

    def write_registry(self, url):
        entry = {"path": "repos/net", "train_script": "scripts/adapters/net/train.sh", "models": ["default"],
                 "upstream": {"url": url, "commit": self.pinned}}
        write(self.project / "settings" / "repos" / "net.json", json.dumps(entry))

    def set_up(self, *words, **environment):
        environment = {**os.environ, "MUTATION_PYTHON": sys.executable, "PYTHONDONTWRITEBYTECODE": "1",
                       "XDG_STATE_HOME": str(self.folder / "state"), **environment}
        done = subprocess.run([self.project / "scripts" / "setup-repository.sh", *words], env=environment, text=True,
                              cwd=self.folder, capture_output=True, check=False, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def put_data(self):
        write(self.clone / "data" / "images", "real")

    def assert_pinned(self):
        self.assertEqual(git(self.clone, "rev-parse", "HEAD"), self.pinned)
        self.assertEqual((self.clone / "main.py").read_text(), "first")


@unittest.skipUnless(shutil.which("git"), "no git here")
class Setup(Project):
    def test_the_code_is_cloned_at_its_commit_and_missing_data_are_named(self):
        status, text = self.set_up("net")
        self.assertEqual(status, 3, text)
        self.assert_pinned()
        for words in (str(self.clone / "data" / "images"), "https://example.org", "Not ready: net"):
            self.assertIn(words, text)

    def test_a_second_run_finds_everything_ready_and_leaves_the_clone_clean(self):
        self.set_up("net")
        self.put_data()
        status, text = self.set_up("net")
        self.assertEqual(status, 0, text)
        self.assertEqual(git(self.clone, "status", "--porcelain"), "")

    def test_an_interrupted_clone_is_started_again(self):
        write(self.project / "repos" / "net.part" / "main.py", "half")
        self.set_up("net")
        self.assert_pinned()
        self.assertFalse((self.project / "repos" / "net.part").exists())

    def test_a_copy_on_this_machine_replaces_the_network(self):
        self.write_registry("https://no-such-host.invalid/owner/net")
        for folder in (self.upstream, self.upstream.parent, self.folder):
            with self.subTest(folder=folder.name):
                shutil.rmtree(self.clone, ignore_errors=True)
                _, text = self.set_up("net", "--from", str(folder))
                self.assertTrue(self.clone.exists(), text)
                self.assert_pinned()

    def test_a_folder_without_the_code_is_not_a_clone(self):
        (self.folder / "empty").mkdir()
        status, text = self.set_up("net", "--from", str(self.folder / "empty"))
        self.assertEqual(status, 3)
        self.assertIn(f"no clone of net with commit {self.pinned}", text)

    def test_without_a_network_the_remedy_is_printed(self):
        self.write_registry(f"file://{self.folder}/nowhere")
        status, text = self.set_up("net")
        self.assertEqual(status, 3)
        self.assertIn("--from", text)
        self.assertFalse(self.clone.exists())

    def test_a_file_missing_in_the_copy_is_left_out_and_named(self):
        code = git(self.upstream, "rev-parse", f"{self.pinned}:large.bin")
        (self.upstream / ".git" / "objects" / code[:2] / code[2:]).unlink()
        _, text = self.set_up("net", "--from", str(self.upstream))
        self.assert_pinned()
        self.assertIn("large.bin", text)
        self.assertEqual(git(self.clone, "status", "--porcelain"), "")

    def test_another_commit_is_reported_and_kept(self):
        self.set_up("net")
        self.put_data()
        git(self.clone, "checkout", "-q", "main")
        status, text = self.set_up("net")
        self.assertEqual(status, 3)
        self.assertIn(f"checkout {self.pinned}", text)
        self.assertEqual((self.clone / "main.py").read_text(), "second")

    def test_a_folder_that_is_not_a_clone_is_not_touched(self):
        write(self.clone / "mine.txt", "work")
        status, text = self.set_up("net")
        self.assertEqual((status, (self.clone / "mine.txt").read_text()), (3, "work"), text)

    def test_a_named_python_is_kept_for_later_runs(self):
        _, text = self.set_up("net", "--python", sys.executable)
        self.assertTrue((self.clone / ".venv" / "bin" / "python3").exists(), text)
        done = subprocess.run([self.project / "scripts" / "adapters" / "net" / "train.sh", "--print-python"],
                              cwd=self.clone, capture_output=True, text=True, check=True,
                              env={name: value for name, value in os.environ.items() if name != "MUTATION_PYTHON"})
        self.assertEqual(done.stdout.strip(), str(self.clone / ".venv" / "bin" / "python3"))

    def test_smoke_creates_data_and_trains_one_short_run(self):
        program = write(self.folder / "bin" / "mutation", PROGRAM, is_program=True)
        status, text = self.set_up("net", "--smoke", MUTATION_BINARY=str(program))
        self.assertEqual(status, 0, text)
        self.assertTrue((self.clone / "data" / "SMOKE_DATA").exists())
        config = json.loads((self.folder / "bin" / "config.json").read_text())
        self.assertEqual([entry["model"] for entry in config["experiments"]], ["default"])

    def test_smoke_does_not_touch_real_data(self):
        self.set_up("net")
        self.put_data()
        program = write(self.folder / "bin" / "mutation", PROGRAM, is_program=True)
        status, text = self.set_up("net", "--smoke", MUTATION_BINARY=str(program))
        self.assertEqual(status, 0, text)
        self.assertEqual((self.clone / "data" / "images").read_text(), "real")

    def test_a_check_changes_nothing(self):
        status, text = self.set_up("all", "--check-only")
        self.assertEqual(status, 3)
        self.assertIn(str(self.clone), text)
        self.assertFalse((self.project / "repos").exists())

    def test_wrong_usage_ends_with_status_2(self):
        for words in ([], ["--nonsense"], ["no-such-net"], ["net", "--from"], ["net", "--from", "/no/such/folder"]):
            with self.subTest(words):
                self.assertEqual(self.set_up(*words)[0], 2)


FAKE_PROGRAM = """#!/usr/bin/env bash
mkdir -p "$6/run_20260101_000000"
echo "settings $4, python $MUTATION_PYTHON"
echo "session: $6/run_20260101_000000"
printf 'experiment_id,training_success\\nnet_001,True\\n' >"$6/run_20260101_000000/summary.csv"
"""


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv") and shutil.which("git"), "needs root, to act as a user without rights")
class Installed(Project):
    """The same scripts in a folder of root, called by a user who cannot write there."""

    def setUp(self):
        super().setUp()
        (self.project / "CMakeLists.txt").unlink()
        self.home = self.folder / "home"
        self.home.mkdir()
        os.chown(self.home, 65534, 65534)
        for folder in (self.folder, self.upstream.parent):
            folder.chmod(0o755)
        self.clone = self.home / "repos" / "net"

    def set_up(self, *words, script="setup-repository.sh", **environment):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "MUTATION_PYTHON": "/usr/bin/python3",
                       "PYTHONDONTWRITEBYTECODE": "1", **environment}
        user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        done = subprocess.run([*user, self.project / "scripts" / script, *words], env=environment, text=True,
                              cwd=self.home, capture_output=True, check=False, timeout=120)
        self.assertEqual([path.name for path in self.project.iterdir() if path.name not in ("scripts", "settings")], [])
        return done.returncode, done.stdout + done.stderr

    def put_data(self):
        super().put_data()
        os.chown(self.clone / "data", 65534, 65534)

    def test_the_program_finds_the_code_in_the_current_folder(self):
        status, text = self.set_up("net", "--from", str(self.upstream))
        self.assertEqual(status, 3, text)
        self.assertIn(f"Run mutation in {self.home}", text)
        self.assertEqual((self.home / "settings").readlink(), self.project / "settings")
        self.put_data()
        self.assertEqual(self.set_up("net")[0], 0)
        # The program's remedy uses the link.
        done = subprocess.run([self.home / "scripts" / "setup-repository.sh", "net", "--check-only"], cwd="/",
                              env={"PATH": "/usr/bin:/bin", "HOME": str(self.home)}, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_folder_that_cannot_be_written_is_named(self):
        self.home.chmod(0o555)
        status, text = self.set_up("net", XDG_STATE_HOME=str(self.folder / "state"))
        self.assertEqual(status, 3)
        self.assertIn(f"{self.folder}/state/mutation/logs cannot be written", text)
        state = self.folder / "state"
        state.mkdir()
        os.chown(state, 65534, 65534)
        os.chown(self.home, 0, 0)
        status, text = self.set_up("net", XDG_STATE_HOME=str(state))
        self.assertEqual(status, 3)
        self.assertIn("Go to a folder of your own", text)

    def test_quickstart_builds_nothing_and_leaves_its_results_in_the_current_folder(self):
        for module in ("torch", "sklearn"):
            write(self.folder / "modules" / f"{module}.py", "")
        program = write(self.folder / "bin" / "mutation", FAKE_PROGRAM, is_program=True)
        write(self.project / "settings" / "quickstart.json", "{}")
        status, text = self.set_up(script="quickstart.sh", PYTHONPATH=str(self.folder / "modules"),
                                   MUTATION_BINARY=str(program))
        self.assertEqual(status, 0, text)
        self.assertIn(f"settings {self.project}/settings, python /usr/bin/python3", text)
        self.assertIn(f"\nSession: {self.home}/results/run_20260101_000000\nTable: ", text)
        self.assertTrue((self.home / "results" / "run_20260101_000000" / "summary.csv").exists())


if __name__ == "__main__":
    unittest.main()
