"""Tumour growth rate: how fast the targets grew before the treatment, and grow or shrink under it.

With D the sum of diameters and t the time between two assessments in months, the growth of volume is
TG = 3 ln(D1 / D0) / t and the rate TGR = 100 (exp(TG) - 1), in percent a month (Gomez-Roca et al., Eur J Cancer
2011;47:2512-2516; in neuroendocrine tumours Dromain et al., BMC Cancer 2019;19:66 and GREPONET, Lamarca et al.,
Oncologist 2019;24:e1082-e1090). Volume goes with the third power of the diameter; ``measure: diameter`` leaves the 3
out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from ..errors import ConfigurationError
from ..tables.io import conform
from ..tables.results_beyond import GROWTH_PERIODS, GROWTH_RATES
from .arrays import (
    FAR,
    NO_DATE,
    Bools,
    Ints,
    counts,
    dates,
    first_row,
    in_order,
    millimetres,
    smallest,
    sums,
    take,
    text,
)
from .derived import Derived, Part
from .readings import lay_out
from .sentences import phrase
from .settings import choice
from .split_and_merge import absorb, replace_parents
from .target_sizes import Sizes, baseline_of
from .timepoints import before_baseline

EXPONENT = {"volume": 3, "diameter": 1}
DECIMALS = 9
"""Digits a rate is rounded to: the last ones of a logarithm differ between processors."""
REASONS = (
    "There is no day 0.",
    "There is no baseline.",
    "No target is followed in this compartment.",
    "There is no suitable assessment.",
    "Every suitable assessment began after a new therapy or a local one.",
    "No target was measured at both times.",
    "The sum at the beginning is 0.",
    "The sum at the end is 0.",
    "The targets at the end were not read after those at the beginning.",
)
NO_DAY_0, NO_BASELINE, NO_TARGET, NO_ASSESSMENT, STOPPED, NOT_BOTH, NOTHING_BEFORE, NOTHING_AFTER, NO_TIME = range(9)


AVERAGE_MONTH = 30.4375
"""Days: 365.25 / 12. A rate is per month of one length, also where times count calendar months."""


@dataclass(frozen=True)
class Settings:
    """The study's section `growth`, and the length of its month in days."""

    exponent: int
    min_interval: int
    max_before: int | None
    window: tuple[int, int]
    month_days: float

    @classmethod
    def of(cls, growth: Mapping[str, Any], time: Mapping[str, Any]) -> Settings:
        """Read the sections `growth` and `time`; ConfigurationError for what is missing or not built."""
        try:
            low, high = growth["window_days"]
            return cls(
                exponent=EXPONENT[choice(growth, "measure", "growth", tuple(EXPONENT))],
                min_interval=growth["min_interval_days"],
                max_before=growth["max_before_days"],
                window=(low, high),
                month_days=AVERAGE_MONTH if time["month_days"] == "calendar" else float(time["month_days"]),
            )
        except KeyError as error:
            raise ConfigurationError(f"growth: {error.args[0]} is missing", "the key, as in config.yaml") from None


def rate(sum_from: ArrayLike, sum_to: ArrayLike, months: ArrayLike, measure: str = "volume") -> NDArray[np.float64]:
    """Return growth rates in percent a month, rounded to nine decimals.

    Parameters
    ----------
    sum_from, sum_to : array of number
        Sums of diameters at the beginning and at the end, in one unit.
    months : array of float
        Time between them.
    measure : {"volume", "diameter"}
        What grows by so many percent.

    Returns
    -------
    array of float
        Missing where a sum is 0 or less, or no time has passed.

    >>> rate([100, 80, 50], [110, 64, 48], [3, 3, 3.2]).tolist()
    [10.0, -20.0, -3.75475531]
    """
    return _rate(sum_from, sum_to, months, EXPONENT[measure])


def _rate(sum_from: ArrayLike, sum_to: ArrayLike, months: ArrayLike, exponent: int) -> NDArray[np.float64]:
    first, last, time = (np.asarray(v, dtype=float) for v in (sum_from, sum_to, months))
    known = (first > 0) & (last > 0) & (time > 0)
    ratio = np.where(known, last, 1.0) / np.where(known, first, 1.0)
    growth = exponent * np.log(ratio) / np.where(known, time, 1.0)
    # Adding 0 makes a rate of minus nothing a rate of nothing.
    return np.where(known, np.round(100 * np.expm1(growth), DECIMALS) + 0.0, np.nan)


