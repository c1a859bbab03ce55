"""RECIST 1.1 as functions of whole numbers: thresholds, target, non-target and overall response.

All arguments are arrays of one length, lengths are micrometres, so that a threshold that is met exactly is met.
Categories and rules are numbers: the position in `CATEGORIES` (-1 for none) and in `rules.IDS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ..tables.results import CATEGORIES
from .arrays import FAR, Bools, Ints
from .rules import CODE
from .settings import Criteria

CR, PR, SD, NON, PD, NE, NED = range(len(CATEGORIES))
NONE = -1


def is_partial_response(sum_um: Ints, baseline_um: Ints, decrease: Fraction) -> Bools:
    """Return whether a sum is at least `decrease` percent below the baseline (RECIST 1.1, 4.3.1)."""
    return 100 * decrease.denominator * (baseline_um - sum_um) >= decrease.numerator * baseline_um


def is_progression(sum_um: Ints, nadir_um: Ints, increase: Fraction, increase_um: int) -> Bools:
    """Return whether a sum is at least `increase` percent and `increase_um` above the nadir (RECIST 1.1, 4.3.1).

    Over a nadir of 0, which has no percentage, the absolute increase decides.
    """
    more = sum_um - nadir_um
    return (100 * increase.denominator * more >= increase.numerator * nadir_um) & (more >= increase_um)


def target_response(
    *,
    has_baseline: Bools,
    followed: Bools,
    sum_um: Ints,
    evaluated: Ints,
    complete: Bools,
    gone: Bools,
    baseline_um: Ints,
    baseline_gone: Bools,
    nadir_um: Ints,
    criteria: Criteria,
) -> tuple[Ints, Ints]:
    """Return the target response and its rule (RECIST 1.1, 4.3.1 and 4.4.2).

    Parameters
    ----------
    has_baseline : array of bool
        A baseline assessment exists.
    followed : array of bool
        The series has targets.
    sum_um, evaluated : arrays of int
        Sum of the targets evaluated, and their number.
    complete, gone : arrays of bool
        Every target is evaluated; every target is absent or, a node, normal.
    baseline_um, nadir_um : arrays of int
        Complete sum at baseline and smallest complete sum before, `FAR` where there is none.
    baseline_gone : array of bool
        Every target was absent or normal at baseline already.
    """
    grown = is_progression(
        sum_um, np.where(nadir_um == FAR, 0, nadir_um), criteria.pd_increase, criteria.pd_increase_um
    )
    progression = (evaluated > 0) & (nadir_um != FAR) & grown
    whole = np.where(baseline_um == FAR, 0, baseline_um)
    tests = [
        (~followed, NONE, "overall.ned"),
        (~has_baseline, NE, "overall.ne.no_baseline"),
        (complete & gone & ~baseline_gone, CR, "overall.cr"),
        (progression & complete, PD, "target.pd.sum"),
        (progression, PD, "target.pd.partial_sum"),
        (~complete, NE, "target.ne.not_all_evaluated"),
        (baseline_gone, NE, "target.ne.normal_at_baseline"),
        (baseline_um == FAR, NE, "target.ne.baseline_incomplete"),
        (is_partial_response(sum_um, whole, criteria.pr_decrease), PR, "target.pr.sum"),
    ]
    return _first(tests, (SD, "target.sd.sum"))


def nontarget_response(
    *, has_baseline: Bools, followed: Bools, progressed: Bools, all_evaluated: Bools, gone: Bools
) -> Ints:
    """Return the non-target response (RECIST 1.1, 4.3.3 and 4.3.4); one that was not assessed makes it NE."""
    return np.select([~followed, ~has_baseline, progressed, ~all_evaluated, gone], [NONE, NE, PD, NE, CR], NON)


def overall_response(
    *,
    has_baseline: Bools,
    target: Ints,
    target_rule: Ints,
    nontarget: Ints,
    new_lesion: Bools,
    dated_back: Bools,
    not_assessed: Bools,
) -> tuple[Ints, Ints]:
    """Return the overall response and its rule (RECIST 1.1, tables 1 and 2).

    Parameters
    ----------
    new_lesion, dated_back : arrays of bool
        An unequivocal new lesion is seen; an equivocal one that a later time point confirms.
    not_assessed : array of bool
        A place where something new was suspected could not be assessed.
    """
    nothing = (target == NONE) & (nontarget == NONE)
    only = (target == NONE) & (nontarget != NONE)
    clear = (nontarget == CR) | (nontarget == NONE)
    cr = ((target == CR) & clear) | (only & (nontarget == CR))
    tests = [
        (~has_baseline, NE, "overall.ne.no_baseline"),
        (target == PD, PD, None),
        (nontarget == PD, PD, "nontarget.pd"),
        (new_lesion, PD, "new_lesion.unequivocal"),
        (dated_back, PD, "new_lesion.dated_back"),
        (nothing, NED, "overall.ned"),
        (cr & not_assessed, NE, "overall.ne.new_lesion_not_assessed"),
        (only & (nontarget == CR), CR, "nontarget_only.cr"),
        (only & (nontarget == NON), NON, "nontarget_only.non_cr_non_pd"),
        (only, NE, "nontarget_only.ne"),
        (cr, CR, "overall.cr"),
        ((target == CR) & (nontarget == NON), PR, "overall.pr.nontarget_persists"),
        (target == CR, PR, "overall.pr.nontarget_not_evaluated"),
    ]
    overall, rule = _first(tests, (NONE, None))
    follows = overall == NONE
    overall = np.where(follows, target, overall)
    return overall, np.where(rule == NONE, target_rule, rule)


def _first(tests: Sequence[tuple[Bools, int, str | None]], otherwise: tuple[int, str | None]) -> tuple[Ints, Ints]:
    """Return, for each element, what the first test that holds gives; a rule of None is -1."""
    conditions = [t[0] for t in tests]
    codes = [NONE if t[2] is None else CODE[t[2]] for t in tests]
    last = NONE if otherwise[1] is None else CODE[otherwise[1]]
    return (
        np.select(conditions, [t[1] for t in tests], otherwise[0]),
        np.select(conditions, codes, last),
    )
