"""Tumour growth rate before and under treatment: one panel a compartment, one line a patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle

from ..endpoints.cohorts import counting_rates
from ..endpoints.words import SIGN
from ..tables.io import STRING, conform
from . import slopes, style
from .contracts import GROWTH_RATE
from .language import compartment_label, language, number, percent
from .names import growth_compartments
from .texts import notice, text

PERIODS = ("before", "early")
SUMMARIES = ("median", "lower quartile", "upper quartile")
LOOKS: dict[str, tuple[str, Any]] = {
    "slower": (style.BLUE, "-"),
    "faster": (style.VERMILION, (0, (4, 2))),
    "same": (style.GREY, (0, (1, 1.5))),
}
MOST = 50.0
"""Percent a month; what is beyond is drawn at the edge."""
ACROSS = 3
PLOT_MM, GAP_MM, LEFT_MM = 62.0, 5.0, 15.0
ASIDE, BESIDE, HALF_BOX = 0.08, 0.28, 0.06


def _rates(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any], compartment: str) -> pd.DataFrame:
    """Return the rates of the included patients that count, one column a period."""
    cohort, rates = tables["cohort"], tables["growth_rates"]
    patients = cohort.loc[cohort["included"], "patient_id"].drop_duplicates().sort_values()
    mine = counting_rates(rates, study)
    mine = mine[(mine["compartment"] == compartment) & (mine["evaluator"] == study["primary_evaluator"])]
    found = {
        f"{p}_percent": mine[mine["period"] == p].set_index("patient_id")["growth_percent_per_month"].reindex(patients)
        for p in PERIODS
    }
    return pd.DataFrame({k: v.to_numpy(dtype="float64") for k, v in found.items()}).assign(
        patient_id=patients.astype(STRING).to_numpy()
    )


def _courses(before: np.ndarray, early: np.ndarray) -> np.ndarray:
    tests = [
        np.isnan(before) & np.isnan(early), np.isnan(early), np.isnan(before), early < before, early > before,
    ]  # fmt: skip
    return np.select(tests, ["none", "before_only", "early_only", "slower", "faster"], "same")


def _summaries(estimates: pd.DataFrame, study: Mapping[str, Any], compartment: str) -> list[dict[Any, Any]]:
    """Return medians and quartiles of both periods as they were estimated."""
    own = estimates[
        (estimates["compartment"] == compartment)
        & (estimates["evaluator"] == study["primary_evaluator"])
        & (estimates["definition"] == "study")
    ]
    of = {(r["statistic"], r["method"]): r for r in own.drop_duplicates(["statistic", "method"]).to_dict("records")}
    test, rows = of.get(("growth_test", SIGN), {}), []
    for method in SUMMARIES:
        both = [of.get((f"growth_{p}", method), {}) for p in PERIODS]
        row = {f"{p}_percent": r.get("estimate") for p, r in zip(PERIODS, both, strict=True)}
        if method == "median":
            row |= {f"n_{p}": r.get("numerator", 0) for p, r in zip(PERIODS, both, strict=True)}
            slower = test.get("numerator", 0)
            row |= {"n_both": test.get("denominator", 0), "n_slower": 0 if pd.isna(slower) else slower}
        rows.append({"layer": method, "position": 0, **row})
    return rows


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rates of every included patient and their medians, panel by panel.

    Parameters
    ----------
    tables : mapping
        `cohort`, `growth_rates` and `estimates`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `contracts.GROWTH_RATE`.
    """
    columns, rows = GROWTH_RATE.column_names, []
    for panel, compartment in enumerate(growth_compartments(study), 1):
        about: dict[Any, Any] = {"panel": panel, "compartment": compartment}
        rates = _rates(tables, study, compartment)
        rates["course"] = _courses(rates["before_percent"].to_numpy(), rates["early_percent"].to_numpy())
        rates = rates.assign(layer="patient", position=range(1, len(rates) + 1), **about)
        rows += rates.reindex(columns=columns).to_dict("records")
        rows += [{**about, **s} for s in _summaries(tables["estimates"], study, compartment)]
    frame = conform(pd.DataFrame(rows, columns=columns), GROWTH_RATE)
    return frame.sort_values(list(GROWTH_RATE.key), kind="stable", ignore_index=True)


