"""Endpoints: proportions, time to event, paired comparisons, and what was published beside them."""
