"""Worked cases of progression-free survival, under the rules of the FDA and of the EMA.

The cases and their answers stand in tests/data/pfs_cases.yaml, whose head states both rule sets; another file of the
same form can be named by the environment variable MESENLUTH_PFS_CASES.
"""

import os
from pathlib import Path

import pandas as pd
import pytest
import yaml

from mesenluth.endpoints.censoring import REASONS, end_of_time, rules_for

PATH = Path(os.environ.get("MESENLUTH_PFS_CASES", Path(__file__).resolve().parents[1] / "data" / "pfs_cases.yaml"))
CASES = yaml.safe_load(PATH.read_text(encoding="utf-8"))
GAP_DAYS = 182  # two intervals of 84 days and two windows of 7, as the head of the file says


def answer(case: dict, rule_set: str) -> pd.Series:
    """Return the row that the code gives for one case."""
    series = pd.DataFrame(
        {
            "series": [case["id"]],
            "has_baseline": [case.get("baseline", True)],
            "death": [case.get("death")],
            "new_therapy": [case.get("new_therapy")],
            "other_progression": [None],
            "cut": [case.get("cutoff")],
        }
    )
    responses = case["responses"]
    assessments = pd.DataFrame(
        {"series": [case["id"]] * len(responses), "day": list(responses), "response": list(responses.values())}
    )
    rules = rules_for(rule_set, {"fda_max_gap_days": case.get("max_gap_days", GAP_DAYS)})
    return end_of_time(series, assessments, rules).iloc[0]


def test_there_are_cases():
    assert CASES
    assert len({c["id"] for c in CASES}) == len(CASES)


@pytest.mark.parametrize("rule_set", ["fda", "ema"])
@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_case(case, rule_set):
    got = answer(case, rule_set)
    assert [int(got["day"]), got["status"]] == case[rule_set]
    assert got["reason_code"] in REASONS


def test_all_cases_at_once_give_what_each_gives_alone():
    """The derivation runs over whole tables: what one series ends with must not depend on the others."""
    series = pd.DataFrame(
        {
            "series": [c["id"] for c in CASES],
            "has_baseline": [c.get("baseline", True) for c in CASES],
            "death": [c.get("death") for c in CASES],
            "new_therapy": [c.get("new_therapy") for c in CASES],
            "other_progression": [None] * len(CASES),
            "cut": [c.get("cutoff") for c in CASES],
        }
    )
    rows = [(c["id"], day, r) for c in CASES if "max_gap_days" not in c for day, r in c["responses"].items()]
    assessments = pd.DataFrame(rows[::-1], columns=["series", "day", "response"])
    together = end_of_time(series, assessments, rules_for("fda", {"fda_max_gap_days": GAP_DAYS})).set_index("series")
    for case in CASES:
        if "max_gap_days" not in case:
            got = together.loc[case["id"]]
            assert [int(got["day"]), got["status"]] == case["fda"], case["id"]
