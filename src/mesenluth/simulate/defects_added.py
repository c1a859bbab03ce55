"""Recorded clinical assessments, and defects of the markers, causes, SUL values and categories.

Drawn last and from a stream of their own, so that the other defects stay where they are.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from .defects_clinical import added, dead
from .defects_contract import NOBODY, exact_copy
from .planter import Planter
from .records import Row
from .source import comma, iso

CELLS: tuple[tuple[str, str, str, tuple[str, ...], int], ...] = (
    ("markers", "marker_date", "readable", ("2019-02-30", "03/2018"), 3),
    ("markers", "marker_date", "required", ("",), 2),
    ("markers", "marker", "readable", ("PSA", "?"), 3),
    ("markers", "marker", "required", ("",), 2),
    ("markers", "value", "readable", (">1000", "240.5", "normal"), 4),
    ("markers", "value", "range", ("-40",), 3),
    ("markers", "value", "required", ("",), 3),
    ("markers", "upper_limit", "readable", ("<102",), 2),
    ("markers", "upper_limit", "range", ("0",), 2),
    ("markers", "specimen", "readable", ("LCR",), 2),
    ("markers", "patient_id", "required", ("",), 2),
    ("markers", "patient_id", "reference", (NOBODY.format(201), NOBODY.format(202)), 3),
    ("uptake", "sulpeak", "readable", ("n.c.", "6.2"), 3),
    ("uptake", "sulpeak", "range", ("410",), 2),
    ("uptake", "liver_sulmean", "range", ("150",), 2),
    ("uptake", "category", "allowed", ("RP", "réponse"), 3),
    ("symptoms", "cause", "readable", ("?",), 3),
)
"""Table, column, kind of rule, what is written into the cell ("" for nothing), and how often."""
PLACES = {"markers": "row", "uptake": "lesion", "symptoms": "patient"}
"""What is kept free around a spoilt cell of each table."""
RECIST = ("overall", "target", "nontarget")


def plant(planter: Planter, rng: np.random.Generator) -> None:
    """Add the clinical assessments, then every kind of defect of what `supplements` drew."""
    assessments(planter, rng)
    _cells(planter)
    for row in planter.choose("markers", planter.times(2), lambda r: _treated(planter, r)):
        _twin(planter, row)
    for row in planter.choose("markers", planter.times(3), lambda r: _treated(planter, r)):
        exact_copy(planter, "markers", row)
    for row in planter.choose(
        "markers", planter.times(4), lambda r: _treated(planter, r) and dead(planter, r), "patient"
    ):
        day = (planter.death(row) or 0) + int(rng.integers(3, 40))
        added(
            planter, "markers.after_death", "markers", row, "marker_date", iso(day),
            marker_id=planter.made.name("K"), marker_date=day,
        )  # fmt: skip
    for row in planter.choose("markers", planter.times(12), lambda r: _treated(planter, r)):
        planter.spoil("markers.no_upper_limit", "markers", row, "upper_limit", None, "warning")
    for row in planter.choose("symptoms", max(3, planter.times(4)), lambda r: _of_the_mass(planter, r), "patient"):
        planter.spoil("symptoms.cause_contradicts_attribution", "symptoms", row, "cause", "SC", "warning")
    _modalities(planter)
    _grades(planter)
    for row in planter.choose("responses", max(3, planter.times(4)), lambda r: r["kind"] in RECIST):
        planter.spoil("responses.value_of_another_kind", "responses", row, "response", "IMPROVED")


def _treated(planter: Planter, row: Row) -> bool:
    return planter.person(row).group == "treated"


def _of_the_mass(planter: Planter, row: Row) -> bool:
    """Return whether a later symptom is laid to the mass; what counts at baseline stays as it was drawn."""
    later = row["symptom_date"] > planter.person(row).origin
    return _treated(planter, row) and bool(row["mesenteric"]) and row.get("cause") is not None and later


def assessments(planter: Planter, rng: np.random.Generator) -> None:
    """Add the investigators' global assessments of symptoms of the mass, each as the grades of its day say.

    Patients with a spoilt symptom are left out: what their grades say is not what was drawn.
    """
    planter.rng = rng
    made, settings = planter.made, planter.made.settings
    spoilt = {r["_p"] for r in made.rows["symptoms"] if ("symptoms", r["_key"]) in planter.used}
    for place, rows in sorted(planter.of["symptoms"].items()):
        mine = [r for r in rows if r["mesenteric"] and r["term"] in settings.clinical_terms]
        free = place not in spoilt and not {("symptoms/patient", place), ("whole", place)} & planter.used
        if not mine or not free or planter.rng.random() < 0.3:
            continue
        zero = made.people[place].origin
        before = {r["term"]: r["ctcae_grade"] for r in mine if r["symptom_date"] <= zero}
        visits: dict[int, list[int]] = defaultdict(list)
        for r in mine:
            if r["symptom_date"] > zero:
                was, now = before.get(r["term"], 0), r["ctcae_grade"]
                enough = was > 0 and (now == 0 or was - now >= settings.clinical_grades)
                visits[r["symptom_date"]].append(1 if enough else -1 if now > was else 0)
        for day, moves in sorted(visits.items()):
            better, worse = 1 in moves, -1 in moves
            value = "UNCHANGED" if better == worse else "IMPROVED" if better else "WORSENED"
            row = planter.add(
                "responses", {"_p": place}, response_id=made.name("R"), response_date=day, assessment=None,
                kind="clinical", response=value, _k=-1,
            )  # fmt: skip
            made.rows["responses"].append(row)


def _cells(planter: Planter) -> None:
    for table, column, kind, texts, number in CELLS:

        def spoilable(row: Row, table: str = table, column: str = column) -> bool:
            if not _treated(planter, row) or (column != "patient_id" and row.get(column) is None):
                return False
            if table == "symptoms":
                return row["symptom_date"] > planter.person(row).origin
            return table == "markers" or row["_k"] > 0

        for place, row in enumerate(planter.choose(table, planter.times(number), spoilable, PLACES[table])):
            planted = texts[place % len(texts)]
            planter.spoil(f"{table}.{column}.{kind}", table, row, column, None if planted == "" else planted)


def _twin(planter: Planter, row: Row) -> None:
    """Enter a marker twice under one name, with another value: neither can be believed."""
    key, defect = planter.copy("markers", row), planter.defect()
    planted = comma(round(row["value"] + 7, 1))
    original = planter.texts.rows["markers"][row["_key"]]["valeur"]
    planter.texts.rows["markers"][key]["valeur"] = planted
    for k, note in ((key, "added row"), (row["_key"], "pair")):
        planter.expect(
            defect, "markers.key.unique", "markers", k, "marker_id", original, planted, f"contradictory copy, {note}"
        )


def _modalities(planter: Planter) -> None:
    """Enter a later PET as a scintigraphy: its scores cannot be compared with those at baseline."""

    def pet(row: Row) -> bool:
        mine = planter.of["uptake"][row["_p"]]
        read = [r for r in mine if r["scan_id"] == row["scan_id"]]
        clean = not any(("uptake", r["_key"]) in planter.used for r in mine)
        return (
            _treated(planter, row)
            and row["_pet"]
            and row["_k"] > 0
            and row["modality"] == "PET-CT"
            and bool(read)
            and clean
        )

    for row in planter.choose("scans", max(2, planter.times(4)), pet, "course"):
        defect = planter.defect()
        planter.edit("scans", row, "modality", "SCINTI")
        for r in planter.of["uptake"][row["_p"]]:
            if r["scan_id"] == row["scan_id"]:
                planter.used.add(("uptake", r["_key"]))
                planter.expect(
                    defect, "uptake.modality_changed", "uptake", r["_key"], "scan_id",
                    note="modality of the scan: TEP, entered as SCINTI", severity="warning",
                )  # fmt: skip


def _grades(planter: Planter) -> None:
    """Symptoms of a grade that they do not have."""

    def painful(row: Row) -> bool:
        later = row["symptom_date"] > planter.person(row).origin
        return _treated(planter, row) and row["term"] in ("abdominal_pain", "postprandial_pain", "nausea") and later

    for row in planter.choose("symptoms", max(3, planter.times(4)), painful, "patient"):
        planter.spoil("symptoms.grade_impossible", "symptoms", row, "ctcae_grade", "4")
