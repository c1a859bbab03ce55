"""One bar a patient, in order, coloured by the response that counts."""

import matplotlib.colors as colors
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import PathPatch
from test_figures_samples import study, table, tables

from mesenluth.figures import waterfall

BARS = {"a": -42.5, "b": 0.0, "c": 35.0, "d": -100.0, "e": -30.0}


def small():
    """Return five patients with a bar, four without, one excluded, and a second reader."""
    ids = [*BARS, "f", "g", "h", "i", "x"]
    cohort = table(
        "cohort",
        patient_id=[*ids, "j"],
        centre="C01",
        included=[i != "x" for i in ids] + [True],
        excluded_by=["prrt" if i == "x" else None for i in ids] + [None],
        excluded_because=["not_met" if i == "x" else None for i in ids] + [None],
    )
    best = table(
        "best_responses",
        patient_id=[*ids, "a"],
        compartment="mesenteric",
        evaluator=["investigator"] * len(ids) + ["reader_2"],
        has_baseline=[i != "f" for i in ids] + [True],
        targets=[0 if i in "fg" else 2 for i in ids] + [2],
        nontargets=1,
        timepoints=[0 if i in "fh" else 3 for i in ids] + [3],
        best_response=["PR", "SD", "PD", "CR", "PR", "MISSING", "NON-CR/NON-PD", "MISSING", "NE", "SD", "PD"],
        confirmed_response=["SD", "SD", "PD", "PR", "PR", "MISSING", "NON-CR/NON-PD", "MISSING", "NE", "SD", "PD"],
        best_change_percent=[*BARS.values(), None, None, None, None, 5.0, 77.0],
        rule="r",
        reason="r",
    )
    day = pd.Timestamp("2020-01-01")
    points = table(
        "timepoint_responses",
        patient_id=["a", "b", "c", "d", "i", "a"],
        compartment=["mesenteric"] * 5 + ["non_mesenteric"],
        evaluator=["investigator", "investigator", "investigator", "reader_2", "investigator", "investigator"],
        timepoint=1,
        assessment_date=day,
        last_date=day,
        targets=2,
        targets_evaluated=2,
        new_lesion=[False, True, True, True, True, True],
        equivocal_lesion=False,
        overall_response=["PR", "PD", "PD", "PD", "PD", "PD"],
        response_date=day,
        counted=[True, True, False, True, True, True],
        rule="r",
        sentence="s",
    )
    return {"cohort": cohort, "best_responses": best, "timepoint_responses": points}


def drawn(figure):
    """Return the height of each bar by its place, and the colours by place."""
    heights, looks = {}, {}
    for patch in figure.axes[1].patches:
        if isinstance(patch, PathPatch):
            for bar in patch.get_path().vertices.reshape(-1, 5, 2):
                place = round(float(bar[:4, 0].mean()))
                heights[place] = float(bar[1, 1])
                looks[place] = (colors.to_hex(patch.get_facecolor()), patch.get_hatch() or "")
    return heights, looks


def test_bars_go_from_the_largest_increase_to_the_largest_decrease():
    frame = waterfall.data(small(), study(), "mesenteric")
    assert frame["patient_id"].tolist()[:5] == ["c", "b", "e", "a", "d"]
    heights, _ = drawn(waterfall.draw(frame, study(), "mesenteric"))
    assert heights == {1: 35.0, 2: 0.0, 3: -30.0, 4: -42.5, 5: -100.0}


def test_excluded_patients_and_other_readers_have_no_bar():
    frame = waterfall.data(small(), study(), "mesenteric")
    assert "x" not in frame["patient_id"].tolist()
    assert 77.0 not in frame["change_percent"].tolist()


def test_patients_without_a_bar_are_kept_with_the_reason():
    frame = waterfall.data(small(), study(), "mesenteric").set_index("patient_id")
    reasons = frame["no_bar"].dropna().to_dict()
    assert reasons == {
        "j": "no_reading",
        "f": "no_baseline",
        "g": "no_targets",
        "h": "no_assessment",
        "i": "no_sum",
    }
    texts = " ".join(t.get_text() for t in waterfall.draw(frame.reset_index(), study(), "mesenteric").axes[0].texts)
    words = texts.replace("\u00a0", " ")
    assert "Without a bar (n = 5): no reading by investigator 1, no baseline 1, no target lesion 1," in words
    assert "Of these, progression by a new lesion: 1." in words


def test_only_progression_that_counts_by_a_new_lesion_of_this_compartment_is_marked():
    frame = waterfall.data(small(), study(), "mesenteric")
    # c is after the end of counting, d was seen by another reader, a in the other compartment.
    assert frame.loc[frame["new_lesion"], "patient_id"].tolist() == ["b", "i"]
    marks = waterfall.draw(frame, study(), "mesenteric").axes[2].lines[0]
    assert marks.get_xdata().tolist() == [2.0]


