"""What a column of a registry looks like: how much of it is filled, which type its text has, which codes it holds."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from .parse import dates_as

FORMATS = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y%m%d", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M",
    "%d/%m/%y", "%m/%d/%y",
)  # fmt: skip
SENTINELS = ("NA", "N/A", "ND", "NR", "NK", "NI", "UNK", "UNKNOWN", "INCONNU", "MISSING", "?", "-", "--", ".")
NUMBERS = ("999", "9999", "99999", "-1", "-9", "-99", "-999")
"""Texts that often mean: no value; the second ones are numbers, and may mean themselves."""

PIVOT = 30
MOST = 0.9
"""Share of values that must be of one kind for a column to be of it: registries hold what does not belong."""

NUMBER = r"[+-]?\d{1,3}(?:[ \u00a0\u202f]?\d{3})*(?:[.,]\d+)?|[+-]?\d+(?:[.,]\d+)?"
CODES = 40
"""Distinct texts beyond which a column is not taken for one of codes."""


@dataclass(frozen=True)
class Looks:
    """What the values of one column look like.

    Attributes
    ----------
    kind : str
        ``empty``, ``date``, ``int``, ``float``, ``codes`` or ``text``.
    filled, rows, distinct : int
    formats : tuple of str
        Date formats that read every value; several where no value tells them apart.
    decimal : str
        Decimal sign of its numbers.
    missing : tuple of str
        Texts that seem to mean: no value.
    codes : dict of str to int
        Text -> how often, for columns of few distinct texts.
    median : float or None
    unlike : int
        Values that are not of the kind of the rest, and will be findings.
    """

    kind: str
    rows: int
    filled: int = 0
    distinct: int = 0
    formats: tuple[str, ...] = ()
    decimal: str = "."
    missing: tuple[str, ...] = ()
    codes: dict[str, int] = field(default_factory=dict)
    median: float | None = None
    unlike: int = 0


def looks(texts: pd.Series) -> Looks:
    """Return what a column's text looks like."""
    values = texts.dropna().str.strip()
    values = values[values != ""]
    rows = len(texts)
    words = values.str.upper().isin(SENTINELS)
    rest = values[~words]
    missing = tuple(sorted(values[words].unique()))
    if not len(rest):
        return Looks("empty", rows, missing=missing)
    counts = rest.value_counts()
    few = {str(k): int(v) for k, v in counts.items()} if len(counts) <= CODES else {}
    basics: dict[str, Any] = {"rows": rows, "filled": len(rest), "distinct": len(counts)}
    shares = {f: _share(rest, f) for f in FORMATS}
    best = max(shares.values())
    if best >= MOST:
        fitting = tuple(f for f in FORMATS if shares[f] == best)
        return Looks("date", missing=missing, formats=fitting, unlike=round(len(rest) * (1 - best)), **basics)
    numbers = rest[rest.str.fullmatch(NUMBER).astype(bool)]
    if len(numbers) >= MOST * len(rest):
        comma, point = numbers.str.contains(",").sum(), numbers.str.contains(".", regex=False).sum()
        bare = numbers.str.replace(r"[ \u00a0\u202f]", "", regex=True).str.replace(",", ".")
        values_of = pd.to_numeric(bare, errors="coerce")
        odd = tuple(n for n in NUMBERS if (numbers == n).any() and _apart(values_of, float(n)))
        kept = values_of[~numbers.isin(odd)]
        return Looks(
            "float" if comma or point else "int", decimal="," if comma > point else ".",
            missing=(*missing, *odd), codes=few, median=float(kept.median()) if len(kept) else None,
            unlike=len(rest) - len(numbers) + int(min(comma, point)), **basics,
        )  # fmt: skip
    # A word that is not like the rest of a column of text may be a code like the others.
    return Looks("codes" if few and len(rest) >= 2 * len(few) else "text", missing=missing, codes=few, **basics)


def _share(texts: pd.Series, pattern: str) -> float:
    """Return the share of texts that a date format reads."""
    if pattern == "%Y%m%d":
        texts = texts.where(texts.str.fullmatch(r"(?:19|20)\d{6}").astype(bool))
    return float(dates_as(texts, pattern, PIVOT if "%y" in pattern else None).notna().mean())


def _apart(numbers: pd.Series, sentinel: float) -> bool:
    """Return whether a number lies far from the others: below them all, or more than twice the largest."""
    others = numbers[numbers != sentinel]
    if not len(others):
        return False
    return bool(sentinel < others.min()) if sentinel < 0 else bool(sentinel > 2 * others.max())


def plain(name: str) -> str:
    """Return a name in lower case without accents, its words joined by underscores."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    ascii_only = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only.lower()).strip("_")


def alike(name: str, words: Sequence[str]) -> float:
    """Return how well a name fits one of the words: 1 the same, 0 not at all."""
    asked = plain(name)
    best = 0.0
    for i, word in enumerate(words):
        # Words stand in the order in which they fit.
        place = 1 - 0.01 * min(i, 20)
        if asked == word:
            best = max(best, place)
        elif len(word) > 3 and set(word.split("_")) <= set(asked.split("_")):
            best = max(best, 0.8 * place)
        elif len(word) > 4 and difflib.SequenceMatcher(None, asked, word).ratio() >= 0.85:
            best = max(best, 0.7 * place)
    return best
