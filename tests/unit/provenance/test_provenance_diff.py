"""Changes of estimates between two runs add up, patient by patient, and name the records behind them."""

import json

import pandas as pd
import pytest

from mesenluth.provenance.diff import compare
from mesenluth.provenance.diff_pages import markdown, table, write
from mesenluth.provenance.place import Place
from mesenluth.tables.io import conform, empty, read_table, write_table
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import BEST_RESPONSES, COHORT, ESTIMATES, LESION_CHANGES, TIMEPOINT_RESPONSES

SETTINGS = {
    "study": {"id": "small"},
    "cut": {"date": "2023-06-30"},
    "primary_evaluator": "investigator",
    "endpoints": [{"id": "orr", "kind": "response", "categories": ["CR", "PR"]}],
    "response": {"primary_confirmation": "unconfirmed", "missing_as_ne": False, "min_sd_days": 42},
}


def filled(table, rows):
    """Rows of a contract; what is not given is left out or, where it is required, filled with something plain."""
    plain = {"string": "x", "int": 0, "float": 0.0, "bool": False, "date": pd.Timestamp("2020-01-01")}
    data = {
        c.name: [r.get(c.name, plain[c.type] if c.required and c.name not in r else None) for r in rows]
        for c in table.columns
    }
    return conform(pd.DataFrame(data), table) if rows else empty(table)


def make(root, responses, hashes, settings=None, code=None):
    """A run of one estimate: patient -> best response, and patient -> hash of the record."""
    tables = {
        "response/all/cohort": (COHORT, [
            {"patient_id": p, "centre": "C01", "included": True, "origin_date": pd.Timestamp("2021-01-01")} for p in responses
        ]),
        "response/all/best_responses": (BEST_RESPONSES, [
            {"patient_id": p, "compartment": "mesenteric", "evaluator": "investigator", "best_response": r,
             "confirmed_response": r, "rule": f"best.{r.lower()}", "reason": f"Best: {r}."} for p, r in responses.items()
        ]),
        "response/all/timepoint_responses": (TIMEPOINT_RESPONSES, []),
        "response/all/lesion_changes": (LESION_CHANGES, []),
        "endpoints/estimates": (ESTIMATES, [{
            "endpoint": "orr", "population": "included", "compartment": "mesenteric", "evaluator": "investigator",
            "definition": "study", "statistic": "proportion", "method": "wilson", "unit": "proportion",
            "numerator": sum(r in ("CR", "PR") for r in responses.values()), "denominator": len(responses),
            "text": f"{sum(r in ('CR', 'PR') for r in responses.values())}/{len(responses)}",
        }]),
    }  # fmt: skip
    measurements = REGISTRY["measurements"]
    records = [{"record_id": f"m:{p}:{h * 16}", "measurement_id": p, "patient_id": p} for p, h in hashes.items()]
    for folder in ("registry", "validated"):
        tables[f"{folder}/all/measurements"] = (measurements, records)
    artifacts = {}
    for name, (contract, rows) in tables.items():
        write_table(filled(contract, rows), root / f"results/{name}.parquet", contract)
        artifacts[f"results/{name}.parquet"] = {"job": "x"}
    manifest = {
        "settings": settings or SETTINGS, "artifacts": artifacts, "jobs": {}, "parameters": {},
        "inputs": {"cuts/small/store/all/measurements/0.parquet": {"table": "measurements"}},
        "code": code or {"src/a.py": "0"}, "environment": {"pinned": {"pandas": "2.3.3"}},
        "cut": {"name": "2023-06-30", "content": "0"},
    }  # fmt: skip
    (root / "results/provenance").mkdir(parents=True)
    (root / "results/provenance/manifest.json").write_text(json.dumps(manifest))
    return Place.of_run(root, "results")


BEFORE = {"P1": "PR", "P2": "SD", "P3": "PR", "P4": "SD"}
HASHES = {"P1": "a", "P2": "a", "P3": "a", "P4": "a"}


@pytest.fixture
def before(tmp_path):
    return make(tmp_path / "before", BEFORE, HASHES)


def test_equal_runs_have_no_changes(before, tmp_path):
    diff = compare(before, make(tmp_path / "after", BEFORE, HASHES))
    assert (diff.estimates, diff.records, diff.definitions, diff.unchanged) == ([], {}, [], 1)


def test_patients_who_moved_add_up_and_name_their_records(before, tmp_path):
    # P1 lost its response by a changed record, P3 is gone with its record, P5 came with one, P4 is as it was.
    after = make(
        tmp_path / "after",
        {"P1": "SD", "P2": "SD", "P4": "SD", "P5": "CR"},
        {"P1": "b", "P2": "a", "P4": "a", "P5": "a"},
    )
    diff = compare(before, after)
    [change] = diff.estimates
    assert change.explained
    assert {(m.patient, m.change) for m in change.moved} == {
        ("P1", "lost the event"),
        ("P3", "left"),
        ("P5", "entered"),
    }
    assert {m.patient: [str(r) for r in m.records] for m in change.moved} == {
        "P1": ["measurements m:P1 changed"],
        "P3": ["measurements m:P3 vanished"],
        "P5": ["measurements m:P5 appeared"],
    }
    assert change.moved[0].before == "response PR; rule best.pr; sentence Best: PR."


def test_a_number_that_nothing_accounts_for_is_said_to_be_unexplained(before, tmp_path):
    after = make(tmp_path / "after", BEFORE, HASHES)
    path = after.results / "endpoints/estimates.parquet"
    rows = read_table(path, ESTIMATES)
    rows["numerator"] = rows["numerator"] + 1
    write_table(rows, path, ESTIMATES)
    [change] = compare(before, after).estimates
    assert not change.explained
    assert change.moved == []


def test_a_moved_patient_without_a_cause_is_unexplained_only_if_counts_do_not_add_up(before, tmp_path):
    after = make(tmp_path / "after", {**BEFORE, "P2": "PR"}, HASHES)
    path = after.results / "endpoints/estimates.parquet"
    rows = read_table(path, ESTIMATES)
    rows["numerator"] = rows["numerator"] + 1
    write_table(rows, path, ESTIMATES)
    [change] = compare(before, after).estimates
    assert [m.change for m in change.moved] == ["gained the event"]
    assert not change.explained


def test_a_changed_definition_and_changed_code_are_named(before, tmp_path):
    settings = json.loads(json.dumps(SETTINGS))
    settings["response"]["min_sd_days"] = 84
    after = make(tmp_path / "after", {**BEFORE, "P2": "NE"}, HASHES, settings, {"src/a.py": "1", "src/b.py": "0"})
    diff = compare(before, after)
    assert diff.definitions == ["response.min_sd_days: 42 -> 84"]
    assert diff.code == ["src/a.py edited", "src/b.py added"]


def test_parquet_and_pages_say_the_same(before, tmp_path):
    diff = compare(before, make(tmp_path / "after", {**BEFORE, "P2": "PR"}, {**HASHES, "P2": "b"}))
    rows = table(diff)
    assert rows["estimate"].tolist() == ["orr:mesenteric:proportion"]
    assert rows["records"].tolist() == ["measurements m:P2 changed"]
    assert rows["explained"].all()
    assert (rows["before"][0], rows["after"][0]) == ("2/4", "3/4")
    text = markdown(diff, "A", "B")
    assert "1 estimates differ, 0 are the same; 0 changes are not explained." in text
    assert "- P2: gained the event (orr:mesenteric)" in text
    assert "- measurements: 1 changed" in text
    write(diff, "A", "B", tmp_path / "out")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"changes.html", "changes.md", "estimate_changes.parquet"}
