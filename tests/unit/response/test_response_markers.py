"""Tumour markers: they withhold a complete response where the study asks for it, and never do anything else."""

import pandas as pd
import pytest

from acceptance.case_files import recist as problems
from acceptance.recist_harness import DAY_0, default_study, run, table, tables_of
from mesenluth.errors import ConfigurationError
from mesenluth.response.classify import recist

CGA, HIAA = "chromogranin_a", "5_hiaa"
GONE = [{"day": -5, "A": 40, "B": "present"}, {"day": 100, "A": "absent", "B": "absent"}]


def case(markers, assessments=GONE, parameters=None, **more):
    """Return a case of a target A and a non-target B; markers are (day, value) or (day, value, limit, name)."""
    rows = [
        {"day": d, "marker": (rest[1:] or [CGA])[0], "value": v, "upper_limit": (rest or [100])[0]}
        for d, v, *rest in markers
    ]
    return {
        "id": "markers",
        "lesions": {"A": {"role": "target"}, "B": {"role": "nontarget"}},
        "assessments": assessments,
        "markers": rows,
        "parameters": {"require_marker_normalisation": True} | (parameters or {}),
    } | more


def called(*args, compartment="whole_patient", **more):
    """Return the last time point of a case."""
    points = run(case(*args, **more))["timepoint_responses"]
    return points[points["compartment"] == compartment].sort_values("day").iloc[-1]


def shown(row):
    return row["nontarget_response"], row["overall_response"], row["rule"]


CR = ("CR", "CR", "overall.cr")
HIGH = ("NON-CR/NON-PD", "PR", "overall.pr.marker_not_normal")
UNKNOWN = ("NE", "PR", "overall.pr.marker_not_measured")


@pytest.mark.parametrize(
    ("markers", "right"),
    [
        # At the upper limit is normal, above it is not, both at baseline and later.
        ([(-10, 300), (95, 100)], CR),
        ([(-10, 300), (95, 100.1)], HIGH),
        ([(-10, 100), (95, 900)], CR),
        ([(-10, 100.1), (95, 900)], HIGH),
        # The laboratory changed: each value has its own limit.
        ([(-10, 300), (95, 150, 160)], CR),
        ([(-10, 150, 100), (95, 90, 80)], HIGH),
        # The last value at baseline counts (day 0 included, 90 days before it included), and the last in the window.
        ([(-20, 300), (0, 90), (95, 900)], CR),
        ([(-90, 300), (95, 900)], HIGH),
        ([(-91, 300), (95, 900)], CR),
        ([(-10, 300), (70, 90), (95, 900)], HIGH),
        ([(-10, 300), (70, 900), (95, 90)], CR),
        # The window is 42 days before the time point to the time point.
        ([(-10, 300), (58, 90)], CR),
        ([(-10, 300), (57, 90)], UNKNOWN),
        ([(-10, 300), (101, 90)], UNKNOWN),
        ([(-10, 300)], UNKNOWN),
        # Without the upper limit it cannot be told; a value of that kind is none.
        ([(-10, 300), (95, 90, None)], UNKNOWN),
        ([(-10, 300), (90, 90), (95, 900, None)], CR),
        ([(-10, 300, None), (95, 900)], CR),
        # Of two on one day the higher multiple of its limit counts.
        ([(-10, 300), (95, 90), (95, 190)], HIGH),
        ([(-10, 300), (95, 150, 160), (95, 140, 120)], HIGH),
        # One of several markers is enough; one that is high outweighs one that is unknown.
        ([(-10, 300), (95, 90), (-10, 80, 50, HIAA), (95, 51, 50, HIAA)], HIGH),
        ([(-10, 300), (95, 90), (-10, 80, 50, HIAA), (95, 50, 50, HIAA)], CR),
        ([(-10, 300), (95, 900), (-10, 80, 50, HIAA)], HIGH),
        ([(-10, 300), (95, 90), (-10, 80, 50, HIAA)], UNKNOWN),
        # A marker that nobody asked for.
        ([(-10, 300, 100, "nse"), (95, 900, 100, "nse")], CR),
        ([], CR),
    ],
)
def test_a_complete_response_asks_for_normal_markers(markers, right):
    assert shown(called(markers)) == right


def test_the_sentence_says_which_marker_and_by_how_much():
    sentence = called([(-10, 312.5), (95, 204)])["sentence"]
    assert sentence.endswith("Chromogranin A 204 (upper limit 100), at baseline 312.5 (upper limit 100).")
    assert "a tumour marker that was elevated at baseline still is" in sentence
    assert called([(-10, 300)])["sentence"].endswith("Chromogranin A not measured, at baseline 300 (upper limit 100).")
    both = called([(-10, 300), (95, 200), (-10, 80, 50, HIAA)])["sentence"]
    assert "Chromogranin A 200 (upper limit 100), at baseline 300 (upper limit 100); 5-HIAA not measured" in both


def test_the_value_of_the_patients_table_is_the_baseline_where_nothing_was_measured():
    """E51 as registries hold it: CgA 3 times the upper limit in the patient's record."""
    about = case([(95, 200)])
    tables = tables_of(about)
    tables["patients"] = table("patients", [{"patient_id": "P1", "centre": "C1", "cga_xuln": 3.0}])
    included = pd.DataFrame({"patient_id": ["P1"], "origin_date": [DAY_0], "last_administration_date": [DAY_0]})
    study = default_study()
    study["response"]["require_marker_normalisation"] = True
    row = recist(tables, included, study)["timepoint_responses"].iloc[-1]
    assert shown(row) == HIGH
    assert row["sentence"].endswith("Chromogranin A 200 (upper limit 100), at baseline 3 times the upper limit.")


