"""Metabolic criteria as functions of whole numbers: when uptake fell, rose, or is gone.

Values are millionths of the score's unit, percentages exact fractions, so that a threshold that is met exactly is met:
10.0 to 7.5 is a fall of 25 %, 2.6 to 1.8 a fall of 0.8.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConfigurationError
from .arrays import Bools, Ints
from .rules import METABOLIC_IDS
from .settings import choice

MILLION = 10**6
UNKNOWN = -1
"""Stands for a value that is not known."""

METHODS = {
    "krenning_drop": ("krenning", "Krenning score"),
    "suvmax": ("suvmax", "SUVmax"),
    "suvpeak": ("sulpeak", "SULpeak"),
    "local_category": ("category", "recorded category"),
}
"""Method of the study file -> column of the uptake table, and what it is called."""
FDG_CRITERIA = ("suvmax", "suvpeak")
CMR, PMR, SMD, PMD, NE = range(5)
"""Categories, the best first; their names stand in `tables.results.METABOLIC_CATEGORIES`."""
CODE = {rule: i for i, rule in enumerate(METABOLIC_IDS)}
"""Rule id -> its number."""


def exact(values: pd.Series | np.ndarray) -> Ints:
    """Return decimal numbers as whole millionths, `UNKNOWN` where missing."""
    plain = pd.to_numeric(pd.Series(values)).astype("float64").to_numpy()
    return np.where(np.isnan(plain), UNKNOWN, np.rint(np.nan_to_num(plain) * MILLION)).astype(np.int64)


def _number(settings: Mapping[str, Any], key: str) -> Fraction:
    if key not in settings:
        raise ConfigurationError(f"metabolic.{key} is missing", "the key, as in config.yaml")
    return Fraction(str(settings[key]))


def _flag(settings: Mapping[str, Any], key: str) -> bool:
    return bool(choice(settings, key, "metabolic", (True, False)))


@dataclass(frozen=True)
class Criteria:
    """The study's metabolic criteria.

    Attributes
    ----------
    method, column, score : str
        Method of the study file, the column of the uptake table it compares, and what that is called.
    fall_percent, rise_percent : Fraction
        Percentage of the baseline by which the value must fall, or rise; 0 for the Krenning score.
    fall_units, rise_units : int
        Millionths of the score's unit by which it must do so as well.
    same_tracer, same_modality, stop_at_new_therapy : bool
        Which later scans are compared.
    new_lesion, unread_lesion, other_lesion : bool
        Whether a new lesion is progression, whether a lesion that was not read again may undo a response, and whether
        another lesion that rose withholds it.
    """

    method: str
    column: str
    score: str
    fall_percent: Fraction
    fall_units: int
    rise_percent: Fraction
    rise_units: int
    same_tracer: bool
    same_modality: bool
    stop_at_new_therapy: bool
    new_lesion: bool
    unread_lesion: bool
    other_lesion: bool

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Criteria:
        """Read the study's section `metabolic`; ConfigurationError for a missing key or an unknown alternative."""
        method = choice(settings, "method", "metabolic", tuple(METHODS))
        column, score = METHODS[method]
        percents, units = [Fraction(0)] * 2, [Fraction(0)] * 2
        if method == "krenning_drop":
            units = [_number(settings, "krenning_drop"), _number(settings, "krenning_increase")]
        elif method == "suvmax":
            percents = [_number(settings, f"suvmax_{k}_percent") for k in ("drop", "increase")]
        elif method == "suvpeak":
            percents = [_number(settings, f"suvpeak_{k}_percent") for k in ("drop", "increase")]
            units = [_number(settings, f"suvpeak_{k}_units") for k in ("drop", "increase")]
        new_lesion = choice(settings, "new_lesion", "metabolic", ("progression", "ignore"))
        unread = choice(settings, "unread_lesion", "metabolic", ("not_evaluable", "ignore"))
        other = choice(settings, "suvpeak_other_lesions", "metabolic", ("withhold", "ignore"))
        return cls(
            method=method,
            column=column,
            score=score,
            fall_percent=percents[0],
            fall_units=math.ceil(units[0] * MILLION),
            rise_percent=percents[1],
            rise_units=math.ceil(units[1] * MILLION),
            same_tracer=_flag(settings, "same_tracer"),
            same_modality=_flag(settings, "same_modality"),
            stop_at_new_therapy=_flag(settings, "stop_at_new_therapy"),
            new_lesion=new_lesion == "progression",
            unread_lesion=unread == "not_evaluable",
            other_lesion=method == "suvpeak" and other == "withhold",
        )

    def fell(self, value: Ints, baseline: Ints) -> Bools:
        """Return whether a value is below the baseline by what the method asks for."""
        return _changed(baseline - value, baseline, self.fall_percent, self.fall_units)

    def rose(self, value: Ints, baseline: Ints) -> Bools:
        """Return whether a value is above the baseline by what the method asks for."""
        return _changed(value - baseline, baseline, self.rise_percent, self.rise_units)

    def can_fall(self, baseline: Ints) -> Bools:
        """Return whether a baseline is high enough to fall by what the method asks for."""
        return self.fell(np.zeros_like(baseline), baseline)

    def gone(self, value: Ints, liver: Ints) -> Bools:
        """Return whether what is left is none (Krenning 0, SUVmax 0) or, SULpeak, below the liver of its scan."""
        if self.method == "suvpeak":
            return (value == 0) | ((liver != UNKNOWN) & (value < liver))
        return value == 0

    def judge(
        self, *, value: Ints, carried: Ints, baseline: Ints, liver: Ints, new: Bools, other_rose: Bools
    ) -> tuple[Ints, Ints]:
        """Return the category and the rule of each later scan.

        Parameters
        ----------
        value, baseline : arrays of int
            Highest value of the compartment there and at baseline.
        carried : array of int
            The highest value if the lesions that were not read again were as they were at baseline.
        liver : array of int
            Mean of the liver on that scan, `UNKNOWN` where not known.
        new, other_rose : arrays of bool
            A new lesion takes up the tracer; a lesion other than the hottest rose as a progression does.
        """
        down, up = self.fell(value, baseline), self.rose(value, baseline)
        name = self.column
        tests = [
            (new & self.new_lesion, PMD, "metabolic.pmd.new_lesion"),
            (up, PMD, f"metabolic.pmd.{name}"),
            (down & self.unread_lesion & ~self.fell(carried, baseline), NE, "metabolic.ne.lesion_not_read"),
            (down & self.other_lesion & other_rose, SMD, "metabolic.smd.other_lesion_rose"),
            (down & self.gone(value, liver), CMR, f"metabolic.cmr.{name}"),
            (down, PMR, f"metabolic.pmr.{name}"),
            (~self.can_fall(baseline), NE, "metabolic.ne.nothing_to_fall"),
        ]
        conditions = [t[0] for t in tests]
        return (
            np.select(conditions, [t[1] for t in tests], SMD),
            np.select(conditions, [CODE[t[2]] for t in tests], CODE[f"metabolic.smd.{name}"]),
        )


def _changed(by: Ints, baseline: Ints, share: Fraction, units: int) -> Bools:
    """Return whether a change reaches its share of the baseline and its units; no change never does."""
    return (by > 0) & (100 * share.denominator * by >= share.numerator * baseline) & (by >= units)
