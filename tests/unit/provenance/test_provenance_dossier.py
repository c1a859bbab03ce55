"""The dossier of a release: the same bytes each time, and nothing about a single patient unless asked for."""

import io
import zipfile

import pandas as pd
import pytest

from mesenluth.provenance.dossier import archive, contents
from mesenluth.provenance.place import Place
from mesenluth.provenance.verify import Fault, verify
from mesenluth.tables.io import conform, empty
from mesenluth.tables.results import COHORT, ELIGIBILITY, FINDINGS, ROW_COUNTS, RULE_COUNTS
from mesenluth.tables.results_picture import RECORD_CHANGES


def filled(table, rows):
    """Rows of a contract, with something plain where it asks for a value."""
    plain = {"string": "x", "int": 0, "float": 0.0, "bool": False, "date": pd.Timestamp("2020-01-01")}
    data = {c.name: [r.get(c.name, plain[c.type] if c.required else None) for r in rows] for c in table.columns}
    return conform(pd.DataFrame(data), table)


@pytest.fixture
def release(small):
    excluded = [("P1", "size", "not_met"), ("P2", "stage", "unknown"), ("P3", "stage", "unknown")]
    finding = {"table": "patients", "severity": "error", "disposition": "quarantined"}
    small.study["population"] = {"eligibility": [{"id": "stage"}, {"id": "size"}]}
    small.more = {
        "quality/findings": (
            filled(FINDINGS, [{**finding, "finding_id": str(i), "rule": "patients.age", "patient_id": p, "record_id": f"patient:{p}:0"} for i, p in enumerate(("P1", "P2"))]),
            FINDINGS,
        ),
        "response/all/cohort": (
            filled(COHORT, [{"patient_id": p, "excluded_by": b, "excluded_because": w} for p, b, w in excluded]), COHORT,
        ),
        "response/all/eligibility": (empty(ELIGIBILITY), ELIGIBILITY),
        "quality/record_changes": (empty(RECORD_CHANGES), RECORD_CHANGES),
        "quality/row_counts": (filled(ROW_COUNTS, [{"table": "patients", "read": 3}]), ROW_COUNTS),
        "quality/rule_counts": (filled(RULE_COUNTS, [{"rule": "patients.age", "table": "patients"}]), RULE_COUNTS),
    }  # fmt: skip
    return small.release()[0]


def test_a_dossier_counts_findings_and_exclusions_without_patients(release):
    files = contents(Place.of_release(release), release, verify(release), patients=False)
    assert files["quality/findings.csv"].decode().splitlines() == [
        "table,rule,severity,disposition,findings", "patients,patients.age,error,quarantined,2",
    ]  # fmt: skip
    assert files["exclusions.csv"].decode().splitlines() == [
        "criterion,because,patients", "stage,unknown,2", "size,not_met,1",
    ]  # fmt: skip
    page = files["sign_off.md"].decode()
    assert "Verification when this page was written: intact" in page
    assert "Data quality gate: passed" in page
    for name, content in files.items():
        assert not any(p in content for p in (b"P1", b"P2", b"P3")), name


def test_patients_are_added_when_asked_for(release):
    files = contents(Place.of_release(release), release, [], patients=True)
    assert b"P2" in files["patients/cohort.csv"]
    assert b"patient:P1:0" in files["patients/findings.csv"]


def test_the_page_to_sign_names_what_is_not_as_it_was_released(release):
    fault = Fault("changed", "results/figures/a.svg", "sha256 0")
    page = contents(Place.of_release(release), release, [fault], patients=False)["sign_off.md"].decode()
    assert "1 faults" in page
    assert "changed: results/figures/a.svg" in page


def test_the_archive_is_the_same_each_time(release):
    files = contents(Place.of_release(release), release, [], patients=False)
    one = archive(files)
    assert one == archive(dict(files))
    with zipfile.ZipFile(io.BytesIO(one)) as zipped:
        assert zipped.namelist() == sorted(files)
        assert zipped.read("manifest.json") == (release / "manifest.json").read_bytes()
