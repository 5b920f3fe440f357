#!/usr/bin/env python3
"""Computes the reference values of the tests of `stats` with numpy, scipy and statsmodels.

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install scipy statsmodels
    /tmp/golden/bin/python tests/golden/stats/make_golden.py

Writes the JSON files beside this script. They are committed: the tests need no Python. Each case holds its input and
what must come out; the versions that computed it are in versions.json. make_golden.R does the same with R.
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
from scipy import optimize, stats
from statsmodels.stats.diagnostic import het_breuschpagan, normal_ad
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW
from statsmodels.tsa.stattools import acf

FOLDER = Path(__file__).parent


def plain(value):
    """The value as JSON takes it: arrays as lists, numbers as Python's own."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(part) for part in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    return float(value) if isinstance(value, (float, np.floating)) else value


def write(name, cases):
    (FOLDER / f"{name}.json").write_text(json.dumps(plain(cases), allow_nan=False, separators=(",", ":")) + "\n")


def campaign(rng, n, replicates=1):
    """Inputs like those of a session: logarithms, a bounded value, a zero contrast, a choice."""
    rows = math.ceil(n / replicates)
    columns = np.column_stack(
        [
            rng.uniform(np.log(1e-4), np.log(1e-1), rows),
            rng.uniform(0, 0.9, rows),
            rng.integers(0, 2, rows),
            rng.normal(0, 1, rows) + np.linspace(0, 2, rows),
        ]
    )
    inputs = np.round(np.repeat(columns, replicates, axis=0)[:n], 6)
    outcome = 8 + inputs @ [1, -0.2, 0, 0.05] + rng.normal(0, 0.03 + 0.05 * inputs[:, 1], n)
    return inputs, np.round(outcome, 9)


def lack_of_fit(inputs, outcome, residuals):
    _, group = np.unique(inputs, axis=0, return_inverse=True)
    group = group.ravel()
    pure = sum(((outcome[group == g] - outcome[group == g].mean()) ** 2).sum() for g in range(group.max() + 1))
    fit_df = group.max() + 1 - inputs.shape[1] - 1
    error_df = len(outcome) - group.max() - 1
    f = ((residuals**2).sum() - pure) / fit_df / (pure / error_df)
    return {"f": f, "fit_df": fit_df, "error_df": error_df, "p": stats.f.sf(f, fit_df, error_df)}


def linear_case(inputs, outcome):
    fit = sm.OLS(outcome, sm.add_constant(inputs)).fit()
    influence = fit.get_influence()
    centered = inputs - inputs.mean(axis=0)
    lagrange, lagrange_p, _, _ = het_breuschpagan(fit.resid, sm.add_constant(inputs))
    ad, ad_p = normal_ad(fit.resid)
    case = {
        "inputs": inputs.T,
        "outcome": outcome,
        "coefficients": fit.params,
        "standard_errors": fit.bse,
        "ci95": fit.conf_int(),
        "p": fit.pvalues,
        "hc3": fit.HC3_se,
        "r2": fit.rsquared,
        "residual_sd": math.sqrt(fit.mse_resid),
        "condition_number": np.linalg.cond(centered / np.linalg.norm(centered, axis=0)),
        "residuals": fit.resid,
        "leverage": influence.hat_matrix_diag,
        "cooks_distance": influence.cooks_distance[0],
        "breusch_pagan": {"statistic": lagrange, "p": lagrange_p},
        "anderson_darling": {"statistic": ad, "p": ad_p},
        "lag1": acf(fit.resid, nlags=1, fft=False)[1],
    }
    if len(np.unique(inputs, axis=0)) < len(outcome):
        case["lack_of_fit"] = lack_of_fit(inputs, outcome, fit.resid)
    return case


