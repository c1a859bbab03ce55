"""Response by size and CT density: the criteria of Choi et al., J Clin Oncol 2007;25:1753-1759.

They are validated for gastrointestinal stromal tumours under imatinib. For a neuroendocrine tumour under any
treatment their use is off label, and every row says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ..errors import ConfigurationError
from ..tables.io import conform, empty
from ..tables.results_beyond import BEST_DENSITY_RESPONSES, DENSITY_RESPONSES
from .arrays import (
    FAR,
    NO_DATE,
    Bools,
    Ints,
    any_before,
    counts,
    dates,
    in_order,
    percent,
    position,
    strings,
    sums,
    take,
    text,
)
from .best import MISSING, WORDS, best
from .derived import Derived, Part
from .readings import NOT_KNOWN, TARGET, Readings
from .recist import CR, NE, NONE, PD, PR, SD
from .rules import CODE
from .sentences import days_as_text, join, phrase
from .settings import Criteria, choice

LABEL = "off label: Choi is validated for GIST under imatinib"
THOUSANDTHS = 1000
"""A density is compared as whole thousandths of a Hounsfield unit."""
NO_DENSITY = np.iinfo(np.int64).min
WHY = (
    "There is no baseline.",
    "No target has a density at baseline.",
    "A new lesion is seen.",
    "A non-target has unequivocally progressed.",
    "All lesions are gone.",
    "The density fell by {density} % or more.",
    "The size grew by {growth} % or more, and the density is not known: it might meet PR.",
    "The size grew by {growth} % or more, and the density did not fall by {density} %.",
    "The size fell by {size} % or more.",
    "The size is not known, and the density did not fall by {density} %.",
    "The density is not known, and the size did not change by {size} %.",
    "Neither the size nor the density is known.",
    "Neither the size nor the density changed by as much as is asked for.",
)
_RESPONSE = np.array([NE, NE, PD, PD, CR, PR, NE, PD, PR, NE, NE, NE, SD])
"""What each of `WHY` means."""


@dataclass(frozen=True)
class Settings:
    """The study's section `density`; percentages as exact fractions."""

    method: str
    size_decrease: Fraction
    density_decrease: Fraction
    size_increase: Fraction
    from_nadir: bool
    contrast: str
    modalities: tuple[str, ...]

    @classmethod
    def of(cls, density: Mapping[str, Any]) -> Settings:
        """Read the section; ConfigurationError for what is missing or not built."""
        try:
            return cls(
                method=choice(density, "method", "density", ("choi", "none")),
                size_decrease=Fraction(str(density["size_decrease_percent"])),
                density_decrease=Fraction(str(density["density_decrease_percent"])),
                size_increase=Fraction(str(density["size_increase_percent"])),
                from_nadir=choice(density, "progression_from", "density", ("baseline", "nadir")) == "nadir",
                contrast=choice(density, "contrast", "density", ("required", "unless_excluded", "any")),
                modalities=tuple(density["modalities"]),
            )
        except KeyError as error:
            raise ConfigurationError(f"density.{error.args[0]} is missing", "the key, as in config.yaml") from None


def density_responses(
    derived: Derived,
    measurements: pd.DataFrame,
    scans: pd.DataFrame,
    density: Mapping[str, Any],
    criteria: Criteria,
) -> dict[str, pd.DataFrame]:
    """Derive responses by size and density of every reader in every compartment.

    The size is the RECIST sum of all targets, where it is complete. The density is the mean over the targets that
    have one both at baseline and at the time point, on scans of the modalities and with the contrast that the study
    asks for. In this order: without a density at baseline nothing can be judged; a new lesion or unequivocal
    progression of a non-target is PD; all lesions gone is CR; a fall of the density is PR; a growth of the size is PD
    where the density did not meet PR; a fall of the size is PR; the rest is SD where both are known.

    Parameters
    ----------
    derived : Derived
        What RECIST was derived from.
    measurements, scans : DataFrame
        Registry tables: density_hu; modality and contrast.
    density : mapping
        The study's section of this name. ``method: none`` gives no rows.
    criteria : Criteria
        RECIST as the study applies it: minimum interval of stable disease.

    Returns
    -------
    dict of str to DataFrame
        density_responses, of the series with a density at baseline, and best_density_responses, of those with one
        recorded at any time; each as its contract in `tables.results`.
    """
    settings = Settings.of(density)
    tables = {t.name: t for t in (DENSITY_RESPONSES, BEST_DENSITY_RESPONSES)}
    if settings.method == "none":
        return {name: empty(table) for name, table in tables.items()}
    known = measurements[measurements["density_hu"].notna()]
    recorded = position(derived.readings.ids, strings(known["measurement_id"])) >= 0
    if not recorded.any():
        return {name: empty(table) for name, table in tables.items()}
    thousandths = read_densities(derived.readings, known, scans, settings)
    found = [_compartment(derived, part, thousandths, recorded, settings, criteria) for part in derived.parts]
    frames = zip(tables.items(), zip(*found, strict=True), strict=True)
    return {
        name: conform(in_order(pd.concat(parts, ignore_index=True), table.key), table)
        for (name, table), parts in frames
    }


