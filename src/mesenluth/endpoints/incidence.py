"""Which event came first: cumulative incidences of progression and of what competes with it.

Of an endpoint that ends with several kinds of event the curve of freedom says when, and not with which. Here each
kind is a cause of its own, and the incidences and the freedom from all of them add up to 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..tables.io import conform, empty
from ..tables.results_survival import INCIDENCE
from .cohorts import WHOLE_PATIENT, Study
from .competing import Incidence, aalen_johansen, incidence_at
from .limits import TOLERANCE
from .rows import Row, row
from .time_to_event import from_response, is_overall_survival, is_time_to_response, rules_of
from .words import NOT_ESTIMABLE, ci, fixed

GROUP = ["endpoint", "compartment", "evaluator", "rule_set"]
STATISTIC = "incidence_"
"""What the statistic of an estimate begins with; the cause follows."""
FEW_AT_RISK = 10


def causes_of(endpoint: Mapping[str, Any], rule_set: str, compartment: str, study: Study) -> list[str]:
    """Return the reason codes that can end the times of an endpoint otherwise than by censoring, its own first."""
    if is_overall_survival(endpoint):
        return ["death"]
    rules = rules_of(endpoint, rule_set, study)
    if is_time_to_response(endpoint):
        causes = ["response", *(["progression", "death"] if rules.death == "competing" else [])]
    else:
        causes = ["progression"]
        causes += ["death"] if rules.death != "censor" else []
        causes += ["new_therapy"] if rules.new_therapy == "event" else []
    elsewhere = rules.other_compartment_progression == "competing" and compartment != WHOLE_PATIENT
    return causes + (["other_compartment_progression"] if elsewhere else [])


def estimate_incidence(times: pd.DataFrame, causes: list[str], study: Study) -> Incidence:
    """Return the cumulative incidence of each cause, in their order, from rows of `results.TIME_TO_EVENT`."""
    ended = times["status"] != "censored"
    cause = times["reason_code"].map({c: i for i, c in enumerate(causes, 1)}).where(ended, 0)
    statistics = study["statistics"]
    return aalen_johansen(
        times["time_months"], cause.astype("int64"), len(causes), statistics["km_interval"], statistics["confidence"]
    )


def incidence_rows(times: pd.DataFrame, study: Study) -> tuple[list[Row], pd.DataFrame]:
    """Return the cumulative incidences of every endpoint that several causes can end, at the landmarks and whole.

    Parameters
    ----------
    times : DataFrame
        `results.TIME_TO_EVENT`.
    study : mapping
        The resolved study file.

    Returns
    -------
    rows : list of dict
        Statistic ``incidence_<cause>`` at each landmark, with the number at risk, for each endpoint, compartment,
        evaluator and rule set. Duration of response, of few patients, has none.
    curves : DataFrame
        `results_survival.INCIDENCE`.
    """
    months = [float(m) for m in study["statistics"]["landmarks_months"]]
    rows: list[Row] = []
    curves = []
    for endpoint in (e for e in study["endpoints"] if e["kind"] == "time_to_event" and not from_response(e)):
        mine = times[times["endpoint"] == endpoint["id"]]
        for key, group in mine.groupby(GROUP, sort=True, observed=True):
            causes = causes_of(endpoint, key[3], key[1], study)
            if len(causes) < 2:
                continue
            found = estimate_incidence(group, causes, study)
            about = dict(zip(GROUP[:3], key[:3], strict=True)) | {"definition": key[3]}
            rows += _landmarks(found, causes, months, about, study["statistics"]["min_at_risk"])
            curves += [_frame(found, i, cause, key) for i, cause in enumerate(causes)]
    return rows, conform(pd.concat(curves, ignore_index=True), INCIDENCE) if curves else empty(INCIDENCE)


def _landmarks(found: Incidence, causes: list[str], months: list[float], about: Row, min_at_risk: int) -> list[Row]:
    read = incidence_at(found, months)
    method = f"Aalen-Johansen, {found.method}"
    out = []
    for j, cause in enumerate(causes):
        for i, month in enumerate(months):
            value, low, high = (float(a[i, j]) for a in (read.incidence, read.low, read.high))
            at_risk = int(read.n_at_risk[i])
            come = int(found.n_event[found.time <= month + TOLERANCE, j].sum())
            if not read.observed[i]:
                text = NOT_ESTIMABLE
                reason = f"{NOT_ESTIMABLE}: longest follow-up {fixed(found.longest, 1)} months"
                value = low = high = np.nan
            elif at_risk < min_at_risk and min_at_risk > 1:
                text, reason = "not shown", f"not shown: {at_risk} at risk, fewer than {min_at_risk}"
                value = low = high = np.nan
            else:
                limits = "" if math.isnan(low) else f"; {ci(found.confidence)} {_points(low)}-{_points(high)}"
                text = f"{_points(value)} % ({at_risk} at risk{limits})"
                doubts = [f"only {at_risk} at risk"] if at_risk < FEW_AT_RISK else []
                doubts += ["the interval has no value at this incidence"] if math.isnan(low) else []
                reason = "; ".join(doubts)
            out.append(
                row(statistic=f"{STATISTIC}{cause}", text=text, method=method, time_months=month, estimate=value,
                    ci_low=low, ci_high=high, confidence=found.confidence, unit="probability", n_at_risk=at_risk,
                    numerator=come, denominator=found.n, reason=reason or None, **about)
            )  # fmt: skip
    return out


def _points(share: float) -> str:
    return fixed(100 * share, 1)


def _frame(found: Incidence, place: int, cause: str, key: tuple[str, ...]) -> pd.DataFrame:
    """Return the incidence of one cause from time 0 on as rows of the contract."""
    frame = pd.DataFrame(
        {
            "time_months": found.time,
            "n_at_risk": found.n_at_risk,
            "n_event": found.n_event[:, place],
            "n_censored": found.n_censored,
            "incidence": found.incidence[:, place],
            "ci_low": found.low[:, place],
            "ci_high": found.high[:, place],
        }
    )
    if found.n and found.time[0] > 0:
        zero = {"time_months": 0.0, "n_at_risk": found.n, "n_event": 0, "n_censored": 0, "incidence": 0.0,
                "ci_low": 0.0, "ci_high": 0.0}  # fmt: skip
        frame = pd.concat([pd.DataFrame([zero]), frame], ignore_index=True)
    return frame.assign(**dict(zip(GROUP, key, strict=True)), cause=cause, method=f"Aalen-Johansen, {found.method}")
