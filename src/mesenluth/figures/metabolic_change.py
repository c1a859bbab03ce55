"""Metabolic change: the uptake of each compartment at its best scan against that at baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..tables.io import conform
from . import style
from .contracts import METABOLIC_CHANGE
from .language import compartment_label, language, number
from .names import compartments
from .texts import notice, text

PLOT_MM, LEFT_MM, GAP_MM, AXIS_MM, ACROSS = 44.0, 14.0, 9.0, 9.0, 3
GRADES = 4
"""Highest Krenning score."""
LARGEST_PT, FINE = 15.0, 130
BESIDE = 0.27
"""Grades by which two circles of one pair stand aside."""


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return how many patients of each compartment went from which value to which.

    Parameters
    ----------
    tables : mapping
        `cohort` and `metabolic_responses`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `contracts.METABOLIC_CHANGE`. Patients without a value at baseline or after it, and those who are not evaluable
        though they have both (another tracer, say), are counted with both missing.
    """
    cohort, found = tables["cohort"], tables["metabolic_responses"]
    found = found[found["patient_id"].isin(cohort.loc[cohort["included"], "patient_id"])]
    places = {c: i for i, c in enumerate(compartments(study), 1)}
    found = found[found["compartment"].isin(list(places))]
    known = found["baseline_value"].notna() & found["best_value"].notna() & (found["response"] != "not_evaluable")
    frame = pd.DataFrame(
        {
            "panel": found["compartment"].map(places).astype("int64"),
            "compartment": found["compartment"],
            "score": found["score"],
            "baseline_value": found["baseline_value"].where(known),
            "best_value": found["best_value"].where(known),
            "responded": found["response"] == "response",
        }
    )
    keys = list(frame.columns)
    frame = frame.groupby(keys, dropna=False, observed=True).size().rename("patients").reset_index()
    frame = frame.sort_values(keys, kind="stable", ignore_index=True)
    frame.insert(0, "position", range(1, len(frame) + 1))
    return conform(frame.reindex(columns=METABOLIC_CHANGE.column_names), METABOLIC_CHANGE)


def _grades(study: Mapping[str, Any]) -> bool:
    return study["metabolic"]["method"] == "krenning_drop"


def _notes(data: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    words = [text(lang, "metabolic.note")]
    if _grades(study):
        words.append(text(lang, "metabolic.circles"))
    none = data[data["baseline_value"].isna()]
    if len(none):
        counts = ", ".join(
            f"{compartment_label(study, str(c), lang, text(lang, 'whole_patient'))} {number(int(n), lang)}"
            for c, n in none.groupby("compartment", sort=False)["patients"].sum().items()
        )
        words.append(text(lang, "metabolic.none", counts=counts))
    words.append(text(lang, "metabolic.doubt"))
    return [" ".join(words)]


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "metabolic.title")


def _circles(ax: Axes, points: pd.DataFrame, lang: str) -> None:
    """Draw one circle a pair of grades and verdict, its area and its number the patients."""
    most = float(points["patients"].max())
    both = points.duplicated(["baseline_value", "best_value"], keep=False)
    for row, beside in zip(points.to_dict("records"), both, strict=True):
        n, responded = int(row["patients"]), bool(row["responded"])
        # One pair of grades can be a response in one patient and none in another, who has a new lesion.
        aside = (BESIDE if responded else -BESIDE) if beside else 0.0
        at = (float(row["baseline_value"]) + aside, float(row["best_value"]))
        size = LARGEST_PT * np.sqrt(n / max(most, 1.0))
        colour = style.BLUE if responded else style.LIGHT
        ax.plot(at[:1], at[1:], linestyle="none", marker="o", markersize=max(size, 3.0), markerfacecolor=colour,
                markeredgecolor=style.BLACK, markeredgewidth=0.5, zorder=3)  # fmt: skip
        inside = size * style.MM_PER_PT > style.width_mm(number(n, lang)) + 1.0
        ax.annotate(
            number(n, lang), at, xytext=(0, 0) if inside else (0, size / 2 + 4.5),
            textcoords="offset points", ha="center", va="center", zorder=4,
            color="white" if inside and responded else style.BLACK,
        )  # fmt: skip


