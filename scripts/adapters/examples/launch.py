"""Trains one of PyTorch's examples on MNIST with its main.py, with seeds.

It only reads the clone and works in the run's own folder. The RESULT lines come last, only after a training.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import arguments, data, refusal, results, work  # noqa: E402 (found through the line above)
from models import ALIASES, EXAMPLES, reader_of, require_metrics  # noqa: E402

NAME = "examples"
BATCH_SIZE = 64
TRAIN_SIZE = 50000
FILES = [f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")]


def parse_arguments(argv=None):
    parser = arguments.make_parser(NAME, EXAMPLES, ALIASES)
    parser.add_argument("-e", "--epochs", type=arguments.whole_number(1))
    parser.add_argument("-l", "--lr", type=arguments.positive(), help="learning rate")
    parser.add_argument("-b", "--batch-size", type=arguments.whole_number(1), help="images in a batch")
    parser.add_argument("--train_size", type=arguments.whole_number(1), help="images of mnist_forward_forward")
    parser.add_argument("--seed", type=arguments.whole_number(0), default=1)
    options = parser.parse_args(argv)
    _complete(parser, options, EXAMPLES[options.model])
    return options


def _complete(parser, options, example):
    if options.batch_size is not None and example.is_full_batch:
        parser.error(f"{options.model} trains on all images at once: use --train_size, it has no batch size")
    if options.train_size is not None and not example.is_full_batch:
        parser.error(f"{options.model} trains on all of MNIST: use a batch size, it has no --train_size")
    options.epochs = options.epochs or example.epochs
    options.lr = options.lr or example.learning_rate
    options.batch_size = options.batch_size or BATCH_SIZE
    options.train_size = options.train_size or TRAIN_SIZE


def images_folder(clone):
    return clone / "data" / "MNIST" / "raw"


def needs(clone):
    source = "https://ossci-datasets.s3.amazonaws.com/mnist/ (four files, 11 MB), each unpacked with gunzip"
    return [data.Need(images_folder(clone) / name, "MNIST", source) for name in FILES]


def script_words(options, example, has_gpu):
    words = ["--epochs", options.epochs, "--lr", options.lr, "--seed", options.seed]
    words += ["--train_size", options.train_size] if example.is_full_batch else ["--batch-size", options.batch_size]
    return words + list(example.gpu_words if has_gpu else example.cpu_words)


def run_folder(clone):
    """The working folder. Some scripts look for the images in ./data, others in ../data."""
    folder = work.work_folder(clone)
    (folder / "run").mkdir()
    work.link(clone / "data", folder)
    work.link(clone / "data", folder / "run")
    return folder / "run"


def report(options, example, seen, batch_sizes, reader):
    seen.require_steps()
    metrics = require_metrics(reader)
    # With a full batch there is one step per epoch and optimizer; both layers have an optimizer.
    epochs = seen.steps // seen.optimizers if example.is_full_batch else reader.epochs
    if epochs != options.epochs:
        raise refusal.Failed(f"{epochs} of {options.epochs} epochs were run")
    results.arrived("epochs", epochs)
    results.arrived("learning_rate", seen.values("lr"))
    results.arrived("train_size" if example.is_full_batch else "batch_size", batch_sizes[0])
    results.arrived("seed", options.seed)
    results.arrived("steps", seen.steps)
    results.arrived("weights_checksum", seen.checksum())
    for name, value in metrics.items():
        results.result(name, value)


def train(options, clone):
    from launcher import devices, loaders, optimizers, script, seeding
    from repairs import repair

    example = EXAMPLES[options.model]
    if data.announce_smoke(NAME, images_folder(clone)):
        devices.use_one_thread()
    repair(options.model)
    folder = run_folder(clone)
    seen, batch_sizes, reader = optimizers.watch(), loaders.watch(), reader_of(example)
    seeding.seed_everything(options.seed)
    words = script_words(options, example, devices.has_gpu())
    status = script.run_script(clone / example.folder / "main.py", words, folder, [reader, results.refuse_nan_loss])
    if status == 0:
        report(options, example, seen, batch_sizes, reader)
    return status


def main():
    options = parse_arguments()
    clone = work.clone_folder(NAME, "mnist/main.py", "siamese_network/main.py")
    if options.check_data:
        return data.check_data(NAME, needs(clone))
    data.require_data(NAME, needs(clone))
    work.require_pinned_commit(NAME, clone)
    return train(options, clone)


if __name__ == "__main__":
    refusal.main(main)
