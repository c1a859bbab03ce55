"""The whole way: what was planted is found and nothing else, and the published figures come out of what is left."""

import csv
from pathlib import Path

import pytest

from mesenluth.endpoints.estimate import estimate
from mesenluth.quality.engine import validate
from mesenluth.registry.cut import with_record_ids
from mesenluth.registry.extract import extract
from mesenluth.registry.source import read
from mesenluth.response.classify import classify
from mesenluth.simulate.registry import generate
from mesenluth.study import load
from mesenluth.tables.extracted import stored
from mesenluth.tables.io import conform
from mesenluth.tables.registry import REGISTRY

ROOT = Path(__file__).resolve().parents[3]
CONTRADICTION = "responses.contradicts_measurements"


def _other_figures(study):
    """Other published figures than the study's: the registry must give these."""
    values = {i["id"]: i["value"] for i in study["published"]["items"]}
    values["included"]["count"] = 40
    values["mesenteric_orr"].update(numerator=3, denominator=40, percent=8)
    values["non_mesenteric_orr"].update(numerator=9, denominator=40, percent=23)
    values["mesenteric_metabolic_response"].update(numerator=2, denominator=40)
    values["non_mesenteric_metabolic_response"].update(numerator=7, percent=18)
    values["clinical_response"].update(numerator=5, denominator=17, percent=29)
    values["complications"].update(numerator=6)
    values["non_mesenteric_pfs"].update(median=30.2, ci_low=21.4, ci_high=41.7)
    return study


@pytest.fixture(scope="module", params=["published", "other figures"])
def run(request, tmp_path_factory):
    """Study, manifest, extracted tables, judgement, responses and estimates of a small registry."""
    folder = tmp_path_factory.mktemp("found")
    study = load(ROOT)
    study["source"].update(patients=320, path=str(folder / "registry.sqlite"))
    if request.param != "published":
        _other_figures(study)
    generate(study, folder / "registry.sqlite")
    with open(folder / "registry.defects.csv", newline="") as stream:
        manifest = list(csv.DictReader(stream))
    delivery = read(study, ROOT)
    texts = {n: conform(with_record_ids(n, delivery.tables[n]), stored(n)) for n in REGISTRY}
    extracted = extract(texts, delivery.readings, study["cut"]["date"])
    judged = validate(extracted.tables, extracted.unreadable, study)
    responses = classify(judged.accepted, study)
    estimates = estimate({**judged.accepted, **responses}, study)
    return study, manifest, extracted, judged, responses, estimates


def _found(frame):
    return {(r, k.split(":")[1]) for r, k in zip(frame["rule"], frame["record_id"], strict=True)}


def test_every_planted_defect_is_found_and_nothing_else(run):
    _, manifest, _, judged, _, _ = run
    planted = {(d["rule"], d["source_key"]): d["severity"] for d in manifest if d["rule"] != CONTRADICTION}
    assert len(planted) > 100
    assert _found(judged.findings) == set(planted)
    severities = zip(judged.findings["rule"], judged.findings["record_id"], judged.findings["severity"], strict=True)
    assert all(planted[r, k.split(":")[1]] == s for r, k, s in severities)


def test_recorded_responses_contradict_only_where_planted(run):
    _, manifest, _, _, responses, _ = run
    compared = responses["response_disagreements"]
    against = {k.split(":")[1] for k in compared.loc[~compared["agrees"].astype(bool), "record_id"]}
    assert against == {d["source_key"] for d in manifest if d["rule"] == CONTRADICTION}
    assert len(compared) > 10 * len(against) > 0


def test_the_published_figures_come_out(run):
    study, _, _, _, _, estimates = run
    compared = estimates["published_comparison"]
    assert len(compared) == len(study["published"]["items"])
    assert compared["agrees"].all(), compared[["item", "published", "computed"]].to_string()


def test_every_criterion_keeps_somebody_out_for_sure_or_as_unknown(run):
    study, _, _, _, responses, _ = run
    out = responses["cohort"].dropna(subset=["excluded_by"])
    assert set(out["excluded_by"]) == {c["id"] for c in study["population"]["eligibility"]}
    unknown = set(out.loc[out["excluded_because"] == "unknown", "excluded_by"])
    assert {"advanced_si_net", "mesenteric_mass", "retractile"} <= unknown


def test_with_every_row_analysed_other_figures_come_out(run):
    study, _, extracted, _, _, _ = run
    tables = {}
    for name, frame in extracted.tables.items():
        required = [c.name for c in REGISTRY[name].columns if c.required]
        whole = frame.dropna(subset=required).drop_duplicates(list(REGISTRY[name].key))
        tables[name] = conform(whole, REGISTRY[name])
    responses = classify(tables, study)
    compared = estimate({**tables, **responses}, study)["published_comparison"]
    assert not compared["agrees"].all()


def test_rows_after_the_cut_are_there_to_be_left_out(run):
    _, _, extracted, _, _, _ = run
    counts = extracted.counts.set_index("table")["after_cut"]
    assert (counts[["scans", "measurements", "follow_up"]] > 0).all()
