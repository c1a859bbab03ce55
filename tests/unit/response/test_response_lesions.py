"""What each lesion contributes, which readings are used, and which scans are one time point."""

import pandas as pd
import pytest

from acceptance.recist_harness import DAY_0, day, default_study, micrometres, registry, run
from mesenluth.response.classify import classify

PATIENT = {"patient_id": "P1"}


def tables(scans, lesions, readings):
    """Return a registry from {scan: (day, assessment)}, {lesion: attributes} and [(scan, lesion, value)]."""
    measurements = []
    for i, (scan, lesion, value) in enumerate(readings):
        about = (
            {"status": value}
            if isinstance(value, str)
            else {"status": "measured", "longest_diameter_um": micrometres(value)}
        )
        measurements.append(PATIENT | {"measurement_id": f"M{i:02d}", "lesion_id": lesion, "scan_id": scan} | about)
    base = {"evaluator": "reader", "role": "target", "nodal": False}
    return registry(
        patients=[PATIENT | {"centre": "C1"}],
        administrations=[
            PATIENT | {"administration_id": "D", "administration_date": DAY_0, "product": "177Lu-DOTATATE"}
        ],
        scans=[PATIENT | {"scan_id": s, "scan_date": day(d), "assessment": a} for s, (d, a) in scans.items()],
        lesions=[PATIENT | {"lesion_id": n} | base | about for n, about in lesions.items()],
        measurements=measurements,
    )


def points(*args):
    return classify(tables(*args), default_study())["timepoint_responses"]


def test_scans_that_share_an_assessment_are_one_time_point():
    found = points(
        {"B": (-5, "base"), "CT": (60, "V1"), "MRI": (66, "V1"), "later": (120, None)},
        {"A": {}, "C": {}},
        [("B", "A", 40), ("B", "C", 20), ("CT", "A", 38), ("MRI", "C", 20), ("later", "A", 38), ("later", "C", 20)],
    )
    assert found["day"].tolist() == [60, 120]
    assert found["last_date"].tolist() == [day(66), day(120)]
    assert found["assessment"].astype(object).where(found["assessment"].notna(), None).tolist() == ["V1", None]
    assert found["sum_mm"].tolist() == [58.0, 58.0]


def test_scans_of_one_date_without_an_assessment_are_one_time_point():
    found = points(
        {"B": (-5, None), "CT": (60, None), "MRI": (60, None)},
        {"A": {}, "C": {}},
        [("B", "A", 40), ("B", "C", 20), ("CT", "A", 38), ("MRI", "C", 20)],
    )
    assert found["sum_mm"].tolist() == [58.0]


def test_assessments_that_begin_on_one_date_are_one_time_point_with_both_names():
    found = points(
        {"B": (-5, None), "CT": (60, "week 8"), "MRI": (60, "end of treatment")},
        {"A": {}},
        [("B", "A", 40), ("CT", "A", "not_evaluable"), ("MRI", "A", 25)],
    )
    assert found["assessment"].tolist() == ["end of treatment + week 8"]
    assert found["overall_response"].tolist() == ["PR"]


def test_an_assessment_that_begins_before_day_0_is_a_baseline_as_a_whole():
    found = classify(
        tables({"B1": (-3, "base"), "B2": (2, "base"), "V": (60, "V1")}, {"A": {}, "C": {}},
               [("B1", "A", 40), ("B2", "C", 20), ("V", "A", 20), ("V", "C", 20)]),
        default_study(),
    )  # fmt: skip
    assert found["timepoint_responses"]["baseline_mm"].tolist() == [60.0]
    assert found["best_responses"]["baseline_date"].tolist() == [day(2)]


