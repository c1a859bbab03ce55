"""Months of a fixed length, and those of the calendar: dates counted by hand."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.endpoints.months import calendar_months, month_days, months
from mesenluth.errors import ConfigurationError


def between(*pairs):
    begin, end = zip(*pairs, strict=True)
    return calendar_months(pd.Series(pd.to_datetime(list(begin))), pd.Series(pd.to_datetime(list(end)))).tolist()


# The day of the origin, or the last day of a month that has no such day; then the share of the days to the next one.
@pytest.mark.parametrize(
    ("begin", "end", "wanted"),
    [
        ("2020-01-15", "2020-01-15", 0),
        ("2020-01-15", "2020-02-15", 1),
        ("2020-01-15", "2020-02-14", 30 / 31),
        ("2020-01-15", "2020-02-16", 1 + 1 / 29),  # 15 February to 15 March 2020: 29 days
        ("2021-01-15", "2021-02-16", 1 + 1 / 28),  # the same in a year without a leap day
        ("2020-01-31", "2020-02-28", 28 / 29),
        ("2020-01-31", "2020-02-29", 1),  # February ends
        ("2021-01-31", "2021-02-28", 1),
        ("2020-01-31", "2020-03-01", 1 + 1 / 31),  # 29 February to 31 March: 31 days
        ("2020-01-31", "2020-03-30", 1 + 30 / 31),
        ("2020-01-31", "2020-03-31", 2),
        ("2020-01-31", "2020-04-30", 3),
        ("2020-01-30", "2020-02-29", 1),
        ("2021-01-30", "2021-03-01", 1 + 1 / 30),  # 28 February to 30 March: 30 days
        ("2020-02-29", "2021-02-28", 12),  # from a leap day: a year later
        ("2020-02-29", "2021-02-27", 11 + 29 / 30),  # 29 January to 28 February 2021: 30 days
        ("2020-02-29", "2021-03-01", 12 + 1 / 29),  # 28 February to 29 March 2021: 29 days
        ("2020-02-29", "2024-02-29", 48),
        ("2020-02-28", "2024-02-28", 48),
        ("2019-12-31", "2020-12-31", 12),
        ("2019-12-31", "2020-01-01", 1 / 31),
    ],
)
def test_calendar_months_at_exact_dates(begin, end, wanted):
    assert between((begin, end)) == [pytest.approx(wanted, abs=1e-12)]


DATES = st.dates(datetime.date(1999, 1, 1), datetime.date(2030, 12, 31))


@given(DATES, st.integers(0, 6000))
def test_a_day_more_is_never_fewer_months_and_twelve_are_a_year(begin, days):
    begin = pd.Timestamp(begin)
    ends = pd.Series([begin + pd.Timedelta(days=days), begin + pd.Timedelta(days=days + 1)])
    one, other = calendar_months(pd.Series([begin, begin]), ends)
    assert one < other <= one + 1 / 28 + 1e-9
    assert calendar_months(pd.Series([begin]), pd.Series([begin + pd.DateOffset(years=1)]))[0] == 12
    for k in (1, 2, 11):
        assert calendar_months(pd.Series([begin]), pd.Series([begin + pd.DateOffset(months=k)]))[0] == k


def test_an_end_before_its_origin_or_a_missing_date_is_refused():
    for end in ("2020-01-01", None):
        with pytest.raises(ValueError, match="missing, or an end"):
            between(("2020-01-02", end))


def test_an_unknown_date_leaves_the_time_unknown_and_days_before_the_origin_count_back():
    """Of what is counted back from the first treatment (time since the diagnosis): 2020-03-15 to 2020-01-15 is -2."""
    origins = pd.Series(pd.to_datetime(["2020-01-15", None, "2020-03-15", "2020-01-15"]), index=[4, 5, 6, 7])
    days = pd.Series([60.0, np.nan, -60.0, np.nan], index=origins.index)
    found = months(origins, days, {"time": {"month_days": "calendar"}})
    assert found.index.tolist() == [4, 5, 6, 7]
    np.testing.assert_array_equal(found, [2, np.nan, -2, np.nan])


def test_months_of_the_study_file():
    origins = pd.Series(pd.to_datetime(["2020-01-31", "2020-02-29"]))
    days = pd.Series([29, 365], index=origins.index)
    assert months(origins, days, {"time": {"month_days": "calendar"}}).tolist() == [1, 12]
    assert months(origins, days, {"time": {"month_days": 30}}).tolist() == [29 / 30, 365 / 30]
    assert month_days({"time": {"month_days": "calendar"}}) is None
    assert month_days({"time": {"month_days": np.float64(30.4375)}}) == 30.4375
    for bad in (0, -1, True, "lunar"):
        with pytest.raises(ConfigurationError, match=r"time.month_days"):
            month_days({"time": {"month_days": bad}})
