"""Checks of lesions and of readings against their lesion, scan and baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..tables.views import baseline_lesions
from .judged import Judged, Known, Outcome, among, look_up, true

Settings = Mapping[str, Any]
DIAMETERS = ["longest_diameter_um", "short_axis_um"]


def duplicate_reading(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail readings of one lesion on one scan that do not say the same."""
    rows = tables["measurements"]
    place, content = ["lesion_id", "scan_id"], ["status", *DIAMETERS, "density_hu"]
    shared = rows.duplicated(place, keep=False).to_numpy()
    few = rows.loc[shared, [*place, *content]]
    # Among readings of one place, those with a content of their own make the place differ.
    differs = few.drop_duplicates().duplicated(place, keep=False)
    places = few.loc[differs.index[differs.to_numpy()], place].drop_duplicates()
    found = few[place].merge(places.assign(differs=True), on=place, how="left")["differs"]
    failed = np.zeros(len(rows), dtype=bool)
    failed[shared] = found.notna().to_numpy()
    return Outcome(failed)


def other_patient(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail readings whose patient is not that of their lesion or of their scan."""
    rows = tables[parameters["table"]]
    lesion = look_up(rows["lesion_id"], tables["lesions"].set_index("lesion_id")["patient_id"])
    scan = look_up(rows["scan_id"], tables["scans"].set_index("scan_id")["patient_id"])
    mine = rows["patient_id"]
    failed = (lesion.notna() & (lesion != mine)) | (scan.notna() & (scan != mine))
    return Outcome(failed.to_numpy(dtype=bool), {"lesion's": lesion, "scan's": scan})


def new_lesion_at_baseline(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail readings on or before day 0 that see a lesion recorded as new."""
    rows, lesions = tables["measurements"], tables["lesions"]
    new = lesions.loc[(lesions["role"] == "new").to_numpy(dtype=bool), "lesion_id"]
    failed = np.zeros(len(rows), dtype=bool)
    zero = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
    at = among(rows["lesion_id"], new)
    few = rows[at]
    zero[at] = tables.zero_of(few)
    seen = ~few["status"].isin(["absent", "not_evaluable"])
    failed[at] = ((tables.measurement_dates[at] <= zero[at]) & seen).to_numpy(dtype=bool)
    return Outcome(failed, {"scan_date": tables.measurement_dates, "day_0": zero})


def target_not_measurable(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail targets that were too small at baseline, or treated locally before (RECIST 1.1, 3.1).

    A lesion is judged by the axis by which the study sums it: 15 mm for the short axis of a node, else 10 mm or
    twice the thickness of slices above 5 mm. A target without a baseline is the matter of `target_without_baseline`.
    """
    lesions, scans = tables["lesions"], tables["scans"]
    target = (lesions["role"] == "target").to_numpy(dtype=bool)
    early = scans.loc[(scans["scan_date"] <= tables.zero_of(scans)).to_numpy(dtype=bool), "scan_id"]
    rows = tables["measurements"]
    read = rows[among(rows["scan_id"], early) & among(rows["lesion_id"], lesions.loc[target, "lesion_id"])]
    origins = tables.day_zero.rename("origin_date").rename_axis("patient_id").reset_index()
    baseline = baseline_lesions(lesions[target], read, scans, origins).set_index("lesion_id")
    names = lesions["lesion_id"]
    longest = look_up(names, baseline["longest_diameter_um"])
    short = look_up(names, baseline["short_axis_um"])
    size = short.where(tables.by_short_axis, longest)
    slices = pd.Series(baseline["slice_thickness_mm"].astype("Float64"))
    thickness = look_up(names, slices).astype("float64")
    least = np.full(len(lesions), 1000.0 * parameters["measurable_mm"])
    thick = (thickness > parameters["thick_above_mm"]).to_numpy()
    least = np.where(thick, np.fmax(least, 2000.0 * thickness.to_numpy()), least)
    node = tables.by_short_axis & true(lesions["nodal"])
    least = np.where(node, 1000.0 * parameters["measurable_node_mm"], least)
    small = true(size < np.rint(least))
    failed = target & (small | true(lesions["prior_local_therapy"]))
    return Outcome(failed, {"baseline_um": size, "slice_thickness_mm": thickness})


def _counted(tables: Judged, parameters: Settings, more: list[pd.Series]) -> Outcome:
    """Fail targets of groups (patient, evaluator, compartment where it counts, `more`) above the limit."""
    lesions = tables["lesions"]
    keys = [lesions["patient_id"], lesions["evaluator"], *more]
    if parameters["scope"] == "per_compartment":
        keys.append(tables.compartments.fillna("(none)"))
    chosen = (lesions["role"] == "target").to_numpy(dtype=bool) & lesions["split_from"].isna().to_numpy()
    groups = pd.concat([k[chosen] for k in keys], axis=1, keys=range(len(keys)))
    # A lesion whose organ is unknown is in no group: it cannot be one too many.
    size = groups.assign(one=1).groupby(list(groups.columns))["one"].transform("size")
    counts = size.astype("Int64").reindex(lesions.index)
    return Outcome(true(counts > parameters["limit"]), {"targets": counts})


def too_many_targets(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail targets of a patient and evaluator (and compartment, by the scope) with more than `limit` of them."""
    return _counted(tables, parameters, [])


def too_many_targets_per_organ(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail targets of a patient and evaluator with more than `limit` in one organ; lymph nodes are one organ."""
    lesions = tables["lesions"]
    return _counted(tables, parameters, [lesions["organ"].mask(true(lesions["nodal"]), "lymph nodes")])


def target_without_baseline(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail targets of treated patients that have no size (or `too_small`) on or before day 0.

    Not asked of fragments of a target, nor where a reading of the lesion is in quarantine: it may be the one.
    """
    lesions, rows = tables["lesions"], tables["measurements"]
    sized = rows[DIAMETERS].notna().any(axis=1) | (rows["status"] == "too_small")
    early = (tables.measurement_dates <= tables.zero_of(rows)) & sized
    has = among(lesions["lesion_id"], rows.loc[early.to_numpy(dtype=bool), "lesion_id"])
    lost = tables.lost("measurements")
    nameless = lost.loc[lost["lesion_id"].isna(), "patient_id"]
    maybe = among(lesions["lesion_id"], lost["lesion_id"]) | among(lesions["patient_id"], nameless)
    asked = (lesions["role"] == "target") & lesions["split_from"].isna() & tables.zero_of(lesions).notna()
    return Outcome((asked & ~has & ~maybe).to_numpy(dtype=bool))


def compartment_unknown(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail lesions for which no compartment's condition is true."""
    return Outcome(tables.compartments.isna().to_numpy())


def tracer_changed(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail uptake read after day 0 with a tracer that was not used on the patient's last uptake scan before."""
    rows = tables["uptake"]
    date, zero = tables.scan_dates(rows), tables.zero_of(rows)
    last = date.where(date <= zero).groupby(rows["patient_id"]).transform("max")
    baseline = rows.loc[(date == last).to_numpy(dtype=bool), ["patient_id", "tracer"]].dropna()
    known = among(rows["patient_id"], baseline["patient_id"]) & rows["tracer"].notna().to_numpy()
    pairs = rows[["patient_id", "tracer"]].merge(
        baseline.drop_duplicates().assign(same=True), on=["patient_id", "tracer"], how="left"
    )
    failed = (date > zero).to_numpy(dtype=bool) & known & pairs["same"].isna().to_numpy()
    first = baseline.sort_values(["patient_id", "tracer"]).drop_duplicates("patient_id")
    return Outcome(failed, {"at_baseline": look_up(rows["patient_id"], first.set_index("patient_id")["tracer"])})


LESIONS, READINGS = ("lesions",), ("measurements",)
LIMIT = {"limit": "number", "scope": "text"}

CHECKS: dict[str, Known] = {
    "duplicate_reading": Known(duplicate_reading, READINGS),
    "other_patient": Known(other_patient, ("measurements", "uptake")),
    "new_lesion_at_baseline": Known(new_lesion_at_baseline, READINGS),
    "target_not_measurable": Known(
        target_not_measurable,
        LESIONS,
        {"measurable_mm": "number", "measurable_node_mm": "number", "thick_above_mm": "number"},
    ),
    "too_many_targets": Known(too_many_targets, LESIONS, LIMIT),
    "too_many_targets_per_organ": Known(too_many_targets_per_organ, LESIONS, LIMIT),
    "target_without_baseline": Known(target_without_baseline, LESIONS),
    "compartment_unknown": Known(compartment_unknown, LESIONS),
    "tracer_changed": Known(tracer_changed, ("uptake",)),
}
