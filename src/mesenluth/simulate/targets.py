"""What the synthetic registry must give back: published figures and definitions, read from the study file."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..errors import ConfigurationError

NOT_REACHED = "not reached"
TENTHS = 10
"""Diameters are drawn in tenths of a millimetre, the precision in which reports give them."""


@dataclass(frozen=True)
class Median:
    """A published median survival, in months; limits are None where they are not published."""

    months: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Targets:
    """Published aggregates that the eligible patients must give.

    Attributes
    ----------
    included : int
        Eligible patients.
    mass_response, other_response : int
        Patients with a partial response or better, by compartment.
    mass_metabolic, other_metabolic : int
        Patients with a metabolic response, by compartment.
    symptomatic, clinical_response : int
        Patients with attributed symptoms at baseline; of these, responders.
    complications : int
        Patients with a complication.
    other_median : Median or None
        Median progression-free survival of the other lesions; None where it is not reached or not published.
    """

    included: int
    mass_response: int
    other_response: int
    mass_metabolic: int
    other_metabolic: int
    symptomatic: int
    clinical_response: int
    complications: int
    other_median: Median | None


@dataclass(frozen=True)
class Settings:
    """Definitions of the study file that the drawn patients must meet, lengths in tenths of a millimetre."""

    patients: int
    centres: int
    cut: datetime.date
    product: str
    sites: tuple[str, ...]
    stages: tuple[str, ...]
    min_mass: int
    pr_percent: int
    pd_percent: int
    pd_absolute: int
    measurable: int
    measurable_node: int
    node_normal: int
    too_small: int
    krenning_drop: int
    new_therapies: tuple[str, ...]
    clinical_terms: tuple[str, ...]
    clinical_grades: int
    clinical_until: int
    complication_terms: tuple[str, ...]
    complication_grade: int
    complication_days: int
    month_days: float
    add_one_day: bool
    confidence: float
    interval: str
    baseline_before: int
    max_gap: int
    max_targets: int
    max_organ_targets: int


def _item(study: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    for item in study.get("published", {}).get("items", []):
        if item["id"] == name:
            return item["value"]
    return {}


def _count(study: Mapping[str, Any], name: str, of: int) -> int:
    value = _item(study, name)
    count, among = int(value.get("numerator", 0)), int(value.get("denominator", of))
    if not 0 <= count <= of or among != of:
        raise ConfigurationError(
            f"published.items[{name}]: {count} of {among}, the generator draws {of} evaluable patients",
            f"a numerator of 0 to {of} and a denominator of {of}",
            "correct the published figures, or use another source than `synthetic`",
        )
    return count


def _median(study: Mapping[str, Any], name: str) -> Median | None:
    value = _item(study, name)
    if value.get("median", NOT_REACHED) == NOT_REACHED:
        return None
    low, high = value.get("ci_low"), value.get("ci_high")
    ordered = [v for v in (low, value["median"], high) if v is not None and v != NOT_REACHED]
    if ordered != sorted(set(ordered)) or ordered[0] <= 0:
        raise ConfigurationError(f"published.items[{name}]: {value!r}", "0 < ci_low < median < ci_high, in months")
    return Median(
        float(value["median"]),
        None if low in (None, NOT_REACHED) else float(low),
        None if high in (None, NOT_REACHED) else float(high),
    )


def targets(study: Mapping[str, Any]) -> Targets:
    """Read the published figures the registry is drawn for.

    Raises
    ------
    ConfigurationError
        If they cannot be drawn: no number of included patients, more responders than patients, limits out of
        order, or a published median for the mesenteric mass.
    """
    included = int(_item(study, "included").get("count", 0))
    if included < 1:
        raise ConfigurationError(
            "published.items[included]: no count", "a count of at least 1", "say how many patients were included"
        )
    if _median(study, "mesenteric_pfs") is not None:
        raise ConfigurationError(
            "published.items[mesenteric_pfs]: a median is published",
            NOT_REACHED,
            "the generator calibrates the median of the other lesions only",
        )
    symptoms = _item(study, "clinical_response")
    symptomatic = int(symptoms.get("denominator", 0))
    if symptomatic > included:
        raise ConfigurationError(
            f"published.items[clinical_response]: denominator {symptomatic}", f"at most {included} patients"
        )
    return Targets(
        included=included,
        mass_response=_count(study, "mesenteric_orr", included),
        other_response=_count(study, "non_mesenteric_orr", included),
        mass_metabolic=_count(study, "mesenteric_metabolic_response", included),
        other_metabolic=_count(study, "non_mesenteric_metabolic_response", included),
        symptomatic=symptomatic,
        clinical_response=_count(study, "clinical_response", symptomatic),
        complications=_count(study, "complications", included),
        other_median=_median(study, "non_mesenteric_pfs"),
    )


def _conditions(plain: Any) -> Iterator[Mapping[str, Any]]:
    """Walk through a condition and yield its comparisons."""
    if isinstance(plain, Mapping):
        if "column" in plain:
            yield plain
        for value in plain.values():
            yield from _conditions(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from _conditions(value)


def _tenths(mm: Any, where: str) -> int:
    scaled = Decimal(str(mm)) * TENTHS
    if scaled != scaled.to_integral_value():
        raise ConfigurationError(f"{where}: {mm}", "a length in whole tenths of a millimetre")
    return int(scaled)


def settings(study: Mapping[str, Any]) -> Settings:
    """Read the definitions the drawn patients must meet.

    Raises
    ------
    ConfigurationError
        If the registry is too small for the patients to be included, or a length is finer than 0.1 mm.
    """
    asked = list(_conditions(study["population"]["eligibility"]))
    listed = {c["column"]: tuple(c["in"]) for c in asked if "in" in c}
    sizes = [c["at_least"] for c in asked if c["column"] == "longest_diameter_mm" and "at_least" in c]
    patients, included = int(study["source"]["patients"]), targets(study).included
    if patients < 4 * included:
        raise ConfigurationError(
            f"source.patients: {patients}",
            f"at least {4 * included}, four times the {included} patients to be included",
        )
    response, clinical, adverse = study["response"], study["clinical"], study["complications"]
    return Settings(
        patients=patients,
        centres=int(study["source"]["centres"]),
        cut=datetime.date.fromisoformat(str(study["source"]["calibrated_at"])),
        product=study["treatment"]["administrations"]["in"][0],
        sites=listed.get("primary_site", ("ileum",)),
        stages=listed.get("stage", ("metastatic",)),
        min_mass=_tenths(max(sizes, default=response["measurable_mm"]), "population.eligibility"),
        pr_percent=response["pr_decrease_percent"],
        pd_percent=response["pd_increase_percent"],
        pd_absolute=_tenths(response["pd_increase_mm"], "response.pd_increase_mm"),
        measurable=_tenths(response["measurable_mm"], "response.measurable_mm"),
        measurable_node=_tenths(response["measurable_node_mm"], "response.measurable_node_mm"),
        node_normal=_tenths(response["node_normal_below_mm"], "response.node_normal_below_mm"),
        too_small=_tenths(response["too_small_mm"], "response.too_small_mm"),
        krenning_drop=int(study["metabolic"]["krenning_drop"]),
        new_therapies=tuple(response["new_therapies"]),
        clinical_terms=tuple(clinical["terms"]),
        clinical_grades=int(clinical["improvement_grades"]),
        clinical_until=int(clinical["window_days"][1]),
        complication_terms=tuple(adverse["terms"]),
        complication_grade=int(adverse["min_grade"]),
        complication_days=int(adverse["days_after_administration"]),
        # Calendar months differ from patient to patient: their mean length draws the same courses.
        month_days=30.4375 if study["time"]["month_days"] == "calendar" else float(study["time"]["month_days"]),
        add_one_day=bool(study["time"]["add_one_day"]),
        confidence=float(study["statistics"]["confidence"]),
        interval=study["statistics"]["km_interval"],
        baseline_before=int(study["quality"]["baseline_days_before"]),
        max_gap=int(study["quality"]["max_gap_days"]),
        max_targets=int(response["max_targets"]),
        max_organ_targets=int(response["max_targets_per_organ"]),
    )
