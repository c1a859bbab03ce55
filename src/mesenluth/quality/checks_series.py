"""Checks of the readings of a lesion in the order of their dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .judged import Judged, Known, Outcome, among

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Series:
    """Readings sorted by lesion and date.

    Attributes
    ----------
    rows : ndarray of int
        Place of each reading among the accepted measurements.
    follows : ndarray of bool
        Whether a reading is of the same lesion as the one before it.
    longest, short : ndarray of int
        Diameters in micrometres, 0 where there is none.
    """

    rows: np.ndarray
    follows: np.ndarray
    longest: np.ndarray
    short: np.ndarray

    def chosen(self, which: np.ndarray) -> Series:
        """Return the readings of a mask alone, each following the chosen one before it."""
        lesion = np.cumsum(~self.follows)[which]
        follows = np.r_[np.zeros(min(1, len(lesion)), dtype=bool), lesion[1:] == lesion[:-1]]
        return Series(self.rows[which], follows, self.longest[which], self.short[which])


def _series(tables: Judged) -> Series:
    """Sort the accepted measurements by lesion, date of the scan, and name."""
    rows = tables["measurements"]
    lesion = pd.factorize(rows["lesion_id"])[0]
    date = tables.measurement_dates.to_numpy().astype("int64")
    # Names are compared only where one lesion has several readings of one date.
    tied = pd.DataFrame({"lesion": lesion, "date": date}).duplicated(keep=False).to_numpy()
    name = np.zeros(len(rows), dtype="int64")
    name[tied] = pd.factorize(rows.loc[tied, "measurement_id"].astype(object), sort=True)[0]
    order = np.lexsort((name, date, lesion))
    lesion = lesion[order]
    follows = np.r_[np.zeros(min(1, len(rows)), dtype=bool), lesion[1:] == lesion[:-1]]
    sizes = [rows[c].fillna(0).to_numpy(dtype="int64")[order] for c in ("longest_diameter_um", "short_axis_um")]
    return Series(order, follows, *sizes)


def _before(values: np.ndarray, follows: np.ndarray) -> np.ndarray:
    """Return the value of the reading before, 0 where there is none."""
    return np.where(follows, np.r_[values[:1] * 0, values[:-1]], 0)


def _previous(flags: np.ndarray) -> np.ndarray:
    return np.r_[np.zeros(min(1, len(flags)), dtype=bool), flags[:-1]]


def _factor(values: np.ndarray, before: np.ndarray, parameters: Settings) -> np.ndarray:
    """Return where two sizes differ by a factor between the limits, either way."""
    small, large = np.minimum(values, before), np.maximum(values, before)
    return (small > 0) & (parameters["least_factor"] * small <= large) & (large <= parameters["most_factor"] * small)


def _apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return by which factor two sizes differ."""
    return np.maximum(one, other) / np.minimum(one, other)


def _standing_out(values: np.ndarray, follows: np.ndarray, jump: np.ndarray) -> np.ndarray:
    """Return the readings that stand out, given the jumps into each reading from the one before.

    A reading is borne out by its other neighbour if that is nearer to it than to the reading beyond the jump. Of the
    two readings of a jump the one that is not borne out stands out; the later one if both are, or neither can be.
    """
    later = np.flatnonzero(jump)
    earlier, end = later - 1, len(values) - 1
    first, last = ~follows[earlier], (later == end) | ~follows[np.minimum(later + 1, end)]
    before, after = values[np.maximum(earlier - 1, 0)], values[np.minimum(later + 1, end)]
    earlier_holds = ~first & (_apart(before, values[earlier]) < _apart(before, values[later]))
    later_holds = ~last & (_apart(after, values[later]) < _apart(after, values[earlier]))
    earlier_is_odd = ~earlier_holds & (later_holds | (~first & last))
    odd = np.zeros(len(values), dtype=bool)
    odd[np.where(earlier_is_odd, earlier, later)] = True
    return odd


