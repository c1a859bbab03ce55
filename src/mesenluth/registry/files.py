"""A registry delivered as files: CSV, Excel and Parquet, side by side in one folder."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import ConfigurationError, SourceError
from .excel import Sheet, SheetLayout, sheets_of
from .mapping import RegistryMapping, only
from .parquet import ParquetTable
from .relation import LINE, Place, Request
from .source import file_hash
from .text_file import Layout, TextFile

TEXT, EXCEL, PARQUET = (".csv", ".tsv", ".txt"), (".xlsx", ".xlsm"), (".parquet",)
OPTIONS = {
    TEXT: ("path", "separator", "encoding", "header", "quote"),
    EXCEL: ("path", "sheet", "header", "merged", "hidden"),
    PARQUET: ("path",),
}
"""Endings of names -> what the mapping may say of such a file."""


def opened(source: Mapping[str, Any], root: Path, mapping: RegistryMapping | None = None) -> Files:
    """Return the files of a delivery as relations.

    Parameters
    ----------
    source : mapping
        `path`: a folder, or a single file.
    mapping : RegistryMapping, optional
        Its section `files` says which files there are and how they are laid out; without it every file of the folder
        is a table called after it, and every sheet of a workbook with several is one called ``file/sheet``. Only what
        it reads is opened.

    Raises
    ------
    SourceError
        If a file or sheet is missing or cannot be read.
    ConfigurationError
        If a layout is wrong.
    """
    read = {r for t in mapping.tables for r in t.relations} if mapping else None
    return Files(root, source["path"], mapping.files if mapping else {}, read)


class Files:
    """The files of a delivery, by `relation.Relations`."""

    def __init__(
        self, root: Path, path: str, layouts: Mapping[str, Mapping[str, Any]], read: Collection[str] | None = None
    ) -> None:
        self.shown, self.notes = f"files {path}", list[str]()
        self.files: dict[str, str] = {}
        place = root / path
        if not place.exists():
            raise SourceError(f"{path}: no such file or folder", do="set source.path in the study file")
        folder = place if place.is_dir() else place.parent
        layouts = dict(layouts) or found(place)
        read = set(layouts) if read is None else read
        self._open = {n: _opened(folder, n, spec) for n, spec in layouts.items() if n in read}
        self._places = {n: self._place(n, spec) for n, spec in layouts.items() if n in read}
        for spec in (layouts[n] for n in self._open):
            name = str(spec["path"])
            if name not in self.files:
                self.files[name] = file_hash(folder / name)
        left = [n for n in layouts if n not in read]
        if left:
            self.notes.append("files left behind, not mapped: " + ", ".join(left))
        self.typed_dates = any(not isinstance(t, TextFile) for t in self._open.values())

    def _place(self, name: str, spec: Mapping[str, Any]) -> Place:
        table = self._open[name]
        return Place(str(spec["path"]), table.name if isinstance(table, Sheet) else "")

    def columns(self) -> dict[str, list[str]]:
        """Return the files (or sheets) with their columns."""
        return {n: t.columns for n, t in self._open.items()}

    def identifying(self, relation: str) -> dict[str, str]:
        """Return nothing: a file does not say what its columns mean."""
        return {}

    def place(self, relation: str) -> Place | None:
        """Return the file and sheet of a relation."""
        return self._places[relation]

    def batches(self, request: Request) -> Iterator[pd.DataFrame]:
        """Return the rows with their lines."""
        table = self._open[request.relation]
        if isinstance(table, TextFile):
            if request.serials:
                raise ConfigurationError(
                    f"{table.shown}: column {sorted(request.serials)[0]!r} has the format excel",
                    "excel-1900 or excel-1904: a text file does not say from which day its numbers count",
                )
            yield from table.batches(request.columns)
            self._note(table.notes)
        elif isinstance(table, Sheet):
            yield table.read(request.decimals, request.serials)[[*request.columns, LINE]]
            self._note(table.notes)
        else:
            yield from table.batches(request.columns, request.decimals)

    def _note(self, told: list[str]) -> None:
        self.notes += [t for t in told if t not in self.notes]

    def close(self) -> None:
        """Forget the files."""
        self._open = {}


def found(place: Path) -> dict[str, dict[str, Any]]:
    """Return every file of a folder (or the one named) as a relation with the usual layout."""
    layouts: dict[str, dict[str, Any]] = {}
    paths = sorted(place.iterdir()) if place.is_dir() else [place]
    for path in paths:
        if path.suffix.lower() in EXCEL and not path.name.startswith("~$"):
            sheets = sheets_of(path, path.name)
            for sheet in sheets:
                name = path.stem if len(sheets) == 1 else f"{path.stem}/{sheet}"
                layouts[name] = {"path": path.name, "sheet": sheet}
        elif path.suffix.lower() in (*TEXT, *PARQUET):
            layouts[path.stem] = {"path": path.name}
    if not layouts:
        raise SourceError(
            f"{place.name}: no file that can be read", f"files ending in {', '.join((*TEXT, *EXCEL, *PARQUET))}"
        )
    return layouts


def _opened(folder: Path, name: str, spec: Any) -> TextFile | Sheet | ParquetTable:
    where = f"mapping: files.{name}"
    if not isinstance(spec, Mapping) or not isinstance(spec.get("path"), str):
        raise ConfigurationError(f"{where}: {spec!r}", "a mapping with path")
    path, shown = folder / spec["path"], str(spec["path"])
    if Path(shown).is_absolute() or ".." in Path(shown).parts:
        raise ConfigurationError(f"{where}.path: {shown!r}", "a file of the delivery: a name in the folder source.path")
    kinds = [k for k in OPTIONS if path.suffix.lower() in k]
    if not kinds:
        raise ConfigurationError(
            f"{where}.path: {shown!r}",
            f"a name ending in {', '.join((*TEXT, *EXCEL, *PARQUET))}",
            "save workbooks of other programs as .xlsx" if path.suffix.lower() in (".xls", ".ods", ".xlsb") else "",
        )
    only(spec, OPTIONS[kinds[0]], where)
    header = spec.get("header", 1)
    if not isinstance(header, int) or isinstance(header, bool) or header < 1:
        raise ConfigurationError(f"{where}.header: {header!r}", "the line of the column names, from 1")
    if kinds[0] == PARQUET:
        return ParquetTable(path, shown)
    if kinds[0] == EXCEL:
        return Sheet(
            path,
            shown,
            SheetLayout(spec.get("sheet", ""), header, spec.get("merged", "finding"), spec.get("hidden", "read")),
        )
    usual = "\t" if path.suffix.lower() == ".tsv" else ","
    separator, quote = spec.get("separator", usual), spec.get("quote", '"')
    for key, value in (("separator", separator), ("quote", quote)):
        if not isinstance(value, str) or len(value) != 1:
            raise ConfigurationError(f"{where}.{key}: {value!r}", "one character")
    return TextFile(path, shown, Layout(separator, spec.get("encoding", "utf-8"), header, quote))
