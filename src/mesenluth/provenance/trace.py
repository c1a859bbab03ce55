"""From an estimate, a cell of a figure, a patient or a record to what it rests on, and what it touches."""

from __future__ import annotations

from typing import Any

from ..errors import ConfigurationError
from . import chain
from .place import Place, Row, read_rows
from .tree import Node
from .verdicts import Counted, counted_by, kind_of

PREFERRED = {"definition": "study", "population": ("included", "symptomatic", "screened", "responders")}


def trace(subject: str, place: Place) -> Node:
    """Return where a thing comes from.

    Parameters
    ----------
    subject : str
        ``endpoint:compartment:statistic`` (with further ``column=value`` where several rows are called so),
        ``figure:key``, the id of a patient, or a record id.
    place : Place
        The run.

    Raises
    ------
    ConfigurationError
        If nothing is called so.
    """
    if subject.count(":") >= 2 and chain.delivered(place, subject):
        return of_record(subject, place)
    first, _, rest = subject.partition(":")
    endpoints = {e["id"] for e in place.settings["endpoints"]} | {"population"}
    if first in endpoints and rest:
        return of_estimate(subject, place)
    if place.files(first, "figures/"):
        return of_cell(first, rest, place)
    if place.rows("cohort", [("patient_id", "=", subject)]) or any(
        read_rows(place.stored("patients"), [("patient_id", "=", subject)], ["patient_id"])
    ):
        return of_patient(subject, place)
    raise ConfigurationError(
        f"{subject!r}: no estimate, figure, patient or record of this run is called so",
        "endpoint:compartment:statistic, figure:key, a patient id or a record id",
    )


def estimates(subject: str, place: Place) -> list[Row]:
    """Return the rows of an estimate that a name means, the headline first; ConfigurationError if there is none."""
    parts = subject.split(":")
    named = dict(zip(("endpoint", "compartment", "statistic"), (p for p in parts if "=" not in p), strict=False))
    named |= dict(p.split("=", 1) for p in parts if "=" in p)
    rows = place.rows("estimates")
    unknown = named.keys() - (rows[0].keys() if rows else named.keys())
    if unknown:
        raise ConfigurationError(f"{subject}: no column {sorted(unknown)[0]}", f"one of {', '.join(rows[0])}")
    found = [r for r in rows if all(_same(r[k], v) for k, v in named.items())]
    if not found:
        alike = sorted(
            {f"{r['endpoint']}:{r['compartment']}:{r['statistic']}" for r in rows if r["endpoint"] == parts[0]}
        )
        raise ConfigurationError(f"{subject}: no such estimate", f"one of {', '.join(alike[:12])}")
    populations: tuple[str, ...] = PREFERRED["population"]  # type: ignore[assignment]
    found.sort(
        key=lambda r: (
            r["subgroup"] is not None,
            r["definition"] != PREFERRED["definition"],
            populations.index(r["population"]) if r["population"] in populations else len(populations),
            r["evaluator"] != place.settings["primary_evaluator"],
        )  # fmt: skip
    )
    return found


def _same(value: Any, wanted: str) -> bool:
    return (str(value) == wanted) if not isinstance(value, float) else (f"{value:g}" == wanted)


def of_estimate(subject: str, place: Place) -> Node:
    """Return an estimate, the patients counted, what decided of each, and the records below."""
    rows = estimates(subject, place)
    row = rows[0]
    node = Node(name_of(row), {k: v for k, v in row.items() if v is not None})
    if len(rows) > 1:
        node.facts["also called so"] = (
            f"{len(rows) - 1} further rows; add definition=, population=, method=, subgroup= ..."
        )
    made = place.manifest["artifacts"]["results/endpoints/estimates.parquet"]
    job = place.manifest["jobs"][made["job"]]
    node.facts |= {
        "made by": f"{job['rule']} ({job['script']}, code {job['code']})",
        "table": "endpoints/estimates.parquet",
    }
    counted = counted_by(row, place)
    with_event = [c for c in counted if c.event]
    node.facts["patients listed"] = f"{len(with_event)} with the event of {len(counted)} counted"
    for name, members in (("with the event", with_event), ("counted without it", [c for c in counted if not c.event])):
        if members:
            node.children.append(Node(f"{name}: {len(members)}", {}, [_patient(c, place) for c in members]))
    return node


