"""Defects that only flag a row: implausible, but not impossible."""

from __future__ import annotations

import datetime

from .planter import Planter
from .records import Row
from .source import comma, french, iso

SPARE = ("adrenal", "spleen", "pancreas", "ovary", "lung")
"""Organs that further targets are put into."""


def plant(planter: Planter) -> None:
    """Plant every kind of warning."""
    _unknown_masses(planter)
    _courses(planter)
    _lesions(planter)
    _persons(planter)
    _others(planter)


def _unknown_masses(planter: Planter) -> None:
    """Write down the masses of which it is not known whether they are mesenteric: they exclude their patient."""
    for row in [r for r in planter.made.rows["lesions"] if r["mesenteric_mass"] is None]:
        planter.reserve("lesions", row, "course")
        planter.expect(
            planter.defect(), "lesions.compartment_unknown", "lesions", row["_key"], "mesenteric_mass", "O",
            planter.texts.cell("lesions", row, "mesenteric_mass"), severity="warning",
            note="excludes the patient as unknown",
        )  # fmt: skip


def _treated(planter: Planter, row: Row) -> bool:
    return planter.person(row).group == "treated"


def _last_cycle(planter: Planter, row: Row, least: int = 2) -> bool:
    """Return whether a row is the last of at least so many cycles of a treated patient."""
    mine = planter.of["administrations"][row["_p"]]
    return _treated(planter, row) and len(mine) >= least and row is mine[-1]


def _courses(planter: Planter) -> None:
    """Cycles and scans: intervals, numbers, activities, gaps."""
    rng, made = planter.rng, planter.made

    def late(row: Row) -> bool:
        plan = planter.person(row).plan
        ends = [x for x in (plan.death, plan.cut_day) if x is not None] if plan else []
        return _last_cycle(planter, row) and plan is not None and plan.cycles[-2] + 160 < min(ends)

    for number, row in enumerate(planter.choose("administrations", planter.times(5), late, "course")):
        before = planter.of["administrations"][row["_p"]][-2]["administration_date"]
        day = before + int(rng.integers(110, 150) if number % 2 else rng.integers(24, 40))
        planter.spoil("administrations.interval", "administrations", row, "administration_date", french(day), "warning")
    for row in planter.choose("administrations", planter.times(4), lambda r: _last_cycle(planter, r), "course"):
        planter.spoil(
            "administrations.cycle_numbering", "administrations", row, "cycle_number",
            str(row["cycle_number"] + 1), "warning",
        )  # fmt: skip
    for row in planter.choose("administrations", planter.times(3), lambda r: _last_cycle(planter, r), "course"):
        twin = planter.add(
            "administrations", row, administration_id=made.name("A"), cycle_number=row["cycle_number"] + 1,
            activity_gbq=round(row["activity_gbq"] - 0.1, 2) if row["activity_gbq"] > 7 else 7.2,
        )  # fmt: skip
        defect = planter.defect()
        for r in (row, twin):
            planter.expect(
                defect, "administrations.same_date", "administrations", r["_key"], "administration_date",
                planted=french(r["administration_date"]), severity="warning", note="" if r is twin else "pair",
            )  # fmt: skip
    for number, row in enumerate(
        planter.choose("administrations", planter.times(12), lambda r: _treated(planter, r), "patient")
    ):
        activity = (3.7, 5.5, 9.2, 8.4, 6.2)[number % 5]
        planter.spoil(
            "administrations.activity_deviation", "administrations", row, "activity_gbq", comma(activity), "warning"
        )
    _old_baselines(planter)
    _gaps(planter)
    thick = planter.choose(
        "scans", planter.times(8), lambda r: r["_k"] > 0 and not r["_pet"] and _treated(planter, r), "patient"
    )
    for row in thick:
        width = comma(float(rng.choice([6, 7.5, 8, 10])))
        planter.spoil("scans.slice_thick", "scans", row, "slice_thickness_mm", width, "warning")


