"""Every switch of the classification makes a difference to somebody, and each difference is the right one.

The patients stand in tests/data/switches.yaml. A switch that is added to the schema without one fails here.
"""

from itertools import permutations
from typing import Any

import pytest
import yaml

from acceptance.recist_harness import ROOT
from acceptance.whole_case import ASKED, Asked
from mesenluth.study import SCHEMA

CASES = yaml.safe_load((ROOT / "tests/data/switches.yaml").read_text(encoding="utf-8"))
RULES = yaml.safe_load((ROOT / SCHEMA).read_text(encoding="utf-8"))["properties"]
RESPONSE = RULES["response"]["properties"]
BESIDE = {
    **{
        f"compartments.{k}": RULES["compartments"]["items"]["properties"][k]
        for k in ("measure_axis", "local_therapies")
    },
    "evaluators": RULES["evaluators"],
    "primary_evaluator": RULES["primary_evaluator"],
}
SWITCHES = {**RESPONSE, **BESIDE}


def alternatives(rule: dict[str, Any]) -> list[Any] | None:
    """Return all values of a switch; None where it takes any number, name or list."""
    if rule.get("type") == "boolean":
        return [False, True]
    if "enum" in rule:
        return list(rule["enum"])
    return None


def under(case: dict[str, Any], answer: dict[str, Any]) -> Asked:
    """Return the case with its switch set as for one answer."""
    mine = {k: v for k, v in case.items() if k not in ("switch", "under")}
    mine |= {k: v for k, v in answer.items() if k != "value"}
    if case["switch"] in RESPONSE:
        mine["study"] = {"response": {case["switch"]: answer["value"]}}
    return Asked(mine)


def expected(answer: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in answer.items() if k in ASKED}


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{c['switch']}" for i, c in enumerate(CASES)])
def test_under_each_value_its_own_answer_comes_out_and_no_other(case):
    asked = [under(case, a) for a in case["under"]]
    for one, answer in zip(asked, case["under"], strict=True):
        assert one.problems() == [], answer["value"]
    for (one, answer), (_, other) in permutations(zip(asked, case["under"], strict=True), 2):
        assert one.unmet(expected(other)), f"{answer['value']} gives what {other['value']} gives"


@pytest.mark.parametrize("switch", SWITCHES)
def test_every_value_of_every_switch_has_a_patient_to_whom_it_matters(switch):
    values = [a["value"] for c in CASES if c["switch"] == switch for a in c["under"]]
    known = alternatives(SWITCHES[switch])
    if known is None:
        assert len(values) > 1
    elif len(known) > 1:
        assert [v for v in known if v not in values] == []
    else:
        raise AssertionError(f"{switch} has one value only: it is no switch")
    if "null" in (SWITCHES[switch].get("type") or []):
        assert None in values


def test_no_patient_is_kept_for_a_switch_that_is_gone():
    assert {c["switch"] for c in CASES} <= set(SWITCHES)
