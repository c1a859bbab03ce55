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
from .censoring import Rules, end_of_time, overall_survival, rules_for
from .cohorts import Study, Tables
from .months import month_days, months
from .response_times import time_to_response

ORIGINS = ("first_administration", "baseline_scan", "registration")
FROM_RESPONSE = "response"
"""Origin of an endpoint of its own: the first response, so that those who respond alone have a time."""
EVENTS = ("progression", "death", "response")
OVERRIDES = (
    "death", "other_compartment_progression", "new_therapy", "max_gap_days", "no_baseline", "censoring_assessment",
    "fda_max_gap_days",
)  # fmt: skip
"""Keys of section `survival` that an endpoint may state for itself."""


def survival_of(endpoint: Mapping[str, Any], study: Study) -> dict[str, Any]:
    """Return the study's censoring rules with what the endpoint says otherwise laid over them."""
    return {**study["survival"], **{k: endpoint[k] for k in OVERRIDES if k in endpoint}}


def _events(endpoint: Mapping[str, Any]) -> set[str]:
    """Return the endpoint's events; ConfigurationError if one, or what it stands beside, is not built."""
    events = set(endpoint["events"])
    if not events or events - set(EVENTS):
        raise ConfigurationError(
            f"endpoints.{endpoint['id']}.events: {endpoint['events']!r} is not built",
            f"some of {', '.join(EVENTS)}",
        )
    if "response" in events and (len(events) > 1 or from_response(endpoint)):
        raise ConfigurationError(
            f"endpoints.{endpoint['id']}.events: {endpoint['events']!r}",
            "response alone, and not from the response on",
        )
    return events


def is_overall_survival(endpoint: Mapping[str, Any]) -> bool:
    """Return whether death is the endpoint's only event.

    Raises ConfigurationError if the endpoint names an event that is not built.
    """
    return _events(endpoint) == {"death"}


def is_time_to_response(endpoint: Mapping[str, Any]) -> bool:
    """Return whether the endpoint waits for a response; raises as `is_overall_survival`."""
    return _events(endpoint) == {"response"}


def from_response(endpoint: Mapping[str, Any]) -> bool:
    """Return whether the time begins with the first response (duration of response)."""
    return bool(endpoint.get("origin") == FROM_RESPONSE)


def rules_of(endpoint: Mapping[str, Any], rule_set: str, study: Study) -> Rules:
    """Return the rules under which the times of an endpoint end."""
    return rules_for(rule_set, survival_of(endpoint, study), "death" in endpoint["events"])


def series_of(tables: Tables, study: Study) -> pd.DataFrame:
    """Return one row for each included patient, compartment and evaluator, with the dates that end a time.

    Parameters
    ----------
    tables : mapping of DataFrame
        cohort, timepoint_responses, best_responses, and of the registry patients, follow_up, therapies and all that is
        dated.

    Returns
    -------
    DataFrame
        patient_id, compartment, evaluator, has_baseline, and dates or missing: death, new_therapy (for a compartment a
        local treatment of it is one), other_progression, last_alive, cut, response (the first that counts; confirmed
        under `response.primary_confirmation: confirmed`, its date then being that of the response, not of the scan that
        confirms it), and one for each of the study's origins. Sorted by patient_id, then compartment and evaluator in
        the study's order.
    """
    confirmed = study["response"]["primary_confirmation"] == "confirmed"
    cut = cohorts.cut_date(study)
    patients = cohorts.included(tables["cohort"])[["patient_id", "origin_date"]]
    parts = [*cohorts.compartments(study), cohorts.WHOLE_PATIENT]
    grid = patients.merge(pd.DataFrame({"compartment": parts}), how="cross").merge(
        pd.DataFrame({"evaluator": cohorts.evaluators(tables["best_responses"], study)}), how="cross"
    )
    keys = ["patient_id", "compartment", "evaluator"]
    first = "first_confirmed_date" if confirmed else "first_response_date"
    known = tables["best_responses"][[*keys, "has_baseline", "baseline_date", first]]
    known = known.rename(columns={first: "response"})
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
    local = cohorts.local_therapies(tables["therapies"], patients, study, cut)
    at = grid[["patient_id", "compartment"]].merge(local, on=["patient_id", "compartment"], how="left", validate="m:1")
    own = pd.Series(at["local_therapy_date"].astype("datetime64[us]").to_numpy(), index=grid.index)
    grid["new_therapy"] = grid["new_therapy"].where(grid["new_therapy"].notna() & ~(own < grid["new_therapy"]), own)
    grid["cut"] = pd.Series(cut, index=grid.index).astype("datetime64[us]")
    entered = tables["patients"].set_index("patient_id")["registration_date"].astype("datetime64[us]")
    grid["registration"] = entered.reindex(grid["patient_id"]).to_numpy()
    grid["other_progression"] = _elsewhere(tables["timepoint_responses"], grid, cut, study)
    return grid.rename(columns={"origin_date": "first_administration", "baseline_date": "baseline_scan"})


