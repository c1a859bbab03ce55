"""Contracts of the tables that figures are drawn from, one a figure."""

from __future__ import annotations

from dataclasses import replace

from ..errors import ConfigurationError
from ..tables.model import Column, Table
from ..tables.results import CATEGORIES, COMPARTMENT
from ..tables.results import PUBLISHED_COMPARISON as COMPARISON
from ..tables.results_baseline import FOLLOW_UP_BY_CENTRE
from . import names

FLOW = Table(
    "figure_flow",
    "one count of the flow diagram",
    "How many patients are kept and left out at each step: registry = excluded + included.",
    (
        Column("position", "int", "place in the diagram, from 1", required=True),
        Column("box", "string", "what is counted", required=True,
               allowed=("registry", "excluded", "kept", "included", "evaluable", "not_evaluable")),
        Column("criterion", "string", "id of the criterion the count is about"),
        Column("compartment", "string", "compartment the count is about"),
        Column("reason", "string", "why these patients are not kept, or not evaluable",
               allowed=("not_met", "unknown", "NED", "NE", "MISSING", "no_reading")),
        Column("label", "string", "what the box says", required=True),
        Column("patients", "int", "patients", required=True, minimum=0),
    ),
    key=("position",),
)  # fmt: skip

WATERFALL = Table(
    "figure_waterfall",
    "one included patient",
    "The bars of the waterfall plot in their order, then the patients who have none.",
    (
        Column("position", "int", "place from the left, from 1", required=True),
        Column("patient_id", "string", "pseudonym of the patient", required=True, cdisc="USUBJID"),
        Column("change_percent", "float", "best change of the sum from baseline; missing: no bar", unit="percent"),
        Column("response", "string", "best response, which gives the colour", allowed=(*CATEGORIES, "MISSING")),
        Column("new_lesion", "bool", "progression by a new lesion, marked below the bar", required=True),
        Column("no_bar", "string", "why there is no bar",
               allowed=("no_reading", "no_baseline", "no_targets", "no_assessment", "no_sum")),
    ),
    key=("position",),
)  # fmt: skip

PAIRED_CHANGES = Table(
    "figure_paired_changes",
    "one included patient",
    "Best change and best response of the same patients in the first two compartments of the study.",
    (
        Column("position", "int", "place in the order of pseudonyms, from 1", required=True),
        Column("patient_id", "string", "pseudonym of the patient", required=True, cdisc="USUBJID"),
        Column("first_compartment", "string", "compartment on the left", required=True),
        Column("first_change_percent", "float", "best change of the sum from baseline there", unit="percent"),
        Column("first_response", "string", "best response there", allowed=(*CATEGORIES, "MISSING")),
        Column("second_compartment", "string", "compartment on the right", required=True),
        Column("second_change_percent", "float", "best change of the sum from baseline there", unit="percent"),
        Column("second_response", "string", "best response there", allowed=(*CATEGORIES, "MISSING")),
        Column("responded", "string", "where the patient responded, which gives colour and stroke", required=True,
               allowed=("both", "first_only", "second_only", "neither")),
        Column("no_line", "string", "why there is no line: a change is missing on the left, on the right, on both",
               allowed=("no_first", "no_second", "neither")),
    ),
    key=("position",),
)  # fmt: skip

GROWTH_RATE = Table(
    "figure_growth_rate",
    "one included patient in one panel, or one summary of the panel",
    "Tumour growth rates before and under treatment as they are drawn, panel by panel. Negative: shrinks.",
    (
        Column("panel", "int", "place of the panel, from 1", required=True),
        COMPARTMENT,
        Column("layer", "string", "a patient, or what the summary is", required=True,
               allowed=("patient", "median", "lower quartile", "upper quartile")),
        Column("position", "int", "place in the order of pseudonyms, from 1; 0 in a summary", required=True),
        Column("patient_id", "string", "pseudonym of the patient", cdisc="USUBJID"),
        Column("before_percent", "float", "growth rate before the baseline", unit="percent/month"),
        Column("early_percent", "float", "growth rate from the baseline to the first assessment in the study's window",
               unit="percent/month"),
        Column("course", "string", "how the rate changed, which gives colour and stroke; or which rates are missing",
               allowed=("slower", "faster", "same", "before_only", "early_only", "none")),
        Column("n_before", "int", "patients with a rate before the baseline; with the median"),
        Column("n_early", "int", "patients with a rate under treatment; with the median"),
        Column("n_both", "int", "patients with both; with the median"),
        Column("n_slower", "int", "of these, with a lower rate under treatment; with the median"),
    ),
    key=("panel", "layer", "position"),
)  # fmt: skip