def longley_case():
    """Nearly collinear data with the values that NIST certified (StRD, Longley): computed with 500 digits."""
    data = sm.datasets.longley.load_pandas()
    return {
        "inputs": data.exog.to_numpy().T,
        "outcome": data.endog.to_numpy(),
        "coefficients": [
            -3482258.63459582,
            15.0618722713733,
            -0.358191792925910e-01,
            -2.02022980381683,
            -1.03322686717359,
            -0.511041056535807e-01,
            1829.15146461355,
        ],
        "standard_errors": [
            890420.383607373,
            84.9149257747669,
            0.334910077722432e-01,
            0.488399681651699,
            0.214274163161675,
            0.226073200069370,
            455.478499142212,
        ],
        "residual_sd": 304.854073561965,
        "r2": 0.995479004577296,
    }


def least_absolute(design, outcome):
    """The exact fit, as a linear program."""
    n, m = design.shape
    result = optimize.linprog(
        np.concatenate([np.zeros(m), np.ones(2 * n)]),
        A_eq=np.hstack([design, np.eye(n), -np.eye(n)]),
        b_eq=outcome,
        bounds=[(None, None)] * m + [(0, None)] * (2 * n),
        method="highs-ds",
    )
    basis = np.argsort(np.abs(outcome - design @ result.x[:m]))[:m]
    return np.linalg.solve(design[basis], outcome[basis])


def scale_of(residuals, m):
    return np.median(np.sort(np.abs(residuals))[m:]) / stats.norm.ppf(0.75)


def robust_case(inputs, outcome):
    design = sm.add_constant(inputs)
    m = design.shape[1]
    start = least_absolute(design, outcome)
    start_scale = scale_of(outcome - design @ start, m)
    norm = sm.robust.norms.TukeyBiweight(4.685)
    coefficients = start
    for _ in range(2000):
        weights = norm.weights((outcome - design @ coefficients) / start_scale)
        coefficients = sm.WLS(outcome, design, weights=weights).fit().params
    residuals = outcome - design @ coefficients
    return {
        "inputs": inputs.T,
        "outcome": outcome,
        "coefficients": coefficients,
        "scale": scale_of(residuals, m),
        "weights": norm.weights(residuals / start_scale),
        "residuals": residuals,
    }


def welch_case(a, b, margin):
    a, b = np.asarray(a, float), np.asarray(b, float)
    test = stats.ttest_ind(np.log(b), np.log(a), equal_var=False)
    interval = test.confidence_interval(0.95)
    tost = CompareMeans(DescrStatsW(np.log(b)), DescrStatsW(np.log(a))).ttost_ind(
        -math.log(1 + margin), math.log(1 + margin), usevar="unequal"
    )
    return {
        "a": a,
        "b": b,
        "margin": margin,
        "ratio": stats.gmean(b) / stats.gmean(a),
        "ci95": [math.exp(interval.low), math.exp(interval.high)],
        "df": test.df,
        "p": test.pvalue,
        "tost_p": tost[0],
    }


def mann_whitney_case(a, b):
    a, b = np.asarray(a, float), np.asarray(b, float)
    u = (b[:, None] > a).sum() + (b[:, None] == a).sum() / 2
    case = {"a": a, "b": b, "u": u, "cliffs_delta": 2 * u / (len(a) * len(b)) - 1}
    if len(a) + len(b) > 50:
        case["p"] = stats.mannwhitneyu(b, a, method="asymptotic", use_continuity=True).pvalue
        return case
    if len(np.unique(np.concatenate([a, b]))) == len(a) + len(b):
        case["p"] = stats.mannwhitneyu(b, a, method="exact").pvalue
        return case
    ranks = stats.rankdata(np.concatenate([a, b]))
    expected = len(b) * (len(ranks) + 1) / 2
    observed = abs(ranks[len(a) :].sum() - expected)
    sums = [sum(chosen) for chosen in itertools.combinations(ranks, len(b))]
    case["p"] = np.mean([abs(s - expected) >= observed - 1e-9 for s in sums])
    return case


