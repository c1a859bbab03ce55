"""Contracts of what stands beside the times to events: cumulative incidences, and what censoring rules change."""

from __future__ import annotations

from .columns import COMPARTMENT
from .model import Column, Table
from .registry import EVALUATOR, PATIENT_ID

ENDPOINT = Column("endpoint", "string", "id of the endpoint in the study file", required=True)
STATUSES = ("event", "censored", "competing")

INCIDENCE = Table(
    "incidence",
    "one time of one cumulative incidence curve",
    "Which event came first: Aalen's and Johansen's cumulative incidence of each cause, at every time and at time 0.",
    (
        ENDPOINT,
        COMPARTMENT,
        EVALUATOR,
        Column("rule_set", "string", "censoring rules", required=True),
        Column("cause", "string", "what came first: a reason code of `time_to_event`", required=True),
        Column("time_months", "float", "time", unit="months", required=True),
        Column("n_at_risk", "int", "at risk just before, of any cause", required=True),
        Column("n_event", "int", "ended by this cause", required=True),
        Column("n_censored", "int", "censored", required=True),
        Column("incidence", "float", "probability that this cause has come first by then", required=True),
        Column("ci_low", "float", "lower pointwise limit"),
        Column("ci_high", "float", "upper pointwise limit"),
        Column("method", "string", "method of the limits", required=True),
    ),
    key=("endpoint", "compartment", "evaluator", "rule_set", "cause", "time_months"),
)

SUBGROUP_CURVES = Table(
    "subgroup_curves",
    "one time of the curve of one level of a subgroup",
    "Progression-free survival by subgroup within one compartment, by the study's own rules, as the primary evaluator"
    " read it. Levels that are too small to be shown are not here.",
    (
        ENDPOINT,
        COMPARTMENT,
        EVALUATOR,
        Column("subgroup", "string", "id of the subgroup in the study file", required=True),
        Column("level", "string", "level of the subgroup", required=True),
        Column("position", "int", "place of the level among those of the subgroup, from 1", required=True, minimum=1),
        Column("time_months", "float", "time", unit="months", required=True),
        Column("n_at_risk", "int", "at risk just before", required=True),
        Column("n_event", "int", "events", required=True),
        Column("n_censored", "int", "censored", required=True),
        Column("n_competing", "int", "ended by a competing event; missing where none competes"),
        Column("survival", "float", "probability of being free of the event", required=True),
        Column("ci_low", "float", "lower pointwise limit"),
        Column("ci_high", "float", "upper pointwise limit"),
        Column("method", "string", "method of the limits", required=True),
    ),
    key=("endpoint", "compartment", "evaluator", "subgroup", "level", "time_months"),
)

STATUS_CHANGES = Table(
    "status_changes",
    "one patient, endpoint, compartment and evaluator whose time or status a rule set changes",
    "Whom the censoring rules of the FDA and the EMA give another time or status than the study's own, and why.",
    (
        PATIENT_ID,
        ENDPOINT,
        COMPARTMENT,
        EVALUATOR,
        Column("rule_set", "string", "rules that are compared with the study's own: fda or ema", required=True),
        Column("origin_date", "date", "day 0 of the endpoint", required=True),
        Column("study_end_date", "date", "end of the time by the study's rules", required=True),
        Column("end_date", "date", "end of the time by the other rules", required=True),
        Column("study_time_days", "int", "time by the study's rules", unit="d", required=True),
        Column("time_days", "int", "time by the other rules", unit="d", required=True),
        Column("study_status", "string", "status by the study's rules", required=True, allowed=STATUSES),
        Column("status", "string", "status by the other rules", required=True, allowed=STATUSES),
        Column("study_reason_code", "string", "why the time ends there by the study's rules", required=True),
        Column("reason_code", "string", "why it ends there by the other rules", required=True),
        Column("why", "string", "both in words", required=True),
    ),
    key=("endpoint", "compartment", "evaluator", "rule_set", "patient_id"),
)
