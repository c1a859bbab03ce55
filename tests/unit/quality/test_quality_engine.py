"""The rule engine as a whole: what becomes of rows, in which order they are judged, and that counts add up."""

import copy
import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_quality_rules import CATALOGUE, CLEAN, STUDY, add, change, drop, found, frames, judge, size

from mesenluth.errors import ConfigurationError, TableError
from mesenluth.quality.engine import validate
from mesenluth.tables.extracted import UNREADABLE
from mesenluth.tables.io import conform, empty, to_arrow
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import FINDINGS, RULE_COUNTS


def of(result, row):
    """Return the findings of one record."""
    return result.findings[result.findings["record_id"] == row]


def kept(result, table):
    return set(result.accepted[table]["record_id"])


def errors(result):
    """Return rule -> records, of the errors."""
    hits = result.findings[result.findings["severity"] == "error"]
    return hits.groupby("rule")["record_id"].agg(sorted).to_dict()


# ---- quarantine follows references ----------------------------------------------------------------------------


def test_a_patient_in_quarantine_takes_everything_along():
    result = judge(change("patients", "A", centre=None))
    assert found(result, "patients.centre.required") == ["A"]
    for name, frame in result.accepted.items():
        assert set(frame["patient_id"]) == {"B"}, name
    # One finding a row, and each names the row it follows, however many of its references are gone.
    counts = result.findings.groupby(["table", "record_id"]).size()
    assert (counts == 1).all()
    follows = of(result, "measurements:A-mm-s0").iloc[0]
    assert follows["rule"] == "measurements.patient_id.reference"
    assert follows["message"] == (
        "patient_id refers to patients:A, which is itself in quarantine (patients.centre.required)"
    )
    assert follows["disposition"] == "quarantined" and follows["severity"] == "error"


def test_scans_and_lesions_take_their_readings_along():
    result = judge(change("scans", "A-s2", slice_thickness_mm=99.0), change("lesions", "B-mm", evaluator=None))
    assert errors(result) == {
        "scans.slice_thickness_mm.range": ["scans:A-s2"],
        "measurements.scan_id.reference": sorted(
            f"measurements:A-{n}-s2" for n in ("mm", "liver1", "liver2", "node", "bone")
        ),
        "uptake.scan_id.reference": ["uptake:A-us2"],
        "lesions.evaluator.required": ["lesions:B-mm"],
        "measurements.lesion_id.reference": [f"measurements:B-mm-s{i}" for i in range(5)],
        "uptake.lesion_id.reference": ["uptake:B-us0", "uptake:B-us2"],
    }  # fmt: skip
    message = of(result, "uptake:A-us2")["message"].iloc[0]
    assert message == "scan_id refers to scans:A-s2, which is itself in quarantine (scans.slice_thickness_mm.range)"


def test_quarantine_by_a_clinical_error_is_followed_too():
    # The scan is dated after death; its readings cannot stay without a date.
    result = judge(change("scans", "A-s4", scan_date="2021-01-01"))
    assert found(result, "scans.after_death") == ["A-s4"]
    assert found(result, "measurements.scan_id.reference") == sorted(
        ["A-mm-s4", "A-liver1-s4", "A-liver2-s4", "A-node-s4", "A-bone-s4", "A-new-s4"]
    )


def test_a_reference_to_nothing_says_so():
    result = judge(change("scans", "A-s1", patient_id="C"))
    hit = of(result, "scans:A-s1").iloc[0]
    assert hit["message"] == "patient_id refers to a row of patients that does not exist"
    assert hit["observed"] == "patient_id=C"
    assert pd.isna(hit["centre"])


# ---- keys ------------------------------------------------------------------------------------------------------


def twin(table, row, record, **values):
    return lambda registry: registry[table].update(
        {record: {**registry[table][row], "record_id": f"{table}:{record}", **values}}
    )


