"""The edges of a study, through the real computation: every one is a value with its reason, never a warning or a NaN.

Times are from day 0 in months of 30.4375 days: 365 days are 11.99 months, 731 are 24.02, 1462 are 48.03.
"""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from test_endpoints_cohorts import default_study, news, patient, scan, series, tables

from mesenluth.endpoints.cox import cox
from mesenluth.endpoints.estimate import estimate
from mesenluth.endpoints.logrank import logrank
from mesenluth.figures.make import data, picture
from mesenluth.figures.names import figure_names, inputs
from mesenluth.report.markdown import results_markdown
from mesenluth.report.names import INPUTS as REPORT_INPUTS
from mesenluth.tables.io import empty, to_arrow
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS

PFS, OS, ORR = "progression_free_survival", "overall_survival", "objective_response"
PARTS = ("mesenteric", "non_mesenteric", "whole_patient")
NAN = re.compile(r"\b[nN]a[nN]\b|<NA>|\bNone\b|\bNaT\b|\binf\b")


def patients(names):
    return [patient(p, centre=f"C{p}") for p in names]


def everywhere(names, best="SD", **more):
    return [series(p, c, best, **more) for p in names for c in PARTS]


CASES = {
    "no events": tables(
        cohort=patients("ABC"), best_responses=everywhere("ABC"),
        timepoint_responses=[scan(p, d, "SD") for p, d in zip("ABC", (365, 731, 1462), strict=True)],
    ),
    "all censored at 0": tables(cohort=patients("AB"), best_responses=everywhere("AB")),
    "one patient": tables(
        cohort=patients("A"), best_responses=everywhere("A", "PR"), timepoint_responses=[scan("A", 731, "PD")],
        follow_up=[news("A", 1000, "dead")],
    ),
    "nobody symptomatic": tables(
        cohort=patients("AB"), best_responses=everywhere("AB"),
        clinical_responses=[{"patient_id": p, "symptoms_at_baseline": 0, "response": "not_symptomatic"} for p in "AB"],
    ),
    "a compartment nobody has": tables(
        cohort=patients("AB"),
        best_responses=[
            *(series(p, c) for p in "AB" for c in ("mesenteric", "whole_patient")),
            *(series(p, "non_mesenteric", "NED", has_baseline=False, baseline_date=pd.NaT) for p in "AB"),
        ],
        timepoint_responses=[scan(p, 400, "SD", c) for p in "AB" for c in ("mesenteric", "whole_patient")],
        metabolic_responses=[{"patient_id": p, "compartment": "non_mesenteric", "response": "not_evaluable"} for p in "AB"],
    ),
    "nobody included": tables(
        cohort=[{"patient_id": p, "excluded_by": "prrt", "excluded_because": "not_met"} for p in "AB"]
    ),
    "nobody at all": tables(),
    "ties of events and censorings": tables(
        cohort=patients("ABCD"), best_responses=everywhere("ABCD"),
        timepoint_responses=[scan("A", 731, "PD"), scan("B", 731, "SD"), scan("C", 731, "PD"), scan("D", 1500, "SD")],
    ),
    "time 0": tables(
        cohort=patients("ABCD"), best_responses=everywhere("ABCD"),
        follow_up=[news("A", 0, "dead"), news("B", 800, "dead"), news("C", 900), news("D", 0)],
    ),
    "one arm empty": tables(
        cohort=patients("ABC"), best_responses=[series(p, "mesenteric", "PR") for p in "ABC"],
        timepoint_responses=[scan(p, 400, "SD") for p in "ABC"],
    ),
}  # fmt: skip
NO_ONE = "not estimable: no patients in this population"
NOBODY = "not estimable: no patients"
NO_PAIR = "not estimable: no patient could be judged in both compartments"


def beyond(months):
    return f"not estimable: longest follow-up {months} months"


