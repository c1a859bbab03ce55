"""Courses: when each treated patient is scanned, progresses, changes therapy, dies or is lost. Days from day 0."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..errors import ConfigurationError
from . import survival
from .targets import Settings, Targets

LATER_THERAPIES = {
    "everolimus": 30, "embolisation": 18, "chemotherapy": 14, "prrt_other": 10, "ablation": 6, "surgery_other": 5,
    "radiotherapy": 5, "sunitinib": 4, "interferon": 4, "other": 4,
}  # fmt: skip
"""Therapies after progression, with their weights."""

LOCAL_THERAPIES = {"surgery_mesenteric": 45, "embolisation": 30, "ablation": 15, "everolimus": 10}
"""Therapies begun without progression."""

HORIZON = 150
"""Days after the cut up to which the registry holds records: they are not to be counted."""

FIRST_YEAR = 2011
ATTEMPTS = 100


@dataclass
class Plan:
    """The course of one treated patient.

    Attributes
    ----------
    day, event : int, bool
        Progression-free survival of the other lesions, as drawn.
    scans : list of int
        Days of the assessments after day 0, those after the cut included.
    counted : int
        How many of them count for a best response and for progression.
    other_pd, mass_pd : int or None
        Number (from 1) of the assessment at which the compartment progresses.
    mass_day, mass_event : int, bool
        Progression-free survival of the mesenteric mass.
    death, therapy_day, therapy : int or None, int or None, str or None
        Death and new therapy, if any; the death may lie after the cut.
    lost : bool
        Whether the patient was lost to follow-up.
    known : int
        Last day that must lie on or before the cut.
    origin : int
        Ordinal of day 0.
    """

    day: int
    event: bool
    scans: list[int] = field(default_factory=list)
    counted: int = 0
    other_pd: int | None = None
    mass_pd: int | None = None
    mass_day: int = 0
    mass_event: bool = False
    death: int | None = None
    therapy_day: int | None = None
    therapy: str | None = None
    lost: bool = False
    known: int = 0
    origin: int = 0
    cut_day: int = 0
    last_news: int = 0
    cycles: list[int] = field(default_factory=list)
    baseline: int = 0


def chosen(rng: np.random.Generator, weights: dict[str, int]) -> str:
    """Draw one key by its weight."""
    names = list(weights)
    shares = np.array([weights[n] for n in names], dtype=float)
    return names[int(rng.choice(len(names), p=shares / shares.sum()))]


def _gap(rng: np.random.Generator, day: int) -> int:
    if day < 330:
        return int(rng.integers(82, 116))
    return int(rng.integers(150, 215)) if day < 1100 else int(rng.integers(180, 305))


def _until(rng: np.random.Generator, last: int) -> list[int]:
    """Return days of assessments after day 0, the last one on day `last`."""
    days: list[int] = []
    day = 0
    while True:
        day += _gap(rng, day)
        if day > last - 40:
            return [*days, last]
        days.append(day)


def _further(rng: np.random.Generator, last: int, number: int) -> list[int]:
    days = []
    for _ in range(number):
        last += _gap(rng, last)
        days.append(last)
    return days


def course(rng: np.random.Generator, day: int, event: bool, settings: Settings) -> Plan:
    """Draw the rest of a course around the progression-free survival of the other lesions.

    Progression mostly brings a new therapy, which ends what counts in both compartments; without one the mesenteric
    mass is followed on, so that its own time is longer.
    """
    plan = Plan(int(day), bool(event))
    local = {t: w for t, w in LOCAL_THERAPIES.items() if t in settings.new_therapies}
    later = {t: w for t, w in LATER_THERAPIES.items() if t in settings.new_therapies}
    if plan.event and plan.day >= 170 and rng.random() < 0.27:
        _dies(rng, plan)
    elif plan.event:
        plan.scans = _until(rng, plan.day)
        plan.other_pd = plan.counted = len(plan.scans)
        if later and rng.random() < 0.62:
            plan.therapy, plan.therapy_day = chosen(rng, later), plan.day + int(rng.integers(8, 50))
            _after_therapy(rng, plan)
        else:
            _watched(rng, plan)
    elif local and rng.random() < 0.2:
        plan.scans = _until(rng, plan.day)
        plan.counted = len(plan.scans)
        plan.therapy, plan.therapy_day = chosen(rng, local), plan.day + int(rng.integers(6, 60))
        plan.mass_day = plan.day
        _after_therapy(rng, plan)
    else:
        plan.scans = _until(rng, plan.day)
        plan.counted = len(plan.scans)
        plan.mass_day = plan.known = plan.day
        plan.lost = bool(rng.random() < 0.3)
    if plan.therapy is None and plan.counted > 2 and rng.random() < 0.09:
        # The mass alone progresses, without any consequence for the therapy.
        plan.mass_pd = int(rng.integers(2, plan.counted))
        plan.mass_day, plan.mass_event = plan.scans[plan.mass_pd - 1], True
    plan.known = max(plan.known, plan.day, plan.mass_day, plan.therapy_day or 0, *plan.scans)
    _place(rng, plan, settings)
    return plan


def _dies(rng: np.random.Generator, plan: Plan) -> None:
    last = max(survival.EARLIEST, plan.day - int(rng.integers(20, 200)))
    plan.scans = _until(rng, last)
    plan.counted = len(plan.scans)
    plan.death = plan.mass_day = plan.day
    plan.mass_event = True


def _after_therapy(rng: np.random.Generator, plan: Plan) -> None:
    plan.mass_day = plan.day
    number = int(rng.integers(0, 4))
    plan.scans = plan.scans + _further(rng, plan.therapy_day or plan.day, number)
    if rng.random() < 0.55:
        plan.death = max(plan.scans[-1], plan.therapy_day or 0) + int(rng.integers(30, 700))


def _watched(rng: np.random.Generator, plan: Plan) -> None:
    plan.scans = plan.scans + _further(rng, plan.day, int(rng.integers(0, 5)))
    plan.counted = len(plan.scans)
    plan.mass_day = plan.scans[-1]
    luck = rng.random()
    if luck < 0.12 and plan.counted > (plan.other_pd or 0):
        plan.mass_pd, plan.mass_event = plan.counted, True
    elif luck < 0.35:
        plan.death = plan.mass_day = plan.scans[-1] + int(rng.integers(30, 200))
        plan.mass_event = True


def _place(rng: np.random.Generator, plan: Plan, settings: Settings) -> None:
    """Choose day 0 so that everything that must be known lies before the cut, and draw what lies after it."""
    cut = settings.cut.toordinal()
    still = plan.therapy is None and plan.death is None and not plan.lost
    if plan.death is not None and plan.therapy is None:
        plan.known = max(plan.known, plan.death)
    room = max(40, cut - settings.cut.replace(year=FIRST_YEAR, month=1, day=1).toordinal() - plan.known)
    slack = int(rng.integers(5, 230)) if still else int(rng.integers(8, room))
    plan.origin = cut - plan.known - slack
    plan.cut_day = cut - plan.origin
    if plan.death is not None and plan.death > plan.cut_day + HORIZON:
        plan.death = None
    end = plan.cut_day + int(rng.integers(-60, HORIZON))
    if plan.lost:
        plan.last_news = min(plan.known + int(rng.integers(10, 60)), plan.cut_day)
    else:
        plan.last_news = plan.death if plan.death is not None else max(plan.known, end)
    if still:
        day = plan.cut_day + int(rng.integers(4, 115))
        if rng.random() < 0.6 and 50 < day - plan.scans[-1] < 345:
            plan.scans = [*plan.scans, day]
            plan.last_news = max(plan.last_news, day)
        if plan.death is None and rng.random() < 0.12:
            plan.death = max(plan.scans[-1], plan.cut_day) + int(rng.integers(3, HORIZON - 115))
            plan.last_news = plan.death
    _treated(rng, plan)


def _treated(rng: np.random.Generator, plan: Plan) -> None:
    """Draw the cycles: up to four, eight weeks apart, none after progression, a new therapy or death."""
    stops = [plan.cut_day - 5, plan.day - 5]
    if plan.mass_pd is not None:
        stops.append(plan.scans[plan.mass_pd - 1] - 5)
    wanted = int(rng.choice([1, 2, 3, 4], p=[0.05, 0.07, 0.08, 0.8]))
    plan.cycles = [0]
    while len(plan.cycles) < wanted:
        day = plan.cycles[-1] + int(np.clip(rng.normal(59, 6), 49, 84))
        if day > min(stops):
            break
        plan.cycles.append(day)
    plan.baseline = -int(rng.integers(5, 81))


def eligible(rng: np.random.Generator, wanted: Targets, settings: Settings) -> list[Plan]:
    """Draw the courses of the patients to be included.

    Returns
    -------
    list of Plan
        `wanted.included` of them: the median and limits of the other lesions are the published ones, the median of
        the mesenteric mass is not reached.

    Raises
    ------
    ConfigurationError
        If no draw gives both.
    """
    for _ in range(ATTEMPTS):
        days, events = survival.draw(rng, wanted.included, wanted.other_median, settings)
        for _ in range(20):
            plans = [course(rng, d, e, settings) for d, e in zip(days, events, strict=True)]
            times = np.array([p.mass_day for p in plans])
            ended = np.array([p.mass_event for p in plans])
            heights = survival.kaplan_meier(times, ended, settings.confidence, settings.interval).survival
            progressed = sum(p.mass_pd is not None for p in plans)
            if (not len(heights) or heights.min() > 0.53) and (progressed > 2 or wanted.included < 20):
                return plans
    raise ConfigurationError(
        f"published.items[mesenteric_pfs]: with {wanted.other_median} of the other lesions no draw of"
        f" {wanted.included} patients leaves the median of the mesenteric mass unreached",
        "a longer median of the other lesions, or more patients",
    )


def others(rng: np.random.Generator, number: int, settings: Settings) -> list[Plan]:
    """Draw the courses of treated patients who are not to be included: shorter, nothing calibrated."""
    plans = []
    for _ in range(number):
        latent = 1100 * (-np.log(rng.random()) / np.log(2)) ** (1 / 1.2)
        censored = rng.uniform(250, 2900)
        day = int(np.clip(min(latent, censored), survival.EARLIEST, 3300))
        plans.append(course(rng, day, latent <= censored, settings))
    return plans
