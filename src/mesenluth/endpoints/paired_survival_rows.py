"""Times of two compartments compared in the same patients, as rows of the table of estimates.

Definitions. ``study``: the study's own censoring rules. ``cause_specific``: the same times, a death ending its time
without the event; only where the study counts deaths as events, because a death belongs to both compartments and
dilutes what tells them apart. Population ``disease_in_both``: patients with disease in both compartments at baseline.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from . import cohorts
from .cohorts import Study, Tables
from .cox import cox
from .cox_check import proportional_hazards
from .paired_survival import Difference, Times, bootstrap_difference, jackknife_difference, progressed_first
from .rows import CAUSE_SPECIFIC, IN_BOTH, STUDY, Row, row
from .time_to_event import from_response
from .words import NOT_ESTIMABLE, ci, fixed, interval_text, p_equals, plain, plural

DEATH, PROGRESSION = "death", "progression"
DOUBTFUL = 0.05
"""A test of proportional hazards below this is spoken of."""


def paired_survival_rows(times: pd.DataFrame, tables: Tables, study: Study) -> list[Row]:
    """Compare the compartments of each time-to-event endpoint in pairs.

    Parameters
    ----------
    times : DataFrame
        `results.TIME_TO_EVENT`; its rows of the study's own rule set are used.
    tables : mapping of DataFrame
        cohort, best_responses: who has disease where at baseline.
    study : mapping
        `statistics.rmst_months` is where restricted means end (null: none is compared),
        `statistics.bootstrap_resamples` and `statistics.bootstrap_seed` how patients are drawn again.

    Returns
    -------
    list of dict
        For each pair of compartments and evaluator: ``paired_patients``, who is compared and why others are not;
        ``restricted_mean_difference`` by the bootstrap and by the infinitesimal jackknife, ``hazard_ratio`` by Cox's
        model with the variance over patients, and ``progressed_first`` with the exact sign test. Never a log-rank test.
    """
    rows = []
    mine = times[times["rule_set"] == STUDY]
    for endpoint in (e for e in study["endpoints"] if e["kind"] == "time_to_event" and PROGRESSION in e["events"]):
        if from_response(endpoint):
            continue  # who responds in both compartments is a result, no group to compare
        of = mine[mine["endpoint"] == endpoint["id"]]
        parts = [c for c in cohorts.compartments(study) if c in endpoint["compartments"]]
        for evaluator in cohorts.evaluators(tables["best_responses"], study):
            read = of[of["evaluator"] == evaluator]
            for pair in combinations(parts, 2):
                rows += _Pair(endpoint["id"], evaluator, pair, read, tables, study).rows()
    return rows


class _Pair:
    """The times of two compartments of the patients who have disease in both."""

    def __init__(
        self, endpoint: str, evaluator: str, parts: tuple[str, str], times: pd.DataFrame, tables: Tables, study: Study
    ) -> None:
        self.parts, self.study, self.statistics = parts, study, study["statistics"]
        patients = cohorts.included(tables["cohort"])["patient_id"]
        both, self.left_out = _disease_in_both(tables["best_responses"], patients, parts, evaluator)
        self.included = len(patients)
        ends = {c: times[times["compartment"] == c].set_index("patient_id") for c in parts}
        self.both = both[both.isin(ends[parts[0]].index) & both.isin(ends[parts[1]].index)]
        ends = {c: e.reindex(self.both) for c, e in ends.items()}
        self.months, self.days = (
            [ends[c][unit].to_numpy(dtype=float) for c in parts] for unit in ("time_months", "time_days")
        )
        self.event = [(ends[c]["status"] == "event").to_numpy(dtype=bool) for c in parts]
        self.others_compete = any((e["status"] == "competing").any() for e in ends.values())
        self.died, self.progressed = (
            [e & (ends[c]["reason_code"] == why).to_numpy(dtype=bool) for c, e in zip(parts, self.event, strict=True)]
            for why in (DEATH, PROGRESSION)
        )
        self.about: Row = {
            "endpoint": endpoint, "compartment": " vs ".join(parts), "evaluator": evaluator, "population": IN_BOTH,
        }  # fmt: skip

    @property
    def n(self) -> int:
        return len(self.both)

    def rows(self) -> list[Row]:
        text = f"{self.n} of {plural(self.included, 'patient')} have disease in both compartments at baseline"
        out = [
            row(statistic="paired_patients", text=text, numerator=self.n, denominator=self.included,
                estimate=float(self.n), reason=self.left_out or None, **self.about)
        ]  # fmt: skip
        shared = int((self.died[0] & self.died[1]).sum())
        words = (
            f"{plural(shared, 'death')} {'is an event' if shared == 1 else 'are events'} of both compartments, which"
            " dilutes the contrast: see the cause-specific rows"
            if shared
            else ""
        )
        if self.others_compete:
            words = "competing events end a time without the event: the means are those of a world without them"
        out += self._compared(STUDY, self.event, words, words)
        out.append(self._first())
        if any(d.any() for d in self.died):
            alive = [e & ~d for e, d in zip(self.event, self.died, strict=True)]
            ratio = "a death ends a time without the event"
            out += self._compared(
                CAUSE_SPECIFIC, alive, f"{ratio}: the means are those of a world without deaths", ratio
            )
        return out

    def _compared(self, definition: str, events: list[np.ndarray], of_means: str, of_ratio: str) -> list[Row]:
        about = {**self.about, "definition": definition, "denominator": self.n}
        first, second = (Times.of(t, e) for t, e in zip(self.months, events, strict=True))
        out = []
        until = self.statistics["rmst_months"]
        confidence = self.statistics["confidence"]
        if until is not None:
            resamples, seed = self.statistics["bootstrap_resamples"], self.statistics["bootstrap_seed"]
            drawn = bootstrap_difference(first, second, float(until), resamples, seed, confidence)
            exact = jackknife_difference(first, second, float(until), confidence)
            how = f"bootstrap of patients, percentile, {resamples} resamples, seed {seed}"
            out = [
                self._difference(drawn, how, until, of_means, about),
                self._difference(exact, "infinitesimal jackknife over patients", until, of_means, about),
            ]
        return [*out, self._hazard_ratio(first, second, of_ratio, about)]

    def _difference(self, found: Difference, method: str, until: float, words: str, about: Row) -> Row:
        values: Row = {"method": method, "time_months": float(until), "unit": "months"}
        reasons = [found.reason, words]
        if found.carried:
            share = "under 0.1" if found.carried < 0.001 else fixed(100 * found.carried, 1)
            reasons.append(
                f"in {share} % of the resamples a curve ended before {plain(until)} months and was carried on"
            )
        text = NOT_ESTIMABLE
        if not np.isnan(found.estimate):
            each = ", ".join(f"{c} {fixed(m, 1)}" for c, m in zip(self.parts, (found.first, found.second), strict=True))
            text = f"{fixed(found.estimate, 1)} months"
            if not np.isnan(found.low):
                low, high = fixed(found.low, 1), fixed(found.high, 1)
                text += f" ({ci(self.statistics['confidence'])} {low} to {high})"
                values["confidence"] = self.statistics["confidence"]
            text += f" up to {plain(until)} months: {each}"
        if not np.isnan(found.p_value):
            values |= {
                "test": "Wald, variance over patients, two-sided",
                "hypothesis": self._differ("restricted means"),
            }
        return row(
            statistic="restricted_mean_difference", text=text, estimate=found.estimate, ci_low=found.low,
            ci_high=found.high, p_value=found.p_value, reason="; ".join(filter(None, reasons)) or None,
            **values, **about,
        )  # fmt: skip

    def _hazard_ratio(self, first: Times, second: Times, words: str, about: Row) -> Row:
        time, event = np.concatenate([first.time, second.time]), np.concatenate([first.event, second.event])
        of_first = np.repeat([1.0, 0.0], self.n)
        confidence = self.statistics["confidence"]
        fit = cox(time, event, of_first, cluster=np.tile(np.arange(self.n), 2), confidence=confidence)
        reasons = [fit.reason, words]
        text, values = NOT_ESTIMABLE, {}
        if not fit.reason:
            ratio, low, high, p = (float(a[0]) for a in (fit.hazard_ratio, fit.low, fit.high, fit.p_value))
            text = f"{interval_text(ratio, low, high, 2)}; {p_equals(p)}"
            values = {"estimate": ratio, "ci_low": low, "ci_high": high, "p_value": p, "confidence": confidence}
            check = proportional_hazards(time, event, of_first, fit.coefficients)[1].p_value
            if check < DOUBTFUL:
                reasons.append(f"hazards do not look proportional ({p_equals(check)}): the ratio is a mean over time")
        return row(
            statistic="hazard_ratio", text=text, method="Cox, Efron's ties, robust variance over patients",
            test="Wald, robust, two-sided", hypothesis=self._differ("hazards"), numerator=fit.events,
            unit="hazard ratio", reason="; ".join(filter(None, reasons)) or None, **values, **about,
        )  # fmt: skip

    def _first(self) -> Row:
        found = progressed_first(*(Times(t, p) for t, p in zip(self.days, self.progressed, strict=True)))
        one, two = self.parts
        text = (
            f"{one} first in {found.first}, {two} first in {found.second}, on the same day {found.together}, neither"
            f" {found.neither}"
        )
        reasons = []
        if found.unknown:
            reasons.append(f"in {plural(found.unknown, 'patient')} the other compartment was not seen up to that day")
        if found.together:
            reasons.append(f"{plural(found.together, 'tie')} left out of the test")
        if not self.n:
            text = NOT_ESTIMABLE
            reasons = [f"{NOT_ESTIMABLE}: no patients"]
        elif np.isnan(found.p_value):
            reasons.insert(0, f"{NOT_ESTIMABLE}: in no patient did one compartment progress before the other")
        else:
            text += f"; {p_equals(found.p_value)}"
        return row(
            statistic="progressed_first", text=text, method="exact", test="sign test, exact, two-sided",
            hypothesis=f"{one} and {two} do not progress first equally often", numerator=found.first,
            denominator=found.first + found.second, p_value=found.p_value, unit="p value",
            reason="; ".join(reasons) or None, **self.about,
        )  # fmt: skip

    def _differ(self, what: str) -> str:
        return f"the {what} of {self.parts[0]} and {self.parts[1]} differ in the same patients"


def _disease_in_both(
    best: pd.DataFrame, patients: pd.Series, parts: tuple[str, str], evaluator: str
) -> tuple[pd.Index, str]:
    """Return who had disease in both compartments at baseline, and in words how many had not, and why."""
    mine = best[(best["evaluator"] == evaluator) & best["compartment"].isin(parts)]
    known = mine.assign(
        baseline=mine["has_baseline"].astype("boolean").fillna(False),
        disease=mine["targets"].astype("Int64").fillna(0) + mine["nontargets"].astype("Int64").fillna(0) > 0,
    )

    def flags(column: str) -> dict[str, np.ndarray]:
        return {
            c: known[known["compartment"] == c].set_index("patient_id")[column].astype("boolean").reindex(patients)
            .fillna(False).to_numpy(dtype=bool)
            for c in parts
        }  # fmt: skip

    baseline, disease = flags("baseline"), flags("disease")
    unread = ~(baseline[parts[0]] & baseline[parts[1]])
    there = [disease[c] & ~unread for c in parts]
    counts: Mapping[str, Any] = {
        f"only {parts[0]} disease": int((there[0] & ~there[1]).sum()),
        f"only {parts[1]} disease": int((there[1] & ~there[0]).sum()),
        "no disease in either": int((~unread & ~there[0] & ~there[1]).sum()),
        "no baseline assessment of one of them": int(unread.sum()),
    }
    left = ", ".join(f"{n} {words}" for words, n in counts.items() if n)
    return pd.Index(patients[there[0] & there[1]]), f"left out at baseline: {left}" if left else ""
