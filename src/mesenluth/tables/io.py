"""The one reader and the one writer of Parquet.

Tables are written sorted by key, with an explicit schema, zstd, and footers that are a function of content
alone: no clock, host or path. So the same table gives the same bytes. An artifact appears whole or not at all:
it is written beside its place and renamed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import TableError
from .digest import Digest
from .model import Table

FOOTER = b"mesenluth"
ROW_GROUP = 1 << 17
STRING = pd.StringDtype("pyarrow", na_value=np.nan)
"""The one string type in memory: pandas 3's `str`, which pandas 2.3 has under this name."""


def pandas_type(column_type: str, required: bool) -> Any:
    """Return the pandas dtype that a contract's column has in memory."""
    return {
        "string": STRING,
        "int": np.dtype("int64") if required else pd.Int64Dtype(),
        "float": np.dtype("float64"),
        "bool": np.dtype("bool") if required else pd.BooleanDtype(),
        "date": np.dtype("datetime64[us]"),
    }[column_type]


def empty(table: Table) -> pd.DataFrame:
    """Return the table with no rows and the right types."""
    return conform(pd.DataFrame({c: [] for c in table.column_names}), table)


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return `frame` with exactly the contract's columns, in order, each with its type.

    Raises TableError where a column is missing, cannot take its type, or lacks a required value.
    """
    missing = [c for c in table.column_names if c not in frame.columns]
    if missing:
        raise TableError(f"table {table.name}: column {', '.join(missing)} is missing")
    out: dict[str, pd.Series] = {}
    for c in table.columns:
        values = frame[c.name]
        if values.dtype == pandas_type(c.type, c.required) and not (c.required and values.isna().any()):
            out[c.name] = values
            continue
        gaps = values.isna()
        if c.required and gaps.any():
            raise TableError(
                f"table {table.name}, column {c.name}: {int(gaps.sum())} rows have no value,"
                f" the first is row {int(np.flatnonzero(gaps)[0])}"
            )
        try:
            if c.type == "date":
                if pd.api.types.infer_dtype(values, skipna=True) == "string":
                    raise ValueError("text is not read as a date here")
                out[c.name] = pd.to_datetime(values).astype("datetime64[us]")
            elif c.type == "string":
                out[c.name] = values.astype(object).where(~gaps, None).astype(STRING)
            else:
                out[c.name] = values.astype(pandas_type(c.type, c.required))
        except (TypeError, ValueError) as error:
            raise TableError(f"table {table.name}, column {c.name}: not all values are {c.type} ({error})") from error
    return pd.DataFrame(out, index=frame.index).reset_index(drop=True)


def to_arrow(frame: pd.DataFrame, table: Table) -> pa.Table:
    """Return the conformed, key-sorted Arrow table, without file metadata; TableError if rows share a key."""
    frame = conform(frame, table)
    data = _arrow(frame, table)
    if _increasing(data, table.key):
        return data
    frame = frame.sort_values(list(table.key), kind="stable", ignore_index=True)
    duplicated = frame.duplicated(list(table.key), keep=False)
    if duplicated.any():
        first = frame.loc[duplicated, list(table.key)].iloc[0].to_dict()
        raise TableError(f"table {table.name}: {int(duplicated.sum())} rows share a key, e.g. {first}")
    return _arrow(frame, table)


def _arrow(frame: pd.DataFrame, table: Table) -> pa.Table:
    arrays = []
    for c in table.columns:
        values = frame[c.name]
        if c.type == "date":
            days = values.to_numpy().astype("datetime64[D]")
            arrays.append(pa.array(days, type=pa.date32(), mask=values.isna().to_numpy()))
        else:
            arrays.append(pa.array(values, type=c.arrow.type, from_pandas=True))
    return pa.Table.from_arrays(
        [a.combine_chunks() if isinstance(a, pa.ChunkedArray) else a for a in arrays],
        schema=table.schema,
    )


def _increasing(data: pa.Table, key: Sequence[str]) -> bool:
    """Return whether the key grows from each row to the next, so that rows are in order and no two share one."""
    n = data.num_rows
    if n < 2:
        return True
    later, level = np.zeros(n - 1, bool), np.ones(n - 1, bool)
    for name in key:
        values = data.column(name)
        if values.null_count:
            return False
        one, two = values.slice(0, n - 1), values.slice(1)
        later |= level & pc.greater(two, one).to_numpy(zero_copy_only=False)
        level &= pc.equal(two, one).to_numpy(zero_copy_only=False)
    return bool(later.all())


def atomic_write(path: str | Path, content: bytes) -> None:
    """Write `content` so that the file appears whole or not at all."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(beside, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


