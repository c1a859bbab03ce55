"""The comparison of two runs, written: a table of every patient who moved an estimate, Markdown and a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from ..tables.io import atomic_write, write_table
from ..tables.model import Column, Table
from .diff import Change, Diff, Moved
from .tree import Node

ESTIMATE_CHANGES = Table(
    "estimate_changes",
    "one patient who moved one estimate, or one estimate that no single patient moved",
    "Why the estimates of two runs differ.",
    (
        Column("position", "int", "number of the row", required=True),
        Column("estimate", "string", "endpoint:compartment:statistic", required=True),
        Column(
            "about", "string", "population, definition, method and whatever else tells the row apart", required=True
        ),
        Column("before", "string", "value before; missing where there was none"),
        Column("after", "string", "value after; missing where there is none"),
        Column("patient_id", "string", "patient who moved it"),
        Column("change", "string", "what became of the patient in it"),
        Column("patient_before", "string", "what was said of the patient"),
        Column("patient_after", "string", "what is said of the patient"),
        Column("records", "string", "records of the patient that changed, separated by semicolons"),
        Column("other_causes", "bool", "whether definitions, code or libraries changed too", required=True),
        Column("explained", "bool", "whether all of this accounts for the change", required=True),
    ),
    key=("position",),
)
AT_MOST = 40


def named(change: Change) -> tuple[str, str]:
    """Return an estimate's name, and what tells it from others of that name."""
    k = change.key
    about = [
        f"{n}={k[n]}" for n in k if n not in ("endpoint", "compartment", "statistic", "hypothesis") and k[n] is not None
    ]
    return f"{k['endpoint']}:{k['compartment']}:{k['statistic']}", ", ".join(about)


def value(values: dict[str, Any] | None) -> str | None:
    """Return an estimate's values as text."""
    if values is None:
        return None
    shown = values["text"] if values["text"] is not None else values["estimate"]
    parts = [None if shown is None else str(shown)]
    if values["p_value"] is not None:
        parts.append(f"p = {values['p_value']:.3g}")
    return ", ".join(p for p in parts if p) or values["reason"] or "no value"


def table(diff: Diff) -> pd.DataFrame:
    """Return the comparison by the contract ESTIMATE_CHANGES."""
    others = bool(diff.definitions or diff.code or diff.libraries)
    rows: list[dict[str, Any]] = []
    for change in diff.estimates:
        name, about = named(change)
        nobody: list[Moved | None] = [None]
        for moved in change.moved or nobody:
            rows.append(
                {
                    "position": len(rows) + 1, "estimate": name, "about": about,
                    "before": value(change.before), "after": value(change.after),
                    "patient_id": moved and moved.patient, "change": moved and moved.change,
                    "patient_before": moved and moved.before, "patient_after": moved and moved.after,
                    "records": ("; ".join(map(str, moved.records)) or None) if moved else None,
                    "other_causes": others, "explained": change.explained,
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=ESTIMATE_CHANGES.column_names)


def tree(diff: Diff, before: str, after: str) -> Node:
    """Return the comparison as a tree, for the page."""
    unexplained = sum(not c.explained for c in diff.estimates)
    node = Node(f"{before} -> {after}: {len(diff.estimates)} estimates differ, {diff.unchanged} are the same")
    node.facts["not explained"] = unexplained
    for title, lines in _causes(diff):
        node.children.append(Node(f"{title}: {len(lines)}", {}, [Node(line) for line in lines]))
    for change in diff.estimates:
        name, about = named(change)
        one = Node(
            f"{name}: {value(change.before) or 'not there'} -> {value(change.after) or 'not there'}", {"of": about}
        )
        for moved in change.moved:
            facts = {"before": moved.before, "after": moved.after}
            below = [Node(str(r)) for r in moved.records]
            one.children.append(Node(f"patient {moved.patient}: {moved.change}", facts, below))
        node.children.append(one)
    return node


def _causes(diff: Diff) -> Iterator[tuple[str, list[str]]]:
    kinds = Counter((c.table, c.change) for rows in diff.records.values() for c in rows)
    records = [f"{table}: {n} {change}" for (table, change), n in sorted(kinds.items())]
    yield from (
        ("The cut", diff.cut),
        ("Records", records),
        ("Definitions", diff.definitions),
        ("Code", diff.code),
        ("Libraries", diff.libraries),
    )


def markdown(diff: Diff, before: str, after: str) -> str:
    """Return the comparison as Markdown: causes first, then each estimate with the patients who moved it."""
    unexplained = sum(not c.explained for c in diff.estimates)
    lines = [f"# {before} and {after}", ""]
    lines += [
        f"{len(diff.estimates)} estimates differ, {diff.unchanged} are the same;"
        f" {unexplained} changes are not explained.",
        "",
    ]
    for title, causes in _causes(diff):
        lines += [f"## {title}", "", *(f"- {c}" for c in causes[:AT_MOST] or ["no change"])]
        if len(causes) > AT_MOST:
            lines.append(f"- and {len(causes) - AT_MOST} more, in the page")
        lines.append("")
    lines += ["## Estimates", "", "| estimate | of | before | after | patients |", "|---|---|---|---|---|"]
    for change in diff.estimates:
        name, about = named(change)
        # Where two compartments are compared a patient stands once for each; people are counted here.
        people = {(m.patient, m.change) for m in change.moved}
        kinds = Counter(kind for _, kind in people if kind != "records")
        moved = ", ".join(f"{n} {k}" for k, n in sorted(kinds.items()))
        touched = sum(kind == "records" for _, kind in people)
        said = moved or (f"{touched} with changed records" if touched else "none")
        mark = "" if change.explained else " **not explained**"
        cells = (name, about, value(change.before) or "not there", value(change.after) or "not there", said + mark)
        lines.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    lines += ["", "## Patients", ""]
    for patient, moves in _by_patient(diff).items():
        lines += [f"- {patient}: {', '.join(sorted(moves))}"]
        lines += [f"  - {r}" for r in diff.records.get(patient, [])[:AT_MOST]]
    return "\n".join(lines) + "\n"


def _by_patient(diff: Diff) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for change in diff.estimates:
        for moved in change.moved:
            if moved.change != "records":
                name, _ = named(change)
                found.setdefault(moved.patient, set()).add(f"{moved.change} ({':'.join(name.split(':')[:2])})")
    return dict(sorted(found.items()))


def write(diff: Diff, before: str, after: str, folder: Path) -> None:
    """Write the comparison as Parquet, Markdown and a page."""
    write_table(table(diff), folder / "estimate_changes.parquet", ESTIMATE_CHANGES, {"step": "diff"})
    atomic_write(folder / "changes.md", markdown(diff, before, after).encode())
    atomic_write(folder / "changes.html", tree(diff, before, after).page().encode())
