"""When a time ends and why, on plain days.

Worked cases of the two published rule sets: tests/acceptance/test_pfs_cases.py.
"""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.endpoints.censoring import ADEQUATE, REASONS, Rules, end_of_time, overall_survival, rules_for
from mesenluth.errors import ConfigurationError

SURVIVAL = {
    "death": "event",
    "other_compartment_progression": "ignore",
    "new_therapy": "censor_at_last_adequate",
    "max_gap_days": None,
    "no_baseline": "censor",
    "censoring_assessment": "adequate",
    "fda_max_gap_days": 365,
}


def end(rules, responses, progression_days=None, **series):
    """Return day, status and reason of one series."""
    row = {
        "series": 1,
        "has_baseline": True,
        "death": None,
        "new_therapy": None,
        "other_progression": None,
        "cut": None,
    }
    assessments = pd.DataFrame(
        {"series": [1] * len(responses), "day": list(responses), "response": list(responses.values())}
    )
    if progression_days is not None:
        assessments["progression_day"] = progression_days
    got = end_of_time(pd.DataFrame([{**row, **series}]), assessments, rules).iloc[0]
    return int(got["day"]), got["status"], got["reason_code"]


CASES = [
    # Time to progression: a death says nothing about the disease after the last scan.
    (Rules(death="censor"), {84: "SD"}, {"death": 150}, (84, "censored", "death")),
    (Rules(death="censor"), {84: "SD", 150: "PD"}, {"death": 150}, (150, "event", "progression")),
    # A new therapy as an event: on the day it begins, unless progression is seen that day.
    (Rules(new_therapy="event"), {84: "SD", 168: "PD"}, {"new_therapy": 100}, (100, "event", "new_therapy")),
    (Rules(new_therapy="event"), {84: "SD", 168: "PD"}, {"new_therapy": 168}, (168, "event", "progression")),
    (Rules(new_therapy="ignore"), {84: "SD", 168: "PD"}, {"new_therapy": 100}, (168, "event", "progression")),
    # A new therapy and no event: censored before it, and at day 0 where no scan came before.
    (Rules(), {84: "SD", 168: "SD"}, {"new_therapy": 100}, (84, "censored", "new_therapy")),
    (Rules(), {84: "SD"}, {"new_therapy": 20}, (0, "censored", "new_therapy")),
    (Rules(), {84: "SD"}, {"new_therapy": 84}, (84, "censored", "new_therapy")),
    (Rules(), {84: "SD"}, {"new_therapy": 90, "death": 95}, (84, "censored", "new_therapy")),
    # Progression elsewhere.
    (Rules(), {84: "SD", 168: "PD"}, {"other_progression": 84}, (168, "event", "progression")),
    (
        Rules(other_compartment_progression="censor"),
        {84: "SD", 168: "PD"},
        {"other_progression": 84},
        (84, "censored", "other_compartment_progression"),
    ),
    (
        Rules(other_compartment_progression="censor"),
        {84: "PD"},
        {"other_progression": 84},
        (84, "event", "progression"),
    ),
    # A gap: counted from the last adequate assessment, from day 0 where there is none, and never from an NE.
    (Rules(max_gap_days=100), {84: "SD", 184: "PD"}, {}, (184, "event", "progression")),
    (Rules(max_gap_days=100), {84: "SD", 185: "PD"}, {}, (84, "censored", "gap_before_event")),
    (Rules(max_gap_days=100), {84: "SD", 180: "NE"}, {"death": 185}, (84, "censored", "gap_before_event")),
    (Rules(max_gap_days=100), {}, {"death": 101}, (0, "censored", "gap_before_event")),
    (Rules(max_gap_days=100), {185: "SD"}, {"death": 185}, (185, "event", "death")),
    # Nothing was there at baseline and nothing is seen: adequate. What then appears is progression.
    (Rules(), {84: "NED", 168: "NED"}, {}, (168, "censored", "last_adequate_assessment")),
    (Rules(), {84: "NED", 168: "PD"}, {}, (168, "event", "progression")),
    # No baseline.
    (Rules(), {84: "SD"}, {"has_baseline": False, "death": 90}, (0, "censored", "no_baseline")),
    (Rules(no_baseline="count"), {84: "SD"}, {"has_baseline": False}, (0, "censored", "no_baseline")),
    (Rules(no_baseline="count"), {84: "PD"}, {"has_baseline": False}, (84, "event", "progression")),
    # Where a time without event ends: an NE scan ends it only if the study says so, and closes no gap either way.
    (Rules(), {84: "SD", 168: "NE"}, {}, (84, "censored", "last_adequate_assessment")),
    (Rules(censoring_assessment="any"), {84: "SD", 168: "NE"}, {}, (168, "censored", "last_assessment")),
    (Rules(censoring_assessment="any"), {84: "NE"}, {}, (84, "censored", "last_assessment")),
    (Rules(censoring_assessment="any"), {}, {}, (0, "censored", "no_post_baseline")),
    (Rules(censoring_assessment="any"), {84: "NE", 168: "NE"}, {"new_therapy": 100}, (84, "censored", "new_therapy")),
    (Rules(censoring_assessment="any"), {84: "NE"}, {"cut": 83}, (0, "censored", "no_post_baseline")),
    (Rules(censoring_assessment="any"), {84: "NE"}, {"has_baseline": False}, (0, "censored", "no_baseline")),
    (
        Rules(censoring_assessment="any", max_gap_days=100),
        {84: "SD", 180: "NE"},
        {"death": 185},
        (84, "censored", "gap_before_event"),
    ),
    # Before day 0 and after the cut nothing counts.
    (Rules(), {-5: "PD", 84: "SD"}, {}, (84, "censored", "last_adequate_assessment")),
    (Rules(), {84: "SD", 168: "PD"}, {"cut": 167}, (84, "censored", "last_adequate_assessment")),
    (Rules(), {84: "SD", 168: "PD"}, {"cut": 168}, (168, "event", "progression")),
    (Rules(), {84: "SD"}, {"cut": 83}, (0, "censored", "no_post_baseline")),
    (Rules(), {84: "NE"}, {}, (0, "censored", "no_post_baseline")),
    # Progression and death on one day are a progression.
    (Rules(), {84: "PD"}, {"death": 84}, (84, "event", "progression")),
]


