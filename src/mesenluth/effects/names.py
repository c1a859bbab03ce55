"""Which computed tables the effects are derived from; imported where nothing heavy should be."""

COMPUTED = (
    "cohort",
    "timepoint_responses",
    "best_responses",
    "growth_rates",
    "best_density_responses",
    "metabolic_responses",
    "clinical_responses",
    "complications",
    "time_to_event",
)
