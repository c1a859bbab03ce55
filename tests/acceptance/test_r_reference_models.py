"""Tests, models and competing risks of R that the endpoints also compute, row by row.

Closed forms agree to a relative 1e-8, as in test_r_reference.py. Cox's model is fitted by steps: R stops where the log
likelihood gains less than a relative 1e-9. Stopped there too, everything agrees to 1e-8; only where R went one step
further (the stratified veterans under Efron) it is the maximum that agrees to 1e-8. At the maximum, where the product
goes, coefficients and errors agree with all rows of R to 1e-7, p values to 1e-6: that is what R left.
"""

import numpy as np
import pytest
from test_r_reference import REFERENCE, read, same, samples

from mesenluth.endpoints.competing import aalen_johansen, incidence_at
from mesenluth.endpoints.cox import cox
from mesenluth.endpoints.cox_check import proportional_hazards
from mesenluth.endpoints.heterogeneity import homogeneity
from mesenluth.endpoints.limits import limits
from mesenluth.endpoints.logrank import logrank

R_STOPS = 1e-9

LEFT_OUT = {
    "binom_ci": "rows `wald`: below zero for 2 of 52, never printed",
    "cmh": "tables over strata: no estimate of the product is one",
    "coxph_coefficients": "rows of ties=exact: the product takes Efron's ties, R's default",
    "coxph_models": "rows of ties=exact, as above; concordance: nothing is predicted here",
    "finegray": "regression on subdistributions: incidences are estimated, not modelled",
    "mcnemar": "columns mcnemar_chisq, mcnemar_cc_chisq and their p: the exact and mid-p tests are used instead",
    "two_proportions": "columns wald, fisher_or, chisq_cc: the product prints none of them",
}
"""Rows and columns of the reference that are not compared, and why; every other one is."""

COMPARED = {
    "binom_ci", "binom_test", "coxph_coefficients", "coxph_models", "coxzph", "cuminc_curves", "cuminc_landmarks",
    "km_curves", "km_landmarks", "km_quantiles", "logrank", "mcnemar", "reverse_km_followup", "rmst", "two_proportions",
}  # fmt: skip


def test_nothing_of_the_reference_is_forgotten():
    assert {p.stem for p in (REFERENCE / "outputs").glob("*.csv")} == COMPARED | set(LEFT_OUT)
    assert set(LEFT_OUT) - COMPARED == {"cmh", "finegray"}


def data(name):
    if name == "colon_all":
        return read("inputs", "colon")
    return read("inputs", name) if name == "bladder_enum_lt5" else samples()[name]


def right_hand_side(formula):
    """Return the terms of a formula, and its stratum or None."""
    terms = [t.strip() for t in formula.split("~")[1].split("+")]
    strata = [t.removeprefix("strata(").rstrip(")") for t in terms if t.startswith("strata(")]
    return [t for t in terms if not t.startswith("strata(")], strata[0] if strata else None


def test_log_rank():
    rows = read("outputs", "logrank")
    for _, row in rows.iterrows():
        (group,), stratum = right_hand_side(row["formula"])
        frame = data(row["dataset"])
        found = logrank(
            frame["time"], frame["event"], frame[group], None if stratum is None else frame[stratum], row["rho"]
        )
        same([found.chi_squared, found.df, found.p_value], row[["chisq", "df", "p"]], str(row.to_dict()))
    assert len(rows) == 14


def model_rows():
    models = read("outputs", "coxph_models")
    return [row for _, row in models[models["ties"] != "exact"].iterrows()]


def design(row, terms_of_r, cluster):
    """Return the rows without missing values, and R's columns: numbers as they are, factors as 0 and 1."""
    terms, stratum = right_hand_side(row["formula"])
    frame = data(row["dataset"]).dropna(subset=[*terms, *filter(None, [stratum, cluster])])
    columns, groups = [], {t: [] for t in terms}
    for position, name in enumerate(terms_of_r):
        base = next(t for t in terms if name.startswith(t))
        columns.append(frame[name] if name == base else frame[base] == name.removeprefix(base))
        groups[base].append(position)
    x = np.column_stack([c.to_numpy(dtype=float) for c in columns])
    return frame, x, None if stratum is None else frame[stratum], groups


def fitted(row, gain):
    expected = read("outputs", "coxph_coefficients")
    key = ["dataset", "formula", "ties", "robust"]
    expected = expected[(expected[key] == row[key]).all(axis=1)]
    cluster = expected["cluster"].iloc[0]
    cluster = None if isinstance(cluster, float) else cluster
    frame, x, strata, _ = design(row, expected["term"], cluster)
    together = {"none": None, "robust": np.arange(len(frame))}.get(row["robust"])
    together = frame[cluster] if row["robust"] == "cluster" else together
    return cox(frame["time"], frame["event"], x, strata, together, row["ties"], gain=gain), expected


