"""Progression-free survival in subgroups: curves of independent groups of patients within one compartment.

Everything here is exploratory. Groups are compared within one compartment, by a log-rank test and Cox's model; how the
difference of two compartments depends on the group is asked in the same patients, with the variance over patients.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from ..tables.io import conform, empty
from ..tables.results_survival import SUBGROUP_CURVES
from . import cohorts
from .cohorts import Study, Tables
from .cox import Cox, cox
from .levels import Levels, hidden, study_levels
from .logrank import logrank
from .rows import STUDY, SUBGROUP, Row, row
from .subgroup_rates import not_shown, shown_levels
from .survival_estimates import competes, curve_frame, event_curve, landmark_rows, median_row
from .time_to_event import from_response, rules_of
from .words import NOT_ESTIMABLE, interval_text, p_equals, plural

COX = "Cox, Efron's ties"
ROBUST = "Cox, Efron's ties, robust variance over patients"


def survival_subgroup_rows(times: pd.DataFrame, tables: Tables, study: Study) -> tuple[list[Row], pd.DataFrame]:
    """Return progression-free survival by subgroup, under the study's own rules, as the primary evaluator read it.

    Parameters
    ----------
    times : DataFrame
        `results.TIME_TO_EVENT`.
    tables : mapping of DataFrame
    study : mapping
        `subgroups`, `statistics.small_cell_below`, `statistics.min_at_risk`.

    Returns
    -------
    rows : list of dict
        For each endpoint whose events are progression and death, compartment and subgroup: ``events``, ``median`` and
        ``landmark``s of each level, ``hazard_ratio`` against the first level shown, ``subgroup_test`` (log-rank); and
        for each pair of compartments ``interaction``.
    curves : DataFrame
        `results_survival.SUBGROUP_CURVES`.
    """
    patients = cohorts.included(tables["cohort"])["patient_id"]
    own = times[(times["rule_set"] == STUDY) & (times["evaluator"] == study["primary_evaluator"])]
    every = study_levels(tables, study)
    rows: list[Row] = []
    curves: list[pd.DataFrame] = []
    for endpoint in study["endpoints"]:
        if endpoint["kind"] != "time_to_event" or not {"progression", "death"} <= set(endpoint["events"]):
            continue
        if from_response(endpoint):
            continue
        mine = own[own["endpoint"] == endpoint["id"]]
        ends = {
            c: mine[mine["compartment"] == c].set_index("patient_id").reindex(patients)
            for c in endpoint["compartments"]
        }
        about = {"endpoint": endpoint["id"], "evaluator": study["primary_evaluator"], "population": SUBGROUP}
        for levels in every:
            here = {**about, "subgroup": levels.subgroup}
            for compartment, end in ends.items():
                compete = competes(rules_of(endpoint, STUDY, study), compartment)
                within = _Within(levels, end, compete, study, {**here, "compartment": compartment})
                rows += within.rows()
                curves += within.curves
            for pair in combinations([c for c in cohorts.compartments(study) if c in ends], 2):
                rows.append(
                    _interaction(levels, [ends[c] for c in pair], study, {**here, "compartment": " vs ".join(pair)})
                )
    filled = [c for c in curves if len(c)]
    frame = pd.concat(filled, ignore_index=True) if filled else empty(SUBGROUP_CURVES)
    return rows, conform(frame.reindex(columns=SUBGROUP_CURVES.column_names), SUBGROUP_CURVES)


class _Within:
    """The levels of one subgroup in one compartment."""

    def __init__(self, levels: Levels, ends: pd.DataFrame, competing: bool, study: Study, about: Row) -> None:
        self.levels, self.ends, self.competing, self.study, self.about = levels, ends, competing, study, about
        self.statistics = study["statistics"]
        self.curves: list[pd.DataFrame] = []
        self.known = ends["time_months"].notna().to_numpy(dtype=bool)
        self.time = ends["time_months"].to_numpy(dtype=float)
        self.event = (ends["status"] == "event").to_numpy(dtype=bool)
        self.counts = levels.counts(self.known)
        self.compared = shown_levels(levels, self.counts, study)

    def rows(self) -> list[Row]:
        out = hidden(self.counts, self.statistics["small_cell_below"])
        rows = []
        for i, name in enumerate(self.levels.names):
            if i in out:
                rows.append(not_shown(self.about, name, out[i], "events", "patients"))
            elif self.counts[i]:
                rows += self._level(i, name)
        return [*rows, *self._ratios(), self._test()]

    def _level(self, i: int, name: str) -> list[Row]:
        mine = self.known & (self.levels.code == i)
        curve = event_curve(self.ends[mine], self.competing, self.study)
        months = [float(m) for m in self.statistics["landmarks_months"]]
        about = {**self.about, "level": name}
        which = {k: about[k] for k in ("endpoint", "compartment", "evaluator", "subgroup", "level")}
        self.curves.append(curve_frame(curve, {**which, "position": i + 1}))
        events = f"{plural(curve.events, 'event')} in {plural(curve.n, 'patient')}"
        return [
            row(statistic="events", text=events, numerator=curve.events, denominator=curve.n,
                estimate=float(curve.events), **about),
            median_row(curve, "median", curve.method, about),
            *landmark_rows(curve, months, about, self.statistics["min_at_risk"]),
        ]  # fmt: skip

    def _ratios(self) -> list[Row]:
        """Return the hazard ratio of each other level against the first one shown."""
        if len(self.compared) < 2:
            return []
        mine = self.known & np.isin(self.levels.code, self.compared)
        reference, *others = self.compared
        columns = np.column_stack([self.levels.code[mine] == i for i in others]).astype(float)
        fit = cox(self.time[mine], self.event[mine], columns, confidence=self.statistics["confidence"])
        return [self._ratio(fit, j, i, reference) for j, i in enumerate(others)]

    def _counted(self, places: list[int]) -> Row:
        """Return the events and the patients of some levels."""
        mine = self.known & np.isin(self.levels.code, places)
        return {"numerator": int(self.event[mine].sum()), "denominator": int(mine.sum())}

    def _ratio(self, fit: Cox, j: int, place: int, against_place: int) -> Row:
        level, reference = self.levels.names[place], self.levels.names[against_place]
        against = f"against {reference}"
        about = {**self._counted([place, against_place]), **self.about}
        if fit.reason:
            return row(statistic="hazard_ratio", text=NOT_ESTIMABLE, method=f"{COX}, {against}", level=level,
                       unit="hazard ratio", reason=fit.reason, **about)  # fmt: skip
        ratio, low, high, p = (float(a[j]) for a in (fit.hazard_ratio, fit.low, fit.high, fit.p_value))
        return row(
            statistic="hazard_ratio", text=f"{interval_text(ratio, low, high, 2)} {against}; {p_equals(p)}",
            method=f"{COX}, {against}", level=level, estimate=ratio, ci_low=low, ci_high=high, p_value=p,
            confidence=self.statistics["confidence"], test="Wald, two-sided, exploratory",
            hypothesis=f"the hazards of {level} and {reference} differ", unit="hazard ratio", **about,
        )  # fmt: skip

    def _test(self) -> Row:
        mine = self.known & np.isin(self.levels.code, self.compared)
        found = logrank(self.time[mine], self.event[mine], self.levels.code[mine])
        reason = found.reason if len(self.compared) > 1 else f"{NOT_ESTIMABLE}: fewer than two levels that are shown"
        return row(
            statistic="subgroup_test", text=NOT_ESTIMABLE if reason else p_equals(found.p_value), method="log-rank",
            test="log-rank, two-sided, exploratory", hypothesis="the hazards of the levels differ",
            p_value=found.p_value, unit="p value", reason=reason or None, **self._counted(self.compared), **self.about,
        )  # fmt: skip


def _interaction(levels: Levels, ends: list[pd.DataFrame], study: Study, about: Row) -> Row:
    """Test whether the hazard ratio of two compartments of the same patients is another one in another level."""
    both = np.logical_and.reduce([e["time_months"].notna().to_numpy(dtype=bool) for e in ends])
    some = shown_levels(levels, levels.counts(both), study)
    mine = both & np.isin(levels.code, some)
    n = int(mine.sum())
    event = np.concatenate([(e["status"] == "event").to_numpy(dtype=bool)[mine] for e in ends])
    common: Row = {
        "numerator": int(event.sum()), "denominator": n,
        "statistic": "interaction", "method": ROBUST, "test": f"{ROBUST}, Wald, two-sided, exploratory",
        "hypothesis": "the hazard ratio of the compartments is not the same in all levels", **about,
    }  # fmt: skip
    if len(some) < 2:
        reason = f"{NOT_ESTIMABLE}: fewer than two levels that are shown"
        return row(text=NOT_ESTIMABLE, unit="p value", reason=reason, **common)
    time = np.concatenate([e["time_months"].to_numpy(dtype=float)[mine] for e in ends])
    first = np.repeat([1.0, 0.0], n)
    level = np.column_stack([np.tile(levels.code[mine], 2) == i for i in some[1:]]).astype(float)
    columns = np.column_stack([first, level, level * first[:, None]])
    confidence = study["statistics"]["confidence"]
    fit = cox(time, event, columns, cluster=np.tile(np.arange(n), 2), confidence=confidence)
    if fit.reason:
        return row(text=NOT_ESTIMABLE, unit="p value", reason=fit.reason, **common)
    k = len(some) - 1
    beta, covariance = fit.coefficients[-k:], fit.covariance[-k:, -k:]
    if np.linalg.matrix_rank(covariance, hermitian=True) < k:
        reason = f"{NOT_ESTIMABLE}: too few patients for the variance over patients"
        return row(text=NOT_ESTIMABLE, unit="p value", reason=reason, **common)
    p = float(stats.chi2.sf(float(beta @ np.linalg.solve(covariance, beta)), k))
    if k > 1:
        return row(text=p_equals(p), p_value=p, unit="p value", **common)
    ratio, low, high = (float(a[-1]) for a in (fit.hazard_ratio, fit.low, fit.high))
    of = f"{levels.names[some[1]]} against {levels.names[some[0]]}"
    return row(
        text=f"{interval_text(ratio, low, high, 2)}, {of}; {p_equals(p)}", estimate=ratio, ci_low=low, ci_high=high,
        confidence=confidence, p_value=p, unit="ratio of hazard ratios", **common,
    )  # fmt: skip
