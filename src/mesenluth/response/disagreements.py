"""Recorded responses beside the computed ones, and why they differ.

A deviation is named as the reason only where the responses, computed again under it, hold the recorded value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..reuse import reusable
from ..tables.io import conform, empty
from ..tables.results import DISAGREEMENTS
from .arrays import strings
from .best import best_overall
from .deviations import Engine, Tables, reruns, whole_patient
from .origins import new_therapy_dates
from .readings import analysed
from .reasons import REASONS, RECOMPUTED
from .recounts import SERIES, Recount
from .settings import WHOLE_PATIENT, Criteria, section

TIMEPOINT_KINDS = {"overall": "overall_response", "target": "target_response", "nontarget": "nontarget_response"}
BEST_KINDS = {"best": "best_response", "confirmed_best": "confirmed_response"}
KINDS = (*TIMEPOINT_KINDS, *BEST_KINDS)
"""Kinds of recorded responses that are compared; any other is none of RECIST 1.1 and is left alone."""


@reusable
def disagreements(
    tables: Tables,
    results: Mapping[str, pd.DataFrame],
    included: pd.DataFrame,
    study: Mapping[str, Any],
    engine: Engine,
) -> pd.DataFrame:
    """Compare each recorded response with the computed one of the whole patient.

    Those of a time point are matched by patient, evaluator and the name of the assessment; by date, within the dates
    of the time point, where the record names no assessment or one that the scans do not know. An investigator's global
    clinical assessment is no response of RECIST: `clinical_disagreements` compares it with the symptoms.

    Parameters
    ----------
    tables : mapping of DataFrame
        Registry tables, `responses` among them.
    results : mapping of DataFrame
        timepoint_responses, best_responses and lesion_changes.
    included : DataFrame
        Patients analysed, as `classify.recist` takes them.
    study : mapping
        Sections compartments, evaluators, primary_evaluator and response.
    engine : callable
        `classify.recist`, to compute the responses of patients with a disagreement again.

    Returns
    -------
    DataFrame
        Contract DISAGREEMENTS, one row a recorded response of an included patient and analysed evaluator.
    """
    rows = _recorded(tables["responses"], included, section(study, "evaluators"))
    if rows.empty:
        return empty(DISAGREEMENTS)
    points, bests = whole_patient(results)
    mine = Computed(rows, points, bests)
    same = (rows["response"] == mine.value).fillna(False).to_numpy(dtype=bool)
    tests = {
        "duplicate_record": _again(rows, mine.at),
        "recorded_value_unknown": rows["response"].isna().to_numpy(),
        "not_computed": mine.value.isna().to_numpy(),
        "date_differs": same & mine.outside,
        "agrees": same,
        "no_baseline": (mine.rule == "overall.ne.no_baseline").to_numpy(dtype=bool),
    }
    open_rows = ~np.logical_or.reduce([*tests.values()])
    fits = _fitting(rows[open_rows], tables, results, included, study, engine)
    found = {name: np.zeros(len(rows), bool) for name in RECOMPUTED}
    for name, flags in fits.items():
        found[name][open_rows] = flags
    last = {
        "not_assessable_counted": (mine.value == "NE").fillna(False).to_numpy(dtype=bool),
        "progression_not_found": ((rows["response"] == "PD") & (mine.value != "PD")).fillna(False).to_numpy(dtype=bool),
    }
    reason = _first({**tests, **found, **last})
    shown = [v.astype(object).where(v.notna(), "unknown") for v in (rows["response"], mine.value)]
    also = np.full(len(rows), None, dtype=object)
    for i in np.flatnonzero(np.logical_or.reduce([*found.values()])):
        also[i] = " ".join(n for n in RECOMPUTED if found[n][i])
    frame = rows.rename(columns={"response": "recorded"}).assign(
        derived=mine.value,
        agrees=same,
        timepoint=mine.timepoint,
        derived_date=mine.date,
        days_apart=(rows["response_date"] - mine.date).dt.days.astype("Int64"),
        reason=reason,
        explanations=also,
        sentence="Recorded " + shown[0] + ", computed " + shown[1] + ". " + pd.Series(reason).map(REASONS),
    )
    return conform(frame, DISAGREEMENTS)


def _recorded(responses: pd.DataFrame, included: pd.DataFrame, evaluators: Sequence[str]) -> pd.DataFrame:
    wanted = responses["patient_id"].isin(included["patient_id"]).to_numpy(dtype=bool)
    wanted &= analysed(strings(responses["evaluator"]), evaluators)
    wanted &= responses["kind"].isin(KINDS).to_numpy(dtype=bool)
    return responses[wanted].sort_values([*SERIES, "response_id"], kind="stable", ignore_index=True)


def _again(rows: pd.DataFrame, at: np.ndarray) -> np.ndarray:
    """Return which records repeat one before: by computed time point, else by name or date."""
    where = rows["assessment"].astype(object).where(rows["assessment"].notna(), rows["response_date"].astype(str))
    place = np.where(at >= 0, pd.Series(at).astype(str), where).astype(object)
    place = np.where(rows["kind"].isin(list(BEST_KINDS)), "", place)
    keys = {"p": rows["patient_id"], "e": rows["evaluator"], "k": rows["kind"], "w": place}
    return pd.DataFrame(keys).duplicated().to_numpy()


def _first(tests: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.select(list(tests.values()), list(tests), "other").astype(object)


class Computed:
    """What stands beside each recorded response: value, place, date and rule."""

    def __init__(self, rows: pd.DataFrame, points: pd.DataFrame, bests: pd.DataFrame) -> None:
        self.at = match(rows, points)
        series = _position(rows, bests)
        best = rows["kind"].isin(list(BEST_KINDS)).to_numpy(dtype=bool)
        self.at[best] = -1
        at_point, at_best = points.reindex(self.at), bests.reindex(np.where(best, series, -1))
        at_point, at_best = (f.reset_index(drop=True) for f in (at_point, at_best))
        value = pd.Series(pd.NA, index=rows.index, dtype=rows["response"].dtype)
        date = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
        for kinds, frame in ((TIMEPOINT_KINDS, at_point), (BEST_KINDS, at_best)):
            for kind, column in kinds.items():
                is_kind = (rows["kind"] == kind).to_numpy(dtype=bool)
                value = value.where(~is_kind, frame[column])
                when = frame["response_date" if frame is at_point else f"{column}_date"]
                date = date.where(~is_kind, when.astype("datetime64[us]"))
        self.value, self.date = value, date
        self.rule = at_point["rule"].fillna("").astype(object)
        self.timepoint = at_point["timepoint"].astype("Int64")
        recorded = rows["response_date"]
        inside = recorded.between(at_point[["assessment_date", "response_date"]].min(axis=1), at_point["last_date"])
        self.outside = (recorded.notna() & ~inside & (self.at >= 0)).to_numpy(dtype=bool)


def match(rows: pd.DataFrame, points: pd.DataFrame) -> np.ndarray:
    """Return the computed time point of each recorded response, -1 if there is none."""
    numbered = points.assign(place=np.arange(len(points)))
    named = numbered.dropna(subset=["assessment"]).drop_duplicates([*SERIES, "assessment"])
    by_name = rows[[*SERIES, "assessment"]].merge(
        named[[*SERIES, "assessment", "place"]], on=[*SERIES, "assessment"], how="left"
    )
    at = by_name["place"].where(rows["assessment"].notna().to_numpy()).fillna(-1).astype("int64").to_numpy(copy=True)
    left = rows.loc[(at < 0) & rows["response_date"].notna().to_numpy(), [*SERIES, "response_date"]]
    left = left.rename(columns={"response_date": "recorded"}).assign(row=np.flatnonzero(
        (at < 0) & rows["response_date"].notna().to_numpy()
    ))  # fmt: skip
    by_date = left.merge(numbered, on=SERIES)
    inside = by_date["recorded"].between(by_date["assessment_date"], by_date["last_date"])
    by_date = by_date[inside.to_numpy(dtype=bool)].drop_duplicates("row")
    at[by_date["row"].to_numpy()] = by_date["place"].to_numpy()
    return at


def _position(rows: pd.DataFrame, bests: pd.DataFrame) -> np.ndarray:
    numbered = bests[SERIES].assign(place=np.arange(len(bests)))
    return rows[SERIES].merge(numbered, on=SERIES, how="left")["place"].fillna(-1).astype("int64").to_numpy()


def _fitting(
    rows: pd.DataFrame, tables: Tables, results: Mapping[str, pd.DataFrame], included: pd.DataFrame,
    study: Mapping[str, Any], engine: Engine,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return, for each deviation, which records it explains."""
    if rows.empty:
        return {}
    few = rows["patient_id"].drop_duplicates()
    rows = rows.reset_index(drop=True)
    tables = {n: t[t["patient_id"].isin(few).to_numpy(dtype=bool)] for n, t in tables.items() if "patient_id" in t}
    included = included[included["patient_id"].isin(few).to_numpy(dtype=bool)].reset_index(drop=True)
    results = {
        n: results[n][results[n]["patient_id"].isin(few).to_numpy(dtype=bool)].reset_index(drop=True)
        for n in ("timepoint_responses", "best_responses", "lesion_changes")
    }
    found: dict[str, np.ndarray] = {}
    for name, points, bests in _alternatives(rows, tables, results, included, study, engine):
        value = Computed(rows, points, bests).value
        flags = (rows["response"] == value).fillna(False).to_numpy(dtype=bool)
        found[name] = found.get(name, np.zeros(len(rows), bool)) | flags
    return found