def compare(found, expected, row, tolerance, of_p):
    def close(got, wanted, rtol):
        np.testing.assert_allclose(np.asarray(got, float), np.asarray(wanted, float), rtol=rtol, err_msg=str(row))

    estimates = (found.coefficients, found.std_err, found.hazard_ratio, found.z, found.low, found.high)
    names = ["coef", "se", "hr", "z", "hr_lower", "hr_upper"]
    close(np.column_stack(estimates), expected[names], tolerance)
    if row["robust"] != "none":
        close(found.robust_std_err, expected["robust_se"], tolerance)
    close(found.p_value, expected["p"], of_p)
    close([found.n, found.events], row[["n", "nevent"]], 0)
    close([found.loglik_null, found.loglik], row[["loglik_null", "loglik"]], 1e-8)
    ratio, score = found.likelihood_ratio, found.score
    close([ratio.chi_squared, ratio.p_value], row[["lr_chisq", "lr_p"]], 1e-8)
    close([score.chi_squared, score.p_value], row[["score_chisq", "score_p"]], 1e-8)
    # R's summary rounds Wald's statistic to two digits; its p value is whole.
    assert round(found.wald.chi_squared, 2) == row["wald_chisq"]
    close(found.wald.p_value, row["wald_p"], of_p)


@pytest.mark.parametrize("row", model_rows(), ids=lambda r: f"{r['dataset']} {r['ties']} {r['robust']}")
def test_cox(row):
    further = (row["dataset"], row["ties"]) == ("veteran", "efron")
    compare(*fitted(row, 0.0 if further else R_STOPS), row, 1e-8, 1e-8)
    compare(*fitted(row, 0.0), row, 1e-7, 1e-6)


def test_cox_compares_every_row_of_efron_and_breslow():
    kept = read("outputs", "coxph_coefficients").query("ties != 'exact'")
    assert len(model_rows()) == 16
    assert len(kept) == sum(len(fitted(r, 0.0)[1]) for r in model_rows()) == 35


def test_proportional_hazards():
    """R's score test rests on its coefficients, of which the last digits are left open: 1e-6."""
    rows = read("outputs", "coxzph")
    n = 0
    for (dataset, formula, ties), tests in rows.groupby(["dataset", "formula", "ties"]):
        row = next(
            r for r in model_rows()
            if (r["dataset"], r["formula"], r["ties"]) == (dataset, formula, ties) and r["robust"] in ("none", "cluster")
        )  # fmt: skip
        expected = read("outputs", "coxph_coefficients").query(
            f"dataset == '{dataset}' and formula == '{formula}' and ties == '{ties}' and robust == '{row['robust']}'"
        )
        frame, x, strata, groups = design(row, expected["term"], None)
        beta = cox(frame["time"], frame["event"], x, strata, None, ties).coefficients
        each, together = proportional_hazards(
            frame["time"], frame["event"], x, beta, strata, ties, list(groups.values())
        )
        got = [(t.chi_squared, t.df, t.p_value) for t in [*each, together]]
        np.testing.assert_allclose(got, tests[["chisq", "df", "p"]], rtol=1e-6, err_msg=f"{dataset} {formula} {ties}")
        n += len(tests)
    assert n == len(rows) == 31


def competing(dataset, group):
    if dataset == "mgus2":
        frame = read("inputs", "mgus2")
        frame = frame if group == "all" else frame[frame["sex"] == group.removeprefix("sex=")]
        return frame["etime"], frame["ev"]
    frame = read("inputs", dataset)
    return frame["time"], frame["status" if dataset == "pbc" else "ev"]


CAUSES = {"pcm": 0, "death": 1, "transplant": 0, "e1": 0, "e2": 1}
COLUMNS = ["pstate", "std_err", "lower", "upper"]


def states(name):
    rows = read("outputs", name)
    for (dataset, group, state, method), part in rows.groupby(["dataset", "group", "state", "conf_type"]):
        yield aalen_johansen(*competing(dataset, group), 2, method), state, method, part, f"{dataset} {group} {state}"


def test_cumulative_incidence_curves():
    n = 0
    for found, state, method, rows, what in states("cuminc_curves"):
        at = np.searchsorted(found.time, rows["time"])
        np.testing.assert_allclose(found.time[at], rows["time"])
        if state == "(s0)":
            share = np.divide(
                found.survival_std_err, found.survival, out=np.zeros_like(found.survival), where=found.survival > 0
            )
            got = found.survival, found.survival_std_err, *limits(found.survival, share, method, 0.95)
        else:
            k = CAUSES[state]
            got = found.incidence[:, k], found.std_err[:, k], found.low[:, k], found.high[:, k]
        same(np.column_stack(got)[at], rows[COLUMNS], what)
        n += len(rows)
    assert n == len(read("outputs", "cuminc_curves")) == 2277


def test_cumulative_incidence_at_landmarks():
    n = 0
    for found, state, _, rows, what in states("cuminc_landmarks"):
        read_off = incidence_at(found, rows["time"])
        if state == "(s0)":
            same(read_off.survival, rows["pstate"], what)
            same(1 - read_off.incidence.sum(axis=1), rows["pstate"], what)
        else:
            k = CAUSES[state]
            got = [read_off.incidence[:, k], read_off.std_err[:, k], read_off.low[:, k], read_off.high[:, k]]
            same(np.column_stack(got), rows[COLUMNS], what)
        n += len(rows)
    assert n == len(read("outputs", "cuminc_landmarks")) == 198


def test_two_centres_are_fishers_and_pearsons_test():
    rows = read("outputs", "two_proportions")
    for _, row in rows.iterrows():
        found = homogeneity(row[["x1", "x2"]].to_numpy(dtype=int), row[["n1", "n2"]].to_numpy(dtype=int))
        same([found.p_value, found.chi_squared], row[["fisher_p", "chisq"]], str(row.to_dict()))
    assert len(rows) == 5
