"""Excel workbooks, read as what their cells hold: typed dates and numbers are no guess, everything else stays text."""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel

from ..errors import ConfigurationError, SourceError
from ..tables.io import STRING
from ..tables.workbook import check_span, check_workbook
from .relation import LINE, unread
from .text_file import names

DIGITS = 15
"""Significant digits that a spreadsheet keeps of a number."""

MERGED = ("finding", "repeat")
HIDDEN = ("read", "leave")


@dataclass(frozen=True)
class SheetLayout:
    """How a sheet is laid out.

    Attributes
    ----------
    sheet : str
        Its name; empty where the workbook has only one.
    header : int
        Row of the column names, from 1.
    merged : str
        What cells under a merged one hold: ``finding`` (nobody knows) or ``repeat`` (its value).
    hidden : str
        ``read`` hidden rows and columns like the others, or ``leave`` them.
    """

    sheet: str = ""
    header: int = 1
    merged: str = "finding"
    hidden: str = "read"


class Sheet:
    """One sheet of a workbook: its columns and its rows.

    Attributes
    ----------
    name : str
    columns : list of str
    notes : list of str
    """

    def __init__(self, path: Path, shown: str, layout: SheetLayout) -> None:
        if layout.merged not in MERGED or layout.hidden not in HIDDEN:
            raise ConfigurationError(
                f"{shown}: merged {layout.merged!r}, hidden {layout.hidden!r}",
                f"merged: {' or '.join(MERGED)}; hidden: {' or '.join(HIDDEN)}",
            )
        self.shown, self.layout = shown, layout
        self._book = _load(path, shown, values=True)
        self.name = _sheet_name(self._book, layout.sheet, shown)
        self._sheet = self._book[self.name]
        check_span(self._sheet.max_row, self._sheet.max_column, f"{shown}, sheet {self.name}")
        self._formulas = _load(path, shown, values=False)[self.name] if _has_formulas(path) else None
        self.notes: list[str] = []
        # A chart or pivot may say the sheet is wider than it is.
        header = [_text(c.value) or "" for c in self._row(layout.header)]
        while header and not header[-1].strip():
            header.pop()
        if not header:
            raise SourceError(
                f"{shown}, sheet {self.name}: row {layout.header} has no column names", "a header row", "check header"
            )
        self._wide = max(len(header), self._last_column())
        header += [""] * (self._wide - len(header))
        self._header = header
        self.columns = names(header, f"{shown}, sheet {self.name}")
        self._note_hidden()

    def _row(self, number: int) -> tuple[Any, ...]:
        rows = list(self._sheet.iter_rows(min_row=number, max_row=number))
        return rows[0] if rows else ()

    def _last_column(self) -> int:
        filled = [c.column for row in self._sheet.iter_rows() for c in row if c.value is not None]
        return max(filled, default=0)

    def _hidden(self) -> tuple[set[int], set[int]]:
        rows = {n for n, d in self._sheet.row_dimensions.items() if d.hidden}
        columns: set[int] = set()
        for d in self._sheet.column_dimensions.values():
            if d.hidden:
                # A run of columns that look alike is described once.
                columns.update(range(d.min, (d.max or d.min) + 1))
        return {r for r in rows if r > self.layout.header}, {c for c in columns if c <= self._wide}

    def _note_hidden(self) -> None:
        rows, columns = self._hidden()
        done = "read like the others" if self.layout.hidden == "read" else "left out"
        where = f"{self.shown}, sheet {self.name}"
        if rows:
            some = ", ".join(map(str, sorted(rows)[:10])) + (" and more" if len(rows) > 10 else "")
            self.notes.append(f"{where}: {len(rows)} hidden rows are {done} ({some})")
        if columns:
            letters = ", ".join(get_column_letter(c) for c in sorted(columns)[:10])
            self.notes.append(f"{where}: {len(columns)} hidden columns are {done} ({letters})")

    def read(self, decimals: Mapping[str, str] | None = None, serials: Collection[str] = ()) -> pd.DataFrame:
        """Return all rows as text, with the row each stands in.

        Parameters
        ----------
        decimals : mapping of str to str, optional
            Column -> decimal sign to write its numbers with.
        serials : collection of str
            Columns in which a number is a day, counted as the workbook counts.
        """
        hidden_rows, hidden_columns = self._hidden() if self.layout.hidden == "leave" else (set[int](), set[int]())
        merged = self._merged()
        rows, lines, again = [], [], []
        signs = [(decimals or {}).get(c, ".") for c in self.columns]
        for number, cells in enumerate(
            self._sheet.iter_rows(min_row=self.layout.header + 1, max_col=self._wide), self.layout.header + 1
        ):
            if number in hidden_rows:
                continue
            row = [
                None if i + 1 in hidden_columns else self._cell(cell, merged, signs[i], self.columns[i] in serials)
                for i, cell in enumerate(cells)
            ]
            if [t or "" for t in row] == self._header:
                again.append(str(number))
            elif any(t is not None and t.strip() for t in row):
                rows.append(row)
                lines.append(number)
        if again:
            self.notes.append(
                f"{self.shown}, sheet {self.name}: the header stands again in row {', '.join(again)}; not read as data"
            )
        frame = pd.DataFrame(rows, columns=self.columns, dtype=STRING)
        frame[LINE] = pd.Series(lines, index=frame.index, dtype="int64")
        return frame

    def _merged(self) -> dict[tuple[int, int], tuple[str, Any]]:
        """Return the cells under merged ones: row, column -> the range, and the cell that holds its value."""
        found = {}
        for area in self._sheet.merged_cells.ranges:
            holder = self._sheet.cell(area.min_row, area.min_col)
            for row in range(area.min_row, area.max_row + 1):
                for column in range(area.min_col, area.max_col + 1):
                    if (row, column) != (area.min_row, area.min_col):
                        found[row, column] = (area.coord, holder)
        return found

    def _cell(
        self, cell: Any, merged: Mapping[tuple[int, int], tuple[str, Any]], sign: str, serial: bool
    ) -> str | None:
        if (cell.row, cell.column) in merged:
            area, holder = merged[cell.row, cell.column]
            if self.layout.merged == "finding":
                return unread(f"merged cells {area}") if holder.value is not None else None
            cell = holder
        value = cell.value
        if value is None:
            calculated = self._formulas is not None and self._formulas.cell(cell.row, cell.column).data_type == "f"
            return unread("a formula that was never calculated") if calculated else None
        if cell.data_type == "e":
            return unread(str(value))
        if serial and isinstance(value, (int, float)) and not isinstance(value, bool):
            if not 0 < value < 2_958_466:
                return unread(f"{value}: no day of a calendar")
            value = from_excel(value, self._book.epoch)
        return _text(value, cell.number_format, sign)


