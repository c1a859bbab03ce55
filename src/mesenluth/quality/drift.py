"""What changed between a cut and the one before it: records, codes, completeness and distributions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..tables.io import STRING, conform, empty
from ..tables.registry import REGISTRY
from ..tables.results_picture import DRIFT, RECORD_CHANGES

BINS = 10
FLOOR = 0.0005
"""Least share of a bin in the population stability index: an empty bin would make it infinite."""


def record_changes(earlier: Mapping[str, pd.DataFrame], now: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Compare what was delivered at two cuts, record by record.

    Parameters
    ----------
    earlier, now : mapping of str to DataFrame
        Registered text, by `tables.extracted.stored`. Without an earlier cut nothing has changed.

    Returns
    -------
    DataFrame
        By the contract RECORD_CHANGES.
    """
    parts = [_changes(name, earlier[name], now[name]) for name in REGISTRY if name in earlier and name in now]
    parts = [p for p in parts if len(p)]
    if not parts:
        return empty(RECORD_CHANGES)
    return conform(pd.concat(parts, ignore_index=True).sort_values(list(RECORD_CHANGES.key)), RECORD_CHANGES)


def _changes(name: str, earlier: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    gone = earlier[~earlier["record_id"].isin(now["record_id"])]
    come = now[~now["record_id"].isin(earlier["record_id"])]
    gone, come = (f.assign(record=f["record_id"].str.rsplit(":", n=1).str[0]) for f in (gone, come))
    # Exact copies of a record are told apart by a number; the record itself is one.
    gone, come = (f.drop_duplicates("record").set_index("record") for f in (gone, come))
    here = {s.rsplit(":", 1)[0] for s in now["record_id"]} if len(gone) else set()
    there = {s.rsplit(":", 1)[0] for s in earlier["record_id"]} if len(come) else set()
    both = gone.index.intersection(come.index)
    columns = [c for c in REGISTRY[name].column_names if c != "record_id"]
    differ = {}
    for column in columns:
        a, b = gone.loc[both, column], come.loc[both, column]
        differ[column] = ~((a == b).fillna(False) | (a.isna() & b.isna())).to_numpy(dtype=bool)
    told = [", ".join(c for c in columns if differ[c][i]) or None for i in range(len(both))]
    changed = pd.DataFrame(
        {
            "record": both,
            "change": "changed",
            "patient_id": come.loc[both, "patient_id"].to_numpy(),
            "columns": told,
            "earlier_record_id": gone.loc[both, "record_id"].to_numpy(),
            "record_id": come.loc[both, "record_id"].to_numpy(),
        }
    )
    # A column of the source that the mapping leaves out changed: nothing the study could see.
    parts = [changed[changed["columns"].notna()]]
    for frame, what, name_of in (
        (gone[~gone.index.isin(here)], "vanished", "earlier_record_id"),
        (come[~come.index.isin(there)], "appeared", "record_id"),
    ):
        about = {"record": frame.index, "change": what, "patient_id": frame["patient_id"].to_numpy()}
        parts.append(pd.DataFrame({**about, name_of: frame["record_id"].to_numpy()}))
    columns = RECORD_CHANGES.column_names
    some = [p.assign(table=name).reindex(columns=columns).astype(object) for p in parts if len(p)]
    return pd.concat(some, ignore_index=True) if some else pd.DataFrame(columns=columns)


def all_changes(parts: pd.DataFrame) -> pd.DataFrame:
    """Put the changes of all partitions together: a record that moved to another partition did not vanish."""
    key = ["table", "record"]
    twice = parts.duplicated(key, keep=False).to_numpy()
    if not twice.any():
        return conform(parts.sort_values(list(RECORD_CHANGES.key)), RECORD_CHANGES)
    moved = (
        parts[twice].groupby(key, as_index=False, sort=True)[["patient_id", "earlier_record_id", "record_id"]].first()
    )
    moved = moved[(moved["earlier_record_id"] != moved["record_id"]).fillna(True).astype(bool)]
    moved = moved.assign(change="changed", columns=None).astype({"change": STRING, "columns": STRING})
    whole = pd.concat([parts[~twice], moved[parts.columns]], ignore_index=True)
    return conform(whole.sort_values(list(RECORD_CHANGES.key)), RECORD_CHANGES)


def drift(earlier: pd.DataFrame, now: pd.DataFrame, study: Mapping[str, Any]) -> pd.DataFrame:
    """Compare the profiles of two cuts.

    Parameters
    ----------
    earlier, now : DataFrame
        By the contract PROFILE, each of a whole cut. An empty earlier profile: there is no cut before.
    study : mapping
        Section quality of the study file (`drift_psi`, `drift_points`, `drift_code_percent`, `centre_min_values`).

    Returns
    -------
    DataFrame
        By the contract DRIFT. Distributions and codes are those of what was added since, beside all that was there.
    """
    if earlier.empty:
        return empty(DRIFT)
    limits = study["quality"]
    by = ["table", "column", "measure", "value"]
    counts = pd.concat(
        {w: f.groupby(by)["n"].sum() for w, f in (("before", earlier), ("now", now))}, axis=1
    ).fillna(0)  # fmt: skip
    counts = counts.reset_index().astype({"before": "int64", "now": "int64"})
    found = [*_rows(counts), *_completeness(counts, limits)]
    values = counts[counts["measure"] == "value"]
    for (table, column), some in values.groupby(["table", "column"], sort=True):
        found += _distribution(str(table), str(column), some.reset_index(drop=True), limits)
    frame = pd.DataFrame(found, columns=DRIFT.column_names)
    return conform(frame.sort_values(list(DRIFT.key)), DRIFT)


Row = tuple[str, str, str, str, float, float, float | None, bool, str]


def _rows(counts: pd.DataFrame) -> list[Row]:
    rows = counts[counts["measure"] == "rows"]
    out: list[Row] = []
    for r in rows.to_dict("records"):
        table, before, now = str(r["table"]), int(r["before"]), int(r["now"])
        words = f"{table}: {before:,} rows before, {now:,} now" + (": rows were lost" if now < before else "")
        out.append((table, "*", "rows", "", before, now, None, now < before, words))
    return out


def _completeness(counts: pd.DataFrame, limits: Mapping[str, Any]) -> list[Row]:
    by = ["table", "column"]
    asked, missing = (counts[counts["measure"] == m].set_index(by)[["before", "now"]] for m in ("asked", "missing"))
    asked = asked[(asked > 0).all(axis=1)]
    percent = 100 * (1 - missing.reindex(asked.index).fillna(0) / asked)
    out: list[Row] = []
    for r in percent.reset_index().to_dict("records"):
        table, column, before, now = r["table"], r["column"], float(r["before"]), float(r["now"])
        words = f"{table}.{column}: {before:.1f} % of the cells had a value before, {now:.1f} % have one now"
        out.append(
            (table, column, "completeness", "", before, now, None, abs(now - before) > limits["drift_points"], words)
        )
    return out


def _distribution(table: str, column: str, some: pd.DataFrame, limits: Mapping[str, Any]) -> list[Row]:
    added = (some["now"] - some["before"]).clip(lower=0)
    total, more = int(some["before"].sum()), int(added.sum())
    out: list[Row] = []
    contract = REGISTRY[table].column(column)
    coded = contract.type in ("string", "bool")
    if coded:
        for kind, base, other in (("new_code", "now", "before"), ("vanished_code", "before", "now")):
            whole = max(int(some[base].sum()), 1)
            only = some[(some[base] > 0) & (some[other] == 0)]
            what = "was not there before" if kind == "new_code" else "is not there any more"
            for r in only.to_dict("records"):
                value, rows, before, now = r["value"], int(r[base]), int(r["before"]), int(r["now"])
                words = f"{table}.{column}: the code {value} {what} ({rows:,} rows)"
                flagged = kind == "vanished_code" or 100 * rows / whole >= limits["drift_code_percent"]
                out.append((table, column, kind, value, before, now, None, flagged, words))
    if min(total, more) < limits["centre_min_values"]:
        return out
    index = stability(_binned(some, coded, some["before"]), _binned(some, coded, added))
    words = f"{table}.{column}: population stability index {index:.2f} of {more:,} values added to {total:,}"
    flagged = index > limits["drift_psi"]
    out.append((table, column, "distribution", "", total, more, index, bool(flagged), words))
    return out


def _binned(some: pd.DataFrame, coded: bool, counts: pd.Series) -> np.ndarray:
    """Return counts by code, or by tenths of the distribution before."""
    if coded:
        return counts.to_numpy(dtype="float64")
    values = some["value"].astype("float64").to_numpy()
    order = np.argsort(values, kind="stable")
    before = some["before"].to_numpy(dtype="float64")[order]
    below = (np.cumsum(before) - before) / before.sum()
    tenth = np.minimum((below * BINS).astype(int), BINS - 1)
    return np.bincount(tenth, weights=counts.to_numpy(dtype="float64")[order], minlength=BINS)


def stability(before: np.ndarray, now: np.ndarray) -> float:
    """Return the population stability index of two sets of counts over the same bins.

    The sum over bins of (q - p) ln(q / p), with shares p before and q now, none taken below 0.0005.
    """
    p, q = (np.maximum(c / c.sum(), FLOOR) for c in (before, now))
    return float(((q - p) * np.log(q / p)).sum())
