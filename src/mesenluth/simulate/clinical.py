"""Uptake, symptoms, adverse events, other therapies and news of one patient. Days from day 0; None is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .disease import Disease, Lesion
from .people import Person
from .plan import HORIZON, chosen
from .targets import Settings

TRACERS = {"68Ga-DOTATOC": 60, "68Ga-DOTATATE": 25, "111In-pentetreotide": 15}
OTHER_SYMPTOMS = ("diarrhoea", "flushing")
OTHER_EVENTS = (
    ("lymphocyte_count_decreased", "haematological", 3), ("platelet_count_decreased", "haematological", 3),
    ("anaemia", "haematological", 2), ("fatigue", "general", 2), ("nausea", "gastrointestinal", 2),
    ("creatinine_increased", "renal", 2), ("hepatic_enzyme_increased", "hepatic", 3),
    ("ascites", "gastrointestinal", 3),
)  # fmt: skip
"""Adverse events that are no complication of the mesenteric mass: term, system, highest grade."""


@dataclass
class ClinicalWish:
    """What the records of an included patient must say.

    Attributes
    ----------
    mass_metabolic, other_metabolic : bool
        Whether the uptake of the compartment falls.
    symptoms : str
        ``""`` none of the mass, ``response``, or how there is none: ``same``, ``mixed``, ``late``, ``worse``.
    complication : str
        ``""`` none, ``yes``, or a near miss: ``mild``, ``elsewhere``, ``late``, ``before``.
    """

    mass_metabolic: bool = False
    other_metabolic: bool = False
    symptoms: str = ""
    complication: str = ""


def can_change(person: Person) -> bool:
    """Return whether a course leaves time for uptake and symptoms to fall before anything else happens."""
    plan = person.course
    return plan.counted >= 2 and plan.day > 240


def uptake_scans(rng: np.random.Generator, person: Person) -> list[int]:
    """Choose the assessments with an uptake scan: the baseline, and one or two later ones."""
    plan = person.course
    last = max(1, plan.counted)
    later = {min(last, 1 + int(rng.integers(0, 2)))}
    if last >= 4 and rng.random() < 0.45:
        later.add(int(rng.integers(3, last + 1)))
    return [0, *sorted(later)]


def uptake(
    rng: np.random.Generator, disease: Disease, scans: list[int], wish: ClinicalWish, settings: Settings
) -> list[tuple[Lesion, int, int, float, float]]:
    """Draw the uptake of the lesions known at baseline.

    Returns
    -------
    list of (lesion, assessment, Krenning score, SUVmax, mean SUV of the liver)
        The highest score of a compartment falls by `krenning_drop` only where the wish says so.
    """
    rows = []
    liver = float(np.clip(rng.normal(5.2, 1.1), 2.6, 9))
    for mass in (True, False):
        lesions = [x for x in disease.lesions if x.role != "new" and bool(x.mass) == mass]
        if not lesions:
            continue
        falling = wish.mass_metabolic if mass else wish.other_metabolic
        drop = settings.krenning_drop
        high = (
            int(rng.choice([max(drop, 3), 4], p=[0.4, 0.6]))
            if falling
            else int(rng.choice([2, 3, 4], p=[0.1, 0.4, 0.5]))
        )
        scores = [high, *(int(rng.integers(max(1, high - 1), high + 1)) for _ in lesions[1:])]
        for place, (x, score) in enumerate(zip(lesions, scores, strict=True)):
            suv = liver * {0: 0.3, 1: 0.6, 2: 0.95, 3: 2.2, 4: 4.5}[score] * rng.uniform(0.85, 1.2)
            for k in scans:
                now, seen = score, suv * rng.uniform(0.93, 1.12)
                if k > 0 and falling:
                    now, seen = max(0, score - drop), suv * rng.uniform(0.35, 0.6)
                elif k > 0 and place > 0 and score < high and rng.random() < 0.3:
                    # One lesion fades, the hottest stays: that is no response of the compartment.
                    now = max(0, score - 1)
                rows.append((x, k, now, round(float(seen), 1), round(float(liver * rng.uniform(0.95, 1.05)), 1)))
    return rows


def symptoms(
    rng: np.random.Generator, person: Person, wish: ClinicalWish, settings: Settings
) -> list[tuple[int, str, int, bool | None]]:
    """Draw visits: (day, term, grade, attributed to the mass); every term asked is asked at baseline, too."""
    grades, attributed = _complaints(rng, person, wish, settings)
    ill = [t for t, grade in grades.items() if grade and attributed[t]]
    begins = int(rng.integers(1, 3))
    rows = []
    for visit, day in enumerate(_visits(rng, person)):
        for t, grade in grades.items():
            now = grade
            if visit >= begins and attributed[t] and wish.symptoms:
                now = _course(wish.symptoms, t, ill, grade, day, settings)
            elif visit and t in OTHER_SYMPTOMS and grade and rng.random() < 0.4:
                now = grade - 1
            rows.append((day, t, now, attributed[t]))
    return rows


def _complaints(
    rng: np.random.Generator, person: Person, wish: ClinicalWish, settings: Settings
) -> tuple[dict[str, int], dict[str, bool | None]]:
    """Draw what a patient is asked for, with the grade at baseline and whether it is attributed to the mass."""
    terms = [t for t in settings.clinical_terms if rng.random() < 0.4][:3] or [settings.clinical_terms[0]]
    if wish.symptoms == "mixed" and len(terms) < 2:
        terms = list(settings.clinical_terms[:2])
    grades = {t: int(rng.integers(1, 3)) if wish.symptoms else 0 for t in terms}
    attributed: dict[str, bool | None] = dict.fromkeys(terms, True if wish.symptoms else None)
    if wish.symptoms and len(terms) > 1 and wish.symptoms != "mixed" and rng.random() < 0.3:
        grades[terms[-1]] = 0
    if not wish.symptoms and rng.random() < 0.3:
        # A complaint with another cause than the mass.
        grades[terms[0]], attributed[terms[0]] = int(rng.integers(1, 3)), False
    for t in OTHER_SYMPTOMS:
        grades[t] = int(rng.integers(0, 3)) if person.values["functioning"] else 0
        attributed[t] = False if grades[t] else None
    return grades, attributed


def _visits(rng: np.random.Generator, person: Person) -> list[int]:
    plan = person.course
    end = min(plan.cut_day + HORIZON - 1, plan.last_news)
    if plan.death is not None:
        end = min(end, plan.death - 1)
    days, day = [-int(rng.integers(0, 21))], 0
    for gap in (58, 60, 120, 130, 160, 200):
        day += gap + int(rng.integers(-6, 7))
        if day <= end:
            days.append(day)
    return days


def _course(kind: str, term: str, ill: list[str], grade: int, day: int, settings: Settings) -> int:
    first = term == ill[0]
    better, worse = max(0, grade - settings.clinical_grades), min(grade + 1, 3)
    if kind == "response":
        return better if first else grade
    if kind == "late":
        return better if first and day > settings.clinical_until else grade
    if kind == "mixed":
        return better if first else (worse if term == ill[1] else grade)
    return worse if kind == "worse" and first else grade


def adverse_events(
    rng: np.random.Generator, person: Person, wish: ClinicalWish, settings: Settings
) -> list[dict[str, Any]]:
    """Draw adverse events: term, category, start and end day, grade, attributed to the mass."""
    plan = person.course
    rows = []
    end = plan.death if plan.death is not None else min(plan.last_news, plan.cut_day + HORIZON)
    last = plan.cycles[-1]
    for _ in range(int(rng.integers(1, 8))):
        term, category, most = OTHER_EVENTS[int(rng.integers(len(OTHER_EVENTS)))]
        day = int(rng.integers(1, last + 200))
        rows.append(_event(rng, term, category, day, int(rng.integers(1, most + 1)), None, end))
    if wish.complication:
        number = 2 if rng.random() < 0.25 else 1
        rows += [_complication(rng, wish.complication, last, end, settings) for _ in range(number)]
    return [r for r in rows if r["start"] < end]


def _complication(rng: np.random.Generator, kind: str, last: int, end: int, settings: Settings) -> dict[str, Any]:
    """Draw a complication of the mass (`yes`), or one that is none by its grade, its cause or its date."""
    term = settings.complication_terms[int(rng.integers(len(settings.complication_terms)))]
    # Abdominal pain has no grade above 3.
    grade = int(rng.integers(settings.complication_grade, min(settings.complication_grade + 1, 3) + 1))
    day = min(last + int(rng.integers(4, min(settings.complication_days, 80))), end - 1)
    if kind == "mild":
        grade = max(1, settings.complication_grade - 1)
    elif kind == "late":
        day = last + settings.complication_days + int(rng.integers(1, 300))
    elif kind == "before":
        day, end = -int(rng.integers(20, 400)), -5
    return _event(rng, term, "gastrointestinal", day, grade, kind != "elsewhere", end)


def _event(
    rng: np.random.Generator, term: str, category: str, day: int, grade: int, mesenteric: bool | None, end: int
) -> dict[str, Any]:
    stops = day + int(rng.integers(1, 45)) if rng.random() < 0.8 else None
    return {
        "term": term, "category": category, "start": day,
        "end": None if stops is None or stops > end else stops, "grade": grade, "mesenteric": mesenteric,
    }  # fmt: skip


def therapies(rng: np.random.Generator, person: Person, zero: int) -> list[dict[str, Any]]:
    """Draw other therapies: type, start and end (ordinals), intent. `zero` is day 0, or the last news without it."""
    rows = []
    span = max(60, zero - person.diagnosis)
    begin = person.diagnosis + int(rng.integers(10, 60))
    lines = person.values["prior_lines"]
    if person.values["primary_resected"] and rng.random() < 0.9:
        rows.append(_therapy("surgery_primary", person.diagnosis + int(rng.integers(5, 55)), None, True))
    if rng.random() < 0.85:
        end = None if rng.random() < 0.75 or person.plan is None else zero - int(rng.integers(5, 40))
        rows.append(
            _therapy("somatostatin_analogue", begin, end if end is None or end > begin else None, rng.random() < 0.7)
        )
    prior = {
        "everolimus": 35,
        "chemotherapy": 20,
        "embolisation": 25,
        "interferon": 8,
        "sunitinib": 4,
        "radiotherapy": 8,
    }
    for _ in range(max(0, lines - 1)):
        start = person.diagnosis + int(rng.integers(15, max(16, span - 100)))
        if start + 95 < zero:
            stop = start + int(rng.integers(1, 60))
            rows.append(_therapy(chosen(rng, prior), start, stop, True))
    plan = person.plan
    if plan is not None and plan.therapy is not None and plan.therapy_day is not None:
        start = zero + plan.therapy_day
        until = zero + (plan.death if plan.death is not None else plan.last_news)
        stop = start + int(rng.integers(20, 400))
        surgical = plan.therapy.startswith("surgery")
        rows.append(_therapy(plan.therapy, start, None if surgical or stop > until else stop, True))
    elif plan is not None and plan.death is None and not plan.lost and rng.random() < 0.08:
        # Begun after the cut: it must not count.
        rows.append(_therapy("everolimus", zero + plan.cut_day + int(rng.integers(5, 100)), None, True))
    return rows


def _therapy(kind: str, start: int, end: int | None, anticancer: bool) -> dict[str, Any]:
    intent = "anticancer" if anticancer else "symptom_control"
    return {"type": kind, "start": start, "end": end, "intent": intent}


def news(rng: np.random.Generator, person: Person) -> list[tuple[int, str, str | None]]:
    """Draw news: (ordinal, vital status, cause of death), about one a year and the last one."""
    rows: list[tuple[int, str, str | None]] = []
    day = person.diagnosis + int(rng.integers(20, 120))
    end = person.last_news
    while day < end - 90:
        rows.append((day, "alive", None))
        day += int(rng.integers(250, 420))
    if person.death is not None:
        rows.append((person.death, "dead", chosen(rng, {"disease": 70, "other": 18, "unknown": 10, "treatment": 2})))
    elif person.plan is not None and person.plan.lost:
        rows.append((end, "lost", None))
    else:
        rows.append((end, "alive", None))
    return rows
