"""Queries to the centres: what each of them is asked about its own records, in plain words.

A query is known again at the next cut by rule, record and the values seen: as long as the centre has not changed them,
an answer that was given once stands, and it is not asked again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..tables.io import conform, empty
from ..tables.labels import column_label, table_label
from ..tables.registry import REGISTRY
from ..tables.results_queries import QUERIES
from .catalogue import Catalogue, Rule, of_study, resolve, shown
from .combine import CONTRADICTION

UNASSIGNED = "unassigned"
CONTRACT_FRENCH = {
    "readable": "{label} : illisible",
    "required": "{label} : valeur manquante",
    "allowed": "{label} : valeur hors de la liste prévue ({allowed})",
    "range": "{label} : valeur hors des limites ({low} à {high})",
    "reference": "{label} : renvoie à un enregistrement absent ou lui-même écarté",
    "unique": "plusieurs enregistrements portent le même identifiant",
}
CONTRADICTION_FRENCH = "la réponse enregistrée n'est pas celle qui se calcule à partir des mesures"


def in_french(rule: Rule, study: Mapping[str, Any]) -> str:
    """Return the message of a rule in French; in English where the catalogue has none in French."""
    if rule.kind not in CONTRACT_FRENCH:
        parameters = resolve(rule, study)
        return (rule.message_fr or rule.message).format(**parameters)
    column = REGISTRY[rule.table].column(rule.columns[0])
    scale = 1000 if column.unit == "um" else 1
    low, high = ("–" if v is None else f"{v / scale:g}".replace(".", ",") for v in (column.minimum, column.maximum))
    return CONTRACT_FRENCH[rule.kind].format(
        label=column_label(rule.table, column.name, "fr"), allowed=", ".join(column.allowed), low=low, high=high
    )


def record_key(record_ids: pd.Series) -> pd.Series:
    """Return source table and key of records: their `record_id` without the hash of the row."""
    return record_ids.str.rsplit(":", n=1).str[0]


def query_ids(findings: pd.DataFrame) -> list[str]:
    """Return the name of each query: the first 12 hex digits of SHA-256 of rule, record and values seen."""
    parts = zip(findings["rule"], record_key(findings["record_id"]), findings["observed"].fillna(""), strict=True)
    return [hashlib.sha256("|".join(map(str, p)).encode()).hexdigest()[:12] for p in parts]


def queries(
    findings: pd.DataFrame, answers: pd.DataFrame, study: Mapping[str, Any], catalogue: Catalogue | None = None
) -> pd.DataFrame:
    """Return what each centre is asked.

    Parameters
    ----------
    findings : DataFrame
        By the contract FINDINGS, of the whole cut. Rows that are out only because another row is are not asked about.
    answers : DataFrame
        By the contract ANSWERS: what the centres have answered so far. Answers to queries that are no longer there are
        left alone.
    study : mapping
        Section quality of the study file (`queries.language`, `queries.severities`) and what rules ask of it.

    Returns
    -------
    DataFrame
        By the contract QUERIES.
    """
    asked = study["quality"]["queries"]
    lang, rules = asked["language"], {r.id: r for r in (catalogue or of_study(study)).rules}
    some = findings[findings["severity"].isin(asked["severities"])]
    # A row that follows another one into quarantine is mended where that one is.
    follows = some["message"].str.contains(" which is itself in quarantine ", regex=False).to_numpy(dtype=bool)
    some = some[~follows].reset_index(drop=True)
    if some.empty:
        return empty(QUERIES)
    names = some[["table", "columns"]].drop_duplicates()
    labels = {
        (t, c): ", ".join(column_label(t, n.strip(), lang) for n in c.split(","))
        for t, c in zip(names["table"], names["columns"], strict=True)
    }
    said = some["message"].astype(object).to_numpy()
    if lang == "fr":
        french = {r: in_french(rules[r], study) for r in some["rule"].unique() if r in rules}
        french[CONTRADICTION] = CONTRADICTION_FRENCH
        said = some["rule"].map(french).to_numpy()
    frame = pd.DataFrame(
        {
            "query_id": query_ids(some),
            "centre": some["centre"].fillna(UNASSIGNED),
            "table": some["table"],
            "record": record_key(some["record_id"]),
            "row_label": [table_label(t, lang) for t in some["table"]],
            "fields": [labels[k] for k in zip(some["table"], some["columns"], strict=True)],
            "observed": [_observed(t, o, lang) for t, o in zip(some["table"], some["observed"], strict=True)],
            "question": said,
            "severity": some["severity"],
            "disposition": some["disposition"],
            "rule": some["rule"],
            "finding_id": some["finding_id"],
        }
    ).drop_duplicates("query_id")
    given = answers.set_index("query_id").reindex(frame["query_id"])
    frame = frame.assign(**{c: given[c].to_numpy() for c in ("answer", "comment", "answered_by", "answered_on")})
    frame["open"] = frame["answer"].isna().to_numpy()
    rank = np.array([asked["severities"].index(s) for s in frame["severity"]])
    frame = frame.assign(_rank=rank).sort_values(["centre", "_rank", "table", "record", "rule"], kind="stable")
    return conform(frame.drop(columns="_rank").sort_values(list(QUERIES.key), kind="stable"), QUERIES)


def _observed(table: str, text: Any, lang: str) -> str:
    """Return the values seen with the columns called as people call them."""
    if not isinstance(text, str):
        return ""
    known = {shown(c)[0]: column_label(table, c.name, lang) for c in REGISTRY[table].columns if c.name != "record_id"}
    return re.sub(
        r"(\w+)=", lambda m: f"{known.get(m[1], m[1].replace('_', ' '))}{' : ' if lang == 'fr' else ': '}", text
    )
