"""Growth rates before and under treatment: who is drawn how, and what is said of whom."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_figures_samples import COMPARTMENTS, growth_estimates, study, table, tables

from mesenluth.figures import growth_rate, slopes

RATES = {
    # before, under treatment
    "a": (8.0, -2.0), "b": (1.0, 3.0), "c": (4.0, 4.0), "d": (6.0, None), "e": (None, 0.5), "f": (None, None),
}  # fmt: skip


def small(rates=None, used=2):
    """Return patients with rates in the mesentery, one excluded, one of a second reader and one of some targets."""
    rates = RATES if rates is None else rates
    cohort = table(
        "cohort", patient_id=[*rates, "x"], centre="C01", included=[True] * len(rates) + [False],
        excluded_by=[None] * len(rates) + ["prrt"], excluded_because=[None] * len(rates) + ["not_met"],
    )  # fmt: skip
    rows = [
        {"patient_id": p, "evaluator": "investigator", "period": period, "used": used, "growth_percent_per_month": v}
        for p, both in rates.items()
        for period, v in zip(("before", "early"), both, strict=True)
        if v is not None
    ]
    rows += [
        {
            "patient_id": "x",
            "evaluator": "investigator",
            "period": "before",
            "used": 2,
            "growth_percent_per_month": 77.0,
        },
        {"patient_id": "a", "evaluator": "reader_2", "period": "before", "used": 2, "growth_percent_per_month": 78.0},
    ]
    frame = pd.DataFrame(rows).assign(compartment="mesenteric", targets=2)
    made = table("growth_rates", **frame.to_dict("series"))
    mine = made[(made["evaluator"] == "investigator") & (made["patient_id"] != "x")]
    known = pd.DataFrame(growth_estimates(mine))
    return {"cohort": cohort, "growth_rates": made, "estimates": table("estimates", **known.to_dict("series"))}


def words(figure):
    return " ".join(t.get_text() for t in figure.axes[0].texts).replace("\u00a0", " ")


def test_every_included_patient_is_in_each_panel_with_a_course():
    frame = growth_rate.data(small(), study())
    assert frame[["panel", "compartment"]].drop_duplicates().to_numpy().tolist() == [
        [i, c] for i, c in enumerate(COMPARTMENTS, 1)
    ]
    mine = frame[(frame["panel"] == 1) & (frame["layer"] == "patient")].set_index("patient_id")
    assert mine["course"].to_dict() == {
        "a": "slower", "b": "faster", "c": "same", "d": "before_only", "e": "early_only", "f": "none",
    }  # fmt: skip
    assert mine.loc["a", ["before_percent", "early_percent"]].tolist() == [8.0, -2.0]
    assert set(frame.loc[(frame["panel"] == 2) & (frame["layer"] == "patient"), "course"]) == {"none"}


def test_medians_are_the_estimates():
    frame = growth_rate.data(small(), study())
    middle = frame[(frame["panel"] == 1) & (frame["layer"] == "median")].iloc[0]
    # Before: 1, 4, 6, 8; under treatment: -2, 0.5, 3, 4.
    assert middle[["before_percent", "early_percent"]].tolist() == [5.0, 1.75]
    assert middle[["n_before", "n_early", "n_both", "n_slower"]].tolist() == [4, 4, 3, 1]
    said = words(growth_rate.draw(frame, study()))
    assert "Before median +5.0 % n = 4" in said
    assert "Slower under treatment: 1 of 3" in said
    assert "Without a rate: 1" in said


def test_rates_of_some_targets_are_drawn_only_where_they_count():
    given = small(used=1)
    assert set(growth_rate.data(given, study())["course"].dropna()) == {"none"}
    settings = study()
    settings["growth"]["targets"] = "common"
    frame = growth_rate.data(given, settings)
    assert "slower" in frame["course"].tolist()
    assert "of the targets measured at both times" in words(growth_rate.draw(frame, settings))


def test_colour_and_stroke_tell_the_course():
    figure = growth_rate.draw(growth_rate.data(small(), study()), study())
    lines = [p for p in figure.axes[1].patches if len(p.get_path().vertices) == 2]
    assert [p.get_path().vertices.tolist() for p in lines] == [[[0, 8], [1, -2]], [[0, 1], [1, 3]], [[0, 4], [1, 4]]]
    assert len({(p.get_edgecolor(), str(p.get_linestyle())) for p in lines}) == 3
    assert len({str(dashes) for _, dashes in growth_rate.LOOKS.values()}) == 3


def test_a_rate_beyond_the_axis_is_drawn_at_the_edge_and_said():
    frame = growth_rate.data(small({"a": (8.0, -2.0), "b": (140.0, 3.0)}), study())
    figure = growth_rate.draw(frame, study())
    assert "Triangles: beyond the axis, n = 1; the furthest is +140 % a month." in words(figure)
    triangles = [line for line in figure.axes[1].lines if line.get_marker() == "^"]
    assert [(line.get_xdata(), line.get_ydata()) for line in triangles] == [([0], [50])]


def test_the_measure_is_on_the_axis():
    settings = study()
    assert "of volume a month" in growth_rate.draw(growth_rate.data(small(), settings), settings).axes[1].get_ylabel()
    settings["growth"]["measure"] = "diameter"
    assert "of diameter a month" in growth_rate.draw(growth_rate.data(small(), settings), settings).axes[1].get_ylabel()


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_any_number_of_panels(n):
    settings = study()
    names = [f"c{i}" for i in range(n)]
    settings["endpoints"] = [{"id": "g", "kind": "growth", "compartments": names, "label": {"en": "Growth"}}]
    figure = growth_rate.draw(growth_rate.data(small(), settings), settings)
    assert len(figure.axes) == n + 1


def test_words_for_those_who_do_not_see_it():
    said = growth_rate.alt(growth_rate.data(small(), study()), study()).replace("\u00a0", " ")
    assert "Mesenteric mass: Before median +5.0 % a month (quartiles +3.3 % to +6.5 %, n = 4); Under treatment" in said
    assert "Other lesions: Before no patient with a rate" in said
    french = growth_rate.alt(growth_rate.data(small(), study("fr")), study("fr"))
    assert "médiane +5,0" in french
    nobody = growth_rate.alt(growth_rate.data(tables(0), study()), study())
    assert "–" not in nobody


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-100, 1000), max_size=20))
def test_limits_hold_all_values_or_stop_at_the_most(values):
    low, high = slopes.limits(values, 5, 5, 50)
    assert -50 <= low <= -5 and 5 <= high <= 50
    inside = np.clip(values, -50, 50)
    assert (inside >= low).all() and (inside <= high).all()
    at = slopes.ticks(low, high)
    assert 0 in at and len(at) >= 3 and low <= min(at) and max(at) <= high
