"""Codes of at most 8 characters that say what a parameter is, and are never two parameters' at once."""

import copy
import string

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.adam import parameters as p
from mesenluth.errors import ConfigurationError, TableError

IDS = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)


def with_compartments(*ids):
    return {"compartments": [{"id": i, "label": {"en": i}} for i in ids], "primary_evaluator": "investigator"}


@pytest.mark.parametrize(
    ("ids", "codes"),
    [
        (["mesenteric", "non_mesenteric"], ["MES", "NME"]),
        (["liver", "liver_left", "livers"], ["LIV", "LLE", "LIA"]),
        (["a"], ["AXX"]),
        (["x1", "x2"], ["XXX", "XXA"]),
        (["a_b_c_d"], ["ABC"]),
    ],
)
def test_codes_of_compartments(ids, codes):
    assert p.compartment_codes(with_compartments(*ids)) == {**dict(zip(ids, codes, strict=True)), "whole_patient": ""}


@given(st.lists(IDS, min_size=1, max_size=40, unique=True))
def test_codes_of_compartments_are_three_letters_and_unique(ids):
    codes = [c for c in p.compartment_codes(with_compartments(*ids)).values() if c]
    assert len(set(codes)) == len(codes) == len([i for i in ids if i != "whole_patient"])
    assert all(len(c) == 3 and set(c) <= set(string.ascii_uppercase) for c in codes)


def test_numbers_of_lesions_are_two_characters_and_unique():
    numbers = [p.lesion_number(n) for n in range(1, p.MOST_LESIONS + 1)]
    assert numbers[:2] == ["01", "02"] and numbers[98:101] == ["99", "A0", "A1"] and numbers[-1] == "ZZ"
    assert len(set(numbers)) == len(numbers) and {len(n) for n in numbers} == {2}


def test_the_primary_evaluator_has_no_character():
    codes = p.reader_codes({"radiologist_2", "radiologist_1", "investigator"}, with_compartments("a"))
    assert codes == {"investigator": "", "radiologist_1": "2", "radiologist_2": "3"}


@pytest.mark.parametrize("names", [{f"r{i}" for i in range(35)}, {"reader_1", "READER 1"}])
def test_evaluators_that_cannot_be_told_apart_are_refused(names):
    with pytest.raises(TableError, match="evaluators"):
        p.reader_codes(names, with_compartments("a"))


def test_evaluators_by_controlled_terms():
    assert p.evaluator_terms(["investigator", "radiologist_1", "adjudicator"]) == {
        "investigator": ("INVESTIGATOR", None),
        "radiologist_1": ("INDEPENDENT ASSESSOR", "RADIOLOGIST 1"),
        "adjudicator": ("ADJUDICATOR", None),
    }


def test_endpoints_have_the_codes_in_general_use_or_their_initials():
    ids = ["progression_free_survival", "overall_survival", "time_to_next_treatment", "time_to_new_therapy", "relapse"]
    study = {"endpoints": [{"id": i, "kind": "time_to_event"} for i in ids] + [{"id": "orr", "kind": "response"}]}
    assert list(p.endpoint_stems(study).values()) == ["PFS", "OS", "TTN", "TT0", "REL"]


def test_rule_sets_have_a_letter():
    assert p.rule_letters(["study", "ema", "fda", "fancy"]) == {"study": "", "ema": "E", "fancy": "F", "fda": "A"}


def test_compartments_of_one_label_are_told_apart_by_their_ids(study):
    same = copy.deepcopy(study)
    same["compartments"][1]["label"] = same["compartments"][0]["label"]
    assert list(p.compartment_labels(same).values()) == [
        "Mesenteric mass [mesenteric]", "Mesenteric mass [non_mesenteric]", "Whole patient",
    ]  # fmt: skip


@pytest.mark.parametrize("second", [p.Parameter("OVRA", "Two", "x"), p.Parameter("OVRB", "One", "x")])
def test_two_parameters_that_share_a_code_or_a_name_are_refused(second):
    with pytest.raises(ConfigurationError, match="two parameters have the"):
        p.attach(pd.DataFrame({"PARAMCD": ["OVRA"]}), [p.Parameter("OVRA", "One", "x"), second])
