"""Metabolic responses in words: reason, label and the sentence of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .arrays import Ints, days, strings, take, text
from .metabolic_criteria import CODE, FDG_CRITERIA, MILLION, NE, UNKNOWN, Criteria
from .sentences import changes, days_as_text, each, join

FDG = "18F-FDG"
OFF_LABEL = "off label: FDG criteria on a somatostatin-receptor tracer"
FDG_UNKNOWN = "FDG criteria; the tracer is not known"
SCORE_ON_FDG = "off label: a somatostatin-receptor score on FDG"
SOURCES = {"suvmax": "EORTC 1999", "suvpeak": "PERCIST 1.0"}

_MEANING = (
    "complete metabolic response",
    "partial metabolic response",
    "stable metabolic disease",
    "progressive metabolic disease",
    "not evaluable",
)
_NOTES = {
    "metabolic.pmd.new_lesion": "; a new lesion takes up the tracer",
    "metabolic.smd.other_lesion_rose": "; another lesion rose",
    "metabolic.ne.lesion_not_read": "; a lesion that could undo the fall was not read again",
    "metabolic.cmr.sulpeak": "; now below the liver",
}


def describe(
    frame: pd.DataFrame,
    rule: Ints,
    category: Ints,
    baseline: Ints,
    best: Ints,
    criteria: Criteria,
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Return label, reason and sentence of each row.

    Parameters
    ----------
    frame : DataFrame
        compartment, tracer, modality, baseline_date, best_tracer, best_modality, best_date.
    rule, category : arrays of int
        What decided, and what it gives.
    baseline, best : arrays of int
        Values in millionths, `UNKNOWN` where there is none.
    criteria : Criteria
        The study's.
    settings : mapping
        The study's section `metabolic`, for the numbers as they are written there.
    """
    label = labels(frame, criteria)
    reason = _reasons(frame, rule, category, baseline, best, criteria, settings)
    return {
        "label": text(label).array,
        "reason": text(reason).array,
        "sentence": text(_sentences(frame, rule, category, baseline, best, criteria, reason, label)).array,
    }


def labels(frame: pd.DataFrame, criteria: Criteria) -> pa.Array:
    """Return what a reader must know of the method: a criterion on a tracer that it was not made for."""
    seen = [frame[c] for c in ("tracer", "best_tracer")]
    known = np.logical_or.reduce([t.notna().to_numpy() for t in seen])
    other = np.logical_or.reduce([(t.notna() & (t != FDG)).to_numpy(dtype=bool) for t in seen])
    glucose = np.logical_or.reduce([(t == FDG).fillna(False).to_numpy(dtype=bool) for t in seen])
    which = np.full(len(frame), -1, np.int64)
    if criteria.method in FDG_CRITERIA:
        read = frame["baseline_date"].notna().to_numpy()
        which = np.select([other, read & ~known], [0, 1], -1)
    elif criteria.method == "krenning_drop":
        which = np.where(glucose, 2, -1)
    return take(strings([OFF_LABEL, FDG_UNKNOWN, SCORE_ON_FDG]), which)


def _asked(criteria: Criteria, settings: Mapping[str, Any]) -> str:
    """Return what the method asks for, in words."""
    if criteria.method == "krenning_drop":
        return f"a fall of {settings['krenning_drop']} asked for"
    if criteria.method == "suvmax":
        return f"a fall of {settings['suvmax_drop_percent']:g} % asked for (EORTC 1999 for FDG"
    drop = f"{settings['suvpeak_drop_percent']:g} % and {settings['suvpeak_drop_units']:g}"
    return f"a fall of {drop} asked for (PERCIST 1.0 for FDG"


def _nothing_to_fall(criteria: Criteria, settings: Mapping[str, Any]) -> str:
    if criteria.method == "krenning_drop":
        grades = settings["krenning_drop"]
        return f"a Krenning score below {grades} at baseline cannot fall by {grades}"
    if criteria.method == "suvpeak":
        units = settings["suvpeak_drop_units"]
        return f"a SULpeak below {units:g} at baseline cannot fall by {units:g}"
    return "no uptake at baseline that could fall"


def _values(codes: Ints) -> pa.Array:
    """Return values in millionths as text, as many decimals as they have."""
    return each(np.where(codes == UNKNOWN, 0, codes), lambda v: f"{v / MILLION:.6f}".rstrip("0").rstrip("."))


