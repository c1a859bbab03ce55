"""The catalogue: every mistake in rules.yaml is refused with file, rule and key; contracts give their rules."""

import copy

import pytest
import yaml
from test_quality_rules import STUDY, change, clean, frames

from mesenluth.errors import ConfigurationError
from mesenluth.quality.catalogue import RULES, contract_rules, load, of_study, resolve
from mesenluth.quality.engine import validate
from mesenluth.study import load as load_study
from mesenluth.study import settings
from mesenluth.tables.extracted import UNREADABLE
from mesenluth.tables.io import empty
from mesenluth.tables.registry import REGISTRY

GOOD = {
    "id": "scans.night",
    "table": "scans",
    "severity": "warning",
    "columns": ["modality"],
    "message": "an ultrasound",
    "why": "RECIST does not use it",
    "source": "RECIST 1.1, 3.2",
    "condition": {"column": "modality", "equals": "ultrasound"},
}
CHECKED = {k: v for k, v in GOOD.items() if k != "condition"} | {
    "check": "scan_gap",
    "parameters": {"days": {"study": "quality.max_gap_days"}},
    "message": "more than {days} days",
}


def write(tmp_path, *rules, raw=None):
    path = tmp_path / "my_rules.yaml"
    path.write_text(raw if raw is not None else yaml.safe_dump({"rules": list(rules)}), encoding="utf-8")
    return path


def test_a_condition_rule_needs_no_python(tmp_path):
    catalogue = load(write(tmp_path, GOOD))
    registry = clean()
    change("scans", "A-s1", modality="ultrasound")(registry)
    result = validate(frames(registry), empty(UNREADABLE), STUDY, catalogue)
    assert list(result.findings["rule"]) == ["scans.night"]
    assert list(result.findings["record_id"]) == ["scans:A-s1"]
    assert list(result.findings["observed"]) == ["modality=ultrasound"]
    assert list(result.findings["disposition"]) == ["flagged"]


@pytest.mark.parametrize(
    ("base", "edits", "says"),
    [
        (GOOD, {"id": None}, ["rules[0]", "id"]),
        (GOOD, {"id": "night"}, ["rule night", "id", "<table>.<name>"]),
        (GOOD, {"id": "lesions.night"}, ["rule lesions.night", "id"]),
        (GOOD, {"id": "scans.modality.allowed"}, ["id"]),
        (GOOD, {"table": "scan"}, ["rule scans.night", "table", "'scan'", "scans"]),
        (GOOD, {"table": ["scans"]}, ["rule scans.night", "table", "['scans']"]),
        (GOOD, {"severity": "fatal"}, ["rule scans.night", "severity", "'fatal'", "error, warning, info"]),
        (GOOD, {"columns": []}, ["rule scans.night", "columns"]),
        (GOOD, {"columns": ["modal"]}, ["rule scans.night", "columns", "'modal'", "modality"]),
        (GOOD, {"message": ""}, ["rule scans.night", "message"]),
        (GOOD, {"message": "more than {days}"}, ["rule scans.night", "message", "{days}"]),
        (GOOD, {"message": "more than {days"}, ["rule scans.night", "message"]),
        (GOOD, {"why": 3}, ["rule scans.night", "why"]),
        (GOOD, {"source": None}, ["rule scans.night", "source"]),
        (GOOD, {"wy": "x"}, ["rule scans.night", "wy", "unknown key"]),
        (GOOD, {"condition": "modality"}, ["rule scans.night", "condition"]),
        (GOOD, {"condition": {"column": "modal", "equals": "CT"}}, ["rule scans.night", "condition", "'modal'"]),
        (GOOD, {"condition": {"column": "modality", "equals": "ct"}}, ["rule scans.night", "condition", "'ct'"]),
        (GOOD, {"check": "scan_gap"}, ["rule scans.night", "condition, check", "one of the two"]),
        (GOOD, {"parameters": {"days": 3}}, ["rule scans.night", "parameters"]),
        (CHECKED, {"check": None}, ["rule scans.night", "condition, check"]),
        (CHECKED, {"check": "gap"}, ["rule scans.night", "check", "'gap'", "scan_gap"]),
        (CHECKED, {"check": ["scan_gap"]}, ["rule scans.night", "check"]),
        (CHECKED, {"check": "cycle_numbering"}, ["rule scans.night", "check", "administrations"]),
        (CHECKED, {"parameters": None, "message": "x"}, ["rule scans.night", "parameters", "days"]),
        (CHECKED, {"parameters": {"days": 3, "x": 1}}, ["rule scans.night", "parameters", "exactly days"]),
        (CHECKED, {"parameters": {"days": "three"}}, ["rule scans.night", "parameters.days", "a number"]),
        (CHECKED, {"parameters": {"days": True}}, ["rule scans.night", "parameters.days", "a number"]),
        (CHECKED, {"parameters": {"days": {"studies": "x"}}}, ["rule scans.night", "parameters.days", "study"]),
        (
            CHECKED,
            {"check": "column_exceeds", "message": "x", "parameters": {"column": "scan_date", "other": "date"}},
            ["rule scans.night", "parameters.other", "'date'"],
        ),
        (
            CHECKED,
            {
                "id": "lesions.many", "table": "lesions", "columns": ["role"], "check": "too_many_targets",
                "message": "x", "parameters": {"limit": 5, "scope": 5},
            },
            ["rule lesions.many", "parameters.scope", "text"],
        ),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path, base, edits, says):
    rule = {k: v for k, v in {**copy.deepcopy(base), **edits}.items() if v is not None}
    with pytest.raises(ConfigurationError) as error:
        load(write(tmp_path, rule))
    for part in ["my_rules.yaml", *says]:
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("rules: [a", "not readable as YAML"),
        ("- a", "not a catalogue"),
        ("rules: {}", "not a catalogue"),
        ("rules: []\nmore: 1", "not a catalogue"),
        ("rules: [a]", "rules[0]: 'a' is not a rule"),
        ("rules:\n  - id: scans.x\n    table: scans\n    id: scans.y\n", "line 2: the key 'id' stands twice"),
    ],
)
def test_files_that_are_no_catalogue(tmp_path, raw, says):
    with pytest.raises(ConfigurationError) as error:
        load(write(tmp_path, raw=raw))
    assert "my_rules.yaml" in str(error.value) and says in str(error.value)


