"""What a check looks at: the rows still accepted, those in quarantine, and what several checks derive from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..tables.conditions import evaluate
from ..tables.io import STRING
from ..tables.registry import ADMINISTRATIONS, LESIONS, REGISTRY


@dataclass(frozen=True)
class Outcome:
    """What a check found.

    Attributes
    ----------
    failed : ndarray of bool
        One value a row of the judged table, in its order.
    seen : dict of str to Series
        Values from elsewhere that decided, by the name under which a finding shows them; as long as `failed`.
    """

    failed: np.ndarray
    seen: dict[str, pd.Series] = field(default_factory=dict)


Check = Callable[["Judged", Mapping[str, Any], Mapping[str, Any]], Outcome]
"""(tables, study, parameters) -> outcome over the rows of the rule's table. `parameters["table"]` names that table."""


@dataclass(frozen=True)
class Known:
    """A check function.

    Attributes
    ----------
    run : callable
        The function.
    tables : tuple of str
        Tables whose rows it can judge; any if empty.
    parameters : dict of str to str
        Parameters it takes: name -> `column`, `number` or `text`.
    across : bool
        Whether it compares patients with one another, over all centres; such checks read the tables of `ACROSS_READS`
        alone.
    """

    run: Check
    tables: tuple[str, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)
    across: bool = False


ACROSS_READS = ("patients", "administrations")


def _arrow(values: Any) -> pa.ChunkedArray:
    array = pa.array(values, type=pa.large_string(), from_pandas=True)
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def among(names: pd.Series, others: pd.Series | pd.Index) -> np.ndarray:
    """Return which names stand among others; a gap never does.

    pandas' own `isin` goes through the others one by one.
    """
    found = pc.is_in(_arrow(names), value_set=_arrow(others.dropna()).combine_chunks())
    return found.to_numpy().astype(bool) & names.notna().to_numpy()


def places(names: pd.Series, others: pd.Series | pd.Index) -> np.ndarray:
    """Return for each name its place among others, -1 where it has none."""
    at = pc.index_in(_arrow(names), value_set=_arrow(others).combine_chunks())
    return np.where(names.isna().to_numpy(), -1, pc.fill_null(at, -1).to_numpy()).astype("int64")


def look_up(names: pd.Series, values: pd.Series) -> pd.Series:
    """Return for each name the value under that name in `values`, missing where there is none.

    Parameters
    ----------
    names : Series of str
        What to look for; gaps find nothing.
    values : Series
        Indexed by unique names.
    """
    return pd.Series(values.array.take(places(names, values.index), allow_fill=True), index=names.index)


def true(condition: Any) -> np.ndarray:
    """Return where a three-valued condition is true; unknown is not true."""
    return condition.astype("boolean").fillna(False).to_numpy(dtype=bool)


def contradicted(rows: pd.DataFrame, place: list[str], content: list[str]) -> pd.Series:
    """Return which rows share their place with a row of another content."""
    shared = rows.duplicated(place, keep=False)
    few = rows.loc[shared, [*place, *content]]
    # Among readings of one place, those with a content of their own make the place differ.
    differs = few.drop_duplicates().duplicated(place, keep=False)
    places_ = few.loc[differs.index[differs.to_numpy()], place].drop_duplicates()
    found = few[place].merge(places_.assign(differs=True), on=place, how="left")["differs"]
    failed = pd.Series(False, index=rows.index)
    failed[shared.to_numpy()] = found.notna().to_numpy()
    return failed


