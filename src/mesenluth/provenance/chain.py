"""From a patient's verdict down to the registry's records: time points, measurements, record ids."""

from __future__ import annotations

from typing import Any

from .place import Place, Row, read_rows
from .tree import Node

CONFIRMATION = {
    "unconfirmed": ("best_response", "best_response_date"),
    "confirmed": ("confirmed_response", "confirmed_response_date"),
}
NOT_EVALUABLE = ("NE", "MISSING", "NED")


def record(record_id: str) -> Node:
    """Return a record of the registry: source table, key there, beginning of the hash of its row."""
    source, key, digest = record_id.rsplit(":", 2)
    return Node(record_id, more={"source": source, "key": key, "row_sha256_begins": digest.partition("#")[0]})


def lesions(place: Place, patient: str, compartment: str, evaluator: str, timepoint: int) -> list[Node]:
    """Return what was read of each lesion at one time point, with its records."""
    found = []
    for row in place.of_patient("lesion_changes", patient):
        if row["evaluator"] != evaluator or row["timepoint"] != timepoint:
            continue
        if compartment not in ("whole_patient", row["compartment"]):
            continue
        size = "" if row["diameter_mm"] is None else f", {row['diameter_mm']:g} mm"
        node = Node(f"lesion {row['lesion_id']}: {row['role']}, {row['status']}{size}")
        node.children = [record(r) for r in (row["record_ids"] or "").split()]
        found.append(node)
    return found


def timepoints(place: Place, patient: str, compartment: str, evaluator: str, dates: set[Any] | None) -> list[Node]:
    """Return baseline and time points of a series; only those with one of the dates, if any are given."""
    rows = [
        r
        for r in place.of_patient("timepoint_responses", patient)
        if r["compartment"] == compartment and r["evaluator"] == evaluator
    ]
    wanted = [
        r for r in rows if dates is None or dates & {r["response_date"], r["progression_date"], r["assessment_date"]}
    ]
    nodes = []
    for row in sorted(wanted, key=lambda r: r["timepoint"]):
        facts = {"response": row["overall_response"], "rule": row["rule"], "sentence": row["sentence"]}
        if not row["counted"]:
            facts["counted"] = "no longer, for the best response"
        node = Node(f"time point {row['timepoint']}, {row['assessment_date']}", facts)
        node.children = lesions(place, patient, compartment, evaluator, row["timepoint"])
        nodes.append(node)
    base = lesions(place, patient, compartment, evaluator, 0)
    if base and nodes:
        nodes.insert(0, Node("baseline", {}, base))
    return nodes


def uptake(place: Place, row: Row) -> list[Node]:
    """Return the uptake records of a patient's compartment at baseline and at the best date."""
    patient = row["patient_id"]
    dates = {s["scan_id"]: s for s in place.of_patient("scans", patient, "validated/")}
    changes = place.of_patient("lesion_changes", patient)
    inside = {r["lesion_id"] for r in changes if r["compartment"] == row["compartment"]}
    found = []
    for read in place.of_patient("uptake", patient, "validated/"):
        scan = dates.get(read["scan_id"])
        if scan and scan["scan_date"] in (row["baseline_date"], row["best_date"]) and read["lesion_id"] in inside:
            title = (
                f"lesion {read['lesion_id']}, {scan['scan_date']}: Krenning {read['krenning']}, SUVmax {read['suvmax']}"
            )
            found.append(
                Node(title, {"tracer": read["tracer"]}, [record(read["record_id"]), record(scan["record_id"])])
            )
    return found


def symptoms(place: Place, row: Row) -> list[Node]:
    """Return the symptom records of a patient."""
    found = []
    for read in place.of_patient("symptoms", row["patient_id"], "validated/"):
        title = f"{read['symptom_date']}: {read['term']}, grade {read['ctcae_grade']}"
        found.append(Node(title, {}, [record(read["record_id"])]))
    return found


def dated(place: Place, patient: str, date: Any, table: str, column: str, word: str) -> list[Node]:
    """Return a patient's records of a table that bear a date."""
    rows = [r for r in place.of_patient(table, patient, "validated/") if r[column] == date]
    return [Node(f"{table}, {date}: {r[word]}", {}, [record(r["record_id"])]) for r in rows]


def delivered(place: Place, record_id: str) -> tuple[str, Row] | None:
    """Return the table of a record and its row as it was registered, as text; None if the cut does not hold it."""
    tables = sorted({r["table"] for p, r in place.manifest["inputs"].items() if "/store/" in p})
    for table in tables:
        rows = read_rows(place.stored(table), [("record_id", "=", record_id)])
        if rows:
            return table, rows[0]
    return None
