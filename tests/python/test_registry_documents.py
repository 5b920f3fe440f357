"""The documents created from the registry match it, and the smoke config covers it."""

import contextlib
import io
import json
import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "scripts" / "lib")]

import make_support_matrix  # noqa: E402 (found through the line above)
import proofs  # noqa: E402
import registry  # noqa: E402

ENTRY = {
    "model_flag": "-n",
    "models": [
        "small",
        {"name": "large", "aliases": ["big"], "hyperparameters": {"lr": {"default": 0.2}, "depth": {
            "flag": "--depth", "type": "int", "default": 3, "range": [1, 9]}},
         "without_effect": {"dropout": "it has none"}, "required_metrics": ["error"],
         "performance_metrics": {"log_patterns": {"error": {"pattern": "e", "higher_is_better": False}}}},
        "default",
    ],
    "required_args": {"data": "-d tiny"},
    "supported_hyperparams": {
        "lr": {"flag": "--lr", "type": "float", "default": 0.1, "range": [0.01, 1.0], "distribution": "log_uniform",
               "zero_probability": 0.3},
        "dropout": {"flag": "--dropout", "type": "float", "default": 0.5, "range": [0.0, 0.5]},
        "fast": {"flag": "--fast", "type": "bool", "default": False},
        "seed": {"flag": "--seed", "type": "int", "default": None, "range": [0, 99]},
    },
    "performance_metrics": {"log_patterns": {"accuracy": {"pattern": "a", "higher_is_better": True}}},
    "required_metrics": ["accuracy"],
}


class Registry(unittest.TestCase):
    def setUp(self):
        self.small, self.large, self.default = registry.models_of(ENTRY)

    def test_a_models_fields_override_the_repositorys(self):
        self.assertEqual(self.small["hyperparameters"]["lr"]["default"], 0.1)
        self.assertEqual(self.large["hyperparameters"]["lr"]["default"], 0.2)
        self.assertEqual(self.large["hyperparameters"]["lr"]["flag"], "--lr")
        self.assertEqual(list(self.large["hyperparameters"]), ["lr", "fast", "seed", "depth"])

    def test_a_models_metrics_are_added_to_the_repositorys(self):
        self.assertEqual(list(self.large["metrics"]), ["accuracy", "error"])
        self.assertEqual((self.small["required_metrics"], self.large["required_metrics"]), (["accuracy"], ["error"]))

    def test_the_arguments_of_a_training_are_those_that_the_program_passes(self):
        values = {"lr": 0.3, "dropout": 0.1, "fast": True, "seed": None}
        self.assertEqual(registry.training_words(ENTRY, self.small, values),
                         ["-n", "small", "-d", "tiny", "--lr", "0.3", "--dropout", "0.1", "--fast"])
        self.assertEqual(registry.training_words(ENTRY, self.default, {"fast": False, "seed": 4}),
                         ["-d", "tiny", "--seed", "4"])

    def test_every_model_of_a_cloned_repository_is_in_the_smoke_config_once(self):
        expected = [(name, model["name"]) for name, entry in registry.repositories().items()
                    for model in registry.models_of(entry)]
        experiments = registry.read(ROOT / "settings" / "smoke.json")["experiments"]
        self.assertEqual(sorted((entry["repo"], entry["model"]) for entry in experiments), sorted(expected))

    def test_the_smoke_config_of_one_repository_has_one_short_run_of_it(self):
        config = registry.smoke_config("examples")
        self.assertEqual([entry["repo"] for entry in config["experiments"]], ["examples"])
        self.assertIn("smoke", config["experiment_name"])
        json.dumps(config)


class SupportMatrix(unittest.TestCase):
    def test_the_document_matches_the_registry(self):
        self.assertEqual(make_support_matrix.DOCUMENT.read_text(encoding="utf-8"), make_support_matrix.make_document(),
                         "run scripts/make_support_matrix.py")

    def test_a_section_has_every_hyperparameter_with_its_range_and_every_metric_with_its_direction(self):
        text = make_support_matrix.section("net", ENTRY)
        for row in ("| small, default | lr | `--lr` | 0.1 | 0.01 to 1.0 or 0 (30 %) | log-uniform |",
                    "| large | depth | `--depth` | 3 | 1 to 9 | uniform |",
                    "| small, default | seed | `--seed` | none | 0 to 99 | uniform |",
                    "| small, default | accuracy | higher | yes |", "| large | error | lower | yes |",
                    "`large` is the new name of `big`", "`large` has no `dropout`: it has none."):
            with self.subTest(row):
                self.assertIn(row, text)


def run(seconds=1.0, status=0, result=None, **arrived):
    return {"arrived": {name: str(value) for name, value in arrived.items()}, "result": result or {"accuracy": "1"},
            "status": status, "seconds": seconds, "complaint": "boom"}


