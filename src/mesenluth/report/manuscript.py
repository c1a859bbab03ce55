"""The tables of a manuscript: numbered, each with its title and who is counted and how; as Markdown and as DOCX.

Both say the same, and what they say is that of the report. The same tables give the same bytes.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from ..figures.language import label, language
from .blocks import Block, Line, blocks
from .cells import without_questions
from .markdown import Section, head, sections
from .texts import text

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]

CHOSEN = (
    "baseline", "flow", "responses", "times", "paired", "subgroups", "heterogeneity", "growth", "changes", "published",
    "sensitivity",
)  # fmt: skip
"""Sections whose tables a manuscript takes, in the order of their numbers; what a supplement takes comes last."""
NUMBERED = re.compile(r"^Table(?:au)? 1\. ")
A4_MM, MARGIN_MM = (297, 210), 18
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Numbered:
    """A table of the manuscript: its title with its number, what is said before it, and its Markdown with the note."""

    title: str
    before: tuple[str, ...]
    table: str


def _of_section(section: Section, number: int, lang: str) -> Iterator[Numbered]:
    """Yield the tables of a section, numbered from `number` on."""
    title, under = NUMBERED.sub("", section.title), ""
    before: list[str] = []
    parts = without_questions(section.content).split("\n\n")
    for i, part in enumerate(parts):
        if part.startswith("### "):
            under = f": {part[4:]}" if lang == "en" else f"\u00a0: {part[4:]}"
        elif part.startswith("|"):
            following = parts[i + 1] if i + 1 < len(parts) else ""
            note = f"\n\n{following}" if following.startswith("*") and not following.startswith("**") else ""
            name = text(lang, "manuscript.table", n=number, title=title + under)
            yield Numbered(name, tuple(before), part + note)
            number, before = number + 1, []
        elif not part.startswith(("*", "-")):
            before.append(part)


def numbered(tables: Tables, study: Study) -> list[Numbered]:
    """Return the tables of the manuscript."""
    lang, found = language(study), {s.id: s for s in sections(tables, study)}
    listed: list[Numbered] = []
    for name in CHOSEN:
        if name in found:
            listed += _of_section(found[name], len(listed) + 1, lang)
    return listed


def _abstract(tables: Tables, study: Study) -> Section:
    return next(s for s in sections(tables, study) if s.id == "abstract")


def manuscript_markdown(tables: Tables, study: Study) -> str:
    """Return the results in an abstract's words and the tables of the manuscript, as Markdown."""
    results = _abstract(tables, study)
    parts = [*head(study), f"## {results.title}", without_questions(results.content)]
    for found in numbered(tables, study):
        parts += [f"## {found.title}", *found.before, found.table]
    return "\n\n".join(parts) + "\n"


def _write(paragraph: Any, line: Line) -> None:
    for run in line:
        written = paragraph.add_run(run.text)
        written.bold = run.strong or None
        if run.code:
            written.font.name = "Courier New"


def _line_above_and_below(cell: Any, edges: tuple[str, ...]) -> None:
    """Draw rules above or below a cell, as journals print tables."""
    borders = OxmlElement("w:tcBorders")
    for edge in edges:
        border = OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", "8"), ("color", "000000")):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    cell._tc.get_or_add_tcPr().append(borders)


def _add_table(document: Any, block: Block) -> None:
    table = document.add_table(rows=1 + len(block.rows), cols=len(block.headings))
    rows = [block.headings, *block.rows]
    for i, (row, line) in enumerate(zip(table.rows, rows, strict=True)):
        edges = (("top", "bottom") if i == 0 else ()) + (("bottom",) if i == len(rows) - 1 and i else ())
        for j, (cell, words) in enumerate(zip(row.cells, line, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            _write(paragraph, words)
            if j in block.right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            for run in paragraph.runs:
                run.font.size = Pt(8)
                run.bold = True if i == 0 else run.bold
            if edges:
                _line_above_and_below(cell, edges)
    # The headings are repeated on each page that the table runs over.
    properties = table.rows[0]._tr.get_or_add_trPr()
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    properties.append(repeated)


def _same_bytes(content: bytes) -> bytes:
    """Return the file with no date of today in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in sorted(given.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            kept.writestr(entry, given.read(name))
    return out.getvalue()


def manuscript_docx(tables: Tables, study: Study) -> bytes:
    """Return the same as a DOCX file: A4 across, headings repeated on each page of a table, dated to the data cut."""
    lang, document = language(study), Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (Mm(v) for v in A4_MM)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Mm(MARGIN_MM))
    document.styles["Normal"].font.size = Pt(10)
    about = document.core_properties
    cut = datetime.datetime.fromisoformat(study["cut"]["date"])
    about.author = about.last_modified_by = "mesenluth"
    about.title, about.language = label(study["study"].get("title"), lang), lang
    about.comments, about.revision = "", 1
    about.created = about.modified = cut
    for block in blocks(manuscript_markdown(tables, study)):
        if block.kind == "heading":
            _write(document.add_heading(level=min(block.level, 3)), block.lines[0])
        elif block.kind == "table":
            _add_table(document, block)
            note = document.add_paragraph()
            _write(note, block.note)
            for run in note.runs:
                run.font.size = Pt(8)
        else:
            for line in block.lines:
                _write(document.add_paragraph(), line)
    out = io.BytesIO()
    document.save(out)
    return _same_bytes(out.getvalue())
