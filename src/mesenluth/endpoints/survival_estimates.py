"""Estimates and curves of time-to-event endpoints.

Their definition is the rule set. Compartments of the same patients are shown side by side and never compared by a
log-rank test, which takes its groups for independent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ..reuse import reusable
from ..tables.io import conform, empty
from ..tables.results import CURVES
from . import survival
from .censoring import Rules
from .cohorts import WHOLE_PATIENT, Study
from .competing import aalen_johansen, freedom
from .rows import INCLUDED, RESPONDERS, STUDY, Row, row
from .survival import Curve
from .time_to_event import from_response, is_time_to_response, rules_of
from .words import NOT_ESTIMABLE, ci, fixed, interval_text, plain, plural

FEW_AT_RISK = 10
"""Fewer patients at risk than this make a landmark worth a warning."""
GROUP = ["endpoint", "compartment", "evaluator", "rule_set"]


def median_row(curve: Curve, statistic: str, method: str, about: Row) -> Row:
    """Return the median of a curve with its limits, in months.

    Where it is not reached, the reason says how low the curve comes and how long patients were followed.
    """
    found = survival.quantile(curve, 0.5)
    reason = found.reason or None
    if curve.n and math.isnan(found.estimate):
        lowest = curve.survival[-1]
        fallen = curve.time[curve.n_event > 0]
        down = (
            f"the curve stays at {fixed(100 * lowest, 1)} % from {fixed(float(fallen[-1]), 1)} months on"
            if len(fallen)
            else "no events"
            if statistic == "median"
            else "every time ends with the event"
        )
        lower = "" if math.isnan(found.low) else f"; lower limit {fixed(found.low, 1)} months"
        reason = f"not reached: {down}; longest follow-up {fixed(curve.longest, 1)} months{lower}"
    elif curve.n and math.isnan(found.high):
        reason = "the upper limit is not reached" if math.isfinite(found.low) else f"limits {NOT_ESTIMABLE}"
    return row(
        statistic=statistic,
        text=interval_text(found.estimate, found.low, found.high) if curve.n else NOT_ESTIMABLE,
        method=method,
        numerator=curve.events,
        denominator=curve.n,
        estimate=found.estimate,
        ci_low=found.low,
        ci_high=found.high,
        confidence=curve.confidence,
        unit="months",
        reason=reason,
        **about,
    )


def landmark_rows(curve: Curve, months: list[float], about: Row, min_at_risk: int = 1) -> list[Row]:
    """Return the probability of being free of the event at each landmark, with the number at risk.

    With fewer than `min_at_risk` at risk the estimate is not shown, and the reason says so.
    """
    read = survival.landmarks(curve, months)
    out = []
    for i, month in enumerate(months):
        value, low, high = (float(a[i]) for a in (read.survival, read.low, read.high))
        at_risk = int(read.n_at_risk[i])
        if not read.observed[i]:
            why = "no patients" if not curve.n else f"longest follow-up {fixed(curve.longest, 1)} months"
            text, reason = NOT_ESTIMABLE, f"{NOT_ESTIMABLE}: {why}"
            value = low = high = np.nan
        elif at_risk < min_at_risk and min_at_risk > 1:
            text, reason = "not shown", f"not shown: {at_risk} at risk, fewer than {min_at_risk}"
            value = low = high = np.nan
        else:
            limits = "" if math.isnan(low) else f"; {ci(curve.confidence)} {_points(low)}-{_points(high)}"
            text = f"{_points(value)} % ({at_risk} at risk{limits})"
            doubts = [f"only {at_risk} at risk"] if at_risk < FEW_AT_RISK else []
            doubts += ["the interval has no value at this survival"] if math.isnan(low) else []
            reason = "; ".join(doubts)
        out.append(
            row(statistic="landmark", text=text, method=curve.method, time_months=float(month),
                numerator=events_by(curve, month), denominator=curve.n, estimate=value, ci_low=low, ci_high=high,
                confidence=curve.confidence, unit="probability", n_at_risk=at_risk, reason=reason or None, **about)
        )  # fmt: skip
    return out


def events_by(curve: Curve, month: float) -> int:
    """Return how many patients have had the event by a time."""
    return int(curve.n_event[curve.time <= month + survival.TOLERANCE].sum())


def _points(share: float) -> str:
    return fixed(100 * share, 1)


def restricted_mean_row(curve: Curve, until: float, about: Row) -> Row:
    """Return the mean time free of the event up to `until` months, if anybody was followed so long."""
    common: Row = {"method": "area under the curve", "time_months": float(until), "unit": "months", **about}
    common |= {"numerator": events_by(curve, until), "denominator": curve.n, "confidence": curve.confidence}
    if not curve.n or (curve.longest < until and not curve.complete):
        why = "no patients" if not curve.n else f"longest follow-up {fixed(curve.longest, 1)} months"
        return row(statistic="restricted_mean", text=NOT_ESTIMABLE, reason=f"{NOT_ESTIMABLE}: {why}", **common)
    mean, error = survival.restricted_mean(curve, until)
    if error == 0 or curve.n_competing is not None:
        none = "all events at one time" if events_by(curve, until) else "no events before"
        why = f"{none if error == 0 else 'others compete'}, so that the mean has no interval"
        return row(statistic="restricted_mean", text=fixed(mean, 1), estimate=mean, reason=why, **common)
    by = float(stats.norm.ppf((1 + curve.confidence) / 2)) * error
    low, high = max(mean - by, 0.0), min(mean + by, float(until))
    text = f"{interval_text(mean, low, high)} up to {plain(until)} months"
    common |= {"ci_low": low, "ci_high": high}
    return row(statistic="restricted_mean", text=text, estimate=mean, **common)


def event_curve(times: pd.DataFrame, competing: bool, study: Study) -> Curve:
    """Return the curve of freedom from an event: Kaplan's and Meier's, or 1 minus the incidence where others compete.

    Parameters
    ----------
    times : DataFrame
        Rows of `results.TIME_TO_EVENT`.
    competing : bool
        Whether the rules let other events compete; nobody need have one.
    """
    method, confidence = study["statistics"]["km_interval"], study["statistics"]["confidence"]
    if not competing:
        return survival.kaplan_meier(times["time_months"], times["status"] == "event", method, confidence)
    causes = times["status"].map({"censored": 0, "event": 1, "competing": 2}).to_numpy(dtype="int64")
    return freedom(aalen_johansen(times["time_months"], causes, 2, method, confidence))


def competes(rules: Rules, compartment: str) -> bool:
    """Return whether an event competes; the whole patient has no other compartment whose progression could."""
    return "death" in rules.competing or (bool(rules.competing) and compartment != WHOLE_PATIENT)


def _of_responders(times: pd.DataFrame, about: Row) -> list[Row]:
    """Return the median time to response of those who responded: their times are all known."""
    mine = times.loc[times["status"] == "event", "time_months"].to_numpy(dtype=float)
    common: Row = {**about, "population": RESPONDERS, "method": "observed times", "unit": "months"}
    if not len(mine):
        return [row(statistic="median", text=NOT_ESTIMABLE, numerator=0, denominator=0,
                    reason=f"{NOT_ESTIMABLE}: no responders", **common)]  # fmt: skip
    middle = float(np.median(mine))
    text = f"{fixed(middle, 1)} (from {fixed(float(mine.min()), 1)} to {fixed(float(mine.max()), 1)})"
    why = "of those who responded alone; the range is that of their times"
    return [row(statistic="median", text=text, numerator=len(mine), denominator=len(mine), estimate=middle,
                reason=why, **common)]  # fmt: skip


@reusable
def survival_rows(times: pd.DataFrame, study: Study) -> tuple[list[Row], pd.DataFrame]:
    """Return the estimates and the curves of all time-to-event endpoints.

    Parameters
    ----------
    times : DataFrame
        `results.TIME_TO_EVENT`.
    study : mapping
        The resolved study file.

    Returns
    -------
    rows : list of dict
        For each endpoint, compartment, evaluator and rule set: ``events``, ``median``, ``landmark``s,
        ``restricted_mean`` up to `statistics.rmst_months`, ``follow_up`` (reverse Kaplan-Meier), and for rule sets
        beside the study's ``changed`` and ``changed_status``: patients whose time or status, and whose status, they
        change. Duration of response is that of the responders; time to response is estimated for all patients, and its
        median over the responders stands beside it.
    curves : DataFrame
        `results.CURVES`.
    """
    method, confidence = study["statistics"]["km_interval"], study["statistics"]["confidence"]
    months = [float(m) for m in study["statistics"]["landmarks_months"]]
    until = study["statistics"]["rmst_months"]
    rows, curves = [], []
    for endpoint in (e for e in study["endpoints"] if e["kind"] == "time_to_event"):
        for key, group in _groups(times, endpoint, study):
            about = dict(zip(GROUP[:3], key[:3], strict=True)) | {"definition": key[3]}
            about["population"] = RESPONDERS if from_response(endpoint) else INCLUDED
            curve = event_curve(group, competes(rules_of(endpoint, key[3], study), key[1]), study)
            follow_up = survival.reverse(group["time_months"], group["status"] != "censored", method, confidence)
            events = f"{plural(curve.events, 'event')} in {plural(curve.n, 'patient')}"
            if curve.n_competing is not None:
                events += f", {int(curve.n_competing.sum())} ended by another event first"
            rows += [
                row(statistic="events", text=events, numerator=curve.events, denominator=curve.n,
                    estimate=float(curve.events), **about),
                median_row(curve, "median", curve.method, about),
                *landmark_rows(curve, months, about, study["statistics"]["min_at_risk"]),
                *([] if until is None else [restricted_mean_row(curve, until, about)]),
                median_row(follow_up, "follow_up", f"reverse Kaplan-Meier, {method}", about),
                *_changed(times, group, key, about),
                *(_of_responders(group, about) if is_time_to_response(endpoint) else []),
            ]  # fmt: skip
            curves.append(curve_frame(curve, dict(zip(GROUP, key, strict=True))))
    filled = [c for c in curves if len(c)]
    return rows, conform(pd.concat(filled, ignore_index=True), CURVES) if filled else empty(CURVES)


def _groups(times: pd.DataFrame, endpoint: dict, study: Study) -> list[tuple[tuple[str, ...], pd.DataFrame]]:
    """Return the curves of an endpoint, in the study's order; one without patients too, for the primary evaluator."""
    mine = times[times["endpoint"] == endpoint["id"]]
    found = dict(list(mine.groupby(GROUP, sort=True, observed=True)))
    for compartment in endpoint["compartments"]:
        found.setdefault((endpoint["id"], compartment, study["primary_evaluator"], STUDY), mine.iloc[:0])
    order = {c: i for i, c in enumerate(endpoint["compartments"])}
    sets = {s: i for i, s in enumerate(study["survival"]["rule_sets"])}
    first = study["primary_evaluator"]
    keys = sorted(found, key=lambda k: (order[k[1]], k[2] != first, k[2], sets.get(k[3], 0)))
    return [(k, found[k]) for k in keys]


