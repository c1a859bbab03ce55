"""Cases beside those of tests/data/edge_cases.yaml: baselines, time windows, whose new lesion it is, other thresholds.

The format is that of tests/data/recist_cases.yaml.
"""

import pytest
import yaml

from acceptance.recist_harness import DAY_0, day, default_study, micrometres, problems, registry
from mesenluth.response.classify import classify

CASES = yaml.safe_load(
    """
- id: a target that was not evaluated at baseline leaves no baseline sum
  lesions: {A: {role: target}, B: {role: target}}
  assessments: [{day: -5, A: 40, B: not_evaluable}, {day: 60, A: 20, B: 10}, {day: 120, A: 30, B: 10}]
  expect:
    - {day: 60, baseline_mm: null, overall: NE, rule: target.ne.baseline_incomplete}
    - {day: 120, nadir_mm: 30, overall: PD}
- id: targets that were normal at baseline show no response
  lesions: {N: {role: target, nodal: true}}
  assessments: [{day: -5, N: 9}, {day: 60, N: 6}, {day: 120, N: 14}]
  expect: [{day: 60, overall: NE, rule: target.ne.normal_at_baseline}, {day: 120, overall: PD}]
- id: no more of a suspected new lesion can be said
  lesions: {A: {role: target}, X: {role: new}}
  assessments: [{day: -5, A: 40}, {day: 60, A: absent, X: not_evaluable}, {day: 120, A: absent, X: absent}]
  expect: [{day: 60, overall: NE, rule: overall.ne.new_lesion_not_assessed}, {day: 120, overall: CR}]
- id: the baseline itself is no progression
  lesions: {A: {role: target}, B: {role: nontarget}}
  assessments: [{day: -5, A: 40, B: unequivocal_progression}, {day: 60, A: 20, B: present}]
  expect: [{day: 60, overall: PR, counted: true}]
  best: {unconfirmed: PR}
- id: the baseline itself is no complete response
  lesions: {B: {role: nontarget}}
  assessments: [{day: 0, B: absent}, {day: 60, B: present}]
  expect: [{day: 60, overall: NON-CR/NON-PD}]
- id: what was there at baseline is not new
  lesions: {A: {role: target}, X: {role: new}}
  assessments: [{day: -5, A: 40, X: present}, {day: 60, A: 40, X: present}]
  expect: [{day: 60, overall: SD, new_lesion: false}]
- id: no assessment after baseline
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 40}]
  best: {unconfirmed: MISSING, confirmed: MISSING}
- id: a baseline older than the window is none
  parameters: {baseline_window_days: 28}
  lesions: {A: {role: target}}
  assessments: [{day: -29, A: 40}, {day: 60, A: 20}]
  expect: [{day: 60, overall: NE}]
- id: a baseline at the edge of the window
  parameters: {baseline_window_days: 28}
  lesions: {A: {role: target}}
  assessments: [{day: -28, A: 40}, {day: 60, A: 20}]
  expect: [{day: 60, overall: PR}]
- id: in a time window earlier and later responses do not count
  parameters: {timing: window, timing_window_days: [90, 270]}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 40}, {day: 60, A: 28}, {day: 100, A: 32}, {day: 300, A: 20}]
  best: {unconfirmed: SD, confirmed: SD}
- id: progression before the time window counts
  parameters: {timing: window, timing_window_days: [90, 270]}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 40}, {day: 60, A: 60}, {day: 100, A: 20}]
  best: {unconfirmed: PD, confirmed: PD}
- id: a response in the time window may be confirmed after it
  parameters: {timing: window, timing_window_days: [90, 120]}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 40}, {day: 100, A: 20}, {day: 150, A: 20}]
  best: {unconfirmed: PR, confirmed: PR}
- id: no assessment in the time window
  parameters: {timing: window, timing_window_days: [90, 120]}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 40}, {day: 60, A: 20}]
  best: {unconfirmed: NE, confirmed: NE}
- id: all new lesions count in the last compartment
  parameters: {new_lesion_rule: all_to_last}
  lesions: {M: {role: target}, L: {role: target}, X: {role: new}}
  compartments: {mesenteric: [M, X], other: [L]}
  assessments: [{day: -5, M: 40, L: 40}, {day: 60, M: 40, L: 40, X: present}]
  best: {mesenteric: SD, other: PD, whole_patient: PD}
- id: all new lesions count in every compartment
  parameters: {new_lesion_rule: all_to_every}
  lesions: {M: {role: target}, L: {role: target}, X: {role: new}}
  compartments: {mesenteric: [M, X], other: [L]}
  assessments: [{day: -5, M: 40, L: 40}, {day: 60, M: 40, L: 40, X: present}]
  best: {mesenteric: PD, other: PD, whole_patient: PD}
- id: a lesion outside every compartment counts in the whole patient only
  lesions: {M: {role: target}, L: {role: target}}
  compartments: {mesenteric: [M]}
  assessments: [{day: -5, M: 40, L: 40}, {day: 60, M: 40, L: 60}]
  best: {mesenteric: SD, whole_patient: PD}
- id: other thresholds
  parameters: {pr_threshold: 25, pd_threshold: 12.5, pd_absolute_mm: 2, too_small_mm: 3, nodal_normal_mm: 8}
  lesions: {A: {role: target}, N: {role: target, nodal: true}}
  assessments:
    [{day: -5, A: 24, N: 16}, {day: 60, A: 18, N: 12}, {day: 90, A: 21.75, N: 12}, {day: 120, A: too_small, N: 8}]
  expect:
    - {day: 60, sum_mm: 30, overall: PR}
    - {day: 90, sum_mm: 33.75, overall: PD}
    - {day: 120, sum_mm: 11, target: PR}
- id: a fragment of a lesion that is not there is no new lesion
  lesions: {A: {role: target}, X: {role: new, split_from: nobody}}
  assessments: [{day: -5, A: 40}, {day: 60, A: 30, X: 12}]
  expect: [{day: 60, new_lesion: false, equivocal: true, overall: SD}]
- id: a fragment of another patient's lesion leaves its series without a baseline
  lesions: {A: {role: target}, A2: {role: target, split_from: nobody}}
  assessments: [{day: -5, A: 40}, {day: 60, A: 18, A2: 12}]
  expect: [{day: 60, baseline_mm: null, overall: NE, rule: target.ne.baseline_incomplete}]
"""
)


