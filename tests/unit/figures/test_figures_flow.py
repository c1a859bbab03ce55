"""The flow diagram counts everybody once."""

import pytest
from test_figures_samples import SIZES, study, table, tables

from mesenluth.errors import TableError
from mesenluth.figures import flow
from mesenluth.figures.counts import steps_of


def counts(frame, box, **where):
    of = frame[frame["box"] == box]
    for column, value in where.items():
        of = of[of[column] == value]
    return int(of["patients"].sum())


@pytest.mark.parametrize("n", SIZES)
def test_counts_add_up(n):
    given = tables(n)
    frame = flow.data(given, study())
    assert counts(frame, "registry") == len(given["cohort"]) == counts(frame, "excluded") + counts(frame, "included")
    kept = frame.loc[frame["box"] == "kept", "patients"].tolist()
    assert kept == sorted(kept, reverse=True)
    assert kept[-1] == counts(frame, "included") == n
    for compartment in ("mesenteric", "non_mesenteric", "whole_patient"):
        here = {"compartment": compartment}
        assert counts(frame, "evaluable", **here) + counts(frame, "not_evaluable", **here) == n


def small():
    """Return five patients: one included; one who is not known to have had the treatment."""
    cohort = table(
        "cohort",
        patient_id=list("abcde"),
        centre="C01",
        included=[True, True, False, False, False],
        excluded_by=[None, None, "prrt", "advanced_si_net", "prrt"],
        excluded_because=[None, None, "unknown", "not_met", "not_met"],
    )
    best = table(
        "best_responses",
        patient_id=["a", "b", "a", "c", "a"],
        compartment=["mesenteric", "mesenteric", "non_mesenteric", "mesenteric", "mesenteric"],
        evaluator=["investigator"] * 4 + ["reader_2"],
        has_baseline=True,
        targets=1,
        nontargets=0,
        timepoints=1,
        best_response=["SD", "NE", "NED", "SD", "PD"],
        confirmed_response=["NE", "NE", "NED", "SD", "PD"],
        rule="r",
        reason="r",
    )
    return {"cohort": cohort, "best_responses": best}


def test_reasons_are_counted_apart():
    frame = flow.data(small(), study())
    assert counts(frame, "excluded", criterion="advanced_si_net", reason="not_met") == 1
    assert counts(frame, "excluded", criterion="prrt", reason="not_met") == 1
    assert counts(frame, "excluded", criterion="prrt", reason="unknown") == 1
    assert counts(frame, "kept", criterion="advanced_si_net") == 4
    assert counts(frame, "kept", criterion="prrt") == 2


def test_evaluable_are_included_patients_with_a_response_by_the_primary_evaluator():
    frame = flow.data(small(), study())
    assert counts(frame, "evaluable", compartment="mesenteric") == 1
    assert counts(frame, "not_evaluable", compartment="mesenteric", reason="NE") == 1
    assert counts(frame, "not_evaluable", compartment="non_mesenteric", reason="NED") == 1
    assert counts(frame, "not_evaluable", compartment="non_mesenteric", reason="no_reading") == 1
    assert counts(frame, "not_evaluable", compartment="whole_patient", reason="no_reading") == 2


def test_evaluability_follows_the_confirmation_of_the_study():
    settings = study()
    settings["response"]["primary_confirmation"] = "confirmed"
    frame = flow.data(small(), settings)
    assert counts(frame, "evaluable", compartment="mesenteric") == 0
    assert counts(frame, "not_evaluable", compartment="mesenteric", reason="NE") == 2


@pytest.mark.parametrize("column", ["excluded_by", "excluded_because"])
def test_an_exclusion_without_a_reason_is_refused(column):
    given = small()
    given["cohort"].loc[2, column] = None
    with pytest.raises(TableError, match="2 are included and 2 are excluded"):
        steps_of(given["cohort"], study())


def test_an_exclusion_by_a_criterion_of_another_study_is_refused():
    given = small()
    given["cohort"].loc[2, "excluded_by"] = "age"
    with pytest.raises(TableError, match="add up"):
        flow.data(given, study())


def test_a_study_without_criteria_includes_everybody():
    given, settings = small(), study()
    settings["population"]["eligibility"] = []
    given["cohort"] = given["cohort"].assign(included=True, excluded_by=None, excluded_because=None)
    frame = flow.data(given, settings)
    assert counts(frame, "included") == 5
    words = [t.get_text() for t in flow.draw(frame, settings).axes[0].texts]
    assert "Included" in words


@pytest.mark.parametrize(("lang", "words"), [("en", "Excluded: n = 2"), ("fr", "Exclus : n = 2")])
def test_the_drawing_says_how_many_and_why(lang, words):
    settings = study(lang)
    texts = [
        t.get_text().replace("\u00a0", " ") for t in flow.draw(flow.data(small(), settings), settings).axes[0].texts
    ]
    assert words in texts
    # After the second criterion, the third and the last: these leave nobody out.
    assert texts.count("n = 2") == 3
    assert any("not known" in t or "inconnu" in t for t in texts)


def test_words_for_those_who_do_not_see_it():
    words = flow.alt(flow.data(small(), study()), study()).replace("\u00a0", " ")
    assert "Patients with small-intestinal NET in the registry: 5." in words
    assert "at least one course of 177Lu-DOTATATE: 2 excluded (1 of them because data are missing)." in words
    assert "Mesenteric mass: 1 evaluable, 1 not." in words
