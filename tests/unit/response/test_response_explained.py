"""Every call explains itself: the numbers, the rule, the readings that went in, and a sentence that names what decided."""

import re

import pandas as pd
import pytest
import yaml

from acceptance.recist_harness import DAY_0, ROOT, TOP, WHOLE, run
from mesenluth.response.rules import BEST_RULES, RULES, TIMEPOINT_RULES

CASES = yaml.safe_load(
    """
- rule: overall.ne.no_baseline
  lesions: {A: {role: target}}
  assessments: [{day: 60, A: 20}]
  says: "There is no baseline, so nothing can be compared: not evaluable."
- rule: target.pd.sum
  lesions: {A: {role: target}, B: {role: target}}
  assessments: [{day: -5, A: 60, B: 40}, {day: 60, A: 30, B: 20}, {day: 120, A: 36, B: 24}]
  says: "Sum of 2 targets 60 mm, baseline 100 mm (-40.0 %), nadir 50 mm (+20.0 %): progressive disease."
- rule: target.pd.partial_sum
  lesions: {A: {role: target}, B: {role: target}}
  assessments: [{day: -5, A: 30, B: 20}, {day: 60, A: 60, B: not_evaluable}]
  says: >-
    Sum of 1 of 2 targets 60 mm without the rest, baseline and nadir 50 mm (+20.0 %): progressive disease. Not
    evaluated: B (not evaluable).
- rule: nontarget.pd
  lesions: {A: {role: target}, B: {role: nontarget}}
  assessments: [{day: -5, A: 30, B: present}, {day: 60, A: 30, B: unequivocal_progression}]
  says: >-
    Target 30 mm, baseline and nadir 30 mm (0.0 %): stable disease. Non-targets: unequivocal progression of B.
    Overall: progressive disease.
- rule: new_lesion.unequivocal
  lesions: {A: {role: target}, X: {role: new}, Y: {role: new}}
  assessments: [{day: -5, A: 30}, {day: 60, A: 30, X: 8, Y: present}]
  says: >-
    Target 30 mm, baseline and nadir 30 mm (0.0 %): stable disease. New lesions: X, Y. Overall: progressive disease.
- rule: new_lesion.dated_back
  lesions: {A: {role: target}, X: {role: new}, Y: {role: new}}
  assessments: [{day: -5, A: 30}, {day: 60, A: 30, X: equivocal, Y: equivocal}, {day: 120, A: 30, X: present}]
  at: 60
  says: >-
    Target 30 mm, baseline and nadir 30 mm (0.0 %): stable disease. Equivocal here and confirmed later, so new from
    its first sight on: X. Overall: progressive disease.
- rule: overall.pd.reappearance
  lesions: {A: {role: target}, B: {role: nontarget}}
  assessments: [{day: -5, A: 30, B: present}, {day: 60, A: absent, B: absent}, {day: 120, A: 4, B: present}]
  says: >-
    Target 4 mm, baseline 30 mm (-86.7 %), nadir 0 mm: partial response. Non-targets: non-CR/non-PD. Disease is back
    after a complete response: A, B. Overall: progressive disease.
- rule: overall.ned
  where: bone
  compartments: {other: [A], bone: [X]}
  lesions: {A: {role: target}, X: {role: new}}
  assessments: [{day: -5, A: 30}, {day: 60, A: 30}]
  says: "No disease at baseline, and none now."
- rule: nontarget_only.cr
  lesions: {B: {role: nontarget}}
  assessments: [{day: -5, B: present}, {day: 60, B: absent}]
  says: "Non-targets: complete response. Overall: complete response."
- rule: nontarget_only.non_cr_non_pd
  lesions: {B: {role: nontarget}}
  assessments: [{day: -5, B: present}, {day: 60, B: present}]
  says: "Non-targets: non-CR/non-PD. Overall: non-CR/non-PD."
- rule: nontarget_only.ne
  lesions: {B: {role: nontarget}, C: {role: nontarget}, D: {role: nontarget}}
  assessments: [{day: -5, B: present, C: present, D: present}, {day: 60, B: not_evaluable, D: present}]
  says: "Non-targets: not evaluable. Not evaluated: B (not evaluable), C (not read). Overall: not evaluable."
- rule: nontarget_only.ne.local_therapy
  where: mesenteric
  compartments: {mesenteric: [B]}
  local_therapies: {mesenteric: [surgery_mesenteric]}
  therapies: [{day: 40, type: surgery_mesenteric}]
  lesions: {B: {role: nontarget}}
  assessments: [{day: -5, B: present}, {day: 60, B: absent}]
  says: "Non-targets: not evaluable. Not evaluated: B (operated on 2020-02-10). Overall: not evaluable."
- rule: overall.ne.new_lesion_not_assessed
  lesions: {A: {role: target}, X: {role: new}}
  assessments: [{day: -5, A: 30}, {day: 60, A: absent, X: not_evaluable}]
  says: >-
    Target 0 mm, baseline and nadir 30 mm (-100.0 %): complete response. Suspected new lesion, not assessable: X.
    Overall: not evaluable.
- rule: overall.cr
  lesions: {A: {role: target}, N: {role: target, nodal: true}}
  assessments: [{day: -5, A: 30, N: 20}, {day: 60, A: absent, N: 9}]
  says: "Sum of 2 targets 9 mm, baseline and nadir 50 mm (-82.0 %): complete response."
- rule: overall.pr.nontarget_persists
  lesions: {A: {role: target}, B: {role: nontarget}}
  assessments: [{day: -5, A: 30, B: present}, {day: 60, A: absent, B: present}]
  says: >-
    Target 0 mm, baseline and nadir 30 mm (-100.0 %): complete response. Non-targets: non-CR/non-PD. Overall:
    partial response.
- rule: overall.pr.nontarget_not_evaluated
  lesions: {A: {role: target}, B: {role: nontarget}}
  assessments: [{day: -5, A: 30, B: present}, {day: 60, A: absent}]
  says: >-
    Target 0 mm, baseline and nadir 30 mm (-100.0 %): complete response. Non-targets: not evaluable. Not evaluated:
    B (not read). Overall: partial response.
- rule: target.pr.sum
  lesions: {A: {role: target}, A1: {role: target, split_from: A}, A2: {role: target, split_from: A}}
  assessments: [{day: -5, A: 40}, {day: 60, A1: 16, A2: 12}]
  says: >-
    Sum of 2 targets 28 mm, baseline and nadir 40 mm (-30.0 %): partial response. Split: A into A1 and A2.
- rule: target.pr.sticky
  parameters: {pr_sticky: true}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 60, A: 70}, {day: 120, A: 80}]
  says: >-
    Target 80 mm, baseline 100 mm (-20.0 %), nadir 70 mm (+14.3 %): partial response. A response holds until
    progression.
- rule: target.sd.sum
  lesions: {A: {role: target}, B: {role: target, merged_into: A, merged_day: 60}}
  assessments: [{day: -5, A: 20, B: 25}, {day: 60, A: 38}]
  says: "Sum of 2 targets 38 mm, baseline and nadir 45 mm (-15.6 %): stable disease. Merged: B into A."
- rule: target.ne.not_all_evaluated
  axis: {mesenteric: longest}
  where: mesenteric
  compartments: {mesenteric: [A, B, C, D]}
  lesions: {A: {role: target}, B: {role: target}, C: {role: target}, D: {role: target}}
  assessments: [{day: -5, A: 20, B: 25, C: {long: 30}, D: 20}, {day: 60, A: not_evaluable, C: {short: 11}, D: 20}]
  says: >-
    1 of 4 targets evaluated: not evaluable. Not evaluated: A (not evaluable), B (not read), C (no size along the
    axis that counts).
- rule: target.ne.local_therapy
  compartments: {mesenteric: [M], liver: [L]}
  local_therapies: {mesenteric: [surgery_mesenteric], liver: [ablation]}
  parameters: {new_therapies: []}
  therapies: [{day: 40, type: surgery_mesenteric}, {day: 50, type: ablation}]
  lesions: {M: {role: target}, L: {role: target}, K: {role: target}}
  assessments: [{day: -5, M: 40, L: 30, K: 20}, {day: 60, M: absent, L: 20, K: 20}]
  says: >-
    1 of 3 targets evaluated: not evaluable. Not evaluated: L (treated locally (ablation) on 2020-02-20), M
    (operated on 2020-02-10).
- rule: target.ne.baseline_incomplete
  lesions: {A: {role: target}, B: {role: target}}
  assessments: [{day: -5, A: 40}, {day: 60, A: 20, B: 10}]
  says: "Sum of 2 targets 30 mm: not evaluable. The baseline lacks the size of B."
- rule: target.ne.normal_at_baseline
  lesions: {N: {role: target, nodal: true}}
  assessments: [{day: -5, N: 9}, {day: 60, N: 8}]
  says: >-
    Target 8 mm, baseline and nadir 9 mm (-11.1 %): not evaluable. The targets were absent or normal at baseline
    already.
- rule: overall.pr.marker_not_normal
  parameters: {require_marker_normalisation: true}
  lesions: {A: {role: target}}
  markers:
    - {day: -10, marker: chromogranin_a, value: 300, upper_limit: 100}
    - {day: 55, marker: chromogranin_a, value: 200, upper_limit: 100}
  assessments: [{day: -5, A: 40}, {day: 60, A: absent}]
  says: >-
    Target 0 mm, baseline and nadir 40 mm (-100.0 %): complete response. Non-targets: non-CR/non-PD. No lesion is left,
    but a tumour marker that was elevated at baseline still is. Overall: partial response. Chromogranin A 200 (upper
    limit 100), at baseline 300 (upper limit 100).
- rule: overall.pr.marker_not_measured
  parameters: {require_marker_normalisation: true}
  lesions: {A: {role: target}}
  markers: [{day: -10, marker: chromogranin_a, value: 300, upper_limit: 100}]
  assessments: [{day: -5, A: 40}, {day: 60, A: absent}]
  says: >-
    Target 0 mm, baseline and nadir 40 mm (-100.0 %): complete response. Non-targets: not evaluable. No lesion is left,
    but a tumour marker that was elevated at baseline was not measured. Overall: partial response. Chromogranin A not
    measured, at baseline 300 (upper limit 100).
- rule: nontarget_only.marker_not_normal
  parameters: {require_marker_normalisation: true}
  lesions: {B: {role: nontarget}}
  markers:
    - {day: -10, marker: chromogranin_a, value: 300, upper_limit: 100}
    - {day: 55, marker: chromogranin_a, value: 200, upper_limit: 100}
  assessments: [{day: -5, B: present}, {day: 60, B: absent}]
  says: >-
    Non-targets: non-CR/non-PD. No lesion is left, but a tumour marker that was elevated at baseline still is. Overall:
    non-CR/non-PD. Chromogranin A 200 (upper limit 100), at baseline 300 (upper limit 100).
- rule: nontarget_only.marker_not_measured
  parameters: {require_marker_normalisation: true}
  lesions: {B: {role: nontarget}}
  markers: [{day: -10, marker: chromogranin_a, value: 300, upper_limit: 100}]
  assessments: [{day: -5, B: present}, {day: 60, B: absent}]
  says: >-
    Non-targets: not evaluable. No lesion is left, but a tumour marker that was elevated at baseline was not measured.
    Overall: not evaluable. Chromogranin A not measured, at baseline 300 (upper limit 100).
"""
)


