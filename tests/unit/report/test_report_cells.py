"""Text that nobody has vetted cannot break a table or become markup."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.report.cells import code, escape, one_line, table, value


def cells(line: str) -> list[str]:
    """Split a row of a Markdown table as GitHub does: at bars that are not escaped."""
    return [c.strip() for c in re.split(r"(?<!\\)\|", line)[1:-1]]


def unescape(text: str) -> str:
    return html.unescape(re.sub(r"\\([\\`*_\[\]|~$])", r"\1", text))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a|b", r"a\|b"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("AT&T", "AT&amp;T"),
        ("*bold* _it_ ~~no~~", r"\*bold\* \_it\_ \~\~no\~\~"),
        ("[a](http://b)", r"\[a\](http://b)"),
        ("`code`", r"\`code\`"),
        ("snake_case_name", "snake_case_name"),
        ("two\nlines\r\nand\u2028more\ttabs", "two lines and more tabs"),
        ("bell\x07 null\x00", "bell null"),
        ("back\\slash", r"back\\slash"),
        (None, ""),
        (float("nan"), ""),
        (3, "3"),
    ],
)
def test_markup_becomes_text(text, safe):
    assert escape(text) == safe


@given(st.text())
def test_any_text_stays_in_its_cell_and_reads_as_it_was(text):
    row = table(["x", "y"], [[escape(text), "end"]]).split("\n")
    assert len(row) == 3
    first, last = cells(row[2].replace("\\\\", "\u0001"))
    assert last == "end"
    assert unescape(first.replace("\u0001", "\\\\")).strip() == one_line(text)
    assert not re.search(r"<[A-Za-z/!?]", row[2])


@given(st.text())
def test_any_text_stays_in_its_code_span(text):
    span = code(text)
    assert span.count("`") in (0, 2)
    assert len(cells(table(["x"], [[span]]).split("\n")[2].replace("\\|", "\u0001"))) == 1


def test_a_row_of_the_wrong_width_is_a_fault():
    with pytest.raises(ValueError, match="1 cells under 2 headings"):
        table(["a", "b"], [["x"]])


def test_columns_of_numbers_are_aligned_right():
    assert table(["a", "b"], [["x", "1"]], right=[1]) == "| a | b |\n| --- | ---: |\n| x | 1 |"


@pytest.mark.parametrize(
    ("setting", "printed"),
    [
        (None, "null"),
        (True, "true"),
        (30, "30"),
        (0.05, "0.05"),
        ([12, 24], "12, 24"),
        ([], "[]"),
        ({"column": "é", "is": True}, '{"column": "é", "is": true}'),
        ([{"a": 1}], '[{"a": 1}]'),
        ("2023-06-30", "2023-06-30"),
    ],
)
def test_settings_are_printed_as_the_study_file_writes_them(setting, printed):
    assert value(setting) == printed
