"""What other definitions would change, in Markdown: from the table of the sensitivity grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..figures.language import compartment_label, label, language, number
from ..figures.texts import text as figure_text
from ..sensitivity.summary import PLACE, distinct_places, effects, is_primary, with_change
from ..sensitivity.words import changes_of, variant_words
from .cells import code, escape, table
from .hidden import small
from .sentences import sentence
from .texts import text

Study = Mapping[str, Any]
Row = Mapping[Any, Any]


def _estimate(row: Row, study: Study, lang: str) -> str:
    endpoint: Mapping[str, Any] = next((e for e in study["endpoints"] if e["id"] == row["endpoint"]), {})
    where = compartment_label(study, row["compartment"], lang, figure_text(lang, "whole_patient"))
    key = "sensitivity.median" if row["statistic"] == "median" else "sensitivity.place"
    words = text(lang, key, endpoint=label(endpoint.get("label"), lang, row["endpoint"]), compartment=where)
    return (
        ", ".join([words, text(lang, f"statistic.{row['statistic']}")]) if endpoint.get("kind") == "growth" else words
    )


def _difference(row: Row, lang: str) -> str:
    if pd.isna(row["difference"]):
        return "–"
    proportion = row["statistic"] == "proportion"
    change = (100 if proportion else 1) * row["difference"]
    words = number(change, lang, 1 if abs(change) >= 0.05 else 2, signed=True)
    unit = "points" if proportion else "months" if row["statistic"] == "median" else "rate"
    return text(lang, f"sensitivity.{unit}", n=words)


def _settings(row: Row) -> list[str]:
    """Return key, value and the study's value of a variant, one after the other for a pair."""
    keys = [k for k, _ in changes_of(row["key"], row["value"])]
    values = [v for _, v in changes_of(row["key"], row["value"])]
    own = [v for _, v in changes_of(row["key"], row["study_value"])]
    return [", ".join(code(v) for v in column) for column in (keys, values, own)]


def _short(row: Row, lang: str) -> str:
    """Return an estimate as it is printed, a proportion without its interval."""
    words = str(row["text"])
    return sentence(lang, words.split(";")[0] + ")" if ";" in words else words)


def sensitivity_section(sensitivity: pd.DataFrame, study: Study) -> str:
    """Return which definitions move the primary endpoint and how, which move others, and which nothing.

    Parameters
    ----------
    sensitivity : DataFrame
        `tables.results.SENSITIVITY`.
    study : mapping
        The resolved study file.
    """
    lang = language(study)
    smallest = sensitivity.groupby(PLACE)["denominator"].transform("min")
    sensitivity = sensitivity[~smallest.map(lambda n: small(n, study)).astype(bool)]
    found = effects(sensitivity, study)
    if found.empty:
        return text(lang, "sensitivity.empty")
    order = distinct_places(sensitivity, study)[PLACE].assign(order=lambda f: range(len(f)))
    rows = with_change(sensitivity).merge(order, on=PLACE).sort_values(["position", "order"], ignore_index=True)
    rows = rows.assign(primary=is_primary(rows, study))
    semicolon = text(lang, "sensitivity.semicolon")
    names = {
        p: variant_words(k, v, study, lang) for p, k, v in found[["position", "key", "value"]].itertuples(index=False)
    }
    pairs = found[[len(changes_of(k, v)) > 1 for k, v in zip(found["key"], found["value"], strict=True)]]
    moves = _Moves(rows, study, lang)
    parts = [
        text(lang, "sensitivity.intro", n=number(len(found), lang), pairs=number(len(pairs), lang)),
        *_of_primary(rows, found, names, study, lang),
    ]
    others = [v for v in found.to_dict("records") if moves.others(v["position"])]
    if others:
        cells = [[escape(names[v["position"]]), *_settings(v), moves.others(v["position"])] for v in others]
        headings = [text(lang, f"sensitivity.{c}") for c in ("definition", "setting", "value", "study_value", "moves")]
        both = sum(v["effect"] == "primary" for v in others)
        parts += [
            text(lang, "sensitivity.others", n=number(len(others), lang), both=number(both, lang)),
            table(headings, cells, note=text(lang, "note.sensitivity")),
        ]
    parts += _pairs(rows, pairs, names, study, lang)
    for effect in ("detail", "nothing"):
        of = found[found["effect"] == effect]
        if len(of):
            listed = semicolon.join(names[p] for p in of["position"])
            parts.append(escape(text(lang, f"sensitivity.{effect}", n=number(len(of), lang), names=listed)))
    return "\n\n".join(parts)


