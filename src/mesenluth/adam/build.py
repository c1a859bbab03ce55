"""From the tables of the workflow to the ADaM data sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from .parameters import reader_codes
from .responses import adrs
from .subjects import adsl
from .times import adtte
from .tumours import adtr


def build(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Return ADSL, ADTR, ADRS and ADTTE by the name of their file, each by its contract.

    Parameters
    ----------
    tables : mapping of DataFrame
        Those of `names.INPUTS`.
    study : mapping
        The resolved study file, or its sections that step ``adam`` depends on.

    Raises
    ------
    ConfigurationError
        If two parameters cannot be told apart by their codes or names.
    TableError
        If an included patient has no day 0, or a code has no room for a lesion or an evaluator.
    """
    subjects = adsl(tables, study)
    parts = ("lesion_changes", "best_responses", "time_to_event")
    readers = reader_codes({e for t in parts for e in tables[t]["evaluator"].dropna().unique()}, study)
    responses = adrs(tables, study, subjects, readers)
    return {
        "adsl": subjects,
        "adtr": adtr(tables, study, subjects, readers),
        "adrs": responses,
        "adtte": adtte(tables, study, subjects, responses, readers),
    }
