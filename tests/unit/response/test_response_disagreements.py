"""Recorded responses beside the computed ones: each reason, on readings that cause it."""

import pandas as pd
import pytest

from acceptance.recist_harness import day, default_study, table, tables_of
from mesenluth.response.classify import classify
from mesenluth.response.reasons import REASONS


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
    assert one(hidden, ("target", "A1", "CR")) == ("unevaluated_as_zero", "NE", False)
    assert one(hidden, ("overall", "A1", "CR")) == ("unevaluated_as_zero", "NE", False)
    assert one(hidden, ("overall", "A1", "SD")) == ("unevaluated_carried_forward", "NE", False)
    # Nothing that was counted makes it PR: no reason is made up.
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
    assert one(later, ("overall", "A1", "PR"), lesions=lesions) == ("equivocal_not_dated_back", "PD", False)
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
    assert rows["sentence"].tolist() == ["Recorded SD, computed PR. " + REASONS["other"]]


def test_only_analysed_evaluators_are_compared():
    case = {"id": "x", "lesions": {"A": {"role": "target"}}, "assessments": [BASE, {"day": 60, "A": 60}]}
    row = {"patient_id": "P1", "response_id": "R", "kind": "overall", "response": "PR", "assessment": "A1"}
    tables = tables_of(case) | {"responses": table("responses", [row | {"evaluator": "somebody"}])}
    assert classify(tables, default_study())["response_disagreements"]["reason"].tolist() == ["not_computed"]
    chosen = default_study() | {"evaluators": ["reader"]}
    assert classify(tables, chosen)["response_disagreements"].empty


