"""REDCap's labelled exports, put back into names and codes by the data dictionary."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .redcap_dictionary import STATUS, Field, box, forms, plain
from .relation import texts_of, unread

STRUCTURE = {
    "event name": "redcap_event_name", "repeat instrument": "redcap_repeat_instrument",
    "repeat instance": "redcap_repeat_instance", "data access group": "redcap_data_access_group",
    "survey identifier": "redcap_survey_identifier",
}  # fmt: skip
"""Header that REDCap writes itself in a labelled export -> the name it has in a raw one."""

CHECKED = {"checked": "1", "unchecked": "0"}


def _expected(dictionary: Sequence[Field]) -> list[tuple[str, str]]:
    """Return label and name of every column a full export has, in its order."""
    out = []
    for form, fields in forms(dictionary).items():
        out.append(("survey timestamp", f"{form}_timestamp"))
        for field in fields:
            if field.type == "checkbox":
                out += [(plain(f"{field.label} (choice={t})"), box(field.name, c)) for c, t in field.choices.items()]
            else:
                out += [(plain(field.label), c) for c in field.columns]
        out.append(("complete?", f"{form}_complete"))
    return out


def _aligned(labels: Sequence[str], expected: Sequence[tuple[str, str]]) -> list[str | None]:
    """Return the name of each label when each takes the first fitting place after the one before."""
    found: list[str | None] = []
    at = 0
    for label in labels:
        place = next((i for i in range(at, len(expected)) if expected[i][0] == label), None)
        found.append(None if place is None else expected[place][1])
        at = at if place is None else place + 1
    return found


def by_names(header: Sequence[str], dictionary: Sequence[Field]) -> tuple[list[str | None], list[str]]:
    """Return the name of each column of a labelled export.

    Labels may repeat, so the order of the dictionary decides; where columns were left out of the export and several
    orders fit, a column has no name.

    Returns
    -------
    names : list of str or None
    notes : list of str
    """
    labels = [plain(h) for h in header]
    structure = 1
    while structure < len(labels) and labels[structure] in STRUCTURE:
        structure += 1
    fixed: list[str | None] = [dictionary[0].name, *(STRUCTURE[h] for h in labels[1:structure])]
    expected = [e for e in _expected(dictionary) if e[1] != dictionary[0].name]
    rest = labels[structure:]
    first = _aligned(rest, expected)
    last = _aligned(rest[::-1], expected[::-1])[::-1]
    names = [a if a == b else None for a, b in zip(first, last, strict=True)]
    unclear = [h for h, n in zip(header[structure:], names, strict=True) if n is None]
    notes = ["labels that are no field of the dictionary, or of several: " + ", ".join(unclear)] if unclear else []
    return [*fixed, *names], notes


def to_codes(records: pd.DataFrame, dictionary: Sequence[Field]) -> pd.DataFrame:
    """Return the records with codes instead of labels; a text that is no label of its field stays as it is."""
    out = records.copy()
    for field in dictionary:
        if field.type == "checkbox":
            # Also the columns of missing-data codes, which are no choices of the field.
            for column in [c for c in texts_of(out) if c.startswith(f"{field.name}___")]:
                out[column] = _translated(out[column], CHECKED)
        elif field.choices and field.name in out:
            codes: dict[str, str] = {}
            for code, label in field.choices.items():
                known = plain(label)
                codes[known] = unread(f"{label}: the label of several codes") if known in codes else code
            out[field.name] = _translated(out[field.name], codes)
    for form in forms(dictionary):
        if f"{form}_complete" in out:
            out[f"{form}_complete"] = _translated(out[f"{form}_complete"], {v.lower(): k for k, v in STATUS.items()})
    return out


def _translated(texts: pd.Series, codes: dict[str, str]) -> pd.Series:
    known = {t: codes[plain(t)] for t in texts.dropna().unique() if plain(t) in codes}
    return texts.map(lambda t: known.get(t, t), na_action="ignore").astype(texts.dtype)
