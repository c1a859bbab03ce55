"""Response by size and CT density (Choi et al., J Clin Oncol 2007;25:1753-1759), at and beside its thresholds.

Day 0 is 2020-01-01, the baseline of all registries here lies on day -10. A reading is (mm, HU).
"""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acceptance.recist_harness import day as on
from acceptance.recist_harness import default_study, micrometres, registry
from mesenluth.errors import ConfigurationError
from mesenluth.response.classify import recist
from mesenluth.response.density import LABEL
from several import several

SCAN = {"modality": "CT", "contrast": True}


def tables_of(assessments, roles=None, therapies=(), scan=None):
    """Return a registry from {day: {lesion: (mm, HU or None), or a state}}."""
    names = list(dict.fromkeys(n for values in assessments.values() for n in values))
    readings = []
    for d, values in assessments.items():
        for n, value in values.items():
            mm, hu = value if isinstance(value, tuple) else (None, None)
            size = {"longest_diameter_um": micrometres(mm), "density_hu": hu} if mm else {"status": value}
            readings.append(
                {"patient_id": "P", "measurement_id": f"{n}@{d}", "lesion_id": n, "scan_id": f"S{d}"}
                | {"status": "measured", **size}
            )
    return registry(
        scans=[
            {"patient_id": "P", "scan_id": f"S{d}", "scan_date": on(d), **SCAN, **(scan or {}).get(d, {})}
            for d in assessments
        ],
        lesions=[
            {"patient_id": "P", "lesion_id": n, "evaluator": "reader", "nodal": False}
            | {"role": (roles or {}).get(n, "target")}
            for n in names
        ],
        measurements=readings,
        therapies=[
            {"patient_id": "P", "therapy_id": "T", "type": "chemotherapy", "start_date": on(d)} for d in therapies
        ],
    )


def run(tables, **density):
    study = default_study()
    study["density"] |= density
    patients = sorted(set(tables["scans"]["patient_id"]))
    people = pd.DataFrame({"patient_id": patients, "origin_date": on(0), "last_administration_date": on(0)})
    people = people.astype({"origin_date": "datetime64[us]", "last_administration_date": "datetime64[us]"})
    found = recist(tables, people, study)
    return found["density_responses"], found["best_density_responses"]


def judged(assessments, own=None, **more):
    points, _ = run(tables_of(assessments, **more), **(own or {}))
    return points["response"].tolist()


def after(base, *later):
    """Return a course of one target: baseline, then day 90, 180, ..."""
    return {-10: {"A": base}, **{90 * (i + 1): {"A": x} for i, x in enumerate(later)}}


@pytest.mark.parametrize(
    ("base", "later", "right"),
    [
        ((40, 100.0), (36.0, 100.0), "PR"),  # size exactly -10 %
        ((40, 100.0), (36.1, 100.0), "SD"),
        ((40, 100.0), (40, 85.0), "PR"),  # density exactly -15 %
        ((40, 100.0), (40, 85.1), "SD"),
        # As floats (69.7 - 82.0) / 82.0 is -0.14999999999999997: exactly -15 % all the same.
        ((40, 82.0), (40, 69.7), "PR"),
        ((40, 82.0), (40, 69.8), "SD"),
        ((40, 100.0), (44.0, 100.0), "PD"),  # size exactly +10 %
        ((40, 100.0), (43.9, 100.0), "SD"),
        ((11.1, 100.0), (12.21, 100.0), "PD"),  # (12.21 - 11.1) / 11.1 as floats is 0.10000000000000009
        ((23.0, 100.0), (20.7, 100.0), "PR"),  # (20.7 - 23.0) / 23.0 as floats is -0.10000000000000003
        ((40, 100.0), (48.0, 85.0), "PR"),  # larger, but the density meets PR
        ((40, 100.0), (48.0, 86.0), "PD"),
        ((40, 100.0), (40, 130.0), "SD"),  # a density that rises decides nothing
        ((40, 100.0), "absent", "CR"),
        ((40, 100.0), (48.0, None), "NE"),  # the density that could make it PR is not known
        ((40, 100.0), (40.0, None), "NE"),
        ((40, 100.0), (36.0, None), "PR"),  # one of the two is enough
        ((40, 100.0), "not_evaluable", "NE"),
    ],
)  # fmt: skip
def test_thresholds(base, later, right):
    assert judged(after(base, later)) == [right]


def test_without_a_density_at_baseline_there_is_nothing_to_judge():
    points, best = run(tables_of(after((40, None), (30, 50.0))))
    assert len(points) == 0
    assert best["best_response"].tolist() == ["NE"]
    assert best["reason"].tolist() == ["No target has a density at baseline."]


