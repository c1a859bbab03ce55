"""The figure of digit preference and date heaping."""

import pytest
from test_figures_samples import habits as sample
from test_figures_samples import study, table

from mesenluth.figures import habits
from mesenluth.tables.io import empty
from mesenluth.tables.results import RESULTS

PLACES = {
    "kind": ["digits"] * 4 + ["days"],
    "table": ["measurements"] * 4 + ["scans"],
    "column": ["longest_diameter_um"] * 2 + ["short_axis_um"] * 2 + ["scan_date"],
    "place": [0, 1, 0, 1, 15],
    "n": [30, 10, 50, None, 8],
    "expected_percent": [10.0] * 4 + [3.3],
}
SHARES = {
    "kind": ["digits"] * 5,
    "table": ["measurements"] * 5,
    "column": ["longest_diameter_um", "short_axis_um", "longest_diameter_um", "short_axis_um", "longest_diameter_um"],
    "centre": [None, None, "A", "A", "B"],
    "n": [60, 40, 10, 10, None],
    "preferred": [12, 18, 10, 6, None],
    "expected_percent": [20.0] * 5,
}
GIVEN = {"value_places": table("value_places", **PLACES), "preferences": table("preferences", **SHARES)}


def words_of(figure):
    return [t.get_text() for ax in figure.axes for t in ax.texts]


def test_columns_are_added_up_and_what_is_hidden_has_no_share():
    frame = habits.data(GIVEN, study())
    digits = frame[(frame["kind"] == "digits") & (frame["part"] == "places")].set_index("place")
    assert digits["n"].tolist() == [80, 10]
    assert digits["percent"].tolist() == pytest.approx([100 * 80 / 90, 100 * 10 / 90])
    centres = frame[(frame["kind"] == "digits") & (frame["part"] == "centres")].set_index(
        frame.loc[(frame["kind"] == "digits") & (frame["part"] == "centres"), "centre"].fillna("")
    )
    assert centres.loc["", "percent"] == 30 and centres.loc["A", "percent"] == 80
    assert centres.loc["B", "percent"] != centres.loc["B", "percent"]
    assert (centres["limit_percent"] == study()["quality"]["digit_preference_percent"]).all()


def test_alt_names_the_registry_and_the_worst_centre():
    frame = habits.data(GIVEN, study())
    said = habits.alt(frame, study()).replace("\u00a0", " ")
    assert "Last digit of sizes: 30 % at the preferred values in the whole registry, 20 % by chance." in said
    assert "At most 80 %, in A." in said
    assert "too few to show" in words_of(habits.draw(frame, study()))


def test_more_centres_than_fit_are_the_worst_ones_and_it_is_said():
    frame = habits.data(sample(60, 1), study())
    centres = frame[(frame["kind"] == "digits") & frame["centre"].notna()]
    drawn = centres["drawn"].astype(bool)
    assert drawn.sum() == habits.MOST
    assert centres.loc[drawn, "percent"].min() >= centres.loc[~drawn, "percent"].max()
    assert "the 40 of 60 centres" in habits.caption(frame, study()).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "The registry has no size and no date"), ("fr", "Le registre n'a ni taille ni date")]
)
def test_an_empty_registry_is_said_in_words(lang, said):
    nothing = {name: empty(RESULTS[name]) for name in ("value_places", "preferences")}
    frame = habits.data(nothing, study(lang))
    assert said in words_of(habits.draw(frame, study(lang)))
    assert habits.alt(frame, study(lang)) == f"{said}."
