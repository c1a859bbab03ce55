"""What a workbook may unpack to, checked before it is: a small file can hold more than a machine has memory for."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from ..errors import SourceError

UNPACKED = 1 << 30
"""Bytes that the parts of a workbook may unpack to together."""
CELLS = 50_000_000
"""Cells that a sheet may span, and that its merged cells may cover."""
AREA = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=[\"']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)[\"']")
CHUNK = 1 << 20


def check_workbook(path: Path, shown: str) -> None:
    """Refuse a workbook that would not fit into memory.

    Raises
    ------
    SourceError
        If its parts unpack to more than `UNPACKED` bytes, or its merged cells cover more than `CELLS`. What cannot be
        read at all is left to who reads it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
            if size > UNPACKED:
                raise SourceError(
                    f"{shown}: unpacks to {size >> 20} MB", f"a workbook of at most {UNPACKED >> 20} MB", "split it"
                )
            sheets = [p for p in archive.namelist() if p.startswith("xl/worksheets/") and p.endswith(".xml")]
            for name in sheets:
                covered = _covered(archive, name)
                if covered > CELLS:
                    raise SourceError(
                        f"{shown}: merged cells of {name} cover {covered} cells",
                        f"at most {CELLS}",
                        "undo the merging of whole rows, columns or sheets",
                    )
    except (OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return


def check_span(rows: int, columns: int, shown: str) -> None:
    """Refuse a sheet that spans more cells than fit into memory: one filled cell at its far end is enough for that."""
    if rows * columns > CELLS:
        raise SourceError(
            f"{shown}: spans {rows} rows and {columns} columns",
            f"at most {CELLS} cells",
            "delete the rows and columns after the data: something stands far away from them",
        )


def _covered(archive: zipfile.ZipFile, name: str) -> int:
    covered, before = 0, b""
    with archive.open(name) as part:
        while piece := part.read(CHUNK):
            text = before + piece
            last = 0
            for found in AREA.finditer(text):
                one, top, two, bottom = found.groups()
                covered += (int(bottom) - int(top) + 1) * (_number(two) - _number(one) + 1)
                last = found.end()
            # An element may stand across two pieces.
            before = text[max(last, len(text) - 200) :]
    return covered


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
