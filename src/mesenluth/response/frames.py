"""The engine's numbers as tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from ..reuse import reusable
from ..tables.io import conform
from ..tables.results import BEST_RESPONSES, CATEGORIES, LESION_CHANGES
from .arrays import (
    FAR,
    NO_DATE,
    Bools,
    Ints,
    any_before,
    counts,
    dates,
    millimetres,
    percent,
    smallest,
    strings,
    take,
    text,
)
from .best import WORDS, best, no_assessment
from .explain import Named
from .local_therapy import Treated
from .readings import MERGED, STATUS, TREATED, Grid, Lesions, Readers, Readings
from .recist import NONE, PD
from .rules import CODE, IDS
from .sentences import best_reason, join, phrase
from .sentences import timepoints as sentences
from .series import Series
from .settings import Criteria
from .timepoints import Timepoints

_RULES = strings(list(IDS))
_CATEGORIES = strings(list(CATEGORIES))
_WORDS = strings(list(WORDS))


def _names(codes: Ints) -> pd.Series:
    return text(take(_CATEGORIES, np.where(codes == NONE, -1, codes)))


def _known_dates(day: Ints) -> np.ndarray:
    return dates(np.where(day == FAR, NO_DATE, day))


def counted(series: Series, timepoints: Timepoints, stop: Ints) -> Bools:
    """Return which time points count: none after the first progression, none that began after a new therapy."""
    earlier = any_before(series.overall == PD, timepoints.reader)
    return (timepoints.rank > 0) & ~earlier & (timepoints.first <= stop[timepoints.reader])


@reusable
def timepoint_frame(
    name: str,
    series: Series,
    timepoints: Timepoints,
    readers: Readers,
    counting: Bools,
    named: Named,
    criteria: Criteria,
) -> pd.DataFrame:
    """Return the time points of one compartment with everything that decided them."""
    rows = np.flatnonzero(timepoints.rank > 0)
    reader = timepoints.reader[rows]
    s = {k: v[rows] for k, v in vars(series).items() if k != "cells"}
    has_base, has_nadir, has_sum = (s[k] != FAR for k in ("baseline_um", "nadir_um", "sum_um"))
    # A part of a sum is no sum; it only shows a change where it already is progression.
    changes = has_sum & (s["complete"] | (s["target"] == PD))
    from_base, from_nadir = changes & has_base, changes & has_nadir
    progression = _known_dates(s["progression_day"])
    nadir_rank = np.where(has_nadir, timepoints.rank[np.where(has_nadir, s["nadir_at"], 0)], 0)
    return pd.DataFrame(
        {
            "patient_id": text(take(readers.patients, readers.patient[reader])),
            "compartment": text(phrase([name], np.zeros(len(rows), np.int64))),
            "evaluator": text(take(readers.evaluators, readers.evaluator[reader])),
            "timepoint": timepoints.rank[rows],
            "assessment": text(take(timepoints.label, rows)),
            "assessment_date": dates(timepoints.first[rows]),
            "last_date": dates(timepoints.last[rows]),
            "day": pd.array(timepoints.first[rows] - readers.origin[reader], dtype="Int64"),
            "targets": s["targets"],
            "targets_evaluated": s["evaluated"],
            "baseline_mm": millimetres(s["baseline_um"], has_base),
            "nadir_mm": millimetres(s["nadir_um"], has_nadir),
            "nadir_timepoint": pd.arrays.IntegerArray(nadir_rank, ~has_nadir),
            "sum_mm": millimetres(s["sum_um"], has_sum),
            "sum_complete": pd.array(s["complete"], dtype="boolean"),
            "change_from_baseline_mm": millimetres(s["sum_um"] - s["baseline_um"], from_base),
            "change_from_baseline_percent": percent(s["sum_um"] - s["baseline_um"], s["baseline_um"], from_base),
            "change_from_nadir_mm": millimetres(s["sum_um"] - s["nadir_um"], from_nadir),
            "change_from_nadir_percent": percent(s["sum_um"] - s["nadir_um"], s["nadir_um"], from_nadir),
            "target_response": _names(s["shown_target"]),
            "nontarget_response": _names(s["nontarget"]),
            "new_lesion": s["new_lesion"],
            "equivocal_lesion": s["equivocal"],
            "overall_response": _names(s["display"]),
            "response_date": dates(s["response_day"]),
            "progression_date": progression,
            "counted": counting[rows],
            "rule": text(take(_RULES, s["rule"])),
            "not_evaluated": text(take(named.lacking, rows)),
            "measurement_ids": text(take(named.measurements, rows)),
            "sentence": text(sentences(series, rows, timepoints.has_baseline[reader], named, criteria)),
        }
    )


@reusable
def best_frame(
    name: str,
    series: Series,
    timepoints: Timepoints,
    readers: Readers,
    counting: Bools,
    window: tuple[Ints, Ints] | None,
    lesions: tuple[Ints, Ints],
    criteria: Criteria,
) -> pd.DataFrame:
    """Return the best response of every reader in one compartment.

    Parameters
    ----------
    counting : array of bool
        Which time points count.
    window : pair of arrays of int, or None
        First and last day, for each reader, between which the response is read.
    lesions : pair of arrays of int
        Targets and non-targets of each reader in the compartment.
    """
    size = len(readers.patient)
    rows = np.flatnonzero(counting)
    reader, day = timepoints.reader[rows], series.response_day[rows]
    candidate = None
    if window is not None:
        progression = series.overall[rows] == PD
        candidate = ((day >= window[0][reader]) | progression) & (day <= window[1][reader])
    found = best(
        reader,
        day,
        series.overall[rows],
        size,
        origin=readers.origin,
        has_targets=lesions[0] > 0,
        criteria=criteria,
        for_confirmation=series.for_confirmation[rows],
        candidate=candidate,
    )
    after = counts(timepoints.reader[timepoints.rank > 0], size)
    complete = rows[series.complete[rows]]
    least = smallest(series.sum_um[complete], timepoints.reader[complete], size)
    start = np.where(timepoints.has_baseline, timepoints.start, -1)
    baseline_day = np.r_[timepoints.last, NO_DATE][start]
    baseline_um = np.where(timepoints.has_baseline, np.r_[series.baseline_um, FAR][start], FAR)
    empty = timepoints.has_baseline & (lesions[0] + lesions[1] == 0)
    missing = (after == 0) & ~empty
    ned = (after == 0) & empty
    response, confirmed = (
        np.select([missing, ned], [no_assessment(criteria), CATEGORIES.index("NED")], r)
        for r in (found.response, found.confirmed)
    )
    rule = np.select(
        [missing & (readers.origin == NO_DATE), missing, ned],
        [CODE["best.missing.no_day_0"], CODE["best.missing.no_assessment"], CODE["best.ned"]],
        found.rule,
    )
    special = phrase(
        [
            "There is no day 0.",
            "There is no assessment after baseline.",
            "There was no disease at baseline and no assessment after it.",
            "No time point counts.",
        ],
        np.select([missing & (readers.origin == NO_DATE), missing, ned, found.row < 0], [0, 1, 2, 3], -1),
    )
    padded = np.r_[day, NO_DATE]
    said = np.where(response == len(CATEGORIES), 0, response), np.where(confirmed == len(CATEGORIES), 0, confirmed)
    reason = best_reason(*said, padded[found.row], counts(reader, size), rule, special, criteria)
    return pd.DataFrame(
        {
            "patient_id": text(take(readers.patients, readers.patient)),
            "compartment": text(phrase([name], np.zeros(size, np.int64))),
            "evaluator": text(take(readers.evaluators, readers.evaluator)),
            "has_baseline": timepoints.has_baseline,
            "baseline_date": dates(baseline_day),
            "targets": lesions[0],
            "nontargets": lesions[1],
            "timepoints": after,
            "best_response": text(take(_WORDS, response)),
            "best_response_date": dates(padded[found.row]),
            "confirmed_response": text(take(_WORDS, confirmed)),
            "confirmed_response_date": dates(padded[found.confirmed_row]),
            "first_response_date": dates(padded[found.first_response]),
            "first_confirmed_date": dates(padded[found.first_confirmed]),
            "first_progression_date": dates(padded[found.first_progression]),
            "last_evaluable_date": dates(padded[found.last_evaluable]),
            "baseline_mm": millimetres(baseline_um, baseline_um != FAR),
            "smallest_mm": millimetres(least, least != FAR),
            "best_change_percent": percent(least - baseline_um, baseline_um, (least != FAR) & (baseline_um != FAR)),
            "rule": text(take(_RULES, rule)),
            "reason": text(reason),
        }
    )


@reusable
def lesion_frame(
    grid: Grid,
    lesions: Lesions,
    readers: Readers,
    readings: Readings,
    timepoints: Timepoints,
    treated: Treated,
    scan_records: pa.Array,
    compartments: list[str],
    roles: tuple[str, ...],
) -> pd.DataFrame:
    """Return what each lesion contributed to each time point it was read at, or had merged by.

    Contract LESION_CHANGES. The records are those of the reading, its scan and the lesion.
    """
    shown = np.flatnonzero((grid.reading >= 0) | (grid.absorbed & (grid.day != FAR)))
    lesion, reading = grid.lesion[shown], grid.reading[shown]
    merged = grid.absorbed[shown]
    # A lesion that its fragments have replaced adds nothing of its own.
    diameter = np.where(grid.due[shown], grid.diameter[shown], -1)
    base_row = grid.start[lesion]
    at_base = timepoints.rank[grid.timepoint[base_row]] == 0 if len(shown) else np.zeros(0, bool)
    baseline = np.where(at_base, grid.diameter[base_row], -1) if len(shown) else diameter
    both = (diameter >= 0) & (baseline >= 0)
    reader = lesions.reader[lesion]
    own = take(lesions.records, lesion)
    # What has merged is read on the other lesion.
    other = np.where(merged, grid.reading[grid.survivor[shown]], -1)
    source = np.where(other >= 0, other, reading)
    scan = np.r_[readings.scan, -1][source]
    read = join(take(readings.records, source), " ", take(scan_records, scan), " ", own)
    status = np.where(merged, len(STATUS), grid.status[shown])
    status = np.where(treated.cell[shown], len(STATUS) + 1, status)
    frame = pd.DataFrame(
        {
            "patient_id": text(take(readers.patients, readers.patient[reader])),
            "evaluator": text(take(readers.evaluators, readers.evaluator[reader])),
            "lesion_id": text(take(lesions.ids, lesion)),
            "compartment": text(take(strings(compartments or [""]), lesions.compartment[lesion])),
            "role": text(take(strings(list(roles)), lesions.role[lesion])),
            "nodal": lesions.nodal[lesion],
            "timepoint": timepoints.rank[grid.timepoint[shown]],
            "assessment_date": dates(grid.day[shown]),
            "status": text(take(strings([*STATUS, MERGED, TREATED]), status)),
            "diameter_mm": millimetres(diameter, diameter >= 0),
            "imputed": grid.imputed[shown] & (diameter >= 0),
            "baseline_mm": millimetres(baseline, baseline >= 0),
            "change_percent": percent(diameter - baseline, baseline, both),
            "record_ids": text(pa.compute.coalesce(read, own)),
        }
    )
    return conform(frame, LESION_CHANGES)


@reusable
def unread_frame(
    patients: pa.Array, evaluator: str, names: list[str], origin: Mapping[str, Ints], criteria: Criteria
) -> pd.DataFrame:
    """Return a best response of nothing in every compartment for patients whom an evaluator did not read."""
    n, word = len(patients), WORDS[no_assessment(criteria)]
    no_day_0 = origin["day"] == NO_DATE
    rule = np.where(no_day_0, CODE["best.missing.no_day_0"], CODE["best.missing.no_reading"])
    gap, none = np.full(n, np.datetime64("NaT", "us")), np.full(n, np.nan)
    parts = [
        pd.DataFrame(
            {
                "patient_id": text(patients),
                "compartment": name,
                "evaluator": evaluator,
                "has_baseline": False,
                "baseline_date": gap,
                "targets": 0,
                "nontargets": 0,
                "timepoints": 0,
                "best_response": word,
                "best_response_date": gap,
                "confirmed_response": word,
                "confirmed_response_date": gap,
                "first_response_date": gap,
                "first_confirmed_date": gap,
                "first_progression_date": gap,
                "last_evaluable_date": gap,
                "baseline_mm": none,
                "smallest_mm": none,
                "best_change_percent": none,
                "rule": text(take(_RULES, rule)),
                "reason": np.where(no_day_0, "There is no day 0.", f"No reading by {evaluator}."),
            }
        )
        for name in names
    ]
    return conform(pd.concat(parts, ignore_index=True), BEST_RESPONSES)
