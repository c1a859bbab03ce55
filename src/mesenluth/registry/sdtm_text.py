"""Small operations on columns of SDTM text that its mapping is made of."""

from __future__ import annotations

import pandas as pd

from ..tables.io import STRING
from .source import row_hashes


def matches(texts: pd.Series, pattern: str) -> pd.Series:
    """Return which texts match a pattern as a whole; gaps do not."""
    return texts.astype(STRING).str.fullmatch(pattern).fillna(False).astype(bool)


def snake(texts: pd.Series) -> pd.Series:
    """Return SDTM's upper-case terms as snake_case."""
    return texts.str.lower().str.replace(r"[^a-z0-9]+", "_", regex=True).str.strip("_")


def day_of(texts: pd.Series) -> pd.Series:
    """Return whole dates without their time of day; anything else as delivered."""
    timed = matches(texts, r"\d{4}-\d{2}-\d{2}T.*")
    return texts.where(~timed, texts.str.slice(0, 10))


def join(*parts: pd.Series, sep: str = "/") -> pd.Series:
    """Return the parts joined; missing where the first or the last is missing, blank for a gap between."""
    joined = parts[0]
    for part in parts[1:-1]:
        joined = joined + sep + part.fillna("")
    return (joined + sep + parts[-1]) if len(parts) > 1 else joined


def finish(frame: pd.DataFrame, table: str, key: pd.Series) -> pd.DataFrame:
    """Return the frame as plain text (str or None) with its provenance."""
    out = frame.astype(object).where(frame.notna(), None)
    return out.assign(source_table=table, source_key=key.fillna("").astype(object), row_sha256=row_hashes(frame))
