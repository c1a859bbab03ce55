"""Curves, numbers at risk and medians of the Kaplan-Meier figure."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_figures_samples import study, table, tables

from mesenluth.figures import kaplan_meier as km

PFS, OS = "progression_free_survival", "overall_survival"


def curve_of(times, events, endpoint=PFS, compartment="mesenteric", evaluator="investigator", rule_set="study"):
    """Return the Kaplan-Meier curve of some patients, worked out step by step."""
    rows, survival = [(0.0, len(times), 0, 0, 1.0)], 1.0
    for t in sorted(set(times)):
        at_risk = sum(u >= t for u in times)
        failed = sum(u == t and e for u, e in zip(times, events, strict=True))
        ended = sum(u == t for u in times)
        survival *= 1 - failed / at_risk
        if t == 0:
            rows.clear()
        rows.append((t, at_risk, failed, ended - failed, survival))
    frame = pd.DataFrame(rows, columns=["time_months", "n_at_risk", "n_event", "n_censored", "survival"])
    about = {"endpoint": endpoint, "compartment": compartment, "evaluator": evaluator, "rule_set": rule_set}
    return table("curves", **frame.assign(**about, method="log-log").to_dict("series"))


def median(value, low=None, high=None, compartment="mesenteric", **over):
    row = {
        "endpoint": PFS, "population": "included", "compartment": compartment, "evaluator": "investigator",
        "definition": "study", "statistic": "median", "method": "log-log", "estimate": value, "ci_low": low,
        "ci_high": high, "confidence": 0.95, "unit": "months", "text": "t", **over,
    }  # fmt: skip
    return row


def frame_of(curves, medians, settings=None):
    estimates = table("estimates", **{k: [m[k] for m in medians] for k in medians[0]})
    given = {"curves": pd.concat(curves, ignore_index=True), "estimates": estimates}
    return km.data(given, settings or study())


def summary(frame, compartment="mesenteric"):
    of = frame[(frame["layer"] == "summary") & (frame["compartment"] == compartment)]
    return of["text"].iloc[0].replace("\u00a0", " ").split("\n")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1, max_size=40))
def test_at_risk_at_a_tick_are_those_whose_time_is_not_shorter(patients):
    times, events = [t for t, _ in patients], [e for _, e in patients]
    frame = frame_of([curve_of(times, events)], [median(None)])
    at_risk = frame[frame["layer"] == "at_risk"]
    for tick, n in zip(at_risk["time_months"], at_risk["n_at_risk"], strict=True):
        assert n == sum(t >= tick for t in times)
    assert at_risk["n_at_risk"].iloc[0] == len(times)
    assert len(at_risk) <= km.TICKS_WIDE + 1


def test_a_time_on_the_tick_but_for_rounding_is_at_risk_there():
    frame = frame_of([curve_of([12 - 1e-10, 60.0], [True, True])], [median(None)])
    at_risk = frame[frame["layer"] == "at_risk"].set_index("time_months")["n_at_risk"]
    assert at_risk[12.0] == 2


def test_the_curve_that_is_drawn_is_the_table():
    curve = curve_of([6, 12, 12, 30, 40], [True, True, False, False, True])
    figure = km.draw(frame_of([curve], [median(12.0, 6.0, None)]), study())
    steps, ticks = figure.axes[1].lines[1:3]
    assert steps.get_xdata().tolist() == [0, 6, 12, 30, 40]
    assert np.allclose(steps.get_ydata(), [100, 80, 60, 60, 0])
    assert ticks.get_xdata().tolist() == [12, 30]


@pytest.mark.parametrize(
    ("lang", "row", "words"),
    [
        ("en", median(50.3, 38.2, 61.7), "median 50.3 months (95 % CI 38.2 to 61.7)"),
        ("fr", median(50.3, 38.2, 61.7), "médiane 50,3 mois (IC à 95 % : 38,2 à 61,7)"),
        ("en", median(50.3, 38.2), "median 50.3 months (95 % CI 38.2 to not reached)"),
        ("en", median(None, 61.2), "median not reached (95 % CI 61.2 to not reached)"),
        ("en", median(None), "median not reached"),
        ("fr", median(None), "médiane non atteinte"),
        ("en", median(50.3, 38.2, 61.7, confidence=0.9), "median 50.3 months (90 % CI 38.2 to 61.7)"),
    ],
)
def test_the_median_is_printed_with_its_interval_or_as_not_reached(lang, row, words):
    frame = frame_of([curve_of([10, 20], [True, False])], [row], study(lang))
    assert summary(frame)[1] == words


def test_the_median_is_that_of_the_study_and_its_interval():
    rows = [
        median(11.0, definition="ema"),
        median(12.0, evaluator="reader_2"),
        median(13.0, method="log"),
        median(14.0, method="log-log"),
        median(15.0, compartment="non_mesenteric"),
    ]
    frame = frame_of([curve_of([10, 20], [True, False])], rows)
    assert summary(frame) == ["events 1 of 2", "median 14.0 months"]
    settings = study()
    settings["statistics"]["km_interval"] = "log"
    assert summary(frame_of([curve_of([10, 20], [True, False])], rows, settings))[1] == "median 13.0 months"


def test_without_a_median_nothing_is_said_of_it():
    frame = frame_of([curve_of([10, 20], [True, False])], [median(9.0, compartment="non_mesenteric")])
    assert summary(frame) == ["events 1 of 2"]


def test_only_the_study_rules_and_the_primary_evaluator_are_drawn():
    curves = [
        curve_of([10], [True]),
        curve_of([99], [True], rule_set="fda"),
        curve_of([98], [True], evaluator="reader_2"),
        curve_of([97], [True], compartment="elsewhere"),
    ]
    points = frame_of(curves, [median(None)])
    assert set(points.loc[points["layer"] == "point", "time_months"]) == {0.0, 10.0}


def test_a_study_without_its_own_rules_draws_the_first_set():
    frame = frame_of([curve_of([10], [True], rule_set=r) for r in ("fda", "ema")], [median(None)])
    assert len(frame[frame["layer"] == "point"]) == 2


def notes(settings, frame):
    return " ".join(t.get_text() for t in km.draw(frame, settings).axes[0].texts)


def test_same_patients_are_said_not_to_be_compared():
    two = frame_of([curve_of([10], [True]), curve_of([20], [True], compartment="non_mesenteric")], [median(None)])
    one = frame_of([curve_of([10], [True])], [median(None)])
    sentence = "are not compared by a log-rank test"
    assert sentence in km.caption(two, study())
    assert sentence in " ".join(notes(study(), two).split())
    assert sentence not in km.caption(one, study())
    assert "log-rank" in km.caption(two, study("fr"))


def test_many_censored_times_are_thinned_and_said_to_be():
    frame = km.data(tables(10_000), study())
    points = frame[(frame["layer"] == "point") & (frame["compartment"] == "mesenteric")]
    censored = int((points["n_censored"] > 0).sum())
    assert censored > km.MOST_MARKS
    assert 0.5 * km.STRETCHES < points["marked"].sum() <= km.STRETCHES + 1
    assert (points.loc[points["marked"], "n_censored"] > 0).all()
    assert "one tick stands for several" in km.caption(frame, study())
    few = km.data(tables(52), study())
    points = few[few["layer"] == "point"]
    assert (points["marked"] == (points["n_censored"] > 0)).all()
    assert "one tick stands for several" not in km.caption(few, study())


@pytest.mark.parametrize(
    ("longest", "most", "step"), [(1, 10, 1), (10, 10, 1), (11, 10, 2), (96, 10, 12), (100, 5, 24), (9999, 10, 1200)]
)
def test_ticks_are_usual_numbers_of_months(longest, most, step):
    assert km.tick_step(longest, most) == step
    assert longest / step <= most


def test_one_endpoint_has_one_panel():
    settings = study()
    settings["endpoints"] = [e for e in settings["endpoints"] if e["id"] == PFS]
    figure = km.draw(km.data(tables(52), settings), settings)
    assert len(figure.axes) == 2
    assert km.title(settings) == "Progression-free survival"
    assert len(km.draw(km.data(tables(52), study()), study()).axes) == 6


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ({"origin": "first_administration"}, "Months since first administration"),
        ({"origin": "baseline_scan"}, "Months since baseline scan"),
        (None, "Months since day 0"),
    ],
)
def test_the_axis_says_since_when(time, words):
    settings = study(time=time)
    assert words in notes(settings, km.data(tables(8), settings))


def test_curves_are_told_apart_without_colour():
    figure = km.draw(km.data(tables(52), study()), study())
    curves = [line for line in figure.axes[1].lines if line.get_drawstyle() == "steps-post"]
    assert len(curves) == 3
    assert len({str(line._dash_pattern) for line in curves}) == 3
    assert len({line.get_color() for line in curves}) == 3


def test_words_for_those_who_do_not_see_it():
    frame = frame_of([curve_of([10, 20], [True, False])], [median(50.3, 38.2, 61.7)])
    words = km.alt(frame, study()).replace("\u00a0", " ")
    wanted = "Progression-free survival: Mesenteric mass, events 1 of 2, median 50.3 months (95 % CI 38.2 to 61.7)."
    assert wanted in words
    assert "Overall survival: No patient has a time." in words
