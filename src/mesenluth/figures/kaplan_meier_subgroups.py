"""Kaplan-Meier figure of the subgroups: progression-free survival of the primary compartment, one panel a subgroup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from . import style
from .contracts import KAPLAN_MEIER_SUBGROUPS
from .forest_subgroups import level_label
from .kaplan_meier import (
    LOOKS,
    TICKS_NARROW,
    Panel,
    arrange,
    axis_words,
    curve_rows,
    gathered,
    origin_of,
    panel_width,
    tick_step,
)
from .language import compartment_label, label, language, number, percent
from .names import progression_free
from .texts import notice, text


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the curves of each subgroup's levels, the numbers at risk and the summaries.

    Parameters
    ----------
    tables : mapping
        `subgroup_curves` and `estimates`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `contracts.KAPLAN_MEIER_SUBGROUPS`. A subgroup of which no level is shown has no rows.
    """
    endpoint, compartment = _endpoint(study), study["primary"]["compartment"]
    curves, estimates = tables["subgroup_curves"], tables["estimates"]
    curves = curves[(curves["endpoint"] == endpoint["id"]) & (curves["compartment"] == compartment)]
    estimates = estimates[
        (estimates["endpoint"] == endpoint["id"])
        & (estimates["compartment"] == compartment)
        & estimates["subgroup"].notna()
    ]
    parts: list[pd.DataFrame] = []
    for panel, subgroup in enumerate(study["subgroups"], 1):
        of = curves[curves["subgroup"] == subgroup["id"]]
        mine = estimates[estimates["subgroup"] == subgroup["id"]]
        longest = max(float(of["time_months"].max()) if len(of) else 0.0, 1.0)
        step = tick_step(longest, TICKS_NARROW)
        tests = mine.loc[mine["statistic"] == "subgroup_test", "p_value"]
        levels = of.sort_values("position", kind="stable")["level"].drop_duplicates()
        for place, level in enumerate(levels, 1):
            curve = of[of["level"] == level].sort_values("time_months", kind="stable")
            medians = mine[(mine["level"] == level) & (mine["statistic"] == "median")]
            about = {"panel": panel, "endpoint": endpoint["id"], "curve": place, "compartment": compartment,
                     "subgroup": subgroup["id"], "level": level}  # fmt: skip
            rows = curve_rows(curve, about, medians.iloc[0] if len(medians) else None, longest, step, study)
            rows[-1]["p_value"] = float(tests.iloc[0]) if len(tests) and pd.notna(tests.iloc[0]) else None
            parts += rows
    return gathered(parts, KAPLAN_MEIER_SUBGROUPS)


def _endpoint(study: Mapping[str, Any]) -> Mapping[str, Any]:
    found = progression_free(study)
    if found is None:
        raise AssertionError("a study without progression-free survival has no such figure")
    return found


def _names(study: Mapping[str, Any], lang: str) -> dict[str, str]:
    endpoint = _endpoint(study)
    part = compartment_label(study, study["primary"]["compartment"], lang, text(lang, "whole_patient"))
    return {"endpoint": label(endpoint.get("label"), lang, endpoint["id"]), "compartment": part}


def _p(value: float, lang: str) -> str:
    return f"< {number(0.001, lang, 3)}" if value < 0.001 else f"= {number(value, lang, 3)}"


def _notes(data: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    first, points = [], data[data["layer"] == "point"]
    banded = points[points["ci_low"] < points["ci_high"]]
    if len(banded):
        methods = ", ".join(sorted(banded["method"].dropna().unique()))
        confidence = percent(100 * study["statistics"]["confidence"], lang)
        first.append(text(lang, "km.band", confidence=confidence, method=methods))
    if len(points):
        first.append(text(lang, "km.ticks"))
    below = number(study["statistics"]["small_cell_below"], lang)
    return (
        [" ".join(first), text(lang, "subgroups.note", below=below)]
        if first
        else [text(lang, "subgroups.note", below=below)]
    )


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    lang = language(study)
    return text(lang, "subgroups.title", **_names(study, lang))


def _heading(study: Mapping[str, Any], panel: pd.DataFrame, place: int, lang: str) -> str:
    subgroup = study["subgroups"][place - 1]
    words = f"{chr(64 + place)}   {label(subgroup.get('label'), lang, subgroup['id'])}"
    tests = panel.loc[panel["layer"] == "summary", "p_value"].dropna()
    return f"{words}, {text(lang, 'subgroups.logrank', p=_p(float(tests.iloc[0]), lang))}" if len(tests) else words


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the figure from its table."""
    lang, endpoint = language(study), _endpoint(study)
    places = sorted(data["panel"].unique().tolist())
    if not places:
        page = style.Page(12.0, title(study), _notes(data, study, lang), notice(study))
        page.text(style.DOUBLE_MM / 2, 4.0, text(lang, "subgroups.empty"), align="center", colour=style.GREY)
        return page.figure
    columns = 1 if len(places) == 1 else 2
    panels = []
    for place in places:
        mine = data[data["panel"] == place]
        levels = mine[mine["layer"] == "summary"].sort_values("curve")
        curves = [
            (int(i), level_label(str(name), lang), LOOKS[(int(i) - 1) % len(LOOKS)])
            for i, name in zip(levels["curve"], levels["level"], strict=True)
        ]
        heading = _heading(study, mine, place, lang)
        panels.append(
            Panel(
                mine,
                study,
                heading,
                axis_words(endpoint, lang),
                panel_width(columns),
                origin_of(endpoint, study),
                curves,
            )
        )
    return arrange(panels, columns, title(study), _notes(data, study, lang), notice(study))


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the figure shows."""
    lang, panels = language(study), []
    for place in sorted(data["panel"].unique().tolist()):
        mine = data[data["panel"] == place]
        levels = mine[mine["layer"] == "summary"].sort_values("curve")
        curves = "; ".join(
            f"{level_label(str(name), lang)}, {str(words).replace(chr(10), ', ')}"
            for name, words in zip(levels["level"], levels["text"], strict=True)
        )
        panels.append(f"{_heading(study, mine, place, lang)[4:]} – {curves}.")
    words = " ".join(panels) or text(lang, "subgroups.empty")
    return text(lang, "subgroups.alt", panels=words, **_names(study, lang))


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    return " ".join([f"{title(study)}.", *_notes(data, study, lang)])
