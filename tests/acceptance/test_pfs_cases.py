"""Worked cases of times to events, under the rules of the FDA, of the EMA and of the study file.

The cases and their answers stand in tests/data/pfs_cases.yaml, whose head states both rule sets, and in
pfs_cases_more.yaml. MESENLUTH_PFS_CASES names another file of the same format, which docs/cases.md describes; so does
MESENLUTH_CASES, of whose cases those are run here that are times.
"""

import os
from pathlib import Path

import pytest

from acceptance.case_files import GAP_DAYS, check, gather, is_survival, survival, survival_tables
from acceptance.recist_harness import ROOT
from mesenluth.endpoints.censoring import REASONS, end_of_time, rules_for

DATA = ROOT / "tests" / "data"
OWN, MORE = DATA / "pfs_cases.yaml", DATA / "pfs_cases_more.yaml"
OTHER = os.environ.get("MESENLUTH_PFS_CASES")
EITHER = None if OTHER else os.environ.get("MESENLUTH_CASES")
FILES = [Path(OTHER or EITHER)] if OTHER or EITHER else [OWN, MORE]
FOUND, FAULT = gather(*FILES)
CASES = [c for c in FOUND if is_survival(c)] if EITHER else FOUND
OF_THE_PROJECT = pytest.mark.skipif(bool(OTHER or EITHER), reason="asked of the project's own cases")


def test_the_file_of_cases_can_be_read():
    if FAULT:
        pytest.fail(FAULT, pytrace=False)


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_case(case):
    check(case, survival)


@OF_THE_PROJECT
def test_the_projects_cases_are_all_there():
    both = [c for c in CASES if {"fda", "ema"} <= set(c)]
    assert len(gather(OWN)[0]) == 21
    assert [c["id"] for c in gather(OWN)[0] if c not in both] == []


@OF_THE_PROJECT
def test_every_reason_that_a_time_of_a_part_can_end_for_has_a_case():
    given = {r for c in CASES for r in (c.get("reason") or {}).values()}
    of_survival = {"last_known_alive", "no_follow_up"}
    assert given == set(REASONS) - of_survival


@OF_THE_PROJECT
def test_all_cases_at_once_give_what_each_gives_alone():
    """The derivation runs over whole tables: what one series ends with must not depend on the others."""
    cases = [c for c in gather(OWN)[0] if "max_gap_days" not in c]
    together = end_of_time(*survival_tables(cases), rules_for("fda", {"fda_max_gap_days": GAP_DAYS}))
    assert together["series"].tolist() == [c["id"] for c in cases]
    for case, (_, got) in zip(cases, together.iterrows(), strict=True):
        assert [int(got["day"]), got["status"]] == case["fda"], case["id"]
