"""Which figures a study has and which tables each one is drawn from. Light: imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ConfigurationError

FLOW = "flow"
GROWTH_RATE = "growth_rate"
KAPLAN_MEIER = "kaplan_meier"
PAIRED_CHANGES = "paired_changes"
PUBLISHED_COMPARISON = "published_comparison"
WATERFALL = "waterfall_"
WHOLE_PATIENT = "whole_patient"


def compartments(study: Mapping[str, Any]) -> list[str]:
    """Return the ids of the study's compartments, in its order, and the whole patient last."""
    listed = [c["id"] for c in study.get("compartments") or []]
    return [*(c for c in listed if c != WHOLE_PATIENT), WHOLE_PATIENT]


def time_to_event_endpoints(study: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the study's time-to-event endpoints, in its order."""
    return [e for e in study.get("endpoints") or [] if e.get("kind") == "time_to_event"]


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
        growth rates, without time-to-event endpoints no Kaplan-Meier figure, without published figures no comparison
        with them.
    """
    names = [FLOW, *(f"{WATERFALL}{c}" for c in compartments(study))]
    if pair(study):
        names.append(PAIRED_CHANGES)
    if growth_compartments(study):
        names.append(GROWTH_RATE)
    if time_to_event_endpoints(study):
        names.append(KAPLAN_MEIER)
    if (study.get("published") or {}).get("items"):
        names.append(PUBLISHED_COMPARISON)
    return names


def inputs(name: str) -> list[str]:
    """Return the names of the tables that the figure called `name` is drawn from.

    Raises ConfigurationError if there is no such figure.
    """
    if name == FLOW:
        return ["cohort", "best_responses"]
    if name.startswith(WATERFALL) and len(name) > len(WATERFALL):
        return ["cohort", "best_responses", "timepoint_responses"]
    if name == PAIRED_CHANGES:
        return ["cohort", "best_responses"]
    if name == GROWTH_RATE:
        return ["cohort", "growth_rates", "estimates"]
    if name == KAPLAN_MEIER:
        return ["curves", "estimates"]
    if name == PUBLISHED_COMPARISON:
        return ["published_comparison"]
    raise ConfigurationError(
        f"there is no figure called {name!r}",
        f"{FLOW}, {WATERFALL}<compartment>, {PAIRED_CHANGES}, {GROWTH_RATE}, {KAPLAN_MEIER} or {PUBLISHED_COMPARISON}",
    )
