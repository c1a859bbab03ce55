"""How the rows of a forest plot are drawn: labels on the left, one or two panels with their axes and numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from . import style
from .language import language, number
from .texts import notice, text

LABELS_MM, GAP_MM, AXIS_MM, INDENT_MM = 44.0, 3.0, 8.5, 3.0
SHARES = {5: 1, 10: 2, 20: 5, 30: 10, 40: 10, 50: 10, 75: 25, 100: 25}
"""Ends of an axis of percentages, with the distance of its ticks."""
RATIOS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """From values to millimetres: `low` lies at `left`, `high` at `right`; logarithmic where `log` is true."""

    low: float
    high: float
    left: float
    right: float
    log: bool
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Return where a value lies; what lies beyond the axis lies on its end."""
        of = math.log if self.log else float
        value = min(max(value, self.low), self.high)
        share = (of(value) - of(self.low)) / (of(self.high) - of(self.low))
        return self.left + share * (self.right - self.left)


def scale(rows: pd.DataFrame, log: bool, left: float, right: float) -> Scale:
    """Return an axis that holds the intervals: from 0 % on, or ratios on both sides of 1 up to ten times."""
    if not log:
        highest = 100 * float(rows["ci_high"].max()) if rows["ci_high"].notna().any() else 0.0
        high = next(s for s in SHARES if s >= min(highest, 100) - 1e-9)
        ticks = tuple(share / 100 for share in range(0, high + 1, SHARES[high]))
        return Scale(0.0, high / 100, left, right, False, ticks)
    seen = rows[["estimate", "ci_low", "ci_high"]].to_numpy(dtype=float)
    seen = seen[(seen > 0) & (seen < math.inf)]
    least = max((t for t in RATIOS if t <= min(seen, default=0.5)), default=RATIOS[0])
    most = min((t for t in RATIOS if t >= max(seen, default=2.0)), default=RATIOS[-1])
    least, most = min(least, 0.5), max(most, 2.0)
    return Scale(least, most, left, right, True, tuple(t for t in RATIOS if least <= t <= most))


def draw_rows(
    data: pd.DataFrame,
    study: Mapping[str, Any],
    title: str,
    notes: Sequence[str],
    reference: float | None = None,
    headings: Sequence[str] = (),
) -> Figure:
    """Draw a forest plot from its table.

    Parameters
    ----------
    data : DataFrame
        `contracts.FOREST`: panels 1 (proportions) and perhaps 2 (hazard ratios) of the same lines.
    reference : float, optional
        A proportion that panel 1 marks by a dashed line.
    headings : sequence of str
        What stands above the panels, where there are two.
    """
    lang, line = language(study), style.line_mm() + 0.7
    panels = sorted(data["panel"].unique().tolist())
    labels = data[data["panel"] == panels[0]] if panels else data
    inner = style.DOUBLE_MM - 2 * style.MARGIN_MM
    wrapped = [
        style.wrap(str(r["label"]), LABELS_MM - INDENT_MM * (not r["heading"]), bold=bool(r["heading"]))
        for r in labels.to_dict("records")
    ]
    width = (inner - LABELS_MM) / max(len(panels), 1)
    above = [style.wrap(f"{chr(65 + i)}   {words}", width - GAP_MM, bold=True) for i, words in enumerate(headings)]
    head = max(map(len, above), default=1) - 1
    tops, y = [], line + head * style.line_mm() if len(panels) > 1 else 0.0
    for words in wrapped:
        tops.append(y)
        y += line + style.line_mm() * (len(words) - 1)
    body = y + AXIS_MM if panels else 3 * line
    page = style.Page(body, title, notes, notice(study))
    if not panels:
        page.text(style.DOUBLE_MM / 2, line, text(lang, "forest.empty"), align="center", colour=style.GREY)
        return page.figure
    for top, words, heading in zip(tops, wrapped, labels["heading"], strict=True):
        x = style.MARGIN_MM + (0 if heading else INDENT_MM)
        page.lines(x, top, words, bold=bool(heading))
    for i, panel in enumerate(panels):
        left = style.MARGIN_MM + LABELS_MM + i * width + GAP_MM
        if len(panels) > 1:
            page.lines(left, 0, above[i], bold=True)
        _panel(page, data[data["panel"] == panel], tops, y, left, width - GAP_MM, lang, reference)
    return page.figure


def _panel(
    page: style.Page,
    rows: pd.DataFrame,
    tops: Sequence[float],
    bottom: float,
    left: float,
    width: float,
    lang: str,
    reference: float | None,
) -> None:
    """Draw one panel: its axis, one line an estimate, and the numbers on the right."""
    log = bool((rows["unit"] == "hazard ratio").any())
    words_width = max((style.width_mm(str(t)) for t in rows["text"].dropna()), default=0.0)
    axis = scale(rows, log, left, left + width - words_width - 3.0)
    page.line((axis.left, axis.right), (bottom, bottom))
    for tick in axis.ticks:
        page.line((axis.at(tick),) * 2, (bottom, bottom + 1.0))
        shown = number(tick, lang, 0 if tick >= 1 else 1) if log else number(100 * tick, lang)
        page.text(axis.at(tick), bottom + 1.4, shown, align="center")
    what = text(lang, "forest.ratio" if log else "forest.percent")
    page.text((axis.left + axis.right) / 2, bottom + 1.4 + style.line_mm(), what, align="center")
    marked = 1.0 if log else reference
    if marked is not None and axis.low <= marked <= axis.high:
        dashes = "-" if log else (0, (3, 2))
        page.line((axis.at(marked),) * 2, (tops[0], bottom), color=style.LIGHT, linestyle=dashes, zorder=1)
    colour = style.VERMILION if log else style.BLUE
    for top, row in zip(tops, rows.to_dict("records"), strict=True):
        middle = top + style.line_mm() / 2
        if pd.notna(row["text"]):
            shade = style.BLACK if pd.notna(row["estimate"]) else style.GREY
            page.text(axis.right + 3.0, top, str(row["text"]), colour=shade)
        if pd.notna(row["ci_low"]) and pd.notna(row["ci_high"]):
            ends = (float(row["ci_low"]), float(row["ci_high"]))
            page.line([axis.at(v) for v in ends], (middle, middle), color=colour, linewidth=1.0, solid_capstyle="butt",
                      zorder=3)  # fmt: skip
            for beyond, end, marker in ((ends[0] < axis.low, axis.low, "<"), (ends[1] > axis.high, axis.high, ">")):
                if beyond:
                    page.line((axis.at(end),), (middle,), color=colour, marker=marker, markersize=3.0, zorder=4)
        if pd.notna(row["estimate"]):
            # Proportions are squares, ratios are diamonds: shape says what colour says.
            page.line((axis.at(float(row["estimate"])),), (middle,), color=colour, marker="D" if log else "s",
                      markersize=3.2 if log else 3.6, zorder=5)  # fmt: skip


def beyond(rows: pd.DataFrame) -> bool:
    """Return whether an interval of ratios goes beyond the widest axis."""
    ratios = rows[rows["unit"] == "hazard ratio"]
    return bool(((ratios["ci_low"] < RATIOS[0]) | (ratios["ci_high"] > RATIOS[-1])).any())
