"""Table 1 and the follow-up by centre, as the report prints them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..endpoints.baseline_variables import VARIABLES
from ..figures.language import compartment_label, language, number
from .cells import asked, escape, table
from .hidden import below, hidden_levels, hidden_note, small
from .questions import question
from .texts import known, text

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]


def _name(variable: str, compartment: Any, unit: str, study: Study, lang: str) -> str:
    """Return what a characteristic is called: its compartment and its unit after it."""
    name = known(lang, "variable", variable)
    if pd.notna(compartment):
        where = compartment_label(study, str(compartment), lang, str(compartment))
        name = text(lang, "baseline.name_where", name=name, where=where)
    words = known(lang, "unit", unit)
    return text(lang, "baseline.name_unit", name=name, unit=words) if words else name


def _missing(missing: int, of: int, lang: str) -> str:
    if not missing:
        return "0"
    share = number(100 * missing / of, lang, 1)
    return text(lang, "baseline.share", n=number(missing, lang), percent=share)


def _hidden(rows: pd.DataFrame, study: Study) -> dict[int, str]:
    """Return which lines of Table 1 hide their count, by the position of its first number, and what to say there.

    The levels of a characteristic make up its patients, unless a patient can have several of them.
    """
    counts = rows[(rows["statistic"] == "count") & rows["level"].notna()]
    found: dict[int, str] = {}
    for (variable, _), mine in counts.groupby(["variable", "compartment"], dropna=False):
        values, positions = mine["value"].astype("int64").tolist(), mine["position"].tolist()
        about = VARIABLES.get(str(variable))
        together = about is None or about.kind != "several"
        for i in hidden_levels(values, study) if together else [i for i, n in enumerate(values) if small(n, study)]:
            found[positions[i]] = "count" if small(values[i], study) else "other"
    return found


def _line(lines: pd.DataFrame, study: Study, lang: str, hidden: Mapping[int, str]) -> list[str]:
    """Return one line of Table 1, from the numbers that stand on it."""
    first = lines.iloc[0]
    variable, level = str(first["variable"]), first["level"]
    value = dict(zip(lines["statistic"], lines["value"], strict=True))
    about = VARIABLES.get(variable)
    numeric = about is not None and about.kind == "number"
    name = _name(variable, first["compartment"], str(first["unit"]) if numeric else "", study, lang)
    if pd.notna(first["reason"]):
        printed = text(lang, f"baseline.{first['reason']}")
    elif about is not None and numeric:
        # The smallest and the largest value are each one patient's.
        key = "baseline.number" if below(study) <= 1 else "baseline.quartiles"
        printed = text(lang, key, **{k: number(v, lang, about.decimals) for k, v in value.items()})
    elif first["position"] in hidden:
        printed = text(lang, f"hidden.{hidden[first['position']]}", below=number(below(study), lang))
    elif "percent" in value:
        share = number(value["percent"], lang, 1)
        printed = text(lang, "baseline.share", n=number(value["count"], lang), percent=share)
    else:
        printed = number(value["count"], lang)
    n, missing = int(first["n"]), int(first["missing"])
    level = "" if pd.isna(level) else known(lang, "level", str(level))
    return [*(escape(w) for w in (name, level, printed)), number(n, lang), _missing(missing, n + missing, lang)]


def baseline(tables: Tables, study: Study) -> str:
    """Return Table 1; what is missing is counted on each line."""
    lang = language(study)
    rows = tables["baseline_characteristics"].sort_values("position", kind="stable")
    if rows.empty:
        return text(lang, "baseline.empty")
    lines = rows.groupby(["variable", "compartment", "level"], sort=False, dropna=False)
    hidden = _hidden(rows, study)
    cells = [_line(part, study, lang, hidden) for _, part in lines]
    headings = [text(lang, f"baseline.{c}") for c in ("variable", "level", "value", "n", "missing")]
    intro = "baseline.intro" if below(study) <= 1 else "baseline.intro_quartiles"
    whole = number(int(rows["n"].iloc[0] + rows["missing"].iloc[0]), lang)
    return "\n\n".join(
        [
            text(lang, intro, n=whole),
            table(headings, cells, right=(3, 4), note=text(lang, "note.baseline") + hidden_note(study, lang)),
        ]
    )


def centres(tables: Tables, study: Study) -> str:
    """Return the follow-up by centre; too few patients are not shown."""
    lang, below = language(study), study["statistics"]["small_cell_below"]
    rows = tables["follow_up_by_centre"].sort_values("position", kind="stable")
    if rows.empty:
        return text(lang, "centres.empty")
    cells = []
    for r in rows.to_dict("records"):
        several = text(lang, f"centres.{r['row']}", n=r["centres"]) if r["row"] != "centre" else ""
        name = escape(several or r["centre"])
        if r["reason"] == "small_cell":
            hidden = text(lang, "centres.hidden")
            cells.append([name, text(lang, "centres.small_cell", below=below), hidden, hidden])
            continue
        limits = {
            k: text(lang, "centres.not_reached") if pd.isna(r[c]) else number(r[c], lang, 1)
            for k, c in (("estimate", "estimate"), ("low", "ci_low"), ("high", "ci_high"))
        }
        if r["reason"] == "not_reached" and pd.isna(r["ci_low"]) and pd.isna(r["ci_high"]):
            printed = limits["estimate"]
        else:
            printed = text(lang, "centres.interval", **limits)
        counts = [number(int(r[c]), lang) for c in ("patients", "scans")]
        if r["row"] == "centre":
            counts[0] = asked(counts[0], question("centre", r["centre"]))
        cells.append([name, *counts, printed])
    first = rows.iloc[0]
    confidence = number(100 * first["confidence"], lang, 0 if float(100 * first["confidence"]).is_integer() else 1)
    intro = text(lang, "centres.intro", confidence=confidence, method=first["method"], below=below)
    headings = [text(lang, f"centres.{c}") for c in ("centre", "patients", "scans", "follow_up")]
    return "\n\n".join([escape(intro), table(headings, cells, right=(1, 2), note=text(lang, "note.centres"))])
