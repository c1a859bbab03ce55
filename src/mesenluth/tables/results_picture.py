"""Contracts of the picture of a registry: completeness, conformance, plausibility, preferences and drift."""

from __future__ import annotations

from .model import Column, Table

TABLE = Column("table", "string", "registry table", required=True)
CENTRE = Column("centre", "string", "treating centre; missing for the whole registry")

PROFILE = Table(
    "profile",
    "one count of one registry table, column and centre",
    "What the registry delivered, in counts that add up over partitions. Before validation: what is wrong is still there.",
    (
        TABLE,
        Column("column", "string", "column; `*` for the row itself", required=True),
        Column("centre", "string", "treating centre; `unassigned` where no patient's record gives one", required=True),
        Column(
            "measure", "string", "what is counted: rows, given (cells with a value), asked (cells that should have one),"
            " missing (asked, without), unreadable (cells), value (of a code, or of a number to two digits), month (of a"
            " date), day (of a month), digit (last digit of whole millimetres), names (cells of a column that holds names,"
            " whose values are not counted; in the parts of a cut alone)", required=True,
            allowed=("rows", "given", "asked", "missing", "unreadable", "value", "month", "day", "digit", "names"),
        ),
        Column("value", "string", "the value counted; empty where none is", required=True),
        Column("n", "int", "how many", required=True),
    ),
    key=("table", "column", "measure", "value", "centre"),
)  # fmt: skip

PICTURE = Table(
    "picture",
    "one field or rule, for the whole registry or one centre",
    "Completeness, conformance and plausibility of the registry (Kahn et al., eGEMs 2016;4:1244).",
    (
        Column(
            "category", "string", "completeness (cells without a value), conformance (cells and rows that break the"
            " contract of the table), plausibility (rows that fail a range or a clinical rule)", required=True,
            allowed=("completeness", "conformance", "plausibility"),
        ),
        TABLE,
        Column("item", "string", "column, or id of the rule", required=True),
        CENTRE,
        Column("checked", "int", "cells or rows looked at; missing where too few to show"),
        Column("failed", "int", "of them without a value, or not as they should be; missing where too few to show"),
        Column("percent", "float", "failed of checked", unit="percent"),
        Column("reason", "string", "why there is no number"),
    ),
    key=("category", "table", "item", "centre"),
)  # fmt: skip

PREFERENCES = Table(
    "preferences",
    "one column, for the whole registry or one centre",
    "Digit preference of sizes and heaping of dates: how often the values that people round to stand there.",
    (
        Column("kind", "string", "digits (sizes that end in 0 or 5 mm) or days (dates on the 1st or 15th)", required=True,
               allowed=("digits", "days")),
        TABLE,
        Column("column", "string", "column", required=True),
        CENTRE,
        Column("n", "int", "values looked at; missing where too few to show"),
        Column("preferred", "int", "of them at a value that people round to; missing where too few to show"),
        Column("percent", "float", "preferred of n", unit="percent"),
        Column("expected_percent", "float", "share without any preference", unit="percent", required=True),
        Column("whipple", "float", "percent over expected percent, times 100: 100 says no preference (Whipple's index)"),
        Column("reason", "string", "why there is no number"),
    ),
    key=("kind", "table", "column", "centre"),
)  # fmt: skip

VALUE_PLACES = Table(
    "value_places",
    "one last digit of a size, or one day of the month of a date, of one column",
    "How often each last digit and each day of the month stands in the whole registry.",
    (
        Column("kind", "string", "digits (last digit of whole millimetres) or days (of the month)", required=True,
               allowed=("digits", "days")),
        TABLE,
        Column("column", "string", "column", required=True),
        Column("place", "int", "the digit, 0 to 9, or the day, 1 to 31", required=True),
        Column("n", "int", "values there; missing where too few to show"),
        Column("expected_percent", "float", "share without any preference", unit="percent", required=True),
    ),
    key=("kind", "table", "column", "place"),
)  # fmt: skip

CENTRE_FINDINGS = Table(
    "centre_findings",
    "one rule that the values of one centre, or of the whole registry, fail together",
    "What no single row shows: values missing, rounded or heaped in a centre. They flag, and keep nothing out.",
    (
        Column("finding_id", "string", "stable name: hash of rule, table, column and centre", required=True),
        Column("rule", "string", "id of the rule", required=True),
        Column("severity", "string", "always a warning", required=True, allowed=("warning",)),
        TABLE,
        Column("column", "string", "column", required=True),
        CENTRE,
        Column("n", "int", "values looked at", required=True),
        Column("percent", "float", "share seen", unit="percent", required=True),
        Column("limit", "float", "share allowed", unit="percent", required=True),
        Column("message", "string", "what is wrong, for the person who can mend it", required=True),
    ),
    key=("rule", "table", "column", "centre"),
)

DRIFT = Table(
    "drift",
    "one column of one registry table, and what changed since the cut before",
    "Trend and drift between cuts: new and vanished codes, shifted distributions, rows and values gained or lost.",
    (
        TABLE,
        Column("column", "string", "column; `*` for the rows", required=True),
        Column(
            "kind",
            "string",
            "what is compared",
            required=True,
            allowed=("rows", "completeness", "new_code", "vanished_code", "distribution"),
        ),
        Column("value", "string", "the code that is new or gone; else empty", required=True),
        Column("before", "float", "in the cut before: rows, percent given, or count of the code"),
        Column("now", "float", "in this cut"),
        Column("psi", "float", "population stability index of a distribution: under 0.1 stable, over 0.25 shifted"),
        Column("flagged", "bool", "over the limit of the study file", required=True),
        Column("message", "string", "what changed, in words", required=True),
    ),
    key=("table", "column", "kind", "value"),
)

RECORD_CHANGES = Table(
    "record_changes",
    "one record that appeared, changed or vanished since the cut before",
    "What the registry delivered differently than at the cut before. Vanished and changed records rewrite the past.",
    (
        TABLE,
        Column("record", "string", "source table and key of the record", required=True),
        Column("change", "string", "what became of it", required=True, allowed=("appeared", "changed", "vanished")),
        Column("patient_id", "string", "pseudonym, where the record has one"),
        Column("columns", "string", "columns that changed, comma separated; missing for a record that did not change"
               " or that moved to another partition"),
        Column("earlier_record_id", "string", "the record at the cut before"),
        Column("record_id", "string", "the record now"),
    ),
    key=("table", "record"),
)  # fmt: skip
