"""Metabolic and clinical response, complications: each rule of the study file on data made for it."""

import pandas as pd
import pytest

from acceptance.recist_harness import DAY_0, day, default_study, table
from mesenluth.errors import ConfigurationError
from mesenluth.response.clinical import clinical_responses
from mesenluth.response.complications import complications
from mesenluth.response.metabolic import metabolic_responses

INCLUDED = pd.DataFrame({"patient_id": ["P1"], "origin_date": pd.Series([DAY_0]).astype("datetime64[us]")})
MESENTERIC = {"id": "mesenteric", "where": {"column": "mesenteric_mass", "is": True}, "measure_axis": "longest"}
KRENNING = default_study()["metabolic"]
SUV = KRENNING | {"method": "suvmax"}
TOC, TATE = "68Ga-DOTATOC", "68Ga-DOTATATE"


def metabolic(readings, settings=KRENNING, place="mesenteric", evaluators=("reader", "reader"), column="krenning"):
    """Judge readings [(day, lesion M or L, value, tracer)]; lesion M is the mesenteric mass."""
    lesions = [
        {"patient_id": "P1", "lesion_id": n, "evaluator": e, "role": "target", "nodal": False, "mesenteric_mass": m}
        for n, m, e in zip(("M", "L"), (True, False), evaluators, strict=True)
    ]
    days_ = sorted({r[0] for r in readings})
    scans = [{"patient_id": "P1", "scan_id": f"S{d}", "scan_date": day(d)} for d in days_]
    uptake = [
        {"patient_id": "P1", "uptake_id": str(i), "lesion_id": n, "scan_id": f"S{d}", column: v, "tracer": t}
        for i, (d, n, v, t) in enumerate(readings)
    ]
    tables = [table(k, r) for k, r in (("uptake", uptake), ("scans", scans), ("lesions", lesions))]
    found = metabolic_responses(*tables, INCLUDED, [MESENTERIC], settings, "reader")
    assert found["compartment"].tolist() == ["mesenteric", "whole_patient"]
    return found.set_index("compartment").loc[place]


def test_the_score_falls_by_the_grades_asked_for():
    row = metabolic([(-5, "M", 4, TOC), (100, "M", 3, TOC)])
    assert (row["response"], row["baseline_value"], row["best_value"], row["change"]) == ("response", 4, 3, -1)
    assert (row["baseline_date"], row["best_date"], row["tracer"]) == (day(-5), day(100), TOC)
    assert row["reason"] == "Krenning score 4 to 3, a fall of 1 asked for"
    two = KRENNING | {"krenning_drop": 2}
    assert metabolic([(-5, "M", 4, TOC), (100, "M", 3, TOC)], two)["response"] == "no_response"


def test_the_last_scan_before_and_the_lowest_after_day_0_count():
    readings = [(-90, "M", 4, TOC), (0, "M", 3, TOC), (100, "M", 2, TOC), (200, "M", 1, TOC), (300, "M", 4, TOC)]
    row = metabolic(readings)
    assert (row["baseline_value"], row["best_value"], row["best_date"]) == (3, 1, day(200))


def test_the_highest_lesion_of_the_compartment_counts():
    readings = [(-5, "M", 2, TOC), (-5, "L", 4, TOC), (100, "M", 2, TOC), (100, "L", 3, TOC)]
    assert metabolic(readings)["response"] == "no_response"
    assert metabolic(readings, place="whole_patient")["change"] == -1


def test_another_tracer_cannot_be_compared():
    readings = [(-5, "M", 4, TOC), (100, "M", 2, TATE)]
    row = metabolic(readings)
    assert (row["response"], row["reason"]) == ("not_evaluable", f"no later scan with {TOC}, the tracer at baseline")
    assert pd.isna(row["best_value"])
    assert metabolic(readings, KRENNING | {"same_tracer": False})["response"] == "response"
    assert metabolic([*readings, (200, "M", 4, TOC)])["response"] == "no_response"


@pytest.mark.parametrize(
    ("readings", "reason"),
    [
        ([(-5, "L", 4, TOC), (100, "L", 4, TOC)], "no uptake reading on or before day 0"),
        ([(100, "M", 4, TOC)], "no uptake reading on or before day 0"),
        ([(-5, "M", 4, TOC)], "no uptake reading after day 0"),
        ([(-5, "M", 4, None), (100, "M", 2, TOC)], "the tracer at baseline is not known"),
        ([(-5, "M", 0, TOC), (100, "M", 0, TOC)], "a Krenning score below 1 at baseline cannot fall by 1"),
        ([], "no uptake reading on or before day 0"),
    ],
)
def test_why_a_patient_is_not_evaluable(readings, reason):
    row = metabolic(readings)
    assert (row["response"], row["reason"]) == ("not_evaluable", reason)


