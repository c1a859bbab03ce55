"""Readers against each other: which pairs go into which statistic, and what is said where there is none."""

import copy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from mesenluth.endpoints.agreement import reader_agreement
from mesenluth.endpoints.agreement_statistics import COMPLETE, ONE_CATEGORY
from mesenluth.tables.io import conform, empty
from mesenluth.tables.results import RESULTS

CONFIG = yaml.safe_load((Path(__file__).parents[3] / "config.yaml").read_text(encoding="utf-8"))


def study(**agreement):
    settings = copy.deepcopy(CONFIG)
    settings["agreement"] |= agreement
    return settings


def table(name, rows):
    contract = RESULTS[name]
    return conform(pd.DataFrame(rows).reindex(columns=contract.column_names), contract)


def pair(patient, position, one=None, other=None, sums=(np.nan, np.nan), counted=True):
    return {
        "patient_id": patient, "compartment": "whole_patient", "evaluator_a": "investigator", "evaluator_b": "central",
        "position": position, "matched_by": "assessment" if position else "baseline", "timepoint_a": position,
        "timepoint_b": position, "sum_a_mm": sums[0], "sum_b_mm": sums[1], "difference_mm": sums[0] - sums[1],
        "response_a": one, "response_b": other, "counted_a": counted, "counted_b": True, "reason": "r", "sentence": "s",
    }  # fmt: skip


def best(patient, evaluator, response, progression=None):
    return {
        "patient_id": patient, "compartment": "whole_patient", "evaluator": evaluator, "has_baseline": True,
        "targets": 1, "nontargets": 0, "timepoints": 1, "best_response": response, "confirmed_response": response,
        "first_progression_date": None if progression is None else pd.Timestamp(progression), "rule": "r",
        "reason": "r",
    }  # fmt: skip


def rows_of(pairs, bests=(), **agreement):
    tables = {
        "reader_pairs": table("reader_pairs", pairs),
        "best_responses": table("best_responses", bests) if bests else empty(RESULTS["best_responses"]),
    }
    found = reader_agreement(tables, study(**agreement))
    return found[found["compartment"] == "whole_patient"].set_index(["quantity", "statistic", "method"]).sort_index()


