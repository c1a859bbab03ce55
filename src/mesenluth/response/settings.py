"""The study's response criteria as exact numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..errors import ConfigurationError
from ..tables.registry import THERAPIES

WHOLE_PATIENT = "whole_patient"
THERAPY_KINDS: tuple[str, ...] = tuple(THERAPIES.column("type").allowed)
AXES = ("longest", "short", "nodal_rule")


def local_therapies(compartments: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return kind of therapy -> the compartments that name it among their `local_therapies`.

    Raises ConfigurationError naming a kind of therapy that the registry does not know.
    """
    found: dict[str, tuple[str, ...]] = {}
    for i, compartment in enumerate(compartments):
        for kind in compartment.get("local_therapies") or ():
            if kind not in THERAPY_KINDS:
                raise ConfigurationError(
                    f"compartments[{i}].local_therapies: {kind!r}", f"some of {', '.join(THERAPY_KINDS)}"
                )
            found[kind] = (*found.get(kind, ()), compartment["id"])
    return found


def section(study: Mapping[str, Any], name: str) -> Any:
    """Return a section of the study; ConfigurationError if it is missing."""
    if name not in study:
        raise ConfigurationError(f"the study has no section {name!r}", "the section, as in config.yaml")
    return study[name]


def choice(settings: Mapping[str, Any], key: str, where: str, built: tuple[Any, ...]) -> Any:
    """Return a setting that must be one of `built`; ConfigurationError naming the key if it is not."""
    if key not in settings:
        raise ConfigurationError(f"{where}.{key} is missing", "the key, as in config.yaml")
    value = settings[key]
    if value not in built:
        raise ConfigurationError(f"{where}.{key}: {value!r}", f"one of {', '.join(map(str, built))}")
    return value


def _micrometres(settings: Mapping[str, Any], key: str) -> int:
    exact = Decimal(str(settings[key])) * 1000
    if exact != exact.to_integral_value():
        raise ConfigurationError(f"response.{key}: {settings[key]!r}", "mm with at most three decimals")
    return int(exact)


@dataclass(frozen=True)
class Criteria:
    """RECIST 1.1 as the study applies it. Lengths are micrometres, percentages exact fractions.

    The attributes are the keys of the study's `response` section; config.yaml gives each one's section in RECIST 1.1.
    """

    pr_decrease: Fraction
    pd_increase: Fraction
    pd_increase_um: int
    too_small_um: int
    node_normal_um: int
    node_measurable_um: int
    baseline_window_days: int | None
    new_lesion_rule: str
    timing: str
    timing_window_days: tuple[int, int]
    confirmation_interval_days: int
    min_sd_days: int
    pr_sticky: bool
    max_not_evaluable: int | None
    accept_sd: int
    cr_then_pr: str
    missing_as_ne: bool
    progression_date: str
    response_date: str
    stop_at_new_therapy: bool
    new_therapies: tuple[str, ...]

    @classmethod
    def of(cls, response: Mapping[str, Any]) -> Criteria:
        """Read the study's `response` section.

        Raises ConfigurationError for a key that is missing or an alternative that is not built.
        """
        try:
            window = response["timing_window_days"]
            choice(response, "require_marker_normalisation", "response", (False, True))
            return cls(
                pr_decrease=Fraction(str(response["pr_decrease_percent"])),
                pd_increase=Fraction(str(response["pd_increase_percent"])),
                pd_increase_um=_micrometres(response, "pd_increase_mm"),
                too_small_um=_micrometres(response, "too_small_mm"),
                node_normal_um=_micrometres(response, "node_normal_below_mm"),
                node_measurable_um=_micrometres(response, "measurable_node_mm"),
                baseline_window_days=response["baseline_window_days"],
                new_lesion_rule=choice(
                    response, "new_lesion_rule", "response", ("by_condition", "all_to_last", "all_to_every")
                ),
                timing=choice(response, "timing", "response", ("best_until_progression", "window")),
                timing_window_days=(window[0], window[1]),
                confirmation_interval_days=response["confirmation_interval_days"],
                min_sd_days=response["min_sd_days"],
                pr_sticky=response["pr_sticky"],
                max_not_evaluable=response["max_not_evaluable"],
                accept_sd=response["accept_sd"],
                cr_then_pr=choice(response, "cr_then_pr", "response", ("pd", "flag", "pr")),
                missing_as_ne=choice(response, "missing_as_ne", "response", (False, True)),
                progression_date=choice(response, "progression_date", "response", ("earliest", "last")),
                response_date=choice(response, "response_date", "response", ("last", "earliest")),
                stop_at_new_therapy=response["stop_at_new_therapy"],
                new_therapies=tuple(response["new_therapies"]),
            )
        except KeyError as error:
            raise ConfigurationError(f"response.{error.args[0]} is missing", "the key, as in config.yaml") from None
