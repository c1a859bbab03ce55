"""Worked cases of progression-free survival, under the rules of the FDA and of the EMA.

The cases and their answers stand in tests/data/pfs_cases.yaml, whose head states both rule sets. MESENLUTH_PFS_CASES
names another file of the same format, which docs/cases.md describes.
"""

import os
from pathlib import Path

import pytest

from acceptance.case_files import GAP_DAYS, check, gather, survival, survival_tables
from acceptance.recist_harness import ROOT
from mesenluth.endpoints.censoring import end_of_time, rules_for

FILE = Path(os.environ.get("MESENLUTH_PFS_CASES") or ROOT / "tests" / "data" / "pfs_cases.yaml")
CASES, FAULT = gather(FILE)


def test_the_file_of_cases_can_be_read():
    if FAULT:
        pytest.fail(FAULT, pytrace=False)


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_case(case):
    check(case, survival)


@pytest.mark.skipif(bool(os.environ.get("MESENLUTH_PFS_CASES")), reason="asked of the project's own cases")
def test_the_projects_cases_are_all_there():
    assert len(CASES) == 21
    assert [c["id"] for c in CASES if not {"fda", "ema"} <= set(c)] == []


@pytest.mark.skipif(bool(os.environ.get("MESENLUTH_PFS_CASES")), reason="asked of the project's own cases")
def test_all_cases_at_once_give_what_each_gives_alone():
    """The derivation runs over whole tables: what one series ends with must not depend on the others."""
    cases = [c for c in CASES if "max_gap_days" not in c]
    together = end_of_time(*survival_tables(cases), rules_for("fda", {"fda_max_gap_days": GAP_DAYS}))
    assert together["series"].tolist() == [c["id"] for c in cases]
    for case, (_, got) in zip(cases, together.iterrows(), strict=True):
        assert [int(got["day"]), got["status"]] == case["fda"], case["id"]
