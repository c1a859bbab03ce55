"""Conditions of the study file: Kleene's logic, exact lengths, and refusals by name."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.errors import ConfigurationError
from mesenluth.tables.conditions import check, evaluate
from mesenluth.tables.io import conform
from mesenluth.tables.registry import PATIENTS
from mesenluth.tables.views import BASELINE_LESIONS


def patients(**columns) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    base = {c: [None] * n for c in PATIENTS.column_names}
    base |= {"record_id": [f"r{i}" for i in range(n)], "patient_id": [f"p{i}" for i in range(n)], "centre": ["C"] * n}
    return conform(pd.DataFrame({**base, **columns}), PATIENTS)


def verdicts(condition, frame, table=PATIENTS) -> list:
    check(condition, table, "where")
    return [None if v is pd.NA else bool(v) for v in evaluate(condition, frame, table)]


@pytest.mark.parametrize(
    ("condition", "right"),
    [
        ({"column": "grade", "in": ["G1", "G2"]}, [True, True, False, None]),
        ({"column": "grade", "equals": "G1"}, [True, False, False, None]),
        ({"column": "grade", "known": True}, [True, True, True, False]),
        ({"column": "grade", "known": False}, [False, False, False, True]),
        ({"column": "functioning", "is": True}, [True, False, None, True]),
        ({"column": "ecog", "at_least": 1}, [False, True, True, None]),
        ({"column": "ecog", "more_than": 1}, [False, False, True, None]),
        ({"column": "ecog", "at_most": 1}, [True, True, False, None]),
        ({"column": "ecog", "less_than": 1}, [True, False, False, None]),
        ({"column": "ecog", "in": [0, 2]}, [True, False, True, None]),
        ({"not": {"column": "grade", "equals": "G1"}}, [False, True, True, None]),
        ({"all": [{"column": "grade", "equals": "G3"}, {"column": "functioning", "is": True}]}, [False, False, None, None]),
        ({"any": [{"column": "grade", "equals": "G3"}, {"column": "functioning", "is": True}]}, [True, False, True, True]),
    ],
)  # fmt: skip
def test_conditions(condition, right):
    frame = patients(grade=["G1", "G2", "G3", None], functioning=[True, False, None, True], ecog=[0, 1, 2, None])
    assert verdicts(condition, frame) == right


TRUTH = st.sampled_from([True, False, None])


@given(TRUTH, TRUTH)
def test_unknown_follows_kleenes_logic(a, b):
    frame = patients(functioning=[a], primary_resected=[b])
    left, right = {"column": "functioning", "is": True}, {"column": "primary_resected", "is": True}
    both = False if False in (a, b) else None if None in (a, b) else True
    either = True if True in (a, b) else None if None in (a, b) else False
    assert verdicts({"all": [left, right]}, frame) == [both]
    assert verdicts({"any": [left, right]}, frame) == [either]
    # De Morgan holds with unknowns too.
    assert verdicts({"not": {"all": [left, right]}}, frame) == verdicts({"any": [{"not": left}, {"not": right}]}, frame)


@pytest.mark.parametrize(("um", "right"), [(19_999, False), (20_000, True), (20_001, True)])
def test_lengths_are_compared_as_whole_micrometres(um, right):
    frame = pd.DataFrame({"longest_diameter_um": pd.array([um], dtype="Int64")})
    assert verdicts({"column": "longest_diameter_mm", "at_least": 20}, frame, BASELINE_LESIONS) == [right]


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ({"column": "mesenteric", "is": True}, "where.column: table patients has no column 'mesenteric'"),
        ({"column": "grade", "in": ["G9"]}, "column grade never holds 'G9'"),
        ({"column": "grade", "at_least": 2}, "column grade is string"),
        ({"column": "ecog", "at_least": "two"}, "'two' is not a number"),
        ({"column": "ecog", "is": True}, "column ecog is int"),
        ({"column": "functioning", "is": "yes"}, "where.is: 'yes'"),
        ({"column": "grade"}, "is not a condition"),
        ({"column": "grade", "in": ["G1"], "equals": "G1"}, "is not a condition"),
        ({"all": []}, r"where.all: \[\]"),
        ({"all": [{"column": "grade", "like": "G"}]}, r"where.all\[0\]"),
        ({"not": {"column": "nope", "is": True}}, "where.not.column"),
    ],
)
def test_a_wrong_condition_is_refused_by_name(condition, says):
    with pytest.raises(ConfigurationError, match=says):
        check(condition, PATIENTS, "where")
