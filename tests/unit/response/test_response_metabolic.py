"""Metabolic response: every method at its thresholds, and what makes two scans comparable."""

import numpy as np
import pandas as pd
import pytest

from acceptance.recist_harness import DAY_0, day, default_study, table
from mesenluth.errors import ConfigurationError
from mesenluth.response.metabolic import metabolic_responses
from mesenluth.response.metabolic_criteria import Criteria, exact
from mesenluth.response.metabolic_words import FDG_UNKNOWN, OFF_LABEL, SCORE_ON_FDG
from mesenluth.response.rules import METABOLIC_RULES

INCLUDED = pd.DataFrame({"patient_id": ["P1"], "origin_date": pd.Series([DAY_0]).astype("datetime64[us]")})
MESENTERIC = {"id": "mesenteric", "where": {"column": "mesenteric_mass", "is": True}, "measure_axis": "longest"}
KRENNING = default_study()["metabolic"]
SUV = KRENNING | {"method": "suvmax"}
TOC, TATE = "68Ga-DOTATOC", "68Ga-DOTATATE"


def metabolic(
    readings, settings=KRENNING, place="mesenteric", evaluators=("reader", "reader"), column="krenning", roles=(),
    modality=None, therapy=None, liver=None, merged=None,
):  # fmt: skip
    """Judge readings [(day, lesion M or L, value, tracer)]; lesion M is the mesenteric mass.

    `modality` is that of the scan of each day, `liver` the SUL of the liver, `roles` those of lesions, `therapy` the day
    of another therapy and `merged` the one on which L merges into M.
    """
    lesions = [
        {"patient_id": "P1", "lesion_id": n, "evaluator": e, "role": dict(roles).get(n, "target"), "nodal": False,
         "mesenteric_mass": m}
        for n, m, e in zip(("M", "L"), (True, False), evaluators, strict=True)
    ]  # fmt: skip
    if merged is not None:
        lesions[1] |= {"merged_into": "M", "merged_date": day(merged)}
    days_ = sorted({r[0] for r in readings})
    scans = [
        {"patient_id": "P1", "scan_id": f"S{d}", "scan_date": day(d), "modality": (modality or {}).get(d)}
        for d in days_
    ]
    uptake = [
        {"patient_id": "P1", "uptake_id": str(i), "lesion_id": n, "scan_id": f"S{d}", column: v, "tracer": t,
         "liver_sulmean": (liver or {}).get(d)}
        for i, (d, n, v, t) in enumerate(readings)
    ]  # fmt: skip
    tables = [table(k, r) for k, r in (("uptake", uptake), ("scans", scans), ("lesions", lesions))]
    included = INCLUDED.assign(
        new_therapy_date=pd.Series([pd.NaT if therapy is None else day(therapy)]).astype("datetime64[us]")
    )
    found = metabolic_responses(*tables, included, [MESENTERIC], settings, "reader")
    assert found["compartment"].tolist() == ["mesenteric", "whole_patient"]
    row = found.set_index("compartment").loc[place]
    assert row["rule"] in {r.id for r in METABOLIC_RULES}
    return row


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
        ([(-5, "L", 4, TOC), (100, "L", 4, TOC)], "no Krenning score on or before day 0"),
        ([(100, "M", 4, TOC)], "no Krenning score on or before day 0"),
        ([(-5, "M", 4, TOC)], "no Krenning score after day 0"),
        ([(-5, "M", 4, None), (100, "M", 2, TOC)], "the tracer at baseline is not known"),
        ([(-5, "M", 0, TOC), (100, "M", 0, TOC)], "a Krenning score below 1 at baseline cannot fall by 1"),
        ([], "no Krenning score on or before day 0"),
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
    assert row["label"] == OFF_LABEL and "off label" in row["reason"] and "off label" in row["sentence"]


def test_readings_of_the_primary_evaluator_are_used_where_there_are_any():
    readings = [(-5, "M", 4, TOC), (-5, "L", 2, TOC), (100, "M", 4, TOC), (100, "L", 1, TOC)]
    assert metabolic(readings, place="whole_patient", evaluators=("central", "reader"))["baseline_value"] == 2
    assert metabolic(readings, place="whole_patient", evaluators=("central", "other"))["baseline_value"] == 4


