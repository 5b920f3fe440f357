"""The launcher of VulBERTa, with small imitations of its notebooks and of the libraries that they use."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from launcher_trial import Trial, is_missing  # noqa: E402 (found through the line above)
from miniature_vulberta import CLEANER, CLONE, CNN, CNN_CELLS, PACKAGES, notebook_of  # noqa: E402

METRICS = ["accuracy", "precision", "recall", "f1", "auc", "mcc", "eval_loss", "final_training_loss",
           "eval_samples_per_second"]


def make_trial(is_smoke=True, clone=None):
    trial = Trial("VulBERTa", clone or CLONE, PACKAGES)
    functions = trial.clone / "data" / "finetune" / "d2a" / "function"
    lines = ["label,code"]
    for number in range(12):
        call = "copy everything at once" if number % 2 else "copy no more"
        lines.append(f'{number % 2},"int f{number}(void)\n{{ {call}(""a"", b); }}"')
    for part in ("train", "dev"):
        trial.write(functions / f"d2a_lbv1_function_{part}.csv", "\n".join(lines) + "\n")
    if is_smoke:
        trial.write(functions / "SMOKE_DATA")
    return trial


def give_weights(trial):
    trial.write(trial.clone / "models" / "VulBERTa" / "config.json", "{}")
    trial.write(trial.clone / "models" / "VulBERTa" / "pytorch_model.bin", "of VulBERTa")


@unittest.skipIf(is_missing("torch", "numpy", "sklearn"), "PyTorch, numpy or scikit-learn is missing")
class Training(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trial = make_trial()
        cls.before = sorted(cls.trial.clone.rglob("*"))
        words = ("-d", "d2a", "--epochs", "2", "--learning_rate", "0.003", "--weight_decay", "0.25", "--batch_size", "5")
        cls.runs = {model: [cls.trial.run("-n", model, *words, "--seed", seed) for seed in ("7", "7", "8")]
                    for model in ("cnn", "mlp")}

    @classmethod
    def tearDownClass(cls):
        cls.trial.remove()

    def test_every_hyperparameter_arrives(self):
        for model, (run, _, _) in self.runs.items():
            with self.subTest(model=model):
                self.assertEqual(run.status, 0, run.err)
                names = ("learning_rate", "weight_decay", "epochs", "steps", "batch_size", "seed")
                self.assertEqual([run.arrived[name] for name in names], ["0.003", "0.25", "2", "6", "5", "7"])

    def test_all_metrics_are_results_and_the_last_lines(self):
        for model, (run, _, _) in self.runs.items():
            with self.subTest(model=model):
                self.assertEqual(list(run.results), METRICS)
                self.assertTrue(run.out.splitlines()[-1].startswith("RESULT eval_samples_per_second="))

    def test_equal_seeds_give_equal_results_and_different_ones_do_not(self):
        for model, (first, again, other) in self.runs.items():
            with self.subTest(model=model):
                self.assertEqual(first.arrived["weights_checksum"], again.arrived["weights_checksum"])
                self.assertEqual(first.results["eval_loss"], again.results["eval_loss"])
                self.assertNotEqual(first.arrived["weights_checksum"], other.arrived["weights_checksum"])

    def test_made_up_data_and_a_network_without_pre_training_are_reported(self):
        for model, (run, _, _) in self.runs.items():
            with self.subTest(model=model):
                self.assertIn("SMOKE data: this is not a result of VulBERTa\n", run.out)
                self.assertIn("SMOKE weights: this network is small and was never pre-trained", run.out)

    def test_the_clone_does_not_change_and_no_checkpoint_remains(self):
        self.assertEqual(sorted(self.trial.clone.rglob("*")), self.before)
        self.assertEqual([path.name for path in (self.trial.experiment / "work").iterdir()], ["tokenizer"])


@unittest.skipIf(is_missing("torch", "numpy", "sklearn"), "PyTorch, numpy or scikit-learn is missing")
class OtherTrainings(unittest.TestCase):
    def setUp(self):
        self.trial = make_trial()
        self.addCleanup(self.trial.remove)

    def test_an_existing_pre_trained_network_is_used_with_the_models_defaults(self):
        give_weights(self.trial)
        for model, values in (("mlp", ["3e-05", "0.0", "4", "42"]), ("cnn", ["0.0005", "0.0", "128", "1234"])):
            run = self.trial.run("-n", model, "--epochs", "1")
            self.assertEqual(run.status, 0, run.err)
            self.assertIn("weights of ./models/VulBERTa/ of VulBERTa\n", run.out)
            self.assertNotIn("SMOKE weights", run.out)
            self.assertEqual([run.arrived[name] for name in ("learning_rate", "weight_decay", "batch_size", "seed")], values)

    def test_a_nan_loss_ends_the_run(self):
        for model in ("mlp", "cnn"):
            run = self.trial.run("-n", model, "--epochs", "9", "--learning_rate", "1e37", "--batch_size", "4")
            self.assertEqual((run.status, run.results), (1, {}), run.out)
            self.assertIn("Failed: the loss is nan", run.err)


class Refusals(unittest.TestCase):
    def test_checking_the_data_names_the_functions_and_the_pre_trained_network(self):
        trial = make_trial(is_smoke=False)
        self.addCleanup(trial.remove)
        (trial.clone / "data" / "finetune" / "d2a" / "function" / "d2a_lbv1_function_dev.csv").unlink()
        run = trial.run("--check-data")
        self.assertEqual(run.status, 3)
        for file in ("d2a_lbv1_function_dev.csv", "models/VulBERTa/config.json", "models/VulBERTa/pytorch_model.bin"):
            self.assertIn(file, run.out)

    def refused(self, trial, *words):
        self.addCleanup(trial.remove)
        run = trial.run(*words)
        self.assertEqual((run.status, run.results), (3, {}), run.err)
        return run

    def test_without_functions_the_run_is_refused_and_names_their_source(self):
        trial = make_trial()
        (trial.clone / "data" / "finetune" / "d2a" / "function" / "d2a_lbv1_function_dev.csv").unlink()
        self.assertIn("data.zip", self.refused(trial).err)

    @unittest.skipIf(is_missing("torch", "numpy"), "PyTorch or numpy is missing")
    def test_without_the_pre_trained_network_a_run_on_real_data_is_refused(self):
        run = self.refused(make_trial(is_smoke=False), "-n", "cnn")
        self.assertIn("repos/VulBERTa/models/VulBERTa", run.err)
        self.assertIn("pretraining_model.zip", run.err)

    @unittest.skipIf(is_missing("torch", "numpy"), "PyTorch or numpy is missing")
    def test_a_notebook_without_the_cell_is_refused(self):
        cells = [cell for cell in CNN_CELLS if cell != CLEANER]
        run = self.refused(make_trial(clone={**CLONE, CNN: notebook_of(cells)}), "-n", "cnn")
        self.assertIn("no cell of", run.err)
        self.assertIn("settings/repos/VulBERTa.json", run.err)

    def test_another_data_set_is_refused(self):
        trial = make_trial()
        self.addCleanup(trial.remove)
        self.assertEqual(trial.run("-d", "devign").status, 2)

    def test_made_up_functions_never_replace_real_ones(self):
        trial = make_trial(is_smoke=False)
        self.addCleanup(trial.remove)
        self.assertEqual(trial.run_other("smoke.py", "--into", str(trial.clone)).status, 3)

    def test_made_up_functions_are_complete(self):
        trial = Trial("VulBERTa", CLONE, PACKAGES)
        self.addCleanup(trial.remove)
        self.assertEqual(trial.run_other("smoke.py", "--into", str(trial.clone)).status, 0)
        self.assertEqual(trial.run("--check-data").status, 0)


if __name__ == "__main__":
    unittest.main()
