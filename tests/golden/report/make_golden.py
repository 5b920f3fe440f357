#!/usr/bin/env python3
"""Computes what a report has to say about two made-up campaigns, with numpy, scipy and statsmodels.

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install scipy statsmodels
    /tmp/golden/bin/python tests/golden/report/make_golden.py

Writes the JSON files beside this script. They are committed: the tests need no Python. This is an independent
computation: from the runs' values and figures, by the rules of the report, to its numbers.
"""

import itertools
import json
import math
import platform
from pathlib import Path

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.diagnostic import het_breuschpagan, normal_ad
from statsmodels.stats.multitest import multipletests

FOLDER = Path(__file__).parent


def significant(x, digits=6):
    return float(f"{x:.{digits}g}")


class Column:
    def __init__(self, hyperparameter, term, values, step, level=None):
        self.hyperparameter, self.term, self.step, self.level = hyperparameter, term, step, level
        self.values = np.array(values, float)


def code_log(name, raw):
    """ln of what is positive about its mean; zeros and runs without a value have columns of their own."""
    logs = [math.log(x) for x in raw if x is not None and x > 0]
    mean = sum(logs) / len(logs)
    columns = []
    if any(x == 0 for x in raw):
        columns.append(Column(name, "zero", [x == 0 for x in raw], 1))
    columns.append(Column(name, "log", [math.log(x) - mean if x else 0 for x in raw], math.log(2)))
    if None in raw:
        columns.append(Column(name, "choice", [x is None for x in raw], 1, "not set"))
    return columns


def code_linear(name, raw):
    mean = sum(raw) / len(raw)
    tried = sorted(set(raw))
    last = len(tried) - 1
    step = tried[math.floor(0.9 * last + 0.5)] - tried[math.floor(0.1 * last + 0.5)]
    return [Column(name, "linear", [x - mean for x in raw], step)]


def code_choice(name, raw, default):
    levels = sorted(set(raw) - {default})
    return [Column(name, "choice", [x == level for x in raw], 1, level) for level in levels]


def outcomes_of(runs):
    energy = np.array([run["energy"] for run in runs])
    duration = np.array([run["duration"] for run in runs])
    found = {"energy": np.log(energy), "duration": np.log(duration), "power": np.log(energy / duration)}
    for metric in runs[0]["metrics"]:
        values = np.array([run["metrics"][metric] for run in runs])
        is_share = bool(((values > 0) & (values < 1)).all())
        found[metric] = np.log(values / (1 - values)) if is_share else values
    return found


def change_at_mean(values, step):
    if not ((values > 0) & (values < 1)).all():
        return step
    mean = values.mean()
    return 1 / (1 + math.exp(-(math.log(mean / (1 - mean)) + step))) - mean


def effects_of(runs, columns):
    inputs = np.column_stack([column.values for column in columns])
    effects, fits = [], []
    for outcome, values in outcomes_of(runs).items():
        fit = sm.OLS(values, sm.add_constant(inputs)).fit()
        low, high = fit.conf_int().T
        hc3 = fit.HC3_se
        for j, column in enumerate(columns, start=1):
            effect = {
                "outcome": outcome,
                "hyperparameter": column.hyperparameter,
                "term": column.term,
                "level": column.level,
                "estimate": fit.params[j],
                "standard_error": fit.bse[j],
                "hc3_standard_error": hc3[j],
                "ci95": [low[j], high[j]],
                "p": fit.pvalues[j],
            }
            if outcome in ("energy", "duration", "power"):
                effect["ratio"] = math.exp(fit.params[j] * column.step)
                effect["ratio_ci95"] = [math.exp(low[j] * column.step), math.exp(high[j] * column.step)]
            else:
                raw = np.array([run["metrics"][outcome] for run in runs])
                effect["change"] = change_at_mean(raw, fit.params[j] * column.step)
            effects.append(effect)
        influence = fit.get_influence()
        scaled = (inputs - inputs.mean(axis=0)) / np.sqrt(((inputs - inputs.mean(axis=0)) ** 2).sum(axis=0))
        lagrange, lagrange_p, _, _ = het_breuschpagan(fit.resid, sm.add_constant(inputs))
        anderson, anderson_p = normal_ad(fit.resid)
        fits.append(
            {
                "outcome": outcome,
                "n": len(runs),
                "p": len(columns),
                "r2": fit.rsquared,
                "residual_sd": math.sqrt(fit.mse_resid),
                "condition_number": np.linalg.cond(scaled),
                "largest_cooks_distance": influence.cooks_distance[0].max(),
                "largest_cooks_run": int(influence.cooks_distance[0].argmax()),
                "breusch_pagan": [lagrange, lagrange_p],
                "anderson_darling": [anderson, anderson_p],
                "squared_terms": squared_terms(values, inputs, columns, fit),
            }
        )
    holm = multipletests([effect["p"] for effect in effects], method="holm")[1]
    for effect, adjusted in zip(effects, holm):
        effect["p_holm"] = adjusted
    return effects, fits


