"""What each rule's quarantine does to each endpoint: patients as analysed, beside themselves with the rows put back.

For each rule the patients whom its rows are about are derived anew with these rows put back as they stand, and nothing
else changed: eligibility, responses, times. All rules are done in one derivation, each patient under a name of its own
for each rule, so that the work grows with the rows in quarantine and not with the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..endpoints.names import INPUTS
from ..endpoints.time_to_event import time_to_event
from ..quality.catalogue import Catalogue
from ..quality.judged import look_up, places
from ..response.classify import classify
from ..response.compartments import assign, names
from ..tables.io import conform, empty
from ..tables.registry import REGISTRY
from ..tables.results_effects import FINDING_EFFECTS, RULE_EFFECTS
from .quarantine import put_back, quarantined
from .results import assessments, compartments_of, has_time_points, results

KEYS = ["rule", "patient_id", "endpoint", "compartment"]
LINKS = ("split_from", "merged_into")
DAY_ZERO = ("patients", "administrations")
LESIONS = (*DAY_ZERO, "scans", "lesions", "measurements", "therapies")
READS: dict[str, tuple[str, ...]] = {
    "response": LESIONS,
    "growth": LESIONS,
    "density": LESIONS,
    "metabolic": (*DAY_ZERO, "scans", "lesions", "uptake", "therapies"),
    "clinical": (*DAY_ZERO, "symptoms", "responses", "therapies"),
    "complications": (*DAY_ZERO, "adverse_events"),
    "time_to_event": (*LESIONS, "follow_up"),
}
"""Tables whose rows an endpoint of each kind is computed from."""
SURVIVAL = (*DAY_ZERO, "follow_up", "scans", "symptoms", "adverse_events", "therapies")
"""Those of survival: every dated table shows that a patient lived."""


def effects(
    accepted: Mapping[str, pd.DataFrame],
    delivered: Mapping[str, pd.DataFrame],
    findings: pd.DataFrame,
    computed: Mapping[str, pd.DataFrame],
    study: Mapping[str, Any],
    catalogue: Catalogue | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what quarantine changes, by rule and patient, and by rule.

    Parameters
    ----------
    accepted : mapping of str to DataFrame
        All registry tables, of rows that may be analysed.
    delivered : mapping of str to DataFrame
        The same as extracted, at least the rows in quarantine.
    findings : DataFrame
        Of the whole cut.
    computed : mapping of str to DataFrame
        cohort, the tables of responses and time_to_event, as the study was analysed.
    study : mapping
        Sections as of the endpoints.

    Returns
    -------
    finding_effects, rule_effects : DataFrame
        By the contracts FINDING_EFFECTS and RULE_EFFECTS.
    """
    rows = quarantined(delivered, findings, catalogue)
    back = put_back(accepted, rows)
    touched = _touched(rows, accepted)
    if touched.empty:
        return empty(FINDING_EFFECTS), empty(RULE_EFFECTS)
    with_rows, study = with_put_back(accepted, back, touched), {**study, "evaluators": [study["primary_evaluator"]]}
    again = derive(with_rows, study)
    new, then = _by_rule(results(again, study), touched), results(computed, study)
    whole = touched.merge(then, on="patient_id").merge(new, on=KEYS, how="outer", suffixes=("_then", "_new"))
    both = _all_pairs(whole, touched, computed, study)
    both = both.merge(whole, on=KEYS, how="left")
    out = _counted(rows, back, both, accepted, study)
    out["assessments_lost"] = _assessments_lost(out, again, touched, computed, study)
    out["table"] = out["rule"].str.split(".").str[0]
    counts = out["as_analysed"].notna() | out["put_back"].notna()
    out = out[(counts & (out["rows"] > 0)) | out["effect"].isin(["lost", "gained", "changed", "unknown"])]
    fine = conform(out.sort_values(KEYS, kind="stable"), FINDING_EFFECTS)
    return fine, _summed(fine)


