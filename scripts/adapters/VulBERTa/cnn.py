"""VulBERTa-CNN: convolutions over the pre-trained embeddings, which are not trained.

The network is the notebook's. The training loop is rewritten with the same arguments, because the notebook's loop needs a
part of torchtext that no longer exists.
"""

import math
import time
from dataclasses import dataclass

import functions
from launcher import refusal
from notebook import Notebook
from outcome import Outcome

FILE = "Finetuning+evaluation_VulBERTa-CNN.ipynb"
BATCH_SIZE = 128
LENGTH = 1024
VOCABULARY, WIDTH = 50000, 768
PADDING = 1


class UntrainedRoberta:
    """Replaces transformers' RobertaModel: random embeddings of the right size."""

    @staticmethod
    def from_pretrained(_):
        from transformers import RobertaConfig, RobertaModel

        return RobertaModel(RobertaConfig(vocab_size=VOCABULARY, hidden_size=WIDTH, num_hidden_layers=1,
                                          max_position_embeddings=1026, type_vocab_size=1))


def open_notebook(clone, has_weights):
    import torch
    from torch import nn

    roberta = UntrainedRoberta
    if has_weights:
        from transformers import RobertaModel as roberta
    names = {"torch": torch, "nn": nn, "F": nn.functional, "RobertaModel": roberta, "EMBED_SIZE": VOCABULARY + 2,
             "EMBED_DIM": WIDTH, "PAD_IDX": PADDING, **functions.tokenizer_names()}
    notebook = Notebook(clone / FILE, names)
    for cell in functions.CELLS:
        notebook.run(cell)
    return notebook


def build_network(notebook, device):
    """myCNN, with zero embeddings for padding."""
    for cell in ("class myCNN(", "myCNN(EMBED_SIZE", "embed.weight.data[PAD_IDX]"):
        notebook.run(cell)
    return notebook["model"].to(device)


def batches_of(encoded, batch_size):
    """In the order of the file, as in the notebook."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    codes = torch.full((len(encoded), LENGTH), PADDING)
    ids = torch.tensor(encoded.encodings["input_ids"])
    codes[:, :ids.shape[1]] = ids
    return DataLoader(TensorDataset(codes, torch.tensor(encoded.labels)), batch_size=batch_size)


@dataclass(frozen=True)
class Learner:
    """A network with its loss and optimizer."""

    network: object
    criterion: object
    optimizer: object
    device: object

    def train_epoch(self, batches):
        """Returns the mean of the batches' losses."""
        self.network.train()
        total = 0.0
        for codes, labels in batches:
            self.optimizer.zero_grad()
            loss = self.criterion(self.network(codes.to(self.device)), labels.to(self.device))
            loss.backward()
            self.optimizer.step()
            total += loss.item()
        if not math.isfinite(total):
            raise refusal.Failed("the loss is nan; a lower learning rate may help")
        return total / len(batches)

    def evaluate(self, batches):
        """Returns (scores, mean of the batches' losses)."""
        import torch

        self.network.eval()
        scores, total = [], 0.0
        with torch.no_grad():
            for codes, labels in batches:
                output = self.network(codes.to(self.device))
                total += self.criterion(output, labels.to(self.device)).item()
                scores += output.tolist()
        return scores, total / len(batches)


def make_learner(options, network, labels, device):
    import torch

    criterion = torch.nn.CrossEntropyLoss(weight=functions.class_weights(labels)).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay)
    return Learner(network, criterion, optimizer, device)


def train(options, clone, files, device, has_weights):
    """Trains in the current folder, which has models/VulBERTa, on the two `files`. Returns the Outcome."""
    notebook = open_notebook(clone, has_weights)
    training, dev = (functions.encode(notebook, file) for file in files)
    learner = make_learner(options, build_network(notebook, device), training.labels, device)
    print(f"{len(training)} functions to train, {len(dev)} to evaluate", flush=True)
    training_batches, dev_batches = batches_of(training, options.batch_size), batches_of(dev, options.batch_size)
    for epoch in range(1, options.epochs + 1):
        start = time.monotonic()
        loss = learner.train_epoch(training_batches)
        middle = time.monotonic()
        scores, eval_loss = learner.evaluate(dev_batches)
        end = time.monotonic()
        print(f"epoch {epoch}/{options.epochs}: training loss {loss:.4f}, eval loss {eval_loss:.4f}, "
              f"{end - start:.1f} s", flush=True)
    return Outcome(scores=scores, labels=dev.labels, eval_loss=eval_loss, training_loss=loss,
                   samples_per_second=len(dev) / (end - middle), epochs=epoch)
