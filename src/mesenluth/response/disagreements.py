"""Recorded responses beside the computed ones, and why they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..tables.io import conform, empty
from ..tables.results import CATEGORIES, DISAGREEMENTS
from .arrays import strings
from .readings import analysed
from .recist import NONE, is_partial_response, is_progression, overall_response
from .rules import TIMEPOINT_RULES
from .settings import WHOLE_PATIENT, Criteria

REASONS: dict[str, str] = {
    "agrees": "Recorded and computed are the same.",
    "duplicate_record": "The same response is recorded more than once; the first record is compared.",
    "recorded_value_unknown": "The recorded value is no response of RECIST 1.1.",
    "not_computed": "No time point after baseline was read by this evaluator at that assessment.",
    "no_baseline": "A category is recorded although there is no baseline to compare with.",
    "nadir_ignored": "The increase is over the smallest sum before; the record fits the change from baseline alone.",
    "not_assessable_counted": "Not everything was evaluated, so the response is NE; a category is recorded.",
    "equivocal_confirmed_later": "An equivocal finding was confirmed later, which dates progression back to here.",
    "reappearance_ignored": "Disease is seen again after a complete response, which is progression.",
    "new_lesion_ignored": "An unequivocal new lesion is seen, which is progression.",
    "marker_not_normal": "All lesions are gone; a tumour marker that is not known to be normal again withholds CR.",
    "progression_not_found": "Progression is recorded; no measurement, non-target or new lesion shows it.",
    "other": "The readings give another category.",
}
"""Why a recorded response differs, by id, in the order in which the reasons are tried."""
MARKER_RULES = tuple(r.id for r in TIMEPOINT_RULES if ".marker_" in r.id)


def disagreements(
    responses: pd.DataFrame,
    timepoints: pd.DataFrame,
    included: pd.DataFrame,
    evaluators: Sequence[str],
    response_settings: Mapping[str, Any],
) -> pd.DataFrame:
    """Compare each recorded response with the computed one of the whole patient.

    They are matched by patient, evaluator and the name of the assessment; by date, within the dates of the time
    point, where the record names no assessment or one that the scans do not know. An investigator's global clinical
    assessment is no response of RECIST: `clinical_disagreements` compares it with the symptoms.

    Parameters
    ----------
    responses : DataFrame
        Registry table.
    timepoints : DataFrame
        Contract TIMEPOINT_RESPONSES.
    included : DataFrame
        Patients analysed: patient_id.
    evaluators : sequence of str
        Evaluators analysed; empty for all.
    response_settings : mapping
        The study's section `response`.

    Returns
    -------
    DataFrame
        Contract DISAGREEMENTS, one row a recorded response of an included patient and analysed evaluator.
    """
    wanted = responses["patient_id"].isin(included["patient_id"])
    wanted &= analysed(strings(responses["evaluator"]), evaluators) & (responses["kind"] != "clinical")
    rows = responses[wanted].sort_values(["patient_id", "evaluator", "response_id"], kind="stable", ignore_index=True)
    if rows.empty:
        return empty(DISAGREEMENTS)
    points = timepoints[timepoints["compartment"] == WHOLE_PATIENT].reset_index(drop=True)
    at = _match(rows, points)
    found = at >= 0
    computed = points.take(np.where(found, at, 0)).reset_index(drop=True) if len(points) else None
    criteria = Criteria.of(response_settings)
    if computed is None:
        derived = pd.Series(None, index=rows.index, dtype=rows["response"].dtype)
        tests = {}
    else:
        columns = [computed[f"{k}_response"] for k in ("overall", "target", "nontarget")]
        kind = [rows["kind"] == k for k in ("overall", "target", "nontarget")]
        derived = columns[0].where(kind[0], columns[1].where(kind[1], columns[2])).where(found)
        tests = _reasons(rows, computed, derived, criteria)
    same = ((rows["response"] == derived) & derived.notna()).fillna(False).to_numpy(dtype=bool)
    where = rows["assessment"].astype(object).where(rows["assessment"].notna(), rows["response_date"].astype(str))
    again = pd.DataFrame({"p": rows["patient_id"], "e": rows["evaluator"], "k": rows["kind"], "w": where}).duplicated()
    tests = {
        "duplicate_record": again.to_numpy(),
        "recorded_value_unknown": rows["response"].isna().to_numpy(),
        "not_computed": ~found | derived.isna().to_numpy(),
        "agrees": same,
        **tests,
    }
    reason = np.select(list(tests.values()), list(tests), "other")
    said = np.array([REASONS[r] for r in tests] + [REASONS["other"]], dtype=object)
    shown = [v.astype(object).where(v.notna(), "unknown") for v in (rows["response"], derived)]
    words = said[np.select(list(tests.values()), list(range(len(tests))), len(tests))]
    frame = rows.rename(columns={"response": "recorded"}).assign(
        derived=derived,
        agrees=same,
        reason=reason,
        sentence="Recorded " + shown[0] + ", computed " + shown[1] + ". " + words,
    )
    return conform(frame, DISAGREEMENTS)


def _match(rows: pd.DataFrame, points: pd.DataFrame) -> np.ndarray:
    """Return the computed time point of each recorded response, -1 if there is none."""
    key = ["patient_id", "evaluator"]
    numbered = points.assign(at=np.arange(len(points)))
    named = numbered.dropna(subset=["assessment"]).drop_duplicates([*key, "assessment"])
    by_name = rows[[*key, "assessment"]].merge(named[[*key, "assessment", "at"]], on=[*key, "assessment"], how="left")
    at = by_name["at"].where(rows["assessment"].notna().to_numpy()).fillna(-1).astype("int64").to_numpy(copy=True)
    left = rows.loc[(at < 0) & rows["response_date"].notna().to_numpy(), [*key, "response_date"]]
    by_date = left.reset_index(names="row").merge(numbered, on=key)
    inside = by_date["response_date_x"].between(by_date["assessment_date"], by_date["last_date"])
    by_date = by_date[inside].drop_duplicates("row")
    at[by_date["row"].to_numpy()] = by_date["at"].to_numpy()
    return at


def _codes(names: pd.Series) -> np.ndarray:
    return pd.Categorical(names, categories=list(CATEGORIES)).codes.astype(np.int64)


def _reasons(
    rows: pd.DataFrame, computed: pd.DataFrame, derived: pd.Series, criteria: Criteria
) -> dict[str, np.ndarray]:
    recorded, mine = _codes(rows["response"]), _codes(derived)
    target, nontarget = _codes(computed["target_response"]), _codes(computed["nontarget_response"])
    rule, pd_code = computed["rule"].astype(object).to_numpy(), CATEGORIES.index("PD")
    # Whole micrometres stand behind the mm columns; what is not known becomes 0 and is ruled out by `complete`.
    total, base = (np.rint(computed[c].fillna(0).to_numpy() * 1000).astype(np.int64) for c in ("sum_mm", "baseline_mm"))
    complete = computed["sum_complete"].fillna(False).to_numpy(dtype=bool) & computed["baseline_mm"].notna().to_numpy()
    grown = is_progression(total, base, criteria.pd_increase, criteria.pd_increase_um)
    shrunk = is_partial_response(total, base, criteria.pr_decrease)
    names = {c: CATEGORIES.index(c) for c in CATEGORIES}
    from_baseline = np.select([grown, shrunk], [pd_code, names["PR"]], names["SD"])
    none = np.zeros(len(rows), bool)
    without_nadir, _ = overall_response(
        has_baseline=~none, target=from_baseline, target_rule=np.full(len(rows), NONE), nontarget=nontarget,
        new_lesion=computed["new_lesion"].to_numpy(dtype=bool), dated_back=none, not_assessed=none,
    )  # fmt: skip
    expected = np.where(rows["kind"] == "target", from_baseline, without_nadir)
    about_nadir = (rows["kind"] != "nontarget").to_numpy() & complete & (target == pd_code)
    overall = (rows["kind"] == "overall").to_numpy()
    return {
        "no_baseline": rule == "overall.ne.no_baseline",
        "nadir_ignored": about_nadir & (mine == pd_code) & (recorded == expected),
        "not_assessable_counted": mine == names["NE"],
        "equivocal_confirmed_later": overall & (rule == "new_lesion.dated_back"),
        "reappearance_ignored": overall & (rule == "overall.pd.reappearance"),
        "new_lesion_ignored": overall & (rule == "new_lesion.unequivocal"),
        "marker_not_normal": pd.Series(rule).isin(MARKER_RULES).to_numpy() & (rows["kind"] != "target").to_numpy(),
        "progression_not_found": (recorded == pd_code) & (mine != pd_code),
    }
