"""Published figures beside computed ones: what agrees, at the published digits, and what is said."""

import pytest
from test_endpoints_cohorts import READER, default_study

from mesenluth.endpoints.definitions import in_words
from mesenluth.endpoints.published import comparison, digits
from mesenluth.endpoints.rows import proportion_rows, row
from mesenluth.errors import ConfigurationError

ORR = {"endpoint": "objective_response", "compartment": "mesenteric", "statistic": "proportion"}
PFS = {"endpoint": "progression_free_survival", "compartment": "mesenteric", "statistic": "median"}


def compare(value, rows, estimate=ORR, study=None, **more):
    """Return the one line of the comparison of one published value."""
    study = study or default_study()
    study["published"] = {
        "items": [{"id": "x", "label": {"en": "X", "fr": "X"}, "estimate": estimate, "value": value, **more}]
    }
    frame = comparison(rows, study)
    assert len(frame) == 1
    return frame.iloc[0]


def rate(x, n):
    return proportion_rows("objective_response", x, n, default_study(), compartment="mesenteric", evaluator=READER)


def median(estimate=None, low=None, high=None, reason=None):
    return [
        row("progression_free_survival", "median", "", compartment="mesenteric", evaluator=READER, method="log-log",
            numerator=1, denominator=9, estimate=estimate, ci_low=low, ci_high=high, reason=reason)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "x", "n", "agrees"),
    [
        ({"numerator": 2, "denominator": 52, "percent": 4}, 2, 52, True),
        ({"numerator": 2, "denominator": 52, "percent": 4}, 2, 51, False),  # 2/51 rounds to 4 % too
        ({"numerator": 6, "percent": 12}, 6, 49, True),
        ({"numerator": 6, "percent": 12}, 6, 48, False),  # 12.5 % is 13 % rounded half up
        ({"numerator": 6, "percent": 12.5}, 6, 48, True),
        ({"percent": 12.5}, 1, 8, True),
        ({"numerator": 0, "denominator": 52}, 0, 52, True),
        ({"numerator": 0, "denominator": 52}, 1, 52, False),
        ({"numerator": 0, "percent": 0}, 0, 0, False),
    ],
)
def test_proportions(value, x, n, agrees):
    assert compare(value, rate(x, n))["agrees"] == agrees


def test_the_computed_figure_takes_the_published_form():
    assert compare({"numerator": 6, "percent": 12}, rate(6, 48))["computed"] == "6/48 (13 %)"
    assert compare({"numerator": 6, "percent": 12.5}, rate(6, 48))["published"] == "6 (12.5 %)"
    assert compare({"percent": 12}, rate(6, 48))["computed"] == "13 %"
    assert compare({"numerator": 0, "percent": 0}, rate(0, 0))["computed"] == "not estimable"


@pytest.mark.parametrize(
    ("value", "computed", "text", "agrees"),
    [
        ({"median": 50.3, "ci_low": 38.2, "ci_high": 61.7}, (50.26, 38.24, 61.65), "50.3 (38.2-61.7)", True),
        ({"median": 50.3, "ci_low": 38.2, "ci_high": 61.7}, (50.26, 38.24, 82.7), "50.3 (38.2-82.7)", False),
        ({"median": 50.3, "ci_low": 38.2, "ci_high": 61.7}, (50.26, 38.24, None), "50.3 (38.2-not reached)", False),
        ({"median": 50.3}, (50.35, None, None), "50.4", False),
        ({"median": 50}, (50.4, None, None), "50", True),
        ({"median": "not reached"}, (None, None, None), "not reached", True),
        ({"median": "not reached"}, (60.0, None, None), "60.0", False),
        ({"median": 60.0}, (None, None, None), "not reached", False),
    ],
)
def test_medians(value, computed, text, agrees):
    found = compare(value, median(*computed), PFS)
    assert (found["computed"], found["agrees"]) == (text, agrees)


def test_nobody_gives_no_median():
    empty = [{**median()[0], "numerator": 0, "denominator": 0}]
    found = compare({"median": "not reached"}, empty, PFS)
    assert (found["computed"], found["agrees"]) == ("not estimable", False)


def test_a_landmark_has_a_percentage_and_no_counts():
    of = {**PFS, "statistic": "landmark", "time_months": 24.0}
    rows = [{**median(0.803)[0], "statistic": "landmark", "time_months": 24.0, "numerator": None, "denominator": None}]
    found = compare({"percent": 80}, rows, of)
    assert (found["computed"], found["agrees"]) == ("80 %", True)


def test_counts():
    rows = [row("population", "included", "51", evaluator=READER, population="screened", numerator=51, denominator=60)]
    of = {"endpoint": "population", "compartment": "whole_patient", "statistic": "included"}
    found = compare({"count": 52}, rows, of)
    assert (found["published"], found["computed"], found["agrees"]) == ("52", "51", False)
    assert compare({"count": 51}, rows, of)["agrees"]


