"""Readers beside each other: the time points of one patient as two evaluators read them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ..tables.io import conform, empty
from ..tables.results import READER_PAIRS
from .arrays import days
from .reasons import PAIR_REASONS

_KEYS = ["patient_id", "evaluator", "timepoint"]
_CARRIED = [
    "targets", "sum", "baseline", "overall_response", "target_response", "nontarget_response", "rule", "counted",
]  # fmt: skip


def reader_pairs(
    timepoints: pd.DataFrame,
    bests: pd.DataFrame,
    changes: pd.DataFrame,
    lesions: pd.DataFrame,
    primary: str,
    settings: Mapping[str, Any],
) -> pd.DataFrame:
    """Return the time points of every two readers of a patient side by side, in every compartment.

    Baselines are paired with each other. Time points after it are paired by the name of the assessment, then, where a
    name has no partner, by the nearest date within `match_days`; what is left stands alone. Which time points belong
    together does not depend on the compartment.

    Parameters
    ----------
    timepoints, bests, changes : DataFrame
        Contracts TIMEPOINT_RESPONSES, BEST_RESPONSES and LESION_CHANGES.
    lesions : DataFrame
        Registry table: the sites of the targets.
    primary : str
        The primary evaluator, who is reader A of every pair; otherwise readers are named in the order of the alphabet.
    settings : mapping
        The study's section `agreement`.

    Returns
    -------
    DataFrame
        Contract READER_PAIRS; empty where nobody was read twice.
    """
    if bests["evaluator"].nunique() < 2:
        return empty(READER_PAIRS)
    baselines = bests[bests["has_baseline"].to_numpy(dtype=bool)]
    whose = pd.concat([timepoints[["patient_id", "evaluator"]], baselines[["patient_id", "evaluator"]]])
    whose = whose.drop_duplicates()
    several = whose[whose.duplicated("patient_id", keep=False)]
    if several.empty:
        return empty(READER_PAIRS)
    names = sorted(several["evaluator"].unique().tolist(), key=lambda e: (e != primary, e))
    rows = _readings(timepoints, baselines, changes, lesions, several["patient_id"].drop_duplicates())
    at = rows[["patient_id", "evaluator", "timepoint", "assessment", "date"]].drop_duplicates(_KEYS)
    parts = []
    for a, b in combinations(names, 2):
        both = whose.loc[whose["evaluator"] == a, ["patient_id"]].merge(
            whose.loc[whose["evaluator"] == b, ["patient_id"]], on="patient_id"
        )
        if len(both):
            one, other = (
                at[(at["evaluator"] == e) & at["patient_id"].isin(both["patient_id"])].reset_index(drop=True)
                for e in (a, b)
            )
            matched = _match(one, other, settings["match_days"])
            parts.append(_beside(matched, rows, a, b))
    return conform(pd.concat(parts, ignore_index=True), READER_PAIRS) if parts else empty(READER_PAIRS)


def that_count(pairs: pd.DataFrame, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return the pairs that statistics and figure take, as `timepoints` of the study's section `agreement` says."""
    if settings["timepoints"] == "all":
        return pairs
    both = pairs["counted_a"].fillna(False) & pairs["counted_b"].fillna(False)
    return pairs[(both | (pairs["matched_by"] == "baseline")).to_numpy(dtype=bool)]


def _micrometres(millimetres: pd.Series) -> pd.Series:
    return (millimetres * 1000).round()


def _readings(
    timepoints: pd.DataFrame, baselines: pd.DataFrame, changes: pd.DataFrame, lesions: pd.DataFrame, who: pd.Series
) -> pd.DataFrame:
    """Return baselines and time points of the patients as one table, with complete sums in micrometres."""
    points = timepoints[timepoints["patient_id"].isin(who)]
    complete = points["sum_complete"].fillna(False).to_numpy(dtype=bool)
    points = points.assign(
        date=points["assessment_date"],
        sum=_micrometres(points["sum_mm"]).where(complete),
        baseline=_micrometres(points["baseline_mm"]),
        counted=points["counted"].astype("boolean"),
    )
    zero = baselines[baselines["patient_id"].isin(who)]
    size = _micrometres(zero["baseline_mm"])
    zero = zero.assign(timepoint=0, date=zero["baseline_date"], sum=size, baseline=size)
    columns = ["patient_id", "compartment", "evaluator", "timepoint", "assessment", "date", *_CARRIED]
    points = points.reindex(columns=columns)
    zero = zero.reindex(columns=columns).astype(points.dtypes.to_dict())
    rows = pd.concat([zero, points], ignore_index=True)
    sites = _sites(changes[changes["patient_id"].isin(who)], lesions)
    return rows.merge(sites, on=["patient_id", "compartment", "evaluator"], how="left")


