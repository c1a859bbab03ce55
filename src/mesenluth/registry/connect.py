"""`mesenluth map`: a first mapping of a source that somebody points at, and what a mapping leaves open."""

from __future__ import annotations

import csv
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError, SourceError
from ..home import file as file_of
from .draft import draft
from .mapping import check_source, load, unmapped, unused
from .relation import Relations
from .source import MODULES
from .text_file import SEPARATORS

LINES = 60
"""Lines of a text file that are looked at for its layout."""


def relations(kind: str, source: Mapping[str, Any], root: Path, mapping: Any = None) -> Relations:
    """Open a source that is read through a mapping file."""
    module = importlib.import_module(f".{MODULES[kind]}", __package__)
    if not hasattr(module, "opened"):
        raise ConfigurationError(f"source.kind: {kind!r} has no mapping file", "its columns are those of a standard")
    opened: Relations = module.opened(source, root, mapping)
    return opened


def drafted(target: str, dictionary: Path | None, root: Path) -> str:
    """Return a first mapping file for a source.

    Parameters
    ----------
    target : str
        A folder or file (CSV, Excel, Parquet, SQLite), a REDCap export (with its dictionary), the address of a REDCap
        API, or ``postgresql`` (``postgresql:schema``).
    dictionary : Path, optional
        REDCap's data dictionary.
    """
    if target.split(":")[0] == "postgresql":
        return draft(relations("postgresql", {"schema": target.partition(":")[2]}, root), target)
    if target.startswith(("https://", "http://")):
        return draft(relations("redcap_api", {"url": target}, root), "REDCap project")
    place = Path(target)
    if not place.exists():
        raise SourceError(
            f"{target}: no such file or folder",
            "a folder or file, postgresql, postgresql:schema, or the address of a REDCap API",
        )
    where = {"path": str(place.resolve())}
    if dictionary:
        return draft(relations("redcap", {**where, "dictionary": str(dictionary.resolve())}, root), place.stem)
    if place.is_file() and _begins(place, b"SQLite format 3"):
        return draft(relations("sqlite", where, root), place.stem)
    from .files import Files, found

    folder = place if place.is_dir() else place.parent
    layouts = {name: _layout(folder / spec["path"], spec) for name, spec in found(place).items()}
    return draft(Files(root, where["path"], layouts), place.stem, layouts)


def _begins(path: Path, mark: bytes) -> bool:
    with open(path, "rb") as stream:
        return stream.read(len(mark)) == mark


def _layout(path: Path, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the layout of a file with what it seems to be beside the usual."""
    if "sheet" in spec:
        return {**spec, **_header_row(path, spec["sheet"])}
    if path.suffix.lower() == ".parquet":
        return dict(spec)
    with open(path, "rb") as stream:
        start = stream.read(1 << 20)
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        # The last character may be cut in the middle.
        text = start.decode(encoding, errors="strict") if len(start) < 1 << 20 else start[:-4].decode(encoding)
    except UnicodeDecodeError as error:
        encoding = "utf-8" if error.start >= len(start) - 8 else "cp1252"
        text = start.decode(encoding, errors="replace")
    lines = text.lstrip("\ufeff").splitlines()[:LINES]
    separator, header = _columns(lines)
    found: dict[str, Any] = {**spec}
    usual = "\t" if path.suffix.lower() == ".tsv" else ","
    found |= {"separator": separator} if separator != usual else {}
    found |= {"encoding": encoding} if encoding != "utf-8" else {}
    return found | ({"header": header} if header != 1 else {})


def _columns(lines: list[str]) -> tuple[str, int]:
    """Return the separator that gives the most lines alike, and the first line of their length."""
    best = (0, 0, ",", 1)
    for separator in SEPARATORS:
        counts = [len(next(csv.reader([line], delimiter=separator), [])) for line in lines]
        wide = max(set(counts), key=lambda n: (counts.count(n) * (n > 1), n), default=0)
        if wide > 1:
            best = max(best, (counts.count(wide), wide, separator, counts.index(wide) + 1), key=lambda b: b[:2])
    return best[2], best[3]


def _header_row(path: Path, sheet: str) -> dict[str, int]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    filled = [sum(c is not None for c in row) for row in book[sheet].iter_rows(max_row=LINES, values_only=True)]
    book.close()
    row = filled.index(max(filled)) + 1 if filled else 1
    return {"header": row} if row != 1 else {}


def coverage(study: Mapping[str, Any], root: Path) -> str:
    """Return what the mapping of a study leaves open: of the source unused, of the pipeline not filled.

    Raises ConfigurationError or SourceError where mapping and source do not fit.
    """
    source = study["source"]
    if source["kind"] not in MODULES or not source.get("mapping"):
        raise ConfigurationError(f"source.kind: {source['kind']!r} has no mapping file", "a source with a mapping file")
    mapping = load(file_of(root, source["mapping"]))
    opened = relations(source["kind"], source, root, mapping)
    try:
        available = opened.columns()
        check_source(mapping, available, opened.shown)
    finally:
        opened.close()
    parts = [f"{source['mapping']}: right, and {opened.shown} has what it reads"]
    for title, names in (
        ("In the registry, and not used", unused(mapping, available)),
        ("In the pipeline, and not filled", unmapped(mapping)),
    ):
        parts.append(f"{title}: {', '.join(names) or 'nothing'}")
    return "\n".join(parts)