@pytest.mark.parametrize("case", CASES, ids=[c["rule"] for c in CASES])
def test_each_rule_is_said_in_a_sentence_of_its_own(case):
    case = dict(case) | {"id": case["rule"]}
    where, says = case.pop("where", WHOLE), case.pop("says")
    rule, at = case.pop("rule"), case.pop("at", case["assessments"][-1]["day"])
    points = run(case)["timepoint_responses"]
    row = points[(points["compartment"] == where) & (points["day"] == at)].iloc[0]
    assert row["rule"] == rule
    assert row["sentence"] == says


def test_no_rule_of_a_time_point_is_left_without_a_sentence():
    assert {c["rule"] for c in CASES} == {r.id for r in TIMEPOINT_RULES}


def test_every_rule_is_explained_in_the_docs_with_its_section():
    page = (ROOT / "docs/definitions.md").read_text(encoding="utf-8")
    for rule in (*TIMEPOINT_RULES, *BEST_RULES):
        row = next(line for line in page.splitlines() if line.startswith(f"| `{rule.id}` |"))
        _, _, meaning, section, _ = (part.strip() for part in row.split("|"))
        assert meaning == rule.text
        assert section == rule.section
        # A section of RECIST 1.1 or one of its tables, or a convention that is named.
        assert re.search(r"\d\.\d|table \d|convention|Krenning|EORTC|PERCIST", section), rule.id


