"""Clinical response: each rule of the study file on symptoms made for it."""

import pandas as pd
import pytest

from acceptance.recist_harness import DAY_0, day, table
from mesenluth.errors import ConfigurationError
from mesenluth.response.clinical import clinical_responses
from mesenluth.response.clinical_disagreements import clinical_disagreements
from mesenluth.response.rules import CLINICAL_RULES

INCLUDED = pd.DataFrame({"patient_id": ["P1"], "origin_date": pd.Series([DAY_0]).astype("datetime64[us]")})

CLINICAL = {
    "terms": ["abdominal_pain", "bloating", "nausea"],
    "attributed": "mesenteric",
    "exclude_causes": ["carcinoid_syndrome"],
    "stop_at_new_therapy": True,
    "rule": "improved_none_worse",
    "improvement_grades": 1,
    "window_days": [1, 450],
}


def symptoms(records):
    """Return records [(day, term, grade, mesenteric, cause)] as a table; the cause may be left out."""
    return table(
        "symptoms",
        [
            {"patient_id": "P1", "symptom_id": f"{i:02}", "symptom_date": day(d), "term": t, "ctcae_grade": g,
             "mesenteric": m, "cause": rest[0] if rest else None}
            for i, (d, t, g, m, *rest) in enumerate(records)
        ],
    )  # fmt: skip


def assessments(*records):
    """Return records (day, value) or (day, value, evaluator) of global clinical assessments as a table."""
    return table(
        "responses",
        [
            {"patient_id": "P1", "response_id": f"R{i}", "response_date": day(d), "kind": "clinical", "response": v,
             "evaluator": rest[0] if rest else "reader"}
            for i, (d, v, *rest) in enumerate(records)
        ],
    )  # fmt: skip


def judged(records, recorded=(), therapy=None, **changes):
    """Return the row of a patient with these symptoms, assessments and day of another therapy."""
    included = INCLUDED.assign(new_therapy_date=pd.Series([pd.NaT if therapy is None else day(therapy)]))
    found = clinical_responses(symptoms(records), assessments(*recorded), included, CLINICAL | changes, "reader")
    assert len(found) == 1 and found["rule"].iloc[0] in {r.id for r in CLINICAL_RULES}
    return found.iloc[0]


def clinical(records, **changes):
    row = judged(records, **changes)
    return row["response"], row["symptoms_at_baseline"], row["improved"], row["worsened"], row["reason"]


PAIN, BLOATING = "abdominal_pain", "bloating"


@pytest.mark.parametrize(
    ("records", "right"),
    [
        ([(-5, PAIN, 2, True), (90, PAIN, 1, True)], ("response", 1, 1, 0, "day 90: 1 of 1 improved, 0 worse")),
        ([(-5, PAIN, 2, True), (90, PAIN, 2, True)], ("no_response", 1, 0, 0, "day 90: 0 of 1 improved, 0 worse")),
        # Another symptom that is worse, or new, undoes it.
        (
            [(-5, PAIN, 2, True), (-5, BLOATING, 1, True), (90, PAIN, 1, True), (90, BLOATING, 2, True)],
            ("no_response", 2, 1, 1, "day 90: 1 of 2 improved, 1 worse"),
        ),
        (
            [(-5, PAIN, 2, True), (90, PAIN, 1, True), (90, BLOATING, 1, True)],
            ("no_response", 1, 1, 1, "day 90: 1 of 1 improved, 1 worse"),
        ),
        # The best visit counts, within the window.
        (
            [(-5, PAIN, 2, True), (90, PAIN, 3, True), (180, PAIN, 0, None), (451, PAIN, 0, None)],
            ("response", 1, 1, 0, "day 180: 1 of 1 improved, 0 worse"),
        ),
        ([(-5, PAIN, 2, True), (451, PAIN, 0, None)], ("not_evaluable", 1, 0, 0, "no visit from day 1 to 450")),
        ([(-5, PAIN, 2, True), (0, PAIN, 1, True), (90, PAIN, 1, True)],
         ("no_response", 1, 0, 0, "day 90: 0 of 1 improved, 0 worse")),
        # Symptoms of another origin do not count; what the registry does not attribute later follows the baseline.
        ([(-5, PAIN, 2, False), (90, PAIN, 1, False)], ("not_symptomatic", 0, 0, 0, "no symptom at baseline")),
        ([(-5, PAIN, 2, None)], ("not_symptomatic", 0, 0, 0, "no symptom at baseline")),
        ([(-5, PAIN, 2, True), (90, PAIN, 1, None)], ("response", 1, 1, 0, "day 90: 1 of 1 improved, 0 worse")),
        ([(-5, PAIN, 2, True), (90, PAIN, 1, False)], ("not_evaluable", 1, 0, 0, "no visit from day 1 to 450")),
        ([(-5, PAIN, 0, None), (90, PAIN, 0, None)], ("not_symptomatic", 0, 0, 0, "no symptom at baseline")),
        ([(90, PAIN, 0, None)], ("not_evaluable", 0, 0, 0, "no record of a symptom on or before day 0")),
        ([(-5, "diarrhoea", 2, True)], ("not_evaluable", 0, 0, 0, "no record of a symptom on or before day 0")),
        ([], ("not_evaluable", 0, 0, 0, "no record of a symptom on or before day 0")),
    ],
)  # fmt: skip
def test_improved_and_none_worse(records, right):
    assert clinical(records) == right


