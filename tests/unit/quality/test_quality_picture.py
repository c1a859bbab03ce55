"""Profile, picture, preferences and centre findings, held to counts made by hand."""

import pandas as pd
import pytest

from mesenluth.quality.picture import centre_findings, picture, preferences, value_places
from mesenluth.quality.profile import added, profile
from mesenluth.tables.extracted import UNREADABLE, extracted
from mesenluth.tables.io import conform, empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import FINDINGS
from mesenluth.tables.results_picture import CENTRE_FINDINGS, PICTURE, PREFERENCES, PROFILE

STUDY = {
    "statistics": {"small_cell_below": 2},
    "quality": {
        "centre_min_values": 4,
        "centre_missing_percent": 30,
        "digit_preference_percent": 40,
        "date_heaping_percent": 20,
    },
}


def table(name, rows):
    frame = pd.DataFrame(rows).reindex(columns=extracted(name).column_names)
    return conform(frame, extracted(name))


def registry(**given):
    return {name: table(name, given[name]) if name in given else empty(extracted(name)) for name in REGISTRY}


PATIENTS = [
    {"record_id": f"p{i}", "patient_id": f"P{i}", "centre": centre, "sex": "F", "ecog": ecog, "ki67_percent": ki67}
    for i, (centre, ecog, ki67) in enumerate(
        [("A", 1, 2.0), ("A", 0, 2.04), ("A", None, 12.5), ("A", 1, None), ("B", 1, 3.0), (None, 1, 3.0)]
    )
]
SIZES = [10.0, 15.0, 20.4, 24.5, 30.0, 31.0]
MEASUREMENTS = [
    {"record_id": f"m{i}", "measurement_id": f"M{i}", "patient_id": "P0", "status": "measured",
     "longest_diameter_um": round(s * 1000)}
    for i, s in enumerate(SIZES)
] + [{"record_id": "m9", "measurement_id": "M9", "patient_id": "P9", "status": "absent"}]  # fmt: skip


def counts(frame, table, column, measure):
    rows = frame[(frame["table"] == table) & (frame["column"] == column) & (frame["measure"] == measure)]
    return {(c, v): n for c, v, n in zip(rows["centre"], rows["value"], rows["n"], strict=True)}


@pytest.fixture
def counted():
    return profile(registry(patients=PATIENTS, measurements=MEASUREMENTS), empty(UNREADABLE))


def test_rows_are_counted_by_centre_and_rows_without_one_are_not_lost(counted):
    assert counts(counted, "patients", "*", "rows") == {("A", ""): 4, ("B", ""): 1, ("unassigned", ""): 1}
    assert counts(counted, "measurements", "*", "rows") == {("A", ""): 6, ("unassigned", ""): 1}


def test_given_and_missing_add_up_to_what_is_asked(counted):
    assert counts(counted, "patients", "ecog", "given") == {("A", ""): 3, ("B", ""): 1, ("unassigned", ""): 1}
    assert counts(counted, "patients", "ecog", "missing") == {("A", ""): 1}
    assert counts(counted, "patients", "ecog", "asked") == {("A", ""): 4, ("B", ""): 1, ("unassigned", ""): 1}


def test_a_size_is_asked_only_of_what_was_measured(counted):
    assert counts(counted, "measurements", "longest_diameter_um", "asked") == {("A", ""): 6}
    assert counts(counted, "measurements", "longest_diameter_um", "missing") == {}
    assert counts(counted, "measurements", "short_axis_um", "missing") == {("A", ""): 6}


def test_numbers_are_counted_to_two_digits_and_sizes_by_their_last_digit(counted):
    assert counts(counted, "patients", "ki67_percent", "value") == {
        ("A", "2"): 2, ("A", "12"): 1, ("B", "3"): 1, ("unassigned", "3"): 1,
    }  # fmt: skip
    # 24.5 mm is nearest to 25 and to 24; halves go up, as people round.
    assert counts(counted, "measurements", "longest_diameter_um", "digit") == {
        ("A", "0"): 3, ("A", "1"): 1, ("A", "5"): 2,
    }  # fmt: skip


def test_profiles_of_partitions_add_up_to_the_profile_of_the_whole(counted):
    halves = [
        profile(registry(patients=PATIENTS[:1], measurements=MEASUREMENTS[:3]), empty(UNREADABLE)),
        profile(registry(patients=PATIENTS[1:]), empty(UNREADABLE)),
    ]
    whole = profile(registry(patients=PATIENTS, measurements=MEASUREMENTS[:3]), empty(UNREADABLE))
    pd.testing.assert_frame_equal(added(pd.concat(halves)), whole)


def test_names_of_records_are_not_counted_as_codes(counted):
    assert not counted["column"].isin(["patient_id", "record_id"]).any()
    assert counts(counted, "measurements", "measurement_id", "value") == {}
    lesions = [{"record_id": "l", "lesion_id": "L1", "patient_id": "P0", "organ": "liver", "merged_into": "L2"}]
    found = profile(registry(patients=PATIENTS, lesions=lesions), empty(UNREADABLE))
    assert counts(found, "lesions", "organ", "value") == {("A", "liver"): 1}
    assert counts(found, "lesions", "merged_into", "value") == {}


def test_an_empty_registry_has_an_empty_profile_and_picture():
    nothing = profile(registry(), empty(UNREADABLE))
    assert nothing.empty and list(nothing.columns) == PROFILE.column_names
    shown = picture(nothing, empty(FINDINGS), STUDY)
    assert shown.empty and list(shown.columns) == PICTURE.column_names
    preferred = preferences(nothing, STUDY)
    assert preferred.empty and list(preferred.columns) == PREFERENCES.column_names
    assert list(centre_findings(shown, preferred, STUDY).columns) == CENTRE_FINDINGS.column_names


