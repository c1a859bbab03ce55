"""A user's mistake gives one message to act on, a status that is not 0, and no traceback."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from mesenluth.tables.io import read_table
from mesenluth.tables.results import GATE
from workflow.harness import artifacts, call, copy_project, mesenluth, plan


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A project in which nothing has run."""
    return copy_project(tmp_path_factory.mktemp("errors") / "project")


def refused(said, status, *parts):
    text = said.stdout + said.stderr
    assert said.returncode == status, text
    assert "Traceback" not in text
    assert "what to do" in text or "expected" in text
    for part in parts:
        assert part in text


def overlay(project, text, name="other.yaml"):
    (project / name).write_text(text)
    return ("--study", name)


def test_a_missing_database(fresh):
    study = overlay(
        fresh, "study: {id: real}\nsource: {kind: sqlite, path: data/nowhere.sqlite}\noutput: results/real\n"
    )
    refused(mesenluth(fresh, "run", *study), 2, "MESENLUTH_PSEUDONYM_KEY")


def test_a_missing_database_with_a_key(fresh, monkeypatch):
    monkeypatch.setenv("MESENLUTH_PSEUDONYM_KEY", "a key of the registry, long enough")
    study = overlay(
        fresh, "study: {id: real}\nsource: {kind: sqlite, path: data/nowhere.sqlite}\noutput: results/real\n"
    )
    said = mesenluth(fresh, "run", *study)
    refused(said, 3, "registry database data/nowhere.sqlite: no such file", "set source.path")
    assert "long enough" not in said.stdout + said.stderr


def test_an_unknown_key(fresh):
    refused(mesenluth(fresh, "run", *overlay(fresh, "respnse: {}\n")), 2, "unknown key respnse", "response")


def test_an_unknown_key_for_plain_snakemake(ran):
    said = call(ran[0], "snakemake", "--dry-run", "--config", "respnse=1")
    assert said.returncode != 0
    assert "unknown key respnse" in said.stdout + said.stderr
    assert "Traceback" not in said.stdout + said.stderr


def test_an_alternative_that_does_not_exist(fresh):
    study = overlay(fresh, "cut: {partition: city}\n")
    refused(mesenluth(fresh, "run", *study), 2, "cut.partition: 'city'", "none, centre, hash")


def test_a_cut_date_with_no_data(fresh):
    refused(mesenluth(fresh, "run", "--cut", "1950-01-01"), 3, "no record is dated on or before it", "records run from")


def test_a_cut_date_that_is_none(fresh):
    refused(mesenluth(fresh, "run", "--cut", "yesterday"), 2, "cut.date: 'yesterday'")


def test_a_table_without_a_needed_column(fresh, monkeypatch):
    assert mesenluth(fresh, "simulate").returncode == 0
    monkeypatch.setenv("MESENLUTH_PSEUDONYM_KEY", "a key of the registry, long enough")
    base = sqlite3.connect(fresh / "data/registry.sqlite")
    (fresh / "data/short.sqlite").write_bytes(b"")
    short = sqlite3.connect(fresh / "data/short.sqlite")
    base.backup(short)
    base.close()
    short.execute("ALTER TABLE mesure DROP COLUMN grand_axe")
    short.commit()
    short.close()
    study = overlay(fresh, "study: {id: real}\nsource: {kind: sqlite, path: data/short.sqlite}\noutput: results/real\n")
    refused(mesenluth(fresh, "run", *study), 3, "table 'mesure' has no column grand_axe (needed for measurements)")


def test_a_missing_study_file(fresh):
    refused(mesenluth(fresh, "run", "--study", "studies/nowhere.yaml"), 2, "nowhere.yaml: no such file")


def test_outside_a_project(tmp_path, fresh):
    """Outside a project the clone that holds the package is meant; a wheel without one says so."""
    said = mesenluth(fresh, "check")
    assert said.returncode == 0, said.stderr