KAPLAN_MEIER = Table(
    "figure_kaplan_meier",
    "one point of a curve, one number at risk, or the summary of a curve",
    "What the Kaplan-Meier figure shows, panel by panel and curve by curve.",
    (
        Column("panel", "int", "place of the panel, from 1", required=True),
        Column("endpoint", "string", "id of the endpoint in the study file", required=True),
        Column("curve", "int", "place of the curve in its panel, from 1", required=True),
        COMPARTMENT,
        Column("layer", "string", "summary of the curve, a point of it, or a number below the axis", required=True,
               allowed=("summary", "point", "at_risk")),
        Column("time_months", "float", "time; 0 in the summary", unit="months", required=True),
        Column("n_at_risk", "int", "at risk just before; all patients in the summary", required=True),
        Column("n_event", "int", "events at this time; all in the summary"),
        Column("n_censored", "int", "censored at this time; all in the summary"),
        Column("marked", "bool", "a tick marks the censored", required=True),
        Column("survival", "float", "probability of being free of the event"),
        Column("ci_low", "float", "lower pointwise limit; of the median in the summary"),
        Column("ci_high", "float", "upper pointwise limit; of the median in the summary"),
        Column("method", "string", "method of the pointwise limits"),
        Column("median_months", "float", "median, in the summary; missing where it is not reached", unit="months"),
        Column("text", "string", "the summary as it is printed"),
    ),
    key=("panel", "curve", "layer", "time_months"),
)  # fmt: skip

KAPLAN_MEIER_SUBGROUPS = Table(
    "figure_kaplan_meier_subgroups",
    KAPLAN_MEIER.grain,
    "What the Kaplan-Meier figure of the subgroups shows, panel by panel and curve by curve.",
    (
        *KAPLAN_MEIER.columns,
        Column("subgroup", "string", "id of the subgroup in the study file", required=True),
        Column("level", "string", "level of the subgroup", required=True),
        Column("p_value", "float", "log-rank test of the levels shown, exploratory; in the summary"),
    ),
    key=KAPLAN_MEIER.key,
)  # fmt: skip

FOREST = Table(
    "figure_forest_proportions",
    "one line of one panel of a forest plot",
    "Estimates and intervals as they are drawn, line by line; both panels have the same lines.",
    (
        Column("panel", "int", "1: proportions, 2: hazard ratios", required=True),
        Column("position", "int", "place from above, from 1", required=True),
        Column("heading", "bool", "a heading, without an estimate", required=True),
        Column("label", "string", "what the line says on the left", required=True),
        Column("endpoint", "string", "id of the endpoint in the study file"),
        Column("compartment", "string", "compartment the line is about"),
        Column("subgroup", "string", "id of the subgroup in the study file"),
        Column("level", "string", "level of the subgroup"),
        Column("numerator", "int", "patients with the event"),
        Column("denominator", "int", "patients counted"),
        Column("estimate", "float", "proportion or ratio; missing where none is drawn"),
        Column("ci_low", "float", "lower limit of the interval"),
        Column("ci_high", "float", "upper limit of the interval"),
        Column("unit", "string", "proportion or hazard ratio", required=True),
        Column("text", "string", "what the line says on the right"),
    ),
    key=("panel", "position"),
)

SENSITIVITY = Table(
    "figure_sensitivity",
    "one definition chosen another way and one estimate",
    "The grid of definitions and estimates as it is drawn, row by row.",
    (
        Column("row", "int", "place from above: 0 the study itself, then what moves most first", required=True),
        Column("column", "int", "place of the estimate, the primary one 1", required=True),
        Column("effect", "string", "what it moves: the primary estimate, another, counts or limits, nothing",
               allowed=("primary", "other", "detail", "nothing")),
        Column("label", "string", "the definition in words", required=True),
        Column("key", "string", "key of the study file; two of them in a pair"),
        Column("value", "string", "its value in the row"),
        Column("study_value", "string", "its value in the study"),
        Column("endpoint", "string", "id of the endpoint in the study file", required=True),
        COMPARTMENT,
        Column("statistic", "string", "proportion or median", required=True),
        Column("numerator", "int", "patients with the event"),
        Column("denominator", "int", "patients counted"),
        Column("estimate", "float", "the value by this definition"),
        Column("ci_low", "float", "lower limit of the interval"),
        Column("ci_high", "float", "upper limit of the interval"),
        Column("difference", "float", "from the study's value; missing where one of them cannot be estimated"),
        Column("change", "string", "what is not the study's: the estimate, only counts or limits, nothing",
               required=True, allowed=("estimate", "detail", "none")),
    ),
    key=("row", "column"),
)  # fmt: skip

