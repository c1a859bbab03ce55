"""Table 1: numbers, categories, what is missing, and every characteristic the study file can name."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from test_endpoints_cohorts import day, default_study, patient, series, tables, therapy

from mesenluth.endpoints.baseline import baseline_characteristics
from mesenluth.endpoints.baseline_variables import VARIABLES
from mesenluth.errors import ConfigurationError
from mesenluth.tables.io import to_arrow
from mesenluth.tables.results import BASELINE_CHARACTERISTICS

ROOT = Path(__file__).resolve().parents[3]
WHO = "ABCDE"


def given(**over):
    """Five included patients and one who is not."""
    rows = {
        "cohort": [
            *(patient(p, administrations=i, activity_gbq=7.4 * i) for i, p in enumerate(WHO, 1)),
            {"patient_id": "X", "excluded_by": "prrt", "excluded_because": "not_met"},
        ],
        "patients": [
            {"patient_id": "A", "birth_year": 1950, "sex": "F", "grade": "G2", "functioning": True, "ki67_percent": 2.5,
             "ecog": 1, "diagnosis_date": day(-487), "primary_resected": False},
            {"patient_id": "B", "birth_year": 1960, "sex": "F", "grade": "G1", "functioning": False, "ecog": 0},
            {"patient_id": "C", "birth_year": 1961, "sex": "M", "grade": "G1", "primary_resected": True},
            {"patient_id": "D", "sex": "M", "grade": "G1"},
            {"patient_id": "E", "birth_year": 1945},
            {"patient_id": "X", "birth_year": 1900, "sex": "M", "grade": "G3", "functioning": True},
        ],
        "therapies": [
            therapy("A", -10, "somatostatin_analogue"), therapy("A", -30, "somatostatin_analogue"),
            therapy("A", 20, "everolimus"), therapy("B", -5, "surgery_mesenteric"), therapy("B", -9, "embolisation"),
            therapy("C", 0, "chemotherapy"), therapy("X", -5, "interferon"),
        ],
        "clinical_responses": [
            {"patient_id": "A", "symptoms_at_baseline": 2, "response": "response"},
            {"patient_id": "B", "symptoms_at_baseline": 0, "response": "not_symptomatic"},
            {"patient_id": "C", "symptoms_at_baseline": 0, "response": "not_evaluable"},
            {"patient_id": "D", "symptoms_at_baseline": 1, "response": "not_evaluable"},
        ],
        "best_responses": [
            series("A", targets=2, nontargets=1, baseline_mm=50.0), series("B", targets=1, baseline_mm=30.0),
            series("C", has_baseline=False, targets=3, baseline_mm=None), series("A", evaluator="central", targets=9),
            series("A", "non_mesenteric", targets=0, nontargets=4, baseline_mm=None),
        ],
        "lesion_changes": [
            {"patient_id": p, "lesion_id": i, "evaluator": reader, "compartment": c, "timepoint": t, "diameter_mm": mm}
            for p, i, reader, c, t, mm in [
                ("A", "1", "investigator", "mesenteric", 0, 30.0), ("A", "2", "investigator", "mesenteric", 0, 20.0),
                ("A", "1", "investigator", "mesenteric", 1, 90.0), ("A", "1", "central", "mesenteric", 0, 99.0),
                ("A", "3", "investigator", None, 0, 99.0), ("B", "4", "investigator", "mesenteric", 0, 31.0),
                ("X", "5", "investigator", "mesenteric", 0, 99.0),
            ]
        ],
        "metabolic_responses": [
            {"patient_id": "A", "compartment": "mesenteric", "baseline_value": 4.0, "response": "response"},
            {"patient_id": "B", "compartment": "mesenteric", "baseline_value": None, "response": "not_evaluable"},
        ],
    }  # fmt: skip
    return tables(**{**rows, **over})


def study(*variables):
    settings = default_study()
    settings["baseline"] = {"variables": list(variables or VARIABLES)}
    return settings


def lines(frame):
    """Return each line as (compartment or level, statistic, n, missing, value, unit)."""
    frame = frame[frame["variable"] != "patients"]
    names = frame["level"].fillna(frame["compartment"]).fillna("").tolist()
    values = [None if pd.isna(v) else v for v in frame["value"]]
    return list(zip(names, frame["statistic"], frame["n"], frame["missing"], values, frame["unit"], strict=True))


def counts(frame):
    return [(level, n, missing, value) for level, s, n, missing, value, _ in lines(frame) if s == "count"]


def test_everything_the_study_file_may_name_is_computed_and_nothing_else():
    schema = yaml.safe_load((ROOT / "schemas/study.schema.yaml").read_text())["properties"]["baseline"]
    assert schema["properties"]["variables"]["items"]["enum"] == list(VARIABLES)
    assert default_study()["baseline"]["variables"] == list(VARIABLES)
    frame = baseline_characteristics(given(), study())
    assert frame["variable"].drop_duplicates().tolist() == ["patients", *VARIABLES]
    assert to_arrow(frame, BASELINE_CHARACTERISTICS).num_rows == len(frame)
    with pytest.raises(ConfigurationError, match="baseline.variables: 'shoe_size'"):
        baseline_characteristics(given(), study("shoe_size"))


def test_the_number_of_patients_stands_first():
    first = baseline_characteristics(given(), study("sex")).iloc[0]
    assert first[["variable", "statistic", "n", "missing", "value", "unit"]].tolist() == [
        "patients", "count", 5, 0, 5, "patients",
    ]  # fmt: skip


def test_a_number_has_median_quartiles_and_range():
    """R: quantile(c(2015 - c(1950, 1960, 1961, 1945))) is 54, 54.75, 60, 66.25, 70."""
    assert lines(baseline_characteristics(given(), study("age"))) == [
        ("", "median", 4, 1, 60, "years"),
        ("", "lower_quartile", 4, 1, 54.75, "years"),
        ("", "upper_quartile", 4, 1, 66.25, "years"),
        ("", "minimum", 4, 1, 54, "years"),
        ("", "maximum", 4, 1, 70, "years"),
    ]


def test_a_category_has_counts_and_shares_of_those_known_in_the_order_of_the_contract():
    found = lines(baseline_characteristics(given(), study("grade", "sex")))
    assert found == [
        ("G1", "count", 4, 1, 3, "patients"), ("G1", "percent", 4, 1, 75, "percent"),
        ("G2", "count", 4, 1, 1, "patients"), ("G2", "percent", 4, 1, 25, "percent"),
        ("F", "count", 4, 1, 2, "patients"), ("F", "percent", 4, 1, 50, "percent"),
        ("M", "count", 4, 1, 2, "patients"), ("M", "percent", 4, 1, 50, "percent"),
    ]  # fmt: skip


def test_what_nobody_has_recorded_is_one_line_that_says_so():
    frame = baseline_characteristics(given(), study("stage", "hiaa_xuln", "carcinoid_syndrome"))
    assert lines(frame) == [
        ("", "count", 0, 5, None, "patients"), ("", "median", 0, 5, None, "xULN"),
        ("", "count", 0, 5, None, "patients"),
    ]  # fmt: skip
    assert frame["reason"].tolist()[1:] == ["not_recorded"] * 3


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("functioning", [("yes", 2, 3, 1), ("no", 2, 3, 1)]),
        ("ecog", [("0", 2, 3, 1), ("1", 2, 3, 1)]),
        # C was never asked by day 0; E has no record at all; D had a symptom and was not seen again.
        ("symptoms", [("yes", 3, 2, 2), ("no", 3, 2, 1)]),
        # B by record, C by what is known of the primary, A neither; of D and E nothing is known.
        ("prior_surgery", [("yes", 3, 2, 2), ("no", 3, 2, 1)]),
        # Before day 0 and of included patients only; a therapy that begins at day 0 is not before it.
        ("prior_therapies", [("somatostatin_analogue", 5, 0, 1), ("embolisation", 5, 0, 1),
                             ("surgery_mesenteric", 5, 0, 1), ("none", 5, 0, 3)]),
    ],
)  # fmt: skip
def test_categories(variable, expected):
    assert counts(baseline_characteristics(given(), study(variable))) == expected


@pytest.mark.parametrize(
    ("variable", "where", "n", "missing", "median", "unit"),
    [
        ("time_since_diagnosis", "", 1, 4, 16, "months"),  # 487 days of 30.4375
        ("cycles", "", 5, 0, 3, "cycles"),
        ("activity_gbq", "", 5, 0, 22.2, "GBq"),
        ("ki67_percent", "", 1, 4, 2.5, "percent"),
        ("largest_lesion", "mesenteric", 2, 3, 30.5, "mm"),
        ("largest_lesion", "non_mesenteric", 0, 5, None, "mm"),
        ("baseline_sum", "mesenteric", 2, 3, 40, "mm"),
        ("lesions", "mesenteric", 2, 3, 2, "lesions"),
        ("lesions", "non_mesenteric", 1, 4, 4, "lesions"),
        ("uptake", "mesenteric", 1, 4, 4, "Krenning score"),
    ],
)
def test_numbers(variable, where, n, missing, median, unit):
    found = [x for x in lines(baseline_characteristics(given(), study(variable))) if x[:2] == (where, "median")]
    assert found == [(where, "median", n, missing, median if median is None else pytest.approx(median, 1e-4), unit)]


def test_uptake_is_in_the_unit_of_the_method():
    settings = study("uptake")
    settings["metabolic"] = {**settings["metabolic"], "method": "suvmax"}
    assert set(baseline_characteristics(given(), settings)["unit"]) == {"patients", "SUV"}


def test_without_included_patients_there_is_no_row():
    frame = baseline_characteristics(tables(), study())
    assert to_arrow(frame, BASELINE_CHARACTERISTICS).num_rows == 0
