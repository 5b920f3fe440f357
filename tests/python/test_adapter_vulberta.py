"""The launcher of VulBERTa, on miniatures of its notebooks and of the libraries that they use."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from launcher_trial import Trial, lacks  # noqa: E402 (found through the line above)

TOKENIZER = """
class MyTokenizer:
    cidx = cindex.Index.create()

class _Encoding:
    def __init__(self, ids, attention_mask):
        self.ids, self.attention_mask = ids, attention_mask

class _Words:
    def enable_truncation(self, max_length):
        self.longest = max_length
    def encode_batch(self, codes):
        rows = [[0] + [4 + len(word) % 9 for word in code.split()][:self.longest - 2] + [2] for code in codes]
        width = max(map(len, rows))
        return [_Encoding(row + [1] * (width - len(row)), [1] * len(row) + [0] * (width - len(row))) for row in rows]

vocab = open('./tokenizer/drapgh-vocab.json').read()
my_tokenizer = _Words()
"""
TRUNCATION = "my_tokenizer.enable_truncation(max_length=1024)"
CLEANER = "def cleaner(code):\n    return re.sub('\\n', ' ', code)"
PROCESSING = """
def process_encodings(encodings):
    return {'input_ids': [enc.ids for enc in encodings], 'attention_mask': [enc.attention_mask for enc in encodings]}
"""
DATASET = """
class MyCustomDataset(Dataset):
    def __init__(self, encodings, labels):
        self.encodings, self.labels = encodings, labels
    def __getitem__(self, idx):
        item = {key: torch.tensor(val[idx]) for key, val in self.encodings.items()}
        item['labels'] = torch.tensor(self.labels[idx])
        return item
    def __len__(self):
        return len(self.labels)
"""
TRAINER = """
criterion = torch.nn.CrossEntropyLoss(weight=c_weights)
criterion.to(device)

class MyTrainer(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False):
        labels = inputs.pop('labels')
        outputs = model(**inputs)
        loss = criterion(outputs['logits'], labels)
        return (loss, outputs) if return_outputs else loss
"""
NETWORK = """
class myCNN(nn.Module):
    def __init__(self, EMBED_SIZE, EMBED_DIM):
        super(myCNN, self).__init__()
        weights = RobertaModel.from_pretrained('./models/VulBERTa/').embeddings.word_embeddings.weight
        self.embed = nn.Embedding.from_pretrained(weights, freeze=True, padding_idx=1)
        self.conv = nn.Conv1d(EMBED_DIM, 8, 3)
        self.fc = nn.Linear(8, 2)
    def forward(self, x):
        x = F.relu(self.conv(self.embed(x).permute(0, 2, 1)))
        return self.fc(F.max_pool1d(x, x.shape[2]).flatten(1))
"""
UNRUNNABLE = "%%capture\nimport torchtext\nraise SystemExit('this cell is not to be run')"

MLP_CELLS = [UNRUNNABLE, TOKENIZER, TRUNCATION, PROCESSING, CLEANER, DATASET, TRAINER, UNRUNNABLE]
CNN_CELLS = [UNRUNNABLE, TOKENIZER, TRUNCATION, CLEANER, PROCESSING, NETWORK, "model = myCNN(EMBED_SIZE,EMBED_DIM)",
             "model.embed.weight.data[PAD_IDX] = torch.zeros(EMBED_DIM)", UNRUNNABLE]

TRANSFORMERS = """
import types
import torch
from torch import nn

WIDTH = 768

class RobertaConfig:
    def __init__(self, **values):
        pass

class RobertaModel(nn.Module):
    def __init__(self, config=None):
        super().__init__()
        self.embeddings = nn.Module()
        self.embeddings.word_embeddings = nn.Embedding(20, WIDTH)
    @classmethod
    def from_pretrained(cls, path):
        print('weights of', path, open(path + 'pytorch_model.bin').read())
        return cls()

class RobertaForSequenceClassification(RobertaModel):
    def __init__(self, config=None):
        super().__init__()
        self.classifier = nn.Linear(WIDTH, 2)
    def num_parameters(self):
        return 4
    def forward(self, input_ids, attention_mask):
        return {'logits': self.classifier(self.embeddings.word_embeddings(input_ids).mean(dim=1))}

class TrainingArguments:
    def __init__(self, output_dir=None, num_train_epochs=3, per_device_train_batch_size=8, eval_strategy='no',
                 save_strategy='steps', seed=0, learning_rate=1.0, weight_decay=9.0, load_best_model_at_end=False,
                 logging_nan_inf_filter=True):
        self.__dict__.update(locals())
        assert eval_strategy == save_strategy == 'epoch' and load_best_model_at_end

