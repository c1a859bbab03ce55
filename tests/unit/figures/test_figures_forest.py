"""Forest plots: what is drawn, where it lies, and what is said where nothing can be drawn."""

import pytest
from test_figures_samples import share_row, study, table, tables

from mesenluth.figures import forest, forest_subgroups, names
from mesenluth.figures.forest_drawing import scale


def words_of(figure):
    return [t.get_text().replace("\u00a0", " ") for t in figure.axes[0].texts]


def estimates(*rows):
    columns = {k: [r.get(k) for r in rows] for k in {k for r in rows for k in r}}
    return {"estimates": table("estimates", **columns)}


def test_headline_proportions_alone_in_the_order_of_the_study():
    given = estimates(
        share_row("complications", "mesenteric", 4, 52),
        share_row("clinical_response", "mesenteric", 12, 26, population="symptomatic"),
        share_row("clinical_response", "mesenteric", 12, 20, population="evaluable"),
        share_row("objective_response", "non_mesenteric", 4, 52),
        share_row("objective_response", "mesenteric", 2, 52),
        share_row("objective_response", "mesenteric", 2, 52, method="wilson"),
        share_row("objective_response", "mesenteric", 1, 52, definition="confirmed"),
        share_row("objective_response", "mesenteric", 1, 20, subgroup="sex", level="F", population="subgroup"),
    )
    frame = forest.data(given, study())
    assert frame["text"].dropna().str.replace("\u00a0", " ").tolist() == [
        "2/52 (3.8 %)", "4/52 (7.7 %)", "12/26 (46.2 %)", "4/52 (7.7 %)",
    ]  # fmt: skip
    assert frame.loc[frame["heading"], "endpoint"].tolist() == [
        "objective_response", "clinical_response", "complications",
    ]  # fmt: skip
    words = words_of(forest.draw(frame, study()))
    assert "12/26 (46.2 %)" in words
    assert "Patients (%)" in words


def test_both_panels_have_the_same_lines():
    frame = forest_subgroups.data(tables(52), study())
    one, two = (frame[frame["panel"] == p]["label"].tolist() for p in (1, 2))
    assert one == two
    assert one[:2] == ["All patients", "Sex"]


def test_what_is_not_shown_has_words_and_no_number():
    frame = forest_subgroups.data(tables(52), study())
    unknown = frame[(frame["level"] == "not known") & (frame["panel"] == 1)]
    assert set(unknown["text"]) == {"not shown"}
    assert unknown[["estimate", "numerator", "denominator", "ci_low"]].isna().all(axis=None)
    first = frame[(frame["level"] == "A") & (frame["panel"] == 2)]
    assert set(first["text"]) == {"reference"}


@pytest.mark.parametrize(("lang", "said"), [("en", "Hazard ratio"), ("fr", "Rapport des risques")])
def test_the_second_panel_is_left_out_without_progression_free_survival(lang, said):
    settings = study(lang)
    assert said in words_of(forest_subgroups.draw(forest_subgroups.data(tables(52), settings), settings))
    settings["endpoints"] = [e for e in settings["endpoints"] if e["kind"] != "time_to_event"]
    frame = forest_subgroups.data(tables(52, settings), settings)
    assert set(frame["panel"]) == {1}
    assert said not in words_of(forest_subgroups.draw(frame, settings))
    assert names.progression_free(settings) is None


def test_nothing_to_draw_is_said_in_words():
    for module in (forest, forest_subgroups):
        frame = module.data(tables(0), study())
        assert frame.empty
        assert "No estimate to draw" in words_of(module.draw(frame, study()))
        assert module.alt(frame, study()).endswith("No estimate to draw.")


def test_an_axis_holds_every_interval():
    frame = forest_subgroups.data(tables(52), study())
    shares = scale(frame[frame["panel"] == 1], False, 10.0, 50.0)
    assert (shares.low, shares.at(0)) == (0, 10)
    assert shares.high >= frame.loc[frame["panel"] == 1, "ci_high"].max()
    ratios = scale(frame[frame["panel"] == 2], True, 10.0, 50.0)
    assert (ratios.low, ratios.high) == (0.1, 10)
    assert ratios.at(1) == pytest.approx(30)  # the middle, on a logarithmic axis
    assert ratios.at(400) == 50  # beyond: an arrowhead on the end
    words = " ".join(words_of(forest_subgroups.draw(frame, study())))
    assert "Arrowheads" in words


def test_words_for_those_who_do_not_see_it():
    said = forest_subgroups.alt(forest_subgroups.data(tables(52), study()), study()).replace("\u00a0", " ")
    assert "Sex, A: 2/26 (7.7 %)." in said
    assert "Sex, B: 0.50 (0.02–5.00)." in said
    assert "Sex, not known: not shown." in said