@pytest.mark.parametrize(
    ("assessments", "nontarget", "overall"),
    [
        ([{"day": -5, "A": 40, "B": "present"}, {"day": 100, "A": 20, "B": "absent"}], "NON-CR/NON-PD", "PR"),
        ([{"day": -5, "A": 40, "B": "present"}, {"day": 100, "A": 40, "B": "absent"}], "NON-CR/NON-PD", "SD"),
        ([{"day": -5, "A": 40, "B": "present"}, {"day": 100, "A": 40, "B": "present"}], "NON-CR/NON-PD", "SD"),
        ([{"day": -5, "A": 40, "B": "present"}, {"day": 100, "A": 60, "B": "absent"}], "NON-CR/NON-PD", "PD"),
        ([{"day": -5, "A": 40, "B": "present"}, {"day": 100, "A": 40, "B": "unequivocal_progression"}], "PD", "PD"),
    ],
)
def test_markers_never_give_a_response_or_progression(assessments, nontarget, overall):
    """However high: a marker a hundred times as high as at baseline is no progression, a normal one no response."""
    row = called([(-10, 300), (95, 30_000)], assessments)
    assert (row["nontarget_response"], row["overall_response"]) == (nontarget, overall)
    assert "marker" not in row["rule"]
    plain = called([], assessments)
    assert (row["overall_response"], row["target_response"]) == (plain["overall_response"], plain["target_response"])
    normal = called([(-10, 300), (95, 10)], assessments)
    assert (normal["overall_response"], normal["rule"]) == (plain["overall_response"], plain["rule"])


def test_targets_alone_and_non_targets_alone():
    alone = {"lesions": {"A": {"role": "target"}}}
    gone = [{"day": -5, "A": 40}, {"day": 100, "A": "absent"}]
    assert shown(called([(-10, 300), (95, 200)], gone, **alone)) == HIGH
    assert shown(called([(-10, 300)], gone, **alone)) == UNKNOWN
    other = {"lesions": {"B": {"role": "nontarget"}}}
    gone = [{"day": -5, "B": "present"}, {"day": 100, "B": "absent"}]
    row = called([(-10, 300), (95, 200)], gone, **other)
    assert shown(row) == ("NON-CR/NON-PD", "NON-CR/NON-PD", "nontarget_only.marker_not_normal")
    row = called([(-10, 300)], gone, **other)
    assert shown(row) == ("NE", "NE", "nontarget_only.marker_not_measured")
    assert called([(-10, 300), (95, 90)], gone, **other)["overall_response"] == "CR"


def test_a_complete_response_begins_when_the_marker_is_normal():
    later = [*GONE, {"day": 200, "A": "absent", "B": "absent"}]
    found = problems(
        case([(-10, 300), (95, 200), (195, 90)], later, expect=[{"day": 100, "overall": "PR"}, {"day": 200, "overall": "CR"}],
             best={"unconfirmed": "CR", "confirmed": "PR"}, response_day=100)
    )  # fmt: skip
    assert found == []


def test_the_scope_of_the_markers_is_a_switch():
    """A marker cannot be attributed to a compartment: by default it counts for the whole patient alone."""
    markers = [(-10, 300), (95, 200)]
    places = {"compartments": {"mesenteric": ["A", "B"]}}
    for scope, right in (("whole_patient", "CR"), ("every_compartment", "PR")):
        parameters = {"marker_scope": scope}
        assert called(markers, parameters=parameters, **places)["overall_response"] == "PR"
        assert called(markers, parameters=parameters, compartment="mesenteric", **places)["overall_response"] == right


@pytest.mark.parametrize(
    ("changes", "right"),
    [
        ({"markers": [HIAA]}, "CR"),
        ({"markers": ["nse", CGA]}, "PR"),
        ({"marker_baseline_days": [-9, 0]}, "CR"),
        ({"marker_window_days": [-10, 0]}, "PR"),
        ({"marker_window_days": [-3, 14]}, "CR"),
    ],
)
def test_markers_and_windows_are_those_of_the_study_file(changes, right):
    assert called([(-10, 300), (95, 200), (112, 90)], parameters=changes)["overall_response"] == right


@pytest.mark.parametrize(
    ("key", "value"), [("markers", ["psa"]), ("markers", []), ("marker_scope", "nobody"), ("marker_window_days", None)]
)
def test_a_setting_that_there_is_none_of_is_named(key, value):
    study = default_study()
    study["response"] |= {"require_marker_normalisation": True, key: value}
    if value is None:
        del study["response"][key]
    included = pd.DataFrame({"patient_id": ["P1"], "origin_date": [DAY_0], "last_administration_date": [DAY_0]})
    with pytest.raises(ConfigurationError, match=f"response.{key}"):
        recist(tables_of(case([(-10, 300), (95, 200)])), included, study)


def test_the_window_is_that_of_the_whole_time_point():
    """Two scans of one visit, 20 days apart: a sample 42 days before the first of them still counts."""
    visit = [
        {"day": -5, "A": 40, "B": "present"}, {"day": 100, "A": "absent", "visit": "V1"},
        {"day": 120, "B": "absent", "visit": "V1"},
    ]  # fmt: skip
    assert called([(-10, 300), (58, 90)], visit)["overall_response"] == "CR"
    assert called([(-10, 300), (57, 90)], visit)["overall_response"] == "PR"
    assert called([(-10, 300), (120, 200)], visit)["overall_response"] == "PR"
