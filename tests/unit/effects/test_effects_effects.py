"""What quarantine takes away: against the whole registry derived once with and once without the rows of one rule."""

import re
from pathlib import Path

import pandas as pd
import pytest

from mesenluth.effects.effects import derive, effects
from mesenluth.effects.quarantine import put_back, quarantined
from mesenluth.effects.results import assessments, has_time_points, results
from mesenluth.quality.engine import validate
from mesenluth.registry.cut import with_record_ids
from mesenluth.registry.extract import extract
from mesenluth.registry.source import read
from mesenluth.simulate.registry import generate
from mesenluth.study import load
from mesenluth.tables.extracted import extracted as contract_of
from mesenluth.tables.extracted import stored
from mesenluth.tables.io import STRING, conform, empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import FINDINGS

ROOT = Path(__file__).resolve().parents[3]
FOLLOWS = re.compile(r"refers to (\S+), which is itself in quarantine \((\S+)\)")
ABOUT = ["patient_id", "endpoint", "compartment"]
AGAIN = (
    "administrations.before_diagnosis",
    "measurements.duplicate_reading",
    "measurements.other_patient",
    "measurements.short_exceeds_long",
    "scans.after_death",
    "therapies.end_before_start",
)
"""Rules whose rows are put back into the whole registry here: on dates, on readings, and with rows that follow."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A small registry with planted defects: study, what was extracted and judged, what was derived, and the effects."""
    folder = tmp_path_factory.mktemp("effects")
    study = load(ROOT)
    study["source"].update(patients=320, path=str(folder / "registry.sqlite"))
    generate(study, folder / "registry.sqlite")
    delivery = read(study, ROOT)
    texts = {n: conform(with_record_ids(n, delivery.tables[n]), stored(n)) for n in REGISTRY}
    extracted = extract(texts, delivery.readings, study["cut"]["date"])
    judged = validate(extracted.tables, extracted.unreadable, study)
    own = {**study, "evaluators": [study["primary_evaluator"]]}
    computed = derive(judged.accepted, own)
    fine, added = effects(judged.accepted, extracted.tables, judged.findings, computed, study)
    return own, extracted.tables, judged, computed, fine, added


def _roots(findings):
    """Return the rule behind each row in quarantine, followed through the messages one by one."""
    rows = findings[(findings["disposition"] == "quarantined") & (findings["severity"] == "error")]
    by_record = {k: list(g.itertuples()) for k, g in rows.groupby("record_id")}

    def root(record):
        own = [f.rule for f in by_record[record] if not FOLLOWS.search(f.message)]
        follows = [m for f in by_record[record] if (m := FOLLOWS.search(f.message))]
        return own if own else root(follows[0][1])

    return {record: root(record) for record in by_record}


def _whole(judged, delivered, rule, roots):
    """Return the registry as it was analysed with all rows of a rule beside it, and which records these are."""
    more = {record for record, rules in roots.items() if rule in rules}
    tables = {}
    for name, frame in delivered.items():
        mine = frame[frame["record_id"].isin(more)]
        both = pd.concat([judged.accepted[name], mine], ignore_index=True)
        tables[name] = conform(both.drop_duplicates(list(REGISTRY[name].key)), REGISTRY[name])
    return tables


@pytest.mark.parametrize("rule", AGAIN)
def test_the_effect_is_that_of_the_whole_registry_with_the_rows_put_back(ran, rule):
    study, delivered, judged, computed, fine, _ = ran
    again = derive(_whole(judged, delivered, rule, _roots(judged.findings)), study)
    then, new = (results(t, study).set_index(ABOUT)["result"] for t in (computed, again))
    both = pd.concat([then.rename("then"), new.rename("new")], axis=1)
    moved = both[~((both["then"] == both["new"]) | (both["then"].isna() & both["new"].isna()))]
    mine = fine[fine["rule"] == rule].set_index(ABOUT)
    told = mine[mine["effect"].isin(["lost", "gained", "changed"])]
    assert set(told.index) == set(moved.index)
    for key, row in told.iterrows():
        then_said, new_said = moved.loc[key, "then"], moved.loc[key, "new"]
        wanted = "lost" if pd.isna(then_said) else "gained" if pd.isna(new_said) else "changed"
        assert row["effect"] == wanted
        said = [None if pd.isna(v) else v for v in (row["as_analysed"], row["put_back"])]
        assert said == [None if pd.isna(v) else v for v in (then_said, new_said)]
    before, after = assessments(computed, study), assessments(again, study)
    timed = {e["id"] for e in study["endpoints"] if has_time_points(e)}
    for (patient, endpoint, compartment), row in mine.iterrows():
        if endpoint in timed:
            seen = after.get((patient, compartment), 0) - before.get((patient, compartment), 0)
            assert row["assessments_lost"] == seen
        else:
            assert pd.isna(row["assessments_lost"])


