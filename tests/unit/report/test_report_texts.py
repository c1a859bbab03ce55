"""The report speaks both languages in full."""

import re
import string
from pathlib import Path

import pytest

from mesenluth.endpoints.baseline_variables import VARIABLES
from mesenluth.report import baseline_texts, texts
from mesenluth.report.texts import CATALOGUE, about_data, known
from mesenluth.tables.registry import PATIENTS, THERAPIES

SOURCES = Path(texts.__file__).parent
ENGLISH = texts.ENGLISH | baseline_texts.ENGLISH
FRENCH = texts.FRENCH | baseline_texts.FRENCH
NO_WORDS = ("unit.lines", "unit.cycles", "unit.lesions")
"""Units whose characteristic says what is counted."""


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def test_both_languages_say_everything():
    assert list(ENGLISH) == list(FRENCH)
    assert not set(texts.ENGLISH) & set(baseline_texts.ENGLISH)
    empty = {k for catalogue in CATALOGUE.values() for k, words in catalogue.items() if not words.strip()}
    assert empty == set(NO_WORDS)


def test_whatever_table_1_can_hold_has_words_in_both_languages():
    columns = [PATIENTS.column(c) for c in ("sex", "primary_site", "stage")] + [THERAPIES.column("type")]
    levels = {v for c in columns for v in c.allowed} | {"yes", "no", "none"}
    units = {v.unit for v in VARIABLES.values() if v.unit not in ("", "score")} | {"SUV", "Krenning score"}
    wanted = {f"variable.{v}" for v in VARIABLES} | {f"level.{v}" for v in levels} | {f"unit.{u}" for u in units}
    assert wanted <= set(ENGLISH)


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_both_languages_name_the_same_numbers(key):
    assert fields(ENGLISH[key]) == fields(FRENCH[key])


def test_no_words_are_left_over():
    code = "".join(p.read_text(encoding="utf-8") for p in SOURCES.glob("*.py") if not p.name.endswith("texts.py"))
    groups = {k.rsplit(".", 1)[0] for k in re.findall(r'text\(lang, f"([a-z_.]+)\.\{', code)}
    groups |= set(re.findall(r'known\(lang, "([a-z]+)"', code))
    groups |= set(re.findall(r"text\(lang, f'([a-z_.]+)\.\{", code))
    # Titles of sections are looked up by the section's own name.
    groups |= {k.rsplit(".", 1)[0] for k in ENGLISH if k.endswith(".title")} if 'f"{name}.title"' in code else set()
    used = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)*)"', code)) | set(re.findall(r"'([a-z_]+(?:\.[a-z_]+)*)'", code))
    assert {k for k in ENGLISH if k not in used and k.rsplit(".", 1)[0] not in groups} == set()


def study(data: str, **over):
    return {
        "study": {"data": data, "notice": {"en": "Made up.", "fr": "Inventé."}, **over},
        "figures": {"language": "en"},
        "published": {"items": [{}]},
    }


def test_the_notice_is_that_of_the_study():
    assert about_data(study("synthetic")) == "Made up."
    assert about_data(study("public")) == "Made up."
    assert about_data(study("synthetic", notice=None)) == ("Synthetic data, built to match the published aggregates.")


def test_a_registry_has_no_notice_even_if_it_inherits_one():
    assert about_data(study("registry")) == ""


def test_values_without_words_are_printed_as_they_are():
    assert known("fr", "statistic", "median") == "médiane, mois"
    assert known("fr", "statistic", "new_thing") == "new thing"