def test_any_improvement():
    records = [(-5, PAIN, 2, True), (90, PAIN, 1, True), (90, BLOATING, 1, True)]
    assert clinical(records, rule="any_improvement")[0] == "response"


def test_two_grades_or_resolution():
    assert clinical([(-5, PAIN, 3, True), (90, PAIN, 2, True)], improvement_grades=2)[0] == "no_response"
    assert clinical([(-5, PAIN, 3, True), (90, PAIN, 1, True)], improvement_grades=2)[0] == "response"
    assert clinical([(-5, PAIN, 1, True), (90, PAIN, 0, None)], improvement_grades=2)[0] == "response"


def test_symptoms_of_any_origin():
    assert clinical([(-5, PAIN, 2, False), (90, PAIN, 1, None)], attributed="any")[0] == "response"


CARCINOID, MECHANICAL, DIARRHOEA = "carcinoid_syndrome", "mechanical", "diarrhoea"


@pytest.mark.parametrize(
    ("cause", "excluded", "right"),
    [
        (CARCINOID, [CARCINOID], "not_symptomatic"),
        (MECHANICAL, [CARCINOID], "response"),
        (None, [CARCINOID], "response"),
        ("bile_acid", [CARCINOID, "bile_acid"], "not_symptomatic"),
        (CARCINOID, [], "response"),
    ],
)
@pytest.mark.parametrize("attributed", ["mesenteric", "any"])
def test_diarrhoea_of_the_carcinoid_syndrome_is_kept_apart_from_the_mechanical_one(cause, excluded, right, attributed):
    """Even where the registry lays it to the mass: the syndrome answers to the treatment for other reasons."""
    records = [(-5, DIARRHOEA, 2, True, cause), (90, DIARRHOEA, 1, True, cause)]
    row = judged(records, terms=[DIARRHOEA], exclude_causes=excluded, attributed=attributed)
    assert row["response"] == right


def test_a_cause_holds_until_another_is_stated():
    records = [(-5, DIARRHOEA, 2, True, CARCINOID), (0, DIARRHOEA, 2, True), (90, DIARRHOEA, 1, True)]
    assert judged(records, terms=[DIARRHOEA])["response"] == "not_symptomatic"
    records[1] = (0, DIARRHOEA, 2, True, MECHANICAL)
    assert judged(records, terms=[DIARRHOEA])["response"] == "response"
    records[2] = (90, DIARRHOEA, 3, True, CARCINOID)
    assert judged(records, terms=[DIARRHOEA])["rule"] == "clinical.ne.no_visit"


def test_a_patient_whose_carcinoid_diarrhoea_is_better_and_whose_pain_is_not_has_no_response():
    records = [
        (-5, DIARRHOEA, 3, None, CARCINOID), (-5, PAIN, 2, True, MECHANICAL),
        (90, DIARRHOEA, 0, None), (90, PAIN, 2, True, MECHANICAL),
    ]  # fmt: skip
    row = judged(records, terms=[DIARRHOEA, PAIN], attributed="any")
    assert (row["response"], row["symptoms_at_baseline"], row["improved"]) == ("no_response", 1, 0)
    assert judged(records, terms=[DIARRHOEA, PAIN], attributed="any", exclude_causes=[])["response"] == "response"


def test_visits_after_another_therapy_do_not_count():
    records = [(-5, PAIN, 2, True), (90, PAIN, 2, True), (180, PAIN, 0, None)]
    assert judged(records, therapy=179)["response"] == "no_response"
    assert judged(records, therapy=180)["response"] == "response"
    assert judged(records, therapy=179, stop_at_new_therapy=False)["response"] == "response"


SYMPTOMATIC = [(-5, PAIN, 2, True), (90, PAIN, 2, True)]


