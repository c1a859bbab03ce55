"""Parts of the grid of definitions: what a cell says, what heads a column, and the axis of the primary estimate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from . import style
from .language import compartment_label, label, number
from .texts import CATALOGUE, text

AXIS_MM, CELL_MM = 20.0, 7.2
MORE, LESS, OTHER = "#CFE8F7", "#F9DCC4", "#DDDDDD"
"""Sky, vermilion and grey, pale: behind what is larger than the study's, smaller, or cannot be compared."""


@dataclass(frozen=True)
class Column:
    """An estimate other than the primary one: where it stands and what heads it."""

    place: int
    endpoint: str
    compartment: str
    unit: str
    own: str
    moved: int
    one_of_many: bool
    what: str


def endpoint_words(study: Mapping[str, Any], endpoint: str, lang: str) -> str:
    """Return the label of an endpoint of the study."""
    found = [e for e in study.get("endpoints") or [] if e["id"] == endpoint]
    return label(found[0].get("label"), lang, endpoint) if found else endpoint


def estimate_words(row: Mapping[Any, Any], study: Mapping[str, Any], lang: str) -> str:
    """Return what an estimate is of: endpoint and compartment, and for a median that it is one."""
    where = compartment_label(study, row["compartment"], lang, text(lang, "whole_patient"))
    about = {"endpoint": endpoint_words(study, row["endpoint"], lang), "compartment": where}
    if row["statistic"] == "median":
        return text(lang, "sensitivity.median", **about)
    what = statistic_words(row["statistic"], lang)
    return text(lang, "sensitivity.estimate", **about) + (f", {what}" if what else "")


def statistic_words(statistic: str, lang: str) -> str:
    """Return what tells the estimates of one endpoint and compartment apart; nothing where it has one alone."""
    if statistic in ("proportion", "median"):
        return ""
    return CATALOGUE[lang].get(f"sensitivity.{statistic}", statistic.replace("_", " "))


def unit_words(statistic: str, lang: str) -> str:
    """Return the unit that an estimate is printed in, as short as it heads a column."""
    units = {"proportion": "percent", "median": "months"}
    return CATALOGUE[lang].get(f"sensitivity.{units.get(statistic, f'{statistic}.unit')}", "")


def scale_of(statistic: str) -> float:
    """Return what an estimate is multiplied by to be printed: proportions are printed in percent."""
    return 100.0 if statistic == "proportion" else 1.0


def value_words(row: Mapping[Any, Any], lang: str) -> str:
    """Return an estimate in the unit of its column; words where there is none."""
    if pd.isna(row["estimate"]):
        reached = bool(pd.notna(row["denominator"]) and row["denominator"] and row["statistic"] == "median")
        return text(lang, "sensitivity.not_reached" if reached else "sensitivity.none")
    value = scale_of(row["statistic"]) * row["estimate"]
    return number(value, lang, 0 if value == 100 else 1)


def cell(row: Mapping[Any, Any], lang: str) -> tuple[str, str]:
    """Return what a cell says and the colour behind it: the change, or the value where there is no difference."""
    if row["change"] != "estimate":
        return "○" if row["change"] == "detail" else "·", "none"
    if pd.isna(row["difference"]):
        return value_words(row, lang), OTHER
    change = scale_of(row["statistic"]) * row["difference"]
    # As many decimals as fit a cell, and never a change that looks like none.
    words = number(change, lang, 0 if abs(change) >= 9.95 else 1 if abs(change) >= 0.05 else 2, signed=True)
    return words, MORE if row["difference"] > 0 else LESS


def primary_text(row: Mapping[Any, Any], lang: str) -> str:
    """Return the primary estimate in words: counts and share, or the median."""
    value = value_words(row, lang)
    if row["statistic"] != "proportion" or pd.isna(row["denominator"]):
        return value
    return text(
        lang, "sensitivity.share", numerator=number(int(row["numerator"]), lang),
        denominator=number(int(row["denominator"]), lang), percent=value,
    )  # fmt: skip


def _in_two_lines(words: str) -> list[str]:
    """Break words into two lines at most, as short as they can be."""
    width = 24.0
    while len(lines := style.wrap(words, width, style.SMALL_PT)) > 2:
        width += 1.0
    return lines


