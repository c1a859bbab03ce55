"""Metabolic response: how the uptake of a tracer changed, by the study's method.

No method is validated for somatostatin-receptor tracers: a fall of the Krenning score (0 none to 4
above the spleen) and EORTC's fall of SUVmax (1999, for FDG) are conventions of the study.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..reuse import reusable
from ..tables.io import conform, empty
from ..tables.results import METABOLIC_RESPONSES
from .arrays import strings, take, text
from .compartments import assign, names
from .sentences import each, join
from .settings import choice

METHODS = {"krenning_drop": "krenning", "suvmax": "suvmax"}
_SERIES = ["patient_id", "compartment"]


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
    """Compare the highest uptake of a compartment at baseline with the lowest it has later.

    The value of a scan is the highest of the compartment's lesions on it. The baseline is the last uptake scan on or
    before day 0; of the later scans the one with the lowest value counts, under `same_tracer` only of those with
    the tracer of the baseline. Readings of the primary evaluator's lesions are used; in a patient without any, all.

    Parameters
    ----------
    uptake, scans, lesions : DataFrame
        Registry tables.
    included : DataFrame
        Patients analysed: patient_id, origin_date.
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
    """
    method = choice(settings, "method", "metabolic", tuple(METHODS))
    if not len(included):
        return empty(METABOLIC_RESPONSES)
    rows = _readings(uptake, scans, lesions, included, compartments, METHODS[method], primary_evaluator)
    places = text(strings(names(compartments))).to_frame("compartment")
    people = included[["patient_id"]].merge(places, how="cross")
    frame = _compare(rows, people.assign(method=method), settings)
    return conform(frame.sort_values(_SERIES, kind="stable"), METABOLIC_RESPONSES)


def _readings(
    uptake: pd.DataFrame,
    scans: pd.DataFrame,
    lesions: pd.DataFrame,
    included: pd.DataFrame,
    compartments: Sequence[Mapping[str, Any]],
    column: str,
    primary: str,
) -> pd.DataFrame:
    placed = lesions[["lesion_id", "evaluator"]].assign(place=assign(lesions, compartments))
    rows = uptake.loc[uptake[column].notna(), ["patient_id", "lesion_id", "scan_id", "tracer", column]]
    rows = rows.merge(placed, on="lesion_id").merge(scans[["scan_id", "scan_date"]], on="scan_id")
    rows = rows.merge(included[["patient_id", "origin_date"]], on="patient_id")
    own = rows["evaluator"] == primary
    rows = rows[own | ~own.groupby(rows["patient_id"]).transform("any").astype(bool)]
    rows = rows.assign(value=rows[column].astype("float64"), before=rows["scan_date"] <= rows["origin_date"])
    places = strings(names(compartments))
    place = rows["place"].to_numpy()
    inside = rows[place >= 0].assign(compartment=text(take(places, place[place >= 0])).array)
    whole = rows.assign(compartment=text(take(places, np.full(len(rows), len(compartments)))).array)
    return pd.concat([inside, whole], ignore_index=True)


def _compare(rows: pd.DataFrame, people: pd.DataFrame, settings: Mapping[str, Any]) -> pd.DataFrame:
    kept = [*_SERIES, "scan_date", "scan_id", "tracer", "before"]
    scan = rows.groupby(kept, dropna=False, sort=True)["value"].max().reset_index()
    base = scan[scan["before"]].sort_values(
        [*_SERIES, "scan_date", "value", "scan_id"], ascending=[True, True, False, False, True], kind="stable"
    )
    base = base.drop_duplicates(_SERIES)[[*_SERIES, "scan_date", "tracer", "value"]]
    base = base.rename(columns={"scan_date": "baseline_date", "value": "baseline_value"})
    later = scan[~scan["before"]].merge(
        base[[*_SERIES, "tracer"]].rename(columns={"tracer": "baseline_tracer"}), on=_SERIES, how="left"
    )
    if settings["same_tracer"]:
        comparable = ((later["tracer"] == later["baseline_tracer"]) & later["tracer"].notna()).astype(bool)
    else:
        comparable = pd.Series(True, index=later.index)
    best = later[comparable].sort_values([*_SERIES, "value", "scan_date", "scan_id"], kind="stable")
    best = best.drop_duplicates(_SERIES)[[*_SERIES, "scan_date", "value"]]
    best = best.rename(columns={"scan_date": "best_date", "value": "best_value"})
    frame = people.merge(base, on=_SERIES, how="left").merge(best, on=_SERIES, how="left")
    some = later[_SERIES].drop_duplicates().assign(later=True)
    frame = frame.merge(some, on=_SERIES, how="left")
    frame["change"] = frame["best_value"] - frame["baseline_value"]
    return frame.assign(**_verdict(frame, frame["later"].notna(), settings))


def _verdict(frame: pd.DataFrame, later: pd.Series, settings: Mapping[str, Any]) -> dict[str, Any]:
    base, best = frame["baseline_value"], frame["best_value"]
    # Thousandths as whole numbers: a fall of exactly the threshold is a response.
    exact_base, exact_best = ((v.fillna(0) * 1000).round().astype("int64") for v in (base, best))
    if settings["method"] == "krenning_drop":
        grades = settings["krenning_drop"]
        fallen = exact_base - exact_best >= 1000 * grades
        possible = base >= grades
        what, asked = "Krenning score", f"a fall of {grades} asked for"
        impossible = f"a Krenning score below {grades} at baseline cannot fall by {grades}"
    else:
        drop = settings["suvmax_drop_percent"]
        fallen = 100 * (exact_base - exact_best) >= drop * exact_base
        possible = base > 0
        what, asked = "SUVmax", f"a fall of {drop:g} % asked for (EORTC 1999 for FDG, off label here)"
        impossible = "no uptake at baseline that could fall"
    tracer = frame["tracer"].isna() if settings["same_tracer"] else pd.Series(False, index=frame.index)
    tests = [base.isna(), ~later, tracer, best.isna(), ~possible]
    named = join("no later scan with ", strings(frame["tracer"]), ", the tracer at baseline")
    reasons: list[Any] = [
        "no uptake reading on or before day 0",
        "no uptake reading after day 0",
        "the tracer at baseline is not known",
        text(named).to_numpy(dtype=object),
        impossible,
    ]
    before, after = (each(v.to_numpy(), "{:g}".format) for v in (base, best))
    compared = text(join(f"{what} ", before, " to ", after, f", {asked}")).to_numpy(dtype=object)
    return {
        "response": np.select([np.logical_or.reduce(tests), fallen], ["not_evaluable", "response"], "no_response"),
        "reason": np.select(tests, [np.asarray(r, object) for r in reasons], compared),
    }
