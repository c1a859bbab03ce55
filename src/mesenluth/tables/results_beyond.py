"""Contracts of the tables that look at the measurements in another way than RECIST: growth rates, CT density."""

from __future__ import annotations

from .columns import COMPARTMENT, mm, percent
from .model import Column, Table
from .registry import EVALUATOR, PATIENT_ID

GROWTH_PERIODS = ("before", "early")

GROWTH_RATES = Table(
    "growth_rates",
    "one period of one series (patient, compartment, evaluator)",
    "Tumour growth rate: how fast the sum of the targets grew or shrank, per month. Negative: it shrank.",
    (
        PATIENT_ID,
        COMPARTMENT,
        EVALUATOR,
        Column("period", "string",
               "before: last suitable assessment before the baseline, to the baseline; early: baseline to the first "
               "assessment in the study's window after day 0",
               required=True, allowed=GROWTH_PERIODS),
        Column("from_date", "date", "first date on which a target used was read at the beginning"),
        Column("to_date", "date", "first date on which a target used was read at the end"),
        Column("targets", "int", "targets of the compartment", required=True),
        Column("used", "int", "of these, measured at both times: the sums are over them alone", required=True),
        mm("sum_from_mm", "their sum at the beginning"),
        mm("sum_to_mm", "their sum at the end"),
        Column("months", "float", "days between the two dates, divided by the study's month", unit="months"),
        Column("growth_percent_per_month", "float", "growth rate, to nine decimals", unit="percent/month"),
        Column("reason", "string", "why there is no rate"),
        Column("record_ids", "string", "readings used, the earlier ones first, separated by a space"),
    ),
    key=("patient_id", "compartment", "evaluator", "period"),
)  # fmt: skip

CHOI = ("CR", "PR", "SD", "PD", "NE")

DENSITY_RESPONSES = Table(
    "density_responses",
    "one time point of one series (patient, compartment, evaluator)",
    "Response by size and CT density (Choi) at each time point after baseline, of the series with a density at "
    "baseline; why the others have none stands in best_density_responses.",
    (
        PATIENT_ID,
        COMPARTMENT,
        EVALUATOR,
        Column("timepoint", "int", "1, 2, ... in the order of dates, as in timepoint_responses", required=True),
        Column("assessment_date", "date", "first date of the time point", required=True),
        Column("targets", "int", "targets followed in this series", required=True),
        Column("with_density", "int", "of these, with a density both at baseline and here", required=True),
        Column("baseline_hu", "float", "their mean density at baseline", unit="HU"),
        Column("density_hu", "float", "their mean density here", unit="HU"),
        percent("density_change_percent", "change of the mean density from baseline"),
        percent("size_change_percent", "change of the sum of diameters from baseline; missing where it is incomplete"),
        Column("response", "string", "response", required=True, allowed=CHOI),
        Column("counted", "bool", "not after the first progression by these criteria, nor after a new therapy",
               required=True),
        Column("method", "string", "method of the study file", required=True),
        Column("label", "string", "what the method is validated for", required=True),
        Column("reason", "string", "what decided, in words", required=True),
    ),
    key=("patient_id", "compartment", "evaluator", "timepoint"),
)  # fmt: skip

BEST_DENSITY_RESPONSES = Table(
    "best_density_responses",
    "one series (patient, compartment, evaluator)",
    "Best response by size and CT density (Choi), unconfirmed, of the series with a density recorded at any time.",
    (
        PATIENT_ID,
        COMPARTMENT,
        EVALUATOR,
        Column("targets", "int", "targets at baseline", required=True),
        Column("with_density", "int", "of these, with a density at baseline", required=True),
        Column("timepoints", "int", "assessments after baseline", required=True),
        Column("evaluated", "int", "of these, evaluable by these criteria and counting", required=True),
        Column("best_response", "string", "best response", required=True, allowed=(*CHOI, "MISSING")),
        Column("best_response_date", "date", "first date of the time point that gives it"),
        Column("method", "string", "method of the study file", required=True),
        Column("label", "string", "what the method is validated for", required=True),
        Column("reason", "string", "why, in words", required=True),
    ),
    key=("patient_id", "compartment", "evaluator"),
)  # fmt: skip
