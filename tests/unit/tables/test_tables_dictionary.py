"""The data dictionary in the docs is the one the contracts give."""

from mesenluth.tables.dictionary import dictionary


def test_the_dictionary_in_the_docs_is_up_to_date(root):
    assert (root / "docs/data_dictionary.md").read_text() == dictionary(), (
        "run: python -m mesenluth.tables.dictionary > docs/data_dictionary.md"
    )
