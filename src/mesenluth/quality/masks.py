"""Values of findings as they may be shown to people who are not to know whose they are."""

from __future__ import annotations

import re

from ..tables.model import Table

PART = re.compile(r", (?=[A-Za-z_'0-9]+=)")
DATE = re.compile(r"\b(\d{4}-\d{2})-\d{2}\b")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
PLAIN = ("(missing)", "true", "false")
HIDDEN = "•••"


def masked(observed: str, table: Table) -> str:
    """Return ``name=value, ...`` of a finding without what could lead to a person.

    Names of patients and records are hidden, dates keep year and month, and text that is no code of the contract keeps
    its first character. Numbers, codes, and what is missing stay.

    Parameters
    ----------
    observed : str
        As `findings.observed` writes it.
    table : Table
        Contract of the table that the finding is about.
    """
    return ", ".join(_part(part, table) for part in PART.split(observed))


def _part(part: str, table: Table) -> str:
    name, equals, value = part.partition("=")
    if not equals:
        return _text(part)
    return f"{name}={_value(name, value, table)}"


def _value(name: str, value: str, table: Table) -> str:
    if value in PLAIN:
        return value
    if name.endswith(("_id", "'s")) or name in ("patient_of_it", "split_from", "merged_into", "assessment"):
        return HIDDEN
    if NUMBER.fullmatch(value):
        return value
    if DATE.fullmatch(value):
        return DATE.sub(r"\1-••", value)
    known = table.column(name).allowed if name in table.column_names else ()
    return value if value in known else _text(value)


def _text(value: str) -> str:
    return value[:1] + HIDDEN
