"""Delimited text files (CSV and its kin), read as text: nothing is inferred, every row keeps its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ..errors import ConfigurationError, SourceError
from ..tables.io import STRING
from .relation import LINE, unread
from .source import UNREAD

SEPARATORS = (",", ";", "\t", "|", "^")
BATCH = 100_000
AGAIN = "\x1f"
"""Before the place of a column whose name stood before."""

CONTROLS = "[\u0080-\u009f]"
"""Characters that ISO 8859 has at places where other encodings have letters and quotes: no text holds them."""

csv.field_size_limit(1 << 24)


@dataclass(frozen=True)
class Layout:
    """How a delimited file is written.

    Attributes
    ----------
    separator : str
    encoding : str
        A byte order mark of UTF-8 is left out by itself.
    header : int
        Line of the column names, from 1; lines before it are no data.
    quote : str
    """

    separator: str = ","
    encoding: str = "utf-8"
    header: int = 1
    quote: str = '"'


class TextFile:
    """A delimited file, or text that is already here: its columns and its rows.

    Attributes
    ----------
    columns : list of str
        Where names may repeat, the second of them and so on end in `AGAIN` and their place.
    notes : list of str
        What was left out, once the rows have been read.
    """

    def __init__(
        self, path: Path | None, shown: str, layout: Layout, unique: bool = True, content: str | None = None
    ) -> None:
        self.path, self.shown, self.layout, self._content = path, shown, layout, content
        self.notes: list[str] = []
        with self._open() as stream:
            head = "".join(islice(stream, layout.header - 1, layout.header))
            rest = stream if head.count(layout.quote) % 2 else ()
            first = next(self._reader([head, *rest]), None) if head.strip() else None
        if not first:
            raise SourceError(f"{shown}: no line {layout.header} with column names", "a header row", "check header")
        self._header = first
        self.columns = names(first, shown, unique)
        if len(first) == 1:
            other = [s for s in SEPARATORS if s != layout.separator and s in first[0]]
            if other:
                raise SourceError(
                    f"{shown}: the header is a single column, {first[0][:60]!r}",
                    f"columns separated by {layout.separator!r}",
                    f"set separator to {other[0]!r}",
                )

    def _open(self) -> io.TextIOBase:
        if self.path is None:
            return io.StringIO(self._content or "", newline="")
        encoding = "utf-8-sig" if self.layout.encoding.lower() in ("utf-8", "utf8") else self.layout.encoding
        try:
            return open(self.path, encoding=encoding, errors="replace", newline="")
        except FileNotFoundError:
            raise SourceError(f"{self.shown}: no such file", do="check source.path and the mapping file") from None
        except LookupError:
            raise ConfigurationError(
                f"{self.shown}: encoding {self.layout.encoding!r}", "such as utf-8, cp1252 or utf-16"
            ) from None

    def _reader(self, lines: io.TextIOBase | Sequence[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self.layout.separator, quotechar=self.layout.quote, strict=True)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield the rows some at a time, all columns (or those named) as text, with the line each begins on.

        A row with too few or too many values is kept with none of them: which value belongs where is not known.
        """
        self.notes = []
        repeated, undecodable = [], 0
        wide = len(self._header)
        wanted = list(self.columns if columns is None else columns)
        with self._open() as stream:
            for _ in range(self.layout.header - 1):
                next(stream)
            reader = csv.reader(stream, delimiter=self.layout.separator, quotechar=self.layout.quote, strict=True)
            line, first = self.layout.header, True
            rows: list[list[str]] = []
            lines: list[int] = []
            try:
                for row in reader:
                    at, line = line, self.layout.header + reader.line_num
                    if first:
                        first = False
                        continue
                    if row == self._header:
                        repeated.append(str(at))
                        continue
                    if not any(row):
                        continue
                    if len(row) != wide:
                        row = [unread(f"{len(row)} values, the header has {wide}")] * wide
                    rows.append(row)
                    lines.append(at)
                    if len(rows) == BATCH:
                        frame = self._frame(rows, lines, wanted)
                        undecodable += _spoilt(frame)
                        yield frame
                        rows, lines = [], []
            except (csv.Error, UnicodeError) as error:
                raise SourceError(
                    f"{self.shown}, line {line}: cannot be read ({error})",
                    f"values separated by {self.layout.separator!r} in {self.layout.encoding},"
                    f" those with {self.layout.quote} or line breaks in {self.layout.quote}",
                    "mend the line, or check separator, quote and encoding",
                ) from None
        frame = self._frame(rows, lines, wanted)
        undecodable += _spoilt(frame)
        if repeated:
            self.notes.append(f"{self.shown}: the header stands again on line {', '.join(repeated)}; not read as data")
        if undecodable:
            self.notes.append(
                f"{self.shown}: {undecodable} values are no {self.layout.encoding} or stand in lines of another length"
            )
        yield frame

    def _frame(self, rows: list[list[str]], lines: list[int], wanted: list[str]) -> pd.DataFrame:
        values = list(zip(*rows, strict=True)) or [()] * len(self.columns)
        data = pa.table({c: pa.array(values[self.columns.index(c)], pa.string()) for c in wanted})
        frame = data.to_pandas(types_mapper={pa.string(): STRING}.get)
        if self.layout.encoding.lower().replace("_", "-").startswith(("latin", "iso-8859", "iso8859")):
            for column in wanted:
                if frame[column].str.contains(CONTROLS, regex=True).any():
                    frame[column] = frame[column].str.replace(CONTROLS, UNREAD, regex=True)
        frame[LINE] = np.array(lines, dtype="int64")
        return frame

    def read(self) -> pd.DataFrame:
        """Return all rows."""
        parts = list(self.batches())
        return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def names(header: Sequence[str], shown: str, unique: bool = True) -> list[str]:
    """Return the column names of a header; an empty one is named by its number.

    Raises SourceError if a name stands twice, unless that may be.
    """
    found = [h.strip().strip("\u00a0\u202f\ufeff").strip() or f"column {i}" for i, h in enumerate(header, 1)]
    twice = sorted({n for n in found if found.count(n) > 1})
    if twice and not unique:
        return [f"{n}{AGAIN}{i}" if n in found[:i] else n for i, n in enumerate(found)]
    if twice:
        raise SourceError(
            f"{shown}: the column {twice[0]!r} stands twice in the header", "each name once", "rename one of them"
        )
    return found


def _spoilt(frame: pd.DataFrame) -> int:
    texts = frame.drop(columns=LINE)
    return int(sum(texts[c].str.contains(UNREAD, regex=False).sum() for c in texts))


def separator_of(path: Path, known: Sequence[str], encoding: str = "utf-8") -> str:
    """Return the separator by which a file's first line falls into the most known names; a comma where none does."""
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        with open(path, encoding=encoding, errors="replace", newline="") as stream:
            head = stream.readline()
    except OSError:
        return ","
    wanted = set(known)
    split = {s: {c.strip() for c in next(csv.reader([head], delimiter=s), [])} for s in SEPARATORS}
    return max(SEPARATORS, key=lambda s: len(split[s] & wanted))
