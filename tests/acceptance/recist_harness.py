"""Worked RECIST 1.1 cases as registry tables, and what the classification makes of them.

The format of a case stands at the head of tests/data/recist_cases.yaml. A case is one patient of one evaluator. What
the harness does not know of a case, it refuses: a key that nobody reads would be an expectation that nobody checks.
"""

from __future__ import annotations

import copy
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from mesenluth.response.classify import recist
from mesenluth.response.eligibility import cohort, judge
from mesenluth.response.origins import origins
from mesenluth.tables.io import conform, empty
from mesenluth.tables.registry import LESIONS, REGISTRY

ROOT = Path(__file__).resolve().parents[2]
DAY_0 = pd.Timestamp("2020-01-01")
WHOLE = "whole_patient"
READER = "reader"
STATES = ("absent", "too_small", "not_evaluable", "present", "unequivocal_progression", "equivocal")

# Names of parameters in the cases -> keys of the study's section `response`.
PARAMETERS = {
    "sd_minimum_days": "min_sd_days",
    "pr_threshold": "pr_decrease_percent",
    "pr_threshold_pct": "pr_decrease_percent",
    "pr_threshold_percent": "pr_decrease_percent",
    "pd_threshold": "pd_increase_percent",
    "pd_threshold_pct": "pd_increase_percent",
    "pd_threshold_percent": "pd_increase_percent",
    "pd_absolute_mm": "pd_increase_mm",
    "nodal_normal_mm": "node_normal_below_mm",
}
# Names of expectations in the cases -> columns of timepoint_responses.
EXPECTED = {
    "target": "target_response",
    "nontarget": "nontarget_response",
    "overall": "overall_response",
    "equivocal": "equivocal_lesion",
    "change_from_baseline_pct": "change_from_baseline_percent",
    "change_from_nadir_pct": "change_from_nadir_percent",
    **{
        c: c
        for c in (
            "baseline_mm", "nadir_mm", "sum_mm", "sum_complete", "change_from_baseline_mm", "change_from_nadir_mm",
            "new_lesion", "equivocal_lesion", "targets", "targets_evaluated", "counted", "rule",
            "change_from_baseline_percent", "change_from_nadir_percent",
        )
    },
}  # fmt: skip
BEST = {"unconfirmed": "best_response", "confirmed": "confirmed_response"}
TOP = {
    "id", "rule", "source", "note", "lesions", "compartments", "assessments", "parameters", "expect", "best",
    "progression_day", "response_day", "new_therapy_day", "axis", "best_by", "therapies", "local_therapies",
    "markers",
}  # fmt: skip
OWN = ("day", "note", "visit")
"""Keys of an assessment that are no lesions."""


@cache
def _config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


def default_study() -> dict[str, Any]:
    """Return the default study with everybody eligible and no compartment but the whole patient."""
    study = copy.deepcopy(_config())
    study |= {"compartments": [], "evaluators": [], "primary_evaluator": READER}
    study["population"] = {"eligibility": []}
    return study


def study_of(case: dict[str, Any]) -> dict[str, Any]:
    """Return the study of a case: its parameters over the defaults, its compartments by the names of lesions."""
    study = default_study()
    for name, value in (case.get("parameters") or {}).items():
        key = PARAMETERS.get(name, name)
        assert key in study["response"], f"{case['id']}: unknown parameter {name}"
        if key.endswith("_percent"):
            value = Decimal(str(value).rstrip(" %"))
            value = float(value * 100 if value <= 1 else value)
        elif isinstance(value, str) and value.removesuffix("mm").strip().replace(".", "").isdigit():
            value = float(value.removesuffix("mm"))
        study["response"][key] = value
    families = _families(case)
    for name, members in (case.get("compartments") or {}).items():
        everybody = [x for m in members for x in families.get(m, [m])]
        axis = (case.get("axis") or {}).get(name, "nodal_rule")
        study["compartments"].append(
            {
                "id": name,
                "label": {"en": name},
                "where": {"column": "lesion_id", "in": list(dict.fromkeys(everybody))},
                "measure_axis": axis,
                "local_therapies": (case.get("local_therapies") or {}).get(name, []),
            }
        )
    return study