def name_of(row: Row) -> str:
    """Return an estimate's name, with its value."""
    said = row["text"] if row["text"] is not None else row["estimate"]
    return f"{row['endpoint']}:{row['compartment']}:{row['statistic']} = {said}"


def _patient(counted: Counted, place: Place) -> Node:
    return Node(f"patient {counted.patient}", counted.facts, counted.below(place))


def of_cell(figure: str, key: str, place: Place) -> Node:
    """Return a row of what a figure shows, and what that rests on."""
    [file] = place.files(figure, "figures/")
    rows = read_rows([file])
    artifact = f"results/figures/{figure}.parquet"
    job = place.manifest["jobs"][place.manifest["artifacts"][artifact]["job"]]
    facts = {"made by": f"{job['rule']} ({job['script']})", "from": job["inputs"]}
    wanted = dict(p.split("=", 1) for p in key.split(":") if "=" in p)
    plain = [p for p in key.split(":") if p and "=" not in p]
    found = [
        r
        for r in rows
        if all(_same(r.get(k), v) for k, v in wanted.items()) and set(plain) <= {str(v) for v in r.values()}
    ]
    if not found:
        shown = ", ".join(f"{k}={v}" for k, v in list(rows[0].items())[:3]) if rows else "no row"
        raise ConfigurationError(f"{figure}:{key}: the figure shows no such row", f"column=value, such as {shown}")
    node = Node(f"figure {figure}: {len(found)} of {len(rows)} rows", facts)
    for row in found[:50]:
        cell = Node(", ".join(f"{k}={v}" for k, v in row.items() if v is not None))
        if row.get("patient_id"):
            cell.children.append(of_patient(row["patient_id"], place))
        elif row.get("endpoint") and row.get("compartment"):
            cell.facts["traced by"] = f"mesenluth trace {row['endpoint']}:{row['compartment']}:STATISTIC"
        elif row.get("criterion") and figure == "flow":
            where = [("excluded_by", "=", row["criterion"])]
            if row["reason"]:
                where.append(("excluded_because", "=", row["reason"]))
            cell.children = [
                Node(f"patient {r['patient_id']}", {"because": r["excluded_because"]})
                for r in place.rows("cohort", where)
            ]
        node.children.append(cell)
    return node


def of_patient(patient: str, place: Place) -> Node:
    """Return what became of a patient: eligibility, verdicts with their time points, findings about the records."""
    mine = [("patient_id", "=", patient)]
    node = Node(f"patient {patient}")
    cohort = place.rows("cohort", mine)
    if cohort:
        row = cohort[0]
        node.facts = {"centre": row["centre"], "included": row["included"], "day 0": row["origin_date"]}
        if not row["included"]:
            node.facts |= {
                "excluded at step": "classify (eligibility)",
                "excluded by": row["excluded_by"],
                "because": row["excluded_because"],
            }
        criteria = sorted(place.rows("eligibility", mine), key=lambda r: r["position"])
        node.children.append(Node("eligibility", {r["criterion"]: r["status"] for r in criteria}))
    else:
        node.facts = {"excluded at step": "validate", "because": "no row of the patient may be analysed"}
    for row in place.rows("best_responses", mine):
        facts = {
            "best response": row["best_response"], "on": row["best_response_date"], "rule": row["rule"],
            "sentence": row["reason"], "first progression": row["first_progression_date"],
        }  # fmt: skip
        points = chain.timepoints(place, patient, row["compartment"], row["evaluator"], None)
        node.children.append(Node(f"responses, {row['compartment']}, {row['evaluator']}", facts, points))
    for row in place.rows("metabolic_responses", mine):
        facts = {"response": row["response"], "rule": row["rule"], "sentence": row["sentence"]}
        node.children.append(Node(f"metabolic response, {row['compartment']}", facts, chain.uptake(place, row)))
    for row in place.rows("clinical_responses", mine):
        facts = {"response": row["response"], "rule": row["rule"], "sentence": row["reason"]}
        node.children.append(Node("clinical response", facts, chain.symptoms(place, row)))
    for row in place.rows("complications", mine):
        below = [chain.record(r) for r in row["record_ids"].split()]
        node.children.append(
            Node(f"complication: {row['term']}, grade {row['ctcae_grade']}", {"rule": row["rule"]}, below)
        )
    findings = [_finding(r) for r in place.rows("findings", mine)]
    if findings:
        node.children.append(Node(f"findings: {len(findings)}", {}, findings))
    return node