class Proofs(unittest.TestCase):
    def setUp(self):
        self.model = registry.models_of(ENTRY)[0]

    def proof(self, first, changed, again=None):
        proof = proofs.Proof("net", self.model, {"lr": 0.1, "seed": 11}, first)
        proof.again = again
        proof.changes = {"lr": (0.2, changed)}
        return proof

    def test_a_value_that_arrives_and_changes_the_weights_is_proved(self):
        proof = self.proof(run(lr=0.1, weights_checksum="a"), run(lr="0.2,0.02", weights_checksum="b"),
                           run(lr=0.1, weights_checksum="a"))
        self.assertEqual((proof.failures(), proof.arrives("lr"), proof.differs("lr"), proof.repeats()),
                         ([], True, True, True))

    def test_a_value_that_does_not_arrive_is_not_proved(self):
        for changed in (run(lr=0.1, weights_checksum="b"), run(weights_checksum="b")):
            proof = self.proof(run(lr=0.1, weights_checksum="a"), changed)
            self.assertEqual(proof.failures(), ["net small: lr did not arrive"])

    def test_a_value_that_changes_nothing_is_not_proved(self):
        proof = self.proof(run(lr=0.1, weights_checksum="a"), run(lr=0.2, weights_checksum="a"))
        self.assertEqual(proof.failures(), ["net small: lr changes nothing"])

    def test_equal_seeds_with_other_weights_or_results_are_a_failure(self):
        first = run(lr=0.1, weights_checksum="a")
        for again in (run(lr=0.1, weights_checksum="c"), run(lr=0.1, weights_checksum="a", result={"accuracy": "2"})):
            proof = self.proof(first, run(lr=0.2, weights_checksum="b"), again)
            self.assertEqual(proof.failures(), ["net small: equal seeds train differently"])

    def test_the_speed_of_two_equal_runs_may_differ(self):
        first, again = (run(lr=0.1, weights_checksum="a", result={"accuracy": "1", "eval_samples_per_second": speed})
                        for speed in ("12.5", "80.1"))
        self.assertEqual(self.proof(first, run(lr=0.2, weights_checksum="b"), again).failures(), [])

    def test_a_run_that_failed_proves_nothing(self):
        proof = self.proof(run(lr=0.1), run(status=1))
        self.assertEqual(proof.failures(), ["net small: the run for lr ended with 1: boom"])
        self.assertIn("**no**", proofs.make_document([proof]))

    def test_changed_values_are_different_and_within_the_range(self):
        for name, value in (("lr", 0.1), ("lr", 0.2), ("dropout", 0.25), ("dropout", 0.5)):
            low, high = self.model["hyperparameters"][name]["range"]
            changed = proofs.changed_value(self.model, name, value, False)
            self.assertNotEqual(changed, value)
            self.assertTrue(low <= changed <= high)
        self.assertEqual(proofs.changed_value(self.model, "seed", 11, False), 12)
        self.assertEqual(proofs.changed_value(self.model, "lr", 0.001, True), 0.0006)
        self.assertIs(proofs.changed_value(self.model, "fast", False, False), True)

    def test_lines_that_only_look_like_a_result_are_ignored(self):
        read = proofs.read_log("ARRIVED lr=0.1,0.01\n xRESULT a=1\nRESULT accuracy=95.45\nRESULT loss\n")
        self.assertEqual(read, {"arrived": {"lr": "0.1,0.01"}, "result": {"accuracy": "95.45"}})


class Document(unittest.TestCase):
    ROW = re.compile(r"^\| (\S+) \| (\S+) \| (\w+) \| `(\S+)` \|", re.MULTILINE)

    def test_every_model_in_it_has_all_its_hyperparameters(self):
        text = (ROOT / "docs" / "PROOFS.md").read_text(encoding="utf-8")
        shown = {}
        for repository, model, name, flag in self.ROW.findall(text):
            shown.setdefault((repository, model), {})[name] = flag
        self.assertTrue(shown)
        known = {(name, model["name"]): model for name, entry in registry.repositories().items()
                 for model in registry.models_of(entry)}
        for key, flags in shown.items():
            with self.subTest(key):
                expected = {name: entry["flag"] for name, entry in known[key]["hyperparameters"].items()}
                self.assertEqual(flags, expected, "run scripts/prove_hyperparameters.py")

    def test_it_contains_only_proved_values(self):
        self.assertNotIn("**no**", (ROOT / "docs" / "PROOFS.md").read_text(encoding="utf-8"))


class Check(unittest.TestCase):
    def test_the_check_of_the_matrix_passes(self):
        with contextlib.redirect_stderr(io.StringIO()) as err:
            sys.argv = ["make_support_matrix.py", "--check"]
            self.assertEqual(make_support_matrix.main(), 0, err.getvalue())


if __name__ == "__main__":
    unittest.main()