def test_the_same_id_twice(tmp_path):
    with pytest.raises(ConfigurationError, match=r"rule scans.night: id: there is a rule of this id already"):
        load(write(tmp_path, GOOD, GOOD))


def test_no_file(tmp_path):
    with pytest.raises(ConfigurationError, match="no such file"):
        load(tmp_path / "none.yaml")


def test_values_of_the_study_file(tmp_path):
    rule = load(write(tmp_path, CHECKED)).clinical[0]
    assert resolve(rule, STUDY) == {"table": "scans", "days": 365}
    with pytest.raises(ConfigurationError, match=r"quality.max_gap_days is missing"):
        resolve(rule, {"quality": {}})


def test_contract_rules_follow_the_contracts():
    rules = {r.id: r for r in contract_rules()}
    for table in REGISTRY.values():
        assert rules[f"{table.name}.key.unique"].columns == table.key
        for c in table.columns:
            kinds = {i.rsplit(".", 1)[1] for i in rules if i.startswith(f"{table.name}.{c.name}.")}
            expected = {"readable"} if c.name != "record_id" else set()
            if c.required and c.name != "record_id":
                expected.add("required")
            if c.allowed:
                expected.add("allowed")
            if c.minimum is not None or c.maximum is not None:
                expected.add("range")
            if c.name in table.references:
                expected.add("reference")
            assert kinds == expected, (table.name, c.name)
    # A doubtful optional value costs a patient the value only; everywhere else it costs the row.
    assert rules["patients.ki67_percent.range"].severity == "warning"
    assert rules["patients.sex.allowed"].severity == "warning"
    assert rules["patients.ecog.readable"].severity == "warning"
    assert rules["patients.centre.readable"].severity == "error"
    assert rules["patients.centre.required"].severity == "error"
    assert rules["scans.slice_thickness_mm.range"].severity == "error"
    # A doubtful density does not cost the diameter beside it.
    assert rules["measurements.density_hu.range"].severity == "warning"
    assert rules["measurements.density_hu.readable"].severity == "warning"
    # People measure in millimetres.
    assert rules["measurements.short_axis_um.range"].message == "short_axis_mm is not between 0.001 and 400 mm"
    assert rules["patients.hiaa_xuln.range"].message == "hiaa_xuln is below 0 xULN"