def rows_of(frame, **where):
    for column, value in where.items():
        frame = frame[frame[column].isna() if value is None else (frame[column] == value)]
    return frame


def finding(rule, record, table="patients", centre="A"):
    return {
        "finding_id": f"{rule}{record}", "table": table, "record_id": record, "patient_id": None, "centre": centre,
        "rule": rule, "severity": "warning", "columns": "x", "observed": "", "message": "", "disposition": "flagged",
    }  # fmt: skip


def test_completeness_counts_what_is_missing_and_hides_few_patients(counted):
    shown = picture(counted, empty(FINDINGS), STUDY)
    whole = rows_of(shown, category="completeness", table="patients", item="ecog", centre=None).iloc[0]
    assert (whole["checked"], whole["failed"], whole["percent"]) == (6, 1, pytest.approx(100 / 6))
    few = rows_of(shown, category="completeness", table="patients", item="ecog", centre="B").iloc[0]
    assert few[["checked", "failed", "percent"]].isna().all()
    assert few["reason"] == "fewer than 2 to show"


def test_an_unreadable_cell_breaks_conformance_and_is_not_called_missing():
    cells = conform(
        pd.DataFrame([{"table": "patients", "record_id": "p2", "column": "ecog", "observed": "?", "reason": "number"}]),
        UNREADABLE,
    )
    counted = profile(registry(patients=PATIENTS), cells)
    shown = picture(counted, empty(FINDINGS), STUDY)
    complete = rows_of(shown, category="completeness", table="patients", item="ecog", centre="A").iloc[0]
    conformant = rows_of(shown, category="conformance", table="patients", item="ecog", centre="A").iloc[0]
    assert (complete["checked"], complete["failed"]) == (4, 0)
    assert (conformant["checked"], conformant["failed"]) == (4, 1)


def test_plausibility_counts_the_rows_that_fail_a_rule_once(counted):
    found = conform(
        pd.DataFrame([finding("patients.age_at_diagnosis", r) for r in ("p0", "p1")]), FINDINGS
    )  # fmt: skip
    shown = picture(counted, found, STUDY)
    row = rows_of(shown, category="plausibility", item="patients.age_at_diagnosis", centre="A").iloc[0]
    assert (row["checked"], row["failed"], row["percent"]) == (4, 2, 50.0)
    assert rows_of(shown, category="plausibility", item="patients.age_at_diagnosis", centre=None)["failed"].item() == 2


def test_digit_preference_is_the_share_of_sizes_that_end_in_0_or_5(counted):
    row = rows_of(preferences(counted, STUDY), kind="digits", column="longest_diameter_um", centre=None).iloc[0]
    assert (row["n"], row["preferred"]) == (6, 5)
    assert row["percent"] == pytest.approx(500 / 6)
    assert row["whipple"] == pytest.approx(100 * (500 / 6) / 20)


def test_a_habit_of_the_whole_registry_is_one_finding_and_one_of_a_centre_names_it():
    patients = [{"record_id": f"p{i}", "patient_id": f"P{i}", "centre": "AB"[i % 2], "sex": "F",
                 "ecog": 1 if i % 2 or i < 4 else None} for i in range(20)]  # fmt: skip
    counted = profile(registry(patients=patients), empty(UNREADABLE))
    shown = picture(counted, empty(FINDINGS), STUDY)
    study = STUDY | {"quality": STUDY["quality"] | {"centre_missing_percent": 45}}
    found = centre_findings(shown, preferences(counted, study), study)
    ecog = found[found["column"] == "ecog"]
    # 8 of 10 are missing in A, none in B: 40 % of all, which is under the limit.
    assert ecog["centre"].tolist() == ["A"]
    assert (
        ecog["message"].item() == "80 % of patients.ecog are missing in centre A (10 rows); at most 45 % are expected"
    )
    grade = found[found["column"] == "grade"]
    assert grade["centre"].isna().tolist() == [True]
    off = STUDY | {"quality": study["quality"] | {"centre_missing_percent": None}}
    assert centre_findings(shown, preferences(counted, off), off).empty


def test_few_values_say_nothing_about_habits(counted):
    study = STUDY | {"quality": STUDY["quality"] | {"centre_min_values": 7}}
    assert centre_findings(picture(counted, empty(FINDINGS), study), preferences(counted, study), study).empty


def test_last_digits_and_days_are_counted_one_by_one_and_few_are_hidden():
    days = ["2020-01-01", "2020-02-01", "2020-02-15", "2020-03-31"]
    scans = [
        {"record_id": f"s{i}", "scan_id": f"S{i}", "patient_id": "P0", "scan_date": pd.Timestamp(d)}
        for i, d in enumerate(days)
    ]
    counted = profile(registry(patients=PATIENTS, scans=scans, measurements=MEASUREMENTS), empty(UNREADABLE))
    found = value_places(counted, STUDY)
    digits = rows_of(found, kind="digits", column="longest_diameter_um").set_index("place")
    # 10, 15, 20.4, 24.5, 30 and 31 mm end in 0, 5, 0, 5, 0 and 1: one value alone is fewer than two.
    assert digits["n"].fillna(-1).to_dict() == {0: 3, 1: -1, 2: 0, 3: 0, 4: 0, 5: 2, 6: 0, 7: 0, 8: 0, 9: 0}
    assert (digits["expected_percent"] == 10).all()
    dates = rows_of(found, kind="days", column="scan_date").set_index("place")
    assert dates.loc[1, "n"] == 2 and pd.isna(dates.loc[15, "n"]) and dates.loc[2, "n"] == 0
    assert dates["expected_percent"].sum() == pytest.approx(100)
    assert dates.loc[31, "expected_percent"] == pytest.approx(100 * 7 * 400 / 146_097)
