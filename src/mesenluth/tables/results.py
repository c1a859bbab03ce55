"""Contracts of the tables that the workflow computes."""

from __future__ import annotations

from .columns import COMPARTMENT as COMPARTMENT
from .columns import mm as _mm
from .columns import percent as _percent
from .model import Column, Table
from .registry import EVALUATOR, PATIENT_ID
from .results_baseline import BASELINE_CHARACTERISTICS as BASELINE_CHARACTERISTICS
from .results_baseline import FOLLOW_UP_BY_CENTRE as FOLLOW_UP_BY_CENTRE
from .results_beyond import BEST_DENSITY_RESPONSES, DENSITY_RESPONSES, GROWTH_RATES
from .results_effects import FINDING_EFFECTS, RULE_EFFECTS
from .results_exports import XPT_TEXT_CHANGES as XPT_TEXT_CHANGES
from .results_picture import CENTRE_FINDINGS, DRIFT, PICTURE, PREFERENCES, PROFILE, RECORD_CHANGES, VALUE_PLACES
from .results_quality import FINDINGS as FINDINGS
from .results_quality import GATE as GATE
from .results_quality import ROW_COUNTS as ROW_COUNTS
from .results_quality import RULE_COUNTS as RULE_COUNTS
from .results_quality import SEVERITY as SEVERITY
from .results_queries import QUERIES
from .results_readers import CATEGORIES as CATEGORIES
from .results_readers import DISAGREEMENTS as DISAGREEMENTS
from .results_readers import PROGRESSION_DISAGREEMENTS as PROGRESSION_DISAGREEMENTS
from .results_readers import READER_AGREEMENT as READER_AGREEMENT
from .results_readers import READER_PAIRS as READER_PAIRS
from .results_survival import INCIDENCE as INCIDENCE
from .results_survival import STATUS_CHANGES as STATUS_CHANGES
from .results_survival import SUBGROUP_CURVES as SUBGROUP_CURVES

ELIGIBILITY = Table(
    "eligibility",
    "one criterion of one patient",
    "Each eligibility criterion, judged for each patient.",
    (
        PATIENT_ID,
        Column("criterion", "string", "id of the criterion in the study file", required=True),
        Column("position", "int", "place in the study file, from 1", required=True),
        Column("status", "string", "verdict; unknown where the data needed are missing", required=True,
               allowed=("met", "not_met", "unknown")),
    ),
    key=("patient_id", "position"),
)  # fmt: skip

COHORT = Table(
    "cohort",
    "one patient",
    "Who is analysed, and why the others are not: the first criterion that is not met.",
    (
        PATIENT_ID,
        Column("centre", "string", "code of the treating centre", required=True, cdisc="SITEID"),
        Column("included", "bool", "meets every criterion", required=True),
        Column("excluded_by", "string", "first criterion that is not met"),
        Column("excluded_because", "string", "how it failed", allowed=("not_met", "unknown")),
        Column("origin_date", "date", "day 0: start of the study treatment", cdisc="TRTSDT"),
        Column(
            "origin_doubtful", "bool", "an administration in quarantine may have been the first: day 0 may be too late"
        ),
        Column("last_administration_date", "date", "last administration of the study treatment"),
        Column("administrations", "int", "number of administrations"),
        Column("activity_gbq", "float", "sum of the activities given", unit="GBq"),
    ),
    key=("patient_id",),
)

LESION_CHANGES = Table(
    "lesion_changes",
    "one lesion at one time point",
    "What each lesion contributes to each time point, and how it changed.",
    (
        PATIENT_ID,
        EVALUATOR,
        Column("lesion_id", "string", "lesion", required=True),
        Column("compartment", "string", "compartment of the study the lesion lies in; missing if in none"),
        Column("role", "string", "target, nontarget or new", required=True),
        Column("nodal", "bool", "measured by its short axis", required=True),
        Column("timepoint", "int", "0 baseline, then 1, 2, ... in the order of dates", required=True),
        Column("assessment_date", "date", "date of the scan of this lesion", required=True),
        Column("status", "string", "what the reader saw", required=True),
        _mm("diameter_mm", "diameter that enters the sum (5 mm where too small, 0 where absent)"),
        Column("imputed", "bool", "the diameter stands for a state, not a measured value", required=True),
        _mm("baseline_mm", "diameter at baseline"),
        _percent("change_percent", "change from baseline"),
        Column("record_ids", "string", "records the row comes from, separated by a space", required=True),
    ),
    key=("patient_id", "evaluator", "lesion_id", "timepoint"),
    cdisc="ADTR",
)  # fmt: skip

