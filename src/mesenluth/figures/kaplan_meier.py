"""Kaplan-Meier figure: one panel an endpoint, one curve a compartment, numbers at risk below the axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ..tables.io import conform
from ..tables.model import Table
from . import style
from .contracts import KAPLAN_MEIER
from .language import compartment_label, label, language, number, percent
from .names import WHOLE_PATIENT, time_to_event_endpoints
from .texts import notice, text

RULE_SET = "study"
SAME_TIME = 1e-6
POINT = ["time_months", "n_at_risk", "n_event", "n_censored", "survival", "ci_low", "ci_high", "method"]
STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)
TICKS_WIDE, TICKS_NARROW = 10, 5
MOST_MARKS, STRETCHES = 150, 75
LOOKS: tuple[tuple[str, Any], ...] = (
    (style.VERMILION, "-"),
    (style.BLUE, (0, (5, 1.5))),
    (style.GREEN, (0, (3, 1, 1, 1))),
    (style.PURPLE, (0, (7, 1.5, 1, 1.5))),
    (style.ORANGE, (0, (2, 1.5))),
    (style.SKY, (0, (9, 2))),
)
WHOLE_LOOK: tuple[str, Any] = (style.BLACK, (0, (1.2, 1)))
PLOT_MM, AXIS_MM, GAP_MM, LINE_MM, KEY_MM = 58.0, 9.0, 6.0, 11.0, 6.0
# Panels get lower so that all of them stand on one page of a journal, but never so low that a curve cannot be read.
LOWEST_MM, BODY_MM = 26.0, 215.0


def _of_reader(frame: pd.DataFrame, study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the primary evaluator's rows, or the first one's where an endpoint needs no reading."""
    readers = sorted(frame["evaluator"].dropna().unique())
    primary = study["primary_evaluator"]
    return frame[frame["evaluator"] == (primary if primary in readers or not readers else readers[0])]


def _of_rules(curves: pd.DataFrame) -> pd.DataFrame:
    """Return the curves by the study's own censoring rules, or by the first set where the study leaves its own out."""
    sets = sorted(curves["rule_set"].dropna().unique())
    return curves[curves["rule_set"] == (RULE_SET if RULE_SET in sets or not sets else sets[0])]


def _median(estimates: pd.DataFrame, study: Mapping[str, Any], endpoint: str, compartment: str) -> Any:
    """Return the row of the median by the study's definition and interval; None if there is none."""
    rows = estimates[
        (estimates["endpoint"] == endpoint)
        & (estimates["compartment"] == compartment)
        & (estimates["definition"] == "study")
        & (estimates["statistic"] == "median")
        & estimates["subgroup"].isna()
    ]
    rows = _of_reader(rows, study).sort_values("method", kind="stable")
    if rows.empty:
        return None
    preferred = rows[rows["method"].str.endswith(study["statistics"]["km_interval"]).astype(bool)]
    return (preferred if len(preferred) else rows).iloc[0]


def _median_words(median: Any, study: Mapping[str, Any], lang: str) -> str:
    if median is None:
        return ""
    never = text(lang, "km.not_reached")
    value = never
    if pd.notna(median["estimate"]):
        value = text(lang, "km.months", value=number(median["estimate"], lang, 1))
    if pd.isna(median["ci_low"]) and pd.isna(median["ci_high"]):
        return text(lang, "km.median", median=value)
    low, high = (number(v, lang, 1) if pd.notna(v) else never for v in (median["ci_low"], median["ci_high"]))
    confidence = median["confidence"] if pd.notna(median["confidence"]) else study["statistics"]["confidence"]
    return text(
        lang, "km.median_interval", median=value, confidence=percent(100 * confidence, lang), low=low, high=high
    )


def tick_step(longest: float, most: int) -> int:
    """Return the distance of the ticks: the smallest usual one that gives at most `most` intervals."""
    return next((s for s in STEPS if longest / s <= most), STEPS[-1] * (int(longest / STEPS[-1] / most) + 1))


