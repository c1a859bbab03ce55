"""Draw a registry from what a study file says of its parts of the disease: `source.kind: drawn`.

No figure is met exactly and nothing is spoilt: shares and medians are those of the whole that the patients are drawn
from. It serves to try a study before its data are there, and to see what its definitions do.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConfigurationError
from ..response.compartments import assign
from ..tables.io import STRING
from ..tables.registry import PATIENTS, THERAPIES

MONTH = 30.4375
SHAPE = 1.3
"""Of the Weibull distributions of the times: a hazard that rises slowly."""
LEAST_ASSESSMENTS = 4
"""A response is reached at the second assessment, confirmed at the third, and may end at the fourth."""
PER_ORGAN = 2
"""Targets of one organ at most (RECIST 1.1, 4.2)."""


@dataclass(frozen=True)
class Part:
    """A compartment as it is drawn.

    Attributes
    ----------
    place : int
        Its place in the study file's `compartments`.
    drawn : mapping
        Its entry of ``source.drawn.compartments``.
    sites : DataFrame
        site, organ, nodal, share: one row a site.
    """

    place: int
    drawn: Mapping[str, Any]
    sites: pd.DataFrame


def parts(study: Mapping[str, Any]) -> list[Part]:
    """Return the compartments that are drawn, in the study file's order.

    Raises
    ------
    ConfigurationError
        If one is missing or unknown, or a site does not lie in the compartment it is drawn for.
    """
    _check(study["source"]["drawn"])
    known = [c["id"] for c in study["compartments"]]
    drawn = study["source"]["drawn"]["compartments"]
    for name in [*drawn, *known]:
        if name not in drawn or name not in known:
            raise ConfigurationError(
                f"source.drawn.compartments: {name!r} stands in only one of source.drawn.compartments and compartments",
                f"each of {', '.join(known)}",
            )
    found = []
    for place, name in enumerate(known):
        rows = drawn[name]["sites"]
        sites = pd.DataFrame(
            {
                "site": pd.Series([s["site"] for s in rows], dtype=STRING),
                "organ": pd.Series([s["organ"] for s in rows], dtype=STRING),
                "nodal": pd.Series([s["organ"] == "lymph_node" for s in rows], dtype="boolean"),
                "share": [float(s["percent"]) for s in rows],
            }
        )
        for column, kind in (("role", STRING), ("mesenteric_mass", "boolean"), ("retractile", "boolean")):
            sites[column] = pd.Series("target" if column == "role" else False, index=sites.index, dtype=kind)
        lies = assign(sites, study["compartments"])
        for i in np.flatnonzero(lies != place):
            elsewhere = f"in {known[lies[i]]}" if lies[i] >= 0 else "in none of them"
            raise ConfigurationError(
                f"source.drawn.compartments.{name}.sites[{i}]: by the conditions of `compartments`,"
                f" {sites['site'][i]!r} lies {elsewhere}",
                f"a site that lies in {name}",
            )
        found.append(Part(place, drawn[name], sites))
    return found


def _check(settings: Mapping[str, Any]) -> None:
    """Check what the schema cannot: words of the tables, and numbers against one another."""
    for key, values, column in (
        ("primary_sites", list(settings["primary_sites"]), PATIENTS.column("primary_site")),
        ("next_therapy", [settings["next_therapy"]], THERAPIES.column("type")),
    ):
        for value in values:
            if value not in column.allowed:
                raise ConfigurationError(f"source.drawn.{key}: {value!r}", f"one of {', '.join(column.allowed)}")
    for key, pair in (
        ("accrual_days", settings["accrual_days"]),
        *((f"compartments.{name}.lesions", c["lesions"]) for name, c in settings["compartments"].items()),
    ):
        if pair[0] > pair[1]:
            raise ConfigurationError(f"source.drawn.{key}: {pair}", "the smaller number first")
    least = LEAST_ASSESSMENTS * settings["assessment_days"]
    if settings["accrual_days"][1] < least:
        raise ConfigurationError(
            f"source.drawn.accrual_days: {settings['accrual_days']}",
            f"a last number of at least {least}, {LEAST_ASSESSMENTS} times assessment_days",
        )


@dataclass(frozen=True)
class People:
    """The patients, one element each; days are days after day 0.

    Attributes
    ----------
    day_0 : array of datetime64[D]
    death, lost, end : array of int
        Day of death, day after which nothing is known any more, and the earlier of these and of the cut.
    """

    day_0: np.ndarray
    death: np.ndarray
    lost: np.ndarray
    end: np.ndarray

    def __len__(self) -> int:
        return len(self.day_0)

    @property
    def names(self) -> np.ndarray:
        """Name of each patient."""
        return np.array([f"P{i + 1:05d}" for i in range(len(self))], dtype=object)


def _times(rng: np.random.Generator, median_months: float, count: int) -> np.ndarray:
    """Return Weibull times in days."""
    return median_months * MONTH * (-np.log(rng.random(count)) / np.log(2)) ** (1 / SHAPE)


def people(rng: np.random.Generator, study: Mapping[str, Any]) -> People:
    """Draw when each patient's treatment begins, and until when there is news."""
    source, drawn = study["source"], study["source"]["drawn"]
    count = int(source["patients"])
    cut = np.datetime64(datetime.date.fromisoformat(study["cut"]["date"]), "D")
    ago = rng.integers(drawn["accrual_days"][0], drawn["accrual_days"][1] + 1, count)
    death = _times(rng, drawn["survival_median_months"], count).astype(int) + 1
    far = 100_000
    lost = np.where(rng.random(count) * 100 < drawn["lost_percent"], rng.integers(30, 1500, count), far)
    return People(cut - ago, death, lost, np.minimum(np.minimum(death, lost), ago))


