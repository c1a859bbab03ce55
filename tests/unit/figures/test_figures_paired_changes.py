"""One line a patient between two compartments, and who responded where."""

import pytest
from test_figures_samples import study, table

from mesenluth.figures import names, paired_changes

CHANGES = {
    # mesenteric, elsewhere
    "a": (-35.0, -5.0), "b": (-10.0, -40.0), "c": (-31.0, -50.0), "d": (2.0, 5.0), "e": (None, -45.0), "f": (1.0, None),
}  # fmt: skip


def small(changes=None):
    """Return patients with a best change in two compartments, one excluded, one read by another reader as well."""
    changes = CHANGES if changes is None else changes
    cohort = table(
        "cohort", patient_id=[*changes, "x", "z"], centre="C01", included=[True] * len(changes) + [False, True],
        excluded_by=[None] * len(changes) + ["prrt", None], excluded_because=[None] * len(changes) + ["not_met", None],
    )  # fmt: skip
    rows = [
        (p, c, "investigator", v) for p, both in changes.items() for c, v in zip(names.pair(study()), both, strict=True)
    ]
    rows += [("x", "mesenteric", "investigator", -60.0), ("a", "mesenteric", "reader_2", -90.0)]
    patients, places, readers, values = zip(*rows, strict=True)
    response = ["NE" if v is None else "PR" if v <= -30 else "SD" for v in values]
    best = table(
        "best_responses", patient_id=patients, compartment=places, evaluator=readers, has_baseline=True, targets=2,
        nontargets=0, timepoints=2, best_response=response, confirmed_response="SD", best_change_percent=values,
        rule="r", reason="r",
    )  # fmt: skip
    return {"cohort": cohort, "best_responses": best}


def words(figure):
    return " ".join(t.get_text() for t in figure.axes[0].texts).replace("\u00a0", " ")


def test_every_included_patient_is_there_once_with_both_changes():
    frame = paired_changes.data(small(), study()).set_index("patient_id")
    assert frame.index.tolist() == ["a", "b", "c", "d", "e", "f", "z"]
    assert frame["responded"].to_dict() == {
        "a": "first_only", "b": "second_only", "c": "both", "d": "neither", "e": "second_only", "f": "neither",
        "z": "neither",
    }  # fmt: skip
    assert frame["no_line"].dropna().to_dict() == {"e": "no_first", "f": "no_second", "z": "neither"}
    assert frame.loc["a", ["first_change_percent", "second_change_percent"]].tolist() == [-35.0, -5.0]
    assert set(frame["first_compartment"]) == {"mesenteric"}


def test_lines_are_drawn_by_group_and_responders_marked():
    figure = paired_changes.draw(paired_changes.data(small(), study()), study())
    lines = {p.get_zorder(): p.get_path().vertices.tolist() for p in figure.axes[1].patches}
    assert list(lines.values()) == [[[0, 2], [1, 5]], [[0, -10], [1, -40]], [[0, -35], [1, -5]], [[0, -31], [1, -50]]]
    assert len({str(look["linestyle"]) for look in paired_changes.LOOKS.values()}) == 3
    marks = [
        (line.get_marker(), line.get_ydata().tolist()) for line in figure.axes[1].lines if line.get_marker() in "os"
    ]
    assert marks == [("o", [-35.0, -31.0]), ("s", [-40.0, -50.0])]
    said = words(figure)
    assert "Mesenteric mass responders: 2" in said
    assert "Without a line, because a change is not known in one of the two: 3. Of these, responders: 1." in said


def test_responders_are_those_of_the_primary_endpoint_and_confirmation():
    settings = study()
    assert paired_changes.categories(settings) == ["CR", "PR"]
    settings["endpoints"][0]["categories"] = ["CR"]
    assert set(paired_changes.data(small(), settings)["responded"]) == {"neither"}
    settings = study()
    settings["response"]["primary_confirmation"] = "confirmed"
    frame = paired_changes.data(small(), settings)
    assert set(frame["responded"]) == {"neither"}
    assert "(confirmed)" in words(paired_changes.draw(frame, settings))


def test_the_threshold_is_that_of_the_study():
    settings = study()
    settings["response"]["pr_decrease_percent"] = 50
    figure = paired_changes.draw(paired_changes.data(small(), settings), settings)
    assert -50 in [line.get_ydata()[0] for line in figure.axes[1].lines]
    assert "Dashed line: \u221250 % from baseline." in words(figure)


def test_a_change_beyond_the_axis_is_at_the_edge_and_said():
    figure = paired_changes.draw(paired_changes.data(small({"a": (164.0, -5.0)}), study()), study())
    assert "Triangles: beyond +100 %, n = 1; the largest is +164 %." in words(figure)
    assert [line.get_ydata() for line in figure.axes[1].lines if line.get_marker() == "^"] == [[100]]


@pytest.mark.parametrize(("compartments", "found"), [([], ()), (["a"], ()), (["a", "b", "c"], ("a", "b"))])
def test_pairs_need_two_compartments(compartments, found):
    settings = study(compartments=[{"id": c} for c in compartments])
    assert names.pair(settings) == found
    assert ("paired_changes" in names.figure_names(settings)) == bool(found)


def test_words_for_those_who_do_not_see_it():
    said = paired_changes.alt(paired_changes.data(small(), study()), study()).replace("\u00a0", " ")
    assert "4 lines of 7 included patients. Mesenteric mass from \u221235 % to +2 %, Other lesions from" in said
    assert "Responders: in both 1, Mesenteric mass only 1, Other lesions only 1, in neither 1." in said
    none = paired_changes.alt(paired_changes.data(small({}), study()), study())
    assert none.startswith("Slope plot, Mesenteric mass against Other lesions: no line, of")
