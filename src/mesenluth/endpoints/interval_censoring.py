"""What becomes of progression-free survival when a progression is known only to lie between two scans.

A progression is dated by the scan that shows it, and came some time between the last adequate assessment without it
and that scan. Two other readings of the same data stand beside the study's: Turnbull's estimator, which assumes
nothing of the day, and Kaplan's and Meier's with each progression in the middle of its interval. Deaths are dated
exactly, and censored times stay as they are.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from . import survival
from .cohorts import Study
from .months import months
from .rows import STUDY, Row, row
from .survival_estimates import landmark_rows, median_row
from .time_to_event import from_response, rules_of
from .turnbull import Turnbull, median, survival_at, turnbull
from .words import NOT_ESTIMABLE, fixed, plural

TURNBULL, MIDPOINT = "turnbull", "midpoint"
"""Names of the two readings, in the column `definition`."""
NPMLE = "Turnbull (NPMLE)"
NO_LIMITS = "the estimator gives no limits"


def intervals(times: pd.DataFrame, study: Study) -> tuple[np.ndarray, np.ndarray]:
    """Return left and right limits of each time in months: the event lies in (left, right].

    Both are equal where the day is known, and the right one is infinite where no event was seen.

    Parameters
    ----------
    times : DataFrame
        Rows of `results.TIME_TO_EVENT`.
    """
    end = times["time_months"].to_numpy(dtype=float)
    free = (times["free_until_date"] - times["origin_date"]).dt.days
    between = (free.notna() & (times["status"] == "event")).to_numpy(dtype=bool)
    days = free.fillna(0).astype("int64") + (1 if study["time"]["add_one_day"] else 0)
    left = np.where(between, months(times["origin_date"], days, study).to_numpy(dtype=float), end)
    right = np.where((times["status"] == "event").to_numpy(dtype=bool), end, np.inf)
    return np.minimum(left, end), right


def interval_rows(times: pd.DataFrame, study: Study) -> list[Row]:
    """Return median and landmarks of every endpoint that a progression ends, by both readings of its day.

    Parameters
    ----------
    times : DataFrame
        `results.TIME_TO_EVENT`.
    study : mapping
        The resolved study file.

    Returns
    -------
    list of dict
        Definitions ``turnbull`` and ``midpoint``, under the study's own censoring rules, for each endpoint but the
        duration of response, compartment and evaluator. Where other events compete there is no such estimate, and the
        reason says so.
    """
    marks = [float(m) for m in study["statistics"]["landmarks_months"]]
    out: list[Row] = []
    for endpoint in study["endpoints"]:
        if endpoint["kind"] != "time_to_event" or "progression" not in endpoint["events"] or from_response(endpoint):
            continue
        competing = bool(rules_of(endpoint, STUDY, study).competing)
        mine = times[(times["endpoint"] == endpoint["id"]) & (times["rule_set"] == STUDY)]
        for (compartment, evaluator), group in mine.groupby(["compartment", "evaluator"], sort=True, observed=True):
            about: Row = {"endpoint": endpoint["id"], "compartment": compartment, "evaluator": evaluator}
            if competing:
                events = int((group["status"] == "event").sum())
                counted: Row = {**about, "numerator": events, "denominator": len(group)}
                out += [_refused(definition, counted) for definition in (TURNBULL, MIDPOINT)]
                continue
            left, right = intervals(group, study)
            out += _turnbull_rows(turnbull(left, right), int(np.isfinite(right).sum()), marks, about)
            middle = np.where(np.isfinite(right), (left + np.where(np.isfinite(right), right, 0)) / 2, left)
            statistics = study["statistics"]
            curve = survival.kaplan_meier(
                middle, np.isfinite(right), statistics["km_interval"], statistics["confidence"]
            )
            where = {**about, "definition": MIDPOINT}
            method = f"Kaplan-Meier of midpoints, {curve.method}"
            rows = [
                median_row(curve, "median", method, where),
                *landmark_rows(curve, marks, where, statistics["min_at_risk"]),
            ]
            out += [r | {"method": method} for r in rows]
    return out


def _refused(definition: str, about: Row) -> Row:
    why = f"{NOT_ESTIMABLE}: other events compete, of which this method knows nothing"
    return row(statistic="median", text=NOT_ESTIMABLE, method=NPMLE if definition == TURNBULL else "Kaplan-Meier",
               unit="months", reason=why, definition=definition, **about)  # fmt: skip


def _turnbull_rows(found: Turnbull, events: int, marks: list[float], about: Row) -> list[Row]:
    """Return median and landmarks of Turnbull's estimate."""
    common: Row = {**about, "definition": TURNBULL, "method": NPMLE}
    middle, left, right = median(found)
    doubt = [] if found.converged else [f"the likelihood may still grow by {found.gap:.1g} a patient"]
    counted: Row = {"numerator": events, "denominator": found.n}
    if math.isnan(middle):
        text, reason = "not reached", f"not reached: {plural(events, 'event')} in {plural(found.n, 'patient')}"
    elif left == right:
        text, reason = fixed(middle, 1), NO_LIMITS
    else:
        text = f"{fixed(middle, 1)} (between {fixed(left, 1)} and {fixed(right, 1)})"
        reason = f"the median lies in that interval, and the estimate is its middle; {NO_LIMITS}"
    out = [
        row(statistic="median", text=text, unit="months", estimate=middle, reason="; ".join([reason, *doubt]),
            **counted, **common)
    ]  # fmt: skip
    for month, value in zip(marks, survival_at(found, marks), strict=True):
        if math.isnan(value):
            text, reason = NOT_ESTIMABLE, f"{NOT_ESTIMABLE}: nobody was followed so long"
        else:
            text, reason = f"{fixed(100 * float(value), 1)} %", NO_LIMITS
        out.append(
            row(statistic="landmark", text=text, unit="probability", time_months=month, estimate=float(value),
                reason="; ".join([reason, *doubt]), **counted, **common)
        )  # fmt: skip
    return out