def test_a_gate_that_refuses_stops_before_endpoints_and_says_why(project):
    study = overlay(project, "quality: {max_quarantined_percent: {default: 10, measurements: 0}}\n", "strict.yaml")
    said = mesenluth(project, "run", *study, "--", "--cores", "2")
    refused(said, 4, "the data quality gate refuses this cut", "measurements")
    assert (project / "results/quality/findings.parquet").is_file()
    # What stands in the way is there to be read.
    assert "It does not meet " in (project / "results/quality/data_docs.html").read_text()
    assert {"gate", "endpoints"} <= {job.split(":")[0] for job in plan(project, "strict.yaml")}
    warned = overlay(
        project, "quality: {gate: warn, max_quarantined_percent: {default: 10, measurements: 0}}\n", "warn.yaml"
    )
    said = mesenluth(project, "run", *warned, "--", "--cores", "1", "--until", "gate")
    assert said.returncode == 0, said.stdout + said.stderr


LIMITS = {
    "max_findings: {error: 3}": "findings of severity error, at most 3 are allowed",
    "max_findings_percent: {warning: 0.01}": "% of the rows have a finding of severity warning",
    "max_centre_quarantined_percent: {default: 20, C01: 0}": "centre C01:",
    "max_centre_errors: 2": "findings of severity error, at most 2 are allowed",
}


def test_a_gate_refuses_by_severity_and_by_centre_and_names_every_reason(project):
    study = overlay(project, f"quality: {{{', '.join(LIMITS)}}}\n", "strict.yaml")
    assert not {"validate", "extract", "classify"} & {job.split(":")[0] for job in plan(project, "strict.yaml")}
    said = mesenluth(project, "run", *study, "--", "--cores", "1", "--until", "gate")
    refused(said, 4, *LIMITS.values(), "quality.release")


def test_a_refused_cut_is_released_under_a_name_and_a_reason_that_the_report_shows(project):
    release = 'release: {cut: "2023-06-30", by: "A. Martin", reason: "C07 corrects in May"}'
    study = overlay(project, f"quality: {{max_findings: {{error: 3}}, {release}}}\n", "released.yaml")
    said = mesenluth(project, "run", *study, "--", "--cores", "2", "--until", "report")
    assert said.returncode == 0, said.stdout + said.stderr
    gate = read_table(project / "results/quality/gate.parquet", GATE).set_index("condition")
    assert not gate.loc["severity.error.findings", "passed"]
    assert gate["released_by"].dropna().to_dict() == {"severity.error.findings": "A. Martin"}
    page = (project / "results/report/results.md").read_text()
    assert "A. Martin answers for it: C07 corrects in May" in page
    other = overlay(
        project, "quality: {max_findings: {error: 3}, " + release.replace("2023", "2022") + "}\n", "other.yaml"
    )
    refused(
        mesenluth(project, "run", *other, "--", "--cores", "1", "--until", "gate"), 4, "is for the cut of 2022-06-30"
    )


def written_since(log, old):
    """Whether a log was written anew; Snakemake removes it before the job begins."""
    try:
        return log.stat().st_mtime_ns != old
    except FileNotFoundError:
        return False


def test_the_lock_of_a_run_that_was_killed_is_freed_and_the_next_one_ends_the_same(project):
    before = artifacts(project)
    environment = {**os.environ, "PYTHONPATH": str(project / "src")}
    killed = subprocess.Popen(
        [sys.executable, "-m", "mesenluth.cli", "run", "--", "--cores", "2", "--forcerun", "extract"],
        cwd=project, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    log = project / "results/logs/validate/all.log"
    old = log.stat().st_mtime_ns
    deadline = time.monotonic() + 120
    while not written_since(log, old) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    said = mesenluth(project, "run", "--", "--cores", "2")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "freed the lock of a run that was killed" in said.stdout
    assert artifacts(project) == before


def test_a_damaged_artifact_is_named(project):
    path = project / "results/validated/all/measurements.parquet"
    content = bytearray(path.read_bytes())
    path.write_bytes(bytes(content[: len(content) // 2]))
    said = call(project, "snakemake", "--cores", "1", "--forcerun", "classify")
    assert said.returncode != 0
    text = said.stdout + said.stderr
    assert "results/validated/all/measurements.parquet: not a readable Parquet file" in text
    assert "run the workflow again" in text
    assert "Traceback" not in text


def test_unknown_arguments(fresh):
    said = mesenluth(fresh, "run", "extra")
    assert said.returncode == 2
    assert "Traceback" not in said.stderr
