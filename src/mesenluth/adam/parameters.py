"""Parameter codes: what every PARAMCD, PARAM and category of a study is.

A code has at most 8 characters and is put together: stem (up to 4) + compartment (3 letters, none for the whole
patient) + reader (1 character, none for the primary evaluator). Codes of single lesions are stem (5) + number of the
lesion (2 characters) + reader.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..endpoints.cohorts import WHOLE_PATIENT
from ..endpoints.cohorts import compartments as listed_compartments
from ..errors import ConfigurationError, TableError
from ..tables.io import STRING
from .contracts import EVAL

Study = Mapping[str, Any]

DIGITS = string.digits + string.ascii_uppercase
READERS = DIGITS[2:]
MOST_LESIONS = 99 + 36 * 26
WHOLE_LABEL = "Whole patient"
KNOWN_ENDPOINTS = {
    "progression_free_survival": "PFS",
    "overall_survival": "OS",
    "duration_of_response": "DOR",
    "time_to_response": "TTR",
    "time_to_progression": "TTP",
    "time_to_treatment_failure": "TTF",
}
"""Codes in general use."""

RESPONSES = {
    "OVR": ("Overall Response", "Tumor Response"),
    "TRG": ("Target Response", "Tumor Response"),
    "NTRG": ("Non-Target Response", "Tumor Response"),
    "NEWL": ("New Lesion", "Tumor Response"),
    "BOR": ("Best Overall Response, Confirmation Not Required", "Best Overall Response"),
    "CBOR": ("Best Overall Response, Confirmation Required", "Best Overall Response"),
}
SUM, SUM_OF_READER = "SDIAM", "SDM"
TARGET_LESION, OTHER_LESION = "LDIAM", "LSTAT"


@dataclass(frozen=True)
class Parameter:
    """One parameter: what is measured, in which compartment, by whom. Empty text: not about one."""

    code: str
    name: str
    category: str
    compartment: str = ""
    evaluator: str = ""


def terms(value: str) -> str:
    """Return an id of the study file as it stands in the exports: capitals, words apart."""
    return value.replace("_", " ").upper()


def compartment_codes(study: Study) -> dict[str, str]:
    """Return three letters for each compartment, none for the whole patient.

    The initials of all words but the last, then the last word: non_mesenteric is NME. Where two would be the same the
    later one's third letter is the first free one of the alphabet.
    """
    codes: dict[str, str] = {}
    for name in listed_compartments(study):
        words = [w for w in ("".join(c for c in part if c.isalpha()) for part in name.split("_")) if w] or ["x"]
        code = ("".join(w[0] for w in words[:-1]) + words[-1])[:3].upper().ljust(3, "X")
        candidates = [code, *(code[:2] + letter for letter in string.ascii_uppercase)]
        candidates += [code[0] + a + b for a in string.ascii_uppercase for b in string.ascii_uppercase]
        codes[name] = next(c for c in candidates if c not in codes.values())
    return {**codes, WHOLE_PATIENT: ""}


def _labels(items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the English label of each item by its id; with the id where two share a label."""
    labels = {i["id"]: i["label"]["en"] for i in items}
    shared = [*labels.values(), WHOLE_LABEL]
    return {k: f"{v} [{k}]" if shared.count(v) > 1 else v for k, v in labels.items()}


def compartment_labels(study: Study) -> dict[str, str]:
    """Return the English label of each compartment."""
    return {**_labels(study["compartments"]), WHOLE_PATIENT: WHOLE_LABEL}


def endpoint_labels(study: Study) -> dict[str, str]:
    """Return the English label of each endpoint."""
    return _labels(study["endpoints"])


