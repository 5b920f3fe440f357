"""The result of a training."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """`scores` has the network's two outputs for each function of the dev set, `labels` the true classes.

    `training_loss` is the mean over the whole training for mlp, as in its trainer, and over the last epoch for cnn.
    """

    scores: list
    labels: list
    eval_loss: float
    training_loss: float
    samples_per_second: float
    epochs: int


def metrics_of(outcome):
    """The metrics of the notebooks, as fractions, and the losses, with the names of the RESULT lines."""
    from sklearn import metrics

    truth = outcome.labels
    predicted = [int(vulnerable > harmless) for harmless, vulnerable in outcome.scores]
    # The notebooks rank by this output only, not by the probability from both outputs.
    ranking = [vulnerable for _, vulnerable in outcome.scores]
    return {
        "accuracy": metrics.accuracy_score(truth, predicted),
        "precision": metrics.precision_score(truth, predicted, zero_division=0),
        "recall": metrics.recall_score(truth, predicted, zero_division=0),
        "f1": metrics.f1_score(truth, predicted, zero_division=0),
        "auc": metrics.roc_auc_score(truth, ranking),
        "mcc": metrics.matthews_corrcoef(truth, predicted),
        "eval_loss": outcome.eval_loss,
        "final_training_loss": outcome.training_loss,
        "eval_samples_per_second": outcome.samples_per_second,
    }
