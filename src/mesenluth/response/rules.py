"""Every rule that can decide a response: a stable id, what it says, and where it comes from.

Sections are those of RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-247), and so are the thresholds in
brackets: the study file may set others. What RECIST does not cover names its own source.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One rule: its id, what it says, and its section in RECIST 1.1 or the convention it is."""

    id: str
    text: str
    section: str


TIMEPOINT_RULES: tuple[Rule, ...] = (
    Rule("overall.ne.no_baseline", "Without a baseline nothing can be compared.", "4.1, 4.4.2"),
    Rule(
        "target.pd.sum",
        "The sum of all targets exceeds the smallest sum before by the increase asked for (20 % and 5 mm).",
        "4.3.1",
    ),
    Rule(
        "target.pd.partial_sum",
        "The targets that were evaluated exceed the smallest sum before by the increase asked for (20 % and 5 mm)"
        " already, whatever the others did.",
        "4.3.1, 4.4.2",
    ),
    Rule("nontarget.pd", "A non-target has unequivocally progressed.", "4.3.4"),
    Rule("new_lesion.unequivocal", "An unequivocal new lesion is seen.", "4.3.5"),
    Rule(
        "new_lesion.dated_back",
        "A finding that was equivocal here was confirmed later: it was a new lesion from its first sight on.",
        "4.3.5",
    ),
    Rule(
        "overall.pd.reappearance",
        "Disease is seen again after a complete response. A node counts from 10 mm short axis on, a non-target node"
        " from its unequivocal progression on; a doubtful finding does not count.",
        "table 3, note a; 4.3.5",
    ),
    Rule("overall.ned", "There was no disease at baseline and there is none.", "convention: CDISC NED"),
    Rule("nontarget_only.cr", "No targets at baseline; all non-targets are gone, all nodes are normal.", "table 2"),
    Rule("nontarget_only.non_cr_non_pd", "No targets at baseline; some non-targets persist.", "table 2"),
    Rule("nontarget_only.ne", "No targets at baseline; not all non-targets were evaluated.", "table 2"),
    Rule(
        "nontarget_only.ne.local_therapy",
        "No targets at baseline; non-targets were operated on, or treated locally, after baseline.",
        "table 2; convention: compartments.local_therapies",
    ),
    Rule(
        "overall.ne.new_lesion_not_assessed",
        "All known disease is gone, but a place where something new was suspected could not be assessed.",
        "convention: what was not assessed cannot complete a CR (4.3.5)",
    ),
    Rule("overall.cr", "All targets and non-targets are gone, all nodes are normal.", "table 1"),
    Rule("overall.pr.nontarget_persists", "All targets are gone, some non-targets persist.", "table 1"),
    Rule("overall.pr.nontarget_not_evaluated", "All targets are gone, not all non-targets were evaluated.", "table 1"),
    Rule(
        "overall.pr.marker_not_normal",
        "All lesions are gone; a tumour marker that was above normal at baseline still is.",
        "4.3.3, table 1",
    ),
    Rule(
        "overall.pr.marker_not_measured",
        "All lesions are gone; a tumour marker that was above normal at baseline was not measured in the window.",
        "4.3.3, table 1; convention: what is not known is not evaluable",
    ),
    Rule(
        "nontarget_only.marker_not_normal",
        "No targets at baseline; all non-targets are gone, a tumour marker that was above normal still is.",
        "4.3.3, table 2",
    ),
    Rule(
        "nontarget_only.marker_not_measured",
        "No targets at baseline; all non-targets are gone, a tumour marker that was above normal was not measured.",
        "4.3.3, table 2; convention: what is not known is not evaluable",
    ),
    Rule("target.pr.sum", "The sum is below the baseline by the decrease asked for (30 %).", "4.3.1"),
    Rule("target.pr.sticky", "A response holds until progression.", "convention: EORTC, for display only"),
    Rule("target.sd.sum", "Neither enough decrease for PR nor enough increase for PD.", "4.3.1"),
    Rule("target.ne.not_all_evaluated", "Not all targets were evaluated, so there is no sum.", "4.4.2"),
    Rule(
        "target.ne.local_therapy",
        "Targets were operated on, or treated locally, after baseline: what the study treatment did to them cannot be"
        " told any more, so there is no sum.",
        "4.4.2; convention: compartments.local_therapies",
    ),
    Rule("target.ne.baseline_incomplete", "Not all targets were evaluated at baseline, so there is no baseline sum.",
         "4.1, 4.4.2"),
    Rule("target.ne.normal_at_baseline", "The targets were absent or normal at baseline already.", "4.2"),
)  # fmt: skip

BEST_RULES: tuple[Rule, ...] = (
    Rule("best.cr", "CR is the best response that counts.", "4.4.3"),
    Rule("best.pr", "PR is the best response that counts.", "4.4.3"),
    Rule("best.sd", "Stable disease, seen at the minimum interval after day 0 or later.", "4.4.3, 4.6"),
    Rule("best.non_cr_non_pd", "Non-CR/non-PD, seen at the minimum interval after day 0 or later.", "4.4.3, table 2"),
    Rule("best.pd", "Progression before any other response that counts.", "4.4.3"),
    Rule("best.ned", "There was no disease at baseline and there is none.", "convention: CDISC NED"),
    Rule("best.ne.stable_too_early", "Stable only before the minimum interval, and nothing evaluable after it.", "4.6"),
    Rule("best.ne.nothing_evaluable", "No time point that counts is evaluable.", "4.4.3"),
    Rule("best.ne.nothing_counts", "No time point counts: other treatment began before, or the window holds none.",
         "convention: response.stop_at_new_therapy, response.timing"),
    Rule("best.missing.no_assessment", "There is no assessment after baseline.", "convention: CDISC MISSING"),
    Rule("best.missing.no_reading", "Nobody read the images of the patient.", "convention: CDISC MISSING"),
    Rule("best.missing.no_day_0", "The patient had no study treatment, so there is no day 0.",
         "convention: treatment.administrations"),
)  # fmt: skip