def growth_rates(derived: Derived, growth: Mapping[str, Any], time: Mapping[str, Any]) -> pd.DataFrame:
    """Return the growth rates of every reader in every compartment.

    Of the targets those count that have a size at both assessments, along the axis of their compartment, states as
    in a RECIST sum: absent 0 mm, too small the study's size. Of several suitable assessments the one nearest to the
    baseline is taken at which all targets have a size, else the nearest at which any has. Under treatment no assessment
    counts that began after a new therapy or a local one of the compartment, where the study lets that end the counting.

    Parameters
    ----------
    derived : Derived
        What RECIST was derived from.
    growth, time : mapping
        The study's sections of these names.

    Returns
    -------
    DataFrame
        Contract GROWTH_RATES: two periods for each series.
    """
    settings = Settings.of(growth, time)
    early, of_reading = before_baseline(derived.assessments, derived.readers)
    # A merger without a date is known from what is read later, which this grid does not hold.
    dated = np.where(derived.lesions.merged_day == NO_DATE, -1, derived.lesions.survivor)
    lesions = replace(derived.lesions, survivor=dated)
    grid = lay_out(lesions, derived.readings, of_reading, early.start, early.length, early.rank)
    grid = absorb(replace_parents(grid, lesions), lesions, early)
    frames = []
    for part in derived.parts:
        before = Sizes.of(grid, lesions, early, part)
        after = Sizes.of(derived.grid, derived.lesions, derived.timepoints, part)
        frames.append(_period("before", before, _before(before, part.followed[0], settings), derived, part, settings))
        chosen = _early(after, part, derived, settings)
        frames.append(_period("early", after, chosen, derived, part, settings))
    return conform(in_order(pd.concat(frames, ignore_index=True), GROWTH_RATES.key), GROWTH_RATES)


@dataclass(frozen=True)
class _Chosen:
    """First and last assessment of a period for each reader (-1 if none), and why there is none."""

    first: Ints
    last: Ints
    why: Ints


def _best(suitable: Bools, sizes: Sizes, targets: Ints, latest: bool) -> Ints:
    """Return the first or latest suitable time point of each reader at which all targets have a size, else any."""
    reader, readers = sizes.timepoints.reader, len(targets)
    score = np.select([~suitable | (sizes.both == 0), sizes.both == targets[reader]], [FAR, 0], 1)
    if not latest:
        return first_row(score, reader, readers)[0]
    row = first_row(score[::-1], readers - 1 - reader[::-1], readers)[0][::-1]
    return np.where(row >= 0, len(reader) - 1 - row, -1)


def _before(sizes: Sizes, targets: Ints, settings: Settings) -> _Chosen:
    timepoints, readers = sizes.timepoints, len(targets)
    base = baseline_of(timepoints)
    ago = timepoints.first[base[timepoints.reader]] - timepoints.first
    suitable = (timepoints.rank < 0) & (ago >= settings.min_interval)
    if settings.max_before is not None:
        suitable &= ago <= settings.max_before
    first = _best(suitable, sizes, targets, latest=True)
    some = counts(timepoints.reader[suitable], readers) > 0
    return _Chosen(first, base, np.where(some, NOT_BOTH, NO_ASSESSMENT))


def _early(sizes: Sizes, part: Part, derived: Derived, settings: Settings) -> _Chosen:
    timepoints, targets = derived.timepoints, part.followed[0]
    base, reader = baseline_of(timepoints), timepoints.reader
    since_base = timepoints.first - timepoints.first[base[reader]]
    suitable = (timepoints.rank > 0) & (base >= 0)[reader] & (since_base >= settings.min_interval)
    day = timepoints.first - derived.readers.origin[reader]
    suitable &= (day >= settings.window[0]) & (day <= settings.window[1])
    counting = suitable & (timepoints.first <= part.stop[reader])
    last = _best(counting, sizes, targets, latest=False)
    some, any_counting = (counts(reader[flag], len(targets)) > 0 for flag in (suitable, counting))
    return _Chosen(base, last, np.select([~some, ~any_counting], [NO_ASSESSMENT, STOPPED], NOT_BOTH))