def test_a_metabolic_method_that_is_not_built_is_refused():
    with pytest.raises(ConfigurationError, match="metabolic.method"):
        metabolic([], KRENNING | {"method": "tlg"})


PEAK = KRENNING | {"method": "suvpeak"}


@pytest.mark.parametrize(
    ("baseline", "later", "category"),
    [
        # PERCIST 1.0 asks for both: 30 % and 0.8 SUL.
        (10.0, 7.0, "PMR"),
        (10.0, 7.001, "SMD"),
        (2.6, 1.8, "PMR"),  # exactly 0.8, 30.8 %
        (2.6, 1.801, "SMD"),
        (2.0, 1.3, "SMD"),  # 35 %, but 0.7 only
        (3.0, 2.2, "SMD"),  # 0.8, but 26.7 % only
        (10.0, 13.0, "PMD"),
        (10.0, 12.999, "SMD"),
        (2.0, 2.7, "SMD"),  # 35 %, but 0.7 only
        (2.0, 2.8, "PMD"),
        (8.1, 0.0, "CMR"),
        (0.8, 0.0, "CMR"),
        (0.799, 0.0, "NE"),
    ],
)
def test_sulpeak_changes_by_exactly_30_percent_and_by_0_8(baseline, later, category):
    row = metabolic([(-5, "M", baseline, TOC), (100, "M", later, TOC)], PEAK, column="sulpeak")
    assert row["category"] == category
    assert row["response"] == {"CMR": "response", "PMR": "response", "NE": "not_evaluable"}.get(category, "no_response")
    assert row["label"] == OFF_LABEL and row["sentence"].endswith(f"{OFF_LABEL}.") == (category != "NE")


def test_the_absolute_condition_is_what_the_study_file_says():
    readings = [(-5, "M", 2.0, TOC), (100, "M", 1.3, TOC)]
    assert metabolic(readings, PEAK, column="sulpeak")["response"] == "no_response"
    assert metabolic(readings, PEAK | {"suvpeak_drop_units": 0.7}, column="sulpeak")["response"] == "response"


@pytest.mark.parametrize(("method", "scale"), [("suvmax", 10), ("suvpeak", 10), ("suvpeak", 100)])
def test_every_decimal_value_is_judged_as_a_whole_number(method, scale):
    """All pairs of 0 to 25.0 SUV in tenths, and of 0 to 2.50 SUL in hundredths, against whole-number arithmetic."""
    criteria = Criteria.of(KRENNING | {"method": method})
    before, after = (v.ravel() for v in np.meshgrid(np.arange(251), np.arange(251)))
    baseline, value = exact(before / scale), exact(after / scale)
    by, units = before - after, 8 * scale // 10
    if method == "suvmax":
        fell, rose = (by > 0) & (4 * by >= before), (by < 0) & (-4 * by >= before)
    else:
        fell, rose = (10 * by >= 3 * before) & (by >= units), (-10 * by >= 3 * before) & (-by >= units)
    assert (criteria.fell(value, baseline) == fell).all()
    assert (criteria.rose(value, baseline) == rose).all()


@pytest.mark.parametrize(
    ("later", "liver", "category"), [(1.9, 2.0, "CMR"), (2.0, 2.0, "PMR"), (2.1, 2.0, "PMR"), (1.9, None, "PMR")]
)
def test_a_complete_metabolic_response_is_below_the_liver_of_its_scan(later, liver, category):
    readings = [(-5, "M", 8.0, TOC), (100, "M", later, TOC)]
    row = metabolic(readings, PEAK, column="sulpeak", liver={-5: 1.0, 100: liver})
    assert (row["category"], row["response"]) == (category, "response")
    assert ("below the liver" in row["sentence"]) == (category == "CMR")


def test_a_fall_that_is_too_small_is_none_although_it_ends_below_the_liver():
    readings = [(-5, "M", 2.1, TOC), (100, "M", 1.9, TOC)]
    assert metabolic(readings, PEAK, column="sulpeak", liver={-5: 2.0, 100: 2.0})["category"] == "SMD"


