"""Published and computed figures side by side, as a picture of a table."""

import pytest
from test_figures_samples import study, table, tables

from mesenluth.figures import published_comparison as published
from mesenluth.tables.io import empty
from mesenluth.tables.results import PUBLISHED_COMPARISON


def words_of(figure):
    return [t.get_text().replace("\u00a0", " ") for t in figure.axes[0].texts]


def rows(**over):
    columns = {
        "position": [2, 1],
        "item": ["Mesenteric objective response", "Patients included"],
        "published": ["2/52 (4 %)", "52"],
        "computed": ["3/52 (6 %)", "52"],
        "agrees": [False, True],
        "definition": ["RECIST 1.1", "criteria of the study"],
        "note": ["52 patients cannot show it", None],
        **over,
    }
    return table("published_comparison", **columns)


def test_rows_stand_in_their_order():
    frame = published.data({"published_comparison": rows()}, study())
    assert frame["position"].tolist() == [1, 2]


def test_each_cell_is_printed():
    words = words_of(published.draw(published.data({"published_comparison": rows()}, study()), study()))
    for cell in ("52", "2/52 (4 %)", "3/52 (6 %)", "RECIST 1.1", "52 patients cannot show it"):
        assert cell in words
    assert words.count("✓ yes") == 1
    assert words.count("✗ no") == 1
    assert "Agree: 1 of 2." in words


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_items_are_named_in_the_language_of_the_study(lang):
    frame = published.data({"published_comparison": rows()}, study(lang))
    wanted = {"en": "Patients included", "fr": "Patients inclus"}[lang]
    assert frame["item"].tolist()[0] == wanted


def test_an_item_that_the_study_file_does_not_name_stays_as_it_is():
    frame = published.data({"published_comparison": rows(item=["a", "b"])}, study("fr"))
    assert frame["item"].tolist() == ["b", "a"]


def test_the_source_is_named():
    words = " ".join(words_of(published.draw(published.data(tables(8), study()), study())))
    assert "doi 10.2967/jnumed.123.266063" in words


def test_nothing_published_is_said_in_words():
    nothing = published.data({"published_comparison": empty(PUBLISHED_COMPARISON)}, study())
    assert "No published figure to compare with" in words_of(published.draw(nothing, study()))
    assert published.alt(nothing, study()) == "No published figure to compare with."


def test_words_for_those_who_do_not_see_it():
    words = published.alt(published.data({"published_comparison": rows()}, study()), study())
    assert "Mesenteric objective response: published 2/52 (4 %), computed 3/52 (6 %), agrees: no." in words
    assert "Agree: 1 of 2." in words
