"""Data quality by centre: one panel a category, one row a centre, one column a table of the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from ..tables.io import STRING, conform
from ..tables.registry import REGISTRY
from . import style
from .contracts import QUALITY_MAP
from .language import language, number, percent
from .texts import notice, text

CATEGORIES = ("completeness", "conformance", "plausibility")
MOST = 40
"""Centres that fit on a page; where there are more, those with the largest shares are drawn."""
CELL_MM, LABEL_MM = 3.6, 15.0
TOP_PERCENT = 40.0
"""Share at which a cell is darkest."""


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the share of cells or rows that are not as they should be, by category, centre and table.

    The first row of each panel is the whole registry; a centre with too few to show has no share.
    """
    shown = tables["picture"]
    shown = shown.assign(centre=shown["centre"].fillna(""), hidden=shown["checked"].isna().astype("int64"))
    by = ["category", "centre", "table"]
    sums = shown.groupby(by, as_index=False, sort=True)[["checked", "failed", "hidden"]].sum()
    checked = sums["checked"].astype("float64")
    share = (100 * sums["failed"].astype("float64") / checked.where(checked > 0)).astype("float64")
    rows = sums[by].assign(percent=share)
    worst = rows[rows["centre"] != ""].groupby("centre")["percent"].max().fillna(-1.0)
    kept = worst.sort_values(ascending=False, kind="stable").index[:MOST]
    rows = rows[(rows["centre"] == "") | rows["centre"].isin(kept)]
    names = sorted(kept)
    rows = rows.assign(
        panel=[CATEGORIES.index(c) + 1 for c in rows["category"]],
        row=[0 if c == "" else names.index(c) + 1 for c in rows["centre"]],
        column=[list(REGISTRY).index(t) + 1 for t in rows["table"]],
        centre=rows["centre"].where(rows["centre"] != "").astype(STRING),
        centres=len(worst),
    )
    return conform(rows.sort_values(["panel", "row", "column"], kind="stable", ignore_index=True), QUALITY_MAP)


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "quality_map.title")


def _notes(data: pd.DataFrame, lang: str) -> list[str]:
    if data.empty:
        return []
    notes = [text(lang, "quality_map.note")]
    drawn, centres = data["centre"].nunique(), int(data["centres"].iloc[0])
    if drawn < centres:
        notes.append(text(lang, "quality_map.more", drawn=number(drawn, lang), centres=number(centres, lang)))
    return notes


def _colours() -> LinearSegmentedColormap:
    return LinearSegmentedColormap.from_list("share", ["#FFFFFF", style.SKY, style.BLUE, "#00304F"])


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the heat map; cells say their share in whole percent from 1 % on."""
    lang = language(study)
    names = ["", *data.dropna(subset=["centre"]).drop_duplicates("centre").sort_values("row")["centre"].tolist()]
    tables = list(REGISTRY)
    head = max(style.width_mm(text(lang, f"table.{t}"), style.SMALL_PT) for t in tables) + 6.0
    height = head + CELL_MM * len(names) + 2.0
    page = style.Page(height if len(data) else 12.0, title(study), _notes(data, lang), notice(study))
    if data.empty:
        page.text(style.DOUBLE_MM / 2, 4.0, text(lang, "quality_map.empty"), align="center", colour=style.GREY)
        return page.figure
    colours = _colours()
    inner = style.DOUBLE_MM - 2 * style.MARGIN_MM - LABEL_MM
    panel_mm = inner / len(CATEGORIES)
    wide = (panel_mm - 2.0) / len(tables)
    words = text(lang, "quality_map.all")
    for i, name in enumerate(names):
        label = words if not name else _short(name)
        page.text(style.MARGIN_MM, head + CELL_MM * i + 0.2, label, size=style.SMALL_PT, bold=not name)
    for p, category in enumerate(CATEGORIES, 1):
        left = style.MARGIN_MM + LABEL_MM + (p - 1) * panel_mm
        page.text(left, 0.0, text(lang, f"quality_map.{category}"), bold=True)
        for j, table in enumerate(tables):
            page.canvas.text(
                left + wide * (j + 0.5), head - 0.8, text(lang, f"table.{table}"), fontsize=style.SMALL_PT, rotation=90,
                ha="center", va="bottom",
            )  # fmt: skip
        for r in data[data["panel"] == p].to_dict("records"):
            x, y = left + wide * (r["column"] - 1), head + CELL_MM * r["row"]
            share = r["percent"]
            known = share is not None and np.isfinite(share)
            face = colours(min(share / TOP_PERCENT, 1.0) ** 0.5) if known else style.PALE
            page.box(x, y, wide, CELL_MM, facecolor=face, edgecolor="white", linewidth=0.4,
                     hatch=None if known else "////")  # fmt: skip
            if known and share >= 0.5:
                dark = share / TOP_PERCENT > 0.16
                page.text(x + wide / 2, y + 0.35, number(share, lang), size=6, align="center",
                          colour="white" if dark else style.BLACK)  # fmt: skip
    page.line((style.MARGIN_MM, style.DOUBLE_MM - style.MARGIN_MM), (head + CELL_MM, head + CELL_MM))
    return page.figure


def _short(name: str) -> str:
    """Return a centre's code, cut to the width of its column."""
    while style.width_mm(name, style.SMALL_PT) > LABEL_MM - 1.0 and len(name) > 2:
        name = name[:-2] + "…"
    return name


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the map shows."""
    lang = language(study)
    if data.empty:
        return text(lang, "quality_map.empty") + "."
    parts = []
    for p, category in enumerate(CATEGORIES, 1):
        of = data[(data["panel"] == p) & data["percent"].notna()]
        if of.empty:
            continue
        worst = of.sort_values("percent", ascending=False, kind="stable").iloc[0]
        where = worst["centre"] if pd.notna(worst["centre"]) else text(lang, "quality_map.all")
        parts.append(
            text(
                lang, "quality_map.alt.panel", category=text(lang, f"quality_map.{category}"),
                share=percent(worst["percent"], lang), table=text(lang, f"table.{worst['table']}"), centre=where,
            )
        )  # fmt: skip
    return text(lang, "quality_map.alt", centres=number(data["centre"].nunique(), lang), panels=" ".join(parts))


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    return " ".join([text(lang, "quality_map.caption"), *_notes(data, lang)])
