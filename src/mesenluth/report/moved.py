"""The page of what each definition moves: the sensitivity grid of the default study, switch by switch.

python -m mesenluth.report.moved > docs/moved.md
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import SourceError
from ..sensitivity.summary import effects, is_primary, with_change
from ..study import load
from ..tables.io import read_table
from ..tables.results import SENSITIVITY
from .cells import code, table

PAGE = """# What each definition moves

Written from the sensitivity grid of the default study by `make pictures`; do not edit it here. Each line is the whole
study computed anew from the measurements with one definition (or a pair of them) chosen another way. The numbers are
those of a synthetic registry: they show how far a definition can reach, not how far it does in patients.

{moving} of {all} variants move an estimate, {primary} of them the primary one, which is {own}. Every switch with its
default and its reason: [definitions](definitions.md).
"""
NOTE = (
    "Estimates: how many have another value. Proportion and time: of all estimates of that kind the one that moves"
    " most, in percentage points and in months."
)
HEADER = ["Switch", "Chosen", "Instead of", "Primary estimate", "Estimates", "Proportion", "Time"]


def _farthest(rows: pd.DataFrame, statistic: str) -> str:
    """Return the estimate of a kind that moved most, and by how much."""
    known = rows[rows["change"].eq("estimate") & rows["statistic"].eq(statistic) & rows["difference"].notna()]
    if known.empty:
        return "–"
    row = known.iloc[int(known["difference"].abs().to_numpy().argmax())]
    by = 100 * row["difference"] if statistic == "proportion" else row["difference"]
    return f"{row['endpoint']}, {row['compartment']}: {by:+.1f}"


def page(sensitivity: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the page.

    Parameters
    ----------
    sensitivity : DataFrame
        `tables.results.SENSITIVITY` of the study.
    """
    changed = with_change(sensitivity)
    changed = changed.assign(primary=is_primary(changed, study))
    own = changed.loc[(changed["position"] == 0) & changed["primary"], "text"].iloc[0]
    found = effects(sensitivity, study)
    rows = []
    for variant in found.to_dict("records"):
        mine = changed[changed["position"] == variant["position"]]
        first = mine.loc[mine["primary"], "text"].iloc[0] if variant["effect"] == "primary" else "–"
        rows.append(
            [code(variant["key"]), code(variant["value"]), code(variant["study_value"]), first,
             str(variant["estimates"]), _farthest(mine, "proportion"), _farthest(mine, "median")]
        )  # fmt: skip
    moving, primary = int((found["estimates"] > 0).sum()), int((found["effect"] == "primary").sum())
    head = PAGE.format(moving=moving, all=len(found), primary=primary, own=own)
    return f"{head}\n{table(HEADER, rows, note=NOTE)}\n"


def main(root: Path) -> str:
    """Return the page of the last run of the default study; SourceError if there is none."""
    study = load(root)
    path = root / study["output"] / "sensitivity" / "sensitivity.parquet"
    if not path.is_file():
        raise SourceError(f"{path}: no such table", do="run the default study first")
    return page(read_table(path, SENSITIVITY), study)


if __name__ == "__main__":
    sys.stdout.write(main(Path.cwd()))
