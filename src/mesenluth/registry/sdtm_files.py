"""SDTM data sets in the forms they are exchanged in: Parquet, Dataset-JSON 1.1, its NDJSON, and SAS transport."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import SourceError
from .parquet import check_lengths, opened, unreadable
from .xpt import read_xpt

FORMS = (".parquet", ".json", ".ndjson", ".xpt")
"""Endings of the names of files, in the order in which they are looked for."""


def variables(
    path: Path, shown: str, wanted: Sequence[str] | None = None
) -> tuple[dict[str, list[str | None]], list[str]]:
    """Read a data set as text.

    Parameters
    ----------
    path : Path
        Its form is known by its ending, one of `FORMS`.
    shown : str
        What messages call the source.
    wanted : sequence of str, optional
        Variables to read, where the file has them; all if not given.

    Returns
    -------
    columns : dict of str to list
        Variable -> text of each row; a blank is None.
    names : list of str
        All variables of the file.
    """
    if path.suffix == ".parquet":
        return _parquet(path, shown, wanted)
    if path.suffix == ".xpt":
        found: dict[str, list[Any]] = dict(read_xpt(path, shown))
    else:
        found = _dataset_json(path, shown)
    names = list(found)
    chosen = names if wanted is None else [n for n in wanted if n in found]
    return {n: [as_text(v) for v in found[n]] for n in chosen}, names


def _parquet(path: Path, shown: str, wanted: Sequence[str] | None) -> tuple[dict[str, list[str | None]], list[str]]:
    name = f"{shown}: {path.name}"
    with opened(path, name) as file:
        names = file.schema_arrow.names
        chosen = names if wanted is None else [n for n in wanted if n in names]
        try:
            data = file.read(columns=chosen)
            data.validate(full=True)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise unreadable(name, error) from None
    for column in chosen:
        for chunk in data.column(column).chunks:
            check_lengths(chunk, column, name)
    return {n: [as_text(v) for v in data.column(n).to_pylist()] for n in chosen}, names


def _dataset_json(path: Path, shown: str) -> dict[str, list[Any]]:
    """Return the columns of a Dataset-JSON file: one object with columns and rows, or a line each."""
    try:
        with open(path, encoding="utf-8-sig") as stream:
            if path.suffix == ".ndjson":
                about = json.loads(stream.readline())
                rows = [json.loads(line) for line in stream if line.strip()]
            else:
                about = json.load(stream)
                rows = about.get("rows", [])
        names = [c["name"] for c in about["columns"]]
        odd_name = next((n for n in names if not isinstance(n, str)), None)
        if odd_name is not None or len(set(names)) < len(names):
            raise ValueError(f"column name {odd_name!r}" if odd_name is not None else "a column name stands twice")
        said, wide = about.get("records"), len(names)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"{shown}: {path.name} is no Dataset-JSON of version 1.1 ({type(error).__name__}: {error})",
            "an object with columns and rows" if path.suffix == ".json" else "a line of metadata, then a line a row",
            "restore the file from its source",
        ) from None
    odd = next((i for i, row in enumerate(rows, 1) if not isinstance(row, list) or len(row) != wide), None)
    if odd:
        raise SourceError(f"{shown}: {path.name}, row {odd} does not have the {wide} values of its columns")
    if said is not None and said != len(rows):
        raise SourceError(
            f"{shown}: {path.name} says it has {said} records and has {len(rows)}",
            "a whole file",
            "fetch the file again: it was cut off, or changed",
        )
    return {n: [row[i] for row in rows] for i, n in enumerate(names)}


def as_text(value: Any) -> str | None:
    """Return a value as SDTM text: whole numbers without a decimal point, blanks as None."""
    if value is None or value != value:
        return None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return str(value).strip() or None
