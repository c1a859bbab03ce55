"""First recorded and first computed progression."""

import pandas as pd
import pytest

from acceptance.recist_harness import day, default_study, table, tables_of
from mesenluth.response.classify import classify

BASE = {"day": -5, "A": 100}


def progression(assessments, recorded, **settings):
    """Return date of record, computed date, days, verdict and reason of one case, from [(name, value, day)]."""
    case = {"id": "x", "lesions": {"A": {"role": "target"}}, "assessments": assessments}
    rows = [
        {"patient_id": "P1", "evaluator": "reader", "response_id": f"R{i}", "kind": "overall", "response": value,
         "assessment": name, "response_date": None if at is None else day(at)}
        for i, (name, value, at) in enumerate(recorded)
    ]  # fmt: skip
    study = default_study()
    study["response"] |= settings
    found = classify(tables_of(case) | {"responses": table("responses", rows)}, study)["progression_disagreements"]
    assert len(found) == 1
    row = found.iloc[0]
    return row["verdict"], row["reason"], None if pd.isna(row["days_apart"]) else row["days_apart"]


RISING = [BASE, {"day": 60, "A": 50}, {"day": 120, "A": 65}, {"day": 180, "A": 125}]


def test_the_same_day():
    said = [("A1", "PR", 60), ("A2", "PD", 120)]
    assert progression(RISING, said) == ("same_date", "agrees", 0)


def test_a_record_without_a_date_has_that_of_its_assessment():
    assert progression(RISING, [("A2", "PD", None)]) == ("same_date", "agrees", 0)


def test_progression_from_baseline_comes_two_months_too_late():
    said = [("A1", "PR", 60), ("A2", "PR", 120), ("A3", "PD", 180)]
    assert progression(RISING, said) == ("other_date", "nadir_ignored", 60)


def test_progression_that_is_recorded_only_and_computed_only():
    stable = [BASE, {"day": 60, "A": 103}]
    verdict, reason, _ = progression(stable, [("A1", "PD", 60)])
    assert (verdict, reason) == ("recorded_only", "progression_not_found")
    verdict, reason, _ = progression(RISING[:3], [("A1", "PR", 60)])
    assert (verdict, reason) == ("computed_only", "not_recorded")


def test_progression_recorded_where_nothing_was_read():
    stable = [BASE, {"day": 60, "A": 103}]
    assert progression(stable, [("week 20", "PD", 140)]) == ("recorded_only", "not_computed", None)


def test_neither():
    verdict, reason, days = progression([BASE, {"day": 60, "A": 90}], [("A1", "SD", 60)])
    assert (verdict, reason, days) == ("none", "agrees", None)


@pytest.mark.parametrize(("convention", "apart"), [("earliest", 3), ("last", 0)])
def test_the_convention_of_the_date_explains_days_within_one_assessment(convention, apart):
    """Two scans of one assessment, days 60 and 63; the record has the later one."""
    case = {"id": "x", "lesions": {"A": {"role": "target"}, "B": {"role": "target"}},
            "assessments": [{"day": -5, "A": 50, "B": 50}, {"day": 60, "A": 70, "B": 50}]}  # fmt: skip
    tables = tables_of(case)
    scans = tables["scans"].copy()
    later = scans.iloc[[-1]].assign(scan_id="late", scan_date=day(63), record_id="scans:late")
    assert later["assessment"].notna().all()
    measurements = tables["measurements"].copy()
    last = (measurements["scan_id"] == scans["scan_id"].iloc[-1]) & (measurements["lesion_id"].str.endswith("B"))
    measurements["scan_id"] = measurements["scan_id"].mask(last, "late")
    tables |= {"measurements": measurements}
    tables["scans"] = pd.concat([scans, later], ignore_index=True)
    row = {"patient_id": "P1", "evaluator": "reader", "response_id": "R", "kind": "overall", "response": "PD",
           "assessment": later["assessment"].iloc[0], "response_date": day(63)}  # fmt: skip
    study = default_study()
    study["response"]["progression_date"] = convention
    found = classify(tables | {"responses": table("responses", [row])}, study)["progression_disagreements"].iloc[0]
    assert found["days_apart"] == apart
    assert found["reason"] == ("date_convention" if apart else "agrees")