@pytest.mark.parametrize(("rules", "responses", "series", "expected"), CASES)
def test_case(rules, responses, series, expected):
    assert end(rules, responses, **series) == expected


def test_a_progression_may_be_dated_before_the_last_scan_of_its_set():
    """The set ends on day 170, the new lesion was seen on day 165: that is the day of progression."""
    assert end(Rules(), {84: "SD", 170: "PD"}, [None, 165]) == (165, "event", "progression")
    assert end(Rules(), {84: "SD", 170: "PD"}, [None, 165], cut=167) == (165, "event", "progression")


def test_the_rule_sets():
    assert rules_for("study", SURVIVAL) == Rules()
    assert rules_for("fda", SURVIVAL) == Rules(max_gap_days=365)
    assert rules_for("ema", SURVIVAL) == Rules(new_therapy="ignore", no_baseline="count")
    for name in ("study", "fda", "ema"):
        assert rules_for(name, SURVIVAL, death_counts=False).death == "censor"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("death", "maybe"),
        ("other_compartment_progression", "event"),
        ("new_therapy", "sometimes"),
        ("no_baseline", "ignore"),
        ("censoring_assessment", "evaluable"),
    ],
)
def test_what_is_not_built_is_refused_by_name(key, value):
    for death_counts in (True, False):
        with pytest.raises(ConfigurationError, match=f"survival.{key}: '{value}' is not built"):
            rules_for("study", {**SURVIVAL, key: value}, death_counts)


def test_the_study_states_its_own_rules():
    stated = SURVIVAL | {"no_baseline": "count", "censoring_assessment": "any"}
    assert rules_for("study", stated) == Rules(no_baseline="count", censoring_assessment="any")
    # The published sets are what they are.
    assert rules_for("fda", stated) == rules_for("fda", SURVIVAL)
    assert rules_for("ema", stated) == rules_for("ema", SURVIVAL)


