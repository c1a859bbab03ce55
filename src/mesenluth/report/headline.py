"""The endpoints of a study at a glance: proportions by compartment, and times to events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..figures.language import compartment_label, label, language, number
from ..figures.names import RATES
from ..figures.texts import text as figure_text
from .cells import asked, escape, table
from .hidden import of_few
from .questions import of_estimate
from .sentences import sentence
from .texts import known, text

Study = Mapping[str, Any]
WHOLE_PATIENT = "whole_patient"
POPULATIONS = ("symptomatic", "included")
"""Of a proportion, the one of the headline: patients with symptoms where these are asked for, else all."""


def where(compartment: str, study: Study, lang: str) -> str:
    """Return the label of a compartment."""
    return compartment_label(study, compartment, lang, figure_text(lang, WHOLE_PATIENT))


def own(estimates: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the estimates by the study's definitions, of no subgroup, as the primary evaluator read."""
    mine = (estimates["definition"] == "study") & (estimates["evaluator"] == study["primary_evaluator"])
    return estimates[mine & estimates["subgroup"].isna()]


def proportions(estimates: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the headline proportion of each endpoint and compartment, in the order of the study file."""
    mine = own(estimates, study)
    mine = mine[(mine["statistic"] == "proportion") & (mine["method"] == study["statistics"]["proportion_interval"])]
    mine = mine[mine[["numerator", "denominator", "estimate"]].notna().all(axis=1)]
    rank = mine["population"].map({p: i for i, p in enumerate(POPULATIONS)})
    mine = mine[rank.notna()].assign(rank=rank).sort_values("rank", kind="stable")
    mine = mine.drop_duplicates(["endpoint", "compartment"])
    endpoints = [e["id"] for e in study["endpoints"]]
    compartments = [*(c["id"] for c in study["compartments"]), WHOLE_PATIENT]
    order = mine["endpoint"].map(endpoints.index) * 100 + mine["compartment"].map(
        lambda c: compartments.index(c) if c in compartments else len(compartments)
    )
    return mine.assign(order=order).sort_values("order", kind="stable")


def responses(estimates: pd.DataFrame, study: Study) -> str:
    """Return the proportions, one line an endpoint, one column a compartment; empty where the study has none."""
    lang, rows = language(study), proportions(estimates, study)
    if rows.empty:
        return ""
    # An endpoint that names no compartments has one; it stands in a column of its own compartment.
    compartments = [
        c for c in [*(c["id"] for c in study["compartments"]), WHOLE_PATIENT] if (rows["compartment"] == c).any()
    ]
    cells = []
    for endpoint in (e for e in study["endpoints"] if e["kind"] in RATES):
        mine = rows[rows["endpoint"] == endpoint["id"]].set_index("compartment")
        if mine.empty:
            continue
        shown = [
            escape(label(endpoint["label"], lang, endpoint["id"])),
            known(lang, "population", mine["population"].iloc[0]),
        ]
        for c in compartments:
            found = mine.loc[c].to_dict() if c in mine.index else None
            shown.append(_proportion(found, endpoint["id"], c, study, lang) if found else "")
        cells.append(shown)
    method = known(lang, "method", study["statistics"]["proportion_interval"])
    how = text(lang, "note.responses", method=method, confidence=_confidence(study, lang))
    headings = [text(lang, "responses.endpoint"), text(lang, "responses.population")]
    return table([*headings, *(escape(where(c, study, lang)) for c in compartments)], cells, note=how)


def _confidence(study: Study, lang: str) -> str:
    share = 100 * study["statistics"]["confidence"]
    return number(share, lang, 0 if float(share).is_integer() else 1)


def _proportion(row: Mapping[str, Any], endpoint: str, compartment: str, study: Study, lang: str) -> str:
    hidden = of_few(row["denominator"], study, lang)
    if hidden:
        return hidden
    return asked(
        escape(sentence(lang, row["text"])), of_estimate({**row, "endpoint": endpoint, "compartment": compartment})
    )


def times(estimates: pd.DataFrame, study: Study) -> str:
    """Return medians and landmarks, one line an endpoint and compartment; empty where the study has none."""
    lang, mine = language(study), own(estimates, study)
    interval = study["statistics"]["km_interval"]
    mine = mine[mine["statistic"].isin(["events", "median", "landmark"])]
    mine = mine[mine["population"].isin(["included", "responders"])]
    months = list(study["statistics"]["landmarks_months"])
    cells = []
    for endpoint in (e for e in study["endpoints"] if e["kind"] == "time_to_event"):
        for compartment in endpoint["compartments"]:
            here = mine[(mine["endpoint"] == endpoint["id"]) & (mine["compartment"] == compartment)]
            population = "responders" if endpoint.get("origin") == "response" else "included"
            here = here[here["population"] == population]
            events = here[here["statistic"] == "events"]
            if events.empty:
                continue
            first = events.iloc[0].to_dict()
            names = [escape(label(endpoint["label"], lang, endpoint["id"])), escape(where(compartment, study, lang))]
            hidden = of_few(first["denominator"], study, lang)
            if hidden:
                cells.append([*names, hidden, *[""] * (len(months) + 1)])
                continue
            counts = text(
                lang, "times.events", k=number(first["numerator"], lang), n=number(first["denominator"], lang)
            )
            median = here[(here["statistic"] == "median") & (here["method"] == interval)]
            shown = [asked(escape(counts), of_estimate(first))]
            shown.append(
                asked(escape(sentence(lang, median["text"].iloc[0])), of_estimate(first)) if len(median) else ""
            )
            for month in months:
                at = here[(here["statistic"] == "landmark") & (here["time_months"] == month)]
                shown.append(escape(sentence(lang, at["text"].iloc[0])) if len(at) else "")
            cells.append([*names, *shown])
    if not cells:
        return ""
    at_months = [text(lang, "times.at", months=number(m, lang, 0 if float(m).is_integer() else 1)) for m in months]
    headings = [text(lang, f"times.{c}") for c in ("endpoint", "compartment", "of", "median")]
    note = text(
        lang, "note.times", interval=escape(interval), confidence=_confidence(study, lang),
        at_risk=number(study["statistics"]["min_at_risk"], lang),
    )  # fmt: skip
    return table([*headings, *at_months], cells, note=note)
