"""What programs and the command line share: lineage, errors with a status, the environment of jobs."""

import argparse
import os
import sys
from pathlib import Path

import pandas as pd
import pytest

from mesenluth.cli import main
from mesenluth.errors import BusyError, ConfigurationError, GateError, JobError, SourceError, TableError
from mesenluth.home import project_root
from mesenluth.jobs import prepare
from mesenluth.program import Step, report, run
from mesenluth.quality.combine import row_counts
from mesenluth.tables.io import read_footer, write_table
from mesenluth.tables.results import ROW_COUNTS
from mesenluth.workflow import command, with_logger

COUNTS = pd.DataFrame({"table": ["scans"], "read": [3], "after_cut": [1], "accepted": [1], "quarantined": [1]})


def arguments(tmp_path: Path, **changes) -> argparse.Namespace:
    write_table(COUNTS, tmp_path / "in/row_counts.parquet", ROW_COUNTS)
    given = {
        "input": [tmp_path / "in/row_counts.parquet"], "output": tmp_path / "out", "settings": '{"a": 1}',
        "code": "c" * 16, "env": "e" * 16,
    }  # fmt: skip
    return argparse.Namespace(**(given | changes))


def test_what_a_step_writes_says_what_it_read(tmp_path):
    step = Step("test", arguments(tmp_path))
    step.write(step.read(ROW_COUNTS), ROW_COUNTS)
    footer = read_footer(tmp_path / "out/row_counts.parquet")
    source = read_footer(tmp_path / "in/row_counts.parquet")
    assert footer["lineage"] == {
        "step": "test", "code": "c" * 16, "env": "e" * 16, "settings": {"a": 1},
        "inputs": {"row_counts": source["sha256"]},
    }  # fmt: skip


def test_partitions_of_counts_are_added_up_and_the_lineage_names_the_sum(tmp_path):
    given = arguments(tmp_path)
    write_table(COUNTS, tmp_path / "other/row_counts.parquet", ROW_COUNTS)
    given.input.append(tmp_path / "other/row_counts.parquet")
    step = Step("test", given)
    added = step.read_parts(ROW_COUNTS, row_counts)
    assert added["read"].tolist() == [2 * n for n in COUNTS["read"]]
    step.write(added, ROW_COUNTS)
    footer = read_footer(tmp_path / "out/row_counts.parquet")
    assert footer["lineage"]["inputs"] == {"row_counts": footer["sha256"]}


def test_an_input_that_is_not_given_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="no file of table row_counts"):
        Step("test", arguments(tmp_path, input=[])).read(ROW_COUNTS)


def test_settings_that_are_no_json_are_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="--settings: not JSON"):
        Step("test", arguments(tmp_path, settings="{a: 1}"))


@pytest.mark.parametrize(
    ("kind", "status"),
    [(ConfigurationError, 2), (SourceError, 3), (GateError, 4), (JobError, 5), (TableError, 6), (BusyError, 7)],
)
def test_each_kind_of_error_has_its_status_and_no_traceback(kind, status, capsys):
    assert report(kind("the thing", "another thing", "do this")) == status
    said = capsys.readouterr().err
    assert said == f"mesenluth error {status}: the thing\n  expected: another thing\n  what to do: do this\n"


def test_a_program_ends_with_the_status_of_its_error(monkeypatch, tmp_path, capsys):
    def work(step: Step) -> None:
        raise GateError("refused")

    monkeypatch.setattr(sys, "argv", ["x.py", "--input", "a.parquet", "--output", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        run("test", "A test.", work)
    assert ended.value.code == 4
    assert capsys.readouterr().err == "mesenluth error 4: refused\n"


def test_jobs_run_this_python_and_the_package_beside_the_workflow():
    environment = {"PATH": "/usr/bin", "PYTHONPATH": "/elsewhere", "OMP_NUM_THREADS": "4"}
    prepare("/home/of/project", "/home/of/project/src", environment)
    once = dict(environment)
    prepare("/home/of/project", "/home/of/project/src", environment)
    assert environment == once
    assert environment["PATH"] == os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin"])
    assert environment["PYTHONPATH"] == os.pathsep.join(["/home/of/project/src", "/elsewhere"])
    assert environment["MESENLUTH_HOME"] == "/home/of/project"
    assert environment["OMP_NUM_THREADS"] == "4"
    assert environment["OPENBLAS_NUM_THREADS"] == "1"


def test_the_call_of_snakemake(root):
    call = command(root, Path("studies/x.yaml"), {"cut": {"date": "2024-06-30"}}, ["--dry-run"])
    assert call[:3] == [sys.executable, "-m", "snakemake"]
    assert 'cut={"date": "2024-06-30"}' in call
    assert call[-1] == "--dry-run"
    assert "--quiet" not in call  # a dry run shows its reasons


def test_the_project_is_found_from_inside_it(root, monkeypatch):
    assert project_root(root / "docs") == root


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_is_there(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert "mesenluth" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["nope"], ["run", "extra"], ["check", "--", "x"]])
def test_wrong_calls_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_check_says_that_a_study_file_is_right(root, monkeypatch, capsys):
    monkeypatch.chdir(root)
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "study mesenluth: the study file is right\n"


def test_a_terminal_shows_bars_and_a_file_plain_lines():
    assert with_logger(["--cores", "2"], terminal=True) == ["--cores", "2", "--logger", "rich", "mesenluth"]
    assert with_logger([], terminal=False) == ["--logger", "mesenluth"]
    assert with_logger(["--logger", "snkmt", "-n"], terminal=True) == ["--logger", "mesenluth", "snkmt", "-n"]