def test_the_engine_gives_no_rule_that_is_not_explained():
    """Over all worked cases: whatever decided has an entry."""
    files = ("recist_cases.yaml", "recist_cases_more.yaml")
    cases = [c for f in files for c in yaml.safe_load((ROOT / "tests/data" / f).read_text(encoding="utf-8"))]
    seen = set()
    for case in (*cases, *({k: v for k, v in c.items() if k in TOP} | {"id": c["rule"]} for c in CASES)):
        result = run(case)
        seen |= set(result["timepoint_responses"]["rule"]) | set(result["best_responses"]["rule"])
    assert seen <= set(RULES)
    # And every rule of a time point is one that can decide.
    assert {r.id for r in TIMEPOINT_RULES} <= seen


def test_a_lesion_is_named_with_its_site_where_the_registry_has_one():
    case = {
        "id": "sites",
        "lesions": {
            "A": {"role": "target", "site": "liver"}, "B": {"role": "nontarget", "site": "bone"},
            "N": {"role": "nontarget", "site": "mesenteric_node"}, "X": {"role": "new", "site": "lung"},
        },
        "assessments": [
            {"day": -5, "A": 40, "B": "present", "N": "present"},
            {"day": 60, "B": "unequivocal_progression", "N": "not_evaluable", "X": "present"},
        ],
    }  # fmt: skip
    (row,) = run(case)["timepoint_responses"].itertuples()
    assert row.sentence == (
        "The target was not evaluated: not evaluable. Non-targets: unequivocal progression of B (bone)."
        " Not evaluated: A (liver, not read), N (mesenteric node, not evaluable). New lesion: X (lung)."
        " Overall: progressive disease."
    )
    assert row.not_evaluated == "A, N"


