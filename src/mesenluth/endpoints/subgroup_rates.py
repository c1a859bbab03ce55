"""The primary proportion in subgroups and in centres: shares, whether they differ, and how compartments differ there.

Everything here is exploratory. Small levels are not shown (`levels.hidden`), and tests of subgroups compare the levels
that are shown. The test of all centres takes every centre: it is exact, however small they are.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ..tables.grouping import NOT_KNOWN
from . import cohorts, proportions
from .cohorts import Study, Tables
from .heterogeneity import homogeneity
from .levels import Levels, centres_of, hidden, study_levels
from .rows import SUBGROUP, Row, row
from .verdicts import Verdicts, headline
from .words import NOT_ESTIMABLE, fixed, p_equals, plural, share_text

NOT_SHOWN = "not shown"


def rate_rows(tables: Tables, study: Study, column: str) -> list[Row]:
    """Return the primary proportion by subgroup and by centre.

    Parameters
    ----------
    tables : mapping of DataFrame
    study : mapping
        `primary.endpoint`, `subgroups`, `statistics.small_cell_below`.
    column : str
        Column of best responses that the study chooses.

    Returns
    -------
    list of dict
        ``proportion`` of each level and compartment; ``subgroup_test``, ``interaction`` and, of centres,
        ``heterogeneity`` and ``i_squared``. Nothing where the primary endpoint is no such proportion.
    """
    endpoint = next(e for e in study["endpoints"] if e["id"] == study["primary"]["endpoint"])
    read = headline(endpoint, column, tables, study)
    about = {"endpoint": endpoint["id"], "evaluator": study["primary_evaluator"], "population": SUBGROUP}
    rows: list[Row] = []
    for levels in study_levels(tables, study):
        here = {**about, "subgroup": levels.subgroup}
        for compartment, found in read.items():
            rows += _shares(levels, found, study, {**here, "compartment": compartment})
            rows.append(_test(levels, found, study, {**here, "compartment": compartment}))
        for pair in combinations([c for c in cohorts.compartments(study) if c in read], 2):
            one, two = (read[c] for c in pair)
            rows.append(_interaction(levels, one, two, study, {**here, "compartment": " vs ".join(pair)}))
    for compartment, found in read.items():
        rows += _centres(centres_of(tables), found, study, {**about, "compartment": compartment})
    return rows


def shown_levels(levels: Levels, counts: np.ndarray, study: Study) -> list[int]:
    """Return the places of the levels that are compared: known, and not hidden."""
    out = hidden(counts, study["statistics"]["small_cell_below"])
    return [i for i, n in enumerate(levels.names) if counts[i] and i not in out and n != NOT_KNOWN]


def not_shown(endpoint_rows: Row, level: str, why: str, statistic: str, unit: str) -> Row:
    """Return the row that stands for a level that is not shown."""
    return row(statistic=statistic, text=NOT_SHOWN, level=level, reason=why, unit=unit, **endpoint_rows)


def _shares(levels: Levels, found: Verdicts, study: Study, about: Row) -> list[Row]:
    counts, events = levels.counts(found.counted), levels.counts(found.counted & found.event)
    out = hidden(counts, study["statistics"]["small_cell_below"])
    method, confidence = study["statistics"]["proportion_interval"], study["statistics"]["confidence"]
    rows = []
    for i, name in enumerate(levels.names):
        if not counts[i]:
            continue
        if i in out:
            rows.append(not_shown(about, name, out[i], "proportion", "proportion"))
            continue
        x, n = int(events[i]), int(counts[i])
        low, high = (float(v) for v in proportions.interval(method, x, n, confidence))
        rows.append(
            row(statistic="proportion", text=share_text(x, n, low, high, confidence), method=method, level=name,
                numerator=x, denominator=n, estimate=x / n, ci_low=low, ci_high=high, confidence=confidence,
                unit="proportion", **about)
        )  # fmt: skip
    return rows


def _test(levels: Levels, found: Verdicts, study: Study, about: Row) -> Row:
    counts, events = levels.counts(found.counted), levels.counts(found.counted & found.event)
    some = shown_levels(levels, counts, study)
    test = homogeneity(events[some], counts[some], of="levels that are shown")
    text = p_equals(test.p_value) if np.isfinite(test.p_value) else NOT_ESTIMABLE
    return row(
        statistic="subgroup_test", text=text, method=test.method, test=f"{test.method}, two-sided, exploratory",
        hypothesis="the proportions of the levels differ", numerator=int(events[some].sum()),
        denominator=int(counts[some].sum()), p_value=test.p_value, unit="p value",
        reason=test.reason or None, **about,
    )  # fmt: skip


def _interaction(levels: Levels, one: Verdicts, two: Verdicts, study: Study, about: Row) -> Row:
    """Test whether the difference of two compartments is another one in another level.

    Given the discordant pairs, the share of those in which the first compartment alone responded is the same in all
    levels if the odds ratio is; the test is exact, as McNemar's is.
    """
    judged = one.judged & two.judged
    some = shown_levels(levels, levels.counts(judged), study)
    first = levels.counts(judged & one.event & ~two.event)[some]
    both = first + levels.counts(judged & two.event & ~one.event)[some]
    test = homogeneity(first, both, of="levels with discordant pairs")
    reason = test.reason
    if "nobody" in reason or "everybody" in reason:
        reason = f"{NOT_ESTIMABLE}: all discordant pairs are of one kind"
    text = p_equals(test.p_value) if np.isfinite(test.p_value) else NOT_ESTIMABLE
    return row(
        statistic="interaction", text=text, method=f"{test.method}, of discordant pairs",
        test=f"{test.method}, of discordant pairs, two-sided, exploratory",
        hypothesis="the difference of the compartments is not the same in all levels", numerator=int(both.sum()),
        denominator=int(levels.counts(judged)[some].sum()), p_value=test.p_value, unit="p value",
        reason=reason or None, **about,
    )  # fmt: skip


def _centres(levels: Levels, found: Verdicts, study: Study, about: Row) -> list[Row]:
    """Return the share of each centre that is large enough, and whether the centres differ."""
    here = {**about, "subgroup": levels.subgroup}
    counts, events = levels.counts(found.counted), levels.counts(found.counted & found.event)
    test = homogeneity(events, counts)
    out = hidden(counts, study["statistics"]["small_cell_below"])
    words = [test.reason] if test.reason else []
    if out:
        words.append(f"{plural(len(out), 'centre')} of {test.centres} not shown, as too small; all of them are tested")
    estimable = np.isfinite(test.p_value)
    common: Row = {"denominator": int(counts.sum()), "numerator": int(events.sum()), **here}
    reason = "; ".join(words) or None
    return [
        *_shares(levels, found, study, here),
        row(statistic="heterogeneity", method=test.method, unit="p value", p_value=test.p_value, reason=reason,
            test=f"{test.method}, {test.centres} centres", hypothesis="the proportions of the centres differ",
            text=f"{plural(test.centres, 'centre')}; {p_equals(test.p_value)}" if estimable else NOT_ESTIMABLE,
            **common),
        row(statistic="i_squared", method="Higgins, from Pearson's chi-squared", unit="proportion",
            estimate=test.i_squared, reason=test.reason or None,
            text=f"{fixed(100 * test.i_squared, 0)} % of the spread is beyond chance" if estimable else NOT_ESTIMABLE,
            **common),
    ]  # fmt: skip