def signed_rank_case(differences):
    differences = np.asarray(differences, float)
    used = differences[differences != 0]
    ranks = stats.rankdata(np.abs(used))
    w = ranks[used > 0].sum()
    case = {"differences": differences, "w_plus": w, "n": len(used)}
    if len(used) > 50:
        case["p"] = stats.wilcoxon(used, method="approx", correction=True).pvalue
    elif len(used) > 16:
        case["p"] = stats.wilcoxon(used, method="exact").pvalue
    else:
        sums = [np.dot(ranks, signs) for signs in itertools.product([0, 1], repeat=len(used))]
        case["p"] = np.mean([abs(s - ranks.sum() / 2) >= abs(w - ranks.sum() / 2) - 1e-9 for s in sums])
    return case


def spread_case(groups):
    used = [np.asarray(g, float) for g in groups if len(g) > 1]
    freedom = sum(len(g) - 1 for g in used)
    squares = sum(((g - g.mean()) ** 2).sum() for g in used)
    return {
        "groups": groups,
        "sd": math.sqrt(squares / freedom),
        "df": freedom,
        "ci95": [math.sqrt(squares / stats.chi2.ppf(q, freedom)) for q in (0.975, 0.025)],
    }


def descriptive_case(values):
    values = np.asarray(values, float)
    return {
        "values": values,
        "median": np.median(values),
        "mad": stats.median_abs_deviation(values),
        "geometric_mean": stats.gmean(values),
        "variance": values.var(ddof=1),
        "quantiles": [[q, np.quantile(values, q)] for q in (0, 0.025, 0.1, 0.33, 0.5, 0.9, 0.975, 1)],
    }


def importance_case(inputs, terms, outcome):
    """Shapley values by definition: the mean gain over all orders of the terms."""
    count = max(terms) + 1

    def r2(members):
        columns = [j for j, term in enumerate(terms) if term in members]
        design = sm.add_constant(inputs[:, columns]) if columns else np.ones((len(outcome), 1))
        return sm.OLS(outcome, design).fit().rsquared if columns else 0.0

    known = {frozenset(s): r2(s) for k in range(count + 1) for s in itertools.combinations(range(count), k)}
    shares = np.zeros(count)
    orders = list(itertools.permutations(range(count)))
    for order in orders:
        for position, term in enumerate(order):
            shares[term] += known[frozenset(order[: position + 1])] - known[frozenset(order[:position])]
    return {
        "inputs": inputs.T,
        "terms": terms,
        "outcome": outcome,
        "r2": known[frozenset(range(count))],
        "shares": shares / len(orders),
    }


def theil_sen_case(x, y):
    line = stats.theilslopes(y, x, 0.95)
    return {"x": x, "y": y, "slope": line.slope, "intercept": line.intercept, "ci95": [line.low_slope, line.high_slope]}


def power_cases():
    grid = [[2, 18, 0.05], [0, 8, 0.05], [3.14, 8, 0.05], [-2.5, 4, 0.01], [1, 2, 0.05], [6, 58, 0.001], [5, 10, 0.05]]
    powers = []
    for delta, df, alpha in grid:
        critical = stats.t.ppf(1 - alpha / 2, df)
        powers.append([delta, df, alpha, stats.nct.sf(critical, df, delta) + stats.nct.cdf(-critical, df, delta)])
    solver = TTestIndPower()
    ratios = []
    for sd, n in [(0.02, 3), (0.02, 5), (0.02, 10), (0.02, 20), (0.05, 5), (0.03, 2), (0.1, 50)]:

        def missing(effect, n=n):
            power = solver.power(effect, n, 0.05, ratio=1, alternative="two-sided")
            return (1 if math.isnan(power) else power) - 0.8  # scipy's lower tail is NaN where it is next to 0

        ratios.append([sd, n, math.exp(sd * optimize.brentq(missing, 1e-3, 8, xtol=1e-14, rtol=1e-14))])
    needed = []
    for sd, ratio in [(0.02, 1.05), (0.02, 0.99), (0.05, 1.02), (0.02, 1.5), (0.03, 1.001)]:
        effect, high = abs(math.log(ratio)) / sd, 2
        while solver.power(effect, high, 0.05) < 0.8:  # False for NaN
            high *= 2
        low = high // 2
        while high - low > 1:
            n = (low + high) // 2
            low, high = (low, n) if solver.power(effect, n, 0.05) >= 0.8 else (n, high)
        needed.append([sd, ratio, high])
    return {"power": powers, "ratio": ratios, "needed": needed}


