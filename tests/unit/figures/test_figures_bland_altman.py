"""Bland-Altman plot: which points and lines are drawn, and what is said where there are none."""

import pandas as pd
import pytest
from test_figures_samples import study, tables

from mesenluth.figures import bland_altman
from mesenluth.tables.io import conform, empty
from mesenluth.tables.results import RESULTS


def words_of(figure):
    return " ".join(t.get_text() for t in figure.findobj() if hasattr(t, "get_text")).replace("\u00a0", " ")


def test_points_and_lines_are_those_of_the_tables():
    given = tables(52)
    frame = bland_altman.data(given, study())
    pairs = given["reader_pairs"]
    whole = pairs[(pairs["compartment"] == "whole_patient") & pairs["difference_mm"].notna()]
    panel = frame[frame["compartment"] == "whole_patient"]
    assert panel["panel"].unique().tolist() == [3]
    points = panel[panel["layer"] == "point"]
    assert len(points) == len(whole)
    assert sorted(points["difference_mm"]) == sorted(whole["difference_mm"])
    assert sorted(points["mean_mm"]) == sorted((whole["sum_a_mm"] + whole["sum_b_mm"]) / 2)
    assert int(points["baseline"].sum()) == 52
    agreement = given["reader_agreement"]
    of = (agreement["compartment"] == "whole_patient") & (agreement["quantity"] == "sum")
    bias = agreement.loc[of].set_index("statistic")["estimate"]
    lines = panel[panel["layer"] != "point"].set_index("layer")["difference_mm"]
    for name in ("bias", "limit_low", "limit_high"):
        assert lines[name] == bias[name]
    assert lines["bias"] == pytest.approx(points["difference_mm"].mean())


def test_the_numbers_stand_in_the_panel_and_for_those_who_do_not_see_it():
    frame = bland_altman.data(tables(52), study())
    n = int((frame["layer"] == "point")[frame["panel"] == 1].sum())
    for said in (words_of(bland_altman.draw(frame, study())), bland_altman.alt(frame, study())):
        assert f"Pairs: {n}, patients: 52" in said.replace("\u00a0", " ")
        assert "Limits of agreement −" in said
    assert "Zou 2013" in bland_altman.caption(frame, study())
    assert "Différence moyenne" in words_of(bland_altman.draw(frame, study("fr")))


def test_no_pairs_are_said_in_words():
    nothing = {name: empty(RESULTS[name]) for name in ("reader_pairs", "reader_agreement")}
    frame = bland_altman.data(nothing, study())
    assert frame.empty
    assert "No patient was read by two of the study's evaluators" in words_of(bland_altman.draw(frame, study()))
    assert bland_altman.alt(frame, study()) == bland_altman.caption(frame, study())


def test_one_patient_has_no_limits_and_a_panel_without_pairs_says_so():
    given = tables(1)
    frame = bland_altman.data(given, study())
    assert "Limits of agreement: too few to estimate" in words_of(bland_altman.draw(frame, study()))
    given["reader_pairs"] = given["reader_pairs"].assign(sum_a_mm=None, difference_mm=None)
    frame = bland_altman.data(
        given | {"reader_pairs": conform(given["reader_pairs"], RESULTS["reader_pairs"])}, study()
    )
    assert words_of(bland_altman.draw(frame, study())).count("No time point with both sums complete") == 3


def test_more_panels_than_a_page_holds_are_counted():
    frame = bland_altman.data(tables(8), study())
    more = [frame.assign(panel=frame["panel"] + 3 * i, evaluator_b=f"central {i}") for i in range(4)]
    said = words_of(bland_altman.draw(pd.concat(more, ignore_index=True), study()))
    assert "Further panels, not drawn: 3." in said
    assert "central 2" in said
    assert "central 3" not in said


def test_time_points_that_count_no_more_are_left_out_as_in_the_statistics():
    given, settings = tables(8), study()
    settings["agreement"]["timepoints"] = "counted"
    given["reader_pairs"]["counted_a"] = given["reader_pairs"]["position"] < 2
    frame = bland_altman.data(given, settings)
    assert set(frame["assessment"].dropna()) <= {"A0", "A1"}
