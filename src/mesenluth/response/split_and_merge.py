"""Lesions that split and lesions that merge (RECIST 1.1, 4.3.2)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..reuse import reusable
from .arrays import NO_DATE, Ints, smallest
from .readings import GONE, NOT_KNOWN, PRESENT, TARGET, Grid, Lesions
from .timepoints import Timepoints


@reusable
def replace_parents(grid: Grid, lesions: Lesions) -> Grid:
    """Let fragments stand for the lesion they come from, from when on they are read.

    A fragment takes part from its first reading. From then on its parent takes part no more, unless a size of its own
    is stated beside the fragments: then it is one of the parts. Where none of the fragments is read but the parent
    is, the parent stands for all of them.
    """
    fragments = np.flatnonzero(lesions.parent >= 0)
    if not len(fragments):
        return grid
    depth = _depth(lesions.parent)
    rows = np.flatnonzero(lesions.parent[grid.lesion] >= 0)
    own = grid.lesion[rows]
    up = grid.start[lesions.parent[own]] + rows - grid.start[own]
    level = depth[own]

    read = grid.reading >= 0
    below = np.zeros(len(read), bool)  # any fragment of this lesion, however small, is read at the time point
    for d in range(int(depth.max()), 0, -1):
        of_level = level == d
        some = read[rows[of_level]] | below[rows[of_level]]
        np.logical_or.at(below, up[of_level], some)
    appeared = _ever(read | below, grid)
    started = _ever(below, grid)

    due = grid.due.copy()
    parts = below | ~read
    for d in range(1, int(depth.max()) + 1):
        of_level = level == d
        r, p = rows[of_level], up[of_level]
        due[r] = due[p] & started[p] & parts[p] & appeared[r]
    whole = np.unique(up)
    due[whole] &= ~started[whole] | ~parts[whole] | (below[whole] & (grid.diameter[whole] > 0))
    return replace(grid, due=due)


def _depth(parent: Ints) -> Ints:
    depth = np.zeros(len(parent), np.int64)
    at = parent
    while (at >= 0).any():
        depth += at >= 0
        at = np.where(at >= 0, parent[at], -1)
    return depth


def _ever(flags: np.ndarray, grid: Grid) -> np.ndarray:
    """Return whether a flag is set at this or an earlier time point of the lesion."""
    total = np.concatenate([[0], np.cumsum(flags)])
    rows = np.arange(len(flags))
    return total[rows + 1] - total[grid.start[grid.lesion]] > 0


@reusable
def absorb(grid: Grid, lesions: Lesions, timepoints: Timepoints) -> Grid:
    """Let a lesion that has merged into another follow that one: it adds 0 mm and is neither missing nor gone.

    The merger counts from `merged_date`; without a date, from the first time point after the lesion's last reading.
    Where the other one is not a target, what a merged target adds cannot be known, and it is not evaluable.
    """
    candidate = lesions.survivor >= 0
    if not candidate.any():
        return grid
    rows = np.flatnonzero(candidate[grid.lesion])
    own = grid.lesion[rows]
    last = -smallest(-np.where(grid.reading[rows] >= 0, rows, -1), own, len(candidate))
    by_date = timepoints.last[grid.timepoint[rows]] >= lesions.merged_day[own]
    after_last = (last[own] >= 0) & (rows > last[own])
    merged = np.where(lesions.merged_day[own] != NO_DATE, by_date, after_last)
    rows, own = rows[merged], own[merged]
    absorbed, survivor = grid.absorbed.copy(), grid.survivor.copy()
    absorbed[rows] = True
    survivor[rows] = grid.start[lesions.survivor[own]] + rows - grid.start[own]
    # A chain of mergers ends at the lesion that is still followed; a circle of them never does.
    for _ in range(len(rows).bit_length() + 1):
        further = absorbed[survivor[rows]]
        if not further.any():
            break
        survivor[rows[further]] = survivor[survivor[rows[further]]]
    end = survivor[rows]
    circle = absorbed[end]
    known = (grid.state[end] != NOT_KNOWN) & ~circle
    sized = (grid.diameter[end] >= 0) & ~circle & (lesions.role[grid.lesion[end]] == TARGET)
    diameter, state, day, imputed = (a.copy() for a in (grid.diameter, grid.state, grid.day, grid.imputed))
    diameter[rows] = np.where(sized, 0, -1)
    state[rows] = np.where(known, np.where(grid.state[end] == GONE, GONE, PRESENT), NOT_KNOWN)
    day[rows] = np.where(grid.reading[end] >= 0, grid.day[end], grid.day[rows])
    imputed[rows] = True
    return replace(grid, diameter=diameter, state=state, day=day, imputed=imputed, absorbed=absorbed, survivor=survivor)
