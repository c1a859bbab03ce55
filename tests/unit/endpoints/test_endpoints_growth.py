"""Medians, quartiles and tests of growth rates, and proportions of the response by density."""

import numpy as np
import pytest
from test_endpoints_cohorts import READER, default_study, patient, series, tables

from mesenluth.endpoints.definitions import in_words
from mesenluth.endpoints.density import density_rows
from mesenluth.endpoints.growth import growth_rows, signed_ranks

BEFORE = [4.0, 6.0, 2.0, 5.0]
EARLY = [1.0, -2.0, 3.0, -1.0]


def rate(name, period, value, used=2, compartment="mesenteric"):
    return {
        "patient_id": name, "compartment": compartment, "evaluator": READER, "period": period, "targets": 2,
        "used": used, "growth_percent_per_month": value,
    }  # fmt: skip


def given(more=()):
    names = ["A", "B", "C", "D", "E"]
    rates = [
        rate(n, p, v)
        for p, values in (("before", BEFORE), ("early", EARLY))
        for n, v in zip("ABCD", values, strict=True)
    ]
    # Before, one of E's two targets was measured.
    rates += [rate("E", "before", 90.0, used=1), rate("E", "early", 0.5), *more]
    return tables(
        cohort=[patient(n) for n in names], best_responses=[series(n) for n in names], growth_rates=rates,
        best_density_responses=[
            {"patient_id": n, "compartment": "mesenteric", "evaluator": READER, "best_response": r}
            for n, r in zip("ABCD", ("PR", "SD", "NE", "CR"), strict=True)
        ],
    )  # fmt: skip


GROWTH = {"id": "tumour_growth_rate", "kind": "growth", "compartments": ["mesenteric"]}
DENSITY = {"id": "density_response", "kind": "density", "categories": ["CR", "PR"], "compartments": ["mesenteric"]}


def by(rows):
    return {(r["statistic"], r["method"]): r for r in rows}


def test_medians_and_quartiles_of_those_with_all_targets():
    found = by(growth_rows(GROWTH, given(), default_study()))
    before = found["growth_before", "median"]
    # 2, 4, 5, 6: median 4.5, quartiles 3.5 and 5.25 (R's type 7). E's 90 is of one target of two.
    assert before["text"] == "4.50 (quartiles 3.50 to 5.25) % a month"
    assert (before["estimate"], before["numerator"], before["denominator"]) == (4.5, 4, 5)
    assert before["reason"] == "1 patient of 5 without a rate that counts"
    assert found["growth_before", "lower quartile"]["estimate"] == 3.5
    assert found["growth_before", "upper quartile"]["estimate"] == 5.25
    assert found["growth_early", "median"]["numerator"] == 5


def test_rates_of_some_targets_count_where_the_study_says_so():
    study = default_study()
    study["growth"]["targets"] = "common"
    found = by(growth_rows(GROWTH, given(), study))
    assert found["growth_before", "median"]["numerator"] == 5
    assert found["growth_change", "median"]["numerator"] == 5


def test_change_in_the_same_patients():
    found = by(growth_rows(GROWTH, given(), default_study()))
    # -3, -8, +1, -6
    change = found["growth_change", "median"]
    assert (change["estimate"], change["numerator"], change["population"]) == (-4.5, 4, "evaluable_in_both")
    sign = found["growth_test", "exact sign test"]
    # Three of four: 2 * (1 + 4) / 16.
    assert sign["p_value"] == pytest.approx(10 / 16)
    assert sign["text"] == "slower in 3, faster in 1 of 4: p = 0.625"
    # Ranks of 1, 3, 6, 8: the positive one has rank 1; P(W <= 1) = 2 / 16, twice that.
    ranks = found["growth_test", "paired Wilcoxon test"]
    assert ranks["p_value"] == pytest.approx(0.25)
    assert ranks["test"] == "paired Wilcoxon test (exact)"


@pytest.mark.parametrize(
    ("change", "p", "how"),
    [
        # Rank 1 alone is positive: 2 P(V <= 1) = 2 * 2 / 16.
        ([-3, -8, 1, -6], 0.25, "exact"),
        # A tie: V = 1 + 2.5, mean 7.5, variance 5 * 6 * 11 / 24 - 6 / 48 = 13.625; z = (4 - 0.5) / sqrt(13.625).
        ([-3, -8, 1, -6, 3], 0.34303, "normal approximation"),
        # A zero goes: V = 1, mean 5, variance 4 * 5 * 9 / 24 = 7.5; z = (4 - 0.5) / sqrt(7.5).
        ([0.0, -3, -8, 1, -6], 0.20124, "normal approximation"),
        ([0.0, 0.0], 1.0, "nothing changed"),
    ],
)
def test_signed_ranks(change, p, how):
    found = signed_ranks(np.array(change, dtype=float))
    assert found[0] == pytest.approx(p, abs=5e-6)
    assert found[1] == how


def test_nobody_with_both_has_no_test():
    made = given()
    made["growth_rates"] = made["growth_rates"][made["growth_rates"]["period"] == "early"]
    found = by(growth_rows(GROWTH, made, default_study()))
    assert found["growth_test", "exact sign test"]["text"] == "not estimable"
    assert "nobody has a rate that counts" in found["growth_change", "median"]["reason"]


def test_density_is_a_proportion_of_all_and_of_those_judged():
    rows = density_rows(DENSITY, given(), default_study())
    chosen = {r["population"]: r for r in rows if r["method"] == "clopper-pearson"}
    # PR and CR of five; NE and the one without a series are not judged.
    assert (chosen["included"]["numerator"], chosen["included"]["denominator"]) == (2, 5)
    assert (chosen["evaluable"]["numerator"], chosen["evaluable"]["denominator"]) == (2, 3)
    assert chosen["included"]["reason"].startswith("off label")
    assert "2 of 5 patients could not be judged" in chosen["included"]["reason"]


def test_without_a_method_density_is_not_estimated():
    study = default_study()
    study["density"]["method"] = "none"
    (found,) = density_rows(DENSITY, given(), study)
    assert (found["text"], found["estimate"]) == ("not estimable", None)
    assert "density.method" in found["reason"]


def test_definitions_follow_the_switches():
    study = default_study()
    words = in_words("tumour_growth_rate", "mesenteric", study)
    assert "3 ln(D1/D0)" in words and "60 to 120 days after day 0" in words and "longest diameter" in words
    study["growth"] |= {"measure": "diameter", "targets": "common", "max_before_days": None}
    words = in_words("tumour_growth_rate", "mesenteric", study)
    assert "3 ln" not in words and "of the targets measured at both times" in words and "at most" not in words
    assert "off label" in in_words("density_response", "mesenteric", study)
    study["density"]["method"] = "none"
    assert in_words("density_response", "mesenteric", study) == "no method"
