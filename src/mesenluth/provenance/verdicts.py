"""Which patients an estimate counts, which of them had the event, and what decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from . import chain
from .place import Place, Row
from .tree import Node


def _nothing(place: Place) -> list[Node]:
    return []


IN_BOTH = "evaluable_in_both"
EVALUABLE = ("evaluable", IN_BOTH)
"""Populations of those whose response could be judged, in the compartment or in both that are compared."""


@dataclass
class Counted:
    """One patient (in one compartment) whom an estimate counts.

    Attributes
    ----------
    patient : str
    event : bool
        Whether it is one of the numerator, or had the event.
    facts : dict
        Value, rule and sentence.
    below : callable
        What it rests on.
    """

    patient: str
    event: bool
    facts: dict[str, Any] = field(default_factory=dict)
    below: Callable[[Place], list[Node]] = _nothing


def endpoint_of(name: str, place: Place) -> dict[str, Any]:
    """Return an endpoint of the study file."""
    return next((e for e in place.settings["endpoints"] if e["id"] == name), {"id": name, "kind": "population"})


def kind_of(name: str, place: Place) -> str:
    """Return the kind of an endpoint."""
    return endpoint_of(name, place)["kind"]


def counted_by(row: Row, place: Place) -> list[Counted]:
    """Return the patients whom an estimate counts, sorted, compartment by compartment.

    Of an estimate of a subgroup other than a centre the patients of all its levels are returned.
    """
    endpoint = endpoint_of(row["endpoint"], place)
    cohort = place.rows("cohort")
    if endpoint["kind"] == "population":
        return _population(row, cohort)
    included = [r for r in cohort if r["included"]]
    if row["subgroup"] == "centre" and row["level"] in {r["centre"] for r in included}:
        included = [r for r in included if r["centre"] == row["level"]]
    patients = sorted(r["patient_id"] for r in included)
    found: list[Counted] = []
    for compartment in row["compartment"].split(" vs "):
        mine = OF_KIND[endpoint["kind"]](endpoint, {**row, "compartment": compartment}, patients, place)
        if " vs " in row["compartment"]:
            for counted in mine:
                counted.facts = {"compartment": compartment, **counted.facts}
        found += mine
    if row["population"] == IN_BOTH:
        times = Counter(c.patient for c in found)
        found = [c for c in found if times[c.patient] == 2]
    return found


def _population(row: Row, cohort: list[Row]) -> list[Counted]:
    statistic, _, criterion = row["statistic"].partition(":")
    found = []
    for r in sorted(cohort, key=lambda r: r["patient_id"]):
        event = {
            "screened": True, "included": r["included"],
            "excluded": not r["included"] and criterion in ("", r["excluded_by"]),
        }.get(statistic, True)  # fmt: skip
        facts = {"centre": r["centre"], "excluded by": r["excluded_by"], "because": r["excluded_because"]}
        found.append(Counted(r["patient_id"], event, facts))
    return found


def _chosen(row: Row, place: Place) -> tuple[str, str]:
    chosen = row["definition"]
    if chosen not in chain.CONFIRMATION:
        chosen = place.settings["response"]["primary_confirmation"]
    return chain.CONFIRMATION[chosen]


def _responses(endpoint: Row, row: Row, patients: list[str], place: Place) -> list[Counted]:
    column, date = _chosen(row, place)
    where = [("compartment", "=", row["compartment"]), ("evaluator", "=", row["evaluator"])]
    best = {r["patient_id"]: r for r in place.rows("best_responses", where)}
    unseen = "NE" if place.settings["response"]["missing_as_ne"] else "MISSING"
    found = []
    for patient in patients:
        one = best.get(patient)
        value = one[column] if one else unseen
        if row["population"] in EVALUABLE and value in chain.NOT_EVALUABLE:
            continue
        facts = {"response": value}
        if one:
            facts |= {"on": one[date], "rule": one["rule"], "sentence": one["reason"]}
        found.append(
            Counted(patient, value in endpoint["categories"], facts, partial(_points, row, patient, one and one[date]))
        )
    return found


def _points(row: Row, patient: str, date: Any, place: Place) -> list[Node]:
    return chain.timepoints(place, patient, row["compartment"], row["evaluator"], {date}) if date else []


def _density(endpoint: Row, row: Row, patients: list[str], place: Place) -> list[Counted]:
    where = [("compartment", "=", row["compartment"]), ("evaluator", "=", row["evaluator"])]
    best = {r["patient_id"]: r for r in place.rows("best_density_responses", where)}
    found = []
    for patient in patients:
        one = best.get(patient)
        value = one["best_response"] if one else "MISSING"
        if row["population"] in EVALUABLE and value in chain.NOT_EVALUABLE:
            continue
        facts = {"response": value, **({"on": one["best_response_date"], "sentence": one["reason"]} if one else {})}
        date = one["best_response_date"] if one else None
        found.append(Counted(patient, value in endpoint["categories"], facts, partial(_points, row, patient, date)))
    return found


def _records(row: Row, place: Place) -> list[Node]:
    return [chain.record(i) for i in (row["record_ids"] or "").split()]


def _uptake(row: Row | None, place: Place) -> list[Node]:
    return chain.uptake(place, row) if row else []


def _symptoms(row: Row, place: Place) -> list[Node]:
    return chain.symptoms(place, row)


def _events(rows: list[Row], place: Place) -> list[Node]:
    return [
        Node(
            f"{r['term']}, grade {r['ctcae_grade']}, {r['start_date']}",
            {"rule": r["rule"], "days since administration": r["days_since_administration"]},
            _records(r, place),
        )
        for r in rows
    ]


def _growth(endpoint: Row, row: Row, patients: list[str], place: Place) -> list[Counted]:
    where = [("compartment", "=", row["compartment"]), ("evaluator", "=", row["evaluator"])]
    found = []
    for r in sorted(place.rows("growth_rates", where), key=lambda r: (r["patient_id"], r["period"])):
        if r["patient_id"] in patients and r["growth_percent_per_month"] is not None:
            facts = {k: r[k] for k in ("period", "from_date", "to_date", "growth_percent_per_month", "reason")}
            found.append(Counted(r["patient_id"], True, facts, partial(_records, r)))
    return found


def _metabolic(endpoint: Row, row: Row, patients: list[str], place: Place) -> list[Counted]:
    rows = {r["patient_id"]: r for r in place.rows("metabolic_responses", [("compartment", "=", row["compartment"])])}
    found = []
    for patient in patients:
        one = rows.get(patient)
        value = one["response"] if one else "not_evaluable"
        if row["population"] in EVALUABLE and value == "not_evaluable":
            continue
        facts = {"response": value, **({"rule": one["rule"], "sentence": one["sentence"]} if one else {})}
        found.append(Counted(patient, value == "response", facts, partial(_uptake, one)))
    return found


def _clinical(endpoint: Row, row: Row, patients: list[str], place: Place) -> list[Counted]:
    found = []
    for r in sorted(place.rows("clinical_responses"), key=lambda r: r["patient_id"]):
        judged = r["response"] in ("response", "no_response")
        if r["patient_id"] in patients and r["symptoms_at_baseline"] and (judged or row["population"] != "evaluable"):
            facts = {"response": r["response"], "rule": r["rule"], "sentence": r["reason"]}
            event = r["response"] == "response"
            found.append(Counted(r["patient_id"], event, facts, partial(_symptoms, r)))
    return found


def _complications(endpoint: Row, row: Row, patients: list[str], place: Place) -> list[Counted]:
    events: dict[str, list[Row]] = {}
    for r in place.rows("complications"):
        events.setdefault(r["patient_id"], []).append(r)
    return [
        Counted(p, p in events, {"complications": len(events.get(p, []))}, partial(_events, events.get(p, [])))
        for p in patients
    ]


def _end(row: Row, time: Row, place: Place) -> list[Node]:
    patient, date = time["patient_id"], time["end_date"]
    dated = ENDED_BY.get(time["reason_code"])
    return chain.dated(place, patient, date, *dated) if dated else _points(row, patient, date, place)


ENDED_BY = {
    "death": ("follow_up", "follow_up_date", "vital_status"),
    "new_therapy": ("therapies", "start_date", "type"),
}
"""Why a time ended -> table, date and word of the record that says so; every other one is a time point."""


def _times(endpoint: Row, row: Row, patients: list[str], place: Place) -> list[Counted]:
    where = [
        ("endpoint", "=", row["endpoint"]),
        ("compartment", "=", row["compartment"]),
        ("evaluator", "=", row["evaluator"]),
    ]
    rows = place.rows("time_to_event", where)
    sets = {r["rule_set"] for r in rows}
    chosen = row["definition"] if row["definition"] in sets else "study"
    found = []
    for r in sorted(rows, key=lambda r: r["patient_id"]):
        if r["patient_id"] not in patients or r["rule_set"] != chosen:
            continue
        facts = {k: r[k] for k in ("status", "reason_code", "time_months", "origin_date", "end_date")}
        found.append(Counted(r["patient_id"], r["status"] == "event", facts, partial(_end, row, r)))
    return found


OF_KIND: dict[str, Callable[[Row, Row, list[str], Place], list[Counted]]] = {
    "response": _responses,
    "density": _density,
    "growth": _growth,
    "metabolic": _metabolic,
    "clinical": _clinical,
    "complications": _complications,
    "time_to_event": _times,
}
