"""The shared code of the adapters' launchers."""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / "scripts" / "adapters" / "shared"
sys.path.insert(0, str(SHARED))

from launcher import arguments, data, refusal, results, script, work  # noqa: E402 (found through the line above)


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory() as path:
        yield Path(path).resolve()


def outcome(function):
    """(status, stdout, stderr) of the function run as a program."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            refusal.main(function)
        except SystemExit as end:
            return end.code, out.getvalue(), err.getvalue()
    raise AssertionError("main returned")


def raising(error):
    def function():
        raise error

    return function


class Refusal(unittest.TestCase):
    def test_a_refusal_ends_with_status_3_and_the_remedy(self):
        status, out, err = outcome(raising(refusal.Refused("no data", "fetch them")))
        self.assertEqual((status, out, err), (3, "", "Refused: no data. Remedy: fetch them\n"))

    def test_the_last_line_of_a_refusal_has_reason_and_remedy(self):
        err = outcome(raising(refusal.Refused("no data", "fetch them", "Missing:\n  a\n  b")))[2]
        self.assertEqual(err.splitlines(), ["Missing:", "  a", "  b", "Refused: no data. Remedy: fetch them"])

    def test_a_failed_training_ends_with_status_1_and_a_message_without_a_traceback(self):
        self.assertEqual(outcome(raising(refusal.Failed("the loss is nan"))), (1, "", "Failed: the loss is nan\n"))

    def test_any_other_exception_keeps_its_traceback(self):
        status, _, err = outcome(raising(KeyError("epoch")))
        self.assertEqual(status, 1)
        self.assertIn("Traceback", err)
        self.assertIn("KeyError: 'epoch'", err)

    def test_a_status_is_passed_on(self):
        self.assertEqual(outcome(lambda: 7)[0], 7)
        self.assertEqual(outcome(lambda: None)[0], 0)
        self.assertEqual(outcome(raising(SystemExit(5)))[0], 5)


class Arguments(unittest.TestCase):
    def parse(self, *words):
        parser = arguments.make_parser("net", ["small", "large"], {"tiny": "small"})
        parser.add_argument("--epochs", type=arguments.whole_number(1), default=3)
        parser.add_argument("--lr", type=arguments.positive(), default=0.1)
        return parser.parse_args(words)

    def test_an_alias_of_a_model_becomes_its_name(self):
        self.assertEqual(self.parse("-n", "tiny").model, "small")
        self.assertEqual(self.parse("-n", "large").model, "large")
        self.assertEqual(self.parse().model, "small")

    def test_invalid_values_end_with_status_2(self):
        for words in (["-n", "huge"], ["--epochs", "0"], ["--epochs", "1.5"], ["--lr", "0"], ["--lr", "nan"],
                      ["--epoch", "3"]):
            with self.subTest(words), contextlib.redirect_stderr(io.StringIO()):
                with self.assertRaises(SystemExit) as end:
                    self.parse(*words)
                self.assertEqual(end.exception.code, 2)

    def test_a_repository_with_one_model_takes_no_model(self):
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit):
            arguments.make_parser("net").parse_args(["-n", "default"])


class Work(unittest.TestCase):
    def test_the_work_folder_is_in_the_experiments_folder_and_new(self):
        with folder() as experiment, mock.patch.dict(os.environ, {"MUTATION_EXPERIMENT_DIR": str(experiment)}):
            place = work.work_folder(experiment)
            self.assertEqual(place, experiment / "work")
            (place / "model.pt").write_text("an earlier attempt's")
            self.assertEqual(list(work.work_folder(experiment).iterdir()), [])

    def test_without_an_experiment_the_work_folder_is_removed_at_the_end(self):
        environment = {name: value for name, value in os.environ.items() if name != "MUTATION_EXPERIMENT_DIR"}
        program = "from launcher import work; p = work.work_folder('net'); (p / 'x').touch(); print(p)"
        done = subprocess.run([sys.executable, "-B", "-c", program], cwd=SHARED, env=environment, text=True,
                              capture_output=True, check=True)
        place = Path(done.stdout.strip())
        self.assertTrue(place.name.startswith("net-"))
        self.assertFalse(place.exists())

    def test_removing_an_old_work_folder_keeps_the_targets_of_its_links(self):
        with folder() as place, mock.patch.dict(os.environ, {"MUTATION_EXPERIMENT_DIR": str(place / "run")}):
            (place / "data").mkdir()
            (place / "data" / "train.csv").touch()
            work.link(place / "data", work.work_folder(place))
            work.work_folder(place)
            self.assertTrue((place / "data" / "train.csv").exists())

    def test_a_link_points_to_its_source_also_under_another_name(self):
        with folder() as place:
            (place / "source.txt").write_text("text")
            made = work.link(place / "source.txt", place / "deep" / "er", "other.txt")
            self.assertEqual((made.name, made.read_text()), ("other.txt", "text"))

    def test_a_link_to_a_missing_file_is_refused(self):
        with folder() as place, self.assertRaises(refusal.Refused):
            work.link(place / "absent", place)

    def test_the_clone_is_the_current_folder_if_it_has_the_landmarks(self):
        before = os.getcwd()
        with folder() as clone:
            (clone / "train.py").touch()
            os.chdir(clone)
            try:
                self.assertEqual(work.clone_folder("net", "train.py"), clone)
                with self.assertRaises(refusal.Refused) as refused:
                    work.clone_folder("no-such-net", "main.py")
            finally:
                os.chdir(before)
        self.assertIn("setup-repository.sh no-such-net", refused.exception.remedy)

    def test_a_clone_with_an_unknown_commit_is_only_a_warning(self):
        err = io.StringIO()
        with folder() as clone, contextlib.redirect_stderr(err):
            work.require_pinned_commit("pytorch_resnet_cifar10", clone)
        self.assertTrue(err.getvalue().startswith("Warning: "), err.getvalue())

    def test_a_clone_at_another_commit_is_refused_unless_this_is_allowed(self):
        err = io.StringIO()
        with folder() as clone, contextlib.redirect_stderr(err):
            git = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", str(clone)]
            subprocess.run([*git, "init", "-q"], check=True)
            subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "other"], check=True)
            with self.assertRaises(refusal.Refused) as refused:
                work.require_pinned_commit("pytorch_resnet_cifar10", clone)
            self.assertIn("checkout d5489e8", refused.exception.remedy)
            with mock.patch.dict(os.environ, {"MUTATION_ANY_COMMIT": "1"}):
                work.require_pinned_commit("pytorch_resnet_cifar10", clone)
        self.assertTrue(err.getvalue().startswith("Warning: "), err.getvalue())


class Data(unittest.TestCase):
    def need(self, path):
        return [data.Need(path, "the images", "https://example.org/images")]

    def test_missing_data_are_named_with_their_place_and_their_source(self):
        out = io.StringIO()
        with folder() as place, contextlib.redirect_stdout(out):
            self.assertEqual(data.check_data("net", self.need(place / "images")), 3)
            for words in (str(place / "images"), "the images", "https://example.org/images"):
                self.assertIn(words, out.getvalue())
            with self.assertRaises(refusal.Refused):
                data.require_data("net", self.need(place / "images"))

    def test_complete_data_are_accepted(self):
        with folder() as place, contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(data.check_data("net", self.need(place)), 0)
            data.require_data("net", self.need(place))

    def test_a_run_on_smoke_data_says_so(self):
        out = io.StringIO()
        with folder() as place, contextlib.redirect_stdout(out):
            self.assertFalse(data.announce_smoke("net", place / "data"))
            self.assertTrue(data.announce_smoke("net", data.smoke_folder(place / "data")))
        self.assertEqual(out.getvalue(), "SMOKE data: this is not a result of net\n")

    def test_smoke_data_never_touch_real_data(self):
        with folder() as place:
            (place / "train.csv").touch()
            with self.assertRaises(refusal.Refused):
                data.smoke_folder(place)
            self.assertEqual([path.name for path in place.iterdir()], ["train.csv"])

    def test_smoke_data_can_be_created_twice(self):
        with folder() as place:
            (data.smoke_folder(place / "data") / "images").touch()
            data.smoke_folder(place / "data")


class Results(unittest.TestCase):
    def printed(self, function, *words):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            function(*words)
        return out.getvalue()

    def test_a_result_is_the_shortest_decimal(self):
        self.assertEqual(self.printed(results.result, "accuracy", 95.45), "RESULT accuracy=95.45\n")
        self.assertEqual(self.printed(results.result, "rank", 3), "RESULT rank=3\n")
        self.assertEqual(self.printed(results.result, "loss", 3e-05), "RESULT loss=3e-05\n")

    def test_a_result_that_is_not_a_number_is_a_failure(self):
        for value in (float("nan"), float("inf")):
            with self.subTest(value), self.assertRaisesRegex(refusal.Failed, f"the test loss is {value}"):
                results.result("test_loss", value)

    def test_an_arrived_value_may_be_a_list_or_none(self):
        self.assertEqual(self.printed(results.arrived, "rates", [0.1, 0.01]), "ARRIVED rates=0.1,0.01\n")
        self.assertEqual(self.printed(results.arrived, "seed", None), "ARRIVED seed=none\n")

    def test_a_nan_loss_ends_the_run(self):
        for line in ("Loss nan (nan)", "Train Epoch: 1 \tLoss: nan", "{'loss': nan}", "train Loss: NaN Acc: 0.1"):
            with self.subTest(line), self.assertRaises(refusal.Failed):
                results.refuse_nan_loss(line)
        for line in ("Loss 0.5 (0.6)", "Loss inf", "Loss: 1.0 Acc: nan", "banana loss 3"):
            results.refuse_nan_loss(line)


class Script(unittest.TestCase):
    def run_text(self, text, argv=(), readers=()):
        out = io.StringIO()
        with folder() as place:
            (place / "code").mkdir()
            (place / "cwd").mkdir()
            (place / "code" / "main.py").write_text(text)
            (place / "code" / "beside.py").write_text("VALUE = 5\n")
            before = os.getcwd(), list(sys.argv), list(sys.path)
            try:
                with contextlib.redirect_stdout(out):
                    status = script.run_script(place / "code" / "main.py", argv, place / "cwd", readers)
            finally:
                sys.modules.pop("beside", None)
            self.assertEqual((os.getcwd(), sys.argv, sys.path), before)
        return status, out.getvalue()

    def test_a_script_runs_as_it_would_as_a_program(self):
        status, out = self.run_text("import os, sys, beside\nprint(__name__, sys.argv[1:], beside.VALUE,\n"
                                    "      os.path.basename(os.getcwd()))\n", ["--epochs", 2])
        self.assertEqual((status, out), (0, "__main__ ['--epochs', '2'] 5 cwd\n"))

    def test_the_scripts_status_is_passed_on(self):
        self.assertEqual(self.run_text("import sys; sys.exit(4)")[0], 4)
        self.assertEqual(self.run_text("import sys; sys.exit()")[0], 0)
        with contextlib.redirect_stderr(io.StringIO()) as err:
            self.assertEqual(self.run_text("import sys; sys.exit('no data')")[0], 1)
        self.assertEqual(err.getvalue(), "no data\n")

    def test_an_exception_of_the_script_is_not_caught(self):
        with self.assertRaises(ZeroDivisionError):
            self.run_text("1 / 0")

    def test_readers_get_whole_lines_and_the_output_is_unchanged(self):
        lines = []
        text = "print('a', end=' ')\nprint('b')\nprint('c\\nd', end='')\n"
        self.assertEqual(self.run_text(text, readers=[lines.append]), (0, "a b\nc\nd"))
        self.assertEqual(lines, ["a b", "c", "d"])

    def test_an_exception_of_a_reader_ends_the_script(self):
        with self.assertRaises(refusal.Failed):
            self.run_text("print('Loss: nan')\nprint('later')", readers=[results.refuse_nan_loss])


if __name__ == "__main__":
    unittest.main()
