"""Time points of two readers beside each other: which belong together, their sums, and why responses differ."""

import pandas as pd
import pytest

from acceptance.recist_harness import day, default_study, tables_of
from mesenluth.response.classify import classify
from mesenluth.response.reasons import PAIR_REASONS
from mesenluth.tables.results import RESULTS

BASE = {"day": -5, "A": 100}


def read_by_two(one, other, lesions=None, other_lesions=None, names=True, **agreement):
    """Return the pairs of the whole patient of one patient whom `reader` and `second` read."""
    study, parts = default_study(), []
    for evaluator, assessments, of in (("reader", one, lesions), ("second", other, other_lesions or lesions)):
        case = {"id": "x", "lesions": of or {"A": {"role": "target"}}, "assessments": assessments}
        tables = {name: frame.copy() for name, frame in tables_of(case).items()}
        tables["lesions"]["evaluator"] = evaluator
        if not names:
            tables["scans"]["assessment"] = pd.NA
        for name, columns in {"lesions": ["lesion_id"], "scans": ["scan_id"],
                              "measurements": ["measurement_id", "lesion_id", "scan_id"]}.items():  # fmt: skip
            for column in [*columns, "record_id"]:
                tables[name][column] = evaluator[0] + tables[name][column]
        parts.append(tables)
    both = {
        name: pd.concat([p[name] for p in parts], ignore_index=True)
        if name in ("lesions", "scans", "measurements") else parts[0][name]
        for name in parts[0]
    }  # fmt: skip
    study["evaluators"], study["primary_evaluator"] = [], "second"
    study["agreement"] |= agreement
    pairs = classify(both, study)["reader_pairs"]
    assert list(pairs.columns) == RESULTS["reader_pairs"].column_names
    return pairs[pairs["compartment"] == "whole_patient"].reset_index(drop=True)


def reasons(*args, **more):
    found = read_by_two(*args, **more)
    assert set(found["reason"]) <= set(PAIR_REASONS)
    return found["reason"].tolist()


def test_one_reader_has_nobody_to_be_compared_with():
    case = {"id": "x", "lesions": {"A": {"role": "target"}}, "assessments": [BASE, {"day": 60, "A": 60}]}
    assert classify(tables_of(case), default_study())["reader_pairs"].empty


def test_sums_and_changes_side_by_side():
    found = read_by_two([BASE, {"day": 60, "A": 60}], [{"day": -5, "A": 80}, {"day": 60, "A": 60}])
    assert found["matched_by"].tolist() == ["baseline", "assessment"]
    # The primary evaluator is reader A.
    assert set(found["evaluator_a"]) == {"second"}
    assert found["sum_a_mm"].tolist() == [80, 60]
    assert found["difference_mm"].tolist() == [-20, 0]
    later = found.iloc[1]
    assert (later["change_a_percent"], later["change_b_percent"], later["change_difference_percent"]) == (-25, -40, 15)
    assert (later["response_a"], later["response_b"], later["agrees"], later["reason"]) == (
        "SD", "PR", False, "threshold",
    )  # fmt: skip
    assert later["sentence"] == f"Reader A SD, reader B PR. {PAIR_REASONS['threshold']}"
    assert pd.isna(found["agrees"].iloc[0])


@pytest.mark.parametrize(("apart", "matched"), [(14, ["baseline", "date"]), (15, ["baseline", "none", "none"])])
def test_time_points_without_a_common_name_are_matched_by_date(apart, matched):
    one, other = [BASE, {"day": 60, "A": 60}], [BASE, {"day": 60 + apart, "A": 60}]
    found = read_by_two(one, other, names=False)
    assert found["matched_by"].tolist() == matched
    if apart == 14:
        assert found["days_apart"].tolist() == [0, 14]
        assert found["date_b"].tolist() == [day(-5), day(60)]
    else:
        assert found["reason"].tolist() == ["baseline", "one_reader_only", "one_reader_only"]
        assert found["days_apart"].isna().tolist() == [False, True, True]


def test_the_nearest_two_belong_together_and_each_stands_once():
    one = [BASE, {"day": 60, "A": 100}, {"day": 70, "A": 100}]
    other = [BASE, {"day": 68, "A": 100}]
    found = read_by_two(one, other, names=False)
    assert found[["timepoint_a", "timepoint_b"]].fillna(-1).astype(int).to_numpy().tolist() == [
        [0, 0], [-1, 1], [1, 2],
    ]  # fmt: skip
    both = read_by_two(one, other, names=False, match_days=1)
    assert both["matched_by"].tolist() == ["baseline", "none", "none", "none"]


def test_reasons():
    stable = [BASE, {"day": 60, "A": 95}]
    new = {"A": {"role": "target"}, "X": {"role": "new"}}
    assert reasons(stable, stable) == ["baseline", "agrees"]
    assert reasons(stable, [BASE, {"day": 60, "A": "not_evaluable"}]) == ["baseline", "not_evaluable_by_one"]
    seen = [BASE, {"day": 60, "A": 95, "X": "present"}]
    assert reasons(stable, seen, other_lesions=new) == ["baseline", "new_lesion_by_one"]
    other = {"B": {"role": "target", "organ": "liver", "site": "liver_segment_4"}}
    elsewhere = [{"day": -5, "B": 50}, {"day": 60, "B": 20}]
    assert reasons(stable, elsewhere, other_lesions=other) == ["baseline", "different_targets"]
    bone = {"A": {"role": "target"}, "N": {"role": "nontarget"}}
    followed = [{**BASE, "N": "present"}, {"day": 60, "A": 95, "N": "present"}]
    worse = [{**BASE, "N": "present"}, {"day": 60, "A": 95, "N": "unequivocal_progression"}]
    assert reasons(followed, worse, lesions=bone) == ["baseline", "nontarget_progression_by_one"]


def test_a_reader_who_read_the_baseline_only():
    found = read_by_two([BASE, {"day": 60, "A": 60}], [BASE])
    assert found["reason"].tolist() == ["baseline", "one_reader_only"]
    assert found["agrees"].isna().all()
