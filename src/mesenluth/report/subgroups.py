"""Subgroups and centres in the report: one line a level, small ones not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ..figures.language import compartment_label, label, language, number
from ..figures.texts import text as figure_text
from ..tables.grouping import CENTRE, in_order
from .cells import asked, escape, table
from .questions import of_estimate
from .texts import known, text

TESTS = ("subgroup_test", "interaction")


class _Words:
    """The words of one study for subgroups, levels, compartments and endpoints."""

    def __init__(self, study: Mapping[str, Any]) -> None:
        self.study, self.lang = study, language(study)
        self.subgroups = {s["id"]: label(s["label"], self.lang, s["id"]) for s in study["subgroups"]}
        self.endpoints = {e["id"]: label(e.get("label"), self.lang, e["id"]) for e in study["endpoints"]}

    def compartments(self, ids: str) -> str:
        whole = figure_text(self.lang, "whole_patient")
        return " vs ".join(compartment_label(self.study, c, self.lang, whole) for c in ids.split(" vs "))

    def headings(self, *names: str) -> list[str]:
        return [text(self.lang, f"subgroups.{n}") for n in names]


def _text(row: Mapping[Any, Any]) -> str:
    """Return what is printed of an estimate: its text, with the reason where there is no number."""
    said, reason = str(row["text"]), row["reason"]
    if pd.isna(reason) or pd.notna(row["estimate"]) or pd.notna(row["p_value"]):
        return said
    return str(reason) if str(reason).startswith(said) else f"{said}: {reason}"


def _cell(row: Mapping[Any, Any]) -> str:
    return asked(escape(_text(row)), of_estimate(row) if pd.notna(row["estimate"]) else "")


def _ordered(values: pd.Series, order: list[str]) -> list[str]:
    return sorted(values.dropna().unique().tolist(), key=lambda v: (order.index(v) if v in order else len(order), v))


def subgroups(estimates: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the subgroups of the study, endpoint by endpoint; empty where it has none."""
    words = _Words(study)
    rows = estimates[estimates["subgroup"].notna() & (estimates["subgroup"] != CENTRE)]
    if rows.empty:
        return ""
    below, at_risk = (study["statistics"][k] for k in ("small_cell_below", "min_at_risk"))
    tests = int((rows["statistic"].isin(TESTS) & rows["p_value"].notna()).sum())
    parts = [text(words.lang, "subgroups.intro", below=below, at_risk=at_risk, tests=number(tests, words.lang))]
    for endpoint in _ordered(rows["endpoint"], list(words.endpoints)):
        mine = rows[rows["endpoint"] == endpoint]
        parts.append(f"### {escape(words.endpoints.get(endpoint, endpoint))}")
        survival = mine["statistic"].isin(["events"]).any()
        parts += [(_survival if survival else _shares)(mine, words), _tests(mine, words)]
    return "\n\n".join(parts)


def _levels(rows: pd.DataFrame, words: _Words) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield the name of each subgroup, of each of its levels in the table's order, and the rows."""
    for subgroup in _ordered(rows["subgroup"], list(words.subgroups)):
        mine = rows[rows["subgroup"] == subgroup]
        found = mine["level"].dropna().unique().tolist()
        entry = next((s for s in words.study["subgroups"] if s["id"] == subgroup), None)
        for level in in_order(entry, found) if entry else found:
            yield (
                words.subgroups.get(subgroup, subgroup),
                known(words.lang, "level", level),
                mine[mine["level"] == level],
            )


def _shares(rows: pd.DataFrame, words: _Words) -> str:
    compartments = [c for c in rows["compartment"].unique().tolist() if " vs " not in c]
    cells = []
    for subgroup, level, mine in _levels(rows, words):
        found = mine.set_index("compartment")
        shown = [_cell({**found.loc[c].to_dict(), "compartment": c}) if c in found.index else "" for c in compartments]
        cells.append([escape(subgroup), escape(level), *shown])
    headings = [*words.headings("subgroup", "level"), *(escape(words.compartments(c)) for c in compartments)]
    return table(headings, cells, note=text(words.lang, "note.subgroups_responses"))


