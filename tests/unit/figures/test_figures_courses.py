"""Figures that follow each patient in time: what is drawn, by hand."""

import numpy as np
import pandas as pd
import pytest
from test_figures_samples import DAY_0, study, table, tables

from mesenluth.figures import follow_up, make, metabolic_change, spider, swimmer
from mesenluth.figures.metabolic_change import data as pairs

MONTH = 30.4375


def day(n):
    return DAY_0 + pd.Timedelta(days=n)


def two():
    """Patient P000000 responds in the mass on day 100 and progresses by a new lesion on day 300; P000001 has one scan."""
    given = tables(2)
    rows = [
        ("P000000", 1, 100, -40.0, "PR", False, True),
        ("P000000", 2, 200, None, "NE", False, True),
        ("P000000", 3, 300, -35.0, "PD", True, True),
        ("P000000", 4, 400, 10.0, "PD", False, False),
        ("P000001", 1, 90, 5.0, "SD", False, True),
    ]
    patient, k, days, change, response, new, counted = zip(*rows, strict=True)
    dates = [day(d) for d in days]
    given["timepoint_responses"] = table(
        "timepoint_responses",
        patient_id=patient, compartment="mesenteric", evaluator="investigator", timepoint=k, day=days,
        assessment_date=dates, last_date=dates, targets=1, targets_evaluated=1, new_lesion=new, equivocal_lesion=False,
        change_from_baseline_percent=np.array(change, dtype=float), overall_response=response, response_date=dates,
        progression_date=[d if r == "PD" else pd.NaT for d, r in zip(dates, response, strict=True)],
        counted=counted, rule="sample", sentence="sample",
    )  # fmt: skip
    best = given["best_responses"]
    of = best["compartment"] == "mesenteric"
    best.loc[of, "best_response"] = ["PR", "SD"]
    return given


def test_a_line_begins_at_the_baseline_and_holds_what_counts_and_has_a_sum():
    found = spider.data(two(), study())
    found = found[found["compartment"] == "mesenteric"]
    first = found[found["patient_id"] == "P000000"]
    assert first["months"].tolist() == pytest.approx([0, 100 / MONTH, 300 / MONTH])
    assert first["change_percent"].tolist() == [0, -40, -35]
    assert first["new_lesion"].tolist() == [False, False, True]
    assert set(first["course"]) == {"responder"}
    second = found[found["patient_id"] == "P000001"]
    assert second["change_percent"].tolist() == [0, 5]
    assert set(second["course"]) == {"stable"}


@pytest.mark.parametrize(("furthest", "ends"), [(0, 50), (50, 50), (50.1, 75), (80, 100), (400, 100)])
def test_the_axis_of_changes_is_wide_enough_and_no_wider_than_doubling(furthest, ends):
    assert spider._top(pd.DataFrame({"change_percent": [0.0, float(furthest)]})) == ends


def test_a_lane_holds_the_first_response_and_progression_of_each_compartment():
    given = two()
    follow = given["follow_up"]
    follow["follow_up_date"] = [day(500), day(800)]
    follow["vital_status"] = ["dead", "alive"]
    given["therapies"] = given["therapies"].iloc[:0]
    found = swimmer.data(given, study())
    # The longest follow-up comes first.
    assert found.drop_duplicates("lane")["patient_id"].tolist() == ["P000001", "P000000"]
    lane = found[found["patient_id"] == "P000000"]
    marks = [(r["layer"], round(r["months"] * MONTH)) for r in lane.to_dict("records")]
    assert marks == [
        ("cycle", 0), ("cycle", 56), ("response", 100), ("cycle", 112), ("cycle", 168), ("progression", 300),
        ("death", 500),
    ]  # fmt: skip
    assert lane["compartment"].dropna().tolist() == ["mesenteric", "mesenteric"]
    assert found.loc[found["layer"] == "ongoing", "months"].tolist() == pytest.approx([800 / MONTH])


