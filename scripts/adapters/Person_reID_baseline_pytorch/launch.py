"""Trains a person re-identification network on Market-1501 with train.py of Person_reID_baseline_pytorch, then tests it
with test.py and evaluate_gpu.py.

It only reads the clone and works in the run's own folder. The RESULT lines come last, only after a training.
"""

import gc
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from launcher import arguments, data, refusal, results, work  # noqa: E402 (found through the line above)
import pretrained  # noqa: E402
import upstream  # noqa: E402

NAME = "Person_reID_baseline_pytorch"
MODELS = ["densenet121", "hrnet18", "pcb"]
USUAL_LEARNING_RATE, USUAL_BATCH_SIZE = 0.05, 24
LEARNING_RATES, BATCH_SIZES = {"pcb": 0.02}, {"pcb": 32}
#: The folders that train.py and test.py read, each with one folder per person.
PARTS = ("train_all", "val", "gallery", "query")
RUN = "run"


def parse_arguments(argv=None):
    parser = arguments.make_parser(NAME, MODELS)
    parser.add_argument("--fetch-weights", action="store_true", help="download the pre-trained weights, and train nothing")
    parser.add_argument("--total_epoch", type=arguments.whole_number(1), default=60, help="epochs")
    parser.add_argument("--lr", type=arguments.positive(), help="learning rate of the classifier, ten times the backbone's")
    parser.add_argument("--batchsize", type=arguments.whole_number(2), help="images in a batch")
    parser.add_argument("--droprate", type=arguments.probability(), default=0.5, help="dropout before the classifier")
    parser.add_argument("--seed", type=arguments.whole_number(0), help="without a seed every run is different, as upstream")
    options = parser.parse_args(argv)
    options.lr = options.lr or LEARNING_RATES.get(options.model, USUAL_LEARNING_RATE)
    options.batchsize = options.batchsize or BATCH_SIZES.get(options.model, USUAL_BATCH_SIZE)
    return options


def images_folder(clone):
    """prepare.py puts the images beside the clone; they may also be in the clone. Prefers real images to made-up ones."""
    places = [folder / "Market" / "pytorch" for folder in (clone.parent, clone)]
    return min((place for place in places if place.is_dir()), key=data.is_smoke, default=places[0])


def needs(clone):
    source = ("the authors of Market-1501 give it on request (12,936 + 19,732 + 3,368 images); "
              "put it beside the clone as Market-1501-v15.09.15, then run prepare.py there")
    return [data.Need(images_folder(clone) / part, "Market-1501 as prepare.py sorts it", source) for part in PARTS]


def training_words(options, images):
    return ["--name", RUN, "--data_dir", images, "--train_all", "--batchsize", options.batchsize, "--lr", options.lr,
            "--total_epoch", options.total_epoch, "--droprate", options.droprate, upstream.WORDS[options.model],
            *device_words()]


def testing_words(options, images):
    words = ["--name", RUN, "--test_dir", images, "--batchsize", options.batchsize, *device_words()]
    return words + (["--PCB"] if options.model == "pcb" else [])


def device_words():
    from launcher import devices

    return [] if devices.has_gpu() else ["--gpu_ids", -1]


def run_folder(clone):
    folder = work.work_folder(clone)
    # train.py copies both files from the current folder.
    for script in ("train.py", "model.py"):
        work.link(clone / script, folder)
    (folder / "model").mkdir()
    return folder


def run_training(options, clone, folder, networks, readers):
    """Runs train.py, which writes the last epoch's weights to model/run/net_last.pth. Returns its exit status."""
    import torch
    from launcher import script

    words = training_words(options, images_folder(clone).resolve())
    try:
        return script.run_script(clone / "train.py", words, folder, readers)
    except UnboundLocalError as error:
        if not upstream.is_missing_tenth_epoch(error):
            raise
    torch.save(networks[-1].state_dict(), folder / "model" / RUN / "net_last.pth")
    return 0


def run_evaluation(options, clone, folder, readers):
    """Runs test.py, which writes the features of all images, and evaluate_gpu.py on them. Returns the exit status."""
    import torch
    from launcher import script

    # The training's GPU memory is free only after all objects of its script are gone.
    gc.collect()
    torch.cuda.empty_cache()
    words = testing_words(options, images_folder(clone).resolve())
    status = script.run_script(clone / "test.py", words, folder, readers)
    if status == 0:
        status = script.run_script(clone / "evaluate_gpu.py", [], folder, readers)
    return status


