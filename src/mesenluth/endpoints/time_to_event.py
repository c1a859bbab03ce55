"""Times and statuses of every time-to-event endpoint, from the tables of responses and of the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import ConfigurationError
from ..reuse import reusable
from ..tables.io import conform, empty
from ..tables.results import TIME_TO_EVENT
from . import cohorts
from .censoring import end_of_time, overall_survival, rules_for
from .cohorts import Study, Tables

ORIGINS = ("first_administration", "baseline_scan")
EVENTS = ("progression", "death")
OVERRIDES = (
    "death", "other_compartment_progression", "new_therapy", "max_gap_days", "no_baseline", "censoring_assessment",
    "fda_max_gap_days",
)  # fmt: skip
"""Keys of section `survival` that an endpoint may state for itself."""


def survival_of(endpoint: Mapping[str, Any], study: Study) -> dict[str, Any]:
    """Return the study's censoring rules with what the endpoint says otherwise laid over them."""
    return {**study["survival"], **{k: endpoint[k] for k in OVERRIDES if k in endpoint}}


def is_overall_survival(endpoint: Mapping[str, Any]) -> bool:
    """Return whether death is the endpoint's only event.

    Raises ConfigurationError if the endpoint names an event that is not built.
    """
    unknown = [e for e in endpoint["events"] if e not in EVENTS]
    if unknown or not endpoint["events"]:
        raise ConfigurationError(
            f"endpoints.{endpoint['id']}.events: {endpoint['events']!r} is not built",
            f"some of {', '.join(EVENTS)}",
        )
    return set(endpoint["events"]) == {"death"}


def month_days(study: Study) -> float:
    """Return the days of the study's month; ConfigurationError if it is not a number."""
    days = study["time"]["month_days"]
    if isinstance(days, bool) or not isinstance(days, (int, float)) or days <= 0:
        raise ConfigurationError(f"time.month_days: {days!r} is not built", "a number of days")
    return float(days)


def series_of(tables: Tables, study: Study) -> pd.DataFrame:
    """Return one row for each included patient, compartment and evaluator, with the dates that end a time.

    Parameters
    ----------
    tables : mapping of DataFrame
        cohort, timepoint_responses, best_responses, and of the registry follow_up, therapies and all that is dated.

    Returns
    -------
    DataFrame
        patient_id, compartment, evaluator, has_baseline, origin_date, and dates or missing: death, new_therapy,
        other_progression, last_alive, cut. Sorted by patient_id, then compartment and evaluator in the study's order.
        The origin is the first administration, or the last date of the series' baseline (`time.origin`); a series
        without baseline keeps the first administration.
    """
    origin = study["time"]["origin"]
    if origin not in ORIGINS:
        raise ConfigurationError(f"time.origin: {origin!r} is not built", f"one of {', '.join(ORIGINS)}")
    cut = cohorts.cut_date(study)
    patients = cohorts.included(tables["cohort"])[["patient_id", "origin_date"]]
    parts = [*cohorts.compartments(study), cohorts.WHOLE_PATIENT]
    grid = patients.merge(pd.DataFrame({"compartment": parts}), how="cross").merge(
        pd.DataFrame({"evaluator": cohorts.evaluators(tables["best_responses"], study)}), how="cross"
    )
    keys = ["patient_id", "compartment", "evaluator"]
    known = tables["best_responses"][[*keys, "has_baseline", "baseline_date"]]
    grid = grid.merge(known, on=keys, how="left", validate="1:1")
    grid["has_baseline"] = grid["has_baseline"].astype("boolean").fillna(False).astype(bool)
    by_patient = {
        "death": cohorts.deaths(tables["follow_up"], cut),
        "new_therapy": cohorts.new_therapies(tables["therapies"], patients, study["response"]["new_therapies"], cut),
        "last_alive": cohorts.last_known_alive(tables, cut),
    }
    for name, dates in by_patient.items():
        # Not `map`: pandas 3 cannot map text to dates where nobody has one.
        grid[name] = dates.astype("datetime64[us]").reindex(grid["patient_id"]).to_numpy()
    grid["cut"] = pd.Series(cut, index=grid.index).astype("datetime64[us]")
    if origin == "baseline_scan":
        grid["origin_date"] = grid["baseline_date"].fillna(grid["origin_date"])
    grid["other_progression"] = _elsewhere(tables["timepoint_responses"], grid, cut, study)
    return grid.drop(columns="baseline_date")


