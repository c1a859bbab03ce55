"""Which tables the endpoints are computed from; imported where nothing heavy should be."""

INPUTS = (
    "patients",
    "administrations",
    "scans",
    "symptoms",
    "adverse_events",
    "therapies",
    "follow_up",
    "cohort",
    "lesion_changes",
    "timepoint_responses",
    "best_responses",
    "growth_rates",
    "best_density_responses",
    "metabolic_responses",
    "clinical_responses",
    "complications",
    "reader_pairs",
)
