"""The same run on a real Slurm: equal bytes, failures that are told, jobs that run again, a run that is taken up again."""

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mesenluth.tables.io import read_table
from mesenluth.tables.results import QUERIES
from slurm import slurm_up
from workflow.harness import SMALL, added_up, artifacts, clone, copy_project, mesenluth, parts

ACTIVE = "pending,running,completing"
# Jobs are short here. There is no accounting, so that only squeue knows how one ended: the run finds that out.
ASKED = ("--slurm-init-seconds-before-status-checks", "1", "--latency-wait", "5")
RUN = ("run", "--study", "small.yaml", "--profile", "slurm", "--", *ASKED)


@pytest.fixture(scope="module", autouse=True)
def slurm():
    """A Slurm of one node, as long as the tests of this file run."""
    if why := slurm_up.obstacle():
        pytest.skip(why)
    with slurm_up.Alone():
        slurm_up.up()
        yield
        slurm_up.down()


def started(project: Path, how: str, whole: Path) -> Path:
    """A copy of the project with the registry of the run on this machine, and nothing run."""
    copy_project(project)
    (project / "small.yaml").write_text(SMALL.replace("HOW", how))
    shutil.copytree(whole / "data", project / "data", dirs_exist_ok=True)
    return project


@pytest.fixture
def finished(whole, tmp_path) -> Path:
    """A finished run, to be changed by one test."""
    return clone(whole, tmp_path / "project")


def submitted(project: Path, asked: str = "%T|%k") -> list[list[str]]:
    """State and comment of each job that was submitted from a project, in their order, or what else is asked for."""
    listed = [line.split("|") for line in slurm_up.jobs(f"%i|%Z|{asked}")]
    return [rest for _, place, *rest in sorted(listed, key=lambda j: int(j[0])) if place == str(project)]


def test_a_study_on_slurm_gives_the_bytes_of_a_run_on_this_machine(whole, tmp_path):
    project = started(tmp_path / "project", "none", whole)
    said = mesenluth(project, *RUN, "--until", "endpoints")
    assert said.returncode == 0, said.stdout + said.stderr
    on_slurm = artifacts(project)
    here = artifacts(whole)
    assert {Path(name).parts[0] for name in on_slurm} >= {"validated", "response", "quality", "endpoints"}
    assert [name for name, content in on_slurm.items() if here[name] != content] == []
    # What follows one from the other went as one; the gate did not leave this machine.
    assert sorted(submitted(project)) == [
        ["COMPLETED", comment]
        for comment in (
            "rule_endpoints",
            "rule_judgement_across_expectations_quality",
            "rule_partition_classify_extract_profile_validate",
        )
    ]
    summary = json.loads((project / "results/logs/summary.json").read_text())
    assert set(summary["ran"]) >= {"extract/all", "expectations", "gate", "endpoints"} and not summary["failed"]
    assert summary["jobs"]["classify/all"]["seconds"] > 0


def test_a_study_in_parts_on_slurm_gives_the_same_bytes_in_few_submissions(whole, tmp_path):
    project = started(tmp_path / "project", "hash", whole)
    said = mesenluth(project, *RUN, "--until", "endpoints")
    assert said.returncode == 0, said.stdout + said.stderr
    assert parts(project) >= {"b00", "b01"}
    in_parts, here = added_up(project), added_up(whole)
    assert {Path(name).parts[0] for name in in_parts} >= {"quality", "endpoints"}
    assert [name for name, content in in_parts.items() if here[name] != content] == []
    comments = [comment for _, comment in submitted(project)]
    # Four parts with their four steps each go as one.
    assert comments.count("rule_partition_classify_extract_profile_validate") == math.ceil(len(parts(project)) / 4)
    assert len(comments) == math.ceil(len(parts(project)) / 4) + 2


def edited(project: Path, first: str) -> None:
    """Let a program do something else before its work."""
    program = project / "scripts/queries.py"
    program.write_text(
        program.read_text().replace("def work(step: Step) -> None:\n", f"def work(step: Step) -> None:\n{first}")
    )


