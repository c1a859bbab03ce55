"""Data Docs of a cut: suites, results, failing rules by centre, in one page that asks no network.

The pages that great_expectations makes load scripts, style sheets and an image from elsewhere. This one is a single
file of HTML without scripts, whose policy forbids whoever opens it to load anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from ..tables.registry import REGISTRY
from .catalogue import OFF
from .data_docs_style import PAGE
from .masks import masked
from .suites import UNKNOWN

EXAMPLES = 3
"""Findings of a rule that are shown."""
KINDS = {"critical": "error", "warning": "warning", "info": "info"}


def page(
    study: Mapping[str, Any],
    cut: str,
    judged: pd.DataFrame,
    summary: Mapping[str, Any],
    row_counts: pd.DataFrame,
    rule_counts: pd.DataFrame,
    findings: pd.DataFrame,
) -> str:
    """Return the page.

    Parameters
    ----------
    study : mapping
        Sections study and cut of the study file.
    cut : str
        Name of the cut.
    judged : DataFrame
        By the contract GATE.
    summary : mapping
        Suites and results, as `expectations.summary` returns them.
    row_counts, rule_counts, findings : DataFrame
        Of the whole cut, by their contracts; findings of the validation.
    """
    title = f"Data quality: {study['study']['title']['en']}"
    refused = judged[~judged["passed"].astype(bool)]
    blocks = [
        f"<h1>{escape(title)}</h1>",
        f"<p class=lead>Cut {escape(cut)}, records as known on {escape(study['cut']['date'])}. {_verdict(refused)}</p>",
        f"<p>{escape(study['study']['notice']['en'])}</p>" if study["study"].get("notice") else "",
        _contents(),
        _conditions(judged, refused),
        _rows(row_counts),
        _suites(summary["suites"]),
        *_rules(rule_counts, findings),
        _expectations(summary["suites"]),
    ]
    return PAGE.format(title=escape(title), body="\n".join(b for b in blocks if b))


def _verdict(refused: pd.DataFrame) -> str:
    if refused.empty:
        return "<strong class=good>It may be analysed.</strong>"
    number = f"{len(refused)} condition{'s' if len(refused) > 1 else ''} of the gate"
    return f"<strong class=bad>It does not meet {number}.</strong>"


def _contents() -> str:
    links = [
        ("gate", "Gate"), ("rows", "Rows"), ("suites", "Suites"), ("rules", "Failing rules by centre"),
        ("expectations", "Every expectation"),
    ]  # fmt: skip
    return "<nav>" + " ".join(f"<a href='#{name}'>{text}</a>" for name, text in links) + "</nav>"


# ---- small parts -----------------------------------------------------------------------------------------------


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 0, kind: str = "") -> str:
    """Return a table; the last `numbers` columns are numbers. Cells are HTML already."""
    first = len(head) - numbers
    top = "".join(f"<th{' class=n' if i >= first else ''}>{h}</th>" for i, h in enumerate(head))
    body = "".join(
        "<tr>" + "".join(f"<td{' class=n' if i >= first else ''}>{c}</td>" for i, c in enumerate(row)) + "</tr>"
        for row in rows
    )
    mark = f" class={kind}" if kind else ""
    return f"<div class=wide><table{mark}><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"


def _more(summary: str, inner: str, opened: bool = False) -> str:
    return f"<details{' open' if opened else ''}><summary>{summary}</summary>{inner}</details>"


def _mark(good: bool) -> str:
    return "<span class=good>✓ holds</span>" if good else "<span class=bad>✗ fails</span>"


def _level(severity: str) -> str:
    kind = KINDS.get(severity, severity)
    return f"<span class='tag {kind}'>{kind}</span>"


def _count(number: int, kind: str) -> str:
    return f"<span class='tag {kind}'>{number}</span>" if number else "0"


# ---- sections --------------------------------------------------------------------------------------------------


def _conditions(judged: pd.DataFrame, refused: pd.DataFrame) -> str:
    def lines(rows: pd.DataFrame) -> list[tuple[str, ...]]:
        return [
            (_mark(bool(r["passed"])), escape(r["message"]), f"<code>{escape(r['condition'])}</code>",
             f"{r['observed']:.3g}", f"{r['limit']:.3g}")
            for r in rows.to_dict("records")
        ]  # fmt: skip

    head = ("", "condition", "name", "seen", "limit")
    shown = _table(head, lines(refused), 2) if len(refused) else ""
    held = judged[judged["passed"].astype(bool)]
    return (
        "<h2 id=gate>Gate</h2><p>Each condition of the study file, judged by great_expectations on the counts of the "
        f"cut.</p>{shown}" + _more(f"{len(held)} conditions hold", _table(head, lines(held), 2))
    )


def _rows(row_counts: pd.DataFrame) -> str:
    counts = {r["table"]: r for r in row_counts.to_dict("records")}
    what = ("read", "after_cut", "accepted", "quarantined")
    lines = [(t, *(f"{counts[t][w]:,}" for w in what)) for t in REGISTRY]
    return (
        "<h2 id=rows>Rows</h2><p>Read = dated after the cut + accepted + quarantined, for every table.</p>"
        + _table(("table", "read", "after the cut", "accepted", "quarantined"), lines, 4)
    )  # fmt: skip


def _suites(suites: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for suite in suites:
        failed = [e["severity"] for e in suite["expectations"] if not e["success"]]
        lines.append(
            (_mark(suite["success"]), f"<code>{escape(suite['name'])}</code>", escape(_about(suite["name"])),
             f"{len(suite['expectations'])}", *(_count(failed.count(s), k) for s, k in KINDS.items()))
        )  # fmt: skip
    return (
        "<h2 id=suites>Suites</h2><p>What is expected of the accepted rows of each table, of what each rule found in "
        "the rows delivered, and of the counts. An expectation that raised an error, or had nothing to look at, has "
        "failed. Suites, checkpoints and validation results are files of a great_expectations project in "
        "<code>quality/gx</code>.</p>"
        + _table(("", "suite", "about", "expectations", "errors", "warnings", "infos"), lines, 4)
    )


def _about(name: str) -> str:
    if name in REGISTRY:
        return f"accepted rows of {name}, by the contract of the table"
    if name.endswith("_rules"):
        return f"rules of {name.removesuffix('_rules')}, on the rows delivered"
    return {"row_counts": "rows read and what became of them", "rule_counts": "whether every rule ran"}.get(
        name, "conditions of the study file"
    )


def _rules(rule_counts: pd.DataFrame, findings: pd.DataFrame) -> list[str]:
    """Return the failing rules of each table, with their counts by centre and some masked examples."""
    found = findings.assign(centre=findings["centre"].fillna(UNKNOWN))
    blocks = [
        "<h2 id=rules>Failing rules by centre</h2><p>Rows that fail a rule: an <em>error</em> keeps the row out of the "
        "analysis, a <em>warning</em> or an <em>info</em> flags it. Names of patients and records are hidden, dates "
        "keep year and month, and text that is no code keeps its first character; <code>findings.parquet</code> names "
        "the records.</p>"
    ]
    for table in REGISTRY:
        rules = rule_counts[rule_counts["table"] == table]
        failing = rules[rules["failed"] > 0].sort_values("failed", ascending=False, kind="stable")
        mine = found[found["table"] == table]
        quiet = [r for r in rules["rule"] if r not in set(failing["rule"])]
        off = set(rules.loc[rules["description"] == OFF, "rule"])
        blocks.append(f"<h3>{escape(table)}</h3>")
        if len(failing):
            blocks.append(_matrix(failing, mine))
        if len(mine):
            examples = [line for r in failing["rule"] for line in _examples(r, mine, table)]
            blocks.append(
                _more("examples", _table(("rule", "finding", "centre", "what was seen", "message"), examples))
            )
        names = ", ".join(f"<code>{escape(r)}</code>{' (switched off)' if r in off else ''}" for r in quiet)
        if quiet:
            blocks.append(_more(f"{len(quiet)} rules that no row fails", f"<p class=names>{names}</p>"))
    return blocks


def _matrix(failing: pd.DataFrame, mine: pd.DataFrame) -> str:
    counts = mine.groupby(["rule", "centre"]).size()
    centres = sorted(mine["centre"].unique())
    most = max(int(counts.max()), 1)
    lines = []
    for r in failing.to_dict("records"):
        cells = []
        for centre in centres:
            n = int(counts.get((r["rule"], centre), 0))
            shade = 1 + 3 * n // most if n else 0
            cells.append(f"<span class='cell s{min(shade, 4)}'>{n}</span>" if n else "<span class=none>·</span>")
        name = f"<code>{escape(r['rule'].partition('.')[2])}</code> {_level(r['severity'])}"
        percent = f"{100 * r['failed'] / r['checked']:.2g} %" if r["checked"] else ""
        rows = f"{r['failed']:,} of {r['checked']:,}"
        lines.append((f"{name}<br>{escape(r['description'])}", rows, percent, *cells))
    head = ("rule", "rows", "%", *(escape(c) for c in centres))
    return _table(head, lines, len(head) - 1, "matrix")


def _examples(rule: str, mine: pd.DataFrame, table: str) -> list[tuple[str, ...]]:
    few = mine[mine["rule"] == rule].sort_values("finding_id").head(EXAMPLES)
    name = f"<code>{escape(rule.partition('.')[2])}</code>"
    return [
        (name, f"<code>{r['finding_id']}</code>", escape(r["centre"]), escape(masked(r["observed"], REGISTRY[table])),
         escape(_without_records(r["message"])))
        for r in few.to_dict("records")
    ]  # fmt: skip


def _without_records(message: str) -> str:
    """Return a message that names no record: one that a quarantined record took along names it."""
    head, refers, tail = message.partition(" refers to ")
    _, which, cause = tail.partition(", which is ")
    return f"{head}{refers}a record, which is {cause}" if which else message


def _expectations(suites: Sequence[Mapping[str, Any]]) -> str:
    blocks = ["<h2 id=expectations>Every expectation</h2>"]
    for suite in suites:
        lines = [
            (_mark(e["success"]), f"<code>{escape(e['id'])}</code>", _level(e["severity"]),
             f"<code>{escape(e['type'])}</code>", escape(_seen(e)), escape(e["meaning"]))
            for e in suite["expectations"]
        ]  # fmt: skip
        head = ("", "expectation", "", "type", "seen", "it fails where")
        failed = sum(not e["success"] for e in suite["expectations"])
        text = f"<code>{escape(suite['name'])}</code>: {len(lines)} expectations, {failed} fail"
        blocks.append(_more(text, _table(head, lines)))
    return "\n".join(blocks)


def _seen(expectation: Mapping[str, Any]) -> str:
    """Return what an expectation saw; of rows, how many break it."""
    rows = len(expectation["unexpected"])
    return str(expectation["error"] or expectation["observed"] or (f"{rows} rows" if rows else ""))
