"""The grid of definitions: what is drawn, in which order, and what is said of the rest."""

import re

import pytest
from test_figures_make import boxes, overlapping
from test_figures_samples import sensitivity, study, table

from mesenluth.figures import make, style
from mesenluth.figures import sensitivity as grid

ORR, PFS = "objective_response", "progression_free_survival"


def row(position, endpoint, numerator, own, **over):
    """Return one estimate of a variant of 50 patients; a median in months, or none, where `over` says so."""
    median = endpoint == PFS
    estimate = over.pop("estimate", numerator / 50)
    known = estimate is not None and own is not None
    return {
        "position": position, "variant": "v", "endpoint": endpoint, "compartment": "mesenteric",
        "evaluator": "investigator", "statistic": "median" if median else "proportion", "numerator": numerator,
        "denominator": 50, "estimate": estimate, "ci_low": estimate and estimate / 2,
        "ci_high": estimate and estimate * 1.5, "text": "t", "study_estimate": own,
        "difference": estimate - own if known else None, "moved": estimate != own, **over,
    }  # fmt: skip


def small():
    """Return the study (2 of 50, median not reached) and four variants: primary, other, counts alone, nothing."""
    key = {
        1: ("response.cr_then_pr", "flag"), 2: ("survival.new_therapy", "event"),
        3: ("response.primary_confirmation", "confirmed"), 4: ("statistics.km_interval", "log"),
        5: ("survival.death and survival.new_therapy", "censor and event"),
    }  # fmt: skip
    values = {
        0: (2, 5, None, {}), 1: (2, 5, None, {}), 2: (2, 40, 30.5, {}), 3: (1, 5, None, {}),
        4: (2, 5, None, {"moved": True}), 5: (4, 12, None, {}),
    }  # fmt: skip
    rows = []
    for position, (responders, events, median, over) in values.items():
        name = dict(zip(("key", "value"), key.get(position, (None, None)), strict=True))
        rows.append({**row(position, ORR, responders, 2 / 50), **name})
        rows.append({**row(position, PFS, events, None, estimate=median, **over), **name})
    return table("sensitivity", **{c: [r.get(c) for r in rows] for c in rows[0] | {"key": 0, "value": 0}})


def words_of(figure):
    return [t.get_text().replace("\u00a0", " ") for t in figure.axes[0].texts]


def test_the_largest_primary_estimate_comes_first_then_other_endpoints_then_the_rest():
    frame = grid.data({"sensitivity": small()}, study())
    firsts = frame.drop_duplicates("row")
    assert firsts[["label", "effect"]].fillna("").values.tolist() == [
        ["Study as it is", ""],
        ["Death censors + A new therapy is an event", "primary"],
        ["Response must be confirmed", "primary"],
        ["A new therapy is an event", "other"],
        ["Interval of survival: log", "detail"],
        ["Partial after complete response: noted only", "nothing"],
    ]


def test_cells_say_by_how_much_or_the_value_where_the_study_has_none():
    words = words_of(grid.draw(grid.data({"sensitivity": small()}, study()), study()))
    for expected in ("2/50 (4.0 %)", "4/50 (8.0 %)", "1/50 (2.0 %)", "30.5", "n.r."):
        assert expected in words
    said = " ".join(words)
    assert "only counts or limits (1): Interval of survival: log." in said
    assert "nothing that is printed (1): Partial after complete response: noted only." in said


def test_words_for_those_who_do_not_see_it():
    said = grid.alt(grid.data({"sensitivity": small()}, study()), study())
    assert "Objective response, Mesenteric mass: 2/50 (4.0 %) in the study. Definitions that move it: 2." in said
    assert "Response must be confirmed: 1/50 (2.0 %)." in said
    assert "another estimate: 1; only counts or limits: 1; nothing that is printed: 1." in said
    said = grid.alt(grid.data({"sensitivity": small()}, study("fr")), study("fr"))
    assert "Définitions qui la modifient : 2." in re.sub(r"\s", " ", said)


def test_where_nothing_moves_the_figure_says_so():
    nothing = small()
    still = nothing[nothing["position"].isin([0, 1])]
    words = words_of(grid.draw(grid.data({"sensitivity": still}, study()), study()))
    assert "No definition moves an estimate" in words
    alone = grid.data({"sensitivity": nothing[nothing["position"] == 0]}, study())
    assert "No definition moves an estimate" in words_of(grid.draw(alone, study()))
    assert grid.alt(alone, study()) == "No definition moves an estimate."


@pytest.mark.parametrize("variants", [1, 10, 80, 300])
def test_any_number_of_variants_fits_a_page(variants):
    settings = study("fr")
    frame = make.data("sensitivity", {"sensitivity": sensitivity(52, settings, 3, variants)}, settings)
    assert frame["row"].nunique() == variants + 1
    figure = make.picture("sensitivity", frame, settings)
    words, extents = boxes(figure)
    assert overlapping(words, extents) == []
    width, height = figure.get_size_inches()
    assert height * 25.4 <= 240
    assert extents[:, 0].min() >= 0
    assert extents[:, 2].max() <= width


def test_what_has_no_room_is_counted():
    settings = study()
    frame = make.data("sensitivity", {"sensitivity": sensitivity(52, settings, 3, 300)}, settings)
    said = " ".join(words_of(make.picture("sensitivity", frame, settings)))
    assert re.search(r"For lack of room, \d+ more definitions stand in the table alone", said)


def test_what_moves_nothing_never_stands_out_in_colour():
    frame = grid.data({"sensitivity": small()}, study())
    axis = grid.draw(frame, study()).axes[1]
    markers = [line for line in axis.lines if line.get_marker() == "D"]
    assert len(markers) == 2
    assert {line.get_color() for line in markers} == {style.VERMILION}
