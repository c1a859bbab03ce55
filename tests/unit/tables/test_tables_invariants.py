"""What always holds is checked where a table is written: a broken one leaves no table and says which row and what."""

import argparse
import json
import subprocess
import sys

import pandas as pd
import pytest

from mesenluth.errors import TableError
from mesenluth.program import Step
from mesenluth.tables.extracted import EXTRACTION_COUNTS
from mesenluth.tables.invariants import ROWS, check
from mesenluth.tables.io import conform, read_table, write_table
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS
from places import ROOT

CURVE = {"endpoint": "pfs", "compartment": "mesenteric", "evaluator": "investigator", "rule_set": "study"}
DATE = pd.Timestamp("2020-01-01")


def filled(table, *rows):
    """Rows of a contract, with something plain where it asks for a value."""
    plain = {"string": "x", "int": 0, "float": 0.0, "bool": False, "date": DATE}
    about = {c.name: (c.allowed[0] if c.allowed else plain[c.type]) if c.required else None for c in table.columns}
    return conform(pd.DataFrame([{**about, **row} for row in rows], columns=table.column_names), table)


def curve(*points):
    return [{**CURVE, "time_months": t, "n_at_risk": 9, "survival": s} for t, s in points]


def incidence(*points):
    return [
        {**CURVE, "cause": c, "time_months": t, "n_at_risk": r, "n_event": d, "incidence": i}
        for c, t, r, d, i in points
    ]


GOOD = {
    "extraction_counts": [{"table": "scans", "read": 5, "after_cut": 2, "extracted": 3}],
    "row_counts": [{"table": "scans", "read": 5, "after_cut": 2, "accepted": 2, "quarantined": 1}],
    "rule_counts": [{"checked": 4, "failed": 4}],
    "cohort": [{"patient_id": "P1", "included": True}, {"patient_id": "P2", "excluded_by": "prrt"}],
    "timepoint_responses": [{"patient_id": "P1", "targets": 2, "targets_evaluated": 2}],
    "time_to_event": [{"patient_id": "P1", "origin_date": DATE, "end_date": DATE + pd.Timedelta(days=3), "time_days": 3}],
    "curves": curve((0, 1.0), (2, 0.5), (3, 0.5)),
    # Two causes among four: 1/4 + 1/4 of what 3/4 are left of, and KM 3/4 * 2/3 = 1/2.
    "incidence": incidence(("death", 1, 4, 1, 0.25), ("death", 2, 3, 0, 0.25), ("progression", 1, 4, 0, 0.0), ("progression", 2, 3, 1, 0.25)),
    "estimates": [
        {"endpoint": "orr", "numerator": 1, "denominator": 4, "estimate": 0.25, "ci_low": 0.0, "ci_high": 0.8, "p_value": 0.5, "unit": "probability"},
        *({"endpoint": "population", "statistic": s, "numerator": n} for s, n in (("screened", 9), ("included", 5), ("excluded", 4))),
    ],
}  # fmt: skip
BAD = {
    "rows lost at extraction": ("extraction_counts", 0, {"extracted": 2}, "read = after the cut"),
    "rows lost at validation": ("row_counts", 0, {"quarantined": 0}, "accepted + quarantined"),
    "more failed than looked at": ("rule_counts", 0, {"failed": 5}, "than it looked at"),
    "excluded without a criterion": ("cohort", 1, {"excluded_by": None}, "has a criterion"),
    "more targets than there are": ("timepoint_responses", 0, {"targets_evaluated": 3}, "no more targets"),
    "a time point that ends before": ("timepoint_responses", 0, {"last_date": pd.Timestamp("2019-12-31")}, "ends after"),
    "a negative time": ("time_to_event", 0, {"end_date": pd.Timestamp("2019-12-31"), "time_days": -1}, "negative"),
    "another time than between the dates": ("time_to_event", 0, {"time_days": 4}, "end - origin"),
    "a survival above 1": ("curves", 0, {"survival": 1.01}, "within 0 and 1"),
    "a curve that rises": ("curves", 2, {"survival": 0.6}, "no curve rises"),
    "an estimate outside its limits": ("curves", 1, {"ci_low": 0.6, "ci_high": 0.7}, "within its limits"),
    "more ends than at risk": ("curves", 1, {"n_event": 10}, "at risk"),
    "incidences that miss 1": ("incidence", 3, {"incidence": 0.26}, "= 1"),
    "a negative incidence": ("incidence", 0, {"incidence": -0.1}, "within 0 and 1"),
    "more with the event than counted": ("estimates", 0, {"numerator": 5}, "numerator <= denominator"),
    "three events of two times": (
        "estimates", 0, {"numerator": 9, "statistic": "hazard_ratio", "compartment": "a vs b"}, "numerator <= denominator"
    ),
    "an estimate above its limits": ("estimates", 0, {"estimate": 0.9}, "within its limits"),
    "a p value above 1": ("estimates", 0, {"p_value": 1.5}, "p lies within"),
    "a probability below 0": ("estimates", 0, {"estimate": -0.5, "ci_low": None}, "a probability lies"),
    "a patient who is neither": ("estimates", 3, {"numerator": 3}, "screened = included"),
}  # fmt: skip


