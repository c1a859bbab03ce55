"""Follow-up by centre: median follow-up with its interval, patients and scans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ..tables.io import conform
from . import style
from .contracts import FOLLOW_UP
from .kaplan_meier import tick_step
from .language import language, number, percent
from .texts import notice, text

MOST, TICKS = 46, 8
LABEL_MM, COUNT_MM, WORDS_MM, AXIS_MM = 52.0, 16.0, 36.0, 9.0


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the centres, those with most patients first, then the small ones together and all of them.

    Parameters
    ----------
    tables : mapping
        `follow_up_by_centre`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `contracts.FOLLOW_UP`.
    """
    frame = tables["follow_up_by_centre"].copy()
    single = frame["row"] == "centre"
    largest = frame[single].sort_values(["patients", "centre"], ascending=[False, True], kind="stable")
    frame = pd.concat([largest, frame[~single]], ignore_index=True)
    frame["position"] = range(1, len(frame) + 1)
    frame["drawn"] = (frame["row"] != "centre") | (frame["position"] <= MOST)
    return conform(frame.reindex(columns=FOLLOW_UP.column_names), FOLLOW_UP)


def _notes(data: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    confidence = percent(100 * study["statistics"]["confidence"], lang)
    method = study["statistics"]["km_interval"]
    below = number(study["statistics"]["small_cell_below"], lang)
    words = [text(lang, "follow_up.note", confidence=confidence, method=method, below=below)]
    hidden = int((~data["drawn"]).sum())
    if hidden:
        words.append(text(lang, "follow_up.hidden", n=number(hidden, lang)))
    return [" ".join(words)]


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "follow_up.title")


def _name(row: Mapping[Any, Any], lang: str) -> str:
    if row["row"] == "centre":
        return str(row["centre"])
    return text(lang, f"follow_up.{row['row']}", n=number(int(row["centres"]), lang))


def _median(row: Mapping[Any, Any], lang: str) -> str:
    never = text(lang, "km.not_reached")
    if pd.isna(row["estimate"]) and pd.isna(row["ci_low"]):
        return never if pd.isna(row["reason"]) else "–"
    value, low, high = (
        number(row[k], lang, 1) if pd.notna(row[k]) else never for k in ("estimate", "ci_low", "ci_high")
    )
    return f"{value} ({low}; {high})" if lang == "fr" else f"{value} ({low} to {high})"


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the figure from its table."""
    lang = language(study)
    rows = data[data["drawn"]].to_dict("records")
    line = style.line_mm() + 0.7
    body = line * (len(rows) + 1) + AXIS_MM if rows else 3 * line
    page = style.Page(body, title(study), _notes(data, study, lang), notice(study))
    if not rows:
        page.text(style.DOUBLE_MM / 2, line, text(lang, "follow_up.empty"), align="center", colour=style.GREY)
        return page.figure
    right = style.MARGIN_MM + LABEL_MM
    patients, scans = right + COUNT_MM, right + 2 * COUNT_MM
    for at, key in ((patients, "follow_up.patients"), (scans, "follow_up.scans")):
        page.text(at, 0, text(lang, key), bold=True, align="right")
    left, end = scans + 6.0, style.DOUBLE_MM - style.MARGIN_MM - WORDS_MM
    page.text(end + 3.0, 0, text(lang, "follow_up.median"), bold=True)
    known = data[["estimate", "ci_low", "ci_high"]].astype("float64").to_numpy()
    longest = max(float(np.nanmax(known)) if np.isfinite(known).any() else 0.0, 12.0) * 1.05
    bottom = line * (len(rows) + 1)

    def place(months: float) -> float:
        return left + (end - left) * months / longest

    page.line((left, end), (bottom, bottom))
    for tick in np.arange(0, longest, tick_step(longest, TICKS)):
        page.line((place(tick),) * 2, (bottom, bottom + 1.0))
        page.text(place(tick), bottom + 1.4, number(tick, lang), align="center")
    page.text((left + end) / 2, bottom + 1.4 + style.line_mm(), text(lang, "follow_up.x"), align="center")
    for i, row in enumerate(rows, 1):
        whole = row["row"] != "centre"
        top, middle = i * line, i * line + style.line_mm() / 2
        page.lines(style.MARGIN_MM, top, style.wrap(_name(row, lang), LABEL_MM - 2.0, bold=whole)[:1], bold=whole)
        for at, key in ((patients, "patients"), (scans, "scans")):
            page.text(at, top, number(row[key], lang) if pd.notna(row[key]) else "–", align="right", bold=whole)
        page.text(end + 3.0, top, _median(row, lang), bold=False)
        if pd.notna(row["ci_low"]):
            open_end = pd.isna(row["ci_high"])
            page.line((place(row["ci_low"]), end if open_end else place(row["ci_high"])), (middle, middle),
                      color=style.BLUE, linewidth=1.0, zorder=3)  # fmt: skip
            if open_end:
                page.line((end,), (middle,), color=style.BLUE, marker=">", markersize=3.0, zorder=4)
        if pd.notna(row["estimate"]):
            page.line((place(row["estimate"]),), (middle,), color=style.BLUE, marker="D" if whole else "s",
                      markersize=3.4, zorder=5)  # fmt: skip
    return page.figure


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the figure shows."""
    lang = language(study)
    rows = "; ".join(
        text(
            lang, "follow_up.alt.row", name=_name(r, lang), median=_median(r, lang),
            patients=number(r["patients"], lang) if pd.notna(r["patients"]) else "–",
        )
        for r in data.to_dict("records")
    )  # fmt: skip
    return text(lang, "follow_up.alt", rows=rows or text(lang, "follow_up.empty"))


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    return " ".join([text(lang, "follow_up.caption"), *_notes(data, study, lang)])