def _sites(changes: pd.DataFrame, lesions: pd.DataFrame) -> pd.DataFrame:
    """Return the sites of the targets of each reader at baseline, in the order of the alphabet, as one text."""
    targets = changes[(changes["role"] == "target") & (changes["timepoint"] == 0)]
    targets = targets[["patient_id", "evaluator", "compartment", "lesion_id"]].drop_duplicates()
    site = lesions["site"].where(lesions["site"].notna(), lesions["organ"]).fillna("unknown")
    named = targets.merge(pd.DataFrame({"lesion_id": lesions["lesion_id"], "site": site}), on="lesion_id")
    whole = named.assign(compartment="whole_patient")
    named = pd.concat([named.dropna(subset=["compartment"]), whole], ignore_index=True)
    keys = ["patient_id", "compartment", "evaluator"]
    named = named.sort_values([*keys, "site"], kind="stable")
    return named.groupby(keys, sort=False)["site"].agg(", ".join).rename("sites").reset_index()


def _match(one: pd.DataFrame, other: pd.DataFrame, match_days: int) -> pd.DataFrame:
    """Pair the time points of two readers; -1 stands for the reader who has none."""
    one, other = (f.assign(place=np.arange(len(f)), day=days(f["date"])) for f in (one, other))
    both = one.merge(other, on="patient_id", suffixes=("_a", "_b"))
    first = both[(both["timepoint_a"] == 0) & (both["timepoint_b"] == 0)]
    later = both[(both["timepoint_a"] > 0) & (both["timepoint_b"] > 0)]
    named = later[(later["assessment_a"] == later["assessment_b"]).fillna(False).to_numpy(dtype=bool)]
    taken_a, taken_b = np.zeros(len(one), bool), np.zeros(len(other), bool)
    found = []
    for rows, how in ((first, "baseline"), (named, "assessment")):
        a, b = rows["place_a"].to_numpy(), rows["place_b"].to_numpy()
        taken_a[a], taken_b[b] = True, True
        found.append(pd.DataFrame({"a": a, "b": b, "matched_by": how}))
    apart = (later["day_a"] - later["day_b"]).abs()
    near = later.assign(apart=apart)[(apart <= match_days).to_numpy(dtype=bool)]
    near = near.sort_values(["apart", "day_a", "day_b"], kind="stable")
    while True:
        free = ~taken_a[near["place_a"].to_numpy()] & ~taken_b[near["place_b"].to_numpy()]
        near = near[free]
        # A pair is made where each is the nearest that the other has left.
        mutual = near[~near.duplicated("place_a").to_numpy() & ~near.duplicated("place_b").to_numpy()]
        if mutual.empty:
            break
        a, b = mutual["place_a"].to_numpy(), mutual["place_b"].to_numpy()
        taken_a[a], taken_b[b] = True, True
        found.append(pd.DataFrame({"a": a, "b": b, "matched_by": "date"}))
    found.append(pd.DataFrame({"a": np.flatnonzero(~taken_a), "b": -1, "matched_by": "none"}))
    found.append(pd.DataFrame({"a": -1, "b": np.flatnonzero(~taken_b), "matched_by": "none"}))
    pairs = pd.concat(found, ignore_index=True).astype({"a": "int64", "b": "int64"})
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    names = {"timepoint": "timepoint", "date": "date", "assessment": "assessment"}
    out = pairs[["matched_by"]].copy()
    for frame, at, side in ((one, a, "a"), (other, b, "b")):
        taken = frame.reindex(np.where(at >= 0, at, -1))
        for column in names:
            out[f"{column}_{side}"] = taken[column].reset_index(drop=True)
        out[f"patient_{side}"] = taken["patient_id"].reset_index(drop=True)
    out["patient_id"] = out["patient_a"].where(out["patient_a"].notna(), out["patient_b"])
    out["first"] = out[["date_a", "date_b"]].min(axis=1)
    out["is_baseline"] = (out["timepoint_a"].fillna(1) > 0) & (out["timepoint_b"].fillna(1) > 0)
    out = out.sort_values(["patient_id", "is_baseline", "first", "timepoint_a", "timepoint_b"], kind="stable")
    out["position"] = out.groupby("patient_id", sort=False).cumcount()
    out["assessment"] = out["assessment_a"].where(out["assessment_a"].notna(), out["assessment_b"])
    return out.reset_index(drop=True)


