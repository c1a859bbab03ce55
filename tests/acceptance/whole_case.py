"""A worked case through the code that decides it: classification, quality rules, times to events, response rates.

The head of tests/data/edge_cases.yaml states the format. What a case expects is compared as written.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from acceptance import recist_harness as harness
from mesenluth.endpoints.curve_reading import quantile
from mesenluth.endpoints.kaplan_meier import kaplan_meier
from mesenluth.endpoints.response_rates import response_rows
from mesenluth.endpoints.time_to_event import time_to_event
from mesenluth.errors import ConfigurationError
from mesenluth.quality.engine import validate
from mesenluth.registry.parse import parse
from mesenluth.registry.source import Reading
from mesenluth.response.best import best_overall
from mesenluth.response.classify import classify
from mesenluth.study import merge
from mesenluth.tables.extracted import UNREADABLE
from mesenluth.tables.io import empty
from mesenluth.tables.registry import MEASUREMENTS, REGISTRY

INPUTS = (
    "name", "note", "lesions", "compartments", "assessments", "parameters", "axis", "therapies", "local_therapies",
    "new_therapy_day", "markers", "death_day", "slice_mm", "study", "recorded", "times",
)  # fmt: skip
CLASSIFIED = ("expect", "best", "best_by", "progression_day", "response_day")
ASKED = (
    *CLASSIFIED,
    "findings",
    "ends",
    "survival_months",
    "counts",
    "recorded_best",
    "read_by",
    "text",
    "median",
    "refused",
)
PATIENT = {"patient_id": "P1"}


class Asked:
    """A case, of which several things may be asked; what was computed for one answer serves the next."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        unknown = set(case) - {*INPUTS, *ASKED, "never"}
        assert not unknown, f"unknown key {unknown}"
        assert set(case) & set(ASKED), "expects nothing"
        self.case = case

    @cached_property
    def world(self) -> World:
        """The registry and the study of the case."""
        return World(self.case)

    def problems(self) -> list[str]:
        """Return every expectation of the case that does not come out."""
        return self.unmet({k: v for k, v in self.case.items() if k in ASKED})

    def admitted(self) -> list[Any]:
        """Return what must never come out and does."""
        return [never for never in self.case.get("never") or [] if not self.unmet(never)]

    def unmet(self, asked: Mapping[str, Any]) -> list[str]:
        """Return which of these expectations the case does not meet."""
        assert not set(asked) - set(ASKED), f"unknown expectation {set(asked) - set(ASKED)}"
        if "text" in asked:
            return _text(asked["text"])
        if "median" in asked:
            curve = kaplan_meier(self.case["times"], [True] * len(self.case["times"]))
            return _unequal("median", quantile(curve).estimate, asked["median"])
        if "refused" in asked:
            return _refused(self.case)
        world, wrong = self.world, []
        if set(asked) & set(CLASSIFIED):
            inputs = {k: v for k, v in world.plain.items() if k not in ASKED}
            wrong += harness.mismatches(inputs | {k: v for k, v in asked.items() if k in CLASSIFIED}, world.result)
        for rule, rows in (asked.get("findings") or {}).items():
            wrong += _unequal(f"rows that fail {rule}", world.failing(rule), sorted(rows))
        for expected in asked.get("ends") or []:
            wrong += world.end(expected)
        for expected in asked.get("counts") or []:
            wrong += world.rate(expected)
        if "survival_months" in asked:
            months = world.times("overall_survival").iloc[0]["time_months"]
            if abs(months - asked["survival_months"]) > 1e-9:
                wrong.append(f"survival is {months} months, not {asked['survival_months']}")
        if "read_by" in asked:
            readers = world.result["timepoint_responses"]["evaluator"].unique().tolist()
            wrong += _unequal("evaluators", sorted(readers), asked["read_by"])
        if "recorded_best" in asked:
            wrong += _unequal("best recorded response", world.recorded_best(), asked["recorded_best"])
        return wrong


def _unequal(what: str, seen: Any, right: Any) -> list[str]:
    return [] if seen == right else [f"{what}: {seen}, not {right}"]


def _text(asked: Mapping[str, Any]) -> list[str]:
    reading = Reading(unit=asked["unit"], decimal=asked.get("decimal", "."))
    values, reasons = parse(pd.Series([asked["value"]]), MEASUREMENTS.column("longest_diameter_um"), reading)
    if reasons.iloc[0]:
        return [reasons.iloc[0]]
    return _unequal("micrometres", int(values.iloc[0]), harness.micrometres(asked["mm"]))