@dataclass(frozen=True)
class Course:
    """One compartment in all patients.

    Attributes
    ----------
    present : array of bool, shape (patients,)
    response : array of str, shape (patients,)
        What the compartment is drawn to do at best: ``CR``, ``PR`` or ``SD``.
    ratio : array of float, shape (patients, assessments)
        Sum of the targets as a share of that at baseline.
    progression : array of int, shape (patients,)
        Assessment at which it progresses first; past the last one where it does not.
    by : array of str, shape (patients,)
        How: ``sum`` or ``new``.
    """

    present: np.ndarray
    response: np.ndarray
    ratio: np.ndarray
    progression: np.ndarray
    by: np.ndarray


def course(rng: np.random.Generator, part: Part, count: int, days: np.ndarray, sums: np.ndarray, rise: float) -> Course:
    """Draw what a compartment does.

    Parameters
    ----------
    count : int
        Patients.
    days : array of int
        Day of each assessment, the baseline first.
    sums : array of float, shape (patients,)
        Baseline sums in mm.
    rise : float
        Share over the nadir, and with it the 5 mm of RECIST 1.1, that a progression by the sum takes.
    """
    drawn = part.drawn
    present = rng.random(count) * 100 < drawn["patients_percent"]
    responds = rng.random(count) * 100 < drawn["response_percent"]
    complete = responds & (rng.random(count) * 100 < drawn["complete_percent"])
    when = _times(rng, drawn["progression_median_months"], count)
    # Who responds has time to: the response is complete at the second assessment and seen again at the third.
    when = np.where(responds, np.maximum(when, days[3] + 1), when)
    progression = np.searchsorted(days, when)
    by = np.where((rng.random(count) * 100 < drawn["new_lesion_percent"]) | complete | (sums == 0), "new", "sum")
    goal = np.where(responds, rng.uniform(0.3, 0.62, count), rng.uniform(0.8, 1.08, count))
    goal = np.where(complete, 0.0, goal)
    step = np.minimum(np.arange(len(days)) / 2, 1)
    ratio = 1 + (goal[:, None] - 1) * step
    # Up from the nadir by what a progression takes and some more, a little more each time.
    since = np.arange(len(days))[None, :] - progression[:, None]
    nadir = np.where(since < 0, ratio, np.inf).min(axis=1)
    least = np.maximum(nadir * (1 + rise + 0.08), nadir + 6.5 / np.maximum(sums, 1))
    grown = least[:, None] * 1.05 ** np.maximum(since, 0)
    ratio = np.where((since >= 0) & (by == "sum")[:, None], grown, ratio)
    response = np.where(complete, "CR", np.where(responds, "PR", "SD"))
    return Course(present, response, ratio, progression, by)
