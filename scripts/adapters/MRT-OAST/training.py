"""Runs the unchanged main_batch.py and reads its results."""

import os
import traceback

# The script loads a whole network that it saved itself; since PyTorch 2.6 this must be allowed.
os.environ["TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"] = "1"

import torch  # noqa: E402 (the variable above comes first)

from launcher import devices, optimizers, refusal, results, script, work  # noqa: E402
from dataset_files import folder_of  # noqa: E402
from watching import FirstNetwork, Report  # noqa: E402

#: A small network for made-up data: it trains in a second.
SMOKE_NETWORK = ["--sen_max_len", 32, "--transformer_nlayers", 1, "--d_model", 32, "--d_ff", 64, "--h", 4]


def train(given, clone, batch_size, smoke):
    """Trains with the values `given`, prints what arrived and the results; returns the script's status."""
    place = prepare_place(clone)
    if smoke:
        # A second thread is not faster on so few data, and on a busy machine it is much slower.
        torch.set_num_threads(1)
    devices.allow_cpu()
    optimizers.override("Adam", weight_decay=given.weight_decay)
    steps = optimizers.watch()
    network = FirstNetwork()
    report = Report()
    status = run_main_batch(clone, script_arguments(given, batch_size, smoke), place, report)
    if status != 0:
        return status
    steps.require_steps()
    values = report.require_values(given.epochs)
    print_arrived(steps, network, report)
    for name, value in values.items():
        results.result(name, value)
    return 0


def prepare_place(clone):
    """The script reads and writes only below the current folder, and creates none of its folders."""
    place = work.work_folder(clone)
    work.link(folder_of(clone), place)
    for name in ("pic", "model"):
        (place / name).mkdir()
    return place


def script_arguments(given, batch_size, smoke):
    """main_batch.py's own arguments.

    The script saves its network only at a validation, by default every 1,750 steps: the last save may be long before the
    end, and a short training has none. Here it validates after each epoch.
    """
    chosen = ["--lr", given.lr, "--epochs", given.epochs, "--dropout", given.dropout, "--seed", given.seed,
              "--tag", "OJClone_OAST", "--ast_type", "OAST", "--save", "model/run", "--valid_step", 0,
              "--data", "origindata/OJClone_with_AST+OAST.csv",
              "--train_pair", "origindata/OJClone_train.csv",
              "--valid_pair", "origindata/OJClone_valid.csv",
              "--test_pair", "origindata/OJClone_test.csv",
              "--dictionary", "origindata/OJClone_XXX_dictionary.txt",
              "--batch_size", batch_size]
    if smoke:
        chosen += SMOKE_NETWORK
    if devices.has_gpu():
        chosen.append("--cuda")
    return chosen


def run_main_batch(clone, argv, place, report):
    try:
        return script.run_script(clone / "main_batch.py", argv, place, [report.read])
    except RuntimeError as error:
        # The criterion refuses nan outputs before there is a loss.
        if "between 0 and 1" in str(error):
            raise refusal.Failed(f"the loss is nan ({first_line(error)}); a lower learning rate may help") from error
        # A GPU error has no details, so the traceback is printed too.
        if "device-side assert" in str(error):
            traceback.print_exc()
            raise refusal.Failed("the GPU refused a value; usually the loss is nan") from error
        raise


def first_line(error):
    return str(error).splitlines()[0]


def print_arrived(steps, network, report):
    # The rate rises from 0 during the first fifth, then falls: its maximum is the given value.
    results.arrived("learning_rate", steps.highest_lr)
    results.arrived("weight_decay", steps.values("weight_decay"))
    results.arrived("dropout", network.dropout)
    results.arrived("attention_dropout", network.attention_dropout)
    results.arrived("epochs", report.epochs)
    results.arrived("steps", steps.steps)
    results.arrived("seed", torch.initial_seed())
    results.arrived("weights_checksum", steps.checksum())
