"""Whom other censoring rules change: a section of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..figures.language import compartment_label, label, language, number
from ..figures.texts import text as figure_text
from ..tables.results_survival import STATUSES
from .cells import asked, code, escape, table
from .hidden import few, hidden_note, small
from .questions import question
from .texts import text

COLUMNS = ["endpoint", "compartment", "rule_set", "study_status", "study_reason_code", "status", "reason_code"]


def status_changes(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> str:
    """Return how many patients each set of censoring rules gives another time or status, by why.

    As the primary evaluator read; the table `status_changes` names the patients and says both reasons in words.
    """
    lang, changes = language(study), tables["status_changes"]
    mine = changes[changes["evaluator"] == study["primary_evaluator"]]
    if mine.empty:
        return text(lang, "changes.empty")
    counts = mine.groupby(COLUMNS, observed=True).size().rename("n").reset_index()
    places = {
        "endpoint": [e["id"] for e in study["endpoints"]],
        "compartment": [c["id"] for c in study["compartments"]],
        "rule_set": list(study["survival"]["rule_sets"]),
    }
    counts = counts.sort_values(
        COLUMNS, key=lambda c: c.map(_place(places[str(c.name)])) if str(c.name) in places else c, kind="stable"
    )
    whole = figure_text(lang, "whole_patient")
    names = {e["id"]: label(e.get("label"), lang, e["id"]) for e in study["endpoints"]}
    statuses = {s: text(lang, f"changes.{s}") for s in STATUSES}
    colon = "\u00a0:" if lang == "fr" else ":"
    rows = [
        [
            escape(names.get(r["endpoint"], r["endpoint"])),
            escape(compartment_label(study, r["compartment"], lang, whole)),
            code(r["rule_set"]),
            f"{statuses[r['study_status']]}{colon} {code(r['study_reason_code'])}",
            f"{statuses[r['status']]}{colon} {code(r['reason_code'])}",
            few(study, lang)
            if small(r["n"], study)
            else asked(number(int(r["n"]), lang), question("changes", *(r[c] for c in COLUMNS))),
        ]
        for r in counts.to_dict("records")
    ]
    headings = [text(lang, f"changes.{c}") for c in ("endpoint", "compartment", "rules", "study", "other", "n")]
    intro = text(lang, "changes.intro", evaluator=escape(study["primary_evaluator"]))
    return "\n\n".join(
        [intro, table(headings, rows, right=(5,), note=text(lang, "note.changes") + hidden_note(study, lang))]
    )


def _place(order: list[str]) -> Any:
    return lambda value: order.index(value) if value in order else len(order)
