"""Mapping files: from a registry's columns and codes to the tables of the pipeline, without Python.

A mapping file is YAML: for each table of the pipeline the source relation (`from`), the source column that names a row
(`key`), and for each column where it comes from and how its text is read. See docs/mapping.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ..errors import ConfigurationError, SourceError
from ..plain_yaml import parse
from ..tables.registry import REGISTRY
from .mapping_columns import DEFAULTS, ColumnMapping, Defaults, column_mapping, defaults
from .source import Reading

KEYS = ("registry", *DEFAULTS, "files", "redcap", "tables")
TABLE_KEYS = ("from", "key", "where", "given", "join", "columns")


@dataclass(frozen=True)
class TableMapping:
    """Where the rows of one table come from; several of them may fill the same table.

    Attributes
    ----------
    name : str
        Table of the pipeline.
    source : str
        Relation of the source.
    key : tuple of str
        Columns there that name a row.
    columns : dict of str to ColumnMapping
    where : dict of str to tuple of str
        Column -> texts; only rows with one of them count.
    given : tuple of str
        Columns that must be filled in for a row to count.
    joins : dict of str to dict of str to str
        Further relation -> column of `source` -> column there; at most one row there may fit.
    """

    name: str
    source: str
    key: tuple[str, ...]
    columns: dict[str, ColumnMapping]
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    joins: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: tuple[str, ...] = ("",)

    def wanted(self, relation: str) -> list[str]:
        """Return the columns that are read of one relation, each once, in the order of the mapping."""
        mapped = [s.column for c in self.columns.values() for s in c.sources if (s.relation or self.source) == relation]
        if relation == self.source:
            links = [left for on in self.joins.values() for left in on]
            mapped = [*self.key, *mapped, *self.where, *self.given, *links]
        if relation in self.joins:
            mapped = [*mapped, *self.joins[relation].values()]
        return list(dict.fromkeys(mapped))

    @property
    def relations(self) -> list[str]:
        """Relations that are read, that of the rows first."""
        return [self.source, *self.joins]


@dataclass(frozen=True)
class RegistryMapping:
    """A mapping file.

    Attributes
    ----------
    tables : tuple of TableMapping
        In the order of the file.
    files : dict of str to dict
        Relation -> how its file is laid out, for sources that are files.
    redcap : dict
        How a REDCap export is understood.
    missing : tuple of str
        Texts that mean: no value, in the whole registry.
    """

    tables: tuple[TableMapping, ...]
    files: dict[str, dict[str, Any]]
    redcap: dict[str, Any]
    missing: tuple[str, ...]

    def readings(self) -> dict[str, dict[str, Reading]]:
        """Return how the columns of each table are read: table -> column -> reading."""
        found: dict[str, dict[str, Reading]] = {}
        for table in self.tables:
            known = found.setdefault(table.name, {})
            for name, column in table.columns.items():
                known[name] = _one_reading(known.get(name), column.reading, f"{table.name}.{name}")
        return found


def _one_reading(one: Reading | None, other: Reading, where: str) -> Reading:
    """Return the reading of a column that several entries fill: they must agree, but for codes that add up."""
    if one is None or one == other:
        return other
    plain = [{k: v for k, v in r.as_dict().items() if k != "codes"} for r in (one, other)]
    codes = [dict(r.codes or {}) for r in (one, other)]
    contradicting = [t for t in codes[0] if t in codes[1] and codes[0][t] != codes[1][t]]
    if plain[0] != plain[1] or (one.codes is None) != (other.codes is None) or contradicting:
        raise ConfigurationError(
            f"mapping of {where}: two entries read it differently"
            + (f" (code {contradicting[0]!r})" if contradicting else ""),
            "the same formats, decimal sign, unit and missing texts in every entry of a table, and codes that agree",
        )
    return Reading.from_dict({**plain[0], "codes": None if one.codes is None else codes[0] | codes[1]})


def load(path: str | Path) -> RegistryMapping:
    """Read and check a mapping file.

    Raises
    ------
    ConfigurationError
        Naming file, table, column, key and what is allowed.
    """
    path = Path(path)
    try:
        with open(path, encoding="utf-8") as stream:
            plain = parse(stream)
    except (FileNotFoundError, IsADirectoryError):
        raise ConfigurationError(
            f"mapping file {path}: no such file", do="set source.mapping to an existing file"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"mapping file {path}: not readable as YAML: {error}") from None
    if not isinstance(plain, Mapping) or not isinstance(plain.get("tables"), Mapping):
        raise ConfigurationError(f"mapping file {path}: no mapping `tables`", "tables: {patients: ...}")
    only(plain, KEYS, str(path))
    given = defaults(plain, str(path))
    tables = tuple(_tables(plain["tables"], given, str(path)))
    mapping = RegistryMapping(
        tables, _mapping_of(plain, "files", path), _mapping_of(plain, "redcap", path), given.missing
    )
    mapping.readings()
    return mapping


def _mapping_of(plain: Mapping[str, Any], key: str, path: Path) -> dict[str, Any]:
    value = plain.get(key) or {}
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{path}: {key}: {value!r}", "a mapping")
    return dict(value)


def only(plain: Mapping[str, Any], allowed: tuple[str, ...], where: str) -> None:
    """Refuse a key that is not allowed, by name."""
    unknown = [str(k) for k in plain if k not in allowed]
    if unknown:
        raise ConfigurationError(f"{where}: unknown key {', '.join(unknown)}", f"one of {', '.join(allowed)}")


def texts(values: Any, where: str) -> tuple[str, ...]:
    """Return one text or a list of texts as a tuple."""
    values = [values] if isinstance(values, str) else values
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise ConfigurationError(f"{where}: {values!r}", "a list of texts, in quotes")
    return tuple(values)


def _tables(tables: Mapping[str, Any], given: Defaults, path: str) -> Iterator[TableMapping]:
    for name, body in tables.items():
        where = f"{path}: tables.{name}"
        if name not in REGISTRY:
            raise ConfigurationError(f"{where}: no such table", f"one of {', '.join(REGISTRY)}")
        if isinstance(body, list):
            for i, entry in enumerate(body):
                yield _table(name, entry, given, f"{where}[{i}]")
        else:
            yield _table(name, body, given, where)


def _table(name: str, body: Any, given: Defaults, where: str) -> TableMapping:
    if not isinstance(body, Mapping):
        raise ConfigurationError(f"{where}: {body!r}", "a mapping with from, key and columns, or a list of them")
    only(body, TABLE_KEYS, where)
    for key in ("from", "key", "columns"):
        if not body.get(key):
            raise ConfigurationError(f"{where}: {key} is missing", "from, key and columns")
    contract = REGISTRY[name]
    columns = {
        column: column_mapping(column, spec, given, contract, f"{where}.columns.{column}")
        for column, spec in body["columns"].items()
    }
    lacking = [c.name for c in contract.columns if c.required and c.name != "record_id" and c.name not in columns]
    if lacking:
        raise ConfigurationError(
            f"{where}.columns: {', '.join(lacking)} not mapped", "every required column of the table"
        )
    joins = body.get("join") or {}
    if not isinstance(joins, Mapping) or not all(isinstance(on, (str, Mapping)) for on in joins.values()):
        raise ConfigurationError(f"{where}.join: {joins!r}", "relation: the column both share, or {here: there}")
    pairs = {r: {on: on} if isinstance(on, str) else {str(k): str(v) for k, v in on.items()} for r, on in joins.items()}
    for column, mapped in columns.items():
        for source in mapped.sources:
            if source.relation and source.relation not in pairs:
                raise ConfigurationError(
                    f"{where}.columns.{column}.from: {source.relation!r} is not joined", f"one of {', '.join(pairs)}"
                )
    conditions = body.get("where") or {}
    if not isinstance(conditions, Mapping):
        raise ConfigurationError(f"{where}.where: {conditions!r}", "column: text, or a list of texts")
    return TableMapping(
        name,
        body["from"],
        texts(body["key"], f"{where}.key"),
        columns,
        {str(c): texts(v, f"{where}.where.{c}") for c, v in conditions.items()},
        texts(body.get("given") or [], f"{where}.given"),
        pairs,
        given.missing,
    )


def check_source(mapping: RegistryMapping, available: Mapping[str, list[str]], source: str) -> None:
    """Check that the source has every table and column that the mapping reads.

    Raises SourceError naming source, table and column, and what there is instead.
    """
    for table in mapping.tables:
        for relation in table.relations:
            if relation not in available:
                raise SourceError(
                    f"{source}: no table {relation!r} (mapped to {table.name})",
                    f"one of {', '.join(sorted(available)) or 'no table at all'}",
                    "check source.path and the mapping file",
                )
            lacking = [c for c in table.wanted(relation) if c not in available[relation]]
            if lacking:
                raise SourceError(
                    f"{source}: table {relation!r} has no column {', '.join(lacking)} (needed for {table.name})",
                    f"one of {', '.join(available[relation])}",
                    "check the export, or mend the mapping file",
                )


def unused(mapping: RegistryMapping, available: Mapping[str, list[str]]) -> list[str]:
    """Return `table.column` of everything the source has and the mapping leaves behind."""
    read: dict[str, set[str]] = {}
    for table in mapping.tables:
        for relation in table.relations:
            read.setdefault(relation, set()).update(table.wanted(relation))
    return [f"{t}.{c}" for t in sorted(available) for c in available[t] if c not in read.get(t, ())]


def unmapped(mapping: RegistryMapping) -> list[str]:
    """Return `table` or `table.column` of everything the pipeline could hold and the mapping does not fill."""
    filled: dict[str, set[str]] = {}
    for table in mapping.tables:
        filled.setdefault(table.name, set()).update(table.columns)
    found = []
    for name, contract in REGISTRY.items():
        if name not in filled:
            found.append(name)
        else:
            found += [f"{name}.{c}" for c in contract.column_names if c != "record_id" and c not in filled[name]]
    return found