def _reasons(
    frame: pd.DataFrame,
    rule: Ints,
    category: Ints,
    baseline: Ints,
    best: Ints,
    criteria: Criteria,
    settings: Mapping[str, Any],
) -> pa.Array:
    unknown = pa.scalar("of an unknown kind", pa.large_string())
    fixed = {
        "metabolic.ne.no_baseline": f"no {criteria.score} on or before day 0",
        "metabolic.ne.no_later_reading": f"no {criteria.score} after day 0",
        "metabolic.ne.after_new_therapy": f"no {criteria.score} after day 0 and before another therapy",
        "metabolic.ne.tracer_unknown": "the tracer at baseline is not known",
    }
    which = np.select([rule == CODE[r] for r in fixed], range(len(fixed)), -1)
    told = take(strings(list(fixed.values())), which)
    tracer = pc.coalesce(strings(frame["tracer"]), pa.scalar("a known tracer", pa.large_string()))
    kind = pc.coalesce(strings(frame["modality"]), unknown)
    told = _where(
        rule == CODE["metabolic.ne.tracer_changed"],
        join("no later scan with ", tracer, ", the tracer at baseline"),
        told,
    )
    told = _where(
        rule == CODE["metabolic.ne.modality_changed"],
        join("no later scan by ", kind, ", the kind of scan at baseline"),
        told,
    )
    told = _where(
        rule == CODE["metabolic.local"],
        join("recorded by the centre: ", take(strings(list(_MEANING)), category)),
        told,
    )
    if criteria.method == "local_category":
        return told
    told = _where(
        rule == CODE["metabolic.ne.nothing_to_fall"], _repeat(_nothing_to_fall(criteria, settings), len(frame)), told
    )
    end = _asked(criteria, settings)
    compared = join(f"{criteria.score} ", _values(baseline), " to ", _values(best), ", ", _repeat(end, len(frame)))
    if criteria.method in FDG_CRITERIA:
        off = (pc.equal(labels(frame, criteria), OFF_LABEL)).fill_null(False)
        endings = strings([")", ", off label here)"])
        compared = join(compared, take(endings, off.to_numpy(zero_copy_only=False).astype(np.int64)))
    notes = take(strings(list(_NOTES.values())), np.select([rule == CODE[r] for r in _NOTES], range(len(_NOTES)), -1))
    compared = join(compared, pc.coalesce(notes, pa.scalar("", pa.large_string())))
    return pc.coalesce(told, compared)


def _where(test: np.ndarray, yes: pa.Array, no: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(test), yes, no)


def _repeat(words: str, size: int) -> pa.Array:
    return take(strings([words]), np.zeros(size, np.int64))


def _scan(tracer: pd.Series, modality: pd.Series, date: pd.Series) -> pa.Array:
    """Return ``68Ga-DOTATOC, PET, 2020-04-10`` of each row, without what is not known."""
    none = pa.scalar("", pa.large_string())
    tracers, kinds = (pc.coalesce(join(strings(v), ", "), none) for v in (tracer, modality))
    return join(tracers, kinds, pc.coalesce(days_as_text(days(date)), none))


def _sentences(
    frame: pd.DataFrame,
    rule: Ints,
    category: Ints,
    baseline: Ints,
    best: Ints,
    criteria: Criteria,
    reason: pa.Array,
    label: pa.Array,
) -> pa.Array:
    place = join("", pc.replace_substring(strings(frame["compartment"]), "_", " "))
    meaning = take(strings(list(_MEANING)), category)
    before = _scan(frame["tracer"], frame["modality"], frame["baseline_date"])
    after = _scan(frame["best_tracer"], frame["best_modality"], frame["best_date"])
    closing = join(": ", meaning, ".")
    if criteria.method == "local_category":
        said = join("Recorded by the centre, ", place, " (", after, ")", closing)
    else:
        share = criteria.fall_percent * 10
        limit = int(share) if share and share.denominator == 1 else -1
        whole = np.where(baseline > 0, baseline, 0)
        part = np.where(best != UNKNOWN, best - baseline, 0)
        percent = take(strings([""]), np.zeros(len(frame), np.int64))
        if criteria.method in FDG_CRITERIA:
            met = np.where(part < 0, criteria.fell(best, baseline), criteria.rose(best, baseline))
            percent = _where(whole > 0, changes(part, whole, limit, met), percent)
        notes = np.select([rule == CODE[r] for r in _NOTES], range(len(_NOTES)), -1)
        note = pc.coalesce(take(strings(list(_NOTES.values())), notes), pa.scalar("", pa.large_string()))
        head = f"Highest {criteria.score}, "
        said = join(
            head, place, ": ", _values(baseline), " (", before, "), then ", _values(best), " (", after, ")", percent,
            note, closing,
        )  # fmt: skip
    lost = (category == NE) & ~(rule == CODE["metabolic.ne.lesion_not_read"])
    said = _where(lost, join("Metabolic response, ", place, ": not evaluable, ", reason, "."), said)
    ending = pc.coalesce(join(" (", label, ".)"), pa.scalar("", pa.large_string()))
    if criteria.method in SOURCES:
        source = _repeat(f" Criteria: {SOURCES[criteria.method]}", len(frame))
        ending = pc.coalesce(join(source, "; ", label, "."), join(source, "."))
    return join(said, _where(lost, _repeat("", len(frame)), ending))
