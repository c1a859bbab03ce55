"""When a time ends, and why: the rules of time-to-event endpoints, on plain days.

One row is one series of one patient. Days count from the origin; an absent day is missing. Three rule sets:

- ``study``: the keys `death`, `other_compartment_progression`, `new_therapy`, `max_gap_days`, `no_baseline` and
  `censoring_assessment` of the study file;
- ``fda``: a new therapy before progression censors at the last adequate assessment on or before it; a progression or
  death later than the allowed gap after the last adequate assessment (or after day 0 where there is none) censors
  there; a series without baseline is censored at day 0;
- ``ema``: progression and death count when they happen, whatever came between.

Sources: FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics (2018), appendix C; EMA,
Appendix 1 to the guideline on the evaluation of anticancer medicinal products in man (2012).

What all of them share. Adequate is an assessment that says something: CR, PR, SD, NON-CR/NON-PD, PD, and NED (no
evidence of disease: nothing was there at baseline, and nothing new is; such a series is kept, and a new lesion in it
is its progression). NE is not adequate. Nothing after the cut is looked at, and nothing after the first progression.
An assessment on the very day of a new therapy still counts. Without an event a time ends at the last adequate
assessment, and at day 0 where there is none; under `censoring_assessment: any` of the study's own rules, at the last
assessment of any kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import ConfigurationError
from ..tables.io import STRING

ADEQUATE = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NED")
"""Responses that say something about the disease."""

RULE_SETS = ("study", "fda", "ema")

REASONS = {
    "progression": "the disease of the series progressed",
    "response": "the disease of the series responded",
    "death": "the patient died; under rules that censor deaths, censored at the last adequate assessment",
    "new_therapy": "a new anticancer therapy began; where it censors, at the last adequate assessment before it",
    "other_compartment_progression": "another compartment progressed first; censored at the last adequate assessment,"
    " or ended there where it competes",
    "gap_before_event": "the event came too long after the last adequate assessment; censored there",
    "last_adequate_assessment": "no event up to the last adequate assessment",
    "last_assessment": "no event up to the last assessment, adequate or not",
    "no_post_baseline": "no adequate assessment after baseline, and no event",
    "no_baseline": "no baseline assessment",
    "last_known_alive": "alive at the last record",
    "no_follow_up": "no record after day 0",
}
"""Every reason code with its meaning."""

NEVER = np.inf


@dataclass(frozen=True)
class Rules:
    """Rules that end a time.

    Attributes
    ----------
    death : {"event", "censor", "competing"}
        Whether a death ends the time with the event, censors it at the last adequate assessment, or ends it on its day
        as a competing event, after which the event can never come.
    new_therapy : {"censor_at_last_adequate", "ignore", "event"}
    other_compartment_progression : {"ignore", "censor", "competing"}
    max_gap_days : int or None
        An event, or a competing one, more than this after the last adequate assessment is censored there.
    no_baseline : {"censor", "count"}
        "censor": a series without baseline is censored at day 0, whatever happens later. "count": progression and
        death still count, and only without them it is censored at day 0.
    censoring_assessment : {"adequate", "any"}
        Where a time without event ends: at the last adequate assessment, or at the last one of any kind. A gap is
        counted from the last adequate one either way: a scan that says nothing does not close it.
    """

    death: str = "event"
    new_therapy: str = "censor_at_last_adequate"
    other_compartment_progression: str = "ignore"
    max_gap_days: int | None = None
    no_baseline: str = "censor"
    censoring_assessment: str = "adequate"

    def __post_init__(self) -> None:
        allowed = {
            "death": ("event", "censor", "competing"),
            "new_therapy": ("censor_at_last_adequate", "ignore", "event"),
            "other_compartment_progression": ("ignore", "censor", "competing"),
            "no_baseline": ("censor", "count"),
            "censoring_assessment": ("adequate", "any"),
        }
        for key, values in allowed.items():
            if getattr(self, key) not in values:
                raise ConfigurationError(
                    f"survival.{key}: {getattr(self, key)!r} is not built", f"one of {', '.join(values)}"
                )

    @property
    def competing(self) -> list[str]:
        """Reason codes of the events that compete, in the order in which they win a tie."""
        keys = ("death", "other_compartment_progression")
        return [k for k in keys if getattr(self, k) == "competing"]


def rules_for(rule_set: str, survival: Mapping[str, Any], death_counts: bool = True) -> Rules:
    """Return the rules that the study file calls `rule_set`.

    Parameters
    ----------
    rule_set : {"study", "fda", "ema"}
    survival : mapping
        Section `survival` of the study file.
    death_counts : bool
        Whether death is among the endpoint's events. If not, deaths censor under every rule set.

    Raises
    ------
    ConfigurationError
        If the rule set, or a value of the section, is not built.
    """
    death = "event" if death_counts else "censor"
    if rule_set == "fda":
        return Rules(death=death, max_gap_days=survival["fda_max_gap_days"])
    if rule_set == "ema":
        return Rules(death=death, new_therapy="ignore", no_baseline="count")
    if rule_set != "study":
        raise ConfigurationError(f"survival.rule_sets: {rule_set!r} is not built", f"some of {', '.join(RULE_SETS)}")
    return Rules(
        death=survival["death"] if death_counts or survival["death"] != "event" else "censor",
        new_therapy=survival["new_therapy"],
        other_compartment_progression=survival["other_compartment_progression"],
        max_gap_days=survival["max_gap_days"],
        no_baseline=survival["no_baseline"],
        censoring_assessment=survival["censoring_assessment"],
    )


def _days(values: Any, missing: float) -> NDArray[np.float64]:
    """Return days as floats, with `missing` where there are none."""
    days = pd.to_numeric(pd.Series(values), errors="raise").to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isnan(days), missing, days)


def _last(series: NDArray, days: NDArray, among: NDArray, n: int) -> NDArray[np.float64]:
    """Return, for each of `n` series, the last of its `days` that is `among` the wanted; -1 where there is none."""
    last = np.full(n, -1.0)
    np.maximum.at(last, series[among], days[among])
    return last


def end_of_time(series: pd.DataFrame, assessments: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Say for each series when its time ends, with the event or censored, and why.

    Parameters
    ----------
    series : DataFrame
        One row a series. `series` (its name, unique), `has_baseline` (bool), and days from the origin, missing where
        there are none: `death`, `new_therapy`, `other_progression` (first progression of another compartment),
        `cut` (last day that counts).
    assessments : DataFrame
        One row a time point after baseline: `series`, `day`, `response`, and `progression_day` if the day of a
        progression is another than that of the assessment. Days before 0 do not count.
    rules : Rules

    Returns
    -------
    DataFrame
        One row a series, in its order: `series`, `day` (int64), `status` ("event", "censored" or "competing"),
        `reason_code` (a key of `REASONS`), `free_until` (float, of progressions alone: the last day on which an
        adequate assessment saw none, 0 where there is no such assessment).

    Raises
    ------
    ValueError
        If a series stands twice.
    """
    names = pd.Index(series["series"])
    if not names.is_unique:
        raise ValueError("a series stands twice")
    n = len(series)
    cut = _days(series["cut"], NEVER)

    def known(column: str) -> NDArray[np.float64]:
        day = _days(series[column], NEVER)
        return np.where((day >= 0) & (day <= cut), day, NEVER)

    death, therapy, elsewhere = (known(c) for c in ("death", "new_therapy", "other_progression"))
    has_baseline = series["has_baseline"].to_numpy(dtype=bool)

    of = names.get_indexer(assessments["series"])
    day = _days(assessments["day"], np.nan)
    progressed = (assessments["response"] == "PD").to_numpy(dtype=bool, na_value=False)
    seen = assessments["response"].isin(ADEQUATE).to_numpy(dtype=bool) & ~progressed
    pd_day = day
    if "progression_day" in assessments.columns:
        pd_day = _days(assessments["progression_day"], np.nan)
        pd_day = np.where(np.isnan(pd_day), day, pd_day)
    # A series that is not asked for has the position -1; its rows never count.
    limit = np.where(of >= 0, np.append(cut, -1.0)[of], -1.0)
    seen &= (day >= 0) & (day <= limit)
    counts = progressed & (pd_day >= 0) & (pd_day <= limit)

    progression = np.full(n, NEVER)
    np.minimum.at(progression, of[counts], pd_day[counts])

    def last_adequate(up_to: NDArray[np.float64], among: NDArray[np.bool_] = seen) -> NDArray[np.float64]:
        """Return the last adequate assessment on or before a day, and before the first progression; else -1."""
        return _last(of, day, among & (day <= np.append(up_to, -1.0)[of]), n)

    # Of causes on one day the first of these wins.
    events = {"progression": progression}
    censors: dict[str, NDArray[np.float64]] = {}
    if rules.death == "censor":
        censors["death"] = death
    elif rules.death == "event":
        events["death"] = death
    if rules.new_therapy == "event":
        events["new_therapy"] = therapy
    elif rules.new_therapy == "censor_at_last_adequate":
        censors = {"new_therapy": therapy, **censors}
    if rules.other_compartment_progression == "censor":
        censors["other_compartment_progression"] = elsewhere
    events |= {k: {"death": death, "other_compartment_progression": elsewhere}[k] for k in rules.competing}

    event, event_cause = _earliest(events, n)
    stop, stop_cause = _earliest(censors, n)
    happened = np.isfinite(event) & (event <= stop)
    last, how = last_adequate(np.minimum(stop, progression)), "last_adequate_assessment"
    if rules.censoring_assessment == "any":
        of_any_kind = assessments["response"].notna().to_numpy(dtype=bool) & ~progressed & (day >= 0) & (day <= limit)
        last, how = last_adequate(np.minimum(stop, progression), of_any_kind), "last_assessment"

    end = np.where(happened, event, np.maximum(last, 0))
    reason = np.where(last >= 0, how, "no_post_baseline").astype(object)
    reason = np.where(np.isfinite(stop), stop_cause, reason)
    reason = np.where(happened, event_cause, reason)
    if rules.max_gap_days is not None:
        before = np.maximum(last_adequate(event), 0)
        late = happened & (event - before > rules.max_gap_days)
        end, reason = np.where(late, before, end), np.where(late, "gap_before_event", reason)
        happened &= ~late
    unseen = ~has_baseline if rules.no_baseline == "censor" else ~has_baseline & ~happened
    end, reason = np.where(unseen, 0, end), np.where(unseen, "no_baseline", reason)
    happened &= ~unseen
    competes = happened & np.isin(reason.astype(str), rules.competing)
    status = np.select([competes, happened], ["competing", "event"], "censored").astype(object)
    free_until = np.maximum(last_adequate(progression - 1), 0)
    return pd.DataFrame(
        {
            "series": series["series"].to_numpy(),
            "day": end.astype(np.int64),
            "status": pd.array(status, dtype=STRING),
            "reason_code": pd.array(reason, dtype=STRING),
            "free_until": np.where(happened & (reason == "progression"), free_until, np.nan),
        }
    )


