"""What defects of cycles do to day 0: a consequence, expected once all of them are planted."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from .planter import CASCADE, Planter
from .source import PRODUCTS, Text, source_column

STUDIED = "177Lu-DOTATATE"


def expect(planter: Planter) -> None:
    """Expect a doubtful day 0 of each patient of whom a cycle that is kept out may have been the first."""
    defect_of = {
        table: {
            int(m["source_key"]): m["defect_id"]
            for m in planter.manifest
            if m["table"] == table and m["severity"] == "error" and not m["note"].startswith("exact copy")
        }
        for table in ("administrations", "patients")
    }
    copies = {int(m["source_key"]) for m in planter.manifest if m["note"].startswith("exact copy")}
    product, date = (source_column("administrations", c) for c in ("product", "administration_date"))
    cycles: dict[Text, list[tuple[int, int | None]]] = defaultdict(list)
    for key, cells in planter.texts.rows["administrations"].items():
        known = cells[product] in PRODUCTS.values()
        if cells[product] == PRODUCTS[STUDIED] or (key in defect_of["administrations"] and not known):
            day = _day(cells[date])
            if day is None or day <= planter.cut:
                cycles[cells[source_column("administrations", "patient_id")]].append((key, day))
    name = source_column("patients", "patient_id")
    for key, cells in planter.texts.rows["patients"].items():
        if key in defect_of["patients"] or key in copies:
            continue
        mine = cycles[cells[name]]
        kept = [day for k, day in mine if k not in defect_of["administrations"] and day is not None]
        lost = [(k, day) for k, day in mine if k in defect_of["administrations"]]
        early = [k for k, day in lost if day is None or not kept or day < min(kept)]
        if early:
            defect = defect_of["administrations"][early[0]]
            planter.expect(
                defect, "patients.day_0_doubtful", "patients", key, "patient_id", note=CASCADE, severity="warning"
            )


def _day(text: Text) -> int | None:
    """Return the day that a cell of a cycle's date is read as; None where it cannot be read."""
    try:
        return datetime.strptime((text or "").strip(), "%d/%m/%Y").toordinal()
    except ValueError:
        return None
