"""Checks of what has to fit together over the records of one patient: order of assessments, sex and organ, units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from .checks_series import _before, _factor, _series, _standing_out, _with_rows
from .judged import Judged, Known, Outcome, look_up

Settings = Mapping[str, Any]


def assessment_order(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail scans whose date contradicts the number of their assessment (B02 dated before B01, or after B03).

    Assessments whose names differ in a number at the end alone are compared. Of the scans of a patient that contradict
    each other those with most contradictions fail: the one that was moved past several others, or both of a pair.
    """
    scans = tables["scans"]
    parts = scans["assessment"].str.extract(r"^(.*?)(\d{1,6})$")
    number = pd.to_numeric(parts[1]).astype("float64")
    rows = pd.DataFrame(
        {"patient": scans["patient_id"], "name": parts[0], "number": number, "date": scans["scan_date"]}
    )
    rows = rows.rename_axis("row").reset_index().dropna()
    # In the order of their numbers, dates may only rise; pairs are looked at for the few patients where they do not.
    rows = rows.sort_values(["patient", "name", "number", "date"], kind="stable")
    series = rows.groupby(["patient", "name"], sort=False)
    highest = series["date"].cummax()
    own_first = rows.groupby(["patient", "name", "number"], sort=False)["date"].transform("min")
    bent = (own_first < highest.groupby([rows["patient"], rows["name"]], sort=False).shift()).to_numpy(dtype=bool)
    failed = np.zeros(len(scans), dtype=bool)
    if bent.any():
        few = rows[rows["patient"].isin(rows.loc[bent, "patient"])]
        pairs = few.merge(few, on=["patient", "name"], suffixes=("", "_other"))
        against = (pairs["number"] < pairs["number_other"]) & (pairs["date"] > pairs["date_other"])
        against |= (pairs["number"] > pairs["number_other"]) & (pairs["date"] < pairs["date_other"])
        counts = pairs[against.to_numpy(dtype=bool)].groupby(["patient", "name", "row"]).size()
        most = counts.groupby(level=["patient", "name"]).transform("max")
        failed[counts.index[(counts == most).to_numpy()].get_level_values("row")] = True
    return Outcome(failed)


def site_of_other_sex(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail lesions in an organ that the other sex has."""
    lesions, patients = tables["lesions"], tables["patients"]
    sex = look_up(lesions["patient_id"], patients.set_index("patient_id")["sex"])
    failed = np.zeros(len(lesions), dtype=bool)
    for own, organs in (("F", parameters["of_women"]), ("M", parameters["of_men"])):
        named = [o.strip() for o in organs.split(",")]
        there = lesions["site"].isin(named) | lesions["organ"].isin(named)
        failed |= there.to_numpy(dtype=bool) & (sex.notna() & (sex != own)).to_numpy(dtype=bool)
    return Outcome(failed, {"sex": sex})


def two_deaths(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail deaths of a patient who is recorded to have died on different days."""
    news = tables["follow_up"]
    dead = (news["vital_status"] == "dead").to_numpy(dtype=bool)
    dates = news["follow_up_date"].where(dead)
    of = dates.groupby(news["patient_id"])
    first, last = of.transform("min"), of.transform("max")
    failed = dead & (first != last).to_numpy(dtype=bool)
    return Outcome(failed, {"first_death": first, "last_death": last})


def unit_jump(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail values of a marker that differ by a factor of hundreds from the one beside it.

    Values are compared as multiples of the upper limit of normal, or as they are where none of the patient's has one.
    Of the two values of a jump the one that stands out fails.
    """
    rows = tables["markers"]
    multiple = rows["value"].astype("float64") / rows["upper_limit"].astype("float64")
    groups = [rows["patient_id"], rows["marker"]]
    bare = multiple.notna().groupby(groups).transform("any")
    size = multiple.where(bare, rows["value"].astype("float64"))
    place = rows.groupby(["patient_id", "marker"], sort=False).ngroup().to_numpy()
    day = rows["marker_date"].to_numpy().astype("int64")
    name = pd.factorize(rows["marker_id"].astype(object), sort=True)[0]
    order = np.lexsort((name, day, place))
    order = order[(size.to_numpy() > 0)[order]]
    values, place = size.to_numpy()[order], place[order]
    follows = np.r_[np.zeros(min(1, len(order)), dtype=bool), place[1:] == place[:-1]]
    jump = _factor(values, _before(values, follows), parameters)
    failed, before = np.zeros(len(rows), dtype=bool), np.full(len(rows), np.nan)
    failed[order[_standing_out(values, follows, jump)]] = True
    before[order] = np.where(follows, _before(rows["value"].to_numpy(dtype="float64")[order], follows), np.nan)
    return Outcome(failed, {"value_before": pd.Series(before).astype("Float64")})


def one_axis_copied(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail readings that repeat one diameter to the tenth of a millimetre, in runs of at least `scans` readings.

    Diameters in whole millimetres repeat by chance and are passed over. Runs in which both diameters repeat are the
    matter of `copy_forward`.
    """
    whole = tables.once("series", _series)
    failed = np.zeros(len(whole.rows), dtype=bool)
    both = whole.follows.copy()
    for axis in (whole.longest, whole.short):
        same = whole.follows & (axis > 0) & (axis == _before(axis, whole.follows))
        both &= same
        fine = same & (axis % 1000 != 0)
        run = np.cumsum(~fine)
        length = np.bincount(run, minlength=1)[run] if len(run) else run
        failed |= fine & (length >= parameters["scans"])
    run = np.cumsum(~both)
    copied = both & (np.bincount(run, minlength=1)[run] >= parameters["scans"]) if len(run) else both
    return _with_rows(tables, whole, failed & ~copied, {})


CHECKS: dict[str, Known] = {
    "assessment_order": Known(assessment_order, ("scans",)),
    "site_of_other_sex": Known(site_of_other_sex, ("lesions",), {"of_women": "text", "of_men": "text"}),
    "two_deaths": Known(two_deaths, ("follow_up",)),
    "unit_jump": Known(unit_jump, ("markers",), {"least_factor": "number", "most_factor": "number"}),
    "one_axis_copied": Known(one_axis_copied, ("measurements",), {"scans": "number"}),
}
