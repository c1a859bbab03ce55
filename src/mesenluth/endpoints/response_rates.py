"""Estimates of proportions: who was included, who responded, who had complications; and compartments in pairs.

Definitions. A response endpoint has the definitions ``unconfirmed`` and ``confirmed``, side by side, and ``study``: the
one of the two that `response.primary_confirmation` chooses. Every other proportion has ``study`` alone. Rows of
``study`` are the headline.

Populations. ``included``: all patients of the study; who could not be judged counts as without the event. Of clinical
response the headline is ``symptomatic``: included patients with a symptom at baseline. ``evaluable``: those of them who
could be judged. ``evaluable_in_both``: those who could be judged in both compartments of a pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import ConfigurationError
from ..reuse import reusable
from . import cohorts, paired, verdicts
from .cohorts import Study, Tables
from .rows import EVALUABLE, INCLUDED, PAIRED, STUDY, SYMPTOMATIC, Row, not_judged, proportion_rows, row
from .words import NOT_ESTIMABLE, ci, fixed, listed, p_equals, plural

CONFIRMATION = {"unconfirmed": "best_response", "confirmed": "confirmed_response"}
NOT_JUDGED = {
    "NE": "not evaluable",
    "MISSING": "not assessed",
    "NED": "nothing in this compartment at baseline",
}


def headline_population(kind: str) -> str:
    """Return the population of the headline estimate of an endpoint of this kind."""
    return SYMPTOMATIC if kind == "clinical" else INCLUDED


def chosen_column(study: Study) -> str:
    """Return the column of best responses that the study chooses; ConfigurationError if there is none."""
    chosen = study["response"]["primary_confirmation"]
    if chosen not in CONFIRMATION:
        raise ConfigurationError(
            f"response.primary_confirmation: {chosen!r} is not built", f"one of {', '.join(CONFIRMATION)}"
        )
    return CONFIRMATION[chosen]


def population_rows(tables: Tables, study: Study) -> list[Row]:
    """Return how many patients were looked at, excluded by each criterion, and included.

    A patient counts at the first criterion that is not met; screened = included + excluded.
    """
    cohort = tables["cohort"]
    screened, kept = len(cohort), int(cohort["included"].sum())
    out = cohort[~cohort["included"]]
    doubtful = int(cohort.loc[cohort["included"], "origin_doubtful"].fillna(False).astype(bool).sum())
    doubt = f"of these {doubtful} whose day 0 is doubtful: an administration in quarantine may have been the first"
    counts: list[tuple[str, int, str | None]] = [
        ("screened", screened, None),
        ("included", kept, doubt if doubtful else None),
        ("excluded", len(out), None),
    ]
    for criterion in study["population"]["eligibility"]:
        here = out["excluded_by"] == criterion["id"]
        n, unknown = int(here.sum()), int((here & (out["excluded_because"] == "unknown")).sum())
        counts.append(
            (
                f"excluded:{criterion['id']}",
                n,
                f"of these {unknown} because it is not known" if unknown else None,
            )
        )
    return [
        row(
            "population", statistic, str(n), population="screened", evaluator=study["primary_evaluator"],
            numerator=n, denominator=screened, estimate=float(n), reason=reason,
        )
        for statistic, n, reason in counts
    ]  # fmt: skip


def _kinds(responses: pd.Series) -> str:
    counts = responses.value_counts()
    return listed(f"{counts[k]} {words}" for k, words in NOT_JUDGED.items() if counts.get(k, 0))


@reusable
def response_rows(endpoint: Mapping[str, Any], tables: Tables, study: Study) -> list[Row]:
    """Return the proportions of a response endpoint, and its compartments in pairs."""
    patients = cohorts.included(tables["cohort"])
    best, categories = tables["best_responses"], list(endpoint["categories"])
    definitions = {STUDY: chosen_column(study), **CONFIRMATION}
    out = []
    for evaluator in cohorts.evaluators(best, study):
        for definition, column in definitions.items():
            unseen = study["response"]["missing_as_ne"]
            read = {
                c: cohorts.responses_of(best, patients, c, evaluator, column, unseen) for c in endpoint["compartments"]
            }
            about = {"evaluator": evaluator, "definition": definition}
            for compartment, responses in read.items():
                responded = responses.isin(categories)
                judged = ~responses.isin(cohorts.NOT_EVALUABLE)
                n, evaluable = len(responses), int(judged.sum())
                reason = not_judged(n - evaluable, n, _kinds(responses))
                here = {"compartment": compartment, **about}
                out += proportion_rows(endpoint["id"], int(responded.sum()), n, study, reason, **here)
                out += proportion_rows(
                    endpoint["id"],
                    int((responded & judged).sum()),
                    evaluable,
                    study,
                    population=EVALUABLE,
                    **here,
                )
            out += _pair(
                endpoint["id"],
                {c: (r.isin(categories), ~r.isin(cohorts.NOT_EVALUABLE)) for c, r in read.items()},
                study,
                about,
            )
    return out


@reusable
def metabolic_rows(endpoint: Mapping[str, Any], tables: Tables, study: Study) -> list[Row]:
    """Return the proportions of metabolic response, and its compartments in pairs."""
    patients = cohorts.included(tables["cohort"])["patient_id"]
    about = {"evaluator": study["primary_evaluator"]}
    out, read = [], {}
    for compartment in endpoint["compartments"]:
        found = verdicts.metabolic(compartment, tables)
        responded, judged = pd.Series(found.event), pd.Series(found.judged)
        read[compartment] = (responded, judged)
        n, evaluable = len(judged), int(judged.sum())
        table = tables["metabolic_responses"]
        labels = table[table["compartment"] == compartment].set_index("patient_id")["label"].reindex(patients)
        off_label = _labelled(labels[found.judged])
        left = not_judged(n - evaluable, n, "uptake not comparable or not measured")
        reason = "; ".join(p for p in (left, off_label) if p)
        here = {"compartment": compartment, **about}
        out += proportion_rows(endpoint["id"], int(responded.sum()), n, study, reason, **here)
        out += proportion_rows(
            endpoint["id"], int(responded.sum()), evaluable, study, off_label, population=EVALUABLE, **here
        )
    return out + _pair(endpoint["id"], read, study, about)


def _labelled(labels: pd.Series) -> str:
    """Return each label of patients who were judged, with how many bear it: ``off label: ... (52 of 52)``."""
    counted = labels.dropna().value_counts().sort_index()
    return "; ".join(f"{label} ({count} of {plural(len(labels), 'patient')})" for label, count in counted.items())


@reusable
def clinical_rows(endpoint: Mapping[str, Any], tables: Tables, study: Study) -> list[Row]:
    """Return the proportion of clinical response, of those with symptoms at baseline."""
    found = verdicts.clinical(tables)
    responded, judged = found.event, found.judged
    n, evaluable = int(found.counted.sum()), int(judged.sum())
    here = {
        "compartment": cohorts.compartment_of(study["clinical"], study),
        "evaluator": study["primary_evaluator"],
    }
    reason = not_judged(n - evaluable, n, "no visit or assessment in the window")
    return [
        *proportion_rows(endpoint["id"], int(responded.sum()), n, study, reason, population=SYMPTOMATIC, **here),
        *proportion_rows(
            endpoint["id"], int((responded & judged).sum()), evaluable, study, population=EVALUABLE, **here
        ),
    ]


@reusable
def complication_rows(endpoint: Mapping[str, Any], tables: Tables, study: Study) -> list[Row]:
    """Return the proportion of included patients with at least one complication."""
    patients = cohorts.included(tables["cohort"])["patient_id"]
    affected = verdicts.complications(tables).event
    events = int(tables["complications"]["patient_id"].isin(patients).sum())
    return proportion_rows(
        endpoint["id"],
        int(affected.sum()),
        len(patients),
        study,
        f"{plural(events, 'complication')} in {plural(int(affected.sum()), 'patient')}" if events else "",
        compartment=cohorts.compartment_of(study["complications"], study),
        evaluator=study["primary_evaluator"],
    )


def _pair(
    endpoint: str, read: Mapping[str, tuple[pd.Series, pd.Series]], study: Study, about: Mapping[str, Any]
) -> list[Row]:
    """Compare the first two compartments of the study in the same patients; nothing if the endpoint lacks one."""
    parts = cohorts.compartments(study)[:2]
    if len(parts) < 2 or not set(parts) <= set(read):
        return []
    (first, first_judged), (second, second_judged) = (read[p] for p in parts)
    both = first_judged & second_judged
    table = paired.paired_table(first[both], second[both])
    confidence = study["statistics"]["confidence"]
    difference, low, high = paired.newcombe_paired_difference(table, confidence)
    b, c, n = table.first_only, table.second_only, table.n
    out_of = len(both) - n
    left = f"{plural(out_of, 'patient')} could not be judged in both compartments" if out_of else ""
    if not n:
        left = f"{NOT_ESTIMABLE}: no patient could be judged in both compartments"
    common = {**about, "compartment": " vs ".join(parts), "population": PAIRED, "denominator": n}
    counts = f"{parts[0]} only {b}, {parts[1]} only {c}, both {table.both}, neither {table.neither}"
    rows = [
        row(
            endpoint,
            "paired_difference",
            f"{fixed(100 * difference, 1)} points ({ci(confidence)} {fixed(100 * low, 1)} to {fixed(100 * high, 1)})"
            if n
            else NOT_ESTIMABLE,
            method="newcombe, paired",
            estimate=difference,
            ci_low=low,
            ci_high=high,
            confidence=confidence,
            unit="proportion",
            reason=left or None,
            **common,
        )
    ]
    for method, p in (
        ("exact", float(paired.mcnemar_exact(b, c))),
        ("mid-p", float(paired.mcnemar_mid_p(b, c))),
    ):
        why = [left] if left else []
        if n and b + c == 0:
            why.append("no patient responded in one compartment alone, so that nothing can be compared")
        rows.append(
            row(
                endpoint,
                "paired_test",
                f"{counts}; {p_equals(p)}" if n else NOT_ESTIMABLE,
                method=method,
                test=f"McNemar, {method}, two-sided",
                hypothesis=f"the proportions of {parts[0]} and {parts[1]} differ in the same patients",
                numerator=b + c,
                p_value=p if n else None,
                unit="p value",
                reason="; ".join(why) or None,
                **common,
            )
        )
    return rows
