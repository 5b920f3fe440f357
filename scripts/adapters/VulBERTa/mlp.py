"""VulBERTa-MLP: the pre-trained RoBERTa with a classifier, fine-tuned with the notebook's trainer."""

import inspect

import functions
from launcher import refusal
from notebook import Notebook
from outcome import Outcome

FILE = "Finetuning_VulBERTa-MLP.ipynb"
BATCH_SIZE = 4
WEIGHTS = "models/VulBERTa"


def open_notebook(clone, device):
    import torch
    from torch.utils.data import Dataset
    from transformers import Trainer

    names = {"torch": torch, "Dataset": Dataset, "Trainer": Trainer, "device": device, **functions.tokenizer_names()}
    notebook = Notebook(clone / FILE, names)
    for cell in (*functions.CELLS, "class MyCustomDataset("):
        notebook.run(cell)
    return notebook


def build_network(has_weights):
    from transformers import RobertaConfig, RobertaForSequenceClassification

    if has_weights:
        return RobertaForSequenceClassification.from_pretrained(f"./{WEIGHTS}/")
    small = RobertaConfig(vocab_size=50000, max_position_embeddings=1026, type_vocab_size=1, hidden_size=64,
                          num_hidden_layers=2, num_attention_heads=4, intermediate_size=128)
    return RobertaForSequenceClassification(small)


def training_arguments(options, device):
    """The notebook's arguments, with the names of this version of transformers."""
    from transformers import TrainingArguments

    known = inspect.signature(TrainingArguments.__init__).parameters
    evaluation = "eval_strategy" if "eval_strategy" in known else "evaluation_strategy"
    wanted = {
        "output_dir": "checkpoints", "per_device_train_batch_size": options.batch_size,
        "num_train_epochs": options.epochs, evaluation: "epoch", "save_strategy": "epoch", "save_total_limit": 1,
        "save_only_model": True, "seed": options.seed, "learning_rate": options.learning_rate,
        "weight_decay": options.weight_decay, "fp16": device.type == "cuda", "report_to": "none",
        "load_best_model_at_end": True,
        # The filter would hide a nan loss; checking_trainer checks the loss instead.
        "logging_nan_inf_filter": False,
    }
    return TrainingArguments(**{name: value for name, value in wanted.items() if name in known})


def checking_trainer(base):
    """The notebook's trainer, which accepts the arguments of current transformers and ends at the first nan loss."""
    import torch

    class CheckingTrainer(base):
        def compute_loss(self, model, inputs, return_outputs=False, **_):
            result = super().compute_loss(model, inputs, return_outputs)
            loss = result[0] if return_outputs else result
            if not bool(torch.isfinite(loss).all()):
                raise refusal.Failed("the loss is nan; a lower learning rate may help")
            return result

    return CheckingTrainer


def train(options, clone, files, device, has_weights):
    """Trains in the current folder, which has models/VulBERTa, on the two `files`. Returns the Outcome."""
    notebook = open_notebook(clone, device)
    training, dev = (functions.encode(notebook, file) for file in files)
    network = build_network(has_weights)
    print(f"{network.num_parameters()} parameters, {len(training)} functions to train, {len(dev)} to evaluate", flush=True)
    notebook.names["c_weights"] = functions.class_weights(training.labels)
    notebook.run("class MyTrainer(")
    dataset = notebook["MyCustomDataset"]
    trainer = checking_trainer(notebook["MyTrainer"])(
        model=network, args=training_arguments(options, device),
        train_dataset=dataset(training.encodings, training.labels), eval_dataset=dataset(dev.encodings, dev.labels))
    trained = trainer.train()
    # The trainer has loaded the best epoch's weights.
    final = trainer.predict(trainer.eval_dataset, metric_key_prefix="eval")
    return Outcome(scores=final.predictions.tolist(), labels=dev.labels, eval_loss=final.metrics["eval_loss"],
                   training_loss=trained.training_loss, samples_per_second=final.metrics["eval_samples_per_second"],
                   epochs=round(trainer.state.epoch))