def derive(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Return cohort, responses and times of registry tables."""
    found = classify(tables, study, compare=False)
    known = {name: tables[name] for name in INPUTS if name in REGISTRY}
    return {**found, "time_to_event": time_to_event({**known, **found}, study)}


def _touched(rows: Mapping[str, pd.DataFrame], accepted: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return rules and the patients whom their rows are about: by name, or by the lesion or scan they refer to."""
    pairs = []
    for name, table in REGISTRY.items():
        frame = rows[name]
        pairs.append(frame[["rule", "patient_id"]])
        for column, reference in table.references.items():
            target, key = reference.split(".")
            if column == "patient_id" or frame.empty:
                continue
            both = pd.concat([accepted[target], rows[target]], ignore_index=True).dropna(subset=[key])
            of = both.drop_duplicates(key).set_index(key)["patient_id"]
            pairs.append(pd.DataFrame({"rule": frame["rule"], "patient_id": look_up(frame[column], of)}))
    whole = pd.concat(pairs, ignore_index=True).astype(object).dropna().drop_duplicates()
    whole = whole.sort_values(["rule", "patient_id"], ignore_index=True)
    codes = {r: f"{i:04d}" for i, r in enumerate(whole["rule"].unique())}
    return whole.assign(prefix=[codes[r] + "|" for r in whole["rule"]])


def with_put_back(
    accepted: Mapping[str, pd.DataFrame], back: Mapping[str, pd.DataFrame], touched: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return registry tables of the touched patients, once a rule, with the rows of the rule put back.

    Every name (of a patient, lesion, scan, record) begins with the prefix of its rule, so that the same patient under
    two rules is two patients, and names keep their order.
    """
    prefixes = touched.drop_duplicates("rule").set_index("rule")["prefix"]
    tables = {}
    for name, table in REGISTRY.items():
        columns = table.column_names
        kept = touched[["prefix", "patient_id"]].merge(accepted[name].astype({"patient_id": object}), on="patient_id")
        mine = back[name].assign(prefix=back[name]["rule"].map(prefixes))
        frame = pd.concat([kept[["prefix", *columns]], mine[["prefix", *columns]]], ignore_index=True)
        prefix = frame.pop("prefix").astype(object)
        for column in {"record_id", *table.key, *table.references, *LINKS} & set(columns):
            frame[column] = prefix + frame[column].astype(object)
        tables[name] = frame
    people = tables["patients"]["patient_id"]
    return {n: conform(f[f["patient_id"].isin(people)], REGISTRY[n]) for n, f in tables.items()}


def _by_rule(found: pd.DataFrame, touched: pd.DataFrame) -> pd.DataFrame:
    """Return results of prefixed patients under the patients' own names, with the rule."""
    rules = touched.drop_duplicates("rule").set_index("prefix")["rule"]
    cut = len(touched["prefix"].iloc[0])
    names_ = found["patient_id"].astype(object)
    return found.assign(rule=names_.str[:cut].map(rules), patient_id=names_.str[cut:])


def _all_pairs(
    whole: pd.DataFrame, touched: pd.DataFrame, computed: Mapping[str, pd.DataFrame], study: Mapping[str, Any]
) -> pd.DataFrame:
    """Return every rule and patient of the study, before or after, by every endpoint and compartment."""
    cohort = computed["cohort"]
    included = touched["patient_id"].isin(cohort.loc[cohort["included"], "patient_id"])
    people = pd.concat([touched.loc[included, ["rule", "patient_id"]], whole[["rule", "patient_id"]]])
    grid = [(e["id"], c) for e in study["endpoints"] for c in compartments_of(e, study)]
    places_ = pd.DataFrame(grid, columns=["endpoint", "compartment"], dtype=object)
    return people.drop_duplicates().merge(places_, how="cross")


def _counted(
    rows: Mapping[str, pd.DataFrame],
    back: Mapping[str, pd.DataFrame],
    pairs: pd.DataFrame,
    accepted: Mapping[str, pd.DataFrame],
    study: Mapping[str, Any],
) -> pd.DataFrame:
    """Add rows, effect and the results to every rule, patient, endpoint and compartment."""
    used = _used(rows, back, accepted, study)
    out = pairs.merge(used, on=KEYS, how="left").fillna({"rows": 0, "stuck": 0})
    then, new = out["result_then"], out["result_new"]
    same = (then == new) | (then.isna() & new.isna())
    effect = np.select(
        [then.isna() & new.notna(), then.notna() & new.isna(), ~same, out["stuck"] > 0],
        ["lost", "gained", "changed", "unknown"],
        "none",
    )
    unknown = effect == "unknown"
    return out.assign(
        effect=effect, as_analysed=then, put_back=new.mask(unknown), rows=out["rows"].astype("int64")
    )  # fmt: skip


def _used(
    rows: Mapping[str, pd.DataFrame],
    back: Mapping[str, pd.DataFrame],
    accepted: Mapping[str, pd.DataFrame],
    study: Mapping[str, Any],
) -> pd.DataFrame:
    """Return how many rows in quarantine each endpoint would read, and how many of them cannot be put back.

    A copy of a row that is accepted, or put back, is not lost.
    """
    lesions = pd.concat([accepted["lesions"], rows["lesions"]], ignore_index=True).dropna(subset=["lesion_id"])
    lesions = lesions.drop_duplicates("lesion_id").reset_index(drop=True)
    ids = np.array([*names(study["compartments"])[:-1], ""], dtype=object)
    place = pd.Series(ids[assign(lesions, study["compartments"])], index=lesions["lesion_id"])
    reader, owner = (lesions.set_index("lesion_id")[c] for c in ("evaluator", "patient_id"))
    parts = []
    for name, table in REGISTRY.items():
        frame, (key,) = rows[name], table.key
        if frame.empty:
            continue
        part = frame[["rule", "patient_id"]].astype(object)
        returned = places(frame["record_id"], back[name]["record_id"]) >= 0
        twin = (places(frame[key], accepted[name][key]) >= 0) | _beside(frame, back[name], key)
        part = part.assign(table=name, stuck=~returned & ~twin, lost=~twin | returned, place=None, mine=True)
        if "lesion_id" in table.column_names:
            part["place"] = look_up(frame["lesion_id"], place).to_numpy(dtype=object)
            read_by = look_up(frame["lesion_id"], reader)
            part["mine"] = (read_by.isna() | (read_by == study["primary_evaluator"])).to_numpy(dtype=bool)
            part["place"] = part["place"].fillna("")
            # A reading enters the sum of the patient whose lesion it is, whoever it says it is of.
            whose = look_up(frame["lesion_id"], owner)
            part["patient_id"] = whose.where(whose.notna(), frame["patient_id"]).to_numpy(dtype=object)
        parts.append(part[part["lost"] & part["mine"]].dropna(subset=["rule", "patient_id"]))
    whole = pd.concat(parts, ignore_index=True)
    found = []
    for endpoint in study["endpoints"]:
        survival = endpoint["kind"] == "time_to_event" and not has_time_points(endpoint)
        of = whole[whole["table"].isin(SURVIVAL if survival else READS[endpoint["kind"]])]
        for compartment in compartments_of(endpoint, study):
            here = of["place"].isna() | (of["place"] == compartment) | (compartment == "whole_patient")
            found.append(of[here.to_numpy(dtype=bool)].assign(endpoint=endpoint["id"], compartment=compartment))
    every = pd.concat(found, ignore_index=True)
    every["stuck"] = every["stuck"].astype("int64")
    counted = every.groupby(KEYS, as_index=False).agg(rows=("table", "size"), stuck=("stuck", "sum"))
    return counted.astype(dict.fromkeys(KEYS, object))


def _beside(frame: pd.DataFrame, back: pd.DataFrame, key: str) -> np.ndarray:
    """Return which rows share rule and key with one that is put back."""
    known = set(zip(back["rule"], back[key], strict=True))
    return np.array([pair in known for pair in zip(frame["rule"], frame[key], strict=True)], dtype=bool)


def _assessments_lost(
    out: pd.DataFrame,
    again: Mapping[str, pd.DataFrame],
    touched: pd.DataFrame,
    computed: Mapping[str, pd.DataFrame],
    study: Mapping[str, Any],
) -> pd.Series:
    """Return time points with the rows put back minus those without, of endpoints that are read from time points."""
    prefixes = touched.drop_duplicates("rule").set_index("rule")["prefix"]
    then, new = assessments(computed, study), assessments(again, study)
    named = out["rule"].map(prefixes) + out["patient_id"]
    after = new.reindex(pd.MultiIndex.from_arrays([named, out["compartment"]])).fillna(0).to_numpy()
    before = then.reindex(pd.MultiIndex.from_frame(out[["patient_id", "compartment"]])).fillna(0).to_numpy()
    timed = {e["id"] for e in study["endpoints"] if has_time_points(e)}
    known = out["endpoint"].isin(timed) & (out["effect"] != "unknown")
    return pd.Series(after - before, index=out.index).astype("Int64").where(known)


def _summed(fine: pd.DataFrame) -> pd.DataFrame:
    """Add up over patients."""
    flags = {
        "patients_lost": "lost",
        "patients_gained": "gained",
        "results_changed": "changed",
        "patients_unknown": "unknown",
    }
    frame = fine.assign(patients=1, **{c: (fine["effect"] == e).astype("int64") for c, e in flags.items()})
    by = frame.groupby(["rule", "table", "endpoint", "compartment"], as_index=False, sort=True)
    added = by[["rows", "patients", *flags]].sum()
    added["assessments_lost"] = by["assessments_lost"].sum(min_count=1)["assessments_lost"]
    return conform(added.sort_values(list(RULE_EFFECTS.key), kind="stable"), RULE_EFFECTS)
