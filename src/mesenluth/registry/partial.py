"""Dates of which the day, or day and month, are not known: completed by the study's rule, and only if it has one.

A completed date stays within the month or year that was delivered, keeps a flag (`tables.extracted.IMPUTED`), and is
moved within its period where it would turn time round: a diagnosis or a registration comes no later than the first
treatment, an end no earlier than its start, news no earlier than what happened to the patient before, and nothing
later than the cut. Where its period leaves no such day, the date is not completed.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..tables.extracted import IMPUTED
from ..tables.io import STRING, conform, empty
from ..tables.registry import DATED_BY, REGISTRY
from .source import Reading

UNKNOWN = r"(?:UN|UNK|XX|NK|ND|\?\?|00)"
MONTH = r"(?P<month>0?[1-9]|1[0-2])"
YEAR = r"(?P<year>(?:19|20)\d{2})"
ALWAYS = (rf"{YEAR}", rf"{YEAR}-{MONTH}(?:-{UNKNOWN})?", rf"{YEAR}-{UNKNOWN}-{UNKNOWN}", rf"{MONTH}[/.-]{YEAR}")
DAY_FIRST = (rf"{UNKNOWN}[/.-]{MONTH}[/.-]{YEAR}", rf"{UNKNOWN}[/.-]{UNKNOWN}[/.-]{YEAR}")
MONTH_FIRST = (rf"{MONTH}[/.-]{UNKNOWN}[/.-]{YEAR}", rf"{UNKNOWN}[/.-]{UNKNOWN}[/.-]{YEAR}")

BEFORE_TREATMENT = {"patients": ("diagnosis_date", "registration_date")}
STARTS = {"end_date": "start_date"}
"""Column -> column of the same row that it cannot lie before."""

NEWS = "follow_up"


def period(texts: pd.Series, formats: tuple[str, ...]) -> tuple[pd.Series, pd.Series]:
    """Return the first and the last day that a partial date may mean; NaT where a text is none.

    ISO texts and month/year are read whatever the formats are; where the day stands before the month, or after it,
    is known from them.
    """
    ways = list(ALWAYS)
    ways += DAY_FIRST if any(0 <= f.find("%d") < f.find("%m") for f in formats) else ()
    ways += MONTH_FIRST if any(0 <= f.find("%m") < f.find("%d") and not f.startswith("%Y") for f in formats) else ()
    year = pd.Series(None, index=texts.index, dtype=STRING)
    month = pd.Series(None, index=texts.index, dtype=STRING)
    upper = texts.astype(STRING).str.strip().str.upper()
    for way in ways:
        found = upper.str.extract(rf"^{way}$")
        year = year.where(year.notna(), found["year"].astype(STRING))
        if "month" in found:
            month = month.where(month.notna(), found["month"].astype(STRING))
    first = pd.to_datetime(year + "-" + month.fillna("1").str.zfill(2) + "-01", format="%Y-%m-%d", errors="coerce")
    ends = (first + pd.offsets.MonthEnd(0)).where(month.notna(), first + pd.offsets.YearEnd(0))
    return first.astype("datetime64[us]"), ends.astype("datetime64[us]")


def complete(
    typed: dict[str, pd.DataFrame],
    unreadable: pd.DataFrame,
    readings: Mapping[str, Mapping[str, Reading]],
    limit: pd.Timestamp,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Complete partial dates in typed tables.

    Parameters
    ----------
    typed : dict of str to DataFrame
        By `tables.extracted.extracted`; completed dates are put in.
    unreadable : DataFrame
        table, record_id, column, observed, reason.
    readings : mapping
        Table -> column -> reading; its `partial` is the rule.
    limit : Timestamp
        The cut's date.

    Returns
    -------
    unreadable : DataFrame
        Without the cells that were completed.
    imputed : DataFrame
        By the contract IMPUTED.
    """
    asked = {(t, c): r for t, columns in readings.items() for c, r in columns.items() if r.partial}
    if not asked or not len(unreadable):
        return unreadable, empty(IMPUTED)
    known = _first_treatment(typed), _whole_dates(typed)
    done = []
    # News last: what is completed elsewhere is something that happened.
    groups = {(str(t), str(c)): cells for (t, c), cells in unreadable.groupby(["table", "column"])}
    order = list(REGISTRY)
    for name, column in sorted(groups, key=lambda g: (g[0] == NEWS, order.index(g[0]), g[1])):
        reading = asked.get((name, column))
        if reading is not None and REGISTRY[name].column(column).type == "date":
            done.append(_complete_column(typed, name, column, groups[name, column], reading, limit, known))
    imputed = pd.concat(done, ignore_index=True) if done else empty(IMPUTED)
    keys = ["table", "record_id", "column"]
    left = unreadable.merge(imputed[keys].drop_duplicates(), on=keys, how="left", indicator="\x1fdone")
    kept = (left["\x1fdone"] == "left_only").to_numpy()
    return unreadable[kept].reset_index(drop=True), conform(imputed, IMPUTED)


def _complete_column(
    typed: dict[str, pd.DataFrame],
    name: str,
    column: str,
    cells: pd.DataFrame,
    reading: Reading,
    limit: pd.Timestamp,
    known: tuple[pd.Series, pd.DataFrame],
) -> pd.DataFrame:
    treatment, dated = known
    rows = cells.merge(typed[name].reset_index(names="row"), on="record_id", how="left", suffixes=("", "_typed"))
    low, high = period(rows["observed"], reading.formats)
    month = (high - low).dt.days < 31
    first, last = low.copy(), high.where(high <= limit, limit.as_unit("us"))
    start = rows["patient_id"].map(treatment)
    if column in BEFORE_TREATMENT.get(name, ()):
        last = last.where(~((low <= start) & (start < last)), start)
    if column in STARTS:
        begun = rows[STARTS[column]]
        first = first.where(~(begun > first), begun)
    if name == NEWS:
        events = rows[["patient_id"]].assign(row=range(len(rows)), high=high).merge(dated, on="patient_id")
        before = events[events["date"] <= events["high"]].groupby("row")["date"].max()
        latest = pd.Series(range(len(rows))).map(before).set_axis(rows.index)
        first = first.where(~(latest > first), latest)
    wanted = first if reading.partial == "first" else last
    good = wanted.notna() & (first <= last)
    frame = typed[name]
    at = rows.loc[good, "row"].astype("int64")
    frame.loc[at, column] = wanted[good].to_numpy()
    moved = (wanted != (low if reading.partial == "first" else high)) & good
    rule = f"{reading.partial} day of the " + pd.Series("year", index=rows.index, dtype=STRING).mask(month, "month")
    rule = rule.mask(moved, rule + ", moved so that time is not turned round")
    return pd.DataFrame(
        {
            "table": name,
            "record_id": rows.loc[good, "record_id"],
            "column": column,
            "observed": rows.loc[good, "observed"],
            "date": wanted[good],
            "rule": rule[good],
        }
    )


def _first_treatment(typed: Mapping[str, pd.DataFrame]) -> pd.Series:
    return typed["administrations"].groupby("patient_id")["administration_date"].min()


def _whole_dates(typed: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return patient and date of everything that happened to patients, as far as it is known to the day."""
    parts = [
        typed[t][["patient_id", c]].set_axis(["patient_id", "date"], axis=1)
        for t, c in DATED_BY.items()
        if c in typed[t]
    ]
    return pd.concat(parts, ignore_index=True).dropna()