def read_densities(readings: Readings, known: pd.DataFrame, scans: pd.DataFrame, settings: Settings) -> Ints:
    """Return the density of each reading in thousandths of a Hounsfield unit; `NO_DENSITY` where none counts.

    `known` are the measurements with a density.
    """
    fits = scans["modality"].isin(list(settings.modalities)).to_numpy(dtype=bool)
    contrast = scans["contrast"].astype("boolean")
    if settings.contrast == "required":
        fits &= contrast.fillna(False).to_numpy(dtype=bool)
    elif settings.contrast == "unless_excluded":
        fits &= contrast.fillna(True).to_numpy(dtype=bool)
    known = known[position(strings(known["scan_id"]), strings(scans["scan_id"][fits])) >= 0]
    exact = (known["density_hu"].to_numpy(dtype=float) * THOUSANDTHS).round().astype(np.int64)
    at = position(readings.ids, strings(known["measurement_id"]))
    return np.where(at >= 0, np.r_[exact, NO_DENSITY][at], NO_DENSITY)


@dataclass(frozen=True)
class _Judged:
    """One element a time point: why it is what it is, and what was compared. Sums of densities are thousandths."""

    why: Ints
    density_known: Bools
    paired: Ints
    base: Ints
    now: Ints
    size_known: Bools


def _fell(part: Ints, whole: Ints, limit: Fraction) -> Bools:
    return 100 * limit.denominator * part >= limit.numerator * whole


def _judge(derived: Derived, part: Part, thousandths: Ints, settings: Settings) -> tuple[_Judged, Ints]:
    """Judge every time point; also return how many targets of each reader have a density at baseline."""
    grid, timepoints, series = derived.grid, derived.timepoints, part.series
    n, reader = len(timepoints.reader), timepoints.reader
    target = part.inside & (derived.lesions.role == TARGET)
    # What cannot be evaluated, such as a lesion treated locally since, has no density that tells of the treatment.
    seen = (grid.reading >= 0) & (grid.state != NOT_KNOWN)
    rows = np.flatnonzero(target[grid.lesion] & grid.due & seen)
    value = thousandths[grid.reading[rows]]
    at_start = np.full(len(grid.lesion), NO_DENSITY, np.int64)
    at_start[rows] = value
    start = grid.start[grid.lesion[rows]]
    base = np.where(timepoints.rank[grid.timepoint[start]] == 0, at_start[start], NO_DENSITY)
    both = (value != NO_DENSITY) & (base != NO_DENSITY)
    at = grid.timepoint[rows][both]
    paired, base_sum, now_sum = counts(at, n), sums(base[both], at, n), sums(value[both], at, n)
    dense = counts(reader[at[timepoints.rank[at] == 0]], len(timepoints.start))

    # A mean of 0 HU or less is no tumour that could lose a share of its density.
    density_known = (paired > 0) & (base_sum > 0)
    size_known = series.complete & (series.baseline_um != FAR) & (series.baseline_um > 0)
    sum_um, size_base = (np.where(size_known, v, 1) for v in (series.sum_um, series.baseline_um))
    nadir = np.where(size_known & (series.nadir_um != FAR), series.nadir_um, size_base)
    reference = nadir if settings.from_nadir else size_base
    lighter = density_known & _fell(base_sum - now_sum, base_sum, settings.density_decrease)
    smaller = size_known & _fell(size_base - sum_um, size_base, settings.size_decrease)
    larger = size_known & (sum_um > reference) & _fell(sum_um - reference, reference, settings.size_increase)
    gone = (series.target == CR) & ((series.nontarget == CR) | (series.nontarget == NONE))
    tests = [
        ~timepoints.has_baseline[reader],
        (dense == 0)[reader],
        series.new_lesion,
        series.nontarget == PD,
        gone,
        lighter,
        larger & ~density_known,
        larger,
        smaller,
        density_known & ~size_known,
        size_known & ~density_known,
        ~size_known,
    ]
    why = np.select(tests, range(len(tests)), len(tests))
    return _Judged(why, density_known, paired, base_sum, now_sum, size_known), dense


