"""Recorded responses beside the computed ones: each reason, on readings that cause it."""

import pandas as pd

from acceptance.recist_harness import day, default_study, table, tables_of
from mesenluth.response.classify import classify


def compare(assessments, recorded, lesions=None, **settings):
    """Compare recorded responses [(kind, name of the assessment or day, value)] with those of one case."""
    case = {"id": "x", "lesions": lesions or {"A": {"role": "target"}}, "assessments": assessments}
    rows = []
    for i, (kind, where, value) in enumerate(recorded):
        at = {"assessment": where} if isinstance(where, str) else {"response_date": day(where)}
        row = {"patient_id": "P1", "evaluator": "reader", "response_id": f"R{i}", "kind": kind, "response": value}
        rows.append(row | at)
    tables = tables_of(case) | {"responses": table("responses", rows)}
    study = default_study()
    study["response"] |= settings
    return classify(tables, study)["response_disagreements"]


def one(assessments, recorded, **more):
    rows = compare(assessments, [recorded], **more)
    assert len(rows) == 1
    row = rows.iloc[0]
    derived = None if pd.isna(row["derived"]) else row["derived"]
    return row["reason"], derived, bool(row["agrees"])


BASE = {"day": -5, "A": 100}


def test_agreement():
    assert one([BASE, {"day": 60, "A": 60}], ("overall", "A1", "PR")) == ("agrees", "PR", True)
    assert one([BASE, {"day": 60, "A": 60}], ("target", "A1", "PR")) == ("agrees", "PR", True)


def test_matched_by_date_where_no_assessment_is_named_or_known():
    assert one([BASE, {"day": 60, "A": 60}], ("overall", 60, "PR")) == ("agrees", "PR", True)
    assert one([BASE, {"day": 60, "A": 60}], ("overall", 61, "PR")) == ("not_computed", None, False)
    assert one([BASE, {"day": 60, "A": 60}], ("overall", "week 9", "PR")) == ("not_computed", None, False)


def test_a_response_at_baseline_is_not_computed():
    assert one([BASE, {"day": 60, "A": 60}], ("overall", "A0", "SD")) == ("not_computed", None, False)


def test_the_nadir_was_ignored():
    """50 to 65 of 100 is +30 % over the nadir, and -35 % from baseline."""
    rising = [BASE, {"day": 60, "A": 50}, {"day": 120, "A": 65}]
    assert one(rising, ("target", "A2", "PR")) == ("nadir_ignored", "PD", False)
    assert one(rising, ("overall", "A2", "PR")) == ("nadir_ignored", "PD", False)
    assert one(rising, ("overall", "A2", "SD")) == ("other", "PD", False)


def test_what_was_not_assessable_was_counted():
    """Targets that were not evaluable were recorded as gone: an empty sum is 0 mm for a careless program."""
    hidden = [BASE, {"day": 60, "A": "not_evaluable"}]
    assert one(hidden, ("target", "A1", "CR")) == ("not_assessable_counted", "NE", False)
    assert one(hidden, ("overall", "A1", "PR")) == ("not_assessable_counted", "NE", False)
    assert one(hidden, ("overall", "A1", "NE")) == ("agrees", "NE", True)


def test_no_baseline():
    assert one([{"day": 30, "A": 50}], ("overall", "A0", "SD")) == ("no_baseline", "NE", False)


def test_a_value_that_is_no_response():
    assert one([BASE, {"day": 60, "A": 60}], ("overall", "A1", None)) == ("recorded_value_unknown", "PR", False)


def test_a_record_that_stands_twice():
    rows = compare([BASE, {"day": 60, "A": 60}], [("overall", "A1", "PR"), ("overall", "A1", "SD")])
    assert rows["reason"].tolist() == ["agrees", "duplicate_record"]


def test_new_lesions_and_reappearance():
    lesions = {"A": {"role": "target"}, "X": {"role": "new"}}
    new = [BASE, {"day": 60, "A": 60, "X": "present"}]
    assert one(new, ("overall", "A1", "PR"), lesions=lesions) == ("new_lesion_ignored", "PD", False)
    later = [BASE, {"day": 60, "A": 60, "X": "equivocal"}, {"day": 90, "A": 60, "X": "present"}]
    assert one(later, ("overall", "A1", "PR"), lesions=lesions) == ("equivocal_confirmed_later", "PD", False)
    back = [BASE, {"day": 60, "A": "absent"}, {"day": 90, "A": 3}]
    assert one(back, ("overall", "A2", "PR")) == ("reappearance_ignored", "PD", False)
    assert one(back, ("overall", "A2", "PR"), cr_then_pr="flag") == ("agrees", "PR", True)


def test_progression_that_nothing_shows():
    assert one([BASE, {"day": 60, "A": 100}], ("overall", "A1", "PD")) == ("progression_not_found", "SD", False)


def test_nontarget_records():
    lesions = {"A": {"role": "target"}, "B": {"role": "nontarget"}}
    rows = [BASE | {"B": "present"}, {"day": 60, "A": 60, "B": "present"}]
    assert one(rows, ("nontarget", "A1", "NON-CR/NON-PD"), lesions=lesions) == ("agrees", "NON-CR/NON-PD", True)
    assert one(rows, ("nontarget", "A1", "CR"), lesions=lesions) == ("other", "NON-CR/NON-PD", False)


def test_the_sentence_says_both_values():
    rows = compare([BASE, {"day": 60, "A": 60}], [("overall", "A1", "SD")])
    assert rows["sentence"].tolist() == ["Recorded SD, computed PR. The readings give another category."]


def test_only_analysed_evaluators_are_compared():
    case = {"id": "x", "lesions": {"A": {"role": "target"}}, "assessments": [BASE, {"day": 60, "A": 60}]}
    row = {"patient_id": "P1", "response_id": "R", "kind": "overall", "response": "PR", "assessment": "A1"}
    tables = tables_of(case) | {"responses": table("responses", [row | {"evaluator": "somebody"}])}
    assert classify(tables, default_study())["response_disagreements"]["reason"].tolist() == ["not_computed"]
    chosen = default_study() | {"evaluators": ["reader"]}
    assert classify(tables, chosen)["response_disagreements"].empty
