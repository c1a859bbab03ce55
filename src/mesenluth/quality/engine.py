"""Validation: every row of every registry table is accepted or quarantined, and each rule it fails is a finding.

Order of judgement: cells that could not be read, the table contracts, references to rows that do not exist, clinical
errors on the rows still accepted, then quarantine follows references to a fixed point, and warnings look at accepted
rows only. So one defect does not set off a second finding about the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import TableError
from ..tables.conditions import evaluate
from ..tables.extracted import UNREADABLE, extracted
from ..tables.io import conform, empty, pandas_type
from ..tables.registry import REGISTRY
from ..tables.results import RULE_COUNTS
from .catalogue import OFF, Catalogue, Rule, of_study, resolve, shown
from .checks import CHECKS
from .findings import assemble, cut, observed
from .judged import Judged, Outcome, among, places, true


@dataclass(frozen=True)
class Validated:
    """What validation made of the registry tables.

    Attributes
    ----------
    accepted : dict of str to DataFrame
        Rows that may be analysed, by the contracts of `tables.registry`. Optional cells that cost no row, outside their
        allowed values or limits are empty (the finding keeps the value).
    findings, rule_counts : DataFrame
        By the contracts FINDINGS and RULE_COUNTS.
    counts : DataFrame
        table, accepted, quarantined: together the rows that came in.
    """

    accepted: dict[str, pd.DataFrame]
    findings: pd.DataFrame
    rule_counts: pd.DataFrame
    counts: pd.DataFrame


def validate(
    tables: Mapping[str, pd.DataFrame],
    unreadable: pd.DataFrame,
    study: Mapping[str, Any],
    catalogue: Catalogue | None = None,
) -> Validated:
    """Judge every row of the extracted registry tables.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By `tables.extracted.extracted`: typed, values may be missing, keys may repeat. A table that is not there
        has no rows.
    unreadable : DataFrame
        Cells that could not be read, by the contract UNREADABLE; they are empty in `tables`.
    study : mapping
        Sections treatment, compartments, response and quality of the study file.
    catalogue : Catalogue, optional
        Rules; those of the package if not given.

    Raises
    ------
    TableError
        If a table lacks a column, or a row a `record_id` of its own.
    ConfigurationError
        If a rule asks for a value the study file lacks.
    """
    case = _Case(tables, study, catalogue or of_study(study))
    # Millions of rows: nothing is held that is not needed any more.
    del tables
    case.read(conform(unreadable, UNREADABLE))
    case.contracts()
    case.references()
    case.clinical(errors=True)
    case.follow()
    case.clinical(errors=False)
    return case.verdict()


class _Case:
    """The state of a judgement: frames, what is out of them and why, findings and counts so far."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any], catalogue: Catalogue) -> None:
        self.study, self.catalogue = study, catalogue
        self.frames = {name: _typed(tables.get(name), name) for name in REGISTRY}
        self.ids = catalogue.ids
        # Number of the rule that put a row into quarantine, -1 for rows still accepted.
        self.cause = {name: np.full(len(frame), -1, dtype="int32") for name, frame in self.frames.items()}
        self.number = {rule: i for i, rule in enumerate(self.ids)}
        self.checked = dict.fromkeys(self.ids, 0)
        self.failed = dict.fromkeys(self.ids, 0)
        self.messages = {r.id: r.message for r in catalogue.contract}
        self.parts: list[pd.DataFrame] = []
        self.unread: dict[tuple[str, str], np.ndarray] = {}

    def out(self, table: str) -> np.ndarray:
        """Return which rows of a table are in quarantine."""
        return self.cause[table] >= 0

    def note(
        self, rule: Rule, at: np.ndarray, seen: np.ndarray | None = None, message: np.ndarray | None = None
    ) -> None:
        """Add a finding for each row at the places `at`, and keep the rows out if the rule is an error.

        Parameters
        ----------
        seen, message : ndarray, optional
            One a row; else the values of the rule's columns, and the rule's message.
        """
        self.failed[rule.id] += len(at)
        if not len(at):
            return
        if seen is None:
            seen = observed(self.frames[rule.table].iloc[at], rule.columns, {})
        part = pd.DataFrame({"row": at, "observed": seen})
        part = part.assign(
            table=rule.table, rule=rule.id, severity=rule.severity, columns=", ".join(rule.columns),
            message=self.messages[rule.id] if message is None else message,
        )  # fmt: skip
        self.parts.append(part)
        if rule.keeps_out:
            cause = self.cause[rule.table]
            cause[at[cause[at] < 0]] = self.number[rule.id]

    # ---- cells and contracts ----

    def read(self, unreadable: pd.DataFrame) -> None:
        """Judge cells that could not be read. Cells of records that are not among the rows do not count."""
        known = {(r.table, r.columns[0]): r for r in self.catalogue.contract if r.kind == "readable"}
        for rule in known.values():
            self.checked[rule.id] = len(self.frames[rule.table])
        for name, cells in unreadable.groupby(["table", "column"], sort=True):
            table, column = map(str, name)
            if (table, column) not in known:
                raise TableError(f"table unreadable: there is no column {table}.{column} to be read")
            cells = cells.drop_duplicates("record_id")
            at = places(cells["record_id"], self.frames[table]["record_id"])
            cells, at = cells[at >= 0], at[at >= 0]
            rule = known[table, column]
            message = rule.message + "; expected: " + cells["reason"].astype(object)
            seen = cut(f"{shown(REGISTRY[table].column(column))[0]}=" + cells["observed"].astype(object).to_numpy())
            self.note(rule, at, seen, message.to_numpy())
            self.unread[table, column] = at

    def contracts(self) -> None:
        """Judge required and allowed values, limits and keys, all on the rows as they came in."""
        doubtful: dict[str, pd.DataFrame] = {}
        for rule in self.catalogue.contract:
            frame = self.frames[rule.table]
            if rule.kind in ("readable", "reference"):
                continue
            self.checked[rule.id] = len(frame)
            failed = self._breaks(rule, frame)
            self.note(rule, np.flatnonzero(failed))
            if rule.kind in ("allowed", "range") and not rule.keeps_out and failed.any():
                base = doubtful.get(rule.table, frame)
                doubtful[rule.table] = base.assign(**{c: base[c].mask(failed) for c in rule.columns})
        self.frames.update(doubtful)

    def _breaks(self, rule: Rule, frame: pd.DataFrame) -> np.ndarray:
        """Return which rows break a contract rule."""
        if rule.kind == "unique":
            return self._shared(rule, frame)
        contract = REGISTRY[rule.table].column(rule.columns[0])
        values = frame[contract.name]
        given = values.notna().to_numpy()
        if rule.kind == "required":
            missing = ~given
            missing[self.unread.get((rule.table, contract.name), [])] = False
            return missing
        if rule.kind == "allowed":
            return given & ~values.isin(contract.allowed).to_numpy()
        failed = np.zeros(len(frame), dtype=bool)
        if contract.minimum is not None:
            failed |= true(values < contract.minimum)
        if contract.maximum is not None:
            failed |= true(values > contract.maximum)
        return failed

    def _shared(self, rule: Rule, frame: pd.DataFrame) -> np.ndarray:
        """Return rows that share a key; not the first of exact copies (by record_id)."""
        key = list(rule.columns)
        failed = frame.duplicated(key, keep=False).to_numpy()
        if not failed.any():
            return failed
        failed = failed & frame[key].notna().all(axis=1).to_numpy()
        few = frame[failed].sort_values("record_id")
        content = few.drop(columns="record_id")
        for (table, column), at in self.unread.items():
            if table == rule.table:
                # Two cells emptied because neither could be read are not known to be the same.
                content[f"unread {column}"] = np.where(np.isin(few.index, at), few["record_id"], "")
        first = ~content.duplicated(keep="first")
        contents = first.groupby([few[k] for k in key]).transform("sum")
        spared = few.index[(first & (contents == 1)).to_numpy(dtype=bool)]
        failed[spared] = False
        return failed

    # ---- references ----

    def references(self) -> None:
        """Judge references to rows that do not exist at all."""
        for rule in self._reference_rules():
            frame, (target, column) = self.frames[rule.table], self._target(rule)
            self.checked[rule.id] = len(frame)
            values = frame[rule.columns[0]]
            at = np.flatnonzero(values.notna().to_numpy() & ~among(values, self.frames[target][column]))
            text = f"{rule.columns[0]} refers to a row of {target} that does not exist"
            self.note(rule, at, message=np.full(len(at), text, dtype=object))

    def follow(self) -> None:
        """Quarantine accepted rows that refer to a row in quarantine, until there are none."""
        moved = True
        while moved:
            moved = False
            for rule in self._reference_rules():
                moved |= self._follow(rule)

    def _follow(self, rule: Rule) -> bool:
        (target, key), column = self._target(rule), rule.columns[0]
        out, parents = self.out(target), self.frames[target]
        gone = parents.loc[out, [key, "record_id"]].assign(cause=self.cause[target][out])
        gone = gone[gone[key].notna().to_numpy() & ~among(gone[key], parents.loc[~out, key])]
        if gone.empty:
            return False
        gone = gone.sort_values("record_id").drop_duplicates(key).set_index(key)
        values = self.frames[rule.table][column]
        at = np.flatnonzero(~self.out(rule.table) & among(values, gone.index))
        if not len(at):
            return False
        named = gone.loc[values.iloc[at]]
        causes = np.array(self.ids, dtype=object)[named["cause"].to_numpy()]
        records = named["record_id"].astype(object).to_numpy()
        message = f"{column} refers to " + records + ", which is itself in quarantine (" + causes + ")"
        self.note(rule, at, message=message)
        return True

    def _reference_rules(self) -> list[Rule]:
        return [r for r in self.catalogue.contract if r.kind == "reference"]

    def _target(self, rule: Rule) -> tuple[str, str]:
        table, column = REGISTRY[rule.table].references[rule.columns[0]].split(".")
        return table, column

    # ---- clinical rules ----

    def clinical(self, errors: bool) -> None:
        """Judge the clinical errors, or warnings, all on the rows accepted when it begins."""
        out = {name: self.out(name) for name in REGISTRY}
        whence = {name: np.flatnonzero(~o) for name, o in out.items()}
        accepted = {
            name: f[~out[name]].reset_index(drop=True) if out[name].any() else f for name, f in self.frames.items()
        }
        quarantined = {name: f[out[name]].reset_index(drop=True) for name, f in self.frames.items()}
        judged = Judged(accepted, quarantined, self.study)
        for rule in self.catalogue.clinical:
            if rule.keeps_out != errors:
                continue
            rows = accepted[rule.table]
            self.checked[rule.id] = len(rows)
            outcome = self._ask(rule, judged, rows)
            at = np.flatnonzero(outcome.failed)
            if len(at):
                seen = {name: values.iloc[at] for name, values in outcome.seen.items()}
                self.note(rule, whence[rule.table][at], observed(rows.iloc[at], rule.columns, seen))

    def _ask(self, rule: Rule, judged: Judged, rows: pd.DataFrame) -> Outcome:
        parameters = resolve(rule, self.study)
        if any(value is None for value in parameters.values()):
            self.messages[rule.id] = OFF
            return Outcome(np.zeros(len(rows), dtype=bool))
        self.messages[rule.id] = rule.message.format(**parameters)
        if rule.kind == "condition":
            return Outcome(true(evaluate(rule.condition, rows, REGISTRY[rule.table])))
        return CHECKS[rule.check].run(judged, self.study, parameters)

    # ---- verdict ----

    def verdict(self) -> Validated:
        """Return accepted rows, findings and counts."""
        out = {name: self.out(name) for name in REGISTRY}
        findings = assemble(self.parts, out, self.frames)
        # Each table is let go as soon as its accepted rows are taken from it.
        accepted = {name: conform(self.frames.pop(name)[~out[name]], REGISTRY[name]) for name in REGISTRY}
        counts = pd.DataFrame(
            [(name, int((~o).sum()), int(o.sum())) for name, o in out.items()],
            columns=["table", "accepted", "quarantined"],
        )
        rules = pd.DataFrame(
            [
                (r.id, r.table, r.severity, self.checked[r.id], self.failed[r.id], self.messages[r.id])
                for r in self.catalogue.rules
            ],
            columns=RULE_COUNTS.column_names,
        )
        rules = rules.sort_values(list(RULE_COUNTS.key), kind="stable")
        return Validated(accepted, findings, conform(rules, RULE_COUNTS), counts)


def _typed(frame: pd.DataFrame | None, name: str) -> pd.DataFrame:
    """Return a table with the nullable type of every column, whatever equivalent type it came with."""
    contract = extracted(name)
    if frame is None:
        return empty(contract)
    wanted = {c.name: pandas_type(c.type, False) for c in contract.columns}
    lacking = [c for c in wanted if c not in frame.columns]
    fits = not lacking and all(frame[c].dtype == t for c, t in wanted.items())
    # Strings are costly to convert: a table that came from the reader is taken as it is.
    if fits and frame["record_id"].notna().all():
        typed = frame[contract.column_names].reset_index(drop=True)
    else:
        typed = conform(frame, contract)
    if not typed["record_id"].is_unique:
        first = typed.loc[typed["record_id"].duplicated(), "record_id"].iloc[0]
        raise TableError(f"table {name}: several rows have the record_id {first}", "one row a record_id")
    return typed
