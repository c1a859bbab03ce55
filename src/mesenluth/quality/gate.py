"""The gate: whether a cut may be analysed.

The rule engine has looked at every row; what it counted is put to great_expectations: do the counts add up, did every
rule run, and is each condition of the study file met. Suites are made in code and judged in one process, on a few
hundred rows; an exception inside an expectation, an empty table or an all-empty column is a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..tables.io import conform
from ..tables.registry import REGISTRY
from ..tables.results import GATE, ROW_COUNTS, RULE_COUNTS, SEVERITY
from .catalogue import Catalogue, of_study
from .expectations import Expectation, Result, Suite, examine, summary

COMPARISONS = ("at_most", "at_least")


# ---- conditions ----------------------------------------------------------------------------------------------


def conditions(
    row_counts: pd.DataFrame,
    rule_counts: pd.DataFrame,
    study: Mapping[str, Any],
    catalogue: Catalogue | None = None,
) -> pd.DataFrame:
    """Return the conditions of the gate, with what was seen and what is allowed, before judgement.

    Parameters
    ----------
    row_counts, rule_counts : DataFrame
        Of the whole cut, by the contracts ROW_COUNTS and RULE_COUNTS.
    study : mapping
        Section quality of the study file (`max_quarantined_percent`, `min_rows`).
    catalogue : Catalogue, optional
        Rules that must have run; those of the package if not given.

    Returns
    -------
    DataFrame
        condition, table, observed, limit, comparison (`at_most`, `at_least`), message; sorted by condition.
    """
    rows = conform(row_counts, ROW_COUNTS).set_index("table")
    rules = conform(rule_counts, RULE_COUNTS)
    expected = [(r.id, r.table) for r in (catalogue or of_study(study)).rules]
    quality = study["quality"]
    found: list[tuple[str, str | None, float, float, str, str]] = []
    limits = quality["max_quarantined_percent"]
    for table, counts in rows.iterrows():
        judged = counts["accepted"] + counts["quarantined"]
        # Whole numbers divided once: 10 of 100 is 10 %, not a little more.
        percent = 100 * counts["quarantined"] / judged if judged else 0.0
        limit = limits.get(table, limits["default"])
        text = (
            f"{table}: {percent:.3g} % of the rows are in quarantine"
            f" ({counts['quarantined']} of {judged}), at most {limit:g} % are allowed"
        )
        found.append((f"{table}.quarantined_percent", str(table), percent, limit, "at_most", text))
    for table, least in quality["min_rows"].items():
        accepted = int(rows["accepted"].get(table, 0))
        text = f"{table}: {accepted} rows may be analysed, at least {least} are needed"
        found.append((f"{table}.min_rows", table, accepted, least, "at_least", text))
    checked = rules.set_index(["rule", "table"])["checked"]
    for table in rows.index:
        # Where everything is in quarantine there is nothing left for the later rules to look at.
        mine = [r for r in expected if r[1] == table] if rows.loc[table, "accepted"] else []
        idle = [r for r, t in mine if checked.get((r, t), 0) == 0]
        text = f"{table}: {len(idle)} of {len(mine)} rules looked at no row{_some(idle)}"
        found.append((f"{table}.rules_idle", str(table), len(idle), 0, "at_most", text))
    missing = [r for r in expected if r not in checked.index]
    text = f"{len(missing)} rules of the catalogue are not among the counts"
    found.append(("rules.missing", None, len(missing), 0, "at_most", text + _some([r for r, _ in missing])))
    names = ["condition", "table", "observed", "limit", "comparison", "message"]
    frame = pd.DataFrame(found, columns=names).astype({"observed": "float64", "limit": "float64"})
    return frame.sort_values("condition", ignore_index=True)


def _some(names: Sequence[str]) -> str:
    return f" ({', '.join(names[:3])}{', ...' if len(names) > 3 else ''})" if names else ""


# ---- judgement -----------------------------------------------------------------------------------------------


def _present(*columns: str) -> list[Expectation]:
    return [
        Expectation(f"{c}_present", "ExpectColumnValuesToNotBeNull", {"column": c}, f"{c} is empty") for c in columns
    ]


def _not_negative(*columns: str) -> list[Expectation]:
    return [
        Expectation(
            f"{c}_not_negative", "ExpectColumnValuesToBeBetween", {"column": c, "min_value": 0}, f"{c} is negative"
        )
        for c in columns
    ]


def _ordered(name: str, high: str, low: str, message: str, **more: Any) -> Expectation:
    arguments = {"column_A": high, "column_B": low, "or_equal": True, "ignore_row_if": "neither", **more}
    return Expectation(name, "ExpectColumnPairValuesAToBeGreaterThanB", arguments, message)


def suites_of(conditions: pd.DataFrame, row_counts: pd.DataFrame, rule_counts: pd.DataFrame) -> list[Suite]:
    """Return the suites over row counts, rule counts and the conditions of the gate."""
    numbers = ["read", "after_cut", "accepted", "quarantined"]
    # What is no number leaves a gap, which is a failure as well.
    given = row_counts.reindex(columns=numbers).apply(pd.to_numeric, errors="coerce")
    rows = row_counts.assign(unaccounted=given["read"] - given["after_cut"] - given["accepted"] - given["quarantined"])
    some = Expectation("not_empty", "ExpectTableRowCountToBeBetween", {"min_value": 1}, "no rows")
    of_rows = (
        some,
        Expectation("every_table", "ExpectTableRowCountToEqual", {"value": len(REGISTRY)}, "a table is missing"),
        Expectation(
            "table_known", "ExpectColumnValuesToBeInSet", {"column": "table", "value_set": list(REGISTRY)},
            "a table is unknown",
        ),
        Expectation("table_once", "ExpectColumnValuesToBeUnique", {"column": "table"}, "a table stands twice"),
        *_present("table", *numbers, "unaccounted"),
        *_not_negative(*numbers),
        Expectation(
            "adds_up", "ExpectColumnValuesToBeInSet", {"column": "unaccounted", "value_set": [0]},
            "rows read are not the sum of rows after the cut, accepted and quarantined",
        ),
    )  # fmt: skip
    of_rules = (
        some,
        Expectation(
            "rule_once", "ExpectCompoundColumnsToBeUnique",
            {"column_list": ["rule", "table"], "ignore_row_if": "any_value_is_missing"}, "a rule stands twice",
        ),
        *_present("rule", "table", "severity", "checked", "failed"),
        Expectation(
            "severity_known", "ExpectColumnValuesToBeInSet",
            {"column": "severity", "value_set": list(SEVERITY.allowed)}, "a severity is unknown",
        ),
        *_not_negative("checked", "failed"),
        _ordered("failed_at_most_checked", "checked", "failed", "more rows failed than were looked at"),
    )  # fmt: skip
    of_gate = (
        some,
        Expectation("condition_once", "ExpectColumnValuesToBeUnique", {"column": "condition"}, "stands twice"),
        Expectation(
            "comparison_known", "ExpectColumnValuesToBeInSet",
            {"column": "comparison", "value_set": list(COMPARISONS)}, "unknown comparison",
        ),
        *_present("condition", "comparison", "observed", "limit"),
        _ordered("at_most", "limit", "observed", "above the limit", where=("comparison", "at_most")),
        _ordered("at_least", "observed", "limit", "below the limit", where=("comparison", "at_least")),
    )  # fmt: skip
    return [
        Suite("row_counts", rows, "table", of_rows),
        Suite("rule_counts", rule_counts, "rule", of_rules),
        Suite("gate", conditions, "condition", of_gate),
    ]


def judge(
    conditions: pd.DataFrame,
    row_counts: pd.DataFrame,
    rule_counts: pd.DataFrame,
    others: Iterable[Suite] = (),
    ask: Callable[[Iterable[Suite]], list[Result]] = examine,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Let great_expectations judge the counts and the conditions of the gate.

    Parameters
    ----------
    conditions : DataFrame
        As `conditions` returns them.
    row_counts, rule_counts : DataFrame
        Of the whole cut.
    others : iterable of Suite, optional
        Suites over the tables and over the findings of each rule. The gate asks that each could be judged, and that
        what was accepted keeps its contract; whether a table has enough rows is a condition of its own.
    ask : callable, optional
        A session of great_expectations; one that leaves no file if not given.

    Returns
    -------
    gate : DataFrame
        By the contract GATE: every condition, and one more a suite (`<suite>.expectations`): how many of its
        expectations do not hold, which may be none.
    summary : dict
        Suites, expectations and results, JSON-able and a function of the counts alone.
    """
    suites = suites_of(conditions, row_counts, rule_counts)
    results = ask(suites)
    beside = ask(others)
    of_gate = {r.expectation.id: r for r in results if r.suite == "gate"}
    broken = {c for r in of_gate.values() for c in r.unexpected}
    # A comparison that could not be made, or that fails without naming a row, holds for nobody.
    sound = all(r.success or r.unexpected for r in of_gate.values()) and not any(r.error for r in of_gate.values())
    judged = conditions.assign(passed=sound & ~conditions["condition"].isin(broken))
    judged["message"] += np.where(judged[["observed", "limit"]].isna().any(axis=1), " (no value seen)", "")
    judged = judged.fillna({"observed": 0.0, "limit": 0.0})
    # What breaks a condition has been said there.
    said = [r for r in results if not (r.suite == "gate" and r.unexpected and not r.error)]
    shapes = [_holds(s.name, [r for r in said if r.suite == s.name]) for s in suites]
    if beside:
        shapes.append(_holds("tables", [r for r in beside if r.success or _counts(r)]))
    shape = pd.DataFrame(shapes)
    gate = pd.concat([judged.drop(columns="comparison", errors="ignore"), shape], ignore_index=True)
    return conform(gate.sort_values("condition").reindex(columns=GATE.column_names), GATE), summary([*results, *beside])


def _counts(result: Result) -> bool:
    """Return whether a failure of a suite beside those of the counts refuses the cut."""
    asked = result.expectation
    return not result.empty and (bool(result.error) or (asked.severity == "critical" and asked.of == "contract"))


def _holds(suite: str, results: Sequence[Result]) -> dict[str, Any]:
    """Return whether the expectations of a suite hold, as a row of the gate."""
    failed = [r for r in results if not r.success]
    said = [
        f"{r.expectation.id}: "
        + (f"could not be judged: {r.error}" if r.error else r.expectation.message + _some(r.unexpected))
        for r in failed
    ]
    text = "; ".join(said) if said else f"all {len(results)} expectations hold"
    return {
        "condition": f"{suite}.expectations", "table": None, "observed": float(len(failed)), "limit": 0.0,
        "passed": not failed, "message": f"{suite}: {text}",
    }  # fmt: skip


def refusals(gate: pd.DataFrame) -> list[str]:
    """Return why the gate refuses the cut, one message a condition that does not hold; empty if it passes."""
    return gate.loc[~gate["passed"].astype(bool), "message"].tolist()