def test_the_columns_say_what_went_in():
    case = {
        "id": "columns",
        "compartments": {"mesenteric": ["M", "X"], "other": ["L", "B"]},
        "lesions": {
            "M": {"role": "target"}, "L": {"role": "target"}, "B": {"role": "nontarget"}, "X": {"role": "new"},
        },
        "assessments": [
            {"day": -5, "M": 40, "L": 60, "B": "present"},
            {"day": 60, "M": 20, "L": 60, "B": "present"},
            {"day": 120, "M": 30, "L": 50, "B": "not_evaluable"},
            {"day": 180, "M": 26, "X": "present"},
        ],
    }  # fmt: skip
    points = run(case)["timepoint_responses"].set_index(["compartment", "timepoint"])
    last = points.loc[("mesenteric", 3)]
    numbers = [
        "baseline_mm",
        "nadir_mm",
        "nadir_timepoint",
        "sum_mm",
        "change_from_baseline_mm",
        "change_from_nadir_mm",
    ]
    assert last[numbers].tolist() == [40, 20, 1, 26, -14, 6]
    assert (last["change_from_baseline_percent"], last["change_from_nadir_percent"]) == (-35, 30)
    assert last["measurement_ids"] == "M3-M M3-X"
    assert pd.isna(last["not_evaluated"])
    whole = points.loc[WHOLE]
    assert whole["measurement_ids"].tolist() == ["M1-B M1-L M1-M", "M2-B M2-L M2-M", "M3-M M3-X"]
    assert whole["nadir_timepoint"].tolist() == [0, 1, 1]
    assert whole["not_evaluated"].astype(object).where(whole["not_evaluated"].notna(), None).tolist() == [
        None, "B", "B, L",
    ]  # fmt: skip


def test_the_first_of_equal_sums_is_the_nadir():
    case = {
        "id": "equal",
        "lesions": {"A": {"role": "target"}},
        "assessments": [{"day": d, "A": mm} for d, mm in ((-5, 40), (60, 30), (120, 30), (180, 31))],
    }
    points = run(case)["timepoint_responses"]
    assert points["nadir_timepoint"].tolist() == [0, 1, 1]


def test_readings_that_do_not_count_did_not_go_in():
    """Of two readings of one day the worse counts; what was read after an operation, or merged, does not."""
    case = {
        "id": "unused",
        "compartments": {"mesenteric": ["M"]},
        "local_therapies": {"mesenteric": ["surgery_mesenteric"]},
        "parameters": {"new_therapies": []},
        "therapies": [{"day": 100, "type": "surgery_mesenteric"}],
        "lesions": {
            "M": {"role": "target"}, "A": {"role": "target"}, "B": {"role": "target", "merged_into": "A", "merged_day": 90},
        },
        "assessments": [
            {"day": -5, "M": 40, "A": 20, "B": 20},
            {"day": 60, "M": 40, "A": 20, "B": 20},
            {"day": 60, "M": 41, "A": 19, "B": 20},
            {"day": 120, "M": 10, "A": 38, "B": 3},
        ],
    }  # fmt: skip
    result = run(case)
    points = result["timepoint_responses"]
    whole = points[points["compartment"] == WHOLE]
    assert whole["measurement_ids"].tolist() == ["M1-A M2-B M2-M", "M3-A"]
    rows = result["lesion_changes"].set_index(["lesion_id", "timepoint"])
    assert rows["status"].to_dict()[("M", 2)] == "treated_locally"
    assert rows["status"].to_dict()[("B", 2)] == "merged"
    assert pd.isna(rows.loc[("M", 2), "diameter_mm"])
    assert DAY_0 + pd.Timedelta(days=120) == rows.loc[("M", 2), "assessment_date"]
