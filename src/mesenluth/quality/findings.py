"""Findings: what is wrong with which record, in words, and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from ..tables.io import conform
from ..tables.results import FINDINGS

SHOWN = 80
"""Characters of the observed values that a finding shows."""


def finding_ids(rules: Iterable[str], tables: Iterable[str], records: Iterable[str]) -> list[str]:
    """Return the stable name of each finding: the first 16 hex digits of SHA-256 of ``rule|table|record``."""
    return [
        hashlib.sha256("|".join(parts).encode()).hexdigest()[:16] for parts in zip(rules, tables, records, strict=True)
    ]


def _text(values: pd.Series, thousandth: bool) -> np.ndarray:
    """Return values as people write them: ISO dates, yes and no as true and false, `(missing)`."""
    gaps = values.isna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        text = values.dt.strftime("%Y-%m-%d").to_numpy(dtype=object)
    elif pd.api.types.is_bool_dtype(values.dtype):
        text = np.where(values.fillna(False).to_numpy(dtype=bool), "true", "false").astype(object)
    elif pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype="float64", na_value=np.nan) / (1000 if thousandth else 1)
        text = np.array([f"{n:.10g}" for n in numbers], dtype=object)
    else:
        text = values.to_numpy(dtype=object)
    return np.where(gaps, "(missing)", text)


def observed(rows: pd.DataFrame, columns: Sequence[str], seen: Mapping[str, pd.Series]) -> np.ndarray:
    """Return ``name=value, ...`` of each row, what decided first, cut to 80 characters.

    Lengths held in micrometres are shown in millimetres under a name that ends in `_mm`. None of the registry's columns
    identifies a person (`patient_id` is a pseudonym), so no value is masked here; text that could not be read was
    masked where it was read.

    Parameters
    ----------
    rows : DataFrame
        Failed rows.
    columns : sequence of str
        Columns the rule looks at.
    seen : mapping of str to Series
        Further values that decided, one a row.
    """
    parts = []
    for name, values in [*seen.items(), *((c, rows[c]) for c in columns)]:
        exact = name.endswith("_um")
        shown = f"{name.removesuffix('_um')}_mm" if exact else name
        parts.append(shown + "=" + _text(values, exact).astype(object))
    text = parts[0]
    for part in parts[1:]:
        text = text + ", " + part
    return cut(text)


def cut(text: np.ndarray) -> np.ndarray:
    """Return texts of at most 80 characters, with an ellipsis where one was longer."""
    return np.array([t if len(t) <= SHOWN else t[: SHOWN - 1] + "…" for t in text], dtype=object)


def assemble(
    parts: Sequence[pd.DataFrame], out: Mapping[str, np.ndarray], frames: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return the FINDINGS table.

    Parameters
    ----------
    parts : sequence of DataFrame
        table, row (its place), rule, severity, columns, observed, message.
    out : mapping of str to ndarray of bool
        Rows of each table that are in quarantine in the end.
    frames : mapping of str to DataFrame
        Every row of every table, by place.
    """
    patients = frames["patients"].dropna(subset=["patient_id"]).sort_values("record_id")
    patients = patients.drop_duplicates("patient_id")
    centres = patients.set_index("patient_id")["centre"]
    whole = []
    for part in parts:
        table, at = part["table"].iloc[0], part["row"].to_numpy()
        rows = frames[table].iloc[at]
        of = rows["patient_id"].astype(object).to_numpy()
        whole.append(
            part.drop(columns="row").assign(
                record_id=rows["record_id"].astype(object).to_numpy(),
                patient_id=of,
                centre=centres.reindex(rows["patient_id"]).astype(object).to_numpy(),
                disposition=np.where(out[table][at], "quarantined", "flagged"),
            )
        )
    if not whole:
        return conform(pd.DataFrame({c: [] for c in FINDINGS.column_names}), FINDINGS)
    found = pd.concat(whole, ignore_index=True)
    found["finding_id"] = finding_ids(found["rule"], found["table"], found["record_id"])
    found = found.sort_values(list(FINDINGS.key), kind="stable", ignore_index=True)
    return conform(found, FINDINGS)