def only(found, quantity, statistic):
    rows = found.loc[(quantity, statistic)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_one_reader_gives_no_row():
    nothing = {name: empty(RESULTS[name]) for name in ("reader_pairs", "best_responses")}
    assert reader_agreement(nothing, study()).empty


def test_kappas_by_hand():
    """PR-PR, SD-SD, SD-PD, PD-PD of four patients: kappa 7/11, with linear weights 5/7, with quadratic ones 4/5.

    Margins are PR 1, SD 2, PD 1 and PR 1, SD 1, PD 2 of 4. Observed 3/4, by chance 5/16: 7/11. Weighted kappas are 1
    minus observed over expected distance: one step in 4 pairs, against 14 steps (20 of their squares) in all 16.
    """
    said = [("PR", "PR"), ("SD", "SD"), ("SD", "PD"), ("PD", "PD")]
    found = rows_of([pair(f"p{i}", 1, a, b) for i, (a, b) in enumerate(said)])
    for statistic, right in (("kappa", 7 / 11), ("kappa_linear", 5 / 7), ("kappa_quadratic", 4 / 5)):
        assert only(found, "timepoint_response", statistic)["estimate"] == pytest.approx(right)
    share = only(found, "timepoint_response", "observed_agreement")
    assert (share["text"], share["estimate"], share["pairs"], share["patients"]) == ("3 of 4 (75.0 %)", 0.75, 4, 4)


def test_one_category_only_is_not_estimable_and_says_why():
    found = rows_of([pair("p", 1, "SD", "SD"), pair("q", 1, "SD", "SD")])
    for statistic in ("kappa", "kappa_linear", "kappa_quadratic"):
        row = only(found, "timepoint_response", statistic)
        assert (row["text"], row["reason"]) == ("not estimable", ONE_CATEGORY)
        assert np.isnan(row["estimate"])
        assert pd.isna(row["confidence"])
    assert only(found, "timepoint_response", "observed_agreement")["text"] == "2 of 2 (100.0 %)"


def test_no_pairs_and_one_pair_are_values():
    found = rows_of([pair("p", 0, sums=(50.0, 48.0))])
    assert only(found, "timepoint_response", "kappa")["reason"] == "no pairs"
    assert only(found, "baseline_sum", "bias")["text"] == "2.0 mm"
    for statistic in ("sd", "limit_low", "limit_high"):
        assert only(found, "baseline_sum", statistic)["reason"] == "fewer than two pairs"
    assert only(found, "baseline_sum", "concordance")["reason"] == "fewer than three pairs"
    assert only(found, "change_percent", "bias")["reason"] == "fewer than two pairs"
    assert found["text"].notna().all()


def test_not_evaluable_is_left_out_or_a_category():
    said = [("SD", "SD"), ("PD", "PD"), ("NE", "NE"), ("SD", "NE")]
    pairs = [pair(f"p{i}", 1, a, b) for i, (a, b) in enumerate(said)]
    left_out = rows_of(pairs)
    row = only(left_out, "timepoint_response", "kappa")
    assert (row["pairs"], row["estimate"]) == (2, 1.0)
    assert row["reason"] == f"{COMPLETE}; 2 pairs with NE or NED left out"
    assert np.isnan(row["ci_low"])
    counted = rows_of(pairs, not_evaluable="category")
    # Margins SD 2, PD 1, NE 1 and SD 1, PD 1, NE 2: observed 3/4, by chance 5/16.
    assert only(counted, "timepoint_response", "kappa")["estimate"] == pytest.approx(7 / 11)
    assert only(counted, "timepoint_response", "kappa_linear")["pairs"] == 2


def test_non_cr_non_pd_ranks_as_stable_or_not_at_all():
    said = [("SD", "NON-CR/NON-PD"), ("PD", "PD"), ("PR", "PR")]
    pairs = [pair(f"p{i}", 1, a, b) for i, (a, b) in enumerate(said)]
    row = only(rows_of(pairs), "timepoint_response", "kappa_linear")
    assert (row["pairs"], row["estimate"]) == (3, 1.0)
    assert row["reason"] == f"{COMPLETE}; NON-CR/NON-PD ranks as SD"
    row = only(rows_of(pairs, non_cr_non_pd="exclude"), "timepoint_response", "kappa_linear")
    assert row["pairs"] == 2
    assert row["reason"] == f"{COMPLETE}; 1 pair without a rank left out"
    assert only(rows_of(pairs), "timepoint_response", "kappa")["pairs"] == 3


def test_time_points_that_count_no_more_can_be_left_out():
    pairs = [pair("p", 1, "SD", "SD"), pair("p", 2, "PD", "SD", counted=False), pair("q", 1, "PD", "PD")]
    assert found_pairs(rows_of(pairs)) == 3
    assert found_pairs(rows_of(pairs, timepoints="counted")) == 2


def found_pairs(found):
    return found.loc[("timepoint_response", "observed_agreement")]["pairs"].iloc[0]


def test_pairs_of_one_patient_are_said_not_to_be_independent():
    said = [("p", 1, "SD", "SD"), ("p", 2, "PD", "SD"), ("q", 1, "PR", "PR"), ("r", 1, "PD", "PD")]
    found = rows_of([pair(*s) for s in said]).loc[("timepoint_response", "kappa")]
    assert len(found) == 2
    assert found["estimate"].nunique() == 1
    independent = found[found.index.str.contains("independent")].iloc[0]
    assert "pairs of one patient are not independent" in independent["reason"]


def test_sums_of_one_pair_and_of_several_pairs_a_patient():
    pairs = [pair(p, 0, sums=(50.0 + i, 50.0)) for i, p in enumerate("pqr")]
    row = only(rows_of(pairs), "sum", "bias")
    assert row["text"].startswith("1.0 mm (95 % CI ")
    low = only(rows_of(pairs), "sum", "limit_low")
    assert low["estimate"] == pytest.approx(1 - 1.959963984540054)
    assert "Carkeet" in rows_of(pairs).loc[("sum", "limit_low")].index[0]
    assert "1999" in rows_of(pairs, limits_interval="approximate").loc[("sum", "limit_low")].index[0]
    again = [*pairs, pair("p", 1, "SD", "SD", sums=(40.0, 41.0))]
    assert "2007" in rows_of(again).loc[("sum", "bias")].index[0]
    assert only(rows_of(again), "baseline_sum", "bias")["pairs"] == 3


def test_who_saw_progression_first():
    a, b = "investigator", "central"
    dates = {"p": ("2020-03-01", "2020-01-01"), "q": ("2020-01-01", "2020-01-11"), "r": ("2020-01-01", "2020-01-01"),
             "s": ("2020-01-01", None), "t": (None, "2020-01-01"), "u": (None, None)}  # fmt: skip
    bests = [best(p, e, "PD", d) for p, both in dates.items() for e, d in zip((a, b), both, strict=True)]
    found = rows_of([pair("p", 1, "PD", "PD")], [*bests, best("v", a, "MISSING"), best("v", b, "PD")])
    counts = {s: int(only(found, "progression", s)["estimate"]) for s in
              ("neither", "only_a", "only_b", "a_first", "b_first", "same_day")}  # fmt: skip
    assert counts == {"neither": 1, "only_a": 1, "only_b": 1, "a_first": 1, "b_first": 1, "same_day": 1}
    # +60, -10 and 0 days.
    assert only(found, "progression", "median_days")["text"] == "0.0 d (range -10 to 60)"
    nobody = rows_of([pair("p", 1, "SD", "SD")], [best("p", e, "SD") for e in (a, b)])
    assert only(nobody, "progression", "median_days")["reason"] == "no patient in whom both readers saw progression"


def test_order_of_rows_does_not_matter():
    rng = np.random.default_rng(3)
    pairs = [
        pair(f"p{i % 7}", 1 + i // 7, *rng.choice(["CR", "PR", "SD", "PD", "NE"], 2), sums=tuple(rng.normal(50, 9, 2)))
        for i in range(28)
    ]
    shuffled = [pairs[i] for i in rng.permutation(28)]
    pd.testing.assert_frame_equal(rows_of(pairs), rows_of(shuffled), rtol=1e-12)
