"""Swimmer plot: the course of each included patient, one lane a patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..endpoints.cohorts import deaths, last_known_alive, new_therapies
from ..endpoints.months import months
from ..tables.io import conform
from . import style
from .contracts import SWIMMER
from .kaplan_meier import tick_step
from .language import compartment_label, language, number
from .names import compartments
from .texts import notice, text

EVER = pd.Timestamp.max.floor("D")
"""Tables hold nothing later than the cut, so that no date needs to be left out here."""
MOST, TICKS = 90, 12
BESIDE = 0.34
"""Distance of the marks of two compartments, in lanes."""
LANE_MM, LEAST_MM, AXIS_MM, LEFT_MM, RIGHT_MM = 2.1, 14.0, 9.0, 8.0, 5.0
COLOURS = (style.VERMILION, style.BLUE, style.GREEN, style.PURPLE, style.ORANGE)
FILLED, OPEN = ("o", "s", "D", "p", "h"), ("^", "v", "<", "d", "8")


def _parts(study: Mapping[str, Any]) -> list[str]:
    """Return the compartments that are marked: those of the study, or the whole patient where it has none."""
    return compartments(study)[:-1] or compartments(study)


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return what is drawn of each patient, longest follow-up first.

    Parameters
    ----------
    tables : mapping
        The tables of `names.INPUTS`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `contracts.SWIMMER`: one row for the end of each lane and one for each mark on it.
    """
    cohort = tables["cohort"]
    of = cohort.loc[cohort["included"], ["patient_id", "origin_date"]]
    dead = deaths(tables["follow_up"], EVER)
    seen = last_known_alive({n: t for n, t in tables.items() if n not in ("cohort", "timepoint_responses")}, EVER)
    ends = of.assign(date=of["patient_id"].map(dead).fillna(of["patient_id"].map(seen)))
    died = ends["patient_id"].isin(dead.index)
    ends = ends.assign(layer=np.where(died, "death", "ongoing"))

    given = tables["administrations"].rename(columns={"administration_date": "date"})
    begun = new_therapies(tables["therapies"], of, study["response"]["new_therapies"], EVER)
    marks = [
        ends[["patient_id", "date", "layer"]],
        given[["patient_id", "date"]].assign(layer="cycle"),
        begun.rename("date").reset_index().assign(layer="new_therapy"),
    ]
    points = tables["timepoint_responses"]
    points = points[(points["evaluator"] == study["primary_evaluator"]) & points["compartment"].isin(_parts(study))]
    for layer, shown, column in (
        ("response", points["counted"] & points["overall_response"].isin(["CR", "PR"]), "response_date"),
        ("progression", points["overall_response"] == "PD", "progression_date"),
    ):
        first = points[shown].groupby(["patient_id", "compartment"], observed=True)[column].min()
        marks.append(first.rename("date").reset_index().assign(layer=layer))
    frame = pd.concat([m for m in marks if len(m)] or marks[:1], ignore_index=True).merge(of, on="patient_id")
    frame = frame[frame["date"].notna()].reset_index(drop=True)
    days = (frame["date"] - frame["origin_date"]).dt.days.astype("float64")
    frame["months"] = months(frame["origin_date"], days, study)
    frame = frame[(frame["months"] >= 0) | frame["layer"].isin(["death", "ongoing"])]
    length = frame[frame["layer"].isin(["death", "ongoing"])].set_index("patient_id")["months"]
    order = length.reset_index().sort_values(["months", "patient_id"], ascending=[False, True], kind="stable")
    lanes = pd.Series(range(1, len(order) + 1), index=order["patient_id"])
    frame["lane"] = frame["patient_id"].map(lanes)
    frame = frame[frame["lane"].notna()].astype({"lane": "int64"})
    drawn = np.unique(np.linspace(1, max(len(lanes), 1), min(len(lanes), MOST)).round().astype("int64"))
    frame["drawn"] = frame["lane"].isin(drawn)
    if "compartment" not in frame:
        frame["compartment"] = None
    frame = frame.sort_values(["lane", "months", "layer", "compartment"], kind="stable", ignore_index=True)
    frame["position"] = frame.groupby("lane").cumcount() + 1
    return conform(frame.reindex(columns=SWIMMER.column_names), SWIMMER)


def _marks(study: Mapping[str, Any], lang: str) -> list[tuple[str, str | None, str, dict[str, Any]]]:
    """Return layer, compartment, words and look of every kind of mark."""
    edge = {"markeredgecolor": style.BLACK, "markeredgewidth": 0.4}
    found: list[tuple[str, str | None, str, dict[str, Any]]] = [
        ("cycle", None, text(lang, "swimmer.cycle"),
         {"marker": "|", "markersize": 4.5, "markeredgewidth": 0.8, "color": style.BLACK}),
    ]  # fmt: skip
    for layer, shapes in (("response", FILLED), ("progression", OPEN)):
        for i, c in enumerate(_parts(study)):
            name = compartment_label(study, c, lang, text(lang, "whole_patient"))
            look = {"marker": shapes[i % 5], "markersize": 3.8, "markerfacecolor": COLOURS[i % 5], **edge}
            found.append((layer, c, text(lang, f"swimmer.{layer}", compartment=name), look))
    found += [
        ("new_therapy", None, text(lang, "swimmer.new_therapy"),
         {"marker": "P", "markersize": 4.2, "markerfacecolor": style.YELLOW, **edge}),
        ("death", None, text(lang, "swimmer.death"),
         {"marker": "X", "markersize": 4.2, "markerfacecolor": style.BLACK, **edge}),
        ("ongoing", None, text(lang, "swimmer.ongoing"),
         {"marker": ">", "markersize": 3.0, "markerfacecolor": "white", **edge}),
    ]  # fmt: skip
    return found