def _marked(curve: pd.DataFrame, longest: float) -> np.ndarray:
    """Return which censored times get a tick: all, or one in each small stretch where there are many."""
    censored = (curve["n_censored"] > 0).to_numpy(dtype=bool)
    if censored.sum() <= MOST_MARKS:
        return censored
    stretch = np.floor(curve["time_months"].to_numpy(dtype="float64") / longest * STRETCHES)
    first = ~pd.Series(stretch).where(pd.Series(censored)).duplicated().to_numpy(dtype=bool)
    return censored & first


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the curves, the numbers at risk and the summaries.

    Parameters
    ----------
    tables : mapping
        `curves` and `estimates`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `contracts.KAPLAN_MEIER`. The number at risk at a tick is the number of patients whose time is not shorter.
    """
    parts: list[pd.DataFrame] = []
    endpoints = time_to_event_endpoints(study)
    all_curves = tables["curves"]
    most = TICKS_WIDE if len(endpoints) <= 2 else TICKS_NARROW
    for panel, endpoint in enumerate(endpoints, 1):
        of = _of_rules(_of_reader(all_curves[all_curves["endpoint"] == endpoint["id"]], study))
        longest = max(float(of["time_months"].max()) if len(of) else 0.0, 1.0)
        step = tick_step(longest, most)
        for place, compartment in enumerate(endpoint.get("compartments") or [WHOLE_PATIENT], 1):
            curve = of[of["compartment"] == compartment].sort_values("time_months", kind="stable")
            if curve.empty:
                continue
            about = {"panel": panel, "endpoint": endpoint["id"], "curve": place, "compartment": compartment}
            median = _median(tables["estimates"], study, endpoint["id"], compartment)
            parts += curve_rows(curve, about, median, longest, step, study)
    return gathered(parts)


def curve_rows(
    curve: pd.DataFrame, about: dict[str, Any], median: Any, longest: float, step: int, study: Mapping[str, Any]
) -> list[pd.DataFrame]:
    """Return points, numbers at risk and summary of one curve.

    Parameters
    ----------
    curve : DataFrame
        Points of the curve in order of time, as `results.CURVES` has them.
    about : dict
        Panel, endpoint, place of the curve, compartment.
    median : row of `results.ESTIMATES`, or None
    longest, step : float, int
        End of the axis and distance of its ticks, months.
    """
    lang = language(study)
    points = curve[POINT].reset_index(drop=True)
    ticks = np.arange(0, longest + 1e-9, step)
    times, at_risk = points["time_months"].to_numpy(), points["n_at_risk"].to_numpy()
    counts = np.append(at_risk, 0)[np.searchsorted(times, ticks - SAME_TIME, side="left")]
    n, events = int(at_risk[0]), int(points["n_event"].sum())
    words = [text(lang, "km.events", events=number(events, lang), n=number(n, lang))]
    words += [w for w in [_median_words(median, study, lang)] if w]
    summary = {
        "time_months": 0.0, "n_at_risk": n, "n_event": events, "n_censored": int(points["n_censored"].sum()),
        "median_months": None if median is None else median["estimate"],
        "ci_low": None if median is None else median["ci_low"],
        "ci_high": None if median is None else median["ci_high"],
        "method": None if median is None else median["method"],
        "text": "\n".join(words),
    }  # fmt: skip
    return [
        points.assign(**about, layer="point", marked=_marked(points, longest)),
        pd.DataFrame({"time_months": ticks, "n_at_risk": counts}).assign(**about, layer="at_risk", marked=False),
        pd.DataFrame([summary]).assign(**about, layer="summary", marked=False),
    ]


def gathered(parts: list[pd.DataFrame], contract: Table = KAPLAN_MEIER) -> pd.DataFrame:
    """Return the rows of all curves in their order."""
    columns = contract.column_names
    rows = [record for part in parts for record in part.reindex(columns=columns).to_dict("records")]
    frame = conform(pd.DataFrame(rows, columns=columns), contract)
    return frame.sort_values(list(contract.key), kind="stable", ignore_index=True)


def _look(study: Mapping[str, Any], compartment: str) -> tuple[str, Any]:
    """Return colour and line style: those of the compartment's place in the study, in every panel."""
    if compartment == WHOLE_PATIENT:
        return WHOLE_LOOK
    ids = [c["id"] for c in study.get("compartments") or [] if c["id"] != WHOLE_PATIENT]
    return LOOKS[(ids.index(compartment) if compartment in ids else len(ids)) % len(LOOKS)]