EXPECTED = {
    # (endpoint, compartment, statistic, population) -> rows of (method or month, numerator, denominator, estimate, low,
    # high, n_at_risk, text, reason).
    ("no events", PFS, "mesenteric", "events"): [("count", 0, 3, 0, None, None, None, "0 events in 3 patients", None)],
    ("no events", PFS, "mesenteric", "median"): [
        ("log-log", 0, 3, None, None, None, None, "not reached", "not reached: no events; longest follow-up 48.0 months")
    ],
    ("no events", PFS, "mesenteric", "landmark"): [
        (m, 0, 3, 1, None, None, n, f"100.0 % ({n} at risk)", f"only {n} at risk; the interval has no value at this survival")
        for m, n in ((12, 2), (24, 2), (36, 1), (48, 1))
    ],
    ("no events", PFS, "mesenteric", "restricted_mean"): [
        (48, 0, 3, 48, None, None, None, "48.0", "no events before, so that the mean has no interval")
    ],
    ("all censored at 0", PFS, "mesenteric", "median"): [
        ("log-log", 0, 2, None, None, None, None, "not reached", "not reached: no events; longest follow-up 0.0 months")
    ],
    ("all censored at 0", PFS, "mesenteric", "landmark"): [
        (m, 0, 2, None, None, None, 0, "not estimable", beyond("0.0")) for m in (12, 24, 36, 48)
    ],
    ("all censored at 0", PFS, "mesenteric", "restricted_mean"): [
        (48, 0, 2, None, None, None, None, "not estimable", beyond("0.0"))
    ],
    ("all censored at 0", PFS, "mesenteric", "follow_up"): [
        ("reverse Kaplan-Meier, log-log", 2, 2, 0, None, None, None, "0.0 (limits not estimable)", "limits not estimable")
    ],
    # The curve falls from 1 to 0: there is a median, and no variance for its limits.
    ("one patient", PFS, "mesenteric", "median"): [
        ("log-log", 1, 1, 731 / 30.4375, None, None, None, "24.0 (limits not estimable)", "limits not estimable")
    ],
    ("one patient", PFS, "mesenteric", "landmark"): [
        (12, 0, 1, 1, 1, 1, 1, "100.0 % (1 at risk; 95 % CI 100.0-100.0)", "only 1 at risk"),
        (24, 0, 1, 1, 1, 1, 1, "100.0 % (1 at risk; 95 % CI 100.0-100.0)", "only 1 at risk"),
        *((m, 1, 1, 0, None, None, 0, "0.0 % (0 at risk)", "only 0 at risk; the interval has no value at this survival")
          for m in (36, 48)),
    ],
    ("one patient", PFS, "mesenteric", "restricted_mean"): [
        (48, 1, 1, 731 / 30.4375, None, None, None, "24.0", "all events at one time, so that the mean has no interval")
    ],
    # Nobody is censored: how long patients were followed cannot be told from those who progressed.
    ("one patient", PFS, "mesenteric", "follow_up"): [
        ("reverse Kaplan-Meier, log-log", 0, 1, None, None, None, None, "not reached",
         "not reached: every time ends with the event; longest follow-up 24.0 months")
    ],
    ("one patient", ORR, "mesenteric", "proportion"): [  # 0.025 for n of n = 1: 1 - 0.975
        (method, 1, 1, 1, low, 1, None, f"1/1 (100.0 %; 95 % CI {words}-100.0)", None)
        for method, low, words in (("clopper-pearson", 0.025, "2.5"), ("wilson", 0.206549, "20.7"))
    ],
    ("nobody symptomatic", "clinical_response", "mesenteric", "proportion"): [
        (method, 0, 0, None, None, None, None, "0/0 (not estimable)", NO_ONE) for method in ("clopper-pearson", "wilson")
    ],
    ("a compartment nobody has", ORR, "non_mesenteric", "proportion"): [
        (method, 0, 2, 0, 0, high, None, f"0/2 (0.0 %; 95 % CI 0.0-{words})",
         "2 of 2 patients could not be judged (2 nothing in this compartment at baseline) and count as without the event")
        for method, high, words in (("clopper-pearson", 0.841886, "84.2"), ("wilson", 0.657620, "65.8"))
    ],
    ("a compartment nobody has", ORR, "mesenteric vs non_mesenteric", "paired_difference"): [
        ("newcombe, paired", None, 0, None, None, None, None, "not estimable", NO_PAIR)
    ],
    ("a compartment nobody has", ORR, "mesenteric vs non_mesenteric", "paired_test"): [
        (method, 0, 0, None, None, None, None, "not estimable", NO_PAIR) for method in ("exact", "mid-p")
    ],
    ("a compartment nobody has", PFS, "non_mesenteric", "median"): [
        ("log-log", 0, 2, None, None, None, None, "not reached", "not reached: no events; longest follow-up 0.0 months")
    ],
    **{
        (case, PFS, "mesenteric", statistic): [
            (m, 0, 0, None, None, None, risk, "not estimable", NOBODY) for m in months
        ]
        for case in ("nobody included", "nobody at all")
        for statistic, months, risk in (
            ("median", ["log-log"], None), ("landmark", [12, 24, 36, 48], 0), ("restricted_mean", [48], None),
            ("follow_up", ["reverse Kaplan-Meier, log-log"], None),
        )
    },
    ("nobody included", ORR, "mesenteric", "test"): [
        ("exact binomial", 0, 0, None, None, None, None, "not estimable", NO_ONE)
    ],
    ("nobody included", "complications", "mesenteric", "proportion"): [
        (method, 0, 0, None, None, None, None, "0/0 (not estimable)", NO_ONE) for method in ("clopper-pearson", "wilson")
    ],
    # Who is censored on the day of an event is at risk at it: S falls from 1 to 1/2, and stays: the median is the
    # midpoint of 24.02 and the last time, 49.28 (R, survfit). Greenwood: 2 / (4 * 2) = 1/4.
    ("ties of events and censorings", PFS, "mesenteric", "median"): [
        ("log-log", 2, 4, (731 + 1500) / 2 / 30.4375, 731 / 30.4375, None, None, "36.6 (24.0-not reached)",
         "the upper limit is not reached")
    ],
    ("ties of events and censorings", PFS, "mesenteric", "landmark"): [
        *((m, 0, 4, 1, 1, 1, 4, "100.0 % (4 at risk; 95 % CI 100.0-100.0)", "only 4 at risk") for m in (12, 24)),
        *((m, 2, 4, 0.5, 0.057847, 0.844861, 1, "50.0 % (1 at risk; 95 % CI 5.8-84.5)", "only 1 at risk")
          for m in (36, 48)),
    ],
    # One of four dies on day 0, one is last seen on it: S is 3/4 from 0 on; the next death leaves 3/8.
    ("time 0", OS, "whole_patient", "median"): [
        ("log-log", 2, 4, 800 / 30.4375, 0, None, None, "26.3 (0.0-not reached)", "the upper limit is not reached")
    ],
    ("time 0", OS, "whole_patient", "landmark"): [
        *((m, 1, 4, 0.75, 0.127949, 0.960549, 2, "75.0 % (2 at risk; 95 % CI 12.8-96.1)", "only 2 at risk")
          for m in (12, 24)),
        *((m, 2, 4, None, None, None, 0, "not estimable", beyond("29.6")) for m in (36, 48)),
    ],
    ("one arm empty", ORR, "mesenteric vs non_mesenteric", "paired_test"): [
        (method, 0, 0, None, None, None, None, "not estimable", NO_PAIR) for method in ("exact", "mid-p")
    ],
}  # fmt: skip


