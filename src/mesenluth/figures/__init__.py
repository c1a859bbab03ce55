"""Figures, drawn from tables only: what is drawn is a table of its own, kept beside the picture."""
