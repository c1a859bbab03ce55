"""From a number to its patients, and from a patient to the records."""

import base64
import gzip
import json
import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "endpoints"))
from test_endpoints_cohorts import default_study
from test_endpoints_estimate import published_like

from mesenluth.endpoints.estimate import estimate
from mesenluth.report.ask.answers import Answers
from mesenluth.report.ask.embed import PARTS, details, hold, pack
from mesenluth.report.questions import of_estimate
from mesenluth.tables.io import empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS


@pytest.fixture(scope="module")
def whole():
    study = {**default_study(), "report": {"mode": "internal"}}
    given = published_like()
    given = {**given, **estimate(given, study)}
    for part in PARTS.values():
        given.setdefault(part.table, empty({**REGISTRY, **RESULTS}[part.table]))
    return given, study


def test_the_patients_behind_every_proportion_and_every_curve_are_as_many_as_it_counts(whole):
    given, study = whole
    answers, checked = Answers(given, study), 0
    for row in given["estimates"].to_dict("records"):
        if row["statistic"] in ("proportion", "events") and pd.notna(row["denominator"]) and row["denominator"]:
            answer = answers.of(of_estimate(row))
            counts = {words: len(who) for words, who in answer.groups}
            assert sum(counts.values()) == row["denominator"], row
            assert counts.get("With the event", counts.get("Event", 0)) == row["numerator"], row
            checked += 1
    assert checked > 40


def test_the_patients_of_the_published_responders_are_those_of_the_best_responses(whole):
    given, study = whole
    answer = Answers(given, study).of("estimate:objective_response:mesenteric:investigator:study:included::")
    words, who = answer.groups[0]
    best = given["best_responses"]
    mine = best[(best["compartment"] == "mesenteric") & best["best_response"].isin(["CR", "PR"])]
    assert words == "With the event"
    assert set(given["cohort"]["patient_id"].iloc[who]) == set(mine["patient_id"])


def test_what_is_no_count_of_patients_leads_nowhere(whole):
    answers = Answers(*whole)
    question = "estimate:tumour_growth_rate:mesenteric:investigator:study:evaluable::"
    assert answers.all_of([question]) == {}


def test_a_patient_is_told_by_his_rows_alone_and_in_their_order(whole):
    given, study = whole
    blocks = details(given, study)
    patients = given["cohort"]["patient_id"].tolist()
    times = given["time_to_event"]
    for i in (0, len(patients) - 1):
        rows = blocks[i // 100]["times"][i % 100]
        assert len(rows) == (times["patient_id"] == patients[i]).sum()
    total = sum(len(rows) for block in blocks for rows in block["timepoints"])
    assert total == len(given["timepoint_responses"])


def test_the_page_holds_what_was_packed_and_the_same_bytes_each_time(whole):
    given, study = whole
    question = "estimate:objective_response:mesenteric:investigator:study:included::"
    held = hold(given, study, [question, question, "estimate:no_such:x:y:study:included::"])
    assert held.answered == {question}
    assert held == hold(given, study, [question])
    assert json.loads(gzip.decompress(base64.b64decode(pack({"a": [1, None, "é"]})))) == {"a": [1, None, "é"]}
