"""Text in ASCII, which is all that SAS transport files hold, and what was changed on the way."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import pandas as pd

from ..errors import TableError
from ..tables.io import STRING, conform
from ..tables.results import XPT_TEXT_CHANGES
from .model import Dataset

LETTERS = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L",
    "þ": "th", "Þ": "Th", "ð": "d", "ı": "i",
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "λ": "lambda", "μ": "u", "π": "pi",
    "σ": "sigma", "Δ": "Delta", "Ω": "Ohm",
    "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'", "‹": "'", "›": "'",
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "⁄": "/", "×": "x", "÷": "/", "·": ".", "•": "-", "…": "...",
    "≤": "<=", "≥": ">=", "≠": "<>", "±": "+/-", "°": "deg", "€": "EUR", "£": "GBP", "©": "(c)", "®": "(r)",
}  # fmt: skip
"""Characters that do not come apart into a letter of ASCII and a mark."""
UNKNOWN = "?"


def to_ascii(text: str) -> str:
    """Return text in ASCII: letters without their marks, ligatures and signs spelled out, ``?`` for all else.

    Examples
    --------
    >>> to_ascii("Hôpital Édouard-Herriot, cœur ≥ 10 µm")
    'Hopital Edouard-Herriot, coeur >= 10 um'
    >>> to_ascii("病院 A")
    '?? A'
    """
    if text.isascii():
        return text
    spelled = "".join(LETTERS.get(c, c) for c in unicodedata.normalize("NFKC", text))
    apart = unicodedata.normalize("NFKD", spelled)
    plain = "".join(LETTERS.get(c, c) for c in apart if not unicodedata.combining(c))
    return "".join(c if c.isascii() else UNKNOWN for c in plain)


def in_ascii(
    frames: Mapping[str, pd.DataFrame], datasets: Mapping[str, Dataset]
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return data sets with all their text in ASCII, and each value that is written another way than it stands.

    Parameters
    ----------
    frames : mapping of DataFrame
        As `build.build` returns them.
    datasets : mapping of Dataset
        Their contracts, by the same names.

    Returns
    -------
    frames : dict of DataFrame
    changes : DataFrame
        `results.XPT_TEXT_CHANGES`.

    Raises
    ------
    TableError
        If two values that tell records or parameters apart would become one.
    """
    written, rows = {}, []
    for name, frame in frames.items():
        dataset = datasets[name]
        out = frame.copy()
        for variable in (v.name for v in dataset.variables if v.type == "text"):
            counts = frame[variable].value_counts()
            changed = {v: to_ascii(v) for v in counts.index if not v.isascii()}
            if not changed:
                continue
            if variable in (*dataset.key, "PARAM", "PARAMCD"):
                _check_apart(dataset.name, variable, counts.index.tolist(), changed)
            out[variable] = frame[variable].map(lambda v, by=changed: by.get(v, v), na_action="ignore").astype(STRING)
            rows += [
                {
                    "dataset": dataset.name, "variable": variable, "value": value, "written": new,
                    "records": int(counts[value]), "lost": new.count(UNKNOWN) > value.count(UNKNOWN),
                }
                for value, new in changed.items()
            ]  # fmt: skip
        written[name] = out
    changes = conform(pd.DataFrame(rows, columns=XPT_TEXT_CHANGES.column_names), XPT_TEXT_CHANGES)
    return written, changes.sort_values(list(XPT_TEXT_CHANGES.key), ignore_index=True)


def _check_apart(dataset: str, variable: str, values: list[str], changed: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for value in values:
        other = seen.setdefault(changed.get(value, value), value)
        if other != value:
            raise TableError(
                f"{dataset}.{variable}: {other!r} and {value!r} are the same text in ASCII",
                "values that can be told apart in a transport file",
                "change one at its source, or leave xpt out of exports.adam",
            )
