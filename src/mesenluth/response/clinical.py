"""Clinical response: how the symptoms of the compartment of interest changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConfigurationError
from ..reuse import reusable
from ..tables.io import STRING, conform
from ..tables.registry import CLINICAL_VALUES
from ..tables.results import CLINICAL_RESPONSES
from .arrays import strings, text
from .sentences import join, numbers
from .settings import choice

RULES = ("improved_none_worse", "any_improvement", "investigator")
IMPROVED, UNCHANGED, WORSENED = CLINICAL_VALUES


@dataclass(frozen=True)
class Symptoms:
    """The symptoms that count, compared with the baseline.

    Attributes
    ----------
    asked : Series of str
        Patients with any record of a symptom asked for on or before day 0.
    burden : Series of int
        Patient -> symptoms of grade 1 or more at baseline.
    visits : DataFrame
        One row a patient and day after day 0: patient_id, day, improved, worsened (numbers of symptoms).
    """

    asked: pd.Series
    burden: pd.Series
    visits: pd.DataFrame


def compared(symptoms: pd.DataFrame, included: pd.DataFrame, settings: Mapping[str, Any]) -> Symptoms:
    """Compare the symptoms of each visit after day 0 with those at baseline.

    The baseline of a symptom is its last record on or before day 0. Under ``attributed: mesenteric`` a symptom counts
    where the registry attributes it to the mesenteric mass; a grade 0 always counts, and so does a later record of a
    symptom of the mass whose attribution is not stated. A symptom of an excluded cause never counts, whatever it is
    attributed to; a record without a cause has the one last stated for that symptom.

    Parameters
    ----------
    symptoms : DataFrame
        Registry table; grades of CTCAE v5.0.
    included : DataFrame
        Patients analysed: patient_id, origin_date.
    settings : mapping
        The study's section `clinical`.
    """
    attributed = choice(settings, "attributed", "clinical", ("mesenteric", "any"))
    if "exclude_causes" not in settings:
        raise ConfigurationError("clinical.exclude_causes is missing", "the key, as in config.yaml")
    rows = symptoms[symptoms["term"].isin(list(settings["terms"]))]
    rows = rows.merge(included[["patient_id", "origin_date"]], on="patient_id")
    rows["day"] = (rows["symptom_date"] - rows["origin_date"]).dt.days
    rows = rows[rows["day"].notna()].sort_values(["patient_id", "term", "day", "symptom_id"], kind="stable")
    asked = rows.loc[rows["day"] <= 0, "patient_id"].drop_duplicates()
    cause = rows["cause"].groupby([rows["patient_id"], rows["term"]]).ffill()
    rows = rows[((rows["ctcae_grade"] == 0) | ~cause.isin(list(settings["exclude_causes"]))).to_numpy(dtype=bool)]
    none = rows["ctcae_grade"] == 0
    ours = rows["mesenteric"].fillna(False).astype(bool) if attributed == "mesenteric" else pd.Series(True, rows.index)

    before = rows["day"] <= 0
    base = rows[before & (none | ours)].sort_values(["patient_id", "term", "day", "ctcae_grade"], kind="stable")
    base = base.drop_duplicates(["patient_id", "term"], keep="last")[["patient_id", "term", "ctcae_grade"]]
    base = base.rename(columns={"ctcae_grade": "grade_before"})
    later = rows[rows["day"] > 0].merge(base, on=["patient_id", "term"], how="left")
    later["grade_before"] = later["grade_before"].fillna(0).astype("int64")
    if attributed == "mesenteric":
        stated = later["mesenteric"].fillna(False).astype(bool)
        silent = later["mesenteric"].isna() & (later["grade_before"] > 0)
        later = later[(later["ctcae_grade"] == 0) | stated | silent]
    later = later.groupby(["patient_id", "day", "term"], sort=True).agg(
        grade=("ctcae_grade", "max"), grade_before=("grade_before", "max")
    )
    fall = later["grade_before"] - later["grade"]
    better = (later["grade_before"] > 0) & ((later["grade"] == 0) | (fall >= settings["improvement_grades"]))
    visit = pd.DataFrame({"improved": better, "worsened": fall < 0}).groupby(level=["patient_id", "day"]).sum()
    burden = base[base["grade_before"] > 0].groupby("patient_id").size().rename("symptoms_at_baseline")
    return Symptoms(asked, burden, visit.astype("int64").reset_index())


@reusable
def clinical_responses(
    symptoms: pd.DataFrame, responses: pd.DataFrame, included: pd.DataFrame, settings: Mapping[str, Any],
    primary_evaluator: str = "",
) -> pd.DataFrame:  # fmt: skip
    """Return the clinical response of each patient by the study's rule.

    Within `window_days`, and not after a new therapy where the study stops there, the best visit counts: one that has a
    response, else the one with most symptoms improved and fewest worse, else the first.

    Parameters
    ----------
    symptoms, responses : DataFrame
        Registry tables; of the recorded responses only those of the kind `clinical` are read.
    included : DataFrame
        Patients analysed: patient_id, origin_date; new_therapy_date where it is known.
    settings : mapping
        The study's section `clinical`. ``improved_none_worse``: at least one symptom improved and none worse;
        ``any_improvement``: at least one improved; ``investigator``: the recorded global assessment says IMPROVED (of
        two on one day the worse counts; those of the primary evaluator where there are any, else all).
    primary_evaluator : str
        Whose readings give the endpoints.

    Returns
    -------
    DataFrame
        Contract CLINICAL_RESPONSES, one row an included patient. One with only grades 0 is not symptomatic. A patient
        without any record of a symptom on or before day 0 is not evaluable, except by the investigator's assessment.

    Raises
    ------
    ConfigurationError
        For a key of `clinical` that is missing or an alternative that there is none of.
    """
    method = choice(settings, "rule", "clinical", RULES)
    found = compared(symptoms, included, settings)
    people = included[["patient_id", "origin_date"]].assign(stop=_stop(included, settings))
    low, high = settings["window_days"]
    low = max(low, 1)
    visits = found.visits.assign(recorded=pd.Series(None, index=found.visits.index, dtype=STRING))
    good = visits["improved"] > 0
    if method == "improved_none_worse":
        good &= visits["worsened"] == 0
    if method == "investigator":
        visits = _assessments(responses, people, primary_evaluator).merge(
            found.visits, on=["patient_id", "day"], how="left"
        )
        good = visits["recorded"] == IMPROVED
    visits = visits.assign(good=good.astype("boolean")).merge(people, on="patient_id")
    visits = visits[visits["day"].between(low, high) & (visits["stop"].isna() | (visits["day"] <= visits["stop"]))]
    visits = visits.assign(rank=visits["recorded"].map({v: i for i, v in enumerate(CLINICAL_VALUES)}).fillna(0))
    visits = visits.sort_values(
        ["patient_id", "good", "rank", "improved", "worsened", "day"],
        ascending=[True, False, True, False, True, True], kind="stable",
    ).drop_duplicates("patient_id")  # fmt: skip

    chosen = ["patient_id", "day", "improved", "worsened", "recorded", "good"]
    frame = people.merge(found.burden.reset_index(), on="patient_id", how="left")
    frame = frame.merge(visits[chosen], on="patient_id", how="left")
    for column in ("symptoms_at_baseline", "improved", "worsened"):
        frame[column] = frame[column].fillna(0).astype("int64")
    return conform(
        _verdict(frame, found, method, (low, high)).sort_values("patient_id", kind="stable"), CLINICAL_RESPONSES
    )


def _stop(included: pd.DataFrame, settings: Mapping[str, Any]) -> pd.Series:
    """Return the day of the first new therapy of each patient, missing where none ends the counting."""
    if not choice(settings, "stop_at_new_therapy", "clinical", (True, False)) or "new_therapy_date" not in included:
        return pd.Series(np.nan, index=included.index)
    return (included["new_therapy_date"] - included["origin_date"]).dt.days


def _assessments(responses: pd.DataFrame, people: pd.DataFrame, primary: str) -> pd.DataFrame:
    """Return the recorded clinical assessments: patient_id, day, recorded; one a day, the worse of two."""
    known = responses["response"].isin(CLINICAL_VALUES) & responses["response_date"].notna()
    rows = responses.loc[
        (responses["kind"] == "clinical") & known, ["patient_id", "evaluator", "response_date", "response"]
    ]
    rows = rows.merge(people, on="patient_id")
    own = rows["evaluator"] == primary
    rows = rows[own | ~own.groupby(rows["patient_id"]).transform("any").astype(bool)]
    rows = rows.assign(
        day=(rows["response_date"] - rows["origin_date"]).dt.days,
        rank=rows["response"].map({v: i for i, v in enumerate(CLINICAL_VALUES)}),
    )
    rows = rows[rows["day"].notna()].sort_values(["patient_id", "day", "rank"], kind="stable")
    rows = rows.drop_duplicates(["patient_id", "day"], keep="last").rename(columns={"response": "recorded"})
    return rows[["patient_id", "day", "recorded"]]


def _verdict(frame: pd.DataFrame, found: Symptoms, method: str, window: tuple[int, int]) -> pd.DataFrame:
    low, high = window
    visited = frame["day"].notna().to_numpy()
    asked = frame["patient_id"].isin(found.asked).to_numpy(dtype=bool)
    some = (frame["symptoms_at_baseline"] > 0).to_numpy()
    good = frame["good"].fillna(False).astype(bool).to_numpy()
    better, worse = ((frame[c] > 0).to_numpy() for c in ("improved", "worsened"))
    day, improved, symptomatic, worsened = (
        numbers(frame[c].fillna(0).to_numpy(dtype=np.int64))
        for c in ("day", "improved", "symptoms_at_baseline", "worsened")
    )
    counted = join("day ", day, ": ", improved, " of ", symptomatic, " improved, ", worsened, " worse")
    if method == "investigator":
        said = join(
            "day ", day, ": the investigator recorded ", strings(frame["recorded"].astype(object).fillna("nothing"))
        )
        tests = [
            (asked & ~some, "not_symptomatic", "clinical.not_symptomatic", "no symptom at baseline"),
            (~visited, "not_evaluable", "clinical.ne.no_assessment",
             f"no assessment by the investigator from day {low} to {high}"),
            (good, "response", "clinical.investigator", said),
            (visited, "no_response", "clinical.investigator", said),
        ]  # fmt: skip
    else:
        tests = [
            (~asked, "not_evaluable", "clinical.ne.no_baseline", "no record of a symptom on or before day 0"),
            (~some, "not_symptomatic", "clinical.not_symptomatic", "no symptom at baseline"),
            (~visited, "not_evaluable", "clinical.ne.no_visit", f"no visit from day {low} to {high}"),
            (good & worse, "response", "clinical.improved_some_worse", counted),
            (good, "response", "clinical.improved", counted),
            (better, "no_response", "clinical.worse_elsewhere", counted),
            (visited, "no_response", "clinical.not_improved", counted),
        ]
    conditions = [t[0] for t in tests]
    words = [
        np.full(len(frame), t[3], object) if isinstance(t[3], str) else text(t[3]).to_numpy(dtype=object) for t in tests
    ]
    response = np.select(conditions, [t[1] for t in tests], "not_evaluable")
    date = frame["origin_date"] + pd.to_timedelta(frame["day"].astype("float64"), unit="D")
    decided = np.isin(response, ("response", "no_response"))
    return frame.assign(
        method=method,
        visit_date=date.astype("datetime64[us]").where(decided),
        recorded=frame["recorded"].where(decided),
        response=response,
        rule=np.select(conditions, [t[2] for t in tests], ""),
        reason=np.select(conditions, words, ""),
    )
