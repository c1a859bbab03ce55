"""Digit preference and date heaping: last digits and days of the month, and the centres that prefer some of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..tables.io import STRING, conform
from . import style
from .contracts import HABITS
from .language import language, number, percent
from .texts import notice, text

KINDS = ("digits", "days")
MOST = 40
"""Centres that fit on a page; where there are more, those with the largest shares are drawn."""
ROW_MM, LABEL_MM, BARS_MM, HEAD_MM, AXIS_MM, GAP_MM = 3.4, 15.0, 29.0, 6.0, 9.0, 9.0
LIMITS = {"digits": "digit_preference_percent", "days": "date_heaping_percent"}


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return how often each last digit and day stands in the whole registry, and the preferred ones in each centre.

    Columns of one kind are added up: all sizes, all dates. Where too few are there to show, there is no number.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        `value_places` and `preferences`.
    """
    parts = []
    for kind in KINDS:
        places = tables["value_places"]
        places = places[places["kind"] == kind]
        by = places.groupby("place", sort=True)
        bars = by.agg(n=("n", "sum"), expected_percent=("expected_percent", "first")).reset_index()
        counts = bars["n"].astype("float64")
        percents = (100 * counts / counts.sum()).mask(counts == 0) if len(bars) else counts
        parts.append(bars.assign(kind=kind, part="places", percent=percents))
        parts.append(_centres(tables["preferences"], kind, study))
    # Of one type each before they are put together: columns without any value have none of their own.
    typed = [conform(p.assign(position=1).reindex(columns=HABITS.column_names), HABITS) for p in parts]
    frame = pd.concat(typed, ignore_index=True)
    return frame.assign(position=range(1, len(frame) + 1))


