"""Each endpoint's definition in words, built from the switches of the study file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .censoring import Rules, rules_for
from .cohorts import WHOLE_PATIENT, Study, compartments
from .time_to_event import is_overall_survival, survival_of
from .words import ci, label, listed, plain, plural

AXES = {
    "longest": "measured by the longest diameter",
    "short": "measured by the short axis",
    "nodal_rule": "nodes measured by the short axis, all else by the longest diameter",
}
ORIGIN = {
    "first_administration": "the first administration",
    "baseline_scan": "the baseline scan",
}
NEW_THERAPY = {
    "censor_at_last_adequate": "a new therapy censors at the last adequate assessment before it",
    "ignore": "new therapies are ignored",
    "event": "a new therapy is an event",
}


def _window(days: list[int]) -> str:
    return f"{days[0]} to {days[1]} days"


def _spoken(terms: list[str]) -> str:
    return listed((t.replace("_", " ") for t in terms), "or")


def _name(compartment: str, study: Study) -> str:
    """Return the label of a compartment in running text."""
    found = next((c for c in study["compartments"] if c["id"] == compartment), None)
    words = label(found, "whole patient" if compartment == WHOLE_PATIENT else compartment)
    return words[:1].lower() + words[1:]


def _measured(compartment: str, study: Study) -> str:
    """Return how lesions of a compartment are measured."""
    if compartment in compartments(study):
        axis = next(c["measure_axis"] for c in study["compartments"] if c["id"] == compartment)
        return f"{_name(compartment, study)}: {AXES.get(axis, axis)}"
    return "each compartment measured by its own axis"


def population(study: Study) -> str:
    """Return who is included."""
    criteria = [label(c, c["id"]) for c in study["population"]["eligibility"]]
    return f"{label(study['population'], 'patients')}: {listed(criteria)}"


def response(endpoint: Mapping[str, Any], compartment: str, study: Study) -> str:
    """Return the definition of a response endpoint."""
    rules = study["response"]
    categories = listed(endpoint["categories"], "or")
    if rules["primary_confirmation"] == "confirmed":
        confirmation = f"confirmed after at least {plural(rules['confirmation_interval_days'], 'day')}"
    else:
        confirmation = "unconfirmed"
    when = "best response up to progression"
    if rules["timing"] == "window":
        when = f"best response {_window(rules['timing_window_days'])} after the last administration"
    if rules["stop_at_new_therapy"]:
        when += " or a new therapy"
    parts = [
        f"{categories} by RECIST 1.1, {confirmation}",
        when,
        _measured(compartment, study),
        f"as read by {study['primary_evaluator']}",
        "of all patients included",
    ]
    if {"SD", "NON-CR/NON-PD"} & set(endpoint["categories"]):
        parts.insert(1, f"stable disease for at least {plural(rules['min_sd_days'], 'day')}")
    return "; ".join(parts)


def metabolic(compartment: str, study: Study) -> str:
    """Return the definition of metabolic response."""
    rules = study["metabolic"]
    method = {
        "krenning_drop": f"the highest Krenning score falls by at least {plural(rules['krenning_drop'], 'grade')}",
        "suvmax": f"the highest SUVmax falls by at least {plain(rules['suvmax_drop_percent'])} %",
    }.get(rules["method"], f"method {rules['method']}")
    tracer = "with the same tracer" if rules["same_tracer"] else "whatever the tracer"
    return f"{_name(compartment, study)}: {method}, {tracer}; of all patients included"


def clinical(study: Study) -> str:
    """Return the definition of clinical response."""
    rules = study["clinical"]
    improved = f"improves by at least {plural(rules['improvement_grades'], 'CTCAE grade')} or resolves"
    rule = {
        "improved_none_worse": f"a symptom {improved} and none is worse",
        "any_improvement": f"a symptom {improved}",
    }.get(rules["rule"], f"rule {rules['rule']}")
    return (
        f"{rule}, at the best visit {_window(rules['window_days'])} after day 0; symptoms: {_spoken(rules['terms'])}"
        f"{_attributed(rules)}; of patients with such a symptom at baseline"
    )


def complications(study: Study) -> str:
    """Return the definition of complications."""
    rules = study["complications"]
    return (
        f"{_spoken(rules['terms'])}, CTCAE grade {rules['min_grade']} or more{_attributed(rules)}, up to"
        f" {plural(rules['days_after_administration'], 'day')} after an administration; of all patients included"
    )


def _attributed(rules: Mapping[str, Any]) -> str:
    if rules["attributed"] == "any":
        return ""
    return f", attributed to the {str(rules['attributed']).replace('_', ' ')} disease"


def censoring(rules: Rules) -> str:
    """Return censoring rules in words."""
    parts = []
    if rules.death == "censor":
        parts.append("deaths censor")
    last = "last adequate assessment" if rules.censoring_assessment == "adequate" else "last assessment of any kind"
    parts.append(NEW_THERAPY[rules.new_therapy].replace("last adequate assessment", last))
    elsewhere = "censors" if rules.other_compartment_progression == "censor" else "is ignored"
    parts.append(f"progression of another compartment {elsewhere}")
    if rules.max_gap_days is not None:
        parts.append(
            f"an event more than {plural(rules.max_gap_days, 'day')} after the last adequate assessment is censored"
            " there"
        )
    if rules.censoring_assessment == "any":
        parts.append(f"without an event censored at the {last}")
    if rules.no_baseline == "count":
        parts.append("an event counts without a baseline too")
    return "; ".join(parts)


def time_to_event(endpoint: Mapping[str, Any], compartment: str, study: Study) -> str:
    """Return the definition of a time-to-event endpoint under the study's own rule set."""
    origin = ORIGIN.get(study["time"]["origin"], study["time"]["origin"])
    statistics = study["statistics"]
    month = f"months of {plain(study['time']['month_days'])} days"
    month = f"{statistics['km_interval']} {ci(statistics['confidence'])}; {month}"
    if is_overall_survival(endpoint):
        return f"from {origin} to death, censored at the last record that shows the patient alive; {month}"
    rules = rules_for("study", survival_of(endpoint, study), "death" in endpoint["events"])
    events = f"progression ({_name(compartment, study)})"
    if rules.death == "event":
        events += " or death"
    return (
        f"from {origin} to {events}; {censoring(rules)}; {_measured(compartment, study)}; as read by"
        f" {study['primary_evaluator']}; {month}"
    )


def in_words(endpoint: str, compartment: str, study: Study) -> str:
    """Return the definition of an endpoint, by its id in the study file; empty if there is none of that id."""
    if endpoint == "population":
        return population(study)
    found = next((e for e in study["endpoints"] if e["id"] == endpoint), None)
    if found is None:
        return ""
    return {
        "response": lambda: response(found, compartment, study),
        "metabolic": lambda: metabolic(compartment, study),
        "clinical": lambda: clinical(study),
        "complications": lambda: complications(study),
        "time_to_event": lambda: time_to_event(found, compartment, study),
    }[found["kind"]]()
