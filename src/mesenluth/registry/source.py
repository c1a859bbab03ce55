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

PROVENANCE = ("source_table", "source_key", "row_sha256")
"""Columns that every delivered table has beside those of its contract (without `record_id`)."""


MODULES = {"synthetic": "sqlite", "sqlite": "sqlite", "sdtm": "sdtm"}
"""Kind of source -> module of this package that reads it: ``read(study, root) -> Delivery``."""


@dataclass(frozen=True)
class Reading:
    """How the text of one column is to be read.

    Attributes
    ----------
    codes : mapping or None
        Delivered text -> value (text, true, false, or None for "known to be unknown"). Text outside it is a finding.
    formats : tuple of str
        strptime formats of a date. A text that two of them read differently is a finding, not a choice.
    decimal : str
        Decimal sign, ``.`` or ``,``.
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

    def as_dict(self) -> dict[str, Any]:
        """Return the reading as plain JSON values."""
        return {
            "codes": None if self.codes is None else dict(self.codes),
            "formats": list(self.formats),
            "decimal": self.decimal,
            "unit": self.unit,
            "missing": list(self.missing),
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
    """

    tables: dict[str, pd.DataFrame]
    readings: dict[str, dict[str, Reading]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)


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
    delivery: Delivery = module.read(study, Path(root))
    if not any(len(t) for t in delivery.tables.values()):
        raise SourceError("the source delivered no rows", "at least one row", "check source and mapping")
    return delivery
