"""What holds of every table in every run, whatever the data: checked where it is written, a broken one stops the run.

These are no rules of data quality: a row that breaks one is not the registry's fault but the program's, or of somebody
who changed an artifact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import TableError
from .model import Table

TOLERANCE = 1e-9
"""By which probabilities that are added up may miss 1."""
CURVE = ("endpoint", "compartment", "evaluator", "rule_set")
OF_COHORT = (
    "eligibility", "lesion_changes", "timepoint_responses", "best_responses", "growth_rates", "density_responses",
    "best_density_responses", "metabolic_responses", "clinical_responses", "complications", "time_to_event",
)  # fmt: skip
"""Tables whose patients are those of the cohort."""
REFERRED = {"patients": "patient_id", "lesions": "lesion_id", "scans": "scan_id", "cohort": "patient_id"}
"""Tables that others refer to -> the column that names their rows."""

Broken = pd.Series | np.ndarray


def _bounded(values: pd.Series, low: pd.Series | float, high: pd.Series | float) -> pd.Series:
    """Return whether values lie outside their limits; where one of the three is missing, nothing is said."""
    return (values < low - TOLERANCE) | (values > high + TOLERANCE)


def _adds_up(whole: str, *parts: str) -> Callable[[pd.DataFrame], Broken]:
    return lambda f: f[whole] != f[list(parts)].sum(axis=1)


def _never_more(curve: pd.DataFrame) -> Broken:
    """Return whether a curve of freedom from an event rises; rows stand in the order of time within each curve."""
    frame = curve.sort_values([*CURVE, "time_months"], kind="stable")
    rises = frame.groupby(list(CURVE), dropna=False)["survival"].diff() > TOLERANCE
    return rises.reindex(curve.index)


def _more_than_counted(estimates: pd.DataFrame) -> Broken:
    """Return whether more patients have the event than are counted.

    Where the times of two compartments are compared, each patient counted has two times, and may have two events.
    """
    two = estimates["statistic"].isin(["hazard_ratio", "interaction"]) & estimates["compartment"].str.contains(" vs ")
    return _bounded(estimates["numerator"], 0, estimates["denominator"] * two.fillna(False).astype(int).add(1))


def _outside_limits(estimates: pd.DataFrame) -> Broken:
    """Return whether an estimate lies outside its own limits.

    Percentiles of resamples are let be: where these lean to one side, their interval may miss the estimate.
    """
    resampled = estimates["method"].str.contains("percentile").fillna(False).astype(bool)
    return _bounded(estimates["estimate"], estimates["ci_low"], estimates["ci_high"]) & ~resampled


def _one_in_all(incidence: pd.DataFrame) -> Broken:
    """Return whether incidences of all causes and the freedom from all miss 1.

    The freedom is Kaplan's and Meier's, from the events of all causes: another way to the same number.
    """
    at = incidence.groupby([*CURVE, "time_months"], dropna=False, sort=True).agg(
        events=("n_event", "sum"), risk=("n_at_risk", "max"), incidence=("incidence", "sum")
    )
    kept = 1 - at["events"] / at["risk"].where(at["risk"] > 0, 1)
    free = kept.groupby(level=list(range(len(CURVE))), dropna=False).cumprod()
    missed = (at["incidence"] + free - 1).abs() > TOLERANCE
    keys = pd.MultiIndex.from_frame(incidence[[*CURVE, "time_months"]])
    return missed.reindex(keys).to_numpy(dtype=bool)


def _screened(estimates: pd.DataFrame) -> Broken:
    """Return whether those included and excluded are not all who were screened."""
    counts = estimates[estimates["endpoint"] == "population"].groupby("statistic")["numerator"].sum()
    off = counts.get("screened", 0) != counts.get("included", 0) + counts.get("excluded", 0)
    return (estimates["statistic"] == "screened") & (estimates["endpoint"] == "population") & off


ROWS: Mapping[str, tuple[tuple[str, Callable[[pd.DataFrame], Broken]], ...]] = {
    "extraction_counts": (("read = after the cut + extracted", _adds_up("read", "after_cut", "extracted")),),
    "row_counts": (
        ("read = after the cut + accepted + quarantined", _adds_up("read", "after_cut", "accepted", "quarantined")),
    ),
    "rule_counts": (("no more rows break a rule than it looked at", lambda f: f["failed"] > f["checked"]),),
    "cohort": (
        ("who is not included has a criterion, and nobody else", lambda f: f["included"] != f["excluded_by"].isna()),
    ),
    "timepoint_responses": (
        ("no more targets are evaluated than followed", lambda f: f["targets_evaluated"] > f["targets"]),
        ("a time point ends after it begins", lambda f: f["last_date"] < f["assessment_date"]),
    ),
    "time_to_event": (
        ("no time is negative", lambda f: f["time_days"] < 0),
        ("time = end - origin", lambda f: (f["end_date"] - f["origin_date"]).dt.days != f["time_days"]),
    ),
    "curves": (
        ("a probability lies within 0 and 1", lambda f: _bounded(f["survival"], 0, 1)),
        ("an estimate lies within its limits", lambda f: _bounded(f["survival"], f["ci_low"], f["ci_high"])),
        ("no curve rises", _never_more),
        ("no more end than are at risk", lambda f: f["n_event"] + f["n_censored"] > f["n_at_risk"]),
    ),
    "incidence": (
        ("a probability lies within 0 and 1", lambda f: _bounded(f["incidence"], 0, 1)),
        ("an estimate lies within its limits", lambda f: _bounded(f["incidence"], f["ci_low"], f["ci_high"])),
        ("incidences of all causes + freedom from all = 1", _one_in_all),
    ),
    "estimates": (
        ("0 <= numerator <= denominator, of each compartment", _more_than_counted),
        ("an estimate lies within its limits", _outside_limits),
        ("p lies within 0 and 1", lambda f: _bounded(f["p_value"], 0, 1)),
        (
            "a probability lies within 0 and 1",
            lambda f: (f["unit"] == "probability") & _bounded(f["estimate"], 0, 1).fillna(False),
        ),
        ("screened = included + excluded", _screened),
    ),
}  # fmt: skip
"""Table -> what holds of its rows, and what tells those of which it does not."""


def names_of(frame: pd.DataFrame, table: str) -> pd.Series:
    """Return the names of the rows of a table of `REFERRED`, each once."""
    return frame[REFERRED[table]].drop_duplicates()


def check(frame: pd.DataFrame, table: Table, known: Mapping[str, pd.Series]) -> None:
    """Check what holds of every row of a table that is about to be written.

    Parameters
    ----------
    frame : DataFrame
        By the contract.
    table : Table
    known : mapping of str to Series
        Table of `REFERRED` -> names of its rows, of those that are known here.

    Raises
    ------
    TableError
        Naming table, invariant, number of rows and the key of the first.
    """
    for said, broken in ROWS.get(table.name, ()):
        _refuse(frame, table, said, broken(frame))
    for column, target in _references(table).items():
        if target in known:
            values = pa.array(frame[column], pa.string())
            there = pc.is_in(values, value_set=pa.array(known[target], pa.string()), skip_nulls=True)
            dangling = pc.and_not(pc.is_valid(values), there).to_numpy(zero_copy_only=False)
            _refuse(frame, table, f"{column} is one of {target}", dangling)
    # What a registry delivers is judged by rules; the limits of what is computed always hold.
    if "record_id" not in table.column_names:
        for c in table.columns:
            if c.allowed:
                off = frame[c.name].notna() & ~frame[c.name].isin(c.allowed)
                _refuse(frame, table, f"{c.name} is one of {', '.join(c.allowed)}", off)
            if c.minimum is not None:
                _refuse(frame, table, f"{c.name} is at least {c.minimum:g}", frame[c.name] < c.minimum)
            if c.maximum is not None:
                _refuse(frame, table, f"{c.name} is at most {c.maximum:g}", frame[c.name] > c.maximum)


def _references(table: Table) -> dict[str, str]:
    """Return the columns that refer to another table -> that table."""
    if table.name in OF_COHORT:
        return {"patient_id": "cohort"}
    return {column: target.split(".")[0] for column, target in table.references.items()}


def _refuse(frame: pd.DataFrame, table: Table, said: str, broken: Broken) -> None:
    off = np.asarray(pd.Series(broken).fillna(False), dtype=bool)
    if off.any():
        first = {k: str(v) for k, v in frame.loc[off, list(table.key)].iloc[0].items()}
        raise TableError(
            f"table {table.name}: {int(off.sum())} rows break what always holds, the first is {first}",
            said,
            "the table was not written; unless `mesenluth why` names a changed artifact, report it as a fault",
        )
