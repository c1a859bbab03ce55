"""The results in an abstract's words, from estimates of known numbers."""

import copy

import pytest

from mesenluth.report.abstract import abstract
from mesenluth.report.cells import without_questions
from unit.report.test_report_markdown import CONFIG, ORR, PFS, estimate, table, tables


def rate(compartment, k, low, high, endpoint=ORR, **over):
    return estimate(
        endpoint, "proportion", f"{k}/52", method="clopper-pearson", compartment=compartment, numerator=k,
        denominator=52, estimate=k / 52, ci_low=low, ci_high=high, confidence=0.95, **over,
    )  # fmt: skip


ROWS = [
    rate("mesenteric", 2, 0.0047, 0.1321),
    rate("non_mesenteric", 4, 0.0214, 0.1854),
    rate("mesenteric", 0, 0.0, 0.0685, endpoint="metabolic_response"),
    estimate(ORR, "paired_difference", "-3.8 points", compartment="mesenteric vs non_mesenteric", denominator=52,
             method="newcombe, paired", population="evaluable_in_both", estimate=-0.0384, ci_low=-0.148, ci_high=0.066,
             confidence=0.95),
    estimate(ORR, "paired_test", "p", compartment="mesenteric vs non_mesenteric", numerator=6, denominator=52,
             method="McNemar, exact, two-sided", population="evaluable_in_both", p_value=0.6875),
    estimate(PFS, "events", "25 events", compartment="non_mesenteric", numerator=25, denominator=52, method="count"),
    estimate(PFS, "median", "50.3 (38.2-61.7)", compartment="non_mesenteric", method="log-log", estimate=50.3,
             ci_low=38.2, ci_high=61.7, confidence=0.95),
    estimate(PFS, "events", "10 events", numerator=10, denominator=52, method="count"),
    estimate(PFS, "median", "not reached", method="log-log", confidence=0.95),
    estimate(ORR, "test", "p", reason="no result of 52 patients could have shown a rate under 5 %", denominator=52,
             hypothesis="rate < 5 %", method="exact binomial", p_value=0.5),
]  # fmt: skip


def written(lang="en", rows=ROWS, **sections):
    study = copy.deepcopy(CONFIG)
    study["figures"]["language"] = lang
    for key, value in sections.items():
        study[key] = value
    paragraphs = abstract(tables(estimates=table("estimates", rows)), study, lang)
    return [without_questions(p).replace("\u00a0", " ") for p in paragraphs]


def test_the_results_are_told_with_counts_shares_and_intervals():
    results, _ = written()
    assert (
        "Objective response was reached in 2 of 52 patients (3.8 %; 95 % CI 0.5 to 13.2) in the mesenteric mass and"
        " 4 of 52 (7.7 %; 95 % CI 2.1 to 18.5) in the other lesions; the difference in the same patients was −3.8"
        " percentage points (95 % CI −14.8 to 6.6; exact McNemar p = 0.688, which rests on the 6 in whom the two differ)."
    ) in results
    assert (
        "Median progression-free survival was not reached (10 events in 52 patients) in the mesenteric mass and"
        " 50.3 months (95 % CI 38.2 to 61.7; 25 events in 52 patients) in the other lesions."
    ) in results


def test_who_is_compared_is_said_where_some_could_not_be_judged():
    rows = [{**row, "denominator": 50} if row["statistic"] == "paired_difference" else row for row in ROWS]
    assert "; the difference in the 50 patients judged in both was −3.8 percentage points" in written(rows=rows)[0]
    assert "la différence chez les 50 patients évaluables dans les deux était de" in written("fr", rows=rows)[0]


def test_what_so_many_patients_can_show_is_said_and_that_none_is_not_never():
    _, limits = written()
    assert limits.startswith("What 52 patients can show: no result of 52 patients could have shown a rate under 5 %.")
    assert "That none of 52 showed metabolic response in the mesenteric mass does not mean that none would" in limits
    assert "rates up to 6.9 % are compatible" in limits  # 1 - 0.025 ** (1 / 52), by Clopper and Pearson: 6.85 %


def test_the_french_says_the_same_numbers():
    results, limits = written("fr")
    assert "2 des 52 patients (3,8 % ; IC à 95 % de 0,5 à 13,2) pour « masse mésentérique »" in results
    assert "Médiane, survie sans progression : non atteinte (10 événements chez 52 patients)" in results
    assert "des taux jusqu'à 6,9 % restent compatibles" in limits


def test_a_study_without_a_hypothesis_says_so():
    primary = {"endpoint": ORR, "compartment": "mesenteric", "hypothesis": None}
    _, limits = written(rows=[r for r in ROWS if r["statistic"] != "test"], primary=primary)
    assert limits.startswith("The study states no hypothesis")


@pytest.mark.parametrize(("n", "shown"), [(4, False), (5, True)])
def test_an_estimate_of_a_few_patients_is_not_told(n, shown):
    row = {**rate("mesenteric", 1, 0.01, 0.7), "denominator": n, "estimate": 1 / n}
    results, _ = written(rows=[row])
    assert (f"1 of {n} patients" in results) == shown
    assert ("fewer than 5 patients" in results) != shown


def test_nothing_estimated_is_nothing_said():
    results, limits = written(rows=[])
    assert results.startswith("Patients with small-intestinal NET in the registry: 4, of whom 2 met every criterion")
    assert limits == ""
