"""Days as months: of a fixed length, or counted in the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import ConfigurationError

CALENDAR = "calendar"


def calendar_months(origins: pd.Series, ends: pd.Series) -> NDArray[np.float64]:
    """Return the months from each origin to each end as a person counts them in a calendar.

    The day of the origin comes round once a month: on the same day of the month, or on the month's last day where it
    has no such day. The months are the days that have come round on or before the end, and the part that has passed of
    the days to the next one. From 2020-01-31 that is 1 on 2020-02-29, 1 + 30/31 on 2020-03-30, and 2 on 2020-03-31.

    Parameters
    ----------
    origins, ends : Series of datetime
        None missing, no end before its origin.

    Notes
    -----
    Months are added as pandas' ``DateOffset(months=)`` and R's ``%m+%`` (lubridate) add them, always to the origin
    itself: a short month on the way moves no later one. No standard says what a part of a month is; here it is the
    share of the days between two days on which the origin comes round.
    """
    # Whole arrays of days and months; a time zone or an hour has no place here.
    begin = origins.to_numpy(dtype="datetime64[D]")
    until = ends.to_numpy(dtype="datetime64[D]")
    if np.isnat(begin).any() or np.isnat(until).any() or (until < begin).any():
        raise ValueError("a date is missing, or an end lies before its origin")
    first = begin.astype("datetime64[M]")
    day = (begin - first).astype(np.int64)

    def comes_round(count: NDArray[np.int64]) -> NDArray[np.datetime64]:
        month = first + count
        days = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
        return month.astype("datetime64[D]") + np.minimum(day, days - 1)

    count = (until.astype("datetime64[M]") - first).astype(np.int64)
    count = count - (comes_round(count) > until)
    last, coming = comes_round(count), comes_round(count + 1)
    return count + (until - last).astype(np.int64) / (coming - last).astype(np.int64)


def month_days(study: Mapping[str, Any]) -> float | None:
    """Return the days of the study's month, None for calendar months; ConfigurationError if it is neither."""
    days = study["time"]["month_days"]
    if days == CALENDAR:
        return None
    if isinstance(days, bool) or not isinstance(days, (int, float)) or days <= 0:
        raise ConfigurationError(f"time.month_days: {days!r} is not built", f"a number of days, or {CALENDAR}")
    return float(days)


def months(origins: pd.Series, days: pd.Series, study: Mapping[str, Any]) -> pd.Series:
    """Return times in months from their origins and their days (`time.add_one_day` included).

    A time without an origin or an end is missing. Days before the origin are counted back from it and are negative.
    """
    length = month_days(study)
    if length is not None:
        return days / length
    ends = origins + pd.to_timedelta(days, unit="D")
    known = (origins.notna() & ends.notna()).to_numpy(dtype=bool)
    begin, until = origins[known], ends[known]
    back = (until < begin).to_numpy(dtype=bool)
    counted = calendar_months(begin.mask(back, until), until.mask(back, begin))
    found = np.full(len(days), np.nan)
    found[known] = np.where(back, -counted, counted)
    return pd.Series(found, index=days.index)
