"""The map of data quality by centre."""

import pytest
from test_figures_samples import picture, study, table

from mesenluth.figures import quality_map
from mesenluth.tables.io import empty
from mesenluth.tables.results import RESULTS


def words_of(figure):
    return [t.get_text() for t in figure.axes[0].texts]


ROWS = {
    "category": ["completeness"] * 4 + ["plausibility"],
    "table": ["patients"] * 4 + ["scans"],
    "item": ["ecog", "grade", "ecog", "ecog", "scans.gap"],
    "centre": [None, None, "B", "A", None],
    "checked": [40, 60, 10, None, 50],
    "failed": [4, 1, 5, None, 0],
}


def test_shares_are_over_all_items_of_a_table_and_hidden_cells_have_none():
    frame = quality_map.data({"picture": table("picture", **ROWS)}, study())
    rows = {
        (r["category"], r["row"], r["centre"]): r["percent"] for r in frame.fillna({"centre": ""}).to_dict("records")
    }
    assert rows["completeness", 0, ""] == pytest.approx(5.0)
    assert rows["completeness", 2, "B"] == pytest.approx(50.0)
    assert rows["completeness", 1, "A"] != rows["completeness", 1, "A"]
    assert rows["plausibility", 0, ""] == 0.0
    assert frame["centres"].tolist() == [2, 2, 2, 2]


def test_a_cell_says_its_share_and_alt_names_the_worst():
    frame = quality_map.data({"picture": table("picture", **ROWS)}, study())
    words = words_of(quality_map.draw(frame, study()))
    assert "50" in words and "5" in words and "0" not in words
    said = quality_map.alt(frame, study()).replace("\u00a0", " ")
    assert "Values missing: at most 50 %, in patients of B." in said


def test_more_centres_than_fit_are_the_worst_ones_and_it_is_said(monkeypatch):
    given = {"picture": picture(60, 3)}
    frame = quality_map.data(given, study())
    monkeypatch.setattr(quality_map, "MOST", 60)
    worst = quality_map.data(given, study()).groupby("centre")["percent"].max()
    kept = worst.index.isin(frame["centre"].dropna())
    assert (kept.sum(), len(worst)) == (40, 60)
    assert worst[kept].min() >= worst[~kept].max()
    assert "Shown: the 40 of 60 centres" in quality_map.caption(frame, study())


@pytest.mark.parametrize(("lang", "said"), [("en", "The registry has no row"), ("fr", "Le registre n'a aucune ligne")])
def test_an_empty_registry_is_said_in_words(lang, said):
    frame = quality_map.data({"picture": empty(RESULTS["picture"])}, study(lang))
    assert said in words_of(quality_map.draw(frame, study(lang)))
    assert quality_map.alt(frame, study(lang)) == f"{said}."
