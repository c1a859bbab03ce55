"""Best change from baseline in two compartments of the same patients: one line a patient, responders marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from ..tables.io import STRING, conform
from . import slopes, style
from .contracts import PAIRED_CHANGES
from .counts import primary_readings, response_column
from .language import compartment_label, language, number, percent
from .names import pair
from .texts import notice, text

LOOKS: dict[str, dict[str, Any]] = {
    "neither": {"edgecolor": style.LIGHT, "linestyle": "-", "linewidth": 0.6},
    "second_only": {"edgecolor": style.BLUE, "linestyle": "-", "linewidth": 1.2},
    "first_only": {"edgecolor": style.VERMILION, "linestyle": (0, (4, 1.5)), "linewidth": 1.2},
    "both": {"edgecolor": style.BLACK, "linestyle": (0, (1, 1)), "linewidth": 1.6},
}
"""Who responded where, in the order of drawing."""
MARKERS = {"first": "o", "second": "s"}
MOST = 100.0
PLOT_MM, LEFT_MM, WIDTH_MM = 76.0, 15.0, 100.0


def categories(study: Mapping[str, Any]) -> list[str]:
    """Return the best responses that make a responder: those of the primary endpoint, or of the first of its kind."""
    found = [e for e in study.get("endpoints") or [] if e.get("kind") == "response"]
    primary = (study.get("primary") or {}).get("endpoint")
    found.sort(key=lambda e: e["id"] != primary)
    return list(found[0]["categories"]) if found else ["CR", "PR"]


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return best change and best response of every included patient in both compartments.

    Parameters
    ----------
    tables : mapping
        `cohort` and `best_responses`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `contracts.PAIRED_CHANGES`, one row an included patient.
    """
    cohort, best = tables["cohort"], primary_readings(tables, study)
    patients = cohort.loc[cohort["included"], "patient_id"].drop_duplicates().sort_values()
    frame = pd.DataFrame({"patient_id": patients.astype(STRING).to_numpy()})
    responded = {}
    for name, compartment in zip(MARKERS, pair(study), strict=True):
        mine = best[best["compartment"] == compartment].set_index("patient_id")
        frame[f"{name}_compartment"] = compartment
        change = mine["best_change_percent"].astype("float64").reindex(patients)
        frame[f"{name}_change_percent"] = change.to_numpy(dtype="float64")
        response = mine[response_column(study)].astype(STRING).reindex(patients)
        frame[f"{name}_response"] = response.array
        responded[name] = response.isin(categories(study)).to_numpy(dtype=bool)
    first, second = responded["first"], responded["second"]
    frame["responded"] = np.select(
        [first & second, first, second], ["both", "first_only", "second_only"], "neither"
    ).astype(object)
    first, second = (frame[f"{name}_change_percent"].isna().to_numpy(dtype=bool) for name in MARKERS)
    why = np.select([first & second, first, second], ["neither", "no_first", "no_second"], "").astype(object)
    frame["no_line"] = pd.Series(why, dtype=object).where(why != "", None)
    frame["position"] = range(1, len(frame) + 1)
    return conform(frame, PAIRED_CHANGES)


def _names(study: Mapping[str, Any], lang: str) -> tuple[str, str]:
    first, second = (compartment_label(study, c, lang, text(lang, "whole_patient")) for c in pair(study))
    return first, second


def _limits(drawn: pd.DataFrame, study: Mapping[str, Any]) -> tuple[float, float]:
    values = drawn[["first_change_percent", "second_change_percent"]].to_numpy(dtype="float64").ravel()
    return slopes.limits(values, study["response"]["pr_decrease_percent"], 10, MOST)


def _group_words(study: Mapping[str, Any], lang: str) -> dict[str, str]:
    first, second = _names(study, lang)
    return {g: text(lang, f"paired.{g}", first=first, second=second) for g in LOOKS}


