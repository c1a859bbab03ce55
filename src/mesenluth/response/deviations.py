"""The whole classification computed again under deviations that records are found to follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from ..tables.results import BEST_RESPONSES, TIMEPOINT_RESPONSES
from .compartments import DEFAULT_AXIS
from .settings import WHOLE_PATIENT, section

Tables = Mapping[str, pd.DataFrame]
REST = {"id": "rest", "where": {"column": "evaluator", "known": True}}
"""Whatever lies in no compartment of the study."""
Engine = Callable[[Tables, pd.DataFrame, Mapping[str, Any]], dict[str, pd.DataFrame]]
MARGIN = "0.000000001"
"""Percent, less than one micrometre of any sum: makes "at least" into "more than"."""
MICROMETRE = 0.001
"""In mm."""


def reruns(
    engine: Engine, tables: Tables, included: pd.DataFrame, study: Mapping[str, Any], best: bool
) -> Iterator[tuple[str, dict[str, pd.DataFrame]]]:
    """Yield each deviation that the study allows for, and the responses of the whole patient under it.

    Parameters
    ----------
    engine : callable
        `classify.recist`.
    tables, included
        Of the patients to look at.
    best : bool
        Whether deviations that touch the best response alone are wanted.
    """
    response = section(study, "response")
    changed = [*_of_settings(response), *(_of_the_best(response) if best else [])]
    for name, settings in changed:
        yield name, engine(tables, included, {**study, "response": {**response, **settings}})
    places = section(study, "compartments")
    for name, axis in (
        ("longest_diameter_used", "longest"), ("short_axis_used", "short"), ("nodal_rule_used", "nodal_rule"),
    ):  # fmt: skip
        if {DEFAULT_AXIS, *(c.get("measure_axis", DEFAULT_AXIS) for c in places)} == {axis}:
            continue
        other = [{**c, "measure_axis": axis} for c in [*places, REST]]
        yield name, engine(tables, included, {**study, "compartments": other})
    for name, measurements in _of_readings(tables):
        yield name, engine({**tables, "measurements": measurements}, included, study)


def _of_settings(response: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield deviations that are another setting of the study."""
    yield (
        "strict_threshold",
        {
            "pd_increase_percent": _more(response["pd_increase_percent"]),
            "pr_decrease_percent": _more(response["pr_decrease_percent"]),
            "pd_increase_mm": response["pd_increase_mm"] + MICROMETRE,
        },
    )
    yield "sticky_response", {"pr_sticky": not response["pr_sticky"]}
    yield "node_must_vanish", {"node_normal_below_mm": MICROMETRE}
    if response["cr_then_pr"] != "pd":
        yield "reappearance_counted", {"cr_then_pr": "pd"}
    if response.get("require_marker_normalisation"):
        yield "marker_ignored", {"require_marker_normalisation": False}
    yield "absolute_increase_ignored", {"pd_increase_mm": MICROMETRE}
    yield "relative_increase_ignored", {"pd_increase_percent": MARGIN}


def _of_the_best(response: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "minimum_interval_ignored", {"min_sd_days": 0}
    yield "new_therapy_ignored", {"stop_at_new_therapy": not response["stop_at_new_therapy"]}


def _more(value: Any) -> str:
    """Return a number of percent plus the margin, as text, which is read as an exact fraction."""
    return str(Decimal(str(value)) + Decimal(MARGIN))


def _of_readings(tables: Tables) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield deviations that read the measurements otherwise; only those that change one."""
    rows = tables["measurements"]
    tiny = (rows["status"] == "too_small").fillna(False).to_numpy(dtype=bool)
    sizes = ["longest_diameter_um", "short_axis_um"]
    if tiny.any():
        unsized = rows.assign(**{c: rows[c].mask(tiny) for c in sizes})
        yield "too_small_as_zero", unsized.assign(status=rows["status"].mask(tiny, "absent"))
        if (tiny & rows[sizes].notna().any(axis=1).to_numpy()).any():
            yield "too_small_as_default", unsized
        yield "too_small_not_evaluable", unsized.assign(status=rows["status"].mask(tiny, "not_evaluable"))
    grown = _grown(tables)
    if grown.any():
        yield "nontarget_growth_counted", rows.assign(status=rows["status"].mask(grown, "unequivocal_progression"))


def _grown(tables: Tables) -> np.ndarray:
    """Return which readings of non-targets are at least 20 % and 5 mm longer than the shortest before."""
    rows, lesions = tables["measurements"], tables["lesions"]
    other = lesions.loc[(lesions["role"] == "nontarget").to_numpy(dtype=bool), "lesion_id"]
    sized = rows["lesion_id"].isin(other) & rows["longest_diameter_um"].notna()
    some = rows.loc[sized.to_numpy(dtype=bool), ["lesion_id", "scan_id", "longest_diameter_um"]]
    some = some.assign(place=np.flatnonzero(sized.to_numpy(dtype=bool)))
    some = some.merge(tables["scans"][["scan_id", "scan_date"]], on="scan_id", how="left")
    some = some.sort_values(["lesion_id", "scan_date", "place"], kind="stable")
    size = some["longest_diameter_um"].astype("int64")
    least = size.groupby(some["lesion_id"]).cummin().groupby(some["lesion_id"]).shift(1)
    more = size - least
    failed = ((more >= 5000) & (100 * more >= 20 * least)).to_numpy(dtype=bool)
    out = np.zeros(len(rows), bool)
    out[some["place"].to_numpy()[failed]] = True
    return out


def whole_patient(results: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the time points and the best responses of the whole patient."""
    names = TIMEPOINT_RESPONSES.name, BEST_RESPONSES.name
    points, bests = (results[n][(results[n]["compartment"] == WHOLE_PATIENT).to_numpy(dtype=bool)] for n in names)
    return points.reset_index(drop=True), bests.reset_index(drop=True)
