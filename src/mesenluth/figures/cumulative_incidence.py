"""Cumulative incidence figure: one panel a compartment, one curve a cause, numbers at risk below the axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ..tables.io import conform
from . import style
from .contracts import CUMULATIVE_INCIDENCE
from .kaplan_meier import AXIS_MM, GAP_MM, LINE_MM, PLOT_MM, SAME_TIME, TICKS_NARROW, TICKS_WIDE, tick_step
from .language import compartment_label, label, language, number, percent
from .names import time_to_event_endpoints
from .texts import notice, text

LOOKS: dict[str, tuple[str, Any]] = {
    "progression": (style.VERMILION, "-"),
    "response": (style.VERMILION, "-"),
    "death": (style.BLACK, (0, (1.2, 1))),
    "new_therapy": (style.BLUE, (0, (5, 1.5))),
    "other_compartment_progression": (style.GREEN, (0, (3, 1, 1, 1))),
}
ORDER = list(LOOKS)
AT_RISK_LABEL_MM = 15.0


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the curves, the numbers at risk and what is said of each curve.

    Parameters
    ----------
    tables : mapping
        `incidence` and `estimates`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `contracts.CUMULATIVE_INCIDENCE`, by the study's own censoring rules and the primary evaluator. A curve's
        summary is its incidence at the last landmark at which it is known.
    """
    lang = language(study)
    curves, estimates = (
        frame[frame["evaluator"] == study["primary_evaluator"]] for frame in (tables["incidence"], tables["estimates"])
    )
    curves = curves[curves["rule_set"] == "study"]
    estimates = estimates[(estimates["definition"] == "study") & estimates["estimate"].notna()]
    places = [(e["id"], c) for e in time_to_event_endpoints(study) for c in e.get("compartments") or []]
    shown = curves.groupby(["endpoint", "compartment"], observed=True).groups
    places = [p for p in places if p in shown]
    records: list[dict[str, Any]] = []
    for panel, (endpoint, compartment) in enumerate(places, 1):
        of = curves.loc[shown[endpoint, compartment]]
        longest = max(float(of["time_months"].max()), 1.0)
        causes = sorted(of["cause"].unique(), key=lambda c: (ORDER.index(c) if c in ORDER else len(ORDER), c))
        about = {"panel": panel, "endpoint": endpoint, "compartment": compartment}
        for place, cause in enumerate(causes, 1):
            curve = of[of["cause"] == cause].sort_values("time_months", kind="stable")
            here = {**about, "curve": place, "cause": cause}
            columns = ["time_months", "n_at_risk", "n_event", "incidence", "ci_low", "ci_high", "method"]
            records += [here | {"layer": "point", **r} for r in curve[columns].to_dict("records")]
            n, events = int(curve["n_at_risk"].iloc[0]), int(curve["n_event"].sum())
            marks = estimates[
                (estimates["endpoint"] == endpoint)
                & (estimates["compartment"] == compartment)
                & (estimates["statistic"] == f"incidence_{cause}")
            ].sort_values("time_months", kind="stable")
            summary = here | {"layer": "summary", "time_months": 0.0, "n_at_risk": n, "n_event": events}
            words = text(lang, "cif.events", events=number(events, lang), n=number(n, lang))
            if len(marks):
                last = marks.iloc[-1]
                summary |= {k: last[v] for k, v in (("incidence", "estimate"), ("ci_low", "ci_low"),
                            ("ci_high", "ci_high"), ("method", "method"), ("time_months", "time_months"))}  # fmt: skip
                words += "\n" + _summary(last, lang)
            records.append(summary | {"text": words})
        first = of[of["cause"] == causes[0]].sort_values("time_months", kind="stable")
        ticks = np.arange(0, longest + 1e-9, tick_step(longest, TICKS_WIDE if len(places) == 1 else TICKS_NARROW))
        after = np.searchsorted(first["time_months"].to_numpy(), ticks - SAME_TIME, side="left")
        counts = np.append(first["n_at_risk"].to_numpy(dtype="int64"), 0)[after]
        records += [
            {**about, "curve": 0, "layer": "at_risk", "time_months": float(t), "n_at_risk": int(c)}
            for t, c in zip(ticks, counts, strict=True)
        ]
    frame = conform(pd.DataFrame(records, columns=CUMULATIVE_INCIDENCE.column_names), CUMULATIVE_INCIDENCE)
    return frame.sort_values(list(CUMULATIVE_INCIDENCE.key), kind="stable", ignore_index=True)


