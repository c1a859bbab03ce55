"""The decision of the gate: pass, warn, refuse, or go on under a name and a reason that stay on record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import GateError
from ..tables.io import conform
from ..tables.results import GATE
from .gate import refusals

SOUND = ("rules.missing",)
"""Conditions that say whether the judgement itself is sound, beside those of the suites: nobody can release them."""


def releasable(gate: pd.DataFrame) -> pd.Series:
    """Return which conditions a person may answer for: limits of the study file, not counts that do not add up."""
    return ~(gate["condition"].isin(SOUND) | gate["condition"].str.endswith(".expectations"))


def decide(gate: pd.DataFrame, study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the gate with what became of each condition that does not hold.

    Parameters
    ----------
    gate : DataFrame
        By the contract GATE, as judged.
    study : mapping
        Sections quality (`gate`, `release`) and cut of the study file.

    Returns
    -------
    DataFrame
        By the contract GATE: a condition that does not hold and is released names who released it and why.

    Raises
    ------
    GateError
        If a condition does not hold, the study blocks, and no release answers for it.
    """
    quality, release = study["quality"], study["quality"]["release"]
    broken = ~gate["passed"].astype(bool)
    names = pd.Series(None, index=gate.index, dtype=object)
    by, because = names.copy(), names.copy()
    answers = release is not None and release["cut"] == study["cut"]["date"]
    if release is not None and answers:
        answered = broken & releasable(gate)
        by[answered], because[answered] = release["by"], release["reason"]
    decided = conform(gate.assign(released_by=by, released_because=because), GATE)
    refused = refusals(decided[decided["released_by"].isna()])
    if refused and quality["gate"] == "block":
        other = ""
        if release is not None and not answers:
            other = f"\n    the release in the study file is for the cut of {release['cut']}, not for this one"
        elif answers:
            other = "\n    no release can answer for this"
        raise GateError(
            "the data quality gate refuses this cut:\n    " + "\n    ".join(refused) + other,
            do="mend the records (in results/quality/, findings.parquet names them and data_docs.html counts them by"
            " centre), change the limits under `quality` in the study file, or let a person answer for it there:"
            " quality.release: {cut, by, reason}",
        )
    return decided
