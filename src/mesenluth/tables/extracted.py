"""Contracts of the tables before validation: as registered (text), and as extracted (typed, gaps allowed)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from .model import Column, Table
from .registry import RECORD_ID, REGISTRY


@cache
def stored(name: str) -> Table:
    """Return the contract of a registered table: text as delivered, one row a record."""
    table = REGISTRY[name]
    columns = tuple(Column(c.name, "string", c.description, required=c.name == "record_id") for c in table.columns)
    return Table(name, table.grain, f"As delivered: {table.description}", columns, key=("record_id",))


@cache
def extracted(name: str) -> Table:
    """Return the contract of an extracted table: typed, but any value may be missing and keys may repeat."""
    table = REGISTRY[name]
    columns = tuple(replace(c, required=c.name == "record_id") for c in table.columns)
    return Table(name, table.grain, table.description, columns, key=("record_id",))


UNREADABLE = Table(
    "unreadable",
    "one cell that could not be read",
    "Text that is no value of its column's type, code or date format. The cell is left empty, never guessed.",
    (
        Column("table", "string", "registry table", required=True),
        RECORD_ID,
        Column("column", "string", "column", required=True),
        Column("observed", "string", "the text, shortened", required=True),
        Column("reason", "string", "what was expected, and where the cell stands in its file", required=True),
    ),
    key=("table", "record_id", "column"),
)

IMPUTED = Table(
    "imputed",
    "one date that was delivered without its day",
    "The flag of a completed date: what was delivered, what the study's rule makes of it.",
    (
        Column("table", "string", "registry table", required=True),
        RECORD_ID,
        Column("column", "string", "column", required=True),
        Column("observed", "string", "the text as delivered", required=True),
        Column("date", "date", "the date it was completed to", required=True),
        Column("rule", "string", "how it was completed", required=True),
    ),
    key=("table", "record_id", "column"),
)

PLACES = Table(
    "places",
    "one registered row that stands in a file",
    "Where a row was delivered, so that somebody can find it there.",
    (
        Column("table", "string", "registry table", required=True),
        RECORD_ID,
        Column("file", "string", "name of the file", required=True),
        Column("sheet", "string", "sheet of a workbook"),
        Column("line", "int", "line of the file or row of the sheet, from 1", required=True),
    ),
    key=("table", "record_id"),
)

EXTRACTION_COUNTS = Table(
    "extraction_counts",
    "one registry table",
    "read = after_cut + extracted.",
    (
        Column("table", "string", "registry table", required=True),
        Column("read", "int", "rows in the registered cut", required=True),
        Column("after_cut", "int", "rows dated after the cut, which do not count", required=True),
        Column("extracted", "int", "rows passed on", required=True),
    ),
    key=("table",),
)