@dataclass(frozen=True)
class Heads:
    """The headings of the columns: endpoint over its compartments, written upwards."""

    columns: Sequence[tuple[list[str], str]]
    groups: Sequence[tuple[int, int, list[str]]]
    at: float
    upright: float
    above: float

    @classmethod
    def of(cls, columns: Sequence[Column], study: Mapping[str, Any], lang: str, at: float) -> Heads:
        """Lay out the headings of columns whose first begins at `at` mm."""
        small = style.line_mm(style.SMALL_PT)
        groups: list[tuple[int, int, list[str]]] = []
        heads: list[tuple[list[str], str]] = []
        i = 0
        while i < len(columns):
            n = sum(c.endpoint == columns[i].endpoint for c in columns[i:])
            endpoint = endpoint_words(study, columns[i].endpoint, lang)
            lines = style.wrap(endpoint, n * CELL_MM - 1.0, style.SMALL_PT)
            fits = n > 1 and max(style.width_mm(w, style.SMALL_PT) for w in endpoint.split(" ")) <= n * CELL_MM - 1.0
            if fits:
                groups.append((i, n, lines))
            for c in columns[i : i + n]:
                where = compartment_label(study, c.compartment, lang, text(lang, "whole_patient"))
                words = where if fits else f"{endpoint}, {where}" if c.one_of_many else endpoint
                heads.append((_in_two_lines(f"{words}, {c.what}" if c.what else words), c.unit))
            i += n
        upright = max([style.width_mm(w, style.SMALL_PT) for lines, _ in heads for w in lines], default=0.0)
        above = max([len(lines) for _, _, lines in groups], default=0) * small
        return cls(heads, groups, at, upright + 1.5, above + (1.5 if groups else 0.0))

    @property
    def height(self) -> float:
        """How high the headings are, the line of units included."""
        return max(self.above + self.upright + style.line_mm(style.SMALL_PT) + 0.5, 5 * style.line_mm(style.SMALL_PT))

    def draw(self, page: style.Page) -> float:
        """Print them and return where the rows begin."""
        small, size = style.line_mm(style.SMALL_PT), style.SMALL_PT
        units = self.height - small - 0.5
        for first, n, lines in self.groups:
            begin = self.at + first * CELL_MM
            y = units - self.upright - 1.0 - len(lines) * small
            for i, line in enumerate(lines):
                page.text(begin + n * CELL_MM / 2, y + i * small, line, size=size, align="center")
            page.line((begin + 0.8, begin + n * CELL_MM - 0.8), (units - self.upright - 0.6,) * 2)
        for i, (lines, unit) in enumerate(self.columns):
            middle = self.at + (i + 0.5) * CELL_MM
            for j, line in enumerate(lines):
                x = middle + (j - (len(lines) - 1) / 2) * small
                page.canvas.text(x, units - 0.5, line, fontsize=size, rotation=90, ha="center", va="bottom")
            page.text(middle, units, unit, size=size, align="center", colour=style.GREY)
        return self.height


def axis(
    page: style.Page, left: float, top: float, bottom: float, rows: Mapping[int, Mapping[Any, Any] | None],
    centres: Mapping[int, float], spans: Sequence[tuple[float, float]], lang: str,
) -> None:  # fmt: skip
    """Draw the primary estimate of each row with its interval; the study's value as a line through all of them."""
    ax = page.axes(left, top, AXIS_MM, bottom - top)
    known = [r for r in rows.values() if r is not None]
    scale = scale_of(str(known[0]["statistic"]))
    ends = [scale * r[k] for r in known for k in ("estimate", "ci_high") if pd.notna(r[k])]
    high = max([*ends, 1e-9]) * 1.05
    ax.set_xlim(0, min(high, 100.0) if scale == 100.0 else high)
    ax.set_ylim(bottom, top)
    ax.set_yticks([])
    ax.set_facecolor("none")
    ax.spines["left"].set_visible(False)
    ax.locator_params(axis="x", nbins=3)
    ticks = [t for t in ax.get_xticks() if 0 <= t <= ax.get_xlim()[1]]
    decimals = 0 if all(float(t).is_integer() for t in ticks) else 1
    ax.set_xticks(ticks, [number(t, lang, decimals) for t in ticks])
    unit = unit_words(str(known[0]["statistic"]), lang)
    ax.tick_params(axis="x", labelsize=style.SMALL_PT)
    page.text(left + AXIS_MM + 3.4, bottom + 1.3, unit, size=style.SMALL_PT)
    own = rows[0]
    if own is not None and pd.notna(own["estimate"]):
        for span in spans:
            at = [scale * own["estimate"]] * 2
            ax.plot(at, span, color=style.BLACK, linewidth=0.6, linestyle=(0, (4, 2)), zorder=1)
    for r, row in rows.items():
        if row is None or pd.isna(row["estimate"]):
            continue
        moved = row["change"] == "estimate"
        colour = style.BLACK if r == 0 else style.VERMILION if moved else style.LIGHT
        limits = [
            scale * (row[k] if pd.notna(row[k]) else end)
            for k, end in (("ci_low", 0.0), ("ci_high", ax.get_xlim()[1] / scale))
        ]
        ax.plot(limits, [centres[r]] * 2, color=colour, linewidth=0.9 if moved or r == 0 else 0.6, zorder=2)
        ax.plot(
            [scale * row["estimate"]], [centres[r]], color=colour, zorder=3, clip_on=False,
            marker="D" if moved else "o", markersize=3.6 if moved else 2.8, markeredgewidth=0,
        )  # fmt: skip
