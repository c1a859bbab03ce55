"""Who is in the registry: centres, demography, tumour, and in which respect each treated patient is (not) eligible."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .plan import HORIZON, Plan, chosen
from .targets import Settings, Targets

MISSING_STAGE, MISSING_GRADE = 0.38, 0.27
"""Shares without a value; the European registry of ENETS lacks the stage of 38 % and the grade of 27 %."""

TREATED = 0.29
"""Share of the registry's patients that have had the study treatment."""

SITES = {
    "ileum": 60, "small_intestine": 13, "jejunum": 9, "duodenum": 6, "appendix": 5, "colon": 3, "pancreas": 2,
    "unknown": 1, "other": 1,
}  # fmt: skip

MASSES = {
    "none": 36, "small": 12, "not_retractile": 32, "retractile_unknown": 8, "size_unknown": 4, "mass_unknown": 4,
    "unreadable": 4,
}  # fmt: skip
"""Mesenteric mass of treated patients who fail on it. `unreadable`: eligible, but for a reading that cannot stand."""


@dataclass
class Person:
    """One patient of the registry; dates are ordinals.

    Attributes
    ----------
    group : str
        `eligible`, `treated` (by the study treatment, not eligible), `other_treatment` or `untreated`.
    mass : str
        `eligible` or a key of `MASSES`: what is recorded about the mesenteric mass.
    plan : Plan or None
        Course of a treated patient.
    """

    group: str
    mass: str
    plan: Plan | None
    number: int = 0
    dossier: str = ""
    centre: str = ""
    birth: int = 0
    diagnosis: int = 0
    registration: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    last_news: int = 0
    death: int | None = None
    metastatic: bool = True

    @property
    def course(self) -> Plan:
        """Course of a treated patient."""
        assert self.plan is not None, f"patient {self.number} was not treated"
        return self.plan

    @property
    def origin(self) -> int:
        """Ordinal of day 0 of a treated patient."""
        return self.course.origin


def _yes(rng: np.random.Generator, share: float, unknown: float) -> bool | None:
    if rng.random() < unknown:
        return None
    return bool(rng.random() < share)


def _grade(rng: np.random.Generator) -> tuple[str, float]:
    """Return a WHO grade and a Ki-67 index that agrees with it."""
    grade = chosen(rng, {"G1": 61, "G2": 35, "G3": 3, "NEC": 1})
    if grade == "G1":
        return grade, float(rng.choice([0.5, 1.0, 1.5, 2.0, 2.5], p=[0.1, 0.4, 0.1, 0.35, 0.05]))
    if grade == "G2":
        return grade, float(np.clip(np.rint(rng.gamma(2.2, 2.6)) + 3, 3, 20))
    return grade, float(np.rint(rng.uniform(22, 50) if grade == "G3" else rng.uniform(55, 95)))


def _tumour(rng: np.random.Generator, person: Person, settings: Settings) -> None:
    values, eligible = person.values, person.group == "eligible"
    sites = {s: w for s, w in SITES.items() if s in settings.sites} or dict.fromkeys(settings.sites, 1)
    inside = eligible or (person.plan is not None and rng.random() < 0.93)
    values["primary_site"] = chosen(rng, sites if inside else SITES)
    if eligible:
        spread = "metastatic" if person.metastatic or "locally_advanced" not in settings.stages else "locally_advanced"
        values["stage"] = spread
    elif rng.random() < (MISSING_STAGE if person.plan is None else 0.3):
        values["stage"] = None
    elif person.plan is not None:
        values["stage"] = chosen(rng, {"metastatic": 88, "locally_advanced": 10, "localised": 2})
    else:
        values["stage"] = chosen(rng, {"metastatic": 52, "locally_advanced": 22, "localised": 26})
    values["grade"], values["ki67_percent"] = _grade(rng)
    if eligible and values["grade"] in ("G3", "NEC"):
        values["grade"], values["ki67_percent"] = "G2", 8.0
    if not eligible and rng.random() < MISSING_GRADE:
        values["grade"], values["ki67_percent"] = None, None
    unknown = 0.0 if eligible else 0.12
    values["functioning"] = _yes(rng, 0.45, unknown)
    values["carcinoid_syndrome"] = _yes(rng, 0.85, unknown) if values["functioning"] else values["functioning"]
    values["ecog"] = None if rng.random() < unknown * 2 else int(rng.choice([0, 1, 2, 3], p=[0.52, 0.36, 0.1, 0.02]))
    values["primary_resected"] = _yes(rng, 0.62, unknown / 2)
    values["prior_lines"] = int(rng.choice([0, 1, 2, 3, 4], p=[0.12, 0.5, 0.24, 0.1, 0.04]))
    values["cga_xuln"] = None if rng.random() < unknown * 2.5 else round(float(rng.lognormal(1.1, 1.2)), 1)
    values["hiaa_xuln"] = None if rng.random() < 0.15 + unknown * 2.5 else round(float(rng.lognormal(0.9, 1.1)), 1)


