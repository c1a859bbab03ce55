"""Answers to the questions of a page: which patients a number counts, and which of them had the event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...endpoints import cohorts
from ...endpoints.levels import centres_of, levels_of
from ...endpoints.response_rates import CONFIRMATION, chosen_column
from ...endpoints.rows import EVALUABLE, PAIRED, STUDY
from ...endpoints.verdicts import Verdicts, headline
from ...figures.language import label, language
from ...tables.grouping import CENTRE
from ..headline import where
from ..texts import known, text

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]
Bools = NDArray[np.bool_]
BOTH = " vs "
STATUSES = ("event", "competing", "censored")


@dataclass(frozen=True)
class Answer:
    """Who stands behind a number.

    Attributes
    ----------
    title : str
        What the number is about.
    groups : list of (str, array of int)
        What is said of some patients, and their places in the cohort.
    """

    title: str
    groups: list[tuple[str, NDArray[np.int64]]]


class Answers:
    """Answers the questions of one page.

    Parameters
    ----------
    tables : mapping of DataFrame
        The tables of `names.ASK_INPUTS`.
    study : mapping
        The resolved study file.
    """

    def __init__(self, tables: Tables, study: Study) -> None:
        self.tables, self.study, self.lang = tables, study, language(study)
        self.cohort = tables["cohort"].reset_index(drop=True)
        self.place = pd.Series(np.arange(len(self.cohort)), index=self.cohort["patient_id"])
        self.included = self.place[cohorts.included(self.cohort)["patient_id"]].to_numpy()
        self.endpoints = {e["id"]: e for e in study["endpoints"]}
        self._verdicts = cache(self._verdicts_of)
        self._times = dict(tuple(tables["time_to_event"].groupby(["endpoint", "compartment", "evaluator", "rule_set"])))
        self._levels = {s["id"]: levels_of(s, tables) for s in study["subgroups"]}
        self._levels[CENTRE] = centres_of(tables)

    def of(self, question: str) -> Answer | None:
        """Return the answer to a question; None where no patient can be named."""
        kind, _, about = question.partition(":")
        known_kinds: dict[str, Callable[[str], Answer | None]] = {
            "estimate": self._estimate, "cohort": self._cohort, "criterion": self._criterion, "changes": self._changes,
            "centre": self._centre, "rule": self._rule,
        }  # fmt: skip
        return known_kinds[kind](about)

    def all_of(self, questions: Iterable[str]) -> dict[str, Answer]:
        """Return the answers to those of the questions that have one."""
        found = {q: self.of(q) for q in dict.fromkeys(questions)}
        return {q: answer for q, answer in found.items() if answer is not None and answer.groups}

    def _say(self, key: str) -> str:
        return text(self.lang, f"ask.{key}")

    def _name(self, endpoint: str, compartment: str) -> str:
        name = label(self.endpoints[endpoint].get("label"), self.lang, endpoint)
        parts = [where(c, self.study, self.lang) for c in compartment.split(BOTH)]
        return ", ".join([name, BOTH.join(parts)])

    def _groups(self, groups: Iterable[tuple[str, Bools]]) -> list[tuple[str, NDArray[np.int64]]]:
        return [(words, self.included[mask]) for words, mask in groups if mask.any()]

    def _verdicts_of(self, endpoint: str, evaluator: str, column: str) -> dict[str, Verdicts]:
        study = {**self.study, "primary_evaluator": evaluator}
        return headline(self.endpoints[endpoint], column, self.tables, study)

    def _estimate(self, about: str) -> Answer | None:
        endpoint, compartment, evaluator, definition, population, subgroup, level = about.split(":", 6)
        if endpoint not in self.endpoints:
            return None
        kept, title = np.ones(len(self.included), dtype=bool), self._name(endpoint, compartment)
        if subgroup:
            levels = self._levels[subgroup]
            if level not in levels.names:
                return None
            kept = levels.code == levels.names.index(level)
            title = f"{title}; {known(self.lang, 'level', level)}"
        if definition != STUDY:
            title = f"{title} ({known(self.lang, 'definition', definition)})"
        if self.endpoints[endpoint]["kind"] == "time_to_event":
            return self._of_times(title, (endpoint, compartment, evaluator, definition), population, kept)
        column = CONFIRMATION.get(definition, chosen_column(self.study))
        found = self._verdicts(endpoint, evaluator, column)
        pair = compartment.split(BOTH)
        if not set(pair) <= set(found):
            return None
        if population == PAIRED:
            return Answer(title, self._groups(self._paired(found[pair[0]], found[pair[1]], pair)))
        v = found[compartment]
        counted = v.counted & kept & (v.judged if population == EVALUABLE else True)
        # Who has the event counts with it, judged or not.
        said = [
            ("with", counted & v.event),
            ("without", counted & v.judged & ~v.event),
            ("not_judged", counted & ~v.judged & ~v.event),
        ]
        return Answer(title, self._groups((self._say(words), mask) for words, mask in said))

    def _paired(self, one: Verdicts, two: Verdicts, pair: list[str]) -> list[tuple[str, Bools]]:
        both = one.judged & two.judged
        names = [where(c, self.study, self.lang) for c in pair]
        return [
            (text(self.lang, "ask.only", compartment=names[0]), both & one.event & ~two.event),
            (text(self.lang, "ask.only", compartment=names[1]), both & ~one.event & two.event),
            (self._say("in_both"), both & one.event & two.event),
            (self._say("in_neither"), both & ~one.event & ~two.event),
        ]

    def _of_times(self, title: str, key: tuple[str, str, str, str], population: str, kept: Bools) -> Answer | None:
        sets = [r for r in (key[3], STUDY) if (*key[:3], r) in self._times]
        if not sets:
            return None
        rows = self._times[(*key[:3], sets[0])].set_index("patient_id")["status"]
        status = rows.reindex(self.cohort["patient_id"].iloc[self.included]).to_numpy(dtype=object)
        events = self.endpoints[key[0]]["events"]
        statuses = STATUSES[:1] if population == "responders" and events == ["response"] else STATUSES
        return Answer(title, self._groups((self._say(s), kept & (status == s)) for s in statuses))

    def _cohort(self, about: str) -> Answer:
        kept = self.cohort["included"].to_numpy(dtype=bool)
        groups = [("included", kept), *([("excluded", ~kept)] if about == "all" else [])]
        return Answer(self._say("cohort"), [(self._say(w), np.flatnonzero(mask)) for w, mask in groups])

    def _criterion(self, about: str) -> Answer:
        criterion, because = about.split(":")
        entry = next(c for c in self.study["population"]["eligibility"] if c["id"] == criterion)
        here = (self.cohort["excluded_by"] == criterion) & (self.cohort["excluded_because"] == because)
        title = label(entry.get("label"), self.lang, criterion)
        return Answer(title, [(self._say(because), np.flatnonzero(here.fillna(False).to_numpy(dtype=bool)))])

    def _centre(self, about: str) -> Answer:
        here = self.cohort["included"] & (self.cohort["centre"] == about)
        return Answer(about, [(self._say("included"), np.flatnonzero(here.to_numpy(dtype=bool)))])

    def _changes(self, about: str) -> Answer:
        endpoint, compartment, rule_set, *rest = about.split(":")
        changes = self.tables["status_changes"]
        columns = ("study_status", "study_reason_code", "status", "reason_code")
        mine = changes[
            (changes["endpoint"] == endpoint) & (changes["compartment"] == compartment)
            & (changes["rule_set"] == rule_set) & (changes["evaluator"] == self.study["primary_evaluator"])
        ]  # fmt: skip
        for column, value in zip(columns, rest, strict=True):
            mine = mine[mine[column] == value]
        who = self.place[mine["patient_id"]].to_numpy()
        return Answer(self._name(endpoint, compartment), [(f"{rule_set}: {rest[2]}", who)])

    def _rule(self, about: str) -> Answer:
        """Return the patients whose records break a rule; a patient whose own record is kept out is none."""
        rule, table = about.split(":")
        findings = self.tables["findings"]
        mine = findings[(findings["rule"] == rule) & (findings["table"] == table)]
        who = self.place.reindex(mine["patient_id"].dropna().unique()).dropna().sort_values()
        return Answer(f"{rule}, {table}", [(self._say("part.findings"), who.to_numpy(dtype="int64"))])
