"""Which tables the report is written from and which figures it shows; imported where nothing heavy should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..endpoints.names import INPUTS as ESTIMATED_FROM
from ..figures import names

INPUTS = (
    "cohort",
    "eligibility",
    "estimates",
    "baseline_characteristics",
    "follow_up_by_centre",
    "published_comparison",
    "status_changes",
    "row_counts",
    "rule_counts",
    "gate",
    "rule_effects",
    "response_disagreements",
    "progression_disagreements",
    "reader_pairs",
    "reader_agreement",
    "picture",
    "centre_findings",
    "drift",
    "record_changes",
    "sensitivity",
)

ASK_INPUTS = tuple(
    dict.fromkeys(
        [*INPUTS, *ESTIMATED_FROM, "time_to_event", "timepoint_responses", "lesion_changes", "growth_rates", "findings"]
    )
)
"""Tables that an internal page is written from."""

OF_GROUPS = (
    names.FLOW, names.KAPLAN_MEIER, names.CUMULATIVE_INCIDENCE, names.FOREST, names.FOREST_SUBGROUPS,
    names.PUBLISHED_COMPARISON, names.SENSITIVITY, names.QUALITY_MAP, names.KAPLAN_MEIER_SUBGROUPS, names.FOLLOW_UP,
    names.HABITS,
)  # fmt: skip
"""Figures that draw numbers of groups. Any other one draws a mark for each patient and is left out of a public page."""


def shown(study: Mapping[str, Any], public: bool) -> list[str]:
    """Return the names of the study's figures that a page shows, in their order."""
    return [n for n in names.figure_names(study) if not public or n in OF_GROUPS]