def remove_large_files(folder):
    """Removes weights and features: up to a gigabyte per run, not needed any more."""
    for path in [*folder.glob("model/*/*.pth"), *folder.glob("*.mat")]:
        path.unlink()


def report(options, seen, batch_sizes, probabilities, checksum, log):
    if not log.metrics:
        raise refusal.Failed("evaluate_gpu.py printed no line with ranks")
    results.arrived("epochs", log.epochs)
    results.arrived("learning_rate", seen.highest_lr)
    results.arrived("learning_rate_of_groups", seen.values("lr"))
    results.arrived("weight_decay", seen.values("weight_decay"))
    # With dropout 0, networks other than pcb have no dropout module.
    results.arrived("dropout", probabilities or 0.0)
    results.arrived("batch_size", batch_sizes[0])
    results.arrived("seed", options.seed)
    results.arrived("steps", seen.steps)
    results.arrived("weights_checksum", checksum)
    for name, value in log.metrics.items():
        results.result(name, value)


def prepare_scripts(options, clone):
    """Prepares the modules for train.py and test.py. Returns a list that gets the networks that they build."""
    from launcher import devices

    devices.allow_cpu()
    upstream.refuse_nan_progress()
    upstream.allow_one_epoch()
    upstream.skip_evaluation()
    if data.is_smoke(images_folder(clone)):
        devices.use_one_thread()
        upstream.load_in_process()
    sys.path.insert(0, str(clone))
    import model

    return upstream.watch_networks(model, options.model, options.droprate if options.model == "pcb" else None)


def train(options, clone):
    from launcher import dropout, loaders, optimizers, seeding

    folder = run_folder(clone)
    networks = prepare_scripts(options, clone)
    seen, batch_sizes, log = optimizers.watch(), loaders.watch(), upstream.Log()
    readers = [log, results.refuse_nan_loss]
    seeding.seed_everything(options.seed)
    try:
        status = run_training(options, clone, folder, networks, readers)
        if status != 0:
            return status
        seen.require_steps()
        if log.epochs != options.total_epoch:
            raise refusal.Failed(f"{log.epochs} of {options.total_epoch} epochs were run")
        # The backbone of hrnet18 has its own dropout module, with 0.
        dropping = networks[0] if options.model == "pcb" else networks[0].classifier
        probabilities, checksum = dropout.probabilities(dropping), seen.checksum()
        status = run_evaluation(options, clone, folder, readers)
    finally:
        remove_large_files(folder)
    if status == 0:
        report(options, seen, batch_sizes, probabilities, checksum, log)
    return status


def use_weights(model, is_smoke):
    """Refuses the run if the backbone's pre-trained weights are missing, except with made-up data."""
    has_weights = pretrained.are_there(model)
    if is_smoke and not has_weights:
        print(f"SMOKE weights: the backbone of {model} is not pre-trained; this is not a result of {NAME}", flush=True)
    elif not has_weights:
        need, = pretrained.needs([model])
        raise refusal.Refused(f"the {need.what} are not at {need.path}", f"scripts/setup-repository.sh {NAME}, or "
                              f"{pretrained.REMEDY}, or copy them there from {need.source}")
    pretrained.take_from_cache(has_weights)


def check(options, clone):
    models = [options.model] if options.is_model_named else MODELS
    weights = [] if data.is_smoke(images_folder(clone)) else pretrained.needs(models)
    return data.check_data(NAME, needs(clone) + weights)


def main():
    options = parse_arguments()
    if options.fetch_weights:
        return pretrained.fetch()
    clone = work.clone_folder(NAME, "train.py", "test.py", "evaluate_gpu.py")
    if options.check_data:
        return check(options, clone)
    data.require_data(NAME, needs(clone))
    work.require_pinned_commit(NAME, clone)
    use_weights(options.model, data.announce_smoke(NAME, images_folder(clone)))
    return train(options, clone)


if __name__ == "__main__":
    refusal.main(main)
