"""Metabolic response: how the uptake of a tracer changed, by the study's method.

No method is validated for somatostatin-receptor tracers: a fall of the Krenning score (0 none to 4 above the spleen)
is a convention of the study, EORTC (SUVmax, 1999) and PERCIST (SULpeak, 2009) were made for FDG.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..reuse import reusable
from ..tables.io import conform, empty
from ..tables.results import METABOLIC_CATEGORIES, METABOLIC_RESPONSES
from .arrays import Ints, strings, take, text
from .compartments import assign, names
from .metabolic_criteria import CMR, MILLION, NE, PMD, PMR, SMD, UNKNOWN, Criteria, exact
from .metabolic_criteria import CODE as RULE
from .metabolic_words import describe
from .rules import METABOLIC_IDS
from .uptake_kinds import KINDS, kinds, kinds_differ

SERIES = ["patient_id", "compartment"]
SCAN = [*SERIES, "scan_date", "scan_id", "tracer"]


@reusable
def metabolic_responses(
    uptake: pd.DataFrame,
    scans: pd.DataFrame,
    lesions: pd.DataFrame,
    included: pd.DataFrame,
    compartments: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Any],
    primary_evaluator: str,
) -> pd.DataFrame:
    """Compare the highest uptake of a compartment at baseline with what it is later.

    The value of a scan is the highest of the compartment's lesions on it; by `local_category`, where the centre's own
    categories are taken as they are, it is the worst of them. The baseline is the last uptake scan on or before day 0.
    Each later scan that can be compared (`same_tracer`, `same_modality`, `stop_at_new_therapy`) has a category; the
    best of them is the response, of equal ones the scan with the lowest value, then the first. Readings of the primary
    evaluator's lesions are used; in a patient without any, all.

    Parameters
    ----------
    uptake, scans, lesions : DataFrame
        Registry tables.
    included : DataFrame
        Patients analysed: patient_id, origin_date; new_therapy_date where it is known.
    compartments : sequence of mapping
        The study's compartments.
    settings : mapping
        The study's section `metabolic`.
    primary_evaluator : str
        Whose readings give the endpoints.

    Returns
    -------
    DataFrame
        Contract METABOLIC_RESPONSES, one row an included patient and compartment, `whole_patient` among them.

    Raises
    ------
    ConfigurationError
        For a key of `metabolic` that is missing or an alternative that there is none of.
    """
    criteria = Criteria.of(settings)
    if not len(included):
        return empty(METABOLIC_RESPONSES)
    rows = _readings(uptake, scans, lesions, included, compartments, criteria, primary_evaluator)
    base, later = _baselines(rows, criteria), _later(rows)
    later = later.merge(base, on=SERIES, how="left")
    later = later.assign(**_comparable(later, criteria))
    some = later[(later["open"] & later["tracer_fits"] & later["modality_fits"]).to_numpy(dtype=bool)]
    some = some.reset_index(drop=True)
    category, rule = _judged(some, rows, criteria)
    best = some.assign(category=category, rule=rule).sort_values(
        [*SERIES, "category", "value", "scan_date", "scan_id"], kind="stable"
    )
    best = best.drop_duplicates(SERIES).rename(
        columns={"scan_date": "best_date", "value": "best", "tracer": "best_tracer", "kind": "best_kind"}
    )
    places = text(strings(names(compartments))).to_frame("compartment")
    frame = included[["patient_id"]].merge(places, how="cross").merge(base, on=SERIES, how="left")
    kept = ["best_date", "best", "best_tracer", "best_kind", "category", "rule"]
    frame = frame.merge(best[[*SERIES, *kept]], on=SERIES, how="left")
    frame = frame.merge(_met(later), on=SERIES, how="left")
    return conform(_verdict(frame, criteria, settings).sort_values(SERIES, kind="stable"), METABOLIC_RESPONSES)


def _readings(
    uptake: pd.DataFrame,
    scans: pd.DataFrame,
    lesions: pd.DataFrame,
    included: pd.DataFrame,
    compartments: Sequence[Mapping[str, Any]],
    criteria: Criteria,
    primary: str,
) -> pd.DataFrame:
    """Return the readings that count, each in its compartment and in the whole patient."""
    local = criteria.method == "local_category"
    placed = lesions[["lesion_id", "evaluator", "role", "merged_date"]].assign(place=assign(lesions, compartments))
    wanted = uptake[criteria.column].notna()
    if local:
        # Any reading before day 0 is a baseline: a category speaks of the change since then.
        wanted = pd.Series(True, index=uptake.index)
    columns = ["patient_id", "lesion_id", "scan_id", "tracer", "liver_sulmean", criteria.column]
    rows = uptake.loc[wanted, columns].merge(placed, on="lesion_id")
    rows = rows.merge(scans[["scan_id", "scan_date", "modality"]], on="scan_id")
    people = included.reindex(columns=["patient_id", "origin_date", "new_therapy_date"])
    people = people.rename(columns={"new_therapy_date": "stop"}).astype({"stop": "datetime64[us]"})
    rows = rows.merge(people, on="patient_id")
    own = rows["evaluator"] == primary
    rows = rows[own | ~own.groupby(rows["patient_id"]).transform("any").astype(bool)]
    value = rows[criteria.column]
    rows = rows.assign(
        value=_categories(value) if local else exact(value),
        liver=exact(rows["liver_sulmean"]),
        kind=kinds(rows["modality"], rows["tracer"]),
        before=rows["scan_date"] <= rows["origin_date"],
        new=(rows["role"] == "new").to_numpy(dtype=bool),
    )
    if local:
        rows = rows[(rows["before"] | (rows["value"] >= 0)).to_numpy(dtype=bool)]
    places = strings(names(compartments))
    place = rows["place"].to_numpy()
    inside = rows[place >= 0].assign(compartment=text(take(places, place[place >= 0])).array)
    whole = rows.assign(compartment=text(take(places, np.full(len(rows), len(compartments)))).array)
    return pd.concat([inside, whole], ignore_index=True)


def _categories(values: pd.Series) -> Ints:
    return pd.Categorical(values, categories=list(METABOLIC_CATEGORIES[:NE])).codes.astype(np.int64)


def _scans(rows: pd.DataFrame) -> pd.DataFrame:
    """Return each scan of each series with its highest value, kind, liver and whether a new lesion takes up tracer."""
    rows = rows.assign(
        glows=rows["new"] & (rows["value"] > 0),
        liver=rows["liver"].where(rows["liver"] != UNKNOWN),
        stop=rows["stop"],
    )
    groups = rows.groupby(SCAN, dropna=False, sort=True)
    scan = groups.agg(
        value=("value", "max"), kind=("kind", "first"), liver=("liver", "min"), glows=("glows", "any"),
        stop=("stop", "first"),
    ).reset_index()  # fmt: skip
    return scan.assign(liver=scan["liver"].fillna(UNKNOWN).astype("int64"), at=np.arange(len(scan)))


def _baselines(rows: pd.DataFrame, criteria: Criteria) -> pd.DataFrame:
    scan = _scans(rows[rows["before"].to_numpy(dtype=bool)])
    scan = scan.sort_values(
        [*SERIES, "scan_date", "value", "scan_id"], ascending=[True, True, False, False, True], kind="stable"
    )
    names_ = {"scan_date": "baseline_date", "scan_id": "baseline_scan", "tracer": "baseline_tracer",
              "kind": "baseline_kind", "value": "baseline"}  # fmt: skip
    return scan.drop_duplicates(SERIES).rename(columns=names_)[[*SERIES, *names_.values()]]


def _later(rows: pd.DataFrame) -> pd.DataFrame:
    return _scans(rows[~rows["before"].to_numpy(dtype=bool)])


def _comparable(later: pd.DataFrame, criteria: Criteria) -> dict[str, np.ndarray]:
    """Return whether each later scan lies before a new therapy, and has the tracer and the kind of the baseline."""
    everything = np.ones(len(later), bool)
    stop = later["stop"].notna() & (later["scan_date"] > later["stop"])
    same = (later["tracer"] == later["baseline_tracer"]).fillna(False).to_numpy(dtype=bool)
    if criteria.method == "local_category":
        same = same | (later["tracer"].isna() | later["baseline_tracer"].isna()).to_numpy(dtype=bool)
    known = later["baseline_kind"].fillna(-1).astype("int64").to_numpy()
    differ = kinds_differ(later["kind"].to_numpy(dtype=np.int64), known)
    return {
        "open": ~stop.to_numpy(dtype=bool) if criteria.stop_at_new_therapy else everything,
        "tracer_fits": same if criteria.same_tracer else everything,
        "modality_fits": ~differ if criteria.same_modality else everything,
    }


def _judged(scan: pd.DataFrame, rows: pd.DataFrame, criteria: Criteria) -> tuple[Ints, Ints]:
    """Return the category of each scan that can be compared, and the rule that gives it."""
    value = scan["value"].to_numpy(dtype=np.int64)
    if criteria.method == "local_category":
        return value, np.full(len(scan), RULE["metabolic.local"])
    unread, rose = _lesions(scan, rows, criteria)
    baseline = scan["baseline"].fillna(UNKNOWN).astype("int64").to_numpy()
    category, rule = criteria.judge(
        value=value,
        carried=np.maximum(value, unread),
        baseline=baseline,
        liver=scan["liver"].to_numpy(dtype=np.int64),
        new=scan["glows"].to_numpy(dtype=bool),
        other_rose=rose,
    )
    none = baseline == UNKNOWN
    return np.where(none, NE, category), np.where(none, RULE["metabolic.ne.no_baseline"], rule)


def _lesions(scan: pd.DataFrame, rows: pd.DataFrame, criteria: Criteria) -> tuple[Ints, np.ndarray]:
    """Compare each scan with the baseline lesion by lesion.

    Returns
    -------
    unread : array of int
        Highest baseline value of the lesions that were not read again, `UNKNOWN` where all were. A lesion that has
        merged into another is read on that one.
    rose : array of bool
        Whether a lesion rose by what is progression.
    """
    keys = scan[[*SERIES, "scan_date", "scan_id", "tracer", "baseline_scan", "baseline_tracer"]].assign(
        at=np.arange(len(scan))
    )
    before = rows[rows["before"].to_numpy(dtype=bool)]
    lesion = [*SERIES, "scan_id", "tracer", "lesion_id"]
    before = (
        before.groupby(lesion, dropna=False, sort=False)
        .agg(first=("value", "max"), merged_date=("merged_date", "first"))
        .reset_index()
        .rename(columns={"scan_id": "baseline_scan", "tracer": "baseline_tracer"})
    )
    due = keys.merge(before, on=[*SERIES, "baseline_scan", "baseline_tracer"])
    after = rows[~rows["before"].to_numpy(dtype=bool)]
    after = after.groupby(lesion, dropna=False, sort=False).agg(now=("value", "max")).reset_index()
    due = due.merge(after, on=lesion, how="left")
    merged = (due["merged_date"].notna() & (due["merged_date"] <= due["scan_date"])).to_numpy(dtype=bool)
    gap = due["now"].isna().to_numpy() & ~merged
    unread = np.full(len(scan), UNKNOWN, np.int64)
    first = due["first"].to_numpy(dtype=np.int64)
    np.maximum.at(unread, due["at"].to_numpy()[gap], first[gap])
    read = due["now"].notna().to_numpy()
    now = due["now"].fillna(0).to_numpy(dtype=np.int64)
    up = read & criteria.rose(now, first)
    rose = np.zeros(len(scan), bool)
    rose[due["at"].to_numpy()[up]] = True
    return unread, rose


def _met(later: pd.DataFrame) -> pd.DataFrame:
    """Return for each series whether there are later scans at all, and why they could not be compared."""
    flags = later[[*SERIES, "open", "tracer_fits", "modality_fits"]].assign(later=True)
    flags["same"] = flags["open"] & flags["tracer_fits"]
    flags["all_met"] = flags["same"] & flags["modality_fits"]
    return flags.groupby(SERIES, sort=False)[["later", "open", "same", "all_met"]].any().reset_index()


def _verdict(frame: pd.DataFrame, criteria: Criteria, settings: Mapping[str, Any]) -> pd.DataFrame:
    local = criteria.method == "local_category"
    later, before_therapy, same, comparable = (
        frame[c].astype("boolean").fillna(False).to_numpy(dtype=bool) for c in ("later", "open", "same", "all_met")
    )
    no_baseline = frame["baseline_date"].isna().to_numpy() & (not local)
    unknown = frame["baseline_tracer"].isna().to_numpy() & criteria.same_tracer & (not local)
    tests = [
        (no_baseline, "metabolic.ne.no_baseline"),
        (~later, "metabolic.ne.no_later_reading"),
        (~before_therapy, "metabolic.ne.after_new_therapy"),
        (unknown, "metabolic.ne.tracer_unknown"),
        (~same, "metabolic.ne.tracer_changed"),
        (~comparable, "metabolic.ne.modality_changed"),
    ]
    found = frame["rule"].fillna(0).astype("int64").to_numpy()
    rule = np.select([t[0] for t in tests], [RULE[t[1]] for t in tests], found)
    lost = np.logical_or.reduce([t[0] for t in tests])
    category = np.where(lost, NE, frame["category"].fillna(NE).astype("int64").to_numpy())
    base, best = (
        frame[c].fillna(UNKNOWN).astype("int64").to_numpy() if not local else np.full(len(frame), UNKNOWN)
        for c in ("baseline", "best")
    )
    both = (base != UNKNOWN) & (best != UNKNOWN)
    shown = {"baseline_value": base, "best_value": best}
    frame = frame.assign(
        method=criteria.method,
        score=criteria.score,
        tracer=frame["baseline_tracer"],
        modality=_kind_names(frame["baseline_kind"]),
        best_modality=_kind_names(frame["best_kind"]),
        **{k: np.where(v != UNKNOWN, v / MILLION, np.nan) for k, v in shown.items()},
        change=np.where(both, (best - base) / MILLION, np.nan),
        change_percent=np.where(both & (base > 0), 100 * (best - base) / np.where(base > 0, base, 1), np.nan),
        category=text(take(strings(list(METABOLIC_CATEGORIES)), category)).array,
        response=np.select(
            [np.isin(category, (CMR, PMR)), np.isin(category, (SMD, PMD))], ["response", "no_response"], "not_evaluable"
        ),
        rule=text(take(strings(list(METABOLIC_IDS)), rule)).array,
    )
    return frame.assign(**describe(frame, rule, category, base, best, criteria, settings))


def _kind_names(codes: pd.Series) -> Any:
    return text(take(strings(list(KINDS)), codes.fillna(-1).astype("int64").to_numpy())).array