def test_a_figure_that_is_not_computed_says_so():
    found = compare({"percent": 5}, [], {**ORR, "endpoint": "quality_of_life"})
    assert (found["computed"], found["agrees"]) == ("not computed", False)
    assert found["note"] == "no proportion of quality_of_life in mesenteric is computed"
    assert found["definition"] == "the endpoint is not part of this study"


def test_what_is_left_open_is_said():
    found = compare({"percent": 5}, rate(1, 20), open={"en": "the axis is not defined", "fr": "l'axe est ouvert"})
    assert found["definition"].endswith("; open in the abstract: the axis is not defined")
    assert found["definition"].startswith("CR or PR by RECIST 1.1, unconfirmed; ")


def test_limits_that_are_not_there_are_not_printed():
    value = {"median": 50.3, "ci_low": 38.2, "ci_high": 61.7}
    assert compare(value, median(), PFS)["computed"] == "not reached"
    assert compare(value, median(low=12.0), PFS)["computed"] == "not reached (12.0-not reached)"


def test_nothing_published_is_an_empty_table():
    for published in (None, {"items": []}):
        assert len(comparison(rate(2, 52), {**default_study(), "published": published})) == 0


def test_an_unknown_form_is_refused():
    with pytest.raises(ConfigurationError, match=r"published.items.x.value.*is not a figure"):
        compare({"hazard_ratio": 0.7}, rate(2, 52))


def test_digits():
    assert [digits(v) for v in (12, 50.3, 7.25, 100)] == [0, 1, 2, 0]


def test_definitions_follow_the_switches():
    study = default_study()
    assert in_words("objective_response", "mesenteric", study) == (
        "CR or PR by RECIST 1.1, unconfirmed; best response up to progression or a new therapy; mesenteric mass:"
        " measured by the longest diameter; as read by investigator; of all patients included"
    )
    study["compartments"][0]["measure_axis"] = "short"
    study["response"].update(timing="window", stop_at_new_therapy=False, primary_confirmation="confirmed")
    assert in_words("objective_response", "mesenteric", study) == (
        "CR or PR by RECIST 1.1, confirmed after at least 28 days; best response 90 to 270 days after the last"
        " administration; mesenteric mass: measured by the short axis; as read by investigator; of all patients"
        " included"
    )
    assert "stable disease for at least 42 days" in in_words("disease_control", "whole_patient", study)
    study["metabolic"].update(method="suvmax", same_tracer=False)
    assert in_words("metabolic_response", "mesenteric", study) == (
        "mesenteric mass: the highest SUVmax falls by at least 25 % (EORTC 1999, made for FDG), whatever the tracer, by"
        " the same kind of scan, before a new therapy; of all patients included"
    )
    study["metabolic"].update(method="suvpeak", same_modality=False, stop_at_new_therapy=False)
    assert (
        "the highest SULpeak falls by at least 30 % and 0.8 SUL (PERCIST 1.0, made for FDG), whatever the tracer;"
        in (in_words("metabolic_response", "mesenteric", study))
    )
    study["metabolic"].update(method="local_category")
    assert "CMR or PMR as the centre recorded it" in in_words("metabolic_response", "mesenteric", study)
    assert "not caused by carcinoid syndrome; of patients" in in_words("clinical_response", "mesenteric", study)
    study["clinical"].update(rule="any_improvement", attributed="any")
    assert "none is worse" not in in_words("clinical_response", "mesenteric", study)
    assert "attributed" not in in_words("clinical_response", "mesenteric", study)
    study["clinical"].update(rule="investigator", exclude_causes=[], stop_at_new_therapy=False)
    assert in_words("clinical_response", "mesenteric", study).startswith(
        "the investigator's global assessment says improved, at its best 1 to 450 days after day 0; symptoms:"
    )


def test_definitions_of_times_name_every_rule():
    study = default_study()
    study["survival"].update(
        death="censor", other_compartment_progression="censor", max_gap_days=200, new_therapy="event"
    )
    study["time"]["origin"] = "baseline_scan"
    study["survival"].update(no_baseline="count", censoring_assessment="any")
    words = in_words("progression_free_survival", "non_mesenteric", study)
    for part in (
        "from the baseline scan to progression (other lesions); deaths censor; a new therapy is an event",
        "progression of another compartment censors",
        "an event more than 200 days after the last adequate assessment is censored there",
        "without an event censored at the last assessment of any kind; an event counts without a baseline too",
        "log-log 95 % CI; months of 30.4375 days",
    ):
        assert part in words
    assert in_words("overall_survival", "whole_patient", study).startswith(
        "from the baseline scan to death, censored at"
    )