def _share(value: float, lang: str) -> str:
    return percent(100 * float(value), lang, 1)


def _summary(row: Any, lang: str) -> str:
    """Return the incidence at a landmark in words."""
    months = number(row["time_months"], lang, 0 if float(row["time_months"]).is_integer() else 1)
    fields = {"months": months, "value": _share(row["estimate"], lang)}
    if pd.isna(row["ci_low"]):
        return text(lang, "cif.at", **fields)
    return text(
        lang, "cif.at_interval", **fields, confidence=percent(100 * row["confidence"], lang),
        low=_share(row["ci_low"], lang), high=_share(row["ci_high"], lang),
    )  # fmt: skip


def _heading(panel: pd.DataFrame, study: Mapping[str, Any], lang: str) -> str:
    """Return the compartment of a panel, after the endpoint where there are several."""
    first = panel.iloc[0]
    place = compartment_label(study, str(first["compartment"]), lang, text(lang, "whole_patient"))
    return f"{_endpoint(str(first['endpoint']), study, lang)}, {place}"


def _endpoint(name: str, study: Mapping[str, Any], lang: str) -> str:
    return next((label(e.get("label"), lang, name) for e in time_to_event_endpoints(study) if e["id"] == name), name)


def _cause(name: str, lang: str) -> str:
    return text(lang, f"cif.cause.{name}")


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "cif.title")


