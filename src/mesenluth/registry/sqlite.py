"""SQLite: a registry in one file, the embedded default."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import SourceError
from .mapping import RegistryMapping
from .relation import Request
from .source import file_hash

BATCH = 100_000
"""Rows that are held as Python objects at a time."""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def relations(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the tables and views of a database with their columns."""
    names = [
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
    ]
    return {n: [row[1] for row in connection.execute(f"PRAGMA table_info({_quoted(n)})")] for n in names}


class Database:
    """The tables and views of a SQLite file, by `relation.Relations`."""

    typed_dates = False

    def __init__(self, path: Path, shown: str) -> None:
        if not path.is_file():
            raise SourceError(
                f"registry database {shown}: no such file",
                "a SQLite database",
                "set source.path in the study file, or write the synthetic registry with `mesenluth simulate`",
            )
        self.shown, self.notes = shown, list[str]()
        self.files = {path.name: file_hash(path)}
        # Read-only and as text: numbers and dates are parsed by declared rules, never by SQLite's guesses.
        self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)

    def columns(self) -> dict[str, list[str]]:
        """Return the tables and views with their columns."""
        with self._intact():
            return relations(self._connection)

    def identifying(self, relation: str) -> dict[str, str]:
        """Return nothing: a database does not say what its columns mean."""
        return {}

    def place(self, relation: str) -> None:
        """Return nothing: a table has no lines, its key names a row."""

    def batches(self, request: Request) -> Iterator[pd.DataFrame]:
        """Return the rows in the order of their key."""
        chosen = ", ".join(f"CAST({_quoted(c)} AS TEXT) AS {_quoted(c)}" for c in request.columns)
        order = " ORDER BY " + ", ".join(_quoted(k) for k in request.key) if request.key else ""
        query = f"SELECT {chosen} FROM {_quoted(request.relation)}{order}"
        with self._intact():
            cursor = self._connection.execute(query)
            while rows := cursor.fetchmany(BATCH):
                yield pd.DataFrame(rows, columns=list(request.columns), dtype=object)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextmanager
    def _intact(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise SourceError(
                f"registry database {self.shown}: cannot be read ({error})",
                "an intact SQLite database",
                "restore the file from its source",
            ) from None


def opened(source: Mapping[str, Any], root: Path, mapping: RegistryMapping | None = None) -> Database:
    """Return the database that `path` names as relations; SourceError if there is none."""
    return Database(root / source["path"], source["path"])
