"""The tables of a manuscript: numbered, the same in both formats, the same bytes whenever they are written."""

import copy
import io
import time
import zipfile

from docx import Document

from mesenluth.report.blocks import blocks, plain
from mesenluth.report.manuscript import manuscript_docx, manuscript_markdown
from unit.report.test_report_markdown import CONFIG, tables


def test_tables_are_numbered_and_the_first_is_the_baseline():
    page = manuscript_markdown(tables(), copy.deepcopy(CONFIG))
    titles = [plain(b.lines[0]) for b in blocks(page) if b.kind == "heading" and plain(b.lines[0]).startswith("Table")]
    assert titles[0] == "Table 1. Baseline characteristics"
    assert [t.split(".")[0] for t in titles] == [f"Table {n}" for n in range(1, len(titles) + 1)]
    assert sum(b.kind == "table" for b in blocks(page)) == len(titles)


def test_the_docx_says_what_the_markdown_says():
    study = copy.deepcopy(CONFIG)
    found = [b for b in blocks(manuscript_markdown(tables(), study)) if b.kind == "table"]
    document = Document(io.BytesIO(manuscript_docx(tables(), study)))
    assert len(document.tables) == len(found)
    for table, block in zip(document.tables, found, strict=True):
        said = [[cell.text for cell in row.cells] for row in table.rows]
        assert said == [[plain(c) for c in row] for row in (block.headings, *block.rows)]
    notes = [p.text for p in document.paragraphs if p.text.startswith("Denominator:")]
    assert len(notes) == len(found)
    assert CONFIG["study"]["notice"]["en"] in [p.text for p in document.paragraphs]


def test_the_docx_is_the_same_bytes_whenever_it_is_written():
    first = manuscript_docx(tables(), copy.deepcopy(CONFIG))
    time.sleep(2.1)  # the clock of a zip file ticks every two seconds
    assert manuscript_docx(tables(), copy.deepcopy(CONFIG)) == first
    document = Document(io.BytesIO(first))
    assert document.core_properties.created.date().isoformat() == CONFIG["cut"]["date"]
    with zipfile.ZipFile(io.BytesIO(first)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_it_is_written_in_french_too():
    study = copy.deepcopy(CONFIG)
    study["figures"]["language"] = "fr"
    page = manuscript_markdown(tables(), study)
    assert "## Tableau 1. " in page
    assert "## Résultats en bref" in page
