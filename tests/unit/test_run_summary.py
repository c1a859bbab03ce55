"""The summary of a run: from events of jobs to what a person reads and what a program is told."""

import json
import logging
import sys

import pytest

from mesenluth import run_summary
from snakemake_logger_plugin_mesenluth import EVENTS, LogHandler

PLAN = [
    ("results/a.parquet", "results/logs/extract/all.log", ""),
    ("results/b.parquet", "results/logs/endpoints.log", ""),
    ("results/c.parquet", "results/logs/gate.log", ""),
    ("results/d.parquet", "-", "missing"),
    ("results/e.parquet", "-", "missing"),
]


def told(handler, event, at, **known):
    record = logging.LogRecord("snakemake", logging.INFO, "", 0, None, None, None)
    record.created = at
    record.__dict__.update(event=event, **known)
    handler.emit(record)


def info(job, rule, log):
    return {"jobid": job, "rule_name": rule, "log": [log] if log else []}


@pytest.fixture
def events(tmp_path, monkeypatch):
    """What Snakemake tells a logger plugin of a run: one job done, one done at the third attempt, one failed twice."""
    path = tmp_path / "events"
    monkeypatch.setenv(EVENTS, str(path))
    handler = LogHandler(None, None)
    told(handler, "run_info", 0, stats={"extract": 1, "total": 4})
    told(handler, "job_started", 1, jobs=[1])
    told(handler, "job_info", 1, **info(1, "extract", "results/logs/extract/all.log"))
    told(handler, "shellcmd", 1, shellcmd="python x")
    told(handler, "job_finished", 11, job_id=1)
    for at in (20, 30, 40):
        told(handler, "job_info", at, **info(2, "endpoints", "results/logs/endpoints.log"))
        if at < 40:
            told(handler, "job_error", at + 5, **info(2, "endpoints", "results/logs/endpoints.log"))
    told(handler, "job_finished", 100, job_id=2)
    for at in (110, 120):
        told(handler, "job_info", at, **info(3, "queries", "results/logs/queries.log"))
        told(handler, "job_error", at + 5, **info(3, "queries", "results/logs/queries.log"))
    told(handler, "job_info", 130, **info(0, "all", ""))
    told(handler, "job_finished", 131, job_id=0)
    return path


@pytest.fixture
def summary(study, tmp_path, events):
    logs = tmp_path / "results/logs"
    (logs / "extract").mkdir(parents=True)
    (logs / "extract/all.benchmark.tsv").write_text("s\tmax_rss\tcpu_time\n10.0\t250.5\t9.0\n")
    (logs / "endpoints.benchmark.tsv").write_text("s\tmax_rss\tcpu_time\n60.0\t300\t55.0\n")
    jobs = run_summary.collected(events, "results")
    return run_summary.summed_up(study, "2023-06-30", tmp_path, jobs, 5, (0, 135), PLAN)


def test_what_ran_what_was_reused_and_what_failed(summary):
    assert summary["ran"] == ["endpoints", "extract/all"]
    assert summary["reused"] == ["gate"]
    assert summary["failed"] == ["queries"]
    assert summary["waiting"] == ["results/d.parquet", "results/e.parquet"]
    assert (summary["status"], summary["seconds"], summary["cut"]) == (5, 135, "2023-06-30")
    assert summary["jobs"]["endpoints"] == {
        "rule": "endpoints", "log": "results/logs/endpoints.log", "attempts": 3, "state": "done",
        "began": "1970-01-01T00:00:20+00:00", "ended": "1970-01-01T00:01:40+00:00",
        "seconds": 60.0, "cpu_seconds": 55.0, "memory_mb": 300.0,
    }  # fmt: skip
    assert "seconds" not in summary["jobs"]["queries"]


def test_a_person_reads_it(summary):
    assert run_summary.words(summary).splitlines() == [
        "  ran 2 jobs in 2 min 15 s (1 min 4 s of CPU time), reused 1",
        "  ran again: endpoints (3 attempts)",
        "  failed: queries after 2 attempts; its log is results/logs/queries.log",
        "  still to be made: 2 artifacts",
    ]


def test_a_job_without_an_end_was_interrupted(study, tmp_path, events):
    lines = [line for line in events.read_text().splitlines() if '"job_finished"' not in line]
    events.write_text("\n".join(lines[:3]) + "\n")
    found = run_summary.collected(events, "results")
    assert {name: job["state"] for name, job in found.items()} == {"extract/all": "interrupted"}


def test_without_events_nothing_ran(tmp_path):
    assert run_summary.collected(tmp_path / "none", "results") == {}


def test_the_command_that_is_to_be_told_gets_the_summary(summary, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(run_summary.NOTIFY, "cat > told.json")
    run_summary.notify(summary, tmp_path)
    assert json.loads((tmp_path / "told.json").read_text()) == summary
    assert capsys.readouterr().err == ""


def test_a_command_that_fails_is_said_and_changes_nothing(summary, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(run_summary.NOTIFY, f"{sys.executable} -c 'raise SystemExit(3)'")
    run_summary.notify(summary, tmp_path)
    assert "the command in MESENLUTH_NOTIFY ended with status 3" in capsys.readouterr().err
