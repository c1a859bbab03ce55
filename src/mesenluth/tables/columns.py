"""Columns that several computed tables have."""

from __future__ import annotations

from .model import Column

COMPARTMENT = Column(
    "compartment", "string", "part of the disease the row is about; `whole_patient` is all of it", required=True
)  # fmt: skip


def mm(name: str, text: str) -> Column:
    """Return a column of lengths in millimetres."""
    return Column(name, "float", text, unit="mm")


def percent(name: str, text: str) -> Column:
    """Return a column of changes in percent."""
    return Column(name, "float", text, unit="percent")
