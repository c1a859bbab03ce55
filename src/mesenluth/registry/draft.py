"""`mesenluth map --draft`: a first mapping file, guessed from names, types and codes, for a person to correct.

A guess is written so that it can be seen as one: what needs a look says CHECK, what found no column is a comment, what
the registry holds besides is listed. A draft holds codes and column names, never other values.
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from ..tables.model import Column, Table
from ..tables.registry import REGISTRY
from .draft_columns import PIVOT, Looks, alike, looks, plain
from .relation import LINE, Relations, Request

SEEN = 20_000
"""Rows of each relation that are looked at."""

FITS = 0.55
"""Least fit of a column's name that is taken for a guess."""


@dataclass(frozen=True)
class Guess:
    """A column of the pipeline, the relation's column it may be, and what that looks like."""

    column: Column
    source: str
    looks: Looks
    fit: float


def draft(source: Relations, name: str, layouts: Mapping[str, Any] | None = None) -> str:
    """Return a mapping file's text for a source.

    Parameters
    ----------
    source : Relations
    name : str
        What the registry is called.
    layouts : mapping, optional
        Section `files` of the mapping.
    """
    words = yaml.safe_load(importlib.resources.files(__package__).joinpath("draft_words.yaml").read_text("utf-8"))
    seen = {relation: _looks(source, relation, columns) for relation, columns in source.columns().items()}
    choices: Callable[[str], Mapping[str, Mapping[str, str]]] = getattr(source, "choices", lambda _: {})
    chosen = _assign(seen, words)
    lines = [
        "# Drafted by `mesenluth map --draft` from names, types and codes: a guess, to be read line by line.",
        "# Lines that say CHECK need a decision; `mesenluth map --study FILE` says what is left to do.",
        "",
        f"registry: {json.dumps(name, ensure_ascii=False)}",
        f"missing: {json.dumps(['', *_missing(seen)], ensure_ascii=False)} # texts that mean: no value",
    ]
    if layouts:
        lines += ["", "files:", *(f"  {_key(n)}: {_flow(spec)}" for n, spec in layouts.items())]
    lines += ["", "tables:"]
    for table, (relation, guesses) in chosen.items():
        lines += _table(REGISTRY[table], relation, guesses, seen[relation], words["values"], choices(relation))
    lines += _left(seen, chosen)
    return "\n".join(lines) + "\n"


def _looks(source: Relations, relation: str, columns: list[str]) -> dict[str, Looks]:
    rows = next(iter(source.batches(Request(relation, tuple(columns)))), pd.DataFrame(columns=columns))
    rows = rows.drop(columns=LINE, errors="ignore").head(SEEN).astype(object)
    return {c: looks(rows[c].astype("string").astype(object)) for c in columns}


def _assign(
    seen: Mapping[str, Mapping[str, Looks]], words: Mapping[str, Any]
) -> dict[str, tuple[str, dict[str, Guess]]]:
    """Return, for each table of the pipeline that some relation may fill, that relation and its guessed columns."""
    scores = []
    for relation, columns in seen.items():
        for name, table in REGISTRY.items():
            guesses = _guesses(table, columns, words["columns"])
            named = alike(relation.rsplit("/", 1)[-1], words["tables"][name])
            own = [g.fit for c, g in guesses.items() if c not in ("patient_id", "centre", "evaluator")]
            if own and (named >= FITS or sum(own) >= 2):
                scores.append((2 * named + sum(own) / 4, name, relation, guesses))
    chosen: dict[str, tuple[str, dict[str, Guess]]] = {}
    taken: set[str] = set()
    for _, name, relation, guesses in sorted(scores, key=lambda s: (-s[0], s[1], s[2])):
        if name not in chosen and relation not in taken:
            chosen[name] = (relation, guesses)
            taken.add(relation)
    return {name: chosen[name] for name in REGISTRY if name in chosen}


def _guesses(table: Table, columns: Mapping[str, Looks], words: Mapping[str, list[str]]) -> dict[str, Guess]:
    pairs = []
    for column in table.columns:
        known = [column.name, *words.get(f"{table.name}.{column.name}", words.get(column.name, []))]
        for source, seen in columns.items():
            fit = alike(source, known)
            if column.name != "record_id" and fit >= FITS and _may_be(column, seen):
                pairs.append(Guess(column, source, seen, fit))
    found: dict[str, Guess] = {}
    for guess in sorted(pairs, key=lambda g: (-g.fit, table.column_names.index(g.column.name), g.source)):
        if guess.column.name not in found and guess.source not in {g.source for g in found.values()}:
            found[guess.column.name] = guess
    return {c: found[c] for c in table.column_names if c in found}


def _may_be(column: Column, seen: Looks) -> bool:
    """Return whether text that looks so may be values of a column."""
    if seen.kind == "empty":
        return True
    if column.type == "date":
        return seen.kind == "date"
    if column.name == "birth_year":
        return seen.kind in ("date", "int")
    if column.type in ("int", "float"):
        return seen.kind in ("int", "float")
    if column.type == "bool":
        return bool(seen.codes) and len(seen.codes) <= 4
    if column.allowed:
        return bool(seen.codes)
    return seen.kind != "date"