def squared_terms(values, inputs, columns, fit):
    squares = [
        (column.values - column.values.mean()) ** 2
        for column in columns
        if column.term in ("log", "linear") and len(set(column.values)) > 2
    ]
    larger = sm.OLS(values, sm.add_constant(np.column_stack([inputs, *squares]))).fit()
    f, p, _ = larger.compare_f_test(fit)
    return [f, p]


def shares_of(runs, columns):
    """Shapley values of R2; the columns of one hyperparameter enter together."""
    names = list(dict.fromkeys(column.hyperparameter for column in columns))
    found = []
    for outcome, values in outcomes_of(runs).items():
        r2 = {}
        for size in range(len(names) + 1):
            for subset in itertools.combinations(names, size):
                used = [column.values for column in columns if column.hyperparameter in subset]
                design = np.column_stack([np.ones(len(values)), *used])
                residual = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
                r2[frozenset(subset)] = 1 - (residual**2).sum() / ((values - values.mean()) ** 2).sum()
        for name in names:
            share = 0
            for subset, value in r2.items():
                if name not in subset:
                    s = len(subset)
                    weight = math.factorial(s) * math.factorial(len(names) - s - 1) / math.factorial(len(names))
                    share += weight * (r2[subset | {name}] - value)
            found.append({"outcome": outcome, "hyperparameter": name, "share": share})
    return found


def add_ranks(runs, shares):
    outcomes = outcomes_of(runs)
    for share in shares:
        raw = [run["values"].get(share["hyperparameter"]) for run in runs]
        if any(isinstance(x, str) for x in raw):
            continue
        kept = [i for i, x in enumerate(raw) if x is not None]
        share["spearman"] = stats.spearmanr([raw[i] for i in kept], outcomes[share["outcome"]][kept]).statistic


def interactions_of(runs, columns):
    pairs = [
        (i, j)
        for i in range(len(columns))
        for j in range(i + 1, len(columns))
        if columns[i].hyperparameter != columns[j].hyperparameter
    ]
    centred = [column.values - column.values.mean() for column in columns]
    design = sm.add_constant(
        np.column_stack([column.values for column in columns] + [centred[i] * centred[j] for i, j in pairs])
    )
    found = []
    for outcome, values in outcomes_of(runs).items():
        fit = sm.OLS(values, design).fit()
        for k, (i, j) in enumerate(pairs):
            at = 1 + len(columns) + k
            found.append(
                {
                    "outcome": outcome,
                    "first": columns[i].hyperparameter,
                    "second": columns[j].hyperparameter,
                    "estimate": fit.params[at],
                    "ci95": list(fit.conf_int()[at]),
                    "p": fit.pvalues[at],
                }
            )
    holm = multipletests([interaction["p"] for interaction in found], method="holm")[1]
    for interaction, adjusted in zip(found, holm):
        interaction["p_holm"] = adjusted
    return found


def epoch_cost_of(runs):
    epochs = [run["values"]["epochs"] for run in runs]
    slope, intercept, low, high = stats.theilslopes([run["energy"] for run in runs], epochs, 0.95)
    return {"joules_per_epoch": slope, "ci95": [low, high], "fixed_joules": intercept}


