"""Waterfall plot of one compartment: the best change of the sum of diameters, one bar a patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from ..tables.io import conform
from . import style
from .contracts import WATERFALL
from .counts import primary_readings, response_column
from .language import compartment_label, language, number, percent
from .texts import notice, text

LOOKS: dict[str, dict[str, Any]] = {
    "CR": {"facecolor": style.BLUE, "hatch": ""},
    "PR": {"facecolor": style.SKY, "hatch": "////"},
    "SD": {"facecolor": "#D4D4D4", "hatch": ""},
    "NON-CR/NON-PD": {"facecolor": style.PALE, "hatch": "...."},
    "PD": {"facecolor": style.VERMILION, "hatch": "\\\\\\\\"},
    "NE": {"facecolor": "white", "hatch": ""},
    "NED": {"facecolor": "white", "hatch": "...."},
    "MISSING": {"facecolor": "white", "hatch": "----"},
}
REASONS = ("no_reading", "no_baseline", "no_targets", "no_assessment", "no_sum")
LIMIT = 100.0
SLOTS = 14
LABELLED, HATCHED = 20, 130
FLAT = 0.7
"""Percent; a bar that is lower than this cannot be seen, so a square stands for it."""


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any], compartment: str) -> pd.DataFrame:
    """Return the bars of a compartment, largest increase first, then the patients without a bar.

    Parameters
    ----------
    tables : mapping
        `cohort`, `best_responses` and `timepoint_responses`.
    study : mapping
        The resolved study file.
    compartment : str
        Id of the compartment.

    Returns
    -------
    DataFrame
        `contracts.WATERFALL`, one row an included patient.
    """
    cohort, points = tables["cohort"], tables["timepoint_responses"]
    best = primary_readings(tables, study)
    best = best[best["compartment"] == compartment]
    included = cohort.loc[cohort["included"], ["patient_id"]].drop_duplicates()
    best = best.astype({"has_baseline": "boolean", "targets": "Int64", "timepoints": "Int64"})
    frame = included.merge(
        best[["patient_id", "has_baseline", "targets", "timepoints", response_column(study), "best_change_percent"]],
        on="patient_id", how="left",
    )  # fmt: skip
    frame = frame.rename(columns={response_column(study): "response", "best_change_percent": "change_percent"})
    new = points[
        (points["compartment"] == compartment)
        & (points["evaluator"] == study["primary_evaluator"])
        & points["new_lesion"]
        & points["counted"]
        & (points["overall_response"] == "PD")
    ]
    frame["new_lesion"] = frame["patient_id"].isin(new["patient_id"])
    tests = [
        frame["has_baseline"].isna(),
        ~frame["has_baseline"].fillna(False),
        frame["targets"].fillna(0) == 0,
        frame["timepoints"].fillna(0) == 0,
    ]
    why = np.select([t.to_numpy(dtype=bool) for t in tests], REASONS[:4], default=REASONS[4]).astype(object)
    frame["no_bar"] = pd.Series(why, index=frame.index, dtype=object).where(frame["change_percent"].isna(), None)
    for column, order in (("response", [*reversed(LOOKS)]), ("no_bar", [*REASONS])):
        places = pd.Categorical(frame[column].astype(object), categories=order).codes
        frame[f"_{column}"] = places.astype("int64")
    frame = frame.sort_values(
        ["_no_bar", "change_percent", "_response", "patient_id"],
        ascending=[True, False, True, True], kind="stable", ignore_index=True,
    )  # fmt: skip
    frame.insert(0, "position", range(1, len(frame) + 1))
    return conform(frame, WATERFALL)


def _thresholds(study: Mapping[str, Any], lang: str) -> tuple[float, float, str, str]:
    pr, pd_ = -study["response"]["pr_decrease_percent"], study["response"]["pd_increase_percent"]
    return pr, pd_, percent(pr, lang, signed=True), percent(pd_, lang, signed=True)


def _notes(frame: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    bars, none = frame[frame["change_percent"].notna()], frame[frame["change_percent"].isna()]
    _, _, pr, pd_ = _thresholds(study, lang)
    confirmation = study["response"].get("primary_confirmation", "unconfirmed")
    first = [
        text(lang, "waterfall.colours", confirmation=text(lang, f"waterfall.{confirmation}")),
        text(lang, "waterfall.thresholds", pr=pr, pd=pd_),
    ]
    drawn, others = int(bars["new_lesion"].sum()), int(none["new_lesion"].sum())
    if drawn:
        first.append(text(lang, "waterfall.new_lesion_note", n=number(drawn, lang)))
    if len(bars) <= HATCHED and (bars["change_percent"].abs() < FLAT).any():
        first.append(text(lang, "waterfall.flat", limit=percent(FLAT, lang, 1)))
    cut = bars[bars["change_percent"] > LIMIT]
    if len(cut):
        first.append(
            text(
                lang, "waterfall.cut", limit=percent(LIMIT, lang, signed=True), n=number(len(cut), lang),
                largest=percent(cut["change_percent"].max(), lang, signed=True),
            )
        )  # fmt: skip
    notes = [" ".join(first)]
    if len(none):
        counts = none["no_bar"].value_counts()
        reasons = ", ".join(
            text(
                lang, f"waterfall.no_bar.{reason}", n=number(int(counts[reason]), lang),
                evaluator=study["primary_evaluator"],
            )
            for reason in REASONS
            if reason in counts.index
        )  # fmt: skip
        words = text(lang, "waterfall.no_bar", n=number(len(none), lang), reasons=reasons)
        if others:
            words += " " + text(lang, "waterfall.new_lesion_others", n=number(others, lang))
        notes.append(words)
    return notes


def _bars(x: np.ndarray, heights: np.ndarray, width: float) -> Path:
    """Return all bars of one colour as one path: thousands of bars cost no more than a few."""
    left, right, zero = x - width / 2, x + width / 2, np.zeros_like(x)
    around = ((left, zero), (left, heights), (right, heights), (right, zero), (left, zero))
    corners = np.stack([np.stack(corner, axis=1) for corner in around], axis=1)
    codes = np.array([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], dtype=Path.code_type)
    return Path(corners.reshape(-1, 2), np.tile(codes, len(x)))


def title(study: Mapping[str, Any], compartment: str) -> str:
    """Return the heading of the figure."""
    lang = language(study)
    name = compartment_label(study, compartment, lang, text(lang, "whole_patient"))
    return text(lang, "waterfall.title", compartment=name)


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any], compartment: str) -> Figure:
    """Draw the waterfall plot of a compartment from its table."""
    lang = language(study)
    bars = data[data["change_percent"].notna()]
    n, marked = len(bars), bool(bars["new_lesion"].any())
    pr, pd_, pr_text, pd_text = _thresholds(study, lang)
    present = [r for r in LOOKS if (bars["response"] == r).any()]
    fine = n > HATCHED
    entries = []
    for r in present:
        look = {**LOOKS[r], "edgecolor": style.BLACK, "linewidth": 0.4}
        if fine:
            look["hatch"] = ""
        words = text(lang, f"waterfall.response.{r}")
        count = number(int((bars["response"] == r).sum()), lang)
        entries.append((look, f"{words if r.startswith('NON') else f'{r} {words}'} ({count})"))

    marks = text(lang, "waterfall.new_lesion")
    left, right, plot = max(20.0, style.width_mm(marks, style.SMALL_PT) + 3.5), style.DOUBLE_MM - 13.0, 68.0
    edges = style.MARGIN_MM, style.DOUBLE_MM - style.MARGIN_MM
    legend = style.Page.entry_rows([w for _, w in entries], *edges) * style.line_mm() + 2.0
    strip = 4.0 if marked else 0.0
    page = style.Page(
        legend + plot + strip + 5.5,
        title(study, compartment),
        _notes(data, study, lang),
        notice(study),
    )
    if entries:
        page.entries(0.0, entries, *edges)

    ax = page.axes(left, legend, right - left, plot)
    spare = max(SLOTS - n, 0) / 2
    ax.set_xlim(0.5 - spare - 0.3, n + 0.5 + spare + 0.3)
    room = 9.0 if n <= LABELLED else 3.0
    ax.set_ylim(-LIMIT - room, LIMIT + room)
    ticks = range(-100, 101, 25)
    ax.set_yticks(ticks, [number(t, lang, signed=True) for t in ticks])
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.set_ylabel(text(lang, "waterfall.y"))
    for level, words in ((pd_, pd_text), (pr, pr_text)):
        ax.axhline(level, color=style.BLACK, linewidth=0.6, linestyle=(0, (4, 3)), zorder=1)
        page.text(
            right + 1.2, legend + plot * (LIMIT + room - level) / (2 * (LIMIT + room)) - style.line_mm() / 2, words
        )
    x = bars["position"].to_numpy(dtype="float64")
    heights = np.minimum(bars["change_percent"].to_numpy(dtype="float64"), LIMIT)
    for r in present:
        of = (bars["response"] == r).to_numpy(dtype=bool)
        look = dict(LOOKS[r])
        if fine:
            edge = style.GREY if look["facecolor"] == "white" else look["facecolor"]
            look.update(hatch="", edgecolor=edge, linewidth=0.15)
        else:
            look.update(edgecolor=style.BLACK, linewidth=0.4)
        ax.add_patch(PathPatch(_bars(x[of], heights[of], 1.0 if fine else 0.8), zorder=2, **look))
    ax.axhline(0, color=style.BLACK, linewidth=0.6, zorder=3)
    for r in [] if fine else present:
        flat = (bars["response"] == r).to_numpy(dtype=bool) & (np.abs(heights) < FLAT)
        ax.plot(
            x[flat], np.zeros(flat.sum()), linestyle="none", marker="s", markersize=2.6, zorder=4,
            markerfacecolor=LOOKS[r]["facecolor"], markeredgecolor=style.BLACK, markeredgewidth=0.4,
        )  # fmt: skip
    if 0 < n <= LABELLED:
        for at, height, value in zip(x, heights, bars["change_percent"], strict=True):
            ax.text(
                at, height + (2 if value >= 0 else -2), number(value, lang, signed=True), ha="center",
                va="bottom" if value >= 0 else "top", fontsize=style.SMALL_PT, zorder=4,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
            )  # fmt: skip
    if n == 0:
        words = text(lang, "waterfall.empty")
        ax.text(0.5, 0.75, words, transform=ax.transAxes, ha="center", va="center", color=style.GREY)
    below = legend + plot
    if marked:
        row = page.axes(left, below, right - left, strip)
        row.set_axis_off()
        row.set_xlim(ax.get_xlim())
        row.set_ylim(0, 1)
        at = x[bars["new_lesion"].to_numpy(dtype=bool)]
        look = {"marker": "|", "markersize": 6, "markeredgewidth": 0.4} if fine else {"marker": "^", "markersize": 4}
        row.plot(at, np.full(len(at), 0.5), linestyle="none", color=style.BLACK, **look)
        top = below + strip / 2 - style.line_mm(style.SMALL_PT) / 2
        page.text(left - 1.5, top, marks, size=style.SMALL_PT, align="right")
    included = text(lang, "waterfall.x", bars=number(n, lang), included=number(len(data), lang))
    page.text((left + right) / 2, below + strip + 1.5, included, align="center")
    return page.figure


def alt(data: pd.DataFrame, study: Mapping[str, Any], compartment: str) -> str:
    """Say in words what the plot shows."""
    lang = language(study)
    name = compartment_label(study, compartment, lang, text(lang, "whole_patient"))
    change = data["change_percent"].dropna()
    if change.empty:
        return text(lang, "waterfall.alt.empty", compartment=name, included=number(len(data), lang))
    bars = data[data["change_percent"].notna()]
    pr, pd_, pr_text, pd_text = _thresholds(study, lang)
    counts = bars["response"].value_counts()
    responses = ", ".join(
        f"{text(lang, f'waterfall.response.{r}')} {number(int(counts[r]), lang)}" for r in LOOKS if r in counts.index
    )
    return text(
        lang, "waterfall.alt", compartment=name, bars=number(len(change), lang),
        included=number(len(data), lang), largest=percent(change.max(), lang, signed=True),
        smallest=percent(change.min(), lang, signed=True), pr=pr_text, pd=pd_text,
        low=number(int((change <= pr).sum()), lang), high=number(int((change >= pd_).sum()), lang),
        responses=responses, new=number(int(bars["new_lesion"].sum()), lang),
        none=number(len(data) - len(change), lang),
    )  # fmt: skip


def caption(data: pd.DataFrame, study: Mapping[str, Any], compartment: str) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    name = compartment_label(study, compartment, lang, text(lang, "whole_patient"))
    return " ".join([text(lang, "waterfall.caption", compartment=name), *_notes(data, study, lang)])
