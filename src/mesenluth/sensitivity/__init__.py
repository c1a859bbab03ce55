"""Sensitivity of the estimates to the definitions of the study file."""
