"""What an ADaM data set's contract is made of: variables, labels, code lists, keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..tables.model import Column, Table

DATE_FORMAT = "DATE9."


@dataclass(frozen=True)
class Codelist:
    """Terms a variable may hold. `standard` names the list of CDISC controlled terminology they are from, if one.

    `decodes` says what each term means, where the term does not say it itself.
    """

    name: str
    terms: tuple[str, ...]
    standard: str = ""
    decodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variable:
    """One variable of an ADaM data set.

    Attributes
    ----------
    name : str
        At most 8 characters.
    label : str
        At most 40 characters.
    type : str
        ``text``, ``integer``, ``float`` or ``date``. A date is an ISO 8601 date in Dataset-JSON and days since
        1960-01-01 in XPT, shown by `DATE_FORMAT`.
    source : str
        Where the value comes from, in words.
    core : str
        ``Req``, ``Cond`` or ``Perm``, as in the ADaM implementation guide; ``Own`` for a variable the guide leaves to
        the study.
    required : bool
        Whether a row without the value breaks the contract.
    length : int
        Largest number of bytes of a text.
    codelist : Codelist, optional
    origin : str
        ``Derived``, ``Assigned`` or ``Predecessor``, as Define-XML calls them.
    """

    name: str
    label: str
    type: str
    source: str
    core: str = "Perm"
    required: bool = False
    length: int = 200
    codelist: Codelist | None = None
    origin: str = "Derived"

    @property
    def format(self) -> str:
        """The SAS format that shows the value; empty where the value shows itself."""
        return DATE_FORMAT if self.type == "date" else ""

    @property
    def column(self) -> Column:
        """The same variable as a column of a table of the workflow."""
        return Column(
            self.name,
            {"text": "string", "integer": "int"}.get(self.type, self.type),
            self.label,
            required=self.required,
            allowed=self.codelist.terms if self.codelist else (),
            cdisc=self.name,
        )


@dataclass(frozen=True)
class Dataset:
    """The contract of one ADaM data set.

    Attributes
    ----------
    name : str
        Upper case, at most 8 characters.
    label, structure : str
        What it is, and what one record is.
    kind : str
        ``SUBJECT LEVEL ANALYSIS DATASET`` or ``BASIC DATA STRUCTURE``.
    variables : tuple of Variable
        In the order in which they are written.
    key : tuple of str
        Variables that together name a record; records are sorted by them.
    """

    name: str
    label: str
    structure: str
    kind: str
    variables: tuple[Variable, ...]
    key: tuple[str, ...]

    @cached_property
    def table(self) -> Table:
        """The contract as a table, for the one reader and writer of Parquet."""
        columns = tuple(v.column for v in self.variables)
        return Table(self.name.lower(), self.structure, self.label, columns, self.key, cdisc="ADaM")

    @property
    def names(self) -> list[str]:
        """Names of the variables, in order."""
        return [v.name for v in self.variables]
