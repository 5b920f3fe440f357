"""Fine-tunes VulBERTa on D2A with the code of its notebooks, mlp or cnn.

It only reads the clone and works in the run's own folder. The RESULT lines come last, only after a training.
"""

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import arguments, data, refusal, results, work  # noqa: E402 (found through the line above)
import cnn  # noqa: E402
import mlp  # noqa: E402
from outcome import metrics_of  # noqa: E402

NAME = "VulBERTa"
MODELS = {"mlp": mlp, "cnn": cnn}
EPOCHS = {"mlp": 10, "cnn": 20}
LEARNING_RATES = {"mlp": 3e-5, "cnn": 5e-4}
SEEDS = {"mlp": 42, "cnn": 1234}
WEIGHTS = Path(mlp.WEIGHTS)


def parse_arguments(argv=None):
    parser = arguments.make_parser(NAME, MODELS)
    parser.add_argument("-d", "--dataset", choices=["d2a"], default="d2a")
    parser.add_argument("--epochs", type=arguments.whole_number(1))
    parser.add_argument("--learning_rate", type=arguments.positive())
    parser.add_argument("--weight_decay", type=arguments.not_negative(), default=0.0)
    parser.add_argument("--batch_size", type=arguments.whole_number(1), help="functions in a batch")
    parser.add_argument("--seed", type=arguments.whole_number(0))
    options = parser.parse_args(argv)
    options.epochs = options.epochs or EPOCHS[options.model]
    options.learning_rate = options.learning_rate or LEARNING_RATES[options.model]
    options.batch_size = options.batch_size or MODELS[options.model].BATCH_SIZE
    options.seed = SEEDS[options.model] if options.seed is None else options.seed
    return options


def functions_folder(clone):
    return clone / "data" / "finetune" / "d2a" / "function"


def files_of(clone):
    return [functions_folder(clone) / f"d2a_lbv1_function_{part}.csv" for part in ("train", "dev")]


def data_needs(clone):
    source = "data.zip from the link in the clone's data/README.md, unpacked in data/ of the clone"
    return [data.Need(file, "functions of D2A", source) for file in files_of(clone)]


def weight_needs(clone):
    source = "pretraining_model.zip from the link in the clone's models/README.md, unpacked in models/ of the clone"
    folder = clone / WEIGHTS
    safe = folder / "model.safetensors"
    weights = safe if safe.exists() else folder / "pytorch_model.bin"
    return [data.Need(path, "the pre-trained VulBERTa", source) for path in (folder / "config.json", weights)]


def find_weights(clone, is_smoke):
    """Whether the pre-trained network exists; refuses the run if it does not, except with made-up data."""
    if not data.missing(weight_needs(clone)):
        return True
    if not is_smoke:
        raise refusal.Refused(f"the pre-trained network is not in {clone / WEIGHTS}", "download pretraining_model.zip from "
                              "the link in the clone's models/README.md, and unpack it in models/ of the clone")
    print(f"SMOKE weights: this network is small and was never pre-trained; this is not a result of {NAME}", flush=True)
    return False


def enter_work_folder(clone, has_weights):
    """The notebooks look for their files in the current folder."""
    folder = work.work_folder(clone)
    work.link(clone / "tokenizer", folder)
    if has_weights:
        work.link(clone / WEIGHTS, folder / WEIGHTS.parent)
    os.chdir(folder)
    return folder


def report(options, seen, batch_sizes, outcome):
    seen.require_steps()
    if outcome.epochs != options.epochs:
        raise refusal.Failed(f"{outcome.epochs} of {options.epochs} epochs were run")
    metrics = metrics_of(outcome)
    results.arrived("epochs", outcome.epochs)
    results.arrived("learning_rate", seen.values("lr"))
    # The mlp's trainer uses 0 for biases and normalisation: a second group.
    results.arrived("weight_decay", seen.values("weight_decay"))
    results.arrived("batch_size", batch_sizes[0])
    results.arrived("seed", options.seed)
    results.arrived("steps", seen.steps)
    results.arrived("weights_checksum", seen.checksum())
    for name, value in metrics.items():
        results.result(name, value)


def train(options, clone):
    import torch
    from launcher import devices, loaders, optimizers, seeding

    is_smoke = data.announce_smoke(NAME, functions_folder(clone))
    if is_smoke:
        devices.use_one_thread()
    has_weights = find_weights(clone, is_smoke)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    files = [file.resolve() for file in files_of(clone)]
    clone = clone.resolve()
    folder = enter_work_folder(clone, has_weights)
    seen, batch_sizes = optimizers.watch(), loaders.watch()
    seeding.seed_everything(options.seed)
    try:
        outcome = MODELS[options.model].train(options, clone, files, device, has_weights)
    finally:
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    report(options, seen, batch_sizes, outcome)


def check(clone):
    weights = [] if data.is_smoke(functions_folder(clone)) else weight_needs(clone)
    return data.check_data(NAME, data_needs(clone) + weights)


def main():
    options = parse_arguments()
    clone = work.clone_folder(NAME, mlp.FILE, cnn.FILE, "tokenizer")
    if options.check_data:
        return check(clone)
    data.require_data(NAME, data_needs(clone))
    work.require_pinned_commit(NAME, clone)
    return train(options, clone)


if __name__ == "__main__":
    refusal.main(main)
