"""Contracts of the tables that set records and readers beside each other, and the categories of a response."""

from __future__ import annotations

from .columns import COMPARTMENT, mm, percent
from .model import Column, Table
from .registry import EVALUATOR, PATIENT_ID

CATEGORIES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "NED")

DISAGREEMENTS = Table(
    "response_disagreements",
    "one recorded response that was compared",
    "Recorded responses beside the computed ones.",
    (
        PATIENT_ID,
        EVALUATOR,
        Column("response_id", "string", "recorded response", required=True),
        Column("record_id", "string", "its record", required=True),
        Column(
            "kind",
            "string",
            "overall, target or nontarget of a time point; best, confirmed_best or clinical",
            required=True,
        ),
        Column("assessment", "string", "time point as the scans name it"),
        Column("response_date", "date", "date of the recorded response"),
        Column("recorded", "string", "recorded value"),
        Column("derived", "string", "computed value"),
        Column("agrees", "bool", "the same category", required=True),
        Column("timepoint", "int", "computed time point it was compared with"),
        Column("derived_date", "date", "date of the computed response by the study's convention"),
        Column("days_apart", "int", "recorded date minus computed date", unit="d"),
        Column("reason", "string", "why they differ: id", required=True),
        Column(
            "explanations",
            "string",
            "every deviation under which the computed response is the recorded one, separated by a space",
        ),
        Column("sentence", "string", "why they differ, in words", required=True),
    ),
    key=("patient_id", "evaluator", "response_id"),
)

PROGRESSION_DISAGREEMENTS = Table(
    "progression_disagreements",
    "one patient and evaluator with recorded responses",
    "The first recorded progression beside the first computed one, whether or not it counts.",
    (
        PATIENT_ID,
        EVALUATOR,
        Column("recorded_date", "date", "date of the first recorded overall PD"),
        Column("derived_date", "date", "date of the first computed progression, by the study's convention"),
        Column("days_apart", "int", "recorded date minus computed date", unit="d"),
        Column("verdict", "string", "which of the two there is, and whether on the same day", required=True,
               allowed=("none", "same_date", "other_date", "recorded_only", "computed_only")),
        Column("reason", "string", "why they differ: id", required=True),
        Column("sentence", "string", "why they differ, in words", required=True),
    ),
    key=("patient_id", "evaluator"),
)  # fmt: skip

READER_PAIRS = Table(
    "reader_pairs",
    "one time point of one patient and compartment, as two evaluators read it",
    "Readers side by side: sums and responses of the same time point, and why they differ.",
    (
        PATIENT_ID,
        COMPARTMENT,
        Column("evaluator_a", "string", "reader A, the primary evaluator where that is one of the two", required=True),
        Column("evaluator_b", "string", "reader B", required=True),
        Column("position", "int", "place of the pair in the patient's course, 0 the first", required=True),
        Column("assessment", "string", "time point as the scans name it"),
        Column("matched_by", "string", "how the two time points were brought together", required=True,
               allowed=("baseline", "assessment", "date", "none")),
        Column("timepoint_a", "int", "reader A's time point, 0 the baseline; missing where A has none here"),
        Column("timepoint_b", "int", "reader B's time point"),
        Column("date_a", "date", "first date of reader A's time point"),
        Column("date_b", "date", "first date of reader B's time point"),
        Column("days_apart", "int", "date of A minus date of B", unit="d"),
        Column("targets_a", "int", "targets reader A follows"),
        Column("targets_b", "int", "targets reader B follows"),
        Column("sites_a", "string", "sites of reader A's targets at baseline"),
        Column("sites_b", "string", "sites of reader B's targets at baseline"),
        mm("sum_a_mm", "reader A's sum of diameters, where complete"),
        mm("sum_b_mm", "reader B's sum of diameters, where complete"),
        mm("difference_mm", "sum of A minus sum of B"),
        percent("change_a_percent", "change of A's sum from A's baseline"),
        percent("change_b_percent", "change of B's sum from B's baseline"),
        percent("change_difference_percent", "change of A minus change of B, percentage points"),
        Column("response_a", "string", "reader A's response; missing at the baseline", allowed=CATEGORIES),
        Column("response_b", "string", "reader B's response", allowed=CATEGORIES),
        Column("agrees", "bool", "the same response; missing where there are not two"),
        Column("counted_a", "bool", "the time point counts for A: up to progression, before any new therapy"),
        Column("counted_b", "bool", "the time point counts for B"),
        Column("reason", "string", "why they differ: id", required=True),
        Column("sentence", "string", "why they differ, in words", required=True),
    ),
    key=("patient_id", "compartment", "evaluator_a", "evaluator_b", "position"),
)  # fmt: skip

READER_AGREEMENT = Table(
    "reader_agreement",
    "one statistic of two evaluators in one compartment",
    "How well readers agree: kappa of responses, limits of agreement of sums, dates of progression.",
    (
        Column("evaluator_a", "string", "reader A", required=True),
        Column("evaluator_b", "string", "reader B", required=True),
        COMPARTMENT,
        Column("quantity", "string", "what is compared", required=True,
               allowed=("timepoint_response", "best_response", "confirmed_response", "baseline_sum", "sum",
                        "change_percent", "progression")),
        Column("statistic", "string", "kappa, bias, limit of agreement, ...", required=True),
        Column("method", "string", "method of the estimate and its interval", required=True),
        Column("pairs", "int", "pairs that go in", required=True),
        Column("patients", "int", "patients they are of", required=True),
        Column("estimate", "float", "the value"),
        Column("standard_error", "float", "its standard error"),
        Column("ci_low", "float", "lower limit of its interval"),
        Column("ci_high", "float", "upper limit of its interval"),
        Column("confidence", "float", "confidence of the interval"),
        Column("unit", "string", "unit of the estimate", required=True),
        Column("text", "string", "the value as it is printed", required=True),
        Column("reason", "string", "why it cannot be estimated, or what must be known to read it"),
    ),
    key=("evaluator_a", "evaluator_b", "compartment", "quantity", "statistic", "method"),
)  # fmt: skip