def main():
    rng = np.random.default_rng(20260101)
    single, tiny = campaign(rng, 60), campaign(rng, 10)
    replicated = campaign(rng, 45, 3)
    write("linear", [linear_case(*single), linear_case(*tiny), linear_case(*replicated)])
    write("longley", longley_case())
    dirty = single[1].copy()
    dirty[[3, 17, 30, 44, 51]] += [0.8, 1.1, 0.9, -0.7, 1.0]
    stackloss = sm.datasets.stackloss.load_pandas()
    write(
        "robust",
        [
            robust_case(single[0], np.round(dirty, 9)),
            robust_case(stackloss.exog.to_numpy(), stackloss.endog.to_numpy()),
        ],
    )
    few = [np.round(np.exp(rng.normal(5, 0.05, n)), 6) for n in (5, 7, 2, 40)]
    ties_a, ties_b = rng.integers(1, 6, 6), rng.integers(2, 8, 8)
    many_a, many_b = np.round(rng.normal(0, 1, 30), 1), np.round(rng.normal(0.4, 1, 35), 1)
    shifts = np.round(rng.normal(0.3, 1, 12), 1)
    shifts[3] = 0
    p_values = [0.01, 0.04, 0.03, 0.005, 0.5, 0.03, 1e-12, 0.9]
    write(
        "samples",
        {
            "welch": [
                welch_case([101, 103, 99, 102, 100], [108, 110, 107, 111, 109], 0.1),
                welch_case(few[0], few[1], 0.05),
                welch_case(few[2], few[3], 0.2),
            ],
            "mann_whitney": [
                mann_whitney_case([101, 103, 99, 102, 100], [108, 110, 107, 111, 109]),
                mann_whitney_case(few[0], few[1]),
                mann_whitney_case(ties_a, ties_b),
                mann_whitney_case(np.round(rng.normal(0, 1, 22), 6), np.round(rng.normal(0.6, 1, 25), 6)),
                mann_whitney_case(many_a, many_b),
            ],
            "signed_rank": [
                signed_rank_case([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
                signed_rank_case(shifts),
                signed_rank_case(np.round(rng.normal(0.3, 1, 30), 7)),
                signed_rank_case(np.round(rng.normal(0.2, 1, 70), 1)),
            ],
            "holm": [{"p": p_values, "adjusted": multipletests(p_values, method="holm")[1]}],
            "spread": [spread_case([[1.0, 1.1], [2.0], [3.1, 3.0, 2.8], [5.0, 5.05, 4.9, 5.2]])],
            "descriptive": [descriptive_case(few[3]), descriptive_case(few[0]), descriptive_case(few[2])],
        },
    )
    write("power", power_cases())
    curved = np.round(np.exp(single[0][:, 0]) + rng.normal(0, 0.01, 60), 6)
    write(
        "association",
        {
            "spearman": {
                "inputs": single[0].T,
                "outcome": curved,
                "rho": [stats.spearmanr(column, curved).statistic for column in single[0].T],
            },
            "theil_sen": [
                theil_sen_case(single[0][:, 0], single[1]),
                theil_sen_case(np.round(rng.uniform(1, 5, 25)), np.round(rng.normal(0, 1, 25), 1)),
            ],
        },
    )
    collinear = np.column_stack([tiny[0], tiny[0][:, 0] - tiny[0][:, 1]])
    write(
        "importance",
        [
            importance_case(single[0], [0, 1, 2, 3], single[1]),
            importance_case(replicated[0], [1, 0, 1, 2], replicated[1]),
            importance_case(collinear, [0, 1, 2, 3, 4], tiny[1]),
        ],
    )
    write(
        "versions",
        {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "statsmodels": statsmodels.__version__,
        },
    )


if __name__ == "__main__":
    main()