class Judged:
    """Registry tables in the middle of their judgement.

    `judged[name]` are the rows of a table that are still accepted, with an index from 0.

    Parameters
    ----------
    accepted, quarantined : mapping of str to DataFrame
        Every registry table, typed; each row stands in one of the two.
    study : mapping
        Sections treatment and compartments are used here.
    """

    def __init__(
        self,
        accepted: Mapping[str, pd.DataFrame],
        quarantined: Mapping[str, pd.DataFrame],
        study: Mapping[str, Any],
    ) -> None:
        self._accepted, self._quarantined, self._study = accepted, quarantined, study
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return the accepted rows of a table."""
        return self._accepted[name]

    def once(self, name: str, make: Callable[[Judged], Any]) -> Any:
        """Return what `make` makes of these tables, made once for all checks that ask for it."""
        if name not in self._made:
            self._made[name] = make(self)
        return self._made[name]

    def lost(self, name: str) -> pd.DataFrame:
        """Return the rows in quarantine that no accepted row stands for (a surplus copy is no loss).

        What is absent may be among them, so no rule may be broken by absence alone where there are such rows.
        """
        out = self._quarantined[name]
        key = REGISTRY[name].key[0]
        return out[~among(out[key], self[name][key])]

    def patients_that_lost(self, name: str) -> pd.Series:
        """Return the patients some rows of whose are in quarantine."""
        return self.lost(name)["patient_id"].dropna().drop_duplicates()

    @cached_property
    def deaths(self) -> pd.Series:
        """Patient -> first recorded date of death."""
        news = self["follow_up"]
        dead = news[(news["vital_status"] == "dead").to_numpy(dtype=bool)]
        return dead.groupby("patient_id")["follow_up_date"].min()

    def studied(self, administrations: pd.DataFrame, unknown: bool = False) -> np.ndarray:
        """Return which administrations are of the treatment the study asks about."""
        meant = evaluate(self._study["treatment"]["administrations"], administrations, ADMINISTRATIONS)
        return meant.fillna(unknown).to_numpy(dtype=bool)

    @cached_property
    def first_given(self) -> pd.Series:
        """Patient -> first accepted administration of the study treatment."""
        given = self["administrations"]
        return given[self.studied(given)].groupby("patient_id")["administration_date"].min()

    @cached_property
    def zero_unsure(self) -> pd.Series:
        """Patients of whom an administration in quarantine may have been the first."""
        lost = self.lost("administrations")
        lost = lost[self.studied(lost, unknown=True) & lost["patient_id"].notna().to_numpy()]
        late = lost["administration_date"] >= look_up(lost["patient_id"], self.first_given)
        return lost.loc[~late.to_numpy(dtype=bool), "patient_id"].drop_duplicates()

    @cached_property
    def day_zero(self) -> pd.Series:
        """Patient -> first administration of the study treatment, where that is sure."""
        first = self.first_given
        return first[~among(first.index.to_series(), self.zero_unsure)]

    def zero_of(self, rows: pd.DataFrame) -> pd.Series:
        """Return day 0 of the patient of each row."""
        return look_up(rows["patient_id"], self.day_zero)

    @cached_property
    def _scan_dates(self) -> pd.Series:
        return self["scans"].set_index("scan_id")["scan_date"]

    def scan_dates(self, rows: pd.DataFrame) -> pd.Series:
        """Return the date of the scan of each reading."""
        return look_up(rows["scan_id"], self._scan_dates)

    @cached_property
    def measurement_dates(self) -> pd.Series:
        """Date of the scan of each accepted measurement."""
        return self.scan_dates(self["measurements"])

    @cached_property
    def _compartment_places(self) -> tuple[np.ndarray, list[dict[str, Any]]]:
        lesions, compartments = self["lesions"], list(self._study["compartments"])
        place = np.full(len(lesions), -1)
        for i, compartment in enumerate(compartments):
            inside = true(evaluate(compartment["where"], lesions, LESIONS))
            place[inside & (place < 0)] = i
        return place, compartments

    @cached_property
    def compartments(self) -> pd.Series:
        """Compartment of each accepted lesion; missing where the study places it in none."""
        place, compartments = self._compartment_places
        names = np.array([*(c["id"] for c in compartments), None], dtype=object)
        return pd.Series(names[place], index=self["lesions"].index, dtype=STRING)

    @cached_property
    def by_short_axis(self) -> np.ndarray:
        """Whether each accepted lesion is summed by its short axis, as its compartment says (else: nodes are)."""
        place, compartments = self._compartment_places
        axes = np.array([*(c.get("measure_axis", "nodal_rule") for c in compartments), "nodal_rule"])[place]
        return (axes == "short") | ((axes == "nodal_rule") & true(self["lesions"]["nodal"]))
