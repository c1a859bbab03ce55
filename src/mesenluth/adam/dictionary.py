"""The variables of the exports: ``python -m mesenluth.adam.dictionary > docs/adam_variables.md``."""

from __future__ import annotations

import sys

from .contracts import DATASETS
from .model import Dataset, Variable

HEAD = """# Variables of the ADaM data sets

Written from the contracts in `src/mesenluth/adam/` by `python -m mesenluth.adam.dictionary`; do not edit it here.

How the data sets are switched on, what the parameter codes mean and how to read the files: [ADaM exports](adam.md).
`Req`, `Cond` and `Perm` are the guide's; `Own` is a variable the guide leaves to the study. A text has as many bytes as
its longest value in any of the data sets, up to the length given here.
"""


def _terms(variable: Variable) -> str:
    return ", ".join(f"`{t}`" for t in variable.codelist.terms) if variable.codelist else ""


def _dataset(dataset: Dataset) -> str:
    lines = [
        f"## {dataset.name}",
        "",
        f"{dataset.label}. {dataset.structure}. Key: {', '.join(f'`{k}`' for k in dataset.key)}.",
        "",
        "| variable | label | type | length | core | origin | terms | value |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for v in dataset.variables:
        kind = f"{v.type}, {v.format}" if v.format else v.type
        length = str(v.length) if v.type == "text" else "8"
        lines.append(
            f"| `{v.name}` | {v.label} | {kind} | {length} | {v.core} | {v.origin} | {_terms(v)} | {v.source} |"
        )
    return "\n".join(lines)


def dictionary() -> str:
    """Return the page of variables as Markdown."""
    return "\n\n".join([HEAD.strip(), *(_dataset(d) for d in DATASETS.values())]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(dictionary())
