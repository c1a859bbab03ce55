"""REDCap: CSV exports, raw or labelled, with their data dictionary; each instrument is a relation of its own.

An export puts all instruments side by side in one wide table, with rows of their own for repeated instruments and
events. Here each instrument is a table again: a row a record, event and instance in which it was filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import ConfigurationError, SourceError
from ..tables.io import STRING
from .mapping import RegistryMapping, only
from .redcap_dictionary import Field, box, forms, plain, read_dictionary
from .redcap_labels import by_names, to_codes
from .relation import LINE, Place, Request, texts_of
from .source import file_hash
from .text_file import AGAIN, Layout, TextFile, separator_of

EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
REPEATS = (EVENT, INSTRUMENT, INSTANCE)
STRUCTURE = (*REPEATS, "redcap_data_access_group", "redcap_survey_identifier")
WHOLE = "records"
"""Relation of everything that is no repeated instrument, where there is no dictionary."""

OPTIONS = ("unticked", "labels", "separator", "encoding")


def opened(source: Mapping[str, Any], root: Path, mapping: RegistryMapping | None = None) -> Instruments:
    """Return an export as relations, one an instrument.

    Parameters
    ----------
    source : mapping
        `path` of the export and of its `dictionary` (or none).
    mapping : RegistryMapping, optional
        Its section `redcap` says how the export is understood, its missing texts which boxes are missing-data codes.

    Raises
    ------
    SourceError
        If a file is missing or is no export or dictionary of REDCap.
    ConfigurationError
        If an option of the mapping is wrong.
    """
    options, missing = (mapping.redcap, mapping.missing) if mapping else ({}, ("",))
    check_options(options)
    path, encoding = root / source["path"], options.get("encoding") or "utf-8"
    files, dictionary = {}, None
    if source.get("dictionary"):
        shown = f"REDCap dictionary {source['dictionary']}"
        dictionary = read_dictionary(root / source["dictionary"], shown)
        files[Path(source["dictionary"]).name] = file_hash(root / source["dictionary"])
    shown = f"REDCap export {source['path']}"
    separator = options.get("separator") or separator_of(path, _known(path, encoding, dictionary), encoding)
    file = TextFile(path, shown, Layout(separator=separator, encoding=encoding), unique=False)
    records = file.read()
    files[path.name] = file_hash(path)
    made = Instruments(records, dictionary, options, missing, shown, Place(path.name))
    made.files, made.notes = files, [*file.notes, *made.notes]
    return made


def check_options(options: Mapping[str, Any]) -> None:
    """Refuse an option of the mapping's section `redcap` that does not exist."""
    only(options, OPTIONS, "mapping: redcap")
    if options.get("unticked", "missing") not in ("missing", "no"):
        raise ConfigurationError(f"mapping: redcap.unticked: {options['unticked']!r}", "missing or no")
    if options.get("labels") not in (None, True, False):
        raise ConfigurationError(f"mapping: redcap.labels: {options['labels']!r}", "true or false")


def _known(path: Path, encoding: str, dictionary: Sequence[Field] | None) -> list[str]:
    """Return names and labels by which the header of an export is told apart from its separators."""
    if dictionary:
        return [t for f in dictionary for t in (f.name, f.label)] + [f"{f.form}_complete" for f in dictionary]
    try:
        with open(path, encoding=encoding, errors="replace") as stream:
            return re.findall(r"[A-Za-z0-9_]+", stream.readline())
    except OSError:
        return []


