"""Follow-up by centre: no small cell is shown, and none can be had by subtraction."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_endpoints_cohorts import default_study, news, patient, series, tables

from mesenluth.endpoints.centres import follow_up_by_centre, small_centres
from mesenluth.tables.io import to_arrow
from mesenluth.tables.results import FOLLOW_UP_BY_CENTRE


def registry(sizes, dead=()):
    """Return centres of the given sizes; the i-th patient of all is seen 304.375 * (i + 1) days after day 0."""
    who = [f"{c}{i:02d}" for c, n in sizes.items() for i in range(n)]
    days = [round(304.375 * (i + 1)) for i in range(len(who))]
    scans = [
        {"scan_id": f"{p}-{k}", "patient_id": p, "scan_date": pd.Timestamp("2015-01-01")} for p in who for k in (1, 2)
    ]
    return tables(
        cohort=[*(patient(p, centre=p[0]) for p in who), {"patient_id": "zz", "centre": "Z"}],
        best_responses=[series(p) for p in who],
        follow_up=[news(p, at, "dead" if p in dead else "alive") for p, at in zip(who, days, strict=True)],
        scans=[*scans, {"scan_id": "zz", "patient_id": "zz", "scan_date": pd.Timestamp("2015-01-01")}],
    )


def shown(frame):
    return [
        tuple(None if pd.isna(v) else v for v in row)
        for row in frame[["row", "centre", "centres", "patients", "scans", "reason"]].itertuples(index=False)
    ]


def test_a_small_centre_stands_with_the_next_smallest():
    """With all patients known, one hidden centre is a subtraction."""
    frame = follow_up_by_centre(registry({"A": 7, "B": 2, "C": 5}), default_study("2040-01-01"))
    assert shown(frame) == [
        ("centre", "A", 1, 7, 14, None), ("small_centres", None, 2, 7, 14, None), ("all_centres", None, 3, 14, 28, None),
    ]  # fmt: skip
    assert to_arrow(frame, FOLLOW_UP_BY_CENTRE).num_rows == 3


def test_large_centres_stand_alone():
    frame = follow_up_by_centre(registry({"A": 5, "B": 6}), default_study("2040-01-01"))
    assert shown(frame) == [
        ("centre", "A", 1, 5, 10, None), ("centre", "B", 1, 6, 12, None), ("all_centres", None, 2, 11, 22, None),
    ]  # fmt: skip
    # Nobody dies: the median follow-up is that of the times themselves, 10 to 50 and 60 to 110 months.
    assert [round(m, 1) for m in frame["estimate"]] == [30, 85, 60]
    assert set(frame["method"]) == {"log-log"}


def test_four_patients_in_all_are_not_described():
    frame = follow_up_by_centre(registry({"A": 2, "B": 2}), default_study("2040-01-01"))
    assert shown(frame) == [
        ("small_centres", None, 2, None, None, "small_cell"), ("all_centres", None, 2, None, None, "small_cell"),
    ]  # fmt: skip
    assert frame[["estimate", "ci_low", "ci_high"]].isna().all(axis=None)


def test_where_most_die_the_follow_up_is_not_reached():
    given = registry({"A": 5}, dead=("A01", "A02", "A03", "A04"))
    frame = follow_up_by_centre(given, default_study("2040-01-01"))
    assert shown(frame)[0] == ("centre", "A", 1, 5, 10, "not_reached")
    assert pd.isna(frame["estimate"].iloc[0])


def test_one_is_no_small_cell_where_the_study_file_says_so():
    study = default_study("2040-01-01")
    study["statistics"] = {**study["statistics"], "small_cell_below": 1}
    assert [line[3] for line in shown(follow_up_by_centre(registry({"A": 1, "B": 2}), study))] == [1, 2, 3]


def test_nobody_included_gives_no_row():
    assert len(follow_up_by_centre(tables(), default_study())) == 0


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12), st.integers(1, 8))
def test_what_is_hidden_cannot_be_told(sizes, below):
    patients = pd.Series(sizes, index=[f"C{i:02d}" for i in range(len(sizes))])
    hidden = small_centres(patients, below)
    assert {c for c in patients.index if patients[c] < below} <= set(hidden)
    if hidden and len(hidden) < len(patients):
        assert len(hidden) >= 2
        assert patients[hidden].sum() >= below
    # No more is hidden than must be: without the largest that is, one of the two would not hold.
    largest = patients[hidden].max() if hidden else 0
    if largest >= below:
        fewer = hidden[:-1]
        assert len(fewer) < 2 or patients[fewer].sum() < below


@pytest.mark.parametrize("below", [1, 5])
def test_centres_of_one_size_are_hidden_in_the_order_of_their_codes(below):
    patients = pd.Series({"B": 6, "A": 6, "C": 4})
    assert small_centres(patients, below) == ([] if below == 1 else ["C", "A"])
