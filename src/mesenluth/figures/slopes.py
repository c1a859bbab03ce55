"""Slope plots: one line a patient between two values. What the figures that draw them share."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray

from . import style
from .language import number

STEPS = (1, 2, 5, 10, 15, 20, 30, 40, 50, 75, 100)
TICKS = (1, 2, 5, 10, 20, 25, 50)
MOST_TICKS = 8
FINE = 130
"""More lines than these are thin."""
SPARE = 0.06
"""Room above and below the limits, as a share of their distance."""


def limits(values: ArrayLike, low: float, high: float, most: float) -> tuple[float, float]:
    """Return round limits that hold all values, at least `low` below and `high` above 0, at most `most` either way.

    >>> limits([-3.2, 12.0], 5, 5, 50), limits([], 5, 5, 50), limits([-80, 400], 5, 5, 50)
    ((-5, 15), (-5, 5), (-50, 50))
    """
    known = np.asarray(values, dtype="float64")
    known = known[np.isfinite(known)]
    lowest, highest = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)

    def above(value: float) -> float:
        return next((s for s in STEPS if s >= min(value, most)), STEPS[-1])

    return -above(max(-lowest, low)), above(max(highest, high))


def ticks(low: float, high: float) -> list[int]:
    """Return where the axis is labelled: multiples of the smallest usual step that gives few of them."""
    step = next((s for s in TICKS if (high - low) / s <= MOST_TICKS), TICKS[-1])
    return list(range(math.ceil(low / step) * step, math.floor(high / step) * step + 1, step))


def segments(left: NDArray[np.float64], right: NDArray[np.float64]) -> Path:
    """Return lines from (0, left) to (1, right) as one path: thousands of lines cost no more than a few."""
    n = len(left)
    corners = np.stack([np.tile([0.0, 1.0], n), np.stack([left, right], axis=1).ravel()], axis=1)
    return Path(corners.reshape(-1, 2), np.tile(np.array([Path.MOVETO, Path.LINETO], dtype=Path.code_type), n))


def prepare(ax: Axes, low: float, high: float, lang: str, labelled: bool = True) -> None:
    """Give axes two columns at 0 and 1 and a labelled scale from `low` to `high`."""
    ax.set_xlim(-0.5, 1.5)
    ax.set_xticks([])
    room = SPARE * (high - low)
    ax.set_ylim(low - room, high + room)
    at = ticks(low, high)
    ax.set_yticks(at, [number(t, lang, signed=True) if labelled else "" for t in at])
    ax.spines["bottom"].set_visible(False)
    ax.axhline(0, color=style.BLACK, linewidth=0.6, zorder=1)


def at_edge(ax: Axes, x: float, values: NDArray[np.float64], low: float, high: float) -> None:
    """Mark values beyond the scale by triangles at its edge."""
    for marker, edge, beyond in (("^", high, values > high), ("v", low, values < low)):
        if beyond.any():
            ax.plot(
                [x] * int(beyond.sum()), [edge] * int(beyond.sum()), linestyle="none", marker=marker, markersize=4,
                markerfacecolor="white", markeredgecolor=style.BLACK, markeredgewidth=0.6, zorder=6, clip_on=False,
            )  # fmt: skip
