"""Contracts of the effect of quarantine on endpoints."""

from __future__ import annotations

from .columns import COMPARTMENT
from .model import Column, Table
from .registry import PATIENT_ID

RULE = Column(
    "rule", "string", "id of the rule that put the rows into quarantine; rows that follow another row there count to"
    " the rule of that row", required=True,
)  # fmt: skip
TABLE = Column("table", "string", "registry table the rule judges", required=True)
ENDPOINT = Column("endpoint", "string", "id of the endpoint in the study file", required=True)
ROWS = Column(
    "rows", "int", "rows in quarantine that the endpoint is computed from in this compartment: readings of the primary"
    " evaluator, of lesions of the compartment; rows without a lesion count to every compartment", required=True,
)  # fmt: skip
ASSESSMENTS = Column(
    "assessments_lost", "int", "time points after baseline with a response other than NE that are there with the rows"
    " put back, minus those there without them; missing for endpoints without time points, or where not known",
)  # fmt: skip

FINDING_EFFECTS = Table(
    "finding_effects",
    "one rule, patient, endpoint and compartment",
    "What the rows that a rule keeps out change for a patient of the study: the result as analysed beside the result"
    " with these rows put back as they stand, everything derived anew. A finding is found here by its rule and patient.",
    (
        RULE,
        TABLE,
        PATIENT_ID,
        ENDPOINT,
        COMPARTMENT,
        ROWS,
        Column(
            "effect", "string", "lost: put back, the patient would count in the denominator and does not; gained: counts"
            " only without the rows; changed: counts, with another result; none: the same result; unknown: the rows"
            " cannot be put back, because they lack a value or hold one that cannot be analysed", required=True,
            allowed=("lost", "gained", "changed", "none", "unknown"),
        ),
        ASSESSMENTS,
        Column("as_analysed", "string", "result without the rows; missing where the patient does not count"),
        Column("put_back", "string", "result with the rows; missing where the patient does not count, or not known"),
    ),
    key=("rule", "patient_id", "endpoint", "compartment"),
)  # fmt: skip

RULE_EFFECTS = Table(
    "rule_effects",
    "one rule, endpoint and compartment",
    "What each rule removes from each endpoint: `finding_effects` added up over patients. Of duration of response those"
    " who respond are the denominator. A rule that is not here keeps out no row of a patient of the study.",
    (
        RULE,
        TABLE,
        ENDPOINT,
        COMPARTMENT,
        ROWS,
        Column("patients", "int", "patients of the study (as analysed, or with the rows put back) who are touched: with"
               " such a row, or with another result", required=True),
        Column("patients_lost", "int", "of them lost from the denominator", required=True),
        Column("patients_gained", "int", "of them in the denominator only without the rows", required=True),
        Column("results_changed", "int", "of them with another result", required=True),
        Column("patients_unknown", "int", "of them whose rows cannot be put back", required=True),
        ASSESSMENTS,
    ),
    key=("rule", "endpoint", "compartment"),
)  # fmt: skip
