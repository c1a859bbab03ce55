"""Times of two compartments of the same patients, compared, one line a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..figures.language import compartment_label, label, language
from ..figures.texts import text as figure_text
from .cells import escape, table
from .texts import known, text

PAIRED_SURVIVAL = ("paired_patients", "restricted_mean_difference", "hazard_ratio", "progressed_first")
"""Statistics that this section prints, in its order."""


def paired_survival(estimates: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the comparisons of compartments by the readings of the primary evaluator; empty where there are none."""
    lang = language(study)
    mine = estimates[estimates["statistic"].isin(PAIRED_SURVIVAL) & estimates["population"].eq("disease_in_both")]
    mine = mine[mine["evaluator"] == study["primary_evaluator"]]
    if mine.empty:
        return ""
    places = {"endpoint": [e["id"] for e in study["endpoints"]], "definition": ["study"], "statistic": PAIRED_SURVIVAL}
    ranks = {
        f"{column}_rank": [order.index(v) if v in order else len(order) for v in mine[column]]
        for column, order in places.items()
    }
    by = ["endpoint_rank", "compartment", "definition_rank", "definition", "statistic_rank", "method"]
    headings = ["endpoint", "compartment", "definition", "statistic", "text", "method", "remark"]
    rows = [_cells(r, study, lang) for r in mine.assign(**ranks).sort_values(by, kind="stable").to_dict("records")]
    return "\n\n".join(
        [
            text(lang, "paired.intro"),
            table([text(lang, f"paired.{h}") for h in headings], rows, note=text(lang, "note.paired")),
        ]
    )


def _cells(row: Mapping[Any, Any], study: Mapping[str, Any], lang: str) -> list[str]:
    labels = {e["id"]: label(e.get("label"), lang, e["id"]) for e in study["endpoints"]}
    whole = figure_text(lang, "whole_patient")
    compartments = " vs ".join(compartment_label(study, c, lang, whole) for c in row["compartment"].split(" vs "))
    statistic = known(lang, "statistic", row["statistic"])
    deaths = known(lang, "definition", row["definition"])
    method = row["method"]
    if pd.notna(row["test"]):
        method = row["test"] if row["method"] in row["test"] else f"{row['method']}; {row['test']}"
    if row["statistic"] in ("paired_patients", "progressed_first"):
        deaths = ""
    if row["statistic"] == "paired_patients":
        method = ""
    cells = [labels.get(row["endpoint"], row["endpoint"]), compartments, deaths, statistic, row["text"], method]
    return [escape(c) for c in [*cells, row["reason"]]]
