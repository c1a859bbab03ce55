"""What a public page does not tell of a few people."""

import copy

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.report.baseline import baseline
from mesenluth.report.hidden import hidden_levels, small
from unit.report.test_report_markdown import CONFIG, table

FIVE = {"statistics": {"small_cell_below": 5}}


def study(mode, below=5):
    found = copy.deepcopy(CONFIG)
    found["report"]["mode"] = mode
    found["statistics"]["small_cell_below"] = below
    return found


@given(st.lists(st.integers(0, 30), max_size=6))
def test_no_hidden_count_can_be_had_by_subtraction(counts):
    hidden = hidden_levels(counts, FIVE)
    assert {i for i, n in enumerate(counts) if 0 < n < 5} <= hidden
    assert len(hidden) != 1 or sum(n > 0 for n in counts) == 1


@pytest.mark.parametrize(("count", "hidden"), [(0, False), (1, True), (4, True), (5, False), (None, False)])
def test_the_key_says_how_few(count, hidden):
    assert small(count, FIVE) == hidden


def sexes(a, b):
    rows = [
        {"position": i, "variable": "sex", "level": level, "statistic": "count", "value": n, "unit": "patients",
         "n": a + b, "missing": 0}
        for i, (level, n) in enumerate((("female", a), ("male", b)), 1)
    ]  # fmt: skip
    return {"baseline_characteristics": table("baseline_characteristics", rows)}


def test_a_small_level_hides_the_other_one_too():
    page = baseline(sexes(3, 49), study("public"))
    assert "| Sex | female | fewer than 5 |" in page
    assert "| Sex | male | not shown |" in page
    assert "49" not in page
    assert "| Sex | female | 3 |" in baseline(sexes(3, 49), study("internal"))
    assert "| Sex | female | 3 |" in baseline(sexes(3, 49), study("public", below=1))
    assert "| Sex | female | 20 |" in baseline(sexes(20, 32), study("public"))


def test_the_youngest_and_the_oldest_are_one_patient_each():
    names = ("median", "lower_quartile", "upper_quartile", "minimum", "maximum")
    rows = [
        {"position": i, "variable": "age", "statistic": s, "value": 60.0 + i, "unit": "years", "n": 52, "missing": 0}
        for i, s in enumerate(names, 1)
    ]  # fmt: skip
    given = {"baseline_characteristics": table("baseline_characteristics", rows)}
    assert "| 61 (62 to 63) |" in baseline(given, study("public"))
    assert "61 (62 to 63); 64 to 65" in baseline(given, study("internal"))
    assert pd.isna(given["baseline_characteristics"]["level"]).all()
