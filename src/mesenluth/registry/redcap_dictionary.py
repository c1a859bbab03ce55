"""REDCap's data dictionary: which field belongs to which instrument, its choices, and what identifies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..errors import SourceError
from .text_file import Layout, TextFile, separator_of

HEADERS = {
    "variable / field name": "field_name", "form name": "form_name", "field type": "field_type",
    "field label": "field_label", "choices, calculations, or slider labels": "choices",
    "choices or calculations": "choices", "select_choices_or_calculations": "choices",
    "text validation type or show slider number": "validation",
    "text_validation_type_or_show_slider_number": "validation", "identifier?": "identifier",
}  # fmt: skip
"""Header of the dictionary as downloaded, or as the API gives it -> name here."""

CODED = ("radio", "dropdown", "checkbox")
YES_NO = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
STATUS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}


@dataclass(frozen=True)
class Field:
    """One field of the dictionary.

    Attributes
    ----------
    choices : dict of str to str
        Code -> label, for fields that have choices.
    identifying : str
        What makes the field one that may not be taken in as it is; empty where nothing does.
    """

    name: str
    form: str
    type: str
    label: str
    choices: dict[str, str]
    validation: str
    identifying: str

    @property
    def columns(self) -> list[str]:
        """Columns of an export: one, one a choice for checkboxes, none for text that is only shown."""
        if self.type == "descriptive":
            return []
        if self.type == "checkbox":
            return [box(self.name, code) for code in self.choices]
        return [self.name]


def box(field: str, code: str) -> str:
    """Return the column of one choice of a checkbox field."""
    return f"{field}___{re.sub('[^a-z0-9_]', '_', code.lower())}"


def plain(label: str) -> str:
    """Return a label as it is compared: without markup, in one case, single spaces."""
    return " ".join(re.sub(r"<[^>]*>", "", label).split()).casefold()


def read_dictionary(path: Path, shown: str) -> list[Field]:
    """Read a data dictionary, as downloaded or as the API gives it; SourceError naming what is wrong with it."""
    separator = separator_of(path, ["Variable / Field Name", "Form Name", "Field Type", "field_name", "form_name"])
    return fields(TextFile(path, shown, Layout(separator=separator)).read(), shown)


def fields(rows: pd.DataFrame, shown: str) -> list[Field]:
    """Return the fields of a dictionary's rows (text)."""
    rows = rows.rename(columns=lambda c: HEADERS.get(c.lower(), c.lower()))
    lacking = [c for c in ("field_name", "form_name", "field_type") if c not in rows]
    if lacking or not len(rows):
        raise SourceError(
            f"{shown}: no data dictionary of REDCap (lacks {', '.join(lacking) or 'rows'})",
            "the columns Variable / Field Name, Form Name, Field Type",
            "download it from REDCap: Project Setup, Data Dictionary",
        )
    for column in ("field_label", "choices", "validation", "identifier"):
        if column not in rows:
            rows[column] = ""
    found = []
    for r in rows.fillna("").to_dict("records"):
        kind, name = r["field_type"].strip(), r["field_name"].strip()
        what = "an identifier" if r["identifier"].strip().lower() == "y" else ""
        what = what or {"notes": "free text", "file": "a file"}.get(kind, "")
        what = what or (f"{r['validation']}" if r["validation"] in ("email", "phone", "ssn", "mrn_10d") else "")
        choices = YES_NO.get(kind) or (_choices(r["choices"], name, shown) if kind in CODED else {})
        label, validation = r["field_label"].strip(), r["validation"].strip()
        found.append(Field(name, r["form_name"].strip(), kind, label, choices, validation, what))
    return found


def _choices(text: str, name: str, shown: str) -> dict[str, str]:
    """Return code -> label of ``1, one | 2, two``; a label may hold commas."""
    choices: dict[str, str] = {}
    for part in filter(str.strip, text.split("|")):
        code, comma, label = part.partition(",")
        code = code.strip()
        if not comma or not code or code in choices:
            raise SourceError(f"{shown}: choices of field {name!r}: {part.strip()!r}", "code, label | code, label")
        choices[code] = label.strip()
    return choices


def forms(dictionary: Sequence[Field]) -> dict[str, list[Field]]:
    """Return the instruments with their fields, both in the order of the dictionary."""
    found: dict[str, list[Field]] = {}
    for field in dictionary:
        found.setdefault(field.form, []).append(field)
    return found