def reader_codes(evaluators: Iterable[str], study: Study) -> dict[str, str]:
    """Return one character for each evaluator, none for the primary one, 2, 3, ... in the order of their names.

    Raises TableError if there are more than 34 of them beside it, or two whose names differ only in capitals or
    underscores.
    """
    primary = study["primary_evaluator"]
    names = sorted({*evaluators} - {primary})
    shown = [terms(n) for n in (primary, *names)]
    if len(names) > len(READERS) or len(set(shown)) < len(shown):
        raise TableError(
            f"ADaM exports: evaluators {', '.join([primary, *names])}",
            f"at most {len(READERS) + 1}, whose names differ in more than capitals and underscores",
            "name in `evaluators` whose readings are analysed, or set exports.adam to []",
        )
    return {primary: "", **dict(zip(names, READERS, strict=False))}


def evaluator_terms(evaluators: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """Return --EVAL and --EVALID of each evaluator.

    Controlled terminology knows kinds of evaluators only; a reader with another name is an independent assessor.
    """
    out: dict[str, tuple[str, str | None]] = {}
    for name in evaluators:
        kind = terms(name) in EVAL.terms
        out[name] = (terms(name), None) if kind else ("INDEPENDENT ASSESSOR", terms(name))
    return out


def lesion_number(number: int) -> str:
    """Return the two characters of a lesion's number, from 1: 01 to 99, then A0, A1, ... ZZ."""
    if number < 100:
        return f"{number:02d}"
    return DIGITS[10 + (number - 100) // 36] + DIGITS[(number - 100) % 36]


def endpoint_stems(study: Study) -> dict[str, str]:
    """Return three letters at most for each time-to-event endpoint: the code in general use, else its initials."""
    stems: dict[str, str] = {}
    for endpoint in study["endpoints"]:
        if endpoint["kind"] != "time_to_event":
            continue
        words = [w for w in endpoint["id"].split("_") if w]
        own = "".join(w[0] for w in words)[:3] if len(words) > 1 else words[0][:3]
        stem = KNOWN_ENDPOINTS.get(endpoint["id"], own.upper())
        candidates = [stem, *(stem[:2].ljust(2, "X") + d for d in DIGITS)]
        stems[endpoint["id"]] = next(c for c in candidates if c not in stems.values())
    return stems


def rule_letters(rule_sets: Iterable[str]) -> dict[str, str]:
    """Return one letter for each censoring rule set, none for the study's own: F for fda, E for ema."""
    letters: dict[str, str] = {"study": ""}
    for name in sorted({*rule_sets} - {"study"}):
        candidates = [name[0].upper(), *string.ascii_uppercase]
        letters[name] = next(c for c in candidates if c not in letters.values())
    return letters


def in_words(name: str, compartment: str, evaluator: str, *more: str) -> str:
    """Return PARAM: the name, then the compartment, the evaluator and what else tells parameters apart."""
    about = [w for w in (compartment, evaluator, *more) if w]
    return f"{name} ({'; '.join(about)})" if about else name


def attach(frame: pd.DataFrame, parameters: Sequence[Parameter]) -> pd.DataFrame:
    """Add PARAM, PARAMN and PARCAT1 to 3 to records that have PARAMCD.

    Parameters
    ----------
    frame : DataFrame
        With PARAMCD.
    parameters : sequence of Parameter
        In the order of PARAMN; every code of the frame is among them.

    Raises
    ------
    ConfigurationError
        If two parameters have one code or one name.
    """
    table = pd.DataFrame(
        {
            "PARAMCD": [p.code for p in parameters],
            "PARAM": [p.name for p in parameters],
            "PARCAT1": [p.category for p in parameters],
            "PARCAT2": [p.compartment or None for p in parameters],
            "PARCAT3": [p.evaluator or None for p in parameters],
        },
        dtype=STRING,
    )
    for column, what in (("PARAMCD", "code"), ("PARAM", "name")):
        twice = table.loc[table[column].duplicated(), column]
        if len(twice):
            raise ConfigurationError(
                f"ADaM exports: two parameters have the {what} {twice.iloc[0]!r}",
                "labels and ids of compartments and endpoints that tell them apart",
                "change an id or an English label in `compartments` or `endpoints`, or set exports.adam to []",
            )
    table["PARAMN"] = range(1, len(table) + 1)
    return frame.merge(table, on="PARAMCD", how="left", validate="m:1")
