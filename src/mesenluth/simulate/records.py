"""Clean records: every patient's course as rows of the registry's tables, before anything is spelt or spoilt.

A row is a dict of canonical column names. Dates are ordinals, diameters whole tenths of a millimetre, names running
numbers. Keys that begin with an underscore are not written; they say where a row belongs: ``_p`` place of the
patient, ``_k`` assessment (0 baseline, -1 before it), ``_x`` the lesion drawn, ``_pet`` whether it is an uptake scan.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import clinical, disease
from .clinical import TRACERS, ClinicalWish
from .disease import Disease, Wish
from .people import Person
from .plan import chosen
from .targets import Settings, Targets
from .wishes import any_wish, wishes

Row = dict[str, Any]
TABLES = (
    "patients", "administrations", "scans", "lesions", "measurements", "uptake",
    "symptoms", "adverse_events", "therapies", "follow_up", "responses", "markers",
)  # fmt: skip
SLICES = (1.0, 1.25, 2.0, 2.5, 3.0, 5.0)
OTHER_PRODUCT = "177Lu-edotreotide"


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


def records(rng: np.random.Generator, people: list[Person], wanted: Targets, settings: Settings) -> Records:
    """Draw the clean rows of all patients."""
    made = Records(people, settings)
    special = wishes(rng, people, wanted, settings)
    for place, person in enumerate(people):
        made.add(
            "patients", place, **person.values, patient_id=person.dossier, centre=person.centre,
            birth_year=person.birth, diagnosis_date=person.diagnosis, registration_date=person.registration,
        )  # fmt: skip
        if person.plan is not None:
            wish, about = special.get(place) or any_wish(rng, person)
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
    rows = clinical.therapies(rng, person, person.last_news)
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
    plan = person.course
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
    scans = _scans(rng, made, place)
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
    _therapies(made, place, clinical.therapies(rng, person, zero))
    if rng.random() < 0.75:
        _recorded(rng, made, place, found)


def own(organ: str, person: Person) -> str:
    """Return an organ the patient has: drawn for all alike, an ovary of a man is his adrenal gland."""
    return "adrenal" if organ == "ovary" and person.values["sex"] == "M" else organ


def _scans(rng: np.random.Generator, made: Records, place: int) -> dict[tuple[int, bool], Row]:
    """Add the scans; return them by assessment and whether they are uptake scans."""
    person = made.people[place]
    plan = person.course
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
            "scans", place, scan_id=made.name("E"), scan_date=plan.origin + day,
            assessment=f"B{k:02d}" if k >= 0 else "INCL", modality=modality if rng.random() < 0.93 else "CT",
            slice_thickness_mm=thickness, contrast=True if rng.random() < 0.94 else None,
            body_region="thorax_abdomen_pelvis", _k=k, _pet=False,
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
            "lesions", place, lesion_id=made.name("L"), role=x.role, site=own(x.site, made.people[place]),
            organ=own(x.organ, made.people[place]), nodal=x.nodal,
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
            at = max(k, 0)
            status, longest, short = x.status[at], x.longest[at], x.short[at]
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
    plan = made.people[place].course
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
