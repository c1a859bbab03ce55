"""Bland-Altman plot: differences of the sums of two readers against their mean, one panel a pair and compartment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..response.reader_pairs import that_count
from ..tables.io import conform, empty
from . import style
from .contracts import BLAND_ALTMAN
from .language import compartment_label, language, number, percent
from .names import compartments
from .texts import notice, text

COLUMNS, MOST = 3, 9
GAP_MM, PLOT_MM, AXIS_MM = 4.0, 36.0, 9.5
LEFT_MM, RIGHT_MM = 13.0, 2.0
LINES = ("bias", "limit_low", "limit_high")
CROWDED, CELL_MM = 300, 0.3
"""Points of a panel from which on they are drawn small, and one for all that lie within so many mm of paper."""


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the points and the lines of each panel: the pairs of readers in turn, each in every compartment.

    Parameters
    ----------
    tables : mapping
        `reader_pairs` and `reader_agreement`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `contracts.BLAND_ALTMAN`; empty where nobody was read twice.
    """
    agreement = tables["reader_agreement"]
    found = agreement[(agreement["quantity"] == "sum") & agreement["statistic"].isin(LINES)]
    pairs = that_count(tables["reader_pairs"], study["agreement"])
    pairs = pairs[pairs["difference_mm"].notna().to_numpy(dtype=bool)]
    names = [(str(a), str(b)) for a, b in found[["evaluator_a", "evaluator_b"]].drop_duplicates().to_numpy()]
    names.sort(key=lambda n: (n[0] != study["primary_evaluator"], n))
    parts: list[pd.DataFrame] = []
    for a, b in names:
        for compartment in compartments(study):
            lines, points = (
                f[((f["evaluator_a"] == a) & (f["evaluator_b"] == b) & (f["compartment"] == compartment)).to_numpy()]
                for f in (found, pairs)
            )
            about: dict[str, Any] = {
                "panel": 1 + len(parts) // 2,
                "evaluator_a": a,
                "evaluator_b": b,
                "compartment": compartment,
            }
            for rows in (_lines(lines), _points(points)):
                columns = rows.assign(**about).reindex(columns=BLAND_ALTMAN.column_names)
                parts.append(conform(columns, BLAND_ALTMAN))
    return conform(pd.concat(parts, ignore_index=True), BLAND_ALTMAN) if parts else empty(BLAND_ALTMAN)


def _lines(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.rename(columns={"statistic": "layer", "estimate": "difference_mm"})
    return rows.assign(position=0)[
        [
            "layer",
            "position",
            "difference_mm",
            "ci_low",
            "ci_high",
            "confidence",
            "pairs",
            "patients",
            "method",
            "reason",
        ]
    ]


def _points(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "layer": "point",
            "position": np.arange(1, len(rows) + 1),
            "patient_id": rows["patient_id"].to_numpy(),
            "assessment": rows["assessment"].to_numpy(),
            "baseline": (rows["matched_by"] == "baseline").to_numpy(dtype=bool),
            "mean_mm": ((rows["sum_a_mm"] + rows["sum_b_mm"]) / 2).to_numpy(dtype=float),
            "difference_mm": rows["difference_mm"].to_numpy(dtype=float),
        }
    )


def _length(value: float, lang: str) -> str:
    return number(value, lang, 1, signed=True)


