"""Why a recorded response may differ from the computed one, and one reader from another."""

from __future__ import annotations

FACTS_FIRST: dict[str, str] = {
    "agrees": "Recorded and computed are the same.",
    "date_differs": "The category is the same; the recorded date lies outside the dates of the assessment.",
    "duplicate_record": "The same response is recorded more than once; the first record is compared.",
    "recorded_value_unknown": "The recorded value is no response of RECIST 1.1.",
    "not_computed": "No time point after baseline was read by this evaluator at that assessment.",
    "no_baseline": "A category is recorded although there is no baseline to compare with.",
}
"""What is plain to see, in the order in which it is tried; no recomputation stands behind it."""

RECOMPUTED: dict[str, str] = {
    "of_recorded_time_points": "The recorded best follows from the recorded time points; those differ, not the best.",
    "confirmation": "The record fits the other of the two best responses, with and without confirmation.",
    "minimum_interval_ignored": "The record fits if stable disease counts however early it is seen.",
    "new_therapy_ignored": "The record fits if assessments after another therapy count, or no longer do.",
    "after_progression_counted": "The record fits if assessments after progression count.",
    "stable_for_non_cr_non_pd": "Without targets, non-CR/non-PD is recorded as SD, or no disease as NE.",
    "nadir_ignored": "The increase is over the smallest sum before; the record fits the change from baseline alone.",
    "float_threshold": "A threshold is met exactly; the record fits arithmetic in binary floating point.",
    "strict_threshold": "A threshold is met exactly; the record fits if it had to be exceeded.",
    "sticky_response": "The record fits the other convention: a partial response holds until progression, or not.",
    "previous_as_nadir": "The record fits the change from the assessment before instead of from the smallest sum.",
    "partial_nadir": "The record fits if a sum without all targets counts as the smallest sum.",
    "unevaluated_as_zero": "The record fits if targets that were not evaluated count as 0 mm.",
    "unevaluated_left_out": "The record fits if targets not evaluated here are left out of all sums.",
    "unevaluated_carried_forward": "The record fits if targets that were not evaluated keep their last size.",
    "too_small_as_zero": "The record fits if what is too small to measure counts as gone.",
    "too_small_as_default": "The record fits if what is too small has the default size, whatever is stated.",
    "too_small_not_evaluable": "The record fits if what is too small to measure counts as not evaluable.",
    "node_must_vanish": "The record fits if lymph nodes count as gone only where they are absent.",
    "reappearance_ignored": "The record fits if disease seen again after a complete response is no progression.",
    "reappearance_counted": "The record fits if disease seen again after a complete response is progression.",
    "equivocal_not_dated_back": "An equivocal finding was confirmed later; the record fits if that does not date back.",
    "new_lesion_ignored": "The record fits if new lesions do not count.",
    "equivocal_counted": "The record fits if an equivocal new finding counts as a new lesion.",
    "marker_ignored": "The record fits if tumour markers do not withhold a complete response.",
    "unevaluated_nontarget_counts": "The record fits if a non-target that was not evaluated makes the whole NE.",
    "unevaluated_nontarget_ignored": "The record fits if non-targets that were not evaluated do not count.",
    "nontarget_ignored": "The record fits the targets and new lesions alone.",
    "nontarget_growth_counted": "The record fits if measured growth of a non-target is progression.",
    "longest_diameter_used": "The record fits if every lesion is measured by its longest diameter.",
    "short_axis_used": "The record fits if every lesion is measured by its short axis.",
    "nodal_rule_used": "The record fits if nodes are measured by the short axis and all else by the longest diameter.",
    "absolute_increase_ignored": "The record fits if progression asks for the relative increase alone.",
    "relative_increase_ignored": "The record fits if progression asks for the absolute increase alone.",
    "compartment_response": "The record fits the computed response of one compartment, not of the patient.",
    "other_reader": "The record fits the computed response of another reader.",
    "assessment_before": "The record fits the computed response of the assessment before.",
}
"""Deviations under which the responses are computed again, in the order in which they are named as the reason: a
deviation is only named where the responses computed under it hold the recorded value."""

FACTS_LAST: dict[str, str] = {
    "not_assessable_counted": "The computed response is NE, and no way tried to count what was not evaluated fits.",
    "progression_not_found": "Progression is recorded; no measurement, non-target or new lesion shows it.",
    "other": "The readings give another category, and no deviation tried fits the record.",
}
"""What is left to say where no deviation fits."""

REASONS: dict[str, str] = {**FACTS_FIRST, **RECOMPUTED, **FACTS_LAST}
"""Every reason by id, in the order in which they are tried."""

VERDICTS: dict[str, str] = {
    "none": "Neither recorded nor computed.",
    "same_date": "Recorded and computed on the same day.",
    "other_date": "Recorded and computed on different days.",
    "recorded_only": "Recorded, and not computed.",
    "computed_only": "Computed, and not recorded.",
}
PROGRESSION_REASONS: dict[str, str] = {
    "agrees": "Both are the same.",
    "date_convention": "The same assessment, dated by another of its days.",
    "not_recorded": "No response is recorded for the assessment of the computed progression.",
}
"""Why the dates differ, beside the reasons of the records themselves."""

PAIR_REASONS: dict[str, str] = {
    "agrees": "Both readers give the same response.",
    "baseline": "The baseline has no response.",
    "one_reader_only": "The other reader has no time point here.",
    "not_evaluable_by_one": "One reader could not evaluate it.",
    "no_disease_by_one": "One reader follows no lesion here.",
    "new_lesion_by_one": "A new lesion, seen by one reader only, decides.",
    "nontarget_progression_by_one": "Non-targets have unequivocally progressed for one reader only.",
    "reappearance_by_one": "Disease is seen again after what only one reader called a complete response.",
    "different_targets": "The targets decide, and the readers follow targets at different sites.",
    "threshold": "The targets decide, at the same sites: the sums lie on both sides of a threshold.",
    "nontarget": "The targets agree; the non-targets decide.",
    "other": "Something else decides.",
}
"""Why two readers differ, by id, in the order in which the reasons are tried."""

CLINICAL_REASONS: dict[str, str] = {
    "agrees": "The recorded and the computed assessment agree.",
    "duplicate_record": "An assessment of that day is recorded more than once.",
    "clinical_value_unknown": "The recorded value is no global clinical assessment.",
    "clinical_no_symptoms": "No symptom that counts is recorded on that day, or nobody was asked at baseline.",
    "clinical_better_and_worse": "One symptom is better and another worse; the investigator weighed them otherwise.",
    "clinical_grades_unchanged": "No symptom that counts changed its grade; the investigator judged otherwise.",
    "clinical_grades_differ": "The grades of the symptoms that count say otherwise.",
}
"""Why a recorded assessment differs, by id, in the order in which they are tried."""
