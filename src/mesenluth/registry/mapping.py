"""Mapping files: from a registry's columns and codes to the tables of the pipeline, without Python.

A mapping file is YAML: for each table of the pipeline the source table (`from`), the source column that names a row
(`key`), and for each column where it comes from and how its text is read. See docs/mapping.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..errors import ConfigurationError, SourceError
from ..tables.model import Column, Table
from ..tables.registry import REGISTRY
from .source import Reading

COLUMN_KEYS = ("source", "constant", "pseudonym", "keep", "codes", "formats", "decimal", "unit", "missing")
LENGTH_UNITS = ("mm", "cm")


@dataclass(frozen=True)
class ColumnMapping:
    """Where one column comes from and what is done to it before anything is stored."""

    source: str | None
    constant: str | None
    pseudonym: str | None
    keep: str | None
    reading: Reading


@dataclass(frozen=True)
class TableMapping:
    """Where one table comes from."""

    source: str
    key: tuple[str, ...]
    columns: dict[str, ColumnMapping]

    @property
    def source_columns(self) -> list[str]:
        """Source columns that are read, each once, in the order of the mapping."""
        named = [*self.key, *(c.source for c in self.columns.values() if c.source)]
        return list(dict.fromkeys(named))


def load(path: str | Path) -> dict[str, TableMapping]:
    """Read and check a mapping file.

    Returns
    -------
    dict
        Table of the pipeline -> its mapping.

    Raises
    ------
    ConfigurationError
        Naming file, table, column, key and what is allowed.
    """
    path = Path(path)
    try:
        plain = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            f"mapping file {path}: no such file", do="set source.mapping to an existing file"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"mapping file {path}: not readable as YAML: {error}") from None
    if not isinstance(plain, Mapping) or not isinstance(plain.get("tables"), Mapping):
        raise ConfigurationError(f"mapping file {path}: no mapping `tables`", "tables: {patients: ...}")
    _only(plain, ("registry", "missing", "tables"), str(path))
    missing = _texts(plain.get("missing", [""]), f"{path}: missing")
    return {name: _table(name, body, missing, f"{path}: tables.{name}") for name, body in plain["tables"].items()}


def _only(plain: Mapping[str, Any], allowed: tuple[str, ...], where: str) -> None:
    unknown = [str(k) for k in plain if k not in allowed]
    if unknown:
        raise ConfigurationError(f"{where}: unknown key {', '.join(unknown)}", f"one of {', '.join(allowed)}")


def _texts(values: Any, where: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise ConfigurationError(f"{where}: {values!r}", "a list of texts, in quotes")
    return tuple(values)


def _table(name: str, body: Any, missing: tuple[str, ...], where: str) -> TableMapping:
    if name not in REGISTRY:
        raise ConfigurationError(f"{where}: no such table", f"one of {', '.join(REGISTRY)}")
    if not isinstance(body, Mapping):
        raise ConfigurationError(f"{where}: {body!r}", "a mapping with from, key and columns")
    _only(body, ("from", "key", "columns"), where)
    for key in ("from", "key", "columns"):
        if not body.get(key):
            raise ConfigurationError(f"{where}: {key} is missing", "from, key and columns")
    keys = [body["key"]] if isinstance(body["key"], str) else body["key"]
    contract = REGISTRY[name]
    columns = {
        column: _column(column, spec, missing, contract, f"{where}.columns.{column}")
        for column, spec in body["columns"].items()
    }
    lacking = [c.name for c in contract.columns if c.required and c.name != "record_id" and c.name not in columns]
    if lacking:
        raise ConfigurationError(
            f"{where}.columns: {', '.join(lacking)} not mapped", "every required column of the table"
        )
    return TableMapping(body["from"], _texts(keys, f"{where}.key"), columns)


def _column(name: str, spec: Any, missing: tuple[str, ...], contract: Table, where: str) -> ColumnMapping:
    if name == "record_id" or name not in contract.column_names:
        mapped = ", ".join(c for c in contract.column_names if c != "record_id")
        raise ConfigurationError(f"{where}: table {contract.name} has no such column", f"one of {mapped}")
    if isinstance(spec, str):
        spec = {"source": spec}
    if not isinstance(spec, Mapping):
        raise ConfigurationError(f"{where}: {spec!r}", "a source column, or a mapping")
    _only(spec, COLUMN_KEYS, where)
    if ("source" in spec) == ("constant" in spec):
        raise ConfigurationError(f"{where}: {dict(spec)!r}", "exactly one of source and constant")
    column = contract.column(name)
    if spec.get("keep") not in (None, "year"):
        raise ConfigurationError(f"{where}.keep: {spec['keep']!r}", "year")
    return ColumnMapping(
        source=spec.get("source"),
        constant=None if "constant" not in spec else str(spec["constant"]),
        pseudonym=spec.get("pseudonym"),
        keep=spec.get("keep"),
        reading=_reading(column, spec, missing, where),
    )


def _reading(column: Column, spec: Mapping[str, Any], missing: tuple[str, ...], where: str) -> Reading:
    codes = spec.get("codes")
    if codes is not None:
        if not isinstance(codes, Mapping) or not all(isinstance(k, str) for k in codes):
            raise ConfigurationError(f"{where}.codes: {codes!r}", "texts in quotes, each with its value")
        for text, value in codes.items():
            if value is None:
                continue
            if column.type == "bool" and not isinstance(value, bool):
                raise ConfigurationError(f"{where}.codes[{text!r}]: {value!r}", "true, false or null")
            if column.allowed and value not in column.allowed:
                raise ConfigurationError(f"{where}.codes[{text!r}]: {value!r}", f"one of {', '.join(column.allowed)}")
    if column.type == "bool" and codes is None:
        raise ConfigurationError(f"{where}: no codes", 'codes for yes and no, such as {"1": true, "0": false}')
    unit = spec.get("unit", "mm" if column.unit == "um" else "")
    if column.unit == "um" and unit not in LENGTH_UNITS:
        raise ConfigurationError(f"{where}.unit: {unit!r}", " or ".join(LENGTH_UNITS))
    if column.unit != "um" and unit not in ("", column.unit):
        raise ConfigurationError(f"{where}.unit: {unit!r}", column.unit or "no unit")
    decimal = spec.get("decimal", ".")
    if decimal not in (".", ","):
        raise ConfigurationError(f"{where}.decimal: {decimal!r}", '"." or ","')
    return Reading(
        codes=codes,
        formats=_texts(spec.get("formats", ["%Y-%m-%d"]), f"{where}.formats"),
        decimal=decimal,
        unit=unit if column.unit == "um" else "",
        missing=_texts(spec["missing"], f"{where}.missing") if "missing" in spec else missing,
    )


def check_source(mapping: Mapping[str, TableMapping], available: Mapping[str, list[str]], source: str) -> None:
    """Check that the source has every table and column that the mapping reads.

    Raises SourceError naming source, table and column, and what there is instead.
    """
    for name, table in mapping.items():
        if table.source not in available:
            raise SourceError(
                f"{source}: no table {table.source!r} (mapped to {name})",
                f"one of {', '.join(sorted(available)) or 'no table at all'}",
                "check source.path and the mapping file",
            )
        lacking = [c for c in table.source_columns if c not in available[table.source]]
        if lacking:
            raise SourceError(
                f"{source}: table {table.source!r} has no column {', '.join(lacking)} (needed for {name})",
                f"one of {', '.join(available[table.source])}",
                "check the export, or mend the mapping file",
            )
