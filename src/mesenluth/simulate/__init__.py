"""The synthetic national registry: made to match published aggregates, with known defects planted."""
