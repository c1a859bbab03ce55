"""Worked cases of every time-to-event endpoint, taken the whole way from responses at time points to times."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

import pandas as pd

from acceptance import recist_harness
from mesenluth.endpoints.time_to_event import is_overall_survival, is_time_to_response, time_to_event
from mesenluth.response.best import best_overall
from mesenluth.study import DEFAULT as CONFIG
from mesenluth.study import load, read_yaml
from mesenluth.tables.io import conform, empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS

ROOT = recist_harness.ROOT
DAY_0 = pd.Timestamp("2020-01-01")
FOREVER = 40_000
PART, OTHER = "mesenteric", "non_mesenteric"
DEFAULT = "progression_free_survival"
PLAIN = {"string": "x", "int": 0, "float": 0.0, "bool": False, "date": DAY_0}


@cache
def _study(changes: str) -> dict[str, Any]:
    # Without the variants of the sensitivity grid, whose check takes most of the time.
    vary = read_yaml(ROOT / CONFIG)["sensitivity"]["vary"]
    none = {"sensitivity": {"vary": {key: [] for key in vary}, "pairs": []}}
    return load(ROOT, changes={**json.loads(changes), **none})


def study_of(case: dict[str, Any]) -> dict[str, Any]:
    """Return the default study with the sections `survival` and `response` of a case laid over it."""
    changes = {k: case[k] for k in ("survival", "response") if case.get(k)}
    return copy.deepcopy(_study(json.dumps(changes, sort_keys=True)))


def endpoints() -> dict[str, dict[str, Any]]:
    """Return the time-to-event endpoints of the default study that a part of the disease has, by their id."""
    wanted = (e for e in study_of({})["endpoints"] if e["kind"] == "time_to_event")
    return {e["id"]: e for e in wanted if not is_overall_survival(e)}


def rule_sets(endpoint: str) -> tuple[str, ...]:
    """Return the rule sets under which an endpoint has times."""
    return ("study",) if is_time_to_response(endpoints()[endpoint]) else ("study", "fda", "ema")


def _date(day: int | None) -> pd.Timestamp:
    return pd.NaT if day is None else DAY_0 + pd.Timedelta(days=day)


def _table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a table of its contract; required columns that nothing here is about get a plain value."""
    contract = RESULTS.get(name) or REGISTRY[name]
    if not rows:
        return empty(contract)
    plain = {c.name: PLAIN[c.type] for c in contract.columns if c.required}
    return conform(pd.DataFrame([{**plain, **r} for r in rows], columns=contract.column_names), contract)


def tables_of(case: dict[str, Any], study: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the tables that one patient's case stands for; the best response is derived from its time points."""
    who = {"patient_id": "1", "evaluator": study["primary_evaluator"]}
    counts = case.get("baseline", True)
    points = [
        who | {"compartment": PART, "timepoint": i, "assessment_date": _date(day), "last_date": _date(day),
               "response_date": _date(day), "overall_response": response,
               "progression_date": _date(day) if response == "PD" else pd.NaT}
        for i, (day, response) in enumerate(sorted((case["responses"] or {}).items()), 1)
    ]  # fmt: skip
    cut = case.get("cutoff", FOREVER)
    seen = [p for p in points if p["assessment_date"] <= _date(cut)]
    best = who | {"compartment": PART, "has_baseline": counts, "best_response": "NE", "confirmed_response": "NE"}
    series = pd.DataFrame(
        [who | {"compartment": PART, "origin_date": DAY_0, "new_therapy_date": _date(case.get("new_therapy"))}]
    )
    if seen and counts:
        rows = pd.DataFrame(seen).rename(columns={"response_date": "date", "overall_response": "response"})
        best |= best_overall(rows, series, study["response"]).iloc[0].dropna().to_dict()
    if "other_progression" in case:
        day = _date(case["other_progression"])
        points.append(
            who | {"compartment": OTHER, "timepoint": 1, "assessment_date": day, "last_date": day, "response_date": day,
                   "overall_response": "PD", "progression_date": day}
        )  # fmt: skip
    names = RESULTS["best_responses"].column_names
    rows = {
        "cohort": [{"patient_id": "1", "included": True, "origin_date": DAY_0}],
        "best_responses": [{k: v for k, v in best.items() if k in names}],
        "timepoint_responses": points,
        "follow_up": [
            {"patient_id": "1", "follow_up_id": "1", "follow_up_date": _date(case["death"]), "vital_status": "dead"}
        ] if case.get("death") is not None else [],
        "therapies": [
            {"patient_id": "1", "therapy_id": "1", "type": "everolimus", "start_date": _date(case["new_therapy"])}
        ] if case.get("new_therapy") is not None else [],
        "patients": [{"patient_id": "1"}],
    }  # fmt: skip
    return {name: _table(name, found) for name, found in rows.items()}


def end_of(case: dict[str, Any], rule_set: str, gap_days: int) -> pd.Series | None:
    """Return the row of `time_to_event` for a case, or None where the patient has no time (no response to last)."""
    study = study_of(case)
    study["cut"] = {**study["cut"], "date": f"{_date(case.get('cutoff', FOREVER)):%Y-%m-%d}"}
    study["survival"] = {**study["survival"], "fda_max_gap_days": gap_days}
    study["endpoints"] = [{**endpoints()[case.get("endpoint", DEFAULT)], "compartments": [PART]}]
    found = time_to_event(tables_of(case, study), study)
    found = found[found["rule_set"] == rule_set]
    return found.iloc[0].rename({"time_days": "day"}) if len(found) else None
