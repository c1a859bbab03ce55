"""The parts of a page: what Markdown says, other formats say."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.report.blocks import Run, blocks, plain, runs
from mesenluth.report.cells import asked, code, escape, one_line, table, without_questions
from unit.report.test_report_markdown import CONFIG, results_markdown, tables


@given(st.text())
def test_escaped_text_is_read_back_as_it_was(words):
    assert plain(runs(escape(words))) == one_line(words)


@given(st.text(), st.text())
def test_a_cell_is_read_back_as_it_was(words, other):
    found = next(blocks(table(["a", "b"], [[escape(words) or "-", code(other) or "-"]])))
    assert plain(found.rows[0][0]) == (one_line(words) or "-")
    assert plain(found.rows[0][1]) == (one_line(other).replace("`", "'") or "-")


def test_a_page_is_cut_into_its_parts():
    page = "# T\n\n> **n\\*b**\n\nwords `a|b` &lt;i&gt;\n\n- one\n- two\n\n### H\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n*who \\* how*\n\nlast"
    found = list(blocks(page))
    assert [b.kind for b in found] == ["heading", "quote", "paragraph", "list", "heading", "table", "paragraph"]
    assert found[1].lines == ((Run("n*b", strong=True),),)
    assert found[2].lines[0] == (Run("words "), Run("a|b", code=True), Run(" <i>"))
    assert found[5].right == {1}
    assert plain(found[5].note) == "who * how"


def test_a_question_is_kept_for_a_page_with_patients_and_nowhere_else():
    words = asked("2/52", "estimate:x")
    assert runs(f"seen in {words}.") == (Run("seen in "), Run("2/52", question="estimate:x"), Run("."))
    assert without_questions(f"seen in {words}.") == "seen in 2/52."


def test_a_question_cannot_be_asked_by_what_a_registry_holds():
    assert asked(escape("\U000f0000x\U000f0001y\U000f0002"), "q") == asked("xy", "q")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_table_of_the_report_says_its_denominator_and_its_method(lang):
    study = copy.deepcopy(CONFIG)
    study["figures"]["language"] = lang
    found = [b for b in blocks(results_markdown(tables(), study)) if b.kind == "table"]
    assert len(found) > 15
    for block in found:
        said = plain(block.note)
        assert said.startswith({"en": "Denominator:", "fr": "Dénominateur"}[lang]), plain(block.headings[0])
        assert {"en": "Method:", "fr": "Méthode"}[lang] in said
