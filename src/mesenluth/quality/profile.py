"""What a registry delivered, in counts that add up over partitions: the raw material of its picture.

Counts are of the extracted tables, before validation: what is missing, rounded or out of its range is still there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from ..tables.conditions import evaluate
from ..tables.io import STRING, conform, empty
from ..tables.model import Column, Table
from ..tables.registry import REGISTRY
from ..tables.results_picture import PROFILE
from .judged import look_up, true

UNASSIGNED = "unassigned"
"""Centre of the rows whose patient has none."""
NAMES = ("record_id", "patient_id")
LINKS = ("assessment", "split_from", "merged_into")
"""Text that names another row, beside what ends in `_id`: no code, however few there are."""
FEW_CODES = 60
"""A column of text with more different values than this holds names, not codes: its values are not counted."""
NAMED = "names"
"""What is counted of such a column in place of its values: in a part of the cut it may have few."""


def _links(column: Column) -> bool:
    """Return whether the text of a column names a row."""
    return column.name.endswith("_id") or column.name in LINKS


FREE = [
    (t.name, c.name)
    for t in REGISTRY.values()
    for c in t.columns
    if c.type == "string" and not c.allowed and not _links(c)
]
"""Columns of text that no vocabulary closes."""


def profile(tables: Mapping[str, pd.DataFrame], unreadable: pd.DataFrame) -> pd.DataFrame:
    """Count rows, given and unreadable cells, values, months, days and last digits by centre.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By `tables.extracted.extracted`.
    unreadable : DataFrame
        Cells that could not be read.

    Returns
    -------
    DataFrame
        By the contract PROFILE.
    """
    patients = tables["patients"].dropna(subset=["patient_id"]).sort_values("record_id").drop_duplicates("patient_id")
    centres = patients.set_index("patient_id")["centre"]
    parts: list[pd.DataFrame] = []
    for name, contract in REGISTRY.items():
        frame = tables[name]
        if frame.empty:
            continue
        own = frame["centre"] if name == "patients" else look_up(frame["patient_id"], centres)
        codes, names = pd.factorize(own.fillna(UNASSIGNED), sort=True)
        counter = _Counter(name, codes.astype("int64"), [str(n) for n in names])
        parts += counter.table(frame, contract)
        cells = unreadable[unreadable["table"] == name]
        if len(cells):
            of = pd.Series(codes, index=frame["record_id"])
            for column, rows in cells.groupby("column", sort=True):
                parts.append(counter.count(str(column), "unreadable", of.loc[rows["record_id"]].to_numpy()))
    if not parts:
        return empty(PROFILE)
    return conform(pd.concat(parts, ignore_index=True).sort_values(list(PROFILE.key), kind="stable"), PROFILE)


def added(parts: pd.DataFrame) -> pd.DataFrame:
    """Add up the profiles of all partitions.

    A column of text that holds names in one of them, or more different values than `FEW_CODES` over all, holds names:
    its values are not counted, however the work is split.
    """
    if parts.empty:
        return empty(PROFILE)
    whole = parts.groupby(list(PROFILE.key), as_index=False, sort=True)[["n"]].sum()
    place = pd.MultiIndex.from_frame(whole[["table", "column"]])
    different = whole[whole["measure"] == "value"].groupby(["table", "column"])["value"].nunique()
    free = pd.MultiIndex.from_tuples(FREE, names=["table", "column"])
    names = different.index[(different > FEW_CODES).to_numpy() & different.index.isin(free)]
    names = names.append(place[(whole["measure"] == NAMED).to_numpy()])
    spared = ~(place.isin(names) & whole["measure"].isin(["value", NAMED]).to_numpy())
    return conform(whole[spared], PROFILE)


class _Counter:
    """Counts of one table by centre."""

    def __init__(self, table: str, codes: np.ndarray, names: list[str]) -> None:
        self.name, self.codes, self.names = table, codes, names

    def count(self, column: str, measure: str, codes: np.ndarray, values: np.ndarray | None = None) -> pd.DataFrame:
        """Return how often each value stands in each centre; `values` as whole codes with their texts, or none."""
        found, texts = (np.zeros(len(codes), dtype="int64"), np.array([""], dtype=object))
        if values is not None:
            found, texts = pd.factorize(values, sort=True)
        width = max(len(texts), 1)
        counts = np.bincount(codes * width + found, minlength=len(self.names) * width)
        at = np.flatnonzero(counts)
        return pd.DataFrame(
            {
                "table": self.name,
                "column": column,
                "centre": pd.array(np.array(self.names, dtype=object)[at // width], dtype=STRING),
                "measure": measure,
                "value": pd.array([_shown(texts[i]) for i in at % width], dtype=STRING),
                "n": counts[at],
            }
        )

    def table(self, frame: pd.DataFrame, contract: Table) -> Iterator[pd.DataFrame]:
        """Yield the counts of every column of a table."""
        yield self.count("*", "rows", self.codes)
        for column in contract.columns:
            if column.name in NAMES:
                continue
            given = frame[column.name].notna().to_numpy()
            codes = self.codes[given]
            yield self.count(column.name, "given", codes)
            asked = self._asked(column, frame, contract)
            yield self.count(column.name, "asked", self.codes[asked])
            yield self.count(column.name, "missing", self.codes[asked & ~given])
            yield from self._values(column, frame[column.name][given], codes)

    @staticmethod
    def _asked(column: Column, frame: pd.DataFrame, contract: Table) -> np.ndarray:
        if isinstance(column.asked, bool):
            return np.full(len(frame), column.asked)
        return true(evaluate(column.asked, frame, contract))

    def _values(self, column: Column, values: pd.Series, codes: np.ndarray) -> Iterator[pd.DataFrame]:
        if column.type == "date":
            months = values.dt.year.to_numpy(dtype="int64") * 100 + values.dt.month.to_numpy(dtype="int64")
            yield self.count(column.name, "month", codes, months)
            yield self.count(column.name, "day", codes, values.dt.day.to_numpy(dtype="int64"))
        elif column.type == "string":
            link = _links(column)
            if column.allowed or (not link and values.nunique() <= FEW_CODES):
                yield self.count(column.name, "value", codes, values.astype(object).to_numpy())
            elif not link:
                yield self.count(column.name, NAMED, codes)
        elif column.type == "bool":
            yield self.count(column.name, "value", codes, values.to_numpy(dtype=bool))
        elif column.unit == "um":
            millimetres = (values.to_numpy(dtype="int64") + 500) // 1000
            yield self.count(column.name, "value", codes, _two_digits(millimetres.astype("float64")))
            yield self.count(column.name, "digit", codes, millimetres % 10)
        else:
            yield self.count(column.name, "value", codes, _two_digits(values.to_numpy(dtype="float64")))


def _two_digits(numbers: np.ndarray) -> np.ndarray:
    """Return numbers rounded to two significant digits: enough for a distribution, few enough to keep."""
    size = np.floor(np.log10(np.where(numbers == 0, 1, np.abs(numbers)))) - 1
    power = 10.0**-size
    return np.round(np.rint(numbers * power) / power, 6)


def _shown(value: object) -> str:
    """Return a value as the registry's texts show it."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    return f"{value:.10g}" if isinstance(value, (float, np.floating)) else str(value)
