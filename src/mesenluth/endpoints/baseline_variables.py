"""What Table 1 can describe. Light: the report reads it too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """One characteristic.

    Attributes
    ----------
    kind : str
        ``number`` (median, quartiles, range), ``category`` (one of several), ``yes_no``, or ``several`` (a patient may
        be in several categories).
    unit : str
        Unit of a number; empty where it has none.
    decimals : int
        Digits with which a number is printed.
    by_compartment : bool
        Whether each compartment of the study has a value of its own.
    """

    kind: str
    unit: str = ""
    decimals: int = 0
    by_compartment: bool = False


VARIABLES: dict[str, Variable] = {
    "age": Variable("number", "years"),
    "sex": Variable("category"),
    "ecog": Variable("category"),
    "primary_site": Variable("category"),
    "stage": Variable("category"),
    "grade": Variable("category"),
    "ki67_percent": Variable("number", "percent", 1),
    "time_since_diagnosis": Variable("number", "months", 1),
    "functioning": Variable("yes_no"),
    "carcinoid_syndrome": Variable("yes_no"),
    "symptoms": Variable("yes_no"),
    "cga_xuln": Variable("number", "xULN", 1),
    "hiaa_xuln": Variable("number", "xULN", 1),
    "primary_resected": Variable("yes_no"),
    "prior_surgery": Variable("yes_no"),
    "prior_lines": Variable("number", "lines"),
    "prior_therapies": Variable("several"),
    "cycles": Variable("number", "cycles"),
    "activity_gbq": Variable("number", "GBq", 1),
    "largest_lesion": Variable("number", "mm", 1, by_compartment=True),
    "baseline_sum": Variable("number", "mm", 1, by_compartment=True),
    "lesions": Variable("number", "lesions", by_compartment=True),
    "uptake": Variable("number", "score", 1, by_compartment=True),
}
"""Every characteristic by its name in `baseline.variables`."""
