"""Words and numbers of figures in both languages."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_figures_samples import study

from mesenluth.errors import ConfigurationError
from mesenluth.figures import language
from mesenluth.figures.texts import CATALOGUE, PARTS, notice, text

ENGLISH, FRENCH = ({k: w for part in PARTS for k, w in part[lang].items()} for lang in ("en", "fr"))


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def test_both_languages_say_everything():
    assert set(ENGLISH) == set(FRENCH)
    assert list(ENGLISH) == list(FRENCH)
    assert len(ENGLISH) == sum(len(part["en"]) for part in PARTS), "a key stands in two catalogues"
    assert all(words.strip() for catalogue in CATALOGUE.values() for words in catalogue.values())


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_both_languages_name_the_same_numbers(key):
    assert fields(ENGLISH[key]) == fields(FRENCH[key])


def test_french_is_not_english():
    same = {k for k in ENGLISH if ENGLISH[k] == FRENCH[k]}
    # What is written alike in both languages.
    assert same == {
        "n", "km.y", "bland.y", "waterfall.response.NON-CR/NON-PD", "waterfall.response.PD", "sensitivity.percent",
        "sensitivity.none", "sensitivity.share", "table.patients", "table.administrations", "forest.percent",
        "cif.cause.progression", "follow_up.patients", "swimmer.progression", "habits.percent",
    }  # fmt: skip


def test_french_double_punctuation_never_starts_a_line():
    for words in CATALOGUE["fr"].values():
        assert not re.search(r" [:;!?%»]", words), words


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_number_stays_on_the_line_of_what_it_counts(lang):
    assert text(lang, "n", n="1") == "n\u00a0=\u00a01"
    assert " 7" not in text(lang, "flow.not_met", n="7")


@pytest.mark.parametrize(
    ("value", "lang", "decimals", "signed", "printed"),
    [
        (10_000, "en", 0, False, "10,000"),
        (10_000, "fr", 0, False, "10\u202f000"),
        (50.3, "en", 1, False, "50.3"),
        (50.3, "fr", 1, False, "50,3"),
        (-30, "en", 0, True, "\u221230"),
        (-42.5, "en", 0, True, "\u221243"),
        (0.125, "en", 2, False, "0.13"),
        (20, "fr", 0, True, "+20"),
        (-0.04, "en", 1, True, "0.0"),
        (0, "en", 0, True, "0"),
        (float("nan"), "en", 0, False, "–"),
    ],
)
def test_numbers_are_printed_as_each_language_writes_them(value, lang, decimals, signed, printed):
    assert language.number(value, lang, decimals, signed) == printed


@given(st.integers(-(10**9), 10**9), st.sampled_from(["en", "fr"]))
def test_printed_integers_read_back(value, lang):
    digits = re.sub("[,\u202f]", "", language.number(value, lang)).replace("\u2212", "-")
    assert int(digits) == value


def test_labels_fall_back_to_english_then_to_the_id():
    assert language.label({"en": "Liver", "fr": "Foie"}, "fr") == "Foie"
    assert language.label({"en": "Liver"}, "fr") == "Liver"
    assert language.label("Liver", "fr") == "Liver"
    assert language.label(None, "fr", "liver") == "liver"


def test_unknown_language_is_refused():
    with pytest.raises(ConfigurationError, match=r"figures\.language: 'de'"):
        language.language({"figures": {"language": "de"}})


def test_notice_follows_the_data():
    settings = study()
    assert notice(settings) == "Synthetic data, built to match the published aggregates"
    assert notice(study("fr")).startswith("Données synthétiques")
    settings["published"] = {"items": []}
    assert notice(settings) == "Synthetic data"
    settings["study"]["data"] = "public"
    assert notice(settings) == "Public test data"
    settings["study"]["data"] = "registry"
    assert notice(settings) == ""