def test_the_krenning_score_gives_all_categories():
    for later, category in ((0, "CMR"), (2, "PMR"), (3, "SMD"), (4, "PMD")):
        assert metabolic([(-5, "M", 3, TOC), (100, "M", later, TOC)])["category"] == category
    assert metabolic([(-5, "M", 2, TOC), (100, "M", 3, TOC)], KRENNING | {"krenning_increase": 2})["category"] == "SMD"


def test_the_hottest_lesion_need_not_be_the_same_but_no_other_may_rise():
    readings = [(-5, "M", 10.0, TOC), (-5, "L", 2.0, TOC), (100, "M", 4.0, TOC), (100, "L", 6.0, TOC)]
    found = metabolic(readings, PEAK, "whole_patient", column="sulpeak")
    assert (found["best_value"], found["category"], found["rule"]) == (6.0, "SMD", "metabolic.smd.other_lesion_rose")
    ignored = metabolic(readings, PEAK | {"suvpeak_other_lesions": "ignore"}, "whole_patient", column="sulpeak")
    assert (ignored["category"], ignored["change_percent"]) == ("PMR", -40.0)
    assert metabolic(readings, PEAK, column="sulpeak")["category"] == "PMR"


def test_a_new_lesion_that_takes_up_the_tracer_is_progression():
    readings = [(-5, "M", 4, TOC), (100, "M", 2, TOC), (100, "L", 1, TOC)]
    assert metabolic(readings, place="whole_patient", roles={"L": "new"})["rule"] == "metabolic.pmd.new_lesion"
    assert metabolic(readings, roles={"L": "new"})["category"] == "PMR"
    ignored = KRENNING | {"new_lesion": "ignore"}
    assert metabolic(readings, ignored, "whole_patient", roles={"L": "new"})["category"] == "PMR"
    readings[2] = (100, "L", 0, TOC)
    assert metabolic(readings, place="whole_patient", roles={"L": "new"})["category"] == "PMR"


def test_a_fall_that_an_unread_lesion_would_undo_cannot_be_judged():
    readings = [(-5, "M", 4, TOC), (-5, "L", 4, TOC), (100, "M", 2, TOC)]
    row = metabolic(readings, place="whole_patient")
    assert (row["response"], row["rule"]) == ("not_evaluable", "metabolic.ne.lesion_not_read")
    assert metabolic(readings, KRENNING | {"unread_lesion": "ignore"}, "whole_patient")["response"] == "response"
    readings[1] = (-5, "L", 3, TOC)
    assert metabolic(readings, place="whole_patient")["response"] == "response"
    readings[1] = (-5, "L", 4, TOC)
    assert metabolic(readings, place="whole_patient", merged=50)["response"] == "response"


def test_what_the_centre_recorded_is_taken_as_it_is():
    local = KRENNING | {"method": "local_category"}

    def recorded(*rows, **more):
        return metabolic([(d, n, v, TOC) for d, n, v in rows], local, column="category", **more)

    assert recorded((100, "M", "PMR"))["response"] == "response"
    assert recorded((100, "M", "SMD"))["response"] == "no_response"
    assert recorded((100, "M", "PMD"), (200, "M", "CMR"))["category"] == "CMR"
    both = recorded((100, "M", "CMR"), (100, "L", "PMD"), place="whole_patient")
    assert (both["category"], both["rule"], both["reason"]) == (
        "PMD", "metabolic.local", "recorded by the centre: progressive metabolic disease",
    )  # fmt: skip
    assert recorded((-5, "M", None))["reason"] == "no recorded category after day 0"
    assert pd.isna(recorded((100, "M", "PMR"))["label"]) and pd.isna(recorded((100, "M", "PMR"))["change"])
    changed = [(-5, "M", None, TOC), (100, "M", "PMR", TATE)]
    assert metabolic(changed, local, column="category")["rule"] == "metabolic.ne.tracer_changed"
    free = local | {"same_tracer": False}
    assert metabolic(changed, free, column="category")["response"] == "response"


