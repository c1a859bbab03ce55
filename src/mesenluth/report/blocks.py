"""The parts of a page of this project's Markdown, so that other formats say exactly the same.

The Markdown is that of `cells` and of the sections: headings, paragraphs, quotes, lists, tables, and below a table a
paragraph in emphasis that says who is counted and how.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .cells import BEGIN, END, MIDDLE

CELL = re.compile(r"(?<!\\)\|")
INLINE = re.compile(
    rf"(?P<code>`[^`]*`)|(?P<escaped>\\[\\`*\[\]|~$_])|(?P<entity>&(?:amp|lt|gt);)|(?P<strong>\*\*)"
    rf"|{BEGIN}(?P<question>[^{MIDDLE}]*){MIDDLE}|(?P<end>{END})"
)
ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}


@dataclass(frozen=True)
class Run:
    """A stretch of text that looks the same throughout.

    Attributes
    ----------
    text : str
        What is read; no markup.
    code, strong : bool
        How it looks.
    question : str
        What it asks of the patients' data; empty where nothing.
    """

    text: str
    code: bool = False
    strong: bool = False
    question: str = ""


Line = tuple[Run, ...]


@dataclass(frozen=True)
class Block:
    """One part of a page.

    Attributes
    ----------
    kind : str
        ``heading``, ``paragraph``, ``quote``, ``list`` or ``table``.
    lines : tuple of tuple of Run
        The text; the entries of a list.
    level : int
        Of a heading.
    headings, rows, right, note
        Of a table: its column headings, cells, columns aligned to the right, and what stands below it.
    """

    kind: str
    lines: tuple[Line, ...] = ()
    level: int = 0
    headings: tuple[Line, ...] = ()
    rows: tuple[tuple[Line, ...], ...] = ()
    right: frozenset[int] = field(default_factory=frozenset)
    note: Line = ()


def plain(line: Line) -> str:
    """Return the text of a line."""
    return "".join(run.text for run in line)


def runs(markdown: str) -> Line:
    """Return the stretches of one line of Markdown."""
    found: list[Run] = []
    strong, question = False, ""

    def add(text: str, code: bool = False) -> None:
        last = found[-1] if found else None
        if last and (last.code, last.strong, last.question) == (code, strong, question):
            text = found.pop().text + text
        if text:
            found.append(Run(text, code, strong, question))

    place = 0
    for match in INLINE.finditer(markdown):
        add(markdown[place : match.start()])
        place = match.end()
        if match["code"]:
            add(match["code"][1:-1].replace("\\|", "|"), code=True)
        elif match["escaped"]:
            add(match["escaped"][1:])
        elif match["entity"]:
            add(ENTITIES[match["entity"]])
        elif match["strong"]:
            strong = not strong
        else:
            question = match["question"] or ""
    add(markdown[place:])
    return tuple(found)


def _cells(line: str) -> tuple[Line, ...]:
    return tuple(runs(cell.strip()) for cell in CELL.split(line)[1:-1])


def _table(lines: list[str]) -> Block:
    marks = [cell.strip() for cell in lines[1].strip("|").split("|")]
    right = frozenset(i for i, mark in enumerate(marks) if mark.endswith(":"))
    return Block("table", headings=_cells(lines[0]), rows=tuple(_cells(line) for line in lines[2:]), right=right)


def blocks(markdown: str) -> Iterator[Block]:
    """Yield the parts of a page, each table with the note below it."""
    table: Block | None = None
    for part in re.split(r"\n{2,}", markdown.strip("\n")):
        lines = part.split("\n")
        if table is not None:
            note = part[1:-1] if part.startswith("*") and not part.startswith("**") else ""
            yield Block("table", (), 0, table.headings, table.rows, table.right, runs(note))
            table = None
            if note:
                continue
        if part.startswith("|"):
            table = _table(lines)
        elif part.startswith("#"):
            marks, _, words = part.partition(" ")
            yield Block("heading", (runs(words),), len(marks))
        elif part.startswith("> "):
            yield Block("quote", (runs(part[2:]),))
        elif part.startswith("- "):
            yield Block("list", tuple(runs(line[2:]) for line in lines))
        elif part:
            yield Block("paragraph", (runs(part),))
    if table is not None:
        yield table