def _alternatives(
    rows: pd.DataFrame, tables: Tables, results: Mapping[str, pd.DataFrame], included: pd.DataFrame,
    study: Mapping[str, Any], engine: Engine,
) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:  # fmt: skip
    """Yield each deviation with the time points and the best responses of the whole patient under it."""
    points, bests = whole_patient(results)
    response, best = section(study, "response"), bool(rows["kind"].isin(list(BEST_KINDS)).any())
    again = _Bests(bests, points, tables, included, response) if best else None
    unchanged = points.assign(**{c: pd.Series(pd.NA, index=points.index, dtype=points[c].dtype)
                                 for c in TIMEPOINT_KINDS.values()})  # fmt: skip
    if again is not None:
        yield "of_recorded_time_points", unchanged, again.of(_of_records(tables["responses"], points))
        yield "after_progression_counted", unchanged, again.of(points, every=True)
        yield (
            "confirmation",
            unchanged,
            bests.rename(columns={"best_response": "confirmed_response", "confirmed_response": "best_response"}),
        )
    recount = Recount(
        points, results["lesion_changes"], tables["lesions"], section(study, "compartments"), Criteria.of(response)
    )
    for name, other in recount.recounts():
        yield name, other, again.of(other) if again is not None else bests.iloc[:0]
    for name, computed in reruns(engine, tables, included, study, best):
        yield name, *whole_patient(computed)
    for compartment in results["timepoint_responses"]["compartment"].drop_duplicates():
        if compartment != WHOLE_PATIENT:
            here = [results[n] for n in ("timepoint_responses", "best_responses")]
            here = [f[(f["compartment"] == compartment).to_numpy(dtype=bool)].reset_index(drop=True) for f in here]
            yield "compartment_response", here[0], here[1]
    names = sorted(points["evaluator"].unique().tolist())
    for shift in range(1, len(names)):
        to = {e: names[(i + shift) % len(names)] for i, e in enumerate(names)}
        theirs = [f.assign(evaluator=f["evaluator"].map(to)) for f in (points, bests)]
        yield "other_reader", theirs[0], theirs[1]


