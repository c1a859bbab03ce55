"""Tumour growth rates: the formula by published vectors, which targets and assessments go in, and why there is none.

Day 0 is 2020-01-01; the baseline of all registries here lies on day -10. A month has 30.4375 days.
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acceptance.recist_harness import day as on
from acceptance.recist_harness import default_study, micrometres, registry
from mesenluth.errors import ConfigurationError
from mesenluth.response.classify import recist
from mesenluth.response.growth import rate
from several import several

MONTH = 30.4375
ORIGIN = on(0)


def included(*patients):
    frame = pd.DataFrame({"patient_id": patients or ["P"], "origin_date": ORIGIN, "last_administration_date": ORIGIN})
    return frame.astype({"origin_date": "datetime64[us]", "last_administration_date": "datetime64[us]"})


def tables_of(assessments, lesions=None, therapies=(), about=None):
    """Return a registry: {day: {lesion: mm, or a state}}; lesions are targets unless told otherwise."""
    names = list(dict.fromkeys(n for values in assessments.values() for n in values))
    lesions = {n: {"role": "target", "nodal": False, **(lesions or {}).get(n, {})} for n in names}
    readings = []
    for d, values in assessments.items():
        for n, value in values.items():
            size = {"status": value} if isinstance(value, str) else {"status": "measured"}
            if not isinstance(value, str):
                column = "short_axis_um" if lesions[n]["nodal"] else "longest_diameter_um"
                size[column] = micrometres(value)
            readings.append(
                {"patient_id": "P", "measurement_id": f"{n}@{d}", "lesion_id": n, "scan_id": f"S{d}", **size}
            )
    return registry(
        scans=[{"patient_id": "P", "scan_id": f"S{d}", "scan_date": on(d), **(about or {})} for d in assessments],
        lesions=[{"patient_id": "P", "lesion_id": n, "evaluator": "reader", **v} for n, v in lesions.items()],
        measurements=readings,
        therapies=[
            {"patient_id": "P", "therapy_id": "T", "type": "chemotherapy", "start_date": on(d)} for d in therapies
        ],
    )


def study(**growth):
    out = default_study()
    out["growth"] |= growth
    return out


def periods(assessments, own=None, compartment="whole_patient", **more):
    """Return the growth rates of one patient by period."""
    found = recist(tables_of(assessments, **more), included(), own or study())["growth_rates"]
    return found[found["compartment"] == compartment].set_index("period")


@pytest.mark.parametrize(
    ("first", "last", "months", "right"),
    [(100, 110, 3, 10.0), (80, 64, 3, -20.0), (50, 48, 3.2, -3.7548), (100, 102, 2.5, 2.4048), (40, 40, 2, 0.0)],
)
def test_the_formula_gives_the_worked_values_of_volume(first, last, months, right):
    assert float(rate(first, last, months)) == pytest.approx(right, abs=5e-5)


def test_volume_and_diameter_are_two_measures():
    # 100 to 110 mm in 3 months: 10 % of volume a month, 1.1 ** (1 / 3) = 1.0323 of diameter.
    assert float(rate(100, 110, 3)) == pytest.approx(10)
    assert float(rate(100, 110, 3, "diameter")) == pytest.approx(100 * (1.1 ** (1 / 3) - 1), abs=1e-8)


def test_no_change_is_nothing_and_not_minus_nothing():
    assert math.copysign(1, float(rate(30, 30, 2))) == 1


@pytest.mark.parametrize(("first", "last", "months"), [(0, 10, 3), (10, 0, 3), (10, 10, 0), (10, 12, -1)])
def test_a_rate_that_is_not_defined_is_missing(first, last, months):
    assert math.isnan(float(rate(first, last, months)))


@given(
    st.integers(1, 10**6), st.integers(1, 10**6), st.floats(0.5, 60), st.integers(1, 50),
)  # fmt: skip
def test_scaling_all_diameters_changes_no_rate(first, last, months, scale):
    assert float(rate(first * scale, last * scale, months)) == pytest.approx(float(rate(first, last, months)), rel=1e-9)


def test_before_is_from_the_last_suitable_assessment_to_the_baseline():
    found = periods({-400: {"A": 18}, -193: {"A": 20}, -40: {"A": 21}, -10: {"A": 22}, 100: {"A": 21}}).loc["before"]
    # Day -40 is only 30 days before the baseline; day -400 lies further back than a year.
    assert (found["from_date"], found["to_date"]) == (on(-193), on(-10))
    assert (found["sum_from_mm"], found["sum_to_mm"], found["targets"], found["used"]) == (20, 22, 1, 1)
    assert found["months"] == pytest.approx(183 / MONTH)
    assert found["growth_percent_per_month"] == pytest.approx(100 * (1.1 ** (3 * MONTH / 183) - 1), abs=1e-8)
    assert pd.isna(found["reason"])
    assert found["record_ids"].split() == ["measurements:1", "measurements:3"]


def test_the_measure_and_the_month_are_switches():
    at = {-193: {"A": 20}, -10: {"A": 22}}
    months = study(measure="diameter")
    months["time"]["month_days"] = 30
    found = periods(at, months).loc["before"]
    assert found["months"] == pytest.approx(6.1)
    assert found["growth_percent_per_month"] == pytest.approx(100 * (1.1 ** (1 / 6.1) - 1), abs=1e-8)


def test_limits_of_the_interval_are_inclusive():
    at = {-375: {"A": 20}, -10: {"A": 22}}
    assert periods(at).loc["before", "used"] == 1
    assert periods(at, study(max_before_days=364)).loc["before", "reason"] == "There is no suitable assessment."
    assert periods(at, study(max_before_days=None, min_interval_days=365)).loc["before", "used"] == 1
    assert periods(at, study(max_before_days=None, min_interval_days=366)).loc["before", "used"] == 0


def test_early_is_the_first_assessment_in_the_window_after_day_0():
    at = {-10: {"A": 30}, 59: {"A": 29}, 60: {"A": 28}, 120: {"A": 25}, 400: {"A": 24}}
    assert periods(at).loc["early", "to_date"] == on(60)
    assert periods(at, study(window_days=[61, 120])).loc["early", "to_date"] == on(120)
    assert periods(at, study(window_days=[61, 119])).loc["early", "reason"] == "There is no suitable assessment."
    at[60] = {"A": 24}
    found = periods(at).loc["early"]
    assert found["growth_percent_per_month"] == pytest.approx(100 * (0.8 ** (3 * MONTH / 70) - 1), abs=1e-8)


def test_lesions_not_measured_at_both_times_are_left_out():
    at = {-190: {"A": 20, "C": 15}, -10: {"A": 22, "B": 40, "C": "not_evaluable"}, 90: {"A": 21, "B": 35, "C": 15}}
    before = periods(at).loc["before"]
    assert (before["targets"], before["used"], before["sum_from_mm"], before["sum_to_mm"]) == (3, 1, 20, 22)
    early = periods(at).loc["early"]
    assert (early["targets"], early["used"], early["sum_from_mm"], early["sum_to_mm"]) == (3, 2, 62, 56)


def test_an_assessment_of_all_targets_goes_before_a_nearer_one_of_some():
    at = {-200: {"A": 20, "B": 30}, -100: {"A": 21}, -10: {"A": 22, "B": 33}}
    assert periods(at).loc["before", "from_date"] == on(-200)
    some = {-200: {"A": 20}, -100: {"A": 21}, -10: {"A": 22, "B": 33}}
    assert periods(some).loc["before", "from_date"] == on(-100)


def test_nontargets_and_new_lesions_do_not_grow_a_sum():
    at = {-200: {"A": 20, "N": 50}, -10: {"A": 22, "N": 90}, 90: {"A": 20, "N": 95, "X": 30}}
    roles = {"N": {"role": "nontarget"}, "X": {"role": "new"}}
    found = periods(at, lesions=roles)
    assert found[["targets", "used"]].to_numpy().tolist() == [[1, 1]] * 2
    assert found.loc["early", "sum_to_mm"] == 20


def test_the_axis_is_that_of_the_compartment():
    settings = study()
    mass = {"id": "mass", "where": {"column": "mesenteric_mass", "is": True}, "measure_axis": "longest"}
    settings["compartments"] = [mass]
    tables = tables_of({-200: {"M": 30}, -10: {"M": 36}}, lesions={"M": {"nodal": True, "mesenteric_mass": True}})
    # Only the short axis was measured.
    found = recist(tables, included(), settings)["growth_rates"].set_index(["compartment", "period"])
    assert found.loc[("mass", "before"), "reason"] == "No target was measured at both times."
    settings["compartments"] = [{**mass, "measure_axis": "short"}]
    found = recist(tables, included(), settings)["growth_rates"].set_index(["compartment", "period"])
    assert found.loc[("mass", "before"), "sum_to_mm"] == 36


def test_fragments_are_added_to_the_lesion_they_come_from():
    at = {-200: {"A": 40}, -10: {"A": 44}, 90: {"A1": 20, "A2": 21}}
    found = periods(at, lesions={n: {"split_from": "A"} for n in ("A1", "A2")}).loc["early"]
    assert (found["targets"], found["used"], found["sum_from_mm"], found["sum_to_mm"]) == (1, 1, 44, 41)
    assert len(found["record_ids"].split()) == 3


def test_what_merged_is_part_of_the_lesion_that_is_left():
    at = {-10: {"A": 20, "B": 15}, 90: {"A": 38}}
    merged = {"B": {"merged_into": "A", "merged_date": on(80)}}
    found = periods(at, lesions=merged).loc["early"]
    assert (found["used"], found["sum_from_mm"], found["sum_to_mm"]) == (2, 35, 38)


def test_a_merger_without_a_date_does_not_reach_back_before_the_baseline():
    at = {-200: {"A": 20, "B": 15}, -10: {"A": 22}, 90: {"A": 22, "B": 15}, 180: {"A": 38}}
    found = periods(at, lesions={"B": {"merged_into": "A"}}).loc["before"]
    assert (found["targets"], found["used"], found["sum_from_mm"]) == (2, 1, 20)


def test_nothing_left_has_no_rate():
    at = {-200: {"A": "absent"}, -10: {"A": 20}, 90: {"A": "absent"}}
    found = periods(at)
    assert found["growth_percent_per_month"].isna().all()
    assert found["reason"].to_dict() == {
        "before": "The sum at the beginning is 0.",
        "early": "The sum at the end is 0.",
    }


def test_a_new_therapy_ends_what_counts_as_growth_under_treatment():
    at = {-10: {"A": 20}, 90: {"A": 18}}
    assert periods(at, therapies=[100]).loc["early", "to_date"] == on(90)
    found = periods(at, therapies=[50])
    assert found.loc["early", "reason"] == "Every suitable assessment began after a new therapy or a local one."
    settings = study()
    settings["response"]["stop_at_new_therapy"] = False
    assert periods(at, settings, therapies=[50]).loc["early", "to_date"] == on(90)


def test_an_operation_on_the_mass_ends_its_growth_and_leaves_it_out_of_the_whole():
    settings = study()
    mass = {"id": "mass", "where": {"column": "mesenteric_mass", "is": True}, "measure_axis": "longest"}
    rest = {"id": "rest", "where": {"column": "evaluator", "known": True}, "measure_axis": "longest"}
    settings["compartments"] = [{**mass, "local_therapies": ["surgery_mesenteric"]}, rest]
    settings["response"]["new_therapies"] = []
    tables = tables_of({-10: {"M": 40, "L": 30}, 90: {"M": 12, "L": 27}}, lesions={"M": {"mesenteric_mass": True}})
    tables["therapies"] = registry(
        therapies=[{"patient_id": "P", "therapy_id": "T", "type": "surgery_mesenteric", "start_date": on(50)}]
    )["therapies"]
    found = recist(tables, included(), settings)["growth_rates"].set_index(["compartment", "period"])
    assert found.loc[("mass", "early"), "reason"] == (
        "Every suitable assessment began after a new therapy or a local one."
    )
    other = found.loc[("rest", "early")]
    assert (other["sum_from_mm"], other["sum_to_mm"]) == (30, 27)
    whole = found.loc[("whole_patient", "early")]
    assert (whole["targets"], whole["used"], whole["sum_from_mm"], whole["sum_to_mm"]) == (2, 1, 30, 27)


def test_who_has_no_baseline_or_no_target_has_a_reason():
    assert set(periods({90: {"A": 20}})["reason"]) == {"There is no baseline."}
    none = periods({-10: {"N": "present"}, 90: {"N": "present"}}, lesions={"N": {"role": "nontarget"}})
    assert set(none["reason"]) == {"No target is followed in this compartment."}
    old = study()
    old["response"]["baseline_window_days"] = 5
    assert set(periods({-200: {"A": 20}, -10: {"A": 20}, 90: {"A": 20}}, old)["reason"]) == {"There is no baseline."}


def test_an_earlier_assessment_changes_no_baseline_and_no_response():
    later = {-10: {"A": 30, "B": 20}, 90: {"A": 22, "B": 14}, 180: {"A": 29, "B": 14}}
    alone = recist(tables_of(later), included(), study())
    more = recist(tables_of({-300: {"A": 12, "B": 9}, **later}), included(), study())
    for name in ("timepoint_responses", "best_responses"):
        pd.testing.assert_frame_equal(alone[name], more[name])
    assert alone["best_responses"]["baseline_date"].tolist() == [on(-10)]
    assert more["lesion_changes"]["assessment_date"].min() == on(-10)


def test_an_unknown_measure_is_refused_by_name():
    with pytest.raises(ConfigurationError, match="growth.measure: 'area'"):
        periods({-10: {"A": 20}}, study(measure="area"))


sizes = st.one_of(st.integers(50, 900).map(lambda n: n / 10), st.sampled_from(["absent", "not_evaluable", "too_small"]))
courses = st.dictionaries(
    st.sampled_from([-420, -300, -150, -60, -10, 0, 30, 75, 100, 240, 500]),
    st.dictionaries(st.sampled_from("ABC"), sizes, min_size=1),
    min_size=1,
)


def rates(tables):
    return recist(tables, included(*sorted(set(tables["scans"]["patient_id"]))), study())["growth_rates"]


@settings(max_examples=25)
@given(st.lists(courses, min_size=1, max_size=10), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_and_nothing_is_nan(several_courses, random):
    tables = several(tables_of(course) for course in several_courses)
    mixed = {
        n: f.sample(frac=1, random_state=random.randrange(2**31)).reset_index(drop=True) for n, f in tables.items()
    }
    first, second = (rates(t) for t in (tables, mixed))
    pd.testing.assert_frame_equal(first, second)
    known = first["growth_percent_per_month"].notna()
    assert (known == first["reason"].isna()).all()
    assert (first["used"] <= first["targets"]).all()
    assert np.isfinite(first.loc[known, "growth_percent_per_month"]).all()
    assert (first.loc[known, "months"] * MONTH >= 42 - 1e-9).all()
    assert not first["record_ids"].str.contains("nan|None", na=False).any()


@settings(max_examples=25)
@given(st.lists(courses, min_size=1, max_size=10))
def test_scaling_all_sizes_in_a_registry_changes_no_rate(several_courses):
    tables = several(
        tables_of({d: {n: v for n, v in x.items() if v != "too_small"} for d, x in course.items()})
        for course in several_courses
    )
    larger = {**tables, "measurements": tables["measurements"].assign(
        longest_diameter_um=tables["measurements"]["longest_diameter_um"] * 3)}  # fmt: skip
    first, second = (rates(t) for t in (tables, larger))
    np.testing.assert_allclose(
        first["growth_percent_per_month"], second["growth_percent_per_month"], rtol=1e-9, atol=2e-9
    )
