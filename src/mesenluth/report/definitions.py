"""Every switch of the study file that decides a number, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..figures.language import language
from .cells import code, table, value
from .texts import text

SECTIONS = (
    "cut", "treatment", "population", "compartments", "evaluators", "primary_evaluator", "response", "growth",
    "density", "agreement", "metabolic", "clinical", "complications", "time", "survival", "endpoints", "primary",
    "subgroups", "statistics", "baseline", "quality",
)  # fmt: skip
WORDS_ONLY = frozenset(["label"])
NO_INFLUENCE = frozenset(["cut.partition", "cut.buckets"])
"""How work is split: results do not depend on it, so they do not state it."""
OF_ONE_KIND = frozenset(["growth", "density", "metabolic", "clinical", "complications"])
"""Sections that only endpoints of the kind of their name ask for."""
CONDITIONS = frozenset(["where", "administrations"])


def switches(settings: Any, name: str) -> Iterator[tuple[str, str]]:
    """Yield each setting below `name` as its dotted name and its value; entries of a list by their id.

    Labels are left out, and a condition is one value.
    """
    if isinstance(settings, Mapping) and name.rsplit(".", 1)[-1] not in CONDITIONS:
        for key, setting in settings.items():
            if key not in WORDS_ONLY:
                yield from switches(setting, f"{name}.{key}")
    elif isinstance(settings, list) and settings and all(isinstance(s, Mapping) and "id" in s for s in settings):
        for entry in settings:
            yield from switches({k: v for k, v in entry.items() if k != "id"}, f"{name}.{entry['id']}")
    else:
        yield name, value(settings)


def definitions_table(study: Mapping[str, Any]) -> str:
    """Return the table of every switch that an endpoint of the study asks for, with its value, in the file's order."""
    lang = language(study)
    unused = OF_ONE_KIND - {e["kind"] for e in study["endpoints"]}
    rows = [
        [code(name), code(setting)]
        for section in SECTIONS
        if section in study and section not in unused
        for name, setting in switches(study[section], section)
        if name not in NO_INFLUENCE
    ]
    return table(
        [text(lang, "definitions.setting"), text(lang, "definitions.value")], rows, note=text(lang, "note.definitions")
    )
