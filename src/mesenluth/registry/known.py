"""What of the registry tables only becomes known after a record is made: the same for every way to look at a cut."""

from __future__ import annotations

KNOWN_LATER = {
    "adverse_events": (("end_date",), "end_date"),
    "therapies": (("end_date",), "end_date"),
    "lesions": (("merged_date", "merged_into"), "merged_date"),
}
"""Cells of older rows that only became known later: emptied where their date is after the cut."""

FOLLOWS = {"measurements": ("scans", "scan_id"), "uptake": ("scans", "scan_id")}
"""Tables without a date of their own: their rows are as old as the row they belong to."""