def _text(value: Any, shown_as: str = "General", sign: str = ".") -> str | None:
    """Return a cell's value as text: dates as ISO, numbers with the digits that a spreadsheet keeps."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (int, float)):
        if abs(value) >= 10**DIGITS:
            return unread(f"{value:.0f}: a number of more digits than a spreadsheet keeps")
        if "%" in shown_as:
            return f"{value * 100:.{DIGITS}g}%".replace(".", sign)
        if float(value).is_integer():
            # A number shown as 007 was meant so.
            width = len(shown_as) if re.fullmatch("0+", shown_as) else 0
            return str(int(value)).zfill(width)
        return f"{value:.{DIGITS}g}".replace(".", sign)
    return str(value)


def _load(path: Path, shown: str, values: bool) -> Any:
    check_workbook(path, shown)
    try:
        # Opened here: openpyxl leaves a file open that it stumbles over.
        with open(path, "rb") as stream, warnings.catch_warnings():
            # Of styles and extensions that are not kept: nothing is written back.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(stream, data_only=values)
    except FileNotFoundError:
        raise SourceError(f"{shown}: no such file", do="check source.path and the mapping file") from None
    except Exception as error:
        # A damaged part makes openpyxl and its XML parser stumble over anything: attributes, types, indices.
        raise SourceError(
            f"{shown}: cannot be read as a workbook ({error})", "an .xlsx file", "save it as .xlsx, without a password"
        ) from None


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        return any(re.search(rb"<f[ >/]", archive.read(n)) for n in sheets)


def _sheet_name(book: Any, wanted: str, shown: str) -> str:
    sheets = [s.title for s in book.worksheets]
    if wanted and wanted not in sheets:
        raise SourceError(f"{shown}: no sheet {wanted!r}", f"one of {', '.join(sheets)}", "check the mapping file")
    if not wanted and len(sheets) != 1:
        raise SourceError(f"{shown}: {len(sheets)} sheets", "sheet: " + " or ".join(sheets), "name one in `files`")
    return wanted or sheets[0]


def sheets_of(path: Path, shown: str) -> list[str]:
    """Return the names of a workbook's sheets."""
    return [s.title for s in _load(path, shown, values=True).worksheets]
