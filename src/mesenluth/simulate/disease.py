"""Lesions of one treated patient and what is read of them on every assessment."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from . import recist, sizes
from .people import Person
from .plan import chosen
from .sizes import Course
from .targets import Settings

ATTEMPTS = 60
NODE_SITES = {"retroperitoneum": 55, "mediastinum": 15, "pelvis": 15, "supraclavicular": 15}
SOFT = {"lung": 45, "ovary": 20, "pancreas": 15, "spleen": 20}
HIDDEN = {"liver": 35, "bone": 35, "peritoneum": 30}
NEW_SITES = {"liver": 55, "bone": 20, "peritoneum": 20, "lung": 5}


@dataclass
class Lesion:
    """One lesion; its readings lie in lists with one element an assessment, the baseline first.

    `status` is None where the lesion was not read. `longest` and `short` are tenths of a millimetre.
    """

    role: str
    site: str
    organ: str
    nodal: bool = False
    mass: bool | None = False
    retractile: bool | None = None
    local: bool = False
    status: list[str | None] = field(default_factory=list)
    longest: list[int | None] = field(default_factory=list)
    short: list[int | None] = field(default_factory=list)
    merged_into: Lesion | None = None
    merged_at: int | None = None

    @property
    def by_short_axis(self) -> bool:
        """Whether the short axis counts: nodes outside the mesenteric mass (RECIST 1.1, 4.2)."""
        return self.nodal and not self.mass

    def counted(self, k: int) -> int | None:
        """Return the diameter that enters the sum at assessment `k`; 0 where absent, None where not evaluable."""
        if self.status[k] == "absent" or (self.merged_at is not None and k >= self.merged_at):
            return 0
        return self.short[k] if self.by_short_axis else self.longest[k]


@dataclass
class Wish:
    """What the readings of an included patient must say beyond the course.

    Attributes
    ----------
    mass_response, other_response : bool
        Whether the compartment has a partial response.
    mass_edge, other_edge : str
        Boundary to meet, see `sizes.Course`.
    unread : bool
        Whether a target is not evaluable on some assessment in the middle.
    equivocal : bool
        Whether an uncertain new finding comes and goes.
    """

    mass_response: bool = False
    other_response: bool = False
    mass_edge: str = ""
    other_edge: str = ""
    unread: bool = False
    equivocal: bool = False


@dataclass
class Disease:
    """Lesions of one patient, and which boundaries were met."""

    lesions: list[Lesion]
    edges: dict[str, str] = field(default_factory=dict)

    def of(self, mass: bool, role: str) -> list[Lesion]:
        """Return the lesions of a compartment (mesenteric mass or not) and role."""
        return [x for x in self.lesions if bool(x.mass) == mass and x.role == role]


def responses(lesions: list[Lesion], settings: Settings) -> list[tuple[str, str | None, str | None]]:
    """Return overall, target and non-target response of the lesions given, at each assessment after baseline."""
    known = [x for x in lesions if x.status]
    count = len(known[0].status) if known else 1
    targets = [x for x in lesions if x.role == "target"]
    hidden, new = ([x for x in lesions if x.role == r] for r in ("nontarget", "new"))
    return recist.series(
        [[x.counted(k) for x in targets] for k in range(count)],
        [x.by_short_axis for x in targets],
        [[x.status[k] for x in hidden] for k in range(count)],
        [any(x.status[k] not in (None, "equivocal", "absent", "not_evaluable") for x in new) for k in range(count)],
        settings,
    )


def _size(rng: np.random.Generator, middle: float, low: int, high: int) -> int:
    return int(np.clip(rng.lognormal(np.log(middle), 0.38), low, high))


def _sized(rng: np.random.Generator, lesions: list[Lesion], course: Course, settings: Settings, middle: float) -> str:
    """Draw the sizes of targets over time; return the boundary met."""
    if not lesions:
        return ""
    bases, least = [], []
    for x in lesions:
        if x.mass and x.role == "target":
            centre, low, high = middle, settings.min_mass, 720
        elif x.mass:
            centre, low, high = middle, 120, settings.min_mass - 1
        elif x.mass is None:
            centre, low, high = 240, settings.min_mass + 2, 330
        elif x.nodal:
            centre, low, high = 195, settings.measurable_node + 3, 330
        else:
            centre, low, high = middle if x.organ == "liver" else 170, settings.measurable + 4, 760
        bases.append(_size(rng, centre, low, high))
        least.append(low)
    largest = int(np.argmax(bases))
    values, edge = sizes.sums(rng, bases, course, settings, bases[largest] - least[largest])
    for x, counted in zip(lesions, values.T, strict=True):
        # A mass is a node as well: as a target its short axis has to be measurable.
        flattest = (settings.measurable_node + 2) / counted[0] if x.mass and x.role == "target" else 0.6
        aspect = min(0.97, max(float(flattest), rng.uniform(0.62, 0.9)))
        longest, short = sizes.second_axis(rng, counted, aspect, x.by_short_axis)
        x.longest, x.short = [*longest], [*short]
        x.status = ["measured"] * len(counted)
    return edge


def _mass(rng: np.random.Generator, person: Person) -> list[Lesion]:
    """Return the lesions of the mesentery, without sizes."""
    kind = person.mass
    if kind == "none":
        return []
    main = Lesion("target", "mesentery", "lymph_node", nodal=True, mass=True, retractile=True)
    if kind == "small":
        main.role, main.retractile = "nontarget", bool(rng.random() < 0.4)
    elif kind == "not_retractile":
        main.retractile = False
    elif kind == "retractile_unknown":
        main.retractile = None
    elif kind == "mass_unknown":
        main.mass, main.role = None, "nontarget"
    elif kind == "size_unknown":
        main.role = "nontarget"
    found = [main]
    if kind in ("eligible", "not_retractile") and rng.random() < 0.13:
        found.append(Lesion("nontarget", "mesentery", "lymph_node", nodal=True, mass=True, retractile=False))
    return found


def _others(rng: np.random.Generator, person: Person, hidden_only: bool) -> list[Lesion]:
    """Return the lesions outside the mesentery, without sizes: at most two targets an organ, four in all."""
    found = []
    spread = person.metastatic and person.values["stage"] in ("metastatic", None)
    if not hidden_only:
        if spread:
            found += [
                Lesion("target", "liver", "liver") for _ in range(int(rng.choice([0, 1, 2], p=[0.12, 0.3, 0.58])))
            ]
        if rng.random() < (0.3 if spread else 0.95):
            found.append(Lesion("target", chosen(rng, NODE_SITES), "lymph_node", nodal=True))
        if spread and rng.random() < 0.12:
            site = chosen(rng, SOFT)
            found.append(Lesion("target", site, site))
    if spread:
        sites = [s for s, share in (("liver", 0.4), ("bone", 0.3), ("peritoneum", 0.3)) if rng.random() < share]
        found += [Lesion("nontarget", s, s) for s in sites]
    if rng.random() < 0.2 or not found:
        found.append(Lesion("nontarget", chosen(rng, NODE_SITES), "lymph_node", nodal=True))
    return found


def _how(rng: np.random.Generator, lesions: list[Lesion], edge: str) -> str:
    """Choose how a compartment progresses: by its sum, a new lesion, or its non-targets."""
    if edge == "pd_exact" and any(x.role == "target" for x in lesions):
        return "sum"
    ways = {"new": 38}
    if any(x.role == "target" for x in lesions):
        ways["sum"] = 42
    if any(x.role == "nontarget" for x in lesions):
        ways["nontarget"] = 14
    return chosen(rng, ways)


def _appear(rng: np.random.Generator, count: int, at: int, mass: bool) -> Lesion:
    """Return a new lesion, first seen on assessment `at`."""
    if mass:
        new = Lesion("new", "mesentery", "lymph_node", nodal=True, mass=True)
    else:
        site = chosen(rng, NEW_SITES)
        new = Lesion("new", site, site)
    sized = mass or new.organ in ("liver", "lung")
    size = int(rng.integers(80, 190))
    for k in range(count):
        if k < at:
            new.status.append(None)
            new.longest.append(None)
            new.short.append(None)
            continue
        new.status.append("measured" if sized else "present")
        new.longest.append(size if sized else None)
        new.short.append(int(size * 0.8) if sized else None)
        size = int(size * rng.uniform(1.02, 1.25)) + 1
    return new


def _unsized(lesion: Lesion, count: int, progresses: int | None) -> None:
    lesion.status = ["present"] * count
    lesion.longest, lesion.short = [None] * count, [None] * count
    if progresses is not None:
        for k in range(progresses, count):
            lesion.status[k] = "unequivocal_progression"


def _response(rng: np.random.Generator, counted: int, event: int | None) -> int | None:
    """Choose the assessment at which a partial response is first seen: before progression, not on the first."""
    last = counted if event is None else event - 1
    return int(rng.integers(2, min(last, 4) + 1)) if last >= 2 else None


def can_respond(person: Person, mass: bool) -> bool:
    """Return whether a course leaves time for a partial response of the compartment and another reading."""
    plan = person.course
    event = plan.mass_pd if mass else plan.other_pd
    last = plan.counted if event is None else event - 1
    return last >= 3


def _compartment(
    rng: np.random.Generator, person: Person, lesions: list[Lesion], mass: bool, wish: Wish, settings: Settings
) -> tuple[list[Lesion], str]:
    """Draw the readings of one compartment."""
    plan = person.course
    count = len(plan.scans) + 1
    event = plan.mass_pd if mass else plan.other_pd
    edge = wish.mass_edge if mass else wish.other_edge
    wanted = wish.mass_response if mass else wish.other_response
    how = _how(rng, lesions, edge) if event is not None else ""
    if edge == "pd_exact" and how != "sum":
        edge = ""
    course = Course(
        scans=count - 1,
        counted=plan.counted,
        event=event if how == "sum" else None,
        response=_response(rng, plan.counted, event) if wanted else None,
        confirmed=bool(rng.random() < 0.5),
        edge=edge,
        shrinks_later=bool(plan.therapy is not None and rng.random() < 0.35),
    )
    if event is not None and how != "sum":
        # The sum itself stays stable up to a progression by other lesions.
        course.counted = min(course.counted, event)
    edge = _sized(rng, [x for x in lesions if x.role == "target"], course, settings, 330 if mass else 290)
    for x in lesions:
        if x.role == "nontarget" and person.mass in ("small", "mass_unknown") and mass:
            _sized(rng, [x], Course(count - 1, 0), settings, 160)
        elif x.role == "nontarget":
            _unsized(x, count, event if how == "nontarget" else None)
    new = [_appear(rng, count, event, mass)] if how == "new" and event is not None else []
    return lesions + new, edge


def _ensures_targets(lesions: list[Lesion], wish: Wish) -> bool:
    targets = any(x.role == "target" for x in lesions)
    return targets or not (wish.other_response or wish.other_edge)


def draw(rng: np.random.Generator, person: Person, wish: Wish, settings: Settings) -> Disease:
    """Draw lesions and readings of one treated patient.

    Raises
    ------
    RuntimeError
        If no draw of an included patient says what the course says.
    """
    for _ in range(ATTEMPTS):
        mass, others = _mass(rng, person), _others(rng, person, bool(rng.random() < 0.07))
        if not _ensures_targets(others, wish):
            continue
        try:
            mass, mass_edge = _compartment(rng, person, mass, True, wish, settings) if mass else ([], "")
            others, other_edge = _compartment(rng, person, others, False, wish, settings)
        except sizes.NoSizes:
            continue
        disease = Disease(mass + others, {"mesenteric": mass_edge, "non_mesenteric": other_edge})
        if person.mass != "eligible" and rng.random() < 0.06:
            _merge(rng, person, disease)
        _disturb(rng, person, disease, wish)
        _after_cut(rng, person, disease)
        if person.mass != "eligible" or as_planned(person, disease, wish, settings):
            return disease
    raise RuntimeError(f"no disease found for {person}")


def _disturb(rng: np.random.Generator, person: Person, disease: Disease, wish: Wish) -> None:
    """Leave targets unread in the middle of a course, and add an uncertain finding that goes again."""
    plan = person.course
    middle = [
        k for k in range(1, plan.counted)
        if k not in (plan.other_pd, plan.mass_pd) and k + 1 not in (plan.other_pd, plan.mass_pd)
    ]  # fmt: skip
    targets = [x for x in disease.lesions if x.role == "target"]
    if wish.unread and middle and targets:
        k, x = int(rng.choice(middle)), targets[int(rng.integers(len(targets)))]
        before, after = x.longest[k - 1] or 0, x.longest[k + 1] or 0
        # Left out without a word only where the readings around it could follow one another.
        seen = bool(rng.random() < 0.6) or not 0.75 * before <= after <= 1.4 * before
        x.status[k] = "not_evaluable" if seen else None
        x.longest[k] = x.short[k] = None
    if wish.equivocal and middle:
        count, k = len(plan.scans) + 1, int(rng.choice(middle))
        doubt = Lesion("new", "liver", "liver")
        doubt.status, doubt.longest, doubt.short = [None] * count, [None] * count, [None] * count
        doubt.status[k], doubt.status[k + 1] = "equivocal", "absent"
        disease.lesions.append(doubt)


def _after_cut(rng: np.random.Generator, person: Person, disease: Disease) -> None:
    """Let the disease progress on a scan after the cut, which must not count."""
    plan = person.course
    if plan.scans[-1] > plan.cut_day and rng.random() < 0.5:
        mass = bool(rng.random() < 0.3) and bool(disease.of(True, "target"))
        disease.lesions.append(_appear(rng, len(plan.scans) + 1, len(plan.scans), mass))


def _merge(rng: np.random.Generator, person: Person, disease: Disease) -> None:
    """Let two liver targets grow into one: the first is measured on, the second cannot be told apart any more."""
    plan = person.course
    pair = [x for x in disease.lesions if x.role == "target" and x.organ == "liver"]
    if len(pair) < 2 or plan.counted < 3:
        return
    at, (kept, gone) = int(rng.integers(2, plan.counted + 1)), pair[:2]
    before, other = kept.longest[at - 1], gone.longest[at - 1]
    if before is None or other is None:
        return
    share = min(1.4, (before + 0.35 * other) / before) * before / (kept.longest[at] or before)
    for k in range(at, len(kept.status)):
        gone.status[k] = gone.longest[k] = gone.short[k] = None
        kept.longest[k] = round((kept.longest[k] or 0) * share) or None
        kept.short[k] = round((kept.short[k] or 0) * share) or None
    gone.merged_into, gone.merged_at = kept, at


def as_planned(person: Person, disease: Disease, wish: Wish, settings: Settings) -> bool:
    """Return whether the readings say what the course and the wish say, in both compartments."""
    plan = person.course
    for mass, event, responds in (
        (True, plan.mass_pd, wish.mass_response),
        (False, plan.other_pd, wish.other_response),
    ):
        said = [r[0] for r in responses([x for x in disease.lesions if bool(x.mass) == mass], settings)]
        counted = said[: plan.counted]
        first = counted.index("PD") + 1 if "PD" in counted else None
        if first != event:
            return False
        before = counted if first is None else counted[: first - 1]
        if ("PR" in before or "CR" in before) != responds:
            return False
        # The end of a series without progression is its last evaluable assessment.
        if first is None and counted[-1] not in ("SD", "PR", "NON-CR/NON-PD"):
            return False
    return True