def _earliest(days: Mapping[str, NDArray[np.float64]], n: int) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Return the earliest day of each series and its cause; ties go to the cause that stands first."""
    first, cause = np.full(n, NEVER), np.full(n, "", dtype=object)
    for name, day in days.items():
        sooner = day < first
        first, cause = np.where(sooner, day, first), np.where(sooner, name, cause)
    return first, cause


def overall_survival(series: pd.DataFrame) -> pd.DataFrame:
    """Say for each patient when survival ends: at death, or censored at the last day known alive.

    Parameters
    ----------
    series : DataFrame
        One row a patient: `series`, and days from the origin, missing where there are none: `death`, `last_alive`,
        `cut`. What lies after the cut does not count.

    Returns
    -------
    DataFrame
        As `end_of_time`.
    """
    cut = _days(series["cut"], NEVER)
    death = _days(series["death"], NEVER)
    died = (death >= 0) & (death <= cut) & np.isfinite(death)
    alive = _days(series["last_alive"], -1.0)
    followed = (alive >= 0) & (alive <= cut)
    end = np.where(died, death, np.where(followed, alive, 0))
    reason = np.where(died, "death", np.where(followed, "last_known_alive", "no_follow_up")).astype(object)
    return pd.DataFrame(
        {
            "series": series["series"].to_numpy(),
            "day": end.astype(np.int64),
            "status": pd.array(np.where(died, "event", "censored").astype(object), dtype=STRING),
            "reason_code": pd.array(reason, dtype=STRING),
            "free_until": np.nan,
        }
    )