TIMEPOINT_RESPONSES = Table(
    "timepoint_responses",
    "one time point of one series (patient, compartment, evaluator)",
    "RECIST 1.1 response at each time point after baseline, with everything that decided it.",
    (
        PATIENT_ID,
        COMPARTMENT,
        EVALUATOR,
        Column("timepoint", "int", "1, 2, ... in the order of dates", required=True),
        Column("assessment", "string", "time point as the scans name it"),
        Column("assessment_date", "date", "first date of the time point", required=True, cdisc="ADT"),
        Column("last_date", "date", "last date of the time point", required=True),
        Column("day", "int", "days since day 0 (the start of treatment), of the first date", unit="d"),
        Column("targets", "int", "targets followed in this series", required=True),
        Column("targets_evaluated", "int", "of these, evaluated at this time point", required=True),
        _mm("baseline_mm", "sum of diameters at baseline"),
        _mm("nadir_mm", "smallest complete sum before this time point, baseline included"),
        Column("nadir_timepoint", "int", "time point of that sum, the first of equals; 0 is the baseline"),
        _mm("sum_mm", "sum of diameters; of those evaluated where not all were"),
        Column("sum_complete", "bool", "every target is in the sum"),
        _mm("change_from_baseline_mm", "sum minus baseline"),
        _percent("change_from_baseline_percent", "(sum - baseline) / baseline"),
        _mm("change_from_nadir_mm", "sum minus nadir"),
        _percent("change_from_nadir_percent", "(sum - nadir) / nadir; missing where the nadir is 0"),
        Column("target_response", "string", "response of the targets; missing where there are none",
               allowed=CATEGORIES, cdisc="TRGRESP"),
        Column("nontarget_response", "string", "response of the non-targets; missing where there are none",
               allowed=CATEGORIES, cdisc="NTRGRESP"),
        Column("new_lesion", "bool", "an unequivocal new lesion is seen", required=True, cdisc="NEWLPROG"),
        Column("equivocal_lesion", "bool", "a new finding that is not yet certain is seen", required=True),
        Column("overall_response", "string", "response of the series at this time point", required=True,
               allowed=CATEGORIES, cdisc="OVRLRESP"),
        Column("response_date", "date", "date of the response by the study's convention", required=True),
        Column("progression_date", "date", "date of progression by the study's convention, where PD"),
        Column("counted", "bool", "before or at the first progression and before any new therapy", required=True),
        Column("rule", "string", "id of the rule that decided", required=True),
        Column("not_evaluated", "string", "targets and non-targets that were not evaluated, comma separated"),
        Column("measurement_ids", "string", "readings that went in, separated by a space"),
        Column("sentence", "string", "the decision in words", required=True),
    ),
    key=("patient_id", "compartment", "evaluator", "timepoint"),
    cdisc="ADRS, ADTR",
)  # fmt: skip

