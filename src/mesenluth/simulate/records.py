"""Clean records: every patient's course as rows of the registry's tables, before anything is spelt or spoilt.

A row is a dict of canonical column names. Dates are ordinals, diameters whole tenths of a millimetre, names of scans
and lesions running numbers. Keys that begin with an underscore are not written; they say where a row belongs:
``_p`` place of the patient, ``_k`` assessment (0 baseline, -1 before it), ``_x`` the lesion drawn, ``_pet`` uptake scan.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ConfigurationError
from . import clinical, disease
from .clinical import TRACERS, ClinicalWish
from .disease import Disease, Wish
from .people import Person
from .plan import chosen
from .targets import Settings, Targets

Row = dict[str, Any]
TABLES = (
    "patients", "administrations", "scans", "lesions", "measurements", "uptake",
    "symptoms", "adverse_events", "therapies", "follow_up", "responses",
)  # fmt: skip
SLICES = (1.0, 1.25, 2.0, 2.5, 3.0, 5.0)
OTHER_PRODUCT = "177Lu-edotreotide"
EDGES = ("pr_below", "pd_below", "pd_small")


class Records:
    """The clean rows of a registry.

    Attributes
    ----------
    people : list of Person
    diseases : dict of int to Disease
        By the patient's place.
    rows : dict of str to list of Row
    edges : dict of str to list of str
        Boundary met -> dossiers of the included patients who meet it.
    """

    def __init__(self, people: list[Person], settings: Settings) -> None:
        self.people, self.settings = people, settings
        self.diseases: dict[int, Disease] = {}
        self.rows: dict[str, list[Row]] = {name: [] for name in TABLES}
        self.edges: dict[str, list[str]] = {}
        self._names: dict[str, int] = {}

    def name(self, letter: str) -> str:
        """Return the next running number of a kind of record."""
        self._names[letter] = self._names.get(letter, 0) + 1
        return f"{letter}{self._names[letter]:06d}"

    def add(self, table: str, place: int, **values: Any) -> Row:
        """Add a clean row of the patient at `place` and return it."""
        row = {"_p": place, **values}
        self.rows[table].append(row)
        return row


def wishes(
    rng: np.random.Generator, people: list[Person], wanted: Targets, settings: Settings
) -> dict[int, tuple[Wish, ClinicalWish]]:
    """Choose which included patients give the published figures, and which come close without counting."""
    mine = [i for i, p in enumerate(people) if p.group == "eligible"]
    made = {i: (Wish(), ClinicalWish()) for i in mine}
    plans = {i: people[i].plan for i in mine}

    def pick(number: int, able: list[int]) -> list[int]:
        if len(able) < number:
            raise ConfigurationError(
                f"published: {number} patients are to respond, the courses drawn leave time to {len(able)}",
                "fewer responders, a longer median or another source.seed",
            )
        return [int(i) for i in rng.choice(able, size=number, replace=False)]

    mass = pick(wanted.mass_response, [i for i in mine if disease.can_respond(people[i], True)])
    other = pick(wanted.other_response, [i for i in mine if disease.can_respond(people[i], False)])
    for i in mass:
        made[i][0].mass_response = True
        made[i][0].mass_edge = "pr_exact" if i == mass[0] else ""
    for i in other:
        made[i][0].other_response = True
        made[i][0].other_edge = "pr_exact" if i == other[0] else ""
    steady = [i for i in mine if i not in mass and (plans[i] is not None and plans[i].counted >= 4)]
    for place, i in enumerate(pick(min(9, len(steady)), steady)):
        made[i][0].mass_edge = "pd_exact" if plans[i].mass_pd is not None else EDGES[place % len(EDGES)]
    for i in mine:
        if plans[i].mass_pd is not None and i not in mass:
            made[i][0].mass_edge = "pd_exact"
    steady = [i for i in mine if i not in other and plans[i].counted >= 4]
    for place, i in enumerate(pick(min(9, len(steady)), steady)):
        made[i][0].other_edge = "pd_exact" if plans[i].other_pd is not None else EDGES[place % 2]
    plain = [i for i in mine if made[i][0] == Wish() and plans[i].counted >= 4]
    for place, i in enumerate(pick(min(8, len(plain)), plain) if plain else []):
        made[i][0].unread = place < 5
        made[i][0].equivocal = place >= 5
    able = [i for i in mine if clinical.can_change(people[i])]
    for i in pick(wanted.mass_metabolic, able):
        made[i][1].mass_metabolic = True
    for i in pick(wanted.other_metabolic, able):
        made[i][1].other_metabolic = True
    well = pick(wanted.clinical_response, able)
    ill = [i for i in mine if i not in well]
    for i in well:
        made[i][1].symptoms = "response"
    for i in pick(wanted.symptomatic - wanted.clinical_response, ill):
        made[i][1].symptoms = str(rng.choice(["same", "mixed", "late", "worse"], p=[0.45, 0.2, 0.2, 0.15]))
    early = [i for i in mine if plans[i].cycles[-1] + settings.complication_days < min(plans[i].day, plans[i].cut_day)]
    hit = pick(wanted.complications, early)
    for i in hit:
        made[i][1].complication = "yes"
    near = ["elsewhere", "late", "before"] + (["mild"] if settings.complication_grade > 1 else [])
    for place, i in enumerate(pick(min(10, len(mine) - len(hit)), [i for i in mine if i not in hit])):
        made[i][1].complication = near[place % len(near)]
    return made


def _any_wish(rng: np.random.Generator, person: Person) -> tuple[Wish, ClinicalWish]:
    """Return what happens to a patient who is not included."""
    wish = Wish(
        mass_response=False,
        other_response=bool(rng.random() < 0.15) and disease.can_respond(person, False),
        unread=bool(rng.random() < 0.1),
        equivocal=bool(rng.random() < 0.04),
    )
    if wish.other_response:
        wish.unread = wish.equivocal = False
    kinds = ["", "response", "same", "mixed", "worse"]
    return wish, ClinicalWish(
        mass_metabolic=bool(rng.random() < 0.05),
        other_metabolic=bool(rng.random() < 0.2),
        symptoms=str(rng.choice(kinds, p=[0.55, 0.2, 0.15, 0.05, 0.05])),
        complication=str(rng.choice(["", "yes", "elsewhere", "late", "before"], p=[0.82, 0.08, 0.04, 0.03, 0.03])),
    )


def records(
    rng: np.random.Generator, people: list[Person], wanted: Targets, settings: Settings
) -> Records:
    """Draw the clean rows of all patients."""
    made = Records(people, settings)
    special = wishes(rng, people, wanted, settings)
    for place, person in enumerate(people):
        made.add(
            "patients", place, **person.values, patient_id=person.dossier, centre=person.centre,
            birth_year=person.birth, diagnosis_date=person.diagnosis,
        )  # fmt: skip
        if person.plan is not None:
            wish, about = special.get(place) or _any_wish(rng, person)
            _treated(rng, made, place, wish, about)
        else:
            _untreated(rng, made, place)
        for day, status, cause in clinical.news(rng, person):
            made.add(
                "follow_up", place, follow_up_id=made.name("N"), follow_up_date=day, vital_status=status,
                cause_of_death=cause,
            )  # fmt: skip
    return made


def _therapies(made: Records, place: int, rows: list[dict[str, Any]]) -> None:
    for r in rows:
        made.add(
            "therapies", place, therapy_id=made.name("T"), type=r["type"], start_date=r["start"],
            end_date=r["end"], intent=r["intent"],
        )  # fmt: skip


def _untreated(rng: np.random.Generator, made: Records, place: int) -> None:
    person = made.people[place]
    rows = clinical.therapies(rng, person, person.last_news, made.settings)
    if person.group == "other_treatment":
        day = person.diagnosis + int(rng.integers(20, 60))
        for cycle in range(1, int(rng.integers(2, 5))):
            if day < person.last_news:
                made.add(
                    "administrations", place, administration_id=made.name("A"), cycle_number=cycle,
                    administration_date=day, product=OTHER_PRODUCT,
                    activity_gbq=round(float(np.clip(rng.normal(7.5, 0.2), 6.9, 8.0)), 2),
                )  # fmt: skip
            day += int(rng.integers(56, 80))
    _therapies(made, place, rows)


def _treated(rng: np.random.Generator, made: Records, place: int, wish: Wish, about: ClinicalWish) -> None:
    person, settings = made.people[place], made.settings
    plan = person.plan
    assert plan is not None
    zero = plan.origin
    for cycle, day in enumerate(plan.cycles, 1):
        made.add(
            "administrations", place, administration_id=made.name("A"), cycle_number=cycle,
            administration_date=zero + day, product=settings.product,
            activity_gbq=round(float(np.clip(rng.normal(7.4, 0.2), 6.75, 8.05)), 2),
        )  # fmt: skip
    found = made.diseases[place] = disease.draw(rng, person, wish, settings)
    if person.group == "eligible":
        for edge in found.edges.values():
            if edge:
                made.edges.setdefault(edge, []).append(person.dossier)
    scans = _scans(rng, made, place, found)
    _readings(rng, made, place, found, scans)
    _uptake(rng, made, place, found, about, scans)
    for day, term, grade, attributed in clinical.symptoms(rng, person, about, settings):
        made.add(
            "symptoms", place, symptom_id=made.name("S"), symptom_date=zero + day, term=term,
            ctcae_grade=grade, mesenteric=attributed,
        )  # fmt: skip
    for r in clinical.adverse_events(rng, person, about, settings):
        made.add(
            "adverse_events", place, adverse_event_id=made.name("I"), term=r["term"], category=r["category"],
            start_date=zero + r["start"], end_date=None if r["end"] is None else zero + r["end"],
            ctcae_grade=r["grade"], mesenteric=r["mesenteric"],
        )  # fmt: skip
    _therapies(made, place, clinical.therapies(rng, person, zero, settings))
    if rng.random() < 0.75:
        _recorded(rng, made, place, found)


def _scans(rng: np.random.Generator, made: Records, place: int, found: Disease) -> dict[tuple[int, bool], Row]:
    """Add the scans; return them by assessment and whether they are uptake scans."""
    person = made.people[place]
    plan = person.plan
    assert plan is not None
    days = {0: plan.baseline, **dict(enumerate(plan.scans, 1))}
    earlier = plan.baseline - int(rng.integers(70, 250))
    # A mass whose only reading cannot stand is read on no earlier scan.
    if person.mass != "unreadable" and rng.random() < 0.15 and person.origin + earlier > person.diagnosis:
        days[-1] = earlier
    modality = chosen(rng, {"CT": 72, "MRI": 28})
    thickness, tracer = float(rng.choice(SLICES)), chosen(rng, TRACERS)
    scans = {}
    for k, day in sorted(days.items()):
        scans[k, False] = made.add(
            "scans", place, scan_id=made.name("E"), scan_date=plan.origin + day, assessment=f"B{k:02d}" if k >= 0 else "INCL",
            modality=modality if rng.random() < 0.93 else "CT", slice_thickness_mm=thickness,
            contrast=True if rng.random() < 0.94 else None, body_region="thorax_abdomen_pelvis", _k=k, _pet=False,
        )  # fmt: skip
    quiet = [k for k in range(1, plan.counted) if k not in (plan.other_pd, plan.mass_pd)]
    for k in clinical.uptake_scans(rng, person):
        shift = 0
        if k == 0:
            shift = int(np.clip(plan.baseline + rng.integers(-8, 9), -88, -1)) - plan.baseline
        elif k in quiet:
            shift = int(rng.integers(0, 10))
        scans[k, True] = made.add(
            "scans", place, scan_id=made.name("E"), scan_date=plan.origin + days[k] + shift, assessment=f"B{k:02d}",
            modality="scintigraphy" if tracer.startswith("111In") else "PET-CT", slice_thickness_mm=3.0,
            contrast=False, body_region="whole_body", _k=k, _pet=True, _tracer=tracer,
        )  # fmt: skip
    return scans


def _readings(
    rng: np.random.Generator, made: Records, place: int, found: Disease, scans: dict[tuple[int, bool], Row]
) -> None:
    """Add lesions and their readings."""
    names: dict[int, Row] = {}
    for x in found.lesions:
        names[id(x)] = made.add(
            "lesions", place, lesion_id=made.name("L"), role=x.role, site=x.site, organ=x.organ, nodal=x.nodal,
            mesenteric_mass=x.mass, retractile=x.retractile, prior_local_therapy=x.local, split_from=None,
            merged_into=None, merged_date=None, _x=x,
        )  # fmt: skip
    for x in found.lesions:
        if x.merged_into is not None and x.merged_at is not None:
            names[id(x)]["merged_into"] = names[id(x.merged_into)]["lesion_id"]
            names[id(x)]["merged_date"] = scans[x.merged_at, False]["scan_date"]
    earlier = float(rng.uniform(0.88, 0.98))
    for k, pet in sorted(scans):
        if pet:
            continue
        for x in found.lesions:
            status, longest, short = (v[max(k, 0)] for v in (x.status, x.longest, x.short))
            if status is None or (k < 0 and x.role == "new"):
                continue
            if k < 0 and longest is not None and short is not None:
                longest, short = round(longest * earlier), round(short * earlier)
            made.add(
                "measurements", place, measurement_id=made.name("M"), lesion_id=names[id(x)]["lesion_id"],
                scan_id=scans[k, False]["scan_id"], status=status, longest_diameter_um=longest, short_axis_um=short,
                _k=k, _x=x,
            )  # fmt: skip


def _uptake(
    rng: np.random.Generator, made: Records, place: int, found: Disease, about: ClinicalWish,
    scans: dict[tuple[int, bool], Row],
) -> None:  # fmt: skip
    names = {id(r["_x"]): r["lesion_id"] for r in made.rows["lesions"][-len(found.lesions) :]}
    on = sorted(k for k, pet in scans if pet)
    for x, k, score, suv, liver in clinical.uptake(rng, found, on, about, made.settings):
        scan = scans[k, True]
        planar = scan["_tracer"].startswith("111In")
        made.add(
            "uptake", place, uptake_id=made.name("U"), lesion_id=names[id(x)], scan_id=scan["scan_id"],
            tracer=scan["_tracer"], krenning=score, suvmax=None if planar else suv,
            liver_suvmean=None if planar else liver, _k=k, _x=x,
        )  # fmt: skip


def _recorded(rng: np.random.Generator, made: Records, place: int, found: Disease) -> None:
    """Add the responses the investigator recorded, up to the first progression."""
    plan = made.people[place].plan
    assert plan is not None
    details = bool(rng.random() < 0.15)
    for k, said in enumerate(disease.responses(found.lesions, made.settings), 1):
        for kind, value in zip(("overall", "target", "nontarget"), said, strict=True):
            if value is not None and (kind == "overall" or details):
                made.add(
                    "responses", place, response_id=made.name("R"), response_date=plan.origin + plan.scans[k - 1],
                    assessment=f"B{k:02d}", kind=kind, response=value, _k=k,
                )  # fmt: skip
        if said[0] == "PD":
            break