def _changed(times: pd.DataFrame, group: pd.DataFrame, key: tuple[str, ...], about: Row) -> list[Row]:
    """Return how many patients a rule set gives another time or status than the study's."""
    if key[3] == STUDY:
        return []
    same = np.logical_and.reduce([times[c] == v for c, v in zip(GROUP, (*key[:3], STUDY), strict=True)])
    both = group.merge(times[same], on="patient_id", suffixes=("", "_study"), validate="1:1")
    status = both["status"] != both["status_study"]
    counts = {
        "changed": ("time or status", int(((both["time_days"] != both["time_days_study"]) | status).sum())),
        "changed_status": ("status", int(status.sum())),
    }
    return [
        row(statistic=statistic, text=f"{n} of {plural(len(both), 'patient')} have another {what}",
            numerator=n, denominator=len(both), estimate=float(n), **about)
        for statistic, (what, n) in counts.items()
    ]  # fmt: skip


def curve_frame(curve: Curve, about: Mapping[str, Any]) -> pd.DataFrame:
    """Return a curve from time 0 on as rows of its contract; `about` says in columns which it is."""
    whole = survival.with_start(curve)
    return pd.DataFrame(
        {
            **about,
            "time_months": whole.time,
            "n_at_risk": whole.n_at_risk,
            "n_event": whole.n_event,
            "n_censored": whole.n_censored,
            "n_competing": whole.n_competing,
            "survival": whole.survival,
            "ci_low": whole.low,
            "ci_high": whole.high,
            "method": whole.method,
        }
    )