QUALITY_MAP = Table(
    "figure_quality_map",
    "one cell: a category, a centre and a table",
    "Share of cells or rows that are not as they should be, as the map of data quality shows it.",
    (
        Column("panel", "int", "place of the panel, from 1", required=True),
        Column("row", "int", "place of the centre from the top; 0 the whole registry", required=True),
        Column("column", "int", "place of the table from the left, from 1", required=True),
        Column("category", "string", "completeness, conformance or plausibility", required=True,
               allowed=("completeness", "conformance", "plausibility")),
        Column("centre", "string", "treating centre; missing for the whole registry"),
        Column("table", "string", "registry table", required=True),
        Column("percent", "float", "share; missing where too few to show", unit="percent"),
        Column("centres", "int", "centres there are; the figure shows at most 40", required=True),
    ),
    key=("panel", "row", "column"),
)  # fmt: skip

HABITS = Table(
    "figure_habits",
    "one last digit or day of the whole registry, or one centre",
    "Last digits of sizes and days of dates, and how often the preferred ones stand in each centre, as drawn.",
    (
        Column("position", "int", "place in the order of the figure, from 1", required=True, minimum=1),
        Column("kind", "string", "digits (of sizes) or days (of dates)", required=True, allowed=("digits", "days")),
        Column("part", "string", "places (digits or days of the whole registry) or centres", required=True,
               allowed=("places", "centres")),
        Column("place", "int", "last digit, or day of the month; of a centre its row from the top", required=True),
        Column("centre", "string", "treating centre; missing for the whole registry"),
        Column("n", "int", "values at this digit or day, or values of the centre; missing where too few to show"),
        Column("percent", "float", "share of this digit or day; of a centre, of the preferred values", unit="percent"),
        Column("expected_percent", "float", "share without any preference", unit="percent"),
        Column("limit_percent", "float", "limit of the study file, of centres", unit="percent"),
        Column("drawn", "bool", "false where there was no room for the centre"),
    ),
    key=("position",),
)  # fmt: skip

CUMULATIVE_INCIDENCE = Table(
    "figure_cumulative_incidence",
    "one point of a curve, one number at risk, or the summary of a curve",
    "What the figure of cumulative incidences shows, panel by panel and curve by curve.",
    (
        Column("panel", "int", "place of the panel, from 1", required=True),
        Column("endpoint", "string", "id of the endpoint in the study file", required=True),
        COMPARTMENT,
        Column("curve", "int", "place of the curve in its panel, from 1; 0 for the numbers at risk", required=True),
        Column("cause", "string", "what came first; missing for the numbers at risk, which are of any cause"),
        Column("layer", "string", "summary of the curve, a point of it, or a number below the axis", required=True,
               allowed=("summary", "point", "at_risk")),
        Column("time_months", "float", "time; in the summary the landmark, or 0", unit="months", required=True),
        Column("n_at_risk", "int", "at risk just before; all patients in the summary", required=True),
        Column("n_event", "int", "ended by the cause at this time; all of them in the summary"),
        Column("incidence", "float", "probability that the cause has come first by then"),
        Column("ci_low", "float", "lower pointwise limit"),
        Column("ci_high", "float", "upper pointwise limit"),
        Column("method", "string", "method of the limits"),
        Column("text", "string", "the summary as it is printed"),
    ),
    key=("panel", "curve", "layer", "time_months"),
)  # fmt: skip

BLAND_ALTMAN = Table(
    "figure_bland_altman",
    "one point, or one line, of one panel",
    "Differences of the sums of two readers against their mean, with bias and limits of agreement.",
    (
        Column("panel", "int", "place of the panel, from 1", required=True),
        Column("evaluator_a", "string", "reader A; differences are A minus B", required=True),
        Column("evaluator_b", "string", "reader B", required=True),
        COMPARTMENT,
        Column("layer", "string", "a time point of one patient, the mean difference or a limit of agreement",
               required=True, allowed=("point", "bias", "limit_low", "limit_high")),
        Column("position", "int", "place of the point in its panel, from 1; 0 of a line", required=True),
        Column("patient_id", "string", "pseudonym of the patient; not in the picture", cdisc="USUBJID"),
        Column("assessment", "string", "time point as the scans name it"),
        Column("baseline", "bool", "the point is the baseline, drawn hollow"),
        Column("mean_mm", "float", "mean of both sums", unit="mm"),
        Column("difference_mm", "float", "difference of the sums, or where the line lies", unit="mm"),
        Column("ci_low", "float", "lower limit of the line's interval, drawn as a band", unit="mm"),
        Column("ci_high", "float", "upper limit of the line's interval", unit="mm"),
        Column("confidence", "float", "confidence of the interval"),
        Column("pairs", "int", "pairs that go into the line"),
        Column("patients", "int", "patients they are of"),
        Column("method", "string", "method of the line and its interval"),
        Column("reason", "string", "why there is no line"),
    ),
    key=("panel", "layer", "position"),
)  # fmt: skip

