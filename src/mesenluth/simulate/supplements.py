"""What the clean records hold besides the courses: markers, causes of symptoms, PERCIST's SUL, categories of centres.

All of it is drawn from a stream of its own, after everything else: it moves no course, reading or defect.
"""

from __future__ import annotations

import numpy as np

from .plan import chosen
from .records import Records, Row

MARKERS = {
    "chromogranin_a": ("cga_xuln", (102, 94, 85), "ng/mL", "serum"),
    "5_hiaa": ("hiaa_xuln", (50, 47, 45), "umol/24h", "urine"),
}
"""Marker -> the patient's multiple at baseline, upper limits of laboratories, unit, and what it is measured in."""
SYNDROME = ("diarrhoea", "flushing")
OTHER_CAUSES = {"diarrhoea": {"somatostatin_analogue": 2, "bile_acid": 2, "unknown": 3}}
"""Causes of symptoms that neither the mass nor the syndrome gives, and how often; of every other symptom `UNKNOWN`."""
UNKNOWN = {"unknown": 1}
MOST_BLOATING = 2
"""CTCAE v5.0 has no higher grade of bloating."""


def supplement(rng: np.random.Generator, made: Records) -> None:
    """Draw markers, causes, SUL and categories for the treated patients."""
    by_patient: dict[str, dict[int, list[Row]]] = {"symptoms": {}, "uptake": {}}
    for table, rows in by_patient.items():
        for row in made.rows[table]:
            rows.setdefault(row["_p"], []).append(row)
    for place in sorted(made.diseases):
        _markers(rng, made, place)
        _causes(rng, by_patient["symptoms"].get(place, []))
        _percist(rng, by_patient["uptake"].get(place, []))


def _markers(rng: np.random.Generator, made: Records, place: int) -> None:
    """Add each marker known at baseline, then before most assessments."""
    person = made.people[place]
    plan = person.course
    laboratory = int(rng.integers(0, 3))
    for marker, (column, limits, unit, specimen) in MARKERS.items():
        multiple = person.values.get(column)
        if multiple is None:
            continue
        days = [-int(rng.integers(1, 25)), *(day - int(rng.integers(0, 21)) for day in plan.scans)]
        for number, day in enumerate(days):
            if number and rng.random() < 0.25:
                continue
            if number:
                multiple = multiple * float(rng.uniform(0.75, 1.25))
            made.add(
                "markers", place, marker_id=made.name("K"), marker_date=plan.origin + day, marker=marker,
                value=round(max(multiple, 0.1) * limits[laboratory], 1), upper_limit=float(limits[laboratory]),
                measured_in=unit, specimen=specimen if rng.random() < 0.8 else None,
            )  # fmt: skip


def _causes(rng: np.random.Generator, rows: list[Row]) -> None:
    """Tag symptoms with their cause, and keep bloating within its grades: all of a patient's a grade lower."""
    high = [r for r in rows if r["term"] == "bloating" and r["ctcae_grade"] > MOST_BLOATING]
    if high:
        for row in rows:
            if row["term"] == "bloating":
                row["ctcae_grade"] = max(0, row["ctcae_grade"] - 1)
    causes: dict[str, str] = {}
    for row in rows:
        if not row["ctcae_grade"]:
            continue
        term = row["term"]
        if term not in causes:
            if row["mesenteric"]:
                causes[term] = "mechanical"
            elif term in SYNDROME and rng.random() < 0.8:
                causes[term] = "carcinoid_syndrome"
            else:
                causes[term] = chosen(rng, OTHER_CAUSES.get(term, UNKNOWN))
        row["cause"] = causes[term] if rng.random() < 0.85 else None


def _percist(rng: np.random.Generator, rows: list[Row]) -> None:
    """Give PET readings SUL, and one centre in three a category of its own for the later ones."""
    lean, recorded = float(rng.uniform(0.62, 0.82)), bool(rng.random() < 0.33)
    first: dict[str, int] = {}
    for row in rows:
        if row["suvmax"] is not None:
            row["sulpeak"] = round(row["suvmax"] * lean * float(rng.uniform(0.8, 0.88)), 2)
            row["liver_sulmean"] = round(row["liver_suvmean"] * lean, 2)
        if row["_k"] == 0:
            first[row["lesion_id"]] = row["krenning"]
        elif recorded:
            fell = row["krenning"] < first.get(row["lesion_id"], row["krenning"])
            row["category"] = ("CMR" if row["krenning"] == 0 else "PMR") if fell else "SMD"