def test_many_lanes_are_thinned_evenly_and_the_table_keeps_all():
    found = swimmer.data(tables(254), study())
    assert found["lane"].nunique() == 254
    drawn = sorted(found.loc[found["drawn"], "lane"].unique())
    assert len(drawn) == swimmer.MOST
    assert (drawn[0], drawn[-1]) == (1, 254)
    assert set(np.diff(drawn)) <= {2, 3}
    assert "90 of 254" in swimmer.caption(found, study())


def test_pairs_of_values_are_counted_and_missing_ones_named():
    given = tables(5)
    mine = given["metabolic_responses"]["compartment"] == "mesenteric"
    given["metabolic_responses"].loc[mine, "baseline_value"] = [4.0, 4.0, 3.0, np.nan, 3.0]
    given["metabolic_responses"].loc[mine, "best_value"] = [4.0, 3.0, 3.0, 2.0, 3.0]
    given["metabolic_responses"].loc[mine, "response"] = ["no_response", "response", "no_response", "not_evaluable", "no_response"]  # fmt: skip
    found = pairs(given, study())
    found = found[found["compartment"] == "mesenteric"]
    known = found[found["baseline_value"].notna()]
    rows = known[["baseline_value", "best_value", "responded", "patients"]].values.tolist()
    assert rows == [[3, 3, False, 2], [4, 3, True, 1], [4, 4, False, 1]]
    assert found.loc[found["baseline_value"].isna(), "patients"].tolist() == [1]
    assert "Mesenteric mass 1" in metabolic_change.caption(found, study())


def test_who_is_not_evaluable_is_no_pair_and_one_pair_may_have_two_verdicts():
    """Another tracer makes a pair of values none; a new lesion makes a fall no response."""
    given = tables(4)
    mine = given["metabolic_responses"]["compartment"] == "mesenteric"
    given["metabolic_responses"].loc[mine, "baseline_value"] = [4.0, 4.0, 4.0, 4.0]
    given["metabolic_responses"].loc[mine, "best_value"] = [3.0, 3.0, 3.0, 3.0]
    given["metabolic_responses"].loc[mine, "response"] = ["response", "no_response", "not_evaluable", "response"]
    frame = pairs(given, study())
    found = frame[frame["compartment"] == "mesenteric"]
    known = found[found["baseline_value"].notna()]
    assert known[["responded", "patients"]].values.tolist() == [[False, 1], [True, 2]]
    assert found.loc[found["baseline_value"].isna(), "patients"].tolist() == [1]
    figure = make.picture("metabolic_change", frame, study())
    first = next(ax for ax in figure.axes if ax.get_ylabel())
    circles = {
        (round(line.get_xdata()[0], 2), line.get_ydata()[0]) for line in first.lines if len(line.get_xdata()) == 1
    }
    assert circles == {(3.73, 3.0), (4.27, 3.0)}


@pytest.mark.parametrize("method", ["suvmax", "suvpeak"])
def test_values_of_uptake_are_points(method):
    settings = study()
    settings["metabolic"]["method"] = method
    given = tables(30)
    given["metabolic_responses"]["score"] = "SUVmax"
    frame = make.data("metabolic_change", given, settings)
    figure = make.picture("metabolic_change", frame, settings)
    assert any("SUVmax" in t.get_text() for ax in figure.axes for t in ax.texts)


def test_centres_with_most_patients_come_first_and_too_many_are_counted():
    frame = follow_up.data({"follow_up_by_centre": tables(90)["follow_up_by_centre"]}, study())
    single = frame[frame["row"] == "centre"]
    assert single["patients"].is_monotonic_decreasing
    assert frame["row"].tolist()[-2:] == ["small_centres", "all_centres"]
    assert frame.loc[frame["row"] != "centre", "drawn"].all()
    assert f"{90 - follow_up.MOST} more centres" in follow_up.caption(frame, study())