def _table(
    table: Table,
    relation: str,
    guesses: Mapping[str, Guess],
    seen: Mapping[str, Looks],
    values: Mapping[str, list[str]],
    choices: Mapping[str, Mapping[str, str]],
) -> list[str]:
    unique = [c for c, s in seen.items() if s.filled == s.rows == s.distinct and s.rows]
    own = guesses.get(table.key[0])
    key = own.source if own and own.source in unique else next(iter(unique), None)
    lines = [f"  {table.name}:", f"    from: {_flow(relation)}"]
    lines.append(f"    key: {_flow(key)}" if key else "    key: # CHECK no column names every row of its own")
    lines.append("    columns:")
    for column in table.columns:
        guess = guesses.get(column.name)
        if guess:
            lines += _column(guess, values, choices.get(guess.source, {}))
        elif column.name == "evaluator":
            lines.append("      evaluator: {constant: investigator} # CHECK one reader a patient?")
        elif column.required and column.name != "record_id":
            lines.append(f"      # {column.name}: required, and no column seems to hold it ({column.description})")
    return [*lines, ""]


def _column(guess: Guess, values: Mapping[str, list[str]], labels: Mapping[str, str]) -> list[str]:
    column, seen = guess.column, guess.looks
    spec: dict[str, Any] = {"source": guess.source}
    checks = [] if guess.fit >= 0.9 else ["is this the column?"]
    if seen.kind == "empty":
        checks.append("it holds no value")
    if column.name == "patient_id":
        spec["pseudonym"] = "patient"
    elif column.name == "birth_year" and seen.kind == "date":
        spec["keep"] = "year"
    if seen.kind == "date" and (column.type == "date" or "keep" in spec):
        spec["formats"] = [seen.formats[0]]
        if len(seen.formats) > 1:
            checks.append(f"{' and '.join(seen.formats[1:])} fit as well")
        if "%y" in seen.formats[0]:
            spec["pivot"] = PIVOT
            checks.append("first two-digit year that means 19yy")
    if column.type == "float" or column.unit == "um":
        spec |= {"decimal": ","} if seen.decimal == "," else {}
    if column.unit == "um":
        spec["unit"] = "cm" if seen.median is not None and seen.median < 10 else "mm"
        checks += ["the unit"] if spec["unit"] == "cm" else []
    if seen.unlike:
        checks.append(f"{seen.unlike} of the first {seen.filled} values are not like the rest")
    unknown: list[str] = []
    if column.type == "bool" or column.allowed:
        known, unknown = _codes(column, seen, values, labels)
        if known or unknown:
            spec["codes"] = known
    check = f" # CHECK {'; '.join(checks)}" if checks else ""
    short = spec if len(spec) > 1 else guess.source
    lines = [f"      {column.name}: {_flow(short)}{check}"]
    if unknown:
        allowed = "true, false or null" if column.type == "bool" else ", ".join(column.allowed)
        shown = ", ".join(f"{json.dumps(u, ensure_ascii=False)} ({seen.codes.get(u, 0)} rows)" for u in unknown)
        lines.append(f"        # CHECK no meaning guessed for {shown}; one of {allowed}")
    return lines


def _codes(
    column: Column, seen: Looks, values: Mapping[str, list[str]], labels: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Return what the codes may mean, and those nothing is known of."""
    allowed = ("true", "false") if column.type == "bool" else column.allowed
    known: dict[str, Any] = {}
    unknown = []
    for text in sorted({*seen.codes, *labels}):
        fits = {a: _fit(text, labels.get(text, ""), a, values.get(a, [])) for a in allowed}
        best = max(fits, key=lambda a: fits[a])
        if fits[best] >= FITS and list(fits.values()).count(fits[best]) == 1:
            known[text] = {"true": True, "false": False}.get(best, best) if column.type == "bool" else best
        else:
            unknown.append(text)
    return known, unknown


def _fit(text: str, label: str, value: str, words: list[str]) -> float:
    known = [plain(value), *map(str, words)]
    return max(alike(text, known), alike(label, known) if label else 0.0)


def _missing(seen: Mapping[str, Mapping[str, Looks]]) -> list[str]:
    return sorted({m for columns in seen.values() for s in columns.values() for m in s.missing})


def _left(seen: Mapping[str, Mapping[str, Looks]], chosen: Mapping[str, tuple[str, dict[str, Guess]]]) -> list[str]:
    used = {(relation, g.source) for relation, guesses in chosen.values() for g in guesses.values()}
    lines = ["# In the registry, and not used:"]
    for relation, columns in seen.items():
        left = [f"{c} ({s.kind})" for c, s in columns.items() if (relation, c) not in used]
        lines += [f"#   {relation}: {', '.join(left)}"] if left else []
    lines += ["", "# In the pipeline, and not filled:"]
    for name, table in REGISTRY.items():
        if name not in chosen:
            lines.append(f"#   {name}: {table.description}")
            continue
        gaps = [c for c in table.column_names if c not in ("record_id", "evaluator") and c not in chosen[name][1]]
        lines += [f"#   {name}: {', '.join(gaps)}"] if gaps else []
    return lines


def _key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _flow(value: Any) -> str:
    """Return a value in YAML's flow style, on one line."""
    if isinstance(value, str):
        return (
            value if value.isidentifier() and yaml.safe_load(value) == value else json.dumps(value, ensure_ascii=False)
        )
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False)
    return text.strip().removesuffix("\n...")