@pytest.mark.parametrize("case", CASES, ids=[c["id"].replace(" ", "_") for c in CASES])
def test_edge_case(case):
    assert problems(case) == []


PATIENT = {"patient_id": "P1"}
START = {
    "patients": [PATIENT | {"centre": "C1"}],
    "administrations": [
        PATIENT | {"administration_id": "D1", "administration_date": DAY_0, "product": "177Lu-DOTATATE"}
    ],
}


def scan(name, number, assessment=None):
    return PATIENT | {"scan_id": name, "scan_date": day(number), "assessment": assessment}


def lesion(name, role="target", evaluator="reader", **more):
    return PATIENT | {"lesion_id": name, "evaluator": evaluator, "role": role, "nodal": False} | more


def measured(name, scan_name, mm=None, status="measured"):
    size = {} if mm is None else {"longest_diameter_um": micrometres(mm)}
    return (
        PATIENT
        | {"measurement_id": f"{name}{scan_name}", "lesion_id": name, "scan_id": scan_name, "status": status}
        | size
    )


@pytest.mark.parametrize(
    ("progression", "response", "right"),
    [("earliest", "last", (100, 105)), ("last", "earliest", (105, 100))],
)
def test_dates_of_an_assessment_of_several_days(progression, response, right):
    """PD by the sum: earliest evidence, or the last date of the set; a response: last or first date of the set."""
    tables = registry(
        **START,
        scans=[scan("B", -5), scan("CT abdomen", 100, "week 14"), scan("CT chest", 105, "week 14"), scan("later 1", 200, "later"), scan("later 2", 205, "later")],
        lesions=[lesion("A"), lesion("C")],
        measurements=[
            measured("A", "B", 40), measured("C", "B", 40),
            measured("A", "CT abdomen", 20), measured("C", "CT chest", 20),
            measured("A", "later 1", 40), measured("C", "later 2", 40),
        ],
    )  # fmt: skip
    study = default_study()
    study["response"] |= {"progression_date": progression, "response_date": response}
    first, second = classify(tables, study)["timepoint_responses"].itertuples()
    assert (first.overall_response, second.overall_response) == ("PR", "PD")
    assert first.response_date == day(right[1])
    assert second.progression_date == second.response_date == day(right[0] + 100)