def _notes(data: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[str]:
    points = data[data["layer"] == "point"]
    notes = [text(lang, "cif.adds_up")]
    if (points["ci_low"] < points["ci_high"]).any():
        methods = ", ".join(sorted(points["method"].dropna().unique()))
        notes[0] += " " + text(
            lang, "km.band", confidence=percent(100 * study["statistics"]["confidence"], lang), method=methods
        )
    return notes


def _draw_panel(
    page: style.Page, panel: pd.DataFrame, study: Mapping[str, Any], place: tuple[float, float, float], letter: str
) -> None:
    """Draw one panel with its upper left corner at `place`, as wide as its third number."""
    x, y, width = place
    lang, line = language(study), style.line_mm()
    page.text(x, y, f"{letter}   {_heading(panel, study, lang)}".strip(), bold=True)
    at = y + line + 2.0
    summaries = panel[panel["layer"] == "summary"]
    for row in summaries.to_dict("records"):
        colour, dashes = LOOKS.get(row["cause"], (style.GREY, "-"))
        page.line((x, x + 9), (at + line / 2, at + line / 2), color=colour, linestyle=dashes, linewidth=1.2)
        at = page.lines(x + LINE_MM, at, _legend(row, lang, width))
    at += 2.0
    left = AT_RISK_LABEL_MM
    ax = page.axes(x + left, at, width - left - 4.0, PLOT_MM)
    points, at_risk = panel[panel["layer"] == "point"], panel[panel["layer"] == "at_risk"]
    longest = max(float(points["time_months"].max()), 1.0) * 1.02
    ax.set_xlim(0, longest)
    ax.set_ylim(0, 103)
    ticks = at_risk["time_months"].tolist()
    ax.set_xticks(ticks, [number(t, lang) for t in ticks])
    ax.set_yticks(np.arange(0, 101, 25), [number(v, lang) for v in range(0, 101, 25)])
    ax.set_ylabel(text(lang, "cif.y"))
    for row in summaries.to_dict("records"):
        colour, dashes = LOOKS.get(row["cause"], (style.GREY, "-"))
        curve = points[points["curve"] == row["curve"]]
        t = curve["time_months"].to_numpy(dtype="float64")
        low, value, high = (100 * curve[c].to_numpy(dtype="float64") for c in ("ci_low", "incidence", "ci_high"))
        alpha = 0.08 if colour == style.BLACK else 0.15
        ax.fill_between(t, low, high, step="post", color=colour, alpha=alpha, linewidth=0, zorder=1)
        ax.plot(t, value, drawstyle="steps-post", color=colour, linestyle=dashes, zorder=3, clip_on=False)
    chosen = next((e for e in time_to_event_endpoints(study) if e["id"] == panel.iloc[0]["endpoint"]), {})
    origin = chosen.get("origin") or (study.get("time") or {}).get("origin", "day_0")
    below = at + PLOT_MM
    words = text(lang, "km.x", origin=text(lang, f"km.origin.{origin}"))
    page.text(x + left + (width - left - 4.0) / 2, below + 4.2, words, align="center")
    page.text(x, below + AXIS_MM, text(lang, "km.at_risk"), bold=True)
    for tick, n in zip(at_risk["time_months"], at_risk["n_at_risk"], strict=True):
        where = x + left + (width - left - 4.0) * tick / longest
        page.text(where, below + AXIS_MM + line, number(int(n), lang), align="center")


def _legend(row: Mapping[Any, Any], lang: str, width: float) -> list[str]:
    words = f"{_cause(row['cause'], lang)}, " + str(row["text"])
    return style.wrap(words, width - LINE_MM)


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the cumulative incidence figure from its table."""
    lang, line = language(study), style.line_mm()
    panels = [of for _, of in data.groupby("panel", sort=True)]
    if not panels:
        page = style.Page(line * 2, title(study), [text(lang, "cif.adds_up")], notice(study))
        page.text(style.MARGIN_MM, line / 2, text(lang, "km.empty"), colour=style.GREY)
        return page.figure
    columns = 1 if len(panels) == 1 else 2
    inner = style.DOUBLE_MM - 2 * style.MARGIN_MM
    width = (inner - (columns - 1) * GAP_MM) / columns
    legends = [
        len([line for r in of[of["layer"] == "summary"].to_dict("records") for line in _legend(r, lang, width)])
        for of in panels
    ]
    rows = [list(range(i, min(i + columns, len(panels)))) for i in range(0, len(panels), columns)]
    heights = [line * (max(legends[i] for i in row) + 1) + 4.0 + PLOT_MM + AXIS_MM + 2 * line for row in rows]
    page = style.Page(sum(heights) + GAP_MM * (len(rows) - 1), title(study), _notes(data, study, lang), notice(study))
    y = 0.0
    for row, height in zip(rows, heights, strict=True):
        for column, i in enumerate(row):
            letter = chr(65 + i) if len(panels) > 1 else ""
            # Panels of one row end on one line, so that their axes stand side by side.
            down = line * (max(legends[j] for j in row) - legends[i])
            place = (style.MARGIN_MM + column * (width + GAP_MM), y + down, width)
            _draw_panel(page, panels[i], study, place, letter)
        y += height + GAP_MM
    return page.figure


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the figure shows."""
    lang, panels = language(study), []
    for _, of in data.groupby("panel", sort=True):
        curves = "; ".join(
            f"{_cause(r['cause'], lang)}, {str(r['text']).replace(chr(10), ', ')}"
            for r in of[of["layer"] == "summary"].to_dict("records")
        )
        panels.append(text(lang, "km.alt.panel", endpoint=_heading(of, study, lang), curves=curves))
    return text(lang, "cif.alt", panels=" ".join(panels) or text(lang, "km.empty"))


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    endpoints = ", ".join(_endpoint(e, study, lang) for e in dict.fromkeys(data["endpoint"]))
    return " ".join([text(lang, "cif.caption", endpoints=endpoints), *_notes(data, study, lang)])