def _finding(row: Row) -> Node:
    facts = {k: row[k] for k in ("severity", "disposition", "observed", "message", "record_id")}
    return Node(f"{row['table']}: {row['rule']}", facts)


def of_record(record_id: str, place: Place) -> Node:
    """Return a record as it was delivered, what became of it at each step, and every estimate it touches."""
    found = chain.delivered(place, record_id)
    assert found is not None
    table, row = found
    node = Node(f"record {record_id}, table {table}", chain.record(record_id).more)
    text = {k: v for k, v in row.items() if v is not None and k != "record_id"}
    node.children.append(Node("as delivered", text))
    where = [("record_id", "=", record_id)]
    typed = bool(place.rows(table, where, ["record_id"], "registry/"))
    valid = place.rows(table, where, folder="validated/")
    cut = place.manifest["cut"]["date"]
    node.facts["extract"] = "typed" if typed else f"left out: dated after the cut of {cut}"
    if typed:
        node.facts["validate"] = "may be analysed" if valid else "quarantined: see the findings"
    findings = place.rows("findings", where)
    node.children += [_finding(f) for f in findings]
    if valid:
        node.children.append(touched(table, valid[0], place))
    return node


def touched(table: str, row: Row, place: Place) -> Node:
    """Return every estimate that a record touches: through its patient, and what is read from its table."""
    patient = row["patient_id"]
    cohort = place.rows("cohort", [("patient_id", "=", patient)])
    included = bool(cohort and cohort[0]["included"])
    inside = None
    if row.get("lesion_id"):
        changes = place.rows(
            "lesion_changes", [("patient_id", "=", patient), ("lesion_id", "=", row["lesion_id"])], ["compartment"]
        )
        inside = {r["compartment"] for r in changes}
    found: dict[str, None] = {}
    for estimate in place.rows("estimates"):
        kind = kind_of(estimate["endpoint"], place)
        if kind == "population" or (included and _reads(kind, table, estimate["compartment"], inside)):
            found[f"{estimate['endpoint']}:{estimate['compartment']}:{estimate['statistic']}"] = None
    node = Node(f"touches {len(found)} estimates", {"patient": patient, "included": included})
    if not included:
        node.facts["why so few"] = "the patient is not included; only the counts of the population rest on the record"
    node.children = [Node(name) for name in found]
    return node


READ_BY = {
    "measurements": {"response", "growth", "density", "time_to_event"},
    "lesions": {"response", "growth", "density", "time_to_event", "metabolic"},
    "responses": {"response", "time_to_event"},
    "uptake": {"metabolic"},
    "symptoms": {"clinical"},
    "adverse_events": {"complications"},
}
"""Table -> kinds of endpoint that are read from it; every other table is read by all of them."""


def _reads(kind: str, table: str, compartment: str, inside: set[str] | None) -> bool:
    if kind not in READ_BY.get(table, {kind}):
        return False
    return inside is None or bool(inside & set(compartment.split(" vs "))) or "whole_patient" in compartment
