"""Read delivered text into typed values: by declared rules, exactly, and without a guess."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..tables.io import STRING, pandas_type
from ..tables.model import Column
from .source import Reading

WHOLE = r"[+-]?\d{1,18}(?:[.]0+)?"
NUMBER = r"[+-]?(?:\d+(?:[.]\d*)?|[.]\d+)(?:[eE][+-]?\d{1,3})?"
LENGTH = r"\d{1,7}(?:[.]\d+)?"
EARLIEST = np.datetime64("1850-01-01", "D")
LATEST = np.datetime64("2200-01-01", "D")


def parse(texts: pd.Series, column: Column, reading: Reading) -> tuple[pd.Series, pd.Series]:
    """Read one column.

    Parameters
    ----------
    texts : Series of str
        As delivered; gaps are missing values.
    column : Column
        Contract of the column.
    reading : Reading
        How its text is to be read.

    Returns
    -------
    values : Series
        Typed as in an extracted table; what is missing or cannot be read is empty.
    reasons : Series of str
        Why a text could not be read; empty where it could.
    """
    # No-break spaces come out of spreadsheets and mean nothing at either end.
    trimmed = texts.astype(STRING).str.strip().str.strip("\u00a0\u202f\ufeff").str.strip()
    given = trimmed.notna() & ~trimmed.isin(reading.missing) & (trimmed != "")
    trimmed = trimmed.where(given)
    if reading.codes is not None:
        values, good = _codes(trimmed, reading)
        wanted = "a code of the mapping: " + ", ".join(reading.codes)
        good = good | ~given
        reasons = pd.Series("", index=texts.index, dtype=STRING).mask(~good, wanted)
        return values.astype(pandas_type(column.type, False)), reasons
    if column.type == "string":
        return trimmed.astype(STRING), pd.Series("", index=texts.index, dtype=STRING)
    if column.type == "date":
        values, reasons = _dates(trimmed, reading)
    elif column.type == "bool":
        values, reasons = _booleans(trimmed)
    elif column.decimals:
        values, reasons = _lengths(trimmed, column, reading)
    else:
        values, reasons = _numbers(trimmed, column, reading)
    return values, reasons.where(given, "").astype(STRING)


def _codes(texts: pd.Series, reading: Reading) -> tuple[pd.Series, pd.Series]:
    codes = reading.codes or {}
    return texts.map(dict(codes)).astype(object), texts.isin(list(codes))


def _booleans(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    values = texts.str.lower().map({"true": True, "false": False}).astype("boolean")
    return values, pd.Series("", index=texts.index).mask(values.isna(), "true or false")


def _decimal_point(texts: pd.Series, reading: Reading) -> pd.Series:
    """Return the texts with a decimal point, whatever the declared sign.

    With a declared comma a point is not read: `1.234` may be one thing or a thousand of it.
    """
    if reading.decimal == ".":
        return texts
    return texts.str.replace(".", "?", regex=False).str.replace(",", ".", regex=False)


def _numbers(texts: pd.Series, column: Column, reading: Reading) -> tuple[pd.Series, pd.Series]:
    pointed = _decimal_point(texts, reading)
    whole = column.type == "int"
    good = pointed.str.fullmatch(WHOLE if whole else NUMBER).fillna(False).astype(bool)
    wanted = f"a {'whole ' if whole else ''}number"
    if reading.decimal == ",":
        wanted += " with a decimal comma"
    reasons = pd.Series("", index=texts.index).mask(~good, wanted)
    if whole:
        return _integers(pointed.where(good).str.replace(r"[.]0+$", "", regex=True)), reasons
    return pd.to_numeric(pointed.where(good), errors="coerce").astype("float64"), reasons


def _integers(digits: pd.Series) -> pd.Series:
    """Return texts of digits as integers, without a detour over doubles, which lose digits above 2^53."""
    values = pd.Series(pd.NA, index=digits.index, dtype="Int64")
    given = digits.notna()
    values[given] = digits[given].astype("int64")
    return values


def _lengths(texts: pd.Series, column: Column, reading: Reading) -> tuple[pd.Series, pd.Series]:
    """Read a length exactly into whole units of the column: digits are moved, nothing is multiplied."""
    unit = reading.unit or "mm"
    digits = column.decimals + (1 if unit == "cm" else 0)
    pointed = _decimal_point(texts, reading)
    good = pointed.str.fullmatch(LENGTH).fillna(False).astype(bool)
    parts = pointed.where(good).str.extract(r"(\d+)(?:[.](\d+))?")
    fraction = parts[1].fillna("").str.rstrip("0")
    too_fine = good & (fraction.str.len() > digits).fillna(False)
    moved = (parts[0] + fraction.str.pad(digits, side="right", fillchar="0")).where(good & ~too_fine)
    values = _integers(moved)
    sign = " with a decimal comma" if reading.decimal == "," else ""
    reasons = pd.Series("", index=texts.index).mask(~good, f"a length in {unit}{sign}, without a unit")
    return values, reasons.mask(too_fine, f"a length in {unit} with at most {digits} decimal digits")


def _dates(texts: pd.Series, reading: Reading) -> tuple[pd.Series, pd.Series]:
    values = pd.Series(np.datetime64("NaT"), index=texts.index, dtype="datetime64[us]")
    ambiguous = pd.Series(False, index=texts.index)
    for pattern in reading.formats:
        found = pd.to_datetime(texts, format=pattern, errors="coerce", exact=True)
        found = found.astype("datetime64[us]")
        found = found.where((found >= EARLIEST) & (found <= LATEST))
        ambiguous |= values.notna() & found.notna() & (values != found)
        values = values.where(values.notna(), found)
    values = values.mask(ambiguous)
    reasons = pd.Series("", index=texts.index).mask(values.isna(), f"a whole date as {' or '.join(reading.formats)}")
    return values, reasons.mask(ambiguous, f"a date that {' and '.join(reading.formats)} do not read differently")