def test_each_method_reads_its_own_values():
    """The same patient by four methods: 4 to 3, 20 to 16 SUVmax, 10 to 7 SULpeak, recorded as stable."""
    values = {"krenning": (4, 3), "suvmax": (20.0, 16.0), "sulpeak": (10.0, 7.0), "category": (None, "SMD")}
    methods = {"krenning": "krenning_drop", "suvmax": "suvmax", "sulpeak": "suvpeak", "category": "local_category"}
    found = {
        m: metabolic([(-5, "M", values[c][0], TOC), (100, "M", values[c][1], TOC)], KRENNING | {"method": m}, column=c)
        for c, m in methods.items()
    }
    assert {m: r["category"] for m, r in found.items()} == {
        "krenning_drop": "PMR", "suvmax": "SMD", "suvpeak": "PMR", "local_category": "SMD",
    }  # fmt: skip
    assert all(r["method"] == m for m, r in found.items())


@pytest.mark.parametrize(
    ("method", "column", "tracer", "label"),
    [
        ("suvmax", "suvmax", "18F-FDG", None),
        ("suvpeak", "sulpeak", "18F-FDG", None),
        ("suvpeak", "sulpeak", TATE, OFF_LABEL),
        ("suvmax", "suvmax", None, FDG_UNKNOWN),
        ("krenning_drop", "krenning", "18F-FDG", SCORE_ON_FDG),
        ("krenning_drop", "krenning", TATE, None),
    ],
)
def test_a_criterion_on_a_tracer_it_was_not_made_for_is_labelled(method, column, tracer, label):
    settings = KRENNING | {"method": method, "same_tracer": tracer is not None}
    row = metabolic([(-5, "M", 4, tracer), (100, "M", 2, tracer)], settings, column=column)
    assert row["response"] == "response"
    assert pd.isna(row["label"]) if label is None else row["label"] == label
    assert label is None or label in row["sentence"]


@pytest.mark.parametrize(
    ("before", "after", "tracer", "comparable"),
    [
        ("PET-CT", "PET-MRI", TOC, True),
        ("PET-CT", "CT", TOC, True),
        ("SPECT-CT", "scintigraphy", "111In-pentetreotide", False),
        ("SPECT-CT", None, "111In-pentetreotide", True),
        ("SPECT-CT", "SPECT-CT", "177Lu-DOTATATE", True),
        (None, "PET-CT", "111In-pentetreotide", False),
    ],
)
def test_scores_of_different_kinds_of_scans_are_not_compared(before, after, tracer, comparable):
    readings = [(-5, "M", 4, tracer), (100, "M", 2, tracer)]
    row = metabolic(readings, modality={-5: before, 100: after})
    assert (row["response"] == "response") == comparable
    assert comparable or row["rule"] == "metabolic.ne.modality_changed"
    free = metabolic(readings, KRENNING | {"same_modality": False}, modality={-5: before, 100: after})
    assert free["response"] == "response"


def test_nothing_read_has_no_label():
    assert pd.isna(metabolic([(100, "M", 4.0, TOC)], PEAK, "whole_patient", column="suvmax")["label"])
    row = metabolic([(-5, "M", 4.0, TOC)], PEAK, column="sulpeak")
    assert (row["label"], row["reason"]) == (OFF_LABEL, "no SULpeak after day 0")


def test_scans_after_another_therapy_do_not_count():
    readings = [(-5, "M", 4, TOC), (100, "M", 2, TOC)]
    assert metabolic(readings, therapy=99)["rule"] == "metabolic.ne.after_new_therapy"
    assert metabolic(readings, therapy=100)["response"] == "response"
    assert metabolic(readings, KRENNING | {"stop_at_new_therapy": False}, therapy=99)["response"] == "response"


@pytest.mark.parametrize("key", ["method", "suvpeak_drop_units", "same_modality", "unread_lesion", "new_lesion"])
def test_a_missing_key_is_named(key):
    with pytest.raises(ConfigurationError, match=f"metabolic.{key}"):
        metabolic([], {k: v for k, v in PEAK.items() if k != key})
