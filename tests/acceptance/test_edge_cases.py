"""Edge cases E01 to E66: the right answer of each, and that the one commonly given instead does not come out."""

import pytest
import yaml

from acceptance.recist_harness import ROOT
from acceptance.whole_case import Asked, World

LIST = yaml.safe_load((ROOT / "tests/data/edge_cases.yaml").read_text(encoding="utf-8"))
CASES = [pytest.param(c, id=f"{e['id']}-{c['name'].replace(' ', '_')}") for e in LIST for c in e["cases"]]


def test_each_of_the_66_stands_there_once():
    assert [e["id"] for e in LIST] == [f"E{i:02d}" for i in range(1, 67)]


def test_each_has_a_right_answer_a_common_wrong_one_and_a_guard_against_it():
    for entry in LIST:
        assert set(entry) == {"id", "right", "wrong", "cases"} and all(entry.values()), entry["id"]
        assert any(c.get("never") for c in entry["cases"]), entry["id"]
        names = [c["name"] for c in entry["cases"]]
        assert len(names) == len(set(names)), entry["id"]


@pytest.mark.parametrize("case", CASES)
def test_right_answer_and_no_wrong_one(case):
    asked = Asked(case)
    assert asked.problems() == []
    assert asked.admitted() == []


def test_a_sum_of_tenths_is_the_number_itself():
    """E63: equal, not close; in binary 10.1 + 10.2 + 10.3 is 30.599999999999998."""
    assert 10.1 + 10.2 + 10.3 != 30.6
    (case,) = next(e["cases"] for e in LIST if e["id"] == "E63")
    points = World(case).result["timepoint_responses"]
    assert points[["baseline_mm", "sum_mm"]].to_numpy().tolist() == [[30.6, 30.6]]


def test_a_merged_lesion_is_marked():
    """E44: neither gone nor left out, but merged."""
    case = next(e["cases"][0] for e in LIST if e["id"] == "E44")
    changes = World(case).result["lesion_changes"].set_index(["lesion_id", "timepoint"])
    assert changes.loc[("B", 1), ["status", "diameter_mm"]].tolist() == ["merged", 0.0]
