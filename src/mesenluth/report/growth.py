"""Growth of the tumours before and under treatment, one line a compartment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..endpoints.words import SIGN, WILCOXON, p_text
from ..figures.language import compartment_label, language
from ..figures.texts import text as figure_text
from .cells import escape, table
from .texts import text

RATES = ("growth_before", "growth_early", "growth_change")


def growth_table(estimates: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return medians and quartiles of the growth rates and how many patients they are of; empty without such rows."""
    lang = language(study)
    own = (estimates["definition"] == "study") & (estimates["evaluator"] == study["primary_evaluator"])
    found = estimates[own & estimates["statistic"].isin([*RATES, "growth_test"])]
    if found.empty:
        return ""
    rows = []
    for (_, compartment), mine in found.groupby(["endpoint", "compartment"], sort=False):
        cells = [escape(compartment_label(study, compartment, lang, figure_text(lang, "whole_patient")))]
        for statistic in RATES:
            line = mine[(mine["statistic"] == statistic) & (mine["method"] == "median")].iloc[0]
            cells.append(escape(text(lang, "growth.rate", rate=line["text"], n=int(line["numerator"]))))
        tests = mine[mine["statistic"] == "growth_test"].set_index("method")["p_value"]
        cells += [p_text(tests[m]) if pd.notna(tests[m]) else "" for m in (SIGN, WILCOXON)]
        rows.append(cells)
    headings = [text(lang, f"growth.{c}") for c in ("compartment", "before", "early", "change", "sign", "wilcoxon")]
    return "\n\n".join(
        [text(lang, "growth.intro"), table(headings, rows, right=(4, 5), note=text(lang, "note.growth"))]
    )