def contract(name):
    return EXTRACTION_COUNTS if name == "extraction_counts" else RESULTS[name]


@pytest.mark.parametrize("name", ROWS)
def test_what_holds_is_let_through(name):
    check(filled(contract(name), *GOOD[name]), contract(name), {})
    check(filled(contract(name)), contract(name), {})


@pytest.mark.parametrize("what", BAD)
def test_what_does_not_hold_is_refused_by_name(what):
    name, at, change, said = BAD[what]
    rows = [row | (change if i == at else {}) for i, row in enumerate(GOOD[name])]
    with pytest.raises(TableError, match=f"table {name}: .* break what always holds") as told:
        check(filled(contract(name), *rows), contract(name), {})
    assert said in told.value.expected


def test_a_patient_may_have_an_event_in_each_of_two_compartments():
    both = GOOD["estimates"][0] | {
        "numerator": 8,
        "denominator": 4,
        "statistic": "hazard_ratio",
        "compartment": "a vs b",
    }
    check(filled(RESULTS["estimates"], both), RESULTS["estimates"], {})
    with pytest.raises(TableError, match="break what always holds"):
        check(filled(RESULTS["estimates"], both | {"compartment": "a"}), RESULTS["estimates"], {})


def test_percentiles_of_resamples_may_miss_the_estimate():
    """All resamples of a skewed curve may lie to one side: the interval is Efron's all the same, and no fault."""
    leaning = GOOD["estimates"][0] | {
        "estimate": 0.9,
        "method": "bootstrap of patients, percentile, 2000 resamples, seed 1",
    }
    check(filled(RESULTS["estimates"], leaning), RESULTS["estimates"], {})
    with pytest.raises(TableError, match="break what always holds"):
        check(filled(RESULTS["estimates"], leaning | {"method": "clopper-pearson"}), RESULTS["estimates"], {})


def test_allowed_values_and_limits_hold_of_what_is_computed_and_not_of_what_is_delivered():
    responses = RESULTS["best_responses"]
    with pytest.raises(TableError, match="rows break"):
        check(filled(responses, {"best_response": "better"}), responses, {})
    delivered = filled(REGISTRY["patients"], {"patient_id": "P1", "ki67_percent": 150.0})
    check(delivered, REGISTRY["patients"], {})


def step(tmp_path, *inputs):
    settings = argparse.Namespace(input=list(inputs), output=tmp_path, settings="{}", code="", env="")
    return Step("x", settings)


def test_no_row_refers_to_one_that_is_not_there(tmp_path):
    patients, scans = REGISTRY["patients"], REGISTRY["scans"]
    write_table(filled(patients, {"patient_id": "P1"}), tmp_path / "in" / "patients.parquet", patients)
    one = step(tmp_path / "out", tmp_path / "in" / "patients.parquet")
    one.read(patients)
    one.write(filled(scans, {"patient_id": "P1", "scan_id": "S1"}), scans)
    with pytest.raises(TableError, match="table scans: 1 rows") as told:
        one.write(filled(scans, {"patient_id": "P2", "scan_id": "S2"}), scans)
    assert told.value.expected == "patient_id is one of patients"
    # The table that was whole before is there as it was.
    assert read_table(tmp_path / "out/scans.parquet", scans)["scan_id"].tolist() == ["S1"]


def test_of_a_portion_with_a_dangling_row_no_table_is_left(tmp_path):
    frames = {
        "cohort": filled(RESULTS["cohort"], {"patient_id": "P1", "included": True}),
        "best_responses": filled(RESULTS["best_responses"], {"patient_id": "P2"}),
    }
    with pytest.raises(TableError, match="table best_responses: 1 rows"):
        step(tmp_path).write_portions([frames], RESULTS)
    assert list(tmp_path.rglob("*.parquet")) == []


def test_a_job_whose_numbers_do_not_add_up_stops_with_a_message(tmp_path):
    """A real step, over counts that somebody changed: read is not what was extracted and left out."""
    program = tmp_path / "step.py"
    program.write_text(
        "from mesenluth.program import run\nfrom mesenluth.tables.extracted import EXTRACTION_COUNTS as T\n"
        "def work(step):\n    step.write(step.read(T), T)\nrun('step', None, work)\n"
    )
    path = tmp_path / "extraction_counts.parquet"
    write_table(filled(EXTRACTION_COUNTS, {"table": "scans", "read": 9}), path, EXTRACTION_COUNTS)
    said = subprocess.run(
        [sys.executable, str(program), "--input", str(path), "--output", str(tmp_path / "out"), "--settings", json.dumps({})],
        capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "src")}, check=False,
    )  # fmt: skip
    assert said.returncode == 6
    assert "mesenluth error 6: table extraction_counts: 1 rows break what always holds" in said.stderr
    assert "Traceback" not in said.stderr
    assert not list((tmp_path / "out").rglob("*.parquet"))