SPIDER = Table(
    "figure_spider",
    "one point of a line",
    "Change of the sum of diameters over time, one line a patient and compartment; the first point is the baseline.",
    (
        Column("panel", "int", "place of the panel, from 1", required=True),
        COMPARTMENT,
        Column("patient_id", "string", "pseudonym of the patient", required=True, cdisc="USUBJID"),
        Column("position", "int", "place on the line; 0: baseline", required=True, minimum=0),
        Column("months", "float", "months since day 0", required=True, unit="months", minimum=0),
        Column("change_percent", "float", "change of the sum from baseline", required=True, unit="percent"),
        Column("response", "string", "best response of the series", allowed=(*CATEGORIES, "MISSING")),
        Column("course", "string", "what gives the line its look", required=True,
               allowed=("responder", "stable", "progressive")),
        Column("new_lesion", "bool", "progression by a new lesion at this assessment", required=True),
    ),
    key=("panel", "patient_id", "position"),
)  # fmt: skip

SWIMMER = Table(
    "figure_swimmer",
    "the end of a lane, or one mark on it",
    "The course of each included patient, longest follow-up first.",
    (
        Column("lane", "int", "place of the patient from the top, from 1", required=True, minimum=1),
        Column("position", "int", "place on the lane, from 1", required=True, minimum=1),
        Column("patient_id", "string", "pseudonym of the patient", required=True, cdisc="USUBJID"),
        Column("layer", "string", "death and ongoing end the lane, all else is a mark", required=True,
               allowed=("cycle", "response", "progression", "new_therapy", "death", "ongoing")),
        Column("compartment", "string", "compartment that responded or progressed"),
        Column("months", "float", "months since day 0", required=True, unit="months"),
        Column("drawn", "bool", "false where there was no room for the patient", required=True),
    ),
    key=("lane", "position"),
)  # fmt: skip

METABOLIC_CHANGE = Table(
    "figure_metabolic_change",
    "one pair of values in one compartment",
    "How many patients of a compartment went from which uptake at baseline to which at the best scan.",
    (
        Column("position", "int", "place in the order of panels and values, from 1", required=True, minimum=1),
        Column("panel", "int", "place of the panel, from 1", required=True),
        COMPARTMENT,
        Column("score", "string", "what is compared", required=True),
        Column("baseline_value", "float", "highest value of the compartment at baseline; missing: no pair of values"),
        Column("best_value", "float", "highest value at the scan that gives the response"),
        Column("responded", "bool", "metabolic response", required=True),
        Column("patients", "int", "patients", required=True, minimum=1),
    ),
    key=("position",),
)  # fmt: skip

FOLLOW_UP = Table(
    "figure_follow_up",
    "one centre, the small ones together, or all",
    "Follow-up by centre in the order of the figure.",
    (
        *FOLLOW_UP_BY_CENTRE.columns,
        Column("drawn", "bool", "false where there was no room for the centre", required=True),
    ),
    key=("position",),
)  # fmt: skip

PUBLISHED_COMPARISON = replace(COMPARISON, name="figure_published_comparison")


def contract(name: str) -> Table:
    """Return the contract of the table that the figure called `name` is drawn from."""
    if name.startswith(names.WATERFALL) and len(name) > len(names.WATERFALL):
        return replace(WATERFALL, name=f"figure_{name}")
    known = {
        names.FLOW: FLOW,
        names.GROWTH_RATE: GROWTH_RATE,
        names.PAIRED_CHANGES: PAIRED_CHANGES,
        names.KAPLAN_MEIER: KAPLAN_MEIER,
        names.KAPLAN_MEIER_SUBGROUPS: KAPLAN_MEIER_SUBGROUPS,
        names.QUALITY_MAP: QUALITY_MAP,
        names.HABITS: HABITS,
        names.CUMULATIVE_INCIDENCE: CUMULATIVE_INCIDENCE,
        names.FOREST: FOREST,
        names.FOREST_SUBGROUPS: replace(FOREST, name=f"figure_{names.FOREST_SUBGROUPS}"),
        names.PUBLISHED_COMPARISON: PUBLISHED_COMPARISON,
        names.BLAND_ALTMAN: BLAND_ALTMAN,
        names.SENSITIVITY: SENSITIVITY,
        names.SPIDER: SPIDER,
        names.SWIMMER: SWIMMER,
        names.METABOLIC_CHANGE: METABOLIC_CHANGE,
        names.FOLLOW_UP: FOLLOW_UP,
    }
    if name in known:
        return known[name]
    raise ConfigurationError(f"there is no figure called {name!r}", ", ".join(known))
