"""Text that goes to spreadsheets: none of it is run as a formula."""

from __future__ import annotations

import re

RISKY = re.compile(r"^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
"""Beginnings that spreadsheets take for a formula; the wide forms of some too, as Excel does in Japanese."""


def harmless(text: str) -> str:
    """Return text that no spreadsheet runs as a formula when it opens a CSV file.

    >>> harmless("=1+1"), harmless(" @SUM(A1)"), harmless("L001")
    ("'=1+1", "' @SUM(A1)", 'L001')
    """
    return f"'{text}" if RISKY.match(text) else text
