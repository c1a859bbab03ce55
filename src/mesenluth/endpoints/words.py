"""Numbers and lists as they are printed. Rounding is half up, on the decimal digits, as a reader does it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

NOT_REACHED = "not reached"
NOT_ESTIMABLE = "not estimable"
SIGN, WILCOXON = "exact sign test", "paired Wilcoxon test"


def fixed(value: float | Fraction, decimals: int) -> str:
    """Return `value` with exactly `decimals` digits after the point, rounded half up.

    A float is rounded as the shortest decimal number that reads as that float, a fraction exactly.

    >>> fixed(0.125, 2), fixed(Fraction(1, 8), 2), fixed(2.5, 0)
    ('0.13', '0.13', '3')
    """
    if isinstance(value, Fraction):
        scaled = abs(value) * 10**decimals
        whole = int(scaled + Fraction(1, 2))
        exact = Decimal(whole).scaleb(-decimals)
        return f"{-exact if value < 0 and whole else exact:.{decimals}f}"
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:.{decimals}f}"


def plain(value: float) -> str:
    """Return a setting as a person writes it: 5 for 5.0, 2.5 for 2.5, without digits a float adds.

    >>> plain(5.0), plain(0.05 * 100), plain(30.4375)
    ('5', '5', '30.4375')
    """
    return f"{round(float(value), 9):.10g}"


def percent(numerator: int, denominator: int, decimals: int = 1) -> str:
    """Return a share in percent, rounded half up on exact arithmetic, without the sign.

    >>> percent(2, 52), percent(1, 16, 0), percent(6, 48, 0)
    ('3.8', '6', '13')
    """
    return fixed(Fraction(100 * numerator, denominator), decimals)


def p_text(p: float) -> str:
    """Return a p value with three decimals, ``<0.001`` below that."""
    return "<0.001" if p < 0.001 else fixed(p, 3)


def p_equals(p: float) -> str:
    """Return ``p = 0.515`` or ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {fixed(p, 3)}"


def number_or(value: float, decimals: int, otherwise: str = NOT_REACHED) -> str:
    """Return a number, or the words that stand for a missing one."""
    return otherwise if math.isnan(value) else fixed(value, decimals)


def share_text(numerator: int, denominator: int, low: float, high: float, confidence: float) -> str:
    """Return a proportion as it is printed: ``2/52 (3.8 %; 95 % CI 0.5-13.2)``."""
    if denominator == 0:
        return f"0/0 ({NOT_ESTIMABLE})"
    limits = f"{fixed(100 * low, 1)}-{fixed(100 * high, 1)}"
    return f"{numerator}/{denominator} ({percent(numerator, denominator)} %; {ci(confidence)} {limits})"


def ci(confidence: float) -> str:
    """Return ``95 % CI``."""
    return f"{plain(100 * confidence)} % CI"


def interval_text(estimate: float, low: float, high: float, decimals: int = 1) -> str:
    """Return a time with its limits: ``12.5 (9.1-16.0)``; what is missing is ``not reached``."""
    first = number_or(estimate, decimals)
    if math.isnan(low) and math.isnan(high):
        return first if math.isnan(estimate) else f"{first} (limits {NOT_ESTIMABLE})"
    return f"{first} ({number_or(low, decimals)}-{number_or(high, decimals)})"


def listed(parts: Iterable[str], last: str = "and") -> str:
    """Return ``a``, ``a and b``, ``a, b and c``."""
    parts = list(parts)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""


def label(of: Mapping[str, Any] | None, otherwise: str) -> str:
    """Return the English label of an entry of the study file."""
    words = (of or {}).get("label", otherwise)
    return words if isinstance(words, str) else words.get("en", otherwise)


def plural(n: int, one: str, many: str = "") -> str:
    """Return ``1 patient`` or ``2 patients``."""
    return f"{n} {one if n == 1 else many or one + 's'}"
