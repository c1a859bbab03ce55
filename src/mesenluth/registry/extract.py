"""Extraction: from a registered cut (text) to typed tables as they were known at the cut's date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ..tables.extracted import EXTRACTION_COUNTS, IMPUTED, UNREADABLE, extracted
from ..tables.io import STRING, conform, empty
from ..tables.registry import DATED_BY, REGISTRY
from .known import FOLLOWS, KNOWN_LATER
from .parse import parse
from .partial import complete
from .source import Reading

SHOWN = 60
"""Characters of an unreadable text that are shown: enough to mend it, not enough for a letter."""

FAR_YEARS = 20
"""A record dated so many years after the cut was not made later: its date is wrong, and it does not just wait."""


@dataclass(frozen=True)
class Extraction:
    """What extraction made of a registered cut.

    Attributes
    ----------
    tables : dict of str to DataFrame
        By `tables.extracted.extracted`.
    unreadable, counts, imputed : DataFrame
        By the contracts `UNREADABLE`, `EXTRACTION_COUNTS` and `IMPUTED`.
    """

    tables: dict[str, pd.DataFrame]
    unreadable: pd.DataFrame
    counts: pd.DataFrame
    imputed: pd.DataFrame


def extract(
    stored: Mapping[str, pd.DataFrame],
    readings: Mapping[str, Mapping[str, Reading]],
    cut_date: str,
    places: pd.DataFrame | None = None,
) -> Extraction:
    """Type every registered table and leave out what was not known at the cut's date.

    Parameters
    ----------
    stored : mapping of str to DataFrame
        Registered tables, by `tables.extracted.stored`.
    readings : mapping
        Table -> column -> how to read it.
    cut_date : str
        ISO date. Rows dated later do not count; a row whose date cannot be read stays and is judged by validation.
    places : DataFrame, optional
        By `tables.extracted.PLACES`: where rows stand in files. What could not be read says so.
    """
    limit = pd.Timestamp(cut_date)
    typed: dict[str, pd.DataFrame] = {}
    faults = []
    for name in REGISTRY:
        frame, unread = _typed(name, stored[name], readings.get(name, {}), limit)
        typed[name] = frame
        faults.append(unread)
    unreadable, imputed = complete(typed, _together(faults), readings, limit)
    kept: dict[str, pd.DataFrame] = {}
    counts, late = [], dict[str, set[str]]()
    for name, frame in typed.items():
        if name in DATED_BY:
            after = (frame[DATED_BY[name]] > limit).fillna(False).astype(bool)
        elif name in FOLLOWS:
            parent, link = FOLLOWS[name]
            after = frame[link].isin(late[parent])
        else:
            after = pd.Series(False, index=frame.index)
        if name == "scans":
            # A scan known under one name before and after the cut is a fault that validation must see.
            late[name] = set(frame.loc[after, "scan_id"]) - set(frame.loc[~after, "scan_id"])
        counts.append((name, len(frame), int(after.sum()), int((~after).sum())))
        kept[name] = _as_known(name, frame[~after], limit)
    present = pd.concat([f[["record_id"]] for f in kept.values()])["record_id"]
    unreadable = unreadable[unreadable["record_id"].isin(present)]
    if places is not None and len(unreadable):
        unreadable = unreadable.assign(reason=_placed(unreadable, places, readings))
    return Extraction(
        kept,
        conform(unreadable, UNREADABLE),
        conform(pd.DataFrame(counts, columns=EXTRACTION_COUNTS.column_names), EXTRACTION_COUNTS),
        conform(imputed[imputed["record_id"].isin(present)], IMPUTED),
    )


def _typed(
    name: str, texts: pd.DataFrame, readings: Mapping[str, Reading], limit: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one table with typed columns, and its unreadable cells; a date decades after the cut is none."""
    if not len(texts):
        return empty(extracted(name)), empty(UNREADABLE)
    out = {"record_id": texts["record_id"]}
    faults, latest = [], limit + pd.DateOffset(years=FAR_YEARS)
    for column in REGISTRY[name].columns:
        if column.name == "record_id":
            continue
        values, reasons = parse(texts[column.name], column, readings.get(column.name, Reading()))
        if column.type == "date":
            far = (values > latest).fillna(False).to_numpy(dtype=bool)
            values, reasons = values.mask(far), reasons.mask(far, f"a date less than {FAR_YEARS} years after the cut")
        out[column.name] = values
        bad = reasons != ""
        faults.append(
            pd.DataFrame(
                {
                    "table": name,
                    "record_id": texts.loc[bad, "record_id"],
                    "column": column.name,
                    "observed": texts.loc[bad, column.name].str.slice(0, SHOWN),
                    "reason": reasons[bad],
                }
            )
        )
    return conform(pd.DataFrame(out), extracted(name)), _together(faults)


def _placed(unreadable: pd.DataFrame, places: pd.DataFrame, readings: Mapping[str, Mapping[str, Reading]]) -> pd.Series:
    """Return the reasons with file, sheet, line and column of the cell."""
    cells = unreadable.reset_index().merge(places, on=["table", "record_id"], how="left").set_index("index")
    columns = pd.Series(
        [readings.get(t, {}).get(c, Reading()).named for t, c in zip(cells["table"], cells["column"], strict=True)],
        index=cells.index,
        dtype=STRING,
    )
    sheet = (", sheet " + cells["sheet"]).fillna("")
    place = "; at " + cells["file"] + sheet + ", line " + cells["line"].astype("Int64").astype(STRING)
    place = place + (", column " + columns).where(columns != "", "")
    return cells["reason"] + place.fillna("")


def _together(faults: list[pd.DataFrame]) -> pd.DataFrame:
    """Return unreadable cells as one table; parts without any would only blur its types."""
    some = [f for f in faults if len(f)]
    return pd.concat(some, ignore_index=True) if some else empty(UNREADABLE)


def _as_known(name: str, frame: pd.DataFrame, limit: pd.Timestamp) -> pd.DataFrame:
    """Empty the cells that were not yet known at the cut's date."""
    if name not in KNOWN_LATER:
        return frame.reset_index(drop=True)
    columns, date = KNOWN_LATER[name]
    later = (frame[date] > limit).fillna(False).astype(bool)
    return frame.assign(**{c: frame[c].mask(later) for c in columns}).reset_index(drop=True)
