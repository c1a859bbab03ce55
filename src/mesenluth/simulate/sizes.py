"""Sizes over time: draw the diameters of a compartment's targets so that they say what the course says.

All sizes are whole tenths of a millimetre. The counted diameter is the longest one, for nodes outside the mesenteric
mass the short axis.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import recist
from .targets import Settings

STEP_DOWN, STEP_UP = 0.75, 1.45
"""No clean reading shrinks or grows faster from one scan to the next: larger changes are planted, and known."""

ATTEMPTS = 400


class NoSizes(RuntimeError):
    """No sizes were found that say what a course says; other lesions may."""


@dataclass
class Course:
    """What the sum of a compartment's targets has to do.

    Attributes
    ----------
    scans : int
        Assessments after baseline.
    counted : int
        How many of them count; what comes later is free.
    event : int or None
        Assessment at which the sum progresses first.
    response : int or None
        Assessment at which it is first a partial response.
    confirmed : bool
        Whether the response holds at the next assessment.
    edge : str
        Boundary to meet exactly: ``""``, ``pr_exact``, ``pr_below``, ``pd_exact``, ``pd_below``, ``pd_small``.
    shrinks_later : bool
        Whether the sum falls once it no longer counts.
    """

    scans: int
    counted: int
    event: int | None = None
    response: int | None = None
    confirmed: bool = True
    edge: str = ""
    shrinks_later: bool = False


def trap(baseline: int, percent: int, sign: int) -> int | None:
    """Return the sum exactly `percent` above (or below) `baseline` if binary floats get the comparison wrong.

    25.9 mm down to 18.13 mm is no trap, it is not on the grid; 23.0 mm down to 16.1 mm is one: as floats,
    (16.1 - 23.0) / 23.0 is more than -0.3.
    """
    scaled = baseline * (100 + sign * percent)
    if scaled % 100:
        return None
    total = scaled // 100
    change = (total / 10 - baseline / 10) / (baseline / 10)
    return total if sign * change < percent / 100 else None


def _edge_base(rng: np.random.Generator, near: int, room: int, edge: str, settings: Settings) -> int | None:
    """Return a baseline sum near `near`, at most `room` less, from which the boundary can be met, if any."""
    fits = []
    for base in range(near - min(room, 120), near + 120):
        rise = -(-base * settings.pd_percent // 100)
        if edge == "pr_exact":
            good = trap(base, settings.pr_percent, -1) is not None
        elif edge == "pd_exact":
            good = trap(base, settings.pd_percent, 1) is not None and rise >= settings.pd_absolute
        elif edge == "pd_small":
            good = base * settings.pd_percent % 100 == 0 and rise < settings.pd_absolute
        elif edge == "pd_below":
            good = rise - 1 >= settings.pd_absolute
        else:
            good = True
        if good:
            fits.append(base)
    return int(rng.choice(fits)) if fits else None


def _edge_total(base: int, edge: str, settings: Settings) -> int:
    down, up = base * (100 - settings.pr_percent), base * (100 + settings.pd_percent)
    return {
        "pr_exact": down // 100,
        "pr_below": down // 100 + 1,
        "pd_exact": up // 100,
        "pd_small": up // 100,
        "pd_below": -(-up // 100) - 1,
    }[edge]


def _ratios(rng: np.random.Generator, course: Course, start: np.ndarray, settings: Settings) -> np.ndarray:
    """Draw the sum at each assessment as a share of the baseline sum."""
    base = int(start.sum())
    limit = 1 - settings.pr_percent / 100
    rise = 1 + settings.pd_percent / 100
    drift = rng.normal(-0.012, 0.02)
    flat, place = course.edge.startswith("pd"), _edge_place(course)
    ratios = [1.0]
    for k in range(1, course.scans + 1):
        before, nadir = ratios[-1], min(ratios)
        if k == place:
            new = _edge_total(base, course.edge, settings) / base
        elif course.edge == "pr_below" and place is not None and k == place - 1:
            # Down to the boundary in two steps: one alone would be a change to look at again.
            new = (1 + limit) / 2
        elif k == course.event:
            new = max(nadir * (rise + rng.uniform(0.02, 0.15)), nadir + (settings.pd_absolute + 5) / base)
        elif k > course.counted or (course.event is not None and k > course.event):
            new = before * (rng.uniform(0.8, 0.94) if course.shrinks_later else rng.uniform(0.97, 1.12))
            new = float(np.clip(new, max(0.45, 72 / start.min()), 2.4))
        elif course.response is not None and k <= course.response:
            left = course.response - k
            goal = limit - 0.03 - 0.01 * rng.random()
            new = max(goal + left * 0.13, before * 0.79)
        elif course.response is not None and k == course.response + 1:
            new = before * rng.uniform(0.95, 1.0) if course.confirmed else limit * rng.uniform(1.035, 1.07)
        elif course.response is not None:
            new = min(max(before + rng.normal(0, 0.015), limit - 0.08), nadir * (rise - 0.06))
        else:
            lowest = 1.005 if flat else limit + 0.05
            new = float(np.clip(before + rng.normal(drift, 0.022), lowest, nadir * (rise - 0.05)))
        ratios.append(new)
    return np.array(ratios)


def _edge_place(course: Course) -> int | None:
    """Return the assessment at which the boundary is met."""
    if course.edge == "pr_exact":
        return course.response
    if course.edge == "pd_exact":
        return course.event
    return max(2, course.counted // 2) if course.edge else None


def _unrepeated(values: np.ndarray, fixed: int | None) -> None:
    """Change a third equal reading in a row by a tenth: copied readings are planted, not drawn."""
    for k in range(2, len(values)):
        if k != fixed:
            same = (values[k] == values[k - 1]) & (values[k] == values[k - 2])
            values[k] += same


def sums(
    rng: np.random.Generator, bases: list[int], course: Course, settings: Settings, room: int = 0
) -> tuple[np.ndarray, str]:
    """Draw the counted diameter of each target at each assessment.

    Parameters
    ----------
    bases : list of int
        Counted diameters at baseline; the largest is changed where a boundary asks for another sum.
    room : int
        How much smaller it may become.

    Returns
    -------
    values : array of int, shape (scans + 1, targets)
    edge : str
        The boundary that was met; empty where the sum does not allow it.

    Raises
    ------
    NoSizes
        If no draw says what the course says.
    """
    edge, start = course.edge, np.array(bases)
    if edge:
        wanted = _edge_base(rng, int(start.sum()), room, edge, settings)
        needs = {"pr_exact": course.response, "pd_exact": course.event}.get(edge, course.counted >= 2 or None)
        if wanted is None or needs is None:
            edge = ""
        else:
            start[np.argmax(start)] += wanted - start.sum()
    course = replace(course, edge=edge)
    place, base = _edge_place(course), int(start.sum())
    for _ in range(ATTEMPTS):
        ratios = _ratios(rng, course, start, settings)
        spread = 1 + rng.normal(0, 0.012, (course.scans + 1, len(start)))
        spread[0] = 1
        values = np.rint(start * ratios[:, None] * spread).astype(int)
        if place is not None:
            values[place, np.argmax(start)] += _edge_total(base, edge, settings) - values[place].sum()
        _unrepeated(values, place)
        if _says(values, course, settings) and _smooth(values):
            return values, edge
    raise NoSizes(f"no sizes found for {course} from {bases}")


def _says(values: np.ndarray, course: Course, settings: Settings) -> bool:
    totals = values.sum(axis=1)
    base, nadir = int(totals[0]), int(totals[0])
    for k in range(1, course.scans + 1):
        total = int(totals[k])
        ends = course.event if course.event is not None else course.counted
        if k > ends or k > course.counted:
            break
        if recist.is_pd(total, nadir, settings) != (k == course.event):
            return False
        responds = recist.is_pr(total, base, settings)
        if k != course.event:
            if course.response is None or k < course.response:
                if responds:
                    return False
            elif k == course.response and not responds or k == course.response + 1 and responds != course.confirmed:
                return False
        nadir = min(nadir, total)
    return True


def _smooth(values: np.ndarray) -> bool:
    steps = values[1:] / values[:-1]
    return bool(values.min() > 60 and steps.min() > STEP_DOWN - 0.005 and steps.max() < STEP_UP)


def second_axis(
    rng: np.random.Generator, counted: np.ndarray, aspect: float, counted_is_short: bool
) -> tuple[list[int], list[int]]:
    """Return longest diameters and short axes around one counted diameter; `aspect` is short over long."""
    wobble = 1 + rng.normal(0, 0.008, len(counted))
    wobble[0] = 1
    if counted_is_short:
        other = np.maximum(np.ceil(counted / aspect * wobble), counted).astype(int)
        _unrepeated(other, None)
        return other.tolist(), counted.tolist()
    other = np.minimum(np.floor(counted * aspect * wobble), counted).astype(int)
    for k in range(2, len(other)):
        other[k] -= other[k] == other[k - 1] == other[k - 2]
    return counted.tolist(), other.tolist()