def the_study():
    """Return the default study, with every landmark shown: in studies this small all of them are of few at risk."""
    study = default_study("2030-01-01")
    study["statistics"] = {**study["statistics"], "min_at_risk": 1}
    return study


@pytest.fixture(scope="module")
def computed():
    """Every case, computed with warnings as errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return {name: estimate(given, the_study()) for name, given in CASES.items()}


def plain(value):
    return None if pd.isna(value) else value


@pytest.mark.parametrize("key", EXPECTED, ids=lambda k: "-".join(k))
def test_the_rows_of_an_edge_case(computed, key):
    case, endpoint, compartment, statistic = key
    found = computed[case]["estimates"]
    found = found[
        (found["endpoint"] == endpoint) & (found["compartment"] == compartment) & (found["definition"] == "study")
        & (found["statistic"] == statistic) & (found["population"] != "evaluable") & found["subgroup"].isna()
    ]  # fmt: skip
    at = found["time_months"].astype(object).where(found["time_months"].notna(), found["method"])
    columns = ["numerator", "denominator", "estimate", "ci_low", "ci_high", "n_at_risk", "text", "reason"]
    rows = [(m, *(plain(r[c]) for c in columns)) for m, r in zip(at, found.to_dict("records"), strict=True)]
    assert len(rows) == len(EXPECTED[key])
    for row, wanted in zip(rows, EXPECTED[key], strict=True):
        for value, right in zip(row, wanted, strict=True):
            close = isinstance(right, float) and value is not None
            assert value == (pytest.approx(right, abs=1e-5) if close else right), (row, wanted)


@pytest.mark.parametrize("case", CASES)
def test_no_table_holds_nan_and_every_gap_has_its_reason(computed, case):
    for name, frame in computed[case].items():
        to_arrow(frame, RESULTS[name])
        for column in frame.select_dtypes("string"):
            assert not frame[column].str.contains(NAN, na=False).any(), (name, column)
    estimates = computed[case]["estimates"]
    silent = estimates["estimate"].isna() & estimates["p_value"].isna() & estimates["reason"].isna()
    assert estimates.loc[silent, ["endpoint", "statistic", "text"]].values.tolist() == []
    assert not np.isinf(estimates.select_dtypes("float")).any(axis=None)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("case", CASES)
def test_the_report_and_the_figures_say_it_in_words(computed, case, language):
    study = the_study()
    study["figures"] = {**study["figures"], "language": language}
    needed = {*REPORT_INPUTS, *(n for name in figure_names(study) for n in inputs(name))}
    given = {n: empty({**REGISTRY, **RESULTS}[n]) for n in needed} | CASES[case] | computed[case]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page = results_markdown({n: given[n] for n in REPORT_INPUTS}, study)
        for name in figure_names(study):
            drawn = data(name, {n: given[n] for n in inputs(name)}, study)
            picture(name, drawn, study)
    assert not NAN.search(page), NAN.search(page)
    if case.startswith("nobody") and case != "nobody symptomatic":
        empty_words = {"en": "No patient is included: there is nobody to describe.", "fr": "personne à décrire"}
        assert empty_words[language] in page.replace("\u00a0", " ")


def test_one_group_alone_cannot_be_compared():
    time, event = [1, 2, 3], [True, False, True]
    assert logrank(time, event, ["a", "a", "a"]).reason == "not estimable: one group"
    assert np.isnan(logrank(time, event, ["a", "a", "a"]).p_value)
    found = cox(time, event, [0.0, 0.0, 0.0])
    assert found.reason.startswith("not estimable")
    assert np.isnan(found.p_value).all()


def test_with_the_default_study_no_landmark_of_so_few_is_shown():
    frame = estimate(CASES["one patient"], default_study("2030-01-01"))["estimates"]
    mine = frame[(frame["statistic"] == "landmark") & (frame["definition"] == "study") & (frame["endpoint"] == PFS)]
    mass = mine[mine["compartment"] == "mesenteric"]
    assert mass["text"].tolist() == ["not shown"] * 4
    assert mass["reason"].tolist() == [f"not shown: {n} at risk, fewer than 5" for n in (1, 1, 0, 0)]
    assert mass[["estimate", "ci_low", "ci_high"]].isna().all(axis=None)


NEEDED = {
    "proportion": ("numerator", "denominator", "confidence"),
    "paired_difference": ("denominator", "confidence"),
    "paired_test": ("numerator", "denominator", "test", "hypothesis"),
    "test": ("numerator", "denominator", "test", "hypothesis"),
    "events": ("numerator", "denominator", "estimate"),
    "median": ("numerator", "denominator", "confidence"),
    "follow_up": ("numerator", "denominator", "confidence"),
    "landmark": ("numerator", "denominator", "confidence", "time_months", "n_at_risk"),
    "restricted_mean": ("numerator", "denominator", "confidence", "time_months"),
    "changed": ("numerator", "denominator", "estimate"),
    "power": ("denominator", "estimate", "test", "hypothesis"),
    "smallest_n": ("test", "hypothesis"),
    "hazard_ratio": ("numerator", "denominator"),
    "subgroup_test": ("numerator", "denominator", "test", "hypothesis"),
    "interaction": ("numerator", "denominator", "test", "hypothesis"),
    "heterogeneity": ("numerator", "denominator", "test", "hypothesis"),
    "incidence_progression": ("numerator", "denominator", "confidence", "time_months", "n_at_risk"),
    "incidence_death": ("numerator", "denominator", "confidence", "time_months", "n_at_risk"),
}
HIDDEN = "not shown: (?:fewer than|the number of another level)"
"""Why nothing at all is told of a small level, its numbers of patients included."""
NO_INTERVAL = {"Turnbull (NPMLE)", "observed times"}
"""Methods without limits and without numbers at risk: intervals in which events lie, and plain quantiles."""


@pytest.mark.parametrize("case", CASES)
def test_each_row_has_the_columns_that_its_statistic_needs(computed, case):
    estimates = computed[case]["estimates"]
    hidden = estimates["reason"].str.contains(HIDDEN, na=False)
    assert estimates.loc[hidden, ["subgroup", "level"]].notna().all(axis=None)
    for statistic, columns in NEEDED.items():
        mine = estimates[(estimates["statistic"] == statistic) & ~hidden]
        for column in columns:
            without = mine["method"].isin(NO_INTERVAL) & (column in ("confidence", "n_at_risk"))
            assert mine.loc[~without, column].notna().all(), (statistic, column)
            assert mine.loc[without, column].isna().all(), (statistic, column)
    assert (estimates.loc[estimates["p_value"].notna(), "test"].notna()).all()
