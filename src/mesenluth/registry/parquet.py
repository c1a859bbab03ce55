"""Parquet files, row group by row group, as text: typed values are written as the mapping reads them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import SourceError
from ..tables.io import STRING
from .relation import LINE

BATCH = 100_000
TEXT = 1 << 30
"""Bytes of text that a column may hold in the rows that are read at a time."""
MANY, RATIO = 100_000_000, 100
"""A file of more values than the first that holds more of them a byte than the second is no registry: keys differ."""
UNPACKED = 4 << 30
"""Bytes that one row group may unpack to."""


class ParquetTable:
    """One Parquet file: its columns and its rows."""

    def __init__(self, path: Path, shown: str) -> None:
        self.shown = shown
        if not path.exists():
            raise SourceError(f"{shown}: no such file", do="check source.path and the mapping file")
        self._file = opened(path, shown)
        self.columns = list(self._file.schema_arrow.names)

    def batches(self, columns: Sequence[str], decimals: Mapping[str, str]) -> Iterator[pd.DataFrame]:
        """Yield the wanted columns some rows at a time, with the number of each row."""
        for name in columns:
            kind = self._file.schema_arrow.field(name).type
            if pa.types.is_nested(kind):
                raise SourceError(f"{self.shown}: column {name!r} is {kind}", "a column of single values")
        done = 0
        for batch in self._batches(columns):
            frame = pd.DataFrame(
                {c: pd.Series(texts(batch.column(c), decimals.get(c, ".")), dtype=STRING) for c in columns}
            )
            frame[LINE] = pd.RangeIndex(done + 1, done + batch.num_rows + 1).astype("int64")
            done += batch.num_rows
            yield frame

    def _batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield batches whose values are what their types say; SourceError where the file is damaged."""
        try:
            for batch in self._file.iter_batches(batch_size=BATCH, columns=list(columns)):
                batch.validate(full=True)
                for name, values in zip(batch.schema.names, batch.columns, strict=True):
                    check_lengths(values, name, self.shown)
                yield batch
        except (pa.ArrowException, OSError, ValueError) as error:
            raise unreadable(self.shown, error) from None


def unreadable(shown: str, error: Exception) -> SourceError:
    """Return the error of a file that Arrow stumbled over."""
    said = (str(error).splitlines() or [type(error).__name__])[0]
    return SourceError(f"{shown}: not a readable Parquet file ({said})", do="restore the file from its source")


def opened(path: Path, shown: str) -> pq.ParquetFile:
    """Return an open file, refused if it would not fit into memory; texts are read as dictionaries, each value once."""
    try:
        with pq.ParquetFile(path) as file:
            kinds = file.schema_arrow
        found = pq.ParquetFile(path, read_dictionary=[f.name for f in kinds if _is_text(f.type)])
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(shown, error) from None
    check_sizes(found, path.stat().st_size, shown)
    return found


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)


def check_lengths(values: pa.Array, name: str, shown: str) -> None:
    """Refuse texts that are short in the file, where each stands once, and fill the memory once written out."""
    if not pa.types.is_dictionary(values.type) or not len(values):
        return
    each = pc.binary_length(values.dictionary)
    length = pc.sum(pc.take(each, values.indices)).as_py() or 0
    if length > TEXT:
        raise SourceError(
            f"{shown}: column {name!r} holds {length >> 20} MB of text in {len(values)} rows",
            f"at most {TEXT >> 20} MB",
        )


def check_sizes(file: pq.ParquetFile, size: int, shown: str) -> None:
    """Refuse a file whose rows would not fit into memory once they are unpacked, before any is."""
    cells = file.metadata.num_rows * len(file.schema_arrow.names)
    if cells > MANY and cells > RATIO * size:
        raise SourceError(
            f"{shown}: {size} bytes are said to hold {file.metadata.num_rows} rows",
            f"at most {RATIO} values a byte",
            "check where the file comes from: rows that differ take more room",
        )
    for number in range(file.metadata.num_row_groups):
        size = file.metadata.row_group(number).total_byte_size
        if size > UNPACKED:
            raise SourceError(
                f"{shown}: row group {number + 1} unpacks to {size >> 20} MB",
                f"row groups of at most {UNPACKED >> 20} MB",
                "write the file again with smaller row groups, if it is what you expect",
            )


def texts(values: pa.Array, sign: str = ".") -> list[str | None]:
    """Return Arrow values as text."""
    if pa.types.is_dictionary(values.type):
        each = texts(values.dictionary, sign)
        return [None if i is None else each[i] for i in values.indices.to_pylist()]
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return values.to_pylist()
    return [text(v, sign) for v in values.to_pylist()]


def text(value: Any, sign: str = ".") -> str | None:
    """Return a typed value as text: whole numbers without a point, dates as ISO, a time of day left out."""
    if value is None or value != value:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value).replace(".", sign)
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", sign)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value)