def test_every_rule_of_the_package_is_documented_and_unique():
    catalogue = load()
    assert len(set(catalogue.ids)) == len(catalogue.ids)
    assert RULES.name == "rules.yaml"
    for rule in catalogue.rules:
        assert rule.message and rule.why and rule.source and rule.columns
        assert catalogue[rule.id] is not None


# ---- rules of a study ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "edit", "row", "observed"),
    [
        ("scans.slices_unknown", change("scans", "A-s1", slice_thickness_mm=None), "scans:A-s1",
         "modality=CT, slice_thickness_mm=(missing)"),
        ("scans.slices_unknown", change("scans", "A-s1", slice_thickness_mm=None, modality="ultrasound"), None, ""),
        ("patients.registered_before_diagnosis", change("patients", "A", registration_date="2015-01-09"), "patients:A",
         "diagnosis_date=2015-01-10, registration_date=2015-01-09"),
        ("patients.registered_before_diagnosis", change("patients", "A", registration_date="2015-01-10"), None, ""),
    ],
)  # fmt: skip
def test_the_worked_examples_of_the_docs(root, rule, edit, row, observed):
    registry = clean()
    edit(registry)
    study = {**STUDY, "quality": {**STUDY["quality"], "rules": str(root / "studies/rules_example.yaml")}}
    result = validate(frames(registry), empty(UNREADABLE), study)
    mine = result.findings[result.findings["rule"] == rule]
    assert list(mine["record_id"]) == ([row] if row else [])
    assert list(mine["observed"]) == ([observed] if row else [])
    assert set(result.rule_counts["rule"]) == set(of_study(study).ids) > set(load().ids)


def test_a_file_of_further_rules_is_named_in_the_study_and_its_content_is_seen(root, tmp_path):
    path = write(tmp_path, GOOD)
    study = load_study(root, changes={"quality": {"rules": str(path)}})
    before = settings(study, "validate")
    assert '"scans.night"' in before and str(path) not in before
    assert '"scans.night"' not in settings(study, "report")
    write(tmp_path, {**GOOD, "severity": "info"})
    assert settings(study, "validate") != before
    assert [r.id for r in of_study(study).clinical][-1] == "scans.night"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({**GOOD, "condition": {"column": "modal", "equals": "CT"}}, "my_rules.yaml: rule scans.night: condition"),
        ({**GOOD, "id": "scans.gap"}, "rule scans.gap: id: there is a rule of this id already"),
        ({**CHECKED, "parameters": {"days": {"study": "quality.nothing"}}}, "quality.nothing is missing"),
        ({**GOOD, "scope": "registry"}, "scope: 'registry'"),
        ({**GOOD, "scope": "country"}, "scope: 'country'"),
        ({**GOOD, "example": 3}, "example: 3"),
    ],
)
def test_a_mistake_in_it_is_refused_before_anything_runs(root, tmp_path, raw, says):
    with pytest.raises(ConfigurationError) as error:
        load_study(root, changes={"quality": {"rules": str(write(tmp_path, raw))}})
    assert says in str(error.value)


def test_a_file_that_is_not_there_and_dates_without_quotes(root, tmp_path):
    with pytest.raises(ConfigurationError, match=r"none\.yaml: no such file"):
        load_study(root, changes={"quality": {"rules": "none.yaml"}})
    dated = "rules:\n  - {id: scans.x, table: scans, condition: {column: scan_date, at_most: 2000-01-01}}"
    with pytest.raises(ConfigurationError, match="dates in quotes"):
        load_study(root, changes={"quality": {"rules": str(write(tmp_path, raw=dated))}})


def test_a_check_over_centres_says_so_and_keeps_nothing_out(tmp_path):
    rule = {
        "id": "patients.twice", "table": "patients", "severity": "warning", "scope": "registry", "columns": ["sex"],
        "message": "x", "why": "y", "source": "z", "check": "same_person",
    }  # fmt: skip
    loaded = load(write(tmp_path, rule))
    assert [r.id for r in loaded.across().rules] == ["patients.twice"]
    assert "patients.twice" not in loaded.within().ids
    with pytest.raises(ConfigurationError, match="scope: 'centre'"):
        load(write(tmp_path, {k: v for k, v in rule.items() if k != "scope"}))
    with pytest.raises(ConfigurationError, match="severity: 'error'"):
        load(write(tmp_path, {**rule, "severity": "error"}))