def _notes(data: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    drawn, none = data[data["no_line"].isna()], data[data["no_line"].notna()]
    confirmation = study["response"].get("primary_confirmation", "unconfirmed")
    words = [
        text(lang, "paired.responders", categories=f" {text(lang, 'paired.or')} ".join(categories(study)),
             confirmation=text(lang, f"waterfall.{confirmation}")),
        text(lang, "paired.threshold", pr=percent(-study["response"]["pr_decrease_percent"], lang, signed=True)),
    ]  # fmt: skip
    low, high = _limits(drawn, study)
    values = drawn[["first_change_percent", "second_change_percent"]].to_numpy(dtype="float64")
    beyond = values[(values < low) | (values > high)]
    if len(beyond):
        words.append(
            text(lang, "paired.beyond", n=number(len(beyond), lang), high=percent(high, lang, signed=True),
                 largest=percent(beyond.max(), lang, signed=True))
        )  # fmt: skip
    notes = [" ".join(words)]
    if len(none):
        responders = int((none["responded"] != "neither").sum())
        said = [text(lang, "paired.no_line", n=number(len(none), lang))]
        said += [text(lang, "paired.no_line_responders", n=number(responders, lang))] if responders else []
        notes.append(" ".join(said))
    return notes


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    lang = language(study)
    first, second = _names(study, lang)
    return text(lang, "paired.title", first=first, second=second)


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the figure from its table."""
    lang = language(study)
    drawn = data[data["no_line"].isna()]
    low, high = _limits(drawn, study)
    line, names = style.line_mm(), _names(study, lang)
    column_lines = [style.wrap(n, WIDTH_MM / 2 - 1, bold=True) for n in names]
    responders = [number(int(drawn["responded"].isin(["both", f"{m}_only"]).sum()), lang) for m in MARKERS]
    below = [
        [*lines, text(lang, "paired.n_responders", n=n)] for lines, n in zip(column_lines, responders, strict=True)
    ]
    height = PLOT_MM + 1.5 + line * max(len(b) for b in below) + 1.0
    page = style.Page(height, title(study), _notes(data, study, lang), notice(study))
    left = style.MARGIN_MM + LEFT_MM
    ax = page.axes(left, 0.0, WIDTH_MM, PLOT_MM)
    slopes.prepare(ax, low, high, lang)
    ax.set_ylabel(text(lang, "waterfall.y"))
    pr = -study["response"]["pr_decrease_percent"]
    ax.axhline(pr, color=style.BLACK, linewidth=0.6, linestyle=(0, (4, 3)), zorder=1)
    fine = len(drawn) > slopes.FINE
    values = [drawn[f"{m}_change_percent"].to_numpy(dtype="float64") for m in MARKERS]
    ends = [np.clip(v, low, high) for v in values]
    group = drawn["responded"].to_numpy(dtype=object)
    for order, (name, look) in enumerate(LOOKS.items(), 2):
        of = group == name
        if fine:
            look = {**look, "linewidth": 0.15 if name == "neither" else 0.4, "linestyle": "-"}
        ax.add_patch(PathPatch(slopes.segments(ends[0][of], ends[1][of]), facecolor="none", zorder=order, **look))
    for x, marker in enumerate(MARKERS):
        of = np.isin(group, ["both", f"{marker}_only"])
        ax.plot([x] * int(of.sum()), ends[x][of], linestyle="none", marker=MARKERS[marker], markersize=2 if fine else 4,
                markerfacecolor="white", markeredgecolor=style.BLACK, markeredgewidth=0.8, zorder=7)  # fmt: skip
        slopes.at_edge(ax, x, values[x], low, high)
    if drawn.empty:
        words = text(lang, "paired.empty")
        ax.text(0.5, 0.8, words, transform=ax.transAxes, ha="center", va="center", color=style.GREY)
    for place, lines in zip((0.25, 0.75), below, strict=True):
        at = page.lines(left + place * WIDTH_MM, PLOT_MM + 1.5, lines[:-1], align="center", bold=True)
        page.text(left + place * WIDTH_MM, at, lines[-1], align="center")
    _legend(page, group, left + WIDTH_MM + 6.0, study, lang)
    return page.figure


def _legend(page: style.Page, group: np.ndarray, x: float, study: Mapping[str, Any], lang: str) -> None:
    y, right = 4.0, style.DOUBLE_MM - style.MARGIN_MM
    y = page.lines(x, y, style.wrap(text(lang, "paired.legend"), right - x, bold=True), bold=True) + 1.0
    for name, words in reversed(_group_words(study, lang).items()):
        look, middle = LOOKS[name], y + style.line_mm() / 2
        page.line((x, x + 8), (middle, middle), color=look["edgecolor"], linestyle=look["linestyle"],
                  linewidth=look["linewidth"])  # fmt: skip
        counted = f"{words} ({number(int((group == name).sum()), lang)})"
        y = page.lines(x + 10, y, style.wrap(counted, right - x - 10)) + 1.0
    y += 1.5
    for marker, name in zip(MARKERS.values(), _names(study, lang), strict=True):
        page.canvas.plot([x + 4], [y + style.line_mm() / 2], linestyle="none", marker=marker, markersize=4,
                         markerfacecolor="white", markeredgecolor=style.BLACK, markeredgewidth=0.8)  # fmt: skip
        y = page.lines(x + 10, y, style.wrap(text(lang, "paired.mark", compartment=name), right - x - 10)) + 1.0


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the plot shows."""
    lang, (first, second) = language(study), _names(study, language(study))
    drawn = data[data["no_line"].isna()]
    about = {"first": first, "second": second, "n": number(len(drawn), lang), "included": number(len(data), lang)}
    if drawn.empty:
        return text(lang, "paired.alt.empty", **about)
    ranges: dict[str, str] = {}
    for m in MARKERS:
        values = drawn[f"{m}_change_percent"]
        ranges |= {
            f"{m}_low": percent(values.min(), lang, signed=True),
            f"{m}_high": percent(values.max(), lang, signed=True),
        }
    words = _group_words(study, lang)
    groups = ", ".join(f"{words[g]} {number(int((drawn['responded'] == g).sum()), lang)}" for g in reversed(LOOKS))
    return text(lang, "paired.alt", groups=groups, **about, **ranges)


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    first, second = _names(study, lang)
    return " ".join([text(lang, "paired.caption", first=first, second=second), *_notes(data, study, lang)])
