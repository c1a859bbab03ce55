"""Each decision in words, built for all time points at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .arrays import FAR, NO_DATE, Bools, Ints, strings, take
from .recist import CR, NE, NED, NON, NONE, PD, PR, SD
from .rules import CODE
from .series import Series
from .settings import Criteria

if TYPE_CHECKING:
    from .explain import Named

_MEANING = {
    CR: "complete response",
    PR: "partial response",
    SD: "stable disease",
    NON: "non-CR/non-PD",
    PD: "progressive disease",
    NE: "not evaluable",
    NED: "no disease",
}
_NOTES = {
    "target.pr.sticky": " A response holds until progression.",
    **dict.fromkeys(
        ("overall.pr.marker_not_normal", "nontarget_only.marker_not_normal"),
        " No lesion is left, but a tumour marker that was elevated at baseline still is.",
    ),
    **dict.fromkeys(
        ("overall.pr.marker_not_measured", "nontarget_only.marker_not_measured"),
        " No lesion is left, but a tumour marker that was elevated at baseline was not measured.",
    ),
    "target.ne.normal_at_baseline": " The targets were absent or normal at baseline already.",
}
"""What is added where one of these rules decided."""
_WORDS = strings([_MEANING[c] for c in range(len(_MEANING))])


def join(*parts: pa.Array | str) -> pa.Array:
    """Join texts element by element; a missing part makes the whole missing."""
    return pc.binary_join_element_wise(
        *(p if isinstance(p, pa.Array) else pa.scalar(p, pa.large_string()) for p in parts),
        pa.scalar("", pa.large_string()),
    )


def phrase(words: list[str], which: Ints) -> pa.Array:
    """Return one of a few texts for each element; missing where `which` is -1."""
    return take(strings(words), which)


def numbers(values: Ints) -> pa.Array:
    """Return whole numbers as text."""
    return each(values, str)


def lengths(micrometres: Ints) -> pa.Array:
    """Return micrometres as mm, with the decimals they have."""
    return each(micrometres, lambda um: f"{um / 1000:.3f}".rstrip("0").rstrip("."))


def days_as_text(day: Ints) -> pa.Array:
    """Return days since 1970-01-01 as ISO dates; missing where missing."""
    known = each(np.where(day == NO_DATE, 0, day), lambda d: str(np.datetime64(d, "D")))
    return pc.if_else(pa.array(day != NO_DATE), known, pa.scalar(None, pa.large_string()))


def changes(part: Ints, whole: Ints, limit_tenths: int, met: Bools) -> pa.Array:
    """Return 100 * part / whole with one decimal and sign, as ``(-29.0 %)``.

    A change that only rounding would carry to a limit it does not meet is cut off instead: 29.97 % is no 30.0 %.
    """
    whole = np.where(whole > 0, whole, 1)
    size = np.abs(part)
    tenths = (2000 * size + whole) // (2 * whole)
    tenths = np.where((tenths == limit_tenths) & ~met, 1000 * size // whole, tenths)
    signed = np.where(part < 0, -tenths, tenths)
    return each(signed, lambda t: f" ({t / 10:+.1f} %)" if t else " (0.0 %)")


def each(values: np.ndarray, write: Callable[[Any], str]) -> pa.Array:
    """Return each value as text: every distinct value is written once."""
    distinct, which = np.unique(values, return_inverse=True)
    return take(strings([write(v) for v in distinct.tolist()]), which)


def _targets(series: Series, rows: Ints, criteria: Criteria) -> pa.Array:
    """Say what the targets did; missing where there are none."""
    s = {k: getattr(series, k)[rows] for k in ("targets", "evaluated", "complete", "sum_um", "baseline_um", "nadir_um")}
    target = series.shown_target[rows]
    has_base, has_nadir = s["baseline_um"] != FAR, s["nadir_um"] != FAR
    base, nadir = np.where(has_base, s["baseline_um"], 0), np.where(has_nadir, s["nadir_um"], 0)
    total = np.where(s["sum_um"] != FAR, s["sum_um"], 0)
    several = (s["targets"] != 1).astype(np.int64)
    count = join(numbers(s["targets"]), phrase([" target", " targets"], several))
    less = 100 * criteria.pr_decrease.denominator * (base - total) >= criteria.pr_decrease.numerator * base
    more = 100 * criteria.pd_increase.denominator * (total - nadir) >= criteria.pd_increase.numerator * nadir
    tenths = [int(x * 10) if (x * 10).denominator == 1 else -1 for x in (criteria.pr_decrease, criteria.pd_increase)]
    blank = strings([""] * len(rows))
    by_base = _if(base > 0, changes(total - base, base, tenths[0], less), blank)
    by_nadir = _if(nadir > 0, changes(total - nadir, nadir, tenths[1], more), blank)
    # The baseline may be the smallest sum itself; then one number says both, by the limit that was met or not.
    both = has_base & has_nadir & (base == nadir)
    by_both = _if(total < base, by_base, by_nadir)
    since = _if(
        both,
        join(", baseline and nadir ", lengths(base), " mm", by_both),
        join(
            _if(has_base, join(", baseline ", lengths(base), " mm", by_base), blank),
            _if(has_nadir, join(", nadir ", lengths(nadir), " mm", by_nadir), blank),
        ),
    )
    verdict = join(": ", take(_WORDS, np.where(target == NONE, NE, target)), ".")
    head = _if(several == 0, strings(["Target"] * len(rows)), join("Sum of ", count))
    whole = join(head, " ", lengths(total), " mm", since, verdict)
    part = join(
        "Sum of ", numbers(s["evaluated"]), " of ", count, " ", lengths(total), " mm without the rest", since, verdict
    )
    none = phrase(["The target was not evaluated", "None of the targets was evaluated"], several)
    few = join(_if(s["evaluated"] == 0, none, join(numbers(s["evaluated"]), " of ", count, " evaluated")), verdict)
    said = _if(s["complete"], whole, _if(target == PD, part, few))
    return _if(target == NONE, pa.nulls(len(rows), pa.large_string()), said)


def _if(test: Bools, yes: pa.Array, no: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(test), yes, no)


def _about(before: str, names: pa.Array, after: str = ".", several: str | None = None) -> pa.Array:
    """Return a sentence with names in it; missing where there is nothing to name.

    `several` stands before the names, instead of `before`, where they are more than one.
    """
    one = join(before, names, after)
    if several is None:
        return one
    return pc.if_else(pc.match_substring(names, ", "), join(several, names, after), one)


def timepoints(series: Series, rows: Ints, has_baseline: Bools, named: Named, criteria: Criteria) -> pa.Array:
    """Say what decided the response at each time point.

    Parameters
    ----------
    series : Series
        What was derived.
    rows : array of int
        Time points to speak of.
    has_baseline : array of bool
        Whether the reader of each of them has a baseline.
    named : Named
        What they rest on, by name.
    criteria : Criteria
        Thresholds of the study.
    """
    who = {k: take(v, rows) for k, v in vars(named).items()}
    display, nontarget, rule = series.display[rows], series.nontarget[rows], series.rule[rows]
    new = series.new_lesion[rows]
    none = pa.nulls(len(rows), pa.large_string())
    parts = [
        _targets(series, rows, criteria),
        _about(" Merged: ", who["merged"]),
        _about(" Split: ", who["split"]),
        _if(
            nontarget == PD,
            _about(" Non-targets: unequivocal progression of ", who["worse"]),
            join(" Non-targets: ", take(_WORDS, nontarget), "."),
        ),
        _about(" Not evaluated: ", who["lacking_because"]),
        _if(
            rule == CODE["target.ne.baseline_incomplete"],
            _about(" The baseline lacks the size of ", who["lacking_at_baseline"]),
            none,
        ),
        _about(" New lesion: ", who["certain"], several=" New lesions: "),
        _about(
            " Equivocal here and confirmed later, so new from its first sight on: ",
            who["dated_back"],
            several=" Equivocal here and confirmed later, so new from their first sight on: ",
        ),
        _if(
            series.equivocal[rows] & ~series.dated_back[rows],
            _about(
                " Equivocal new finding, not counted unless confirmed: ",
                who["uncertain"],
                several=" Equivocal new findings, not counted unless confirmed: ",
            ),
            none,
        ),
        _if(
            rule == CODE["overall.ne.new_lesion_not_assessed"],
            _about(
                " Suspected new lesion, not assessable: ",
                who["not_assessed"],
                several=" Suspected new lesions, not assessable: ",
            ),
            none,
        ),
        _if(
            rule == CODE["overall.pd.reappearance"],
            _about(" Disease is back after a complete response: ", who["back"]),
            none,
        ),
        phrase(
            [" A complete response came before: to be reviewed."],
            np.where(series.after_cr[rows] & (display != NE) & (rule != CODE["overall.pd.reappearance"]), 0, -1),
        ),
        phrase(list(_NOTES.values()), np.select([rule == CODE[r] for r in _NOTES], range(len(_NOTES)), -1)),
    ]
    alone = (series.shown_target[rows] == display) & (nontarget == NONE) & ~new
    overall = _if(alone, none, join(" Overall: ", take(_WORDS, display), "."))
    overall = _if(rule == CODE["overall.ned"], strings([" No disease at baseline, and none now."] * len(rows)), overall)
    said = pc.binary_join_element_wise(*parts, overall, pa.scalar("", pa.large_string()), null_handling="skip")
    without = pa.scalar("There is no baseline, so nothing can be compared: not evaluable.", pa.large_string())
    return pc.utf8_ltrim_whitespace(pc.if_else(pa.array(has_baseline), said, without))


def best_reason(
    response: Ints, confirmed: Ints, day: Ints, counting: Ints, rule: Ints, special: pa.Array, criteria: Criteria
) -> pa.Array:
    """Say why a series has its best response.

    Parameters
    ----------
    response, confirmed : arrays of int
        Best response, unconfirmed and confirmed.
    day : array of int
        Day of the best response, `NO_DATE` where there is none.
    counting : array of int
        Number of time points that count.
    rule : array of int
        Rule that decided.
    special : Arrow array
        What is said instead, where not missing.
    criteria : Criteria
        Thresholds of the study.
    """
    names = strings(["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "NED"])
    count = _if(
        counting == 1,
        strings(["The one time point that counts: "] * len(response)),
        join("Best of the ", numbers(counting), " time points that count: "),
    )
    interval = criteria.confirmation_interval_days
    responded = (response == CR) | (response == PR)
    unconfirmed = f", not confirmed at least {interval} days later; with confirmation asked for: "
    tail = _if(
        responded & (confirmed == response),
        phrase([f", confirmed at least {interval} days later."], np.zeros(len(response), np.int64)),
        _if(
            responded,
            join(unconfirmed, take(names, confirmed), "."),
            phrase(
                [f"; stable disease counts from day {criteria.min_sd_days} on.", "."],
                np.where(rule == CODE["best.ne.stable_too_early"], 0, 1),
            ),
        ),
    )
    said = join(count, take(names, response), " on ", days_as_text(day), tail)
    return pc.coalesce(special, said)
