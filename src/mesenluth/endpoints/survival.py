"""Kaplan-Meier, in one place: the curve, and what is read off it."""

from .curve_reading import Landmarks, Quantile, landmarks, quantile, restricted_mean
from .kaplan_meier import Curve, fix_times, kaplan_meier, reverse, with_start
from .limits import METHODS, TOLERANCE

__all__ = [
    "METHODS",
    "TOLERANCE",
    "Curve",
    "Landmarks",
    "Quantile",
    "fix_times",
    "kaplan_meier",
    "landmarks",
    "quantile",
    "restricted_mean",
    "reverse",
    "with_start",
]
