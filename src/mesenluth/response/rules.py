"""Every rule that can decide a response: a stable id, what it says, and where it comes from.

Sections are those of RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-247), and so are the thresholds in
brackets: the study file may set others.
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
        "overall.ne.new_lesion_not_assessed",
        "All known disease is gone, but a place where something new was suspected could not be assessed.",
        "convention",
    ),
    Rule("overall.cr", "All targets and non-targets are gone, all nodes are normal.", "table 1"),
    Rule("overall.pr.nontarget_persists", "All targets are gone, some non-targets persist.", "table 1"),
    Rule("overall.pr.nontarget_not_evaluated", "All targets are gone, not all non-targets were evaluated.", "table 1"),
    Rule("target.pr.sum", "The sum is below the baseline by the decrease asked for (30 %).", "4.3.1"),
    Rule("target.pr.sticky", "A response holds until progression.", "convention: EORTC, for display only"),
    Rule("target.sd.sum", "Neither enough decrease for PR nor enough increase for PD.", "4.3.1"),
    Rule("target.ne.not_all_evaluated", "Not all targets were evaluated, so there is no sum.", "4.4.2"),
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
         "convention"),
    Rule("best.missing.no_assessment", "There is no assessment after baseline.", "convention: CDISC MISSING"),
    Rule("best.missing.no_reading", "Nobody read the images of the patient.", "convention: CDISC MISSING"),
    Rule("best.missing.no_day_0", "The patient had no study treatment, so there is no day 0.", "convention"),
)  # fmt: skip

RULES: dict[str, Rule] = {r.id: r for r in (*TIMEPOINT_RULES, *BEST_RULES)}
"""Every rule by id."""
IDS: tuple[str, ...] = tuple(RULES)
CODE: dict[str, int] = {rule: i for i, rule in enumerate(IDS)}
"""Rule id -> its number inside the engine."""
