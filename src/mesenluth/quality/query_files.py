"""The files in which queries go to the centres and come back: one CSV and one XLSX a centre.

A cell never begins a formula: text that a spreadsheet would run is written with an apostrophe before it in CSV and as
a cell of text in XLSX. The same queries give the same bytes.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import TableError
from ..tables.harmless import RISKY, harmless
from ..tables.io import atomic_write, conform, empty
from ..tables.results_queries import ANSWER, ANSWERS
from ..tables.workbook import check_workbook

COLUMNS = ("query_id", "severity", "row_label", "record", "fields", "observed", "question", "disposition", "answer",
           "comment", "answered_by", "answered_on")  # fmt: skip
HEADINGS = {
    "en": ("query", "severity", "what", "record", "fields", "values seen", "question", "so far the row is", "answer",
           "comment", "answered by", "answered on"),
    "fr": ("question n°", "gravité", "quoi", "enregistrement", "champs", "valeurs vues", "question", "pour l'instant",
           "réponse", "commentaire", "répondu par", "répondu le"),
}  # fmt: skip
WORDS = {
    "en": {"error": "error", "warning": "warning", "info": "note", "quarantined": "left out of the analysis",
           "flagged": "used as it is", "confirmed": "confirmed", "corrected": "corrected", "unknown": "unknown",
           "open": "to answer", "answered": "answered"},
    "fr": {"error": "erreur", "warning": "avertissement", "info": "remarque", "quarantined": "exclue de l'analyse",
           "flagged": "utilisée telle quelle", "confirmed": "confirmée", "corrected": "corrigée", "unknown": "inconnue",
           "open": "à répondre", "answered": "répondues"},
}  # fmt: skip
WIDTHS = (15, 13, 20, 22, 28, 40, 48, 20, 14, 30, 18, 14)
EPOCH = (1980, 1, 1, 0, 0, 0)
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def file_name(centre: str) -> str:
    """Return the name of a centre's files; a hash where its code could not be one."""
    return centre if SAFE.fullmatch(centre) else "x" + hashlib.sha256(centre.encode()).hexdigest()[:12]