def test_colour_and_hatch_tell_the_response():
    frame = waterfall.data(small(), study(), "mesenteric")
    _, looks = drawn(waterfall.draw(frame, study(), "mesenteric"))
    wanted = {1: "PD", 2: "SD", 3: "PR", 4: "PR", 5: "CR"}
    for place, response in wanted.items():
        look = waterfall.LOOKS[response]
        assert looks[place] == (look["facecolor"].lower(), look["hatch"])
    assert len({look["facecolor"] + look["hatch"] for look in waterfall.LOOKS.values()}) == len(waterfall.LOOKS)


def test_confirmed_responses_colour_the_bars_if_the_study_uses_them():
    settings = study()
    settings["response"]["primary_confirmation"] = "confirmed"
    frame = waterfall.data(small(), settings, "mesenteric").set_index("patient_id")
    assert frame.loc["a", "response"] == "SD"
    assert frame.loc["d", "response"] == "PR"


@pytest.mark.parametrize(("decrease", "increase"), [(30, 20), (50, 25)])
def test_thresholds_are_those_of_the_study(decrease, increase):
    settings = study()
    settings["response"] |= {"pr_decrease_percent": decrease, "pd_increase_percent": increase}
    figure = waterfall.draw(waterfall.data(small(), settings, "mesenteric"), settings, "mesenteric")
    levels = sorted(line.get_ydata()[0] for line in figure.axes[1].lines if line.get_marker() == "None")
    assert levels == [-decrease, 0, increase]
    words = [t.get_text().replace("\u00a0", " ") for t in figure.axes[0].texts]
    assert f"+{increase} %" in words
    assert f"\u2212{decrease} %" in words


def test_a_bar_beyond_the_axis_is_cut_and_said_to_be():
    given = small()
    given["best_responses"].loc[2, "best_change_percent"] = 164.0
    frame = waterfall.data(given, study(), "mesenteric")
    assert frame["change_percent"].iloc[0] == 164.0
    figure = waterfall.draw(frame, study(), "mesenteric")
    assert drawn(figure)[0][1] == 100.0
    words = " ".join(t.get_text() for t in figure.axes[0].texts).replace("\u00a0", " ")
    assert "Bars cut at +100 %: 1; the largest is +164 %." in words


def test_values_are_printed_only_where_they_have_room():
    few = waterfall.draw(waterfall.data(small(), study(), "mesenteric"), study(), "mesenteric")
    assert [t.get_text() for t in few.axes[1].texts] == ["+35", "0", "\u221230", "\u221243", "\u2212100"]
    many = tables(52)
    figure = waterfall.draw(waterfall.data(many, study(), "mesenteric"), study(), "mesenteric")
    assert not figure.axes[1].texts


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(-100, 400).map(lambda v: round(v, 1))), min_size=1, max_size=30))
def test_every_included_patient_is_in_the_table_once(changes):
    ids = [f"p{i:03d}" for i in range(len(changes))]
    cohort = table("cohort", patient_id=ids, centre="C01", included=True)
    best = table(
        "best_responses",
        patient_id=ids,
        compartment="mesenteric",
        evaluator="investigator",
        has_baseline=True,
        targets=1,
        nontargets=0,
        timepoints=1,
        best_response="SD",
        confirmed_response="SD",
        best_change_percent=changes,
        rule="r",
        reason="r",
    )
    points = table("timepoint_responses", patient_id=[])
    given = {"cohort": cohort, "best_responses": best, "timepoint_responses": points}
    frame = waterfall.data(given, study(), "mesenteric")
    assert sorted(frame["patient_id"]) == ids
    bars = frame["change_percent"].dropna().to_numpy()
    assert (np.diff(bars) <= 0).all()
    assert frame["no_bar"].notna().sum() == sum(c is None for c in changes)
    assert frame["position"].tolist() == list(range(1, len(ids) + 1))


def test_words_for_those_who_do_not_see_it():
    words = waterfall.alt(waterfall.data(small(), study(), "mesenteric"), study(), "mesenteric")
    assert "5 bars of 10 included patients, from +35\u00a0% to \u2212100\u00a0%" in words
    assert "At or below \u221230\u00a0%:\u00a03" in words or "At or below \u221230\u00a0%: 3" in words
    assert "complete response 1, partial response 2, stable disease 1, progression 1" in words


def test_a_patient_without_change_is_seen():
    figure = waterfall.draw(waterfall.data(small(), study(), "mesenteric"), study(), "mesenteric")
    squares = [line for line in figure.axes[1].lines if line.get_marker() == "s" and len(line.get_xdata())]
    assert [line.get_xdata().tolist() for line in squares] == [[2.0]]
    words = " ".join(t.get_text() for t in figure.axes[0].texts).replace("\u00a0", " ")
    assert "Squares on the line at 0: a change of less than 0.7 %." in words
