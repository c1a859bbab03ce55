"""The rows in quarantine, out of the files of extracted tables: few rows of large files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..tables.extracted import extracted
from ..tables.io import empty, read_arrow, to_frame
from ..tables.registry import REGISTRY


def in_quarantine(files: Iterable[str | Path], findings: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows in quarantine of every registry table, as extracted.

    Parameters
    ----------
    files : iterable of path
        Extracted tables, each file called after its table.
    findings : DataFrame
        By the contract FINDINGS.
    """
    out = findings[findings["disposition"] == "quarantined"]
    wanted = {str(name): pa.array(rows["record_id"].astype(object)) for name, rows in out.groupby("table")}
    parts: dict[str, list[pa.Table]] = {}
    for path in map(Path, files):
        if path.stem in wanted:
            data = read_arrow(path, extracted(path.stem))
            column = data.column("record_id")
            kept = pc.is_in(column, value_set=wanted[path.stem].cast(column.type))
            parts.setdefault(path.stem, []).append(data.filter(kept))
    return {
        name: to_frame(pa.concat_tables(parts[name]), extracted(name)) if name in parts else empty(extracted(name))
        for name in REGISTRY
    }