def _centres(preferences: pd.DataFrame, kind: str, study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the share of preferred values of the whole registry and of each centre."""
    rows = preferences[preferences["kind"] == kind]
    rows = rows.assign(centre=rows["centre"].fillna(""))
    sums = rows.groupby("centre", sort=True)[["n", "preferred"]].sum().reset_index()
    n = sums["n"].astype("float64")
    shares = (100 * sums["preferred"].astype("float64") / n.where(n > 0)).astype("float64")
    rank = shares.where(sums["centre"] != "", np.inf).rank(method="first", ascending=False, na_option="bottom")
    return sums.assign(
        kind=kind, part="centres", percent=shares, drawn=rank <= MOST + 1, place=range(len(sums)),
        centre=sums["centre"].where(sums["centre"] != "").astype(STRING), n=sums["n"].where(n > 0),
        expected_percent=rows["expected_percent"].iloc[0] if len(rows) else None,
        limit_percent=(study.get("quality") or {}).get(LIMITS[kind]),
    )  # fmt: skip


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "habits.title")


def _rows(data: pd.DataFrame, kind: str) -> pd.DataFrame:
    drawn = data["drawn"].astype("boolean").fillna(True).astype(bool)
    return data[(data["kind"] == kind) & (data["part"] == "centres") & drawn].reset_index(drop=True)


def _notes(data: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    if data.empty:
        return []
    notes = [text(lang, "habits.note", few=number(study["statistics"]["small_cell_below"], lang))]
    for kind in KINDS:
        centres = data[(data["kind"] == kind) & (data["part"] == "centres") & data["centre"].notna()]
        drawn = _rows(data, kind)["centre"].notna().sum()
        if drawn < len(centres):
            counts = {"drawn": number(int(drawn), lang), "centres": number(len(centres), lang)}
            notes.append(text(lang, "habits.more", what=text(lang, f"habits.{kind}"), **counts))
    return notes


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the last digits and days as bars, and under each the centres as points beside the share by chance."""
    lang = language(study)
    most = max((len(_rows(data, k)) for k in KINDS), default=0)
    top = HEAD_MM + BARS_MM + AXIS_MM + GAP_MM
    height = top + ROW_MM * most + AXIS_MM if len(data) else 12.0
    page = style.Page(height, title(study), _notes(data, study, lang), notice(study))
    if data.empty:
        page.text(style.DOUBLE_MM / 2, 4.0, text(lang, "habits.empty"), align="center", colour=style.GREY)
        return page.figure
    wide = (style.DOUBLE_MM - 2 * style.MARGIN_MM) / len(KINDS)
    for i, kind in enumerate(KINDS):
        left = style.MARGIN_MM + i * wide
        inner = wide - LABEL_MM - 4.0
        page.text(left, 0.0, text(lang, f"habits.{kind}"), bold=True)
        bars = data[(data["kind"] == kind) & (data["part"] == "places")]
        if len(bars):
            _bars(page.axes(left + LABEL_MM, HEAD_MM, inner, BARS_MM), bars, kind, lang)
        rows = _rows(data, kind)
        if len(rows):
            page.text(left, top - 5.5, text(lang, f"habits.{kind}.centres"), bold=True)
            _points(page, left, top, inner, rows, lang)
    return page.figure


def _ticks(axes: Axes, lang: str, highest: float, along: str) -> None:
    """Label the axis of percentages as the language writes them."""
    step = next(s for s in (1, 2, 5, 10, 20, 25, 50) if highest / s <= 5 or s == 50)
    ticks = np.arange(0, highest + 0.001, step)
    labels = [number(t, lang) for t in ticks]
    if along == "y":
        axes.set_yticks(ticks, labels)
    else:
        axes.set_xticks(ticks, labels)


def _bars(axes: Axes, rows: pd.DataFrame, kind: str, lang: str) -> None:
    places, shares = rows["place"].to_numpy(dtype=float), rows["percent"].to_numpy(dtype=float)
    round_ = np.isin(places, (0, 5) if kind == "digits" else (1, 15))
    known = np.isfinite(shares)
    for which, colour, hatch in ((~round_, style.SKY, None), (round_, style.BLUE, "////")):
        axes.bar(places[which & known], shares[which & known], width=0.8, color=colour, edgecolor="white", hatch=hatch)
    expected = rows["expected_percent"].to_numpy(dtype=float)
    for x, y in zip(places, expected, strict=True):
        axes.plot([x - 0.5, x + 0.5], [y, y], color=style.VERMILION, linewidth=1.0)
    highest = float(max(np.nanmax(shares) if known.any() else 0, expected.max())) * 1.1
    axes.set_ylim(0, highest)
    axes.set_xlim(places.min() - 0.6, places.max() + 0.6)
    shown = places if kind == "digits" else places[(places == 1) | (places % 5 == 0)]
    axes.set_xticks(shown, [number(p, lang) for p in shown])
    axes.set_xlabel(text(lang, f"habits.{kind}.place"), labelpad=2)
    axes.set_ylabel(text(lang, f"habits.{kind}.share"), labelpad=2)
    _ticks(axes, lang, highest, "y")


def _points(page: style.Page, left: float, top: float, inner: float, rows: pd.DataFrame, lang: str) -> None:
    axes = page.axes(left + LABEL_MM, top, inner, ROW_MM * len(rows))
    shares = rows["percent"].to_numpy(dtype=float)
    expected, limit = rows["expected_percent"].iloc[0], rows["limit_percent"].iloc[0]
    limit = float(limit) if pd.notna(limit) else np.nan
    highest = float(np.nanmax(np.r_[shares[np.isfinite(shares)], expected, 0 if np.isnan(limit) else limit])) * 1.08
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, highest)
    axes.axvline(expected, color=style.VERMILION, linewidth=1.0)
    if np.isfinite(limit):
        axes.axvline(limit, color=style.GREY, linewidth=0.8, linestyle=(0, (4, 2)))
    for i, r in enumerate(rows.to_dict("records")):
        whole = pd.isna(r["centre"])
        name = text(lang, "habits.all") if whole else _short(str(r["centre"]))
        page.text(left, top + ROW_MM * i + 0.2, name, size=style.SMALL_PT, bold=whole)
        if np.isfinite(shares[i]):
            over = np.isfinite(limit) and shares[i] > limit
            axes.plot(
                shares[i], i, marker="D" if over else "o", markersize=4 if over or whole else 3.2,
                color=style.VERMILION if over else style.BLACK if whole else style.BLUE, clip_on=False, zorder=3,
            )  # fmt: skip
        else:
            axes.text(0.6, i, text(lang, "habits.few"), fontsize=style.SMALL_PT, color=style.GREY, va="center")
    axes.set_yticks([])
    axes.set_xlabel(text(lang, "habits.percent"), labelpad=2)
    _ticks(axes, lang, highest, "x")


def _short(name: str) -> str:
    """Return a centre's code, cut to the width of its column."""
    while style.width_mm(name, style.SMALL_PT) > LABEL_MM - 1.0 and len(name) > 2:
        name = name[:-2] + "…"
    return name


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the figure shows."""
    lang = language(study)
    if data.empty:
        return text(lang, "habits.empty") + "."
    said = []
    for kind in KINDS:
        rows = data[(data["kind"] == kind) & (data["part"] == "centres")]
        whole, known = rows[rows["centre"].isna()], rows[rows["centre"].notna() & rows["percent"].notna()]
        if whole.empty or whole["percent"].isna().all():
            continue
        first = whole.iloc[0]
        about = {
            "what": text(lang, f"habits.{kind}"), "share": percent(first["percent"], lang),
            "expected": percent(first["expected_percent"], lang),
        }  # fmt: skip
        said.append(text(lang, "habits.alt.whole", **about))
        if len(known):
            worst = known.sort_values("percent", ascending=False, kind="stable").iloc[0]
            said.append(
                text(lang, "habits.alt.worst", share=percent(worst["percent"], lang), centre=str(worst["centre"]))
            )
    return text(lang, "habits.alt", said=" ".join(said))


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    return " ".join([text(lang, "habits.caption"), *_notes(data, study, lang)])