BEST_RESPONSES = Table(
    "best_responses",
    "one series (patient, compartment, evaluator)",
    "Best overall response, with and without confirmation, and the dates endpoints need.",
    (
        PATIENT_ID,
        COMPARTMENT,
        EVALUATOR,
        Column("has_baseline", "bool", "a baseline assessment exists", required=True),
        Column("baseline_date", "date", "last date of the baseline"),
        Column("targets", "int", "targets at baseline", required=True),
        Column("nontargets", "int", "non-targets at baseline", required=True),
        Column("timepoints", "int", "assessments after baseline", required=True),
        Column("best_response", "string", "best response, unconfirmed", required=True, allowed=(*CATEGORIES, "MISSING")),
        Column("best_response_date", "date", "date of the time point that gives it"),
        Column("confirmed_response", "string", "best response, confirmed", required=True, allowed=(*CATEGORIES, "MISSING")),
        Column("confirmed_response_date", "date", "date of the time point that gives it"),
        Column("first_response_date", "date", "first CR or PR (unconfirmed) that counts"),
        Column("first_confirmed_date", "date", "first CR or PR that a later one confirms: its own date, not the later one's"),
        Column("first_progression_date", "date", "first progression that counts"),
        Column("last_evaluable_date", "date", "last time point that is evaluable and counts"),
        _mm("baseline_mm", "sum of diameters at baseline"),
        _mm("smallest_mm", "smallest complete sum after baseline, up to progression"),
        _percent("best_change_percent", "change from baseline at that sum (the waterfall's bar)"),
        Column("rule", "string", "id of the rule that decided the best response", required=True),
        Column("reason", "string", "why, in words", required=True),
    ),
    key=("patient_id", "compartment", "evaluator"),
    cdisc="ADRS BOR, CBOR",
)  # fmt: skip

METABOLIC_CATEGORIES = ("CMR", "PMR", "SMD", "PMD", "NE")
"""Complete, partial, stable, progressive, not evaluable: the words of EORTC 1999 and PERCIST 1.0."""

METABOLIC_RESPONSES = Table(
    "metabolic_responses",
    "one patient and compartment",
    "Change of tracer uptake by the study's method.",
    (
        PATIENT_ID,
        COMPARTMENT,
        Column("method", "string", "method of the study file", required=True),
        Column("score", "string", "what is compared", required=True),
        Column("tracer", "string", "tracer at baseline"),
        Column("modality", "string", "kind of scan at baseline: PET, planar, SPECT or gamma camera"),
        Column("baseline_date", "date", "last uptake scan on or before day 0"),
        Column("best_date", "date", "later scan that gives the response: the best category, of these the lowest value"),
        Column("best_tracer", "string", "tracer at that scan"),
        Column("best_modality", "string", "kind of scan there"),
        Column("baseline_value", "float", "highest value of the compartment's lesions at baseline"),
        Column("best_value", "float", "highest value of the compartment's lesions at that scan"),
        Column("change", "float", "best minus baseline"),
        _percent("change_percent", "change from baseline; missing where the baseline is 0"),
        Column("category", "string", "metabolic category", required=True, allowed=METABOLIC_CATEGORIES),
        Column("response", "string", "verdict: CMR and PMR are a response", required=True,
               allowed=("response", "no_response", "not_evaluable")),
        Column("rule", "string", "id of the rule that decided", required=True),
        Column("label", "string", "what a reader must know of the method; missing where nothing"),
        Column("reason", "string", "why, in words", required=True),
        Column("sentence", "string", "the decision as a nuclear physician would report it", required=True),
    ),
    key=("patient_id", "compartment"),
)  # fmt: skip

CLINICAL_RESPONSES = Table(
    "clinical_responses",
    "one patient",
    "Response of the symptoms of the compartment of interest.",
    (
        PATIENT_ID,
        Column("method", "string", "rule of the study file", required=True),
        Column("symptoms_at_baseline", "int", "symptoms of grade 1 or more at baseline", required=True),
        Column("improved", "int", "of these, improved by at least the grades asked for, or resolved", required=True),
        Column("worsened", "int", "symptoms worse than at baseline, new ones included", required=True),
        Column("recorded", "string", "the investigator's assessment that decided; only by the rule `investigator`"),
        Column("visit_date", "date", "visit that decided"),
        Column("response", "string", "verdict", required=True,
               allowed=("response", "no_response", "not_symptomatic", "not_evaluable")),
        Column("rule", "string", "id of the rule that decided", required=True),
        Column("reason", "string", "why, in words", required=True),
    ),
    key=("patient_id",),
)  # fmt: skip

