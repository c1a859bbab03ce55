"""What the gate decided, and recorded responses that are findings: lines of the section on data quality."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..figures.language import language, number
from .cells import code, escape, table
from .texts import text

KINDS = ("overall", "target", "nontarget", "best", "confirmed_best")


def gate_words(gate: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return whether the conditions hold; else which do not, and who answers for it.

    Parameters
    ----------
    gate : DataFrame
        By the contract GATE; may be empty.
    """
    lang = language(study)
    if gate.empty:
        return text(lang, "gate.unjudged")
    broken = gate[~gate["passed"].astype(bool)]
    counts = {"k": number(len(broken), lang), "n": number(len(gate), lang)}
    if broken.empty:
        return text(lang, "gate.passed", **counts)
    released = broken.dropna(subset=["released_by"])
    said = text(lang, "gate.warned", **counts)
    if len(released):
        first = released.iloc[0]
        by, reason = escape(first["released_by"]), escape(first["released_because"])
        said = text(lang, "gate.released", by=by, reason=reason, **counts)
    rows = [
        [code(r["condition"]), _shown(r["observed"], lang), _shown(r["limit"], lang)] for r in broken.to_dict("records")
    ]
    headings = [text(lang, f"gate.{c}") for c in ("condition", "observed", "limit")]
    return f"{said}\n\n{table(headings, rows, right=(1, 2), note=text(lang, 'note.gate'))}"


def contradictions(disagreements: pd.DataFrame, lang: str) -> list[str]:
    """Return how many recorded responses contradict their measurements, by kind; nothing where none was compared.

    Global clinical assessments are compared too, and are no findings where they differ.
    """
    compared = disagreements[disagreements["kind"] != "clinical"]
    if compared.empty:
        return []
    against = ~compared["agrees"].astype(bool)
    said = []
    for kind, rows in compared.groupby(compared["kind"].astype(str), sort=True):
        called = text(lang, f"gate.kind.{kind}") if kind in KINDS else escape(kind)
        counts = {"n": number(int(against[rows.index].sum()), lang), "of": number(len(rows), lang)}
        said.append(text(lang, "gate.contradictions.kind", kind=called, **counts))
    counts = {"n": number(int(against.sum()), lang), "of": number(len(compared), lang)}
    return [text(lang, "gate.contradictions", kinds=", ".join(said), **counts)]


def _shown(value: float, lang: str) -> str:
    return number(value, lang, 0 if float(value).is_integer() else 2)
