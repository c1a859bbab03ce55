"""Sizes of whole targets over time: what fragments measure is added to the lesion they come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Ints, counts, sums
from .derived import Part
from .readings import TARGET, Grid, Lesions
from .timepoints import Timepoints


@dataclass(frozen=True)
class Sizes:
    """Sizes of the targets of a compartment, those of fragments added to the lesion they come from.

    One element a row of the grid, filled at the rows of whole targets: micrometres, -1 where there is no size.
    `target` are those rows, `reader` and `at` the reader and time point of each. `source` are the rows of the grid that
    went in, `of_row` the row of the whole target each belongs to. `both` counts at each time point the targets with a
    size there and at the baseline.
    """

    timepoints: Timepoints
    grid: Grid
    size: Ints
    target: Ints
    reader: Ints
    at: Ints
    source: Ints
    of_row: Ints
    both: Ints

    @classmethod
    def of(cls, grid: Grid, lesions: Lesions, timepoints: Timepoints, part: Part) -> Sizes:
        """Add up the sizes of the targets of a compartment at every time point of every reader."""
        root = _roots(lesions.parent)
        inside = part.inside & (lesions.role == TARGET)
        rows = np.flatnonzero(inside[grid.lesion] & grid.due)
        own = grid.lesion[rows]
        # As in the RECIST sum: what merged into a lesion of another compartment cannot be told apart from it.
        foreign = grid.absorbed[rows] & ~part.inside[grid.lesion[grid.survivor[rows]]]
        diameter = np.where(foreign, -1, grid.diameter[rows])
        up = grid.start[root[own]] + rows - grid.start[own]
        n, known = len(grid.lesion), diameter >= 0
        total, missing, some = sums(diameter[known], up[known], n), counts(up[~known], n), counts(up, n)
        size = np.where((some > 0) & (missing == 0), total, -1)
        whole = np.flatnonzero(inside[grid.lesion] & (lesions.parent < 0)[grid.lesion])
        reader, at = lesions.reader[grid.lesion[whole]], grid.timepoint[whole]
        base = baseline_of(timepoints)[reader]
        at_base = np.where(base >= 0, whole - at + base, -1)
        paired = (size[whole] >= 0) & (np.r_[size, -1][at_base] >= 0)
        both = counts(at[paired], len(timepoints.reader))
        return cls(timepoints, grid, size, whole, reader, at, rows, up, both)


def _roots(parent: Ints) -> Ints:
    root = np.arange(len(parent))
    while (parent[root] >= 0).any():
        root = np.where(parent[root] >= 0, parent[root], root)
    return root


def baseline_of(timepoints: Timepoints) -> Ints:
    """Return the time point that is the baseline of each reader, -1 if none is."""
    found = np.full(len(timepoints.start), -1, np.int64)
    rows = np.flatnonzero(timepoints.rank == 0)
    found[timepoints.reader[rows]] = rows
    return found