def _notes(frame: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    notes = [text(lang, "swimmer.note", evaluator=study["primary_evaluator"])]
    n, shown = frame["lane"].nunique(), frame.loc[frame["drawn"], "lane"].nunique()
    if shown < n:
        notes.append(text(lang, "swimmer.thinned", shown=number(shown, lang), n=number(n, lang)))
    return [" ".join(notes)]


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "swimmer.title")


def _legend(page: style.Page, marks: list, y: float, width: float) -> None:
    x, line = style.MARGIN_MM, style.line_mm()
    for _, _, words, look in marks:
        wide = 4.5 + style.width_mm(words)
        if x > style.MARGIN_MM and x + wide > width:
            x, y = style.MARGIN_MM, y + line
        page.line((x + 1.6,), (y + line / 2,), linestyle="none", **look)
        page.text(x + 4.5, y, words)
        x += wide + 4.0


def _legend_rows(marks: list, width: float) -> int:
    x, rows = style.MARGIN_MM, 1
    for _, _, words, _ in marks:
        wide = 4.5 + style.width_mm(words)
        if x > style.MARGIN_MM and x + wide > width:
            x, rows = style.MARGIN_MM, rows + 1
        x += wide + 4.0
    return rows


def _lanes(ax: Axes, drawn: pd.DataFrame, marks: list, parts: list[str]) -> None:
    ends = drawn[drawn["layer"].isin(["death", "ongoing"])]
    ax.barh(ends["row"], ends["months"].clip(lower=0), height=0.62, color="#D4D4D4", zorder=1)
    for layer, compartment, _, look in marks:
        of = drawn[drawn["layer"] == layer]
        of = of if compartment is None else of[of["compartment"] == compartment]
        # Compartments stand one above the other, so that marks of one day are all seen.
        up = BESIDE * (parts.index(compartment) - (len(parts) - 1) / 2) if compartment in parts else 0.0
        # The arrow stands beyond the end of the bar, all else on its day.
        aside = 0.008 * ax.get_xlim()[1] if layer == "ongoing" else 0.0
        ax.plot(
            of["months"].clip(lower=0) + aside,
            of["row"] + up,
            linestyle="none",
            zorder=5 if layer != "cycle" else 3,
            clip_on=False,
            **look,
        )


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the swimmer plot from its table."""
    lang = language(study)
    drawn = data[data["drawn"]]
    lanes = sorted(drawn["lane"].unique().tolist())
    drawn = drawn.assign(row=drawn["lane"].map({lane: i for i, lane in enumerate(lanes, 1)}).astype("float64"))
    marks = _marks(study, lang)
    edge, line = style.DOUBLE_MM - style.MARGIN_MM, style.line_mm()
    legend = _legend_rows(marks, edge) * line + 2.0
    plot = max(LANE_MM * len(lanes), LEAST_MM)
    page = style.Page(legend + plot + AXIS_MM, title(study), _notes(data, study, lang), notice(study))
    _legend(page, marks, 0.0, edge)
    left = style.MARGIN_MM + LEFT_MM
    width = edge - RIGHT_MM - left
    ax = page.axes(left, legend, width, plot)
    longest = max(float(drawn["months"].max()) if len(drawn) else 0.0, 3.0) * 1.02
    step = tick_step(longest, TICKS)
    ticks = np.arange(0, longest + 1e-9, step)
    ax.set_xlim(0, longest)
    ax.set_ylim(max(len(lanes), 1) + 0.6, 0.4)
    ax.set_xticks(ticks, [number(t, lang) for t in ticks])
    ax.set_yticks([])
    if lanes:
        _lanes(ax, drawn, marks, _parts(study))
        words = text(lang, "swimmer.y")
        if style.width_mm(words) < plot:
            ax.set_ylabel(words)
    else:
        words = text(lang, "swimmer.empty")
        ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color=style.GREY)
    page.text(left + width / 2, legend + plot + 4.2, text(lang, "swimmer.x"), align="center")
    return page.figure


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the plot shows."""
    lang = language(study)
    ends = data[data["layer"].isin(["death", "ongoing"])]
    parts = []
    for c in _parts(study):
        of = data[data["compartment"] == c]
        parts.append(
            text(
                lang, "swimmer.alt.compartment",
                compartment=compartment_label(study, c, lang, text(lang, "whole_patient")),
                responses=number(int((of["layer"] == "response").sum()), lang),
                progressions=number(int((of["layer"] == "progression").sum()), lang),
            )
        )  # fmt: skip
    return text(
        lang, "swimmer.alt", n=number(len(ends), lang), compartments=" ".join(parts),
        median=number(float(ends["months"].median()) if len(ends) else np.nan, lang, 1),
        deaths=number(int((ends["layer"] == "death").sum()), lang),
        therapies=number(int((data["layer"] == "new_therapy").sum()), lang),
    )  # fmt: skip


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    return " ".join([text(lang, "swimmer.caption"), *_notes(data, study, lang)])
