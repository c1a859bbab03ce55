"""Operations and other local treatments of a compartment after baseline: what they take out of evaluation.

A mass that was operated on can no longer show what the study treatment did to it: from the first assessment after the
operation on its lesions are not evaluable, in their own compartment and in the sum of the whole patient. For the
compartment the operation is a new therapy; the others go on, unless the study counts it among `new_therapies`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..tables.io import STRING
from .arrays import FAR, Bools, Ints, days, position, strings
from .readings import NEW, NOT_KNOWN, Grid, Lesions, Readers
from .settings import THERAPY_KINDS
from .timepoints import Timepoints

WORDS = {
    **{kind: f"treated locally ({kind.replace('_', ' ')}) on " for kind in THERAPY_KINDS},
    **{kind: "operated on " for kind in THERAPY_KINDS if kind.startswith("surgery")},
}
"""What is said of a lesion after each kind of therapy; the date follows."""


def local_therapy_dates(
    therapies: pd.DataFrame, origin: pd.DataFrame, local: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Return when a compartment of a patient was first treated locally after day 0.

    Parameters
    ----------
    therapies : DataFrame
        Registry table.
    origin : DataFrame
        patient_id, origin_date.
    local : mapping
        As `settings.local_therapies` returns it.

    Returns
    -------
    DataFrame
        patient_id, compartment, local_therapy_date; one row a patient and compartment that has one, sorted.
    """
    rows = _by_compartment(therapies, local).merge(origin[["patient_id", "origin_date"]], on="patient_id")
    rows = rows[rows["start_date"] > rows["origin_date"]]
    first = rows.groupby(["patient_id", "compartment"], sort=True)["start_date"].min()
    found = first.rename("local_therapy_date").reset_index()
    return found.astype({"patient_id": STRING, "compartment": STRING, "local_therapy_date": "datetime64[us]"})


def stops(
    therapies: pd.DataFrame, included: pd.DataFrame, local: Mapping[str, Sequence[str]], readers: Readers
) -> dict[str, Ints]:
    """Return, by compartment, the day after which nothing of it counts for each reader; `FAR` where there is none."""
    found = local_therapy_dates(therapies, included, local)
    result = {}
    for place, rows in found.groupby("compartment", sort=True):
        of_patient = np.full(len(readers.patients), FAR, np.int64)
        of_patient[position(strings(rows["patient_id"]), readers.patients)] = days(rows["local_therapy_date"])
        result[str(place)] = of_patient[readers.patient]
    return result


def _by_compartment(therapies: pd.DataFrame, local: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return the local therapies, one row a compartment: patient_id, type, start_date, compartment."""
    pairs = [(kind, place) for kind, places in local.items() for place in places]
    which = pd.DataFrame({"type": [k for k, _ in pairs], "compartment": [p for _, p in pairs]}).astype(STRING)
    return therapies[["patient_id", "type", "start_date"]].merge(which, on="type")


@dataclass(frozen=True)
class Treated:
    """Which cells of the grid cannot be evaluated any more because the lesion was treated locally.

    `day` and `kind` (position in `THERAPY_KINDS`) are those of the therapy of each lesion; else `FAR` and -1.
    """

    cell: Bools
    day: Ints
    kind: Ints


def treat(
    grid: Grid,
    lesions: Lesions,
    readers: Readers,
    timepoints: Timepoints,
    therapies: pd.DataFrame,
    local: Mapping[str, Sequence[str]],
    compartments: Sequence[Mapping[str, Any]],
) -> tuple[Grid, Treated]:
    """Make lesions not evaluable from the first assessment after their compartment was treated locally.

    What was read on the day itself still counts. The therapy is the first on or after the lesion's own baseline scan:
    what was treated before it is a matter of measurability. A new lesion stays what it is.
    """
    day, kind = _first_after_baseline(grid, lesions, readers, timepoints, therapies, local, compartments)
    read = np.where(grid.reading >= 0, grid.day, timepoints.first[grid.timepoint])
    late = np.maximum(read, timepoints.first[grid.timepoint]) > day[grid.lesion]
    cell = late & (timepoints.rank[grid.timepoint] > 0) & (lesions.role[grid.lesion] != NEW)
    if not cell.any():
        return grid, Treated(cell, day, kind)
    unknown = replace(
        grid,
        diameter=np.where(cell, -1, grid.diameter),
        state=np.where(cell, NOT_KNOWN, grid.state),
        imputed=grid.imputed & ~cell,
    )
    return unknown, Treated(cell, day, kind)


def _first_after_baseline(
    grid: Grid,
    lesions: Lesions,
    readers: Readers,
    timepoints: Timepoints,
    therapies: pd.DataFrame,
    local: Mapping[str, Sequence[str]],
    compartments: Sequence[Mapping[str, Any]],
) -> tuple[Ints, Ints]:
    """Return day and kind of the first local therapy of each lesion on or after its baseline."""
    n = len(lesions.role)
    none = np.full(n, FAR, np.int64), np.full(n, -1, np.int64)
    rows = _by_compartment(therapies, local) if local else therapies.iloc[:0].assign(compartment=None)
    ids = strings([c["id"] for c in compartments] or [""])
    who, where = position(strings(rows["patient_id"]), readers.patients), position(strings(rows["compartment"]), ids)
    when, what = days(rows["start_date"]), position(strings(rows["type"]), strings(list(THERAPY_KINDS)))
    keep = (who >= 0) & (where >= 0)
    if not keep.any() or not n or not len(grid.lesion):
        return none
    place, begun, kind = who[keep] * len(ids) + where[keep], when[keep], what[keep]
    order = np.lexsort((kind, begun, place))
    place, begun, kind = place[order], begun[order], kind[order]

    row = np.minimum(grid.start[:-1], len(grid.lesion) - 1)
    has_rows = grid.start[1:] > grid.start[:-1]
    point = grid.timepoint[row]
    own = has_rows & (timepoints.rank[point] == 0) & (grid.reading[row] >= 0)
    # A lesion without a time point has no cell either; any day will do for it.
    base = np.where(own, grid.day[row], np.where(has_rows, timepoints.first[point], begun[0]))
    mine = readers.patient[lesions.reader] * len(ids) + lesions.compartment
    mine = np.where(lesions.compartment >= 0, mine, -1)
    # Both keys are ranked together, so that one search finds the first therapy of the place on or after a day.
    low = min(int(begun.min()), int(base.min()))
    span = max(int(begun.max()), int(base.max())) - low + 1
    at = np.searchsorted(place * span + begun - low, mine * span + base - low)
    inside = at < len(place)
    at = np.where(inside, at, 0)
    found = inside & (place[at] == mine)
    return np.where(found, begun[at], FAR), np.where(found, kind[at], -1)