class Instruments:
    """The instruments of a REDCap project, by `relation.Relations`."""

    typed_dates = False

    def __init__(
        self,
        records: pd.DataFrame,
        dictionary: Sequence[Field] | None,
        options: Mapping[str, Any],
        missing: Sequence[str],
        shown: str,
        place: Place | None,
    ) -> None:
        self.shown, self.files, self._place = shown, dict[str, str](), place
        self.notes: list[str] = []
        header = texts_of(records)
        self._dictionary = list(dictionary or [])
        if dictionary:
            records = self._by_dictionary(records, header, options, missing)
        for column in REPEATS:
            # An export without repeated instruments lacks their columns: the same project, filled in less far.
            if column not in records:
                records[column] = pd.Series("", index=records.index, dtype=STRING)
        self._records = records
        self._filled: dict[str, pd.Series] = {}
        self._columns = self._relations()

    def _by_dictionary(
        self, records: pd.DataFrame, header: list[str], options: Mapping[str, Any], missing: Sequence[str]
    ) -> pd.DataFrame:
        first = self._dictionary[0]
        labelled = header[0] != first.name
        twice = [c for c in header if AGAIN in c]
        if twice and not labelled:
            raise SourceError(f"{self.shown}: the column {twice[0].split(AGAIN)[0]!r} stands twice in the header")
        if labelled and plain(header[0]) != plain(first.label):
            raise SourceError(
                f"{self.shown}: the first column is {header[0]!r}",
                f"{first.name} or {first.label!r}, the first field of the dictionary",
                "check that export and dictionary are of the same project",
            )
        if labelled:
            names, told = by_names([c.split(AGAIN)[0] for c in header], self._dictionary)
            self.notes += told
            kept = [(h, n) for h, n in zip(header, names, strict=True) if n is not None]
            chosen = [*(h for h, _ in kept), *([LINE] if LINE in records else [])]
            records = records[chosen].rename(columns=dict(kept))
        if options.get("labels", labelled):
            records = to_codes(records, self._dictionary)
            if INSTRUMENT in records:
                records[INSTRUMENT] = self._instruments(records)
        return self._boxes(records, options.get("unticked", "missing") == "missing", missing)

    def _instruments(self, records: pd.DataFrame) -> pd.Series:
        """Return the repeated instrument of each row by name: its label is not in the dictionary."""
        known = forms(self._dictionary)
        by_label = {}
        for label in records[INSTRUMENT].dropna().unique():
            name = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
            if label and label not in known and name not in known:
                rows = records[records[INSTRUMENT] == label]
                filled = [f for f in known if self._has_entry(rows, f).any()]
                if len(filled) != 1:
                    raise SourceError(
                        f"{self.shown}: the repeated instrument {label!r} is none of the dictionary",
                        f"one of {', '.join(known)}",
                        "export raw data instead of labels",
                    )
                name = filled[0]
            by_label[label] = label if label in known else name
        return records[INSTRUMENT].map(by_label).astype(STRING)

    def _boxes(self, records: pd.DataFrame, blank: bool, missing: Sequence[str]) -> pd.DataFrame:
        """Return the records with what unticked boxes mean.

        An export says 0 of every box that is not ticked, whether the question was answered or never asked. A group
        without any tick therefore says nothing, and neither does one in which a missing-data code is ticked.
        """
        coded = {box("", code) for code in missing if code}
        for field in self._dictionary:
            if field.type != "checkbox":
                continue
            group = [c for c in field.columns if c in records]
            ticked = (records[group] == "1").any(axis=1)
            beside = [c for c in texts_of(records) if c.removeprefix(field.name) in coded and c not in group]
            unknown = (records[beside] == "1").any(axis=1)
            silent = unknown | (~ticked if blank else pd.Series(False, index=records.index))
            records[group] = records[group].mask(silent, "")
        return records

    def _has_entry(self, records: pd.DataFrame, form: str) -> pd.Series:
        """Return in which rows anything of an instrument was filled in."""
        filled = pd.Series(False, index=records.index)
        for field in forms(self._dictionary)[form]:
            for column in [c for c in field.columns if c in records and field is not self._dictionary[0]]:
                texts = records[column].fillna("").str.strip()
                filled |= (texts == "1") if field.type == "checkbox" else (texts != "")
        status = f"{form}_complete"
        return filled | records[status].isin(["1", "2"]) if status in records else filled

    def _relations(self) -> dict[str, list[str]]:
        records = self._records
        present = texts_of(records)
        structure = [c for c in STRUCTURE if c in present]
        repeated = records[INSTRUMENT].fillna("").str.strip()
        if not self._dictionary:
            names = [WHOLE, *sorted(n for n in repeated.unique() if n)]
            self._filled = {n: repeated == ("" if n == WHOLE else n) for n in names}
            return dict.fromkeys(names, present)
        found: dict[str, list[str]] = {}
        known = forms(self._dictionary)
        strange = sorted(set(repeated.unique()) - {"", *known})
        if strange:
            raise SourceError(
                f"{self.shown}: the repeated instrument {strange[0]!r} is none of the dictionary",
                f"one of {', '.join(known)}",
                "check that export and dictionary are of the same project",
            )
        identifier = self._dictionary[0].name
        longitudinal = bool((records[EVENT].fillna("") != "").any())
        used = {identifier, *structure}
        for i, (form, fields) in enumerate(known.items()):
            names = [c for f in fields for c in f.columns if c in present and c != identifier]
            names += [c for c in (f"{form}_timestamp", f"{form}_complete") if c in present]
            found[form] = [identifier, *structure, *names]
            used.update(names)
            entry = self._has_entry(records, form)
            # Outside events every record has its first instrument: the record is there because it was begun.
            base = entry if longitudinal or i else entry | (repeated == "")
            self._filled[form] = (repeated == form) | ((repeated == "") & base)
        left = [c for c in present if c not in used]
        if left:
            self.notes.append("columns of the export that are no field of the dictionary: " + ", ".join(left))
        return found

    def columns(self) -> dict[str, list[str]]:
        """Return the instruments with their fields, record, event, instance and group first."""
        return self._columns

    def identifying(self, relation: str) -> dict[str, str]:
        """Return the fields that the dictionary marks as identifiers, and free text."""
        return {c: f.identifying for f in self._dictionary if f.identifying for c in f.columns}

    def choices(self, relation: str) -> dict[str, dict[str, str]]:
        """Return the fields of an instrument that have choices: column -> code -> label."""
        return {
            f.name: f.choices for f in self._dictionary if f.form == relation and f.choices and f.type != "checkbox"
        }

    def place(self, relation: str) -> Place | None:
        """Return the export's file."""
        return self._place

    def batches(self, request: Request) -> Iterator[pd.DataFrame]:
        """Return the rows in which the instrument was filled in."""
        lines = [LINE] if LINE in self._records else []
        yield self._records.loc[self._filled[request.relation], [*request.columns, *lines]].reset_index(drop=True)

    def close(self) -> None:
        """Forget the records."""
        self._records = self._records.iloc[:0]