def _cells(rows: pd.DataFrame, lang: str) -> list[list[str]]:
    words, out = WORDS[lang], []
    for r in rows.to_dict("records"):
        line = ["" if pd.isna(r[c]) else str(r[c]) for c in COLUMNS]
        for i in (COLUMNS.index(c) for c in ("severity", "disposition", "answer")):
            line[i] = words.get(line[i], line[i])
        out.append([re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", "", c) for c in line])
    return out


def csv_bytes(rows: pd.DataFrame, lang: str) -> bytes:
    """Return the queries of a centre as CSV that a spreadsheet opens with a double click.

    UTF-8 with a byte order mark; fields are separated by semicolons in French, where the comma is decimal.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if lang == "fr" else ",", lineterminator="\r\n")
    writer.writerow(HEADINGS[lang])
    writer.writerows([harmless(c) for c in line] for line in _cells(rows, lang))
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(rows: pd.DataFrame, centre: str, lang: str) -> bytes:
    """Return the queries of a centre as a workbook: a sheet of open ones, and one of those answered."""
    # Imported here: only the job that writes workbooks pays for it.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book, words = Workbook(), WORDS[lang]
    book.properties.creator, book.properties.title = "mesenluth", f"{centre}"
    book.properties.created = book.properties.modified = datetime.datetime(*EPOCH)
    book.remove(book.active)
    for name, some in (("open", rows[rows["open"]]), ("answered", rows[~rows["open"]])):
        sheet = book.create_sheet(words[name])
        for j, (heading, width) in enumerate(zip(HEADINGS[lang], WIDTHS, strict=True), 1):
            cell = sheet.cell(1, j, heading)
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6F0")
            sheet.column_dimensions[get_column_letter(j)].width = width
        for i, line in enumerate(_cells(some, lang), 2):
            for j, value in enumerate(line, 1):
                cell = sheet.cell(i, j)
                cell.value, cell.data_type = value, "s"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.quotePrefix = bool(RISKY.match(value))
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{max(len(some), 1) + 1}"
        allowed = DataValidation(
            "list", formula1='"' + ",".join(words[a] for a in ANSWER.allowed) + '"', allow_blank=True
        )
        sheet.add_data_validation(allowed)
        letter = get_column_letter(COLUMNS.index("answer") + 1)
        allowed.add(f"{letter}2:{letter}{max(len(some), 1) + 1}")
    raw = io.BytesIO()
    book.save(raw)
    return _without_clock(raw.getvalue())


def _without_clock(packed: bytes) -> bytes:
    """Return a zip file whose members carry no time, and a workbook that does not say when it was saved."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", content)
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            new.writestr(entry, content)
    return out.getvalue()


def write_files(queries: pd.DataFrame, folder: Path, lang: str) -> list[Path]:
    """Write `<centre>.csv` and `<centre>.xlsx` for every centre that is asked something; return what was written."""
    written = []
    for centre, rows in queries.groupby("centre", sort=True):
        name = file_name(str(centre))
        rows = rows.sort_values(
            ["open", "severity", "table", "record", "rule"], ascending=[False, True, True, True, True]
        )
        for path, content in (
            (folder / f"{name}.csv", csv_bytes(rows, lang)),
            (folder / f"{name}.xlsx", xlsx_bytes(rows, str(centre), lang)),
        ):
            atomic_write(path, content)
            written.append(path)
    return written


# ---- answers -------------------------------------------------------------------------------------------------


def read_answers(paths: Iterable[str | Path]) -> pd.DataFrame:
    """Read what the centres sent back: the files of `write_files` with the last columns filled in.

    Returns
    -------
    DataFrame
        By the contract ANSWERS. Rows without an answer are not there.

    Raises
    ------
    TableError
        Naming the file, the row and the cell that cannot be understood; and where two files answer one query
        differently.
    """
    found: dict[str, tuple[dict[str, Any], str]] = {}
    for path in sorted(map(Path, paths)):
        for number, row in _rows(path):
            answer = _answer(row, path, number)
            if answer is None:
                continue
            query = answer["query_id"]
            if query in found and found[query][0]["answer"] != answer["answer"]:
                raise TableError(
                    f"{path}, row {number}: query {query} is answered {answer['answer']!r} here and"
                    f" {found[query][0]['answer']!r} in {found[query][1]}",
                    "one answer a query",
                )
            found.setdefault(query, (answer, f"{path}, row {number}"))
    if not found:
        return empty(ANSWERS)
    return conform(pd.DataFrame([a for a, _ in found.values()]).sort_values("query_id"), ANSWERS)


def _rows(path: Path) -> Iterable[tuple[int, Mapping[str, str]]]:
    """Yield number and cells of each row of a returned file, by the names of COLUMNS."""
    for lines in _lines(path):
        if not lines:
            continue
        heads = [h.strip().lower() for h in lines[0]]
        lang = next((la for la, names in HEADINGS.items() if {names[0], names[8]} <= set(heads)), None)
        if lang is None:
            raise TableError(
                f"{path}, row 1: not the headings of a file of queries",
                f"{HEADINGS['en'][0]}, ..., {HEADINGS['en'][8]}",
            )
        place = {c: heads.index(h) for c, h in zip(COLUMNS, HEADINGS[lang], strict=True) if h in heads}
        for number, line in enumerate(lines[1:], 2):
            yield number, {c: line[i].strip() if i < len(line) else "" for c, i in place.items()}


def _lines(path: Path) -> list[list[list[str]]]:
    """Return the rows of each sheet of a file, as text."""
    if path.suffix.lower() == ".xlsx":
        from openpyxl import load_workbook

        check_workbook(path, str(path))
        try:
            # Opened here: openpyxl leaves a file open that it stumbles over.
            with open(path, "rb") as stream:
                book = load_workbook(stream, read_only=True, data_only=True)
                return [
                    [["" if c is None else str(c) for c in row] for row in s.iter_rows(values_only=True)] for s in book
                ]
        except Exception as error:
            # A damaged part makes openpyxl and its XML parser stumble over anything.
            raise TableError(f"{path}: cannot be read as a workbook ({error})") from None
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{path}: cannot be read as UTF-8 text ({error})", do="save it as CSV UTF-8") from None
    first = text.split("\n", 1)[0]
    return [list(csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ","))]


def _answer(row: Mapping[str, str], path: Path, number: int) -> dict[str, Any] | None:
    given = row.get("answer", "").lower()
    if not given:
        return None
    known = {words[a]: a for words in WORDS.values() for a in ANSWER.allowed}
    if given not in known:
        raise TableError(f"{path}, row {number}: the answer {given!r}", f"one of {', '.join(known)}, or nothing")
    query = row["query_id"].lstrip("'")
    if not re.fullmatch(r"[0-9a-f]{12}", query):
        raise TableError(f"{path}, row {number}: {query!r} is no name of a query", "12 hex digits, as it was sent")
    rest = {c: row.get(c) or None for c in ("comment", "answered_by", "answered_on")}
    return {"query_id": query, "answer": known[given], **rest}