def test_of_exact_copies_the_first_is_kept():
    for record, gone in (("A-s1b", "scans:A-s1b"), ("A-s0z", "scans:A-s1")):
        result = judge(twin("scans", "A-s1", record))
        assert errors(result) == {"scans.key.unique": [gone]}
        assert len(result.accepted["scans"]) == len(CLEAN["scans"])
    three = judge(twin("scans", "A-s1", "A-s1b"), twin("scans", "A-s1", "A-s1c"))
    assert errors(three) == {"scans.key.unique": ["scans:A-s1b", "scans:A-s1c"]}


def test_copies_that_differ_are_all_kept_out():
    result = judge(twin("scans", "A-s1", "b"), twin("scans", "A-s1", "c", modality="MRI"))
    assert found(result, "scans.key.unique") == ["A-s1", "b", "c"]
    assert "A-s1" not in set(result.accepted["scans"]["scan_id"])
    assert of(result, "measurements:A-mm-s1")["message"].iloc[0] == (
        "scan_id refers to scans:A-s1, which is itself in quarantine (scans.key.unique)"
    )


def test_a_missing_value_is_a_value_of_copies():
    same = judge(change("scans", "A-s1", contrast=None), twin("scans", "A-s1", "b"))
    assert found(same, "scans.key.unique") == ["b"]
    other = judge(twin("scans", "A-s1", "b", contrast=None))
    assert found(other, "scans.key.unique") == ["A-s1", "b"]


def test_copies_with_unreadable_cells_are_not_known_to_be_copies():
    cells = [
        ("patients", "patients:A", "ecog", "2?", "a whole number"),
        ("patients", "patients:b", "ecog", "3?", "a whole number"),
    ]
    edits = [change("patients", "A", ecog=None), twin("patients", "A", "b")]
    assert found(judge(*edits, unreadable=cells), "patients.key.unique") == ["A", "b"]
    assert found(judge(*edits), "patients.key.unique") == ["b"]


# ---- unreadable cells and doubtful values -----------------------------------------------------------------------


def test_an_unreadable_required_cell_is_reported_once():
    cell = ("scans", "scans:A-s1", "scan_date", "31.02.2018", "a date of the calendar")
    result = judge(change("scans", "A-s1", scan_date=None), unreadable=[cell])
    hit = of(result, "scans:A-s1")
    assert list(hit["rule"]) == ["scans.scan_date.readable"]
    assert hit["observed"].iloc[0] == "scan_date=31.02.2018"
    assert hit["message"].iloc[0] == "scan_date cannot be read as a date; expected: a date of the calendar"
    # The same gap without an unreadable text is missing.
    missing = judge(change("scans", "A-s1", scan_date=None))
    assert list(of(missing, "scans:A-s1")["rule"]) == ["scans.scan_date.required"]


def test_unreadable_lengths_and_codes():
    cells = [
        ("measurements", "measurements:A-mm-s1", "short_axis_um", "2,5 cm", "a length in mm"),
        ("scans", "scans:A-s1", "modality", "SCANNER", "a code of the mapping: TDM, IRM"),
    ]
    result = judge(
        change("measurements", "A-mm-s1", short_axis_um=None), change("scans", "A-s1", modality=None), unreadable=cells
    )
    length, code = (of(result, cell[1]).iloc[0] for cell in cells)
    assert length["observed"] == "short_axis_mm=2,5 cm"
    assert length["message"] == "short_axis_mm cannot be read as a length; expected: a length in mm"
    assert code["message"] == "modality cannot be read; expected: a code of the mapping: TDM, IRM"


