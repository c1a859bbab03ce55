"""Tables of the page, laid out by great_tables; how they look is the page's own style sheet's matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

import pandas as pd
from great_tables import GT, html

from ..blocks import Block, Line, plain

STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
WHOLE = re.compile(r"<table.*</table>", re.DOTALL)
UNIT = re.compile(r"(\d) %")
JOINT = re.compile(r"(?<=[._/])(?=\w)")
"""Where the name of a setting or a file may go on in the next line."""
FOLDED_FROM = 30
"""Rows from which on a table is folded away behind its title."""
LONG = 60
"""Characters of a cell from which on all columns of its table are given room."""
SENTENCES = 160
"""Characters of a cell from which on its own column is given the room of a sentence."""


def inline(line: Line) -> str:
    """Return a line as HTML; words that ask a question are a button."""
    parts = []
    for run in line:
        words = UNIT.sub("\\1\u00a0%", escape(run.text))
        words = f"<code>{JOINT.sub('<wbr>', words)}</code>" if run.code else words
        words = f"<strong>{words}</strong>" if run.strong else words
        if run.question:
            words = f'<button type="button" class="ask" data-ask="{escape(run.question)}">{words}</button>'
        parts.append(words)
    return "".join(parts)


def _grouped(cells: Sequence[str]) -> bool:
    """Return whether the first column names groups of rows: the same words on rows that follow one another."""
    firsts = [c for i, c in enumerate(cells) if i == 0 or cells[i - 1] != c]
    return len(set(firsts)) == len(firsts) and 1 < len(firsts) <= len(cells) / 1.5


def lay_out(
    name: str, headings: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int] = (), note: str = ""
) -> str:
    """Return a table as HTML.

    Parameters
    ----------
    name : str
        Begins the ids of its columns; unlike that of any other table of the page.
    headings, rows, note : str
        HTML.
    right : iterable of int
        Columns aligned to the right.
    """
    columns = [f"c{i}" for i in range(len(headings))]
    frame = pd.DataFrame(rows, columns=columns, dtype=str)
    group = len(columns) > 2 and _grouped(frame["c0"].tolist())
    stub: str | None = "c1" if group else "c0"
    if not frame[stub].ne("").all():
        stub = None  # a heading of a row that says nothing is none
    about = GT(frame, id=name, groupname_col="c0" if group else None, rowname_col=stub)
    about = about.cols_label({c: html(h) for c, h in zip(columns, headings, strict=True) if c != stub})
    about = about.tab_stubhead(html(headings[columns.index(stub)])) if stub else about
    about = about.fmt_passthrough(columns=columns, escape=False).cols_align("left", columns=columns)
    to_right = [columns[i] for i in sorted(right)]
    about = about.cols_align("right", columns=to_right) if to_right else about
    about = about.tab_source_note(html(note)) if note else about
    found = WHOLE.search(STYLE.sub("", about.as_raw_html()))
    if found is None:
        raise AssertionError("great_tables gave no table")
    return found[0]


def table_html(block: Block, name: str) -> str:
    """Return a block of kind ``table`` as HTML; `name` as for `lay_out`."""
    sentences = {i for row in block.rows for i, cell in enumerate(row) if len(plain(cell)) > SENTENCES}
    rows = [
        [f'<div class="long">{inline(cell)}</div>' if i in sentences else inline(cell) for i, cell in enumerate(row)]
        for row in block.rows
    ]
    found = lay_out(name, [inline(h) for h in block.headings], rows, block.right, inline(block.note))
    wide = any(len(plain(cell)) > LONG for row in block.rows for cell in row)
    return found.replace('class="gt_table"', 'class="gt_table wide"', 1) if wide else found
