"""Whom an estimate counts: of two compartments compared, those who can be judged in both."""

from types import SimpleNamespace

import pytest

from mesenluth.provenance.verdicts import counted_by

ROW = {
    "endpoint": "orr", "evaluator": "investigator", "subgroup": None, "level": None, "definition": "study",
    "compartment": "mesenteric vs other",
}  # fmt: skip
BEST = {
    "mesenteric": {"P1": "PR", "P2": "NE", "P3": "SD"},
    "other": {"P1": "SD", "P2": "PR", "P3": "MISSING"},
}


def rows(table, filters=()):
    if table == "cohort":
        return [{"patient_id": p, "centre": "C01", "included": True} for p in ("P1", "P2", "P3")]
    compartment = next(value for column, _, value in filters if column == "compartment")
    return [
        {"patient_id": p, "best_response": r, "best_response_date": None, "rule": "best", "reason": "x"}
        for p, r in BEST[compartment].items()
    ]


PLACE = SimpleNamespace(
    rows=rows,
    settings={
        "endpoints": [{"id": "orr", "kind": "response", "categories": ["CR", "PR"]}],
        "response": {"primary_confirmation": "unconfirmed", "missing_as_ne": False},
    },
)


@pytest.mark.parametrize(
    ("population", "expected"),
    [
        ("evaluable_in_both", [("P1", True), ("P1", False)]),
        ("included", [("P1", True), ("P2", False), ("P3", False), ("P1", False), ("P2", True), ("P3", False)]),
    ],
)
def test_two_compartments_are_compared_in_those_who_can_be_judged_in_both(population, expected):
    found = counted_by({**ROW, "population": population}, PLACE)
    assert [(c.patient, c.event) for c in found] == expected
