"""Who is counted, by whom read, and the dates that endpoints need. Shared by every endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ..errors import ConfigurationError, TableError
from ..response.local_therapy import local_therapy_dates
from ..response.origins import new_therapy_dates
from ..response.settings import local_therapies as local_therapies_of
from ..reuse import reusable
from ..tables.registry import DATED_BY

WHOLE_PATIENT = "whole_patient"
NOT_EVALUABLE = ("NE", "MISSING", "NED")
"""Best responses of patients who cannot be judged: not evaluable, never assessed, nothing there to begin with."""

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]


def included(cohort: pd.DataFrame) -> pd.DataFrame:
    """Return the included patients of the cohort, sorted by `patient_id`.

    Raises TableError if one of them has no day 0.
    """
    kept = cohort[cohort["included"]].sort_values("patient_id", ignore_index=True)
    without = kept.loc[kept["origin_date"].isna(), "patient_id"]
    if len(without):
        raise TableError(
            f"table cohort: patient {without.iloc[0]} is included and has no origin_date",
            "a day 0 for each included patient",
            "ask for at least one administration of the study treatment in population.eligibility",
        )
    return kept


def compartments(study: Study) -> list[str]:
    """Return the ids of the study's compartments, in its order, without the whole patient."""
    return [c["id"] for c in study["compartments"] if c["id"] != WHOLE_PATIENT]


def counting_rates(growth_rates: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the growth rates that count by `growth.targets`: of all targets, or of those measured at both times."""
    rates = growth_rates
    if study["growth"]["targets"] == "all":
        rates = rates[(rates["used"] == rates["targets"]).to_numpy(dtype=bool)]
    return rates[rates["growth_percent_per_month"].notna()]


def compartment_of(section: Mapping[str, Any], study: Study) -> str:
    """Return the compartment that symptoms or complications are attributed to; the whole patient if to none."""
    return section["attributed"] if section["attributed"] in compartments(study) else WHOLE_PATIENT


def evaluators(best_responses: pd.DataFrame, study: Study) -> list[str]:
    """Return whose readings are analysed, the primary evaluator first.

    Raises
    ------
    ConfigurationError
        If there are readings and none of the primary evaluator, or of one the study names: they would all count as
        not assessed, and the endpoints would look computed.
    """
    there = sorted(best_responses["evaluator"].dropna().unique().tolist())
    primary = study["primary_evaluator"]
    named = list(study["evaluators"] or there)
    for key, wanted in (("primary_evaluator", [primary]), ("evaluators", named)):
        unknown = [e for e in wanted if e not in there]
        if unknown and there:
            raise ConfigurationError(
                f"{key}: nobody called {unknown[0]!r} has read a scan of this cut",
                f"one of {', '.join(there)}",
            )
    return [primary, *(e for e in named if e != primary)]


def cut_date(study: Study) -> pd.Timestamp:
    """Return the date of the data cut."""
    return pd.Timestamp(study["cut"]["date"])


def _first_or_last(frame: pd.DataFrame, column: str, how: str) -> pd.Series:
    """Return the first or last date of each patient, indexed by `patient_id`."""
    return frame.groupby("patient_id")[column].agg(how).astype("datetime64[us]")


@reusable
def deaths(follow_up: pd.DataFrame, cut: pd.Timestamp) -> pd.Series:
    """Return the date of death of those who died by the cut, the earliest recorded; indexed by `patient_id`."""
    dead = follow_up[(follow_up["vital_status"] == "dead") & (follow_up["follow_up_date"] <= cut)]
    return _first_or_last(dead, "follow_up_date", "min")


@reusable
def last_known_alive(tables: Tables, cut: pd.Timestamp) -> pd.Series:
    """Return the last date by the cut at which a patient is known to live; indexed by `patient_id`.

    Whatever was done with a patient, or asked of one, shows the patient alive: every dated table of the registry that
    is given counts. A row `dead` does not, nor does `lost`, which says that nobody knows.
    """
    parts = []
    for name, column in DATED_BY.items():
        if name not in tables:
            continue
        frame = tables[name]
        if name == "follow_up":
            frame = frame[frame["vital_status"] == "alive"]
        parts.append(frame[["patient_id", column]].rename(columns={column: "date"}))
    seen = pd.concat(parts, ignore_index=True)
    return _first_or_last(seen[seen["date"] <= cut], "date", "max")


def new_therapies(therapies: pd.DataFrame, origins: pd.DataFrame, types: Sequence[str], cut: pd.Timestamp) -> pd.Series:
    """Return when the first new anticancer therapy began, by the cut; indexed by `patient_id`.

    Parameters are those of `response.origins.new_therapy_dates`, which decides what is new, and the date of the cut.
    """
    begun = new_therapy_dates(therapies[therapies["start_date"] <= cut], origins, types)
    return begun.set_index("patient_id")["new_therapy_date"]


def local_therapies(therapies: pd.DataFrame, origins: pd.DataFrame, study: Study, cut: pd.Timestamp) -> pd.DataFrame:
    """Return when a compartment was first treated locally after day 0, by the cut: for it, that is a new therapy.

    Returns
    -------
    DataFrame
        patient_id, compartment, local_therapy_date, as `response.local_therapy.local_therapy_dates`.
    """
    local = local_therapies_of(study["compartments"])
    return local_therapy_dates(therapies[therapies["start_date"] <= cut], origins, local)


def responses_of(
    best_responses: pd.DataFrame,
    patients: pd.DataFrame,
    compartment: str,
    evaluator: str,
    column: str,
    missing_as_ne: bool = False,
) -> pd.Series:
    """Return one best response for each patient, in the order of `patients`.

    Where there is no series it is MISSING, or NE under `response.missing_as_ne`.
    """
    series = best_responses[(best_responses["compartment"] == compartment) & (best_responses["evaluator"] == evaluator)]
    found = series.set_index("patient_id")[column].reindex(patients["patient_id"])
    return found.fillna("NE" if missing_as_ne else "MISSING").reset_index(drop=True)