def test_a_failed_job_shows_its_log(finished):
    edited(finished, "    raise SystemExit('the disk is full')\n")
    said = mesenluth(finished, *RUN, "--until", "queries", "--retries", "0")
    assert said.returncode == 5
    assert "the disk is full" in said.stdout + said.stderr
    assert "results/logs/queries.log" in said.stdout + said.stderr
    assert submitted(finished) == [["FAILED", "rule_findings_queries"]]


FIRST = """
    import pathlib, time
    tries = pathlib.Path("tries")
    count = tries.stat().st_size if tries.exists() else 0
    tries.write_bytes(b"x" * (count + 1))
    if count == 0:
        time.sleep(300)
    if count == 1:
        filled = b"x" * (2000 * 2**20)
        time.sleep(300)
"""


def begun(project: Path, *arguments: str) -> subprocess.Popen:
    """Start a run as a user would in a terminal of its own."""
    environment = {**slurm_up.environment(), "PYTHONPATH": str(project / "src")}
    return subprocess.Popen(
        [sys.executable, "-m", "mesenluth.cli", *RUN, *arguments],
        cwd=project, env=environment, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def wait_for(done, process: subprocess.Popen) -> None:
    end = time.monotonic() + 120
    while not done():
        if process.poll() is not None or time.monotonic() > end:
            os.killpg(process.pid, signal.SIGKILL)
            raise AssertionError(process.communicate()[0])
        time.sleep(0.1)


def test_a_job_that_is_cancelled_or_takes_too_much_memory_runs_again_with_more(finished):
    before = read_table(finished / "results/quality/queries.parquet", QUERIES)
    edited(finished, FIRST)
    process = begun(finished, "--until", "queries")
    wait_for((finished / "tries").exists, process)
    slurm_up.ask("scancel", *slurm_up.jobs("%i", ACTIVE))
    said, _ = process.communicate(timeout=180)
    assert process.returncode == 0, said
    jobs = submitted(finished, "%T|%m")
    assert [state for state, _ in jobs][::2] == ["CANCELLED", "COMPLETED"]
    assert jobs[1][0] in ("FAILED", "OUT_OF_MEMORY")
    first, second, third = (int(memory.removesuffix("M")) for _, memory in jobs)
    assert (second, third) == (2 * first, 4 * first)
    assert read_table(finished / "results/quality/queries.parquet", QUERIES).equals(before)
    assert "ran again: queries (3 attempts)" in said


def mended(project: Path) -> None:
    """Let the program be again as it was."""
    program = project / "scripts/queries.py"
    program.write_text(program.read_text().replace(FIRST, ""))


def test_a_run_that_is_interrupted_takes_its_jobs_along_and_resumes(finished):
    before = artifacts(finished)
    edited(finished, FIRST)
    process = begun(finished, "--until", "queries")
    wait_for((finished / "tries").exists, process)
    # As a service manager asks: the run alone, which hands it on.
    process.terminate()
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "interrupted: queries" in said
    assert slurm_up.jobs("%i", ACTIVE) == []
    mended(finished)
    said = mesenluth(finished, *RUN, "--until", "queries")
    assert said.returncode == 0, said.stdout + said.stderr
    # What was interrupted is still to be done, and nothing else.
    assert submitted(finished) == [["CANCELLED", "rule_findings_queries"], ["COMPLETED", "rule_findings_queries"]]
    assert artifacts(finished) == before


def test_a_run_that_was_killed_is_not_doubled_while_its_jobs_are_on_the_cluster(finished):
    edited(finished, FIRST)
    process = begun(finished, "--until", "queries")
    wait_for((finished / "tries").exists, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    (job,) = slurm_up.jobs("%i", ACTIVE)
    said = mesenluth(finished, *RUN, "--until", "queries")
    assert said.returncode == 7, said.stdout + said.stderr
    assert f"its jobs are still on the cluster: {job}" in said.stderr
    slurm_up.ask("scancel", job)
    wait_until_none_is_active()
    mended(finished)
    said = mesenluth(finished, *RUN, "--until", "queries")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "freed the lock of a run that was killed" in said.stdout


def wait_until_none_is_active() -> None:
    end = time.monotonic() + 60
    while slurm_up.jobs("%i", ACTIVE):
        assert time.monotonic() < end
        time.sleep(0.1)