def _panel(ax: Axes, points: pd.DataFrame, study: Mapping[str, Any], top: float, lang: str) -> None:
    if _grades(study):
        ax.set_xlim(-0.7, GRADES + 0.7)
        ax.set_ylim(-0.7, GRADES + 0.7)
        ticks = [float(t) for t in range(GRADES + 1)]
    else:
        ax.set_xlim(0, top)
        ax.set_ylim(0, top)
        ticks = [float(t) for t in MaxNLocator(4).tick_values(0, top) if t <= top]
    printed = [number(t, lang, 0 if float(t).is_integer() else 1) for t in ticks]
    ax.set_xticks(ticks, printed)
    ax.set_yticks(ticks, printed)
    ends = ax.get_xlim()
    ax.plot(ends, ends, color=style.BLACK, linewidth=0.5, linestyle=(0, (4, 3)), zorder=1)
    known = points[points["baseline_value"].notna()]
    if known.empty:
        words = text(lang, "metabolic.empty")
        ax.text(0.5, 0.8, words, transform=ax.transAxes, ha="center", va="center", color=style.GREY,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0})  # fmt: skip
        return
    if _grades(study):
        _circles(ax, known, lang)
        return
    size = 1.0 if known["patients"].sum() > FINE else 3.2
    for responded, marker, face in ((False, "o", "white"), (True, "s", style.BLUE)):
        of = known[known["responded"] == responded]
        ax.plot(of["baseline_value"], of["best_value"], linestyle="none", marker=marker, markersize=size,
                markerfacecolor=face, markeredgecolor=style.BLACK, markeredgewidth=0.4, zorder=3)  # fmt: skip


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the figure from its table."""
    lang, places = language(study), compartments(study)
    across = min(len(places), ACROSS)
    rows = -(-len(places) // across)
    line, room = style.line_mm(), (style.DOUBLE_MM - 2 * style.MARGIN_MM) / ACROSS
    headings, below = [], []
    for i, c in enumerate(places, 1):
        of = data[data["panel"] == i]
        name = compartment_label(study, c, lang, text(lang, "whole_patient"))
        headings.append(style.wrap(f"{chr(64 + i)}   {name}", room - 4, bold=True))
        responded = number(int(of.loc[of["responded"], "patients"].sum()), lang)
        below.append(text(lang, "metabolic.responded", n=responded, all=number(int(of["patients"].sum()), lang)))
    head, legend = line * max(map(len, headings)) + 1.5, line + 2.5
    height = head + PLOT_MM + AXIS_MM + line + 1.0
    page = style.Page(
        legend + rows * height + GAP_MM / 2 * (rows - 1), title(study), _notes(data, study, lang), notice(study)
    )
    swatches = [
        ({"facecolor": style.BLUE}, "metabolic.response"),
        ({"facecolor": style.LIGHT if _grades(study) else "white"}, "metabolic.no_response"),
    ]
    entries = [(look, text(lang, words)) for look, words in swatches]
    page.entries(0.0, entries, style.MARGIN_MM, style.DOUBLE_MM - style.MARGIN_MM)
    values = data[["baseline_value", "best_value"]].astype("float64").max()
    top = 1.08 * float(np.nanmax([*values, 1.0]))
    scores = data["score"].dropna().unique()
    score = text(lang, "metabolic.grades") if _grades(study) else str(scores[0]) if len(scores) else ""
    for i in range(len(places)):
        row, column = divmod(i, across)
        x, y = style.MARGIN_MM + column * room, legend + row * (height + GAP_MM / 2)
        page.lines(x, y, headings[i], bold=True)
        ax = page.axes(x + LEFT_MM, y + head, PLOT_MM, PLOT_MM)
        _panel(ax, data[data["panel"] == i + 1], study, top, lang)
        if column == 0:
            ax.set_ylabel(text(lang, "metabolic.y", score=score))
        middle, under = x + LEFT_MM + PLOT_MM / 2, y + head + PLOT_MM
        page.text(middle, under + 4.2, text(lang, "metabolic.x", score=score), align="center")
        page.text(middle, under + 4.6 + line, below[i], align="center", colour=style.GREY)
    return page.figure


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the figure shows."""
    lang, panels = language(study), []
    for i, c in enumerate(compartments(study), 1):
        of = data[(data["panel"] == i) & data["baseline_value"].notna()]
        n = {
            "lower": int(of.loc[of["best_value"] < of["baseline_value"], "patients"].sum()),
            "same": int(of.loc[of["best_value"] == of["baseline_value"], "patients"].sum()),
            "higher": int(of.loc[of["best_value"] > of["baseline_value"], "patients"].sum()),
        }
        name = compartment_label(study, c, lang, text(lang, "whole_patient"))
        panels.append(text(lang, "metabolic.alt.panel", compartment=name, **{k: number(v, lang) for k, v in n.items()}))
    return text(lang, "metabolic.alt", panels=" ".join(panels))


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    return " ".join([text(lang, "metabolic.caption"), *_notes(data, study, lang)])
