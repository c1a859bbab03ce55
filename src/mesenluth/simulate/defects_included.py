"""Defects in the records of included patients, and of those whom one defect alone keeps out.

They are all errors: with the row in quarantine the published figures come out, with the row analysed they do not.
"""

from __future__ import annotations

from .defects_clinical import (
    added,
    alive_after_death,
    before_diagnosis,
    dated,
    dead,
    elsewhere,
    impossible_pain,
    new_at_baseline,
    read_twice,
    scan_after_death,
    swapped,
    unmeasured,
)
from .defects_contract import NOBODY, exact_copy
from .planter import Planter
from .records import Row
from .source import iso, tenths

LONG, SHORT = "longest_diameter_um", "short_axis_um"


def unreadable_masses(planter: Planter) -> None:
    """Spoil the only reading at baseline of masses that would make their patients eligible."""
    rows = [
        r for r in planter.made.rows["measurements"]
        if r["_k"] == 0 and r["_x"].mass and r["_x"].role == "target" and planter.person(r).mass == "unreadable"
    ]  # fmt: skip
    for number, row in enumerate(rows):
        planter.reserve("measurements", row, "course")
        kind = number % 5
        if kind == 0 and row[SHORT] < row[LONG]:
            swapped(planter, row)
        elif kind <= 1:
            unmeasured(planter, row)
        elif kind == 2:
            planted = f"{row[LONG] / 100:.1f} cm".replace(".", ",")
            planter.spoil("measurements.longest_diameter_um.readable", "measurements", row, LONG, planted)
        elif kind == 3:
            read_twice(planter, row, 1.12)
        else:
            elsewhere(planter, "measurements", row)


def plant(planter: Planter) -> None:
    """Plant errors in the records of included patients."""
    _responses(planter)
    _copies(planter)
    _courses(planter)
    _orphans(planter)


def _last(planter: Planter, row: Row) -> bool:
    """Return whether a reading is the last one that counts of a target that has not shrunk."""
    plan = planter.person(row).plan
    if plan is None or row["_x"].role != "target" or row[LONG] is None or row["_k"] != plan.counted:
        return False
    first = next(r for r in planter.readings[row["lesion_id"]] if r["_k"] == 0)
    return 0.8 <= row[LONG] / first[LONG] <= 0.99


def _responses(planter: Planter) -> None:
    """Readings that would be responses."""
    made = planter.made
    patients = planter.choose(
        "measurements", planter.times(2), lambda r: _last(planter, r) and dead(planter, r), "patient", True
    )
    for row in patients:
        scan = planter.scan_of[row["scan_id"]]
        same = [
            r for r in planter.of["measurements"][row["_p"]] if r["scan_id"] == row["scan_id"] and r[LONG] is not None
        ]
        scan_after_death(planter, scan, same, 0.69)

    def middle(row: Row) -> bool:
        plan = planter.person(row).plan
        if plan is None or not (row["_x"].mass and row["_x"].role == "target") or row[LONG] is None:
            return False
        return (
            1 <= row["_k"] < plan.counted - 1
            and row["_k"] not in (plan.other_pd, plan.mass_pd)
            and row[SHORT] / row[LONG] < 0.7
        )

    for number, row in enumerate(planter.choose("measurements", planter.times(4), middle, "patient", True)):
        # A further scan between two assessments, on which the mass alone was read.
        scan = planter.scan_of[row["scan_id"]]
        day = scan["scan_date"] + 21
        extra = planter.add(
            "scans", scan, scan_id=made.name("E"), scan_date=day, assessment=None, _k=row["_k"], _pet=False
        )
        reading = planter.add("measurements", row, measurement_id=made.name("M"), scan_id=extra["scan_id"])
        if number % 2:
            swapped(planter, reading)
        else:
            read_twice(planter, reading, 0.62)


def _copies(planter: Planter) -> None:
    """Rows entered twice."""
    for table in ("patients", "administrations", "scans", "lesions", "measurements", "uptake", "symptoms"):
        for row in planter.choose(table, planter.times(2), included=True):
            exact_copy(planter, table, row)


def _courses(planter: Planter) -> None:
    """Dates and grades that would move a course or make a complication."""
    made, rng = planter.made, planter.rng

    def first(row: Row) -> bool:
        return row["cycle_number"] == 1

    def steady(row: Row) -> bool:
        return planter.person(row).course.counted > 3

    def new(row: Row) -> bool:
        if row["role"] != "new" or "equivocal" in row["_x"].status:
            return False
        return planter.known("measurements", planter.readings[row["lesion_id"]][0])

    # As long as such a cycle stands, day 0 is another: nothing else that is dated by it may be asked of the patient.
    number = planter.times(2)
    for row in planter.choose("administrations", number, lambda r: first(r) and dated(planter, r), "course", True):
        before_diagnosis(planter, row)
    for row in planter.choose("follow_up", planter.times(2), lambda r: dead(planter, r), "patient", True):
        alive_after_death(planter, row)
    for row in planter.choose("therapies", planter.times(2), steady, "patient", True):
        person = planter.person(row)
        start = person.origin + person.course.scans[0] + int(rng.integers(5, 40))
        added(
            planter, "therapies.end_before_start", "therapies", row, "end_date", iso(start - 120),
            therapy_id=made.name("T"), type="everolimus", start_date=start, end_date=start - 120, intent="anticancer",
        )  # fmt: skip
    for row in planter.choose("administrations", planter.times(2), first, "patient", True):
        event = {**made.rows["adverse_events"][0], "_p": row["_p"]}
        impossible_pain(planter, event, row["administration_date"] + int(rng.integers(5, 40)))
    for row in planter.choose("lesions", planter.times(2), new, "course", True):
        scan = next(r for r in planter.of["scans"][row["_p"]] if r["_k"] == 0 and not r["_pet"])
        new_at_baseline(planter, row, scan)


def _orphans(planter: Planter) -> None:
    """Readings that belong to nothing."""
    made = planter.made

    def mass(row: Row) -> bool:
        return bool(row["_x"].mass) and row["_x"].role == "target" and row["_k"] == 1 and row[LONG] is not None

    def hot(row: Row) -> bool:
        return bool(row["_x"].mass) and row["_k"] > 0

    for number, row in enumerate(planter.choose("measurements", planter.times(3), mass, "patient", True)):
        small = {LONG: round(row[LONG] * 0.6), SHORT: round(row[SHORT] * 0.6)}
        orphan = planter.add("measurements", row, measurement_id=made.name("M"), **small)
        column = ("lesion_id", "scan_id", "patient_id")[number % 3]
        planted = ("L990101", "E990101", NOBODY.format(91))[number % 3]
        planter.edit("measurements", orphan, column, planted)
        planter.expect(
            planter.defect(), f"measurements.{column}.reference", "measurements", orphan["_key"], column, "", planted,
            f"added row, {tenths(small[LONG])} mm",
        )  # fmt: skip
    for row in planter.choose("uptake", planter.times(2), hot, "patient", True):
        orphan = planter.add("uptake", row, uptake_id=made.name("U"), krenning=0)
        planter.edit("uptake", orphan, "scan_id", "E990102")
        planter.expect(
            planter.defect(), "uptake.scan_id.reference", "uptake", orphan["_key"], "scan_id", "", "E990102",
            "added row",
        )  # fmt: skip
