"""What jobs ask for: by the rows they are about, more at each attempt, and no thread behind the scheduler's back."""

import subprocess
import sys

import pandas as pd
import pytest

from mesenluth.resources import NEEDS, Need, memory_mb, minutes, rows
from mesenluth.study import SECTIONS


def test_rows_are_counted_over_files(tmp_path):
    for name, length in (("a", 3), ("b", 0), ("c", 4)):
        pd.DataFrame({"x": range(length)}).to_parquet(tmp_path / f"{name}.parquet")
    assert rows(tmp_path.glob("*.parquet")) == 7
    assert rows([]) == 0


def test_what_is_asked_for_by_hand(monkeypatch):
    monkeypatch.setitem(NEEDS, "classify", Need(200, 1000, 10, 60))
    # 400 MB of Snakemake, and a quarter more than 200 + 2 x 1000; 5 minutes, and four times 10 + 2 x 60 seconds.
    assert memory_mb("classify", 2_000_000) == 400 + 2750
    assert minutes("classify", 2_000_000) == round(5 + 4 * 130 / 60)
    assert memory_mb("classify", 0) == 400 + 250


@pytest.mark.parametrize("step", sorted(NEEDS))
def test_each_attempt_asks_for_twice_as_much_and_more_rows_for_more(step):
    for ask in (memory_mb, minutes):
        assert ask(step, 100_000, 3) == 4 * ask(step, 100_000)
        assert ask(step, 50_000_000) > ask(step, 50_000)


def test_every_step_has_a_need(root):
    programs = {p.stem for p in (root / "scripts").glob("*.py")}
    assert {"profile" if p == "profiles" else p for p in programs} == set(NEEDS)
    assert set(SECTIONS) - {"figures"} <= set(NEEDS)


def test_the_guide_shows_these_needs(root):
    page = (root / "docs/operating.md").read_text()
    for step, n in NEEDS.items():
        assert f"| {step} | {n.base_mb} | {n.million_mb} | {n.base_seconds} | {n.million_seconds} |" in page


def test_libraries_take_the_threads_that_a_job_was_given():
    """Snakemake sets these variables to a job's threads; Arrow and the libraries of linear algebra keep to them."""
    ask = "import numpy, scipy.linalg, pyarrow; print(pyarrow.cpu_count())"
    for threads in ("1", "3"):
        given = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        said = subprocess.run([sys.executable, "-c", ask], env=given, capture_output=True, text=True, check=True)
        assert said.stdout.strip() == threads