@pytest.mark.parametrize(
    ("recorded", "right"),
    [
        ([(90, "IMPROVED")], ("response", "IMPROVED", 90)),
        ([(90, "UNCHANGED")], ("no_response", "UNCHANGED", 90)),
        ([(90, "WORSENED"), (180, "UNCHANGED")], ("no_response", "UNCHANGED", 180)),
        ([(90, "WORSENED"), (180, "IMPROVED"), (270, "WORSENED")], ("response", "IMPROVED", 180)),
        # Of two on one day the worse counts.
        ([(90, "IMPROVED"), (90, "WORSENED")], ("no_response", "WORSENED", 90)),
        # The window is days 1 to 450.
        ([(450, "IMPROVED")], ("response", "IMPROVED", 450)),
        ([(451, "IMPROVED")], ("not_evaluable", None, None)),
        ([(0, "IMPROVED")], ("not_evaluable", None, None)),
        ([], ("not_evaluable", None, None)),
        # The primary evaluator's, where there are any.
        ([(90, "UNCHANGED"), (180, "IMPROVED", "other")], ("no_response", "UNCHANGED", 90)),
        ([(180, "IMPROVED", "other")], ("response", "IMPROVED", 180)),
    ],
)
def test_the_investigator_decides(recorded, right):
    row = judged(SYMPTOMATIC, recorded, rule="investigator")
    date = None if pd.isna(row["visit_date"]) else (row["visit_date"] - DAY_0).days
    assert (row["response"], None if pd.isna(row["recorded"]) else row["recorded"], date) == right


def test_the_investigator_and_the_grades_may_say_different_things():
    """Every rule gives this patient another answer than the one before it."""
    records = [(-5, PAIN, 2, True), (-5, BLOATING, 1, True), (90, PAIN, 1, True), (90, BLOATING, 2, True)]
    found = {
        rule: judged(records, [(90, "UNCHANGED")], rule=rule)["response"]
        for rule in ("improved_none_worse", "any_improvement", "investigator")
    }
    assert found == {
        "improved_none_worse": "no_response", "any_improvement": "response", "investigator": "no_response",
    }  # fmt: skip
    assert judged(SYMPTOMATIC, [(90, "IMPROVED")])["response"] == "no_response"
    assert judged(SYMPTOMATIC, [(90, "IMPROVED")], rule="investigator")["response"] == "response"


def test_a_patient_without_symptoms_has_none_that_could_respond():
    row = judged([(-5, PAIN, 0, None)], [(90, "IMPROVED")], rule="investigator")
    assert (row["response"], row["rule"]) == ("not_symptomatic", "clinical.not_symptomatic")


@pytest.mark.parametrize("key", ["exclude_causes", "stop_at_new_therapy", "attributed", "rule"])
def test_a_missing_key_is_named(key):
    settings = {k: v for k, v in CLINICAL.items() if k != key}
    with pytest.raises(ConfigurationError, match=f"clinical.{key}"):
        clinical_responses(symptoms(SYMPTOMATIC), assessments(), INCLUDED, settings)


@pytest.mark.parametrize(
    ("records", "value", "derived", "reason"),
    [
        ([(-5, PAIN, 2, True), (90, PAIN, 1, True)], "IMPROVED", "IMPROVED", "agrees"),
        ([(-5, PAIN, 2, True), (90, PAIN, 3, True)], "WORSENED", "WORSENED", "agrees"),
        ([(-5, PAIN, 2, True), (90, PAIN, 2, True)], "IMPROVED", "UNCHANGED", "clinical_grades_unchanged"),
        (
            [(-5, PAIN, 2, True), (90, PAIN, 1, True), (90, BLOATING, 1, True)],
            "IMPROVED",
            "UNCHANGED",
            "clinical_better_and_worse",
        ),
        ([(-5, PAIN, 2, True), (90, PAIN, 3, True)], "IMPROVED", "WORSENED", "clinical_grades_differ"),
        ([(-5, PAIN, 2, True), (91, PAIN, 1, True)], "IMPROVED", None, "clinical_no_symptoms"),
        ([(90, PAIN, 0, None)], "IMPROVED", None, "clinical_no_symptoms"),
        ([(-5, PAIN, 2, True), (90, PAIN, 1, True)], "SD", "IMPROVED", "clinical_value_unknown"),
    ],
)
def test_a_recorded_assessment_is_set_beside_the_grades_of_its_day(records, value, derived, reason):
    found = clinical_disagreements(assessments((90, value)), symptoms(records), INCLUDED, CLINICAL)
    row = found.iloc[0]
    assert (row["recorded"], row["reason"], row["agrees"]) == (value, reason, reason == "agrees")
    assert pd.isna(row["derived"]) if derived is None else row["derived"] == derived


def test_an_assessment_recorded_twice_is_named_and_others_are_left_out():
    found = clinical_disagreements(
        assessments((90, "IMPROVED"), (90, "IMPROVED")), symptoms(SYMPTOMATIC), INCLUDED, CLINICAL
    )
    assert found["reason"].tolist() == ["clinical_grades_unchanged", "duplicate_record"]
    nobody = INCLUDED.iloc[:0]
    assert clinical_disagreements(assessments((90, "IMPROVED")), symptoms(SYMPTOMATIC), nobody, CLINICAL).empty
