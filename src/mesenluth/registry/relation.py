"""What the mapped sources have in common: relations (tables, sheets, files, instruments) whose rows come as text.

A source that is read through a mapping file is an object with the methods of `Relations`; everything else (selecting,
joining, pseudonyms, places) is done once for all of them, in `mapped`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from .source import UNREAD

LINE = "\x1fline"
"""Column of a batch that holds the line of the file each row stands in, where the source has lines."""


@dataclass(frozen=True)
class Request:
    """What the mapping wants of one relation.

    Attributes
    ----------
    relation : str
        Name of the relation.
    columns : tuple of str
        Columns wanted, each once.
    key : tuple of str
        Columns that name a row; a source that can sort gives rows in their order.
    decimals : mapping of str to str
        Column -> decimal sign that its text is read with. A source with typed cells writes numbers with it: that a
        cell holds a number is no guess, a point in a text may be one.
    serials : frozenset of str
        Columns in which a number is a day, counted from the day from which the source counts (format ``excel``).
    """

    relation: str
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()
    decimals: Mapping[str, str] = field(default_factory=dict)
    serials: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Place:
    """Where a relation's rows stand: a file, and a sheet of it where it has sheets."""

    file: str
    sheet: str = ""


class Relations(Protocol):
    """A source as relations of text.

    Attributes
    ----------
    shown : str
        What messages call the source.
    files : dict of str to str
        File or relation -> SHA-256 of what was read.
    notes : list of str
        What a person should know.
    typed_dates : bool
        Whether dates may come as ISO text whatever format the mapping declares, because the source holds dates.
    """

    shown: str
    files: dict[str, str]
    notes: list[str]
    typed_dates: bool

    def columns(self) -> dict[str, list[str]]:
        """Return the relations with their columns."""

    def identifying(self, relation: str) -> dict[str, str]:
        """Return the columns the source itself marks as identifying or as free text, each with what it is."""

    def place(self, relation: str) -> Place | None:
        """Return where a relation's rows stand; None where they have no lines."""

    def batches(self, request: Request) -> Iterator[pd.DataFrame]:
        """Return the rows, some at a time: text columns as wanted, and `LINE` where the source has lines."""

    def close(self) -> None:
        """Let go of files and connections."""


def unread(what: str) -> str:
    """Return the text that stands for a cell which the source itself could not give: a finding, whatever its column."""
    return f"{UNREAD}{what}"


def texts_of(rows: pd.DataFrame) -> list[str]:
    """Return the columns of text of a batch: all but the line."""
    return [str(c) for c in rows.columns if c != LINE]
