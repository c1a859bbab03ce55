"""Read a source through its mapping: select, join, rename, pseudonymise, reduce; all of it still text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConfigurationError
from ..tables.io import STRING
from ..tables.registry import REGISTRY
from .mapping import RegistryMapping, TableMapping, check_source, unused
from .parse import dates_as
from .pseudonyms import Pseudonymiser, pseudonymiser
from .relation import LINE, Relations, Request, unread
from .source import EXCEL, Delivery, Reading, row_hashes

ISO = "%Y-%m-%d"


def deliver(study: Mapping[str, Any], mapping: RegistryMapping, source: Relations) -> Delivery:
    """Read every relation the mapping names, and let go of the source.

    Raises
    ------
    SourceError
        If the source lacks a relation or column of the mapping.
    ConfigurationError
        If the pseudonyms have no key, or the mapping would take in a column that identifies.
    """
    try:
        pseudonyms = pseudonymiser(study)
        available = source.columns()
        check_source(mapping, available, source.shown)
        _check_identifying(mapping, source)
        delivery = Delivery({}, files=source.files, domain=_domain(mapping))
        readings = mapping.readings()
        if source.typed_dates:
            readings = {t: {c: _with_iso(r) for c, r in columns.items()} for t, columns in readings.items()}
        for table in mapping.tables:
            if source.place(table.source):
                _name(readings[table.name], table)
        partial = study["source"].get("partial_dates")
        if partial in ("first", "last"):
            readings = {t: _completed(t, columns, partial) for t, columns in readings.items()}
        delivery.readings = readings
        parts: dict[str, list[pd.DataFrame]] = {}
        places: dict[str, list[pd.DataFrame]] = {}
        for table in mapping.tables:
            for rows in _rows(table, source):
                parts.setdefault(table.name, []).append(apply(table, rows, pseudonyms).astype(STRING))
                place = source.place(table.source)
                if place and LINE in rows:
                    lines = rows[LINE].astype("int64").to_numpy()
                    stood = pd.DataFrame({"file": place.file, "sheet": place.sheet or None, "line": lines})
                    places.setdefault(table.name, []).append(stood)
        delivery.tables = {n: pd.concat(p, ignore_index=True) for n, p in parts.items()}
        delivery.places = {n: pd.concat(p, ignore_index=True) for n, p in places.items()}
        left = unused(mapping, available)
        delivery.notes = [*source.notes, *(["left behind, not mapped: " + ", ".join(left)] if left else [])]
        return delivery
    finally:
        source.close()


def _with_iso(reading: Reading) -> Reading:
    return reading if ISO in reading.formats else replace(reading, formats=(*reading.formats, ISO))


def _completed(table: str, columns: Mapping[str, Reading], rule: str) -> dict[str, Reading]:
    dates = {c.name for c in REGISTRY[table].columns if c.type == "date"}
    return {c: replace(r, partial=rule) if c in dates else r for c, r in columns.items()}


def _name(readings: dict[str, Reading], table: TableMapping) -> None:
    """Note in the readings what the columns are called in the files they come from."""
    for name, column in table.columns.items():
        named = " and ".join(s.column for s in column.sources)
        if named and named not in readings[name].named.split(" or "):
            known = readings[name].named
            readings[name] = replace(readings[name], named=f"{known} or {named}" if known else named)


def _domain(mapping: RegistryMapping) -> str:
    """Return the domain of the patients' pseudonyms: that of `patients`, else of any table."""
    tables = sorted(mapping.tables, key=lambda t: t.name != "patients")
    named = [t.columns["patient_id"].pseudonym for t in tables if "patient_id" in t.columns]
    return next((d for d in named if d), "patient")


def _check_identifying(mapping: RegistryMapping, source: Relations) -> None:
    for table in mapping.tables:
        for name, column in table.columns.items():
            for part in column.sources:
                what = source.identifying(part.relation or table.source).get(part.column)
                if what and not (column.pseudonym or column.keep or column.reading.codes):
                    raise ConfigurationError(
                        f"mapping of {table.name}.{name}: {source.shown} marks {part.column!r} as {what}",
                        "pseudonym, keep: year, or codes; or another column",
                    )


