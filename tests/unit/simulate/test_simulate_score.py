"""Recall and precision of the rules against what was planted, on two lists of defects and on clean data."""

from pathlib import Path

import pandas as pd
import pytest

from mesenluth.quality.catalogue import load as load_catalogue
from mesenluth.simulate.defects_other import RULES
from mesenluth.simulate.score import Scored, by_kind, by_rule, page, scores

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def scored():
    """The default study's registry, one with the other list of defects, and a clean one."""
    return scores(ROOT)


def test_the_page_is_what_the_scores_say(scored):
    assert (ROOT / "docs/quality_scores.md").read_text(encoding="utf-8") == page(*scored)


@pytest.mark.parametrize("which", [0, 1], ids=["standard", "other"])
def test_every_error_and_nearly_every_warning_that_was_planted_is_found(scored, which):
    table = by_rule(scored[which]).dropna(subset=["recall"])
    assert (table.loc[table["severity"] == "error", "recall"] == 1).all()
    assert (table["recall"] >= 0.95).all(), table.to_string()


def test_the_standard_list_has_defects_of_every_clinical_rule_but_those_of_the_other(scored):
    planted, other = (s.planted["rule"].value_counts() for s in scored[:2])
    clinical = {r.id for r in load_catalogue().clinical}
    # One registry of one list of patients holds nobody twice: that rule is tried where two centres meet.
    assert clinical - set(planted.index) == {*RULES, "patients.in_two_centres"}
    assert all(other[rule] >= 3 for rule in RULES)


def test_what_is_found_beyond_the_planted_follows_from_it(scored):
    standard, other = by_rule(scored[0]).set_index("rule"), by_rule(scored[1]).set_index("rule")
    of_rows = standard[~standard.index.str.startswith("registry.")]
    assert (of_rows["precision"] == 1).all()
    assert other.loc[~other.index.str.startswith("registry."), "false"].sum() == 0


def test_clean_data_give_no_finding(scored):
    assert scored[2].planted.empty
    assert scored[2].findings["rule"].str.startswith("registry.").all()


def test_habits_of_whole_centres_are_found(scored):
    rows = by_kind(scored[1])
    habits = rows[rows["rule"].str.startswith("registry.")]
    assert set(habits["rule"]) == {"registry.digit_preference", "registry.date_heaping", "registry.missing_values"}
    assert (habits["planted"] == habits["found"]).all()


def test_recall_and_precision_by_hand():
    planted = pd.DataFrame(
        [("a.x", "error", "1", True), ("a.x", "error", "2", False), ("a.y", "warning", "3", True), ("none", "none", "4", False)],
        columns=["rule", "severity", "key", "found"],
    )  # fmt: skip
    findings = pd.DataFrame(
        [("a.x", "error", True, False), ("a.x", "error", False, True), ("a.x", "error", False, False), ("a.y", "warning", True, False)],
        columns=["rule", "severity", "true", "beside"],
    )  # fmt: skip
    table = by_rule(Scored(planted, findings)).set_index("rule")
    assert table.loc["a.x", ["planted", "found", "findings", "true", "beside", "false"]].tolist() == [2, 1, 3, 1, 1, 1]
    assert table.loc["a.x", "recall"] == 0.5 and table.loc["a.x", "precision"] == pytest.approx(1 / 3)
    assert table.loc["a.y", ["recall", "precision"]].tolist() == [1, 1]
    assert "none" not in table.index
