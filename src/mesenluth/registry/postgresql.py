"""PostgreSQL: a registry in a database server, read at one snapshot, in batches, by a role that can only read.

Where the server is and who reads it stands in libpq's environment variables (PGHOST, PGPORT, PGDATABASE, PGUSER,
PGPASSWORD, PGPASSFILE, PGSERVICE), never in a study file. All relations are read in one read-only transaction of the
isolation level REPEATABLE READ: what others write meanwhile is not seen, so that the tables fit together.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pyarrow as pa
from psycopg import sql

from ..errors import ConfigurationError, SourceError
from ..tables.io import STRING
from .mapping import RegistryMapping
from .relation import Request

BATCH = 50_000
"""Rows that are held as Python objects at a time."""

READABLE = """
SELECT c.relname, a.attname
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
WHERE n.nspname = %s AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
  AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
ORDER BY c.relname, a.attnum
"""
"""Relations and columns of a schema that the role may read: column by column, as grants may be."""

WRITABLE = """
SELECT c.relname
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'p')
  AND pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
ORDER BY c.relname
"""


def opened(source: Mapping[str, Any], root: Path, mapping: RegistryMapping | None = None) -> Database:
    """Return the schema that `schema` names (`public` if it names none) as relations.

    Raises
    ------
    SourceError
        If the server cannot be reached or read.
    ConfigurationError
        If the environment names no database.
    """
    return Database(source.get("schema") or "public")


class Database:
    """The relations of one schema, by `relation.Relations`."""

    # A column of type date comes as ISO text, whatever format the mapping declares for text.
    typed_dates = True

    def __init__(self, schema: str) -> None:
        if not (os.environ.get("PGDATABASE") or os.environ.get("PGSERVICE")):
            raise ConfigurationError(
                "environment variable PGDATABASE: not set",
                "PGHOST, PGDATABASE and PGUSER (or PGSERVICE), and a password in PGPASSFILE or PGPASSWORD",
                "export them before registering a cut; a study file never holds credentials",
            )
        self._schema, self.files = schema, dict[str, str]()
        self.shown = f"PostgreSQL schema {schema}"
        with self._speaking():
            self._connection = psycopg.connect("", application_name="mesenluth", connect_timeout=20)
        # The transaction begins with the first statement and ends when the source is closed.
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._connection.read_only = True
        with self._speaking():
            self._connection.execute("SET LOCAL DateStyle = 'ISO, YMD'")
            self._connection.execute("SET LOCAL TimeZone = 'UTC'")
        self.notes = self._told()

    def _told(self) -> list[str]:
        version = self._connection.info.server_version
        told = [
            f"read from PostgreSQL {version // 10000}.{version % 10000} at one snapshot, in a read-only transaction"
        ]
        with self._speaking():
            writable = [row[0] for row in self._connection.execute(WRITABLE, (self._schema,))]
        if writable:
            told.append(
                f"the role may also write ({', '.join(writable[:5])}{' and more' if len(writable) > 5 else ''});"
                " SELECT alone is enough (docs/sources.md)"
            )
        return told

    def columns(self) -> dict[str, list[str]]:
        """Return the relations with the columns that the role may read."""
        found: dict[str, list[str]] = {}
        with self._speaking():
            for relation, column in self._connection.execute(READABLE, (self._schema,)):
                found.setdefault(relation, []).append(column)
        return found

    def identifying(self, relation: str) -> dict[str, str]:
        """Return nothing: a database does not say what its columns mean."""
        return {}

    def place(self, relation: str) -> None:
        """Return nothing: a table has no lines, its key names a row."""

    def batches(self, request: Request) -> Iterator[pd.DataFrame]:
        """Return the rows as the server sends them: a cursor there, a batch here."""
        names = list(request.columns)
        query = sql.SQL("SELECT {} FROM {}").format(
            sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(c)) for c in names),
            sql.Identifier(self._schema, request.relation),
        )
        with self._speaking(), self._connection.cursor(name="mesenluth_rows") as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(BATCH):
                data = pa.table(
                    {n: pa.array(v, pa.string()) for n, v in zip(names, zip(*rows, strict=True), strict=True)}
                )
                yield data.to_pandas(types_mapper={pa.string(): STRING}.get)

    def close(self) -> None:
        """End the transaction without a trace and close the connection."""
        self._connection.close()

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        try:
            yield
        except psycopg.errors.InsufficientPrivilege as error:
            raise SourceError(
                f"{self.shown}: {str(error).splitlines()[0]}",
                "USAGE on the schema and SELECT on what the mapping reads",
                "see the grants in docs/sources.md",
            ) from None
        except psycopg.Error as error:
            raise SourceError(
                f"{self.shown}: cannot be read ({' '.join(str(error).split())})",
                "a server that answers",
                "check PGHOST, PGPORT, PGDATABASE, PGUSER and the password, and that the server takes connections",
            ) from None
