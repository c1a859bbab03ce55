"""Which columns and conditions may group the patients of a study. Light: the study file is checked by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import ConfigurationError
from .conditions import check
from .model import Table
from .registry import REGISTRY
from .results import COHORT

NOT_KNOWN, YES, NO = "not known", "yes", "no"
CENTRE = "centre"
"""Name of the grouping by treating centre; no subgroup of the study file may have it."""
ONE_ROW_A_PATIENT: dict[str, Table] = {"patients": REGISTRY["patients"], "cohort": COHORT}
"""Tables of whose columns levels are made."""
SEARCHED: dict[str, Table] = {
    **ONE_ROW_A_PATIENT,
    **{t: REGISTRY[t] for t in ("administrations", "scans", "symptoms", "adverse_events", "therapies", "follow_up")},
}
"""Tables a condition may be about: a patient has the level `yes` where a row meets it."""


def check_subgroups(subgroups: Sequence[Mapping[str, Any]]) -> None:
    """Check the section `subgroups` of a study file; ConfigurationError naming the key that is wrong."""
    ids = [s["id"] for s in subgroups]
    for i, subgroup in enumerate(subgroups):
        where = f"subgroups[{i}]"
        if ids.count(subgroup["id"]) > 1 or subgroup["id"] == CENTRE:
            known = "is that of the grouping by centre" if subgroup["id"] == CENTRE else "stands twice"
            raise ConfigurationError(f"{where}.id: the id {subgroup['id']!r} {known}", "an id of its own")
        tables = SEARCHED if "where" in subgroup else ONE_ROW_A_PATIENT
        if subgroup["table"] not in tables:
            raise ConfigurationError(f"{where}.table: {subgroup['table']!r}", f"one of {', '.join(tables)}")
        table = tables[subgroup["table"]]
        if "where" in subgroup:
            check(subgroup["where"], table, f"{where}.where")
            continue
        allowed = [c.name for c in table.columns if c.type != "date" and c.name not in ("patient_id", "record_id")]
        if subgroup["column"] not in allowed:
            raise ConfigurationError(
                f"{where}.column: table {table.name} has no column {subgroup['column']!r} of levels",
                f"one of {', '.join(allowed)}",
            )
        column, cuts = table.column(subgroup["column"]), subgroup.get("cut_points")
        if cuts is None and column.type == "float":
            raise ConfigurationError(f"{where}: column {column.name} is a number of any value", "cut_points")
        if cuts is not None and column.type not in ("int", "float"):
            raise ConfigurationError(f"{where}.cut_points: column {column.name} is {column.type}", "a number's column")
        if cuts is not None and sorted(set(cuts)) != list(cuts):
            raise ConfigurationError(f"{where}.cut_points: {cuts!r}", "numbers that ascend")


def cut_levels(cuts: Sequence[float]) -> list[str]:
    """Return the levels that cut points make: ``< 3``, ``3 to < 20``, ``≥ 20``."""
    shown = [f"{c:.10g}" for c in cuts]
    between = [f"{a} to < {b}" for a, b in zip(shown, shown[1:], strict=False)]
    return [f"< {shown[0]}", *between, f"≥ {shown[-1]}"]


def in_order(subgroup: Mapping[str, Any], levels: Iterable[str]) -> list[str]:
    """Return levels of a subgroup in their order: of its cut points, numbers or contract; not known last."""
    order: Sequence[str] = ()
    if "cut_points" in subgroup:
        order = cut_levels(subgroup["cut_points"])
    elif "where" in subgroup:
        order = (YES, NO)
    else:
        column = ONE_ROW_A_PATIENT[subgroup["table"]].column(subgroup["column"])
        order = (YES, NO) if column.type == "bool" else column.allowed

    def place(level: str) -> tuple[bool, int, int, str]:
        known = order.index(level) if level in order else len(order)
        return level == NOT_KNOWN, known, int(level) if level.lstrip("-").isdigit() else 0, level

    return sorted(levels, key=place)