COMPLICATIONS = Table(
    "complications",
    "one complication of one patient",
    "Adverse events of the study's kinds inside the study's window around the treatment.",
    (
        PATIENT_ID,
        Column("adverse_event_id", "string", "adverse event", required=True),
        Column("term", "string", "CTCAE v5 term", required=True),
        Column("ctcae_grade", "int", "CTCAE v5 grade", required=True),
        Column("start_date", "date", "first day", required=True),
        Column("day", "int", "days since day 0", unit="d", required=True),
        Column("administration_id", "string", "the last administration on or before it", required=True),
        Column("cycle_number", "int", "its number, as recorded"),
        Column("administration_date", "date", "its date", required=True),
        Column("days_since_administration", "int", "days since it", unit="d", required=True),
        Column("grading", "string", "version of the grading", required=True),
        Column("rule", "string", "id of the rule that decided", required=True),
        Column("record_ids", "string", "records the row comes from", required=True),
    ),
    key=("patient_id", "adverse_event_id"),
)  # fmt: skip

ESTIMATES = Table(
    "estimates",
    "one estimate",
    "Every number of the report, with its method.",
    (
        Column("endpoint", "string", "id of the endpoint in the study file", required=True),
        Column("population", "string", "who is counted; `subgroup`: of the headline's population those of the level",
               required=True),
        Column("subgroup", "string", "id of the subgroup in the study file, or `centre`; missing outside subgroups"),
        Column("level", "string", "level of the subgroup; missing where all levels are compared"),
        COMPARTMENT,
        Column("evaluator", "string", "whose readings", required=True),
        Column("definition", "string", "which definition: `study` or the name of a variant", required=True),
        Column("statistic", "string", "proportion, median, landmark, test, ...", required=True),
        Column("method", "string", "method of the interval or the test", required=True),
        Column("time_months", "float", "landmark", unit="months"),
        Column("numerator", "int", "patients with the event"),
        Column("denominator", "int", "patients counted"),
        Column("estimate", "float", "the value"),
        Column("ci_low", "float", "lower limit of the interval"),
        Column("ci_high", "float", "upper limit of the interval"),
        Column("confidence", "float", "confidence of the interval"),
        Column("test", "string", "name of the test"),
        Column("hypothesis", "string", "hypothesis tested, in words"),
        Column("p_value", "float", "p value"),
        Column("unit", "string", "unit of the estimate", required=True),
        Column("n_at_risk", "int", "patients at risk"),
        Column("text", "string", "the estimate as it is printed; `not reached` is a value", required=True),
        Column("reason", "string", "why it cannot be estimated, or what it cannot show"),
    ),
    key=(
        "endpoint", "population", "subgroup", "level", "compartment", "evaluator", "definition", "statistic", "method",
        "time_months",
    ),
)  # fmt: skip

SENSITIVITY = Table(
    "sensitivity",
    "one variant of the study and one headline estimate",
    "Every definition of the study file chosen another way, one at a time, and what each choice moves.",
    (
        Column("position", "int", "0 for the study as it is, then the variants in the order of their keys", required=True),
        Column("variant", "string", "what is chosen another way", required=True),
        Column("key", "string", "key of the study file that is changed; those of a pair joined by ' and '"),
        Column("value", "string", "its value in the variant; those of a pair joined likewise"),
        Column("study_value", "string", "its value in the study"),
        Column("endpoint", "string", "id of the endpoint in the study file", required=True),
        COMPARTMENT,
        Column("evaluator", "string", "whose readings", required=True),
        Column("statistic", "string", "proportion or median", required=True),
        Column("numerator", "int", "patients with the event"),
        Column("denominator", "int", "patients counted"),
        Column("estimate", "float", "the value in the variant"),
        Column("ci_low", "float", "lower limit of the interval"),
        Column("ci_high", "float", "upper limit of the interval"),
        Column("text", "string", "the estimate as it is printed", required=True),
        Column("study_estimate", "float", "the value in the study as it is"),
        Column("difference", "float", "variant minus study; missing where one of them cannot be estimated"),
        Column("moved", "bool", "the estimate, its counts or its interval are not the study's", required=True),
        Column("reason", "string", "why it cannot be estimated, or what it cannot show"),
    ),
    key=("position", "endpoint", "compartment", "statistic"),
)  # fmt: skip

