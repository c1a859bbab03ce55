"""Faults brought about for real: a plain `mesenluth run` afterwards ends with the bytes of an undisturbed one.

`MESENLUTH_FAULTS` asks for more rounds of kills than the one that every test run has; `make nightly` does.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from mesenluth.provenance.mend import is_whole
from workflow.harness import artifacts, clone, mesenluth

ROUNDS = int(os.environ.get("MESENLUTH_FAULTS", "1"))
RUN = ("run", "--study", "small.yaml", "--", "--cores", "2", "--until", "queries", "picture", "endpoints")
STEPS = (
    "registry/all/lesions", "registry/all/unreadable", "validated/all/measurements", "quality/all/findings",
    "quality/row_counts", "quality/gate", "response/all/best_responses", "response/all/cohort", "endpoints/estimates",
    "endpoints/curves",
)  # fmt: skip
"""A table of each step."""


@pytest.fixture
def small(whole, tmp_path):
    """A finished small study, to be disturbed."""
    return clone(whole, tmp_path / "project")


def test_tables_cut_short_or_changed_by_a_bit_at_each_step_are_made_again(small):
    before, rng = artifacts(small), random.Random(1)
    damaged = []
    for i, step in enumerate(STEPS):
        path = small / f"results/{step}.parquet"
        whole, kept = path.read_bytes(), path.stat()
        while is_whole(path):
            content = bytearray(whole)
            if i % 2:
                # Of a run that did not end a table is held against its rows: a bit that no row depends on is no damage.
                content[rng.randrange(4, len(content) // 2)] ^= 1 << rng.randrange(8)
            else:
                del content[rng.randrange(len(content)) :]
            path.unlink()
            path.write_bytes(content)
        # Whoever damages a file may leave its time as it was.
        os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
        damaged.append(f"results/{step}.parquet: not what was recorded of it")
    said = mesenluth(small, *RUN)
    assert said.returncode == 0, said.stdout + said.stderr
    assert [d for d in damaged if d not in said.stdout] == []
    assert artifacts(small) == before


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_run_that_is_killed_at_any_moment_is_taken_up(small, seed):
    before, rng = artifacts(small), random.Random(seed)
    for folder in ("registry", "validated", "response", "endpoints"):
        shutil.rmtree(small / "results" / folder)
    environment = {**os.environ, "PYTHONPATH": str(small / "src")}
    killed = subprocess.Popen(
        [sys.executable, "-m", "mesenluth.cli", *RUN], cwd=small, env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(rng.uniform(1, 25))
    if killed.poll() is None:
        os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    said = mesenluth(small, *RUN)
    assert said.returncode == 0, said.stdout + said.stderr
    assert artifacts(small) == before


def test_of_two_runs_at_once_one_waits_for_nobody_and_says_so(small):
    before = artifacts(small)
    shutil.rmtree(small / "results/endpoints")
    environment = {**os.environ, "PYTHONPATH": str(small / "src")}
    command = [sys.executable, "-m", "mesenluth.cli", *RUN]
    both = [
        subprocess.Popen(
            command, cwd=small, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate()[0] for process in both]
    assert sorted(p.returncode for p in both) == [0, 7], said
    assert "Traceback" not in "".join(said)
    assert artifacts(small) == before
