"""Worked RECIST 1.1 cases, each with its section: every expectation of every case.

MESENLUTH_CASES names another file of the same format, which is run instead.
"""

import os
from pathlib import Path

import pytest
import yaml

from acceptance.recist_harness import ROOT, problems

DATA = ROOT / "tests" / "data"
OTHER = os.environ.get("MESENLUTH_CASES")
FILES = [Path(OTHER)] if OTHER else [DATA / "recist_cases.yaml", DATA / "recist_cases_more.yaml"]
CASES = [case for file in FILES for case in yaml.safe_load(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_case(case):
    assert problems(case) == []


def test_every_case_expects_something():
    assert CASES
    assert [c["id"] for c in CASES if not (c.get("expect") or c.get("best"))] == []


def test_no_two_cases_have_one_name():
    names = [c["id"] for c in CASES]
    assert sorted({n for n in names if names.count(n) > 1}) == []
