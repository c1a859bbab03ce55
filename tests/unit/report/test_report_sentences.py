"""The texts of the tables in French: every one that the endpoints can give, with its numbers."""

import copy
import string
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "endpoints"))
from test_endpoints_cohorts import default_study, news, patient, scan, series, tables
from test_endpoints_estimate import published_like

from mesenluth.endpoints.cohorts import WHOLE_PATIENT
from mesenluth.endpoints.definitions import in_words
from mesenluth.endpoints.estimate import RATES, estimate
from mesenluth.figures.language import label
from mesenluth.report.comparison import comparison_markdown, labels
from mesenluth.report.phrases import PHRASES
from mesenluth.report.sentences import FIELD, sentence, without_words
from mesenluth.sensitivity.variants import variants

COLUMNS = ("text", "method", "test", "hypothesis", "reason")


def fr(text, **names):
    return sentence("fr", text, names).replace("\u00a0", " ")


def changed(**sections):
    study = default_study()
    for section, values in sections.items():
        study[section] = {**study[section], **values}
    return study


ONE = {
    "cohort": [patient("A")],
    "best_responses": [series("A", best="NE")],
    "timepoint_responses": [scan("A", 90, "PD")],
    "follow_up": [news("A", 365, "dead")],
}
MANY = {
    "cohort": [patient(p) for p in "ABCDEFGHIJ"],
    "best_responses": [series(p, best="PR" if p < "C" else "NED") for p in "ABCDEFGHIJ"],
    "timepoint_responses": [scan(p, 100 * i, "PD") for i, p in enumerate("ABCDEFGHIJ", 1)],
    "follow_up": [news(p, 1000 + 300 * i, "dead" if i % 2 else "alive") for i, p in enumerate("ABCDEFGHIJ", 1)],
}
STUDIES = {
    "published": (published_like(), default_study()),
    "nobody": (tables(), default_study()),
    "one": (tables(**ONE), default_study()),
    "many": (tables(**MANY), default_study()),
    "greater": (published_like(), changed(primary={"hypothesis": {"alternative": "greater", "rate_percent": 2.5,
                                                                  "alpha": 0.025}})),
    "shown": (published_like(), changed(primary={"hypothesis": {"alternative": "less", "rate_percent": 50,
                                                                "alpha": 0.05}})),
    "others": (
        tables(**MANY),
        changed(
            response={"primary_confirmation": "confirmed", "timing": "window", "stop_at_new_therapy": False},
            metabolic={"method": "suvmax", "same_tracer": False},
            clinical={"rule": "any_improvement", "attributed": "any"}, complications={"attributed": "any"},
            survival={"death": "censor", "other_compartment_progression": "censor", "new_therapy": "event",
                      "no_baseline": "count", "censoring_assessment": "any", "max_gap_days": 365},
            statistics={"km_interval": "arcsine", "proportion_interval": "jeffreys", "confidence": 0.9},
            time={"origin": "baseline_scan", "month_days": 30},
        ),
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=STUDIES)
def computed(request):
    given, study = STUDIES[request.param]
    return estimate(given, study), study


def test_every_text_of_the_estimates_has_its_french(computed):
    results, _ = computed
    texts = {t for c in COLUMNS for t in results["estimates"][c].dropna()}
    assert {t: without_words(t) for t in texts if without_words(t)} == {}


def test_every_definition_beside_the_published_figures_has_its_french(computed):
    results, study = computed
    compared = results["published_comparison"]
    texts = {t for c in ("published", "computed", "definition", "note") for t in compared[c].dropna()}
    known = [*labels(study, "fr"), "median", "proportion"]
    assert {t: without_words(t, known) for t in texts if without_words(t, known)} == {}


def test_every_definition_of_every_variant_has_its_french():
    """Each endpoint in each of its compartments, by each alternative that the default study's sensitivity tries."""
    study = default_study()
    assert {e["kind"] for e in study["endpoints"]} == {*RATES, "time_to_event"}
    texts = {
        in_words(endpoint["id"], compartment, varied)
        for varied in (variant.apply(study) for variant in variants(study))
        for endpoint in varied["endpoints"]
        for compartment in endpoint.get("compartments") or [WHOLE_PATIENT]
    }
    assert len(texts) > 100
    known = labels(study, "fr")
    assert {t: without_words(t, known) for t in texts if without_words(t, known)} == {}


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("2/52 (3.8 %; 95 % CI 0.5-13.2)", "2/52 (3,8 % ; IC à 95 % 0,5-13,2)"),
        ("0/0 (not estimable)", "0/0 (non estimable)"),
        ("-3.8 points (95 % CI -14.8 to 6.6)", "−3,8 points (IC à 95 % −14,8 à 6,6)"),
        ("1 event in 1 patient", "1 événement chez 1 patient"),
        ("0 events in 52 patients", "0 événement chez 52 patients"),
        ("8 complications in 4 patients", "8 complications chez 4 patients"),
        ("61.7 (45.4-not reached)", "61,7 (45,4-non atteint)"),
        ("2/52 against 50 %: p < 0.001", "2/52 contre 50 % : p < 0,001"),
        ("not estimable: no patients", "non estimable : aucun patient"),
        (
            "not reached: the curve stays at 81.5 % from 11.5 months on; longest follow-up 94.2 months",
            "non atteint : la courbe reste à 81,5 % à partir de 11,5 mois ; suivi le plus long 94,2 mois",
        ),
        (
            "3 of 5 patients could not be judged (1 not evaluable, 1 not assessed and 1 nothing in this compartment at"
            " baseline) and count as without the event",
            "3 patients sur 5 sans évaluation possible (1 non évaluable, 1 sans examen et 1 sans maladie dans ce"
            " compartiment à l'inclusion), comptés sans l'événement",
        ),
    ],
)
def test_french(english, french):
    assert fr(english) == french


def test_names_of_the_study_file_are_put_by_the_page():
    assert fr("mesenteric only 2, non_mesenteric only 4", mesenteric="Masse", non_mesenteric="Autres lésions") == (
        "Masse uniquement 2, Autres lésions uniquement 4"
    )
    assert sentence("en", "mesenteric only 2", {"mesenteric": "Masse"}) == "mesenteric only 2"


def test_what_has_no_french_stays_as_it_is_and_is_found():
    assert fr("three wise men; not reached") == "three wise men ; non atteint"
    assert without_words("three wise men; not reached") == ["three wise men"]
    assert sentence("fr", None) == sentence("fr", float("nan")) == ""


@pytest.mark.parametrize("english", sorted(PHRASES))
def test_a_phrase_keeps_its_fields(english):
    assert set(FIELD.findall(english)) == set(FIELD.findall(PHRASES[english]))


@given(st.text(alphabet=string.printable, max_size=60))
def test_no_text_is_lost(text):
    """Whatever stands in a reason comes out, in French or as it is."""
    assert bool(sentence("fr", text).strip()) == bool(text.strip())


def test_a_french_page_holds_no_english_definition():
    given, study = STUDIES["published"]
    study = copy.deepcopy(study)
    study["figures"] = {**study["figures"], "language": "fr"}
    page = comparison_markdown(estimate(given, study)["published_comparison"], study)
    for words in ("as read by", "of all patients", "open in the abstract", "not reached", "best response"):
        assert words not in page
    assert label(study["published"]["items"][0]["open"], "fr").replace('"', "") in page.replace("\u00a0", " ")
