"""The patients' data inside the page: columns of JSON, packed, so that opening the page unpacks none of it.

One block holds who stands behind each number. The readings lie in blocks of some patients each, and a block is unpacked
when one of its patients is looked at.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...figures.language import compartment_label, label, language
from ...figures.texts import text as figure_text
from ...response import rules
from ..page.build import Held
from ..texts import text
from .answers import Answers

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]
FILES = Path(__file__).parent
WORDS = {
    w: w for w in ("patients", "patient", "more", "origin", "lesions", "show", "yes", "no")
} | {"excluded": "excluded_by"}  # fmt: skip
LATER = {field: f"{{{field}}}" for field in ("n", "id", "date", "criterion")}
"""Fields of these words that the page fills in."""
PER_BLOCK = 100
LEVEL = 6
"""Of gzip: more makes the page hardly smaller and takes longer."""


@dataclass(frozen=True)
class Part:
    """A table of a patient: the table it is from, its columns, and by which it is sorted."""

    table: str
    columns: tuple[str, ...]
    by: tuple[str, ...]


PARTS = {
    "best": Part("best_responses", (
        "compartment", "evaluator", "best_response", "best_response_date", "confirmed_response", "baseline_mm",
        "smallest_mm", "best_change_percent", "rule", "reason",
    ), ("compartment", "evaluator")),
    "timepoints": Part("timepoint_responses", (
        "compartment", "evaluator", "timepoint", "assessment_date", "day", "baseline_mm", "nadir_mm", "sum_mm",
        "change_from_baseline_percent", "change_from_nadir_percent", "new_lesion", "overall_response", "counted",
        "rule", "sentence",
    ), ("compartment", "evaluator", "timepoint")),
    "lesions": Part("lesion_changes", (
        "compartment", "evaluator", "timepoint", "lesion_id", "role", "assessment_date", "status", "diameter_mm",
        "imputed", "baseline_mm", "change_percent", "record_ids",
    ), ("evaluator", "timepoint", "lesion_id")),
    "times": Part("time_to_event", (
        "endpoint", "compartment", "evaluator", "rule_set", "origin_date", "end_date", "time_months", "status",
        "reason_code",
    ), ("endpoint", "compartment", "evaluator", "rule_set")),
    "metabolic": Part("metabolic_responses", (
        "compartment", "baseline_value", "best_value", "category", "response", "rule", "sentence",
    ), ("compartment",)),
    "density": Part("best_density_responses", ("compartment", "evaluator", "best_response", "reason"),
                    ("compartment", "evaluator")),
    "growth": Part("growth_rates", (
        "compartment", "evaluator", "period", "from_date", "to_date", "sum_from_mm", "sum_to_mm",
        "growth_percent_per_month", "reason", "record_ids",
    ), ("compartment", "evaluator", "period")),
    "clinical": Part("clinical_responses", ("symptoms_at_baseline", "improved", "worsened", "visit_date", "response",
                                            "rule", "reason"), ()),
    "complications": Part("complications", ("term", "ctcae_grade", "start_date", "days_since_administration", "rule",
                                            "record_ids"), ("start_date",)),
    "eligibility": Part("eligibility", ("criterion", "status"), ("position",)),
    "findings": Part("findings", ("table", "record_id", "rule", "severity", "observed", "message", "disposition"),
                     ("table", "record_id", "rule")),
}  # fmt: skip
"""What the page tells of a patient, in its order."""


def _rule_texts() -> dict[str, str]:
    every = (
        *rules.TIMEPOINT_RULES, *rules.BEST_RULES, *rules.METABOLIC_RULES, *rules.CLINICAL_RULES,
        *rules.COMPLICATION_RULES,
    )  # fmt: skip
    return {rule.id: f"{rule.text} ({rule.section})" for rule in every}


def _column(values: pd.Series, words: Mapping[str, str] | None) -> list[Any]:
    """Return a column as JSON holds it: dates as text, numbers as they are read (percent to 0.1), nothing as null."""
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_float_dtype(values):
        values = values.round(1 if "percent" in str(values.name) else 3)
    elif words is not None:
        values = values.map(lambda v: words.get(v, v), na_action="ignore")
    return [None if pd.isna(v) else v for v in values.astype(object).tolist()]


def _labels(study: Study, lang: str) -> dict[str, dict[str, str]]:
    whole = figure_text(lang, "whole_patient")
    ids = [*(c["id"] for c in study["compartments"]), "whole_patient"]
    return {
        "compartment": {c: compartment_label(study, c, lang, whole) for c in ids},
        "endpoint": {e["id"]: label(e.get("label"), lang, e["id"]) for e in study["endpoints"]},
        "criterion": {
            c["id"]: label(c.get("label"), lang, c["id"]) for c in study["population"]["eligibility"]
        },
    }  # fmt: skip


def details(tables: Tables, study: Study) -> list[dict[str, list[list[list[Any]]]]]:
    """Return the blocks: of each table of `PARTS` the rows of each of the block's patients, in the cohort's order."""
    patients = tables["cohort"]["patient_id"].reset_index(drop=True)
    place = pd.Series(np.arange(len(patients)), index=patients)
    called = _labels(study, language(study))
    blocks: list[dict[str, list[list[list[Any]]]]] = [{} for _ in range(0, len(patients), PER_BLOCK)]
    for name, part in PARTS.items():
        frame = tables[part.table]
        frame = frame[frame["patient_id"].isin(place.index)]
        frame = frame.assign(place=frame["patient_id"].map(place).astype("int64"))
        frame = frame.sort_values(["place", *part.by], kind="stable")
        columns = [_column(frame[c], called.get(c)) for c in part.columns]
        rows = [list(row) for row in zip(*columns, strict=True)]
        starts = np.searchsorted(frame["place"].to_numpy(), np.arange(len(patients) + 1))
        for number, block in enumerate(blocks):
            first = number * PER_BLOCK
            of_block = range(first, min(first + PER_BLOCK, len(patients)))
            block[name] = [rows[starts[i] : starts[i + 1]] for i in of_block]
    return blocks


def pack(content: Any) -> str:
    """Return JSON, compressed, as text: the same content gives the same text."""
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(gzip.compress(plain, LEVEL, mtime=0)).decode("ascii")


def index(answers: Answers, questions: Iterable[str]) -> dict[str, Any]:
    """Return who stands behind each number; lists of patients that are the same are held once."""
    pool: dict[bytes, int] = {}
    lists: list[list[int]] = []
    found: dict[str, Any] = {}
    for question, answer in answers.all_of(questions).items():
        groups = []
        for words, who in answer.groups:
            key = who.tobytes()
            if key not in pool:
                pool[key] = len(lists)
                # Differences of one place to the next are small numbers and pack well.
                lists.append(np.diff(who, prepend=0).tolist())
            groups.append([words, pool[key]])
        found[question] = [answer.title, groups]
    cohort, study, lang = answers.cohort, answers.study, answers.lang
    called = _labels(study, lang)
    return {
        "answers": found,
        "lists": lists,
        "patients": {
            "id": cohort["patient_id"].tolist(),
            "centre": cohort["centre"].tolist(),
            "origin": _column(cohort["origin_date"], None),
            "excluded": _column(cohort["excluded_by"], called["criterion"]),
        },
        "parts": {name: [text(lang, f"ask.part.{name}"), list(part.columns)] for name, part in PARTS.items()},
        "columns": {c: text(lang, f"ask.column.{c}") for part in PARTS.values() for c in part.columns},
        "whole": called["compartment"]["whole_patient"],
        "rules": _rule_texts(),
        "perBlock": PER_BLOCK,
    }


def _dialog(lang: str) -> str:
    close, back = (escape(text(lang, f"ask.{w}")) for w in ("close", "back"))
    return (
        '<dialog id="ask" aria-labelledby="ask-title"><div class="ask-head">'
        f'<button type="button" class="ask-back" hidden>{back}</button>'
        '<h2 id="ask-title" tabindex="-1"></h2>'
        f'<button type="button" class="ask-close">{close}</button></div><div class="ask-body"></div></dialog>'
    )


def _data(name: str, content: str) -> str:
    return f'<script type="text/plain" id="{name}">{content}</script>'


def hold(tables: Tables, study: Study, questions: list[str]) -> Held:
    """Return what an internal page holds of patients.

    Parameters
    ----------
    tables : mapping of DataFrame
        The tables of `names.ASK_INPUTS`.
    study : mapping
        The resolved study file.
    questions : list of str
        What the numbers of the page ask.
    """
    lang = language(study)
    found = index(Answers(tables, study), questions)
    words = json.dumps(
        {w: text(lang, f"ask.{k}", **LATER) for w, k in WORDS.items()}, ensure_ascii=False, sort_keys=True
    )
    parts = [_dialog(lang), _data("ask-words", words.replace("<", "\\u003c")), _data("ask-index", pack(found))]
    parts += [_data(f"ask-{i}", pack(block)) for i, block in enumerate(details(tables, study))]
    style, script = ((FILES / name).read_text(encoding="utf-8") for name in ("ask.css", "ask.js"))
    return Held(frozenset(found["answers"]), "\n".join(parts), style, script)