def _refused(case: Mapping[str, Any]) -> list[str]:
    try:
        World(case).result  # noqa: B018
    except ConfigurationError as error:
        return [] if case["refused"] in str(error) else [f"refused, but for another reason: {error}"]
    return [f"{case['refused']} is not refused"]


class World:
    """The registry and the study of a case, and what the steps make of them."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self.case = case
        keep = {k: v for k, v in case.items() if k in harness.TOP and k not in ("id", "never")}
        self.plain = {"id": case.get("name", "case"), **keep}
        tables = harness.tables_of(self.plain)
        if "slice_mm" in case:
            tables["scans"] = tables["scans"].assign(slice_thickness_mm=float(case["slice_mm"]))
        if "death_day" in case:
            dead = {"follow_up_id": "F", "follow_up_date": harness.day(case["death_day"]), "vital_status": "dead"}
            tables["follow_up"] = harness.table("follow_up", [PATIENT | dead])
        if "recorded" in case:
            rows = [
                {"response_id": f"R{i}", "evaluator": harness.READER, "kind": "overall", "response": r["response"],
                 "response_date": harness.day(r["day"])}
                for i, r in enumerate(case["recorded"])
            ]  # fmt: skip
            tables["responses"] = harness.table("responses", [PATIENT | r for r in rows])
        self.tables = tables
        self.study = merge(harness.study_of(self.plain), copy.deepcopy(case.get("study") or {}))
        self._made: dict[str, Any] = {}

    def _once(self, name: str, make: Any) -> Any:
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    @property
    def result(self) -> dict[str, pd.DataFrame]:
        """Every table of the classification."""
        return self._once("result", lambda: classify(self.tables, self.study))

    def failing(self, rule: str) -> list[str]:
        """Return the keys of the rows that a rule finds fault with."""
        found = self._once("findings", lambda: validate(self.tables, empty(UNREADABLE), self.study).findings)
        mine = found[found["rule"] == rule]
        table = rule.split(".")[0]
        rows = self.tables[table]
        return sorted(rows.loc[rows["record_id"].isin(mine["record_id"]), REGISTRY[table].key[0]])

    def times(self, endpoint: str) -> pd.DataFrame:
        """Return the times of one of the default study's endpoints, in every compartment of the case."""

        def make() -> pd.DataFrame:
            places = [*(c["id"] for c in self.study["compartments"]), harness.WHOLE]
            endpoints = [
                e if e["id"] == "overall_survival" else {**e, "compartments": places}
                for e in self.study["endpoints"]
                if e["kind"] == "time_to_event"
            ]
            return time_to_event({**self.tables, **self.result}, {**self.study, "endpoints": endpoints})

        made = self._once("times", make)
        return made[made["endpoint"] == endpoint]

    def end(self, expected: Mapping[str, Any]) -> list[str]:
        """Return what differs from the expected end of progression-free survival."""
        where = expected.get("compartment", harness.WHOLE)
        rows = self.times("progression_free_survival")
        row = rows[(rows["compartment"] == where) & (rows["rule_set"] == expected["rule_set"])].iloc[0]
        names = {"day": "time_days", "status": "status", "reason": "reason_code"}
        return [
            f"{where}, {expected['rule_set']}: {key} is {row[column]}, not {expected[key]}"
            for key, column in names.items()
            if key in expected and row[column] != expected[key]
        ]

    def rate(self, expected: Mapping[str, Any]) -> list[str]:
        """Return what differs from an expected response rate: `confirmed` or as the study chooses."""
        where, population = expected.get("compartment", harness.WHOLE), expected.get("population", "included")
        endpoint = {"id": "rate", "kind": "response", "categories": expected["categories"], "compartments": [where]}
        rows = pd.DataFrame(response_rows(endpoint, {**self.tables, **self.result}, self.study))
        rows = rows[(rows["statistic"] == "proportion") & (rows["population"] == population)]
        row = rows[rows["definition"] == expected.get("definition", "study")].iloc[0]
        wrong = [
            f"{where}, {population}: {key} is {row[key]}, not {expected[key]}"
            for key in ("numerator", "denominator")
            if row[key] != expected[key]
        ]
        if expected.get("reason", "") not in str(row["reason"]):
            wrong.append(f"{where}, {population}: the reason is {row['reason']}, not {expected['reason']}")
        return wrong

    def recorded_best(self) -> str:
        """Return the best response of those that the registry recorded."""
        rows = self.tables["responses"].rename(columns={"response_date": "date"})
        series = pd.DataFrame([PATIENT]).assign(origin_date=harness.DAY_0).astype({"origin_date": "datetime64[us]"})
        return str(best_overall(rows, series, self.study["response"], ["patient_id"]).iloc[0]["best_response"])