class _Moves:
    """Says of each variant which estimates it moves, from where to where."""

    def __init__(self, rows: pd.DataFrame, study: Study, lang: str) -> None:
        self._study, self._lang = study, lang
        self._own = {_place(r): r for r in rows[rows["position"] == 0].to_dict("records")}
        self._moved: dict[int, list[Row]] = {}
        for row in rows[rows["change"] == "estimate"].to_dict("records"):
            self._moved.setdefault(row["position"], []).append(row)

    def others(self, position: int) -> str:
        """Return what a variant moves beside the primary estimate; empty where nothing."""
        lines = [
            text(
                self._lang, "sensitivity.move", estimate=_estimate(r, self._study, self._lang),
                new=_short(r, self._lang),
                own=_short(self._own[_place(r)], self._lang) if _place(r) in self._own else "–",
            )
            for r in self._moved.get(position, [])
            if not r["primary"]
        ]  # fmt: skip
        return escape(text(self._lang, "sensitivity.semicolon").join(lines))


def _place(row: Row) -> tuple[str, ...]:
    """Return which estimate a row is about."""
    return tuple(row[c] for c in PLACE)


def _of_primary(
    rows: pd.DataFrame, found: pd.DataFrame, names: Mapping[int, str], study: Study, lang: str
) -> list[str]:
    """Return the sentence about the primary endpoint, and the table of what moves it."""
    primary = rows[rows["primary"]]
    own = primary[primary["position"] == 0].to_dict("records")
    if not own:
        return []
    about = {"estimate": escape(_estimate(own[0], study, lang)), "own": escape(sentence(lang, own[0]["text"]))}
    moved = primary[primary["position"].isin(found.loc[found["effect"] == "primary", "position"])]
    if moved.empty:
        return [text(lang, "sensitivity.none", **about)]
    moved = moved.sort_values(["estimate", "position"], ascending=[False, True], kind="stable")
    known = moved[moved["estimate"].notna()].to_dict("records")
    between = ""
    if known:
        low, high = (escape(_short(r, lang)) for r in (known[-1], known[0]))
        between = text(lang, "sensitivity.range", low=low, high=high)
    intro = text(lang, "sensitivity.primary", **about, n=number(len(moved), lang), range=between)
    cells = [
        [
            escape(names[r["position"]]), *_settings(r), escape(sentence(lang, r["text"])),
            escape(_difference(r, lang)),
        ]
        for r in moved.to_dict("records")
    ]  # fmt: skip
    columns = ("definition", "setting", "value", "study_value", "estimate", "difference")
    return [
        intro,
        table(
            [text(lang, f"sensitivity.{c}") for c in columns], cells, right=(5,), note=text(lang, "note.sensitivity")
        ),
    ]


def _pairs(rows: pd.DataFrame, pairs: pd.DataFrame, names: Mapping[int, str], study: Study, lang: str) -> list[str]:
    """Return the pairs beside each of their two definitions alone, for every estimate that one of the three moves."""
    by_change: dict[tuple[Any, Any], dict[tuple[str, ...], Row]] = {}
    for row in rows.to_dict("records"):
        by_change.setdefault((row["key"], row["value"]), {})[_place(row)] = row
    cells = []
    for pair in pairs.to_dict("records"):
        three = [*changes_of(pair["key"], pair["value"]), (pair["key"], pair["value"])]
        found = [by_change.get(change, {}) for change in three]
        for place, both in found[-1].items():
            beside = [of.get(place) for of in found]
            if any(r is not None and r["change"] == "estimate" for r in beside):
                words = [escape(_short(r, lang)) if r is not None else "–" for r in beside]
                cells.append([escape(names[pair["position"]]), escape(_estimate(both, study, lang)), *words])
    headings = [text(lang, f"sensitivity.{c}") for c in ("pair", "estimate", "first", "second", "both")]
    return (
        [text(lang, "sensitivity.pairs"), table(headings, cells, note=text(lang, "note.sensitivity"))] if cells else []
    )
