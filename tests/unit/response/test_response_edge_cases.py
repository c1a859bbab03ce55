"""Edge cases of RECIST 1.1: input, right answer, and the answer that is commonly given instead.

Each case rests on RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-247), on the working group's clarifications
(Schwartz et al., Eur J Cancer 2016;62:132-137) or on a convention that a switch of the study names; the arithmetic
was checked by hand. The format is that of tests/data/recist_cases.yaml.
"""

import pytest
import yaml

from acceptance.recist_harness import DAY_0, day, default_study, micrometres, problems, registry
from mesenluth.response.classify import classify

CASES = yaml.safe_load(
    """
- id: E01 PD is counted from the nadir, not from the baseline
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 60, A: 50}, {day: 120, A: 60}]
  expect: [{day: 60, overall: PR}, {day: 120, overall: PD, change_from_nadir_percent: 20.0, change_from_nadir_mm: 10}]
  best: {unconfirmed: PR}
- id: E02 21 % over the nadir but 3 mm, strict
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 20}, {day: 60, A: 14}, {day: 120, A: 17}]
  expect: [{day: 60, overall: PR}, {day: 120, overall: SD}]
- id: E02 21 % over the nadir but 3 mm, sticky
  parameters: {pr_sticky: true}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 20}, {day: 60, A: 14}, {day: 120, A: 17}]
  expect: [{day: 60, overall: PR}, {day: 120, overall: PR, target: PR, rule: target.pr.sticky}]
  best: {unconfirmed: PR, confirmed: SD}
- id: E03 17 mm but 18.9 %
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 60, A: 90}, {day: 120, A: 107}]
  expect: [{day: 60, overall: SD}, {day: 120, overall: SD}]
- id: E04 both thresholds met exactly
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 25}, {day: 60, A: 30}]
  expect: [{day: 60, overall: PD}]
- id: E05 exactly 20 % where binary floating point sees less
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 40}, {day: 60, A: 26.0}, {day: 120, A: 31.2}]
  expect: [{day: 60, overall: PR}, {day: 120, overall: PD}]
- id: E06 exactly 30 % where binary floating point sees less
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 23.0}, {day: 60, A: 16.1}]
  expect: [{day: 60, overall: PR}]
- id: E07 exactly 5 mm where binary floating point sees less
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 16}, {day: 60, A: 11.4}, {day: 120, A: 16.4}]
  expect: [{day: 60, overall: SD}, {day: 120, overall: PD}]
- id: E08 CR with a sum of 9 mm
  lesions: {A: {role: target, site: liver}, N: {role: target, nodal: true}}
  assessments: [{day: -5, A: 30, N: 18}, {day: 60, A: absent, N: 9}]
  expect: [{day: 60, sum_mm: 9, target: CR, overall: CR}]
- id: E09 a node of 10 mm is not normal
  lesions: {A: {role: target}, N: {role: target, nodal: true}}
  assessments: [{day: -5, A: 30, N: 18}, {day: 60, A: absent, N: 10}]
  expect: [{day: 60, overall: PR}]
- id: E10 too small to measure is 5 mm
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 12}, {day: 60, A: too_small}]
  expect: [{day: 60, sum_mm: 5, overall: PR}]
- id: E11 a stated size under 5 mm is kept
  lesions: {A: {role: target}, B: {role: target}}
  assessments: [{day: -5, A: 12, B: 20}, {day: 60, A: {status: too_small, long: 3}, B: 19}]
  expect: [{day: 60, sum_mm: 22, change_from_baseline_percent: -31.25, overall: PR}]
- id: E12 a node too small to measure is normal
  lesions: {N: {role: target, nodal: true}}
  assessments: [{day: -5, N: 16}, {day: 60, N: too_small}]
  expect: [{day: 60, sum_mm: 5, overall: CR}]
- id: E13 a partial sum that progresses already
  lesions: {A: {role: target}, B: {role: target}, C: {role: target}}
  assessments: [{day: -5, A: 20, B: 15, C: 15}, {day: 60, A: 45, B: 35, C: not_evaluable}]
  expect: [{day: 60, sum_mm: 80, sum_complete: false, target: PD, overall: PD, rule: target.pd.partial_sum}]
- id: E14 a partial sum that shrinks is no response
  lesions: {A: {role: target}, B: {role: target}, C: {role: target}}
  assessments: [{day: -5, A: 20, B: 15, C: 15}, {day: 60, A: 10, B: 10, C: not_evaluable}]
  expect: [{day: 60, overall: NE, targets: 3, targets_evaluated: 2, change_from_baseline_percent: null}]
- id: E15 a partial sum is no nadir
  lesions: {A: {role: target}, B: {role: target}, C: {role: target}}
  assessments: [{day: -5, A: 20, B: 15, C: 15}, {day: 60, A: 10, B: 10}, {day: 120, A: 18, B: 15, C: 15}]
  expect: [{day: 60, overall: NE}, {day: 120, nadir_mm: 50, overall: SD}]
- id: E16 non-target progression although targets are NE
  lesions: {A: {role: target}, B: {role: nontarget}}
  assessments: [{day: -5, A: 20, B: present}, {day: 60, A: not_evaluable, B: unequivocal_progression}]
  expect: [{day: 60, target: NE, nontarget: PD, overall: PD}]
- id: E17 target CR with a non-target not evaluated
  lesions: {A: {role: target}, B: {role: nontarget}}
  assessments: [{day: -5, A: 20, B: present}, {day: 60, A: absent, B: not_evaluable}]
  expect: [{day: 60, target: CR, nontarget: NE, overall: PR, rule: overall.pr.nontarget_not_evaluated}]
- id: E18 target PR and SD stand where non-targets were not evaluated
  lesions: {A: {role: target}, B: {role: nontarget}}
  assessments: [{day: -5, A: 20, B: present}, {day: 60, A: 10}, {day: 90, A: 14.5}]
  expect: [{day: 60, nontarget: NE, overall: PR}, {day: 90, nontarget: NE, overall: SD}]
- id: E19 no non-targets at baseline is not a missing non-target
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 20}, {day: 60, A: absent}]
  expect: [{day: 60, nontarget: null, overall: CR}]
- id: E20 targets NE with stable non-targets
  lesions: {A: {role: target}, B: {role: nontarget}}
  assessments: [{day: -5, A: 20, B: present}, {day: 60, A: not_evaluable, B: present}]
  expect: [{day: 60, overall: NE}]
- id: E21 non-target disease only
  lesions: {B: {role: nontarget}}
  assessments: [{day: -5, B: present}, {day: 60, B: present}]
  expect: [{day: 60, target: null, overall: NON-CR/NON-PD}]
  best: {unconfirmed: NON-CR/NON-PD, confirmed: NON-CR/NON-PD}
- id: E21 an unconfirmed CR without targets is never SD
  lesions: {B: {role: nontarget}}
  assessments: [{day: -5, B: present}, {day: 60, B: absent}]
  best: {unconfirmed: CR, confirmed: NON-CR/NON-PD}
- id: E22 non-target only, one of three not assessed
  lesions: {A: {role: nontarget}, B: {role: nontarget}, C: {role: nontarget}}
  assessments: [{day: -5, A: present, B: present, C: present}, {day: 60, A: absent, B: absent}]
  expect: [{day: 60, nontarget: NE, overall: NE}]
- id: E23 a compartment without disease at baseline
  lesions: {M: {role: target}, L: {role: target}, X: {role: new}}
  compartments: {mesenteric: [M], liver: [L], bone: [X]}
  assessments: [{day: -5, M: 20, L: 20}, {day: 60, M: 20, L: 20}, {day: 120, M: 20, L: 20, X: present}]
  expect:
    - {day: 60, compartment: bone, target: null, nontarget: null, overall: NED, rule: overall.ned}
    - {day: 120, compartment: bone, new_lesion: true, overall: PD}
    - {day: 120, compartment: liver, overall: SD}
  best: {liver: SD, bone: PD}
- id: E23 nothing at baseline and nothing new
  lesions: {M: {role: target}, X: {role: new}}
  compartments: {mesenteric: [M], bone: [X]}
  assessments: [{day: -5, M: 20}, {day: 60, M: 20}]
  best: {mesenteric: SD, bone: {unconfirmed: NED, confirmed: NED}}
- id: E24 70 70 80 80 80 of 100, strict
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 60, A: 70}, {day: 90, A: 70}, {day: 120, A: 80}, {day: 150, A: 80}]
  expect: [{day: 60, overall: PR}, {day: 90, overall: PR}, {day: 120, overall: SD}, {day: 150, overall: SD}]
  best: {unconfirmed: PR, confirmed: PR}
- id: E24 70 70 80 80 80 of 100, sticky
  parameters: {pr_sticky: true}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 60, A: 70}, {day: 90, A: 70}, {day: 120, A: 80}, {day: 150, A: 80}]
  expect: [{day: 60, overall: PR}, {day: 90, overall: PR}, {day: 120, overall: PR}, {day: 150, overall: PR}]
  best: {unconfirmed: PR, confirmed: PR}
- id: E25 PR then SD is not confirmed, although it is shown as PR
  parameters: {pr_sticky: true}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 60, A: 70}, {day: 120, A: 80}]
  best: {unconfirmed: PR, confirmed: SD}
- id: E26 one NE between is allowed
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 42, A: 60}, {day: 63, A: not_evaluable}, {day: 84, A: 60}]
  best: {unconfirmed: PR, confirmed: PR}
- id: E26 no NE between is allowed
  parameters: {max_not_evaluable: 0}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 42, A: 60}, {day: 63, A: not_evaluable}, {day: 84, A: 60}]
  best: {unconfirmed: PR, confirmed: SD}
- id: E26 any number of NE between is allowed
  parameters: {max_not_evaluable: null}
  lesions: {A: {role: target}}
  assessments:
    [{day: -5, A: 9}, {day: 42, A: 6}, {day: 63, A: not_evaluable}, {day: 70, A: not_evaluable}, {day: 84, A: 6}]
  best: {confirmed: PR}
- id: E27 PR SD PR, no SD between
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 42, A: 68}, {day: 63, A: 75}, {day: 84, A: 68}]
  best: {confirmed: SD}
- id: E27 PR SD PR, one SD between
  parameters: {accept_sd: 1}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 42, A: 68}, {day: 63, A: 75}, {day: 84, A: 68}]
  best: {confirmed: PR}
- id: E28 21 days do not confirm
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 56, A: 60}, {day: 77, A: 60}]
  best: {confirmed: SD}
- id: E29 28 days confirm
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 56, A: 60}, {day: 84, A: 60}]
  best: {confirmed: PR}
  response_day: 56
- id: E30 8 mm after CR
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 30}, {day: 60, A: absent}, {day: 120, A: 8}]
  expect:
    - {day: 60, overall: CR}
    - {day: 120, target: PD, overall: PD, change_from_nadir_mm: 8, change_from_nadir_percent: null, rule: target.pd.sum}
- id: E31 4 mm after CR is progression by reappearance
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 30}, {day: 60, A: absent}, {day: 120, A: 4}]
  expect: [{day: 120, target: PR, overall: PD, rule: overall.pd.reappearance}]
  best: {unconfirmed: CR, confirmed: SD}
  progression_day: 120
- id: E31 4 mm after CR, only flagged
  parameters: {cr_then_pr: flag}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 30}, {day: 60, A: absent}, {day: 120, A: 4}]
  expect: [{day: 120, target: PR, overall: PR}]
  best: {unconfirmed: CR, confirmed: SD}
  progression_day: null
- id: E31 4 mm after CR, the CR was a PR
  parameters: {cr_then_pr: pr}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 30}, {day: 60, A: absent}, {day: 120, A: 4}]
  expect: [{day: 60, overall: CR}, {day: 120, overall: PR}]
  best: {unconfirmed: PR, confirmed: PR}
- id: E31 two nodes of which one grows back to 10 mm, and a lesion that stays away
  lesions: {A: {role: target}, N: {role: target, nodal: true}}
  assessments: [{day: -5, A: 30, N: 16}, {day: 60, A: absent, N: 8}, {day: 120, A: absent, N: 10}]
  expect: [{day: 60, overall: CR}, {day: 120, overall: PD, rule: overall.pd.reappearance}]
- id: E32 a node has reappeared from 10 mm on
  lesions: {N: {role: target, nodal: true}}
  assessments: [{day: -5, N: 18}, {day: 60, N: 8}, {day: 120, N: 9.5}, {day: 180, N: 11}]
  expect: [{day: 60, overall: CR}, {day: 120, overall: CR}, {day: 180, overall: PD, rule: overall.pd.reappearance}]
  best: {unconfirmed: CR, confirmed: CR}
- id: E32 a non-target node that is measurable again has not unequivocally progressed
  lesions: {A: {role: target}, N: {role: nontarget, nodal: true}}
  assessments: [{day: -5, A: 20, N: 13}, {day: 60, A: absent, N: 8}, {day: 120, A: absent, N: 11}]
  expect: [{day: 60, overall: CR}, {day: 120, nontarget: NON-CR/NON-PD, overall: PR}]
  best: {unconfirmed: CR, confirmed: SD}
- id: E31 a non-target that is back after CR is progression
  lesions: {A: {role: target}, B: {role: nontarget}}
  assessments: [{day: -5, A: 20, B: present}, {day: 60, A: absent, B: absent}, {day: 120, A: absent, B: present}]
  expect: [{day: 120, target: CR, nontarget: NON-CR/NON-PD, overall: PD, rule: overall.pd.reappearance}]
- id: E31 a non-target left unread after CR is no progression and breaks no confirmation
  lesions: {A: {role: target}, B: {role: nontarget}}
  assessments:
    [{day: -5, A: 20, B: present}, {day: 60, A: 0, B: absent}, {day: 90, A: absent}, {day: 120, A: 0, B: absent}]
  expect: [{day: 90, overall: PR, rule: overall.pr.nontarget_not_evaluated}]
  best: {unconfirmed: CR, confirmed: CR}
  progression_day: null
- id: E33 reappearance without a CR before is no new lesion
  lesions: {A: {role: target}, B: {role: target}}
  assessments: [{day: -5, A: 30, B: 40}, {day: 60, A: absent, B: 40}, {day: 120, A: 6, B: 40}]
  expect: [{day: 60, overall: PR}, {day: 120, overall: PR, new_lesion: false}]
- id: E34 SD too early, then PD
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 50}, {day: 35, A: 50}, {day: 70, A: 60}]
  best: {unconfirmed: PD, confirmed: PD}
- id: E35 SD too early and nothing after
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 50}, {day: 35, A: 50}]
  best: {unconfirmed: NE, confirmed: NE}
- id: E36 SD at exactly the minimum
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 50}, {day: 42, A: 50}]
  best: {unconfirmed: SD, confirmed: SD}
- id: E36 SD one day before another minimum
  parameters: {sd_minimum_days: 56}
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 50}, {day: 55, A: 50}]
  best: {unconfirmed: NE, confirmed: NE}
- id: E37 nothing counts after PD
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 50}, {day: 45, A: 50}, {day: 70, A: 60}, {day: 100, A: 30}]
  expect: [{day: 70, counted: true}, {day: 100, overall: PR, counted: false}]
  best: {unconfirmed: SD, confirmed: SD}
- id: E38 an equivocal lesion that is confirmed dates progression back
  lesions: {A: {role: target}, X: {role: new}}
  assessments: [{day: -5, A: 50}, {day: 60, A: 50, X: equivocal}, {day: 120, A: 50, X: present}]
  expect:
    - {day: 60, overall: PD, equivocal: true, target: SD, rule: new_lesion.dated_back}
    - {day: 120, overall: PD, rule: new_lesion.unequivocal, counted: false}
  best: {unconfirmed: PD, confirmed: PD}
  progression_day: 60
- id: E38 equivocal twice, then confirmed
  lesions: {A: {role: target}, X: {role: new}}
  assessments: [{day: -5, A: 9}, {day: 60, A: 9, X: equivocal}, {day: 90, A: 9, X: equivocal}, {day: 120, A: 9, X: 7}]
  progression_day: 60
- id: E38 a finding that was not assessable in between
  lesions: {A: {role: target}, X: {role: new}}
  assessments:
    [{day: -5, A: 9}, {day: 60, A: 9, X: equivocal}, {day: 90, A: 9, X: not_evaluable}, {day: 120, A: 9, X: 7}]
  progression_day: 60
- id: E39 an equivocal lesion that is gone
  lesions: {A: {role: target}, X: {role: new}}
  assessments: [{day: -5, A: 50}, {day: 60, A: 50, X: equivocal}, {day: 120, A: 50}]
  expect: [{day: 60, overall: SD, equivocal: true, new_lesion: false}, {day: 120, overall: SD, equivocal: false}]
  progression_day: null
- id: E39 an equivocal lesion that was gone before a certain one is another finding
  lesions: {A: {role: target}, X: {role: new}}
  assessments:
    [{day: -5, A: 9}, {day: 60, A: 9, X: equivocal}, {day: 90, A: 9, X: absent}, {day: 120, A: 9, X: present}]
  expect: [{day: 60, overall: SD}]
  progression_day: 120
- id: E40 a region imaged for the first time shows a metastasis
  lesions: {A: {role: target}, X: {role: new, site: brain}}
  assessments: [{day: -5, A: 50}, {day: 60, A: 50}, {day: 90, A: 50}, {day: 120, X: present, A: 50}]
  progression_day: 120
- id: E41 a PET focus that CT confirms later
  lesions: {A: {role: target}, X: {role: new}}
  assessments: [{day: -5, A: 50}, {day: 60, X: equivocal, A: 50}, {day: 90, X: 12, A: 50}]
  progression_day: 60
- id: E42 a new node of 11 mm alone is read again
  lesions: {A: {role: target}, X: {role: new, nodal: true}}
  assessments: [{day: -5, A: 50}, {day: 60, A: 50, X: 9}, {day: 120, A: 50, X: 11}]
  expect:
    - {day: 60, overall: SD, equivocal: false}
    - {day: 120, overall: SD, new_lesion: false, equivocal: true}
- id: E42 a new node of 15 mm is new from its first sight on
  lesions: {A: {role: target}, X: {role: new, nodal: true}}
  assessments: [{day: -5, A: 50}, {day: 60, A: 50, X: 9}, {day: 120, A: 50, X: 11}, {day: 180, A: 50, X: 15}]
  expect: [{day: 180, new_lesion: true, overall: PD}]
  progression_day: 120
- id: E42 a new node that the reader calls certain
  lesions: {A: {role: target}, X: {role: new, nodal: true}}
  assessments: [{day: -5, A: 50}, {day: 60, A: 50, X: present}]
  progression_day: 60
- id: E43 a target that splits
  lesions: {A: {role: target}, A1: {role: target, split_from: A}, A2: {role: target, split_from: A}}
  assessments: [{day: -5, A: 40}, {day: 60, A1: 18, A2: 12}]
  expect: [{day: 60, sum_mm: 30, change_from_baseline_percent: -25.0, overall: SD, new_lesion: false}]
- id: E43 a target that goes on as the larger of two parts
  lesions: {A: {role: target}, A2: {role: new, split_from: A}}
  assessments: [{day: -5, A: 40}, {day: 60, A: 18, A2: 12}]
  expect: [{day: 60, sum_mm: 30, targets: 2, overall: SD, new_lesion: false}]
- id: E43 a fragment that was not evaluated makes the sum incomplete
  lesions: {A: {role: target}, A1: {role: target, split_from: A}, A2: {role: target, split_from: A}}
  assessments: [{day: -5, A: 40}, {day: 60, A1: 18, A2: 12}, {day: 120, A1: 12, A2: not_evaluable}, {day: 150, A1: 12}]
  expect: [{day: 120, overall: NE, targets: 2, targets_evaluated: 1}, {day: 150, overall: NE}]
- id: E43 a fragment that appears later
  lesions: {A: {role: target}, A1: {role: target, split_from: A}, A2: {role: target, split_from: A}}
  assessments: [{day: -5, A: 40}, {day: 60, A1: 18}, {day: 120, A1: 18, A2: 12}]
  expect: [{day: 60, sum_mm: 18, targets: 1}, {day: 120, sum_mm: 30, targets: 2, overall: PD}]
- id: E43 all fragments are gone
  lesions: {A: {role: target}, A1: {role: target, split_from: A}, A2: {role: target, split_from: A}}
  assessments: [{day: -5, A: 40}, {day: 60, A1: 8, A2: 2}, {day: 120, A1: absent, A2: absent}]
  expect: [{day: 60, overall: PR}, {day: 120, sum_mm: 0, overall: CR}]
- id: E43 a fragment that splits again
  lesions:
    A: {role: target}
    A1: {role: target, split_from: A}
    A2: {role: target, split_from: A}
    B1: {role: target, split_from: A1}
    B2: {role: target, split_from: A1}
  assessments: [{day: -5, A: 40}, {day: 60, A1: 20, A2: 12}, {day: 120, B1: 9, B2: 8, A2: 12}]
  expect: [{day: 60, sum_mm: 32, targets: 2}, {day: 120, sum_mm: 29, targets: 3, overall: SD}]
- id: E43 fragments read as one again
  lesions: {A: {role: target}, A1: {role: target, split_from: A}, A2: {role: target, split_from: A}}
  assessments: [{day: -5, A: 40}, {day: 60, A1: 18, A2: 12}, {day: 120, A: 31}]
  expect: [{day: 120, sum_mm: 31, targets: 1, overall: SD}]
- id: E43 a non-target that splits
  lesions: {A: {role: target}, B: {role: nontarget}, B1: {role: nontarget, split_from: B}}
  assessments: [{day: -5, A: 40, B: present}, {day: 60, A: absent, B1: absent}]
  expect: [{day: 60, nontarget: CR, overall: CR}]
- id: E43 a lesion that splits in a compartment of its own
  lesions: {M: {role: target}, M1: {role: target, split_from: M}, L: {role: target}}
  compartments: {mesenteric: [M], liver: [L]}
  assessments: [{day: -5, M: 40, L: 30}, {day: 60, M1: 20, L: 30}]
  expect: [{day: 60, compartment: mesenteric, sum_mm: 20, overall: PR}, {day: 60, sum_mm: 50, overall: SD}]
- id: E44 two targets that merge
  lesions: {A: {role: target}, B: {role: target, merged_into: A, merged_day: 60}}
  assessments: [{day: -5, A: 20, B: 25}, {day: 60, A: 38}]
  expect: [{day: 60, sum_mm: 38, sum_complete: true, targets: 2, overall: SD}]
- id: E44 a merged lesion is read apart before the date of the merger
  lesions: {A: {role: target}, B: {role: target, merged_into: A, merged_day: 100}}
  assessments: [{day: -5, A: 20, B: 25}, {day: 60, A: 20}, {day: 100, A: 38}]
  expect: [{day: 60, overall: NE}, {day: 100, overall: SD}]
- id: E44 without a date the merger begins after the last reading
  lesions: {A: {role: target}, B: {role: target, merged_into: A}}
  assessments: [{day: -5, A: 20, B: 25}, {day: 60, A: 38}]
  expect: [{day: 60, sum_mm: 38, overall: SD}]
- id: E44 three that merge one into another
  lesions:
    A: {role: target}
    B: {role: target, merged_into: A, merged_day: 60}
    C: {role: target, merged_into: B, merged_day: 50}
  assessments: [{day: -5, A: 20, B: 25, C: 15}, {day: 60, A: 58}]
  expect: [{day: 60, sum_mm: 58, overall: SD}]
- id: E44 what has merged goes with the other lesion
  lesions: {A: {role: target}, B: {role: target, merged_into: A, merged_day: 60}}
  assessments: [{day: -5, A: 20, B: 25}, {day: 60, A: 30}, {day: 90, A: not_evaluable}, {day: 120, A: absent}]
  expect: [{day: 60, overall: PR}, {day: 90, overall: NE}, {day: 120, overall: CR}]
- id: E44 a merger is no CR of the lesion that merged
  lesions: {A: {role: target}, B: {role: nontarget, merged_into: A, merged_day: 60}}
  assessments: [{day: -5, A: 40, B: present}, {day: 60, A: 40}, {day: 120, A: absent}]
  expect: [{day: 60, nontarget: NON-CR/NON-PD, overall: SD}, {day: 120, target: CR, nontarget: CR, overall: CR}]
- id: E44 a target that merges into another compartment cannot be evaluated in its own
  lesions: {M: {role: target}, L: {role: target, merged_into: M, merged_day: 60}}
  compartments: {mesenteric: [M], other: [L]}
  assessments: [{day: -5, M: 40, L: 20}, {day: 60, M: 62}]
  expect:
    - {day: 60, compartment: other, target: NE, overall: NE}
    - {day: 60, compartment: mesenteric, sum_mm: 62, overall: PD}
    - {day: 60, sum_mm: 62, overall: SD}
- id: E50 a modest increase of a non-target is no progression
  lesions: {A: {role: target}, B: {role: nontarget, site: bone}}
  assessments: [{day: -5, A: 40, B: present}, {day: 60, A: 40, B: equivocal}]
  expect: [{day: 60, nontarget: NON-CR/NON-PD, overall: SD}]
- id: E51 a marker that is still elevated withholds CR
  parameters: {require_marker_normalisation: true}
  lesions: {A: {role: target}, B: {role: nontarget}}
  markers:
    - {day: -10, marker: chromogranin_a, value: 300, upper_limit: 100}
    - {day: 55, marker: chromogranin_a, value: 200, upper_limit: 100}
  assessments: [{day: -5, A: 40, B: present}, {day: 60, A: absent, B: absent}]
  expect: [{day: 60, target: CR, nontarget: NON-CR/NON-PD, overall: PR, rule: overall.pr.marker_not_normal}]
  best: {unconfirmed: PR}
- id: E51 markers are not asked for by default
  lesions: {A: {role: target}, B: {role: nontarget}}
  markers:
    - {day: -10, marker: chromogranin_a, value: 300, upper_limit: 100}
    - {day: 55, marker: chromogranin_a, value: 200, upper_limit: 100}
  assessments: [{day: -5, A: 40, B: present}, {day: 60, A: absent, B: absent}]
  expect: [{day: 60, target: CR, nontarget: CR, overall: CR, rule: overall.cr}]
  best: {unconfirmed: CR}
- id: E52 PD is tested before PR
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 100}, {day: 60, A: 50}, {day: 120, A: 65}]
  expect: [{day: 120, change_from_baseline_percent: -35.0, change_from_nadir_percent: 30.0, overall: PD}]
- id: E55 what follows another therapy does not count
  new_therapy_day: 200
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 50}, {day: 168, A: 50}, {day: 260, A: 70}]
  expect: [{day: 168, counted: true}, {day: 260, overall: PD, counted: false}]
  best: {unconfirmed: SD, confirmed: SD}
  progression_day: null
- id: E55 an assessment on the day of the other therapy counts
  new_therapy_day: 168
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 50}, {day: 168, A: 70}]
  expect: [{day: 168, counted: true}]
  progression_day: 168
- id: E55 other therapies do not stop the counting
  parameters: {stop_at_new_therapy: false}
  new_therapy_day: 200
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 50}, {day: 168, A: 50}, {day: 260, A: 70}]
  progression_day: 260
- id: E58 PD in one compartment, SD overall
  lesions: {M: {role: target}, L: {role: target}}
  compartments: {mesenteric: [M], other: [L]}
  assessments: [{day: -5, M: 40, L: 60}, {day: 60, M: 50, L: 58}]
  expect:
    - {day: 60, compartment: mesenteric, overall: PD}
    - {day: 60, compartment: other, overall: SD}
    - {day: 60, compartment: whole_patient, sum_mm: 108, overall: SD}
- id: E59 PR in one compartment, SD overall
  lesions: {M: {role: target}, L: {role: target}}
  compartments: {mesenteric: [M], other: [L]}
  assessments: [{day: -5, M: 30, L: 70}, {day: 60, M: 20, L: 70}]
  expect: [{day: 60, compartment: mesenteric, overall: PR}, {day: 60, overall: SD}]
- id: E60 the axis decides, longest
  axis: {mesenteric: longest}
  lesions: {M: {role: target, nodal: true}}
  compartments: {mesenteric: [M]}
  assessments: [{day: -5, M: {long: 42, short: 24}}, {day: 60, M: {long: 40, short: 16}}]
  expect: [{day: 60, compartment: mesenteric, change_from_baseline_percent: -4.761905, overall: SD}]
- id: E60 the axis decides, short
  axis: {mesenteric: short}
  lesions: {M: {role: target}}
  compartments: {mesenteric: [M]}
  assessments: [{day: -5, M: {long: 42, short: 24}}, {day: 60, M: {long: 40, short: 16}}]
  expect: [{day: 60, compartment: mesenteric, change_from_baseline_percent: -33.333333, overall: PR}]
- id: E60 nodal rule takes the short axis of a node
  lesions: {M: {role: target, nodal: true}}
  compartments: {mesenteric: [M]}
  assessments: [{day: -5, M: {long: 42, short: 24}}, {day: 60, M: {long: 40, short: 16}}]
  expect: [{day: 60, compartment: mesenteric, overall: PR}]
- id: E60 under the longest diameter a node of 8 mm is not gone
  axis: {mesenteric: longest}
  lesions: {M: {role: target, nodal: true}}
  compartments: {mesenteric: [M]}
  assessments: [{day: -5, M: {long: 42}}, {day: 60, M: {long: 8}}, {day: 90, M: absent}]
  expect: [{day: 60, compartment: mesenteric, overall: PR}, {day: 90, compartment: mesenteric, overall: CR}]
- id: E60 the other axis is never taken silently
  axis: {mesenteric: longest}
  lesions: {M: {role: target}}
  compartments: {mesenteric: [M]}
  assessments: [{day: -5, M: {long: 42, short: 24}}, {day: 60, M: {short: 16}}]
  expect: [{day: 60, compartment: mesenteric, sum_mm: null, overall: NE}]
- id: E61 a scan after the first cycle is no baseline
  lesions: {A: {role: target}}
  assessments: [{day: 3, A: 50}, {day: 90, A: 30}]
  expect: [{day: 3, overall: NE}, {day: 90, overall: NE, rule: overall.ne.no_baseline}]
  best: {unconfirmed: NE, confirmed: NE}
- id: E62 two assessments on one date, the worst counts
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 50}, {day: 60, A: 65}, {day: 60, A: 50}]
  expect: [{day: 60, sum_mm: 65, overall: PD}]
- id: E62 two assessments on one date, the evaluable one counts
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 50}, {day: 60, A: not_evaluable}, {day: 60, A: 30}, {day: 60, A: not_evaluable}]
  expect: [{day: 60, overall: PR}]
- id: E63 sums of tenths are exact
  lesions: {A: {role: target}, B: {role: target}, C: {role: target}}
  assessments: [{day: -5, A: 10.1, B: 10.2, C: 10.3}, {day: 60, A: 10.1, B: 10.2, C: 10.3}]
  expect: [{day: 60, baseline_mm: 30.6, sum_mm: 30.6, change_from_baseline_mm: 0}]
- id: E64 165 63 65
  lesions: {A: {role: target}}
  assessments: [{day: -5, A: 165}, {day: 60, A: 63}, {day: 120, A: 65}]
  expect: [{day: 60, overall: PR}, {day: 120, overall: PR}]
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


E53 = {
    "scans": [scan("B", -5), scan("CT abdomen", 100, "week 14"), scan("CT chest", 105, "week 14")],
    "lesions": [lesion("A"), lesion("X", "new")],
}


def test_e53_progression_by_a_new_lesion_dates_from_its_own_scan():
    tables = registry(
        **START, **E53,
        measurements=[
            measured("A", "B", 40), measured("A", "CT abdomen", 42), measured("X", "CT chest", status="present"),
        ],
    )  # fmt: skip
    for convention in ("earliest", "last"):
        study = default_study()
        study["response"]["progression_date"] = convention
        row = classify(tables, study)["timepoint_responses"].iloc[0]
        assert (row["overall_response"], row["day"], row["progression_date"]) == ("PD", 100, day(105))
        assert (row["assessment"], row["assessment_date"], row["last_date"]) == ("week 14", day(100), day(105))


@pytest.mark.parametrize(
    ("progression", "response", "right"),
    [("earliest", "last", (100, 105)), ("last", "earliest", (105, 100))],
)
def test_dates_of_an_assessment_of_several_days(progression, response, right):
    """PD by the sum: earliest evidence, or the last date of the set; a response: last or first date of the set."""
    tables = registry(
        **START,
        scans=[*E53["scans"], scan("later 1", 200, "later"), scan("later 2", 205, "later")],
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


def test_e56_each_evaluator_has_a_nadir_of_its_own():
    """Reader A went down to 40, reader B to 55: 50 mm is PD for A and SD for B."""
    tables = registry(
        **START,
        scans=[scan("B", -5), scan("V1", 60), scan("V2", 120)],
        lesions=[lesion("A1", evaluator="A"), lesion("B1", evaluator="B")],
        measurements=[
            measured(name, where, mm)
            for name, sizes in {"A1": (60, 40, 50), "B1": (60, 55, 50)}.items()
            for where, mm in zip(("B", "V1", "V2"), sizes, strict=True)
        ],
    )
    last = classify(tables, default_study())["timepoint_responses"].query("timepoint == 2").set_index("evaluator")
    assert last["overall_response"].to_dict() == {"A": "PD", "B": "SD"}
    assert last["nadir_mm"].to_dict() == {"A": 40.0, "B": 55.0}