def _period(
    period: str, sizes: Sizes, chosen: _Chosen, derived: Derived, part: Part, settings: Settings
) -> pd.DataFrame:
    readers, start = derived.readers, sizes.timepoints.start
    n = len(readers.patient)
    found = (chosen.first >= 0) & (chosen.last >= 0)
    first, last = (np.where(found, t, start) for t in (chosen.first, chosen.last))
    # One row of the grid a target and reader: the first of the target's rows, from where both ends are reached.
    begin = np.flatnonzero(sizes.at == start[sizes.reader])
    row, reader = sizes.target[begin], sizes.reader[begin]
    ends = [row + (t - start)[reader] for t in (first, last)]
    used = found[reader] & (sizes.size[ends[0]] >= 0) & (sizes.size[ends[1]] >= 0) if len(row) else np.zeros(0, bool)
    count = counts(reader[used], n)
    total = [sums(sizes.size[e[used]], reader[used], n) for e in ends]
    of_reader = np.full(len(sizes.size), -1, np.int64)
    days, records = [], []
    for e in ends:
        of_reader[:] = -1
        of_reader[e[used]] = reader[used]
        whose = of_reader[sizes.of_row]
        behind, whose = sizes.source[whose >= 0], whose[whose >= 0]
        days.append(smallest(sizes.grid.day[behind], whose, n))
        records.append((whose, sizes.grid.reading[behind]))
    days = [np.where(d == FAR, NO_DATE, d) for d in days]
    dated = (days[0] != NO_DATE) & (days[1] != NO_DATE)
    elapsed = np.where(dated, days[1] - np.where(dated, days[0], 0), 0)
    months = np.where(dated & (count > 0), elapsed / settings.month_days, np.nan)
    value = _rate(total[0], total[1], np.nan_to_num(months), settings.exponent)
    targets = part.followed[0]
    why = np.select(
        [
            readers.origin == NO_DATE,
            ~derived.timepoints.has_baseline,
            targets == 0,
            count == 0,
            total[0] == 0,
            total[1] == 0,
            elapsed <= 0,
        ],
        [NO_DAY_0, NO_BASELINE, NO_TARGET, chosen.why, NOTHING_BEFORE, NOTHING_AFTER, NO_TIME],
        -1,
    )
    some = count > 0
    frame = pd.DataFrame(
        {
            "patient_id": text(take(readers.patients, readers.patient)),
            "compartment": text(phrase([part.name], np.zeros(n, np.int64))),
            "evaluator": text(take(readers.evaluators, readers.evaluator)),
            "period": text(phrase(list(GROWTH_PERIODS), np.full(n, GROWTH_PERIODS.index(period)))),
            "from_date": dates(days[0]),
            "to_date": dates(days[1]),
            "targets": targets,
            "used": count,
            "sum_from_mm": millimetres(total[0], some),
            "sum_to_mm": millimetres(total[1], some),
            "months": months,
            "growth_percent_per_month": np.where(why < 0, value, np.nan),
            "reason": text(phrase(list(REASONS), why)),
            "record_ids": text(_joined(records, derived, n)),
        }
    )
    return frame[derived.read]


def _joined(records: list[tuple[Ints, Ints]], derived: Derived, readers: int) -> pa.Array:
    """Return the records of the readings of each reader, the earlier ones first; missing where there are none."""
    whose = np.concatenate([w for w, _ in records])
    reading = np.concatenate([r for _, r in records])
    end = np.repeat([0, 1], [len(w) for w, _ in records])
    whose, reading, end = (a[reading >= 0] for a in (whose, reading, end))
    order = np.lexsort((reading, derived.readings.lesion[reading], end, whose))
    whose, reading = whose[order], reading[order]
    names = derived.readings.records.take(pa.array(reading))
    offsets = np.searchsorted(whose, np.arange(readers + 1))
    lists = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), names)
    joined = pc.binary_join(lists, pa.scalar(" ", pa.large_string()))
    return pc.if_else(pa.array(np.diff(offsets) > 0), joined, pa.scalar(None, pa.large_string()))
