"""Defects that are clinically impossible: such a row must not be analysed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .planter import CASCADE, KEYS, Planter
from .records import Row
from .source import french, iso, tenths

LONG, SHORT = "longest_diameter_um", "short_axis_um"
OTHERWISE = {"SD": "PR", "PR": "SD", "PD": "SD", "NON-CR/NON-PD": "PD", "NE": "SD", "CR": "PR"}


def plant(planter: Planter) -> None:
    """Plant every kind of clinical error in patients who are not included."""
    _after_death(planter)
    _orders(planter)
    _readings(planter)
    _new_at_baseline(planter)
    _grades(planter)


def dead(planter: Planter, row: Row) -> bool:
    """Return whether a row's patient is known to be dead early enough for a record after it."""
    day = planter.death(row)
    return day is not None and day + 40 < planter.cut


def added(planter: Planter, rule: str, table: str, like: Row, column: str, planted: str, **values: Any) -> Row:
    """Add a row that breaks a rule, and expect the finding."""
    row = planter.add(table, like, **values)
    planter.expect(planter.defect(), rule, table, row["_key"], column, "", planted, "added row")
    return row


def scan_after_death(planter: Planter, like: Row, read: list[Row], factor: float) -> None:
    """Add a scan after death, on which some lesions are read as `factor` times what they were last."""
    made = planter.made
    day = (planter.death(like) or 0) + int(planter.rng.integers(5, 40))
    scan = added(
        planter, "scans.after_death", "scans", like, "scan_date", iso(day), scan_id=made.name("E"), scan_date=day,
        assessment=None, _k=99, _pet=False,
    )  # fmt: skip
    defect = planter.manifest[-1]["defect_id"]
    for row in read:
        sizes = {c: None if row[c] is None else round(row[c] * factor) for c in (LONG, SHORT)}
        reading = planter.add(
            "measurements", row, measurement_id=made.name("M"), scan_id=scan["scan_id"], _k=99, **sizes
        )
        planter.expect(
            defect, "measurements.scan_id.reference", "measurements", reading["_key"], "scan_id", note=CASCADE
        )


def _after_death(planter: Planter) -> None:
    made, rng = planter.made, planter.rng

    def fits(row: Row) -> bool:
        return planter.person(row).group == "treated" and dead(planter, row)

    for number, row in enumerate(
        planter.choose("scans", planter.times(5), lambda r: fits(r) and not r["_pet"], "course")
    ):
        last = [r for r in planter.of["measurements"][row["_p"]] if r["scan_id"] == row["scan_id"]]
        scan_after_death(planter, row, last if number % 2 else [], 0.97)
    for table, column, name, spelt in (
        ("administrations", "administration_date", "A", french),
        ("symptoms", "symptom_date", "S", iso),
        ("adverse_events", "start_date", "I", french),
        ("therapies", "start_date", "T", iso),
    ):
        group = "course" if table == "administrations" else "patient"
        for row in planter.choose(table, planter.times(4), fits, group):
            day = (planter.death(row) or 0) + int(rng.integers(3, 40))
            values: dict[str, Any] = {KEYS[table]: made.name(name), column: day}
            if "end_date" in row:
                values["end_date"] = None
            if table == "administrations":
                values["cycle_number"] = len(planter.of[table][row["_p"]]) + 1
            added(planter, f"{table}.after_death", table, row, column, spelt(day), **values)
    for row in planter.choose("follow_up", planter.times(5), lambda r: dead(planter, r), "patient"):
        alive_after_death(planter, row)


def alive_after_death(planter: Planter, row: Row) -> None:
    """Add news of a living patient after the recorded death."""
    day = (planter.death(row) or 0) + int(planter.rng.integers(10, 40))
    added(
        planter, "follow_up.alive_after_death", "follow_up", row, "follow_up_date", french(day),
        follow_up_id=planter.made.name("N"), follow_up_date=day, vital_status="alive", cause_of_death=None,
    )  # fmt: skip


