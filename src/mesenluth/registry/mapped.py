"""Apply a mapping to source rows: select, rename, pseudonymise, reduce; all of it still text."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .mapping import TableMapping
from .pseudonyms import Pseudonymiser
from .source import Reading, row_hashes


def year_of(texts: pd.Series, reading: Reading) -> pd.Series:
    """Return the year of each date as text.

    What is no date of the declared formats is not passed on (it could be a full birth date in another notation):
    only the fact that it could not be read.
    """
    found = pd.Series(np.nan, index=texts.index, dtype="float64")
    for pattern in reading.formats:
        parsed = pd.to_datetime(texts, format=pattern, errors="coerce", exact=True)
        found = found.where(found.notna(), parsed.dt.year.astype("float64"))
    year = found.map(lambda y: str(int(y)), na_action="ignore")
    unread = texts.notna() & year.isna() & ~texts.isin(reading.missing)
    return year.where(~unread, "unreadable date")


def apply(
    table: TableMapping, rows: pd.DataFrame, pseudonyms: Pseudonymiser
) -> tuple[pd.DataFrame, dict[str, Reading]]:
    """Return one canonical table as text, with provenance, and how to read it.

    Parameters
    ----------
    rows : DataFrame
        Text of the source columns the mapping reads (`TableMapping.source_columns`).
    """
    out: dict[str, pd.Series] = {}
    for name, column in table.columns.items():
        if column.source is None:
            values = pd.Series(column.constant, index=rows.index, dtype=object)
        else:
            values = rows[column.source]
            blank = values.isin(column.reading.missing)
            if column.pseudonym:
                values = pseudonyms(values.str.strip().where(~blank), column.pseudonym)
            elif column.keep == "year":
                values = year_of(values, column.reading)
        out[name] = values
    frame = pd.DataFrame(out, index=rows.index)
    hashes = row_hashes(frame)
    # The key is a running number of the registry's own; where it is pseudonymised as a column, so it is here.
    key_columns = {c.source: c.pseudonym for c in table.columns.values() if c.source and c.pseudonym}
    keys = [pseudonyms(rows[k].str.strip(), key_columns[k]) if k in key_columns else rows[k] for k in table.key]
    frame["source_table"] = table.source
    frame["source_key"] = keys[0].astype(object).fillna("") if len(keys) == 1 else _joined(keys)
    frame["row_sha256"] = hashes
    return frame, {n: c.reading for n, c in table.columns.items()}


def _joined(keys: list[pd.Series]) -> pd.Series:
    joined = keys[0].astype(object).fillna("")
    for key in keys[1:]:
        joined = joined + "/" + key.astype(object).fillna("")
    return joined


def unused(mapping: Mapping[str, TableMapping], available: Mapping[str, list[str]]) -> list[str]:
    """Return `table.column` of everything the source has and the mapping leaves behind."""
    read: dict[str, list[str]] = {}
    for table in mapping.values():
        read.setdefault(table.source, []).extend(table.source_columns)
    return [f"{t}.{c}" for t in sorted(available) for c in available[t] if c not in read.get(t, [])]
