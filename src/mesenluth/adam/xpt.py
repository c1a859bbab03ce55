"""SAS transport files, version 5 (XPT), as SAS Technical Support document TS-140 lays them out.

The file has no clock in it: its dates are those the caller gives. Numbers are IBM hexadecimal floating point of 8
bytes, which hold every number of 53 bits exactly. What does not fit is refused, never cut.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import TableError
from .model import Dataset, Variable

CARD = 80
MOST_VARIABLES = 9999
LONGEST_NAME, LONGEST_LABEL, LONGEST_TEXT = 8, 40, 200
EPOCH = np.datetime64("1960-01-01", "D")
PLACE = "{} is not written as XPT"
DO = "change it at its source, or leave xpt out of exports.adam"
MISSING = b"." + bytes(7)
ROWS = 1 << 15


def ibm(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return numbers as IBM hexadecimal floating point, 8 bytes each; NaN is the missing value.

    Returns
    -------
    array of shape (n, 8)

    Raises
    ------
    ValueError
        If a number is infinite or has no place between 16**-65 and 16**63.
    """
    gaps = np.isnan(values)
    x = np.where(gaps, 0.0, values)
    if not np.isfinite(x).all():
        raise ValueError("a number is infinite")
    fraction, two = np.frexp(np.abs(x))
    sixteen = -(-two // 4)  # the fraction lies between 1/16 and 1 with this exponent
    # 53 bits of fraction, moved into 56: nothing is lost, for at most 3 places go to the exponent.
    bits = (fraction * 2.0**53).astype(np.uint64) << (3 - (4 * sixteen - two)).astype(np.uint64)
    zero = x == 0
    exponent = np.where(zero, 0, sixteen + 64)
    if ((exponent < 0) | (exponent > 127)).any():
        raise ValueError(f"{float(x[(exponent < 0) | (exponent > 127)][0])} is too small or too large")
    words = bits | (exponent.astype(np.uint64) << np.uint64(56))
    words |= np.where(np.signbit(x) & ~zero, np.uint64(1) << np.uint64(63), np.uint64(0))
    words = np.where(zero, np.uint64(0), words)
    out = words.astype(">u8").view(np.uint8).reshape(-1, 8)
    out[gaps] = np.frombuffer(MISSING, np.uint8)
    return out


def _ascii(text: str, longest: int, what: str) -> bytes:
    try:
        found = text.encode("ascii")
    except UnicodeEncodeError as error:
        raise TableError(PLACE.format(f"{what} {text!r}"), f"ASCII; {text[error.start]!r} is none", DO) from None
    if len(found) > longest:
        raise TableError(PLACE.format(f"{what} {text!r}"), f"at most {longest} characters, not {len(found)}", DO)
    return found.ljust(longest)


def _texts(values: pd.Series, dataset: Dataset, variable: Variable, length: int) -> NDArray[np.uint8]:
    """Return a column of texts as bytes of one length, blanks where there is no value."""
    where = f"{dataset.name}.{variable.name}"
    codes, known = pd.factorize(values)
    # The last one stands for no value, whose code is -1.
    words = [*(_ascii(value, length, f"{where}: value") for value in known), b" " * length]
    return np.frombuffer(b"".join(words), np.uint8).reshape(-1, length)[codes]


def _numbers(values: pd.Series, dataset: Dataset, variable: Variable) -> NDArray[np.uint8]:
    """Return a column of numbers or dates as IBM floating point."""
    if variable.type == "date":
        days = (values.to_numpy().astype("datetime64[D]") - EPOCH).astype("float64")
        plain = np.where(values.isna().to_numpy(), np.nan, days)
    else:
        plain = values.to_numpy(dtype="float64", na_value=np.nan)
        if variable.type == "integer" and (np.abs(plain[~np.isnan(plain)]) > 2**53).any():
            raise TableError(PLACE.format(f"{dataset.name}.{variable.name}"), "integers below 2**53", DO)
    try:
        return ibm(plain)
    except ValueError as error:
        raise TableError(
            PLACE.format(f"{dataset.name}.{variable.name}: {error}"), "a number SAS can hold", DO
        ) from None


def _cards(content: bytes) -> bytes:
    return content.ljust(-(-len(content) // CARD) * CARD)


def _header(kind: str, numbers: str) -> bytes:
    return f"HEADER RECORD*******{kind:<8}HEADER RECORD!!!!!!!{numbers:<30}  ".encode("ascii")


def _namestr(variable: Variable, number: int, length: int, position: int) -> bytes:
    text = variable.type == "text"
    name = variable.format.rstrip("0123456789.")
    width = int("".join(c for c in variable.format if c.isdigit()) or 0)
    return struct.pack(
        ">hhhh8s40s8shhh2s8shhl52s",
        2 if text else 1, 0, length, number,
        _ascii(variable.name, LONGEST_NAME, "variable name"),
        _ascii(variable.label, LONGEST_LABEL, f"label of {variable.name}"),
        name.encode("ascii").ljust(8), width, 0, 0, b"", b" " * 8, 0, 0, position, b"",
    )  # fmt: skip


def encode(
    frame: pd.DataFrame, dataset: Dataset, lengths: Mapping[str, int], moment: datetime.datetime, made_by: str
) -> bytes:
    """Return a data set as the content of an XPT file.

    Parameters
    ----------
    frame : DataFrame
        By the contract of `dataset`.
    lengths : mapping of str to int
        Bytes of each text variable.
    moment : datetime
        What the file gives as the time it was made and changed.
    made_by : str
        Name of the program, of which 8 characters stand in the file.

    Raises
    ------
    TableError
        Naming the variable and the value that has no place in the format: a name over 8 characters, a label over 40, a
        text over 200 bytes or not in ASCII, a number SAS cannot hold.
    """
    texts = {v.name: max(1, lengths[v.name]) for v in dataset.variables if v.type == "text"}
    for name, length in texts.items():
        if length > LONGEST_TEXT:
            value = next(v for v in frame[name].dropna() if len(v.encode()) == length)
            raise TableError(
                PLACE.format(f"{dataset.name}.{name}: value {value!r}"),
                f"at most {LONGEST_TEXT} characters, not {length}",
                DO,
            )
    if len(dataset.variables) > MOST_VARIABLES:
        raise TableError(PLACE.format(dataset.name), f"at most {MOST_VARIABLES} variables")
    now = f"{moment:%d%b%y:%H:%M:%S}".upper().encode("ascii")
    title = _ascii(dataset.name, LONGEST_NAME, "data set name")
    system = b"9.4     " + made_by[:8].encode("ascii").ljust(8) + b" " * 24
    names, position = b"", 0
    for number, variable in enumerate(dataset.variables, 1):
        length = texts.get(variable.name, 8)
        names += _namestr(variable, number, length, position)
        position += length
    head = [
        _header("LIBRARY", "0" * 30),
        b"SAS     SAS     SASLIB  " + system + now,
        now.ljust(CARD),
        _header("MEMBER", f"{'0' * 17}1600000000140"),
        _header("DSCRPTR", "0" * 30),
        b"SAS     " + title + b"SASDATA " + system + now,
        now + b" " * 16 + _ascii(dataset.label, LONGEST_LABEL, f"label of {dataset.name}") + b" " * 8,
        _header("NAMESTR", f"000000{len(dataset.variables):04d}{'0' * 20}"),
        _cards(names),
        _header("OBS", "0" * 30),
    ]
    rows = []
    for start in range(0, len(frame), ROWS):
        part = frame.iloc[start : start + ROWS]
        columns = [
            _texts(part[v.name], dataset, v, texts[v.name]) if v.type == "text" else _numbers(part[v.name], dataset, v)
            for v in dataset.variables
        ]
        rows.append(np.hstack(columns).tobytes())
    return b"".join(head) + _cards(b"".join(rows))