def _elsewhere(responses: pd.DataFrame, grid: pd.DataFrame, cut: pd.Timestamp, study: Study) -> pd.Series:
    """Return, for each series of a compartment, when the first other compartment of the study progressed.

    The whole patient has no other compartment: every progression is one of its own.
    """
    parts = cohorts.compartments(study)
    found = responses[(responses["overall_response"] == "PD") & responses["compartment"].isin(parts)]
    found = found.assign(date=found["progression_date"].fillna(found["assessment_date"]))
    found = found[found["date"] <= cut]
    first = pd.Series(pd.NaT, index=grid.index, dtype="datetime64[us]")
    keys = ["patient_id", "evaluator"]
    for part in parts:
        others = found[found["compartment"] != part].groupby(keys)["date"].min().rename("first").reset_index()
        mine = grid.loc[grid["compartment"] == part, keys]
        dates = mine.merge(others, on=keys, how="left", validate="1:1")["first"].astype("datetime64[us]")
        first = first.where(grid["compartment"] != part, pd.Series(dates.to_numpy(), index=mine.index))
    return first


def _since(dates: pd.Series, origins: pd.Series) -> pd.Series:
    """Return days from origin to date as floats, missing where either is."""
    return (dates - origins).dt.days.astype("float64")


@reusable
def time_to_event(tables: Tables, study: Study) -> pd.DataFrame:
    """Return times and statuses of each included patient, for every time-to-event endpoint of the study.

    Parameters
    ----------
    tables : mapping of DataFrame
        See `series_of`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `results.TIME_TO_EVENT`. Survival, whose only event is death, has one row a patient under rule set ``study``
        and the primary evaluator: neither readers nor censoring rules change it. A progression is dated by
        `progression_date`, an adequate assessment by `last_date`, the last day of the assessment set.

    Raises
    ------
    ConfigurationError
        If the study asks for what is not built: competing risks, another origin, calendar months.
    """
    wanted = [e for e in study["endpoints"] if e["kind"] == "time_to_event"]
    if not wanted:
        return empty(TIME_TO_EVENT)
    series = series_of(tables, study)
    series["series"] = range(len(series))
    responses = tables["timepoint_responses"][
        ["patient_id", "compartment", "evaluator", "last_date", "progression_date", "overall_response"]
    ].merge(
        series[["patient_id", "compartment", "evaluator", "series", "origin_date"]],
        on=["patient_id", "compartment", "evaluator"],
    )
    assessments = pd.DataFrame(
        {
            "series": responses["series"],
            "day": _since(responses["last_date"], responses["origin_date"]),
            "progression_day": _since(responses["progression_date"], responses["origin_date"]),
            "response": responses["overall_response"],
        }
    )
    for column in ("death", "new_therapy", "other_progression", "last_alive", "cut"):
        series[column] = _since(series[column], series["origin_date"])
    parts = []
    for endpoint in wanted:
        mine = series[series["compartment"].isin(endpoint["compartments"])]
        if is_overall_survival(endpoint):
            mine = mine[mine["evaluator"] == study["primary_evaluator"]]
            parts.append(_rows(mine, overall_survival(mine), endpoint, "study", study))
            continue
        survival = survival_of(endpoint, study)
        for rule_set in survival["rule_sets"]:
            rules = rules_for(rule_set, survival, "death" in endpoint["events"])
            parts.append(_rows(mine, end_of_time(mine, assessments, rules), endpoint, rule_set, study))
    out = conform(pd.concat(parts, ignore_index=True), TIME_TO_EVENT)
    return out.sort_values(list(TIME_TO_EVENT.key), kind="stable", ignore_index=True)


def _rows(
    series: pd.DataFrame, ends: pd.DataFrame, endpoint: Mapping[str, Any], rule_set: str, study: Study
) -> pd.DataFrame:
    """Return the ends of `series` as rows of the contract."""
    origins = series["origin_date"].reset_index(drop=True)
    days = ends["day"] + (1 if study["time"]["add_one_day"] else 0)
    return pd.DataFrame(
        {
            "patient_id": series["patient_id"].reset_index(drop=True),
            "endpoint": endpoint["id"],
            "compartment": series["compartment"].reset_index(drop=True),
            "evaluator": series["evaluator"].reset_index(drop=True),
            "rule_set": rule_set,
            "origin_date": origins,
            "end_date": origins + pd.to_timedelta(ends["day"], unit="D"),
            "time_days": days,
            "time_months": days / month_days(study),
            "status": ends["status"],
            "reason_code": ends["reason_code"],
        }
    )
