"""One run at a time: whose lock is freed and whose is not."""

import json
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mesenluth.errors import BusyError
from mesenluth.lock import LOCKS, OWN, held, snakemake_at

HOLD = """
import os, subprocess, sys, time
from pathlib import Path
from mesenluth.lock import held
with held(Path(sys.argv[1]), submits=False) as handle:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=(handle,))
    print(child.pid, flush=True)
    child.wait()
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / LOCKS).mkdir(parents=True)
    return tmp_path


@pytest.fixture
def holder(project, root):
    """A process that holds the project, as does the child that it has told the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(project)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root / "src")},
    )  # fmt: skip
    child = int(process.stdout.readline())
    yield process, child
    for pid in (process.pid, child):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()
    process.stdout.close()


def lock_of_snakemake(project):
    path = project / LOCKS / "0.output.lock"
    path.write_text("results/a\n")
    return path


def refused(project, *parts, submits=False):
    with pytest.raises(BusyError) as said, held(project, submits):
        pass
    assert said.value.exit_status == 7
    for part in (*parts, "what to do"):
        assert part in str(said.value)


def gone(pid):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_project_is_held_once_and_let_go(project):
    with held(project, submits=False):
        refused(project, f"process {os.getpid()} on {platform.node()}, since 20")
    assert (project / OWN).read_text() == ""
    with held(project, submits=False):
        pass


def test_a_run_that_lives_keeps_its_lock(project, holder):
    lock = lock_of_snakemake(project)
    refused(project, f"another run holds this project (process {holder[0].pid} on")
    assert lock.exists()


def test_a_snakemake_that_outlives_its_run_keeps_the_lock(project, holder):
    process, child = holder
    lock = lock_of_snakemake(project)
    process.kill()
    process.wait()
    refused(project, "another run holds this project")
    os.kill(child, signal.SIGKILL)
    assert gone(child)
    with held(project, submits=False):
        assert not lock.exists()


def test_the_lock_of_a_dead_run_is_freed_and_it_is_said(project, holder, capsys):
    for pid in (holder[0].pid, holder[1]):
        os.kill(pid, signal.SIGKILL)
    holder[0].wait()
    assert gone(holder[1])
    lock = lock_of_snakemake(project)
    with held(project, submits=False):
        assert not lock.exists()
    assert f"freed the lock of a run that was killed (process {holder[0].pid} on" in capsys.readouterr().out


def test_a_lock_of_plain_snakemake_is_not_freed(project):
    lock = lock_of_snakemake(project)
    refused(project, "or one was killed", "mesenluth run -- --unlock")
    assert lock.exists()
    with held(project, submits=False, unlock=True):
        assert lock.exists()


def test_a_lock_that_another_machine_left_is_not_freed(project):
    lock = lock_of_snakemake(project)
    (project / OWN).write_text(json.dumps({"host": "elsewhere", "process": 1, "since": "2024-01-01T00:00:00+00:00"}))
    refused(project, "process 1 on elsewhere, since 2024-01-01")
    assert lock.exists()


def test_a_plain_snakemake_that_works_in_the_project_is_seen(project, root):
    lock = lock_of_snakemake(project)
    (project / OWN).write_text(json.dumps({"host": platform.node(), "process": 1, "since": "?"}))
    wait = "import time; print(flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", wait, "snakemake"], cwd=project, stdout=subprocess.PIPE)
    process.stdout.readline()
    try:
        assert snakemake_at(project) == [process.pid]
        refused(project, "another run holds this project")
        assert lock.exists()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_jobs_that_a_dead_run_left_on_the_cluster_are_named(project, monkeypatch, tmp_path_factory):
    """Squeue is stood in for; the workflow's tests ask the real one."""
    programs = tmp_path_factory.mktemp("programs")
    (programs / "squeue").write_text(f"#!/bin/sh\necho '12|{project}'\necho '13|/elsewhere'\n")
    (programs / "squeue").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    (project / OWN).write_text(json.dumps({"host": platform.node(), "process": 1, "since": "?", "submits": True}))
    lock_of_snakemake(project)
    refused(project, "still on the cluster: 12", "scancel 12`")
    (programs / "squeue").write_text("#!/bin/sh\nexit 1\n")
    refused(project, "Slurm does not say whether its jobs are over")
    (programs / "squeue").write_text("#!/bin/sh\n")
    with held(project, submits=True):
        assert not list((project / LOCKS).iterdir())
