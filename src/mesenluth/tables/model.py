"""What a table's contract is made of: columns, types, units, allowed values, keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

ARROW_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
        snake_case, with the unit as its last part where there is one (``slice_thickness_mm``).
    type : str
        One of ``string``, ``int``, ``float``, ``bool``, ``date``.
    description : str
        What the value means.
    required : bool
        Whether a row without the value breaks the contract.
    unit : str
        Unit of the stored value; ``um`` is the micrometre, in which diameters are compared exactly.
    allowed : tuple of str
        The only values allowed, if not empty.
    minimum, maximum : float or None
        Inclusive limits of a plausible value.
    cdisc : str
        The SDTM or ADaM variable that holds the same thing, if there is one.
    decimals : int
        For values stored as integers of a smaller unit: how many decimal digits of the delivered
        unit the integer carries (3 for micrometres delivered as millimetres).
    asked : bool or mapping
        Whether a row without the value is incomplete: always, never (its absence says no), or where a condition
        of `tables.conditions` on the row holds. Says nothing about whether the row is accepted.
    """

    name: str
    type: str
    description: str
    required: bool = False
    unit: str = ""
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    cdisc: str = ""
    decimals: int = 0
    asked: bool | Mapping[str, Any] = field(default=True, compare=False)

    @property
    def arrow(self) -> pa.Field:
        """The Arrow field, with unit and description as its metadata."""
        about = {"description": self.description}
        if self.unit:
            about["unit"] = self.unit
        if self.cdisc:
            about["cdisc"] = self.cdisc
        return pa.field(self.name, ARROW_TYPES[self.type], nullable=not self.required, metadata=about)


@dataclass(frozen=True)
class Table:
    """The contract of one table.

    Attributes
    ----------
    name, grain, description : str
        What the table is called, what one row is, and what it holds.
    columns : tuple of Column
        In the order in which they are written.
    key : tuple of str
        Columns that together name a row; the table is written sorted by them.
    references : dict of str to str
        Column -> ``table.column`` it must exist in.
    """

    name: str
    grain: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: dict[str, str] = field(default_factory=dict)
    cdisc: str = ""

    def __post_init__(self) -> None:
        names = self.column_names
        assert len(set(names)) == len(names), f"{self.name}: a column stands twice"
        assert set(self.key) <= set(names), f"{self.name}: key column missing"
        assert set(self.references) <= set(names), f"{self.name}: reference column missing"

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in order."""
        return [c.name for c in self.columns]

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError if there is none."""
        for c in self.columns:
            if c.name == name:
                return c
        raise KeyError(name)

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of the table, without file metadata."""
        return pa.schema([c.arrow for c in self.columns])
