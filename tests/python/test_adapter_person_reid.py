"""The launcher of Person_reID_baseline_pytorch, with a small imitation of its scripts."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from launcher_trial import Trial, is_missing  # noqa: E402 (found through the line above)
from miniature_person_reid import CLONE, PACKAGES  # noqa: E402

NAME = "Person_reID_baseline_pytorch"
PARTS = ("train_all", "val", "gallery", "query")
#: The places of the weights in the user's cache.
CACHED = ("torch/hub/checkpoints/densenet121-a639ec97.pth",
          "huggingface/hub/models--timm--hrnet_w18.ms_aug_in1k/snapshots/1/model.safetensors",
          "torch/hub/checkpoints/resnet50-0676ba61.pth")


def make_trial(is_smoke=True):
    trial = Trial(NAME, CLONE, PACKAGES)
    images = trial.clone / "Market" / "pytorch"
    for part in PARTS:
        (images / part).mkdir(parents=True)
    if is_smoke:
        trial.write(images / "SMOKE_DATA")
    return trial, images


@unittest.skipIf(is_missing("torch", "numpy"), "PyTorch or numpy is missing")
class Training(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trial, cls.images = make_trial()
        words = ("-n", "densenet121", "--total_epoch", "2", "--lr", "0.03", "--droprate", "0.25", "--batchsize", "4")
        cls.first = cls.trial.run(*words, "--seed", "7")
        cls.left = sorted(path.name for path in (cls.trial.experiment / "work").rglob("*") if path.is_file())
        cls.again = cls.trial.run(*words, "--seed", "7")
        cls.other = cls.trial.run(*words, "--seed", "8")

    @classmethod
    def tearDownClass(cls):
        cls.trial.remove()

    def test_the_metrics_of_the_evaluation_are_the_last_lines(self):
        self.assertEqual(self.first.status, 0, self.first.err)
        self.assertEqual(self.first.results,
                         {"rank1": "0.879454", "rank5": "0.962886", "rank10": "0.975356", "map": "0.697153"})
        self.assertTrue(self.first.out.endswith("RESULT map=0.697153\n"))

    def test_every_hyperparameter_arrives(self):
        arrived = self.first.arrived
        self.assertEqual(arrived["learning_rate"], "0.03")
        self.assertEqual(arrived["weight_decay"], "0.0005")
        self.assertEqual(arrived["dropout"], "0.25")
        self.assertEqual(arrived["batch_size"], "4")
        self.assertEqual(arrived["seed"], "7")
        self.assertEqual((arrived["epochs"], arrived["steps"]), ("2", "4"))

    def test_only_equal_seeds_train_equal_weights(self):
        checksums = [run.arrived["weights_checksum"] for run in (self.first, self.again, self.other)]
        self.assertEqual(checksums[0], checksums[1])
        self.assertNotEqual(checksums[0], checksums[2])

    def test_the_evaluation_runs_once_in_the_launchers_python(self):
        self.assertEqual(self.first.out.count("Rank@1:"), 1)

    def test_weights_and_features_are_removed(self):
        self.assertEqual(self.left, ["model.py", "train.py"])

    def test_made_up_data_and_missing_weights_are_reported(self):
        self.assertIn("SMOKE data: this is not a result of Person_reID_baseline_pytorch\n", self.first.out)
        self.assertIn("SMOKE weights: the backbone of densenet121 is not pre-trained", self.first.out)
        self.assertIn("backbone with None\n", self.first.out)

    def test_the_clone_does_not_change(self):
        self.assertEqual(sorted(path.name for path in self.trial.clone.iterdir()), sorted([*CLONE, "Market"]))


@unittest.skipIf(is_missing("torch", "numpy"), "PyTorch or numpy is missing")
class Peculiarities(unittest.TestCase):
    def setUp(self):
        self.trial, self.images = make_trial()
        self.addCleanup(self.trial.remove)

    def test_pcb_uses_the_dropout_rate_in_all_modules_and_one_epoch_is_enough(self):
        run = self.trial.run("-n", "pcb", "--total_epoch", "1", "--droprate", "0.1", "--batchsize", "4")
        self.assertEqual(run.status, 0, run.err)
        self.assertEqual(run.arrived["dropout"], "0.1,0.1")
        self.assertEqual(run.arrived["learning_rate"], "0.02")
        self.assertEqual((run.arrived["epochs"], run.arrived["seed"]), ("1", "none"))

    def test_weights_are_used_only_from_the_cache(self):
        self.trial.write(self.trial.cache / CACHED[1])
        run = self.trial.run("-n", "hrnet18", "--total_epoch", "1", "--batchsize", "4")
        self.assertEqual(run.status, 0, run.err)
        self.assertIn("timm's hrnet_w18 with weights\n", run.out)
        self.assertNotIn("SMOKE weights", run.out)

    def test_a_nan_loss_ends_the_run_in_its_first_epoch(self):
        self.trial.write(self.images / "NAN")
        run = self.trial.run("--total_epoch", "3", "--batchsize", "4")
        self.assertEqual((run.status, run.results), (1, {}))
        self.assertIn("Failed: the loss is nan", run.err)
        self.assertNotIn("Epoch 1/2", run.out)

    def test_a_failed_test_returns_its_status_and_gives_no_result(self):
        self.trial.write(self.images / "BROKEN")
        run = self.trial.run("--total_epoch", "1", "--batchsize", "4")
        self.assertEqual((run.status, run.results, run.arrived), (9, {}, {}))

    def test_batches_larger_than_the_data_are_a_failure(self):
        # The last, incomplete batch is left out; here it is the only one.
        run = self.trial.run("--total_epoch", "1", "--batchsize", "9")
        self.assertEqual((run.status, run.results), (1, {}))
        self.assertIn("no optimizer made a step", run.err)


class Refusals(unittest.TestCase):
    def test_without_images_the_run_is_refused_and_names_their_source(self):
        trial, images = make_trial()
        self.addCleanup(trial.remove)
        (images / "query").rmdir()
        run = trial.run()
        self.assertEqual(run.status, 3)
        self.assertIn(str(images / "query"), run.err)
        self.assertIn("prepare.py", run.err)

    def test_without_weights_a_run_on_real_data_is_refused_with_the_remedy(self):
        trial, _ = make_trial(is_smoke=False)
        self.addCleanup(trial.remove)
        run = trial.run("-n", "pcb")
        self.assertEqual(run.status, 3)
        self.assertIn("resnet50-0676ba61.pth", run.err)
        self.assertIn("train.sh --fetch-weights", run.err)

    def test_checking_the_data_names_the_weights_too(self):
        trial, _ = make_trial(is_smoke=False)
        self.addCleanup(trial.remove)
        run = trial.run("--check-data")
        self.assertEqual(run.status, 3)
        for file in ("densenet121-a639ec97.pth", "hrnet_w18.ms_aug_in1k", "resnet50-0676ba61.pth"):
            self.assertIn(file, run.out)

    def test_checking_the_data_for_one_network_asks_only_for_its_weights(self):
        trial, _ = make_trial(is_smoke=False)
        self.addCleanup(trial.remove)
        trial.write(trial.cache / CACHED[0])
        self.assertEqual(trial.run("-n", "densenet121", "--check-data").status, 0)
        run = trial.run("-n", "pcb", "--check-data")
        self.assertEqual(run.status, 3)
        self.assertIn("resnet50-0676ba61.pth", run.out)
        self.assertNotIn("hrnet_w18", run.out)

    def test_existing_weights_are_not_downloaded_again(self):
        trial, _ = make_trial()
        self.addCleanup(trial.remove)
        for path in CACHED:
            trial.write(trial.cache / path)
        # A download would import it.
        (trial.packages / "timm.py").write_text("raise SystemExit('timm was asked')")
        (trial.packages / "torchvision" / "models.py").write_text("raise SystemExit('torchvision was asked')")
        run = trial.run("--fetch-weights")
        self.assertEqual(run.status, 0, run.err)
        for path in CACHED:
            self.assertIn(f"{trial.cache / path}\n", run.out)

    def test_real_images_are_preferred_in_the_clone_and_beside_it(self):
        for is_smoke in (True, False):
            trial, _ = make_trial(is_smoke)
            self.addCleanup(trial.remove)
            beside = trial.clone.parent / "Market" / "pytorch"
            for part in PARTS:
                (beside / part).mkdir(parents=True)
            if not is_smoke:
                trial.write(beside / "SMOKE_DATA")
            run = trial.run()
            # Real images need weights, made-up images do not.
            self.assertEqual(run.status, 3)
            self.assertIn("densenet121-a639ec97.pth", run.err)
            self.assertNotIn("SMOKE", run.out)


@unittest.skipIf(is_missing("torchvision", "timm"), "torchvision or timm is missing")
class TheRealLibraries(unittest.TestCase):
    def test_the_weights_are_those_that_the_libraries_load(self):
        import timm
        from torchvision import models

        sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "adapters" / "shared"))
        sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "adapters" / NAME))
        import pretrained

        for name, kind in (("densenet121", "DenseNet121_Weights"), ("resnet50", "ResNet50_Weights")):
            self.assertTrue(getattr(models, kind).IMAGENET1K_V1.url.endswith(pretrained.TORCHVISION_FILES[name]))
        self.assertEqual(timm.models.get_pretrained_cfg("hrnet_w18").hf_hub_id, pretrained.HUB_REPOSITORY)


if __name__ == "__main__":
    unittest.main()
