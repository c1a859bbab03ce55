"""The study file: every mistake is refused before any job starts, naming the key, the value and what is allowed."""

import datetime
import json

import pytest

from mesenluth.errors import ConfigurationError
from mesenluth.study import SECTIONS, load, merge, read_yaml, settings


def refused(root, changes) -> str:
    with pytest.raises(ConfigurationError) as error:
        load(root, changes=changes)
    return str(error.value)


def test_the_default_study_is_right(study):
    assert study["study"]["id"] == "mesenluth"


@pytest.mark.parametrize("path", [f"studies/{s}.yaml" for s in ("admiralonco", "cdisc_pilot", "cdisc_pilot_recist")])
def test_the_other_studies_are_right(root, path):
    assert load(root, root / path)["published"] is None


def label(text="x"):
    return {"en": text, "fr": text}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"respons": {}}, ["unknown key respons", "response"]),
        ({"response": {"pr_decrease": 30}}, ["unknown key response.pr_decrease", "pr_decrease_percent"]),
        ({"response": {"pr_decrease_percent": "30 %"}}, ["response.pr_decrease_percent: '30 %'", "number"]),
        ({"survival": {"death": "evnt"}}, ["survival.death: 'evnt'", "event, censor, competing"]),
        ({"cut": {"date": "2023-02-30"}}, ["cut.date: '2023-02-30'", "a date of the calendar"]),
        ({"cut": {"date": datetime.date(2023, 6, 30)}}, ["cut.date", "write the date in quotes"]),
        ({"response": {"pd_increase_mm": 5.0001}}, ["response.pd_increase_mm: 5.0001", "whole micrometres"]),
        ({"output": "../elsewhere"}, ["output: '../elsewhere'"]),
        ({"study": {"id": "../x"}}, ["study.id: '../x'"]),
        ({"source": {"path": None}}, ["source.path: None", "string"]),
        ({"source": {"kind": "oracle"}}, ["source.kind: 'oracle'", "synthetic, drawn, sqlite, postgresql, files, redcap, redcap_api, sdtm"]),
        ({"primary": {"endpoint": "orr"}}, ["primary.endpoint: 'orr'", "objective_response"]),
        ({"primary": {"compartment": "liver"}}, ["primary.compartment: 'liver'", "mesenteric, non_mesenteric, whole"]),
        ({"endpoints": [{"id": "objective_response", "kind": "response", "categories": ["CR"], "compartments": ["mesenteric"], "label": label()}]},
         ["published.items[3].estimate.endpoint: 'metabolic_response'", "published: null"]),
        ({"exports": {"adam": ["sas7bdat"]}}, ["exports.adam[0]: 'sas7bdat'", "parquet, json, ndjson, xpt"]),
        ({"clinical": {"terms": ["ache"]}}, ["clinical.terms: 'ache'", "abdominal_pain"]),
        ({"clinical": {"window_days": [90, 1]}}, ["clinical.window_days", "the earlier day first"]),
        ({"growth": {"window_days": [120, 60]}}, ["growth.window_days: [120, 60]", "the earlier day first"]),
        ({"growth": {"measure": "area"}}, ["growth.measure: 'area'", "volume, diameter"]),
        ({"density": {"method": "mchoi"}}, ["density.method: 'mchoi'", "choi, none"]),
        ({"quality": {"min_rows": {"patient": 1}}}, ["quality.min_rows: no table 'patient'", "patients"]),
        (
            {"compartments": [{"id": "a", "label": label(), "measure_axis": "longest",
                               "where": {"column": "mesentric_mass", "is": True}}],
             "published": None, "primary": {"compartment": "a"}, "endpoints": [
                 {"id": "objective_response", "kind": "response", "categories": ["CR"], "compartments": ["a"], "label": label()}]},
            ["compartments[0].where.column: table lesions has no column 'mesentric_mass'", "mesenteric_mass"],
        ),
        (
            {"population": {"eligibility": [{"id": "x", "label": label(), "table": "lesion", "where": {"column": "a", "is": True}}]}},
            ["population.eligibility[0].table: 'lesion'", "baseline_lesions"],
        ),
        (
            {"endpoints": [{"id": "objective_response", "kind": "response", "label": label(), "compartments": ["mesenteric"]}]},
            ["endpoints[0]", "categories", "is missing"],
        ),
    ],
    ids=lambda v: json.dumps(v, default=str)[:40] if isinstance(v, dict) else "",
)  # fmt: skip
def test_a_mistake_is_refused_by_name(root, changes, says):
    message = refused(root, changes)
    for part in says:
        assert part in message


SWITCHES = [
    "compartments[].measure_axis", "response.measurable_mm", "response.measurable_node_mm", "population.eligibility",
    "response.target_limits_scope", "response.new_lesion_rule", "response.timing", "response.confirmation_interval_days",
    "response.primary_confirmation", "response.min_sd_days", "response.pr_sticky", "response.max_not_evaluable",
    "response.accept_sd", "response.cr_then_pr", "response.missing_as_ne", "survival.no_baseline",
    "survival.censoring_assessment", "response.progression_date", "response.response_date",
    "metabolic.method", "clinical.rule", "survival.death", "survival.other_compartment_progression",
    "survival.new_therapy", "survival.max_gap_days", "time.origin", "time.month_days", "time.add_one_day",
    "statistics.km_interval",
]  # fmt: skip


@pytest.mark.parametrize("switch", SWITCHES)
def test_every_open_definition_has_its_key_and_a_reason(root, study, switch):
    section, key = switch.split(".")
    values = study[section.removesuffix("[]")]
    for part in values if isinstance(values, list) else [values]:
        assert key in part
    text = (root / "config.yaml").read_text()
    line = next(line for line in text.splitlines() if line.strip().startswith(f"{key}:"))
    assert "#" in line, f"{switch} has no reason beside it"


def test_mappings_are_merged_and_lists_replaced():
    base = {"a": {"x": 1, "y": 2}, "b": [1, 2], "c": {"d": 1}}
    assert merge(base, {"a": {"y": 3}, "b": [9], "c": None}) == {"a": {"x": 1, "y": 3}, "b": [9], "c": None}


def test_a_key_that_stands_twice_is_refused(tmp_path):
    path = tmp_path / "twice.yaml"
    path.write_text("cut:\n  date: '2020-01-01'\n  date: '2021-01-01'\n")
    with pytest.raises(ConfigurationError, match=r"twice\.yaml.*line 3: the key 'date' stands twice"):
        read_yaml(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a: [1, 2", "not readable as YAML"),
        (b"- a\n- b\n", "holds no mapping"),
        (b"\xff\xfe", "not UTF-8"),
        (b"a: !!python/object/apply:os.system ['true']", "not readable as YAML"),
        (b"", "holds no mapping"),
        (b"? [a]\n: 1\n", "not readable as YAML"),
    ],
)
def test_a_file_that_is_no_study_is_refused(tmp_path, content, says):
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=says):
        read_yaml(path)


def test_a_missing_study_file_is_named(root, tmp_path):
    with pytest.raises(ConfigurationError, match=r"nowhere\.yaml: no such file"):
        load(root, tmp_path / "nowhere.yaml")


def test_settings_are_the_same_whatever_the_order_of_keys(study):
    turned = dict(reversed(study.items()))
    for step in SECTIONS:
        assert settings(study, step) == settings(turned, step)
        assert "\n" not in settings(study, step)


def test_a_step_depends_on_its_sections_alone(study):
    changed = merge(study, {"figures": {"language": "fr"}})
    moved = {step for step in SECTIONS if settings(study, step) != settings(changed, step)}
    assert moved == {"figures", "report", "page"}
