"""However the work is split, the parts together say what the whole says."""

import copy
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "quality"))

from test_quality_rules import CATALOGUE, CLEAN, STUDY, add, change, frames

from mesenluth.quality import combine, profile
from mesenluth.quality.engine import validate
from mesenluth.quality.judged import ACROSS_READS
from mesenluth.registry.partitions import ACROSS, UNASSIGNED, WHOLE, partitions
from mesenluth.tables.extracted import UNREADABLE
from mesenluth.tables.io import empty
from mesenluth.tables.registry import REGISTRY

NONE = empty(UNREADABLE)


def registry(*edits):
    """Return the clean registry of the rules' tests after some edits, as extracted tables."""
    rows = copy.deepcopy(CLEAN)
    for edit in edits:
        edit(rows)
    return frames(rows)


def split(tables, how, buckets=3):
    """Return part -> tables; the text that is split is what the typed tables hold."""
    texts = {n: f.astype(object).where(f.notna(), None) for n, f in tables.items()}
    of = partitions(texts, {}, {"partition": how, "buckets": buckets})
    names = sorted({p for s in of.values() for p in s.unique()})
    return {p: {n: f[(of[n] == p).to_numpy()].reset_index(drop=True) for n, f in tables.items()} for p in names}


def of_patient(parts):
    """Return patient -> parts in which there are records of them."""
    found = {}
    for part, tables in parts.items():
        for frame in tables.values():
            for patient in frame["patient_id"].dropna():
                found.setdefault(patient, set()).add(part)
    return found


def judged(parts):
    """Judge each part by itself, and what compares centres where they are together, as the workflow does."""
    each = [validate(tables, NONE, STUDY, CATALOGUE.within()) for tables in parts.values()]
    accepted = {n: pd.concat([j.accepted[n] for j in each]).sort_values("record_id") for n in REGISTRY}
    across = validate({n: accepted[n] for n in ACROSS_READS}, NONE, STUDY, CATALOGUE.across())
    rules = combine.rule_counts(pd.concat([*(j.rule_counts for j in each), across.rule_counts]))
    findings = pd.concat([*(j.findings for j in each), across.findings]).sort_values(["table", "record_id", "rule"])
    counts = pd.concat([j.counts for j in each]).groupby("table")[["accepted", "quarantined"]].sum()
    profiles = profile.added(pd.concat([profile.profile(tables, NONE) for tables in parts.values()]))
    return accepted, findings, rules, counts, profiles


def assert_same(tables, how):
    whole, parts = judged({WHOLE: tables}), judged(split(tables, how))
    for name in REGISTRY:
        pd.testing.assert_frame_equal(*(x[0][name].reset_index(drop=True) for x in (whole, parts)))
    for one, other in zip(whole[1:], parts[1:], strict=True):
        pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True))


def test_patients_are_split_by_centre_with_all_their_records():
    parts = split(registry(), "centre")
    assert list(parts) == ["C1", "C2"]
    assert of_patient(parts) == {"A": {"C1"}, "B": {"C2"}}
    assert {n: sum(len(t[n]) for t in parts.values()) for n in REGISTRY} == {n: len(r) for n, r in CLEAN.items()}


@pytest.mark.parametrize(
    "edit",
    [
        add("patients", "A", "A2", patient_id="A", centre="C2"),  # one patient under two centres
        add("scans", "B-s1", "twin", scan_id="A-s1"),  # a key that stands in two centres
        change("measurements", "A-mm-s1", lesion_id="B-mm"),  # a reading of another patient's lesion
        change("uptake", "A-us0", scan_id="B-s0"),
        change("lesions", "A-liver2", split_from="B-liver1"),
        change("lesions", "A-liver2", merged_into="B-liver1"),
    ],
)
def test_what_links_patients_of_two_centres_puts_them_where_the_centres_come_together(edit):
    tables = registry(edit)
    parts = split(tables, "centre")
    assert of_patient(parts)["A"] == {ACROSS}
    assert_same(tables, "centre")
    assert_same(tables, "hash")


def test_records_without_a_known_patient():
    tables = registry(
        change("measurements", "A-mm-s1", patient_id=None),  # its lesion tells the part
        change("symptoms", "A-sy1", patient_id="nobody"),
        change("markers", "B-m", patient_id=None),
        change("patients", "B", centre=None),
    )
    parts = split(tables, "centre")
    assert "measurements:A-mm-s1" in set(parts["C1"]["measurements"]["record_id"])
    assert set(parts[UNASSIGNED]["symptoms"]["record_id"]) >= {"symptoms:A-sy1"}
    assert set(parts[UNASSIGNED]["markers"]["record_id"]) == {"markers:B-m"}
    assert_same(tables, "centre")
    assert_same(tables, "hash")


