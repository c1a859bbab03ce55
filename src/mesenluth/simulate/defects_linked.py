"""Defects of two records that belong together: links that lead nowhere, two answers for one day.

They are planted last, so that what was there before them is drawn as it always was.
"""

from __future__ import annotations

from .planter import KEYS, Planter
from .records import Row

NOWHERE = "L9903{:02d}"
THICK_MM = 5


def plant(planter: Planter) -> None:
    """Plant them in patients who are not included."""
    for column in ("split_from", "merged_into"):
        for number, row in enumerate(planter.choose("lesions", planter.times(5), lambda r: _minor(planter, r))):
            rule = f"lesions.{column}_elsewhere"
            planter.spoil(rule, "lesions", row, column, NOWHERE.format(number), "warning")
    for row in planter.choose("measurements", planter.times(5), lambda r: _seen(planter, r), "lesion"):
        scan = planter.add("scans", planter.scan_of[row["scan_id"]], scan_id=planter.made.name("E"))
        _beside(planter, "measurements", row, "status", scan_id=scan["scan_id"], status="equivocal")
    for row in planter.choose("responses", planter.times(5), lambda r: _stable(planter, r), "patient"):
        _beside(planter, "responses", row, "response", response="PD")


def _beside(planter: Planter, table: str, row: Row, column: str, **values: str) -> None:
    """Add a row for the same day that says something else, and expect that both are flagged."""
    name = planter.made.name(row[KEYS[table]][0])
    other = planter.add(table, row, **{KEYS[table]: name}, **values)
    defect = planter.defect()
    for one, note in ((other, "added row"), (row, "pair")):
        text = planter.texts.cell(table, one, column)
        planter.expect(
            defect, f"{table}.same_day", table, one["_key"], column, planted=text, note=note, severity="warning"
        )


def _minor(planter: Planter, row: Row) -> bool:
    """Return whether a lesion's links decide no response."""
    return planter.person(row).group == "treated" and row["role"] == "nontarget" and row["mesenteric_mass"] is False


def _seen(planter: Planter, row: Row) -> bool:
    """Return whether a reading of a non-target may have another one beside it, on a scan without a finding."""
    scan = planter.scan_of[row["scan_id"]]
    thickness = scan["slice_thickness_mm"]
    return (
        planter.person(row).group == "treated"
        and row["_x"].role == "nontarget"
        and row["status"] == "present"
        and row["_k"] > 0
        and ("scans", scan["_key"]) not in planter.used
        and (thickness is None or thickness <= THICK_MM)
    )


def _stable(planter: Planter, row: Row) -> bool:
    return planter.person(row).group == "treated" and row["response"] == "SD" and row["kind"] == "overall"