def test_a_doubtful_optional_value_costs_a_patient_the_value_only():
    result = judge(
        change("patients", "A", ki67_percent=150.0, ecog=7, sex="X", primary_site="nowhere"),
        change("patients", "B", birth_year=None),
        unreadable=[("patients", "patients:B", "birth_year", "19x0", "a whole number")],
    )
    assert dict(zip(result.findings["rule"], result.findings["observed"], strict=True)) == {
        "patients.ki67_percent.range": "ki67_percent=150",
        "patients.ecog.range": "ecog=7",
        "patients.sex.allowed": "sex=X",
        "patients.primary_site.allowed": "primary_site=nowhere",
        "patients.birth_year.readable": "birth_year=19x0",
    }
    assert set(result.findings["severity"]) == {"warning"} and set(result.findings["disposition"]) == {"flagged"}
    patient = result.accepted["patients"].set_index("patient_id").loc["A"]
    assert patient[["ki67_percent", "ecog", "sex", "primary_site"]].isna().all()
    assert patient["grade"] == "G2"
    assert (result.counts["quarantined"] == 0).all()


def test_a_doubtful_detail_does_not_cost_a_death():
    """Quarantining a death for its cause would leave the patient alive in every survival curve."""
    result = judge(
        change("follow_up", "A-f1", cause_of_death=None),
        unreadable=[("follow_up", "follow_up:A-f1", "cause_of_death", "X", "a code of the mapping: 1, 2")],
    )
    assert of(result, "follow_up:A-f1")[["rule", "severity", "disposition"]].to_numpy().tolist() == [
        ["follow_up.cause_of_death.readable", "warning", "flagged"]
    ]
    death = result.accepted["follow_up"].set_index("follow_up_id").loc["A-f1"]
    assert death["vital_status"] == "dead" and pd.isna(death["cause_of_death"])


def test_a_flagged_cell_of_a_patient_in_quarantine():
    result = judge(change("patients", "A", centre=None, ecog=7))
    hits = of(result, "patients:A").set_index("rule")
    assert hits.loc["patients.ecog.range", "severity"] == "warning"
    assert hits.loc["patients.ecog.range", "disposition"] == "quarantined"  # what became of the record


def test_unreadable_cells_of_records_that_are_not_there_do_not_count():
    cell = ("scans", "scans:later", "scan_date", "x", "a date")
    assert judge(unreadable=[cell]).findings.empty


def test_an_unreadable_cell_of_an_unknown_column_is_refused():
    with pytest.raises(TableError, match="scans.colour"):
        judge(unreadable=[("scans", "scans:A-s1", "colour", "x", "y")])


# ---- one defect does not set off a second -----------------------------------------------------------------------


def test_clinical_rules_look_at_accepted_rows_only():
    # A death that cannot be trusted (the status is no known code) kills nobody.
    result = judge(
        change("follow_up", "A-f1", follow_up_date="2018-01-15", vital_status="bogus"),
    )
    assert errors(result) == {"follow_up.vital_status.allowed": ["follow_up:A-f1"]}
    # A size out of range is not also an axis that is too long.
    result = judge(size("A-mm-s1", 41, 500))
    assert errors(result) == {"measurements.short_axis_um.range": ["measurements:A-mm-s1"]}
    assert set(result.findings["rule"]) == {"measurements.short_axis_um.range"}


def test_day_zero_is_not_guessed():
    # With the first administration in quarantine a later one is not day 0: neither error nor warning follows.
    edits = [
        change("administrations", "A-c1", activity_gbq=99.0),
        change("measurements", "A-new-s4", scan_id="A-s0"),
        change("scans", "A-s0", scan_date="2018-01-20"),
        add("symptoms", "A-sy1", "A-sy9", term="nausea"),
    ]
    result = judge(*edits)
    # What is said is that day 0 is doubtful.
    assert set(result.findings["rule"]) == {"administrations.activity_gbq.range", "patients.day_0_doubtful"}
    # A later administration in quarantine leaves day 0 where it was.
    later = judge(
        change("administrations", "A-c3", activity_gbq=99.0), change("measurements", "A-new-s4", scan_id="A-s0")
    )
    assert found(later, "measurements.new_lesion_at_baseline") == ["A-new-s4"]
    # So does a surplus copy of the first one.
    copied = judge(twin("administrations", "A-c1", "A-c1b"), change("measurements", "A-new-s4", scan_id="A-s0"))
    assert found(copied, "measurements.new_lesion_at_baseline") == ["A-new-s4"]
    # And another product is not the treatment the study asks about.
    other = judge(
        add(
            "administrations",
            "A-c1",
            "A-c0",
            product="90Y-DOTATOC",
            administration_date="2016-01-01",
            cycle_number=None,
        )
    )
    assert other.findings.empty


