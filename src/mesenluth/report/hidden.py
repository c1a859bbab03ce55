"""What a public page does not show: numbers that rest on a few people.

One key of the study file says how few, `statistics.small_cell_below`; it is the one of subgroups and centres too.
A page of the hospital that holds the patients themselves (mode ``internal``) hides nothing here.

What stays: the events of an endpoint among all its patients, which are the results of the study, the flow of patients,
which says who they are, and counts of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ..figures.language import number
from .texts import text

Study = Mapping[str, Any]
PUBLIC, INTERNAL = "public", "internal"


def below(study: Study) -> int:
    """Return the number of people from which on a count is shown; 1 where nothing is hidden."""
    mode = (study.get("report") or {}).get("mode", PUBLIC)
    return 1 if mode == INTERNAL else int(study["statistics"]["small_cell_below"])


def of_few(denominator: Any, study: Study, lang: str) -> str:
    """Return the words in place of an estimate of too few people; empty where it is shown."""
    if pd.isna(denominator) or not 0 < int(denominator) < below(study):
        return ""
    return text(lang, "hidden.estimate", below=number(below(study), lang))


def small(count: Any, study: Study) -> bool:
    """Return whether a count of people is too small to be shown; that there is nobody can be said."""
    return bool(pd.notna(count)) and 0 < int(count) < below(study)


def few(study: Study, lang: str) -> str:
    """Return what stands in place of a count that is too small."""
    return text(lang, "hidden.count", below=number(below(study), lang))


def hidden_levels(counts: Sequence[int], study: Study) -> frozenset[int]:
    """Return which of the levels that make up a whole are hidden: the small ones, and one more if one stood alone.

    A single hidden count could be had by subtraction from the whole; the next smallest one is hidden with it.

    Examples
    --------
    >>> sorted(hidden_levels([40, 3, 9], {"statistics": {"small_cell_below": 5}}))
    [1, 2]
    """
    found = [i for i, n in enumerate(counts) if small(n, study)]
    others = sorted((n, i) for i, n in enumerate(counts) if n and i not in found)
    if len(found) == 1 and others:
        found.append(others[0][1])
    return frozenset(found)


def hidden_note(study: Study, lang: str) -> str:
    """Return the sentence that says what is hidden, after another; empty where nothing is."""
    if below(study) <= 1:
        return ""
    return " " + text(lang, "hidden.note", last=number(below(study) - 1, lang))


def of_few_people(estimates: pd.DataFrame, study: Study) -> pd.Series:
    """Return which estimates rest on too few people: those of a group whose largest denominator is small."""
    group = ["endpoint", "population", "compartment", "evaluator", "definition", "subgroup", "level"]
    largest = estimates.groupby(group, dropna=False)["denominator"].transform("max").fillna(0)
    return (largest > 0) & (largest < below(study))
