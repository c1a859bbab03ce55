"""Checks of lesions and of readings against their lesion, scan and baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..response.uptake_kinds import KINDS, kinds, kinds_differ
from ..tables.io import STRING
from ..tables.views import baseline_lesions
from .judged import Judged, Known, Outcome, among, contradicted, look_up, true

Settings = Mapping[str, Any]
DIAMETERS = ["longest_diameter_um", "short_axis_um"]


def duplicate_reading(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail readings of one lesion on one scan that do not say the same."""
    failed = contradicted(tables["measurements"], ["lesion_id", "scan_id"], ["status", *DIAMETERS, "density_hu"])
    return Outcome(failed.to_numpy(dtype=bool))


def same_day_reading(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail readings of one lesion on several scans of one day that do not say the same."""
    content = ["status", *DIAMETERS, "density_hu"]
    rows = tables["measurements"][["lesion_id", *content]].assign(scan_date=tables.measurement_dates)
    rows = rows[(rows["status"] != "not_evaluable") & rows["scan_date"].notna()]
    failed = contradicted(rows, ["lesion_id", "scan_date"], content)
    failed = failed.reindex(tables["measurements"].index, fill_value=False)
    return Outcome(failed.to_numpy(dtype=bool), {"scan_date": tables.measurement_dates})


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


SIDE = r"(?i)[\s_,;()-]*\b(?:left|right|bilateral)\b[\s_,;()-]*"


def organs(lesions: pd.DataFrame) -> pd.Series:
    """Return the organ of each lesion as RECIST 1.1 counts it: lymph nodes are one, and paired organs are."""
    code, names = pd.factorize(lesions["organ"])
    one = pd.Series(names, dtype=STRING).str.replace("_", " ").str.replace(SIDE, " ", regex=True)
    one = one.str.strip().str.casefold()
    organ = pd.Series(one.array.take(code, allow_fill=True), index=lesions.index)
    return organ.mask(true(lesions["nodal"]), "lymph nodes")


def too_many_targets_per_organ(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail targets of a patient and evaluator with more than `limit` in one organ, as `organs` tells them apart."""
    return _counted(tables, parameters, [organs(tables["lesions"])])


def linked_elsewhere(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail lesions whose `column` names no other lesion of the same patient and evaluator."""
    lesions = tables["lesions"]
    named = lesions[str(parameters["column"])]
    whose = lesions.set_index("lesion_id")
    patient, evaluator = look_up(named, whose["patient_id"]), look_up(named, whose["evaluator"])
    right = (patient == lesions["patient_id"]) & (evaluator == lesions["evaluator"]) & (named != lesions["lesion_id"])
    failed = named.notna().to_numpy() & ~true(right)
    return Outcome(failed, {"patient_of_it": patient, "evaluator_of_it": evaluator})


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


def modality_changed(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail uptake read after day 0 on another kind of scan than the patient's last uptake scans before."""
    rows = tables["uptake"]
    date, zero = tables.scan_dates(rows), tables.zero_of(rows)
    modality = look_up(rows["scan_id"], tables["scans"].set_index("scan_id")["modality"])
    kind = kinds(modality, rows["tracer"])
    last = date.where(date <= zero).groupby(rows["patient_id"]).transform("max")
    at = (date == last).to_numpy(dtype=bool) & (kind >= 0)
    baseline = pd.DataFrame({"patient_id": rows.loc[at, "patient_id"], "first": kind[at]}).drop_duplicates()
    later = rows[["patient_id"]].assign(row=np.arange(len(rows)), kind=kind)[(date > zero).to_numpy(dtype=bool)]
    pairs = later.merge(baseline, on="patient_id")
    # Where the baseline has several kinds, one of them being like the later scan is enough.
    alike = pairs.loc[~kinds_differ(pairs["kind"].to_numpy(), pairs["first"].to_numpy()), "row"]
    failed = np.zeros(len(rows), dtype=bool)
    failed[pairs["row"].to_numpy()] = True
    failed[alike.to_numpy()] = False
    first = baseline.sort_values(["patient_id", "first"]).drop_duplicates("patient_id").set_index("patient_id")["first"]
    shown = look_up(rows["patient_id"], first.map(dict(enumerate(KINDS))).astype(STRING))
    return Outcome(failed, {"modality": modality, "at_baseline": shown})


LESIONS, READINGS = ("lesions",), ("measurements",)
LIMIT = {"limit": "number", "scope": "text"}

CHECKS: dict[str, Known] = {
    "duplicate_reading": Known(duplicate_reading, READINGS),
    "same_day_reading": Known(same_day_reading, READINGS),
    "linked_elsewhere": Known(linked_elsewhere, LESIONS, {"column": "column"}),
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
    "modality_changed": Known(modality_changed, ("uptake",)),
}