# ---- findings ---------------------------------------------------------------------------------------------------


def test_findings_are_named_by_rule_table_and_record():
    result = judge(change("scans", "A-s1", modality="bogus"))
    hit = of(result, "scans:A-s1").iloc[0]
    name = hashlib.sha256(b"scans.modality.allowed|scans|scans:A-s1").hexdigest()[:16]
    assert hit["finding_id"] == name
    assert (hit["patient_id"], hit["centre"], hit["columns"]) == ("A", "C1", "modality")
    to_arrow(result.findings, FINDINGS)
    to_arrow(result.rule_counts, RULE_COUNTS)


def test_observed_values_read_like_the_registry():
    result = judge(
        size("A-mm-s1", 41.25, 42), change("scans", "B-s4", scan_date="2020-09-01"), drop("follow_up", "B-f0")
    )
    assert of(result, "measurements:A-mm-s1")["observed"].iloc[0] == "longest_diameter_mm=41.25, short_axis_mm=42"
    assert of(result, "scans:B-s4")["observed"].iloc[0] == "days_without=458, scan_date=2020-09-01"
    other = judge(change("measurements", "A-mm-s1", patient_id="B"))
    assert of(other, "measurements:A-mm-s1")["observed"].iloc[0] == (
        "lesion's=A, scan's=A, patient_id=B, lesion_id=A-mm, scan_id=A-s1"
    )
    blank = judge(change("patients", "A", centre=None))
    assert of(blank, "patients:A")["observed"].iloc[0] == "centre=(missing)"
    long = judge(change("scans", "A-s1", modality="x" * 200))
    shown = of(long, "scans:A-s1")["observed"].iloc[0]
    assert len(shown) == 80 and shown.startswith("modality=xxx") and shown.endswith("…")
    flag = judge(change("lesions", "A-bone", mesenteric_mass=None))
    assert of(flag, "lesions:A-bone")["observed"].iloc[0] == (
        "site=(missing), organ=bone, nodal=false, mesenteric_mass=(missing)"
    )


# ---- what comes in ----------------------------------------------------------------------------------------------


def test_types_of_either_kind_are_taken():
    # As extraction writes them: every number nullable. As a contract has them: required ones plain.
    wide = frames(CLEAN)
    plain = {name: conform(frame, REGISTRY[name]) for name, frame in wide.items()}
    assert plain["symptoms"]["ctcae_grade"].dtype == np.dtype("int64")
    assert wide["symptoms"]["ctcae_grade"].dtype == pd.Int64Dtype()
    objects = {name: frame.astype(object) for name, frame in wide.items()}
    nothing = empty(UNREADABLE)
    results = [validate(tables, nothing, STUDY) for tables in (wide, plain, objects)]
    for name, frame in frames(CLEAN).items():
        pd.testing.assert_frame_equal(wide[name], frame)  # what comes in is not changed
    for other in results[1:]:
        for name in REGISTRY:
            pd.testing.assert_frame_equal(results[0].accepted[name], other.accepted[name])


def test_a_table_that_is_not_there_has_no_rows():
    tables = {n: f for n, f in frames(CLEAN).items() if n != "responses"}
    result = validate(tables, empty(UNREADABLE), STUDY)
    assert result.accepted["responses"].empty and len(result.accepted) == len(REGISTRY)


def test_what_is_no_registry_table_is_refused():
    tables = frames(CLEAN)
    with pytest.raises(TableError, match=r"table scans: column modality is missing"):
        validate({**tables, "scans": tables["scans"].drop(columns="modality")}, empty(UNREADABLE), STUDY)
    twice = pd.concat([tables["scans"], tables["scans"].head(1)])
    with pytest.raises(TableError, match=r"several rows have the record_id scans:A-s0"):
        validate({**tables, "scans": twice}, empty(UNREADABLE), STUDY)
    with pytest.raises(ConfigurationError, match=r"quality.max_gap_days is missing"):
        validate(tables, empty(UNREADABLE), {**STUDY, "quality": {"baseline_days_before": 90}})


