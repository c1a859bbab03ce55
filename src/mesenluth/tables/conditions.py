"""Conditions of the study file: which rows of a table are meant.

A condition is plain data, so that a study needs no Python:

- ``{column: stage, in: [locally_advanced, metastatic]}``, ``{column: ecog, equals: 0}``
- ``{column: retractile, is: true}``, ``{column: grade, known: true}``
- ``{column: longest_diameter_mm, at_least: 20}``, also ``at_most``, ``more_than``, ``less_than``
- ``{all: [...]}``, ``{any: [...]}``, ``{not: ...}``

A missing value makes a comparison unknown, and unknown is carried by Kleene's logic: unknown and false is false,
unknown or true is true. A length in ``_mm`` that the table holds in micrometres is compared in whole micrometres.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd

from ..errors import ConfigurationError
from .model import Column, Table

ORDERED = {
    "at_least": lambda s, v: s >= v,
    "at_most": lambda s, v: s <= v,
    "more_than": lambda s, v: s > v,
    "less_than": lambda s, v: s < v,
}
TESTS = ("in", "equals", "is", "known", *ORDERED)


def resolve(table: Table, name: str, where: str) -> tuple[Column, int]:
    """Return the column a condition means and the factor from its unit to the stored one.

    Raises ConfigurationError, naming `where`, if the table has no such column.
    """
    if name in table.column_names:
        return table.column(name), 1
    exact = f"{name.removesuffix('_mm')}_um"
    if name.endswith("_mm") and exact in table.column_names:
        return table.column(exact), 1000
    readable = [c.removesuffix("_um") + "_mm" if c.endswith("_um") else c for c in table.column_names]
    raise ConfigurationError(f"{where}: table {table.name} has no column {name!r}", f"one of {', '.join(readable)}")


def _number(value: Any, factor: int, where: str) -> float | int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ConfigurationError(f"{where}: {value!r} is not a number", "a number")
    try:
        scaled = Decimal(str(value)) * factor
    except InvalidOperation:
        raise ConfigurationError(f"{where}: {value!r} is not a number", "a number") from None
    return int(scaled) if scaled == scaled.to_integral_value() else float(scaled)


def check(condition: Mapping[str, Any], table: Table, where: str) -> None:
    """Check a condition against the contract of the table it is about.

    Raises ConfigurationError naming the key, the value and what is allowed.
    """
    for combinator in ("all", "any"):
        if combinator in condition:
            parts = condition[combinator]
            if not isinstance(parts, list) or not parts:
                raise ConfigurationError(f"{where}.{combinator}: {parts!r}", "a list of conditions")
            for i, part in enumerate(parts):
                check(part, table, f"{where}.{combinator}[{i}]")
            return
    if "not" in condition:
        check(condition["not"], table, f"{where}.not")
        return
    tests = [t for t in TESTS if t in condition]
    if "column" not in condition or len(tests) != 1 or len(condition) != 2:
        raise ConfigurationError(
            f"{where}: {dict(condition)!r} is not a condition",
            f"`column` and one of {', '.join(TESTS)}; or all, any, not",
        )
    test = tests[0]
    value = condition[test]
    column, factor = resolve(table, condition["column"], f"{where}.column")
    here = f"{where}.{test}"
    if test in ("is", "known"):
        if not isinstance(value, bool):
            raise ConfigurationError(f"{here}: {value!r}", "true or false")
        if test == "is" and column.type != "bool":
            raise ConfigurationError(f"{here}: column {column.name} is {column.type}", "a yes/no column")
    elif test in ORDERED:
        if column.type not in ("int", "float"):
            raise ConfigurationError(f"{here}: column {column.name} is {column.type}", "a number")
        _number(value, factor, here)
    else:
        for v in value if test == "in" else [value]:
            if column.allowed and v not in column.allowed:
                raise ConfigurationError(
                    f"{here}: column {column.name} never holds {v!r}",
                    f"one of {', '.join(column.allowed)}",
                )
            if column.type == "string" and not isinstance(v, str):
                raise ConfigurationError(f"{here}: {v!r} is not text", "text, in quotes if need be")
            if column.type in ("int", "float"):
                _number(v, factor, here)


def evaluate(condition: Mapping[str, Any], frame: pd.DataFrame, table: Table) -> pd.Series:
    """Return, for each row, True, False or missing (unknown).

    Parameters
    ----------
    condition : mapping
        Checked by `check` before.
    frame : DataFrame
        Rows of `table`.

    Returns
    -------
    Series of `boolean`, with the frame's index.
    """
    if "all" in condition or "any" in condition:
        parts = condition.get("all") or condition["any"]
        result = evaluate(parts[0], frame, table)
        for part in parts[1:]:
            other = evaluate(part, frame, table)
            result = result & other if "all" in condition else result | other
        return result
    if "not" in condition:
        return ~evaluate(condition["not"], frame, table)
    column, factor = resolve(table, condition["column"], table.name)
    values = frame[column.name]
    gaps = values.isna()
    if "known" in condition:
        return (~gaps if condition["known"] else gaps).astype("boolean")
    if "is" in condition:
        return values.astype("boolean") == condition["is"]
    if "in" in condition:
        wanted = condition["in"]
        if column.type in ("int", "float"):
            wanted = [_number(v, factor, table.name) for v in wanted]
        result = values.isin(wanted)
    elif "equals" in condition:
        wanted = condition["equals"]
        if column.type in ("int", "float"):
            wanted = _number(wanted, factor, table.name)
        result = values == wanted
    else:
        test = next(t for t in ORDERED if t in condition)
        result = ORDERED[test](values, _number(condition[test], factor, table.name))
    return result.astype("boolean").mask(gaps)
