"""Markdown from text that nobody has vetted: what comes from a registry cannot break a table or become markup."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Sequence
from typing import Any

BEGIN, MIDDLE, END = "\U000f0000", "\U000f0001", "\U000f0002"
"""Characters of private use around a question, and the words that ask it."""


def one_line(text: Any) -> str:
    """Return text on one line, without control characters; nothing for a missing value."""
    if text is None or text != text or type(text).__name__ == "NAType":
        return ""
    plain = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff\U000f0000-\U000f0002]", "", str(text))
    return re.sub(r"[ \t\r\n\u0085\u2028\u2029]+", " ", plain).strip()


def escape(text: Any) -> str:
    r"""Return text in which nothing is markup: neither HTML, nor links, emphasis, code or a cell's end.

    >>> escape("a|b <b>*c*</b> [d](e) x_y")
    'a\\|b &lt;b&gt;\\*c\\*&lt;/b&gt; \\[d\\](e) x_y'
    """
    plain = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    plain = re.sub(r"([\\`*\[\]|~$])", r"\\\1", plain)
    # Underscores inside a word are no emphasis.
    return re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", plain)


def code(text: Any) -> str:
    """Return text as a code span that is safe in a cell."""
    plain = one_line(text).replace("`", "'").replace("|", "\\|")
    return f"`{plain}`" if plain else ""


def asked(words: str, question: str) -> str:
    """Return words that lead to the patients behind them where the page has patients; everywhere else plain words."""
    return f"{BEGIN}{question}{MIDDLE}{words}{END}" if words and question else words


ASKED = re.compile(f"{BEGIN}([^{MIDDLE}]*){MIDDLE}([^{END}]*){END}")


def questions_in(markdown: str) -> list[str]:
    """Return the questions that a page asks, in their order."""
    return [found[1] for found in ASKED.finditer(markdown)]


def without_questions(markdown: str, but: Container[str] = ()) -> str:
    """Return a page in which nothing leads to patients, but by the questions that are kept."""
    return ASKED.sub(lambda found: found[0] if found[1] in but else found[2], markdown)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = (), note: str = "") -> str:
    """Return a Markdown table; cells must be escaped already.

    Parameters
    ----------
    headings : sequence of str
    rows : iterable of sequence of str
        As many cells as headings.
    right : iterable of int
        Columns that are aligned to the right.
    note : str
        Who is counted and how, escaped; printed below the table.
    """
    to_right = frozenset(right)
    rule = ["---:" if i in to_right else "---" for i in range(len(headings))]
    lines = [list(headings), rule]
    for row in rows:
        if len(row) != len(headings):
            raise ValueError(f"{len(row)} cells under {len(headings)} headings")
        lines.append(list(row))
    printed = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{printed}\n\n*{note}*" if note else printed


def value(setting: Any) -> str:
    """Return a setting as the study file writes it."""
    if isinstance(setting, list) and not any(isinstance(v, (dict, list)) for v in setting):
        return ", ".join(value(v) for v in setting) or "[]"
    if isinstance(setting, (dict, list)):
        return json.dumps(setting, ensure_ascii=False)
    if setting is None:
        return "null"
    return str(setting).lower() if isinstance(setting, bool) else str(setting)
