"""Contracts of the tables that validation makes."""

from __future__ import annotations

from .model import Column, Table

ROW_COUNTS = Table(
    "row_counts",
    "one registry table",
    "read = after_cut + accepted + quarantined; nothing else happens to a row.",
    (
        Column("table", "string", "registry table", required=True),
        Column("read", "int", "rows in the registered cut", required=True),
        Column("after_cut", "int", "rows dated after the cut, which do not count", required=True),
        Column("accepted", "int", "rows that may be analysed", required=True),
        Column("quarantined", "int", "rows kept out, each with a finding", required=True),
    ),
    key=("table",),
)

SEVERITY = Column(
    "severity", "string", "error keeps the row out, warning and info only flag it", required=True,
    allowed=("error", "warning", "info"),
)  # fmt: skip

FINDINGS = Table(
    "findings",
    "one rule that one record fails",
    "What is wrong with which record, and what became of it. Values that identify are masked.",
    (
        Column("finding_id", "string", "stable name: hash of rule and record", required=True),
        Column("table", "string", "registry table", required=True),
        Column("record_id", "string", "record", required=True),
        Column("patient_id", "string", "pseudonym, where the record has one"),
        Column("centre", "string", "treating centre, where known"),
        Column("rule", "string", "id of the rule", required=True),
        SEVERITY,
        Column("columns", "string", "columns the rule looks at, comma separated", required=True),
        Column("observed", "string", "values seen there, `column=value`, comma separated"),
        Column("message", "string", "what is wrong, for the person who can mend it", required=True),
        Column("disposition", "string", "what became of the record", required=True,
               allowed=("quarantined", "flagged")),
    ),
    key=("table", "record_id", "rule"),
)  # fmt: skip

RULE_COUNTS = Table(
    "rule_counts",
    "one rule",
    "How many rows each rule looked at and how many failed it.",
    (
        Column("rule", "string", "id of the rule", required=True),
        Column("table", "string", "registry table", required=True),
        SEVERITY,
        Column("checked", "int", "rows looked at", required=True),
        Column("failed", "int", "rows that failed", required=True),
        Column("description", "string", "what the rule asks", required=True),
    ),
    key=("rule", "table"),
)

GATE = Table(
    "gate",
    "one condition of the gate",
    "Whether the cut may be analysed: each condition, what was seen and what is allowed.",
    (
        Column("condition", "string", "id of the condition", required=True),
        Column("table", "string", "registry table, if the condition is about one"),
        Column("centre", "string", "treating centre, if the condition is about one"),
        Column("observed", "float", "value seen", required=True),
        Column("limit", "float", "largest (or smallest) value allowed", required=True),
        Column("passed", "bool", "whether it holds", required=True),
        Column("message", "string", "what it means", required=True),
        Column("released_by", "string", "who answers for a condition that does not hold (quality.release)"),
        Column("released_because", "string", "and why"),
    ),
    key=("condition",),
)
