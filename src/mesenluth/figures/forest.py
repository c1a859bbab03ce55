"""Forest plot of every proportion of the study with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ..tables.io import conform
from . import style
from .contracts import FOREST
from .forest_drawing import draw_rows
from .language import compartment_label, label, language, number, percent
from .texts import text

HEADLINE = {"clinical": "symptomatic"}
"""Population of the headline proportion of an endpoint, by its kind, where it is not `included`."""


def share_words(row: Mapping[Any, Any], lang: str) -> str:
    """Return a share as it is printed beside its line: ``2/52 (3.8 %)``."""
    if pd.isna(row["estimate"]):
        return text(lang, "forest.not_shown" if row["text"] == "not shown" else "forest.not_estimable")
    counts = f"{number(int(row['numerator']), lang)}/{number(int(row['denominator']), lang)}"
    return f"{counts} ({percent(100 * float(row['estimate']), lang, 1)})"


def own(estimates: pd.DataFrame, study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the estimates by the study's own definition, as the primary evaluator read."""
    return estimates[(estimates["definition"] == "study") & (estimates["evaluator"] == study["primary_evaluator"])]


def line(**values: Any) -> dict[str, Any]:
    """Return one line of `contracts.FOREST`; a heading has no estimate."""
    return {"panel": 1, "heading": False, "unit": "proportion", **values}


def in_table(lines: list[dict[str, Any]]) -> pd.DataFrame:
    """Return lines as the table of a forest plot, numbered within each panel."""
    frame = pd.DataFrame(lines, columns=[c for c in FOREST.column_names if c != "position"])
    frame["position"] = frame.groupby("panel").cumcount() + 1 if len(frame) else pd.Series(dtype="int64")
    return conform(frame, FOREST)


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the headline proportions, one a compartment of each endpoint, in the order of the study file."""
    lang, rows = language(study), own(tables["estimates"], study)
    method = study["statistics"]["proportion_interval"]
    rows = rows[(rows["statistic"] == "proportion") & (rows["method"] == method) & rows["subgroup"].isna()]
    whole, lines = text(lang, "whole_patient"), []
    for endpoint in study["endpoints"]:
        mine = rows[rows["endpoint"] == endpoint["id"]]
        mine = mine[mine["population"] == HEADLINE.get(endpoint["kind"], "included")].set_index("compartment")
        order = [c for c in [*(c["id"] for c in study["compartments"]), "whole_patient"] if c in mine.index]
        if not order:
            continue
        lines.append(line(heading=True, label=label(endpoint["label"], lang, endpoint["id"]), endpoint=endpoint["id"]))
        for compartment in order:
            row = mine.loc[compartment].to_dict()
            lines.append(
                line(label=compartment_label(study, compartment, lang, whole), endpoint=endpoint["id"],
                     compartment=compartment, **{k: row[k] for k in ("numerator", "denominator", "estimate")},
                     ci_low=row["ci_low"], ci_high=row["ci_high"], text=share_words(row, lang))
            )  # fmt: skip
    return in_table(lines)


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "forest.title")


def _notes(study: Mapping[str, Any]) -> list[str]:
    lang, statistics = language(study), study["statistics"]
    confidence = percent(100 * statistics["confidence"], lang)
    interval = text(lang, "forest.interval", confidence=confidence, method=statistics["proportion_interval"])
    clinical = any(e["kind"] == "clinical" for e in study["endpoints"])
    return [f"{interval} {text(lang, 'forest.populations' if clinical else 'forest.included')}"]


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the figure from its table."""
    return draw_rows(data, study, title(study), _notes(study))


def row_words(data: pd.DataFrame, lang: str) -> str:
    """Return every line of a forest plot in words, each with the heading above it."""
    said, heading = [], ""
    for row in data.sort_values(["panel", "position"]).to_dict("records"):
        if row["heading"]:
            heading = str(row["label"])
        elif pd.notna(row["text"]):
            name = f"{heading}, {row['label']}" if heading else str(row["label"])
            said.append(text(lang, "forest.alt.row", label=name, text=row["text"]))
    return " ".join(said) or f"{text(lang, 'forest.empty')}."


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the figure shows."""
    lang = language(study)
    return text(lang, "forest.alt", rows=row_words(data, lang))


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    return " ".join([text(language(study), "forest.caption"), *_notes(study)])