def before_diagnosis(planter: Planter, row: Row) -> None:
    """Add a cycle whose year was mistaken, so that it lies before the diagnosis; analysed, it would be day 0."""
    planter.used.add(("patients", planter.of["patients"][row["_p"]][0]["_key"]))
    day = planter.person(row).diagnosis - int(planter.rng.integers(20, 700))
    added(
        planter, "administrations.before_diagnosis", "administrations", row, "administration_date", french(day),
        administration_id=planter.made.name("A"), administration_date=day,
    )  # fmt: skip


def dated(planter: Planter, row: Row) -> bool:
    """Return whether the patient's own record has no defect, so that the diagnosis has its date."""
    return ("patients", planter.of["patients"][row["_p"]][0]["_key"]) not in planter.used


def _orders(planter: Planter) -> None:
    """Dates in an impossible order."""
    rng, made = planter.rng, planter.made

    def treated(row: Row) -> bool:
        return planter.person(row).group == "treated"

    for row in planter.choose(
        "administrations", planter.times(3), lambda r: treated(r) and dated(planter, r), "course"
    ):
        before_diagnosis(planter, row)

    def second(row: Row) -> bool:
        mine = planter.of["administrations"][row["_p"]]
        return (
            treated(row)
            and dated(planter, row)
            and len(mine) > 2
            and row is mine[0]
            and min(r["_k"] for r in planter.of["scans"][row["_p"]]) == 0
        )

    for row in planter.choose("administrations", planter.times(2), second, "course"):
        # The diagnosis was entered too late: between the first cycle and the second.
        defect, patient = planter.defect(), planter.of["patients"][row["_p"]][0]
        planted = iso(row["administration_date"] + int(rng.integers(3, 40)))
        original = planter.edit("patients", patient, "diagnosis_date", planted)
        planter.used.add(("patients", patient["_key"]))
        planter.expect(
            defect, "administrations.before_diagnosis", "administrations", row["_key"], "administration_date", original,
            planted, "date of diagnosis changed",
        )  # fmt: skip

    def begun(row: Row) -> bool:
        return row["end_date"] is not None and treated(row)

    for table, spelt in (("adverse_events", french), ("therapies", iso)):
        for row in planter.choose(table, planter.times(4), begun):
            day = row["start_date"] - int(rng.integers(5, 300))
            planter.spoil(f"{table}.end_before_start", table, row, "end_date", spelt(day))
    for row in planter.choose("therapies", planter.times(1), treated):
        start = planter.person(row).origin + 40
        if start <= planter.cut:
            added(
                planter, "therapies.end_before_start", "therapies", row, "end_date", iso(start - 90),
                therapy_id=made.name("T"), type="everolimus", start_date=start, end_date=start - 90,
            )  # fmt: skip


def _spoilable(planter: Planter, sized: bool = True) -> Callable[[Row], bool]:
    """Return a test for a reading after baseline that can be taken out."""

    def fits(row: Row) -> bool:
        if planter.person(row).group != "treated" or (row[LONG] is None) == sized:
            return False
        return planter.removable(row)

    return fits


def swapped(planter: Planter, row: Row) -> None:
    """Exchange the two diameters of a reading."""
    original = planter.edit("measurements", row, LONG, tenths(row[SHORT]))
    planter.edit("measurements", row, SHORT, tenths(row[LONG]))
    planter.expect(
        planter.defect(), "measurements.short_exceeds_long", "measurements", row["_key"], LONG, original,
        tenths(row[SHORT]), "axes exchanged",
    )  # fmt: skip


def unmeasured(planter: Planter, row: Row) -> None:
    """Take both diameters out of a reading that says measured."""
    original = planter.edit("measurements", row, LONG, None)
    planter.edit("measurements", row, SHORT, None)
    planter.expect(planter.defect(), "measurements.measured_without_size", "measurements", row["_key"], LONG, original)


def read_twice(planter: Planter, row: Row, factor: float) -> None:
    """Add another reading of the same lesion on the same scan, with another size: neither can be believed."""
    sizes = {c: round(row[c] * factor) for c in (LONG, SHORT)}
    twin = planter.add("measurements", row, measurement_id=planter.made.name("M"), **sizes)
    defect = planter.defect()
    for r, note in ((twin, "added row"), (row, "pair")):
        planter.expect(
            defect,
            "measurements.duplicate_reading",
            "measurements",
            r["_key"],
            LONG,
            planted=tenths(r[LONG]),
            note=note,
        )