def _beside(matched: pd.DataFrame, rows: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """Return the paired time points in every compartment, with their differences and the reason."""
    compartments = pd.DataFrame({"compartment": rows["compartment"].drop_duplicates().to_numpy()})
    frame = matched[
        ["patient_id", "position", "assessment", "matched_by", "timepoint_a", "timepoint_b", "date_a", "date_b"]
    ].merge(compartments, how="cross")
    for evaluator, side in ((a, "a"), (b, "b")):
        mine = rows[rows["evaluator"] == evaluator]
        mine = mine[["patient_id", "compartment", "timepoint", "sites", *_CARRIED]]
        mine = mine.rename(columns={c: f"{c}_{side}" for c in ["timepoint", "sites", *_CARRIED]})
        frame = frame.merge(mine, on=["patient_id", "compartment", f"timepoint_{side}"], how="left")
    paired = (frame["timepoint_a"].notna() & frame["timepoint_b"].notna()).to_numpy()
    for side in ("a", "b"):
        base = frame[f"baseline_{side}"]
        base = base.where((base > 0) & (frame[f"timepoint_{side}"] > 0))
        frame[f"change_{side}_percent"] = 100 * (frame[f"sum_{side}"] - base) / base
        frame[f"sum_{side}_mm"] = frame[f"sum_{side}"] / 1000
        frame[f"response_{side}"] = frame[f"overall_response_{side}"]
    code, said = _reasons(frame, paired)
    return frame.assign(
        evaluator_a=a,
        evaluator_b=b,
        days_apart=pd.array(
            np.where(paired, (frame["date_a"] - frame["date_b"]).dt.days.to_numpy(dtype=float, na_value=0), np.nan),
            dtype="Float64",
        ).astype("Int64"),
        difference_mm=(frame["sum_a"] - frame["sum_b"]) / 1000,
        change_difference_percent=frame["change_a_percent"] - frame["change_b_percent"],
        targets_a=frame["targets_a"].astype("Int64"),
        targets_b=frame["targets_b"].astype("Int64"),
        timepoint_a=frame["timepoint_a"].astype("Int64"),
        timepoint_b=frame["timepoint_b"].astype("Int64"),
        agrees=_agrees(frame),
        reason=code,
        sentence=said,
    )


def _agrees(frame: pd.DataFrame) -> pd.Series:
    one, other = frame["response_a"], frame["response_b"]
    both = one.notna() & other.notna()
    return (one == other).fillna(False).astype("boolean").where(both)


def _reasons(frame: pd.DataFrame, paired: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the reason of each pair and a sentence that says both responses."""
    one, other = (frame[f"response_{s}"].fillna("none").astype(object) for s in ("a", "b"))
    rules = [frame[f"rule_{s}"].fillna("").astype(object) for s in ("a", "b")]
    sites = [frame[f"sites_{s}"].fillna("").astype(object) for s in ("a", "b")]

    def either(word: str) -> np.ndarray:
        return ((one == word) ^ (other == word)).to_numpy(dtype=bool)

    def decided(prefix: str) -> np.ndarray:
        a, b = (r.str.startswith(prefix).to_numpy(dtype=bool) for r in rules)
        return a ^ b

    def same(column: str) -> np.ndarray:
        a, b = (frame[f"{column}_{s}"].fillna("").astype(object) for s in ("a", "b"))
        return (a == b).to_numpy(dtype=bool)

    by_targets = ~same("target_response")
    other_sites = (sites[0] != sites[1]).to_numpy(dtype=bool)
    tests = {
        "baseline": (frame["timepoint_a"].fillna(0) == 0).to_numpy() & (frame["timepoint_b"].fillna(0) == 0).to_numpy(),
        "one_reader_only": ~paired,
        "agrees": (one == other).to_numpy(dtype=bool),
        "not_evaluable_by_one": either("NE"),
        "no_disease_by_one": either("NED"),
        "new_lesion_by_one": decided("new_lesion."),
        "nontarget_progression_by_one": decided("nontarget.pd"),
        "reappearance_by_one": decided("overall.pd.reappearance"),
        "different_targets": by_targets & other_sites,
        "threshold": by_targets,
        "nontarget": ~same("nontarget_response"),
    }
    reason = np.select(list(tests.values()), list(tests), "other").astype(object)
    words = pd.Series(reason).map(PAIR_REASONS).to_numpy(dtype=object)
    both = ("Reader A " + one + ", reader B " + other + ". ").to_numpy(dtype=object)
    return reason, np.where(np.isin(reason, ["agrees", "baseline"]), "", both) + words