def test_sums_add_up_and_every_kind_of_effect_is_there(ran):
    _, _, _, _, fine, added = ran
    assert set(fine["effect"]) >= {"lost", "changed", "none", "unknown"}
    for row in added.itertuples():
        mine = fine[
            (fine["rule"] == row.rule) & (fine["endpoint"] == row.endpoint) & (fine["compartment"] == row.compartment)
        ]
        assert row.patients == len(mine)
        assert row.rows == mine["rows"].sum()
        counts = mine["effect"].value_counts()
        assert [row.patients_lost, row.patients_gained, row.results_changed, row.patients_unknown] == [
            counts.get(e, 0) for e in ("lost", "gained", "changed", "unknown")
        ]


def test_every_rule_and_row_in_quarantine_has_the_cause_that_its_message_names(ran):
    _, delivered, judged, _, _, _ = ran
    roots = _roots(judged.findings)
    rows = quarantined(delivered, judged.findings)
    seen = 0
    for frame in rows.values():
        for record, rule in zip(frame["record_id"], frame["rule"], strict=True):
            assert rule in roots[record], record
            seen += 1
    assert seen == len(roots) == judged.counts["quarantined"].sum()


def test_rows_are_counted_one_by_one(ran):
    """Readings of the response endpoint, counted in a loop: by lesion and reader, copies of accepted rows left out."""
    study, delivered, judged, _, fine, _ = ran
    roots = _roots(judged.findings)
    rule = "measurements.short_exceeds_long"
    lesions = delivered["lesions"].drop_duplicates("lesion_id").set_index("lesion_id")
    counted = {}
    for row in delivered["measurements"].itertuples():
        if roots.get(row.record_id, [""])[0] != rule:
            continue
        lesion = lesions.loc[row.lesion_id]
        if lesion["evaluator"] == study["primary_evaluator"]:
            here = "mesenteric" if lesion["mesenteric_mass"] is True or lesion["mesenteric_mass"] == True else "other"  # noqa: E712
            counted[lesion["patient_id"], here] = counted.get((lesion["patient_id"], here), 0) + 1
    mine = fine[(fine["rule"] == rule) & (fine["endpoint"] == "objective_response")]
    assert len(mine)
    for row in mine.itertuples():
        if row.compartment == "mesenteric":
            assert row.rows == counted.get((row.patient_id, "mesenteric"), 0)
        if row.compartment == "whole_patient":
            assert row.rows == sum(n for (p, _), n in counted.items() if p == row.patient_id)


def test_without_quarantine_nothing_is_taken(ran):
    study, _, judged, computed, _, _ = ran
    fine, added = effects(judged.accepted, judged.accepted, empty(FINDINGS), computed, study)
    assert fine.empty and added.empty


def _patient(**over):
    values = {c.name: None for c in REGISTRY["patients"].columns}
    values.update(record_id=f"patient:{over.get('key', '1')}:aa", patient_id="p", centre="C1")
    return values | {k: v for k, v in over.items() if k != "key"}


def _finding(rule, record, columns="centre", message="m"):
    return {
        "finding_id": f"{rule}{record}", "table": rule.split(".")[0], "record_id": record, "rule": rule,
        "severity": "error", "columns": columns, "message": message, "disposition": "quarantined",
        "patient_id": None, "centre": None, "observed": None,
    }  # fmt: skip


def test_a_patient_without_a_centre_is_put_back_and_one_of_two_with_a_key():
    """No endpoint is computed from the centre; of rows that share a key the first can stand for the patient."""
    rows = [_patient(centre=None), _patient(key="2", patient_id="q"), _patient(key="3", patient_id="q", sex="F")]
    delivered = {n: empty(contract_of(n)) for n in REGISTRY}
    delivered["patients"] = conform(pd.DataFrame(rows), contract_of("patients"))
    found = [
        _finding("patients.centre.required", "patient:1:aa"),
        _finding("patients.key.unique", "patient:2:aa", "patient_id"),
        _finding("patients.key.unique", "patient:3:aa", "patient_id"),
    ]
    findings = conform(pd.DataFrame(found), FINDINGS)
    back = put_back({n: empty(t) for n, t in REGISTRY.items()}, quarantined(delivered, findings))["patients"]
    assert back[["record_id", "centre"]].astype(object).to_numpy().tolist() == [
        ["patient:1:aa", "unassigned"], ["patient:2:aa", "C1"],
    ]  # fmt: skip
    assert back["patient_id"].dtype == STRING


def test_a_row_that_cannot_be_analysed_is_not_put_back():
    lesion = {c.name: None for c in REGISTRY["lesions"].columns}
    lesion |= {"record_id": "lesion:1:aa", "lesion_id": "L1", "patient_id": "p", "evaluator": "e", "role": "target"}
    delivered = {n: empty(contract_of(n)) for n in REGISTRY}
    delivered["lesions"] = conform(pd.DataFrame([lesion | {"nodal": False}]), contract_of("lesions"))
    accepted = {n: empty(t) for n, t in REGISTRY.items()}
    accepted["patients"] = conform(pd.DataFrame([_patient()]), REGISTRY["patients"])
    for rule, back in (
        ("lesions.site.readable", 0),
        ("lesions.role.allowed", 0),
        ("lesions.key.unique", 1),
        ("lesions.of_our_own", 1),
    ):
        findings = conform(pd.DataFrame([_finding(rule, "lesion:1:aa", "role")]), FINDINGS)
        assert len(put_back(accepted, quarantined(delivered, findings))["lesions"]) == back, rule
