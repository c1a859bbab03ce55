"""Worked RECIST 1.1 cases, each with its section: every expectation of every case.

MESENLUTH_CASES names another file of the same format.
"""

import os
from pathlib import Path

import pytest
import yaml

from acceptance.recist_harness import ROOT, problems

FILE = Path(os.environ.get("MESENLUTH_CASES") or ROOT / "tests" / "data" / "recist_cases.yaml")
CASES = yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_case(case):
    assert problems(case) == []


def test_every_case_expects_something():
    assert CASES
    assert [c["id"] for c in CASES if not (c.get("expect") or c.get("best"))] == []