class Trainer:
    def __init__(self, model, args, train_dataset, eval_dataset):
        self.model, self.args, self.train_dataset, self.eval_dataset = model, args, train_dataset, eval_dataset
        self.state = types.SimpleNamespace(epoch=0)
    def train(self):
        optimizer = torch.optim.AdamW([{'params': self.model.parameters(), 'weight_decay': self.args.weight_decay}],
                                      lr=self.args.learning_rate)
        batches = torch.utils.data.DataLoader(self.train_dataset, batch_size=self.args.per_device_train_batch_size,
                                              shuffle=True)
        for _ in range(self.args.num_train_epochs):
            for inputs in batches:
                optimizer.zero_grad()
                loss = self.compute_loss(self.model, inputs, num_items_in_batch=None)
                loss.backward()
                optimizer.step()
            self.state.epoch += 1.0
        return types.SimpleNamespace(training_loss=float(loss))
    def predict(self, dataset, metric_key_prefix):
        inputs = next(iter(torch.utils.data.DataLoader(dataset, batch_size=len(dataset))))
        with torch.no_grad():
            loss, outputs = self.compute_loss(self.model, inputs, return_outputs=True, num_items_in_batch=None)
        return types.SimpleNamespace(predictions=outputs['logits'].numpy(), metrics={
            metric_key_prefix + '_loss': float(loss), metric_key_prefix + '_samples_per_second': 12.5})
"""
PACKAGES = {
    "transformers.py": TRANSFORMERS,
    "clang/__init__.py": "",
    "clang/cindex.py": "class Index:\n    @staticmethod\n    def create():\n        return None\n",
}
MLP, CNN = "Finetuning_VulBERTa-MLP.ipynb", "Finetuning+evaluation_VulBERTa-CNN.ipynb"
METRICS = ["accuracy", "precision", "recall", "f1", "auc", "mcc", "eval_loss", "final_training_loss",
           "eval_samples_per_second"]


def notebook_of(cells):
    # Jupyter keeps the lines of a cell apart.
    code = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": ["class MyTokenizer"]}, *code]})


CLONE = {MLP: notebook_of(MLP_CELLS), CNN: notebook_of(CNN_CELLS), "tokenizer/drapgh-vocab.json": "{}"}


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


@unittest.skipIf(lacks("torch", "numpy", "sklearn"), "PyTorch, numpy or scikit-learn is missing")
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

    def test_made_up_data_and_a_network_without_pre_training_are_said(self):
        for model, (run, _, _) in self.runs.items():
            with self.subTest(model=model):
                self.assertIn("SMOKE data: this is no result of VulBERTa\n", run.out)
                self.assertIn("SMOKE weights: this network is small and was never pre-trained", run.out)

    def test_the_clone_stays_as_it_was_and_no_checkpoint_stays(self):
        self.assertEqual(sorted(self.trial.clone.rglob("*")), self.before)
        self.assertEqual([path.name for path in (self.trial.experiment / "work").iterdir()], ["tokenizer"])


@unittest.skipIf(lacks("torch", "numpy", "sklearn"), "PyTorch, numpy or scikit-learn is missing")
class OtherTrainings(unittest.TestCase):
    def setUp(self):
        self.trial = make_trial()
        self.addCleanup(self.trial.remove)

    def test_the_pre_trained_network_is_used_where_it_is_with_the_models_own_defaults(self):
        give_weights(self.trial)
        for model, values in (("mlp", ["3e-05", "0.0", "4", "42"]), ("cnn", ["0.0005", "0.0", "128", "1234"])):
            run = self.trial.run("-n", model, "--epochs", "1")
            self.assertEqual(run.status, 0, run.err)
            self.assertIn("weights of ./models/VulBERTa/ of VulBERTa\n", run.out)
            self.assertNotIn("SMOKE weights", run.out)
            self.assertEqual([run.arrived[name] for name in ("learning_rate", "weight_decay", "batch_size", "seed")], values)

    def test_a_loss_that_is_no_number_ends_the_run(self):
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

    def test_without_functions_the_run_is_refused_with_their_source(self):
        trial = make_trial()
        (trial.clone / "data" / "finetune" / "d2a" / "function" / "d2a_lbv1_function_dev.csv").unlink()
        self.assertIn("data.zip", self.refused(trial).err)

    def test_without_the_pre_trained_network_a_run_on_real_data_is_refused(self):
        run = self.refused(make_trial(is_smoke=False), "-n", "cnn")
        self.assertIn("repos/VulBERTa/models/VulBERTa", run.err)
        self.assertIn("pretraining_model.zip", run.err)

    @unittest.skipIf(lacks("torch", "numpy"), "PyTorch or numpy is missing")
    def test_a_notebook_without_the_cell_is_refused(self):
        cells = [cell for cell in CNN_CELLS if cell != CLEANER]
        run = self.refused(make_trial(clone={**CLONE, CNN: notebook_of(cells)}), "-n", "cnn")
        self.assertIn("no cell of", run.err)
        self.assertIn("settings/repos/VulBERTa.json", run.err)

    def test_another_data_set_makes_no_sense(self):
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