def _labels(data: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[tuple[int, str, str]]:
    """Return place, compartment and label of the curves of one panel."""
    curves = data.loc[data["layer"] == "summary", ["curve", "compartment"]]
    return [
        (int(i), str(c), compartment_label(study, str(c), lang, text(lang, "whole_patient")))
        for i, c in zip(curves["curve"], curves["compartment"], strict=True)
    ]


def _notes(data: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    points = data[data["layer"] == "point"]
    if points.empty:
        return []
    first = []
    banded = points[points["ci_low"] < points["ci_high"]]
    if len(banded):
        methods = ", ".join(sorted(banded["method"].dropna().unique()))
        confidence = percent(100 * study["statistics"]["confidence"], lang)
        first.append(text(lang, "km.band", confidence=confidence, method=methods))
    if points["method"].str.startswith("Aalen-Johansen").any():
        first.append(text(lang, "km.competing"))
    first.append(text(lang, "km.ticks"))
    if int(points["marked"].sum()) < int((points["n_censored"] > 0).sum()):
        first.append(text(lang, "km.thinned"))
    notes = [" ".join(first)]
    if points.groupby("panel")["curve"].nunique().max() > 1:
        notes.append(text(lang, "km.same_patients"))
    return notes


class Panel:
    """One panel: measures what it needs, then draws itself.

    Parameters
    ----------
    data : DataFrame
        Rows of `contracts.KAPLAN_MEIER` of this panel.
    study : mapping
        The resolved study file.
    heading : str
    y_words : list of str
        What the axis may be called, the best name first; the first that fits is printed.
    width : float
        Millimetres.
    origin : str
        Day 0 of the endpoint.
    curves : list of (int, str, look), optional
        Place, name, and colour and stroke of each curve; those of the compartments if not given.
    """

    def __init__(
        self,
        data: pd.DataFrame,
        study: Mapping[str, Any],
        heading: str,
        y_words: list[str],
        width: float,
        origin: str,
        curves: list[tuple[int, str, tuple[str, Any]]] | None = None,
    ) -> None:
        self.data, self.study, self.y_words, self.origin = data, study, y_words, origin
        self.width, self.lang = width, language(study)
        if curves is None:
            curves = [(i, name, _look(study, c)) for i, c, name in _labels(data, study, self.lang)]
        self.curves = curves
        summaries = data[data["layer"] == "summary"].set_index("curve")["text"]
        self.texts = {i: str(summaries[i]).split("\n") for i, _, _ in self.curves}
        names = [name for _, name, _ in self.curves]
        self.name_width = max((style.width_mm(n) for n in names), default=0.0)
        self.first_width = max((style.width_mm(t[0]) for t in self.texts.values()), default=0.0)
        second = max((style.width_mm(t[-1]) for t in self.texts.values()), default=0.0)
        narrow = LINE_MM + self.name_width + 4 + self.first_width + 4 + second > width
        self.line = style.line_mm()
        self.wrapped = {
            i: style.wrap(f"{name}, " + "\n".join(self.texts[i]), width - LINE_MM) if narrow else []
            for i, name, _ in self.curves
        }
        number_width = style.width_mm(number(int(data["n_at_risk"].max()) if len(data) else 0, self.lang))
        self.label_width = min(self.name_width, 0.24 * width)
        self.left = max(15.0, KEY_MM + self.label_width + number_width / 2 + 4.0)
        self.right = width - max(3.0, number_width / 2)
        self.rows = [style.wrap(n, self.label_width + 0.01) for n in names]
        self.headings = style.wrap(heading, width, bold=True) if heading else []
        legend = self.line * sum(max(len(lines), 1) for lines in self.wrapped.values()) + 2.0
        self.top = (len(self.headings) * self.line + 2.0 if heading else 0.0) + legend
        self.table = self.line * (1 + sum(map(len, self.rows))) if self.curves else 0.0
        self.plot = PLOT_MM

    @property
    def height(self) -> float:
        """Height in millimetres."""
        return self.top + self.plot + AXIS_MM + self.table

    def draw(self, page: style.Page, x: float, y: float) -> None:
        """Draw the panel with its upper left corner at (`x`, `y`)."""
        at = y
        if self.headings:
            at = page.lines(x, y, self.headings, bold=True) + 2.0
        for i, name, (colour, dashes) in self.curves:
            middle = at + self.line / 2
            page.line((x, x + 9), (middle, middle), color=colour, linestyle=dashes, linewidth=1.2)
            if self.wrapped[i]:
                at = page.lines(x + LINE_MM, at, self.wrapped[i])
                continue
            second = x + LINE_MM + self.name_width + 4
            page.text(x + LINE_MM, at, name)
            page.text(second, at, self.texts[i][0])
            if len(self.texts[i]) > 1:
                page.text(second + self.first_width + 4, at, self.texts[i][1])
            at += self.line

        plot_width = self.right - self.left
        ax = page.axes(x + self.left, y + self.top, plot_width, self.plot)
        points = self.data[self.data["layer"] == "point"]
        longest = max(float(points["time_months"].max()) if len(points) else 12.0, 1.0) * 1.02
        at_risk = self.data[self.data["layer"] == "at_risk"]
        ticks = sorted(at_risk["time_months"].unique().tolist()) if len(at_risk) else [0, 3, 6, 9, 12]
        ax.set_xlim(0, longest)
        ax.set_ylim(0, 103)
        ax.set_xticks(ticks, [number(t, self.lang) for t in ticks])
        ax.set_yticks(np.arange(0, 101, 25), [number(v, self.lang) for v in range(0, 101, 25)])
        ax.set_ylabel(next((w for w in self.y_words if style.width_mm(w) < self.plot), self.y_words[-1]))
        ax.axhline(50, color=style.LIGHT, linewidth=0.5, zorder=0)
        for i, _, (colour, dashes) in self.curves:
            curve = points[points["curve"] == i]
            t = curve["time_months"].to_numpy(dtype="float64")
            low, s, high = (100 * curve[c].to_numpy(dtype="float64") for c in ("ci_low", "survival", "ci_high"))
            alpha = 0.08 if colour == style.BLACK else 0.15
            ax.fill_between(t, low, high, step="post", color=colour, alpha=alpha, linewidth=0, zorder=1)
            ax.plot(t, s, drawstyle="steps-post", color=colour, linestyle=dashes, zorder=3, clip_on=False)
            marked = curve["marked"].to_numpy(dtype=bool)
            ax.plot(
                t[marked], s[marked], linestyle="none", marker="|", markersize=4, markeredgewidth=0.6, color=colour,
                zorder=4, clip_on=False,
            )  # fmt: skip
        if not self.curves:
            words = text(self.lang, "km.empty")
            ax.text(0.5, 0.6, words, transform=ax.transAxes, ha="center", va="center", color=style.GREY)
        words = text(self.lang, "km.x", origin=text(self.lang, f"km.origin.{self.origin}"))
        below = y + self.top + self.plot
        page.text(x + self.left + plot_width / 2, below + 4.2, words, align="center")

        if not self.curves:
            return
        at = below + AXIS_MM
        page.text(x, at, text(self.lang, "km.at_risk"), bold=True)
        at += self.line
        for (i, _, (colour, dashes)), lines in zip(self.curves, self.rows, strict=True):
            middle = at + self.line / 2
            page.line((x, x + KEY_MM - 1.2), (middle, middle), color=colour, linestyle=dashes, linewidth=1.2)
            page.lines(x + KEY_MM, at, lines)
            counts = at_risk[at_risk["curve"] == i]
            for tick, n in zip(counts["time_months"], counts["n_at_risk"], strict=True):
                where = x + self.left + plot_width * tick / longest
                page.text(where, at, number(int(n), self.lang), align="center")
            at += len(lines) * self.line


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure: the endpoint, where there is one only."""
    lang, endpoints = language(study), time_to_event_endpoints(study)
    return label(endpoints[0].get("label"), lang, endpoints[0]["id"]) if len(endpoints) == 1 else text(lang, "km.title")


def arrange(panels: list[Panel], columns: int, heading: str, notes: list[str], about: str) -> Figure:
    """Draw panels in rows on one page, their axes below each other; they get lower where there are many."""
    rows = [panels[i : i + columns] for i in range(0, len(panels), columns)]
    for row in rows:
        top = max(p.top for p in row)
        for panel in row:
            panel.top = top
    for column in range(columns):
        below = panels[column::columns]
        left = max((p.left for p in below), default=0.0)
        right = min((p.right for p in below), default=0.0)
        for panel in below:
            panel.left, panel.right = left, right
    body = sum(max(p.height for p in row) for row in rows) + GAP_MM * (len(rows) - 1)
    if body > BODY_MM:
        plot = max(PLOT_MM - (body - BODY_MM) / len(rows), LOWEST_MM)
        for panel in panels:
            panel.plot = plot
        body = sum(max(p.height for p in row) for row in rows) + GAP_MM * (len(rows) - 1)
    page = style.Page(body, heading, notes, about)
    y = 0.0
    for row in rows:
        for i, panel in enumerate(row):
            panel.draw(page, style.MARGIN_MM + i * (panel.width + GAP_MM), y)
        y += max(p.height for p in row) + GAP_MM
    return page.figure


def panel_width(columns: int) -> float:
    """Return how wide a panel is, in millimetres."""
    return (style.DOUBLE_MM - 2 * style.MARGIN_MM - (columns - 1) * GAP_MM) / columns


def axis_words(endpoint: Mapping[str, Any], lang: str) -> list[str]:
    """Return what the axis of an endpoint may be called, the best name first."""
    # "Time to response (%)" would say nothing: what is drawn is who is still without one.
    named = "death" in endpoint.get("events", ["death"])
    name = label(endpoint.get("label"), lang, endpoint["id"])
    return [text(lang, "km.y", endpoint=n) for n in [name] * named + [text(lang, "km.event_free")]]


def origin_of(endpoint: Mapping[str, Any], study: Mapping[str, Any]) -> str:
    """Return the day 0 of an endpoint, as the study file calls it."""
    return str(endpoint.get("origin") or (study.get("time") or {}).get("origin", "day_0"))


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the Kaplan-Meier figure from its table."""
    lang, endpoints = language(study), time_to_event_endpoints(study)
    columns = 1 if len(endpoints) <= 2 else 2
    width = panel_width(columns)
    panels = []
    for i, endpoint in enumerate(endpoints, 1):
        name = label(endpoint.get("label"), lang, endpoint["id"])
        heading = f"{chr(64 + i)}   {name}" if len(endpoints) > 1 else ""
        mine = data[data["panel"] == i]
        panels.append(Panel(mine, study, heading, axis_words(endpoint, lang), width, origin_of(endpoint, study)))
    return arrange(panels, columns, title(study), _notes(data, study, lang), notice(study))


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the figure shows."""
    lang, panels = language(study), []
    for i, endpoint in enumerate(time_to_event_endpoints(study), 1):
        of = data[(data["panel"] == i) & (data["layer"] == "summary")].set_index("curve")
        curves = "; ".join(
            f"{name}, {str(of.loc[place, 'text']).replace(chr(10), ', ')}"
            for place, _, name in _labels(data[data["panel"] == i], study, lang)
        )
        name = label(endpoint.get("label"), lang, endpoint["id"])
        panels.append(text(lang, "km.alt.panel", endpoint=name, curves=curves or text(lang, "km.empty")))
    return text(lang, "km.alt", panels=" ".join(panels))


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    names = [label(e.get("label"), lang, e["id"]) for e in time_to_event_endpoints(study)]
    return " ".join([text(lang, "km.caption", endpoints=", ".join(names)), *_notes(data, study, lang)])
