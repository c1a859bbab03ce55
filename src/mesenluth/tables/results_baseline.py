"""Contracts of the tables that describe the patients: Table 1, and how long each centre followed its own."""

from __future__ import annotations

from .model import Column, Table

STATISTICS = ("count", "percent", "median", "lower_quartile", "upper_quartile", "minimum", "maximum")

BASELINE_CHARACTERISTICS = Table(
    "baseline_characteristics",
    "one number of Table 1",
    "Table 1: who the included patients were, with what is missing counted. Nobody included: no row.",
    (
        Column("position", "int", "place in the table", required=True),
        Column("variable", "string", "characteristic: its name in `baseline.variables`, or patients", required=True),
        Column("compartment", "string", "part of the disease it is about; missing where it is about the patient"),
        Column("level", "string", "category counted; missing where a number is summarised"),
        Column("statistic", "string", "what `value` is; quartiles as R's type 7", required=True, allowed=STATISTICS),
        Column("n", "int", "patients with a value", required=True),
        Column("missing", "int", "patients without", required=True),
        Column("value", "float", "the number"),
        Column("unit", "string", "unit of the value", required=True),
        Column("reason", "string", "why there is no value: nobody has one recorded", allowed=("not_recorded",)),
    ),
    key=("position",),
)  # fmt: skip

FOLLOW_UP_BY_CENTRE = Table(
    "follow_up_by_centre",
    "one centre, the small centres together, or all centres",
    "How many patients and scans each centre gave and how long it followed them. Centres with fewer patients than"
    " `statistics.small_cell_below` stand together, with the next smallest where one could be told by subtraction.",
    (
        Column("position", "int", "place in the table", required=True),
        Column("row", "string", "what is counted", required=True, allowed=("centre", "small_centres", "all_centres")),
        Column("centre", "string", "code of the centre; missing where several are counted", cdisc="SITEID"),
        Column("centres", "int", "centres counted", required=True),
        Column("patients", "int", "included patients"),
        Column("scans", "int", "scans of these patients by the cut"),
        Column("estimate", "float", "median follow-up, reverse Kaplan-Meier", unit="months"),
        Column("ci_low", "float", "lower limit of the interval", unit="months"),
        Column("ci_high", "float", "upper limit of the interval", unit="months"),
        Column("confidence", "float", "confidence of the interval", required=True),
        Column("method", "string", "method of the interval", required=True),
        Column("reason", "string", "why there is no number: too few patients to be shown, or a median that is not"
               " reached because more than half of them died", allowed=("small_cell", "not_reached")),
    ),
    key=("position",),
)  # fmt: skip
