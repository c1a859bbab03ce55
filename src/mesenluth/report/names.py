"""Which tables the report is written from; imported where nothing heavy should be."""

INPUTS = (
    "cohort",
    "eligibility",
    "estimates",
    "baseline_characteristics",
    "follow_up_by_centre",
    "published_comparison",
    "status_changes",
    "row_counts",
    "rule_counts",
    "gate",
    "rule_effects",
    "response_disagreements",
    "progression_disagreements",
    "reader_pairs",
    "reader_agreement",
    "picture",
    "centre_findings",
    "drift",
    "record_changes",
    "sensitivity",
)
