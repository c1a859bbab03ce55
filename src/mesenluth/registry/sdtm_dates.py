"""Partial dates of SDTM: completed where the delivery itself says the day, imputed only where the study asks for it."""

from __future__ import annotations

import pandas as pd

from ..tables.io import STRING
from .sdtm_text import matches

WHOLE = r"\d{4}-\d{2}-\d{2}(?:T.*)?"
TO_MONTH = r"\d{4}-\d{2}"
TO_YEAR_OR_MONTH = r"\d{4}(?:-\d{2})?"


def calendar(texts: pd.Series) -> pd.Series:
    """Return the calendar dates of whole ISO 8601 texts (a time of day is dropped); NaT elsewhere."""
    whole = texts.where(matches(texts, WHOLE)).str.slice(0, 10)
    return pd.to_datetime(whole, format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")


def complete(rows: pd.DataFrame, how: str, variable: str) -> tuple[pd.Series, list[str]]:
    """Complete partial dates, and say what was done.

    First by the study day: SDTM defines it from RFSTDTC (day 1 is RFSTDTC, there is no day 0), so that a date of which
    only year and month are delivered is known exactly if its study day falls into them. Study days that contradict
    whole dates of the same visit are planned days and are not used. Then, if `how` says so, by the first or the last
    day of the month, unless that would put the visit out of the order of visits.

    Parameters
    ----------
    rows : DataFrame of str
        subject, dtc (as delivered), day (study day), visit (number of the visit), reference (RFSTDTC).
    how : str
        ``refuse``, ``first`` or ``last``.
    variable : str
        Name of the variable, for the notes.

    Returns
    -------
    dates : Series of str
        ``YYYY-MM-DD`` where the date is whole or was completed, else the text as delivered.
    notes : list of str
    """
    known = calendar(rows["dtc"])
    by_day = _by_study_day(rows, known)
    gap = known.isna()
    prefix = rows["dtc"].where(matches(rows["dtc"], TO_YEAR_OR_MONTH))
    inside = by_day.dt.strftime("%Y-%m").where(prefix.str.len() == 7, by_day.dt.strftime("%Y")).astype(STRING)
    exact = gap & by_day.notna() & (rows["dtc"].isna() | (inside == prefix))
    known = known.where(~exact, by_day)
    notes = _told(rows, known, exact, f"{variable}: completed from the study day")
    if how != "refuse":
        wanted = known.isna() & matches(rows["dtc"], TO_MONTH)
        month = pd.to_datetime(rows["dtc"].where(wanted), format="%Y-%m", errors="coerce").astype("datetime64[us]")
        guess = month if how == "first" else month + pd.offsets.MonthEnd(0)
        guess = guess.astype("datetime64[us]")
        wanted &= guess.notna()
        disordered = wanted & _out_of_order(rows, known, guess)
        imputed = wanted & ~disordered
        known = known.where(~imputed, guess)
        notes += _told(rows, known, imputed, f"{variable}: imputed by the {how} day of the month")
        notes += _told(
            rows,
            guess,
            disordered,
            f"{variable}: not imputed, the {how} day of the month contradicts the order of visits",
        )
    left = known.isna() & rows["dtc"].notna()
    if left.any():
        notes.append(f"{variable}: {int(left.sum())} rows are no whole date and stay as delivered")
    return known.dt.strftime("%Y-%m-%d").astype(STRING).where(known.notna(), rows["dtc"]), notes


def _by_study_day(rows: pd.DataFrame, known: pd.Series) -> pd.Series:
    """Return the date that each study day stands for; NaT where there is none, or where it is a planned day."""
    start = calendar(rows["reference"])
    day = pd.to_numeric(rows["day"], errors="coerce").astype("float64")
    day = day.where((day % 1 == 0) & (day != 0) & (day.abs() < 100_000))
    # Gaps are filled for the arithmetic only: a missing number has no defined length in days.
    shift = pd.to_timedelta((day - (day > 0)).fillna(0).astype("int64"), unit="D")
    date = (start + shift).where(day.notna()).astype("datetime64[us]")
    wrong = known.notna() & date.notna() & (known != date)
    planned = wrong.groupby(rows["visit"].fillna("")).transform("any")
    return date.mask(planned)


def _out_of_order(rows: pd.DataFrame, known: pd.Series, guess: pd.Series) -> pd.Series:
    """Return which guesses do not lie between the subject's visits before and after."""
    number = pd.to_numeric(rows["visit"], errors="coerce")
    asked = pd.DataFrame({"row": rows.index, "subject": rows["subject"], "number": number, "guess": guess})
    asked = asked[guess.notna() & number.notna()]
    others = pd.DataFrame({"subject": rows["subject"], "other": number, "date": known}).dropna().drop_duplicates()
    pairs = asked.merge(others, on="subject")
    before = (pairs["other"] < pairs["number"]) & (pairs["date"] >= pairs["guess"])
    after = (pairs["other"] > pairs["number"]) & (pairs["date"] <= pairs["guess"])
    return pd.Series(rows.index.isin(pairs.loc[before | after, "row"]), index=rows.index)


def _told(rows: pd.DataFrame, dates: pd.Series, chosen: pd.Series, what: str) -> list[str]:
    """Return one note that says which delivered text became which date, in how many rows."""
    if not chosen.any():
        return []
    became = rows.loc[chosen, "dtc"].fillna("missing") + " -> " + dates[chosen].dt.strftime("%Y-%m-%d").astype(STRING)
    counts = became.value_counts().sort_index()
    shown = [f"{text} ({n} rows)" for text, n in counts.items()]
    more = f", and {len(shown) - 20} more" if len(shown) > 20 else ""
    return [f"{what}, {int(chosen.sum())} rows: " + ", ".join(shown[:20]) + more]