PAIR = {"A": {"role": "target"}, "B": {"role": "target"}}
NODE = {"A": {"role": "target"}, "N": {"role": "target", "nodal": True}}
BOTH = {"A": {"role": "target"}, "B": {"role": "nontarget"}}
NEW = {"A": {"role": "target"}, "X": {"role": "new"}}
ALONE = {"B": {"role": "nontarget"}}
EXPLAINED = [
    # Exactly +20 % (26.0 to 31.2) and exactly -30 % (23.0 to 16.1): less than either in binary floating point.
    ("float_threshold", {}, [{"day": -5, "A": 26}, {"day": 60, "A": 31.2}], "A1", "SD", "PD"),
    ("float_threshold", {}, [{"day": -5, "A": 23}, {"day": 60, "A": 16.1}], "A1", "SD", "PR"),
    # 25 to 30 is +20 % and +5 mm, both exact as floats too: only "more than" misses it.
    ("strict_threshold", {}, [{"day": -5, "A": 25}, {"day": 60, "A": 30}], "A1", "SD", "PD"),
    ("sticky_response", {}, [BASE, {"day": 60, "A": 70}, {"day": 120, "A": 80}], "A2", "PR", "SD"),
    ("nadir_ignored", {}, [BASE, {"day": 60, "A": 50}, {"day": 120, "A": 65}], "A2", "PR", "PD"),
    # 63 of 50 is +26 % over the smallest sum, which is the baseline; over the 58 before it is +9 %.
    ("previous_as_nadir", {}, [{"day": -5, "A": 50}, {"day": 60, "A": 55}, {"day": 90, "A": 58}, {"day": 120, "A": 63}], "A3", "SD", "PD"),
    # E15: 10 of the 10+10+NE is no smallest sum.
    (
        "partial_nadir", PAIR,
        [{"day": -5, "A": 30, "B": 30}, {"day": 60, "A": 28, "B": "not_evaluable"}, {"day": 120, "A": 28, "B": 28}],
        "A2", "PD", "SD",
    ),
    # E14: 20 of 35 evaluated: as 0 mm, it is a response.
    (
        "unevaluated_as_zero", PAIR,
        [{"day": -5, "A": 20, "B": 15}, {"day": 60, "A": 20, "B": "not_evaluable"}], "A1", "PR", "NE",
    ),
    # 20 of 20 without the other: stable against its own baseline; carried forward it would be stable as well.
    (
        "unevaluated_left_out", PAIR,
        [{"day": -5, "A": 20, "B": 40}, {"day": 60, "A": 20, "B": "not_evaluable"}], "A1", "SD", "NE",
    ),
    (
        "unevaluated_carried_forward", PAIR,
        [{"day": -5, "A": 20, "B": 40}, {"day": 60, "A": 12, "B": 40}, {"day": 90, "A": 12, "B": "not_evaluable"}],
        "A2", "SD", "NE",
    ),
    ("too_small_as_zero", {}, [{"day": -5, "A": 12}, {"day": 60, "A": "too_small"}], "A1", "CR", "PR"),
    ("too_small_not_evaluable", {}, [{"day": -5, "A": 12}, {"day": 60, "A": "too_small"}], "A1", "NE", "PR"),
    # E11: 3 + 19 of 32 is -31 %, 5 + 19 is -25 %.
    (
        "too_small_as_default", PAIR,
        [{"day": -5, "A": 12, "B": 20}, {"day": 60, "A": {"long": 3, "status": "too_small"}, "B": 19}],
        "A1", "SD", "PR",
    ),
    # E08: a normal node need not vanish.
    ("node_must_vanish", NODE, [{"day": -5, "A": 30, "N": 18}, {"day": 60, "A": "absent", "N": 9}], "A1", "PR", "CR"),
    ("reappearance_ignored", {}, [BASE, {"day": 60, "A": "absent"}, {"day": 90, "A": 3}], "A2", "PR", "PD"),
    (
        "equivocal_not_dated_back", NEW,
        [BASE, {"day": 60, "A": 60, "X": "equivocal"}, {"day": 90, "A": 60, "X": "present"}], "A1", "PR", "PD",
    ),
    ("new_lesion_ignored", NEW, [BASE, {"day": 60, "A": 60, "X": "present"}], "A1", "PR", "PD"),
    (
        "equivocal_counted", NEW,
        [BASE, {"day": 60, "A": 60, "X": "equivocal"}, {"day": 90, "A": 60, "X": "absent"}], "A1", "PD", "PR",
    ),
    # E18 and E17.
    (
        "unevaluated_nontarget_counts", BOTH,
        [BASE | {"B": "present"}, {"day": 60, "A": 60, "B": "not_evaluable"}], "A1", "NE", "PR",
    ),
    (
        "unevaluated_nontarget_ignored", BOTH,
        [BASE | {"B": "present"}, {"day": 60, "A": "absent", "B": "not_evaluable"}], "A1", "CR", "PR",
    ),
    (
        "nontarget_ignored", BOTH,
        [BASE | {"B": "present"}, {"day": 60, "A": 60, "B": "unequivocal_progression"}], "A1", "PR", "PD",
    ),
    # E50: larger is not unequivocally progressed.
    ("nontarget_growth_counted", BOTH, [BASE | {"B": 20}, {"day": 60, "A": 95, "B": 26}], "A1", "PD", "SD"),
    # E21.
    ("stable_for_non_cr_non_pd", ALONE, [{"day": -5, "B": "present"}, {"day": 60, "B": "present"}], "A1", "SD",
     "NON-CR/NON-PD"),
    # E60: 42 x 24 to 40 x 16.
    (
        "short_axis_used", {}, [{"day": -5, "A": {"long": 42, "short": 24}},
                                {"day": 60, "A": {"long": 40, "short": 16}}], "A1", "PR", "SD",
    ),
    (
        "longest_diameter_used", {"A": {"role": "target", "nodal": True}},
        [{"day": -5, "A": {"long": 42, "short": 24}}, {"day": 60, "A": {"long": 40, "short": 16}}], "A1", "SD", "PR",
    ),
    # E02 and E03.
    ("absolute_increase_ignored", {}, [{"day": -5, "A": 20}, {"day": 60, "A": 14}, {"day": 90, "A": 17}], "A2", "PD", "SD"),
    ("relative_increase_ignored", {}, [BASE, {"day": 60, "A": 90}, {"day": 90, "A": 107}], "A2", "PD", "SD"),
    ("assessment_before", NEW, [BASE, {"day": 60, "A": 60}, {"day": 90, "A": 85, "X": "present"}], "A2", "PR", "PD"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "lesions", "assessments", "where", "recorded", "derived"), EXPLAINED,
    ids=[f"{case[0]} {i}" for i, case in enumerate(EXPLAINED)],
)  # fmt: skip
def test_a_deviation_that_gives_the_record_is_the_reason(reason, lesions, assessments, where, recorded, derived):
    assert one(assessments, ("overall", where, recorded), lesions=lesions) == (reason, derived, False)


@pytest.mark.parametrize("case", EXPLAINED, ids=[f"{case[0]} {i}" for i, case in enumerate(EXPLAINED)])
def test_no_reason_is_given_that_does_not_give_the_record(case):
    """Whatever else is recorded, each deviation named for it is not named for a value it does not give."""
    _, lesions, assessments, where, recorded, derived = case
    named = {}
    values = ("CR", "PR", "SD", "PD", "NE")
    rows = compare(assessments, [("overall", where, value) for value in values], lesions=lesions)
    assert rows["recorded"].tolist() == list(values)
    for value, row in zip(values, rows.to_dict("records"), strict=True):
        for name in [] if pd.isna(row["explanations"]) else row["explanations"].split():
            named.setdefault(name, set()).add(value)
    # One deviation gives one response; two formulas in floating point, several compartments or readers may give two.
    many = {"float_threshold", "compartment_response", "other_reader"}
    assert all(len(values) == 1 for name, values in named.items() if name not in many)
    assert all(derived not in values for values in named.values())


def test_each_deviation_that_fits_is_listed():
    rising = [BASE, {"day": 60, "A": 50}, {"day": 120, "A": 65}]
    row = compare(rising, [("overall", "A2", "PR")]).iloc[0]
    assert row["explanations"].split() == ["nadir_ignored", "assessment_before"]