@pytest.mark.parametrize(("later", "right"), [(9.3, "response"), (9.301, "no_response"), (14.0, "no_response")])
def test_suvmax_falls_by_exactly_25_percent(later, right):
    """12.4 to 9.3 is a fall of exactly 25 %, which binary floating point puts below it."""
    row = metabolic([(-5, "M", 12.4, TOC), (100, "M", later, TOC)], SUV, column="suvmax")
    assert row["response"] == right
    assert "off label" in row["reason"]


def test_readings_of_the_primary_evaluator_are_used_where_there_are_any():
    readings = [(-5, "M", 4, TOC), (-5, "L", 2, TOC), (100, "M", 4, TOC), (100, "L", 1, TOC)]
    assert metabolic(readings, place="whole_patient", evaluators=("central", "reader"))["baseline_value"] == 2
    assert metabolic(readings, place="whole_patient", evaluators=("central", "other"))["baseline_value"] == 4


def test_a_metabolic_method_that_is_not_built_is_refused():
    with pytest.raises(ConfigurationError, match="metabolic.method"):
        metabolic([], KRENNING | {"method": "tlg"})


CLINICAL = {
    "terms": ["abdominal_pain", "bloating", "nausea"],
    "attributed": "mesenteric",
    "exclude_causes": ["carcinoid_syndrome"],
    "stop_at_new_therapy": True,
    "rule": "improved_none_worse",
    "improvement_grades": 1,
    "window_days": [1, 450],
}


def clinical(records, **changes):
    """Judge records [(day, term, grade, mesenteric)]."""
    rows = [
        {"patient_id": "P1", "symptom_id": str(i), "symptom_date": day(d), "term": t, "ctcae_grade": g, "mesenteric": m}
        for i, (d, t, g, m) in enumerate(records)
    ]
    tables = table("symptoms", rows), table("responses", [])
    row = clinical_responses(*tables, INCLUDED, CLINICAL | changes).iloc[0]
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


COMPLICATIONS = {"terms": ["ileus"], "attributed": "mesenteric", "min_grade": 2, "days_after_administration": 90}
PRRT = {"column": "product", "in": ["177Lu-DOTATATE"]}


def counted(events, **changes):
    """Judge events [(name, day, grade, mesenteric, term)] of a patient treated on days 0 and 60."""
    rows = [
        {"patient_id": "P1", "adverse_event_id": n, "start_date": day(d), "ctcae_grade": g, "mesenteric": m, "term": t}
        for n, d, g, m, t in events
    ]
    doses = [
        {"patient_id": "P1", "administration_id": str(d), "administration_date": day(d), "product": p}
        for d, p in ((0, "177Lu-DOTATATE"), (60, "177Lu-DOTATATE"), (400, "placebo"))
    ]
    tables = table("adverse_events", rows), table("administrations", doses)
    return complications(*tables, INCLUDED, PRRT, COMPLICATIONS | changes)


def test_complications_of_the_study():
    events = [
        ("a before", -1, 3, True, "ileus"),
        ("b on the day", 0, 3, True, "ileus"),
        ("c at the edge", 150, 2, True, "ileus"),
        ("d too late", 151, 2, True, "ileus"),
        ("e too mild", 70, 1, True, "ileus"),
        ("f of another origin", 70, 3, False, "ileus"),
        ("g of unknown origin", 70, 3, None, "ileus"),
        ("h another term", 70, 3, True, "fatigue"),
        ("i after another product", 410, 3, True, "ileus"),
    ]
    found = counted(events)
    assert found["adverse_event_id"].tolist() == ["b on the day", "c at the edge"]
    assert found["day"].tolist() == [0, 150]
    assert found["days_since_administration"].tolist() == [0, 90]
    assert found["record_ids"].tolist() == ["adverse_events:1 administrations:0", "adverse_events:2 administrations:1"]
    anybody = counted(events, attributed="any", min_grade=1)
    assert anybody["adverse_event_id"].str[0].tolist() == ["b", "c", "e", "f", "g"]


def test_no_complications():
    assert counted([]).empty
    assert counted([("a", 300, 3, True, "ileus")]).empty
