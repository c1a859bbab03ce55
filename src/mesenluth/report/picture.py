"""The section of the report on the registry as a whole: how complete and plausible it is, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..figures.language import language, number, percent
from .cells import code, escape, table
from .texts import text

CATEGORIES = ("completeness", "conformance", "plausibility")
SHOWN = 10


def picture_section(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> str:
    """Return completeness, conformance and plausibility, habits of centres, and drift since the cut before.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        `picture`, `centre_findings`, `drift`, `record_changes`; each may be empty.
    """
    lang, shown = language(study), tables["picture"]
    few = number(study["statistics"]["small_cell_below"], lang)
    parts = [text(lang, "picture.intro", few=few)]
    whole = shown[shown["centre"].isna()]
    parts += [_categories(whole, lang), *_gaps(whole, lang), *_habits(tables["centre_findings"], lang)]
    parts += _changes(tables, lang)
    return "\n\n".join(parts)


def _categories(whole: pd.DataFrame, lang: str) -> str:
    rows = []
    for category in CATEGORIES:
        of = whole[whole["category"] == category]
        checked, failed = int(of["checked"].sum()), int(of["failed"].sum())
        share = percent(100 * failed / checked, lang, 2) if checked else "–"
        counts = [number(n, lang) for n in (len(of), checked, failed)]
        rows.append([text(lang, f"picture.{category}"), *counts, share])
    headings = [text(lang, f"picture.{c}") for c in ("category", "items", "checked", "failed", "percent")]
    return table(headings, rows, right=(1, 2, 3, 4), note=text(lang, "note.picture"))


def _gaps(whole: pd.DataFrame, lang: str) -> list[str]:
    gaps = whole[(whole["category"] == "completeness") & (whole["failed"] > 0)]
    gaps = gaps.sort_values(["percent", "table", "item"], ascending=[False, True, True], kind="stable").head(SHOWN)
    if gaps.empty:
        return [text(lang, "picture.no_gaps")]
    rows = [
        [code(f"{r['table']}.{r['item']}"), number(int(r["failed"]), lang), number(int(r["checked"]), lang),
         percent(r["percent"], lang, 1)]
        for r in gaps.to_dict("records")
    ]  # fmt: skip
    headings = [text(lang, f"picture.{c}") for c in ("field", "missing", "asked", "percent")]
    return [text(lang, "picture.gaps"), table(headings, rows, right=(1, 2, 3), note=text(lang, "note.gaps"))]


def _habits(found: pd.DataFrame, lang: str) -> list[str]:
    if found.empty:
        return [text(lang, "picture.no_habits")]
    rows = [
        [
            escape(r["centre"]) if pd.notna(r["centre"]) else text(lang, "picture.all"),
            code(f"{r['table']}.{r['column']}"), text(lang, f"picture.{r['rule']}"), number(int(r["n"]), lang),
            percent(r["percent"], lang), percent(r["limit"], lang),
        ]
        for r in found.sort_values(["centre", "rule", "table", "column"], na_position="first").to_dict("records")
    ]  # fmt: skip
    headings = [text(lang, f"picture.{c}") for c in ("centre", "field", "what", "n", "percent", "limit")]
    return [text(lang, "picture.habits"), table(headings, rows, right=(3, 4, 5), note=text(lang, "note.habits"))]


def _changes(tables: Mapping[str, pd.DataFrame], lang: str) -> list[str]:
    drift, records = tables["drift"], tables["record_changes"]
    if drift.empty and records.empty:
        return [text(lang, "picture.no_earlier")]
    counts = {c: number(int((records["change"] == c).sum()), lang) for c in ("appeared", "changed", "vanished")}
    parts = [text(lang, "picture.changes", **counts)]
    over = drift[drift["flagged"]]
    if over.empty:
        return [*parts, text(lang, "picture.no_drift")]
    rows = []
    for r in over.to_dict("records"):
        psi = number(r["psi"], lang, 2) if pd.notna(r["psi"]) else ""
        decimals = 1 if r["kind"] == "completeness" else 0
        field = r["table"] if r["column"] == "*" else f"{r['table']}.{r['column']}"
        what = text(lang, f"picture.kind.{r['kind']}", value=code(r["value"]), psi=psi)
        rows.append([code(field), what, number(r["before"], lang, decimals), number(r["now"], lang, decimals)])
    headings = [text(lang, f"picture.{c}") for c in ("field", "kind", "before", "now")]
    return [*parts, text(lang, "picture.drift"), table(headings, rows, right=(2, 3), note=text(lang, "note.drift"))]