TIME_TO_EVENT = Table(
    "time_to_event",
    "one patient, endpoint, compartment, evaluator and rule set",
    "Times and statuses behind every Kaplan-Meier curve.",
    (
        PATIENT_ID,
        Column("endpoint", "string", "id of the endpoint in the study file", required=True),
        COMPARTMENT,
        EVALUATOR,
        Column("rule_set", "string", "censoring rules: study, fda or ema", required=True),
        Column("origin_date", "date", "day 0", required=True, cdisc="STARTDT"),
        Column("end_date", "date", "date of the event or of censoring", required=True, cdisc="ADT"),
        Column("time_days", "int", "end minus origin", unit="d", required=True),
        Column(
            "time_months",
            "float",
            "days divided by the study's month, or calendar months",
            unit="months",
            required=True,
            cdisc="AVAL",
        ),
        Column(
            "status",
            "string",
            "event, censored, or ended by a competing event",
            required=True,
            allowed=("event", "censored", "competing"),
            cdisc="CNSR",
        ),
        Column("reason_code", "string", "why the time ends there", required=True, cdisc="EVNTDESC"),
        Column(
            "free_until_date",
            "date",
            "of a progression: last adequate assessment without it, or day 0; it came between then and `end_date`",
        ),
    ),
    key=("endpoint", "compartment", "evaluator", "rule_set", "patient_id"),
    cdisc="ADTTE",
)

CURVES = Table(
    "curves",
    "one time of one Kaplan-Meier curve",
    "Kaplan-Meier curves: every time at which somebody fails or is censored, and time 0.",
    (
        Column("endpoint", "string", "id of the endpoint in the study file", required=True),
        COMPARTMENT,
        EVALUATOR,
        Column("rule_set", "string", "censoring rules", required=True),
        Column("time_months", "float", "time", unit="months", required=True),
        Column("n_at_risk", "int", "at risk just before", required=True),
        Column("n_event", "int", "events", required=True),
        Column("n_censored", "int", "censored", required=True),
        Column("n_competing", "int", "ended by a competing event; missing where none competes"),
        Column(
            "survival",
            "float",
            "probability of being free of the event; where others compete, 1 minus its incidence",
            required=True,
        ),
        Column("ci_low", "float", "lower pointwise limit"),
        Column("ci_high", "float", "upper pointwise limit"),
        Column("method", "string", "method of the limits", required=True),
    ),
    key=("endpoint", "compartment", "evaluator", "rule_set", "time_months"),
)

PUBLISHED_COMPARISON = Table(
    "published_comparison",
    "one published figure",
    "Each figure the study published, beside the one computed here.",
    (
        Column("position", "int", "place in the table", required=True),
        Column("item", "string", "what was published", required=True),
        Column("published", "string", "as published", required=True),
        Column("computed", "string", "as computed, to the published digits", required=True),
        Column("agrees", "bool", "the same", required=True),
        Column(
            "definition",
            "string",
            "the definition used, and which of it the abstract leaves open",
            required=True,
        ),
        Column("note", "string", "what the numbers can and cannot show"),
    ),
    key=("position",),
)

RESULTS: dict[str, Table] = {
    t.name: t
    for t in (
        ROW_COUNTS, FINDINGS, RULE_COUNTS, GATE, ELIGIBILITY, COHORT, LESION_CHANGES,
        TIMEPOINT_RESPONSES, BEST_RESPONSES, GROWTH_RATES, DENSITY_RESPONSES, BEST_DENSITY_RESPONSES,
        METABOLIC_RESPONSES, CLINICAL_RESPONSES, COMPLICATIONS, DISAGREEMENTS, PROGRESSION_DISAGREEMENTS, READER_PAIRS,
        READER_AGREEMENT,
        ESTIMATES, TIME_TO_EVENT, CURVES, SUBGROUP_CURVES, INCIDENCE, STATUS_CHANGES, BASELINE_CHARACTERISTICS,
        FOLLOW_UP_BY_CENTRE, PUBLISHED_COMPARISON, SENSITIVITY, XPT_TEXT_CHANGES,
        PROFILE, PICTURE, PREFERENCES, VALUE_PLACES, CENTRE_FINDINGS, DRIFT, RECORD_CHANGES, QUERIES, FINDING_EFFECTS, RULE_EFFECTS,
    )
}  # fmt: skip
"""Every computed table by name."""