def elsewhere(planter: Planter, table: str, row: Row) -> None:
    """Give a reading to another treated patient than its lesion's."""
    other = planter.choose("lesions", 1, lambda r: planter.person(r).group == "treated" and r["_p"] != row["_p"])
    if other:
        planter.spoil(f"{table}.other_patient", table, row, "patient_id", planter.person(other[0]).dossier)


def _readings(planter: Planter) -> None:
    """Readings that contradict themselves or their lesion."""
    rng = planter.rng
    whole = _spoilable(planter)

    def uneven(row: Row) -> bool:
        return whole(row) and row[SHORT] < row[LONG]

    def old(row: Row) -> bool:
        # A new lesion of another patient could lie before that patient's day 0: one finding too many.
        return whole(row) and row["_x"].role != "new"

    def later(row: Row) -> bool:
        return planter.person(row).group == "treated" and row["_k"] > 0

    for row in planter.choose("measurements", planter.times(6), uneven, "lesion"):
        swapped(planter, row)
    for number, row in enumerate(planter.choose("measurements", planter.times(5), _spoilable(planter), "lesion")):
        planted = "A" if number % 2 else "NE"
        planter.spoil("measurements.status_with_size", "measurements", row, "status", planted)
    for row in planter.choose("measurements", planter.times(5), _spoilable(planter), "lesion"):
        unmeasured(planter, row)
    for row in planter.choose("measurements", planter.times(5), _spoilable(planter), "lesion"):
        read_twice(planter, row, float(rng.uniform(1.08, 1.3)))
    for row in planter.choose("measurements", planter.times(4), old, "lesion"):
        elsewhere(planter, "measurements", row)
    for row in planter.choose("uptake", planter.times(4), later, "lesion"):
        elsewhere(planter, "uptake", row)


def new_at_baseline(planter: Planter, lesion: Row, scan: Row) -> None:
    """Add a reading of a new lesion on the baseline scan."""
    first = planter.readings[lesion["lesion_id"]][0]
    added(
        planter, "measurements.new_lesion_at_baseline", "measurements", first, "scan_id", scan["scan_id"],
        measurement_id=planter.made.name("M"), scan_id=scan["scan_id"], _k=0,
    )  # fmt: skip


def _new_at_baseline(planter: Planter) -> None:
    def fits(row: Row) -> bool:
        read = planter.readings[row["lesion_id"]]
        return (
            planter.person(row).group == "treated"
            and row["role"] == "new"
            and bool(read)
            and planter.known("measurements", read[0])
        )

    for row in planter.choose("lesions", planter.times(4), fits, "course"):
        scan = next(r for r in planter.of["scans"][row["_p"]] if r["_k"] == 0 and not r["_pet"])
        new_at_baseline(planter, row, scan)


def impossible_pain(planter: Planter, row: Row, day: int) -> None:
    """Add an abdominal pain of a grade that pain does not have; analysed, it would be a complication."""
    grade = int(planter.rng.integers(4, 6))
    added(
        planter, "adverse_events.grade_impossible", "adverse_events", row, "ctcae_grade", str(grade),
        adverse_event_id=planter.made.name("I"), term="abdominal_pain", category="gastrointestinal", start_date=day,
        end_date=None, ctcae_grade=grade, mesenteric=True,
    )  # fmt: skip


def _grades(planter: Planter) -> None:
    for row in planter.choose("adverse_events", planter.times(4), lambda r: planter.person(r).group == "treated"):
        impossible_pain(planter, row, row["start_date"])


def contradictions(planter: Planter) -> None:
    """Change some recorded responses of included patients, the only ones whose responses are computed."""
    rows = planter.choose("responses", 10, lambda r: r["kind"] == "overall", included=True)
    for row in rows:
        planter.spoil(
            "responses.contradicts_measurements", "responses", row, "response", OTHERWISE[row["response"]], "warning"
        )