def _with_rows(tables: Judged, found: Series, flags: np.ndarray, seen: Mapping[str, np.ndarray]) -> Outcome:
    """Bring flags and sizes from the order of the series to that of the table."""
    size = len(tables["measurements"])
    failed = np.zeros(size, dtype=bool)
    failed[found.rows] = flags
    shown = {}
    for name, values in seen.items():
        spread = np.zeros(size, dtype="int64")
        spread[found.rows] = values
        shown[name] = pd.Series(spread).astype("Int64").mask(spread == 0)
    return Outcome(failed, shown)


def tenfold_jump(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail readings that are about ten times, or a tenth of, those beside them on either axis.

    Readings without a size are passed over. Of the two readings of a jump, the one that stands out fails.
    """
    whole = tables.once("series", _series)
    failed = np.zeros(len(tables["measurements"]), dtype=bool)
    for axis in ("longest", "short"):
        sized = whole.chosen(getattr(whole, axis) > 0)
        values = getattr(sized, axis)
        jump = _factor(values, _before(values, sized.follows), parameters)
        failed[sized.rows[_standing_out(values, sized.follows, jump)]] = True
    seen = {f"{a}_before_um": _before(getattr(whole, a), whole.follows) for a in ("longest", "short")}
    return _with_rows(tables, whole, failed[whole.rows], seen)


def axis_swap(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail readings whose longest diameter is that of the short axis before, not of the longest diameter before."""
    whole = tables.once("series", _series)
    long_before = _before(whole.longest, whole.follows)
    short_before = _before(whole.short, whole.follows)
    known = (whole.longest > 0) & (long_before > 0) & (short_before > 0)
    near = 100 * np.abs(whole.longest - short_before) <= parameters["near_percent"] * short_before
    apart = 100 * np.abs(whole.longest - long_before) > parameters["apart_percent"] * long_before
    seen = {"longest_before_um": long_before, "short_before_um": short_before}
    return _with_rows(tables, whole, known & near & apart, seen)


def copy_forward(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail measured readings that repeat the diameters of the one before, in runs of at least `scans` readings."""
    whole = tables.once("series", _series)
    measured = (tables["measurements"]["status"] == "measured").to_numpy(dtype=bool)[whole.rows]
    same = (
        whole.follows
        & measured
        & _previous(measured)
        & (whole.longest == _before(whole.longest, whole.follows))
        & (whole.short == _before(whole.short, whole.follows))
    )
    run = np.cumsum(~same)
    length = np.bincount(run, minlength=1)[run] if len(run) else run
    return _with_rows(tables, whole, same & (length >= parameters["scans"]), {})


def large_change(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail readings that differ by more than `percent` from the one before, on the axis by which the lesion is summed.

    A jump of about tenfold is the matter of `tenfold_jump`.
    """
    whole = tables.once("series", _series)
    lesions, rows = tables["lesions"], tables["measurements"]
    by_short = among(rows["lesion_id"], lesions.loc[tables.by_short_axis, "lesion_id"])[whole.rows]
    size = np.where(by_short, whole.short, whole.longest)
    before = _before(size, whole.follows)
    known = (size > 0) & (before > 0)
    large = 100 * np.abs(size - before) > parameters["percent"] * before
    return _with_rows(tables, whole, known & large & ~_factor(size, before, parameters), {"before_um": before})


READINGS = ("measurements",)
FACTORS = {"least_factor": "number", "most_factor": "number"}

CHECKS: dict[str, Known] = {
    "tenfold_jump": Known(tenfold_jump, READINGS, FACTORS),
    "axis_swap": Known(axis_swap, READINGS, {"near_percent": "number", "apart_percent": "number"}),
    "copy_forward": Known(copy_forward, READINGS, {"scans": "number"}),
    "large_change": Known(large_change, READINGS, {"percent": "number", **FACTORS}),
}