def _families(case: dict[str, Any]) -> dict[str, list[str]]:
    """Return each lesion with its fragments: a fragment lies where its lesion lay."""
    families = {name: [name] for name in case["lesions"]}
    for name, about in case["lesions"].items():
        if "split_from" in about:
            families.setdefault(about["split_from"], []).append(name)
    return families


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a registry table; columns left out are missing, `record_id` is numbered."""
    if not rows:
        return empty(REGISTRY[name])
    columns = REGISTRY[name].column_names
    full = [{"record_id": f"{name}:{i}", **r} for i, r in enumerate(rows)]
    unknown = {k for r in rows for k in r} - set(columns)
    assert not unknown, f"table {name} has no column {unknown}"
    return conform(pd.DataFrame({c: [r.get(c) for r in full] for c in columns}), REGISTRY[name])


def day(number: float) -> pd.Timestamp:
    """Return the date of a day counted from day 0."""
    return DAY_0 + pd.Timedelta(days=number)


def registry(**rows: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    """Return all registry tables, from rows given by table name."""
    return {name: table(name, rows.get(name, [])) for name in REGISTRY}


def reading(value: Any, nodal: bool, lesion: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return status and diameters of one value of a case: a diameter in mm, a state, or {long, short} in mm."""
    if isinstance(value, dict):
        sizes = {"longest_diameter_um": "long", "short_axis_um": "short"}
        return {"status": value.get("status", "measured")} | {
            c: micrometres(value[k]) for c, k in sizes.items() if k in value
        }
    if isinstance(value, str):
        assert value in STATES, f"unknown state {value!r}"
        return {"status": value}
    assert isinstance(value, (int, float)) and not isinstance(value, bool), f"unknown value {value!r}"
    if value == 0:
        return {"status": "absent"}
    return {"status": "measured", "short_axis_um" if nodal else "longest_diameter_um": micrometres(value)}


def micrometres(mm: float) -> int:
    """Return mm, as written, in whole micrometres."""
    exact = Decimal(str(mm)) * 1000
    assert exact == exact.to_integral_value(), f"{mm} mm is no whole number of micrometres"
    return int(exact)