@pytest.mark.parametrize(
    "centre", ["all", "across", "Registry", "queries", "gx", "judged", "unassigned", "../../etc", "é"]
)
def test_a_centre_cannot_take_the_place_of_another_folder(centre):
    parts = split(registry(change("patients", "A", centre=centre)), "centre")
    (name,) = set(parts) - {"C2"}
    assert name.startswith("x") and name.isalnum() or centre == "unassigned" and name == UNASSIGNED


def test_buckets_depend_on_the_patient_alone():
    def parts_of(tables):
        return {p: next(iter(s)) for p, s in of_patient(split(tables, "hash", 16)).items()}

    first = parts_of(registry())
    later = registry(add("scans", "A-s1", "A-s9"), change("patients", "A", centre="C9"))
    assert parts_of(later) == first
    assert all(name.startswith("b") and len(name) == 3 for name in first.values())


def test_many_patients_fill_all_buckets_and_no_more():
    ids = [f"P{i:04d}" for i in range(2000)]
    texts = {n: pd.DataFrame(columns=t.column_names, dtype=object) for n, t in REGISTRY.items()}
    texts["patients"] = pd.DataFrame({"patient_id": ids, "centre": "C1"}).reindex(
        columns=REGISTRY["patients"].column_names
    )
    part = partitions(texts, {}, {"partition": "hash", "buckets": 7})["patients"]
    sizes = part.value_counts()
    assert len(sizes) == 7 and sizes.min() > 200


def test_a_chain_of_links_is_followed_to_its_end():
    rng = np.random.default_rng(1)
    ids = [f"P{i:03d}" for i in range(300)]
    order = rng.permutation(300)
    texts = {n: pd.DataFrame(columns=t.column_names, dtype=object) for n, t in REGISTRY.items()}
    texts["patients"] = pd.DataFrame({"patient_id": ids, "centre": [f"C{i % 9}" for i in range(300)]})
    texts["patients"] = texts["patients"].reindex(columns=REGISTRY["patients"].column_names)
    links = pd.DataFrame({"patient_id": [ids[i] for i in order[:-1]], "lesion_id": [f"L{k}" for k in range(299)]})
    back = pd.DataFrame({"patient_id": [ids[i] for i in order[1:]], "lesion_id": [f"L{k}" for k in range(299)]})
    texts["lesions"] = pd.concat([links, back], ignore_index=True).reindex(columns=REGISTRY["lesions"].column_names)
    assert set(partitions(texts, {}, {"partition": "centre", "buckets": 2})["patients"]) == {ACROSS}
    assert partitions(texts, {}, {"partition": "hash", "buckets": 50})["patients"].nunique() == 1


LINKING = [
    (table, column, row)
    for table, columns in {
        "patients": ["patient_id", "centre"], "scans": ["patient_id", "scan_id"], "lesions": ["patient_id", "lesion_id", "split_from"],
        "measurements": ["patient_id", "lesion_id", "scan_id", "measurement_id"], "uptake": ["scan_id", "lesion_id"],
        "follow_up": ["patient_id"], "administrations": ["patient_id"],
    }.items()
    for column in columns
    for row in CLEAN[table]
]  # fmt: skip
NAMES = [None, "A", "B", "nobody", "A-s1", "B-s1", "A-mm", "B-mm", "B-liver1", "C1", "C2"]


@settings(max_examples=25)
@given(
    cells=st.lists(st.tuples(st.sampled_from(LINKING), st.sampled_from(NAMES)), min_size=1, max_size=8),
    how=st.sampled_from(["centre", "hash"]),
)
def test_any_links_give_the_same_findings_however_the_work_is_split(cells, how):
    assert_same(registry(*(change(t, row, **{c: name}) for (t, c, row), name in cells)), how)


def test_a_column_of_names_is_none_of_codes_however_the_work_is_split(monkeypatch):
    monkeypatch.setattr(profile, "FEW_CODES", 3)
    edits = [change("scans", f"{p}-s{i}", body_region=f"{p} {i % 3}") for p in "AB" for i in range(5)]
    tables = registry(*edits)
    assert_same(tables, "centre")
    counted = profile.added(pd.concat([profile.profile(t, NONE) for t in split(tables, "centre").values()]))
    mine = counted[(counted["table"] == "scans") & (counted["column"] == "body_region")]
    assert set(mine["measure"]) == {"given", "asked", "missing"} - (
        {"missing"} if mine["measure"].ne("missing").all() else set()
    )
