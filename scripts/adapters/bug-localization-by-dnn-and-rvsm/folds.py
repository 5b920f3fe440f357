"""The cross-validation of dnn_model.py, with given values for its network and with seeds.

Worker processes find this code by its name: a change made only in the parent process would not reach them.
"""

import functools
import math
import zlib
from dataclasses import dataclass

import joblib
import numpy
from launcher.refusal import Failed


@dataclass(frozen=True)
class Settings:
    """The values of a run. Without a seed, upstream's unseeded draws stay unseeded."""

    epochs: int
    learning_rate: float
    alpha: float
    seed: int | None

    def options(self):
        """The regressor's arguments that replace the built-in ones."""
        chosen = {"max_iter": self.epochs, "learning_rate_init": self.learning_rate, "alpha": self.alpha}
        return chosen if self.seed is None else {**chosen, "random_state": self.seed}


class Regressors:
    """Replaces the class MLPRegressor in dnn_model: creates regressors with other arguments and keeps them in `made`."""

    def __init__(self, kind, options):
        self._kind = kind
        self._options = options
        self.made = []

    def __call__(self, **built_in):
        self.made.append(self._kind(**{**built_in, **self._options}))
        return self.made[-1]


class Fold:
    """One fold: runs dnn_model's function in the worker with the run's values. Returns (accuracies, facts)."""

    def __init__(self, settings, function):
        self._settings = settings
        self._function = function

    def __call__(self, number, count, *data):
        import dnn_model
        from sklearn.neural_network import MLPRegressor

        if self._settings.seed is not None:
            # Each fold has its own random stream, independent of the process.
            numpy.random.seed(numpy.random.SeedSequence([self._settings.seed, number]).generate_state(1))
        dnn_model.MLPRegressor = Regressors(MLPRegressor, self._settings.options())
        accuracies = self._train(number, count, *data)
        facts = facts_of(dnn_model.MLPRegressor.made)
        print(f"Fold {number + 1} of {count}: {facts['epochs_run']} epochs, training loss {facts['loss']:.6f}, "
              f"top-1 accuracy {accuracies[1]}", flush=True)
        return accuracies, facts

    def _train(self, *arguments):
        try:
            return self._function(*arguments)
        except ValueError as error:
            # The regressor checks its weights after each epoch.
            if "non-finite" in str(error):
                raise Failed(f"the loss is nan ({error}); a lower learning rate may help") from error
            raise


def facts_of(made):
    """The values of the fold's fitted network."""
    if not made or not hasattr(made[0], "n_iter_"):
        raise Failed("no network was fitted: nothing was trained")
    network = made[0]
    if not math.isfinite(network.loss_):
        raise Failed(f"the loss is {network.loss_}; a lower learning rate may help")
    # From the optimizer if there is one, else from the regressor's argument.
    optimizer = getattr(network, "_optimizer", None)
    return {"epochs": network.max_iter, "epochs_run": network.n_iter_, "alpha": network.alpha,
            "learning_rate": getattr(optimizer, "learning_rate_init", network.learning_rate_init),
            "seed": network.random_state, "loss": float(network.loss_), "checksum": checksum_of(network)}


def checksum_of(network):
    """Equal for two trainings with equal results."""
    code = 0
    for weights in (*network.coefs_, *network.intercepts_):
        code = zlib.crc32(numpy.ascontiguousarray(weights), code)
    return f"{code:08x}"


class Folds(joblib.Parallel):
    """Replaces the class Parallel in dnn_model: returns the accuracies and adds the facts to our list."""

    def __init__(self, facts, **options):
        super().__init__(**options)
        self._facts = facts

    def __call__(self, tasks):
        outcomes = super().__call__(tasks)
        self._facts += [facts for _, facts in outcomes]
        return [accuracies for accuracies, _ in outcomes]


def cross_validate(settings, count):
    """dnn_model_kfold(count) with these settings. Returns ({rank: accuracy}, [facts of each fold])."""
    import dnn_model

    facts = []
    if settings.seed is not None:
        numpy.random.seed(settings.seed)
    dnn_model.Parallel = functools.partial(Folds, facts)
    dnn_model.delayed = lambda function: joblib.delayed(Fold(settings, function))
    accuracies = dnn_model.dnn_model_kfold(count)
    return accuracies, facts
