"""What every source hands over, and how a source is chosen.

A source reads a registry and returns its rows as text, in the pipeline's tables and columns, pseudonyms already in
place and identifiers left behind. How the text is to be read (codes, date formats, decimal sign, unit) is declared
beside it and applied later, at extraction, so that what was delivered stays visible.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import ConfigurationError, SourceError
from ..home import file as file_of

EXCEL = "excel"
"""Format of dates that a workbook may hold as numbers, counted from the day that the workbook itself names."""

EXCEL_DAYS = {"excel-1900": "1899-12-30", "excel-1904": "1904-01-01"}
"""Formats of dates written as a number of days, as spreadsheets keep them -> the day that 0 stands for.

Day 60 of the first does not exist (29 February 1900, which a spreadsheet of 1983 took for a day): before it the
numbers mean other days, and no patient's record is that old.
"""

PROVENANCE = ("source_table", "source_key", "row_sha256")
"""Columns that every delivered table has beside those of its contract (without `record_id`)."""


UNREAD = "\ufffd"
"""Character that marks what could not be read: Unicode's own for undecodable bytes, and set before what else failed."""

MODULES = {
    "synthetic": "sqlite",
    "drawn": "sqlite",
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "files": "files",
    "redcap": "redcap",
    "redcap_api": "redcap_api",
    "sdtm": "sdtm",
}
"""Kind of source -> module of this package that reads it.

A source with a mapping file has ``opened(source, root, mapping) -> relation.Relations``; one whose columns are fixed by
a standard has ``read(study, root) -> Delivery``.
"""


@dataclass(frozen=True)
class Reading:
    """How the text of one column is to be read.

    Attributes
    ----------
    codes : mapping or None
        Delivered text -> value (text, true, false, or None for "known to be unknown"). Text outside it is a finding.
    any_case : bool
        Whether codes are the same in capitals and small letters.
    formats : tuple of str
        strptime formats of a date, or `EXCEL_DAYS`. A text that two of them read differently is a finding.
    pivot : int or None
        First of the two-digit years that mean 19yy; those below mean 20yy.
    decimal : str
        Decimal sign, ``.`` or ``,``.
    thousands : str
        Sign between groups of three digits; empty where there is none. A space stands for no-break spaces too.
    partial : str
        What a date without its day becomes: the ``first`` or ``last`` day of its month or year; empty where it stays a
        finding.
    named : str
        What the column is called in the file it was delivered in; empty where there is no file with lines.
    unit : str
        Unit of the delivered number, ``mm`` or ``cm``, for lengths; empty where delivered in the contract's unit.
    missing : tuple of str
        Texts that mean: no value.
    """

    codes: Mapping[str, Any] | None = None
    formats: tuple[str, ...] = ("%Y-%m-%d",)
    decimal: str = "."
    unit: str = ""
    missing: tuple[str, ...] = ("",)
    any_case: bool = False
    pivot: int | None = None
    thousands: str = ""
    partial: str = ""
    named: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the reading as plain JSON values."""
        later = {
            "any_case": self.any_case,
            "pivot": self.pivot,
            "thousands": self.thousands,
            "partial": self.partial,
            "named": self.named,
        }
        return {
            "codes": None if self.codes is None else dict(self.codes),
            "formats": list(self.formats),
            "decimal": self.decimal,
            "unit": self.unit,
            "missing": list(self.missing),
            # Left out where not used: the readings of a registered cut stay as they were.
            **{k: v for k, v in later.items() if v not in (False, None, "")},
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Reading:
        """Return the reading that `as_dict` wrote."""
        return cls(
            codes=plain["codes"],
            formats=tuple(plain["formats"]),
            decimal=plain["decimal"],
            unit=plain["unit"],
            missing=tuple(plain["missing"]),
            any_case=plain.get("any_case", False),
            pivot=plain.get("pivot"),
            thousands=plain.get("thousands", ""),
            partial=plain.get("partial", ""),
            named=plain.get("named", ""),
        )


@dataclass
class Delivery:
    """One delivery of a registry, as text.

    Attributes
    ----------
    tables : dict of str to DataFrame
        Table of `tables.registry.REGISTRY` -> text columns named as in its contract, plus `PROVENANCE`.
        Columns that the source does not have may be left out. Lengths stand in the column ``..._um`` as the text
        that was delivered; its `Reading` says the unit.
    readings : dict of str to dict of str to Reading
        Table -> column -> how to read it. A column without one is read with ``Reading()`` (lengths in mm).
    notes : list of str
        What a person should know: what was not mapped, what was imputed.
    files : dict of str to str
        Name of each file or relation read -> SHA-256 of what was read.
    places : dict of str to DataFrame
        Table -> file, sheet and line of each of its rows, in their order; a table whose rows have no lines is left out.
    domain : str
        Domain of the patients' pseudonyms.
    """

    tables: dict[str, pd.DataFrame]
    readings: dict[str, dict[str, Reading]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    places: dict[str, pd.DataFrame] = field(default_factory=dict)
    domain: str = "patient"


def row_hashes(frame: pd.DataFrame) -> list[str]:
    """Return the SHA-256 of each row's text: columns in name order, gaps apart from empty text."""
    columns = [frame[c].astype(object).where(frame[c].notna(), None) for c in sorted(frame.columns)]
    names = "\x1f".join(sorted(frame.columns)).encode()
    return [
        hashlib.sha256(
            names + b"\x1e" + b"\x1f".join(b"\x00" if v is None else str(v).encode() for v in row)
        ).hexdigest()
        for row in zip(*columns, strict=True)
    ]


def file_hash(path: str | Path) -> str:
    """Return the SHA-256 of a file."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read(study: Mapping[str, Any], root: str | Path) -> Delivery:
    """Read the source that the study file names.

    Parameters
    ----------
    study : mapping
        The resolved study file.
    root : path
        Folder that relative paths of the study file start from.

    Raises
    ------
    SourceError
        If the source is missing or cannot be read, or delivers no rows at all.
    """
    source = study["source"]
    if source["kind"] not in MODULES:
        raise ConfigurationError(f"source.kind: {source['kind']!r}", f"one of {', '.join(MODULES)}")
    # Imported where chosen: a study does not pay for the libraries of the other sources.
    module = importlib.import_module(f".{MODULES[source['kind']]}", __package__)
    if hasattr(module, "opened"):
        from .mapped import deliver
        from .mapping import load
        from .pseudonyms import pseudonymiser

        mapping = load(file_of(root, source["mapping"]))
        # Before anything of a real registry is touched.
        pseudonymiser(study)
        delivery = deliver(study, mapping, module.opened(source, Path(root), mapping))
    else:
        delivery = module.read(study, Path(root))
    from .persons import settle

    settle(delivery, study, Path(root))
    if not any(len(t) for t in delivery.tables.values()):
        raise SourceError("the source delivered no rows", "at least one row", "check source and mapping")
    return delivery