class TableWriter:
    """Writes a table that arrives in portions, each of rows that come after those before it in the order of the key.

    Leaving the `with` block puts the file in its place; leaving it by an exception leaves nothing. The bytes depend on
    the content alone, not on how it was portioned: row groups are cut at `ROW_GROUP` rows.

    Attributes
    ----------
    digest : str
        Logical hash of the table, once the block is left.
    """

    def __init__(self, path: str | Path, table: Table, lineage: Mapping[str, Any] | None = None) -> None:
        self.path, self.table, self.lineage = Path(path), table, dict(lineage or {})
        self.digest = ""
        self._beside = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        self._hash = Digest(table.schema)
        self._rows = self._waiting = 0
        self._parts: list[pa.Table] = []
        self._last: tuple[Any, ...] | None = None

    def __enter__(self) -> TableWriter:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(self._beside, "wb")  # noqa: SIM115, closed in __exit__
        self._parquet = pq.ParquetWriter(self._file, self.table.schema, compression="zstd")
        return self

    def write(self, frame: pd.DataFrame) -> None:
        """Add rows that keep the contract; TableError if a key was there before, or is not after the last one."""
        data = to_arrow(frame, self.table)
        if not data.num_rows:
            return
        first, last = (tuple(data.column(k)[i].as_py() for k in self.table.key) for i in (0, data.num_rows - 1))
        if self._last is not None and not self._last < first:
            raise TableError(f"table {self.table.name}: the portion from key {first} comes after {self._last}")
        self._last = last
        self._hash.update(data)
        self._rows += data.num_rows
        self._waiting += data.num_rows
        self._parts.append(data)
        while self._waiting >= ROW_GROUP:
            self._flush(ROW_GROUP)

    def _flush(self, rows: int) -> None:
        waiting = pa.concat_tables(self._parts)
        # One chunk a column: where a page ends would depend on the portions otherwise.
        self._parquet.write_table(waiting.slice(0, rows).combine_chunks(), row_group_size=ROW_GROUP)
        self._parts, self._waiting = [waiting.slice(rows)], self._waiting - rows

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                if self._waiting or not self._rows:
                    self._parts = self._parts or [self.table.schema.empty_table()]
                    self._flush(self._waiting)
                self.digest = self._hash.hexdigest()
                about = {"table": self.table.name, "rows": self._rows, "sha256": self.digest, "lineage": self.lineage}
                footer = json.dumps(about, sort_keys=True, separators=(",", ":")).encode()
                self._parquet.add_key_value_metadata({FOOTER: footer})
            self._parquet.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            if kind is None:
                self._beside.replace(self.path)
        finally:
            self._file.close()
            self._beside.unlink(missing_ok=True)


def write_table(
    frame: pd.DataFrame,
    path: str | Path,
    table: Table,
    lineage: Mapping[str, Any] | None = None,
) -> str:
    """Write a table that keeps its contract and return its logical hash.

    Parameters
    ----------
    frame : DataFrame
        Must have the contract's columns; others are dropped.
    lineage : mapping, optional
        What made the table (step, code, settings, logical hashes of inputs): plain JSON values, a function
        of content alone. It is kept in the file's footer beside the table's name and its own logical hash.
    """
    with TableWriter(path, table, lineage) as out:
        out.write(frame)
    return out.digest


def to_frame(data: pa.Table, table: Table) -> pd.DataFrame:
    """Return an Arrow table as a DataFrame with the contract's types."""
    out = {}
    for c in table.columns:
        column = data.column(c.name)
        if c.type == "string":
            out[c.name] = column.to_pandas(types_mapper={pa.string(): STRING}.get)
        elif c.type == "date":
            out[c.name] = column.to_pandas(date_as_object=False).astype("datetime64[us]")
        elif c.type == "int" and not c.required:
            out[c.name] = column.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
        elif c.type == "bool" and not c.required:
            out[c.name] = column.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
        else:
            out[c.name] = column.to_pandas()
    return pd.DataFrame(out, columns=table.column_names)


def read_arrow(path: str | Path, table: Table) -> pa.Table:
    """Read one Parquet file of a table, refusing one that does not keep the contract."""
    path = Path(path)
    try:
        data = pq.read_table(path, partitioning=None)
    except FileNotFoundError:
        raise TableError(f"{path}: the file is missing", do="run the workflow again") from None
    except (pa.ArrowInvalid, OSError) as error:
        raise TableError(
            f"{path}: not a readable Parquet file ({str(error).splitlines()[0]})",
            do="remove the file and run the workflow again",
        ) from None
    lacking = [
        f"{f.name} ({f.type})"
        for f in table.schema
        if f.name not in data.schema.names or data.schema.field(f.name).type != f.type
    ]
    if lacking:
        raise TableError(
            f"{path}: table {table.name} has no column {', '.join(lacking)}",
            do="remove the file and run the workflow again",
        )
    return data.select(table.column_names)


def read_table(paths: str | Path | Iterable[str | Path], table: Table) -> pd.DataFrame:
    """Read one table from one or more Parquet files (its partitions), sorted by key."""
    if isinstance(paths, (str, Path)):
        paths = [paths]
    parts = [read_arrow(p, table) for p in paths]
    if not parts:
        return empty(table)
    frame = to_frame(pa.concat_tables(parts), table)
    return frame.sort_values(list(table.key), kind="stable", ignore_index=True)


def read_footer(path: str | Path) -> dict[str, Any]:
    """Return what `write_table` said of the file; an empty dict for a file it did not write."""
    metadata = pq.read_metadata(path).metadata or {}
    return json.loads(metadata.get(FOOTER, b"{}"))
