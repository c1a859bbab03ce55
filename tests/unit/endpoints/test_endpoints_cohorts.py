"""Who is counted, and the dates endpoints need; with the small registry that the other tests of endpoints build."""

import copy
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from mesenluth.endpoints import cohorts
from mesenluth.errors import ConfigurationError, TableError
from mesenluth.study import load
from mesenluth.tables.io import conform, empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS

DAY_0 = pd.Timestamp("2015-01-01")
READER = "investigator"
DEFAULTS = {"string": "x", "int": 0, "float": 0.0, "bool": False, "date": DAY_0}
INPUTS = (
    "cohort", "timepoint_responses", "best_responses", "growth_rates", "best_density_responses", "metabolic_responses",
    "clinical_responses", "complications", "lesion_changes",
    "patients", "follow_up", "therapies", "administrations", "scans", "symptoms",
)  # fmt: skip


def day(n):
    """Return the date `n` days after day 0."""
    return DAY_0 + pd.Timedelta(days=n)


def table(name, rows):
    """Return rows as a table; required columns that a row does not give get a plain value."""
    contract = RESULTS.get(name) or REGISTRY[name]
    plain = {c.name: DEFAULTS[c.type] for c in contract.columns if c.required}
    if not rows:
        return empty(contract)
    return conform(pd.DataFrame([{**plain, **r} for r in rows], columns=contract.column_names), contract)


@cache
def _default() -> dict:
    return dict(load(Path(__file__).resolve().parents[3]))


def default_study(cut="2024-01-01"):
    """Return a copy of the default study, with a late cut."""
    study = copy.deepcopy(_default())
    study["cut"] = {**study["cut"], "date": cut}
    return study


def patient(name, **more):
    return {"patient_id": name, "included": True, "origin_date": DAY_0, **more}


def series(name, compartment="mesenteric", best="SD", **more):
    return {
        "patient_id": name, "compartment": compartment, "evaluator": READER, "has_baseline": True,
        "baseline_date": day(-10), "best_response": best, "confirmed_response": best, "targets": int(best != "NED"), **more,
    }  # fmt: skip


def scan(name, at, response, compartment="mesenteric", evaluator=READER, **more):
    return {
        "patient_id": name, "compartment": compartment, "evaluator": evaluator, "timepoint": at, "last_date": day(at),
        "assessment_date": day(at), "response_date": day(at), "overall_response": response,
        "progression_date": day(at) if response == "PD" else pd.NaT, **more,
    }  # fmt: skip


def news(name, at, status="alive"):
    return {"patient_id": name, "follow_up_id": f"{name}-{at}", "follow_up_date": day(at), "vital_status": status}


def therapy(name, at, kind="everolimus"):
    return {"patient_id": name, "therapy_id": f"{name}-{at}", "type": kind, "start_date": day(at)}


def tables(**rows):
    """Return all tables that the endpoints read; those that are not given are empty."""
    return {name: table(name, rows.get(name, [])) for name in INPUTS}


CUT = day(2000)


def test_death_is_the_earliest_recorded_by_the_cut():
    found = cohorts.deaths(
        table("follow_up", [news("A", 90, "dead"), news("A", 80, "dead"), news("B", 10), news("C", 2001, "dead")]), CUT
    )
    assert found.to_dict() == {"A": day(80)}


def test_whatever_was_done_with_a_patient_shows_the_patient_alive():
    """A row `lost` does not, nor does what lies after the cut, nor the death itself."""
    given = tables(
        follow_up=[news("A", 10), news("A", 500, "lost"), news("B", 20), news("C", 3000), news("D", 50, "dead")],
        scans=[{"scan_id": "1", "patient_id": "A", "scan_date": day(40)}],
        symptoms=[{"symptom_id": "1", "patient_id": "B", "symptom_date": day(30), "term": "bloating"}],
        therapies=[therapy("B", 60)],
        administrations=[{"administration_id": "1", "patient_id": "C", "administration_date": day(0)}],
    )
    found = cohorts.last_known_alive(given, CUT)
    assert found.to_dict() == {"A": day(40), "B": day(60), "C": day(0)}


def test_a_new_therapy_begins_after_day_0_and_is_of_a_kind_that_counts():
    origins = table("cohort", [patient("A"), patient("B"), patient("C")])
    begun = [
        therapy("A", 0), therapy("A", 300), therapy("A", 200), therapy("B", 100, "somatostatin_analogue"),
        therapy("C", 2500),
    ]  # fmt: skip
    found = cohorts.new_therapies(table("therapies", begun), origins, ["everolimus"], CUT)
    assert found.to_dict() == {"A": day(200)}


def test_an_included_patient_needs_a_day_0():
    with pytest.raises(TableError, match="patient B is included and has no origin_date"):
        cohorts.included(table("cohort", [patient("A"), patient("B", origin_date=pd.NaT)]))


def test_a_reader_who_has_read_nothing_is_refused():
    study = default_study()
    read = table("best_responses", [series("A", evaluator="central"), series("A", evaluator=READER)])
    assert cohorts.evaluators(read, study) == [READER, "central"]
    study["evaluators"] = ["central"]
    assert cohorts.evaluators(read, study) == [READER, "central"]
    study["evaluators"] = ["nobody"]
    with pytest.raises(ConfigurationError, match="evaluators: nobody called 'nobody'.*\n.*central, investigator"):
        cohorts.evaluators(read, study)
    study = {**default_study(), "primary_evaluator": "somebody"}
    with pytest.raises(ConfigurationError, match="primary_evaluator: nobody called 'somebody'"):
        cohorts.evaluators(read, study)
    assert cohorts.evaluators(empty(RESULTS["best_responses"]), study) == ["somebody"]


def test_a_patient_without_a_series_is_not_assessed():
    who = table("cohort", [patient("A"), patient("B"), patient("C")])
    read = table("best_responses", [series("C", best="PR"), series("A", best="SD")])
    asked = (read, who, "mesenteric", READER, "best_response")
    assert cohorts.responses_of(*asked).tolist() == ["SD", "MISSING", "PR"]
    assert cohorts.responses_of(*asked, missing_as_ne=True).tolist() == ["SD", "NE", "PR"]
