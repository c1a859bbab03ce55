"""What a response rests on, by name: the readings that went in, and the lesions that decided or were missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .arrays import Bools, Ints, counts, dates, take
from .local_therapy import WORDS, Treated
from .new_lesions import NewLesions
from .readings import NEW, STATUS, TARGET, Grid, Lesions, Readings
from .sentences import join, phrase
from .series import Cells
from .settings import THERAPY_KINDS
from .timepoints import Timepoints

AND = ", "


@dataclass(frozen=True)
class Named:
    """One text a time point, missing where there is nothing to name; names are separated by a comma.

    Attributes
    ----------
    measurements : Arrow array
        Readings that went in, separated by a space.
    lacking : Arrow array
        Targets and non-targets that were not evaluated.
    lacking_because : Arrow array
        The same, each with the reason in brackets.
    lacking_at_baseline : Arrow array
        Targets that were not evaluated at the baseline of the reader.
    certain, dated_back, uncertain, not_assessed : Arrow arrays
        New findings.
    worse : Arrow array
        Non-targets that have unequivocally progressed.
    back : Arrow array
        Lesions that are seen again after a complete response.
    merged, split : Arrow arrays
        ``B into A``; ``A into A1 and A2``.
    """

    measurements: pa.Array
    lacking: pa.Array
    lacking_because: pa.Array
    lacking_at_baseline: pa.Array
    certain: pa.Array
    dated_back: pa.Array
    uncertain: pa.Array
    not_assessed: pa.Array
    worse: pa.Array
    back: pa.Array
    merged: pa.Array
    split: pa.Array


def listed(texts: pa.Array, at: Ints, size: int, between: str = AND) -> pa.Array:
    """Return the texts of each position in one, in their order; missing where a position has none.

    Parameters
    ----------
    texts : Arrow array
        Texts.
    at : array of int
        Position of each, below `size`.
    size : int
        Number of positions.
    between : str
        What stands between two.
    """
    if not len(at):
        return pa.nulls(size, pa.large_string())
    if (at[1:] < at[:-1]).any():
        order = np.argsort(at, kind="stable")
        texts, at = texts.take(pa.array(order)), at[order]
    many = counts(at, size)
    ends = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
    lists = pa.LargeListArray.from_arrays(pa.array(ends), texts)
    joined = pc.binary_join(lists, pa.scalar(between, pa.large_string()))
    return pc.if_else(pa.array(many > 0), joined, pa.scalar(None, pa.large_string()))


def name_all(
    inside: Bools,
    new_inside: Bools,
    cells: Cells,
    grid: Grid,
    lesions: Lesions,
    readings: Readings,
    timepoints: Timepoints,
    new: NewLesions,
    treated: Treated,
) -> Named:
    """Name what each time point of a compartment rests on.

    Parameters
    ----------
    inside, new_inside : arrays of bool
        As for `series.derive`.
    cells : Cells
        What `series.derive` made of each lesion at each time point.
    grid, lesions, readings, timepoints, new, treated
        What was read.
    """
    n = len(timepoints.reader)

    def of_cells(chosen: Bools, names: pa.Array = lesions.labels) -> pa.Array:
        rows = np.flatnonzero(chosen)
        return listed(take(names, grid.lesion[rows]), grid.timepoint[rows], n)

    def of_new(chosen: Bools) -> pa.Array:
        rows = np.flatnonzero(chosen & new_inside[new.lesion])
        return listed(take(lesions.labels, new.lesion[rows]), new.timepoint[rows], n)

    is_new = lesions.role[grid.lesion] == NEW
    mine = np.where(is_new, new_inside[grid.lesion], inside[grid.lesion]) & grid.due
    used = np.flatnonzero(mine & (grid.reading >= 0) & ~grid.absorbed & ~treated.cell)
    missing = np.flatnonzero(cells.lacking)
    start = np.where(timepoints.has_baseline, timepoints.start, -1)[timepoints.reader]
    first = cells.lacking & (lesions.role[grid.lesion] == TARGET) & (timepoints.rank[grid.timepoint] == 0)
    return Named(
        measurements=listed(take(readings.ids, grid.reading[used]), grid.timepoint[used], n, " "),
        lacking=of_cells(cells.lacking, lesions.ids),
        lacking_because=listed(_reasons(missing, cells, grid, lesions, treated), grid.timepoint[missing], n),
        lacking_at_baseline=take(of_cells(first), start),
        certain=of_new(new.certain),
        dated_back=of_new(new.dated_back),
        uncertain=of_new(new.uncertain),
        not_assessed=of_new(new.not_assessed),
        worse=of_cells(cells.worse),
        back=of_cells(cells.back),
        merged=_merged(cells, grid, lesions, n),
        split=_split(inside, grid, lesions, n),
    )


def _reasons(rows: Ints, cells: Cells, grid: Grid, lesions: Lesions, treated: Treated) -> pa.Array:
    """Return each of these lesions with the reason why it was not evaluated."""
    lesion = grid.lesion[rows]
    survivor = grid.lesion[grid.survivor[rows]]
    words = ["not read", "not evaluable", "no size along the axis that counts", "merged into "]
    tests = [grid.reading[rows] < 0, grid.status[rows] == STATUS["not_evaluable"]]
    which = np.where(grid.absorbed[rows], 3, np.select(tests, [0, 1], 2))
    why = phrase(words, which)
    why = join(why, pc.if_else(pa.array(which == 3), take(lesions.ids, survivor), pa.scalar("", pa.large_string())))
    gone = treated.cell[rows]
    if gone.any():
        when, kind = treated.day[lesion], treated.kind[lesion]
        text = pa.array(np.datetime_as_string(dates(np.where(gone, when, 0)), unit="D").tolist(), pa.large_string())
        local = join(phrase([WORDS[k] for k in THERAPY_KINDS], np.where(gone, kind, 0)), text)
        why = pc.if_else(pa.array(gone), local, why)
    return join(take(lesions.ids, lesion), " (", take(lesions.places, lesion), why, ")")


def _merged(cells: Cells, grid: Grid, lesions: Lesions, n: int) -> pa.Array:
    rows = np.flatnonzero(cells.merged)
    survivor = grid.lesion[grid.survivor[rows]]
    said = join(take(lesions.ids, grid.lesion[rows]), " into ", take(lesions.ids, survivor))
    return listed(said, grid.timepoint[rows], n)


def _split(inside: Bools, grid: Grid, lesions: Lesions, n: int) -> pa.Array:
    """Name the lesions whose fragments stand for them, and the fragments."""
    rows = np.flatnonzero(grid.due & inside[grid.lesion] & (lesions.parent[grid.lesion] >= 0))
    own = grid.lesion[rows]
    parent = lesions.parent[own]
    place = grid.start[parent] + rows - grid.start[own]
    of, which = np.unique(place, return_inverse=True)
    parts = listed(take(lesions.ids, own), which, len(of), " and ")
    return listed(join(take(lesions.ids, grid.lesion[of]), " into ", parts), grid.timepoint[of], n)
