"""The variants of a study: one definition, or a named pair of them, chosen another way."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigurationError

EACH = "*"
"""In a key, stands for every entry of a list in turn: ``compartments.*.measure_axis``."""


SECTIONS = (
    "treatment", "population", "compartments", "response", "growth", "density", "metabolic", "clinical",
    "complications", "time", "survival", "statistics",
)  # fmt: skip
"""Sections whose keys can be varied: what is computed from the validated tables on depends on no other definition."""
NAMES = ("id", "label")
"""Last parts of keys that name things and define nothing."""


@dataclass(frozen=True)
class Variant:
    """A study with some definitions changed.

    Attributes
    ----------
    changes : tuple of (key, value)
        Key -> the value it takes; a key is the way to a value, parts joined by points, entries of a list by their id.
    """

    changes: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """The variant in one line: ``response.timing = window``; empty for the study as it is."""
        return " and ".join(f"{key} = {shown(value)}" for key, value in self.changes)

    def apply(self, study: Mapping[str, Any]) -> dict[str, Any]:
        """Return the study with the changes; the study itself stays as it is."""
        changed = copy.deepcopy(dict(study))
        for key, value in self.changes:
            *way, last = key.split(".")
            _at(changed, way, key)[last] = copy.deepcopy(value)
        return changed


def shown(value: Any) -> str:
    """Return a value as the study file writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def value_of(study: Mapping[str, Any], key: str) -> Any:
    """Return the value of a key; ConfigurationError if the study has none."""
    return _at(study, key.split("."), key)


def _at(study: Any, way: list[str], key: str) -> Any:
    found = study
    for i, part in enumerate(way):
        if isinstance(found, list):
            known = {e["id"]: e for e in found if isinstance(e, Mapping) and "id" in e}
        else:
            known = dict(found) if isinstance(found, Mapping) else {}
        if part not in known:
            above, beside = ".".join(way[:i]), [".".join([*way[:i], str(k)]) for k in known]
            raise ConfigurationError(
                f"sensitivity.vary: the study has no key {key!r}",
                f"one of {', '.join(beside)}" if beside else f"a key of the study file; {above} is a value",
                "check the spelling against config.yaml",
            )
        found = known[part]
    return found


def keys(study: Mapping[str, Any], pattern: str) -> list[str]:
    """Return the keys that a pattern means: `EACH` once for each entry of a list."""
    section, last = pattern.split(".")[0], pattern.split(".")[-1]
    if section not in SECTIONS or last in NAMES:
        raise ConfigurationError(
            f"sensitivity.vary: {pattern!r} is no definition that can be varied",
            f"a key of {', '.join(SECTIONS)} that is no id or label",
            "what comes before validation needs a run of its own",
        )
    before, each, after = pattern.partition(f".{EACH}.")
    if not each:
        return [pattern]
    entries = value_of(study, before)
    if not isinstance(entries, list):
        raise ConfigurationError(f"sensitivity.vary: {before!r} is no list", "a key whose * stands for list entries")
    return [f"{before}.{entry['id']}.{after}" for entry in entries]


def variants(study: Mapping[str, Any]) -> list[Variant]:
    """Return the study as it is, then every variant of its section `sensitivity`, in the order of its keys.

    Parameters
    ----------
    study : mapping
        With `sensitivity.vary` (key -> all its alternatives; the one the study has is left out) and
        `sensitivity.pairs` (pairs of these keys, of which every combination of two changes is a variant).

    Raises
    ------
    ConfigurationError
        If a key is not in the study, or a pair names a key that is not varied.
    """
    section = study["sensitivity"]
    choices: dict[str, list[tuple[str, Any]]] = {}
    for pattern, values in section["vary"].items():
        for key in keys(study, pattern) if values else []:
            own = value_of(study, key)
            if isinstance(value_of(study, key.rpartition(".")[0]), list):
                raise ConfigurationError(f"sensitivity.vary: {key!r} is an entry of a list", "a key of that entry")
            choices.setdefault(pattern, []).extend((key, v) for v in values if not _same(v, own))
    found = [Variant()]
    found += [Variant((change,)) for changes in choices.values() for change in changes]
    for pair in section["pairs"]:
        lacking = [p for p in pair if p not in section["vary"]]
        if lacking:
            raise ConfigurationError(f"sensitivity.pairs: {lacking[0]!r} is not varied", "two keys of sensitivity.vary")
        found += [Variant(both) for both in itertools.product(*(choices.get(p, []) for p in pair))]
    return found


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other
