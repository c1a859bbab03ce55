"""Variants in words: every definition the default study varies has some, in both languages, and no word is left over."""

import string
from pathlib import Path

import pandas as pd
import pytest
import yaml

from mesenluth import study as studies
from mesenluth.sensitivity.summary import effects, with_change
from mesenluth.sensitivity.variants import EACH, Variant, shown, variants
from mesenluth.sensitivity.words import (
    ENGLISH,
    FRENCH,
    changes_of,
    definition_words,
    variant_words,
    written,
    written_keys,
)

ROOT = Path(__file__).resolve().parents[3]


def test_both_languages_have_words_for_the_same_definitions():
    assert list(ENGLISH) == list(FRENCH)
    for key in ENGLISH:
        names = [
            {name for _, name, _, _ in string.Formatter().parse(words[key]) if name} for words in (ENGLISH, FRENCH)
        ]
        assert names[0] == names[1], key
        assert names[0] == ({"entry"} if EACH in key else {"value"} if " = " not in key else set()), key


def test_words_are_about_switches_of_the_study_file():
    schema = yaml.safe_load((ROOT / studies.SCHEMA).read_text())
    for key in ENGLISH:
        way, _, value = key.partition(" = ")
        section, *_, last = way.split(".")
        rule = schema["properties"][section]
        about = (rule.get("items") or rule)["properties"][last]
        if value and "enum" in about:
            assert value in [shown(v) for v in about["enum"]], key


@pytest.mark.parametrize(
    ("key", "value", "lang", "words"),
    [
        ("response.min_sd_days", "84", "en", "Stable disease for 84 days or more"),
        ("response.max_not_evaluable", "null", "en", "Unreadable scans allowed before confirmation: any"),
        ("compartments.mesenteric.measure_axis", "short", "en", "Mesenteric mass: short axis"),
        ("compartments.mesenteric.measure_axis", "short", "fr", "Masse mésentérique\u00a0: petit axe"),
        ("clinical.attributed", "non_mesenteric", "en", "Symptoms attributed to: non mesenteric"),
        ("density.modalities", '["CT", "PET-CT"]', "en", "Choi: densities on CT, PET-CT"),
        ("elsewhere.some_switch", "[1, 2]", "en", "elsewhere, some switch: [1, 2]"),
        ("elsewhere.some_switch", "on", "fr", "elsewhere, some switch\u00a0: on"),
    ],
)
def test_a_definition_in_words_and_a_key_without_words_written_out(key, value, lang, words):
    assert definition_words(key, value, studies.load(ROOT), lang) == words


def test_a_pair_is_read_back_from_its_row():
    pair = Variant((("response.timing", "window"), ("response.timing_window_days", [90, 270])))
    value = written([v for _, v in pair.changes])
    assert value == "window and [90, 270]"
    key = "response.timing and response.timing_window_days"
    assert changes_of(key, value) == [("response.timing", "window"), ("response.timing_window_days", "[90, 270]")]
    assert variant_words(None, None, {}, "en") == ""
    assert " + " in variant_words(key, value, {}, "en")


def test_what_is_printed_alike_has_not_moved():
    """One day more in a median of 50 months changes no printed digit; no median instead of one is another estimate."""
    rows = pd.DataFrame(
        {
            "position": [0, 1, 2, 3, 4],
            "key": [None, "a", "b", "c", "d"], "value": [None, "1", "1", "1", "1"], "study_value": [None, *"0000"],
            "endpoint": "e", "compartment": "c", "statistic": "median",
            "estimate": [50.0, 50.03, None, 51.0, 50.0], "study_estimate": [50.0] * 5,
            "difference": [0.0, 0.03, None, 1.0, 0.0], "moved": [False, False, True, True, True],
        }
    )  # fmt: skip
    assert with_change(rows)["change"].tolist() == ["none", "none", "estimate", "estimate", "detail"]
    study = {"primary": {"endpoint": "e", "compartment": "c"}}
    assert effects(rows, study)["effect"].tolist() == ["nothing", "primary", "primary", "detail"]
    study = {"primary": {"endpoint": "other", "compartment": "c"}}
    assert effects(rows, study)["effect"].tolist() == ["nothing", "other", "other", "detail"]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_definition_that_the_default_study_varies_has_words_of_its_own(lang):
    study = studies.load(ROOT)
    written_out = [
        f"{key} = {value}"
        for variant in variants(study)
        for key, value in changes_of(written_keys(variant), written([v for _, v in variant.changes]))
        if definition_words(key, value, study, lang).startswith(f"{key.split('.')[0]}, ")
    ]
    assert written_out == []