def tables_of(case: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the registry of one case."""
    patient = {"patient_id": "P1"}
    lesions, scans, measurements = [], [], []
    for name, about in case["lesions"].items():
        about = dict(about)
        merged = about.pop("merged_day", None)
        unknown = set(about) - set(LESIONS.column_names)
        assert not unknown, f"{case['id']}: unknown attribute of lesion {name}: {unknown}"
        lesions.append(
            patient
            | {"lesion_id": name, "evaluator": READER, "nodal": False}
            | about
            | ({"merged_date": day(merged)} if merged is not None else {})
        )
    nodal = {x["lesion_id"]: bool(x["nodal"]) for x in lesions}
    for i, assessment in enumerate(case["assessments"]):
        values = {k: v for k, v in assessment.items() if k not in OWN}
        assert set(values) <= set(case["lesions"]), f"{case['id']}: unknown lesion in {assessment}"
        if not values:
            # The images were there; nothing on them was assessed, and nothing new was seen.
            old = [n for n, a in case["lesions"].items() if a["role"] != "new" and "split_from" not in a]
            values = dict.fromkeys(old or case["lesions"], "not_evaluable" if old else "absent")
        visit = str(assessment.get("visit", f"A{i}"))
        scans.append(patient | {"scan_id": f"S{i}", "scan_date": day(assessment["day"]), "assessment": visit})
        measurements += [
            patient
            | {"measurement_id": f"M{i}-{name}", "lesion_id": name, "scan_id": f"S{i}"}
            | reading(value, nodal[name])
            for name, value in values.items()
        ]
    others = list(case.get("therapies") or [])
    if case.get("new_therapy_day") is not None:
        others.append({"day": case["new_therapy_day"], "type": "chemotherapy"})
    therapies = [
        patient | {"therapy_id": f"T{i}", "type": other["type"], "start_date": day(other["day"])}
        for i, other in enumerate(others)
    ]
    markers = []
    for i, about in enumerate(case.get("markers") or []):
        about = dict(about)
        markers.append(patient | {"marker_id": f"K{i}", "marker_date": day(about.pop("day"))} | about)
    return registry(
        patients=[patient | {"centre": "C1"}],
        markers=markers,
        administrations=[
            patient | {"administration_id": "D1", "administration_date": DAY_0, "product": "177Lu-DOTATATE"}
        ],
        scans=scans,
        lesions=lesions,
        measurements=measurements,
        therapies=therapies,
    )


def run(case: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Derive the responses of one case."""
    unknown = set(case) - TOP
    assert not unknown, f"{case['id']}: unknown key {unknown}"
    tables, study = tables_of(case), study_of(case)
    day0 = origins(tables["administrations"], study["treatment"]["administrations"])
    people = cohort(judge(tables, study), tables["patients"], day0)
    return recist(tables, people[people["included"]], study)


def same(seen: Any, right: Any) -> bool:
    """Return whether a value of a table is the expected one; null is a missing value."""
    if right is None:
        return bool(pd.isna(seen))
    if pd.isna(seen):
        return False
    if isinstance(right, float) or isinstance(seen, (float, np.floating)):
        # The expectations of changes carry six decimals.
        return abs(float(seen) - float(right)) < 1e-6
    return bool(seen == right)


def problems(case: dict[str, Any]) -> list[str]:
    """Return every expectation of a case that its classification does not meet."""
    return mismatches(case, run(case))


def mismatches(case: dict[str, Any], result: dict[str, pd.DataFrame]) -> list[str]:
    """Return every expectation of a case that is not met by what was made of it."""
    points, everybody = result["timepoint_responses"], result["best_responses"]
    best = everybody[everybody["evaluator"] == READER].set_index("compartment")
    wrong = []
    for expected in case.get("expect") or []:
        where, who = expected.get("compartment", WHOLE), expected.get("evaluator", READER)
        of = (points["compartment"] == where) & (points["evaluator"] == who)
        at = points[of & (points["day"] == expected["day"])]
        label = f"day {expected['day']}, {where}"
        if len(at) != 1:
            wrong.append(f"{label}: {len(at)} time points")
            continue
        for key, right in expected.items():
            if key in ("day", "compartment", "evaluator"):
                continue
            assert key in EXPECTED, f"{case['id']}: unknown expectation {key}"
            seen = at.iloc[0][EXPECTED[key]]
            if not same(seen, right):
                wrong.append(f"{label}: {key} is {seen}, not {right} ({at.iloc[0]['sentence']})")
    for who, answers in {READER: case.get("best") or {}, **(case.get("best_by") or {})}.items():
        of = everybody[everybody["evaluator"] == who].set_index("compartment")
        for where, kind, right in _best_of(case, answers):
            seen = of.loc[where, BEST[kind]]
            if not same(seen, right):
                wrong.append(f"best of {who}, {where}, {kind}: {seen}, not {right} ({of.loc[where, 'reason']})")
    for key, column in (("progression_day", "first_progression_date"), ("response_day", "first_response_date")):
        if key in case:
            expected = case[key] if isinstance(case[key], dict) else {WHOLE: case[key]}
            for where, right in expected.items():
                date = best.loc[where, column]
                seen = None if pd.isna(date) else (date - DAY_0).days
                if seen != right:
                    wrong.append(f"{key} of {where}: {seen}, not {right}")
    return wrong


def _best_of(case: dict[str, Any], answers: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the best responses a case asks for: of the whole patient, or by compartment."""
    found = []
    for key, value in answers.items():
        if key in BEST:
            found.append((WHOLE, key, value))
        elif isinstance(value, dict):
            found += [(key, kind, v) for kind, v in value.items()]
        else:
            found.append((key, "unconfirmed", value))
    known = {WHOLE, *(case.get("compartments") or {})}
    assert {w for w, _, _ in found} <= known, f"{case['id']}: best response of an unknown compartment"
    return found