def _fine(panel: pd.DataFrame) -> bool:
    """Return whether there are so many patients that lines are thin and nobody else is drawn."""
    return int((panel["layer"] == "patient").sum()) > slopes.FINE


def _limits(data: pd.DataFrame) -> tuple[float, float]:
    return slopes.limits(data[["before_percent", "early_percent"]].to_numpy(dtype="float64").ravel(), 5, 5, MOST)


def _notes(data: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    rules = study["growth"]
    low, high = rules["window_days"]
    notes = [
        text(lang, "growth.how", low=number(low, lang), high=number(high, lang)) + " "
        + text(lang, f"growth.targets.{rules['targets']}")
    ]  # fmt: skip
    shown = data.loc[data["layer"] == "patient", ["before_percent", "early_percent"]].to_numpy(dtype="float64")
    if np.isfinite(shown).any():
        marks = [text(lang, "growth.marks_many" if _fine(data[data["panel"] == 1]) else "growth.marks")]
        bottom, top = _limits(data)
        beyond = shown[(shown < bottom) | (shown > top)]
        if len(beyond):
            furthest = beyond[np.argmax(np.abs(beyond))]
            marks.append(
                text(lang, "growth.beyond", n=number(len(beyond), lang), furthest=number(furthest, lang, signed=True))
            )
        notes += [" ".join(marks), text(lang, "growth.regression")]
    return notes


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "growth.title")


def _numbers(panel: pd.DataFrame, lang: str) -> tuple[list[list[str]], list[str]]:
    """Return what is printed below each column of a panel, and below both."""
    median = panel[panel["layer"] == "median"].iloc[0]
    columns = []
    for p in PERIODS:
        n, value = int(median[f"n_{p}"]), number(median[f"{p}_percent"], lang, 1, signed=True)
        middle = [text(lang, "growth.median", value=value)] if n else []
        columns.append([text(lang, f"growth.{p}"), *middle, text(lang, "n", n=number(n, lang))])
    below, both = [], int(median["n_both"])
    if both:
        slower = number(int(median["n_slower"]), lang)
        below.append(text(lang, "growth.slower", n=slower, both=number(both, lang)))
    none = int((panel["course"] == "none").sum())
    if none:
        below.append(text(lang, "growth.none", n=number(none, lang)))
    return columns, below


