"""Recorded responses beside computed ones, and readers beside each other, as sections of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ..figures.language import compartment_label, language, number
from ..figures.texts import text as figure_text
from ..response.reasons import CLINICAL_REASONS, PAIR_REASONS, PROGRESSION_REASONS, REASONS
from .cells import code, escape, table
from .hidden import few, hidden_note, small
from .reason_texts import FRENCH_CLINICAL_REASONS, FRENCH_PAIR_REASONS, FRENCH_PROGRESSION_REASONS, FRENCH_REASONS
from .texts import known, text

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]

KINDS = ("overall", "target", "nontarget", "best", "confirmed_best", "clinical")
RESPONSES = ("timepoint_response", "best_response", "confirmed_response")
SUMS = ("baseline_sum", "sum", "change_percent")
KAPPAS = ("kappa", "kappa_linear", "kappa_quadratic")
LIMITS = ("bias", "limit_low", "limit_high", "concordance", "intraclass")
COURSES = ("neither", "only_a", "only_b", "a_first", "b_first", "same_day")
VERDICTS = ("same_date", "none", "other_date", "recorded_only", "computed_only")
MEANINGS: dict[str, dict[str, dict[str, str]]] = {
    "en": {
        "record": REASONS,
        "clinical": CLINICAL_REASONS,
        "progression": {**REASONS, **PROGRESSION_REASONS},
        "pair": PAIR_REASONS,
    },
    "fr": {
        "record": FRENCH_REASONS,
        "clinical": FRENCH_CLINICAL_REASONS,
        "progression": {**FRENCH_REASONS, **FRENCH_PROGRESSION_REASONS},
        "pair": FRENCH_PAIR_REASONS,
    },
}
"""What each reason means, by language and table."""


def _meaning(lang: str, kind: str, reason: str) -> str:
    return MEANINGS[lang][kind if kind in MEANINGS[lang] else "record"].get(reason, "")


def _rank(values: pd.Series, order: tuple[str, ...]) -> list[int]:
    return [order.index(v) if v in order else len(order) for v in values]


def disagreements(tables: Tables, study: Study) -> str:
    """Return how recorded responses compare with the computed ones, why they differ, and when both progress."""
    lang, compared = language(study), tables["response_disagreements"]
    if compared.empty:
        return text(lang, "disagreements.empty")
    agree = number(int(compared["agrees"].sum()), lang)
    parts = [text(lang, "disagreements.intro", agree=agree, all=number(len(compared), lang))]
    keys = ["kind", "evaluator", "agrees", "reason"]
    moved = compared["recorded"].astype(object).where(compared["recorded"].notna(), "–")
    moved = moved + " → " + compared["derived"].astype(object).where(compared["derived"].notna(), "–")
    groups = compared.assign(moved=moved.mask(compared["agrees"].to_numpy(dtype=bool), ""))
    counts = groups.groupby(keys, observed=True)["moved"].agg(["size", _most]).reset_index()
    counts = counts.assign(_rank=_rank(counts["kind"], KINDS)).sort_values(
        ["_rank", "kind", "evaluator", "agrees", "size", "reason"], ascending=[True, True, True, False, False, True],
        kind="stable",
    )  # fmt: skip
    rows = [
        [
            escape(known(lang, "kind", r["kind"])), escape(r["evaluator"]),
            text(lang, "yes" if r["agrees"] else "no"), code(r["reason"]), number(int(r["size"]), lang),
            escape(r["_most"]), escape(_meaning(lang, str(r["kind"]), r["reason"])),
        ]
        for r in counts.to_dict("records")
    ]  # fmt: skip
    headings = ["kind", "evaluator", "agrees", "reason", "n", "moved", "meaning"]
    parts += [
        table(
            [text(lang, f"disagreements.{c}") for c in headings],
            rows,
            right=(4,),
            note=text(lang, "note.disagreements"),
        )
    ]
    return "\n\n".join(parts + _first_progressions(tables["progression_disagreements"], lang))


def _most(moved: pd.Series) -> str:
    """Return what was recorded and computed instead, most frequent first: ``SD → PD 47, PR → PD 36``."""
    counts = moved[moved != ""].value_counts()
    order = sorted(counts.items(), key=lambda item: (-int(item[1]), str(item[0])))
    return ", ".join(f"{words} {n}" for words, n in order)


def _first_progressions(found: pd.DataFrame, lang: str) -> list[str]:
    if found.empty:
        return []
    groups = found.groupby(["evaluator", "verdict", "reason"], observed=True)["days_apart"]
    counts = groups.agg(["size", "min", "median", "max"]).reset_index()
    counts = counts.assign(_rank=_rank(counts["verdict"], VERDICTS)).sort_values(
        ["evaluator", "_rank", "size", "reason"], ascending=[True, True, False, True], kind="stable"
    )
    rows = [
        [
            escape(r["evaluator"]), known(lang, "verdict", r["verdict"]), number(int(r["size"]), lang),
            _days(r, lang), "" if r["reason"] == "agrees" else code(r["reason"]),
            "" if r["reason"] == "agrees" else escape(_meaning(lang, "progression", r["reason"])),
        ]
        for r in counts.to_dict("records")
    ]  # fmt: skip
    headings = [text(lang, f"progressions.{c}") for c in ("evaluator", "verdict", "n", "days", "reason", "meaning")]
    title = f"### {text(lang, 'progressions.title')}"
    return [
        title,
        text(lang, "progressions.intro"),
        table(headings, rows, right=(2,), note=text(lang, "note.disagreements")),
    ]


def _days(row: Mapping[Any, Any], lang: str) -> str:
    if row["verdict"] != "other_date" or pd.isna(row["median"]):
        return ""
    low, middle, high = (number(float(row[c]), lang, signed=True) for c in ("min", "median", "max"))
    return middle if low == high else text(lang, "progressions.range", middle=middle, low=low, high=high)


def readers(tables: Tables, study: Study) -> str:
    """Return how well every two readers agree: responses, sums, progression, and why they differ."""
    lang, agreement = language(study), tables["reader_agreement"]
    if agreement.empty:
        return text(lang, "readers.empty")
    parts = [text(lang, "readers.intro")]
    names = [(a, b) for a, b in agreement[["evaluator_a", "evaluator_b"]].drop_duplicates().itertuples(index=False)]
    names.sort(key=lambda n: (n[0] != study["primary_evaluator"], n))
    for a, b in names:
        mine, pairs = (
            f[((f["evaluator_a"] == a) & (f["evaluator_b"] == b)).to_numpy(dtype=bool)]
            for f in (agreement, tables["reader_pairs"])
        )
        parts.append(f"### {escape(text(lang, 'readers.pair', a=a, b=b))}")
        parts += [_responses(mine, study, lang), _sums(mine, study, lang), _courses(mine, study, lang)]
        parts += _differences(pairs, study, lang)
    return "\n\n".join(parts)


def _in_compartments(frame: pd.DataFrame, study: Study, lang: str) -> Iterator[tuple[str, pd.DataFrame]]:
    ids = [*(c["id"] for c in study.get("compartments") or []), "whole_patient"]
    for compartment in ids:
        rows = frame[(frame["compartment"] == compartment).to_numpy(dtype=bool)]
        if len(rows):
            yield compartment_label(study, compartment, lang, figure_text(lang, "whole_patient")), rows


def _cells(rows: pd.DataFrame, statistics: tuple[str, ...]) -> tuple[list[str], str, pd.Series]:
    """Return the statistics as printed, what must be known to read them, and the row of the first.

    Where pairs of one patient are several, the interval that takes them as independent is left to the table.
    """
    clustered = rows["method"].str.contains("clustered", regex=False).to_numpy(dtype=bool)
    chosen = rows.assign(_place=~clustered).sort_values("_place", kind="stable").drop_duplicates("statistic")
    chosen = chosen.set_index("statistic").reindex([*statistics])
    remarks = dict.fromkeys(part for r in chosen["reason"].dropna() for part in str(r).split("; "))
    return [escape(t) for t in chosen["text"]], escape("; ".join(remarks)), chosen.iloc[0]


def _counted(row: pd.Series, lang: str) -> str:
    return text(lang, "readers.counted", pairs=number(int(row["pairs"]), lang), n=number(int(row["patients"]), lang))


def _responses(mine: pd.DataFrame, study: Study, lang: str) -> str:
    rows = []
    for name, here in _in_compartments(mine, study, lang):
        for quantity in RESPONSES:
            cells, remark, first = _cells(here[here["quantity"] == quantity], ("observed_agreement", *KAPPAS))
            what = text(lang, f"readers.{quantity}")
            rows.append([escape(name), what, _counted(first, lang), *cells, remark])
    columns = ("compartment", "response", "pairs", "observed_agreement", *KAPPAS, "remark")
    return table([text(lang, f"readers.{c}") for c in columns], rows, note=text(lang, "note.readers"))


def _sums(mine: pd.DataFrame, study: Study, lang: str) -> str:
    rows = []
    for name, here in _in_compartments(mine, study, lang):
        for quantity in SUMS:
            cells, remark, first = _cells(here[here["quantity"] == quantity], LIMITS)
            what = text(lang, f"readers.{quantity}")
            rows.append([escape(name), what, _counted(first, lang), *cells, remark])
    columns = ("compartment", "what", "pairs", *LIMITS, "remark")
    return table([text(lang, f"readers.{c}") for c in columns], rows, note=text(lang, "note.readers"))


def _courses(mine: pd.DataFrame, study: Study, lang: str) -> str:
    rows = []
    for name, here in _in_compartments(mine, study, lang):
        of = here[here["quantity"] == "progression"].set_index("statistic")
        found = {c: int(of["estimate"][c]) for c in COURSES}
        counts = [few(study, lang) if small(n, study) else number(n, lang) for n in found.values()]
        rows.append([escape(name), *counts, escape(of["text"]["median_days"])])
    columns = ("compartment", *COURSES, "median_days")
    return table(
        [text(lang, f"readers.{c}") for c in columns],
        rows,
        right=range(1, len(COURSES) + 1),
        note=text(lang, "note.courses") + hidden_note(study, lang),
    )


def _differences(pairs: pd.DataFrame, study: Study, lang: str) -> list[str]:
    apart = pairs[~pairs["reason"].isin(["agrees", "baseline"]).to_numpy(dtype=bool)]
    if apart.empty:
        return [text(lang, "readers.no_difference")]
    rows = []
    for name, here in _in_compartments(apart, study, lang):
        counts = here["reason"].value_counts()
        for reason in [r for r in PAIR_REASONS if r in counts.index]:
            meaning = escape(_meaning(lang, "pair", reason))
            rows.append([escape(name), code(reason), number(int(counts[reason]), lang), meaning])
    headings = [text(lang, f"readers.{c}") for c in ("compartment", "reason", "n", "meaning")]
    return [text(lang, "readers.differences"), table(headings, rows, right=(2,), note=text(lang, "note.disagreements"))]
