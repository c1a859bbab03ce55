"""Each endpoint's definition in words, built from the switches of the study file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..response.growth import AVERAGE_MONTH
from .censoring import Rules
from .cohorts import WHOLE_PATIENT, Study, compartments
from .months import CALENDAR, month_days
from .time_to_event import from_response, is_overall_survival, is_time_to_response, rules_of
from .words import ci, label, listed, plain, plural

AXES = {
    "longest": "measured by the longest diameter",
    "short": "measured by the short axis",
    "nodal_rule": "nodes measured by the short axis, all else by the longest diameter",
}
ORIGIN = {
    "first_administration": "the first administration",
    "baseline_scan": "the baseline scan",
    "registration": "entry in the registry",
    "response": "the first response",
}
NEW_THERAPY = {
    "censor_at_last_adequate": "a new therapy censors at the last adequate assessment before it",
    "ignore": "new therapies are ignored",
    "event": "a new therapy is an event",
}
MADE_FOR = {"suvmax": "EORTC 1999, made for FDG", "suvpeak": "PERCIST 1.0, made for FDG"}
"""Where the criteria of a metabolic method come from: off label on any other tracer."""


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


def growth(compartment: str, study: Study) -> str:
    """Return the definition of the tumour growth rate."""
    rules = study["growth"]
    what = {
        "volume": "change of volume a month, 100 (exp(3 ln(D1/D0) / months) - 1), of the sum of target diameters",
        "diameter": "change of the sum of target diameters a month, 100 (exp(ln(D1/D0) / months) - 1)",
    }[rules["measure"]]
    limit = "" if rules["max_before_days"] is None else f", at most {plural(rules['max_before_days'], 'day')} before it"
    which = {
        "all": "where all targets were measured at both times",
        "common": "of the targets measured at both times",
    }[rules["targets"]]
    return (
        f"{what}, {which}; before: from the last suitable assessment before the baseline{limit}; early: from the"
        f" baseline to the first assessment {_window(rules['window_days'])} after day 0; at least"
        f" {plural(rules['min_interval_days'], 'day')} between the two; {_measured(compartment, study)}; months of"
        f" {plain(AVERAGE_MONTH if study['time']['month_days'] == CALENDAR else study['time']['month_days'])} days"
    )


def density(endpoint: Mapping[str, Any], compartment: str, study: Study) -> str:
    """Return the definition of a response by size and density."""
    rules = study["density"]
    if rules["method"] == "none":
        return "no method"
    size, hu, more = (
        plain(rules[k]) for k in ("size_decrease_percent", "density_decrease_percent", "size_increase_percent")
    )
    contrast = {"required": " with contrast", "unless_excluded": " not known to be without contrast", "any": ""}
    return (
        f"{listed(endpoint['categories'], 'or')} by Choi, off label: PR where the size fell by {size} % or the mean"
        f" density by {hu} %; PD where the size grew by {more} % over the {rules['progression_from']} without such a"
        f" fall of the density, or by a new lesion; densities on {listed(rules['modalities'], 'or')}"
        f"{contrast[rules['contrast']]}; {_measured(compartment, study)}; of all patients included"
    )


def metabolic(compartment: str, study: Study) -> str:
    """Return the definition of metabolic response."""
    rules = study["metabolic"]
    peak = f"{plain(rules['suvpeak_drop_percent'])} % and {plain(rules['suvpeak_drop_units'])} SUL"
    method = {
        "krenning_drop": f"the highest Krenning score falls by at least {plural(rules['krenning_drop'], 'grade')}",
        "suvmax": f"the highest SUVmax falls by at least {plain(rules['suvmax_drop_percent'])} %",
        "suvpeak": f"the highest SULpeak falls by at least {peak}",
        "local_category": "CMR or PMR as the centre recorded it",
    }[rules["method"]]
    made_for = MADE_FOR.get(rules["method"])
    parts = [f"{_name(compartment, study)}: {method}{f' ({made_for})' if made_for else ''}"]
    parts.append("with the same tracer" if rules["same_tracer"] else "whatever the tracer")
    if rules["same_modality"]:
        parts.append("by the same kind of scan")
    if rules["stop_at_new_therapy"]:
        parts.append("before a new therapy")
    return ", ".join(parts) + "; of all patients included"


def clinical(study: Study) -> str:
    """Return the definition of clinical response."""
    rules = study["clinical"]
    improved = f"improves by at least {plural(rules['improvement_grades'], 'CTCAE grade')} or resolves"
    rule = {
        "improved_none_worse": f"a symptom {improved} and none is worse, at the best visit",
        "any_improvement": f"a symptom {improved}, at the best visit",
        "investigator": "the investigator's global assessment says improved, at its best",
    }[rules["rule"]]
    when = f"{_window(rules['window_days'])} after day 0"
    if rules["stop_at_new_therapy"]:
        when += " and before a new therapy"
    causes = f", not caused by {_spoken(rules['exclude_causes'])}" if rules["exclude_causes"] else ""
    return (
        f"{rule} {when}; symptoms: {_spoken(rules['terms'])}{_attributed(rules)}{causes};"
        " of patients with such a symptom at baseline"
    )


def complications(study: Study) -> str:
    """Return the definition of complications."""
    rules = study["complications"]
    return (
        f"{_spoken(rules['terms'])}, CTCAE v5.0 grade {rules['min_grade']} or more{_attributed(rules)}, up to"
        f" {plural(rules['days_after_administration'], 'day')} after an administration; of all patients included"
    )


def _attributed(rules: Mapping[str, Any]) -> str:
    if rules["attributed"] == "any":
        return ""
    return f", attributed to the {str(rules['attributed']).replace('_', ' ')} disease"


def censoring(rules: Rules) -> str:
    """Return censoring rules in words."""
    parts = []
    if rules.death != "event":
        parts.append("deaths censor" if rules.death == "censor" else "deaths compete")
    last = "last adequate assessment" if rules.censoring_assessment == "adequate" else "last assessment of any kind"
    parts.append(NEW_THERAPY[rules.new_therapy].replace("last adequate assessment", last))
    elsewhere = {"ignore": "is ignored", "censor": "censors", "competing": "competes"}
    parts.append(f"progression of another compartment {elsewhere[rules.other_compartment_progression]}")
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
    chosen = endpoint.get("origin", study["time"]["origin"])
    origin = ORIGIN.get(chosen, chosen)
    if from_response(endpoint):
        origin = f"{origin} ({_answer(study)}), of those who respond,"
    statistics = study["statistics"]
    days = month_days(study)
    month = "calendar months" if days is None else f"months of {plain(days)} days"
    month = f"{statistics['km_interval']} {ci(statistics['confidence'])}; {month}"
    if is_overall_survival(endpoint):
        return f"from {origin} to death, censored at the last record that shows the patient alive; {month}"
    rules = rules_of(endpoint, "study", study)
    measured = f"{_measured(compartment, study)}; as read by {study['primary_evaluator']}; {month}"
    if is_time_to_response(endpoint):
        ends = "progression and death compete" if rules.death == "competing" else "progression and death censor"
        therapy = NEW_THERAPY["ignore" if rules.new_therapy == "ignore" else "censor_at_last_adequate"]
        return (
            f"from {origin} to the first response ({_name(compartment, study)}; {_answer(study)}), of all patients"
            f" included; {ends}; {therapy}; {measured}"
        )
    events = f"progression ({_name(compartment, study)})"
    if rules.death == "event":
        events += " or death"
    return f"from {origin} to {events}; {censoring(rules)}; {measured}"


def _answer(study: Study) -> str:
    """Return what a response is, where its date begins or ends a time."""
    if study["response"]["primary_confirmation"] == "confirmed":
        return "CR or PR that is confirmed later, its own date"
    return "CR or PR, unconfirmed"


def in_words(endpoint: str, compartment: str, study: Study) -> str:
    """Return the definition of an endpoint, by its id in the study file; empty if there is none of that id."""
    if endpoint == "population":
        return population(study)
    found = next((e for e in study["endpoints"] if e["id"] == endpoint), None)
    if found is None:
        return ""
    return {
        "response": lambda: response(found, compartment, study),
        "growth": lambda: growth(compartment, study),
        "density": lambda: density(found, compartment, study),
        "metabolic": lambda: metabolic(compartment, study),
        "clinical": lambda: clinical(study),
        "complications": lambda: complications(study),
        "time_to_event": lambda: time_to_event(found, compartment, study),
    }[found["kind"]]()