EORTC = "EORTC 1999 (Young et al., Eur J Cancer 1999;35:1773-1782), for FDG"
PERCIST = "PERCIST 1.0 (Wahl et al., J Nucl Med 2009;50 Suppl 1:122S-150S), for FDG"
KRENNING = "convention on the scale of Krenning et al., Eur J Nucl Med 1993;20:716-731"

METABOLIC_RULES: tuple[Rule, ...] = (
    Rule("metabolic.cmr.krenning", "The highest score fell by the grades asked for (1), to 0: no uptake is left.",
         KRENNING),
    Rule("metabolic.pmr.krenning", "The highest score fell by the grades asked for (1).", KRENNING),
    Rule("metabolic.smd.krenning", "The highest score neither fell nor rose by the grades asked for.", KRENNING),
    Rule("metabolic.pmd.krenning", "The highest score rose by the grades asked for (1).", KRENNING),
    Rule("metabolic.cmr.suvmax", "The highest SUVmax fell by the share asked for, to 0: no uptake is left.", EORTC),
    Rule("metabolic.pmr.suvmax", "The highest SUVmax fell by the share asked for (25 %).", EORTC),
    Rule("metabolic.smd.suvmax", "The highest SUVmax neither fell nor rose by the share asked for.", EORTC),
    Rule("metabolic.pmd.suvmax", "The highest SUVmax rose by the share asked for (25 %).", EORTC),
    Rule(
        "metabolic.cmr.sulpeak",
        "The highest SULpeak fell by the share and the units asked for, to below the mean of the liver on the scan.",
        PERCIST,
    ),
    Rule(
        "metabolic.pmr.sulpeak",
        "The highest SULpeak fell by the share (30 %) and the units (0.8) asked for; the hottest lesion need not be the"
        " same one.",
        PERCIST,
    ),
    Rule("metabolic.smd.sulpeak", "The highest SULpeak neither fell nor rose by the share and units asked for.",
         PERCIST),
    Rule(
        "metabolic.smd.other_lesion_rose",
        "The highest SULpeak fell enough, but another lesion rose by what would be progression of the hottest: no"
        " response.",
        PERCIST,
    ),
    Rule("metabolic.pmd.sulpeak", "The highest SULpeak rose by the share (30 %) and the units (0.8) asked for.",
         PERCIST),
    Rule("metabolic.pmd.new_lesion", "A lesion recorded as new takes up the tracer.", f"{EORTC}; {PERCIST}"),
    Rule("metabolic.local", "The category is the one that the centre recorded; of several lesions the worst.",
         "convention"),
    Rule("metabolic.ne.no_baseline", "The score was not read on or before day 0.", "convention"),
    Rule("metabolic.ne.no_later_reading", "The score was not read, or no category recorded, after day 0.",
         "convention"),
    Rule("metabolic.ne.after_new_therapy", "Every later scan lies after another anticancer therapy began.",
         "convention"),
    Rule("metabolic.ne.tracer_unknown", "The tracer at baseline is not known.", "convention"),
    Rule(
        "metabolic.ne.tracer_changed",
        "No later scan has the tracer of the baseline: uptakes of two tracers cannot be compared.",
        "convention",
    ),
    Rule(
        "metabolic.ne.modality_changed",
        "No later scan is of the kind of the baseline: planar, SPECT and PET give different scores of the same lesion.",
        "convention",
    ),
    Rule(
        "metabolic.ne.lesion_not_read",
        "The others fell enough, but a lesion that was hot enough at baseline to undo it was not read again.",
        "convention",
    ),
    Rule("metabolic.ne.nothing_to_fall", "The value at baseline is too low to fall by what is asked for.",
         "convention"),
)  # fmt: skip

CLINICAL_RULES: tuple[Rule, ...] = (
    Rule("clinical.improved", "At the visit that decides a symptom is better and none is worse.", "convention"),
    Rule("clinical.improved_some_worse", "A symptom is better; that another is worse does not count.", "convention"),
    Rule("clinical.worse_elsewhere", "A symptom is better, but another is worse.", "convention"),
    Rule("clinical.not_improved", "No symptom is better at any visit in the window.", "convention"),
    Rule("clinical.investigator", "The investigator's recorded assessment decides; of several in the window the best.",
         "convention"),
    Rule("clinical.not_symptomatic", "There was no symptom that counts at baseline.", "convention"),
    Rule("clinical.ne.no_baseline", "Nobody recorded a symptom on or before day 0.", "convention"),
    Rule("clinical.ne.no_visit", "No visit in the window.", "convention"),
    Rule("clinical.ne.no_assessment", "The investigator recorded no assessment in the window.", "convention"),
)  # fmt: skip

COMPLICATION_RULES: tuple[Rule, ...] = (
    Rule(
        "complication.in_window",
        "Term, grade and attribution are those asked for, and the event begins on the day of an administration of the"
        " study treatment or within the days asked for (90) after it.",
        "CTCAE v5.0 (27 November 2017) for the grade; window: Strosberg et al., J Nucl Med 2021;62:69-72",
    ),
)

RULES: dict[str, Rule] = {r.id: r for r in (*TIMEPOINT_RULES, *BEST_RULES)}
"""Every rule of RECIST by id."""
IDS: tuple[str, ...] = tuple(RULES)
METABOLIC_IDS: tuple[str, ...] = tuple(r.id for r in METABOLIC_RULES)
CODE: dict[str, int] = {rule: i for i, rule in enumerate(IDS)}
"""Rule id -> its number inside the engine."""
