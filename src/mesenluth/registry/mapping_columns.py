"""Mapping files: where one column comes from and how its text is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigurationError
from ..tables.model import Column, Table
from .source import EXCEL, EXCEL_DAYS, Reading

DEFAULTS = ("missing", "decimal", "thousands", "formats", "pivot", "case")
"""Keys of a column that the mapping file may also set for all columns."""

COLUMN_KEYS = ("source", "from", "suffix", "constant", "pseudonym", "keep", "codes", "unit", *DEFAULTS)
LENGTH_UNITS = ("mm", "cm")
THOUSANDS = ("", " ", ".", ",", "'", "’")


@dataclass(frozen=True)
class Source:
    """A column of the source; `relation` is empty for the relation the rows come from."""

    column: str
    relation: str = ""

    @property
    def label(self) -> str:
        """The column's name among the rows once further relations are joined to them."""
        return f"{self.relation}\x1f{self.column}" if self.relation else self.column


@dataclass(frozen=True)
class ColumnMapping:
    """Where one column comes from and what is done to it before anything is stored.

    Attributes
    ----------
    sources : tuple of Source
        Several are joined by ``/``; empty where the value is constant.
    suffix : str
        Text after the joined sources, so that names stay unique over entries.
    """

    sources: tuple[Source, ...]
    suffix: str
    constant: str | None
    pseudonym: str | None
    keep: str | None
    reading: Reading


@dataclass(frozen=True)
class Defaults:
    """How columns are read that do not say otherwise."""

    plain: Mapping[str, Any]
    missing: tuple[str, ...]


def defaults(plain: Mapping[str, Any], path: str) -> Defaults:
    """Return what a mapping file sets for all columns; `missing` is a list of texts."""
    given = {k: plain[k] for k in DEFAULTS if k in plain}
    return Defaults(given, _texts(given.get("missing", [""]), f"{path}: missing"))


def _texts(values: Any, where: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise ConfigurationError(f"{where}: {values!r}", "a list of texts, in quotes")
    return tuple(values)


def column_mapping(name: str, spec: Any, given: Defaults, contract: Table, where: str) -> ColumnMapping:
    """Return the checked mapping of one column; ConfigurationError naming the key that is wrong."""
    if name == "record_id" or name not in contract.column_names:
        mapped = ", ".join(c for c in contract.column_names if c != "record_id")
        raise ConfigurationError(f"{where}: table {contract.name} has no such column", f"one of {mapped}")
    if isinstance(spec, str):
        spec = {"source": spec}
    if not isinstance(spec, Mapping):
        raise ConfigurationError(f"{where}: {spec!r}", "a source column, or a mapping")
    unknown = [str(k) for k in spec if k not in COLUMN_KEYS]
    if unknown:
        raise ConfigurationError(f"{where}: unknown key {', '.join(unknown)}", f"one of {', '.join(COLUMN_KEYS)}")
    if ("source" in spec) == ("constant" in spec):
        raise ConfigurationError(f"{where}: {dict(spec)!r}", "exactly one of source and constant")
    column = contract.column(name)
    if spec.get("keep") not in (None, "year"):
        raise ConfigurationError(f"{where}.keep: {spec['keep']!r}", "year")
    named = spec.get("source", [])
    named = _texts([named] if isinstance(named, str) else named, f"{where}.source")
    if spec.get("pseudonym") and (len(named) > 1 or spec.get("suffix")):
        raise ConfigurationError(f"{where}: a pseudonym of {len(named)} columns", "the one column of the identifier")
    return ColumnMapping(
        sources=tuple(Source(c, spec.get("from") or "") for c in named),
        suffix=str(spec.get("suffix") or ""),
        constant=None if "constant" not in spec else str(spec["constant"]),
        pseudonym=spec.get("pseudonym"),
        keep=spec.get("keep"),
        reading=_reading(column, {**given.plain, **spec}, given.missing, where),
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
    # A constant is a value of the contract, not a text of the registry.
    if "constant" in spec and codes is None and column.allowed:
        if str(spec["constant"]) not in column.allowed:
            raise ConfigurationError(f"{where}.constant: {spec['constant']!r}", f"one of {', '.join(column.allowed)}")
        codes = {str(spec["constant"]): str(spec["constant"])}
    unit = spec.get("unit", "mm" if column.unit == "um" else "")
    if column.unit == "um" and unit not in LENGTH_UNITS:
        raise ConfigurationError(f"{where}.unit: {unit!r}", " or ".join(LENGTH_UNITS))
    if column.unit != "um" and unit not in ("", column.unit):
        raise ConfigurationError(f"{where}.unit: {unit!r}", column.unit or "no unit")
    case = spec.get("case", "exact")
    if case not in ("exact", "any"):
        raise ConfigurationError(f"{where}.case: {case!r}", "exact or any")
    if case == "any" and codes is not None and len({c.casefold() for c in codes}) < len(codes):
        raise ConfigurationError(f"{where}.codes: two codes differ by case alone", "codes that differ, or case: exact")
    return Reading(
        codes=codes,
        unit=unit if column.unit == "um" else "",
        missing=_texts(spec["missing"], f"{where}.missing") if "missing" in spec else missing,
        any_case=case == "any" and codes is not None,
        **_numbers(column, spec, where),
        **_dates(column, spec, where),
    )


def _numbers(column: Column, spec: Mapping[str, Any], where: str) -> dict[str, Any]:
    decimal, thousands = spec.get("decimal", "."), spec.get("thousands", "")
    if decimal not in (".", ","):
        raise ConfigurationError(f"{where}.decimal: {decimal!r}", '"." or ","')
    if thousands not in THOUSANDS or (thousands and thousands == decimal):
        raise ConfigurationError(
            f"{where}.thousands: {thousands!r}", "a space, point, comma or apostrophe, not decimal"
        )
    number = column.type in ("int", "float")
    return {"decimal": decimal, "thousands": thousands if number else ""}


def _dates(column: Column, spec: Mapping[str, Any], where: str) -> dict[str, Any]:
    formats = _texts(spec.get("formats", ["%Y-%m-%d"]), f"{where}.formats")
    pivot = spec.get("pivot")
    if pivot is not None and (not isinstance(pivot, int) or isinstance(pivot, bool) or not 0 <= pivot <= 99):
        raise ConfigurationError(f"{where}.pivot: {pivot!r}", "the first two-digit year that means 19yy, 0 to 99")
    dated = column.type == "date" or spec.get("keep") == "year"
    if not dated:
        return {"formats": formats}
    for pattern in formats:
        if pattern in (EXCEL, *EXCEL_DAYS):
            continue
        if not all(part in pattern for part in ("%d", "%m")) or ("%Y" in pattern) == ("%y" in pattern):
            raise ConfigurationError(
                f"{where}.formats: {pattern!r}",
                f"day %d, month %m and year %Y (or %y), or one of {', '.join((EXCEL, *EXCEL_DAYS))}",
                "a date without its day is no format: see partial dates in docs/mapping.md",
            )
        if "%y" in pattern and pivot is None:
            raise ConfigurationError(
                f"{where}.formats: {pattern!r} has two-digit years but no pivot",
                "pivot: the first two-digit year that means 19yy, such as 30 for 1930 to 2029",
            )
    two_digits = any("%y" in pattern for pattern in formats)
    return {"formats": formats, "pivot": pivot if two_digits else None}
