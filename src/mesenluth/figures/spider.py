"""Spider plot: the change of the sum of diameters over time, one line a patient, one panel a compartment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ..endpoints.months import months
from ..tables.io import conform
from . import style
from .contracts import SPIDER
from .counts import response_column
from .kaplan_meier import tick_step
from .language import compartment_label, language, number, percent
from .names import compartments
from .texts import notice, text

LOOKS: dict[str, tuple[str, Any, float]] = {
    "responder": (style.BLUE, "-", 1.3),
    "stable": ("#8C8C8C", "-", 0.5),
    "progressive": (style.VERMILION, (0, (2.5, 1)), 1.0),
}
LIMIT, FINE, TICKS = 100.0, 130, 6
PLOT_MM, LEFT_MM, GAP_MM, AXIS_MM, ACROSS = 62.0, 17.0, 6.0, 9.0, 3


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the points of the lines: the baseline at day 0, and each later assessment that counts and has a sum.

    Parameters
    ----------
    tables : mapping
        `cohort`, `best_responses` and `timepoint_responses`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `contracts.SPIDER`, by panel, patient and time.
    """
    column, reader = response_column(study), study["primary_evaluator"]
    cohort, best, points = (tables[n] for n in ("cohort", "best_responses", "timepoint_responses"))
    of = cohort.loc[cohort["included"], ["patient_id", "origin_date"]]
    points = points[(points["evaluator"] == reader) & points["counted"]]
    points = points[points["change_from_baseline_percent"].notna()].merge(of, on="patient_id")
    points = points.assign(months=months(points["origin_date"], points["day"].astype("float64"), study))
    points = points[points["months"] > 0]
    best = best.loc[best["evaluator"] == reader, ["patient_id", "compartment", column]]
    points = points.merge(best, on=["patient_id", "compartment"]).rename(
        columns={column: "response", "change_from_baseline_percent": "change_percent"}
    )
    points["new_lesion"] = points["new_lesion"] & (points["overall_response"] == "PD")
    start = points.drop_duplicates(["patient_id", "compartment"])
    start = start.assign(months=0.0, change_percent=0.0, new_lesion=False)
    frame = pd.concat([start, points], ignore_index=True)
    places = {c: i for i, c in enumerate(compartments(study), 1)}
    frame = frame[frame["compartment"].isin(list(places))]
    frame["panel"] = frame["compartment"].map(places).astype("int64")
    look = np.select(
        [frame["response"].isin(["CR", "PR"]), frame["response"] == "PD"], ["responder", "progressive"], "stable"
    )
    frame["course"] = pd.Series(look, index=frame.index, dtype=object)
    frame = frame.sort_values(["panel", "patient_id", "months"], kind="stable", ignore_index=True)
    frame["position"] = frame.groupby(["panel", "patient_id"]).cumcount()
    return conform(frame.reindex(columns=SPIDER.column_names), SPIDER)