def _rows(table: TableMapping, source: Relations) -> Iterator[pd.DataFrame]:
    """Yield the rows of one entry of the mapping, those of joined relations beside them."""
    sources = [(s, c.reading) for c in table.columns.values() for s in c.sources]
    decimals = {(s.relation, s.column): r.decimal for s, r in sources}
    serials = {(s.relation, s.column) for s, r in sources if EXCEL in r.formats}

    def request(relation: str, key: tuple[str, ...]) -> Request:
        inside = "" if relation == table.source else relation
        wanted = tuple(table.wanted(relation))
        return Request(
            relation,
            wanted,
            key,
            {c: decimals.get((inside, c), ".") for c in wanted},
            frozenset(c for c in wanted if (inside, c) in serials),
        )

    joined = {}
    for relation, on in table.joins.items():
        batches = list(source.batches(request(relation, tuple(on.values()))))
        joined[relation] = pd.concat(batches, ignore_index=True).drop(columns=LINE, errors="ignore")
    for rows in source.batches(request(table.source, table.key)):
        for column, wanted in table.where.items():
            rows = rows[rows[column].str.strip().isin(wanted)]
        for column in table.given:
            rows = rows[rows[column].notna() & ~rows[column].str.strip().isin([*table.missing, ""])]
        rows = rows.reset_index(drop=True)
        for relation, on in table.joins.items():
            rows = _join(rows, joined[relation], relation, on)
        if len(rows):
            yield rows


def _join(rows: pd.DataFrame, other: pd.DataFrame, relation: str, on: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows with the columns of another relation; where several rows of it fit, none is chosen."""
    here = rows[list(on)].apply(lambda c: c.str.strip()).set_axis(list(on.values()), axis=1)
    there = other.assign(**{c: other[c].str.strip() for c in on.values()})
    several = there.groupby(list(on.values()), dropna=True).size().rename("\x1fn").reset_index()
    first = there.dropna(subset=list(on.values())).drop_duplicates(list(on.values()))
    found = here.merge(first, how="left", on=list(on.values())).merge(several, how="left", on=list(on.values()))
    many = (found["\x1fn"] > 1).fillna(False)
    for column in other.columns:
        values = found[column].astype(object)
        text = "one of " + found["\x1fn"].astype("Int64").astype(STRING) + f" rows of {relation}"
        rows[f"{relation}\x1f{column}"] = values.mask(many, text.map(unread, "ignore").astype(object)).to_numpy()
    return rows


def year_of(texts: pd.Series, reading: Reading) -> pd.Series:
    """Return the year of each date as text.

    What is no date of the declared formats is not passed on (it could be a full birth date in another notation):
    only the fact that it could not be read.
    """
    found = pd.Series(np.nan, index=texts.index, dtype="float64")
    trimmed = texts.astype(STRING).str.strip()
    for pattern in [f for f in reading.formats if f != EXCEL]:
        year = dates_as(trimmed, pattern, reading.pivot).dt.year.astype("float64")
        found = found.where(found.notna(), year)
    year = found.map(lambda y: str(int(y)), na_action="ignore")
    unknown = texts.notna() & year.isna() & ~trimmed.isin(reading.missing)
    return year.where(~unknown, "unreadable date")


def apply(table: TableMapping, rows: pd.DataFrame, pseudonyms: Pseudonymiser) -> pd.DataFrame:
    """Return rows of one canonical table as text, with provenance.

    Parameters
    ----------
    rows : DataFrame
        Text of the source columns the mapping reads (`TableMapping.wanted`); columns of joined relations under
        `mapping_columns.Source.label`.
    """
    # An identifier that is pseudonymised as a column is pseudonymised wherever else the mapping reads it.
    masked = {s.label: c.pseudonym for c in table.columns.values() for s in c.sources if c.pseudonym}

    def part(name: str) -> pd.Series:
        return pseudonyms(rows[name].str.strip(), masked[name]) if name in masked else rows[name]

    out: dict[str, pd.Series] = {}
    for name, column in table.columns.items():
        if not column.sources:
            values = pd.Series(column.constant, index=rows.index, dtype=object)
        elif column.pseudonym:
            values = rows[column.sources[0].label].str.strip()
            values = pseudonyms(values.where(~values.isin([*column.reading.missing, ""])), column.pseudonym)
        elif column.keep == "year":
            values = year_of(rows[column.sources[0].label], column.reading)
        else:
            values = _joined([part(s.label) for s in column.sources])
            if column.suffix:
                values = values + "/" + column.suffix
        out[name] = values
    frame = pd.DataFrame(out, index=rows.index)
    hashes = row_hashes(frame)
    key = _joined([part(k) for k in table.key])
    frame["source_table"] = table.source
    frame["source_key"] = key.astype(object).fillna("")
    frame["row_sha256"] = hashes
    return frame


def _joined(parts: list[pd.Series]) -> pd.Series:
    """Return the parts joined by `/`, a gap as nothing; a single part as it is."""
    if len(parts) == 1:
        return parts[0]
    joined = parts[0].astype(object).fillna("")
    for part in parts[1:]:
        joined = joined + "/" + part.astype(object).fillna("")
    return joined
