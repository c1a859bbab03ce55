"""Which figures a study has and which tables each one is drawn from. Light: imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ConfigurationError

FLOW = "flow"
KAPLAN_MEIER = "kaplan_meier"
PUBLISHED_COMPARISON = "published_comparison"
SENSITIVITY = "sensitivity"
WATERFALL = "waterfall_"
WHOLE_PATIENT = "whole_patient"


def compartments(study: Mapping[str, Any]) -> list[str]:
    """Return the ids of the study's compartments, in its order, and the whole patient last."""
    listed = [c["id"] for c in study.get("compartments") or []]
    return [*(c for c in listed if c != WHOLE_PATIENT), WHOLE_PATIENT]


def time_to_event_endpoints(study: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the study's time-to-event endpoints, in its order."""
    return [e for e in study.get("endpoints") or [] if e.get("kind") == "time_to_event"]


def figure_names(study: Mapping[str, Any]) -> list[str]:
    """Return the names of the figures of a study, in the order of a report.

    Parameters
    ----------
    study : mapping
        The resolved study file. Without time-to-event endpoints there is no Kaplan-Meier figure, without
        published figures no comparison with them, and without definitions to vary no grid of them.
    """
    names = [FLOW, *(f"{WATERFALL}{c}" for c in compartments(study))]
    if time_to_event_endpoints(study):
        names.append(KAPLAN_MEIER)
    if (study.get("published") or {}).get("items"):
        names.append(PUBLISHED_COMPARISON)
    if any(((study.get("sensitivity") or {}).get("vary") or {}).values()):
        names.append(SENSITIVITY)
    return names


def inputs(name: str) -> list[str]:
    """Return the names of the tables that the figure called `name` is drawn from.

    Raises ConfigurationError if there is no such figure.
    """
    if name == FLOW:
        return ["cohort", "best_responses"]
    if name.startswith(WATERFALL) and len(name) > len(WATERFALL):
        return ["cohort", "best_responses", "timepoint_responses"]
    if name == KAPLAN_MEIER:
        return ["curves", "estimates"]
    if name == PUBLISHED_COMPARISON:
        return ["published_comparison"]
    if name == SENSITIVITY:
        return ["sensitivity"]
    raise ConfigurationError(
        f"there is no figure called {name!r}",
        f"{FLOW}, {WATERFALL}<compartment>, {KAPLAN_MEIER}, {PUBLISHED_COMPARISON} or {SENSITIVITY}",
    )