def from_origin(
    series: pd.DataFrame, responses: pd.DataFrame, origin: str, key: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return series and assessments as days since an origin.

    Parameters
    ----------
    series, responses : DataFrame
        From `series_of`, and timepoint_responses.
    origin : str
        One of `ORIGINS` (where a series has no such date, the first administration stands for it), or `FROM_RESPONSE`
        (a series without one has no row).
    key : str
        Key of the study file that names the origin, for the message.

    Returns
    -------
    series, assessments : DataFrame
        As `censoring.end_of_time` takes them, with patient_id, compartment, evaluator and `origin_date`. What came
        before the origin has a negative day and does not count.

    Raises
    ------
    ConfigurationError
        If there is no such origin.
    """
    if origin not in (*ORIGINS, FROM_RESPONSE):
        raise ConfigurationError(f"{key}: {origin!r} is not built", f"one of {', '.join(ORIGINS)}")
    if origin == FROM_RESPONSE:
        series = series[series[origin].notna()].reset_index(drop=True)
        begin = series[origin]
    else:
        begin = series[origin].fillna(series["first_administration"])
    series = series.assign(origin_date=begin, series=range(len(series)))
    keys = ["patient_id", "compartment", "evaluator"]
    found = responses[[*keys, "last_date", "progression_date", "overall_response"]].merge(
        series[[*keys, "series", "origin_date"]], on=keys
    )
    assessments = pd.DataFrame(
        {
            "series": found["series"],
            "day": _since(found["last_date"], found["origin_date"]),
            "progression_day": _since(found["progression_date"], found["origin_date"]),
            "response": found["overall_response"],
        }
    )
    dates = ("death", "new_therapy", "other_progression", "last_alive", "cut", "response")
    days = {column: _since(series[column], begin) for column in dates}
    return series.assign(**days), assessments


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
        and the primary evaluator: neither readers nor censoring rules change it. Time to response has rule set
        ``study`` alone, and duration of response (origin ``response``) the responders alone. A progression is dated by
        `progression_date`, an adequate assessment by `last_date`, the last day of the assessment set.

    Raises
    ------
    ConfigurationError
        If the study asks for what is not built.
    """
    month_days(study)
    wanted = [e for e in study["endpoints"] if e["kind"] == "time_to_event"]
    if not wanted:
        return empty(TIME_TO_EVENT)
    known = series_of(tables, study)
    begun: dict[str, tuple[pd.DataFrame, pd.DataFrame]] = {}
    parts = []
    for endpoint in wanted:
        origin = endpoint.get("origin", study["time"]["origin"])
        if origin not in begun:
            key = f"endpoints.{endpoint['id']}.origin" if "origin" in endpoint else "time.origin"
            begun[origin] = from_origin(known, tables["timepoint_responses"], origin, key)
        series, assessments = begun[origin]
        mine = series[series["compartment"].isin(endpoint["compartments"])]
        if is_overall_survival(endpoint):
            mine = mine[mine["evaluator"] == study["primary_evaluator"]]
            parts.append(_rows(mine, overall_survival(mine), endpoint, "study", study))
            continue
        if is_time_to_response(endpoint):
            ends = time_to_response(mine, assessments, rules_of(endpoint, "study", study))
            parts.append(_rows(mine, ends, endpoint, "study", study))
            continue
        for rule_set in study["survival"]["rule_sets"]:
            ends = end_of_time(mine, assessments, rules_of(endpoint, rule_set, study))
            parts.append(_rows(mine, ends, endpoint, rule_set, study))
    out = conform(pd.concat(parts, ignore_index=True), TIME_TO_EVENT)
    return out.sort_values(list(TIME_TO_EVENT.key), kind="stable", ignore_index=True)


def follow_up_times(tables: Tables, study: Study) -> pd.DataFrame:
    """Return how long each included patient was followed: to death or the last day known alive, event ``death``.

    Returns
    -------
    DataFrame
        `results.TIME_TO_EVENT` with endpoint ``follow_up``, whether or not the study has an endpoint of survival.
    """
    series = series_of(tables, study)
    series = series[
        (series["compartment"] == cohorts.WHOLE_PATIENT) & (series["evaluator"] == study["primary_evaluator"])
    ].reset_index(drop=True)
    series["series"] = range(len(series))
    for column in ("death", "last_alive", "cut"):
        series[column] = _since(series[column], series["origin_date"])
    return conform(_rows(series, overall_survival(series), {"id": "follow_up"}, "study", study), TIME_TO_EVENT)


def _rows(
    series: pd.DataFrame, ends: pd.DataFrame, endpoint: Mapping[str, Any], rule_set: str, study: Study
) -> pd.DataFrame:
    """Return the ends of `series` as rows of the contract."""
    origins = series["origin_date"].reset_index(drop=True)
    days = ends["day"] + (1 if study["time"]["add_one_day"] else 0)
    # Whole days, not floats with gaps: pandas multiplies what lies under a gap.
    free = origins + pd.to_timedelta(ends["free_until"].fillna(0).astype("int64"), unit="D")
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
            "time_months": months(origins, days, study),
            "status": ends["status"],
            "reason_code": ends["reason_code"],
            "free_until_date": free.where(ends["free_until"].notna()),
        }
    )