def _of_records(responses: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """Return the computed time points with the recorded overall responses in place of the computed ones."""
    overall = responses[((responses["kind"] == "overall") & responses["response"].notna()).to_numpy(dtype=bool)]
    overall = overall.reset_index(drop=True)
    at = match(overall, points)
    value = pd.Series(overall["response"].to_numpy(), index=at)
    value = value[(value.index >= 0) & ~value.index.duplicated()]
    recorded = value.reindex(points.index)
    return points.assign(overall_response=recorded.to_numpy())[recorded.notna().to_numpy()]


class _Bests:
    """Best responses of other responses at the time points; not under a time window, which needs the whole engine."""

    def __init__(
        self, bests: pd.DataFrame, points: pd.DataFrame, tables: Tables, included: pd.DataFrame,
        response: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self.response, self.window = response, response["timing"] == "window"
        therapies = new_therapy_dates(tables["therapies"], included, response["new_therapies"])
        series = bests[[*SERIES, "targets"]].merge(included[["patient_id", "origin_date"]], on="patient_id")
        self.nothing = bests.iloc[:0]
        self.series = series.merge(therapies, on="patient_id", how="left").assign(has_targets=series["targets"] > 0)

    def of(self, points: pd.DataFrame, every: bool = False) -> pd.DataFrame:
        """Return the best responses; with `every`, as if progression ended nothing."""
        rows = points[points["overall_response"].notna().to_numpy(dtype=bool)]
        if self.window or self.series.empty:
            return self.nothing
        if every:
            rows = rows[(rows["overall_response"] != "PD").to_numpy(dtype=bool)]
        given = rows[SERIES].assign(date=rows["assessment_date"], response=rows["overall_response"])
        return best_overall(given, self.series, self.response, SERIES)
