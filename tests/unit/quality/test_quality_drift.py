"""What changed between two cuts, on records and counts made by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from mesenluth.quality.drift import all_changes, drift, record_changes, stability
from mesenluth.tables.extracted import stored
from mesenluth.tables.io import conform, empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results_picture import PROFILE, RECORD_CHANGES

STUDY = {"quality": {"drift_psi": 0.25, "drift_points": 10, "drift_code_percent": 1, "centre_min_values": 10}}


def text(rows):
    """Return the registered text of patients, each given as (key, content, ecog)."""
    frame = pd.DataFrame(
        [{"record_id": f"dem:{k}:{c}", "patient_id": k, "ecog": e} for k, c, e in rows],
        columns=["record_id", "patient_id", "ecog"],
    )
    frame = frame.reindex(columns=stored("patients").column_names)
    tables = {name: empty(stored(name)) for name in REGISTRY}
    return tables | {"patients": conform(frame, stored("patients"))}


def changes(before, now):
    found = record_changes(text(before), text(now))
    return {r["record"]: (r["change"], r["columns"] if isinstance(r["columns"], str) else None)
            for r in found.to_dict("records")}  # fmt: skip


def test_records_appear_change_and_vanish():
    assert changes(
        [("1", "aa", "0"), ("2", "bb", "1"), ("3", "cc", "1")], [("1", "aa", "0"), ("2", "bx", "2"), ("4", "dd", "0")]
    ) == {"dem:2": ("changed", "ecog"), "dem:3": ("vanished", None), "dem:4": ("appeared", None)}


def test_a_key_with_colons_names_one_record():
    assert changes([("a:b", "aa", "0")], [("a:b", "ab", "1")]) == {"dem:a:b": ("changed", "ecog")}


def test_a_value_that_came_or_went_is_a_change():
    assert changes([("1", "aa", None)], [("1", "ab", "1")]) == {"dem:1": ("changed", "ecog")}
    assert changes([("1", "aa", "1")], [("1", "ab", None)]) == {"dem:1": ("changed", "ecog")}


def test_a_change_in_a_column_the_study_does_not_map_is_none():
    assert changes([("1", "aa", "1")], [("1", "ab", "1")]) == {}


def test_a_lost_copy_of_a_record_is_no_lost_record():
    assert changes([("1", "aa", "1"), ("1", "aa#2", "1")], [("1", "aa", "1")]) == {}


def test_nothing_changes_without_an_earlier_cut():
    assert record_changes({}, text([("1", "aa", "1")])).empty


def test_a_record_that_moves_to_another_partition_neither_vanishes_nor_appears():
    gone, come = record_changes(text([("1", "aa", "1")]), text([])), record_changes(text([]), text([("1", "aa", "1")]))
    assert gone["change"].tolist() == ["vanished"] and come["change"].tolist() == ["appeared"]
    assert all_changes(pd.concat([gone, come])).empty
    come = record_changes(text([]), text([("1", "ab", "2")]))
    moved = all_changes(pd.concat([gone, come]))
    assert moved["change"].tolist() == ["changed"]
    assert moved[["earlier_record_id", "record_id"]].to_numpy().tolist() == [["dem:1:aa", "dem:1:ab"]]
    assert all_changes(empty(RECORD_CHANGES)).empty


def counts(rows):
    frame = pd.DataFrame(rows, columns=["table", "column", "measure", "value", "n"]).assign(centre="A")
    return conform(frame, PROFILE)


def found(before, now):
    frame = drift(counts(before), counts(now), STUDY)
    return {(r["column"], r["kind"], r["value"]): r for r in frame.to_dict("records")}


BASE = [("patients", "*", "rows", "", 100), ("patients", "grade", "asked", "", 100)]


def test_lost_rows_are_flagged_and_new_ones_are_not():
    assert found(BASE, [("patients", "*", "rows", "", 99)])["*", "rows", ""]["flagged"]
    assert not found(BASE, [("patients", "*", "rows", "", 120)])["*", "rows", ""]["flagged"]


@pytest.mark.parametrize(("missing", "flagged"), [(30, False), (31, True)])
def test_completeness_that_moves_more_than_the_limit_is_flagged(missing, flagged):
    before = [*BASE, ("patients", "grade", "missing", "", 20)]
    now = [*BASE, ("patients", "grade", "missing", "", missing)]
    row = found(before, now)["grade", "completeness", ""]
    assert (row["before"], row["now"]) == (80, 100 - missing)
    assert row["flagged"] == flagged


def test_new_and_vanished_codes_are_named():
    before = [("patients", "grade", "value", "G1", 50), ("patients", "grade", "value", "NEC", 5)]
    now = [("patients", "grade", "value", "G1", 50), ("patients", "grade", "value", "G3", 1)]
    rows = found(before, now)
    assert rows["grade", "new_code", "G3"]["flagged"]
    assert rows["grade", "vanished_code", "NEC"]["flagged"]
    assert set(rows) == {("grade", "new_code", "G3"), ("grade", "vanished_code", "NEC")}


def test_what_was_added_is_held_against_what_was_there():
    before = [("patients", "grade", "value", "G1", 50), ("patients", "grade", "value", "G2", 50)]
    same = [("patients", "grade", "value", "G1", 60), ("patients", "grade", "value", "G2", 60)]
    other = [("patients", "grade", "value", "G1", 50), ("patients", "grade", "value", "G2", 70)]
    row = found(before, same)["grade", "distribution", ""]
    assert row["psi"] == 0 and not row["flagged"]
    row = found(before, other)["grade", "distribution", ""]
    assert row["flagged"]
    # Shares 0.5 and 0.5 before; none (taken as 0.0005) and all of what was added.
    assert row["psi"] == pytest.approx((0.0005 - 0.5) * math.log(0.0005 / 0.5) + 0.5 * math.log(2))


def test_numbers_are_compared_by_tenths_of_what_was_there():
    before = [("patients", "ki67_percent", "value", str(v), 10) for v in range(1, 11)]
    added = [("patients", "ki67_percent", "value", str(v), 10 + 2) for v in range(1, 11)]
    assert found(before, added)["ki67_percent", "distribution", ""]["psi"] == pytest.approx(0)
    high = [("patients", "ki67_percent", "value", str(v), 10 + 10 * (v > 8)) for v in range(1, 11)]
    assert found(before, high)["ki67_percent", "distribution", ""]["flagged"]


def test_too_few_added_values_are_not_judged():
    before, now = ([("patients", "grade", "value", "G1", n)] for n in (50, 59))
    assert found(before, now) == {}


def test_without_an_earlier_cut_nothing_drifts():
    assert drift(empty(PROFILE), counts(BASE), STUDY).empty


def test_the_stability_index_of_equal_shares_is_0():
    assert stability(np.array([1.0, 3.0]), np.array([2.0, 6.0])) == 0
