"""Readers against each other: one row a statistic of two evaluators in one compartment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ..response.reader_pairs import that_count
from ..tables.io import conform, empty
from ..tables.results import READER_AGREEMENT
from .agreement_statistics import (
    NAN,
    Estimate,
    concordance,
    intraclass,
    jackknifed,
    kappa,
    limits,
    repeated_limits,
    weights,
)
from .cohorts import Study, Tables, compartments
from .words import NOT_ESTIMABLE, ci, fixed, plural

Row = dict[str, Any]
ORDER = ("CR", "PR", "SD", "PD")
"""Categories with a rank, from best to worst: the only ones of weighted kappas."""
NON, UNRANKED, NOTHING = "NON-CR/NON-PD", ("NE", "NED"), ("MISSING",)
INDEPENDENT = "Fleiss-Cohen-Everitt 1969, pairs independent"
CLUSTERED = "Fleiss-Cohen-Everitt 1969, clustered by patient"
LIMITS = {"exact": "Bland-Altman 1986, exact interval (Carkeet 2015)",
          "approximate": "Bland-Altman 1986, approximate interval (1999)"}  # fmt: skip
REPEATED = "Bland-Altman 2007, true value varies; interval by MOVER (Zou 2013)"
LIN, SHROUT = "Lin 1989, z interval", "Shrout-Fleiss 1979, ICC(2,1)"
LIN_REPEATED = "Lin 1989, interval by jackknife over patients"
SHROUT_REPEATED = "Shrout-Fleiss 1979, ICC(2,1), interval by jackknife over patients"
COUNT = "count"
CORRELATIONS = ("concordance", "intraclass")


def reader_agreement(tables: Tables, study: Study) -> pd.DataFrame:
    """Return how well the readers agree, for every two of them and every compartment.

    Parameters
    ----------
    tables : mapping of DataFrame
        `reader_pairs` and `best_responses`.
    study : mapping
        Sections agreement, compartments, statistics, primary_evaluator.

    Returns
    -------
    DataFrame
        Contract READER_AGREEMENT, empty where there is one reader only. Differences are reader A minus reader B; dates
        too, so that a negative number of days says that A was first.
    """
    pairs, best = tables["reader_pairs"], tables["best_responses"]
    read = best[best["best_response"] != NOTHING[0]]
    names = sorted(set(pairs["evaluator_a"]) | set(pairs["evaluator_b"]))
    names.sort(key=lambda e: (e != study["primary_evaluator"], e))
    rows: list[Row] = []
    for a, b in combinations(names, 2):
        mine = pairs[(pairs["evaluator_a"] == a) & (pairs["evaluator_b"] == b)]
        if mine.empty:
            continue
        both = read[read["evaluator"] == a].merge(
            read[read["evaluator"] == b], on=["patient_id", "compartment"], suffixes=("_a", "_b")
        )
        mine = that_count(mine, study["agreement"])
        for compartment in [*compartments(study), "whole_patient"]:
            here = mine[mine["compartment"] == compartment]
            about = {"evaluator_a": a, "evaluator_b": b, "compartment": compartment}
            found = [
                *_responses("timepoint_response", here["response_a"], here["response_b"], here["patient_id"], study),
                *_bests(both[both["compartment"] == compartment], study),
                *_sums(here, study),
                *_progressions(both[both["compartment"] == compartment]),
            ]
            rows += [{**about, **row} for row in found]
    if not rows:
        return empty(READER_AGREEMENT)
    return conform(pd.DataFrame(rows).reindex(columns=READER_AGREEMENT.column_names), READER_AGREEMENT)


def _row(quantity: str, statistic: str, method: str, who: pd.Series, of: Estimate, unit: str, text: str = "",
         confidence: float = NAN, note: str = "") -> Row:  # fmt: skip
    estimable = not np.isnan(of.value)
    reason = "; ".join(r for r in (of.reason, note) if r)
    if not estimable:
        text, reason = NOT_ESTIMABLE, reason or "no pairs"
    limited = not np.isnan(of.low)
    return {
        "quantity": quantity, "statistic": statistic, "method": method, "pairs": len(who),
        "patients": int(who.nunique()), "estimate": of.value, "standard_error": of.se, "ci_low": of.low,
        "ci_high": of.high, "confidence": confidence if limited else NAN, "unit": unit,
        "text": text or _printed(of, unit, confidence, 3 if statistic in CORRELATIONS else 2), "reason": reason or None,
    }  # fmt: skip


def _printed(of: Estimate, unit: str, confidence: float, decimals: int) -> str:
    decimals = decimals if unit == "1" else 1
    first = fixed(of.value, decimals) + (f" {unit}" if unit != "1" else "")
    if np.isnan(of.low):
        return first
    return f"{first} ({ci(confidence)} {fixed(of.low, decimals)} to {fixed(of.high, decimals)})"


def _responses(quantity: str, one: pd.Series, other: pd.Series, who: pd.Series, study: Study) -> Iterator[Row]:
    """Yield observed agreement and kappas of paired responses."""
    confidence, chosen = study["statistics"]["confidence"], study["agreement"]
    there = (one.notna() & other.notna() & ~one.isin(NOTHING) & ~other.isin(NOTHING)).to_numpy(dtype=bool)
    one, other, who = (s[there].reset_index(drop=True) for s in (one, other, who))
    unread = (one.isin(UNRANKED) | other.isin(UNRANKED)).to_numpy(dtype=bool)
    left = int(unread.sum())
    apart = f"{plural(left, 'pair')} with NE or NED left out" if left else ""
    categories: tuple[str, ...] = (*ORDER, NON)
    if chosen["not_evaluable"] == "category":
        nominal, note, categories = np.ones(len(one), bool), "", (*categories, *UNRANKED)
    else:
        nominal, note = ~unread, apart
    repeated = bool(who.duplicated().any())
    a, b, of = one[nominal], other[nominal], who[nominal]
    same = int((a == b).sum())
    share = Estimate(same / len(a)) if len(a) else Estimate(NAN)
    text = f"{same} of {len(a)} ({fixed(100 * share.value, 1)} %)" if len(a) else ""
    yield _row(quantity, "observed_agreement", COUNT, of, share, "proportion", text, note=note)
    yield from _kappas(quantity, "kappa", a, b, of, categories, "none", confidence, note, repeated)
    ranked = [s.mask(s == NON, "SD") if chosen["non_cr_non_pd"] == "as_sd" else s for s in (one, other)]
    kept = (ranked[0].isin(ORDER) & ranked[1].isin(ORDER)).to_numpy(dtype=bool)
    a, b, of = ranked[0][kept], ranked[1][kept], who[kept]
    out, notes = len(one) - int(kept.sum()), []
    if out:
        notes.append(apart if out == left else f"{plural(out, 'pair')} without a rank left out")
    if ((one == NON) | (other == NON))[kept].any():
        notes.append("NON-CR/NON-PD ranks as SD")
    for kind in ("linear", "quadratic"):
        yield from _kappas(quantity, f"kappa_{kind}", a, b, of, ORDER, kind, confidence, "; ".join(notes), repeated)


def _kappas(
    quantity: str, statistic: str, a: pd.Series, b: pd.Series, who: pd.Series, categories: tuple[str, ...], kind: str,
    confidence: float, note: str, repeated: bool,
) -> Iterator[Row]:  # fmt: skip
    first, second = (
        pd.Categorical(s.astype(object), categories=list(categories)).codes.astype(np.int64) for s in (a, b)
    )
    patient = pd.factorize(who)[0]
    for method, cluster in ((INDEPENDENT, None), *([(CLUSTERED, patient)] if repeated else [])):
        of = kappa(first, second, weights(len(categories), kind), confidence, cluster)
        more = "pairs of one patient are not independent" if repeated and cluster is None else ""
        yield _row(quantity, statistic, method, who, of, "1", "", confidence, "; ".join(n for n in (note, more) if n))


def _bests(both: pd.DataFrame, study: Study) -> Iterator[Row]:
    for quantity in ("best_response", "confirmed_response"):
        yield from _responses(quantity, both[f"{quantity}_a"], both[f"{quantity}_b"], both["patient_id"], study)


def _sums(here: pd.DataFrame, study: Study) -> Iterator[Row]:
    """Yield limits of agreement and correlations of sums and of their changes."""
    base = here["matched_by"] == "baseline"
    yield from _limits("baseline_sum", here[base], "sum_a_mm", "sum_b_mm", "difference_mm", "mm", study)
    yield from _limits("sum", here, "sum_a_mm", "sum_b_mm", "difference_mm", "mm", study)
    yield from _limits(
        "change_percent", here[~base], "change_a_percent", "change_b_percent", "change_difference_percent",
        "percentage points", study,
    )  # fmt: skip


def _limits(
    quantity: str, rows: pd.DataFrame, a: str, b: str, difference: str, unit: str, study: Study
) -> Iterator[Row]:
    confidence, how = study["statistics"]["confidence"], study["agreement"]["limits_interval"]
    rows = rows[rows[difference].notna()]
    who = rows["patient_id"]
    one, other, apart = (rows[c].to_numpy(dtype=float) for c in (a, b, difference))
    patient = pd.factorize(who)[0]
    repeated = bool(who.duplicated().any())
    if repeated:
        found, method = repeated_limits(apart, patient, confidence), REPEATED
    else:
        found, method = limits(apart, confidence, exact=how == "exact"), LIMITS[how]
    for statistic, of in (("bias", found.bias), ("sd", found.sd), ("limit_low", found.low), ("limit_high", found.high)):
        yield _row(quantity, statistic, method, who, of, unit, "", confidence)
    lin, icc = concordance(one, other, confidence), intraclass(np.column_stack([one, other]), confidence)
    if not repeated:
        yield _row(quantity, "concordance", LIN, who, lin, "1", "", confidence)
        yield _row(quantity, "intraclass", SHROUT, who, icc, "1", "", confidence)
        return
    for statistic, method, of in (("concordance", LIN_REPEATED, lin), ("intraclass", SHROUT_REPEATED, icc)):
        _, low, high = jackknifed(one, other, patient, statistic, confidence)
        why = of.reason or ("" if not np.isnan(low) else "too few patients, or no variation, for a jackknife")
        of = Estimate(of.value, NAN, low, high, why)
        yield _row(quantity, statistic, method, who, of, "1", "", confidence)


def _progressions(both: pd.DataFrame) -> Iterator[Row]:
    """Yield who called progression, who was first, and the days between."""
    who = both["patient_id"]
    a, b = both["first_progression_date_a"], both["first_progression_date_b"]
    days = (a - b).dt.days.dropna().to_numpy(dtype=float)
    counts: Mapping[str, pd.Series] = {
        "neither": a.isna() & b.isna(), "only_a": a.notna() & b.isna(), "only_b": a.isna() & b.notna(),
        "a_first": a < b, "b_first": b < a, "same_day": a == b,
    }  # fmt: skip
    for statistic, flags in counts.items():
        n = int(flags.fillna(False).sum())
        text = f"{n} of {plural(len(both), 'patient')}"
        yield _row("progression", statistic, COUNT, who, Estimate(float(n)), "patients", text)
    dated = who[(a.notna() & b.notna()).to_numpy(dtype=bool)]
    none = "no patient in whom both readers saw progression"
    middle = Estimate(float(np.median(days))) if len(days) else Estimate(NAN, reason=none)
    low, high = (fixed(float(v), 0) for v in (days.min(), days.max())) if len(days) else ("", "")
    text = f"{fixed(middle.value, 1)} d (range {low} to {high})" if len(days) else ""
    yield _row("progression", "median_days", "median and range of date A minus date B", dated, middle, "d", text)