def _old_baselines(planter: Planter) -> None:
    """Move the scans of a baseline so far back that growth before the treatment counts as growth under it."""
    limit = planter.made.settings.baseline_before

    def fits(row: Row) -> bool:
        mine = planter.of["scans"][row["_p"]]
        early = planter.person(row).origin - limit - 80 > planter.person(row).diagnosis
        return (
            row["_k"] == 0 and not row["_pet"] and early and _treated(planter, row) and min(r["_k"] for r in mine) == 0
        )

    for row in planter.choose("scans", planter.times(4), fits, "course"):
        day = planter.person(row).origin - limit - int(planter.rng.integers(4, 60))
        planter.spoil("scans.baseline_too_old", "scans", row, "scan_date", iso(day), "warning")
        for other in planter.of["scans"][row["_p"]]:
            if other["_k"] == 0 and other["_pet"]:
                planter.edit("scans", other, "scan_date", iso(day - 6))


def _gaps(planter: Planter) -> None:
    """Take one assessment out, so that the next one comes after more than the longest gap allowed."""
    limit = planter.made.settings.max_gap

    def fits(row: Row) -> bool:
        if row["_k"] < 2 or row["_pet"] or not _treated(planter, row):
            return False
        mine = planter.of["scans"][row["_p"]]
        at = {r["_k"]: r for r in mine if not r["_pet"]}
        start = max(at[row["_k"] - 2]["scan_date"], planter.person(row).origin)
        # The gap's last scan must not have another one beside it, on which the same would be found.
        if row["scan_date"] - start <= limit + 30:
            return False
        if any(r["_pet"] and abs(r["_k"] - row["_k"]) < 2 for r in mine):
            return False
        read = [r for r in planter.of["measurements"][row["_p"]] if r["_k"] == row["_k"] - 1]
        return all(planter.removable(r) for r in read)

    for row in planter.choose("scans", planter.times(4), fits, "course"):
        place, k = row["_p"], row["_k"] - 1
        gone = [r for r in planter.of["scans"][place] if r["_k"] == k]
        names = {r["scan_id"] for r in gone}
        for table in ("measurements", "uptake"):
            planter.drop(table, [r for r in planter.of[table][place] if r["scan_id"] in names])
        planter.drop("scans", gone)
        planter.expect(
            planter.defect(), "scans.gap", "scans", row["_key"], "scan_date", planted=iso(row["scan_date"]),
            severity="warning", note="the scan before was taken out",
        )  # fmt: skip


def _targets(planter: Planter, row: Row) -> list[Row]:
    return [r for r in planter.of["lesions"][row["_p"]] if r["role"] == "target" and not r["mesenteric_mass"]]


def _few_targets(planter: Planter, row: Row) -> bool:
    """Return whether a row is a target of a treated patient with room for further ones in spare organs."""
    organs = [r["organ"] for r in _targets(planter, row)]
    spare = all(organ not in SPARE for organ in organs)
    return _treated(planter, row) and row["role"] == "target" and 1 <= len(organs) <= 3 and spare


def _lesions(planter: Planter) -> None:
    """Targets that should be none, too many of them, and lesions that no compartment takes."""

    def few(row: Row) -> bool:
        return _few_targets(planter, row)

    def livers(row: Row) -> bool:
        return few(row) and sum(r["organ"] == "liver" for r in _targets(planter, row)) == 2

    def minor(row: Row) -> bool:
        return _treated(planter, row) and row["role"] == "nontarget" and row["mesenteric_mass"] is False

    limit, organ_limit = planter.made.settings.max_targets, planter.made.settings.max_organ_targets
    for row in planter.choose("lesions", planter.times(2), few, "course"):
        for place in range(limit + 1 - len(_targets(planter, row))):
            size, organ = 160 + 15 * place, SPARE[place % len(SPARE)]
            planter.add_lesion(row["_p"], "target", organ, organ, (size, size - 40))
        _group(planter, "lesions.too_many_targets", _targets(planter, row))
    for row in planter.choose("lesions", planter.times(3), livers, "course"):
        for _ in range(organ_limit - 1):
            planter.add_lesion(row["_p"], "target", "liver", "liver", (174, 141))
        crowd = [r for r in _targets(planter, row) if r["organ"] == "liver"]
        _group(planter, "lesions.too_many_targets_per_organ", crowd)
    _unmeasurable(planter)
    for row in planter.choose("lesions", planter.times(4), minor, "course"):
        planter.spoil("lesions.compartment_unknown", "lesions", row, "mesenteric_mass", "9", "warning")


