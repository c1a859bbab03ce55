"""Defects of readings that do not follow from those beside them: they flag a reading, which stays."""

from __future__ import annotations

from .planter import Planter
from .records import Row
from .source import tenths

LONG, SHORT = "longest_diameter_um", "short_axis_um"


def plant(planter: Planter) -> None:
    """Plant every kind of warning about a series of readings."""
    _tenfold(planter)
    _swapped(planter)
    _copied(planter)
    _jumping(planter)


def _place(planter: Planter, row: Row, least: int = 3) -> int | None:
    """Return the place of a reading among those of its lesion, if all are sized and it is the third or later."""
    rows = planter.sized(row["lesion_id"])
    if planter.person(row).group != "treated" or len(rows) < least or row[LONG] is None or row["_k"] < 1:
        return None
    if any(r[LONG] is None for r in planter.readings[row["lesion_id"]]):
        return None
    return next((i for i, r in enumerate(rows) if r is row and i >= 2), None)


def _before_last(planter: Planter, row: Row) -> Row | None:
    """Return the reading before the last one, if the row is the last one."""
    if _place(planter, row) is None:
        return None
    rows = planter.sized(row["lesion_id"])
    return rows[-2] if rows[-1] is row else None


def _write(planter: Planter, defect: str, rule: str, row: Row, sizes: tuple[int, int], note: str = "") -> None:
    """Write both diameters of a reading and expect a warning about it."""
    first = planter.edit("measurements", row, LONG, tenths(sizes[0]))
    planter.edit("measurements", row, SHORT, tenths(sizes[1]))
    planter.expect(defect, rule, "measurements", row["_key"], LONG, first, tenths(sizes[0]), note, severity="warning")


def _tenfold(planter: Planter) -> None:
    """Centimetres entered for millimetres."""

    def fits(row: Row) -> bool:
        at = _place(planter, row)
        if at is None:
            return False
        rows = planter.sized(row["lesion_id"])
        beside = rows[at - 1 : at] + rows[at + 1 : at + 2]
        return all(8.2 <= other[c] / max(1, round(row[c] / 10)) <= 11.8 for other in beside for c in (LONG, SHORT))

    for row in planter.choose("measurements", planter.times(8), fits, "lesion"):
        sizes = (round(row[LONG] / 10), round(row[SHORT] / 10))
        _write(planter, planter.defect(), "measurements.tenfold_jump", row, sizes, "centimetres for millimetres")


def _swapped(planter: Planter) -> None:
    """The short axis read before, entered as the longest diameter."""

    def fits(row: Row) -> bool:
        before = _before_last(planter, row)
        return before is not None and 70 < before[SHORT] < 0.67 * before[LONG]

    for row in planter.choose("measurements", planter.times(4), fits, "lesion"):
        short = planter.sized(row["lesion_id"])[-2][SHORT]
        _write(planter, planter.defect(), "measurements.axis_swap", row, (short, round(0.86 * short)))


def _copied(planter: Planter) -> None:
    """One reading, carried forward over the next three."""

    def fits(row: Row) -> bool:
        rows, at = planter.sized(row["lesion_id"]), _place(planter, row, 5)
        if at is None or at + 3 > len(rows):
            return False
        copied, after = rows[at - 1], rows[at + 3 : at + 4]
        beside = rows[at - 2 : at - 1] + after
        return all(planter.agree(copied, r) for r in after) and all(r[LONG] != copied[LONG] for r in beside)

    for row in planter.choose("measurements", planter.times(4), fits, "lesion"):
        rows, at = planter.sized(row["lesion_id"]), _place(planter, row, 5) or 0
        defect, copied = planter.defect(), rows[at - 1]
        for number, r in enumerate(rows[at : at + 3]):
            note = "" if number == 2 else "run"
            _write(planter, defect, "measurements.copy_forward", r, (copied[LONG], copied[SHORT]), note)


def _jumping(planter: Planter) -> None:
    """A change that decides by itself."""

    def fits(row: Row) -> bool:
        return _before_last(planter, row) is not None

    for number, row in enumerate(planter.choose("measurements", planter.times(8), fits, "lesion")):
        before = planter.sized(row["lesion_id"])[-2]
        factor = float(planter.rng.uniform(1.58, 1.85) if number % 3 else planter.rng.uniform(0.42, 0.47))
        sizes = (round(before[LONG] * factor), round(before[SHORT] * factor))
        _write(planter, planter.defect(), "measurements.large_change", row, sizes)
