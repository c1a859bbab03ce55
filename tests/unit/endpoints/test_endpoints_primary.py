"""The primary hypothesis: the sentence follows the numbers, and what cannot be tested is refused."""

import pytest
from test_endpoints_cohorts import default_study, patient, series, tables
from test_endpoints_estimate import one, published_like, rows

from mesenluth.endpoints.estimate import estimate
from mesenluth.errors import ConfigurationError


@pytest.mark.parametrize(
    ("responders", "n", "ending"),
    [
        (0, 59, "this shows a rate under 5 % at one-sided alpha 0.05"),
        (1, 59, "this does not show a rate under 5 %: at most 0 of 59 would have"),
    ],
)
def test_the_sentence_follows_the_numbers(responders, n, ending):
    given = tables(
        cohort=[patient(f"P{i}") for i in range(n)],
        best_responses=[series(f"P{i}", best="PR" if i < responders else "SD") for i in range(n)],
    )
    assert one(estimate(given, default_study()), statistic="test")["reason"].endswith(ending)


def test_a_hypothesis_of_a_high_rate():
    """At least 50 %: five of five show it (1/32); three of three cannot (1/8)."""
    study = default_study()
    study["primary"]["hypothesis"] = {"alternative": "greater", "rate_percent": 50, "alpha": 0.05}
    said = []
    for n in (5, 3):
        given = tables(
            cohort=[patient(f"P{i}") for i in range(n)], best_responses=[series(f"P{i}", best="CR") for i in range(n)]
        )
        out = estimate(given, study)
        said.append(one(out, statistic="test")["reason"])
        assert one(out, statistic="smallest_n")["estimate"] == 5
    assert said[0].endswith("this shows a rate over 50 % at one-sided alpha 0.05")
    assert said[1].endswith(
        "no result of 3 patients could have shown a rate over 50 %: even 3 of 3 gives p = 0.125; it takes 5 patients"
    )


def test_a_study_without_hypothesis_tests_nothing():
    study = default_study()
    study["primary"]["hypothesis"] = None
    assert len(rows(estimate(published_like(), study), statistic="test")) == 0


def test_a_hypothesis_about_no_proportion_is_refused():
    study = default_study()
    study["primary"]["endpoint"] = "overall_survival"
    with pytest.raises(
        ConfigurationError, match="endpoint 'overall_survival' in compartment 'mesenteric' has no proportion"
    ):
        estimate(published_like(), study)


def test_what_is_not_built_is_refused_by_name():
    study = default_study()
    study["primary"]["hypothesis"]["alternative"] = "two-sided"
    with pytest.raises(ConfigurationError, match="primary.hypothesis.alternative: 'two-sided' is not built"):
        estimate(published_like(), study)
    study["response"]["primary_confirmation"] = "central"
    with pytest.raises(ConfigurationError, match="response.primary_confirmation: 'central' is not built"):
        estimate(published_like(), study)


def test_a_rate_so_low_that_no_study_is_large_enough():
    study = default_study()
    study["primary"]["hypothesis"]["rate_percent"] = 1e-6
    out = estimate(published_like(), study)
    assert one(out, statistic="smallest_n")["text"] == "not estimable"
    assert one(out, statistic="smallest_n")["reason"] == "not estimable: more patients than were looked at"
    assert one(out, statistic="test")["reason"].endswith("; no number of patients is enough")
