"""Every number of R that the endpoints also compute, row by row.

tests/data/r_reference/README.md says how R computed them. Tolerance: relative 1e-8; a number that is 0 must be 0 to
1e-12, and what is missing in R must be missing here.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mesenluth.endpoints import paired, proportions
from mesenluth.endpoints.survival import kaplan_meier, landmarks, quantile, restricted_mean, reverse

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "r_reference"
METHODS = {"arcsin": "arcsine"}
PROPORTIONS = {
    "clopper-pearson (binom.test)": "clopper-pearson",
    "wilson (prop.test correct=FALSE)": "wilson",
    "wilson-cc (prop.test correct=TRUE)": "wilson-cc",
    "agresti-coull": "agresti-coull",
    "jeffreys (qbeta, 0/1 at the ends)": "jeffreys",
}


def same(computed, expected, what):
    """Fail unless all numbers are R's, missing ones included."""
    np.testing.assert_allclose(
        np.asarray(computed, dtype=float), np.asarray(expected, dtype=float), rtol=1e-8, atol=1e-12, err_msg=what
    )


def read(folder, name):
    return pd.read_csv(REFERENCE / folder / f"{name}.csv")


@cache
def samples() -> dict:
    """Return time and event of each data set and group of the reference, as its README codes them."""
    colon, pbc, mgus2 = read("inputs", "colon"), read("inputs", "pbc"), read("inputs", "mgus2")
    sets = {
        "lung": read("inputs", "lung"),
        "veteran": read("inputs", "veteran"),
        "ovarian": read("inputs", "ovarian"),
        "colon_recur": colon[colon["etype"] == 1],
        "colon_death": colon[colon["etype"] == 2],
        "pbc_death": pbc.assign(event=(pbc["status"] == 2).astype(int)),
        "mgus2_death": mgus2.assign(time=mgus2["futime"], event=mgus2["death"]),
    }
    toy = read("inputs", "toy")
    sets |= {name: toy[toy["ds"] == name] for name in toy["ds"].unique()}
    return sets


def sample(dataset, group):
    """Return times and events of one group: ``all``, or ``column=value``."""
    frame = samples()[dataset]
    if group != "all":
        column, value = group.split("=")
        frame = frame[frame[column].astype(str) == value]
    assert len(frame)
    return frame["time"], frame["event"]


def curves(name):
    """Yield each curve of a reference table with R's rows."""
    for (dataset, group, conf_type), rows in read("outputs", name).groupby(["dataset", "group", "conf_type"]):
        yield (
            kaplan_meier(*sample(dataset, group), METHODS.get(conf_type, conf_type)),
            rows,
            f"{dataset} {group} {conf_type}",
        )


def test_quantiles():
    n = 0
    for curve, rows, what in curves("km_quantiles"):
        same([curve.n, curve.events], rows[["n", "events"]].iloc[0], what)
        got = [quantile(curve, p) for p in rows["prob"]]
        same([[q.estimate, q.low, q.high] for q in got], rows[["estimate", "lower", "upper"]], what)
        n += len(rows)
    assert n == len(read("outputs", "km_quantiles")) == 435


def test_landmarks():
    n = 0
    for curve, rows, what in curves("km_landmarks"):
        got = landmarks(curve, rows["time"])
        columns = ["n_risk", "surv", "std_err", "lower", "upper"]
        same(np.column_stack([got.n_at_risk, got.survival, got.std_err, got.low, got.high]), rows[columns], what)
        n += len(rows)
    assert n == len(read("outputs", "km_landmarks")) == 555


def test_curves():
    n = 0
    for curve, rows, what in curves("km_curves"):
        got = [
            curve.time, curve.n_at_risk, curve.n_event, curve.n_censored, curve.survival, curve.std_err,
            curve.cumulative_hazard, curve.low, curve.high,
        ]  # fmt: skip
        columns = ["time", "n_risk", "n_event", "n_censor", "surv", "std_err", "cumhaz", "lower", "upper"]
        same(np.column_stack(got), rows[columns], what)
        n += len(rows)
    assert n == len(read("outputs", "km_curves")) == 16530


def test_follow_up():
    rows = read("outputs", "reverse_km_followup")
    for _, row in rows.iterrows():
        got = quantile(reverse(*sample(row["dataset"], row["group"]), row["conf_type"]))
        same([got.estimate, got.low, got.high], row[["median_followup", "lower", "upper"]], str(row.to_dict()))
    assert len(rows) == 21


def test_restricted_means():
    rows = read("outputs", "rmst")
    for _, row in rows.iterrows():
        got = restricted_mean(kaplan_meier(*sample(row["dataset"], row["group"])), row["tau"])
        same(got, row[["rmst", "se"]], str(row.to_dict()))
    assert len(rows) == 20


@pytest.mark.parametrize("name", PROPORTIONS)
def test_intervals_of_proportions(name):
    """The interval of Agresti and Coull is cut off at 0 and 1 here, and not in R; Wald's is not built."""
    rows = read("outputs", "binom_ci")
    rows = rows[rows["method"] == name]
    assert len(rows) == 48
    for level, group in rows.groupby("conf_level"):
        low, high = proportions.interval(PROPORTIONS[name], group["x"], group["n"], level)
        same(low, group["lower"].clip(0, 1), f"{name} {level} lower")
        same(high, group["upper"].clip(0, 1), f"{name} {level} upper")


def test_binomial_tests():
    rows = read("outputs", "binom_test")
    for _, row in rows.iterrows():
        alternative = row["alternative"].replace(".", "-")
        p = proportions.binomial_test(row["x"], row["n"], row["p0"], alternative)
        low, high = proportions.clopper_pearson(row["x"], row["n"], 0.95, alternative)
        same([p, low, high], row[["p", "lower", "upper"]], str(row.to_dict()))
    assert len(rows) == 18


def test_mcnemar():
    """Exact and mid-p values, and the odds ratio of discordant pairs; the chi-square versions are not built."""
    rows = read("outputs", "mcnemar")
    same(paired.mcnemar_exact(rows["n12"], rows["n21"]), rows["exact_p"], "exact")
    same(paired.mcnemar_mid_p(rows["n12"], rows["n21"]), rows["midp"], "mid-p")
    got = [paired.discordant_odds_ratio(b, c) for b, c in zip(rows["n12"], rows["n21"], strict=True)]
    same(got, rows[["discordant_odds_ratio", "or_lower", "or_upper"]], "odds ratio")
    assert len(rows) == 6


def test_newcombe():
    rows = read("outputs", "two_proportions")
    got = paired.newcombe_difference(rows["x1"], rows["n1"], rows["x2"], rows["n2"])
    same(np.column_stack(got), rows[["diff", "newcombe_lower", "newcombe_upper"]], "Newcombe")
    assert len(rows) == 5
