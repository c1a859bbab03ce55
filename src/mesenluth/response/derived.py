"""What RECIST is derived from, for the measures that look at the same readings in another way."""

from __future__ import annotations

from dataclasses import dataclass

from .arrays import Bools, Ints
from .readings import Grid, Lesions, Readers, Readings
from .series import Series
from .timepoints import Assessments, Timepoints


@dataclass(frozen=True)
class Part:
    """One compartment: which lesions lie in it, how many targets and non-targets each reader follows, its series.

    `stop` is the day after which assessments of each reader do not count (`arrays.FAR` if all do).
    """

    name: str
    inside: Bools
    followed: tuple[Ints, Ints]
    series: Series
    stop: Ints


@dataclass(frozen=True)
class Derived:
    """Lesions, readings and time points of all readers, and their compartments.

    `read` says which readers (patient x evaluator) have read anything, `window` is the first and last day between which
    a response is read.
    """

    lesions: Lesions
    readers: Readers
    readings: Readings
    assessments: Assessments
    timepoints: Timepoints
    grid: Grid
    read: Bools
    window: tuple[Ints, Ints] | None
    parts: list[Part]