def _survival(rows: pd.DataFrame, words: _Words) -> str:
    months = sorted(rows["time_months"].dropna().unique().tolist())
    cells = []
    for subgroup, level, mine in _levels(rows, words):
        for compartment in mine["compartment"].unique().tolist():
            here = mine[mine["compartment"] == compartment]

            def of(statistic: str, month: float | None = None, here: pd.DataFrame = here) -> str:
                some = here[here["statistic"] == statistic]
                some = some if month is None else some[some["time_months"] == month]
                return _cell(some.iloc[0].to_dict()) if len(some) else ""

            median = here[here["statistic"] == "median"]
            cells.append(
                [escape(subgroup), escape(level), escape(words.compartments(compartment)), of("events"),
                 escape(median["text"].iloc[0]) if len(median) else "", *(of("landmark", m) for m in months),
                 of("hazard_ratio")]
            )  # fmt: skip
    at = [text(words.lang, "subgroups.at", months=number(m, words.lang, 0 if m.is_integer() else 1)) for m in months]
    headings = words.headings("subgroup", "level", "compartment", "events", "median")
    return table(
        [*headings, *at, *words.headings("hazard_ratio")], cells, note=text(words.lang, "note.subgroups_times")
    )


def _tests(rows: pd.DataFrame, words: _Words) -> str:
    order = {name: i for i, name in enumerate(words.subgroups)}
    mine = rows[rows["statistic"].isin(TESTS)]
    mine = mine.assign(
        subgroup_rank=mine["subgroup"].map(lambda s: order.get(s, len(order))),
        statistic_rank=mine["statistic"].map(TESTS.index),
    ).sort_values(["subgroup_rank", "statistic_rank"], kind="stable")
    cells = [
        [words.subgroups.get(r["subgroup"], r["subgroup"]), known(words.lang, "statistic", r["statistic"]),
         words.compartments(r["compartment"]), _text(r), r["method"]]
        for r in mine.to_dict("records")
    ]  # fmt: skip
    headings = words.headings("subgroup", "question", "compartment", "result", "method")
    return table(headings, [[escape(c) for c in line] for line in cells], note=text(words.lang, "note.subgroup_tests"))


def heterogeneity(estimates: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return whether the centres differ in the primary proportion; empty where there is nothing to compare."""
    words = _Words(study)
    rows = estimates[estimates["subgroup"] == CENTRE]
    if rows.empty:
        return ""
    parts = [text(words.lang, "heterogeneity.intro", below=study["statistics"]["small_cell_below"])]
    whole = rows[rows["level"].isna()]
    cells = [
        [escape(words.endpoints.get(r["endpoint"], r["endpoint"])), escape(words.compartments(r["compartment"])),
         escape(known(words.lang, "statistic", r["statistic"])), escape(_text(r)), escape(r["method"]),
         escape(r["reason"])]
        for r in whole.to_dict("records")
    ]  # fmt: skip
    parts.append(
        table(
            words.headings("endpoint", "compartment", "question", "result", "method", "remark"),
            cells,
            note=text(words.lang, "note.heterogeneity"),
        )
    )
    shown = rows[rows["level"].notna() & rows["estimate"].notna()]
    if len(shown):
        compartments = shown["compartment"].unique().tolist()
        lines = []
        for level in sorted(shown["level"].unique().tolist()):
            found = shown[shown["level"] == level].set_index("compartment")
            lines.append(
                [
                    escape(level),
                    *(
                        _cell({**found.loc[c].to_dict(), "compartment": c}) if c in found.index else ""
                        for c in compartments
                    ),
                ]
            )
        parts.append(
            table(
                [*words.headings("centre"), *(escape(words.compartments(c)) for c in compartments)],
                lines,
                note=text(words.lang, "note.heterogeneity_centres"),
            )
        )
    return "\n\n".join(parts)
