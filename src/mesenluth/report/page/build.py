"""The page: every section of the report with its tables and figures, as one file of HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined

from ...figures.counts import published_item
from ...figures.language import label, language, number
from ..blocks import Block, blocks
from ..cells import questions_in, without_questions
from ..comparison import labels
from ..markdown import Section, sections
from ..sentences import sentence
from ..texts import about_data, text
from .figures import Picture, section_of
from .tables import FOLDED_FROM, inline, lay_out, table_html

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]
FILES = Path(__file__).parent
WORDS = ("skip", "contents", "definitions", "public", "internal", "footer")
TAGS = {"paragraph": "p", "quote": "blockquote", "heading": "h3"}


@dataclass(frozen=True)
class Held:
    """What a page holds of patients: the questions it answers, its HTML, and how that looks and works."""

    answered: frozenset[str] = frozenset()
    html: str = ""
    style: str = ""
    script: str = ""


Asker = Callable[[list[str]], Held]


def _part(block: Block) -> dict[str, Any]:
    """Return a part of a section that is no table."""
    if block.kind == "list":
        return {"kind": "list", "html": "<ul>" + "".join(f"<li>{inline(line)}</li>" for line in block.lines) + "</ul>"}
    tag = TAGS[block.kind]
    return {"kind": block.kind, "html": f"<{tag}>{inline(block.lines[0])}</{tag}>"}


def _as_table(whole: str, rows: int, title: str, n: int, lang: str) -> dict[str, Any]:
    return {
        "kind": "table",
        "html": whole,
        "label": text(lang, "page.table", section=title, n=n),
        "folded": rows > FOLDED_FROM,
        "summary": text(lang, "page.folded", rows=number(rows, lang)),
    }


def _abstract(found: Iterable[Block], lang: str) -> list[dict[str, Any]]:
    """Return the paragraphs in both languages, each marked as what it is."""
    parts, about = [], ' class="lead"'
    for block in found:
        if block.kind == "heading":
            about = f' lang="{"fr" if lang == "en" else "en"}"'
        tag = TAGS[block.kind]
        parts.append({"kind": block.kind, "html": f"<{tag}{about}>{inline(block.lines[0])}</{tag}>"})
    return parts


def _defined(row: Mapping[Any, Any], study: Study, lang: str, called: dict[str, str]) -> str:
    """Return how a published figure is defined here, folded behind its name."""
    said = [escape(sentence(lang, row[c], called)) for c in ("definition", "note")]
    name = escape(published_item(row["position"], row["item"], study, lang))
    return f"<details><summary>{name}</summary>{''.join(f'<p>{s}</p>' for s in said if s)}</details>"


def _published(section: Section, rows: pd.DataFrame, study: Study, lang: str) -> list[dict[str, Any]]:
    """Return the published figures beside the computed ones; a definition is one click away."""
    found = list(blocks(section.content))
    if rows.empty:
        return [_part(b) for b in found]
    called, computed = labels(study, lang), [line[2] for line in found[0].rows]
    cells = []
    for row, line in zip(rows.sort_values("position", kind="stable").to_dict("records"), computed, strict=True):
        mark = text(lang, "published.yes" if row["agrees"] else "published.no")
        cells.append(
            [
                _defined(row, study, lang, called),
                f'<span class="number">{escape(sentence(lang, row["published"], called))}</span>',
                f'<span class="number">{inline(line)}</span>',
                f'<span class="{"agrees" if row["agrees"] else "differs"}">{escape(mark)}</span>',
            ]
        )
    headings = [text(lang, f"published.{c}") for c in ("item", "published", "computed", "agrees")]
    whole = lay_out("published-1", headings, cells, note=inline(found[0].note))
    return [_as_table(whole, len(cells), section.title, 1, lang), *(_part(b) for b in found[1:])]


def _parts(section: Section, tables: Tables, study: Study, lang: str) -> list[dict[str, Any]]:
    if section.id == "published":
        return _published(section, tables["published_comparison"], study, lang)
    found = list(blocks(section.content))
    if section.id == "abstract":
        return _abstract(found, lang)
    parts, n = [], 0
    for block in found:
        if block.kind == "table":
            n += 1
            whole = table_html(block, f"{section.id}-{n}")
            parts.append(_as_table(whole, len(block.rows), section.title, n, lang))
        else:
            parts.append(_part(block))
    return parts


def page_html(tables: Tables, pictures: Iterable[Picture], study: Study, asker: Asker | None = None) -> str:
    """Return the page.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables of `names.INPUTS`.
    pictures : iterable of Picture
        Figures, in the order in which they stand in their sections.
    study : mapping
        The resolved study file. By its `report.mode` the page is ``public`` and says nothing about one patient, or
        ``internal``.
    asker : callable, optional
        Of an internal page: given the questions that its numbers ask, returns what it holds of patients.
    """
    lang, mode = language(study), study["report"]["mode"]
    drawn, found = list(pictures), sections(tables, study)
    held = asker(questions_in("".join(s.content for s in found))) if asker else Held()
    shown = []
    for section in found:
        kept = section._replace(content=without_questions(section.content, held.answered))
        mine = [p for p in drawn if section_of(p.name) == section.id]
        parts = _parts(kept, tables, study, lang)
        shown.append({"id": section.id, "title": section.title, "parts": parts, "figures": mine})
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((FILES / "page.html").read_text(encoding="utf-8"))
    cut = text(lang, "cut", date=study["cut"]["date"], evaluator=study["primary_evaluator"])
    return (
        template.render(
            lang=lang,
            mode=mode,
            title=label(study["study"].get("title"), lang, str(study["study"].get("id", ""))),
            notice=about_data(study),
            about=" ".join(
                [escape(cut), escape(text(lang, "words")), escape(text(lang, "ask.intro")) if asker else ""]
            ),
            words={w: text(lang, f"page.{w}") for w in WORDS},
            sections=shown,
            style=(FILES / "page.css").read_text(encoding="utf-8") + held.style,
            script=(FILES / "page.js").read_text(encoding="utf-8") + held.script,
            ask=held.html,
        )
        + "\n"
    )
