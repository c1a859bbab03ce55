"""Properties that hold for every registry: order, scale, partition, empty compartments, time."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from acceptance.recist_harness import DAY_0, WHOLE
from mesenluth.response.classify import recist
from mesenluth.tables.io import conform
from mesenluth.tables.results import RESULTS, TIMEPOINT_RESPONSES
from unit.response.test_response_reference import COMPARTMENTS, as_tables, random_patients, study

NAMING = ["not_evaluated", "measurement_ids", "sentence"]
"""Columns that name lesions or readings, which an evaluator has of its own."""
SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=8)


def registry_of(seed, n=20):
    return as_tables(random_patients(n, seed))


@FEW
@given(seed=SEEDS, shuffle=SEEDS)
def test_the_order_of_rows_changes_nothing(seed, shuffle):
    tables, included = registry_of(seed)
    mixed = {k: t.sample(frac=1, random_state=shuffle) for k, t in tables.items()}
    first, second = (
        recist(tables, included, study()),
        recist(mixed, included.sample(frac=1, random_state=shuffle), study()),
    )
    for name, frame in first.items():
        assert_frame_equal(frame, second[name])


@FEW
@given(seed=SEEDS, factor=st.integers(2, 7))
def test_scale_changes_nothing_if_the_lengths_of_the_criteria_scale_too(seed, factor):
    tables, included = registry_of(seed)
    sizes = ["longest_diameter_um", "short_axis_um"]
    larger = tables | {
        "measurements": tables["measurements"].assign(**{c: tables["measurements"][c] * factor for c in sizes})
    }
    lengths = {k: factor * v for k, v in study()["response"].items() if k.endswith("_mm")}
    columns = ["target_response", "nontarget_response", "overall_response", "rule", "change_from_baseline_percent"]
    first, second = recist(tables, included, study()), recist(larger, included, study(**lengths))
    assert_frame_equal(first["timepoint_responses"][columns], second["timepoint_responses"][columns])
    assert_frame_equal(
        first["timepoint_responses"][["sum_mm"]] * factor, second["timepoint_responses"][["sum_mm"]], rtol=1e-12
    )


@FEW
@given(seed=SEEDS)
def test_an_empty_compartment_has_no_category_and_touches_no_other(seed):
    tables, included = registry_of(seed)
    settings_ = study()
    nowhere = {"id": "nowhere", "where": {"column": "site", "equals": "nowhere"}, "measure_axis": "short"}
    more = settings_ | {"compartments": [*settings_["compartments"], nowhere]}
    first, second = recist(tables, included, settings_), recist(tables, included, more)
    points, best = second["timepoint_responses"], second["best_responses"]
    empty = points[points["compartment"] == "nowhere"]
    read = best[best["compartment"] == "nowhere"].set_index("patient_id")
    with_baseline = empty["patient_id"].map(read["has_baseline"]).astype(bool)
    assert (empty["overall_response"] == np.where(with_baseline, "NED", "NE")).all()
    others = points[points["compartment"] != "nowhere"].reset_index(drop=True)
    assert_frame_equal(others, first["timepoint_responses"])


@FEW
@given(seed=SEEDS, cut=st.integers(40, 250))
def test_a_later_scan_changes_no_earlier_response_but_equivocal_ones(seed, cut):
    tables, included = registry_of(seed)
    scans = tables["scans"]
    early = scans[scans["scan_date"] <= DAY_0 + pd.Timedelta(days=cut)]
    measurements = tables["measurements"]
    earlier = tables | {"scans": early, "measurements": measurements[measurements["scan_id"].isin(early["scan_id"])]}
    key = list(TIMEPOINT_RESPONSES.key)
    before = recist(earlier, included, study())["timepoint_responses"].set_index(key)
    after = recist(tables, included, study())["timepoint_responses"].set_index(key).reindex(before.index)
    dated_back = after["rule"] == "new_lesion.dated_back"
    later = dated_back.groupby(level=[0, 1, 2]).cummax()
    # A progression that is dated back takes later time points out of the count, and a CR that it replaces is none.
    assert_frame_equal(before[~later], after[~later])
    same = ["sum_mm", "nadir_mm", "target_response", "nontarget_response", "equivocal_lesion"]
    assert_frame_equal(before[same], after[same])


@FEW
@given(seed=SEEDS)
def test_each_category_is_there_and_fits_the_others(seed):
    tables, included = registry_of(seed)
    result = recist(tables, included, study())
    points, best = result["timepoint_responses"], result["best_responses"]
    for frame in (points, best):
        required = [
            c.name
            for c in RESULTS["timepoint_responses" if frame is points else "best_responses"].columns
            if c.required
        ]
        assert frame[required].notna().all().all()
    assert (points["target_response"].isna() == (points["targets"] == 0)).all()
    progression = points["overall_response"] == "PD"
    assert (points["progression_date"].notna() == progression).all()
    reasons = (points["target_response"] == "PD") | (points["nontarget_response"] == "PD") | points["new_lesion"]
    reasons |= points["rule"] == "overall.pd.reappearance"
    assert (progression == reasons)[points["rule"] != "overall.ne.no_baseline"].all()
    assert (
        points["sum_complete"] == (points["targets"] > 0) & (points["targets"] == points["targets_evaluated"])
    ).all()
    series = points[points["counted"]].groupby(["patient_id", "compartment", "evaluator"])["overall_response"]
    assert (series.agg(lambda s: (s == "PD").sum()) <= 1).all()
    assert best.groupby(["patient_id", "evaluator"]).size().eq(len(COMPARTMENTS) + 1).all()
    assert set(best["patient_id"]) == set(included["patient_id"])


@FEW
@given(seed=SEEDS)
def test_patients_do_not_touch_each_other(seed):
    """Partitions give what the whole gives."""
    tables, included = registry_of(seed)
    whole = recist(tables, included, study())
    half = np.arange(len(included)) % 2 == 0
    parts = [recist(tables, included[part], study()) for part in (half, ~half)]
    for name, frame in whole.items():
        contract = RESULTS[name]
        together = pd.concat([p[name] for p in parts]).sort_values(list(contract.key), kind="stable", ignore_index=True)
        assert_frame_equal(conform(together, contract), frame)


@FEW
@given(seed=SEEDS)
def test_a_second_evaluator_who_reads_the_same_gives_the_same(seed):
    tables, included = registry_of(seed)
    lesions, measurements = tables["lesions"], tables["measurements"]
    again = {
        "lesions": lesions.assign(lesion_id="Z" + lesions["lesion_id"], evaluator="zweite"),
        "measurements": measurements.assign(
            lesion_id="Z" + measurements["lesion_id"], measurement_id="Z" + measurements["measurement_id"]
        ),
    }
    both = tables | {k: pd.concat([tables[k], again[k]], ignore_index=True) for k in again}
    points = recist(both, included, study())["timepoint_responses"]
    first, second = (
        points[points["evaluator"] == e].drop(columns=["evaluator", *NAMING]).reset_index(drop=True)
        for e in ("reader", "zweite")
    )
    assert_frame_equal(first, second)
    alone = recist(both, included, study() | {"evaluators": ["zweite"]})["timepoint_responses"]
    assert alone["evaluator"].unique().tolist() == ["zweite"]
    assert len(alone) == len(second)


@FEW
@given(seed=SEEDS)
def test_the_diameters_of_the_lesions_add_up_to_the_sums(seed):
    tables, included = registry_of(seed)
    result = recist(tables, included, study())
    points, lesions = result["timepoint_responses"], result["lesion_changes"]
    targets = lesions[(lesions["role"] == "target") & (lesions["timepoint"] > 0)]
    key = ["patient_id", "evaluator", "timepoint"]
    for where in (*COMPARTMENTS, WHOLE):
        mine = targets if where == WHOLE else targets[targets["compartment"] == where]
        sums = mine.groupby(key)["diameter_mm"].sum(min_count=1).rename("added")
        rows = points[points["compartment"] == where].merge(sums.reset_index(), on=key, how="left")
        assert rows["added"].fillna(-1).to_numpy() == pytest.approx(rows["sum_mm"].fillna(-1).to_numpy())
