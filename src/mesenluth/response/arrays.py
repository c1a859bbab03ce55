"""Strings, dates and groups as whole numbers, so that the rules run over all patients at once.

Strings stay in Arrow and are looked up there; a date is the number of days since 1970-01-01; a missing position
is -1 and a missing date `NO_DATE`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..tables.io import STRING

Ints = np.ndarray
Bools = np.ndarray

NO_DATE = np.iinfo(np.int64).min
"""Stands for a missing date: it is what a missing `datetime64[D]` is as a whole number."""
FAR = np.iinfo(np.int64).max
"""Later than any date, larger than any sum."""


def strings(values: pd.Series | Sequence[str | None]) -> pa.Array:
    """Return text as one Arrow array."""
    array = pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
        if isinstance(array, pa.ChunkedArray):
            array = pa.concat_arrays(array.chunks)
    return array if array.type == pa.large_string() else array.cast(pa.large_string())


def text(array: pa.Array) -> pd.Series:
    """Return an Arrow array of text as a column of a table."""
    return array.to_pandas(types_mapper={pa.large_string(): STRING, pa.string(): STRING}.get)


def take(array: pa.Array, positions: Ints) -> pa.Array:
    """Return the elements at `positions`, missing where a position is -1."""
    return array.take(pa.array(positions, mask=positions < 0))


def position(values: pa.Array, among: pa.Array) -> Ints:
    """Return where each value stands in `among`, or -1."""
    found = pc.index_in(values, value_set=among, skip_nulls=True)
    return found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)


def sorted_unique(values: pa.Array) -> pa.Array:
    """Return the distinct values that are not missing, sorted."""
    distinct = pc.drop_null(pc.unique(values))
    return distinct.take(pc.sort_indices(distinct))


def days(dates: pd.Series) -> Ints:
    """Return dates as days since 1970-01-01, `NO_DATE` where missing."""
    return dates.to_numpy(dtype="datetime64[us]").astype("datetime64[D]").astype(np.int64)


def dates(numbers: Ints) -> np.ndarray:
    """Return days since 1970-01-01 as dates, missing where `NO_DATE`."""
    return numbers.astype("datetime64[D]").astype("datetime64[us]")


def millimetres(micrometres: Ints, known: Bools) -> np.ndarray:
    """Return micrometres as mm for reading, missing where not known."""
    return np.where(known, micrometres / 1000, np.nan)


def percent(part: Ints, whole: Ints, known: Bools) -> np.ndarray:
    """Return 100 * part / whole, missing where not known or where the whole is 0."""
    known = known & (whole != 0)
    return np.where(known, 100 * part / np.where(known, whole, 1), np.nan)


def starts(groups: Ints) -> Ints:
    """Return where each run of equal numbers begins."""
    if not len(groups):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])


def sums(values: Ints, at: Ints, size: int) -> Ints:
    """Return the sum of whole numbers at each position.

    `bincount` adds in binary floating point, which is exact for whole numbers below 2**53: more micrometres than
    any patient holds.
    """
    return np.bincount(at, weights=values, minlength=size).astype(np.int64)


def counts(at: Ints, size: int) -> Ints:
    """Return how often each position occurs."""
    return np.bincount(at, minlength=size).astype(np.int64)


def smallest(values: Ints, at: Ints, size: int) -> Ints:
    """Return the smallest value at each position, `FAR` where there is none."""
    result = np.full(size, FAR, np.int64)
    np.minimum.at(result, at, values)
    return result


def smallest_before(values: Ints, groups: Ints) -> Ints:
    """Return, within each run of a group, the smallest of the values before each one; `FAR` for the first."""
    running = pd.Series(values).groupby(groups, sort=False).cummin().to_numpy()
    return _shifted(running, groups, FAR)


def any_before(flags: Bools, groups: Ints) -> Bools:
    """Return, within each run of a group, whether a flag is set before each one."""
    running = pd.Series(flags.astype(np.int8)).groupby(groups, sort=False).cummax().to_numpy()
    return _shifted(running, groups, 0).astype(bool)


def any_after(flags: Bools, groups: Ints) -> Bools:
    """Return, within each run of a group, whether a flag is set after each one."""
    return any_before(flags[::-1], groups[::-1])[::-1]


def _shifted(values: np.ndarray, groups: Ints, first: int) -> np.ndarray:
    result = np.full(len(values), first, values.dtype)
    if len(values) > 1:
        same = groups[1:] == groups[:-1]
        result[1:] = np.where(same, values[:-1], first)
    return result


def first_row(score: Ints, groups: Ints, size: int) -> tuple[Ints, Ints]:
    """Return the row with the smallest score of each group, the first of equals, and that score.

    Parameters
    ----------
    score : array of int
        0 to 62, or `FAR` for a row that does not take part.
    groups : array of int
        Sorted group of each row, below `size`.

    Returns
    -------
    rows, scores : arrays of int, one a group; -1 and `FAR` where a group has no row that takes part.
    """
    n = max(len(score), 1)
    part = score != FAR
    best = smallest(score[part] * n + np.flatnonzero(part), groups[part], size)
    found = best != FAR
    return np.where(found, best % n, -1), np.where(found, best // n, FAR)


def in_order(frame: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return a table sorted by its key columns: text by the place of each distinct value, which is fast."""
    ranks = []
    for key in keys:
        if pd.api.types.is_numeric_dtype(frame[key].dtype):
            ranks.append(frame[key].to_numpy())
        else:
            values = strings(frame[key])
            ranks.append(position(values, sorted_unique(values)))
    return frame.iloc[np.lexsort(ranks[::-1])]
