"""Best overall response, unconfirmed and confirmed, from responses at time points (RECIST 1.1, 4.4.3 and 4.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..tables.results import CATEGORIES
from .arrays import FAR, NO_DATE, Bools, Ints, any_after, any_before, dates, days, first_row, strings, take, text
from .recist import CR, NE, NED, NON, PD, PR, SD
from .rules import CODE
from .settings import Criteria

MISSING = len(CATEGORIES)
WORDS = (*CATEGORIES, "MISSING")
TOO_EARLY = NED + 1
_ORDER = np.array([0, 1, 2, 3, 4, 6, 5, 6])
"""Rank of CR, PR, SD, NON-CR/NON-PD, PD, NE, NED, and of stable disease before the minimum interval."""
_CATEGORY = np.array([CR, PR, SD, NON, PD, NED, NE])
_RULE = np.array(
    [CODE[r] for r in ("best.cr", "best.pr", "best.sd", "best.non_cr_non_pd", "best.pd", "best.ned",
                       "best.ne.nothing_evaluable")]
)  # fmt: skip


@dataclass(frozen=True)
class Best:
    """One element a series; rows are positions in what was given, -1 where there is none."""

    response: Ints
    row: Ints
    rule: Ints
    confirmed: Ints
    confirmed_row: Ints
    first_response: Ints
    first_confirmed: Ints
    first_progression: Ints
    last_evaluable: Ints


def best(
    group: Ints,
    day: Ints,
    response: Ints,
    size: int,
    *,
    origin: Ints,
    has_targets: Bools,
    criteria: Criteria,
    for_confirmation: Ints | None = None,
    candidate: Bools | None = None,
) -> Best:
    """Find the best response of each series among the time points that count.

    The time points given must be those that count: none after the first progression or after a new therapy.
    Order: CR, PR, SD, NON-CR/NON-PD, PD, NED, NE. Stable disease counts from `min_sd_days` after day 0 on. A response
    is confirmed by another at least `confirmation_interval_days` later, with at most `max_not_evaluable` NE and, for
    a PR, `accept_sd` SD between; a CR confirms a PR, a PR after a CR confirms neither. What is not confirmed counts
    as stable disease (NON-CR/NON-PD without targets) from the minimum interval on, and as NE before it (table 3).

    Parameters
    ----------
    group : array of int
        Sorted series of each time point, below `size`; its time points in the order of their dates.
    day, response : arrays of int
        Day and category of each time point.
    size : int
        Number of series.
    origin : array of int
        Day 0 of each series.
    has_targets : array of bool
        Whether each series has targets.
    for_confirmation : array of int, optional
        Category to be used for confirmation where it differs.
    candidate : array of bool, optional
        Which time points may give the best response; all of them unless said.
    """
    strict = response if for_confirmation is None else for_confirmation
    candidate = np.ones(len(group), bool) if candidate is None else candidate
    if criteria.cr_then_pr == "pr":
        response, strict = (np.where((r == CR) & any_after(strict == PR, group), PR, r) for r in (response, strict))
    late = day - origin[group] >= criteria.min_sd_days
    stable = (response == SD) | (response == NON)
    kind = np.where(stable & ~late, TOO_EARLY, response)
    row, rank = first_row(np.where(candidate, _ORDER[kind], FAR), group, size)
    early, _ = first_row(np.where(candidate & (kind == TOO_EARLY), 0, FAR), group, size)
    none = row < 0
    rank = np.where(none, 6, rank)
    rule = np.where((rank == 6) & (early >= 0), CODE["best.ne.stable_too_early"], _RULE[rank])
    rule = np.where(none, CODE["best.ne.nothing_counts"], rule)

    confirmed = _confirmed(group, day, strict, candidate, criteria)
    responded = (response == CR) | (response == PR)
    kind = np.where(responded & ~confirmed, np.where(late, np.where(has_targets[group], SD, NON), NE), kind)
    confirmed_row, confirmed_rank = first_row(np.where(candidate, _ORDER[kind], FAR), group, size)

    first_response, _ = first_row(np.where(candidate & responded, 0, FAR), group, size)
    first_confirmed, _ = first_row(np.where(candidate & confirmed, 0, FAR), group, size)
    first_progression, _ = first_row(np.where(response == PD, 0, FAR), group, size)
    backwards, _ = first_row(np.where(response != NE, 0, FAR)[::-1], size - 1 - group[::-1], size)
    last_evaluable = np.where(backwards >= 0, len(group) - 1 - backwards, -1)[::-1]
    return Best(
        response=_CATEGORY[rank],
        row=row,
        rule=rule,
        confirmed=_CATEGORY[np.where(confirmed_row < 0, 6, confirmed_rank)],
        confirmed_row=confirmed_row,
        first_response=first_response,
        first_confirmed=first_confirmed,
        first_progression=first_progression,
        last_evaluable=last_evaluable,
    )


def no_assessment(criteria: Criteria) -> int:
    """Return the code in `WORDS` of a series that was never assessed after its baseline."""
    return NE if criteria.missing_as_ne else MISSING


def _confirmed(group: Ints, day: Ints, response: Ints, candidate: Bools, criteria: Criteria) -> Bools:
    """Return which CR and PR are confirmed by a later time point.

    All of them look one time point ahead at once, then two, and so on; each is left alone once it is decided.
    """
    confirmed = np.zeros(len(group), bool)
    first = np.flatnonzero(candidate & ((response == CR) | (response == PR)))
    not_evaluable, stable = np.zeros(len(first), np.int64), np.zeros(len(first), np.int64)
    complete = np.zeros(len(first), bool)
    allowed = FAR if criteria.max_not_evaluable is None else criteria.max_not_evaluable
    ahead = 0
    while len(first):
        ahead += 1
        inside = first + ahead < len(group)
        inside[inside] = group[first[inside] + ahead] == group[first[inside]]
        first, not_evaluable, stable, complete = (a[inside] for a in (first, not_evaluable, stable, complete))
        then, wants_cr = response[first + ahead], response[first] == CR
        seconds = (then == CR) | ((then == PR) & ~wants_cr & ~complete)
        yes = seconds & (day[first + ahead] - day[first] >= criteria.confirmation_interval_days)
        confirmed[first[yes]] = True
        not_evaluable = not_evaluable + (then == NE)
        stable = stable + (then == SD)
        complete = complete | (then == CR)
        between = (then == NE) | ((then == SD) & ~wants_cr)
        on = ~yes & (seconds | between) & (not_evaluable <= allowed) & (stable <= criteria.accept_sd)
        first, not_evaluable, stable, complete = (a[on] for a in (first, not_evaluable, stable, complete))
    return confirmed


def best_overall(
    responses: pd.DataFrame,
    series: pd.DataFrame,
    response_settings: Mapping[str, Any],
    by: Sequence[str] = ("patient_id", "compartment", "evaluator"),
) -> pd.DataFrame:
    """Return the best overall response of each series from responses at time points, recorded or computed.

    Of several responses of one series on one date the worst evaluable one is used. Under ``cr_then_pr: pd`` any
    disease after a complete response is progression (RECIST 1.1, table 3, note a). Nothing counts before day 0, and
    nothing after the first progression.

    Parameters
    ----------
    responses : DataFrame
        The columns `by`, `date` and `response` (a category of `tables.results.CATEGORIES`), one row a time point.
    series : DataFrame
        The columns `by`, one row a series, and `origin_date` (day 0); optionally `new_therapy_date`, after which
        nothing counts under ``stop_at_new_therapy``, and `has_targets` (true unless said).
    response_settings : mapping
        The study's section `response`. Its time window needs the last administration and does not apply here.
    by : sequence of str
        What names a series.

    Returns
    -------
    DataFrame
        `by`, best_response, best_response_date, confirmed_response, confirmed_response_date, first_response_date,
        first_confirmed_date (the first response that is confirmed, not the scan that confirms it),
        first_progression_date, last_evaluable_date; one row a series in the order of `series`. A series without any
        response is MISSING, or NE under `missing_as_ne`.
    """
    criteria = Criteria.of(response_settings)
    by = list(by)
    names = series[by].reset_index(drop=True)
    names["series"] = np.arange(len(names))
    rows = responses.merge(names, on=by)
    origin = days(series["origin_date"])
    rows = rows[days(rows["date"]) >= origin[rows["series"].to_numpy(dtype=np.int64)]]
    code = np.array([CATEGORIES.index(r) for r in rows["response"]], np.int64)
    # The worst first, by the order of the best; what is not evaluable only where nothing else is.
    rows = rows.assign(code=code, worst=np.array([5, 4, 2, 1, 0, 6, 3])[code])
    rows = rows.sort_values(["series", "date", "worst"], kind="stable").drop_duplicates(["series", "date"])
    group, code = rows["series"].to_numpy(dtype=np.int64), rows["code"].to_numpy(dtype=np.int64)
    when = days(rows["date"])
    if criteria.cr_then_pr == "pd":
        disease = (code == PR) | (code == SD) | (code == NON)
        code = np.where(any_before(code == CR, group) & disease, PD, code)
    counted = ~any_before(code == PD, group)
    if criteria.stop_at_new_therapy and "new_therapy_date" in series:
        stop = days(series["new_therapy_date"])[group]
        counted &= (stop == NO_DATE) | (when <= stop)
    seen = np.bincount(group, minlength=len(series)) > 0
    group, code, when = group[counted], code[counted], when[counted]
    targets = series["has_targets"].to_numpy(dtype=bool) if "has_targets" in series else np.ones(len(series), bool)
    found = best(group, when, code, len(series), origin=origin, has_targets=targets, criteria=criteria)
    words, unseen = strings(list(WORDS)), no_assessment(criteria)
    out = series[by].reset_index(drop=True)
    for name, response, row in (
        ("best", found.response, found.row),
        ("confirmed", found.confirmed, found.confirmed_row),
    ):
        out[f"{name}_response"] = text(take(words, np.where(seen, response, unseen)))
        out[f"{name}_response_date"] = _dates_at(when, row)
    out["first_response_date"] = _dates_at(when, found.first_response)
    out["first_confirmed_date"] = _dates_at(when, found.first_confirmed)
    out["first_progression_date"] = _dates_at(when, found.first_progression)
    out["last_evaluable_date"] = _dates_at(when, found.last_evaluable)
    return out


def _dates_at(day: Ints, row: Ints) -> np.ndarray:
    padded = np.r_[day, NO_DATE]  # position -1 is the missing date
    return dates(padded[row])