def _compartment(
    derived: Derived, part: Part, thousandths: Ints, recorded: Bools, settings: Settings, criteria: Criteria
) -> tuple[pd.DataFrame, pd.DataFrame]:
    timepoints, readers = derived.timepoints, derived.readers
    target = part.inside & (derived.lesions.role == TARGET)
    whose = derived.readings.lesion[recorded]
    shown = derived.read & (counts(derived.lesions.reader[whose[target[whose]]], len(readers.patient)) > 0)
    judged, dense = _judge(derived, part, thousandths, settings)
    response = np.where(timepoints.rank > 0, _RESPONSE[judged.why], NE)
    earlier = any_before(response == PD, timepoints.reader)
    counting = (timepoints.rank > 0) & ~earlier & (timepoints.first <= part.stop[timepoints.reader])
    size, series = judged.size_known, part.series
    rows = np.flatnonzero((timepoints.rank > 0) & (dense > 0)[timepoints.reader])
    reader = timepoints.reader[rows]
    known = judged.paired[rows] > 0
    mean = [np.where(known, v[rows] / np.where(known, judged.paired[rows], 1) / THOUSANDTHS, np.nan)
            for v in (judged.base, judged.now)]  # fmt: skip
    points = pd.DataFrame(
        {
            "patient_id": text(take(readers.patients, readers.patient[reader])),
            "compartment": _same(part.name, len(rows)),
            "evaluator": text(take(readers.evaluators, readers.evaluator[reader])),
            "timepoint": timepoints.rank[rows],
            "assessment_date": dates(timepoints.first[rows]),
            "targets": series.targets[rows],
            "with_density": judged.paired[rows],
            "baseline_hu": mean[0],
            "density_hu": mean[1],
            "density_change_percent": percent(
                judged.now[rows] - judged.base[rows], judged.base[rows], judged.density_known[rows]
            ),
            "size_change_percent": percent(
                series.sum_um[rows] - series.baseline_um[rows], series.baseline_um[rows], size[rows]
            ),
            "response": text(take(strings(list(WORDS)), response[rows])),
            "counted": counting[rows],
            "method": _same(settings.method, len(rows)),
            "label": _same(LABEL, len(rows)),
            "reason": text(phrase(_words(settings), judged.why[rows])),
        }
    )
    best = _best_frame(derived, part, judged, response, counting, dense, settings, criteria)
    return points, best[shown]


def _same(words: str, number: int) -> pd.Series:
    return text(phrase([words], np.zeros(number, np.int64)))


def _words(settings: Settings) -> list[str]:
    limits = {
        "size": settings.size_decrease, "density": settings.density_decrease, "growth": settings.size_increase,
    }  # fmt: skip
    return [words.format(**{k: f"{float(v):g}" for k, v in limits.items()}) for words in WHY]


def _best_frame(
    derived: Derived,
    part: Part,
    judged: _Judged,
    response: Ints,
    counting: Bools,
    dense: Ints,
    settings: Settings,
    criteria: Criteria,
) -> pd.DataFrame:
    timepoints, readers = derived.timepoints, derived.readers
    n, targets = len(readers.patient), part.followed[0]
    rows = np.flatnonzero(counting)
    reader = timepoints.reader[rows]
    day = (timepoints.last if criteria.response_date == "last" else timepoints.first)[rows]
    candidate = None
    if derived.window is not None:
        low, high = (limit[reader] for limit in derived.window)
        candidate = ((day >= low) | (response[rows] == PD)) & (day <= high)
    found = best(
        reader, day, response[rows], n, origin=readers.origin, has_targets=targets > 0, criteria=criteria,
        candidate=candidate,
    )  # fmt: skip
    after = counts(timepoints.reader[timepoints.rank > 0], n)
    code = np.where(after == 0, MISSING, found.response)
    no_day_0 = readers.origin == NO_DATE
    tests = [
        no_day_0,
        after == 0,
        ~timepoints.has_baseline,
        dense == 0,
        found.row < 0,
        (code == NE) & (found.rule == CODE["best.ne.stable_too_early"]),
        code == NE,
    ]
    special = phrase(
        [
            "There is no day 0.",
            "There is no assessment after baseline.",
            *_words(settings)[:2],
            "No time point counts.",
            f"Stable only before day {criteria.min_sd_days}, and nothing evaluable after it.",
            "No time point that counts is evaluable.",
        ],
        np.select(tests, range(len(tests)), -1),
    )
    words, padded = strings(list(WORDS)), np.r_[day, NO_DATE]
    decided = phrase(_words(settings), np.r_[judged.why[rows], -1][found.row])
    reason = join("The best is ", take(words, code), " on ", days_as_text(padded[found.row]), ". ", decided)
    frame = pd.DataFrame(
        {
            "patient_id": text(take(readers.patients, readers.patient)),
            "compartment": _same(part.name, n),
            "evaluator": text(take(readers.evaluators, readers.evaluator)),
            "targets": targets,
            "with_density": dense,
            "timepoints": after,
            "evaluated": counts(reader[response[rows] != NE], n),
            "best_response": text(take(words, code)),
            "best_response_date": dates(padded[found.row]),
            "method": _same(settings.method, n),
            "label": _same(LABEL, n),
            "reason": text(pc.coalesce(special, reason)),
        }
    )
    return frame
