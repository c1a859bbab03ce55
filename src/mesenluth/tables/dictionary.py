"""The data dictionary, from the contracts: ``python -m mesenluth.tables.dictionary > docs/data_dictionary.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from .extracted import EXTRACTION_COUNTS, IMPUTED, UNREADABLE
from .model import Column, Table
from .registry import REGISTRY
from .results import RESULTS

HEAD = """# Data dictionary

Written from the contracts in `src/mesenluth/tables/` by `python -m mesenluth.tables.dictionary`; do not edit it here.

Every table is Parquet (zstd), sorted by its key. Each file's schema carries unit, description and CDISC name of each
column; its footer (key `mesenluth`) carries the table's name, its number of rows, the SHA-256 of its content, and what
made it.
"""


def _range(column: Column) -> str:
    if column.allowed:
        return ", ".join(f"`{v}`" for v in column.allowed)
    if column.minimum is None and column.maximum is None:
        return ""
    low = "" if column.minimum is None else f"{column.minimum:g}"
    high = "" if column.maximum is None else f"{column.maximum:g}"
    return f"{low} to {high}".strip()


def _table(table: Table) -> str:
    lines = [f"### {table.name}", "", f"{table.description} One row: {table.grain}."]
    about = [f"Key: {', '.join(f'`{k}`' for k in table.key)}."]
    about += [f"`{c}` exists in `{target}`." for c, target in table.references.items()]
    if table.cdisc:
        about.append(f"CDISC: {table.cdisc}.")
    lines += [
        " ".join(about),
        "",
        "| column | type | unit | needed | values | CDISC | meaning |",
        "|---|---|---|---|---|---|---|",
    ]
    for c in table.columns:
        needed = "yes" if c.required else ""
        lines.append(f"| `{c.name}` | {c.type} | {c.unit} | {needed} | {_range(c)} | {c.cdisc} | {c.description} |")
    return "\n".join(lines)


def dictionary() -> str:
    """Return the data dictionary as Markdown."""
    parts: list[tuple[str, Iterable[Table]]] = [
        ("## Registry tables", REGISTRY.values()),
        ("## What extraction says of them", (UNREADABLE, IMPUTED, EXTRACTION_COUNTS)),
        ("## Computed tables", RESULTS.values()),
    ]
    blocks = [HEAD.strip()]
    for title, tables in parts:
        blocks += [title, *(_table(t) for t in tables)]
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    sys.stdout.write(dictionary())
