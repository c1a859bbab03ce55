"""Suites of great_expectations made from the table contracts and from what the rules found.

`<table>` asks of the accepted rows what the contract of the table says, by whole columns: millions take seconds.
`<table>_rules` asks of each rule of the table that no row delivered fails it, over the number of such rows in each
centre: every row was judged by the rules themselves (`engine`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from ..tables.model import Column, Table
from ..tables.registry import REGISTRY
from .catalogue import OFF
from .expectations import Expectation, Suite

SEVERITIES = {"error": "critical", "warning": "warning", "info": "info"}
UNKNOWN = "unassigned"
"""Centre of the findings whose patient has none."""
TYPES = {"string": "str", "int": "int64", "float": "float64", "bool": "bool", "date": "datetime64"}
"""Type of a contract -> the name by which great_expectations knows what its values are."""


def table_suites(read: Callable[[Table], pd.DataFrame], min_rows: Mapping[str, int]) -> Iterator[Suite]:
    """Yield the suite of each registry table, reading one table after the other.

    Parameters
    ----------
    read : callable
        Contract -> the accepted rows of that table.
    min_rows : mapping of str to int
        Fewest rows of a table; a table that is not named may be empty, which its suite says all the same.
    """
    for table in REGISTRY.values():
        yield Suite(table.name, read(table), "record_id", tuple(contract_expectations(table, min_rows)), typed=True)


def contract_expectations(table: Table, min_rows: Mapping[str, int]) -> Iterator[Expectation]:
    """Yield what the contract of a table asks of its accepted rows."""
    least = min_rows.get(table.name, 0)
    yield Expectation(
        f"{table.name}.rows", "ExpectTableRowCountToBeBetween", {"min_value": max(least, 1)},
        f"fewer than {least} rows" if least > 1 else "no row", "critical" if least else "info", "rows",
    )  # fmt: skip
    yield _contract(
        f"{table.name}.columns", "ExpectTableColumnsToMatchSet",
        {"column_set": list(table.column_names), "exact_match": True}, "columns are not those of the contract",
    )  # fmt: skip
    for column in table.columns:
        yield from _of_column(table, column)
    for name in table.key[:1] if len(table.key) == 1 else ():
        yield _contract(
            f"{table.name}.key.unique", "ExpectColumnProportionOfUniqueValuesToBeBetween",
            {"column": name, "min_value": 1}, f"several rows share the key {name}",
        )  # fmt: skip


def _contract(name: str, kind: str, arguments: Mapping[str, object], message: str) -> Expectation:
    return Expectation(name, kind, arguments, message, "critical", "contract")


def _of_column(table: Table, column: Column) -> Iterator[Expectation]:
    name, unit = f"{table.name}.{column.name}", f" {column.unit}" if column.unit else ""
    yield _contract(
        f"{name}.type", "ExpectColumnValuesToBeOfType", {"column": column.name, "type_": TYPES[column.type]},
        f"{column.name} does not hold the type {column.type}",
    )  # fmt: skip
    if column.required:
        yield _contract(
            f"{name}.required", "ExpectColumnProportionOfNonNullValuesToBeBetween",
            {"column": column.name, "min_value": 1}, f"{column.name} is missing",
        )  # fmt: skip
    else:
        yield Expectation(
            f"{name}.given", "ExpectColumnProportionOfNonNullValuesToBeBetween",
            {"column": column.name, "min_value": 0, "strict_min": True}, f"{column.name} holds no value at all", "info",
        )  # fmt: skip
    if column.allowed:
        yield _contract(
            f"{name}.allowed", "ExpectColumnDistinctValuesToBeInSet",
            {"column": column.name, "value_set": list(column.allowed)},
            f"{column.name} is none of {', '.join(column.allowed)}",
        )  # fmt: skip
    if column.minimum is not None:
        yield _contract(
            f"{name}.minimum", "ExpectColumnMinToBeBetween", {"column": column.name, "min_value": column.minimum},
            f"{column.name} is below {column.minimum:g}{unit}",
        )  # fmt: skip
    if column.maximum is not None:
        yield _contract(
            f"{name}.maximum", "ExpectColumnMaxToBeBetween", {"column": column.name, "max_value": column.maximum},
            f"{column.name} is above {column.maximum:g}{unit}",
        )  # fmt: skip


def failed_by_centre(findings: pd.DataFrame, rule_counts: pd.DataFrame) -> pd.DataFrame:
    """Count the rows that fail each rule in each centre.

    Parameters
    ----------
    findings : DataFrame
        FINDINGS of the validation, of the whole cut.
    rule_counts : DataFrame
        RULE_COUNTS of the whole cut.

    Returns
    -------
    DataFrame
        Row a centre that has a finding, `unassigned` among them, column a rule; whole numbers. Rules that looked at no
        row have no number.
    """
    centres = findings["centre"].fillna(UNKNOWN).astype(object)
    counts = pd.crosstab(centres, findings["rule"].astype(object))
    counts = counts.reindex(columns=rule_counts["rule"].astype(object), fill_value=0).rename_axis(
        index="centre", columns=None
    )
    if counts.empty:
        counts.loc["(none)"] = 0
    counts = counts.astype("float64")
    counts.loc[:, (rule_counts["checked"] == 0).to_numpy()] = np.nan
    return counts


def rule_suites(counts: pd.DataFrame, rule_counts: pd.DataFrame) -> Iterator[Suite]:
    """Yield for each table the suite of its rules; a rule that the study file switches off is in none.

    Parameters
    ----------
    counts : DataFrame
        As `failed_by_centre` returns them.
    rule_counts : DataFrame
        RULE_COUNTS of the whole cut.
    """
    asked = rule_counts[rule_counts["description"] != OFF]
    for table, rules in asked.groupby("table", sort=False):
        made = tuple(
            Expectation(
                r["rule"], "ExpectColumnSumToBeBetween", {"column": r["rule"], "min_value": 0, "max_value": 0},
                r["description"], SEVERITIES[r["severity"]], "rule",
            )
            for r in rules.to_dict("records")
        )  # fmt: skip
        frame = counts[[str(r) for r in rules["rule"]]].reset_index()
        yield Suite(f"{table}_rules", frame, "centre", made)