def test_an_unknown_rule_set_is_refused():
    with pytest.raises(ConfigurationError, match="'pmda'.*\n.*study, fda, ema"):
        rules_for("pmda", SURVIVAL)


def test_a_series_that_stands_twice_is_refused():
    series = pd.DataFrame({"series": [1, 1]})
    with pytest.raises(ValueError, match="twice"):
        end_of_time(series, pd.DataFrame({"series": [], "day": [], "response": []}), Rules())


def test_no_series_give_no_rows():
    columns = ["series", "has_baseline", "death", "new_therapy", "other_progression", "cut"]
    got = end_of_time(
        pd.DataFrame({c: [] for c in columns}), pd.DataFrame({"series": [], "day": [], "response": []}), Rules()
    )
    assert list(got.columns) == ["series", "day", "status", "reason_code", "free_until"]
    assert len(got) == 0


@pytest.mark.parametrize(
    ("death", "alive", "cut", "expected"),
    [
        (100, 90, None, (100, "event", "death")),
        (None, 90, None, (90, "censored", "last_known_alive")),
        (100, 90, 95, (90, "censored", "last_known_alive")),
        (None, None, None, (0, "censored", "no_follow_up")),
        (None, 90, 80, (0, "censored", "no_follow_up")),
        (0, None, None, (0, "event", "death")),
    ],
)
def test_overall_survival(death, alive, cut, expected):
    got = overall_survival(pd.DataFrame({"series": [1], "death": [death], "last_alive": [alive], "cut": [cut]})).iloc[0]
    assert (int(got["day"]), got["status"], got["reason_code"]) == expected


day = st.one_of(st.none(), st.integers(-20, 600))
rule = st.builds(
    Rules,
    death=st.sampled_from(["event", "censor"]),
    new_therapy=st.sampled_from(["censor_at_last_adequate", "ignore", "event"]),
    other_compartment_progression=st.sampled_from(["ignore", "censor"]),
    max_gap_days=st.one_of(st.none(), st.integers(1, 300)),
    no_baseline=st.sampled_from(["censor", "count"]),
    censoring_assessment=st.sampled_from(["adequate", "any"]),
)
responses = st.dictionaries(st.integers(-20, 600), st.sampled_from([*ADEQUATE, "NE"]), max_size=8)
series = st.fixed_dictionaries(
    {"death": day, "new_therapy": day, "other_progression": day, "cut": day, "has_baseline": st.booleans()}
)


@given(rule, responses, series)
def test_laws_of_an_end(rules, found, dates):
    at, status, reason = end(rules, found, **dates)
    assert reason in REASONS
    assert status in ("event", "censored")
    assert at >= 0
    if dates["cut"] is not None:
        assert at <= max(dates["cut"], 0)
    allowed = {0, *found, *(v for k, v in dates.items() if k in ("death", "new_therapy") and v is not None)}
    assert at in allowed
    if status == "event":
        assert reason in ("progression", "death", "new_therapy")
        assert reason != "death" or rules.death == "event"
    else:
        assert at == 0 or found.get(at) in (*ADEQUATE, *(["NE"] if rules.censoring_assessment == "any" else []))
    # Nothing counts after the first progression that the rules look at.
    progressed = [d for d, r in found.items() if r == "PD" and d >= 0]
    if progressed:
        assert at <= min(progressed)


@given(rule, responses, series, st.integers(0, 600))
def test_what_lies_after_the_cut_changes_nothing(rules, found, dates, cut):
    """A time is the same whether records after the cut are there or were removed before."""
    before = {
        k: None if k in ("death", "new_therapy", "other_progression") and (v or 0) > cut else v
        for k, v in dates.items()
    }
    here = end(rules, found, **{**dates, "cut": cut})
    there = end(rules, {d: r for d, r in found.items() if d <= cut}, **{**before, "cut": cut})
    assert here == there


@given(responses, series)
def test_without_therapies_and_gaps_the_rule_sets_agree(found, dates):
    plain = {**dates, "new_therapy": None, "other_progression": None, "has_baseline": True}
    far = {**SURVIVAL, "fda_max_gap_days": 10_000}
    assert len({end(rules_for(r, far), found, **plain) for r in ("study", "fda", "ema")}) == 1
