"""What a new study is to be about, from arguments or from answers on a terminal."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import ConfigurationError
from ..registry.source import MODULES
from ..tables.conditions import check
from ..tables.registry import LESIONS

REST = "rest"
KINDS = [kind for kind in MODULES if kind != "synthetic"]
"""Kinds of source that a new study may have; the synthetic registry belongs to the default study."""
USUAL = ("objective_response", "disease_control", "progression_free_survival", "overall_survival")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
NEEDS_PLACE = {
    "sqlite": "the database file", "files": "a folder or file", "redcap": "the export, a CSV file",
    "redcap_api": "the address of the API, ending in /api/", "sdtm": "the folder with dm, tu, tr, rs",
}  # fmt: skip
"""Kinds that cannot do without a place -> what it is."""


@dataclass(frozen=True)
class Wanted:
    """A new study.

    Attributes
    ----------
    name : str
        Id of the study.
    kind, place, dictionary : str
        Of the source; empty where it has none.
    compartments : mapping of str to mapping
        Id -> condition on lesions, in order.
    endpoints : sequence of str
        Ids of endpoints of the default study.
    product : str
        The treatment; empty: any.
    cut : str
        Date of the data cut.
    """

    name: str
    kind: str
    place: str = ""
    dictionary: str = ""
    compartments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    endpoints: Sequence[str] = USUAL
    product: str = ""
    cut: str = ""


def compartments(texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the conditions of compartments written as ``NAME=COLUMN:VALUE,VALUE`` or ``NAME=rest``.

    Raises
    ------
    ConfigurationError
        If a text is written otherwise, or its column or values are none of the table of lesions.
    """
    found: dict[str, dict[str, Any]] = {}
    rest = []
    for text in texts:
        name, _, what = text.partition("=")
        column, colon, values = what.partition(":")
        if not NAME.fullmatch(name) or name == "whole_patient" or name in found or not (what == REST or colon):
            raise ConfigurationError(
                f"compartment {text!r}", "NAME=COLUMN:VALUE,VALUE or NAME=rest, each name once",
                "for example intracranial=site:brain extracranial=rest; the columns are those of table lesions",
            )  # fmt: skip
        if what == REST:
            found[name] = {}
            rest.append(name)
            continue
        found[name] = _condition(column, [v.strip() for v in values.split(",")])
        check(found[name], LESIONS, f"compartment {name}")
    named = [c for c in found.values() if c]
    if not found or len(rest) > 1 or not named:
        raise ConfigurationError(
            f"compartments: {' '.join(texts) or 'none'}", "at least one by a condition, and at most one `rest`"
        )
    for name in rest:
        found[name] = {"not": named[0] if len(named) == 1 else {"any": named}}
    return found


def _condition(column: str, values: list[str]) -> dict[str, Any]:
    if column in LESIONS.column_names and LESIONS.column(column).type == "bool":
        if values not in (["yes"], ["no"]):
            raise ConfigurationError(f"compartment by {column}: {','.join(values)!r}", "yes or no")
        return {"column": column, "is": values == ["yes"]}
    return {"column": column, "equals": values[0]} if len(values) == 1 else {"column": column, "in": values}


def checked(wanted: Wanted, known: Sequence[str]) -> Wanted:
    """Return a wish that can be written down.

    Parameters
    ----------
    known : sequence of str
        Endpoints of the default study.
    """
    if not NAME.fullmatch(wanted.name):
        raise ConfigurationError(f"id {wanted.name!r}", "small letters, digits and _, a letter first")
    if wanted.kind not in KINDS:
        raise ConfigurationError(f"--source {wanted.kind!r}", f"one of {', '.join(KINDS)}")
    if wanted.kind in NEEDS_PLACE and not wanted.place:
        raise ConfigurationError(f"--source {wanted.kind}: no place", f"--at, {NEEDS_PLACE[wanted.kind]}")
    if wanted.kind == "redcap" and not wanted.dictionary:
        raise ConfigurationError("--source redcap: no data dictionary", "--dictionary, a CSV file of the project")
    for endpoint in wanted.endpoints:
        if endpoint not in known:
            raise ConfigurationError(f"--endpoint {endpoint!r}", f"one of {', '.join(known)}")
    try:
        datetime.date.fromisoformat(wanted.cut)
    except ValueError:
        raise ConfigurationError(f"--cut {wanted.cut!r}", "a date, 2024-06-30") from None
    return wanted


def asked(given: Mapping[str, Any], known: Sequence[str], ask: Callable[[str], str]) -> dict[str, Any]:
    """Ask for what was not given, one question a line, and return all of it.

    Parameters
    ----------
    given : mapping
        As on the command line: `name`, `source`, `at`, `dictionary`, `compartment`, `endpoint`, `product`, `cut`.
    ask : callable
        The text of a question -> the answer.
    """
    found = dict(given)

    def wants(key: str, question: str, usual: str = "") -> str:
        if not found.get(key):
            found[key] = ask(f"{question}{f' [{usual}]' if usual else ''}: ").strip() or usual
        return str(found[key])

    wants("name", "Short name of the study (small letters, digits, _)")
    kind = wants("source", f"Where the records are: {', '.join(KINDS)}", "drawn")
    if kind in NEEDS_PLACE:
        wants("at", f"Place: {NEEDS_PLACE[kind]}")
    if kind == "redcap":
        wants("dictionary", "Its data dictionary, a CSV file")
    for key, question, usual in (
        ("compartment", "Compartments, such as: intracranial=site:brain extracranial=rest", ""),
        ("endpoint", f"Endpoints, of: {', '.join(known)}", " ".join(USUAL)),
    ):
        if not found.get(key):
            found[key] = re.split(r"[,;]?\s+", wants(key, question, usual))
    wants("product", "The treatment as the registry will name it; empty: any")
    wants("cut", "Date of the data cut", str(given.get("today", "")))
    return found
