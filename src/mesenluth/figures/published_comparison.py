"""A table as a figure: each published figure beside the computed one, with the definition used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ..report.comparison import labels
from ..report.sentences import sentence
from ..tables.io import STRING, conform
from . import style
from .contracts import PUBLISHED_COMPARISON
from .counts import published_item
from .language import language, number
from .texts import notice, text

TEXTS = ("published", "computed", "definition", "note")
WIDTHS = {"item": 33.0, "published": 24.0, "computed": 28.0}
PAD = 1.5
YES, NO = "✓", "✗"


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows of `published_comparison` in their order, in the language of the study."""
    frame, lang = tables["published_comparison"], language(study)
    items = [published_item(p, i, study, lang) for p, i in zip(frame["position"], frame["item"], strict=True)]
    called = labels(study, lang)
    frame = frame.assign(item=items)
    for column in TEXTS:
        frame[column] = pd.array([sentence(lang, words, called) or None for words in frame[column]], dtype=STRING)
    frame = conform(frame, PUBLISHED_COMPARISON)
    return frame.sort_values("position", kind="stable", ignore_index=True)


def _notes(data: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    if data.empty:
        return []
    agree = number(int(data["agrees"].sum()), lang)
    notes = [text(lang, "published.summary", agree=agree, all=number(len(data), lang))]
    citation = (study.get("published") or {}).get("citation")
    if citation:
        notes.append(text(lang, "published.citation", citation=str(citation).rstrip(".")))
    return notes


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "published.title")


def _columns(lang: str) -> dict[str, float]:
    """Return the width of each column: that of the definition is what the others leave."""
    agrees = style.width_mm(text(lang, "published.agrees"), bold=True) + 2 * PAD
    left = style.DOUBLE_MM - 2 * style.MARGIN_MM - sum(WIDTHS.values()) - agrees
    return {**WIDTHS, "agrees": agrees, "definition": left}


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the table; every cell is wrapped to its column."""
    lang = language(study)
    widths = _columns(lang)
    line, small = style.line_mm(), style.line_mm(style.SMALL_PT)
    rows = []
    for row in data.to_dict("records"):
        cells: dict[str, list[tuple[str, float, bool, str]]] = {}
        for column in ("item", "published", "computed"):
            wrapped = style.wrap(str(row[column]), widths[column] - 2 * PAD, bold=column == "item")
            cells[column] = [(w, style.BODY_PT, column == "item", style.BLACK) for w in wrapped]
        agrees = bool(row["agrees"])
        words = f"{YES} {text(lang, 'published.yes')}" if agrees else f"{NO} {text(lang, 'published.no')}"
        cells["agrees"] = [(words, style.BODY_PT, True, style.BLUE if agrees else style.VERMILION)]
        width = widths["definition"] - 2 * PAD
        cells["definition"] = [
            (w, style.SMALL_PT, False, style.BLACK) for w in style.wrap(str(row["definition"]), width, style.SMALL_PT)
        ]
        if pd.notna(row["note"]) and str(row["note"]).strip():
            noted = style.wrap(str(row["note"]), width, style.SMALL_PT)
            cells["definition"] += [(w, style.SMALL_PT, False, style.GREY) for w in noted]
        rows.append(cells)

    def tall(lines: list[tuple[str, float, bool, str]]) -> float:
        return sum(line if size == style.BODY_PT else small for _, size, _, _ in lines)

    heights = [max(map(tall, cells.values())) + 2 * PAD for cells in rows]
    head = line + 2 * PAD
    body = head + (sum(heights) if rows else 3 * line)
    page = style.Page(body, title(study), _notes(data, study, lang), notice(study))
    left, right = style.MARGIN_MM, style.DOUBLE_MM - style.MARGIN_MM
    page.line((left, right), (0, 0), linewidth=0.9)
    x = left
    for column, width in widths.items():
        page.text(x + PAD, PAD, text(lang, f"published.{column}"), bold=True)
        x += width
    page.line((left, right), (head, head))
    y = head
    for i, (cells, height) in enumerate(zip(rows, heights, strict=True)):
        if i % 2 == 0:
            page.box(left, y, right - left, height, facecolor=style.PALE, edgecolor="none", zorder=0)
        x = left
        for column, width in widths.items():
            at = y + PAD
            for words, size, bold, colour in cells[column]:
                page.text(x + PAD, at, words, size=size, bold=bold, colour=colour)
                at += line if size == style.BODY_PT else small
            x += width
        y += height
    if not rows:
        page.text((left + right) / 2, y + line, text(lang, "published.empty"), align="center", colour=style.GREY)
    page.line((left, right), (body, body), linewidth=0.9)
    return page.figure


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the table shows."""
    lang = language(study)
    if data.empty:
        return text(lang, "published.empty") + "."
    rows = [
        text(
            lang, "published.alt.row", item=r["item"], published=r["published"], computed=r["computed"],
            agrees=text(lang, "published.yes" if r["agrees"] else "published.no"),
        )
        for r in data.to_dict("records")
    ]  # fmt: skip
    agree = number(int(data["agrees"].sum()), lang)
    return text(lang, "published.alt", rows=" ".join(rows), agree=agree, all=number(len(data), lang))


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    return " ".join([text(lang, "published.caption"), *_notes(data, study, lang)])
