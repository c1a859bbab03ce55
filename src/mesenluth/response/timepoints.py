"""Assessments and time points: which scans are read together, which of them are the baseline, which come after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from ..reuse import reusable
from .arrays import NO_DATE, Bools, Ints, counts, position, smallest, sorted_unique, starts, strings, take, text
from .readings import Lesions, Readers, Readings

JOIN = " + "
"""Stands between the names of assessments that began on one date and are one time point."""


@dataclass(frozen=True)
class Timepoints:
    """Time points, sorted by reader (patient x evaluator) and date. Rank 0 is the baseline, less is earlier.

    `first` and `last` are the days of the first and last scan read; `start` and `length` say for each reader where
    its time points begin and how many there are; `has_baseline` whether the first of them is a baseline.
    """

    reader: Ints
    rank: Ints
    first: Ints
    last: Ints
    label: pa.Array
    start: Ints
    length: Ints
    has_baseline: np.ndarray


@dataclass(frozen=True)
class Assessments:
    """All assessments, sorted by reader (patient x evaluator) and date.

    `rank` is 0 for the baseline, 1, 2, ... for those after it and -1, -2, ... for those before it; where there is no
    baseline, ranks begin with 1. `usable` says whether there is a day 0 and, at rank 0, whether the baseline is one.
    `of_reading` is the assessment of each reading.
    """

    reader: Ints
    rank: Ints
    first: Ints
    last: Ints
    label: pa.Array
    usable: Bools
    of_reading: Ints


@reusable
def assess(
    readings: Readings, scans: pd.DataFrame, lesions: Lesions, readers: Readers, baseline_window_days: int | None
) -> Assessments:
    """Find each reader's assessments, and which of them is the baseline.

    Scans that share `assessment` are one assessment; scans of one date without one are one. Only scans on which the
    evaluator read at least one lesion count as that evaluator's. Assessments that begin on one date are one time
    point. The baseline is the last assessment that begins on or before day 0 (RECIST 1.1, 4.1).

    Parameters
    ----------
    readings, scans, lesions, readers
        As `readings` makes them.
    baseline_window_days : int or None
        A baseline older than this is none (RECIST 1.1, 3.2 asks for 28 days); None for no limit.
    """
    reader, n = lesions.reader[readings.lesion], len(readers.patient)
    names = strings(scans["assessment"])
    known = sorted_unique(names)
    name = position(names, known)
    day = scans["day"].to_numpy()
    base = int(day.min()) if len(day) else 0
    span = int(day.max()) - base + 1 if len(day) else 1
    key = np.where(name >= 0, name, len(known) + day - base)
    group = reader * (len(known) + span) + key[readings.scan]
    groups, of_reading = np.unique(group, return_inverse=True)
    begin = smallest(readings.day, of_reading, len(groups))
    end = -smallest(-readings.day, of_reading, len(groups))
    whose, what = groups // (len(known) + span), groups % (len(known) + span)

    moments, of_group = np.unique(whose * span + begin - base, return_inverse=True)
    owner, first = moments // span, moments % span + base
    last = -smallest(-end, of_group, len(moments))
    label = _labels(take(known, np.where(what < len(known), what, -1)), of_group, len(moments))

    origin = readers.origin[owner]
    early = (first <= origin) & (origin != NO_DATE)
    before = counts(owner[early], n)
    place = np.arange(len(owner)) - np.searchsorted(owner, owner)
    rank = np.where(before[owner] > 0, place - before[owner] + 1, place + 1)
    usable = origin != NO_DATE
    if baseline_window_days is not None:
        usable &= ~((rank == 0) & (origin - first > baseline_window_days))
    return Assessments(owner, rank, first, last, label, usable, of_group[of_reading])


@reusable
def followed(found: Assessments, readers: Readers) -> tuple[Timepoints, Ints]:
    """Return the baseline and the time points after it; what lies before the baseline is left out.

    A patient without day 0 has neither.

    Returns
    -------
    Timepoints, and the time point of each reading (-1 if none).
    """
    return _select(found, readers, found.usable & (found.rank >= 0))


def before_baseline(found: Assessments, readers: Readers) -> tuple[Timepoints, Ints]:
    """Return the baseline and the assessments before it, of the readers who have both.

    Returns
    -------
    Timepoints, of rank 0 the baseline and -1, -2, ... before it; and the time point of each reading (-1 if none).
    """
    n = len(readers.patient)
    based = counts(found.reader[found.usable & (found.rank == 0)], n) > 0
    early = counts(found.reader[found.rank < 0], n) > 0
    return _select(found, readers, (based & early)[found.reader] & (found.rank <= 0))


def _select(found: Assessments, readers: Readers, keep: Bools) -> tuple[Timepoints, Ints]:
    n = len(readers.patient)
    kept = np.where(keep, np.cumsum(keep) - 1, -1)
    owner, rank = found.reader[keep], found.rank[keep]
    length = counts(owner, n)
    has_baseline = np.zeros(n, bool)
    has_baseline[owner[rank == 0]] = True
    chosen = Timepoints(
        reader=owner,
        rank=rank,
        first=found.first[keep],
        last=found.last[keep],
        label=found.label.filter(pa.array(keep)),
        start=np.concatenate([[0], np.cumsum(length)])[:-1].astype(np.int64),
        length=length,
        has_baseline=has_baseline,
    )
    return chosen, kept[found.of_reading]


def _labels(names: pa.Array, of_group: Ints, size: int) -> pa.Array:
    """Return the name of each time point; where several assessments are one, all their names."""
    order = np.argsort(of_group, kind="stable")
    first = order[starts(of_group[order])]
    label = take(names, first)
    several = np.bincount(of_group, minlength=size) > 1
    if not several.any():
        return label
    many = several[of_group]
    frame = pd.DataFrame({"at": of_group[many], "name": text(names.filter(pa.array(many)))}).dropna()
    joined = frame.sort_values(["at", "name"]).groupby("at")["name"].agg(JOIN.join)
    series = text(label)
    series.loc[joined.index] = joined.to_numpy()
    return strings(series)
