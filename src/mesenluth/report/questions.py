"""Names of the questions that a page with patients answers: from a number to those behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd


def question(kind: str, *about: Any) -> str:
    """Return the name of a question: its kind, then what it is about.

    >>> question("estimate", "objective_response", "mesenteric", None)
    'estimate:objective_response:mesenteric:'
    """
    return ":".join([kind, *("" if pd.isna(a) else str(a) for a in about)])


def of_estimate(row: Mapping[Any, Any]) -> str:
    """Return the question behind an estimate; empty where one patient is not judged on his own.

    Estimates of one endpoint, compartment, reader and definition rest on the same judgement of each patient.
    """
    return question(
        "estimate", row["endpoint"], row["compartment"], row["evaluator"], row["definition"], row["population"],
        row.get("subgroup"), row.get("level"),
    )  # fmt: skip
