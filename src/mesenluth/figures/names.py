"""Which figures a study has and which tables each one is drawn from. Light: imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ConfigurationError

FLOW = "flow"
GROWTH_RATE = "growth_rate"
KAPLAN_MEIER = "kaplan_meier"
KAPLAN_MEIER_SUBGROUPS = "kaplan_meier_subgroups"
PAIRED_CHANGES = "paired_changes"
CUMULATIVE_INCIDENCE = "cumulative_incidence"
FOREST = "forest_proportions"
FOREST_SUBGROUPS = "forest_subgroups"
PUBLISHED_COMPARISON = "published_comparison"
SENSITIVITY = "sensitivity"
QUALITY_MAP = "quality_map"
HABITS = "habits"
BLAND_ALTMAN = "bland_altman"
SPIDER = "spider"
SWIMMER = "swimmer"
METABOLIC_CHANGE = "metabolic_change"
FOLLOW_UP = "follow_up"
WATERFALL = "waterfall_"
WHOLE_PATIENT = "whole_patient"
RATES = ("response", "density", "metabolic", "clinical", "complications")


def compartments(study: Mapping[str, Any]) -> list[str]:
    """Return the ids of the study's compartments, in its order, and the whole patient last."""
    listed = [c["id"] for c in study.get("compartments") or []]
    return [*(c for c in listed if c != WHOLE_PATIENT), WHOLE_PATIENT]


def time_to_event_endpoints(study: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the study's time-to-event endpoints, in its order."""
    return [e for e in study.get("endpoints") or [] if e.get("kind") == "time_to_event"]


def rates(study: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the study's endpoints that are proportions, in its order."""
    return [e for e in study.get("endpoints") or [] if e.get("kind") in RATES]


def progression_free(study: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the study's first endpoint whose events are progression and death; None if it has none."""
    of_all = (e for e in time_to_event_endpoints(study) if e.get("origin") != "response")
    return next((e for e in of_all if {"progression", "death"} <= set(e.get("events") or [])), None)


def competing(study: Mapping[str, Any]) -> bool:
    """Return whether events can keep each other from coming: an endpoint of all patients has several causes."""
    section = study.get("survival") or {}
    for endpoint in time_to_event_endpoints(study):
        events = set(endpoint.get("events") or [])
        if endpoint.get("origin") == "response" or events == {"death"}:
            continue
        rules = {k: endpoint.get(k, section.get(k)) for k in ("death", "new_therapy", "other_compartment_progression")}
        both = {"progression", "death"} <= events and rules["death"] != "censor"
        therapy = "progression" in events and rules["new_therapy"] == "event"
        if both or therapy or "competing" in (rules["death"], rules["other_compartment_progression"]):
            return True
    return False


def pair(study: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the first two compartments of the study, which are compared in the same patients; none if it has one."""
    found = tuple(c for c in compartments(study) if c != WHOLE_PATIENT)[:2]
    return found if len(found) == 2 else ()


def growth_compartments(study: Mapping[str, Any]) -> list[str]:
    """Return the compartments of the study's endpoints of kind growth, in its order."""
    listed = [c for e in study.get("endpoints") or [] if e.get("kind") == "growth" for c in e["compartments"]]
    return list(dict.fromkeys(listed))


def figure_names(study: Mapping[str, Any]) -> list[str]:
    """Return the names of the figures of a study, in the order of a report.

    Parameters
    ----------
    study : mapping
        The resolved study file. Without two compartments there are no pairs, without an endpoint of kind growth no
        growth rates, without time-to-event endpoints no Kaplan-Meier figure, without one that several causes can end
        none of cumulative incidences, without proportions no forest plot, without subgroups none of them, without
        published figures no comparison with them, with one evaluator nobody to set beside another, without definitions
        to vary no grid of them.
    """
    names = [FLOW, *(f"{WATERFALL}{c}" for c in compartments(study)), SPIDER, SWIMMER]
    if pair(study):
        names.append(PAIRED_CHANGES)
    if growth_compartments(study):
        names.append(GROWTH_RATE)
    if any(e.get("kind") == "metabolic" for e in study.get("endpoints") or []):
        names.append(METABOLIC_CHANGE)
    if time_to_event_endpoints(study):
        names.append(KAPLAN_MEIER)
        if study.get("subgroups") and progression_free(study):
            names.append(KAPLAN_MEIER_SUBGROUPS)
    if competing(study):
        names.append(CUMULATIVE_INCIDENCE)
    if rates(study):
        names.append(FOREST)
        if study.get("subgroups"):
            names.append(FOREST_SUBGROUPS)
    if (study.get("published") or {}).get("items"):
        names.append(PUBLISHED_COMPARISON)
    if len(study.get("evaluators") or []) != 1:
        names.append(BLAND_ALTMAN)
    if any(((study.get("sensitivity") or {}).get("vary") or {}).values()):
        names.append(SENSITIVITY)
    return [*names, FOLLOW_UP, QUALITY_MAP, HABITS]


INPUTS: dict[str, list[str]] = {
    FLOW: ["cohort", "best_responses"],
    PAIRED_CHANGES: ["cohort", "best_responses"],
    GROWTH_RATE: ["cohort", "growth_rates", "estimates"],
    KAPLAN_MEIER: ["curves", "estimates"],
    KAPLAN_MEIER_SUBGROUPS: ["subgroup_curves", "estimates"],
    CUMULATIVE_INCIDENCE: ["incidence", "estimates"],
    FOREST: ["estimates"],
    FOREST_SUBGROUPS: ["estimates"],
    PUBLISHED_COMPARISON: ["published_comparison"],
    BLAND_ALTMAN: ["reader_pairs", "reader_agreement"],
    SENSITIVITY: ["sensitivity"],
    QUALITY_MAP: ["picture"],
    HABITS: ["value_places", "preferences"],
    METABOLIC_CHANGE: ["cohort", "metabolic_responses"],
    FOLLOW_UP: ["follow_up_by_centre"],
    SPIDER: ["cohort", "best_responses", "timepoint_responses"],
    SWIMMER: [
        "cohort",
        "administrations",
        "therapies",
        "follow_up",
        "scans",
        "symptoms",
        "adverse_events",
        "timepoint_responses",
    ],
}
"""Figures of fixed name -> the tables each is drawn from."""


def inputs(name: str) -> list[str]:
    """Return the names of the tables that the figure called `name` is drawn from.

    Raises ConfigurationError if there is no such figure.
    """
    if name in INPUTS:
        return INPUTS[name]
    if name.startswith(WATERFALL) and len(name) > len(WATERFALL):
        return ["cohort", "best_responses", "timepoint_responses"]
    raise ConfigurationError(f"there is no figure called {name!r}", ", ".join([*INPUTS, f"{WATERFALL}<compartment>"]))
