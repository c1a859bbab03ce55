"""Words and numbers in the language of the study. Light: imports nothing heavy.

English groups thousands with a comma and has a decimal point; French has a narrow no-break space, a decimal
comma, and a no-break space before double punctuation. Percent stands after a no-break space in both (ISO 80000-1).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..errors import ConfigurationError

NBSP, NARROW, MINUS = "\u00a0", "\u202f", "\u2212"
LANGUAGES = ("en", "fr")


def language(study: Mapping[str, Any]) -> str:
    """Return the language of figures and report; ConfigurationError if it is not one of `LANGUAGES`."""
    chosen = (study.get("figures") or {}).get("language", "en")
    if chosen not in LANGUAGES:
        raise ConfigurationError(f"figures.language: {chosen!r}", f"one of {', '.join(LANGUAGES)}")
    return chosen


def label(item: Any, lang: str, otherwise: str = "") -> str:
    """Return a label of the study file in `lang`, else in English, else `otherwise`.

    Parameters
    ----------
    item : mapping or str or None
        ``{en: ..., fr: ...}``, or one text for every language.
    """
    if isinstance(item, str):
        return item
    if isinstance(item, Mapping):
        return str(item.get(lang) or item.get("en") or next(iter(item.values()), otherwise))
    return otherwise


def french(text: str) -> str:
    """Put the no-break spaces that French typography asks for."""
    return re.sub(r"« ", f"«{NBSP}", re.sub(r" ([:;!?%»])", rf"{NBSP}\1", text))


def together(text: str) -> str:
    """Keep a number on the line of what it counts: no break in ``n = {n}`` and before a closing ``{n}``."""
    return re.sub(r": \{n\}", f":{NBSP}{{n}}", text.replace("n = {n}", f"n{NBSP}={NBSP}{{n}}"))


def number(value: float | int, lang: str, decimals: int = 0, signed: bool = False) -> str:
    """Return a number as it is printed, rounded half up as a reader does it, with a true minus sign.

    Examples
    --------
    >>> number(10000, "en"), number(12.5, "fr", 1), number(-30, "en", signed=True)
    ('10,000', '12,5', '−30')
    """
    if value is None or not math.isfinite(value):
        return "–"
    rounded = Decimal(repr(abs(float(value)))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    printed = f"{rounded:,.{decimals}f}"
    if lang == "fr":
        printed = printed.replace(",", NARROW).replace(".", ",")
    nothing = not re.search("[1-9]", printed)
    sign = "" if nothing else MINUS if value < 0 else "+" if signed else ""
    return sign + printed


def percent(value: float | int, lang: str, decimals: int = 0, signed: bool = False) -> str:
    """Return a number of percent, e.g. ``4 %``."""
    return f"{number(value, lang, decimals, signed)}{NBSP}%"


def compartment_label(study: Mapping[str, Any], compartment: str, lang: str, whole_patient: str) -> str:
    """Return the label of a compartment; `whole_patient` for all of the disease."""
    for c in study.get("compartments") or []:
        if c["id"] == compartment:
            return label(c.get("label"), lang, compartment)
    return whole_patient if compartment == "whole_patient" else compartment
