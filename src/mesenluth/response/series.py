"""The series of one compartment: sums, nadir and the response at every time point, over all readers at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..reuse import reusable
from .arrays import FAR, Bools, Ints, any_before, counts, smallest, smallest_before, sums
from .local_therapy import Treated
from .new_lesions import NewLesions
from .readings import GONE, NONTARGET, NOT_KNOWN, PRESENT, PROGRESSION, STATUS, TARGET, Grid, Lesions
from .recist import CR, NE, PD, PR, SD, nontarget_response, overall_response, target_response
from .rules import CODE
from .settings import Criteria
from .timepoints import Timepoints

if TYPE_CHECKING:
    from .markers import Markers


@dataclass(frozen=True)
class Cells:
    """Lesions at time points (elements of the grid) that a response of the compartment has to name.

    `lacking` were to be evaluated and were not; `worse` are non-targets that progressed; `back` show disease where a
    complete response came before; `merged` are told apart from another lesion no more.
    """

    lacking: Bools
    worse: Bools
    back: Bools
    merged: Bools


@dataclass(frozen=True)
class Series:
    """One element a time point, the baseline included. Sums are micrometres, `FAR` where there is none.

    `overall` is the strict response; `display` and `shown_target` the ones to be shown (a sticky PR is only shown).
    `for_confirmation` is what counts when a response is confirmed: a time point after a complete response that shows
    no disease but leaves something unread neither confirms nor ends it. `nadir_at` is the time point of the nadir.
    """

    targets: Ints
    evaluated: Ints
    complete: Bools
    sum_um: Ints
    baseline_um: Ints
    nadir_um: Ints
    nadir_at: Ints
    target: Ints
    shown_target: Ints
    nontarget: Ints
    new_lesion: Bools
    dated_back: Bools
    equivocal: Bools
    after_cr: Bools
    overall: Ints
    display: Ints
    for_confirmation: Ints
    rule: Ints
    progression_day: Ints
    response_day: Ints
    cells: Cells


def count_followed(inside: Bools, lesions: Lesions, readers: int) -> tuple[Ints, Ints]:
    """Return how many targets and non-targets each reader follows; fragments are no lesions of their own."""
    first = (lesions.parent < 0) & inside
    target, other = (counts(lesions.reader[first & (lesions.role == r)], readers) for r in (TARGET, NONTARGET))
    return target, other


@reusable
def derive(
    inside: Bools,
    new_inside: Bools,
    followed: tuple[Ints, Ints],
    grid: Grid,
    lesions: Lesions,
    timepoints: Timepoints,
    new: NewLesions,
    treated: Treated,
    criteria: Criteria,
    markers: Markers | None = None,
) -> Series:
    """Derive the response of one compartment at every time point of every reader.

    Parameters
    ----------
    inside : array of bool
        Which lesions lie in the compartment.
    new_inside : array of bool
        Which lesions count in it if they are new.
    followed : pair of arrays of int
        Targets and non-targets of each reader in the compartment, as `count_followed` counts them.
    grid, lesions, timepoints, new, treated
        What was read, as the modules of these names make it.
    markers : Markers, optional
        The state of the tumour markers, where they take part.
    """
    n, reader = len(timepoints.reader), timepoints.reader
    at, role = grid.timepoint, lesions.role[grid.lesion]
    # What merged into a lesion of another compartment cannot be told apart from it any more: it is not evaluable.
    # `survivor` is -1 where nothing merged, which `absorbed` rules out.
    foreign = grid.absorbed & ~inside[grid.lesion[grid.survivor]]
    mine = inside[grid.lesion] & grid.due
    sized = np.where(foreign, -1, grid.diameter)
    state = np.where(foreign, NOT_KNOWN, grid.state)
    has_baseline = timepoints.has_baseline[reader]
    declared = [f[reader] > 0 for f in followed]

    target_rows = mine & (role == TARGET)
    measured = target_rows & (sized >= 0)
    targets, evaluated = counts(at[target_rows], n), counts(at[measured], n)
    sum_um = sums(sized[measured], at[measured], n)
    complete = (targets > 0) & (evaluated == targets)
    gone = complete & (counts(at[measured & (state == GONE)], n) == targets)
    baseline = np.where(complete & (timepoints.rank == 0), sum_um, FAR)
    # The baseline is the first time point of its reader, so it is found at `start`.
    whole = np.where(has_baseline, baseline[timepoints.start[reader]], FAR)
    baseline_gone = has_baseline & gone[timepoints.start[reader]]
    # Sum and place in one number: the first of equal sums is the nadir.
    nadir_at = smallest_before(np.where(complete, sum_um * n + np.arange(n), FAR), reader)
    nadir, nadir_at = (np.where(nadir_at == FAR, FAR, v) for v in (nadir_at // max(n, 1), nadir_at % max(n, 1)))
    target, target_rule = target_response(
        has_baseline=has_baseline,
        followed=declared[0],
        sum_um=sum_um,
        evaluated=evaluated,
        complete=complete,
        gone=gone,
        baseline_um=whole,
        baseline_gone=baseline_gone,
        nadir_um=nadir,
        criteria=criteria,
    )

    gone_for_good = counts(at[target_rows & treated.cell & (sized < 0)], n) > 0
    unread_because = (target_rule == CODE["target.ne.not_all_evaluated"]) & gone_for_good
    target_rule = np.where(unread_because, CODE["target.ne.local_therapy"], target_rule)

    other_rows = mine & (role == NONTARGET)
    others = counts(at[other_rows], n)
    worse = other_rows & (state == PROGRESSION)
    nontarget = nontarget_response(
        has_baseline=has_baseline,
        followed=declared[1],
        progressed=counts(at[worse], n) > 0,
        all_evaluated=(others > 0) & (counts(at[other_rows & (state != NOT_KNOWN)], n) == others),
        gone=counts(at[other_rows & (state == GONE)], n) == others,
    )
    withheld = np.zeros(n, bool)
    if markers is not None:
        nontarget, withheld = markers.withhold(target, nontarget)

    here = new_inside[new.lesion]
    certain, dated_back = (counts(new.timepoint[here & flag], n) > 0 for flag in (new.certain, new.dated_back))

    def decide(response: Ints, rule: Ints) -> tuple[Ints, Ints]:
        overall, decided = overall_response(
            has_baseline=has_baseline,
            target=response,
            target_rule=rule,
            nontarget=nontarget,
            new_lesion=certain,
            dated_back=dated_back,
            not_assessed=counts(new.timepoint[here & new.not_assessed], n) > 0,
        )
        return overall, decided if markers is None else markers.rule(decided, withheld)

    overall, rule = decide(target, target_rule)
    operated = counts(at[other_rows & treated.cell & (state == NOT_KNOWN)], n) > 0
    rule = np.where(operated & (rule == CODE["nontarget_only.ne"]), CODE["nontarget_only.ne.local_therapy"], rule)
    # The baseline itself is no response: neither a complete response nor progression may start there.
    target, overall = (np.where(timepoints.rank == 0, NE, r) for r in (target, overall))
    after_cr = any_before(overall == CR, reader)
    disease = (measured & (state != GONE)) | worse
    # A doubtful finding is followed, not called: the same holds for what was there before (4.3.5).
    sure = (state == PRESENT) & (grid.status != STATUS["equivocal"])
    disease |= other_rows & sure & ~lesions.as_node[grid.lesion]
    back = after_cr & (counts(at[disease], n) > 0) & (overall != PD)
    unread = after_cr & ~back & (overall != CR) & (overall != PD)
    if criteria.cr_then_pr == "pd":
        overall = np.where(back, PD, overall)
        rule = np.where(back, CODE["overall.pd.reappearance"], rule)

    evidence = [
        np.where(target == PD, smallest(grid.day[measured], at[measured], n), FAR),
        np.where(nontarget == PD, smallest(grid.day[worse], at[worse], n), FAR),
        np.where((overall == PD) & back, smallest(grid.day[disease], at[disease], n), FAR),
    ]
    shown = here & (new.certain | new.dated_back)
    sight = smallest(new.first_sight[shown], new.timepoint[shown], n)
    known = np.minimum.reduce(evidence)
    if criteria.progression_date == "last":
        known = np.where(known != FAR, timepoints.last, FAR)
    progression_day = np.where(overall == PD, np.where(sight < known, sight, known), FAR)
    usual = timepoints.last if criteria.response_date == "last" else timepoints.first

    shown_target, display = target, overall
    if criteria.pr_sticky:
        held = (target == SD) & _since_progression((target == CR) | (target == PR), target == PD, reader)
        shown_target = np.where(held, PR, target)
        sticky, sticky_rule = decide(shown_target, np.where(held, CODE["target.pr.sticky"], target_rule))
        held &= overall == SD
        display, rule = np.where(held, sticky, overall), np.where(held, sticky_rule, rule)
    return Series(
        targets=targets,
        evaluated=evaluated,
        complete=complete,
        sum_um=np.where(evaluated > 0, sum_um, FAR),
        baseline_um=whole,
        nadir_um=nadir,
        nadir_at=nadir_at,
        target=target,
        shown_target=shown_target,
        nontarget=nontarget,
        new_lesion=certain | dated_back,
        dated_back=dated_back,
        equivocal=counts(new.timepoint[here & new.uncertain], n) > 0,
        after_cr=after_cr & (overall != CR),
        overall=overall,
        display=display,
        for_confirmation=np.where(unread, NE, overall),
        rule=rule,
        progression_day=progression_day,
        response_day=np.where(overall == PD, progression_day, usual),
        cells=Cells(
            lacking=(target_rows & (sized < 0)) | (other_rows & (state == NOT_KNOWN)),
            worse=worse,
            back=disease & back[at],
            merged=mine & grid.absorbed & ~foreign,
        ),
    )


def _since_progression(response: Bools, progression: Bools, groups: Ints) -> Bools:
    """Return whether a response came before, with no progression since."""
    parts = groups * (len(groups) + 1) + np.cumsum(progression)
    return any_before(response, parts)
