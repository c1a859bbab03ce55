"""Who among the included gives the published figures, and who comes close without counting."""

from __future__ import annotations

import numpy as np

from ..errors import ConfigurationError
from . import clinical, disease
from .clinical import ClinicalWish
from .disease import Wish
from .people import Person
from .targets import Settings, Targets

EDGES = ("pr_below", "pd_below", "pd_small")
"""Boundaries that patients without response or progression come close to, see `sizes.Course`."""

NEAR_MISSES = 10
"""Included patients with an adverse event that is no complication by its grade, its cause or its date."""


def wishes(
    rng: np.random.Generator, people: list[Person], wanted: Targets, settings: Settings
) -> dict[int, tuple[Wish, ClinicalWish]]:
    """Choose what the records of each included patient must say.

    Raises
    ------
    ConfigurationError
        If the courses drawn leave too few patients time to respond.
    """
    mine = [i for i, p in enumerate(people) if p.group == "eligible"]
    sizes = _responders(rng, people, mine, wanted)
    _boundaries(rng, people, sizes)
    about = _clinical(rng, people, mine, wanted)
    _complications(rng, people, about, wanted, settings)
    return {i: (sizes[i], about[i]) for i in mine}


def _pick(rng: np.random.Generator, number: int, able: list[int]) -> list[int]:
    if len(able) < number:
        raise ConfigurationError(
            f"published: {number} patients are to respond, the courses drawn leave time to {len(able)}",
            "fewer responders, a longer median or another source.seed",
        )
    return [int(i) for i in rng.choice(able, size=number, replace=False)] if number else []


def _responders(rng: np.random.Generator, people: list[Person], mine: list[int], wanted: Targets) -> dict[int, Wish]:
    made = {i: Wish() for i in mine}
    mass = _pick(rng, wanted.mass_response, [i for i in mine if disease.can_respond(people[i], True)])
    other = _pick(rng, wanted.other_response, [i for i in mine if disease.can_respond(people[i], False)])
    for i in mass:
        made[i].mass_response = True
        made[i].mass_edge = "pr_exact" if i == mass[0] else ""
    for i in other:
        made[i].other_response = True
        made[i].other_edge = "pr_exact" if i == other[0] else ""
    return made


def _boundaries(rng: np.random.Generator, people: list[Person], made: dict[int, Wish]) -> None:
    """Choose whose sums come as close to a threshold as a tenth of a millimetre allows, and who is not all read."""

    def steady(test: list[int]) -> list[int]:
        able = [i for i in test if people[i].course.counted >= 4]
        return _pick(rng, min(9, len(able)), able)

    for place, i in enumerate(steady([i for i, w in made.items() if not w.mass_response])):
        made[i].mass_edge = EDGES[place % len(EDGES)]
    for i, wish in made.items():
        if people[i].course.mass_pd is not None and not wish.mass_response:
            wish.mass_edge = "pd_exact"
    for place, i in enumerate(steady([i for i, w in made.items() if not w.other_response])):
        made[i].other_edge = "pd_exact" if people[i].course.other_pd is not None else EDGES[place % 2]
    for place, i in enumerate(steady([i for i, w in made.items() if w == Wish()])):
        made[i].unread = place < 6
        made[i].equivocal = place >= 6


def _clinical(
    rng: np.random.Generator, people: list[Person], mine: list[int], wanted: Targets
) -> dict[int, ClinicalWish]:
    made = {i: ClinicalWish() for i in mine}
    able = [i for i in mine if clinical.can_change(people[i])]
    for i in _pick(rng, wanted.mass_metabolic, able):
        made[i].mass_metabolic = True
    for i in _pick(rng, wanted.other_metabolic, able):
        made[i].other_metabolic = True
    well = _pick(rng, wanted.clinical_response, able)
    for i in well:
        made[i].symptoms = "response"
    for i in _pick(rng, wanted.symptomatic - wanted.clinical_response, [i for i in mine if i not in well]):
        made[i].symptoms = str(rng.choice(["same", "mixed", "late", "worse"], p=[0.45, 0.2, 0.2, 0.15]))
    return made


def _complications(
    rng: np.random.Generator, people: list[Person], made: dict[int, ClinicalWish], wanted: Targets, settings: Settings
) -> None:
    def early(i: int) -> bool:
        plan = people[i].course
        return plan.cycles[-1] + settings.complication_days < min(plan.day, plan.cut_day)

    hit = _pick(rng, wanted.complications, [i for i in made if early(i)])
    for i in hit:
        made[i].complication = "yes"
    rest = [i for i in made if i not in hit]
    kinds = ["elsewhere", "late", "before"] + (["mild"] if settings.complication_grade > 1 else [])
    for place, i in enumerate(_pick(rng, min(NEAR_MISSES, len(rest)), rest)):
        made[i].complication = kinds[place % len(kinds)]


def any_wish(rng: np.random.Generator, person: Person) -> tuple[Wish, ClinicalWish]:
    """Draw what happens to a patient who is not included."""
    wish = Wish(
        other_response=bool(rng.random() < 0.15) and disease.can_respond(person, False),
        unread=bool(rng.random() < 0.1),
        equivocal=bool(rng.random() < 0.04),
    )
    if wish.other_response:
        wish.unread = wish.equivocal = False
    kinds = ["", "response", "same", "mixed", "worse"]
    near = ["", "yes", "elsewhere", "late", "before"]
    return wish, ClinicalWish(
        mass_metabolic=bool(rng.random() < 0.05),
        other_metabolic=bool(rng.random() < 0.2),
        symptoms=str(rng.choice(kinds, p=[0.55, 0.2, 0.15, 0.05, 0.05])),
        complication=str(rng.choice(near, p=[0.82, 0.08, 0.04, 0.03, 0.03])),
    )
