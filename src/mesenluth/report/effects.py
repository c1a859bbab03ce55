"""The section of the report on what rows in quarantine take away from the endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ..effects.results import compartments_of, some_only
from ..figures.language import compartment_label, label, language, number
from ..figures.texts import text as figure_text
from .cells import code, escape, table
from .hidden import few, hidden_note, small
from .texts import text

KINDS = {
    "lost": "patients_lost",
    "gained": "patients_gained",
    "changed": "results_changed",
    "unknown": "patients_unknown",
}


def effects_section(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> str:
    """Return what each rule removes from each endpoint, one line a rule.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        `rule_effects`; may be empty.
    """
    lang, found = language(study), tables["rule_effects"]
    lines = []
    for rule, rows in found.groupby("rule", sort=True):
        said = [*_patients(rows, study, lang), *_assessments(rows, study, lang)]
        people = int(rows["patients"].max())
        counts = [number(int(rows["rows"].max()), lang), _people(people, study, lang)]
        lines.append([code(rule), *counts, escape("; ".join(said) or text(lang, "effects.none"))])
    if not lines:
        return text(lang, "effects.nothing")
    note = text(lang, "note.effects") + hidden_note(study, lang)
    headings = [text(lang, f"effects.{c}") for c in ("rule", "rows", "patients", "what")]
    return "\n\n".join([text(lang, "effects.intro"), table(headings, lines, right=(1, 2), note=note)])


def _people(n: int, study: Mapping[str, Any], lang: str) -> str:
    return few(study, lang) if small(n, study) else number(n, lang)


def _plural(lang: str, key: str, n: int, where: str, shown: str = "") -> str:
    """Return a sentence with its plurals chosen; French takes the singular up to 1."""
    shown = shown or number(n, lang)
    ending = "" if shown == "1" or (lang == "fr" and shown == "0") else "s"
    return text(lang, key, n=shown, where=where).replace("(s)", ending)


def _patients(rows: pd.DataFrame, study: Mapping[str, Any], lang: str) -> Iterable[str]:
    """Yield one phrase for each effect and number of patients as it is shown, with the endpoints it concerns."""
    for kind, column in KINDS.items():
        shown: dict[str, list[int]] = {}
        for n in sorted({int(n) for n in rows[column] if n}, reverse=True):
            shown.setdefault(_people(n, study, lang), []).append(n)
        for words, counts in shown.items():
            where = _where(rows[rows[column].isin(counts)], study, lang)
            yield _plural(lang, f"effects.{kind}", counts[0], where, words)


def _where(rows: pd.DataFrame, study: Mapping[str, Any], lang: str) -> str:
    """Return endpoints with the compartments concerned, in the study's order."""
    found = {e["id"]: set(rows.loc[rows["endpoint"] == e["id"], "compartment"]) for e in study["endpoints"]}
    of_all = [e for e in study["endpoints"] if not some_only(e)]
    whole = bool(of_all) and all(found[e["id"]] == set(compartments_of(e, study)) for e in of_all)
    parts = [text(lang, "effects.every")] if whole else []
    for endpoint in study["endpoints"]:
        mine, every = found[endpoint["id"]], compartments_of(endpoint, study)
        if not mine or (whole and endpoint in of_all):
            continue
        names = [_compartment(c, study, lang) for c in every if c in mine]
        places = text(lang, "effects.all") if len(every) > 2 and len(names) == len(every) else ", ".join(names)
        parts.append(f"{label(endpoint.get('label'), lang, endpoint['id'])} ({places})")
    return ", ".join(parts)


def _assessments(rows: pd.DataFrame, study: Mapping[str, Any], lang: str) -> Iterable[str]:
    """Yield one phrase for each number of assessments, with the compartments it concerns."""
    by = rows.dropna(subset=["assessments_lost"]).groupby("compartment")["assessments_lost"].max()
    order = [*(c["id"] for c in study["compartments"]), "whole_patient"]
    for n in sorted({int(n) for n in by if n}, key=abs, reverse=True):
        places = [_compartment(c, study, lang) for c in order if c in by.index and by[c] == n]
        yield _plural(lang, "effects.fewer" if n > 0 else "effects.more", abs(n), ", ".join(places))


def _compartment(compartment: str, study: Mapping[str, Any], lang: str) -> str:
    return compartment_label(study, compartment, lang, figure_text(lang, "whole_patient"))
