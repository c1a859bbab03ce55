"""Read delivered text into typed values: by declared rules, exactly, and without a guess."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ..tables.io import STRING, pandas_type
from ..tables.model import Column
from .source import EXCEL, EXCEL_DAYS, UNREAD, Reading

WHOLE = r"[+-]?\d{1,18}(?:[.]0+)?"
NUMBER = r"[+-]?(?:\d+(?:[.]\d*)?|[.]\d+)(?:[eE][+-]?\d{1,3})?"
LENGTH = r"\d{1,7}(?:[.]\d+)?"
SPACES = "[ \u00a0\u2009\u202f]"
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
    if not texts.notna().any():
        nothing = pd.Series([None] * len(texts), index=texts.index, dtype=pandas_type(column.type, False))
        return nothing, pd.Series("", index=texts.index, dtype=STRING)
    # No-break spaces come out of spreadsheets and mean nothing at either end.
    trimmed = texts.astype(STRING).str.strip().str.strip("\u00a0\u202f\ufeff").str.strip()
    given = trimmed.notna() & ~trimmed.isin(reading.missing) & (trimmed != "")
    spoilt = trimmed.str.contains(UNREAD, regex=False).fillna(False).astype(bool)
    trimmed = trimmed.where(given & ~spoilt)
    values, reasons = _read(trimmed, column, reading)
    reasons = reasons.where(trimmed.notna(), "").mask(spoilt, "a value in a cell of its own, in the declared encoding")
    return values, reasons.astype(STRING)


def _read(trimmed: pd.Series, column: Column, reading: Reading) -> tuple[pd.Series, pd.Series]:
    """Return typed values, and why a text could not be read; for gaps the reason means nothing."""
    if reading.codes is not None:
        values, good = _codes(trimmed, reading)
        wanted = "a code of the mapping: " + ", ".join(reading.codes)
        reasons = pd.Series("", index=trimmed.index, dtype=STRING).mask(~good, wanted)
        return values.astype(pandas_type(column.type, False)), reasons
    if column.type == "string":
        return trimmed.astype(STRING), pd.Series("", index=trimmed.index, dtype=STRING)
    if column.type == "date":
        return _dates(trimmed, reading)
    if column.type == "bool":
        return _booleans(trimmed)
    if column.decimals:
        return _lengths(trimmed, column, reading)
    return _numbers(trimmed, column, reading)


def _codes(texts: pd.Series, reading: Reading) -> tuple[pd.Series, pd.Series]:
    codes = dict(reading.codes or {})
    if reading.any_case:
        codes, texts = {k.casefold(): v for k, v in codes.items()}, texts.str.lower().map(str.casefold, "ignore")
    return texts.map(codes).astype(object), texts.isin(list(codes))


def _booleans(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    values = texts.str.lower().map({"true": True, "false": False}).astype("boolean")
    return values, pd.Series("", index=texts.index).mask(values.isna(), "true or false")


def _decimal_point(texts: pd.Series, reading: Reading) -> pd.Series:
    """Return the texts with a decimal point and without signs between thousands, whatever the declared signs.

    With a declared comma a point is not read unless it is declared to stand between thousands: `1.234` may be one thing
    or a thousand of it. A declared sign is taken out only between groups of three digits.
    """
    if reading.thousands:
        sign = SPACES if reading.thousands == " " else re.escape(reading.thousands)
        end = re.escape(reading.decimal)
        grouped = texts.str.fullmatch(rf"[+-]?\d{{1,3}}(?:{sign}\d{{3}})+(?:{end}\d*)?").fillna(False).astype(bool)
        texts = texts.mask(grouped, texts.str.replace(sign, "", regex=True))
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
    formats = [f for f in reading.formats if f != EXCEL]
    for pattern in formats:
        found = dates_as(texts, pattern, reading.pivot)
        found = found.where((found >= EARLIEST) & (found <= LATEST))
        ambiguous |= values.notna() & found.notna() & (values != found)
        values = values.where(values.notna(), found)
    values = values.mask(ambiguous)
    reasons = pd.Series("", index=texts.index).mask(values.isna(), f"a whole date as {' or '.join(formats)}")
    return values, reasons.mask(ambiguous, f"a date that {' and '.join(formats)} do not read differently")


def dates_as(texts: pd.Series, pattern: str, pivot: int | None) -> pd.Series:
    """Return the dates of texts in one format; NaT elsewhere.

    Parameters
    ----------
    texts : Series of str
    pattern : str
        strptime format, or one of `source.EXCEL_DAYS`.
    pivot : int or None
        First two-digit year that means 19yy, where the format has two-digit years.
    """
    if pattern in EXCEL_DAYS:
        # Five digits: from 1927 (1931) to 2173 (2177). A time of day is a fraction of the day.
        days = texts.where(texts.str.fullmatch(r"\d{5}(?:[.,]\d+)?").fillna(False).astype(bool)).str.slice(0, 5)
        number = pd.to_numeric(days, errors="coerce").fillna(0).astype("int64")
        found = pd.Timestamp(EXCEL_DAYS[pattern]) + pd.to_timedelta(number, unit="D")
        return found.where(days.notna()).astype("datetime64[us]")
    found = pd.to_datetime(texts, format=pattern, errors="coerce", exact=True).dt.normalize().astype("datetime64[us]")
    if "%y" in pattern and pivot is not None:
        year = found.dt.year.fillna(0).astype("int64")
        wanted = year % 100 + np.where(year % 100 < pivot, 2000, 1900)
        moved = pd.to_datetime(
            {"year": wanted, "month": found.dt.month.fillna(1), "day": found.dt.day.fillna(1)}, errors="coerce"
        )
        found = moved.where(found.notna()).astype("datetime64[us]")
    return found
