"""Small imitations of VulBERTa's notebooks and of the libraries that they use."""

import json

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


def notebook_of(cells):
    # Jupyter stores the lines of a cell separately.
    code = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": ["class MyTokenizer"]}, *code]})


CLONE = {MLP: notebook_of(MLP_CELLS), CNN: notebook_of(CNN_CELLS), "tokenizer/drapgh-vocab.json": "{}"}
