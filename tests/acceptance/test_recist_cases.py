"""Worked RECIST 1.1 cases, each with its section: every expectation of every case.

MESENLUTH_CASES names another file, which docs/cases.md describes; it is run instead. Its cases may be responses or
times: their keys tell which.
"""

import os
from pathlib import Path

import pytest

from acceptance.case_files import check, evaluate, gather
from acceptance.recist_harness import ROOT

DATA = ROOT / "tests" / "data"
OTHER = os.environ.get("MESENLUTH_CASES")
FILES = [Path(OTHER)] if OTHER else [DATA / "recist_cases.yaml", DATA / "recist_cases_more.yaml"]
CASES, FAULT = gather(*FILES)


def test_the_file_of_cases_can_be_read():
    if FAULT:
        pytest.fail(FAULT, pytrace=False)


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_case(case):
    check(case, evaluate)
