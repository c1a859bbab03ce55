"""The published figures beside the computed ones, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..figures.counts import published_item
from ..figures.language import label, language, number
from .cells import asked, escape, one_line, table, without_questions
from .questions import of_estimate
from .sentences import sentence
from .texts import about_data, text


def labels(study: Mapping[str, Any], lang: str) -> dict[str, str]:
    """Return what the labels of the study file that stand in definitions are in the language of the page."""
    items = (study.get("published") or {}).get("items") or []
    population = study.get("population") or {}
    parts = [population, *(population.get("eligibility") or []), *(study.get("compartments") or [])]
    found = [p.get("label") for p in parts] + [i.get("open") for i in items]
    names = {label(f, "en"): label(f, lang) for f in found if f}
    names |= {e["id"]: label(e.get("label"), lang, e["id"]) for e in study.get("endpoints") or []}
    # In running text a label begins in lower case.
    return {k[:1].lower() + k[1:]: v[:1].lower() + v[1:] for k, v in names.items()} | names


def _question(position: int, study: Mapping[str, Any]) -> str:
    """Return the question behind a computed figure."""
    about = study["published"]["items"][int(position) - 1]["estimate"]
    kinds = {e["id"]: e["kind"] for e in study["endpoints"]}
    if about["endpoint"] not in kinds:
        return "cohort:included"
    population = "symptomatic" if kinds[about["endpoint"]] == "clinical" else "included"
    return of_estimate(
        {**about, "evaluator": study["primary_evaluator"], "definition": "study", "population": population}
    )


def comparison_table(published_comparison: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the table, how many agree and the source; in words where nothing was published."""
    lang = language(study)
    rows = published_comparison.sort_values("position", kind="stable")
    if rows.empty:
        return text(lang, "published.empty")
    columns = ["item", "published", "computed", "agrees", "definition"]
    columns += ["note"] if rows["note"].notna().any() else []
    cells, called = [], labels(study, lang)
    for row in rows.to_dict("records"):
        words = {c: escape(row[c]) for c in columns}
        words |= {c: escape(sentence(lang, row[c], called)) for c in columns if c not in ("item", "agrees")}
        words["item"] = escape(published_item(row["position"], row["item"], study, lang))
        words["computed"] = asked(words["computed"], _question(row["position"], study))
        words["agrees"] = text(lang, "published.yes" if row["agrees"] else "published.no")
        cells.append([words[c] for c in columns])
    agree = number(int(rows["agrees"].sum()), lang)
    parts = [
        table([text(lang, f"published.{c}") for c in columns], cells, note=text(lang, "note.published")),
        text(lang, "published.summary", agree=agree, all=number(len(rows), lang)),
    ]
    citation = one_line((study.get("published") or {}).get("citation")).rstrip(".")
    if citation:
        parts[-1] += " " + text(lang, "published.citation", citation=escape(citation))
    return "\n\n".join(parts)


def comparison_markdown(published_comparison: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the page of the published figures beside the computed ones.

    Parameters
    ----------
    published_comparison : DataFrame
        `results.PUBLISHED_COMPARISON`.
    study : mapping
        The resolved study file. Language as of `figures.language`, English where that section is not given.
    """
    lang = language(study)
    notice = about_data(study)
    parts = [f"# {text(lang, 'published.title')}", escape(label(study["study"].get("title"), lang))]
    parts += [f"> **{escape(notice)}**"] if notice else []
    parts.append(comparison_table(published_comparison, study))
    return without_questions("\n\n".join(p for p in parts if p) + "\n")
