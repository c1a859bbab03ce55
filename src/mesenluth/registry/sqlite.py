"""SQLite: a registry in one file, the embedded default."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import SourceError
from .mapped import apply, unused
from .mapping import check_source, load
from .pseudonyms import pseudonymiser
from .source import Delivery, file_hash


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


def read(study: Mapping[str, Any], root: Path) -> Delivery:
    """Read a SQLite registry through its mapping, as text.

    Raises
    ------
    SourceError
        If the file is missing, no SQLite database, or lacks a table or column of the mapping.
    ConfigurationError
        If the mapping is wrong or the pseudonyms have no key.
    """
    path = root / study["source"]["path"]
    mapping = load(root / study["source"]["mapping"])
    pseudonyms = pseudonymiser(study)
    if not path.is_file():
        raise SourceError(
            f"registry database {study['source']['path']}: no such file",
            "a SQLite database",
            "set source.path in the study file, or write the synthetic registry with `mesenluth simulate`",
        )
    delivery = Delivery({}, files={Path(study["source"]["path"]).name: file_hash(path)})
    # Read-only and as text: numbers and dates are parsed by declared rules, never by SQLite's guesses.
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        available = relations(connection)
        check_source(mapping, available, study["source"]["path"])
        for name, table in mapping.items():
            columns = table.source_columns
            chosen = ", ".join(f"CAST({_quoted(c)} AS TEXT) AS {_quoted(c)}" for c in columns)
            order = ", ".join(_quoted(k) for k in table.key)
            rows = connection.execute(f"SELECT {chosen} FROM {_quoted(table.source)} ORDER BY {order}").fetchall()
            frame = pd.DataFrame(rows, columns=columns, dtype=object)
            delivery.tables[name], delivery.readings[name] = apply(table, frame, pseudonyms)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise SourceError(
            f"registry database {study['source']['path']}: cannot be read ({error})",
            "an intact SQLite database",
            "restore the file from its source",
        ) from None
    finally:
        connection.close()
    left = unused(mapping, available)
    if left:
        delivery.notes.append("left behind, not mapped: " + ", ".join(left))
    return delivery