def make_run(rng, values, log_seconds, log_watts, logit):
    duration = math.exp(log_seconds + 0.02 * rng.normal())
    energy = duration * math.exp(log_watts + 0.02 * rng.normal())
    accuracy = 1 / (1 + math.exp(-(logit + 0.1 * rng.normal())))
    return {
        "values": values,
        "duration": significant(duration, 9),
        "energy": significant(energy, 9),
        "metrics": {"accuracy": significant(accuracy, 9), "perplexity": significant(3 / accuracy, 9)},
    }


def mixed_campaign():
    """All ways of coding, with the registry's facts."""
    rng = np.random.default_rng(20260101)
    runs = []
    for _ in range(48):
        epochs = int(round(math.exp(rng.uniform(math.log(3), math.log(50)))))
        rate = significant(math.exp(rng.uniform(math.log(0.001), math.log(0.1))))
        dropout = significant(rng.uniform(0, 0.5), 3)
        decay = 0.0 if rng.uniform() < 0.3 else significant(math.exp(rng.uniform(math.log(1e-5), math.log(1e-3))))
        optimizer = ["sgd", "adam", "rmsprop"][rng.integers(0, 3)]
        seconds = 1 + 0.93 * math.log(epochs) + {"sgd": 0, "adam": 0.1, "rmsprop": 0.04}[optimizer] + 0.1 * dropout**2
        watts = 5 + 0.02 * math.log(rate) - 0.05 * dropout + (0.03 if decay == 0 else 0)
        logit = 1 + 0.4 * math.log(epochs) - 0.2 * math.log(rate / 0.01) - 0.8 * dropout
        values = {"epochs": epochs, "rate": rate, "dropout": dropout, "decay": decay, "optimizer": optimizer, "seed": 3}
        runs.append(make_run(rng, values, seconds, watts, logit))
    raw = {name: [run["values"][name] for run in runs] for name in runs[0]["values"]}
    columns = code_log("epochs", raw["epochs"]) + code_log("rate", raw["rate"]) + code_linear("dropout", raw["dropout"])
    columns += code_log("decay", raw["decay"]) + code_choice("optimizer", raw["optimizer"], "sgd")
    return runs, columns


def guessed_campaign():
    """Without facts: the coding follows from the values. Some runs have no momentum."""
    rng = np.random.default_rng(20260102)
    runs = []
    for i in range(80):
        epochs = int(rng.integers(1, 60))
        momentum = None if i % 4 == 0 else significant(rng.uniform(0.5, 0.99), 3)
        seconds = 1 + 0.9 * math.log(epochs)
        watts = 5 + (0.1 if momentum is None else 0.1 * momentum) + 0.02 * math.log(epochs) * (momentum or 0.7)
        values = {"epochs": epochs, "seed": i}
        if momentum is not None:
            values["momentum"] = momentum
        runs.append(make_run(rng, values, seconds, watts, 1 + 0.3 * math.log(epochs)))
    momentum = [run["values"].get("momentum") for run in runs]
    present = [x for x in momentum if x is not None]
    mean = sum(present) / len(present)
    tried = sorted(set(present))
    last = len(tried) - 1
    step = tried[math.floor(0.9 * last + 0.5)] - tried[math.floor(0.1 * last + 0.5)]
    columns = code_log("epochs", [run["values"]["epochs"] for run in runs])
    columns.append(Column("momentum", "linear", [0 if x is None else x - mean for x in momentum], step))
    columns.append(Column("momentum", "choice", [x is None for x in momentum], 1, "not set"))
    return runs, columns


def plain(value):
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(part) for part in value]
    if isinstance(value, (int, str, type(None))):
        return value
    return float(value)


def write(name, campaign, with_interactions):
    runs, columns = campaign
    effects, fits = effects_of(runs, columns)
    shares = shares_of(runs, columns)
    add_ranks(runs, shares)
    expected = {"runs": runs, "effects": effects, "fits": fits, "shares": shares, "epoch_cost": epoch_cost_of(runs)}
    if with_interactions:
        expected["interactions"] = interactions_of(runs, columns)
    text = json.dumps(plain(expected), allow_nan=False, separators=(",", ":"))
    (FOLDER / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    write("mixed", mixed_campaign(), False)
    write("guessed", guessed_campaign(), True)
    versions = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "statsmodels": statsmodels.__version__,
    }
    (FOLDER / "versions.json").write_text(json.dumps(versions, separators=(",", ":")) + "\n")
