"""What measures beyond RECIST need: an assessment long before the baseline, and densities of lesions on CT.

Both are added when everything else is drawn, spelt and spoilt, from a random stream of their own: no other record and
no planted defect moves. Patients with a defect in their course get no earlier assessment, since it would stand in for
a baseline that is in quarantine, or disagree with a reading that was spoilt.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from .planter import Planter
from .records import Row
from .source import source_column, tenths

SHARE_EARLIER = 0.9
"""Of the treated patients without a defect whose diagnosis is old enough."""
DAYS_BEFORE = (90, 365)
GROWTH = (0.016, 0.012)
"""Growth of diameters before the treatment, a month: mean and standard deviation over patients. As volume, about 5 %
a month, which is what untreated neuroendocrine tumours of GREPONET-2 did (Clin Cancer Res 2021;27:6692-6699)."""
LEAST, MOST = 0.72, 1.05
"""Limits of an earlier size as a share of that at baseline: beyond them it would be a change to look at again."""
SHARE_UNREAD = 0.15
"""Of the patients with several targets: one of them was not yet measured at the earlier assessment."""
SHARE_DENSITY, SHARE_LESIONS = 0.4, 0.9
"""Of the treated patients whose densities were measured, and of their targets."""
DENSITY = {"liver": 98, "lymph_node": 84}
OTHER_DENSITY = 90
"""Mean density in the portal venous phase, in Hounsfield units."""
COURSE = ("scans", "lesions", "measurements", "administrations", "patients")
LONG, SHORT = "longest_diameter_um", "short_axis_um"


def add(rng: np.random.Generator, planter: Planter) -> None:
    """Add earlier assessments and densities to the spelt records."""
    _earlier(rng, planter)
    _densities(rng, planter)


def _spoilt(planter: Planter) -> set[int]:
    """Return the places of patients with a defect in their course."""
    owner = {(t, r["_key"]): place for t in COURSE for place, rows in planter.of[t].items() for r in rows}
    places = {owner.get((m["table"], int(m["source_key"]))) for m in planter.manifest if m["table"] in COURSE}
    return planter.spoilt | planter.touched | {p for p in places if p is not None}


def _earlier(rng: np.random.Generator, planter: Planter) -> None:
    made, spoilt = planter.made, _spoilt(planter)
    for place, found in made.diseases.items():
        person = made.people[place]
        scans = {r["_k"]: r for r in planter.of["scans"][place] if not r["_pet"]}
        if place in spoilt or -1 in scans or 0 not in scans or person.mass == "unreadable":
            continue
        chance, ago = rng.random(), int(rng.integers(*DAYS_BEFORE))
        rate, left_out = rng.normal(*GROWTH), rng.random()
        day = scans[0]["scan_date"] - ago
        if chance >= SHARE_EARLIER or day <= person.diagnosis:
            continue
        at_baseline = [
            r for r in planter.of["measurements"][place]
            if r["_k"] == 0 and r["_x"].role == "target" and r["status"] == "measured" and r[LONG] and r[SHORT]
        ]  # fmt: skip
        if len(at_baseline) > 1 and left_out < SHARE_UNREAD:
            del at_baseline[int(rng.integers(len(at_baseline)))]
        if not at_baseline or not found.lesions:
            continue
        scan = planter.add("scans", scans[0], scan_id=made.name("E"), scan_date=day, assessment="ANT", _k=-1)
        for row in at_baseline:
            share = float(np.clip(np.exp(-rate * ago / 30.4375) * rng.normal(1, 0.015), LEAST, MOST))
            longest = max(round(row[LONG] * share), 1)
            # Readings are not copied: a size that did not change by a tenth is another one.
            longest -= longest == row[LONG]
            short = min(max(round(row[SHORT] * share * rng.normal(1, 0.01)), 1), longest)
            planter.add(
                "measurements", row, measurement_id=made.name("M"), scan_id=scan["scan_id"],
                longest_diameter_um=longest, short_axis_um=short, _k=-1,
            )  # fmt: skip


def _densities(rng: np.random.Generator, planter: Planter) -> None:
    """Write the density of targets on CT; copies of a reading have that of the reading."""
    column, name = source_column("measurements", "density_hu"), source_column("measurements", "measurement_id")
    texts = planter.texts.rows["measurements"]
    spelt: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for cells in texts.values():
        spelt[cells[name] or ""].append(cells)
    for place in planter.made.diseases:
        if rng.random() >= SHARE_DENSITY:
            continue
        # A fifth of the tumours lose density under the treatment, which comes out within a year.
        fall = float(rng.uniform(0.12, 0.3) if rng.random() < 0.2 else rng.normal(0, 0.03))
        for _, rows in sorted(_targets(planter, place).items()):
            base = float(np.clip(rng.normal(DENSITY.get(rows[0]["_x"].organ, OTHER_DENSITY), 13), 45, 160))
            measured = rng.random() < SHARE_LESIONS
            for row in rows:
                since = (planter.scan_of[row["scan_id"]]["scan_date"] - planter.made.people[place].origin) / 365
                share = 1 - fall * float(np.clip(since, 0, 1))
                value = round(10 * base * share * float(rng.normal(1, 0.02)))
                if measured and planter.scan_of[row["scan_id"]]["modality"] == "CT" and row["status"] == "measured":
                    for cells in spelt[row["measurement_id"]]:
                        cells[column] = tenths(value)


def _targets(planter: Planter, place: int) -> dict[str, list[Row]]:
    """Return the readings of each target of a patient in the order of their dates."""
    found: dict[str, list[Row]] = defaultdict(list)
    there = planter.texts.rows["measurements"]
    for row in planter.of["measurements"][place]:
        if row["_x"].role == "target" and row["scan_id"] in planter.scan_of and row["_key"] in there:
            found[row["lesion_id"]].append(row)
    for rows in found.values():
        rows.sort(key=lambda r: (planter.scan_of[r["scan_id"]]["scan_date"], r["measurement_id"]))
    return found
