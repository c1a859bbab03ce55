"""Subgroups of the study file: the level of each patient, and which levels are too small to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tables.conditions import evaluate
from ..tables.grouping import CENTRE, NO, NOT_KNOWN, ONE_ROW_A_PATIENT, SEARCHED, YES, cut_levels, in_order
from . import cohorts
from .cohorts import Study, Tables


@dataclass(frozen=True)
class Levels:
    """The level of each included patient.

    Attributes
    ----------
    subgroup : str
        Id in the study file, or `CENTRE`.
    names : list of str
        Levels that occur, in order; `NOT_KNOWN` last.
    code : array of int, (patients,)
        Place in `names`, in the order of `cohorts.included`.
    """

    subgroup: str
    names: list[str]
    code: NDArray[np.int64]

    def counts(self, among: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Return how many patients, of those `among`, have each level."""
        code = self.code if among is None else self.code[among]
        return np.bincount(code, minlength=len(self.names)).astype(np.int64)


def levels_of(subgroup: Mapping[str, Any], tables: Tables) -> Levels:
    """Return the level of each included patient.

    Parameters
    ----------
    subgroup : mapping
        An entry of `subgroups`: `table` and `column`, with `cut_points` (the first at which a level begins) where the
        column is a number to be cut; or `table` and `where`, a condition that a row of the patient meets or not.
    tables : mapping of DataFrame
    """
    patients = cohorts.included(tables["cohort"])["patient_id"]
    frame = tables[subgroup["table"]]
    if "where" in subgroup:
        met = evaluate(subgroup["where"], frame, SEARCHED[subgroup["table"]])
        sure = patients.isin(frame.loc[met.fillna(False).astype(bool), "patient_id"])
        maybe = patients.isin(frame.loc[met.isna(), "patient_id"])
        named = np.where(sure, YES, np.where(maybe, NOT_KNOWN, NO))
        return _levels(subgroup["id"], in_order(subgroup, set(named.tolist())), named)
    values = frame.set_index("patient_id")[subgroup["column"]].reindex(patients)
    column = ONE_ROW_A_PATIENT[subgroup["table"]].column(subgroup["column"])
    known = values.notna().to_numpy(dtype=bool)
    if "cut_points" in subgroup:
        cuts = list(subgroup["cut_points"])
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        named = np.array(cut_levels(cuts), dtype=object)[
            np.searchsorted(cuts, numbers, side="right").clip(0, len(cuts))
        ]
    elif column.type == "bool":
        named = np.where(values.astype("boolean").fillna(False).to_numpy(dtype=bool), YES, NO).astype(object)
    elif column.type == "int":
        named = np.full(len(values), "", dtype=object)
        named[known] = values[known].astype("int64").astype(str).to_numpy(dtype=object)
    else:
        named = values.to_numpy(dtype=object)
    named = np.where(known, named, NOT_KNOWN)
    return _levels(subgroup["id"], in_order(subgroup, set(named.tolist())), named)


def centres_of(tables: Tables) -> Levels:
    """Return the treating centre of each included patient."""
    centre = cohorts.included(tables["cohort"])["centre"]
    return _levels(CENTRE, sorted(centre.unique().tolist()), centre.to_numpy(dtype=object))


def _levels(subgroup: str, order: Sequence[str], named: NDArray[Any]) -> Levels:
    place = {n: i for i, n in enumerate(order)}
    return Levels(subgroup, list(order), np.array([place[n] for n in named.tolist()], dtype=np.int64))


def hidden(counts: NDArray[np.int64], below: int) -> dict[int, str]:
    """Return which levels are not shown, by their place, and why.

    Parameters
    ----------
    counts : array of int, (levels,)
        Patients of each level; a level without patients tells of nobody.
    below : int
        Fewer patients than this are not shown; 1 shows all. Where that hides one level alone, the smallest other one
        is withheld too: the hidden number would be the difference to the total.
    """
    small = np.flatnonzero((counts > 0) & (counts < below))
    why = {int(i): f"not shown: fewer than {below} patients" for i in small}
    others = np.flatnonzero(counts >= max(below, 1))
    if len(small) == 1 and len(others):
        second = int(others[np.argmin(counts[others])])
        why[second] = "not shown: the number of another level could be worked out from it"
    return why


def study_levels(tables: Tables, study: Study) -> list[Levels]:
    """Return the levels of every subgroup of the study, in its order."""
    return [levels_of(s, tables) for s in study["subgroups"]]
