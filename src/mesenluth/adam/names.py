"""Which tables the exports are built from and which files they are; imported where nothing heavy should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DATASETS = ("adsl", "adtr", "adrs", "adtte")
FORMATS = ("parquet", "json", "ndjson", "xpt")
DEFINE = "define.xml"

INPUTS = (
    "patients",
    "administrations",
    "scans",
    "lesions",
    "symptoms",
    "adverse_events",
    "therapies",
    "follow_up",
    "cohort",
    "lesion_changes",
    "timepoint_responses",
    "best_responses",
    "time_to_event",
)


def formats(study: Mapping[str, Any]) -> list[str]:
    """Return the formats the study asks for, in the order of `FORMATS`; an empty list switches the exports off."""
    return [f for f in FORMATS if f in study["exports"]["adam"]]