# ---- rules that must hold whatever comes in -----------------------------------------------------------------------

CELLS = [(t, c.name) for t in REGISTRY.values() for c in t.columns if c.name != "record_id"]
ODD = {
    "string": ["bogus", "A", "A-s1", "A-mm", "A-c1"],
    "int": [0, 1, 3, 999_999],
    "float": [-1.0, 7.0, 999.0],
    "bool": [True, False],
    "date": [pd.Timestamp(d) for d in ("1990-01-01", "2018-01-01", "2021-06-01")],
}


@st.composite
def damages(draw):
    """Draw a list of damaged cells, dropped rows and repeated rows."""
    edits = []
    for _ in range(draw(st.integers(0, 8))):
        table, column = draw(st.sampled_from(CELLS))
        row = draw(st.sampled_from(sorted(CLEAN[table.name])))
        kind = draw(st.sampled_from(["value", "value", "missing", "drop", "copy", "twin"]))
        value = draw(st.sampled_from(ODD[table.column(column).type])) if kind in ("value", "twin") else None
        edits.append((kind, table.name, row, column, value))
    return edits


def damaged(edits):
    registry = copy.deepcopy(CLEAN)
    for i, (kind, table, row, column, value) in enumerate(edits):
        if row not in registry[table]:
            continue
        if kind == "drop":
            del registry[table][row]
        elif kind in ("copy", "twin"):
            again = {**registry[table][row], "record_id": f"{table}:again {i}"}
            registry[table][f"again {i}"] = again if kind == "copy" else {**again, column: value}
        else:
            registry[table][row][column] = value
    return frames(registry)


@settings(max_examples=25, deadline=None)
@given(damages(), st.randoms(use_true_random=False))
def test_counts_add_up_whatever_comes_in(edits, random):
    tables = damaged(edits)
    result = validate(tables, empty(UNREADABLE), STUDY)
    counts = result.counts.set_index("table")
    out = result.findings[result.findings["disposition"] == "quarantined"]
    for name, frame in tables.items():
        # Nothing is lost: each row is accepted, or in quarantine with a finding that is an error.
        read, accepted = set(frame["record_id"]), kept(result, name)
        quarantined = set(out.loc[(out["table"] == name) & (out["severity"] == "error"), "record_id"])
        assert accepted | quarantined == read and not accepted & quarantined
        assert counts.loc[name, "accepted"] == len(accepted) == len(result.accepted[name])
        assert counts.loc[name, "quarantined"] == len(read) - len(accepted)
        # Accepted tables keep their contract and refer to accepted rows only.
        to_arrow(result.accepted[name], REGISTRY[name])
        for column, target in REGISTRY[name].references.items():
            table, key = target.split(".")
            assert result.accepted[name][column].isin(list(result.accepted[table][key])).all()
    failed = result.findings.groupby("rule").size()
    seen = result.rule_counts.set_index("rule")
    assert (seen["failed"] == failed.reindex(seen.index, fill_value=0)).all()
    assert (seen["failed"] <= seen["checked"]).all()
    # What was accepted once breaks no contract the second time.
    again = validate(result.accepted, empty(UNREADABLE), STUDY)
    assert not set(again.findings["rule"]) & {r.id for r in CATALOGUE.contract}
    # The order of rows decides nothing.
    order = {n: random.sample(range(len(f)), len(f)) for n, f in tables.items()}
    mixed = validate({n: f.iloc[order[n]] for n, f in tables.items()}, empty(UNREADABLE), STUDY)
    pd.testing.assert_frame_equal(mixed.findings, result.findings)
    pd.testing.assert_frame_equal(mixed.rule_counts, result.rule_counts)