def _panel(ax: Axes, panel: pd.DataFrame, low: float, high: float, lang: str, labelled: bool) -> None:
    slopes.prepare(ax, low, high, lang, labelled)
    patients = panel[panel["layer"] == "patient"]
    before, early = (patients[f"{p}_percent"].to_numpy(dtype="float64") for p in PERIODS)
    course = patients["course"].to_numpy(dtype=object)
    fine = _fine(panel)
    ends = [np.clip(v, low, high) for v in (before, early)]
    for name, (colour, dashes) in LOOKS.items():
        of = course == name
        look = {"linewidth": 0.15, "linestyle": "-"} if fine else {"linewidth": 0.7, "linestyle": dashes}
        ax.add_patch(
            PathPatch(slopes.segments(ends[0][of], ends[1][of]), facecolor="none", edgecolor=colour, zorder=2, **look)
        )
        if not fine:
            for x, y in enumerate(ends):
                ax.plot([x] * int(of.sum()), y[of], linestyle="none", marker="o", markersize=2, color=colour, zorder=3)
    for x, name in enumerate(("before_only", "early_only")):
        slopes.at_edge(ax, x, (before, early)[x], low, high)
        if not fine:
            alone = ends[x][course == name]
            ax.plot(
                [x + (ASIDE if x else -ASIDE)] * len(alone), alone, linestyle="none", marker="o", markersize=2.4,
                markerfacecolor="white", markeredgecolor=style.GREY, markeredgewidth=0.5, zorder=3,
            )  # fmt: skip
    for at, p in zip((-BESIDE, 1 + BESIDE), PERIODS, strict=True):
        middle, first, third = (
            float(np.clip(panel.loc[panel["layer"] == s, f"{p}_percent"].astype("float64").iloc[0], low, high))
            for s in SUMMARIES
        )
        if np.isfinite(middle):
            ax.add_patch(
                Rectangle((at - HALF_BOX, first), 2 * HALF_BOX, third - first, facecolor=style.LIGHT,
                          edgecolor=style.BLACK, linewidth=0.6, zorder=4)
            )  # fmt: skip
            ax.plot(
                [at - 1.6 * HALF_BOX, at + 1.6 * HALF_BOX], [middle] * 2, color=style.BLACK, linewidth=1.6, zorder=5
            )
    if not np.isfinite(np.concatenate([before, early])).any():
        words = text(lang, "growth.empty")
        ax.text(0.5, 0.8, words, transform=ax.transAxes, ha="center", va="center", color=style.GREY)


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the figure from its table."""
    lang, places = language(study), growth_compartments(study)
    low, high = _limits(data)
    inner = style.DOUBLE_MM - 2 * style.MARGIN_MM - LEFT_MM
    across = min(len(places), ACROSS)
    width = (inner - GAP_MM * (across - 1)) / ACROSS if across == ACROSS else min(inner / across - GAP_MM, 75.0)
    names = [compartment_label(study, c, lang, text(lang, "whole_patient")) for c in places]
    panels = [data[data["panel"] == i] for i in range(1, len(places) + 1)]
    headings = [style.wrap(f"{chr(64 + i)}   {n}", width, bold=True) for i, n in enumerate(names, 1)]
    printed = [_numbers(p, lang) for p in panels]
    wrapped = [[[x for w in c for x in style.wrap(w, width / 2 - 1)] for c in columns] for columns, _ in printed]
    under = [[x for w in below for x in style.wrap(w, width)] for _, below in printed]
    line = style.line_mm()
    top = line * max(len(h) for h in headings) + 1.5
    column_lines = max(len(c) for columns in wrapped for c in columns)
    height = top + PLOT_MM + 1.5 + line * (column_lines + max(len(u) for u in under)) + 1.0
    rows = -(-len(places) // across)
    legend = line + 3.0
    page = style.Page(
        legend + rows * height + (rows - 1) * GAP_MM, title(study), _notes(data, study, lang), notice(study)
    )
    x = style.MARGIN_MM
    for name, (colour, dashes) in LOOKS.items():
        words = text(lang, f"growth.course.{name}")
        page.line((x, x + 8), (line / 2, line / 2), color=colour, linestyle=dashes, linewidth=1.2)
        page.text(x + 9.5, 0, words)
        x += 9.5 + style.width_mm(words) + 5
    for i, panel in enumerate(panels):
        row, column = divmod(i, across)
        left = style.MARGIN_MM + LEFT_MM + column * (width + GAP_MM)
        y = legend + row * (height + GAP_MM)
        page.lines(left, y, headings[i], bold=True)
        ax = page.axes(left, y + top, width, PLOT_MM)
        _panel(ax, panel, low, high, lang, labelled=column == 0)
        if column == 0:
            ax.set_ylabel(text(lang, f"growth.y.{study['growth']['measure']}"))
        below = y + top + PLOT_MM + 1.5
        for place, lines in zip((0.25, 0.75), wrapped[i], strict=True):
            page.lines(left + place * width, below, lines, align="center")
        page.lines(left + width / 2, below + column_lines * line + 1.0, under[i], align="center", colour=style.GREY)
    return page.figure


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the figure shows."""
    lang, panels = language(study), []
    for i, compartment in enumerate(growth_compartments(study), 1):
        panel = data[data["panel"] == i]
        of = {s: panel[panel["layer"] == s].iloc[0] for s in SUMMARIES}
        said = {}
        for p in PERIODS:
            n = int(of["median"][f"n_{p}"])
            values = {k: percent(of[s][f"{p}_percent"], lang, 1, signed=True)
                      for k, s in zip(("median", "low", "high"), SUMMARIES, strict=True)}  # fmt: skip
            key = "growth.alt.period" if n else "growth.alt.nobody"
            said[p] = text(lang, key, period=text(lang, f"growth.{p}"), n=number(n, lang), **values)
        n_slower, n_both = (number(int(of["median"][c]), lang) for c in ("n_slower", "n_both"))
        name = compartment_label(study, compartment, lang, text(lang, "whole_patient"))
        slower = text(lang, "growth.slower", n=n_slower, both=n_both)
        panels.append(text(lang, "growth.alt.panel", compartment=name, slower=slower, **said))
    return text(lang, "growth.alt", panels=" ".join(panels))


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    return " ".join([text(lang, "growth.caption"), *_notes(data, study, lang)])