def _life(rng: np.random.Generator, person: Person, settings: Settings) -> None:
    """Draw birth, diagnosis, last news and death."""
    cut = settings.cut.toordinal()
    if person.plan is not None:
        person.diagnosis = person.origin - int(np.clip(rng.exponential(1100), 130, 5400))
        person.last_news = person.origin + person.plan.last_news
        person.death = None if person.plan.death is None else person.origin + person.plan.death
    else:
        first = datetime.date(settings.cut.year - 15, 1, 1).toordinal()
        person.diagnosis = int(rng.integers(first, cut - 120))
        latest = cut + int(rng.integers(-700, HORIZON))
        person.last_news = max(person.diagnosis + 70, latest)
        if rng.random() < 0.33:
            day = person.diagnosis + 70 + int(rng.exponential(2200))
            if day < cut + HORIZON:
                person.last_news = person.death = day
    age = float(np.clip(rng.normal(60.5, 10.5), 24, 86))
    person.birth = person.diagnosis - int(age * 365.25)
    person.values["sex"] = "M" if rng.random() < (0.65 if person.group == "eligible" else 0.52) else "F"


def people(rng: np.random.Generator, included: list[Plan], treated: list[Plan], settings: Settings) -> list[Person]:
    """Draw all patients of the registry, in the order of their running number.

    Parameters
    ----------
    included, treated : list of Plan
        Courses of the patients to be included, and of other treated patients.
    """
    drawn = [Person("eligible", "eligible", p) for p in included]
    # A few of the included have regional disease only.
    for person in drawn:
        person.metastatic = bool(rng.random() < 0.88)
    for number, plan in enumerate(treated):
        # Every kind of mass stands at least once in a small registry, too.
        kinds = list(MASSES)
        mass = kinds[number] if number < len(kinds) else chosen(rng, MASSES)
        drawn.append(Person("treated", mass, plan))
    rest = settings.patients - len(drawn)
    for number in range(rest):
        group = "other_treatment" if number < round(0.03 * rest) else "untreated"
        drawn.append(Person(group, "none", None))
    for person in drawn:
        _life(rng, person, settings)
        _tumour(rng, person, settings)
    _outside(rng, drawn, settings)
    order = rng.permutation(len(drawn))
    registry = [drawn[i] for i in order]
    weights = rng.gamma(1.6, 1.0, settings.centres) + 0.12
    centres = rng.choice(settings.centres, size=len(registry), p=weights / weights.sum())
    dossiers = rng.choice(9_000_000, size=len(registry), replace=False) + 1_000_000
    for number, (person, centre, dossier) in enumerate(zip(registry, centres, dossiers, strict=True)):
        person.number = 100_001 + number
        person.centre = f"C{centre + 1:02d}"
        person.dossier = f"DOS-{dossier}"
    return registry


def register(rng: np.random.Generator, drawn: list[Person]) -> None:
    """Draw when each patient was entered in the registry: between diagnosis and treatment, or soon after the former."""
    for person in drawn:
        latest = person.last_news if person.plan is None else person.origin
        person.registration = min(person.diagnosis + 7 + int(rng.exponential(150)), latest)


def _outside(rng: np.random.Generator, drawn: list[Person], settings: Settings) -> None:
    """Give treated patients whose disease itself is outside the criteria every kind of mass, eligible ones too."""
    for person in drawn:
        if person.group != "treated" or person.mass in ("unreadable", "retractile_unknown", "mass_unknown"):
            continue
        values = person.values
        outside = values["primary_site"] not in settings.sites or values["stage"] not in settings.stages
        if outside and rng.random() < 0.4:
            person.mass = "eligible"
    for person in drawn:
        # Patients who fail on one unknown criterion alone meet the others.
        if person.group == "treated" and person.mass in (
            "unreadable", "retractile_unknown", "mass_unknown", "size_unknown",
        ):  # fmt: skip
            person.values["stage"] = "metastatic" if "metastatic" in settings.stages else settings.stages[0]
            if person.values["primary_site"] not in settings.sites:
                person.values["primary_site"] = settings.sites[0]


def share_treated(settings: Settings, wanted: Targets) -> int:
    """Return how many patients beyond the included ones have had the study treatment."""
    return max(2 * len(MASSES), round(TREATED * settings.patients) - wanted.included)