class _Panel:
    """One panel: two readers in one compartment."""

    def __init__(self, data: pd.DataFrame, study: Mapping[str, Any], width: float) -> None:
        self.lang, first = language(study), data.iloc[0]
        self.compartment = compartment_label(
            study, first["compartment"], self.lang, text(self.lang, "whole_patient")
        )  # fmt: skip
        self.readers = text(self.lang, "bland.readers", a=first["evaluator_a"], b=first["evaluator_b"])
        self.points = data[(data["layer"] == "point").to_numpy(dtype=bool)]
        self.lines = data[(data["layer"] != "point").to_numpy(dtype=bool)].set_index("layer")
        self.heading = style.wrap(f"{self.readers}\n{self.compartment}", width, bold=True)
        self.words = [w for words in self.said() for w in style.wrap(words, width, style.SMALL_PT)]
        self.top = len(self.heading) * style.line_mm() + len(self.words) * style.line_mm(style.SMALL_PT) + 1.5

    def said(self) -> list[str]:
        """Return the numbers of the panel in words, a line each."""
        n = len(self.points)
        if not n:
            return [text(self.lang, "bland.no_pairs")]
        patients = self.points["patient_id"].nunique()
        said = [text(self.lang, "bland.n", n=number(n, self.lang), patients=number(patients, self.lang))]
        bias, low, high = (self.lines["difference_mm"].get(s, np.nan) for s in LINES)
        said.append(text(self.lang, "bland.bias", bias=_length(bias, self.lang)))
        if np.isfinite(low):
            said.append(text(self.lang, "bland.limits", low=_length(low, self.lang), high=_length(high, self.lang)))
        else:
            said.append(text(self.lang, "bland.no_limits"))
        return said

    def draw(self, page: style.Page, x: float, y: float, width: float) -> None:
        """Draw the panel with its upper left corner at (`x`, `y`)."""
        at = page.lines(x, y, self.heading, bold=True)
        page.lines(x, at, self.words, size=style.SMALL_PT)
        ax = page.axes(x + LEFT_MM, y + self.top, width - LEFT_MM - RIGHT_MM, PLOT_MM)
        mean, apart = (self.points[c].to_numpy(dtype=float) for c in ("mean_mm", "difference_mm"))
        ax.axhline(0, color=style.LIGHT, linewidth=0.6, zorder=0)
        reach = [*apart]
        for layer, colour, dashes in zip(LINES, (style.BLUE, *[style.VERMILION] * 2), ("-", *["--"] * 2), strict=True):
            if layer not in self.lines.index or pd.isna(self.lines["difference_mm"][layer]):
                continue
            value, low, high = (float(self.lines[c][layer]) for c in ("difference_mm", "ci_low", "ci_high"))
            ax.axhline(value, color=colour, linestyle=dashes, linewidth=1.0, zorder=2)
            reach.append(value)
            if np.isfinite(low):
                ax.axhspan(low, high, color=colour, alpha=0.13, linewidth=0, zorder=1)
                reach += [low, high]
        self._frame(ax, mean, np.array(reach))
        crowded = len(mean) > CROWDED
        base = self.points["baseline"].fillna(False).to_numpy(dtype=bool)
        for of, face in ((~base, style.BLACK), (base, "white")):
            here = np.column_stack([mean[of], apart[of]])
            if crowded:
                here = here[_apart_on_paper(here, ax, width - LEFT_MM - RIGHT_MM)]
            ax.plot(
                *here.T, linestyle="none", marker="o", markersize=1.2 if crowded else 3.0,
                markeredgewidth=0.2 if crowded else 0.5, markerfacecolor=face, markeredgecolor=style.BLACK, zorder=3,
            )  # fmt: skip
        below = y + self.top + PLOT_MM
        middle = x + LEFT_MM + (width - LEFT_MM - RIGHT_MM) / 2
        page.text(middle, below + 4.2, text(self.lang, "bland.x"), align="center")

    def _frame(self, ax: Any, mean: np.ndarray, reach: np.ndarray) -> None:
        if len(mean):
            room = max(0.06 * float(np.ptp(mean)), 1.0)
            ax.set_xlim(float(mean.min()) - room, float(mean.max()) + room)
            furthest = max(float(np.abs(reach).max()) * 1.08, 1.0)
            ax.set_ylim(-furthest, furthest)
            ax.set_ylabel(text(self.lang, "bland.y"))
        else:
            ax.set_xlim(0, 1)
            ax.set_ylim(-1, 1)
            ax.set_xticks([])
            ax.set_yticks([])
            return
        for axis, signed, most in ((ax.xaxis, False, 4), (ax.yaxis, True, 6)):
            locator = MaxNLocator(most, steps=[1, 2, 5, 10])
            axis.set_major_locator(locator)
            step = float(np.diff(locator.tick_values(*axis.get_view_interval()))[0])
            decimals = 0 if step >= 1 else 1
            axis.set_major_formatter(
                FuncFormatter(lambda v, _, s=signed, d=decimals: number(v, self.lang, d, signed=s))
            )


def _apart_on_paper(points: np.ndarray, ax: Any, width: float) -> np.ndarray:
    """Return one point of each cell of the paper: of thousands that cover each other one is seen."""
    low, high = (np.array(v) for v in zip(ax.get_xlim(), ax.get_ylim(), strict=True))
    cells = np.floor((points - low) / (high - low) * [width / CELL_MM, PLOT_MM / CELL_MM])
    return np.sort(np.unique(cells, axis=0, return_index=True)[1])


def _panels(data: pd.DataFrame, study: Mapping[str, Any], width: float) -> list[_Panel]:
    return [_Panel(data[data["panel"] == i], study, width) for i in data["panel"].drop_duplicates()]


def _notes(data: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    if data.empty:
        return []
    confidence = data["confidence"].dropna()
    first = [text(lang, "bland.points")]
    if len(confidence):
        methods = "; ".join(sorted({str(m) for m in data.loc[data["ci_low"].notna(), "method"].dropna()}))
        first.append(text(lang, "bland.lines", confidence=percent(100 * confidence.iloc[0], lang), method=methods))
    more = int(data["panel"].max()) - MOST
    if more > 0:
        first.append(text(lang, "bland.more", n=number(more, lang)))
    return [" ".join(first)]


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "bland.title")


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the Bland-Altman plots from their table."""
    lang = language(study)
    inner = style.DOUBLE_MM - 2 * style.MARGIN_MM
    width = (inner - (COLUMNS - 1) * GAP_MM) / COLUMNS
    panels = _panels(data[data["panel"] <= MOST], study, width)
    rows = [panels[i : i + COLUMNS] for i in range(0, len(panels), COLUMNS)]
    for row in rows:
        top = max(p.top for p in row)
        for panel in row:
            panel.top = top
    body = sum(r[0].top + PLOT_MM + AXIS_MM for r in rows) + GAP_MM * (len(rows) - 1) if rows else 24.0
    page = style.Page(body, title(study), _notes(data, study, lang), notice(study))
    if not rows:
        for i, key in enumerate(("bland.empty", "bland.empty_why")):
            page.text(
                style.DOUBLE_MM / 2, 8.0 + i * style.line_mm(), text(lang, key), align="center", colour=style.GREY
            )
    y = 0.0
    for row in rows:
        for i, panel in enumerate(row):
            panel.draw(page, style.MARGIN_MM + i * (width + GAP_MM), y, width)
        y += row[0].top + PLOT_MM + AXIS_MM + GAP_MM
    return page.figure


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the figure shows."""
    lang = language(study)
    if data.empty:
        return text(lang, "bland.empty") + "."
    said = [
        text(lang, "bland.alt.panel", readers=p.readers, compartment=p.compartment, said="; ".join(p.said()))
        for p in _panels(data[data["panel"] <= MOST], study, style.DOUBLE_MM)
    ]
    return text(lang, "bland.alt", panels=" ".join(said))


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    if data.empty:
        return text(lang, "bland.empty") + "."
    return " ".join([text(lang, "bland.caption"), *_notes(data, study, lang)])