def test_where_no_density_is_recorded_there_is_no_row():
    points, best = run(tables_of(after((40, None), (30, None))))
    assert len(points) == len(best) == 0
    course = {-10: {"A": (40, 100.0)}, 90: {"A": (30, 100.0)}}
    tables = tables_of(course)
    more = tables_of({-10: {"N": (20, 90.0)}, 90: {"N": (20, 90.0)}}, roles={"N": "nontarget"})
    assert len(run(tables)[1]) == 1
    assert len(run(more)[1]) == 0


def test_thresholds_are_switches():
    course = after((40, 100.0), (37, 90.0))
    assert judged(course) == ["SD"]
    assert judged(course, {"size_decrease_percent": 7.5}) == ["PR"]
    assert judged(course, {"density_decrease_percent": 10}) == ["PR"]
    assert judged(after((40, 100.0), (43, 100.0)), {"size_increase_percent": 7.5}) == ["PD"]


def test_growth_is_counted_from_the_baseline_or_from_the_nadir():
    course = after((40, 100.0), (36, 100.0), (40, 100.0))
    assert judged(course) == ["PR", "SD"]
    assert judged(course, {"progression_from": "nadir"}) == ["PR", "PD"]


def test_a_new_lesion_or_a_nontarget_that_progresses_is_progression():
    course = {-10: {"A": (40, 100.0)}, 90: {"A": (30, 60.0), "X": (12, None)}}
    assert judged(course, roles={"X": "new"}) == ["PD"]
    course = {-10: {"A": (40, 100.0), "N": "present"}, 90: {"A": (30, 60.0), "N": "unequivocal_progression"}}
    assert judged(course, roles={"N": "nontarget"}) == ["PD"]


def test_all_lesions_have_to_be_gone():
    course = {-10: {"A": (40, 100.0), "N": "present"}, 90: {"A": "absent", "N": "present"}}
    assert judged(course, roles={"N": "nontarget"}) == ["PR"]
    course[90]["N"] = "absent"
    assert judged(course, roles={"N": "nontarget"}) == ["CR"]


def test_the_mean_is_over_the_targets_with_a_density_at_both_times():
    course = {
        -10: {"A": (40, 100.0), "B": (20, 60.0), "C": (20, 300.0)},
        90: {"A": (40, 80.0), "B": (20, 56.0), "C": (20, None)},
    }
    points, best = run(tables_of(course))
    found = points.iloc[0]
    assert (found["targets"], found["with_density"]) == (3, 2)
    assert (found["baseline_hu"], found["density_hu"]) == (80, 68)
    assert found["density_change_percent"] == pytest.approx(-15)
    assert found["size_change_percent"] == 0
    assert (found["response"], found["reason"]) == ("PR", "The density fell by 15 % or more.")
    assert best.loc[0, ["targets", "with_density", "timepoints", "evaluated"]].tolist() == [3, 3, 1, 1]


def test_without_a_whole_sum_the_density_still_decides():
    course = {-10: {"A": (40, 100.0), "B": (20, 60.0)}, 90: {"A": (40, 70.0), "B": "not_evaluable"}}
    assert judged(course) == ["PR"]
    course[90]["A"] = (40, 99.0)
    points, _ = run(tables_of(course))
    assert points.loc[0, "response"] == "NE"
    assert points["size_change_percent"].isna().all()


@pytest.mark.parametrize(
    ("about", "settings", "right"),
    [
        ({"contrast": None}, {}, "NE"),
        ({"contrast": None}, {"contrast": "unless_excluded"}, "PR"),
        ({"contrast": False}, {"contrast": "unless_excluded"}, "NE"),
        ({"contrast": False}, {"contrast": "any"}, "PR"),
        ({"modality": "MRI"}, {"contrast": "any"}, "NE"),
        ({"modality": "PET-CT"}, {}, "NE"),
        ({"modality": "PET-CT"}, {"modalities": ["CT", "PET-CT"]}, "PR"),
    ],
)
def test_densities_of_other_scans_do_not_count(about, settings, right):
    assert judged(after((40, 100.0), (40, 50.0)), settings, scan={90: about}) == [right]


def test_best_response():
    course = after((40, 100.0), (40, 95.0), (40, 80.0), (40, 100.0), (48, 100.0), (20, 50.0))
    points, best = run(tables_of(course))
    assert points["response"].tolist() == ["SD", "PR", "SD", "PD", "PR"]
    assert points["counted"].tolist() == [True, True, True, True, False]
    found = best.iloc[0]
    assert (found["best_response"], found["best_response_date"]) == ("PR", on(180))
    assert found["reason"] == "The best is PR on 2020-06-29. The density fell by 15 % or more."
    assert (points["label"] == LABEL).all() and found["label"] == LABEL
    _, stopped = run(tables_of(course, therapies=[100]))
    assert stopped.loc[0, ["best_response", "evaluated"]].tolist() == ["SD", 1]
    _, never = run(tables_of(course, therapies=[50]))
    assert never.loc[0, ["best_response", "reason"]].tolist() == ["NE", "No time point counts."]