def test_the_other_convention_of_the_study_explains_too():
    """With sticky responses in the study, the strict record is explained; with CR flagged, PD after it is."""
    rising = [BASE, {"day": 60, "A": 69}, {"day": 120, "A": 80}]
    assert one(rising, ("overall", "A2", "SD"), pr_sticky=True)[0] == "sticky_response"
    back = [BASE, {"day": 60, "A": "absent"}, {"day": 90, "A": 3}]
    assert one(back, ("overall", "A2", "PD"), cr_then_pr="flag")[0] == "reappearance_counted"


def test_a_date_outside_the_assessment_differs_though_the_category_agrees():
    case = {"id": "x", "lesions": {"A": {"role": "target"}}, "assessments": [BASE, {"day": 60, "A": 60}]}
    rows = [
        {"patient_id": "P1", "evaluator": "reader", "response_id": f"R{d}", "kind": "overall", "response": "PR",
         "assessment": "A1", "response_date": day(d)}
        for d in (60, 75)
    ]  # fmt: skip
    tables = tables_of(case) | {"responses": table("responses", rows[1:])}
    row = classify(tables, default_study())["response_disagreements"].iloc[0]
    assert (row["reason"], bool(row["agrees"]), row["days_apart"], row["timepoint"]) == ("date_differs", True, 15, 1)
    assert row["derived_date"] == day(60)
    tables = tables_of(case) | {"responses": table("responses", rows[:1])}
    assert classify(tables, default_study())["response_disagreements"]["reason"].tolist() == ["agrees"]


def test_one_compartment_recorded_as_the_patient():
    """E59: 30 to 20 in one part and 70 to 70 in the other is PR there, and SD of the patient."""
    case = {"id": "x", "lesions": PAIR, "assessments": [{"day": -5, "A": 30, "B": 70}, {"day": 60, "A": 20, "B": 70}]}
    row = {"patient_id": "P1", "evaluator": "reader", "response_id": "R", "kind": "overall", "response": "PR",
           "assessment": "A1"}  # fmt: skip
    study = default_study()
    study["compartments"] = [
        {"id": "mass", "label": {"en": "m"}, "where": {"column": "lesion_id", "in": ["A"]}, "measure_axis": "longest"}
    ]
    tables = tables_of(case) | {"responses": table("responses", [row])}
    found = classify(tables, study)["response_disagreements"].iloc[0]
    assert (found["reason"], found["derived"]) == ("compartment_response", "SD")


def test_what_is_none_of_recist_is_not_compared_with_a_response():
    case = {"id": "x", "lesions": {"A": {"role": "target"}}, "assessments": [BASE, {"day": 60, "A": 60}]}
    rows = table("responses", [{"patient_id": "P1", "evaluator": "reader", "response_id": "R", "kind": "overall",
                                "response": "PR", "assessment": "A1"}])  # fmt: skip
    rows["kind"] = rows["kind"].replace({"overall": "clinical"})
    found = classify(tables_of(case) | {"responses": rows}, default_study())["response_disagreements"]
    assert found[["kind", "reason"]].to_numpy().tolist() == [["clinical", "clinical_value_unknown"]]


def best(assessments, recorded, kind="best", extra=(), **settings):
    """Compare a recorded best response, beside recorded overall responses."""
    rows = compare(assessments, [(kind, "end", recorded), *extra], **settings)
    row = rows[rows["kind"] == kind].iloc[0]
    return row["reason"], row["derived"]


def test_recorded_best_responses():
    course = [BASE, {"day": 60, "A": 60}, {"day": 120, "A": 95}]
    assert best(course, "PR") == ("agrees", "PR")
    assert best(course, "SD", kind="confirmed_best") == ("agrees", "SD")
    assert best(course, "SD") == ("confirmation", "PR")
    early = [BASE, {"day": 20, "A": 100}, {"day": 60, "A": 130}]
    assert best(early, "SD") == ("minimum_interval_ignored", "PD")
    late = [BASE, {"day": 60, "A": 130}, {"day": 120, "A": 60}]
    assert best(late, "PR") == ("after_progression_counted", "PD")
    overall = [("overall", "A1", "SD"), ("overall", "A2", "SD")]
    # The time points are recorded wrongly; the best follows from them.
    assert best([BASE, {"day": 60, "A": 60}, {"day": 120, "A": 65}], "SD", extra=overall) == (
        "of_recorded_time_points", "PR",
    )  # fmt: skip
    # 50 to 65 is progression; from baseline alone the 65 confirms the 50.
    rising = [BASE, {"day": 60, "A": 50}, {"day": 120, "A": 65}]
    assert best(rising, "PR", kind="confirmed_best") == ("confirmation", "SD")
    assert best(rising, "CR")[0] == "other"


def test_every_reason_has_words():
    assert all(words.endswith(".") for words in REASONS.values())