def test_what_was_read_before_the_baseline_is_left_out():
    found = classify(
        tables(
            {"old": (-90, None), "B": (-3, None), "V": (60, None)},
            {"A": {}},
            [("old", "A", 10), ("B", "A", 40), ("V", "A", 40)],
        ),
        default_study(),
    )
    assert found["timepoint_responses"]["nadir_mm"].tolist() == [40.0]
    assert found["lesion_changes"]["timepoint"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("role", "first", "second", "right"),
    [
        ("target", 30, 33, "33.0"),
        ("target", "not_evaluable", 30, "30.0"),
        ("target", "absent", 12, "12.0"),
        ("nontarget", "present", "unequivocal_progression", "PD"),
        ("nontarget", "absent", "present", "NON-CR/NON-PD"),
        ("nontarget", "not_evaluable", "absent", "CR"),
        ("new", "equivocal", "present", "True"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_of_two_readings_at_one_time_point_the_worst_evaluable_counts(role, first, second, right, turned):
    pair = [second, first] if turned else [first, second]
    baseline = {"target": 40, "nontarget": "present", "new": "absent"}[role]
    row = points(
        {"B": (-5, None), "CT": (60, None), "MRI": (60, None)},
        {"A": {"role": role}, "T": {}},
        [("B", "A", baseline), ("B", "T", 40), ("CT", "A", pair[0]), ("MRI", "A", pair[1]), ("CT", "T", "absent")],
    ).iloc[0]
    seen = {"target": row["sum_mm"], "nontarget": row["nontarget_response"], "new": row["new_lesion"]}[role]
    assert str(seen) == right


def test_of_two_readings_at_baseline_the_last_counts():
    found = points(
        {"B1": (-20, "base"), "B2": (-5, "base"), "V": (60, None)},
        {"A": {}},
        [("B1", "A", 40), ("B2", "A", 36), ("V", "A", 36)],
    )
    assert found["baseline_mm"].tolist() == [36.0]


def test_lesion_changes_say_what_entered_the_sum_and_from_which_records():
    result = run(
        {
            "id": "changes",
            "lesions": {"A": {"role": "target"}, "B": {"role": "target"}, "N": {"role": "nontarget", "nodal": True}},
            "compartments": {"mesenteric": ["A"]},
            "assessments": [
                {"day": -5, "A": 40, "B": 20, "N": 12},
                {"day": 60, "A": 30, "B": "too_small", "N": 9},
                {"day": 120, "A": "not_evaluable", "B": "absent"},
            ],
        }
    )
    rows = result["lesion_changes"].set_index(["lesion_id", "timepoint"])
    assert rows["diameter_mm"].dropna().to_dict() == {
        ("A", 0): 40.0, ("A", 1): 30.0, ("B", 0): 20.0, ("B", 1): 5.0, ("B", 2): 0.0,
        ("N", 0): 12.0, ("N", 1): 9.0,
    }  # fmt: skip
    assert pd.isna(rows.loc[("A", 2), "diameter_mm"])
    assert rows.index[rows["imputed"]].tolist() == [("B", 1), ("B", 2)]
    assert rows.loc[("A", 1), "change_percent"] == -25.0
    assert rows.loc[("B", 2), "change_percent"] == -100.0
    assert rows["compartment"].isna().tolist() == [False] * 3 + [True] * 5
    assert rows.loc[("A", 1), "record_ids"] == "measurements:3 scans:1 lesions:0"
    assert rows.loc[("A", 1), "assessment_date"] == day(60)


def test_a_merged_lesion_is_listed_with_the_reading_of_the_other():
    result = run(
        {
            "id": "merged",
            "lesions": {"A": {"role": "target"}, "B": {"role": "target", "merged_into": "A", "merged_day": 60}},
            "assessments": [{"day": -5, "A": 20, "B": 25}, {"day": 60, "A": 38}, {"day": 90, "B": 1}],
        }
    )
    rows = result["lesion_changes"].set_index(["lesion_id", "timepoint"])
    merged = rows.loc[("B", 1)]
    assert (merged["status"], merged["diameter_mm"], merged["imputed"]) == ("merged", 0.0, True)
    assert merged["record_ids"] == "measurements:2 scans:1 lesions:1"
    # Read apart again although it has merged: where the other one is not read, neither can be evaluated.
    again = rows.loc[("B", 2)]
    assert (pd.isna(again["diameter_mm"]), again["assessment_date"]) == (True, day(90))
    assert again["record_ids"] == "measurements:3 scans:2 lesions:1"
    assert result["timepoint_responses"]["overall_response"].tolist() == ["SD", "NE"]


def test_a_lesion_replaced_by_its_fragments_adds_nothing_of_its_own():
    result = run(
        {
            "id": "split",
            "lesions": {"A": {"role": "target"}, "A1": {"role": "new", "split_from": "A"}},
            "assessments": [{"day": -5, "A": 40}, {"day": 60, "A": "absent", "A1": 30}],
        }
    )
    rows = result["lesion_changes"].set_index(["lesion_id", "timepoint"])
    assert pd.isna(rows.loc[("A", 1), "diameter_mm"])
    assert (rows.loc[("A1", 1), "role"], rows.loc[("A1", 1), "diameter_mm"]) == ("target", 30.0)


@pytest.mark.parametrize(
    "lesions",
    [
        {"A": {"split_from": "C"}, "C": {"split_from": "A"}},
        {"A": {"split_from": "A"}, "C": {}},
        {"A": {"split_from": "unknown"}, "C": {"merged_into": "unknown"}},
    ],
)
def test_links_that_lead_nowhere_leave_the_lesions_as_they_are(lesions):
    found = points(
        {"B": (-5, None), "V": (60, None)}, lesions, [("B", "A", 20), ("B", "C", 20), ("V", "A", 10), ("V", "C", 10)]
    )
    assert found["sum_mm"].tolist() == [20.0]
    assert found["overall_response"].tolist() == ["PR"]


def test_mergers_in_a_circle_are_not_evaluable():
    lesions = {"A": {"merged_into": "C", "merged_date": day(50)}, "C": {"merged_into": "A", "merged_date": day(50)}}
    found = points(
        {"B": (-5, None), "V": (60, None)}, lesions, [("B", "A", 20), ("B", "C", 20), ("V", "A", 10), ("V", "C", 10)]
    )
    assert found["overall_response"].tolist() == ["NE"]


def test_sentences_name_the_numbers_that_decided():
    result = run(
        {
            "id": "sentence",
            "lesions": {"A": {"role": "target"}, "B": {"role": "target"}, "X": {"role": "new"}},
            "assessments": [
                {"day": -5, "A": 60, "B": 40},
                {"day": 60, "A": 30, "B": 30},
                {"day": 120, "A": 41, "B": 30},
                {"day": 180, "A": 41.98, "B": 30},
                {"day": 240, "B": 30, "X": "present"},
            ],
        }
    )
    assert result["timepoint_responses"]["sentence"].tolist() == [
        "Sum of 2 targets 60 mm, baseline and nadir 100 mm (-40.0 %): partial response.",
        "Sum of 2 targets 71 mm, baseline 100 mm (-29.0 %), nadir 60 mm (+18.3 %): stable disease.",
        # 19.97 % is not shown as the 20.0 % it does not reach.
        "Sum of 2 targets 71.98 mm, baseline 100 mm (-28.0 %), nadir 60 mm (+19.9 %): stable disease.",
        "1 of 2 targets evaluated: not evaluable. Not evaluated: A (not read). New lesion: X."
        " Overall: progressive disease.",
    ]
    assert result["best_responses"]["reason"].tolist() == [
        "Best of the 4 time points that count: PR on 2020-03-01, not confirmed at least 28 days later;"
        " with confirmation asked for: SD."
    ]


def test_the_waterfall_shows_the_smallest_sum_that_counts():
    result = run(
        {
            "id": "waterfall",
            "lesions": {"A": {"role": "target"}},
            "assessments": [{"day": -5, "A": 50}, {"day": 60, "A": 45}, {"day": 120, "A": 60}, {"day": 180, "A": 10}],
        }
    )
    row = result["best_responses"].iloc[0]
    assert (row["baseline_mm"], row["smallest_mm"], row["best_change_percent"]) == (50.0, 45.0, -10.0)
    assert (row["targets"], row["nontargets"], row["timepoints"]) == (1, 0, 3)
    assert (row["first_progression_date"], row["last_evaluable_date"]) == (day(120), day(120))