def _unmeasurable(planter: Planter) -> None:
    """Targets that were too small, treated before, or not measured at baseline."""

    def few(row: Row) -> bool:
        return _few_targets(planter, row)

    def liver(row: Row) -> bool:
        return few(row) and row["organ"] == "liver"

    def followed(row: Row) -> bool:
        return few(row) and len(planter.person(row).course.scans) > 1

    for number, row in enumerate(planter.choose("lesions", planter.times(4), few, "course")):
        if number % 2 or any(r["nodal"] for r in _targets(planter, row)):
            small = planter.add_lesion(row["_p"], "target", "lung", "lung", (82, 70))
        else:
            small = planter.add_lesion(row["_p"], "target", "pelvis", "lymph_node", (171, 118), nodal=True)
        planter.expect(
            planter.defect(), "lesions.target_not_measurable", "lesions", small["_key"], "role", planted="C",
            severity="warning", note="too small at baseline",
        )  # fmt: skip
    for row in planter.choose("lesions", planter.times(3), liver, "course"):
        planter.spoil(
            "lesions.target_not_measurable", "lesions", row, "prior_local_therapy", "O", "warning",
            "treated locally before",
        )  # fmt: skip
    for row in planter.choose("lesions", planter.times(4), followed, "course"):
        late = planter.add_lesion(row["_p"], "target", "lung", "lung", (153, 120), first=1)
        planter.expect(
            planter.defect(), "lesions.target_without_baseline", "lesions", late["_key"], "role", planted="C",
            severity="warning",
        )  # fmt: skip


def _group(planter: Planter, rule: str, rows: list[Row]) -> None:
    """Expect a finding for each lesion of a group that is too large."""
    defect = planter.defect()
    for row in rows:
        added = row is rows[-1]
        planter.expect(
            defect, rule, "lesions", row["_key"], "role", planted="C", severity="warning", note="" if added else "group"
        )


def _persons(planter: Planter) -> None:
    """Ages and grades that do not fit."""
    rng = planter.rng

    def late_enough(row: Row) -> bool:
        # So that even the oldest were not born before 1900, which is refused for another reason.
        return row["diagnosis_date"] >= datetime.date(2005, 1, 1).toordinal()

    for number, row in enumerate(planter.choose("patients", planter.times(6), late_enough)):
        # Born on the first of July, so that the year alone decides.
        age = int(rng.integers(97, 104) if number % 2 else rng.integers(4, 16))
        year = int(iso(row["diagnosis_date"])[:4]) - age
        planter.spoil("patients.age_at_diagnosis", "patients", row, "birth_year", f"{year}-07-01", "warning")
    graded = planter.choose("patients", planter.times(10), lambda r: r["grade"] in ("G1", "G2", "G3"))
    for row in graded:
        planted = {"G1": "12", "G2": "1", "G3": "8"}[row["grade"]]
        planter.spoil("patients.grade_ki67_mismatch", "patients", row, "ki67_percent", planted, "warning")


def _others(planter: Planter) -> None:
    """Tracers that changed, and symptoms without a baseline."""

    def later(row: Row) -> bool:
        return row["_k"] > 0 and _treated(planter, row) and row["_p"] not in planter.spoilt

    for row in planter.choose("uptake", planter.times(4), later, "patient"):
        place, defect = row["_p"], planter.defect()
        planter.spoilt.add(place)
        other = "68Ga-DOTATATE" if row["tracer"] != "68Ga-DOTATATE" else "68Ga-DOTANOC"
        for r in planter.of["uptake"][place]:
            if r["scan_id"] == row["scan_id"]:
                original = planter.edit("uptake", r, "tracer", other)
                planter.used.add(("uptake", r["_key"]))
                planter.expect(
                    defect, "uptake.tracer_changed", "uptake", r["_key"], "tracer", original, other,
                    "" if r is row else "same scan", "warning",
                )  # fmt: skip

    def visit(row: Row) -> bool:
        return _treated(planter, row) and row["symptom_date"] > planter.person(row).origin

    for row in planter.choose("symptoms", planter.times(6), visit, "course"):
        planter.used.add(("symptoms/patient", row["_p"]))
        asked = planter.add(
            "symptoms", row, symptom_id=planter.made.name("S"), term="fatigue", ctcae_grade=1, mesenteric=None
        )
        planter.expect(
            planter.defect(), "symptoms.improved_without_baseline", "symptoms", asked["_key"], "term", planted="ASTH",
            severity="info",
        )  # fmt: skip
