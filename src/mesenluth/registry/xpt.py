"""SAS transport files (XPT, version 5), read as the format's description has it (SAS technical note TS-140)."""

from __future__ import annotations

import datetime
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import SourceError

LINE = 80
MEMBER = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
NAMESTR = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!"
OBSERVATIONS = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!"
EPOCH = datetime.datetime(1960, 1, 1)
LONGEST_TEXT = 200
DATES = ("DATE", "E8601DA", "YYMMDD", "MMDDYY", "DDMMYY", "IS8601DA", "B8601DA")
MOMENTS = ("DATETIME", "E8601DT", "IS8601DT", "B8601DT", "DATEAMPM")


@dataclass(frozen=True)
class Variable:
    """One variable: its name, whether it is text, where it stands in a record, and its SAS format."""

    name: str
    text: bool
    length: int
    position: int
    format: str


def read_xpt(path: Path, shown: str) -> dict[str, list[str | float | None]]:
    """Return the variables of the first data set of a file: numbers as float, SAS dates as ISO text, blanks as None.

    Raises SourceError if the file is none, or holds several data sets.
    """
    content = path.read_bytes()
    if not content.startswith(b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"):
        raise SourceError(
            f"{shown}: {path.name} is no SAS transport file of version 5",
            "an XPT file as SDTM is exchanged in",
            "version 8 files and data sets of SAS (.sas7bdat) are exported again, as version 5",
        )
    if content.count(MEMBER) != 1:
        raise SourceError(f"{shown}: {path.name} holds {content.count(MEMBER)} data sets", "one data set a file")
    try:
        at = content.index(NAMESTR)
        number = int(content[at + 54 : at + 58])
        size = int(content[content.index(MEMBER) + 74 : content.index(MEMBER) + 78])
        start = at + LINE
        variables = [_variable(content[start + i * size : start + (i + 1) * size]) for i in range(number)]
        begin = content.index(OBSERVATIONS, start) + LINE
        width = _width(variables)
    except (ValueError, struct.error) as error:
        raise SourceError(f"{shown}: {path.name} is damaged ({error})", do="restore it from its source") from None
    rows = (len(content) - begin) // width
    data = np.frombuffer(content, dtype=np.uint8, count=rows * width, offset=begin).reshape(rows, width)
    # The last line is filled up with blanks, which may be as long as records.
    blank = (data == ord(" ")).all(axis=1)
    while rows and blank[rows - 1] and (len(content) - begin) - (rows - 1) * width < LINE + width:
        rows -= 1
    return {v.name: _values(data[:rows, v.position : v.position + v.length], v) for v in variables}


def _variable(record: bytes) -> Variable:
    kind, _, length, _ = struct.unpack(">hhhh", record[:8])
    position = struct.unpack(">l", record[84:88])[0]
    name, form = record[8:16].decode("ascii").strip(), record[56:64].decode("ascii").strip()
    return Variable(name, kind == 2, length, position, form.upper())


def _width(variables: Sequence[Variable]) -> int:
    """Return the length of a record; ValueError where the variables do not lie in it one beside the other."""
    end = 0
    for v in sorted(variables, key=lambda v: v.position):
        if v.position != end or not (1 <= v.length <= LONGEST_TEXT if v.text else 2 <= v.length <= 8):
            raise ValueError(f"variable {v.name}: {v.length} bytes from byte {v.position} on")
        end += v.length
    if not end:
        raise ValueError("no variable")
    return end


def _values(data: NDArray[np.uint8], variable: Variable) -> list[str | float | None]:
    if variable.text:
        texts = [row.tobytes().rstrip(b" \x00") for row in data]
        known = {t: _decoded(t) for t in set(texts)}
        return [known[t] for t in texts]
    numbers = ibm_to_float(data)
    values = [None if np.isnan(n) else float(n) for n in numbers]
    form = variable.format.rstrip("0123456789.")
    if form in DATES:
        return [None if v is None else (EPOCH + datetime.timedelta(days=v)).date().isoformat() for v in values]
    if form in MOMENTS:
        return [None if v is None else (EPOCH + datetime.timedelta(seconds=v)).isoformat() for v in values]
    return list(values)


def _decoded(text: bytes) -> str | None:
    """Return text that is UTF-8 or, as older SAS sessions write it, of Windows; what is neither is marked."""
    try:
        return text.decode("utf-8") or None
    except UnicodeDecodeError:
        return text.decode("cp1252", errors="replace")


def ibm_to_float(data: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return IBM hexadecimal floating point numbers (2 to 8 bytes each) as binary ones; SAS's missing values as NaN.

    A number is sign, exponent of 16 (minus 64), and a fraction of up to 56 bits: more than a double has, but what came
    from doubles goes back unchanged.
    """
    rows, length = data.shape
    padded = np.zeros((rows, 8), dtype=np.uint8)
    padded[:, :length] = data
    first = padded[:, 0]
    fraction = np.zeros(rows, dtype=np.uint64)
    for i in range(1, 8):
        fraction = (fraction << np.uint64(8)) | padded[:, i].astype(np.uint64)
    exponent = (first & 0x7F).astype(np.int64) - 64
    value = np.ldexp(fraction.astype(np.float64), (4 * exponent - 56).astype(np.int64))
    value = np.where(first & 0x80, -value, value)
    # A first byte of . _ or a letter before zeros: missing, perhaps with a reason.
    special = np.isin(first, np.frombuffer(b"._ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8))
    return np.where(special & (fraction == 0), np.nan, value)