def _top(frame: pd.DataFrame) -> float:
    """Return where the axis ends on both sides: wide enough for the changes, 50 % at least, `LIMIT` at most."""
    furthest = float(frame["change_percent"].abs().max()) if len(frame) else 0.0
    return float(min(max(-(-furthest // 25) * 25, 50.0), LIMIT))


def _notes(frame: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    pr, worse = study["response"]["pr_decrease_percent"], study["response"]["pd_increase_percent"]
    words = [
        text(lang, "spider.note"),
        text(lang, "waterfall.thresholds", pr=percent(-pr, lang, signed=True), pd=percent(worse, lang, signed=True)),
    ]
    if frame["new_lesion"].any():
        words.append(text(lang, "spider.new_lesion"))
    beyond = frame.loc[frame["change_percent"] > LIMIT, "change_percent"]
    if len(beyond):
        largest = percent(float(beyond.max()), lang, signed=True)
        words.append(text(lang, "spider.cut", limit=percent(LIMIT, lang, signed=True), largest=largest))
    return [" ".join(words)]


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "spider.title")


def _panel(ax: Axes, panel: pd.DataFrame, study: Mapping[str, Any], ends: tuple[float, float], labelled: bool) -> None:
    lang, (longest, top) = language(study), ends
    step = tick_step(longest, TICKS)
    ticks = np.arange(0, longest + 1e-9, step)
    ax.set_xlim(0, longest)
    ax.set_ylim(-1.04 * top, 1.04 * top)
    ax.set_xticks(ticks, [number(t, lang) for t in ticks])
    levels = range(-int(top), int(top) + 1, 25)
    ax.set_yticks(levels, [number(t, lang, signed=True) for t in levels] if labelled else [""] * len(levels))
    ax.axhline(0, color=style.BLACK, linewidth=0.5, zorder=1)
    for level in (-study["response"]["pr_decrease_percent"], study["response"]["pd_increase_percent"]):
        ax.axhline(level, color=style.BLACK, linewidth=0.6, linestyle=(0, (4, 3)), zorder=1)
    if panel.empty:
        words = text(lang, "spider.empty")
        ax.text(0.5, 0.7, words, transform=ax.transAxes, ha="center", va="center", color=style.GREY)
        return
    fine = panel["patient_id"].nunique() > FINE
    for order, (course, (colour, dashes, width)) in enumerate(LOOKS.items()):
        of = panel[panel["course"] == course]
        if of.empty:
            continue
        xy = np.column_stack([of["months"], np.minimum(of["change_percent"].astype("float64"), LIMIT)])
        begins = np.flatnonzero(of["position"].to_numpy() == 0)
        look = {"linewidth": 0.12, "linestyle": "-"} if fine else {"linewidth": width, "linestyle": dashes}
        # Stable courses are most of them: they lie below the others.
        ax.add_collection(
            LineCollection(
                np.split(xy, begins[1:]), colors=colour, zorder=2 + (course != "stable") * (1 + order), **look
            )
        )
    marked = panel[panel["new_lesion"]]
    ax.plot(
        marked["months"], np.minimum(marked["change_percent"].astype("float64"), LIMIT), linestyle="none", marker="^",
        markersize=1.0 if fine else 3.6, markerfacecolor="white", markeredgecolor=style.BLACK, markeredgewidth=0.5,
        zorder=7, clip_on=False,
    )  # fmt: skip


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the spider plot from its table."""
    lang, places = language(study), compartments(study)
    across = min(len(places), ACROSS)
    rows = -(-len(places) // across)
    inner = style.DOUBLE_MM - 2 * style.MARGIN_MM - LEFT_MM
    width = (inner - GAP_MM * (across - 1)) / across
    line = style.line_mm()
    headings = []
    for i, c in enumerate(places, 1):
        n = data.loc[data["panel"] == i, "patient_id"].nunique()
        name = compartment_label(study, c, lang, text(lang, "whole_patient"))
        words = f"{name}, {text(lang, 'n', n=number(n, lang))}"
        headings.append(style.wrap(f"{chr(64 + i)}   {words}", width, bold=True))
    head = line * max(map(len, headings)) + 1.5
    legend = line + 3.0
    height = head + PLOT_MM + AXIS_MM
    body = legend + rows * height + GAP_MM * (rows - 1)
    page = style.Page(body, title(study), _notes(data, study, lang), notice(study))
    x = style.MARGIN_MM
    for course, (colour, dashes, thick) in LOOKS.items():
        words = text(lang, f"spider.course.{course}")
        page.line((x, x + 8), (line / 2, line / 2), color=colour, linestyle=dashes, linewidth=thick)
        page.text(x + 9.5, 0, words)
        x += 9.5 + style.width_mm(words) + 5
    longest = max(float(data["months"].max()) if len(data) else 0.0, 3.0) * 1.02
    for i in range(len(places)):
        row, column = divmod(i, across)
        left = style.MARGIN_MM + LEFT_MM + column * (width + GAP_MM)
        top = legend + row * (height + GAP_MM)
        page.lines(left, top, headings[i], bold=True)
        ax = page.axes(left, top + head, width, PLOT_MM)
        _panel(ax, data[data["panel"] == i + 1], study, (longest, _top(data)), column == 0)
        if column == 0:
            ax.set_ylabel(text(lang, "spider.y"))
        page.text(left + width / 2, top + head + PLOT_MM + 4.2, text(lang, "spider.x"), align="center")
    return page.figure


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the plot shows."""
    lang, panels = language(study), []
    for i, c in enumerate(compartments(study), 1):
        of = data[data["panel"] == i]
        last = of.groupby("patient_id")["change_percent"].last()
        counts = of.drop_duplicates("patient_id")["course"].value_counts()
        courses = ", ".join(
            f"{text(lang, f'spider.course.{k}')} {number(int(counts[k]), lang)}" for k in LOOKS if k in counts.index
        )
        name = compartment_label(study, c, lang, text(lang, "whole_patient"))
        middle = percent(float(last.median()), lang, signed=True) if len(last) else "–"
        panels.append(
            text(
                lang,
                "spider.alt.panel",
                compartment=name,
                n=number(len(last), lang),
                median=middle,
                courses=courses or "–",
            )
        )
    return text(lang, "spider.alt", panels=" ".join(panels))


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    return " ".join([text(lang, "spider.caption"), *_notes(data, study, lang)])