def test_stable_disease_has_its_minimum():
    course = {-10: {"A": (40, 100.0)}, 41: {"A": (40, 100.0)}}
    _, best = run(tables_of(course))
    assert best.loc[0, "best_response"] == "NE"
    assert best.loc[0, "reason"] == "Stable only before day 42, and nothing evaluable after it."


@pytest.mark.parametrize(
    ("assessments", "roles", "right", "reason"),
    [
        (after((40, None), (30, 50.0)), {}, "NE", "No target has a density at baseline."),
        ({90: {"A": (40, 100.0)}}, {}, "NE", "There is no baseline."),
        ({-10: {"A": (40, 100.0)}}, {}, "MISSING", "There is no assessment after baseline."),
        (after((40, 100.0), (40, None)), {}, "NE", "No time point that counts is evaluable."),
        # An average at or below 0 HU cannot lose a share of itself.
        (after((40, -20.0), (40, -40.0)), {}, "NE", "No time point that counts is evaluable."),
    ],
)  # fmt: skip
def test_who_cannot_be_judged_has_a_reason(assessments, roles, right, reason):
    _, best = run(tables_of(assessments, roles=roles))
    assert best.loc[0, ["best_response", "reason"]].tolist() == [right, reason]


def test_no_method_gives_no_rows():
    points, best = run(tables_of(after((40, 100.0), (30, 50.0))), method="none")
    assert len(points) == len(best) == 0


def test_another_method_is_refused_by_name():
    with pytest.raises(ConfigurationError, match="density.method: 'mchoi'"):
        run(tables_of(after((40, 100.0))), method="mchoi")


readings = st.one_of(
    st.tuples(st.integers(50, 900).map(lambda n: n / 10), st.none() | st.integers(-500, 2000).map(lambda n: n / 10)),
    st.sampled_from(["absent", "not_evaluable", "too_small"]),
)
courses = st.dictionaries(
    st.sampled_from([-10, 60, 120, 300]), st.dictionaries(st.sampled_from("ABC"), readings, min_size=1), min_size=1
)


@settings(max_examples=25)
@given(st.lists(courses, min_size=1, max_size=10), st.integers(2, 9), st.randoms(use_true_random=False))
def test_order_and_scale_do_not_matter_and_recist_does_not_see_densities(several_courses, scale, random):
    tables = several(tables_of(course) for course in several_courses)
    mixed = {
        n: f.sample(frac=1, random_state=random.randrange(2**31)).reset_index(drop=True) for n, f in tables.items()
    }
    brighter = {**tables, "measurements": tables["measurements"].assign(
        density_hu=(tables["measurements"]["density_hu"] * scale))}  # fmt: skip
    first, second, third = (run(t) for t in (tables, mixed, brighter))
    for a, b in zip(first, second, strict=True):
        pd.testing.assert_frame_equal(a, b)
    assert first[0]["response"].tolist() == third[0]["response"].tolist()
    for frame in first:
        assert not frame[["response" if "response" in frame else "best_response", "reason"]].isna().any(axis=None)
        assert not frame["reason"].str.contains("nan", case=False).any()


def test_the_density_of_a_lesion_treated_locally_tells_nothing_of_the_treatment():
    study = default_study()
    liver = {"id": "liver", "where": {"column": "evaluator", "known": True}, "measure_axis": "longest"}
    study["compartments"] = [{**liver, "local_therapies": ["ablation"]}]
    study["response"]["new_therapies"] = []
    tables = tables_of({-10: {"A": (40, 100.0)}, 90: {"A": (40, 60.0)}}, therapies=[50])
    tables["therapies"] = tables["therapies"].assign(type="ablation")
    people = pd.DataFrame({"patient_id": ["P"], "origin_date": [on(0)], "last_administration_date": [on(0)]})
    people = people.astype({"origin_date": "datetime64[us]", "last_administration_date": "datetime64[us]"})
    found = recist(tables, people, study)["density_responses"].set_index("compartment")
    assert found[["response", "with_density"]].to_numpy().tolist() == [["NE", 0], ["NE", 0]]
    assert found["counted"].to_dict() == {"liver": False, "whole_patient": True}
    study["compartments"] = [liver]
    assert set(recist(tables, people, study)["density_responses"]["response"]) == {"PR"}
