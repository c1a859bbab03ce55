"""Contracts of the queries to the centres and of their answers."""

from __future__ import annotations

from .model import Column, Table

ANSWER = Column(
    "answer", "string", "what the centre answered: the value is right (confirmed), has been mended (corrected), cannot be"
    " found out (unknown)", allowed=("confirmed", "corrected", "unknown"),
)  # fmt: skip

QUERIES = Table(
    "queries",
    "one question to one centre about one of its records",
    "What the centres are asked; `query_id` stays the same from cut to cut while rule, record and values do.",
    (
        Column("centre", "string", "centre that is asked", required=True),
        Column("query_id", "string", "stable name: hash of rule, record and values seen", required=True),
        Column("table", "string", "registry table", required=True),
        Column("record", "string", "the centre's own record: source table and key", required=True),
        Column("row_label", "string", "what the record is, in plain words", required=True),
        Column("fields", "string", "fields to look at, in plain words", required=True),
        Column("observed", "string", "values seen there"),
        Column("question", "string", "what is wrong", required=True),
        Column("severity", "string", "error keeps the row out, warning and info only flag it", required=True,
               allowed=("error", "warning", "info")),
        Column("disposition", "string", "what became of the record", required=True, allowed=("quarantined", "flagged")),
        Column("rule", "string", "id of the rule", required=True),
        Column("finding_id", "string", "the finding asked about", required=True),
        ANSWER,
        Column("comment", "string", "what the centre added"),
        Column("answered_by", "string", "who answered"),
        Column("answered_on", "string", "when, as the centre wrote it"),
        Column("open", "bool", "not answered yet", required=True),
    ),
    key=("centre", "query_id"),
)  # fmt: skip

ANSWERS = Table(
    "answers",
    "one answer to one query",
    "What the centres have answered, as their files came back.",
    (
        Column("query_id", "string", "the query", required=True),
        ANSWER,
        Column("comment", "string", "what the centre added"),
        Column("answered_by", "string", "who answered"),
        Column("answered_on", "string", "when, as the centre wrote it"),
    ),
    key=("query_id",),
)
