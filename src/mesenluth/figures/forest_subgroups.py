"""Forest plot of subgroups: the primary proportion, and the hazard ratio of progression-free survival beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ..tables.grouping import in_order
from . import style
from .forest import in_table, line, own, row_words, share_words
from .forest_drawing import beyond, draw_rows
from .language import compartment_label, label, language, number, percent
from .names import progression_free
from .texts import CATALOGUE, text


def level_label(level: str, lang: str) -> str:
    """Return a level of a subgroup as it is printed."""
    return CATALOGUE[lang].get(f"forest.level.{level}", level)


def _ratio_words(row: Mapping[Any, Any] | None, shown: bool, lang: str) -> str:
    if row is None:
        return text(lang, "forest.reference" if shown else "forest.not_shown")
    if pd.isna(row["estimate"]):
        return text(lang, "forest.not_estimable")
    low, high = (number(float(row[k]), lang, 2) for k in ("ci_low", "ci_high"))
    return f"{number(float(row['estimate']), lang, 2)} ({low}–{high})"


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the levels of each subgroup in the primary compartment; panel 2 has hazard ratios, if there are any."""
    lang, rows = language(study), own(tables["estimates"], study)
    rows = rows[rows["compartment"] == study["primary"]["compartment"]]
    shares = rows[(rows["endpoint"] == study["primary"]["endpoint"]) & (rows["statistic"] == "proportion")]
    survival = progression_free(study)
    times = rows[rows["endpoint"] == (survival["id"] if survival else "")]
    lines = _whole(shares, study, lang)
    for subgroup in study["subgroups"]:
        mine = shares[shares["subgroup"] == subgroup["id"]]
        of_times = times[(times["subgroup"] == subgroup["id"]) & times["level"].notna()]
        found = [*mine["level"].dropna(), *(v for v in of_times["level"].unique() if v not in set(mine["level"]))]
        if not found:
            continue
        head = {"heading": True, "label": label(subgroup["label"], lang, subgroup["id"]), "subgroup": subgroup["id"]}
        lines.append((line(**head), line(**head, panel=2, unit="hazard ratio")))
        for level in in_order(subgroup, found):
            lines.append(_line(level, subgroup["id"], mine, of_times, lang))
    panels = 2 if len(times[times["statistic"].isin(["hazard_ratio", "events"]) & times["subgroup"].notna()]) else 1
    return in_table([each[i] for i in range(panels) for each in lines])


def _whole(shares: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the line of all patients, if the study has levels to set beside it."""
    mine = shares[shares["subgroup"].isna() & (shares["method"] == study["statistics"]["proportion_interval"])]
    mine = mine[mine["population"].isin(["included", "symptomatic"])]
    if mine.empty or shares["subgroup"].isna().all():
        return []
    row, name = mine.iloc[0].to_dict(), text(lang, "forest.all")
    numbers = {k: row[k] for k in ("numerator", "denominator", "estimate", "ci_low", "ci_high")}
    return [(line(label=name, text=share_words(row, lang), **numbers), line(label=name, panel=2, unit="hazard ratio"))]


def _line(
    level: str, subgroup: str, shares: pd.DataFrame, times: pd.DataFrame, lang: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    about = {"label": level_label(level, lang), "subgroup": subgroup, "level": level}
    share = shares[shares["level"] == level].to_dict("records")
    of_share: dict[str, Any] = {}
    if share:
        keys = ("endpoint", "compartment", "numerator", "denominator", "estimate", "ci_low", "ci_high")
        of_share = {k: share[0][k] for k in keys} | {"text": share_words(share[0], lang)}
    mine = times[times["level"] == level]
    ratio = mine[mine["statistic"] == "hazard_ratio"].to_dict("records")
    shown = bool((mine["statistic"] == "median").any())
    of_ratio: dict[str, Any] = {}
    if len(mine):
        row = ratio[0] if ratio else None
        of_ratio = {"text": _ratio_words(row, shown, lang) if level != "not known" or not shown else None}
        of_ratio |= {k: mine[k].iloc[0] for k in ("endpoint", "compartment")}
        of_ratio |= {k: row[k] for k in ("estimate", "ci_low", "ci_high")} if row else {}
    return line(**about, **of_share), line(**about, **of_ratio, panel=2, unit="hazard ratio")


def _names(study: Mapping[str, Any], lang: str) -> dict[str, str]:
    labels = {e["id"]: label(e["label"], lang, e["id"]) for e in study["endpoints"]}
    survival, primary = progression_free(study), study["primary"]
    whole = text(lang, "whole_patient")
    return {
        "endpoint": labels.get(primary["endpoint"], primary["endpoint"]),
        "survival": labels[survival["id"]] if survival else "–",
        "compartment": compartment_label(study, primary["compartment"], lang, whole),
    }


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    lang = language(study)
    return text(lang, "forest.subgroups.title", compartment=_names(study, lang)["compartment"])


def _notes(data: pd.DataFrame, study: Mapping[str, Any]) -> list[str]:
    lang, statistics, names = language(study), study["statistics"], _names(study, language(study))
    confidence, method = percent(100 * statistics["confidence"], lang), statistics["proportion_interval"]
    notes = [text(lang, "forest.subgroups.note", confidence=confidence, method=method, **names)]
    notes.append(text(lang, "forest.small", below=statistics["small_cell_below"]))
    rate = _rate(study)
    if rate is not None:
        digits = 0 if float(100 * rate).is_integer() else 1
        notes.append(text(lang, "forest.rate", rate=percent(100 * rate, lang, digits)))
    if beyond(data):
        notes.append(text(lang, "forest.cut"))
    return [" ".join(notes)]


def _rate(study: Mapping[str, Any]) -> float | None:
    hypothesis = study["primary"].get("hypothesis")
    return float(hypothesis["rate_percent"]) / 100 if hypothesis else None


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the figure from its table."""
    names = _names(study, language(study))
    headings = (names["endpoint"], names["survival"])
    return draw_rows(data, study, title(study), _notes(data, study), _rate(study), headings)


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the figure shows."""
    lang = language(study)
    names = _names(study, lang)
    rows = row_words(data, lang)
    return text(lang, "forest.subgroups.alt", endpoint=names["endpoint"], survival=names["survival"], rows=rows)


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    return " ".join([text(lang, "forest.subgroups.caption", **_names(study, lang)), *_notes(data, study)])
